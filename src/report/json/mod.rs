//! JSON for programs: `docs/json-schema.md` says what each field means, `docs/report.schema.json`
//! what may stand in it.
//!
//! The types here are the wire's own. Internal names can change; these change only together with
//! [`SCHEMA_VERSION`]. Findings are written one by one, however many there are.

mod boilerplate;
mod change;
mod lines;
mod ndjson;
#[cfg(test)]
mod schema;
mod subjects;

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};

use chrono::{NaiveDate, SecondsFormat};
use serde::{Serialize, Serializer};

use crate::decisions::RulePrecision;
use crate::inventory::{DocId, Record, Status};
use crate::rot::{Evidence, Finding, Group, Suggestion, Value, identity};
use crate::scan::{Ledger, Problem, Summary};

use super::{Report, Writer, escape};

pub(super) use ndjson::WRITER as LINES;
pub use subjects::{subject_json, subjects_json};

use boilerplate::V1Boilerplate;
use change::{V1Figures, V1Gone, V1PastScan, V1Standing};
use subjects::{V1Subject, why_none};

/// Raised when a field goes, or comes to mean something else. New fields do not raise it.
pub(super) const SCHEMA_VERSION: u32 = 1;

pub(super) const WRITER: Writer = Writer::text("json", "json", write);

fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let assessment = report.assessment;
    let group_ids = identity::group_ids(report.inventory, &assessment.groups);
    let whole = V1Report {
        head: V1Head::of(report),
        findings: Each(|| {
            (0..assessment.findings.len()).map(|at| V1Finding::of(report, at, &group_ids))
        }),
        gone: Each(|| report.gone.iter().map(V1Gone::of)),
        groups: Each(|| {
            let groups = assessment.groups.iter().zip(&group_ids);
            groups.map(|(group, id)| V1Group::of(report, group, id))
        }),
        boilerplate: assessment
            .boilerplate
            .iter()
            .map(|it| V1Boilerplate::of(report, it))
            .collect(),
        subjects: Each(|| {
            let subjects = assessment.subjects.as_ref();
            let count = subjects.map_or(0, |it| it.list.len());
            (0..count).filter_map(move |at| Some(V1Subject::of(report, subjects?, at)))
        }),
        suggestions: Each(|| report.suggestions.iter().map(|it| V1Suggestion::of(report, it))),
        precision: Each(|| report.precision.iter().map(V1Precision::of)),
        history: Each(|| report.history.iter().map(V1PastScan::of)),
        problems: Each(|| {
            let crawl = report.summary.problems.iter().map(|it| V1Problem::of(report, it));
            let files = report.inventory.iter();
            crawl.chain(files.filter_map(|(_, record)| V1Problem::of_record(report, record)))
        }),
    };
    write_lines(&whole, out)
}

/// Writes a value with a line for each item of its lists.
pub(super) fn write_lines(value: &impl Serialize, out: &mut dyn io::Write) -> io::Result<()> {
    let mut json = serde_json::Serializer::with_formatter(
        io::BufWriter::new(&mut *out),
        lines::Lines::default(),
    );
    value.serialize(&mut json)?;
    let mut out = json.into_inner();
    io::Write::write_all(&mut out, b"\n")?;
    io::Write::flush(&mut out)
}

/// Writes a value in one line.
pub(super) fn write_line(value: &impl Serialize, out: &mut dyn io::Write) -> io::Result<()> {
    let mut json = serde_json::Serializer::with_formatter(out, lines::Line);
    Ok(value.serialize(&mut json)?)
}

/// A list that is written item by item, never held.
pub(super) struct Each<F>(pub(super) F);

impl<F: Fn() -> I, I: Iterator<Item: Serialize>> Serialize for Each<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0())
    }
}

