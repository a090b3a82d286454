//! Every folder, with what is in it and below it: where the work is.

use std::collections::BTreeMap;
use std::path::Path;

use rust_xlsxwriter::{Workbook, XlsxError};

use crate::inventory::{DocId, RootId};
use crate::report::{Report, words};
use crate::rot::{Category, Severity};

use super::sheet::{Cell, Column, Formats, Sheet};

pub(super) const NAME: &str = "Folders";

const COLUMNS: [Column; 8] = [
    ("Folder", 60.0),
    ("Files", 10.0),
    ("Documents read", 12.0),
    ("Need a decision", 12.0),
    ("Share of documents", 12.0),
    ("Redundant", 11.0),
    ("Obsolete", 11.0),
    ("Trivial", 11.0),
];

/// What is in a folder and below it. A document counts once in each column.
#[derive(Default)]
struct Folder {
    files: u64,
    read: u64,
    to_decide: u64,
    by_category: [u64; 3],
}

pub(super) fn write(
    report: &Report,
    workbook: &mut Workbook,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let folders = folders(report);
    let mut sheet = Sheet::new(workbook, formats, NAME, &COLUMNS, folders.len() as u64)?;
    for ((root, path), folder) in &folders {
        let Folder { files, read, to_decide, by_category } = folder;
        let share = if *read == 0 { 0.0 } else { *to_decide as f64 / *read as f64 };
        let counts = by_category.map(Cell::Number);
        let first = [
            words::path(report, root.0, path).into(),
            Cell::Number(*files),
            Cell::Number(*read),
            Cell::Number(*to_decide),
            Cell::Share(share.min(1.0)),
        ];
        sheet.row(first.into_iter().chain(counts))?;
    }
    Ok(())
}

fn folders<'a>(report: &Report<'a>) -> BTreeMap<(RootId, &'a Path), Folder> {
    let marks = marks(report);
    let mut folders = BTreeMap::<_, Folder>::new();
    for (document, record) in report.inventory.iter() {
        let mark = marks[document.0 as usize];
        for above in record.file.path.ancestors().skip(1) {
            let folder = folders.entry((record.root, above)).or_default();
            folder.files += 1;
            folder.read += u64::from(record.is_readable());
            folder.to_decide += u64::from(mark & TO_DECIDE != 0);
            for (count, category) in folder.by_category.iter_mut().zip(CATEGORIES) {
                *count += u64::from(mark & bit(category) != 0);
            }
        }
    }
    folders
}

const CATEGORIES: [Category; 3] = [Category::Redundant, Category::Obsolete, Category::Trivial];
const TO_DECIDE: u8 = 8;
// Of subjects, not of documents: no column.
const SCATTERED: u8 = 16;

const fn bit(category: Category) -> u8 {
    match category {
        Category::Redundant => 1,
        Category::Obsolete => 2,
        Category::Trivial => 4,
        Category::Scattered => SCATTERED,
    }
}

/// What findings above a note say of each document, and whether one waits for a decision.
fn marks(report: &Report) -> Vec<u8> {
    let mut marks = vec![0; report.inventory.len()];
    for (at, finding) in report.assessment.findings.iter().enumerate() {
        let DocId(position) = finding.document;
        let mark = &mut marks[position as usize];
        if Severity::Note < finding.severity {
            *mark |= bit(finding.rule.category);
        }
        if report.is_open(at) {
            *mark |= TO_DECIDE;
        }
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decisions::Standing;
    use crate::report::sample;

    #[test]
    fn a_folder_counts_what_is_below_it() {
        let share = sample::share();
        let report = share.report();
        let folders = folders(&report);
        let of = |path: &str| {
            let it = &folders[&(RootId(0), Path::new(path))];
            (it.files, it.read, it.to_decide, it.by_category)
        };
        assert_eq!(of(""), (11, 8, 5, [2, 2, 1]));
        assert_eq!(of("Finance"), (2, 2, 1, [1, 0, 0]));
        assert_eq!(of("Finance/old"), (1, 1, 1, [1, 0, 0]));
        assert_eq!(of("HR"), (3, 2, 2, [1, 1, 0]));
    }

    #[test]
    fn what_was_decided_waits_no_more() {
        let mut share = sample::share();
        let decision = sample::decision(crate::decisions::Disposition::Keep);
        share.standings = vec![Standing::Decided { decision }; share.assessment.findings.len()];
        let report = share.report();
        let whole = &folders(&report)[&(RootId(0), Path::new(""))];
        assert_eq!((whole.to_decide, whole.by_category), (0, [2, 2, 1]));
    }
}
