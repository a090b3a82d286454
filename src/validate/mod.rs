//! Does a search index still describe its tree, and do its results serve?
//!
//! Every question is a [`Kind`] in [`CHECKS`] and comes to one [`Check`]: how many documents of how
//! many, against a gate, with the worst examples. Coverage compares entries of an index with the
//! tree, integrity looks at the files of an index of our own, findability and queries ask the
//! engine. The same checks serve other engines, which hand their entries over as [`Row`]s and
//! answer through [`Ask`]. Nothing is written, nothing is printed, no clock is read.

mod ask;
mod contents;
mod coverage;
mod digest;
pub mod engines;
mod findability;
mod foreign;
mod gates;
mod integrity;
mod judgements;
mod logs;
mod pollution;
mod queries;
mod row;
mod sample;
mod strays;
#[cfg(test)]
mod testing;
mod texts;
mod tree;

pub use ask::{Answer, Ask, AskError, OtherIndex, OwnIndex, key_of};
pub use coverage::{Compared, Coverage, compare, coverage_checks};
pub use digest::Digest;
pub use findability::{
    Findability, FindabilityError, FoundAs, Tried, findability, findability_checks,
};
pub use foreign::{ForeignEntries, Gathering, Texts};
pub use gates::{Gate, Gates};
pub use integrity::{OwnRows, index_checks, records_checks, text_check};
pub use judgements::{Judgement, Quality, quality, read_judgements};
pub use logs::{LogError, RankedResult, RealQuery, read_queries, read_results};
pub use pollution::{CleanUp, clean_ups};
pub use queries::{QueryOutcome, Shown, outcomes, query_checks};
pub use row::{Precision, Row, State, Tells};
pub use sample::{Dice, interval};
pub use texts::texts_checks;
pub use tree::{Seen, Tree};

use std::path::PathBuf;

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Nothing to say.
    Ok,
    /// It could not be looked at.
    Skipped,
    /// Something is there, within what the policy allows; or nobody set a limit.
    Warn,
    /// More than the policy allows.
    Fail,
}

impl Verdict {
    /// The word for people and scripts.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Skipped => "skipped",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// A question that is asked of an index.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// Stable word for scripts and the policy.
    pub name: &'static str,
    /// What is counted, for people.
    pub what: &'static str,
    /// What is allowed unless the policy says otherwise.
    pub gate: Gate,
}

/// Every question, in the order of reports.
pub const CHECKS: &[Kind] = &[
    Kind { name: "tree", what: "folders that could not be listed", gate: Gate::Report },
    Kind { name: "missing", what: "in the tree, not in the index", gate: Gate::AtMost(0.01) },
    Kind { name: "ghosts", what: "in the index, not in the tree", gate: Gate::AtMost(0.0) },
    Kind { name: "drift", what: "indexed with another content", gate: Gate::AtMost(0.01) },
    Kind { name: "moved", what: "in the tree at another place", gate: Gate::AtMost(0.01) },
    Kind { name: "twice", what: "in the index twice", gate: Gate::AtMost(0.0) },
    Kind { name: "unmapped", what: "leads to no folder of the tree", gate: Gate::Report },
    Kind { name: "entries", what: "that cannot be understood", gate: Gate::Report },
    Kind { name: "lag", what: "days that changes wait, of 95 in 100", gate: Gate::Report },
    Kind { name: "unreadable", what: "documents that were not read", gate: Gate::AtMost(0.02) },
    Kind { name: "truncated", what: "documents that were read in part", gate: Gate::Report },
    Kind { name: "empty", what: "entries with fewer than 5 words", gate: Gate::Report },
    Kind { name: "integrity", what: "broken files of the index", gate: Gate::AtMost(0.0) },
    Kind { name: "text", what: "texts that are not what was read", gate: Gate::AtMost(0.0) },
    Kind { name: "unreferenced", what: "files that no commit names", gate: Gate::Report },
    Kind { name: "bloat", what: "entries taken out that take room", gate: Gate::AtMost(0.5) },
    Kind { name: "schema", what: "read by other versions", gate: Gate::Report },
    Kind { name: "findability", what: "found first by their own words", gate: Gate::AtLeast(0.98) },
    Kind { name: "titles", what: "not among the first ten for their title", gate: Gate::Report },
    Kind { name: "duplicates-in-results", what: "results that are copies", gate: Gate::Report },
    Kind { name: "crowded", what: "queries crowded by copies", gate: Gate::Report },
    Kind { name: "stale-first", what: "queries answered by a stale one", gate: Gate::Report },
    Kind { name: "stale-in-results", what: "results that are stale", gate: Gate::Report },
    Kind { name: "wrong-version", what: "an older version comes first", gate: Gate::AtMost(0.0) },
    Kind { name: "no-results", what: "queries without a result", gate: Gate::Report },
];

