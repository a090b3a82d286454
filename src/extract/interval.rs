//! How long until a document is to be looked at again.

use chrono::{Days, Months, NaiveDate};

/// A span of calendar months and days, as in `review_in: 6 months`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Interval {
    /// Calendar months; a year is twelve.
    pub months: u32,
    /// Days, on top of the months; a week is seven.
    pub days: u32,
}

impl Interval {
    /// Reads `6 months`, `180d`, `P1Y6M`, `1 year`, `90-days`, `annually`; a bare number is days.
    ///
    /// None where it is no interval, and for an interval of nothing.
    pub fn parse(raw: &str) -> Option<Self> {
        let raw = raw.trim().trim_matches(['"', '\'']).trim().to_ascii_lowercase();
        let interval = match raw.as_str() {
            "daily" => Self { months: 0, days: 1 },
            "weekly" => Self { months: 0, days: 7 },
            "monthly" => Self { months: 1, days: 0 },
            "quarterly" => Self { months: 3, days: 0 },
            "biannually" | "semiannually" | "semi-annually" | "half-yearly" => {
                Self { months: 6, days: 0 }
            }
            "annually" | "yearly" | "annual" => Self { months: 12, days: 0 },
            "biennially" => Self { months: 24, days: 0 },
            other => Self::of_parts(other)?,
        };
        (interval != Self::default()).then_some(interval)
    }

    fn of_parts(raw: &str) -> Option<Self> {
        let raw = raw.strip_prefix("every ").or_else(|| raw.strip_prefix("in ")).unwrap_or(raw);
        let mut rest = match raw.strip_prefix('p') {
            Some(iso) => iso.split('t').next().unwrap_or(iso),
            None => raw,
        };
        let mut interval = Self::default();
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            let number: u32 = if digits == 0 { 1 } else { rest[..digits].parse().ok()? };
            let unit = rest[digits..].trim_start_matches([' ', '-', '_']);
            let end = unit.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(unit.len());
            let (months, days) = match &unit[..end] {
                "d" | "day" | "days" => (0, 1),
                "" if digits > 0 => (0, 1),
                "w" | "wk" | "week" | "weeks" => (0, 7),
                "m" | "mo" | "mon" | "month" | "months" => (1, 0),
                "q" | "quarter" | "quarters" => (3, 0),
                "y" | "yr" | "year" | "years" => (12, 0),
                _ => return None,
            };
            interval.months = interval.months.checked_add(number.checked_mul(months)?)?;
            interval.days = interval.days.checked_add(number.checked_mul(days)?)?;
            rest = unit[end..].trim_start_matches([' ', ',']);
            rest = rest.strip_prefix("and ").unwrap_or(rest);
        }
        Some(interval)
    }

    /// The day this long after `date`: months by the calendar, ending on a month's last day where
    /// it is shorter (31 August and six months is the last of February), then days.
    ///
    /// None past the end of the calendar.
    pub fn after(self, date: NaiveDate) -> Option<NaiveDate> {
        date.checked_add_months(Months::new(self.months))?
            .checked_add_days(Days::new(self.days.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(raw: &str, months: u32, days: u32) {
        assert_eq!(Interval::parse(raw), Some(Interval { months, days }), "{raw}");
    }

    #[test]
    fn the_usual_spellings_are_read() {
        check("6 months", 6, 0);
        check("  6 month", 6, 0);
        check("180d", 0, 180);
        check("180-days", 0, 180);
        check("P6M", 6, 0);
        check("P1Y2M3DT4H", 14, 3);
        check("1 year", 12, 0);
        check("2 weeks", 0, 14);
        check("1 year and 6 months", 18, 0);
        check("365", 0, 365);
        check("\"90 days\"", 0, 90);
        check("every 3 months", 3, 0);
    }

    #[test]
    fn other_words_are_no_interval() {
        for raw in ["", "soon", "0 days", "6 moons", "99999999999 d", "4294967295 years"] {
            assert_eq!(Interval::parse(raw), None, "{raw}");
        }
    }

    #[test]
    fn months_end_on_the_last_day() {
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d);
        let six = Interval { months: 6, days: 0 };
        assert_eq!(six.after(day(2023, 8, 31).unwrap()), day(2024, 2, 29));
        assert_eq!(six.after(day(2025, 8, 5).unwrap()), day(2026, 2, 5));
    }
}
