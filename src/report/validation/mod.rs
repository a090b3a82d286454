//! What validating an index came to: for people on the terminal, for programs as JSON, and as a
//! page.

mod html;
mod json;
mod text;

pub use html::validation_html;
pub use json::validation_json;
pub use text::validation_text;

use std::path::PathBuf;

use chrono::{DateTime, Utc};

use crate::validate::{Check, CleanUp, Gate, Quality, QueryOutcome, Verdict};

use super::words;

/// Everything that a report on a validation may tell.
#[derive(Clone, Debug)]
pub struct Validation<'a> {
    /// What was validated, such as the folder of a catalog.
    pub index: &'a str,
    /// The folders that it was compared with.
    pub roots: &'a [PathBuf],
    /// When, in UTC.
    pub on: DateTime<Utc>,
    /// What every check came to.
    pub checks: &'a [Check],
    /// Real queries, the most polluted first.
    pub queries: &'a [QueryOutcome],
    /// What would free places among results, the most first.
    pub clean_ups: &'a [CleanUp],
    /// How good results are by what people judged.
    pub quality: Option<Quality>,
    /// The version of docrot.
    pub version: &'a str,
}

impl Validation<'_> {
    /// The whole in one sentence.
    fn sentence(&self) -> String {
        let with = |verdict| {
            let names = self.checks.iter().filter(|it| it.verdict == verdict).map(|it| it.name);
            names.collect::<Vec<_>>()
        };
        let (failed, warned) = (with(Verdict::Fail), with(Verdict::Warn));
        let looked_at = self.checks.len() - with(Verdict::Skipped).len();
        let checks = words::counted(looked_at as u64, "check");
        match (failed.as_slice(), warned.as_slice()) {
            ([], []) => format!("{checks}, all in order"),
            ([], warned) => {
                format!("{checks}, none fails; something to see in {}", warned.join(", "))
            }
            (failed, _) => format!("{} of {checks} fail: {}", failed.len(), failed.join(", ")),
        }
    }
}

/// What a check measured: `12 of 1,204 (1.0 %)`, `3.5 days`.
fn measure(check: &Check) -> String {
    if check.verdict == Verdict::Skipped {
        return "not looked at".to_owned();
    }
    let mut text = match (check.is_share, check.name) {
        (true, _) if check.of == 0 => "0".to_owned(),
        (true, _) => {
            let share = words::percentage(check.count, check.of);
            format!("{} of {} ({share})", words::number(check.count), words::number(check.of))
        }
        (false, "lag") if check.count == 0 => "none waits".to_owned(),
        (false, "lag") => format!("{:.1} days", check.value),
        (false, _) => words::number(check.count),
    };
    if let Some((low, high)) = check.interval {
        text.push_str(&format!(", of all {} to {}", words::share(low), words::share(high)));
    }
    text
}

/// What a check allows: `at most 1 %`, `none allowed`; nothing where it only tells.
fn allowed(check: &Check) -> String {
    let spelled = |limit: f64| match check.is_share {
        true => format!("{} %", (limit * 1e4).round() / 1e2),
        false => format!("{limit}"),
    };
    match check.gate {
        Gate::Report => String::new(),
        Gate::AtMost(0.0) => "none allowed".to_owned(),
        Gate::AtMost(most) => format!("at most {}", spelled(most)),
        Gate::AtLeast(least) => format!("at least {}", spelled(least)),
    }
}

/// The first ten results of a query as letters, one for each family: `A A B† C`.
fn strip(outcome: &QueryOutcome) -> String {
    let letter = |family: usize| char::from(b'A' + u8::try_from(family).unwrap_or(25).min(25));
    let cells = outcome.results.iter().map(|it| {
        let mark = if it.is_misleading() { "†" } else { "" };
        format!("{}{mark}", letter(it.family))
    });
    cells.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod sample {
    use super::*;
    use crate::validate::{Example, RealQuery, Shown};

    pub(super) struct Sample {
        checks: Vec<Check>,
        queries: Vec<QueryOutcome>,
        clean_ups: Vec<CleanUp>,
        roots: Vec<PathBuf>,
    }

    fn check(name: &'static str, verdict: Verdict, count: u64, gate: Gate) -> Check {
        let examples = (0..count.min(5)).map(|n| {
            Example::new(format!("HR/\u{1b}[2J{n}.docx"), "is no longer there".to_owned())
        });
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

    pub(super) fn sample() -> Sample {
        let shown = |path: &str, family, stale: Option<&str>| Shown {
            path: path.into(),
            family,
            stale: stale.map(str::to_owned),
            is_older: false,
            place: None,
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
        pub(super) fn validation(&self) -> Validation<'_> {
            Validation {
                index: "/var/lib/docrot/policies",
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
}
