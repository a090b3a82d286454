//! A validation for programs. What stands here is a promise: names change with `schema_version`
//! only.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;

use crate::report::escape;
use crate::validate::{Check, CleanUp, Example, Gate, Quality, QueryOutcome, Shown, worst};

use super::Validation;

/// Raised when a field goes, or comes to mean something else.
const SCHEMA_VERSION: u32 = 1;

#[derive(Serialize)]
struct V1Validation<'a> {
    schema_version: u32,
    index: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    about: &'a [String],
    roots: Vec<Cow<'a, str>>,
    on: String,
    verdict: &'a str,
    checks: Vec<V1Check<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quality: Option<V1Quality>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    queries: Vec<V1Query<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    clean_ups: Vec<V1CleanUp<'a>>,
    version: &'a str,
}

#[derive(Serialize)]
struct V1Check<'a> {
    check: &'a str,
    what: &'a str,
    verdict: &'a str,
    count: u64,
    of: u64,
    value: f64,
    gate: V1Gate,
    #[serde(skip_serializing_if = "Option::is_none")]
    interval: Option<[f64; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
    examples: Vec<V1Example<'a>>,
}

#[derive(Serialize)]
struct V1Gate {
    #[serde(skip_serializing_if = "Option::is_none")]
    at_most: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_least: Option<f64>,
}

#[derive(Serialize)]
struct V1Example<'a> {
    path: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_bytes: Option<String>,
    words: &'a str,
}

#[derive(Serialize)]
struct V1Quality {
    queries: u64,
    ndcg_at_10: f64,
    ndcg_at_10_novel: f64,
    mrr: f64,
    mrr_novel: f64,
}

#[derive(Serialize)]
struct V1Query<'a> {
    query: &'a str,
    count: u64,
    copies: u64,
    stale: u64,
    crowded: bool,
    wrong_version_first: bool,
    results: Vec<V1Result<'a>>,
}

#[derive(Serialize)]
struct V1Result<'a> {
    path: Cow<'a, str>,
    family: usize,
    stale: Option<&'a str>,
    older_version: bool,
}

#[derive(Serialize)]
struct V1CleanUp<'a> {
    path: Cow<'a, str>,
    what: &'a str,
    places: u64,
    queries: u64,
}

/// Writes it for programs: one object.
pub fn validation_json(validation: &Validation<'_>, out: &mut dyn Write) -> io::Result<()> {
    let Validation { index, about, roots, on, checks, queries, clean_ups, quality, version } =
        validation;
    let whole = V1Validation {
        schema_version: SCHEMA_VERSION,
        index,
        about,
        roots: roots.iter().map(|it| escape::readable(it)).collect(),
        on: on.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        verdict: worst(checks).name(),
        checks: checks.iter().map(check).collect(),
        quality: quality.map(|it| {
            let Quality { queries, ndcg, ndcg_novel, mrr, mrr_novel } = it;
            V1Quality { queries, ndcg_at_10: ndcg, ndcg_at_10_novel: ndcg_novel, mrr, mrr_novel }
        }),
        queries: queries.iter().map(query).collect(),
        clean_ups: clean_ups.iter().map(clean_up).collect(),
        version,
    };
    crate::report::json::write_line(&whole, &mut *out)?;
    writeln!(out)
}

fn check(check: &Check) -> V1Check<'_> {
    let Check {
        name,
        what,
        verdict,
        count,
        of,
        value,
        is_share: _,
        gate,
        interval,
        examples,
        note,
    } = check;
    let gate = match *gate {
        Gate::Report => V1Gate { at_most: None, at_least: None },
        Gate::AtMost(most) => V1Gate { at_most: Some(most), at_least: None },
        Gate::AtLeast(least) => V1Gate { at_most: None, at_least: Some(least) },
    };
    V1Check {
        check: name,
        what,
        verdict: verdict.name(),
        count: *count,
        of: *of,
        value: *value,
        gate,
        interval: interval.map(|(low, high)| [low, high]),
        note: note.as_deref(),
        examples: examples.iter().map(example).collect(),
    }
}

fn example(example: &Example) -> V1Example<'_> {
    let Example { path, words } = example;
    V1Example { path: escape::readable(path), path_bytes: escape::path_bytes(path), words }
}

fn query(outcome: &QueryOutcome) -> V1Query<'_> {
    let QueryOutcome { query, results, copies, stale, is_crowded, is_wrong_version_first } =
        outcome;
    V1Query {
        query: &query.text,
        count: query.count,
        copies: *copies,
        stale: *stale,
        crowded: *is_crowded,
        wrong_version_first: *is_wrong_version_first,
        results: results.iter().map(result).collect(),
    }
}

fn result(shown: &Shown) -> V1Result<'_> {
    let Shown { path, family, stale, is_older, place: _, stays: _ } = shown;
    V1Result {
        path: escape::readable(path),
        family: *family,
        stale: stale.as_deref(),
        older_version: *is_older,
    }
}

fn clean_up(deed: &CleanUp) -> V1CleanUp<'_> {
    let CleanUp { path, what, places, queries } = deed;
    V1CleanUp { path: escape::readable(path), what, places: *places, queries: *queries }
}

#[cfg(test)]
mod tests {
    use super::super::sample::sample;
    use super::*;

    #[test]
    fn programs_get_every_check_with_its_gate() {
        let mut out = Vec::new();
        validation_json(&sample().validation(), &mut out).unwrap();
        let json: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(json["verdict"], "fail");
        let ghosts = &json["checks"][1];
        assert_eq!((&ghosts["check"], &ghosts["verdict"]), (&"ghosts".into(), &"fail".into()));
        assert_eq!((&ghosts["count"], &ghosts["gate"]["at_most"]), (&12.into(), &0.0.into()));
        assert_eq!(ghosts["examples"].as_array().unwrap().len(), 5);
        assert_eq!(json["checks"][3]["gate"]["at_least"], 0.98);
        assert_eq!(json["queries"][0]["results"][1]["stale"], "withdrawn: banner");
        assert_eq!(json["clean_ups"][0]["places"], 40);
    }
}
