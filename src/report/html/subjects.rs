//! What the documents are about: the largest subjects against the folders they lie in, as a table.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

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

/// The folders with most documents of these subjects; no document is in two of them. One that holds
/// most of them is told by the folders in it, if these hold most, too: a column that all documents
/// stand in says nothing. A root stands for the documents that are in no folder of it.
fn columns(subjects: &[&Subject]) -> Vec<Folder> {
    let mut folders: BTreeMap<&Folder, u64> = BTreeMap::new();
    for (folder, count) in subjects.iter().flat_map(|it| &it.spread.folders) {
        *folders.entry(folder).or_default() += count;
    }
    let all: u64 = folders.values().sum();
    let roots = folders.keys().map(|it| it.root).collect::<BTreeSet<_>>();
    let mut sums = BTreeMap::new();
    for root in roots {
        let root = Folder { root, path: PathBuf::new() };
        sums.extend(inside(&root, &folders));
        if let Some(count) = folders.get(&root) {
            sums.insert(root, *count);
        }
    }
    let are_most = |sum: u64| all * 6 < sum * 10;
    let largest = |sums: &BTreeMap<Folder, u64>| {
        let heavy = sums.iter().filter(|(_, sum)| are_most(**sum));
        heavy.map(|(folder, _)| folder.clone()).next()
    };
    while let Some(folder) = largest(&sums) {
        let within = inside(&folder, &folders);
        if !are_most(within.values().sum()) {
            break;
        }
        sums.remove(&folder);
        sums.extend(within);
    }
    let mut columns: Vec<_> = sums.into_iter().collect();
    columns.sort_by_key(|it| std::cmp::Reverse(it.1));
    columns.into_iter().take(MOST_FOLDERS).map(|it| it.0).collect()
}

/// The folders directly in a folder, with the documents below each.
fn inside(folder: &Folder, documents: &BTreeMap<&Folder, u64>) -> BTreeMap<Folder, u64> {
    let mut inside = BTreeMap::new();
    for (it, count) in documents.iter().filter(|(it, _)| it.root == folder.root) {
        let below = it.path.strip_prefix(&folder.path).ok().and_then(|it| it.components().next());
        if let Some(first) = below {
            let path = folder.path.join(first);
            *inside.entry(Folder { root: folder.root, path }).or_default() += *count;
        }
    }
    inside
}

/// How many documents of a subject lie in a folder and below; of a root, in no folder of it.
fn below(subject: &Subject, folder: &Folder) -> u64 {
    let folders = subject.spread.folders.iter();
    let is_below = |it: &Folder| match is_root(folder) {
        true => it == folder,
        false => it.root == folder.root && it.path.starts_with(&folder.path),
    };
    folders.filter(|it| is_below(&it.0)).map(|it| it.1).sum()
}

fn is_root(folder: &Folder) -> bool {
    folder.path.as_os_str().is_empty()
}

/// What stands above a folder's column.
fn heading(page: &Page, folder: &Folder) -> String {
    let name = folder_name(page.report, folder);
    // There is no room for the whole name of a root.
    let short = name.strip_prefix("the folder ").filter(|_| is_root(folder));
    layout::shorten(short.unwrap_or(&name), LETTERS)
}

fn matrix(page: &Page, subjects: &[&Subject], columns: &[Folder]) -> Markup {
    html! {
        table.matrix {
            thead { tr {
                th scope="col" { "Subject" }
                @for folder in columns {
                    th.n scope="col" { bdi { (heading(page, folder)) } }
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
    let of = |folder| below(subject, folder);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::RootId;

    fn subject(folders: &[(&str, u64)]) -> Subject {
        let folder = |path: &str| Folder { root: RootId(0), path: path.into() };
        let mut subject = Subject::default();
        subject.spread.folders =
            folders.iter().map(|(path, count)| (folder(path), *count)).collect();
        subject.spread.documents = folders.iter().map(|it| it.1).sum();
        subject
    }

    #[test]
    fn a_folder_that_holds_most_is_told_by_the_folders_in_it() {
        let subject =
            subject(&[("site/docs/run", 5), ("site/docs/use", 8), ("site/docs", 1), ("z", 1)]);
        let columns = columns(&[&subject]);
        let paths: Vec<_> = columns.iter().map(|it| it.path.to_str().unwrap()).collect();
        assert_eq!(paths, ["site/docs/use", "site/docs/run", "z"]);
        assert_eq!(below(&subject, &columns[0]), 8);
    }

    /// The columns of a subject, each with its documents.
    fn told(subject: &Subject) -> Vec<(String, u64)> {
        let column = |it: Folder| (it.path.to_str().unwrap().to_owned(), below(subject, &it));
        columns(&[subject]).into_iter().map(column).collect()
    }

    #[test]
    fn a_folder_whose_documents_lie_directly_in_it_keeps_its_column() {
        let subject = subject(&[("hr", 8), ("hr/old", 1), ("it", 1)]);
        assert_eq!(told(&subject), [("hr".to_owned(), 9), ("it".to_owned(), 1)]);
    }

    #[test]
    fn documents_in_no_folder_have_a_column_of_their_own() {
        let flat = subject(&[("", 8)]);
        assert_eq!(told(&flat), [(String::new(), 8)]);
        let mixed = subject(&[("", 3), ("it", 4), ("law/old", 1)]);
        let expected = [("it".to_owned(), 4), (String::new(), 3), ("law".to_owned(), 1)];
        assert_eq!(told(&mixed), expected);
        let heavy = subject(&[("", 8), ("it", 1)]);
        assert_eq!(told(&heavy), [(String::new(), 8), ("it".to_owned(), 1)]);
    }

    #[test]
    fn folders_of_the_first_level_stay_where_none_holds_most() {
        let subject = subject(&[("hr/de", 3), ("hr/fr", 2), ("it", 4), ("law/old", 1)]);
        let columns = columns(&[&subject]);
        let paths: Vec<_> = columns.iter().map(|it| it.path.to_str().unwrap()).collect();
        assert_eq!(paths, ["hr", "it", "law"]);
    }
}
