//! Which dates an organisation believes. Plain data.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{Datelike as _, NaiveDate};

use crate::extract::{DateClaim, DateRole, Interval};

/// Which dates are believed, and for how long. Defaults: research on public repositories, where
/// honest fields share a day in up to 19 % of the files and stamps in 18 % to 76 %.
#[derive(Clone, Debug, PartialEq)]
pub struct DatePolicy {
    /// After this long without a trusted date a note says so; none switches the note off.
    pub max_unverified: Option<Interval>,
    /// A day that this share of a folder's files have in common is a stamp, not a date.
    pub stamp_share: f64,
    /// Fewer files with a date than this say nothing about stamps.
    pub stamp_min_files: u32,
    /// Whether file times are believed: only where the share was never copied or restored.
    pub trust_mtime: bool,
    /// How dates such as 03/04/2021 are read.
    pub day_month_order: DayMonthOrder,
    /// Dates that programs write when they mean none.
    pub ignore: Vec<IgnoredDate>,
    /// The organisation's own fields and what they say, by name.
    pub fields: BTreeMap<String, Field>,
}

impl Default for DatePolicy {
    fn default() -> Self {
        let ignore = [
            "1601-01-01",
            "1899-12-30",
            "1899-12-31",
            "1970-01-01",
            "1980-01-01",
            "2013-12-23T23:15:00Z",
            "9999-*",
        ];
        Self {
            max_unverified: Some(Interval { months: 36, days: 0 }),
            stamp_share: 0.20,
            stamp_min_files: 50,
            trust_mtime: false,
            day_month_order: DayMonthOrder::Auto,
            ignore: ignore.into_iter().filter_map(IgnoredDate::parse).collect(),
            // By Microsoft's specification: last edited or confirmed, month first.
            fields: BTreeMap::from([(
                "ms.date".to_owned(),
                Field { role: DateRole::Updated, order: Some(DayMonthOrder::MonthFirst) },
            )]),
        }
    }
}

/// What a field of the organisation's own says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// What its date is.
    pub role: DateRole,
    /// How it is read where day and month are ambiguous; none: as everywhere.
    pub order: Option<DayMonthOrder>,
}

/// How dates such as 03/04/2021 are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DayMonthOrder {
    /// Both readings are kept; the one less favourable to a finding is used.
    #[default]
    Auto,
    /// Day first.
    DayFirst,
    /// Month first.
    MonthFirst,
}

/// A date that programs write when they mean none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IgnoredDate {
    /// This day.
    Day(NaiveDate),
    /// This instant, as written; other times of the day are dates.
    Instant(String),
    /// Any day of this year.
    Year(i32),
}

impl IgnoredDate {
    /// Reads `1980-01-01`, `2013-12-23T23:15:00Z` or `9999-*`.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(year) = text.strip_suffix("-*") {
            return year.parse().ok().map(Self::Year);
        }
        let day = text.get(..10)?.parse().ok()?;
        match text.as_bytes().get(10) {
            None => Some(Self::Day(day)),
            Some(b'T') => Some(Self::Instant(text.to_owned())),
            Some(_) => None,
        }
    }

    /// Whether the claim is this date.
    pub fn is(&self, claim: &DateClaim) -> bool {
        match self {
            Self::Day(day) => claim.date == *day,
            Self::Instant(text) => claim.raw.trim_start().starts_with(text.trim_end_matches('Z')),
            Self::Year(year) => claim.date.year() == *year,
        }
    }
}

impl fmt::Display for IgnoredDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => day.fmt(f),
            Self::Instant(text) => f.write_str(text),
            Self::Year(year) => write!(f, "{year}-*"),
        }
    }
}

/// A length of time as the policy file writes it: `36 months`, `30 days`.
pub fn spelled(interval: Interval) -> String {
    match (interval.months, interval.days) {
        (0, 1) => "1 day".to_owned(),
        (0, days) => format!("{days} days"),
        (1, 0) => "1 month".to_owned(),
        (months, 0) => format!("{months} months"),
        (months, days) => format!("{months} months and {days} days"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignored_dates_read_back_as_written() {
        for ignored in DatePolicy::default().ignore {
            assert_eq!(IgnoredDate::parse(&ignored.to_string()), Some(ignored));
        }
        assert_eq!(DatePolicy::default().ignore.len(), 7);
        assert_eq!(IgnoredDate::parse("2013-12-23 23:15"), None);
        assert_eq!(IgnoredDate::parse("2013-02-30"), None);
    }
}
