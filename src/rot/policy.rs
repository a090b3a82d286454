//! The numbers and words that organisations disagree about.
//!
//! Plain data: it knows no file and no rule. What it says of one path comes with the line of the
//! policy that said it.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::NaiveDate;

use crate::extract::{Interval, Provenance};

use super::dates::DatePolicy;
use super::demands::{Floor, Hold, Mirror, Required, Retention, Term};
use super::globs::Globs;
use super::owners::Ownership;
use super::scattered::SubjectPolicy;
use super::{LinkProfile, Severity};

/// Names of folders that declare themselves archives, in lower case.
const ARCHIVE_FOLDERS: [&str; 14] = [
    "archive",
    "_archive",
    "archives",
    "archived",
    "_archived",
    "old",
    "_old",
    "obsolete",
    "superseded",
    "deprecated",
    "zz_old",
    "zz old",
    "zz_archive",
    "do not use",
];

/// Thresholds and preferences of an organisation. Plain data; `cli` reads it from `docrot.toml`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Policy {
    /// What counts as a copy.
    pub duplicates: Duplicates,
    /// Which copy stays.
    pub canonical: Canonical,
    /// Folders declared to be archives: what is in them is counted, not flagged as obsolete.
    pub archives: Globs,
    /// What holds for some paths only; later rules win.
    pub rules: PathRules,
    /// Which dates are believed, and for how long.
    pub dates: DatePolicy,
    /// What counts as trivial.
    pub trivial: Trivial,
    /// Rules that ask more or less of their reader than they do by themselves, by rule id.
    pub severity: BTreeMap<String, Level>,
    /// Documents that nobody may dispose of.
    pub holds: Vec<Hold>,
    /// Copies on purpose.
    pub mirrors: Vec<Mirror>,
    /// Words that are out of use.
    pub terms: Vec<Term>,
    /// People who left, in lower case, with their last day where it is known.
    pub leavers: BTreeMap<String, Option<NaiveDate>>,
    /// How owners are found and told.
    pub ownership: Ownership,
    /// How measured precision bears on rules.
    pub floor: Floor,
    /// How subjects are found, and when their spread is told.
    pub subjects: SubjectPolicy,
    /// Files that the scan leaves out, so that a link to one is not called dead.
    pub unseen: Globs,
}

/// How much a rule asks of its reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// The rule is switched off.
    Off,
    /// This much.
    At(Severity),
}

/// What counts as a copy.
#[derive(Clone, Debug, PartialEq)]
pub struct Duplicates {
    /// Pairs at or above this similarity are listed (Jaccard of 3-word shingles, 0 to 1).
    pub pair: f64,
    /// Members of a group are at or above this similarity with its canonical document.
    pub group: f64,
    /// A document is contained in another at or above this share of its shingles.
    pub containment: f64,
    /// Fewer words than this are compared as sets of words, more strictly.
    pub short_words: u32,
    /// Documents of few words are copies at or above this similarity (Jaccard of words, 0 to 1).
    pub short: f64,
    /// Fewer words than this say too little: only equal texts are copies.
    pub min_words: u32,
    /// The same passage in several documents is told from so many words on.
    pub passage_words: u32,
    /// A passage that stands in so many documents of different names is boilerplate.
    pub boilerplate_documents: u32,
}

impl Default for Duplicates {
    fn default() -> Self {
        Self {
            pair: 0.5,
            group: 0.6,
            containment: 0.6,
            short_words: 50,
            short: 0.8,
            min_words: 8,
            passage_words: 30,
            boilerplate_documents: 10,
        }
    }
}

/// Which copy stays.
#[derive(Clone, Debug, PartialEq)]
pub struct Canonical {
    /// Folders whose documents are preferred.
    pub approved: Globs,
    /// Reasons in the order in which they count; those left out do not.
    pub order: Vec<Preferred>,
}

impl Default for Canonical {
    fn default() -> Self {
        Self { approved: Globs::default(), order: Preferred::ALL.to_vec() }
    }
}

/// A reason why one of several copies stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preferred {
    /// It lies in an approved folder.
    Approved,
    /// Neither status nor banner says that it is over.
    Status,
    /// Its path does not say copy, conflict, old, archive or backup.
    Name,
    /// Its trusted date is the newest. Does not count among equal texts.
    Date,
    /// It is linked from most documents.
    Links,
    /// It is the editable original, not a rendition.
    Original,
    /// Its other versions stand beside it.
    Versions,
    /// Its path is the shallowest.
    Depth,
}

impl Preferred {
    /// Every reason, in the order in which they count unless the policy says otherwise.
    pub const ALL: &[Self] = &[
        Self::Approved,
        Self::Status,
        Self::Name,
        Self::Date,
        Self::Links,
        Self::Original,
        Self::Versions,
        Self::Depth,
    ];

