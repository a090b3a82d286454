//! Single values of the configuration file: lengths of time, sizes, shares, patterns, words.
//!
//! Each checks itself while it is read, so that a mistake is told with its line.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use docrot::extract::{DateRole, Interval};
use docrot::rot::{DayMonthOrder, Globs, IgnoredDate, Level, Preferred, RULES, Severity, spelled};

use super::mistakes::suggest;

/// Makes a newtype read and write itself as another type, through `TryFrom` and `From`.
macro_rules! written_as {
    ($type:ident as $raw:ty, $parse:expr, $print:expr) => {
        impl TryFrom<$raw> for $type {
            type Error = String;
            fn try_from(raw: $raw) -> Result<Self, String> {
                $parse(raw)
            }
        }
        impl From<$type> for $raw {
            fn from(value: $type) -> Self {
                $print(value)
            }
        }
    };
}

pub(super) use written_as;

/// A length of time, such as `6 months`.
#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub(super) struct Length(pub(super) Interval);

written_as!(
    Length as String,
    |raw: String| Interval::parse(&raw).map(Self).ok_or_else(|| format!(
        "`{raw}` is no length of time, such as `6 months`, `90 days` or `2 years`"
    )),
    |length: Length| spelled(length.0)
);

/// A length of time, or `never`.
#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub(super) struct Limit(pub(super) Option<Interval>);

written_as!(
    Limit as String,
    |raw: String| match raw.as_str() {
        "never" => Ok(Self(None)),
        _ => Length::try_from(raw).map(|length| Self(Some(length.0))),
    },
    |limit: Limit| limit.0.map_or_else(|| "never".to_owned(), spelled)
);

/// A share from 0 to 1.
#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(try_from = "f64", into = "f64")]
pub(super) struct Share(pub(super) f64);

written_as!(
    Share as f64,
    |raw: f64| if (0.0..=1.0).contains(&raw) {
        Ok(Self(raw))
    } else {
        Err(format!("{raw} is not between 0 and 1"))
    },
    |share: Share| share.0
);

/// A size in bytes: `"256 MiB"`, `"10 MB"`, `4096`.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "WrittenSize")]
pub(super) struct Size(pub(super) u64);

#[derive(Deserialize)]
#[serde(untagged)]
enum WrittenSize {
    Bytes(u64),
    Words(String),
}

impl TryFrom<WrittenSize> for Size {
    type Error = String;

    fn try_from(written: WrittenSize) -> Result<Self, String> {
        let raw = match written {
            WrittenSize::Bytes(bytes) => return Ok(Self(bytes)),
            WrittenSize::Words(words) => words,
        };
        Self::parse(&raw)
    }
}

impl Size {
    /// Reads a number with a unit; bytes where there is none.
    pub(super) fn parse(raw: &str) -> Result<Self, String> {
        let mistake = || format!("`{raw}` is no size, such as `256 MiB`");
        let written = raw.trim();
        let digits = written.find(|c: char| !c.is_ascii_digit()).unwrap_or(written.len());
        let number: u64 = written[..digits].parse().map_err(|_| mistake())?;
        let unit = match written[digits..].trim().to_lowercase().as_str() {
            "" | "b" => 1,
            "kb" => 1_000,
            "mb" => 1_000_000,
            "gb" => 1_000_000_000,
            "k" | "kib" => 1 << 10,
            "m" | "mib" => 1 << 20,
            "g" | "gib" => 1 << 30,
            _ => return Err(mistake()),
        };
        number.checked_mul(unit).map(Self).ok_or_else(mistake)
    }
}

/// One pattern of paths.
#[derive(Clone, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub(super) struct Pattern(pub(super) String);

written_as!(
    Pattern as String,
    |raw: String| match Globs::new([raw.as_str()]) {
        Ok(_) => Ok(Self(raw)),
        Err(error) => Err(error.to_string()),
    },
    |pattern: Pattern| pattern.0
);

/// Patterns of paths.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub(super) struct Patterns(pub(super) Globs);

written_as!(
    Patterns as Vec<String>,
    |raw: Vec<String>| Globs::new(raw).map(Self).map_err(|error| error.to_string()),
    |patterns: Patterns| patterns.0.patterns().to_vec()
);

/// A reason why one of several copies stays.
#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub(super) struct Reason(pub(super) Preferred);

