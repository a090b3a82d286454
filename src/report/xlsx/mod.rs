//! An Excel workbook: the sheet in which people write down their decisions, and what they need to
//! know for it.
//!
//! Each sheet is one table from A1 on with one header row, frozen and filtered; no merged cells, no
//! meaning by color alone, dates are dates. Rows go to a temporary file as they are made, so that
//! memory does not grow with them. Text is text: no name becomes a formula or a link.
//!
//! What Excel cannot hold is said where it is left out: rows beyond the 1,048,576th, characters of
//! a cell beyond the 32,767th.

mod decisions;
mod files;
mod folders;
mod groups;
mod method;
mod readme;
mod sheet;
mod stream;
mod subjects;
#[cfg(test)]
mod tests;

use std::io;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

use super::{Report, Writer, escape, rows};

use sheet::Formats;

pub(super) const WRITER: Writer =
    Writer { name: "xlsx", extension: "xlsx", is_binary: true, write, index: None };

fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    stream::write(out, |out| fill(report)?.save_to_writer(out))
}

/// A workbook with every sheet.
fn fill(report: &Report) -> Result<Workbook, XlsxError> {
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(report)?);
    let formats = Formats::new();
    readme::write(report, &mut workbook, &formats)?;
    decisions::write(report, &mut workbook, &formats)?;
    groups::write(report, &mut workbook, &formats)?;
    folders::write(report, &mut workbook, &formats)?;
    if !subjects::list(report).is_empty() {
        subjects::write(report, &mut workbook, &formats)?;
    }
    if report.options.inventory {
        files::write(report, &mut workbook, &formats)?;
    }
    method::write(report, &mut workbook, &formats)?;
    // The first sheet that a person edits is the one that is open; the read-me is the first tab.
    workbook.worksheet_from_name(decisions::NAME)?.set_active(true);
    Ok(workbook)
}

/// The same report gives the same bytes: the day is that of the report.
fn properties(report: &Report) -> Result<DocProperties, XlsxError> {
    let made = ExcelDateTime::parse_from_str(&report.as_of.to_string())?;
    Ok(DocProperties::new()
        .set_title(format!("docrot: {}", rows::subject(report)))
        .set_comment(format!("Made by docrot {}", escape::visible(report.version)))
        .set_creation_datetime(&made))
}
