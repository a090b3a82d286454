//! Every file that was seen, and what became of it.

use chrono::DateTime;
use rust_xlsxwriter::{Workbook, XlsxError};

use crate::inventory::Status;
use crate::report::{Report, escape, rows, words};

use super::sheet::{Cell, Column, Formats, Sheet};

pub(super) const NAME: &str = "Files";

const COLUMNS: [Column; 9] = [
    ("Document", 60.0),
    ("Status", 14.0),
    ("Reason", 40.0),
    ("Format", 10.0),
    ("Size in bytes", 14.0),
    ("Changed on disk", 12.0),
    ("Words", 10.0),
    ("Title", 40.0),
    ("Owner", 20.0),
];

pub(super) fn write(
    report: &Report,
    workbook: &mut Workbook,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let rows = report.inventory.len() as u64;
    let mut sheet = Sheet::new(workbook, formats, NAME, &COLUMNS, rows)?;
    for (document, record) in report.inventory.iter() {
        let (status, reason) = match &record.status {
            Status::Read => ("read", "".into()),
            Status::PartlyRead(missing) => ("partly read", escape::visible(missing)),
            Status::NotRead(failure) => ("not read", escape::visible(&failure.detail)),
            Status::NotADocument => ("not a document", "".into()),
        };
        let metadata = &record.metadata;
        let fact = |it: &'_ Option<crate::extract::Fact<String>>| {
            let text = it.as_ref().map_or("", |it| it.value.trim());
            escape::visible(text).into_owned()
        };
        // No date of a file system that keeps none.
        let changed = Some(record.file.modified).filter(|it| *it != 0);
        let changed = changed.map(|it| DateTime::from_timestamp_nanos(it).date_naive());
        sheet.row([
            words::document(report, document).into(),
            status.into(),
            reason.into(),
            record.format.as_ref().map_or("", |it| it.name.as_str()).into(),
            Cell::Number(record.file.size),
            Cell::Date(changed),
            Cell::Number(record.words().into()),
            fact(&metadata.title).into(),
            rows::owner_of(report, document).into(),
        ])?;
    }
    Ok(())
}
