//! The last sheet: how the findings came about, so that they can be checked and done again.

use std::collections::BTreeMap;

use rust_xlsxwriter::{Workbook, XlsxError};

use crate::report::figures::Figures;
use crate::report::{Report, escape, words};
use crate::rot::RULES;

use super::sheet::{Column, Formats, Sheet};

pub(super) const NAME: &str = "Method";

const COLUMNS: [Column; 3] = [("Part", 16.0), ("Of", 24.0), ("Says", 100.0)];

pub(super) fn write(
    report: &Report,
    workbook: &mut Workbook,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let lines = lines(report);
    let mut sheet = Sheet::new(workbook, formats, NAME, &COLUMNS, lines.len() as u64)?;
    for line in lines {
        sheet.row(line.map(Into::into))?;
    }
    Ok(())
}

fn lines(report: &Report) -> Vec<[String; 3]> {
    let line = |part: &str, of: &str, says: String| [part.to_owned(), of.to_owned(), says];
    let policy = report.policy_name.map_or("built-in".into(), escape::visible);
    let mut lines = vec![
        line("Program", "docrot", escape::visible(report.version).into_owned()),
        line("Program", "policy", policy.into_owned()),
        line(
            "Program",
            "last scan",
            report.summary.started.format("%Y-%m-%d %H:%M UTC").to_string(),
        ),
    ];
    lines.extend(account(report).map(|(of, says)| line("Account", of, says)));
    lines.extend(measures(report).map(|(of, says)| line("Measure", of, says)));
    let mut counts = BTreeMap::<&str, u64>::new();
    for finding in &report.assessment.findings {
        *counts.entry(finding.rule.id).or_default() += 1;
    }
    for rule in RULES {
        let found = words::counted(counts.get(rule.id).copied().unwrap_or_default(), "finding");
        lines.push(line("Rule", rule.id, format!("{} {found}.", rule.summary)));
    }
    for precision in report.precision {
        let says = words::precision(precision);
        lines.push(line("Judged right", &escape::visible(&precision.rule), says));
    }
    for note in report.summary.remarks() {
        lines.push(line("Remark", "scan", escape::visible(note).into_owned()));
    }
    lines
}

fn account(report: &Report) -> impl Iterator<Item = (&'static str, String)> {
    let ledger = report.ledger;
    [
        ("files seen", ledger.seen),
        ("documents read", ledger.read),
        ("documents read in part", ledger.partly_read),
        ("not read", ledger.not_read),
        ("not documents", ledger.not_documents),
    ]
    .map(|(of, count)| (of, words::number(count)))
    .into_iter()
}

/// What the figures are, each with its denominator.
fn measures(report: &Report) -> impl Iterator<Item = (&'static str, String)> {
    let figures = Figures::of(report);
    let of = |part: u64, whole: u64, means: &str| {
        let share = words::percentage(part, whole);
        format!("{} of {}, {share}: {means}", words::number(part), words::number(whole))
    };
    let undated = report.undated.map(|undated| {
        let means = "documents read that have no date to be trusted.";
        ("cannot say", of(undated, figures.readable, means))
    });
    let known = [
        (
            "need a decision",
            of(
                figures.to_decide,
                figures.seen,
                "files with a finding above a note, each counted once.",
            ),
        ),
        (
            "redundant",
            of(
                figures.redundant,
                figures.readable,
                "documents read that are in a group of copies, without the one that stays.",
            ),
        ),
        (
            "obsolete",
            of(
                figures.obsolete,
                figures.readable,
                "documents read with an obsolete finding above a note.",
            ),
        ),
        ("trivial", of(figures.trivial, figures.seen, "files with a trivial finding.")),
    ];
    known.into_iter().chain(undated)
}