    /// The word for policies.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Status => "status",
            Self::Name => "name",
            Self::Date => "date",
            Self::Links => "links",
            Self::Original => "original",
            Self::Versions => "versions",
            Self::Depth => "depth",
        }
    }
}

/// What counts as trivial, beyond what every system leaves behind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trivial {
    /// Further patterns of temporary files.
    pub temporary: Globs,
    /// Files of kinds that have no business among the documents.
    pub non_business: Globs,
    /// Files that are never trivial, whatever they are called.
    pub keep: Globs,
}

/// What an organisation asks of the documents below some path. What is `None` is left to other
/// rules.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PathRule {
    /// Pattern of the paths it holds for.
    pub glob: String,
    /// Who answers for them.
    pub owner: Option<String>,
    /// What kind of documents they are, in the organisation's own words.
    pub class: Option<String>,
    /// Why the rule exists.
    pub reason: Option<String>,
    /// They are to be reviewed this often.
    pub review_every: Option<Interval>,
    /// After this long without a trusted date a note says so.
    pub max_unverified: Option<Interval>,
    /// A review may be this late before it is overdue.
    pub grace: Option<Interval>,
    /// Records of an event: no age makes them stale.
    pub stable: Option<bool>,
    /// What each has to say of itself.
    pub require: Option<Vec<Required>>,
    /// How long they are kept.
    pub retention: Option<Retention>,
    /// How their links are meant.
    pub links: Option<LinkProfile>,
    /// Severity of docrot's rules for these documents, by rule id.
    pub severity: BTreeMap<String, Level>,
    /// The line of the policy file it stands on; none where it was not read from a file.
    pub line: Option<u32>,
}

/// Rules for paths in the order written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PathRules {
    // Invariant: `globs` holds the pattern of each rule, in the same order.
    rules: Vec<PathRule>,
    globs: Globs,
}

impl PathRules {
    /// Compiles the rules' patterns; the error names the one that is none.
    pub fn new(rules: Vec<PathRule>) -> Result<Self, globset::Error> {
        let globs = Globs::new(rules.iter().map(|rule| rule.glob.clone()))?;
        Ok(Self { rules, globs })
    }

    /// Every rule in the order written.
    pub fn iter(&self) -> impl Iterator<Item = &PathRule> {
        self.rules.iter()
    }
}

/// A setting that holds for a path, and what made it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting<'a, T> {
    /// What is set.
    pub value: T,
    /// The rule that set it; none where it is the policy's default.
    pub rule: Option<&'a PathRule>,
}

impl<T> Setting<'_, T> {
    /// Where the policy says so.
    pub fn provenance(&self) -> Provenance {
        match self.rule {
            Some(rule) => Provenance::Property {
                name: format!("policy rule for {}", rule.glob),
                line: rule.line,
            },
            None => Provenance::Computed("policy for every document".to_owned()),
        }
    }
}

/// All that the policy says of one path.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Effective<'a> {
    /// Who answers for it.
    pub owner: Option<Setting<'a, &'a str>>,
    /// What kind of document it is.
    pub class: Option<Setting<'a, &'a str>>,
    /// Why, as the last rule that gives a reason puts it.
    pub reason: Option<Setting<'a, &'a str>>,
    /// How often it is to be reviewed.
    pub review_every: Option<Setting<'a, Interval>>,
    /// How long it may go without a trusted date.
    pub max_unverified: Option<Setting<'a, Interval>>,
    /// How late a review may be.
    pub grace: Option<Setting<'a, Interval>>,
    /// Whether it is the record of an event, which no age makes stale.
    pub stable: bool,
    /// What it has to say of itself.
    pub require: Option<Setting<'a, &'a [Required]>>,
    /// How long it is kept.
    pub retention: Option<Setting<'a, &'a Retention>>,
    /// How its links are meant.
    pub links: Option<Setting<'a, LinkProfile>>,
    /// Every rule that matches, in the order written.
    pub rules: Vec<&'a PathRule>,
}

