//! Copies, near-duplicates and versions: a row a member, the one that stays first in each group.

use rust_xlsxwriter::{Workbook, XlsxError};

use crate::report::{Report, escape, words};
use crate::rot::identity;

use super::sheet::{Cell, Column, Formats, Sheet};

pub(super) const NAME: &str = "Groups";

const COLUMNS: [Column; 8] = [
    ("Group", 18.0),
    ("Kind", 16.0),
    ("Role", 10.0),
    ("Document", 60.0),
    ("Similarity", 10.0),
    ("Size in bytes", 14.0),
    ("Members", 10.0),
    ("Why this one stays", 60.0),
];

/// How many rows the sheet has below its header.
pub(super) fn len(report: &Report) -> u64 {
    report.assessment.groups.iter().map(|it| 1 + it.members.len() as u64).sum()
}

pub(super) fn write(
    report: &Report,
    workbook: &mut Workbook,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let groups = &report.assessment.groups;
    let ids = identity::group_ids(report.inventory, groups);
    let mut sheet = Sheet::new(workbook, formats, NAME, &COLUMNS, len(report))?;
    for (group, id) in groups.iter().zip(&ids) {
        let size = |document| Cell::Number(report.inventory[document].file.size);
        let members = 1 + group.members.len() as u64;
        let mut reasons = group.reasons.iter().map(|it| escape::visible(it)).collect::<Vec<_>>();
        if group.is_tie {
            reasons.push("a tie: nothing but the order of paths decided".into());
        }
        sheet.row([
            id.as_str().into(),
            group.kind.into(),
            "stays".into(),
            words::document(report, group.canonical).into(),
            Cell::Share(1.0),
            size(group.canonical),
            Cell::Number(members),
            reasons.join("; ").into(),
        ])?;
        for &(member, similarity) in &group.members {
            sheet.row([
                id.as_str().into(),
                group.kind.into(),
                if group.kind == "superseded" { "older" } else { "copy" }.into(),
                words::document(report, member).into(),
                // Only what is equal is 100 %.
                Cell::Share((similarity * 100.0 + 1e-9).floor() / 100.0),
                size(member),
                Cell::Number(members),
                "".into(),
            ])?;
        }
    }
    Ok(())
}
