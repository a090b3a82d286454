//! What changed over time, as it is written to the wire: how findings stand, what is gone, what
//! earlier scans came to.

use std::collections::BTreeMap;

use chrono::{NaiveDate, SecondsFormat};
use serde::Serialize;

use crate::decisions::{Decision, Gone, PastScan, Raise, Standing};
use crate::report::Report;
use crate::report::figures::Figures;

/// The figures of the report, and what changed since the baseline.
#[derive(Serialize)]
pub(super) struct V1Figures {
    decisions_open: u64,
    decided: u64,
    lapsed: u64,
    redundant: u64,
    obsolete: u64,
    trivial: u64,
    reclaimable_bytes: u64,
    has_baseline: bool,
    new: u64,
    raised: u64,
    gone: u64,
}

impl V1Figures {
    pub(super) fn of(report: &Report) -> Self {
        let Figures {
            seen: _,
            readable: _,
            to_decide,
            decided,
            new,
            raised,
            lapsed,
            gone,
            redundant,
            obsolete,
            trivial,
            reclaimable,
            parts: _,
        } = Figures::of(report);
        Self {
            decisions_open: to_decide,
            decided,
            lapsed,
            redundant,
            obsolete,
            trivial,
            reclaimable_bytes: reclaimable,
            has_baseline: report.has_baseline,
            new,
            raised,
            gone,
        }
    }
}

/// How a finding stands.
#[derive(Serialize)]
pub(super) struct V1Standing<'a> {
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<NaiveDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<V1Decision<'a>>,
}

#[derive(Serialize)]
struct V1Decision<'a> {
    what: &'static str,
    by: &'a str,
    on: Option<NaiveDate>,
    until: Option<NaiveDate>,
    why: &'a str,
}

impl<'a> V1Standing<'a> {
    pub(super) fn of(standing: &'a Standing) -> Self {
        let (state, since, because, decision) = match standing {
            Standing::New => ("new", None, None, None),
            Standing::Still { since } => ("known", Some(*since), None, None),
            Standing::Raised { since, why } => ("raised", Some(*since), Some(*why), None),
            Standing::Decided { decision } => ("decided", None, None, Some(decision)),
            Standing::Lapsed { decision } => ("lapsed", None, None, Some(decision)),
        };
        let because = because.map(|why| match why {
            Raise::GroupGrew => "group-grew",
            Raise::TextChanged => "text-changed",
        });
        Self { state, since, because, decision: decision.map(V1Decision::of) }
    }
}

impl<'a> V1Decision<'a> {
    fn of(decision: &'a Decision) -> Self {
        let Decision { finding: _, rule: _, path: _, what, by, on, until, why, trace: _ } =
            decision;
        Self { what: what.name(), by, on: *on, until: *until, why }
    }
}

/// A finding of the baseline that is there no more.
#[derive(Serialize)]
pub(super) struct V1Gone<'a> {
    id: &'a str,
    rule: &'a str,
    path: &'a str,
    since: NaiveDate,
}

impl<'a> V1Gone<'a> {
    pub(super) fn of(gone: &'a Gone) -> Self {
        let Gone { id, rule, path, since } = gone;
        Self { id, rule, path, since: *since }
    }
}

/// What an earlier scan came to.
#[derive(Serialize)]
pub(super) struct V1PastScan<'a> {
    started: String,
    as_of: NaiveDate,
    seen: u64,
    read: u64,
    decisions_open: u64,
    decided: u64,
    new: u64,
    gone: u64,
    redundant: u64,
    obsolete: u64,
    trivial: u64,
    undated: Option<u64>,
    findings: &'a BTreeMap<String, u64>,
}

impl<'a> V1PastScan<'a> {
    pub(super) fn of(scan: &'a PastScan) -> Self {
        let PastScan {
            on,
            as_of,
            seen,
            read,
            decisions_open,
            decided,
            new,
            gone,
            redundant,
            obsolete,
            trivial,
            undated,
            findings,
        } = scan;
        Self {
            started: on.to_rfc3339_opts(SecondsFormat::Secs, true),
            as_of: *as_of,
            seen: *seen,
            read: *read,
            decisions_open: *decisions_open,
            decided: *decided,
            new: *new,
            gone: *gone,
            redundant: *redundant,
            obsolete: *obsolete,
            trivial: *trivial,
            undated: *undated,
            findings,
        }
    }
}