#[derive(Serialize)]
struct V1Report<'a, F, O, G, T, S, R, H, P> {
    #[serde(flatten)]
    head: V1Head<'a>,
    findings: F,
    gone: O,
    groups: G,
    boilerplate: Vec<V1Boilerplate<'a>>,
    subjects: T,
    suggestions: S,
    precision: R,
    history: H,
    problems: P,
}

/// What a report says of all of it, before its lists.
#[derive(Serialize)]
struct V1Head<'a> {
    schema_version: u32,
    scan: V1Scan<'a>,
    narrowed: Option<&'a str>,
    figures: V1Figures,
    ledger: V1Ledger<'a>,
    judged: V1Judged,
    compared: V1Compared,
    no_subjects: Option<&'static str>,
}

impl<'a> V1Head<'a> {
    fn of(report: &Report<'a>) -> Self {
        let assessment = report.assessment;
        Self {
            schema_version: SCHEMA_VERSION,
            scan: V1Scan::of(report),
            narrowed: report.narrowed,
            figures: V1Figures::of(report),
            ledger: V1Ledger::of(report.ledger),
            judged: V1Judged { archived: assessment.archived, undated: report.undated },
            compared: V1Compared {
                same_form: assessment.same_form,
                not_compared: assessment.not_compared,
                passages_not_compared: assessment.passages_not_compared,
                passages_not_told: assessment.passages_not_told,
                facts_not_compared: assessment.facts_not_compared,
            },
            no_subjects: assessment.subjects.as_ref().and_then(|it| it.why_none).map(why_none),
        }
    }
}

#[derive(Serialize)]
struct V1Judged {
    archived: u64,
    undated: Option<u64>,
}

#[derive(Serialize)]
struct V1Suggestion<'a> {
    document: V1Path<'a>,
    successor: V1Path<'a>,
    date: NaiveDate,
    successor_date: NaiveDate,
    subject: &'a [String],
}

impl<'a> V1Suggestion<'a> {
    fn of(report: &Report<'a>, suggestion: &'a Suggestion) -> Self {
        let Suggestion { document, successor, subject, date, newer } = suggestion;
        Self {
            document: V1Path::of(report, *document),
            successor: V1Path::of(report, *successor),
            date: *date,
            successor_date: *newer,
            subject,
        }
    }
}

#[derive(Serialize)]
struct V1Precision<'a> {
    rule: &'a str,
    right: u32,
    wrong: u32,
    unsure: u32,
    precision: Option<f64>,
    low: f64,
    high: f64,
    demoted: bool,
}

impl<'a> V1Precision<'a> {
    fn of(precision: &'a RulePrecision) -> Self {
        let RulePrecision { rule, right, wrong, unsure, is_demoted } = precision;
        let round = |share: f64| (share * 10_000.0).round() / 10_000.0;
        let (low, high) = precision.interval();
        Self {
            rule,
            right: *right,
            wrong: *wrong,
            unsure: *unsure,
            precision: precision.share().map(round),
            low: round(low),
            high: round(high),
            demoted: *is_demoted,
        }
    }
}

#[derive(Serialize)]
struct V1Scan<'a> {
    new: u64,
    changed: u64,
    moved: u64,
    gone: u64,
    unchanged: u64,
    unreadable: u64,
    as_of: NaiveDate,
    roots: Vec<Cow<'a, str>>,
    duration_ms: u64,
    started: String,
    interrupted: bool,
    notes: Vec<&'a str>,
}

impl<'a> V1Scan<'a> {
    fn of(report: &Report<'a>) -> Self {
        let Summary {
            started,
            duration,
            new,
            changed,
            moved,
            gone,
            unchanged,
            unreadable,
            interrupted,
            detection_version: _,
            weak_identity: _,
            problems: _,
            caveats: _,
            notes: _,
            // What it was told, not what it found.
            has_history: _,
            only_exact: _,
            sample: _,
            timings: _,
            of_entries: _,
        } = report.summary;
        Self {
            new: *new,
            changed: *changed,
            moved: *moved,
            gone: *gone,
            unchanged: *unchanged,
            unreadable: *unreadable,
            as_of: report.as_of,
            roots: report.inventory.roots.iter().map(|root| escape::readable(root)).collect(),
            duration_ms: duration.as_millis() as u64,
            started: started.to_rfc3339_opts(SecondsFormat::Secs, true),
            interrupted: *interrupted,
            notes: report.summary.remarks().collect(),
        }
    }
}

