//! Findings that are laid out in their own way: copies that disagree, folders, boilerplate.

use std::collections::HashMap;
use std::io;
use std::path::Path;

use crate::inventory::{DocId, RootId};
use crate::report::layout::{self, Style};
use crate::report::wordings::Wording;
use crate::report::{Report, escape, words};
use crate::rot::{Category, Finding, Value};

use super::Page;

/// Rules that are laid out here.
pub(super) const CONFLICTS: &str = "conflicting-copies";
pub(super) const FOLDERS: &str = "folder-contained";
/// A rule with a finding for each passage, not for each document.
pub(super) const PASSAGES: &str = "shared-passage";
/// Wordings of copies that disagree that are shown, of the gravest place.
const SHOWN_WORDINGS: usize = 4;
/// Passages of boilerplate that are shown.
const SHOWN_PASSAGES: usize = 3;
/// Other wordings of one passage that are shown.
const SHOWN_OTHERS: usize = 2;

/// The folders whose content stands elsewhere: what else is redundant below them is told by them.
pub(super) struct Folds<'a> {
    positions: HashMap<(RootId, &'a Path), usize>,
}

impl<'a> Folds<'a> {
    pub(super) fn of(report: &Report<'a>) -> Self {
        let folders = report.assessment.folders.iter().enumerate();
        Self { positions: folders.map(|(at, it)| ((it.root, it.path.as_path()), at)).collect() }
    }

    /// The position of the folder that tells this finding, if one does.
    pub(super) fn over(&self, report: &Report, finding: &Finding) -> Option<usize> {
        let is_copy = finding.rule.category == Category::Redundant
            && ![CONFLICTS, FOLDERS].contains(&finding.rule.id);
        if self.positions.is_empty() || !is_copy {
            return None;
        }
        let record = &report.inventory[finding.document];
        let mut above = record.file.path.ancestors().skip(1);
        above.find_map(|it| self.positions.get(&(record.root, it)).copied())
    }
}

/// The document and what its copies disagree on, and a paragraph for each wording: what it says,
/// who says it, and since when.
pub(super) fn conflict(page: &mut Page, finding: &Finding) -> io::Result<()> {
    let all = page.report.options.all;
    let documents = words::number(1 + finding.related.len() as u64);
    let what = find(finding, "copies state").map_or_else(String::new, |it| match it {
        Value::Text(summary) => {
            let kinds = summary.split_once(':').map_or(summary.as_str(), |it| it.0);
            escape::visible(kinds).into_owned()
        }
        _ => String::new(),
    });
    let path = words::document(page.report, finding.document);
    let says = format!("{documents} copies state {what}");
    let room = page.width - 2;
    if layout::width(&path) + 2 + layout::width(&says) <= room {
        let path = page.styled(&path, Style::Bold);
        page.line(&format!("  {path}: {says}"))?;
    } else {
        let path = page.styled(&layout::shorten(&path, room), Style::Bold);
        page.line(&format!("  {path}"))?;
        page.text(4, &says)?;
    }
    let wordings = Wording::of(finding);
    let first = match find(finding, "different wordings") {
        Some(Value::Count(count)) => *count as usize,
        _ => wordings.len(),
    };
    let shown = if all { wordings.len() } else { first.min(SHOWN_WORDINGS) };
    wordings.iter().take(shown).try_for_each(|it| wording(page, it))?;
    let hidden = first.min(wordings.len()).saturating_sub(shown);
    if 0 < hidden {
        page.line(&format!("    and {}", words::counted(hidden as u64, "other wording")))?;
    }
    match find(finding, "places that differ") {
        Some(Value::Count(places)) if 1 < *places && !all => {
            let more = words::counted(places - 1, "other place");
            page.line(&format!("    and in {more}: docrot diff shows them"))
        }
        _ => Ok(()),
    }
}

fn find<'a>(finding: &'a Finding, what: &str) -> Option<&'a Value> {
    finding.evidence().iter().find(|it| it.what == what).map(|it| &it.value)
}

fn wording(page: &mut Page, wording: &Wording) -> io::Result<()> {
    let Some((first, others)) = wording.holders.split_first() else { return Ok(()) };
    let more = match others.len() as u64 + wording.more {
        0 => String::new(),
        more => format!(" and {} more", words::number(more)),
    };
    let newest = match (wording.newest, more.is_empty()) {
        (None, _) => String::new(),
        (Some(date), true) => format!(", {date}"),
        (Some(date), false) => format!(", newest {date}"),
    };
    // A negation has no value beside its words.
    let value =
        if wording.quote.is_some() { wording.value.clone() } else { words::quoted(&wording.value) };
    let holder = words::document(page.report, *first);
    let rest = format!("{more}{newest}");
    if layout::width(&value) + 8 + layout::width(&holder) + layout::width(&rest) <= page.width {
        page.line(&format!("    {value} in {holder}{rest}"))?;
    } else {
        let room = page.width.saturating_sub(9 + layout::width(&rest)).max(24);
        page.at_most(3, 4, &value)?;
        page.line(&format!("      in {}{rest}", layout::shorten(&holder, room)))?;
    }
    match &wording.quote {
        Some(quote) => page.at_most(2, 6, &format!("{}: {quote}", wording.place)),
        None => Ok(()),
    }
}

