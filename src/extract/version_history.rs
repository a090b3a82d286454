//! The table of a document's versions: its newest row says when the document was last changed.
//!
//! A table counts whose header names a date and a version, or a date and who changed what below a
//! heading such as "Revision history". Rows may go up or down in time; the newest day counts.

use std::sync::LazyLock;

use chrono::NaiveDate;

use super::control::{bare, place};
use super::control_table::{Headings, Row};
use super::dates::{self, Reading};
use super::metadata::{DateClaim, DateRole, Fact, Locator, Precision};
use super::{Metadata, fields};

/// A longer table is a list of something else.
const MAX_ROWS: usize = 300;

/// A heading this many rows above a table is about it.
const HEADING_ROWS: usize = 4;

/// So many lines in a row may go on an item of a list.
const MAX_OTHERS: usize = 3;

/// Labels of columns, in letters and digits of lower case.
const DATES: &str = "date dates datum fecha data dato dateofchange changedate dateofissue issuedate \
     revisiondate versiondate releasedate dateofrevision dateissued effectivedate approvaldate \
     dateapproved datederévision änderungsdatum 日付 日期 更新日 날짜 дата";

const VERSIONS: &str = "version ver versionno versionnumber v rev revno revision revisionno \
     revisionnumber issue issueno issuenumber edition versión versione versão versie 版 版本 版数 버전 \
     версия";

const CHANGES: &str = "change changes changesmade description descriptionofchange \
     descriptionofchanges summaryofchanges summaryofchange amendment amendments reasonforchange \
     reason comment comments remarks notes details author changedby amendedby revisedby editor name \
     approvedby änderung änderungen beschreibung bemerkung autor bearbeiter modification \
     modifications auteur cambios descripción modifica 変更内容 修改内容 변경내용";

const HEADING_WORDS: &[&str] = &[
    "version history",
    "revision history",
    "document history",
    "change history",
    "amendment history",
    "version control",
    "change log",
    "changelog",
    "record of changes",
    "amendment record",
    "revision record",
    "document revisions",
    "änderungshistorie",
    "änderungsverzeichnis",
    "versionshistorie",
    "dokumenthistorie",
    "historique",
    "historial",
    "control de cambios",
    "cronologia",
    "histórico",
    "改訂履歴",
    "変更履歴",
    "版本历史",
    "修订记录",
    "개정 이력",
];

static HEADINGS: LazyLock<Headings> = LazyLock::new(|| Headings::new(HEADING_WORDS));

/// The newest row of the document's version history.
pub(super) fn find(rows: &[Row<'_>]) -> Option<Newest> {
    (0..rows.len()).find_map(|at| match header(rows, at) {
        Some(table) => newest(&rows[at + 1..], &table),
        None => listed(rows, at),
    })
}

/// The newest item of a list below the heading at `at`: `- **2025-10-20:** v1.0, first issue`.
fn listed(rows: &[Row<'_>], at: usize) -> Option<Newest> {
    if rows[at].is_table || !HEADINGS.has(rows[at].text) {
        return None;
    }
    let mut newest: Option<Newest> = None;
    let mut others = 0;
    for row in rows[at + 1..].iter().take(MAX_ROWS).take_while(|row| !row.is_table) {
        let line = row.text.trim().trim_start_matches(['-', '*', '_', '•', '#', '[', ' ']);
        let raw = line.get(..10).unwrap_or_default();
        let Reading::Date { day, precision, other } = dates::parse(raw) else {
            others += 1;
            if others > MAX_OTHERS {
                break;
            }
            continue;
        };
        others = 0;
        let (raw, locator) = (raw.to_owned(), row.locator.clone());
        let this = Newest { date: day, precision, other, raw, version: None, locator };
        if newest.as_ref().is_none_or(|it| it.later() < this.later()) {
            newest = Some(this);
        }
    }
    newest
}

/// The newest row of a history.
pub(super) struct Newest {
    date: NaiveDate,
    precision: Precision,
    other: Option<NaiveDate>,
    raw: String,
    version: Option<String>,
    locator: Locator,
}

impl Newest {
    /// Notes the row as a change of the document, and its version.
    pub(super) fn note(self, metadata: &mut Metadata) {
        let version = self.version.filter(|it| !fields::is_absent(it)).map(|version| {
            let version = version.chars().take(60).collect();
            Fact::new(version, place("version history", "version", &self.locator))
        });
        metadata.history_version = version;
        metadata.dates.push(DateClaim {
            role: DateRole::Updated,
            date: self.date,
            precision: self.precision,
            other_reading: self.other,
            raw: self.raw.chars().take(80).collect(),
            provenance: place("version history", "date", &self.locator),
        });
    }

    fn later(&self) -> NaiveDate {
        self.other.map_or(self.date, |other| other.max(self.date))
    }
}

/// The columns of a history.
struct Table {
    date: usize,
    version: Option<usize>,
    width: usize,
}

/// The row at `at` as the header of a history.
fn header(rows: &[Row<'_>], at: usize) -> Option<Table> {
    let row = rows.get(at).filter(|row| row.is_table && row.cells.len() >= 2)?;
    let labels: Vec<String> = row.cells.iter().take(12).map(|cell| fields::squash(cell)).collect();
    let column = |known: &str| {
        let is_known = |label: &String| known.split_whitespace().any(|it| it == label);
        labels.iter().position(is_known)
    };
    let (date, version) = (column(DATES)?, column(VERSIONS));
    let is_titled = || {
        let above = rows[at.saturating_sub(HEADING_ROWS)..at].iter().rev();
        above.take_while(|it| !it.is_table || it.cells.len() == 1).any(|row| HEADINGS.has(row.text))
    };
    let says_what = column(CHANGES).is_some();
    let is_history = match version {
        Some(_) => says_what || is_titled(),
        None => says_what && is_titled(),
    };
    is_history.then_some(Table { date, version, width: row.cells.len() })
}

/// The newest of the rows below a header.
fn newest(rows: &[Row<'_>], table: &Table) -> Option<Newest> {
    let body = rows.iter().take_while(|row| row.is_table && row.cells.len() <= table.width);
    let body: Vec<&Row<'_>> = body.take(MAX_ROWS + 1).collect();
    if body.len() > MAX_ROWS {
        return None;
    }
    let raws = || body.iter().filter_map(|row| row.cells.get(table.date).map(|it| bare(it)));
    // One day over the twelfth settles the column.
    let has = |place: usize| {
        raws().any(|raw| {
            let number = raw.split('/').nth(place).and_then(|it| it.trim().parse().ok());
            number.is_some_and(|it: u32| (13..=31).contains(&it))
        })
    };
    let (is_day_first, is_month_first) = (has(0), has(1));
    let mut newest: Option<Newest> = None;
    for row in &body {
        let Some(raw) = row.cells.get(table.date).map(|it| bare(it)) else { continue };
        let reading = if is_month_first && !is_day_first {
            dates::parse_month_first(raw)
        } else {
            dates::parse(raw)
        };
        let Reading::Date { day, precision, other } = reading else { continue };
        let other = other.filter(|_| !is_day_first || is_month_first);
        let version = table.version.and_then(|at| row.cells.get(at));
        let this = Newest {
            date: day,
            precision,
            other,
            raw: raw.to_owned(),
            version: version.map(|it| bare(it).to_owned()),
            locator: row.locator.clone(),
        };
        if newest.as_ref().is_none_or(|it| it.later() < this.later()) {
            newest = Some(this);
        }
    }
    newest
}

#[cfg(test)]
#[path = "version_history_tests.rs"]
mod tests;