#[derive(Serialize)]
struct V1Ledger<'a> {
    seen: u64,
    read: u64,
    partly_read: u64,
    not_read: u64,
    not_documents: u64,
    inside: u64,
    reasons: &'a std::collections::BTreeMap<String, u64>,
}

impl<'a> V1Ledger<'a> {
    fn of(ledger: &'a Ledger) -> Self {
        let Ledger { seen, read, partly_read, not_read, not_documents, inside, reasons } = ledger;
        Self {
            seen: *seen,
            read: *read,
            partly_read: *partly_read,
            not_read: *not_read,
            not_documents: *not_documents,
            inside: *inside,
            reasons,
        }
    }
}

/// What comparing documents came to, beyond the findings.
#[derive(Serialize)]
struct V1Compared {
    same_form: u64,
    not_compared: u64,
    passages_not_compared: u64,
    passages_not_told: u64,
    facts_not_compared: u64,
}

/// A path, with its root where there are several and its bytes where they are not UTF-8.
#[derive(Serialize)]
struct V1Path<'a> {
    path: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_bytes: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    root: Option<Cow<'a, str>>,
}

impl<'a> V1Path<'a> {
    fn of(report: &Report<'a>, document: DocId) -> Self {
        let record = &report.inventory[document];
        let root = report.root_among_several(record);
        Self::new(&record.file.path, root)
    }

    fn new(path: &'a Path, root: Option<&'a Path>) -> Self {
        Self {
            path: escape::readable(path),
            path_bytes: escape::path_bytes(path),
            root: root.map(escape::readable),
        }
    }
}

#[derive(Serialize)]
struct V1Finding<'a> {
    id: &'a str,
    rule: &'static str,
    category: &'static str,
    #[serde(flatten)]
    path: V1Path<'a>,
    related: Vec<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    related_bytes: Option<Vec<Option<String>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    related_roots: Option<Vec<Cow<'a, str>>>,
    confidence: &'static str,
    severity: &'static str,
    evidence: Vec<V1Evidence<'a>>,
    date: Option<NaiveDate>,
    owner: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner_from: Option<String>,
    group: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    standing: Option<V1Standing<'a>>,
}

impl<'a> V1Finding<'a> {
    fn of(report: &Report<'a>, position: usize, group_ids: &'a [String]) -> Self {
        let finding: &'a Finding = &report.assessment.findings[position];
        let related: Vec<V1Path> =
            finding.related.iter().map(|&document| V1Path::of(report, document)).collect();
        let bytes = related.iter().map(|it| it.path_bytes.clone()).collect();
        let has_bytes = related.iter().any(|it| it.path_bytes.is_some());
        let owner = report.owners.owner(finding.document);
        Self {
            id: report.ids.get(position).map_or("", String::as_str),
            rule: finding.rule.id,
            category: finding.rule.category.name(),
            path: V1Path::of(report, finding.document),
            related_bytes: has_bytes.then_some(bytes),
            related_roots: (1 < report.inventory.roots.len())
                .then(|| related.iter().filter_map(|it| it.root.clone()).collect()),
            related: related.into_iter().map(|it| it.path).collect(),
            confidence: finding.confidence.name(),
            severity: finding.severity.name(),
            evidence: finding.evidence().iter().map(|it| V1Evidence::of(report, it)).collect(),
            date: finding.date,
            owner: owner.map(|owner| owner.name.as_str()),
            owner_from: owner.map(|owner| owner.provenance.to_string()),
            group: finding.group.and_then(|group| group_ids.get(group)).map(String::as_str),
            standing: report.standing(position).map(V1Standing::of),
        }
    }
}

