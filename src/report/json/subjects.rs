//! Subjects on the wire: in the report, and by themselves.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;

use chrono::NaiveDate;
use serde::Serialize;

use crate::rot::{Folder, Member, NoSubjects, Reading, Spread, Subject, Subjects};

use super::{Each, Report, V1Path};
use crate::report::escape;

/// Raised when a field of what is written by itself goes, or comes to mean something else.
const SCHEMA_VERSION: u32 = 1;
/// Documents and folders that are named in a report.
const MOST_NAMED: usize = 20;

#[derive(Serialize)]
pub(super) struct V1Subject<'a> {
    name: &'a str,
    terms: &'a [String],
    broader: Option<&'a str>,
    level: usize,
    documents: u64,
    copies: u64,
    obsolete: u64,
    conflicting: Vec<V1Path<'a>>,
    folders: u64,
    fullest_folders: Vec<V1Folder<'a>>,
    owners: u64,
    unowned: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    documents_by_owner: Option<BTreeMap<&'a str, u64>>,
    formats: BTreeMap<&'a str, u64>,
    oldest: Option<NaiveDate>,
    newest: Option<NaiveDate>,
    home: Option<V1Folder<'a>>,
    home_share: Option<f64>,
    evenness: f64,
    spread: &'static str,
    states: BTreeMap<&'static str, u64>,
    central: Vec<V1Path<'a>>,
}

#[derive(Serialize)]
pub(super) struct V1Folder<'a> {
    #[serde(flatten)]
    path: V1Path<'a>,
    documents: u64,
}

/// A share with as many digits as mean something.
fn rounded(share: f64) -> f64 {
    (share * 10_000.0).round() / 10_000.0
}

fn folder<'a>(report: &Report<'a>, folder: &'a Folder, documents: u64) -> V1Folder<'a> {
    let roots = &report.inventory.roots;
    let root = roots.get(usize::from(folder.root.0)).filter(|_| 1 < roots.len());
    V1Folder { path: V1Path::new(&folder.path, root.map(|it| it.as_path())), documents }
}

impl<'a> V1Subject<'a> {
    pub(super) fn of(report: &Report<'a>, subjects: &'a Subjects, position: usize) -> Self {
        let Subject { name, terms, broader, members, spread } = &subjects.list[position];
        let Spread {
            documents,
            copies,
            stale,
            conflicting,
            folders,
            owners,
            unowned,
            formats,
            dates,
            home,
            evenness,
            states,
        } = spread;
        let is_named = report.policy.ownership.name_people;
        let central = members.iter().filter(|it| !it.is_copy).take(MOST_NAMED);
        let fullest = folders.iter().take(MOST_NAMED);
        let at_home = |share: f64| (share * *documents as f64).round() as u64;
        Self {
            name,
            terms,
            broader: broader.map(|it| subjects.list[it].name.as_str()),
            level: subjects.level(position),
            documents: *documents,
            copies: *copies,
            obsolete: *stale,
            conflicting: conflicting.iter().map(|it| V1Path::of(report, *it)).collect(),
            folders: folders.len() as u64,
            fullest_folders: fullest.map(|(it, count)| folder(report, it, *count)).collect(),
            owners: owners.len() as u64,
            unowned: *unowned,
            documents_by_owner: is_named
                .then(|| owners.iter().map(|it| (it.0.as_str(), it.1)).collect()),
            formats: formats.iter().map(|it| (it.0.as_str(), it.1)).collect(),
            oldest: dates.map(|it| it.0),
            newest: dates.map(|it| it.1),
            home: home.as_ref().map(|it| folder(report, &it.folder, at_home(it.share))),
            home_share: home.as_ref().map(|it| rounded(it.share)),
            evenness: rounded(*evenness),
            spread: spread.in_words(),
            states: states.iter().map(|(state, count)| (state.name(), *count)).collect(),
            central: central.map(|it| V1Path::of(report, it.document)).collect(),
        }
    }
}

/// Why a report has no subjects, as a word for scripts.
pub(super) const fn why_none(why: NoSubjects) -> &'static str {
    match why {
        NoSubjects::TooFew => "too-few-documents",
        NoSubjects::NothingTellsApart => "nothing-tells-apart",
        NoSubjects::TooMany => "too-many-documents",
        NoSubjects::NoneGivenFits => "none-given-fits",
    }
}

#[derive(Serialize)]
struct V1Subjects<S, D, N> {
    schema_version: u32,
    given: bool,
    why_none: Option<&'static str>,
    subjects: S,
    documents: D,
    nowhere: N,
}

#[derive(Serialize)]
struct V1Assigned<'a> {
    #[serde(flatten)]
    path: V1Path<'a>,
    /// The broadest subject first.
    subjects: Vec<&'a str>,
}

/// Writes all subjects for programs, and the subjects of every document: one object.
pub fn subjects_json(
    report: &Report,
    subjects: &Subjects,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let assigned = |document| {
        let narrowest = subjects.subject_of(document)?;
        let above = |at: &usize| subjects.list[*at].broader;
        let mut chain: Vec<&str> = std::iter::successors(Some(narrowest), above)
            .take(subjects.list.len())
            .map(|it| subjects.list[it].name.as_str())
            .collect();
        chain.reverse();
        Some(V1Assigned { path: V1Path::of(report, document), subjects: chain })
    };
    let whole = V1Subjects {
        schema_version: SCHEMA_VERSION,
        given: subjects.is_given,
        why_none: subjects.why_none.map(why_none),
        subjects: Each(|| (0..subjects.list.len()).map(|at| V1Subject::of(report, subjects, at))),
        documents: Each(|| report.inventory.iter().filter_map(|it| assigned(it.0))),
        nowhere: Each(|| subjects.nowhere.iter().map(|it| V1Path::of(report, *it))),
    };
    super::write_lines(&whole, out)
}

#[derive(Serialize)]
struct V1Reading<'a> {
    #[serde(flatten)]
    path: V1Path<'a>,
    title: Option<Cow<'a, str>>,
    centrality: f64,
    date: Option<NaiveDate>,
    owner: Option<&'a str>,
    links: u64,
    obsolete: bool,
}

#[derive(Serialize)]
struct V1OneSubject<'a> {
    schema_version: u32,
    #[serde(flatten)]
    subject: V1Subject<'a>,
    reading_list: Vec<V1Reading<'a>>,
    other_copies: Vec<V1Path<'a>>,
}

/// Writes one subject for programs, with its documents in the order in which to read them: one
/// object.
pub fn subject_json(
    report: &Report,
    subjects: &Subjects,
    position: usize,
    list: &[Reading],
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let reading = |it: &Reading| {
        let Reading { document, centrality, date, links, is_stale, score: _ } = *it;
        let record = &report.inventory[document];
        V1Reading {
            path: V1Path::of(report, document),
            title: record.metadata.title.as_ref().map(|it| escape::visible(&it.value)),
            centrality: rounded(centrality),
            date,
            owner: report.owners.owner(document).map(|it| it.name.as_str()),
            links,
            obsolete: is_stale,
        }
    };
    let copies = subjects.list[position].members.iter().filter(|it| it.is_copy);
    let whole = V1OneSubject {
        schema_version: SCHEMA_VERSION,
        subject: V1Subject::of(report, subjects, position),
        reading_list: list.iter().map(reading).collect(),
        other_copies: copies.map(|Member { document, .. }| V1Path::of(report, *document)).collect(),
    };
    super::write_lines(&whole, out)
}
