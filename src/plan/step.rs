//! A plan: what is to become of which document, and what must be true for it.
//!
//! Plain data. It knows no file system and no catalog; what it says is checked again when it is
//! carried out.

use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, Utc};

use crate::inventory::Hash;
use crate::rot::Confidence;

/// What is to be done, step by step. A file that a person reads, edits and signs off.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// The folders that the documents lie in, absolute.
    pub roots: Vec<PathBuf>,
    /// The day that counted as today when the documents were judged.
    pub as_of: NaiveDate,
    /// When the plan was made.
    pub made: DateTime<Utc>,
    /// Where the archive is, absolute; needed by steps that archive.
    pub archive: Option<PathBuf>,
    /// The legal holds that were in force: no step may touch what they cover.
    pub holds: Vec<HeldPaths>,
    /// What is to be done, by document.
    pub steps: Vec<Step>,
    /// Steps of an edited plan that say nothing that could be done, and why. Each is refused.
    pub broken: Vec<Broken>,
}

/// Paths under a legal hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldPaths {
    /// Patterns of paths relative to their root.
    pub paths: Vec<String>,
    /// The matter.
    pub reason: String,
    /// The last day of it; none: without end.
    pub until: Option<NaiveDate>,
}

/// A step that makes no sense.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Its position among the steps of the file, from 1.
    pub position: usize,
    /// The document as the plan names it; empty where it names none.
    pub path: String,
    /// What is wrong with it.
    pub why: String,
}

/// A file below one of the plan's roots.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// Position among [`Plan::roots`].
    pub root: usize,
    /// Path relative to the root.
    pub path: PathBuf,
}

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Content {
    /// BLAKE3 of its bytes.
    pub hash: Hash,
    /// Their number.
    pub size: u64,
}

impl Content {
    /// Whether there is nothing in it.
    pub const fn is_empty(&self) -> bool {
        self.size == 0
    }
}

/// What is to become of one document.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The document.
    pub document: Place,
    /// What it must hold when the step is taken.
    pub expected: Content,
    /// The document that stays in its stead, and what that must hold.
    pub survivor: Option<(Place, Content)>,
    /// What is done with it.
    pub disposition: Disposition,
    /// Id of the rule that found it.
    pub rule: String,
    /// Id of the finding, as in reports.
    pub finding: String,
    /// How sure the finding is.
    pub confidence: Confidence,
    /// Why, in words.
    pub reason: String,
    /// Passages and facts that stand nowhere else and would go with it.
    pub lost: Vec<String>,
    /// Documents that link to it: path and line or place, in words.
    pub linked_from: Vec<String>,
    /// Who answers for it; empty where nobody is known to.
    pub owner: String,
    /// Bytes that are free once it is purged; 0 where it has other names (hard links).
    pub reclaims: u64,
    /// The person whose decision this is; without one, only what follows from the bytes is done.
    pub signed: Option<Signature>,
    /// Its class in the retention schedule and the last day it must be kept, where the policy says.
    pub retention: Option<Kept>,
}

/// A person's decision.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signature {
    /// Who; never empty.
    pub by: String,
    /// The day.
    pub on: Option<NaiveDate>,
    /// Why, in words.
    pub why: String,
}

/// How long a document must be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its class in the retention schedule.
    pub class: String,
    /// The last day; none where no date tells.
    pub until: Option<NaiveDate>,
}

/// What is done with a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Disposition {
    /// Moved aside; it can be taken back until it is purged.
    Quarantine,
    /// Moved aside, and a small text in its place says where the other copy is.
    Pointer,
    /// Moved aside, and its name becomes another name of the copy that stays.
    HardLink,
    /// Moved aside, and a copy in its place shares the disk blocks of the one that stays.
    Reflink,
    /// Moved to the archive, below its retention class.
    Archive,
    /// Stays where it is.
    Keep,
    /// A person has to decide; nothing is done.
    Review,
}

impl Disposition {
    /// Every disposition.
    pub const ALL: [Self; 7] = [
        Self::Quarantine,
        Self::Pointer,
        Self::HardLink,
        Self::Reflink,
        Self::Archive,
        Self::Keep,
        Self::Review,
    ];

    /// The word in plans.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Quarantine => "quarantine",
            Self::Pointer => "pointer",
            Self::HardLink => "hard-link",
            Self::Reflink => "reflink",
            Self::Archive => "archive",
            Self::Keep => "keep",
            Self::Review => "review",
        }
    }

    /// The disposition that [`Disposition::name`] calls so; case and outer blanks make no difference.
    pub fn called(word: &str) -> Option<Self> {
        let word = word.trim().to_lowercase();
        Self::ALL.into_iter().find(|it| it.name() == word)
    }

    /// Whether anything is moved.
    pub const fn acts(self) -> bool {
        !matches!(self, Self::Keep | Self::Review)
    }
}

/// What a plan comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Documents that would be moved.
    pub act: usize,
    /// Documents that a person has to decide on.
    pub review: usize,
    /// Documents that stay by somebody's decision.
    pub keep: usize,
    /// Steps that make no sense.
    pub broken: usize,
    /// Bytes that the documents moved aside hold, which purging them frees.
    pub reclaims: u64,
}

impl Plan {
    /// What it comes to.
    pub fn totals(&self) -> Totals {
        let count = |is: fn(Disposition) -> bool| {
            self.steps.iter().filter(|step| is(step.disposition)).count()
        };
        let freed = self
            .steps
            .iter()
            .filter(|step| step.disposition.acts() && step.disposition != Disposition::Archive);
        Totals {
            act: count(Disposition::acts),
            review: count(|it| it == Disposition::Review),
            keep: count(|it| it == Disposition::Keep),
            broken: self.broken.len(),
            // A person may have edited the figures.
            reclaims: freed.fold(0, |sum, step| sum.saturating_add(step.reclaims)),
        }
    }
}
