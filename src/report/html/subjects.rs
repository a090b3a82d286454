//! What the documents are about: the largest subjects against the folders they lie in, as a table.

use std::collections::BTreeMap;

use maud::{Markup, html};

use crate::report::subjects::folder_name;
use crate::report::{layout, words};
use crate::rot::{Folder, Subject, Subjects};

use super::{Page, Section};

/// Subjects and folders that are shown.
const MOST_SUBJECTS: usize = 20;
const MOST_FOLDERS: usize = 7;
/// Letters of a folder's name above its column.
const LETTERS: usize = 18;

pub(super) fn section(page: &Page) -> Option<Section> {
    let subjects = page.report.assessment.subjects.as_ref()?;
    if subjects.list.is_empty() {
        return None;
    }
    let shown = shown(subjects);
    let columns = columns(&shown);
    let given = if subjects.is_given { "your own list" } else { "the words that texts share" };
    let hidden = subjects.narrowest().count() - shown.len();
    let body = html! {
        p {
            (words::counted(subjects.list.len() as u64, "subject")) " by " (given) ". "
            (words::counted(subjects.nowhere.len() as u64, "document")) " belong to none. \
             Each row tells in how many documents of each folder a subject is written down; \
             copies and older versions are left out. Shade is the share of the subject: "
            @for (step, label) in ["none", "under 25 %", "25 to 60 %", "over 60 %"].iter().enumerate() {
                span class={ "key s" (step) } { (label) } " "
            }
        }
        div.scroll tabindex="0" role="group" aria-label="Subjects and folders" {
            (matrix(page, &shown, &columns))
        }
        @if 0 < hidden {
            p { "And " (words::counted(hidden as u64, "smaller subject")) ": "
                code { (page.command("subjects --all")) } }
        }
    };
    Some(Section { id: "subjects", title: "What it is about", body })
}

/// The largest subjects without narrower ones.
fn shown(subjects: &Subjects) -> Vec<&Subject> {
    let mut shown: Vec<&Subject> = subjects.narrowest().map(|it| it.1).collect();
    shown.sort_by_key(|it| std::cmp::Reverse(it.spread.documents));
    shown.truncate(MOST_SUBJECTS);
    shown
}

/// The folder of the first level that a folder lies in.
fn top(folder: &Folder) -> Folder {
    let first = folder.path.components().next();
    Folder { root: folder.root, path: first.map(|it| it.as_os_str().into()).unwrap_or_default() }
}

fn by_top(subject: &Subject) -> BTreeMap<Folder, u64> {
    let mut tops = BTreeMap::new();
    for (folder, count) in &subject.spread.folders {
        *tops.entry(top(folder)).or_default() += count;
    }
    tops
}

/// The folders with most documents of these subjects.
fn columns(subjects: &[&Subject]) -> Vec<Folder> {
    let mut sums: BTreeMap<Folder, u64> = BTreeMap::new();
    for (folder, count) in subjects.iter().flat_map(|it| by_top(it)) {
        *sums.entry(folder).or_default() += count;
    }
    let mut columns: Vec<_> = sums.into_iter().collect();
    columns.sort_by_key(|it| std::cmp::Reverse(it.1));
    columns.into_iter().take(MOST_FOLDERS).map(|it| it.0).collect()
}

fn matrix(page: &Page, subjects: &[&Subject], columns: &[Folder]) -> Markup {
    html! {
        table.matrix {
            thead { tr {
                th scope="col" { "Subject" }
                @for folder in columns {
                    th.n scope="col" { bdi { (layout::shorten(&folder_name(page.report, folder), LETTERS)) } }
                }
                th.n scope="col" { "Elsewhere" } th.n scope="col" { "Folders" }
                th.n scope="col" { "Owners" }
            } }
            tbody {
                @for subject in subjects { (row(subject, columns)) }
            }
        }
    }
}

fn row(subject: &Subject, columns: &[Folder]) -> Markup {
    let spread = &subject.spread;
    let counts = by_top(subject);
    let of = |folder| counts.get(folder).copied().unwrap_or_default();
    let elsewhere = spread.documents - columns.iter().map(of).sum::<u64>();
    html! {
        tr {
            th scope="row" { bdi { (crate::report::escape::visible(&subject.name)) } }
            @for folder in columns { (cell(of(folder), spread.documents)) }
            (cell(elsewhere, spread.documents))
            td.n { (words::number(spread.folders.len() as u64)) }
            td.n { (words::number(spread.owners.len() as u64)) }
        }
    }
}

fn cell(count: u64, all: u64) -> Markup {
    let share = count as f64 / all.max(1) as f64;
    let step = match share {
        _ if count == 0 => 0,
        _ if share < 0.25 => 1,
        _ if share <= 0.6 => 2,
        _ => 3,
    };
    html! { td.n { span class={ "key s" (step) } { (words::number(count)) } } }
}