written_as!(
    Reason as String,
    |raw: String| {
        let found = Preferred::ALL.iter().find(|it| it.name() == raw);
        found.map(|it| Self(*it)).ok_or_else(|| {
            let known = Preferred::ALL.iter().map(|it| it.name()).collect::<Vec<_>>();
            format!("`{raw}` is no reason; there are {}", known.join(", "))
        })
    },
    |reason: Reason| reason.0.name().to_owned()
);

/// A date that programs write when they mean none.
#[derive(Clone, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub(super) struct Ignored(pub(super) IgnoredDate);

written_as!(
    Ignored as String,
    |raw: String| IgnoredDate::parse(&raw).map(Self).ok_or_else(|| format!(
        "`{raw}` is no date, such as `1980-01-01`, `2013-12-23T23:15:00Z` or `9999-*`"
    )),
    |ignored: Ignored| ignored.0.to_string()
);

/// The version of the file's format.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "i64")]
pub(super) struct Version;

impl TryFrom<i64> for Version {
    type Error = &'static str;

    fn try_from(raw: i64) -> Result<Self, Self::Error> {
        if raw == 1 { Ok(Self) } else { Err("this docrot knows version 1 only") }
    }
}

/// The id of a rule that exists.
#[derive(Clone, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "String", into = "String")]
pub(super) struct RuleId(String);

written_as!(
    RuleId as String,
    |raw: String| {
        let mut ids = RULES.iter().map(|rule| rule.id);
        if ids.any(|id| id == raw) {
            return Ok(Self(raw));
        }
        let suggestion = suggest(&raw, RULES.iter().map(|rule| rule.id));
        Err(format!("there is no rule `{raw}`{suggestion}"))
    },
    |id: RuleId| id.0
);

/// How much a rule asks of its reader.
#[derive(Clone, Copy, Default, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum WireLevel {
    #[default]
    Off,
    Note,
    Warning,
    Error,
}

impl From<WireLevel> for Level {
    fn from(level: WireLevel) -> Self {
        match level {
            WireLevel::Off => Self::Off,
            WireLevel::Note => Self::At(Severity::Note),
            WireLevel::Warning => Self::At(Severity::Warning),
            WireLevel::Error => Self::At(Severity::Error),
        }
    }
}

impl From<Level> for WireLevel {
    fn from(level: Level) -> Self {
        match level {
            Level::Off => Self::Off,
            Level::At(Severity::Note) => Self::Note,
            Level::At(Severity::Warning) => Self::Warning,
            Level::At(Severity::Error) => Self::Error,
        }
    }
}

/// Levels by rule, as the policy keeps them.
pub(super) fn levels(wire: BTreeMap<RuleId, WireLevel>) -> BTreeMap<String, Level> {
    wire.into_iter().map(|(id, level)| (id.0, level.into())).collect()
}

/// Levels by rule, as they are written.
pub(super) fn wire_levels(levels: BTreeMap<String, Level>) -> BTreeMap<RuleId, WireLevel> {
    levels.into_iter().map(|(id, level)| (RuleId(id), level.into())).collect()
}

/// What a date is said to be.
#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Role {
    Created,
    Published,
    Updated,
    Reviewed,
    Due,
    Expires,
    Effective,
    Subject,
}

/// How ambiguous dates are read.
#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Order {
    Auto,
    Dmy,
    Mdy,
}

/// Converts between two enums with a variant for each of the other's.
macro_rules! same_variants {
    ($wire:ident, $library:ident: $($from:ident = $to:ident),+) => {
        impl From<$wire> for $library {
            fn from(wire: $wire) -> Self {
                match wire { $($wire::$from => Self::$to),+ }
            }
        }
        impl From<$library> for $wire {
            fn from(library: $library) -> Self {
                match library { $($library::$to => Self::$from),+ }
            }
        }
    };
}

same_variants!(Role, DateRole: Created = Created, Published = Published, Updated = Updated,
    Reviewed = Reviewed, Due = Due, Expires = Expires, Effective = Effective, Subject = Subject);
same_variants!(Order, DayMonthOrder: Auto = Auto, Dmy = DayFirst, Mdy = MonthFirst);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units_of_a_thousand_or_1024() {
        let words = |text: &str| WrittenSize::Words(text.to_owned());
        let size = |text: &str| Size::try_from(words(text)).map(|size| size.0);
        assert_eq!(Size::try_from(WrittenSize::Bytes(5)).map(|size| size.0), Ok(5));
        assert_eq!(size("256 MiB"), Ok(256 << 20));
        assert_eq!(size("10MB"), Ok(10_000_000));
        assert_eq!(size("4096"), Ok(4096));
        assert!(size("a lot").is_err());
        assert!(size("99999999999 GiB").is_err());
    }
}