/// What a check came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// The question.
    pub name: &'static str,
    /// What is counted, for people.
    pub what: &'static str,
    /// How it came out.
    pub verdict: Verdict,
    /// How many there are.
    pub count: u64,
    /// Of how many.
    pub of: u64,
    /// What the gate is about: a share, or another measure such as days.
    pub value: f64,
    /// Whether `value` is a share.
    pub is_share: bool,
    /// What is allowed.
    pub gate: Gate,
    /// Where the true share lies with a certainty of 95 %, where only a sample was looked at.
    pub interval: Option<(f64, f64)>,
    /// The worst, with words.
    pub examples: Vec<Example>,
    /// What else has to be known to read it.
    pub note: Option<String>,
}

/// A document, file or query that a check counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Example {
    /// Its path, below its root where it is a document; or a query.
    pub path: PathBuf,
    /// What is wrong with it.
    pub words: String,
}

impl Example {
    /// An example with its words.
    pub fn new(path: impl Into<PathBuf>, words: impl Into<String>) -> Self {
        Self { path: path.into(), words: words.into() }
    }
}

/// How many examples of each check are kept.
const EXAMPLES: usize = 100;

/// What a check has counted, before the policy has its say.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Tally {
    count: u64,
    of: u64,
    examples: Vec<Example>,
    note: Option<String>,
    is_sample: bool,
}

impl Tally {
    fn of(of: u64) -> Self {
        Self { of, ..Self::default() }
    }

    fn add(&mut self, example: impl FnOnce() -> Example) {
        self.count += 1;
        if self.examples.len() < EXAMPLES {
            self.examples.push(example());
        }
    }

    /// Takes in what another one has counted.
    fn append(&mut self, other: Self) {
        self.count += other.count;
        self.examples.extend(other.examples);
        self.examples.truncate(EXAMPLES);
    }

    fn noted(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    fn share(&self) -> f64 {
        if self.of == 0 { 0.0 } else { self.count as f64 / self.of as f64 }
    }

    /// The check named `name`, whose measure is the share of what was counted.
    fn check(self, name: &'static str, gates: &Gates) -> Check {
        let share = self.share();
        let gate = gates.of(name);
        let sampled = (self.is_sample && 0 < self.of).then(|| interval(self.count, self.of));
        let verdict = gate.judge(share, self.of, sampled);
        self.into_check(name, gate, verdict, (share, true), sampled)
    }

    /// The check named `name`, whose measure is `value`, and that has something to say where it
    /// counted something.
    fn check_of(self, name: &'static str, value: f64, gates: &Gates) -> Check {
        let gate = gates.of(name);
        let verdict = gate.judge(value, self.count, None);
        self.into_check(name, gate, verdict, (value, false), None)
    }

    /// The check named `name`, of things that are counted and of which there is no whole.
    fn check_of_count(mut self, name: &'static str, gates: &Gates) -> Check {
        self.of = self.count;
        let value = self.count as f64;
        self.check_of(name, value, gates)
    }

    fn into_check(
        self,
        name: &'static str,
        gate: Gate,
        verdict: Verdict,
        (value, is_share): (f64, bool),
        interval: Option<(f64, f64)>,
    ) -> Check {
        let Self { count, of, examples, note, is_sample: _ } = self;
        let what = CHECKS.iter().find(|kind| kind.name == name).map_or("", |kind| kind.what);
        Check { name, what, verdict, count, of, value, is_share, gate, interval, examples, note }
    }
}

impl Check {
    /// A check that could not be made, and why.
    pub fn skipped(name: &'static str, why: impl Into<String>, gates: &Gates) -> Self {
        let tally = Tally::default().noted(why);
        tally.into_check(name, gates.of(name), Verdict::Skipped, (0.0, true), None)
    }
}

/// The worst of several verdicts.
pub fn worst(checks: &[Check]) -> Verdict {
    checks.iter().map(|it| it.verdict).max().unwrap_or(Verdict::Ok)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_has_a_name_of_its_own() {
        let mut names: Vec<_> = CHECKS.iter().map(|it| it.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), CHECKS.len());
    }

    #[test]
    fn a_share_is_judged_by_its_gate() {
        let check = |count, of| {
            let tally = Tally { count, of, ..Tally::default() };
            tally.check("missing", &Gates::default()).verdict
        };
        assert_eq!(check(0, 100), Verdict::Ok);
        assert_eq!(check(1, 100), Verdict::Warn);
        assert_eq!(check(2, 100), Verdict::Fail);
        assert_eq!(check(0, 0), Verdict::Ok);
    }

    #[test]
    fn a_sample_fails_only_where_it_is_sure() {
        let check = |count, of| {
            let tally = Tally { count, of, is_sample: true, ..Tally::default() };
            tally.check("missing", &Gates::default()).verdict
        };
        assert_eq!(check(1, 50), Verdict::Warn);
        assert_eq!(check(10, 50), Verdict::Fail);
    }
}
