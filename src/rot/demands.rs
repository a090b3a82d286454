//! What an organisation demands of documents beside reviews: fields, retention, holds, mirrors,
//! words that are out of use.
//!
//! Plain data, like the rest of the policy.

use std::fmt;
use std::path::Path;

use chrono::NaiveDate;

use crate::extract::{DateRole, Interval, Provenance};

use super::globs::Globs;
use super::{Severity, spelled};

/// Something that a document has to say of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Required {
    /// Who answers for it.
    Owner,
    /// A title.
    Title,
    /// A version or revision.
    Version,
    /// A status.
    Status,
    /// A language.
    Language,
    /// How often it is to be reviewed.
    ReviewInterval,
    /// A date of this role.
    Date(DateRole),
    /// A property that users added, by name.
    Property(String),
}

/// Words that a policy uses for the roles of dates.
const ROLES: [(&str, DateRole); 8] = [
    ("created", DateRole::Created),
    ("published", DateRole::Published),
    ("updated", DateRole::Updated),
    ("reviewed", DateRole::Reviewed),
    ("due", DateRole::Due),
    ("expires", DateRole::Expires),
    ("effective", DateRole::Effective),
    ("date_in_name", DateRole::Subject),
];

/// The role that a policy's word means.
pub fn role_called(word: &str) -> Option<DateRole> {
    ROLES.iter().find(|(name, _)| *name == word).map(|(_, role)| *role)
}

/// The policy's word for a role.
pub fn name_of_role(role: DateRole) -> &'static str {
    ROLES.iter().find(|(_, it)| *it == role).map_or("updated", |(name, _)| name)
}

impl Required {
    /// Reads `owner`, `due`, `property:Classification`.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "owner" => Self::Owner,
            "title" => Self::Title,
            "version" => Self::Version,
            "status" => Self::Status,
            "language" => Self::Language,
            "review_interval" => Self::ReviewInterval,
            _ => match word.strip_prefix("property:") {
                Some(name) => Self::Property(name.trim().to_owned()),
                None => Self::Date(role_called(word)?),
            },
        })
    }
}

impl fmt::Display for Required {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Owner => "owner",
            Self::Title => "title",
            Self::Version => "version",
            Self::Status => "status",
            Self::Language => "language",
            Self::ReviewInterval => "review_interval",
            Self::Date(role) => name_of_role(*role),
            Self::Property(name) => return write!(f, "property:{name}"),
        })
    }
}

/// How long documents of a class are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retention {
    /// The class in the organisation's schedule.
    pub class: String,
    /// The date from which the period counts.
    pub trigger: DateRole,
    /// The period.
    pub keep: Interval,
}

impl fmt::Display for Retention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { class, trigger, keep } = self;
        write!(f, "{class}: {} from {}", spelled(*keep), name_of_role(*trigger))
    }
}

/// Documents that nobody may dispose of, whatever any rule says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hold {
    /// The documents.
    pub paths: Globs,
    /// The matter.
    pub reason: String,
    /// The last day of it; none: until it is taken out of the policy.
    pub until: Option<NaiveDate>,
    /// The line of the policy file it stands on; none where it was not read from a file.
    pub line: Option<u32>,
}

impl Hold {
    /// Whether the hold covers the document at `path` on this day.
    pub fn covers(&self, path: &Path, as_of: NaiveDate) -> bool {
        self.until.is_none_or(|until| as_of <= until) && self.paths.is_match(path)
    }

    /// Where the policy says so.
    pub fn provenance(&self) -> Provenance {
        Provenance::Property {
            name: format!("policy hold for {}", self.paths.patterns().join(", ")),
            line: self.line,
        }
    }
}

/// Two places that hold the same documents on purpose.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mirror {
    /// One place.
    pub a: Globs,
    /// The other.
    pub b: Globs,
    /// The line of the policy file it stands on; none where it was not read from a file.
    pub line: Option<u32>,
}

impl Mirror {
    /// Whether two documents are copies on purpose.
    pub fn joins(&self, one: &Path, other: &Path) -> bool {
        self.a.is_match(one) && self.b.is_match(other)
            || self.a.is_match(other) && self.b.is_match(one)
    }
}

/// A word that is out of use: a product, a team, a person, an address.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Term {
    /// Its spellings; letter case makes no difference.
    pub find: Vec<String>,
    /// A regular expression for it.
    pub find_regex: Option<String>,
    /// The day from which it is out of use; none: always.
    pub since: Option<NaiveDate>,
    /// What to say instead.
    pub replaced_by: Option<String>,
    /// Why, for the finding.
    pub note: Option<String>,
    /// Documents that may use it.
    pub allow_in: Globs,
    /// How much a finding asks; none: as the rule does by itself.
    pub severity: Option<Severity>,
    /// The line of the policy file it stands on; none where it was not read from a file.
    pub line: Option<u32>,
}

impl Term {
    /// What people call it.
    pub fn name(&self) -> &str {
        self.find.first().or(self.find_regex.as_ref()).map_or("", String::as_str)
    }

    /// Where the policy says so.
    pub fn provenance(&self) -> Provenance {
        Provenance::Property { name: format!("policy term {}", self.name()), line: self.line }
    }
}

/// How measured precision bears on rules.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Floor {
    /// Rules whose measured precision is lower are demoted to notes; 0: none is.
    pub precision: f64,
    /// With fewer verdicts than this a rule is left as it is.
    pub verdicts: u32,
}

impl Default for Floor {
    fn default() -> Self {
        Self { precision: 0.0, verdicts: 20 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_required_reads_back_as_written() {
        for word in ["owner", "version", "due", "date_in_name", "property:Review class"] {
            assert_eq!(Required::parse(word).map(|it| it.to_string()).as_deref(), Some(word));
        }
        assert_eq!(Required::parse("onwer"), None);
    }

    #[test]
    fn a_hold_ends_after_its_last_day() {
        let paths = Globs::new(["Cases/**"]).unwrap();
        let hold = Hold { paths, until: "2026-04-22".parse().ok(), ..Hold::default() };
        let covers = |path: &str, day: &str| hold.covers(Path::new(path), day.parse().unwrap());
        assert!(covers("Cases/a.md", "2026-04-22"));
        assert!(!covers("Cases/a.md", "2026-04-23"));
        assert!(!covers("a.md", "2026-04-22"));
    }

    #[test]
    fn mirrors_join_either_way() {
        let globs = |glob| Globs::new([glob]).unwrap();
        let mirror = Mirror { a: globs("Policies/**"), b: globs("Export/**"), line: None };
        let joins = |one, other| mirror.joins(Path::new(one), Path::new(other));
        assert!(joins("Policies/a", "Export/a") && joins("Export/a", "Policies/a"));
        assert!(!joins("Policies/a", "Policies/b"));
    }
}
