//! A validation with one of everything, for tests.
#![cfg(test)]

use std::path::PathBuf;

use chrono::DateTime;

use crate::validate::{Check, CleanUp, Example, Gate, QueryOutcome, RealQuery, Shown, Verdict};

use super::Validation;

pub(in crate::report) struct Sample {
    checks: Vec<Check>,
    queries: Vec<QueryOutcome>,
    clean_ups: Vec<CleanUp>,
    roots: Vec<PathBuf>,
}

fn check(name: &'static str, verdict: Verdict, count: u64, gate: Gate) -> Check {
    let examples = (0..count.min(5))
        .map(|n| Example::new(format!("HR/\u{1b}[2J{n}.docx"), "is no longer there".to_owned()));
    Check {
        name,
        what: "in the index, not in the tree",
        verdict,
        count,
        of: 1204,
        value: count as f64 / 1204.0,
        is_share: true,
        gate,
        interval: None,
        examples: examples.collect(),
        note: None,
    }
}

pub(in crate::report) fn sample() -> Sample {
    let shown = |path: &str, family, stale: Option<&str>| Shown {
        path: path.into(),
        family,
        stale: stale.map(str::to_owned),
        is_older: false,
        place: None,
        stays: None,
    };
    let mut skipped = check("findability", Verdict::Skipped, 0, Gate::AtLeast(0.98));
    skipped.note = Some("the index is broken".to_owned());
    let mut sampled = check("text", Verdict::Ok, 0, Gate::AtMost(0.0));
    (sampled.of, sampled.interval) = (400, Some((0.0, 0.0095)));
    Sample {
        checks: vec![
            check("missing", Verdict::Warn, 2, Gate::AtMost(0.01)),
            check("ghosts", Verdict::Fail, 12, Gate::AtMost(0.0)),
            sampled,
            skipped,
        ],
        queries: vec![QueryOutcome {
            query: RealQuery { id: "q".into(), text: "travel <b>".into(), count: 40 },
            results: vec![
                shown("a.md", 0, None),
                shown("old/a.md", 0, Some("withdrawn: banner")),
                shown("b.md", 1, None),
            ],
            copies: 1,
            stale: 1,
            is_crowded: true,
            is_wrong_version_first: false,
        }],
        clean_ups: vec![CleanUp {
            path: "a.md".into(),
            what: "leave one of its copies in the index".to_owned(),
            places: 40,
            queries: 1,
        }],
        roots: vec!["/srv/policies".into()],
    }
}

impl Sample {
    pub(in crate::report) fn validation(&self) -> Validation<'_> {
        Validation {
            index: "/var/lib/docrot/policies",
            about: &[],
            roots: &self.roots,
            on: DateTime::from_timestamp(1_780_300_800, 0).unwrap(),
            checks: &self.checks,
            queries: &self.queries,
            clean_ups: &self.clean_ups,
            quality: None,
            version: "0.1.0",
        }
    }
}
