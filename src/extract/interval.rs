//! Lengths of time as people write them: `6 months`, `180d`, `2 years`.

use chrono::{Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

/// A length of time in calendar months and days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interval {
    /// Calendar months.
    pub months: u32,
    /// Days on top of the months.
    pub days: u32,
}

impl Interval {
    /// Reads `6 months`, `180d`, `1095-days`, `2 years`, `12 weeks`; none where it is no interval.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_matches(['"', '\'']).to_lowercase();
        let digits = text.find(|c: char| !c.is_ascii_digit()).filter(|&end| 0 < end)?;
        let number: u32 = text[..digits].parse().ok()?;
        let unit = text[digits..].trim_start_matches([' ', '-', '_', '\t']).trim_end();
        let (months, days) = match unit {
            "d" | "day" | "days" => (0, number),
            "w" | "week" | "weeks" => (0, number.checked_mul(7)?),
            "m" | "mo" | "month" | "months" => (number, 0),
            "y" | "yr" | "year" | "years" => (number.checked_mul(12)?, 0),
            _ => return None,
        };
        Some(Self { months, days })
    }

    /// The day this long after `date`: calendar months first, clamped to the month's end, then days.
    pub fn after(self, date: NaiveDate) -> Option<NaiveDate> {
        date.checked_add_months(Months::new(self.months))?
            .checked_add_days(Days::new(u64::from(self.days)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_calendar_months_clamped_to_the_months_end() {
        let date = |text: &str| text.parse::<NaiveDate>().unwrap();
        let after = |interval: &str, start| Interval::parse(interval).unwrap().after(date(start));
        assert_eq!(after("  6 months", "2025-08-31"), Some(date("2026-02-28")));
        assert_eq!(after("1 month", "2024-01-31"), Some(date("2024-02-29")));
        assert_eq!(after("180-days", "2025-01-01"), Some(date("2025-06-30")));
        assert_eq!(Interval::parse("soon"), None);
        assert_eq!(Interval::parse("6"), None);
    }
}
