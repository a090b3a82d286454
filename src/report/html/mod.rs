//! One web page that holds the whole report: it opens from a share or an attachment, loads nothing,
//! works without script and prints.
//!
//! Everything that comes from documents is escaped by the templates, in which only words of this
//! program stand unescaped; the script builds its rows from text alone. A policy in the page's head
//! lets nothing run or load but the style and the script that are written here.

mod ages;
mod changes;
mod coverage;
mod data;
mod exhibit;
mod folders;
mod groups;
mod list;
mod method;
mod numbers;
mod pack;
mod page;
mod side_by_side;
mod standing;
mod subjects;
mod treemap;
mod trend;
mod validation;
mod verdict;

use std::borrow::Cow;
use std::cmp::Reverse;
use std::io;

use maud::{Markup, html};

use crate::inventory::DocId;
use crate::rot::{Dates, Finding, RULES};

use super::figures::Figures;
use super::{Report, Writer, escape, words};

pub use validation::validation_html;

pub(super) const WRITER: Writer = Writer::text("html", "html", write);

fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    page::write(&Page::of(report), out)
}

/// A report and what several sections of the page count on.
pub(super) struct Page<'a> {
    pub(super) report: &'a Report<'a>,
    pub(super) figures: Figures,
    pub(super) dates: Dates<'a>,
    /// Positions of the findings, the gravest first.
    pub(super) order: Vec<usize>,
    /// Whether each document needs a decision, by its id.
    pub(super) needs_decision: Vec<bool>,
}

impl<'a> Page<'a> {
    fn of(report: &'a Report<'a>) -> Self {
        let findings = &report.assessment.findings;
        let rank = |finding: &Finding| {
            let rule = RULES.iter().position(|it| it.id == finding.rule.id).unwrap_or(usize::MAX);
            (Reverse(finding.severity), rule, finding.document)
        };
        let mut order: Vec<usize> = (0..findings.len()).collect();
        order.sort_by_cached_key(|&position| rank(&findings[position]));
        let mut needs_decision = vec![false; report.inventory.len()];
        for (position, finding) in findings.iter().enumerate() {
            needs_decision[finding.document.0 as usize] |= report.is_open(position);
        }
        Self {
            report,
            figures: Figures::of(report),
            dates: Dates::of(report.inventory, report.policy, report.as_of),
            order,
            needs_decision,
        }
    }

    /// The findings in the order of the list, each with its position in the assessment.
    pub(super) fn listed(&self) -> impl Iterator<Item = (usize, &'a Finding)> {
        let findings = &self.report.assessment.findings;
        self.order.iter().map(|&position| (position, &findings[position]))
    }

    /// The findings that wait for a decision, in the order of the list.
    pub(super) fn open(&self) -> impl Iterator<Item = &'a Finding> {
        self.listed().filter(|it| self.report.is_open(it.0)).map(|it| it.1)
    }

    pub(super) fn path(&self, document: DocId) -> String {
        words::document(self.report, document)
    }

    /// The name of a file without its folders.
    pub(super) fn name(&self, document: DocId) -> String {
        split(&self.path(document)).1.to_owned()
    }

    /// Who answers for a document; none where nobody says.
    pub(super) fn owner(&self, document: DocId) -> Option<Cow<'a, str>> {
        Some(escape::visible(&self.report.owners.owner(document)?.name))
    }

    /// A command for this catalog.
    pub(super) fn command(&self, words: &str) -> String {
        match self.report.options.arguments {
            "" => format!("docrot {words}"),
            arguments => format!("docrot {words} {}", escape::visible(arguments)),
        }
    }
}

/// A part of the page: its anchor, its heading and what stands in it.
pub(super) struct Section {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) body: Markup,
}

/// The folder of a path, and the name in it.
pub(super) fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// A path: its folder, and its name to stand out. Set apart from the text around it, so that names
/// that are written from right to left turn nothing else around.
pub(super) fn path(path: &str) -> Markup {
    let (folder, name) = split(path);
    html! {
        bdi { @if !folder.is_empty() { (folder) "/" } b { (name) } }
    }
}

/// A part of a whole, as a bar that repeats the figure beside it.
pub(super) fn bar(part: u64, whole: u64) -> Markup {
    let width = if whole == 0 { 0.0 } else { part.min(whole) as f64 * 100.0 / whole as f64 };
    html! {
        svg.bar viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true" {
            rect width="100" height="6" {}
            rect.part width=(format!("{width:.1}")) height="6" {}
        }
    }
}

#[cfg(test)]
mod tests;
