//! How far a date claim is believed, by who wrote it.

use crate::extract::{DateClaim, DateRole, Provenance};

use super::settings::DatePolicy;
use super::stamps::Stamp;

/// How far a date is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trust {
    /// Not at all: a stamp, a default, an impossible day.
    Suspect,
    /// docrot concludes it from a name or a file time.
    Inferred,
    /// A program wrote it down when somebody saved.
    Recorded,
    /// A person wrote it in the document.
    Declared,
}

impl Trust {
    /// The word for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Suspect => "suspect",
            Self::Inferred => "inferred",
            Self::Recorded => "recorded",
            Self::Declared => "declared",
        }
    }
}

/// Where persons write: a property found under one of these words is declared, any other is
/// recorded by a program.
const WRITTEN_BY_PERSONS: [&str; 8] = [
    "front matter",
    "header",
    "field",
    "attribute",
    "document control",
    "version history",
    "custom property",
    "docprops/custom",
];

/// How far a claim from there is believed if nothing speaks against it, and why in words.
pub(in crate::rot) fn of_source(provenance: &Provenance) -> (Trust, &'static str) {
    match provenance {
        Provenance::FileSystem => {
            (Trust::Inferred, "file times change when files are copied, restored or synchronised")
        }
        Provenance::FileName => (Trust::Inferred, "the date in a name is that of its subject"),
        Provenance::Computed(_) => (Trust::Inferred, "worked out from other facts"),
        Provenance::Text(_) => (Trust::Declared, "the document says so"),
        Provenance::Property { name, .. } if is_git(name) => {
            (Trust::Recorded, "version control recorded a change of more than a few lines")
        }
        Provenance::Property { name, .. } => {
            let is_written = WRITTEN_BY_PERSONS.iter().any(|place| {
                name.get(..place.len()).is_some_and(|start| start.eq_ignore_ascii_case(place))
            });
            if is_written {
                (Trust::Declared, "the document says so")
            } else {
                (Trust::Recorded, "a program wrote it when the document was saved")
            }
        }
    }
}

/// How far one claim is believed, and why in words.
pub(super) fn of(claim: &DateClaim, stamp: Option<&Stamp>, policy: &DatePolicy) -> (Trust, String) {
    if let Some(ignored) = policy.ignore.iter().find(|ignored| ignored.is(claim)) {
        return (Trust::Suspect, format!("{ignored} is written by programs that mean no date"));
    }
    let (trust, why) = of_source(&claim.provenance);
    match stamp {
        Some(stamp) if stamp.is_suspect => (Trust::Suspect, stamp.to_string()),
        Some(stamp) => (trust, format!("{why}; {stamp}")),
        None => (trust, why.to_owned()),
    }
}

/// Whether a property comes from version control.
pub(super) fn is_git(name: &str) -> bool {
    name.starts_with("git ")
}

/// Whether a property stands in a block of document control or a version history.
fn is_laid_out(name: &str) -> bool {
    is_git(name) || name.starts_with("document control ") || name.starts_with("version history ")
}

/// What a claim is compared by in the stamp test: all claims that one thing wrote.
pub(super) fn source(provenance: &Provenance, role: DateRole) -> &str {
    match provenance {
        Provenance::FileSystem => "file times",
        Provenance::FileName => "file names",
        Provenance::Computed(_) => "computed",
        // The page or commit that follows the label is the document's own.
        Provenance::Property { name, .. } if is_laid_out(name) => {
            name.rsplit_once(", ").map_or(name, |(label, _)| label)
        }
        Provenance::Property { name, .. } => name,
        Provenance::Text(_) => role.name(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::claim;
    use super::*;
    use crate::extract::Locator;

    #[test]
    fn persons_are_believed_before_programs_and_programs_before_names() {
        let trust = |provenance| of_source(&provenance).0;
        let ranked = [
            trust(Provenance::FileName),
            trust(Provenance::property("docProps/core.xml dcterms:modified")),
            trust(Provenance::property("front matter last_reviewed_on")),
        ];
        assert_eq!(ranked, [Trust::Inferred, Trust::Recorded, Trust::Declared]);
        assert_eq!(trust(Provenance::Text(Locator::Line(3))), Trust::Declared);
    }

    #[test]
    fn dates_that_programs_write_when_they_mean_none_are_suspect() {
        let property = || Provenance::property("docProps/core.xml dcterms:modified");
        let policy = DatePolicy::default();
        let trust = |date: &str, raw: &str| {
            let claim =
                DateClaim { raw: raw.to_owned(), ..claim(DateRole::Updated, date, property()) };
            of(&claim, None, &policy).0
        };
        assert_eq!(trust("2013-12-23", "2013-12-23T23:15:00Z"), Trust::Suspect);
        assert_eq!(trust("2013-12-23", "2013-12-23T11:02:00Z"), Trust::Recorded);
        assert_eq!(trust("1980-01-01", "1980-01-01T00:00:00Z"), Trust::Suspect);
    }
}