/// The folder, how much of it stands where, and what is only here.
pub(super) fn folder(page: &mut Page, finding: &Finding) -> io::Result<()> {
    let report = page.report;
    let text = |what: &str| {
        finding.evidence().iter().find(|it| it.what == what).and_then(|it| match &it.value {
            Value::Text(text) => Some(escape::visible(text).into_owned()),
            Value::Count(count) => Some(words::number(*count)),
            Value::Share(share) => Some(words::share(*share)),
            _ => None,
        })
    };
    let name = text("folder").unwrap_or_default();
    let record = &report.inventory[finding.document];
    let name = match report.root_among_several(record) {
        // A whole root is called by its own name.
        Some(root) if name == "." => escape::path(root),
        Some(root) => format!("{}/{name}", escape::path(root)),
        None => name,
    };
    let files = text("files").unwrap_or_default();
    let says = match (text("equal to folder"), text("stands in folder")) {
        (Some(other), _) => format!("its {files} files are those of {other}"),
        (None, other) => {
            let share = text("share that stands elsewhere").unwrap_or_default();
            format!("{share} of its {files} files stand in {}", other.unwrap_or_default())
        }
    };
    let styled = page.styled(&layout::shorten(&name, page.width - 2), Style::Bold);
    page.line(&format!("  {styled}"))?;
    let only = text("files that are only here").map_or(String::new(), |count| {
        if count == "1" {
            "; 1 is only here".to_owned()
        } else {
            format!("; {count} are only here")
        }
    });
    page.text(4, &format!("{says}{only}"))?;
    let here = finding.evidence().iter().filter(|it| it.what == "only here");
    let shown = if report.options.all { usize::MAX } else { 3 };
    for evidence in here.take(shown) {
        if let Value::Document(document) = evidence.value {
            let path = words::document(report, document);
            page.line(&format!("    only here: {}", layout::shorten(&path, page.width - 15)))?;
        }
    }
    match below(report, finding) {
        0 => Ok(()),
        1 => page.text(4, "1 finding on a file below it is not shown"),
        n => {
            page.text(4, &format!("{} findings on files below it are not shown", words::number(n)))
        }
    }
}

fn below(report: &Report, finding: &Finding) -> u64 {
    let folders = &report.assessment.folders;
    let at = folders.iter().position(|it| it.example.0 == finding.document);
    let folds = Folds::of(report);
    let findings = report.assessment.findings.iter();
    findings.filter(|it| at.is_some() && folds.over(report, it) == at).count() as u64
}

/// What makes no two documents alike.
pub(super) fn boilerplate(page: &mut Page) -> io::Result<()> {
    let report = page.report;
    let passages = &report.assessment.boilerplate;
    if passages.is_empty() {
        return Ok(());
    }
    page.blank()?;
    let count = words::counted(passages.len() as u64, "passage");
    let title = page.styled("Boilerplate", Style::Bold);
    page.line(&format!("{title}: {count}; documents that share nothing else are not alike"))?;
    let shown = if report.options.all { usize::MAX } else { SHOWN_PASSAGES };
    for passage in passages.iter().take(shown) {
        let documents = words::counted(passage.documents, "document");
        page.at_most(2, 2, &format!("in {documents}: {}", words::quoted(&passage.quote)))?;
        for other in passage.wordings.iter().take(SHOWN_OTHERS) {
            let names = names(page, &other.documents);
            let quote = words::quoted(&other.quote);
            page.at_most(2, 4, &format!("another wording in {names}: {quote}"))?;
        }
        if SHOWN_OTHERS < passage.wordings.len() {
            let more = passage.wordings.len() - SHOWN_OTHERS;
            page.line(&format!("    and {} more wordings", words::number(more as u64)))?;
        }
    }
    match passages.len().saturating_sub(shown) {
        0 => Ok(()),
        hidden => page.line(&format!("  and {} more", words::number(hidden as u64))),
    }
}

fn names(page: &Page, documents: &[DocId]) -> String {
    match documents {
        [one] => layout::shorten(&words::document(page.report, *one), 40),
        several => words::counted(several.len() as u64, "document"),
    }
}

#[cfg(test)]
mod tests {
    use snapbox::{IntoData as _, assert_data_eq, str};

    use crate::report::sample;

    #[test]
    fn copies_that_disagree_come_first_and_folders_fold() {
        let mut out = Vec::new();
        let share = sample::redundant();
        (super::super::WRITER.write)(&share.report(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let start = text.find("ERROR").unwrap();
        let end = text.find("Files seen").unwrap();
        assert_data_eq!(
            &text[start..end],
            str![[r#"
ERROR conflicting-copies: 1 text
Copies of one document state different facts in the same place.
  a.docx: 3 copies state 2 different amounts
    45p in a.docx and 1 more, newest 2025-03-01
      line 14 of the text: "The rate is 45p per mile"
    40p in c.docx
      line 14 of the text: "The rate is 40p per mile"
    and in 2 other places: docrot diff shows them

WARNING folder-contained: 1 folder
All or nearly all files of the folder stand elsewhere, too.
  Old
    66 % of its 3 files stand in Projects; 1 is only here
    only here: Old/own.docx
    2 findings on files below it are not shown

WARNING exact-copy: 1 document
The same bytes stand elsewhere.
  c.docx  similarity 100 % (3-word shingles)

Boilerplate: 1 passage; documents that share nothing else are not alike
  in 214 documents: "This document is the property of the company."
    another wording in 2 documents: "This document is the property of the firm."


"#]]
            .raw()
        );
        assert!(text.lines().all(|line| line.chars().count() <= 80 || line.contains("docrot ")));
    }
}