#[derive(Serialize)]
struct V1Evidence<'a> {
    what: &'static str,
    value: V1Value<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    root: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_bytes: Option<String>,
    provenance: String,
}

#[derive(Serialize)]
#[serde(untagged)]
enum V1Value<'a> {
    Text(Cow<'a, str>),
    Date(NaiveDate),
    Count(u64),
    Share(f64),
    Days(i64),
}

impl<'a> V1Evidence<'a> {
    fn of(report: &Report<'a>, evidence: &'a Evidence) -> Self {
        let Evidence { what, value, provenance } = evidence;
        let (value, unit) = match value {
            Value::Text(text) => (V1Value::Text(text.into()), None),
            Value::Date(date) => (V1Value::Date(*date), Some("date")),
            Value::Count(count) => (V1Value::Count(*count), None),
            Value::Bytes(bytes) => (V1Value::Count(*bytes), Some("bytes")),
            Value::Share(share) => (V1Value::Share(*share), Some("share")),
            Value::Days(days) => (V1Value::Days(*days), Some("days")),
            Value::Document(document) => {
                let V1Path { path, path_bytes, root } = V1Path::of(report, *document);
                let (value, unit) = (V1Value::Text(path), Some("path"));
                let provenance = provenance.to_string();
                return Self { what, value, unit, root, path_bytes, provenance };
            }
        };
        let provenance = provenance.to_string();
        Self { what, value, unit, root: None, path_bytes: None, provenance }
    }
}

#[derive(Serialize)]
struct V1Group<'a> {
    id: &'a str,
    kind: &'static str,
    canonical: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    canonical_bytes: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    canonical_root: Option<Cow<'a, str>>,
    reasons: &'a [String],
    tie: bool,
    members: Vec<V1Member<'a>>,
}

#[derive(Serialize)]
struct V1Member<'a> {
    #[serde(flatten)]
    path: V1Path<'a>,
    similarity: f64,
}

impl<'a> V1Group<'a> {
    fn of(report: &Report<'a>, group: &'a Group, id: &'a str) -> Self {
        let Group { kind, canonical, reasons, is_tie, members } = group;
        let all = std::iter::once((*canonical, 1.0)).chain(members.iter().copied());
        let members = all.map(|(document, similarity)| V1Member {
            path: V1Path::of(report, document),
            similarity,
        });
        let V1Path { path, path_bytes, root } = V1Path::of(report, *canonical);
        Self {
            id,
            kind,
            canonical: path,
            canonical_bytes: path_bytes,
            canonical_root: root,
            reasons,
            tie: *is_tie,
            members: members.collect(),
        }
    }
}

#[derive(Serialize)]
struct V1Problem<'a> {
    #[serde(flatten)]
    path: V1Path<'a>,
    reason: &'a str,
    detail: &'a str,
}

impl<'a> V1Problem<'a> {
    fn of(report: &Report<'a>, problem: &'a Problem) -> Self {
        let Problem { root, path, reason, detail } = problem;
        let roots = &report.inventory.roots;
        let root = roots.get(usize::from(*root)).filter(|_| 1 < roots.len());
        Self { path: V1Path::new(path, root.map(PathBuf::as_path)), reason, detail }
    }

    fn of_record(report: &Report<'a>, record: &'a Record) -> Option<Self> {
        let (reason, detail) = match &record.status {
            Status::Read | Status::NotADocument => return None,
            Status::PartlyRead(missing) => ("partly-read", missing),
            Status::NotRead(failure) => (failure.reason.as_str(), &failure.detail),
        };
        let path = V1Path::new(&record.file.path, report.root_among_several(record));
        Some(Self { path, reason, detail })
    }
}
