//! What the documents are about: a row a subject, broader ones before narrower ones.

use rust_xlsxwriter::{Workbook, XlsxError};

use crate::report::subjects::folder_name;
use crate::report::{Report, escape, words};
use crate::rot::Subject;

use super::sheet::{Cell, Column, Formats, Sheet};

pub(super) const NAME: &str = "Subjects";

const COLUMNS: [Column; 16] = [
    ("Subject", 36.0),
    ("Part of", 28.0),
    ("Documents", 11.0),
    ("Folders", 9.0),
    ("Owners", 9.0),
    ("Without owner", 10.0),
    ("Home folder", 40.0),
    ("In home folder", 10.0),
    ("Spread", 26.0),
    ("Oldest date", 12.0),
    ("Newest date", 12.0),
    ("Obsolete", 10.0),
    ("Copies and older versions", 12.0),
    ("Contradict", 11.0),
    ("Articles", 30.0),
    ("Telling words", 50.0),
];

/// The subjects; none where there is nothing to tell.
pub(super) fn list<'a>(report: &Report<'a>) -> &'a [Subject] {
    report.assessment.subjects.as_ref().map_or(&[], |it| &it.list)
}

pub(super) fn write(
    report: &Report,
    workbook: &mut Workbook,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let subjects = list(report);
    let mut sheet = Sheet::new(workbook, formats, NAME, &COLUMNS, subjects.len() as u64)?;
    for subject in subjects {
        let spread = &subject.spread;
        let broader = subject.broader.map_or("", |it| &subjects[it].name);
        let home = spread.home.as_ref();
        let states = spread.states.iter();
        let states: Vec<_> = states
            .map(|(it, count)| format!("{}: {}", it.words(), words::number(*count)))
            .collect();
        sheet.row([
            escape::visible(&subject.name).into(),
            escape::visible(broader).into(),
            Cell::Number(spread.documents),
            Cell::Number(spread.folders.len() as u64),
            Cell::Number(spread.owners.len() as u64),
            Cell::Number(spread.unowned),
            home.map_or_else(String::new, |it| folder_name(report, &it.folder)).into(),
            home.map_or_else(|| "".into(), |it| Cell::Share(it.share)),
            spread.in_words().into(),
            Cell::Date(spread.dates.map(|it| it.0)),
            Cell::Date(spread.dates.map(|it| it.1)),
            Cell::Number(spread.stale),
            Cell::Number(spread.copies),
            Cell::Number(spread.conflicting.len() as u64),
            states.join(", ").into(),
            escape::visible(&subject.terms.join(", ")).into_owned().into(),
        ])?;
    }
    Ok(())
}
