//! The five lines at the head of a mail: what it comes to, the one case, what is asked, what was
//! done, and how sure it is.

use crate::report::figures::Figures;
use crate::report::{Report, asks, rows, words};
use crate::rot::Finding;

/// Rules by how well one case of them tells what is wrong, the most telling first.
const TELLING: &[&str] =
    &["conflicting-copies", "withdrawn", "expired", "superseded", "review-overdue"];
/// Characters of a line.
const LINE_CHARS: usize = 320;

/// The lines; those that have nothing to say are left out.
pub(super) struct Lines {
    verdict: String,
    rest: Vec<String>,
}

impl Lines {
    pub(super) fn of(report: &Report) -> Self {
        let figures = Figures::of(report);
        let verdict = rows::verdict(report, figures.to_decide);
        let verdict = verdict.trim_end_matches('.');
        let verdict = format!("{}: {verdict}{}.", rows::subject(report), before(report));
        let rest = [exhibit(report), asked(report, &figures), done(report, &figures)];
        let sure = how_sure(report, &figures);
        let rest = rest.into_iter().flatten().chain([sure]);
        let cut = |line: String| rows::cut(&line, LINE_CHARS).into_owned();
        Self { verdict: cut(verdict), rest: rest.map(cut).collect() }
    }

    /// The first line, as a subject: without the full stop.
    pub(super) fn verdict(&self) -> &str {
        self.verdict.trim_end_matches('.')
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.verdict).chain(&self.rest).map(String::as_str)
    }
}

/// One case that shows what this is about.
fn exhibit(report: &Report) -> Option<String> {
    let telling = |finding: &&Finding| {
        TELLING.iter().position(|it| *it == finding.rule.id).unwrap_or(TELLING.len())
    };
    let case = rows::open(report).map(|it| it.1).min_by_key(telling)?;
    let document = words::document(report, case.document);
    let document = rows::cut(&document, LINE_CHARS / 3);
    Some(format!("For example {document}: {}.", rows::why(report, case).trim_end_matches('.')))
}

fn asked(report: &Report, figures: &Figures) -> Option<String> {
    let minutes = rows::minutes(report);
    (0 < figures.to_decide).then(|| {
        let it = if figures.to_decide == 1 { "this" } else { "each" };
        format!(
            "Please say of {it} whether to keep, update, archive or delete it. About {}.",
            asks::duration(minutes)
        )
    })
}

/// What came of the last time, where anything is known of it.
fn done(report: &Report, figures: &Figures) -> Option<String> {
    words::change(report, figures).map(|it| format!("{it}."))
}

/// How many needed a decision the last time; none for a part of the findings.
fn before(report: &Report) -> String {
    let last = report.history.last().filter(|_| report.narrowed.is_none());
    last.map_or_else(String::new, |it| format!(" (last time {})", words::number(it.decisions_open)))
}

fn how_sure(report: &Report, figures: &Figures) -> String {
    let read = words::counted(figures.readable, "document");
    let seen = words::counted(figures.seen, "file");
    let mut line = format!("{read} read of {seen} seen, as of {}.", report.as_of);
    if report.summary.interrupted {
        line += " The scan was interrupted: this tells only of what it had seen.";
    }
    for caveat in &report.summary.caveats {
        line += &format!(" {}", words::caveat(caveat));
    }
    match report.undated {
        None | Some(0) => {}
        Some(1) => line += " 1 has no date to be trusted.",
        Some(undated) => {
            line += &format!(" {} have no date to be trusted.", words::number(undated));
        }
    }
    if let Some(narrowed) = report.narrowed {
        line += &format!(" {narrowed}");
    }
    line + " Old is not wrong: age alone is never a finding."
}
