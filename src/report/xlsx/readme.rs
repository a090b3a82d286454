//! The first sheet: what this is, what is asked, and what is not in it.

use rust_xlsxwriter::{Workbook, XlsxError};

use crate::report::figures::Figures;
use crate::report::{Report, asks, escape, rows, words};

use super::sheet::{Column, Formats, MOST_ROWS, Sheet};
use super::{decisions, files, folders, groups, method, subjects};

const NAME: &str = "Read me";

const COLUMNS: [Column; 2] = [("About", 24.0), ("What to know", 110.0)];

pub(super) fn write(
    report: &Report,
    workbook: &mut Workbook,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let lines = lines(report);
    let mut sheet = Sheet::new(workbook, formats, NAME, &COLUMNS, lines.len() as u64)?;
    for (about, text) in lines {
        sheet.row([about.into(), text.into()])?;
    }
    Ok(())
}

fn lines(report: &Report) -> Vec<(&'static str, String)> {
    let figures = Figures::of(report);
    let read = words::counted(figures.readable, "document");
    let seen = words::counted(figures.seen, "file");
    let mut lines = vec![
        (
            "In short",
            format!(
                "{}: {} {read} read of {seen} seen.",
                rows::subject(report),
                rows::verdict(report, figures.to_decide)
            ),
        ),
        ("Judged as of", report.as_of.to_string()),
        (
            "Folders",
            report.inventory.roots.iter().map(|it| escape::path(it)).collect::<Vec<_>>().join("\n"),
        ),
    ];
    lines.extend(report.narrowed.map(|it| ("Only a part", escape::visible(it).into_owned())));
    lines.extend(words::change(report, &figures).map(|it| ("What changed", format!("{it}."))));
    let minutes = rows::minutes(report);
    if 0 < minutes {
        lines.push((
            "How long it takes",
            format!("About {} for all of it, by estimate.", asks::duration(minutes)),
        ));
    }
    lines.extend(how_to().map(|(about, text)| (about, text.to_owned())));
    lines.push(("Sheets", sheets(report)));
    lines.extend(left_out(report).map(|text| ("Left out", text)));
    lines
}

fn how_to() -> [(&'static str, &'static str); 6] {
    [
        (
            "What is asked of you",
            "On the sheet Decisions, choose a word in the column Decision for the rows that you \
             can answer for. Leave the others empty. Save, and give the workbook back.",
        ),
        (
            "The words",
            "keep: it stays as it is. update: it is wrong, and will be put right. archive: it is \
             over, and worth keeping out of the way. delete: nobody needs it. not mine: somebody \
             else has to say.",
        ),
        (
            "Until, Why",
            "Until is the day on which the question may come back; empty means never, while the \
             document stays as it is. Why is for those who wonder later.",
        ),
        (
            "What you may change",
            "Sort, filter, hide, move or delete columns and rows as you like. Keep the headers Id \
             and Decision: rows are known by their Id.",
        ),
        (
            "How it is read back",
            "docrot decide import FILE. Nothing happens to a document by that.",
        ),
        (
            "How to read a row",
            "error: it misleads its readers now. warning: it needs a decision. note: good to know. \
             certain: follows from the bytes. likely: follows from what the document says. \
             possible: look before you believe it. Old is not wrong: age alone is never a finding.",
        ),
    ]
}

fn sheets(report: &Report) -> String {
    let mut sheets = vec![
        format!("{}: a row a finding, the gravest first.", decisions::NAME),
        format!("{}: copies and versions, with the one that stays.", groups::NAME),
        format!("{}: what is in each folder and below it.", folders::NAME),
    ];
    if !subjects::list(report).is_empty() {
        let told = "what the documents are about, and how that is spread over folders";
        sheets.push(format!("{}: {told}.", subjects::NAME));
    }
    if report.options.inventory {
        sheets.push(format!("{}: every file that was seen.", files::NAME));
    }
    sheets.push(format!("{}: what the rules mean, and how far to trust them.", method::NAME));
    sheets.join("\n")
}

/// What a sheet of Excel has no room for.
fn left_out(report: &Report) -> impl Iterator<Item = String> {
    let files = if report.options.inventory { report.inventory.len() as u64 } else { 0 };
    [
        (decisions::NAME, report.assessment.findings.len() as u64),
        (groups::NAME, groups::len(report)),
        (files::NAME, files),
    ]
    .into_iter()
    .filter(|(_, rows)| MOST_ROWS < *rows)
    .map(|(name, rows)| {
        format!(
            "{name} holds the first {} of {} rows, as many as Excel can: split the report \
             (--split-by owner), or use --format csv.",
            words::number(MOST_ROWS),
            words::number(rows)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn what_excel_cannot_hold_is_said() {
        let mut share = sample::share();
        assert_eq!(left_out(&share.report()).count(), 0);
        let members = share.assessment.groups[0].members[0];
        share.assessment.groups[0].members = vec![members; MOST_ROWS as usize];
        let said: Vec<_> = left_out(&share.report()).collect();
        assert_eq!(said.len(), 1);
        assert!(said[0].starts_with("Groups holds the first 1,048,575 of 1,048,576 rows"));
    }
}
