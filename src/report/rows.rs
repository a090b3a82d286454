//! Findings as rows of words, alike in every table: workbook, Markdown, e-mail.
//!
//! Everything in a row is safe to print; a table's own markup is for its writer to escape.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::decisions::{Decision, Standing};
use crate::inventory::DocId;
use crate::rot::{Finding, RULES, Rule, Severity};

use super::{Options, Report, asks, brief, escape, words};

/// Evidence of these rules lists every wording or file; the first items say what it comes to.
const SUMMED_UP: &[(&str, usize)] = &[("conflicting-copies", 1), ("folder-contained", 5)];

/// A finding in words.
pub(super) struct Row<'a> {
    pub(super) finding: &'a Finding,
    pub(super) document: String,
    pub(super) why: String,
    pub(super) owner: String,
    pub(super) related: Vec<String>,
}

impl<'a> Row<'a> {
    pub(super) fn of(report: &Report<'a>, finding: &'a Finding) -> Self {
        let related = finding.related.iter().map(|it| words::document(report, *it));
        Self {
            finding,
            document: words::document(report, finding.document),
            why: why(report, finding),
            owner: owner(report, finding),
            related: related.collect(),
        }
    }

    pub(super) fn date(&self) -> Option<NaiveDate> {
        self.finding.date
    }
}

/// Who answers for a finding's document; empty where nobody is known.
pub(super) fn owner(report: &Report, finding: &Finding) -> String {
    owner_of(report, finding.document)
}

/// Who answers for a document; empty where nobody is known.
pub(super) fn owner_of(report: &Report, document: DocId) -> String {
    let owner = report.owners.owner(document);
    owner.map_or_else(String::new, |it| escape::visible(&it.name).into_owned())
}

/// The evidence in one sentence, the deciding fact first.
pub(super) fn why(report: &Report, finding: &Finding) -> String {
    // Nothing is cut for want of columns.
    let wide = Report { options: Options { width: 1000, ..report.options }, ..*report };
    if let Some(sentence) = brief::sentence(&wide, finding) {
        return sentence;
    }
    if let Some(sentence) = copy(report, finding) {
        return sentence;
    }
    let shown = SUMMED_UP.iter().find(|it| it.0 == finding.rule.id).map_or(usize::MAX, |it| it.1);
    let evidence = finding.evidence();
    let first = evidence.iter().take(shown);
    let hold = evidence.iter().skip(shown).filter(|it| it.what == "legal hold");
    let words: Vec<_> = first.chain(hold).map(|it| words::evidence(report, it)).collect();
    words.join("; ")
}

/// Findings of one rule and severity, with their positions.
pub(super) struct Section<'a> {
    pub(super) severity: Severity,
    pub(super) rule: &'static Rule,
    pub(super) findings: Vec<(usize, &'a Finding)>,
}

/// The findings by severity, the gravest first, and by rule in the order of the rules.
pub(super) fn sections<'a>(report: &Report<'a>) -> Vec<Section<'a>> {
    let mut sections = BTreeMap::new();
    for (position, finding) in report.assessment.findings.iter().enumerate() {
        let rule = finding.rule;
        let place = RULES.iter().position(|it| it.id == rule.id).unwrap_or(usize::MAX);
        let severity = finding.severity;
        sections
            .entry((Reverse(severity), place, rule.id))
            .or_insert_with(|| Section { severity, rule, findings: Vec::new() })
            .findings
            .push((position, finding));
    }
    sections.into_values().collect()
}

/// How like a copy is to the one that stays, and why that one: what people ask first. The places
/// that differ are in the reports that have room for them.
fn copy(report: &Report, finding: &Finding) -> Option<String> {
    let find = |what: &str| finding.evidence().iter().find(|it| it.what == what);
    let value = |it: &crate::rot::Evidence| words::measured(report, it);
    let (similarity, stays) = (find("similarity")?, find("stays")?);
    let mut words = format!("{} the same as {}, which stays", value(similarity), value(stays));
    let reason = find("because it").map(|it| format!("it {}", value(it)));
    if let Some(reason) = reason.or_else(|| find("because").map(value)) {
        words += &format!(": {reason}");
    }
    if let Some(hold) = find("legal hold") {
        words += &format!("; {}", words::evidence(report, hold));
    }
    Some(words)
}

/// The verdict in one sentence: `9 documents need a decision.`
pub(super) fn verdict(report: &Report, to_decide: u64) -> String {
    match to_decide {
        0 if report.narrowed.is_some() => "Nothing shown here needs a decision.".to_owned(),
        0 => "No document needs a decision.".to_owned(),
        1 => "1 document needs a decision.".to_owned(),
        n => format!("{} need a decision.", words::counted(n, "document")),
    }
}

/// What a report is about: the names of the audited folders.
pub(super) fn subject(report: &Report) -> String {
    let name = |root: &std::path::PathBuf| {
        escape::path(root.file_name().map_or(root.as_path(), std::path::Path::new))
    };
    match report.inventory.roots.as_slice() {
        [] => "No folder".to_owned(),
        [root] => name(root),
        [first, second] => format!("{} and {}", name(first), name(second)),
        [first, others @ ..] => format!("{} and {} more folders", name(first), others.len()),
    }
}

/// Findings that need a decision which nobody has made, with their positions.
pub(super) fn open<'a>(report: &Report<'a>) -> impl Iterator<Item = (usize, &'a Finding)> + Clone {
    let report = *report;
    let findings = report.assessment.findings.iter().enumerate();
    findings.filter(move |(position, _)| report.is_open(*position))
}

/// How long it may take to decide on what is open, in minutes.
pub(super) fn minutes(report: &Report) -> u64 {
    open(report).map(|(_, finding)| asks::minutes(finding)).sum()
}

/// What was decided about a finding and holds, by its position.
pub(super) fn decision<'a>(report: &Report<'a>, position: usize) -> Option<&'a Decision> {
    match report.standing(position) {
        Some(Standing::Decided { decision }) => Some(decision),
        _ => None,
    }
}

/// At most `max` characters, with a sign of what was left out.
pub(super) fn cut(text: &str, max: usize) -> Cow<'_, str> {
    match text.char_indices().nth(max) {
        None => text.into(),
        Some(_) => {
            let kept: String = text.chars().take(max.saturating_sub(1)).collect();
            format!("{}\u{2026}", kept.trim_end()).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::Provenance;
    use crate::report::sample;
    use crate::rot::{Evidence, Value};

    #[test]
    fn of_a_copy_people_ask_how_like_it_is_and_why_the_other_stays() {
        let mut share = sample::share();
        let from = || Provenance::Computed("order of preference".into());
        let stays = Value::Document(share.id("Finance/Mileage.pdf"));
        let copy = &mut share.assessment.findings[1];
        copy.push(Evidence::new("stays", stays, from()));
        copy.push(Evidence::new("because it", Value::Text("has a plain name".into()), from()));
        let said = why(&share.report(), &share.assessment.findings[1]);
        let expected = "87 % the same as Finance/Mileage.pdf, which stays: it has a plain name";
        assert_eq!(said, expected);
    }

    #[test]
    fn what_is_cut_says_so_and_keeps_to_the_number() {
        assert_eq!(cut("short", 5), "short");
        assert_eq!(cut("longer", 5), "long\u{2026}");
        assert_eq!(cut("書書書", 2).chars().count(), 2);
    }
}
