//! The sheet that people fill in: a row a finding, with three columns for their answer.

use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DataValidationRule, Workbook, XlsxError,
};

use crate::decisions::Disposition;
use crate::report::rows::{self, Row};
use crate::report::{Report, escape, words};

use super::sheet::{Cell, Column, Formats, MOST_ROWS, Sheet};

pub(super) const NAME: &str = "Decisions";

const COLUMNS: [Column; 12] = [
    ("Severity", 9.0),
    ("Rule", 16.0),
    ("Document", 48.0),
    ("Evidence", 60.0),
    ("Date", 11.0),
    ("Owner", 20.0),
    ("Related", 40.0),
    ("Confidence", 10.0),
    ("Id", 18.0),
    ("Decision", 11.0),
    ("Until", 12.0),
    ("Why", 32.0),
];
/// Stands first where there is a baseline or a decision.
const STATUS: Column = ("Status", 12.0);
/// Position of the column `Decision` where there is no status; `Until` follows.
const DECISION: u16 = 9;

/// Related documents that are named.
const NAMED: usize = 20;

pub(super) fn write(
    report: &Report,
    workbook: &mut Workbook,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let findings = &report.assessment.findings;
    let has_status = !report.standings.is_empty();
    let columns: Vec<_> = has_status.then_some(STATUS).into_iter().chain(COLUMNS).collect();
    let mut sheet = Sheet::new(workbook, formats, NAME, &columns, findings.len() as u64)?;
    let findings = findings.iter().zip(report.ids).enumerate();
    for (position, (finding, id)) in findings.take(MOST_ROWS as usize) {
        let decision = rows::decision(report, position);
        let answer = |text: Option<&'static str>| Cell::Answer(text.unwrap_or_default().into());
        let row = Row::of(report, finding);
        let status = report.standing(position).map(|it| it.name().into());
        let cells = [
            finding.severity.name().into(),
            finding.rule.id.into(),
            row.document.as_str().into(),
            row.why.as_str().into(),
            Cell::Date(row.date()),
            row.owner.as_str().into(),
            related(&row).into(),
            finding.confidence.name().into(),
            id.as_str().into(),
            answer(decision.map(|it| it.what.name())),
            Cell::AnswerDate(decision.and_then(|it| it.until)),
            Cell::Answer(decision.map_or("".into(), |it| escape::visible(&it.why))),
        ];
        sheet.row(status.into_iter().chain(cells))?;
    }
    let words: Vec<_> = Disposition::ALL.iter().map(|it| it.name()).collect();
    let words = DataValidation::new()
        .allow_list_strings(&words)?
        .set_input_title("Decision")?
        .set_input_message("keep, update, archive, delete, or not mine")?
        .set_error_title("No such decision")?
        .set_error_message("Write keep, update, archive, delete or not mine, or leave it empty.")?;
    let decision = DECISION + u16::from(has_status);
    sheet.validate(decision, &words)?;
    let until = DataValidation::new()
        .allow_date(DataValidationRule::GreaterThanOrEqualTo(report.as_of))
        .set_input_title("Until")?
        .set_input_message("The day until which the decision holds, such as 2027-01-31; or empty")?
        // A warning can be overruled: a decision may have ended already.
        .set_error_style(DataValidationErrorStyle::Warning)
        .set_error_title("No such day")?
        .set_error_message("A day is wanted, not before the day of the report.")?;
    sheet.validate(decision + 1, &until)
}

fn related(row: &Row) -> String {
    let mut named = row.related.iter().take(NAMED).cloned().collect::<Vec<_>>();
    if NAMED < row.related.len() {
        named.push(format!(
            "and {}",
            format_args!("{} more", words::number((row.related.len() - NAMED) as u64))
        ));
    }
    named.join("\n")
}