impl Policy {
    /// What the policy says of the document at `path`, relative to its root.
    pub fn rule_for(&self, path: &Path) -> Effective<'_> {
        let mut effective = Effective {
            max_unverified: self.dates.max_unverified.map(|value| Setting { value, rule: None }),
            ..Effective::default()
        };
        for index in self.rules.globs.matches(path) {
            let rule = &self.rules.rules[index];
            overrule(&mut effective.owner, rule.owner.as_deref(), rule);
            overrule(&mut effective.class, rule.class.as_deref(), rule);
            overrule(&mut effective.reason, rule.reason.as_deref(), rule);
            overrule(&mut effective.review_every, rule.review_every, rule);
            overrule(&mut effective.max_unverified, rule.max_unverified, rule);
            overrule(&mut effective.grace, rule.grace, rule);
            overrule(&mut effective.require, rule.require.as_deref(), rule);
            overrule(&mut effective.retention, rule.retention.as_ref(), rule);
            overrule(&mut effective.links, rule.links, rule);
            effective.stable = rule.stable.unwrap_or(effective.stable);
            effective.rules.push(rule);
        }
        effective
    }

    /// How much a finding of the rule `id` on `path` asks of its reader; none where the rule is
    /// switched off there. `found` is what the finding itself asks.
    ///
    /// The last rule for the path that names `id` wins over the whole policy's `[severity]`.
    pub fn severity(&self, id: &str, path: &Path, found: Severity) -> Option<Severity> {
        let matching = self.rules.globs.matches(path);
        let here = matching.iter().rev().find_map(|&at| self.rules.rules[at].severity.get(id));
        match here.or_else(|| self.severity.get(id)) {
            None => Some(found),
            Some(Level::At(severity)) => Some(*severity),
            Some(Level::Off) => None,
        }
    }

    /// The hold that covers the document at `path`, which no rule and no severity overrides.
    pub fn hold(&self, path: &Path, as_of: NaiveDate) -> Option<&Hold> {
        self.holds.iter().find(|hold| hold.covers(path, as_of))
    }

    /// Whether `path` lies in a folder that is declared an archive, by the policy or by its name.
    ///
    /// Putting withdrawn documents there is good practice, not rot.
    pub fn is_archived(&self, path: &Path) -> bool {
        self.archives.is_match(path)
            || path.parent().into_iter().flat_map(Path::components).any(|component| {
                let name = component.as_os_str();
                // No archive folder's name is longer; most folders are told apart by that alone.
                name.len() <= 11
                    && name.to_str().is_some_and(|name| {
                        ARCHIVE_FOLDERS.iter().any(|folder| name.eq_ignore_ascii_case(folder))
                    })
            })
    }
}

fn overrule<'a, T>(setting: &mut Option<Setting<'a, T>>, value: Option<T>, rule: &'a PathRule) {
    if let Some(value) = value {
        *setting = Some(Setting { value, rule: Some(rule) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn months(months: u32) -> Option<Interval> {
        Some(Interval { months, days: 0 })
    }

    fn rule(glob: &str, review_every: Option<Interval>, line: u32) -> PathRule {
        PathRule { glob: glob.to_owned(), review_every, line: Some(line), ..PathRule::default() }
    }

    #[test]
    fn the_last_rule_that_sets_something_wins_and_is_named() {
        let rules = vec![rule("**", months(24), 1), rule("Policies/**", months(12), 5)];
        let owner = PathRule { owner: Some("kim".to_owned()), ..rule("Policies/HR/*", None, 9) };
        let rules = PathRules::new([rules, vec![owner]].concat()).unwrap();
        let policy = Policy { rules, ..Policy::default() };
        let effective = policy.rule_for(Path::new("Policies/HR/leave.md"));
        let review = effective.review_every.unwrap();
        assert_eq!(review.value.months, 12);
        assert_eq!(review.provenance().to_string(), "policy rule for Policies/**, line 5");
        assert_eq!(effective.owner.unwrap().value, "kim");
        assert_eq!(effective.max_unverified.unwrap().value.months, 36);
        assert_eq!(policy.rule_for(Path::new("a.md")).review_every.unwrap().value.months, 24);
    }

    #[test]
    fn a_paths_severity_wins_over_the_whole_policys() {
        let mut here = rule("Legal/**", None, 1);
        here.severity.insert("withdrawn".to_owned(), Level::At(Severity::Note));
        let policy = Policy {
            rules: PathRules::new(vec![here]).unwrap(),
            severity: BTreeMap::from([("withdrawn".to_owned(), Level::Off)]),
            ..Policy::default()
        };
        let severity = |id, path| policy.severity(id, Path::new(path), Severity::Error);
        assert_eq!(severity("withdrawn", "Legal/a.md"), Some(Severity::Note));
        assert_eq!(severity("withdrawn", "a.md"), None);
        assert_eq!(severity("expired", "a.md"), Some(Severity::Error));
    }

    #[test]
    fn archives_are_folders_called_so_not_files_and_not_parts_of_names() {
        let policy =
            Policy { archives: Globs::new(["**/closed/**"]).unwrap(), ..Policy::default() };
        for archived in ["Archive/a.md", "x/zz_old/y/a.md", "x/closed/a.md"] {
            assert!(policy.is_archived(Path::new(archived)), "{archived}");
        }
        for live in ["archive.md", "archive", "old-world/a.md", "golden/a.md"] {
            assert!(!policy.is_archived(Path::new(live)), "{live}");
        }
    }
}
