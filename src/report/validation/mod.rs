//! What validating an index came to: for people on the terminal, for programs as JSON, and as a
//! page.

mod json;
#[cfg(test)]
pub(super) mod sample;
mod text;

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
    /// What else is known of it, such as its engine and which field says what.
    pub about: &'a [String],
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
    pub(super) fn sentence(&self) -> String {
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
pub(super) fn measure(check: &Check) -> String {
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
pub(super) fn allowed(check: &Check) -> String {
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
