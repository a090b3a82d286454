//! The findings of a terminal report: by severity and rule, copies as groups, long lists cut.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;
use std::ops::Deref;

use crate::decisions::Standing;
use crate::inventory::DocId;
use crate::report::layout::{self, Style};
use crate::report::{brief, escape, words};
use crate::rot::{Category, Confidence, Finding, Group, RULES, Rule, Severity, Value};

use super::Page;
use super::exhibits::{self, CONFLICTS, FOLDERS, Folds, PASSAGES};

/// Members of a group that are shown.
const SHOWN_MEMBERS: usize = 5;
/// Findings of a rule that only notes things, that are shown.
const SHOWN_NOTES: usize = 3;

/// A finding, and how it stands.
#[derive(Clone, Copy)]
struct Told<'a> {
    finding: &'a Finding,
    standing: Option<&'a Standing>,
}

impl Deref for Told<'_> {
    type Target = Finding;

    fn deref(&self) -> &Finding {
        self.finding
    }
}

/// The findings of one rule and severity.
struct Section<'a> {
    rule: &'static Rule,
    severity: Severity,
    /// Findings that stand alone, by path.
    single: Vec<Told<'a>>,
    /// Groups, the largest first.
    groups: Vec<Members<'a>>,
}

/// A group and the findings of its members.
struct Members<'a> {
    group: &'a Group,
    findings: Vec<Told<'a>>,
}

pub(super) fn write(page: &mut Page) -> io::Result<()> {
    if page.report.assessment.findings.is_empty() {
        page.blank()?;
        return page.line(match page.report.narrowed {
            None => "No rule holds for any document.",
            Some(_) => "No finding is left.",
        });
    }
    for section in sections(page) {
        page.blank()?;
        heading(page, &section)?;
        let shown = match (page.report.options.all, section.severity) {
            (true, _) => usize::MAX,
            (false, Severity::Note) => SHOWN_NOTES.min(page.report.options.shown),
            (false, _) => page.report.options.shown,
        };
        for group in section.groups.iter().take(shown) {
            write_group(page, group)?;
        }
        let left = shown.saturating_sub(section.groups.len());
        write_single(page, &section.single[..left.min(section.single.len())])?;
        more(page, &section, shown)?;
    }
    match settled(page) {
        0 => Ok(()),
        hidden => {
            page.blank()?;
            let hidden = words::counted(hidden, "finding");
            page.text(0, &format!("Decided and not listed: {hidden} (--all lists them)."))
        }
    }
}

/// Findings that are not listed, because somebody decided about them.
fn settled(page: &Page) -> u64 {
    let standings = page.report.standings.iter();
    match page.report.options.all {
        true => 0,
        false => standings.filter(|it| it.is_settled()).count() as u64,
    }
}

/// The strongest first: by severity, then in the order of the rules.
fn sections<'a>(page: &Page<'a>) -> Vec<Section<'a>> {
    let assessment = page.report.assessment;
    let kinds: HashSet<&str> = assessment.groups.iter().map(|group| group.kind).collect();
    let mut sections: BTreeMap<_, Section<'a>> = BTreeMap::new();
    let mut members: BTreeMap<usize, Vec<Told>> = BTreeMap::new();
    let place = |rule: &Rule, severity| {
        let position = RULES.iter().position(|it| it.id == rule.id).unwrap_or(usize::MAX);
        (Reverse(severity), position, rule.id)
    };
    let empty = |rule, severity| Section { rule, severity, single: vec![], groups: vec![] };
    let folds = Folds::of(page.report);
    let told = assessment
        .findings
        .iter()
        .enumerate()
        .map(|(position, finding)| Told { finding, standing: page.report.standing(position) });
    let is_shown = |it: &Told| {
        page.report.options.all || it.standing.is_none_or(|standing| !standing.is_settled())
    };
    let told = told.filter(is_shown).filter(|it| folds.over(page.report, it).is_none());
    for finding in told {
        match finding.group {
            // Another rule may point at a group, such as one for copies that disagree.
            Some(group) if kinds.contains(finding.rule.id) => {
                members.entry(group).or_default().push(finding);
            }
            _ => sections
                .entry(place(finding.rule, finding.severity))
                .or_insert_with(|| empty(finding.rule, finding.severity))
                .single
                .push(finding),
        }
    }
    for (group, findings) in members {
        let Some(group) = assessment.groups.get(group) else { continue };
        let lead = |it: &&Told| (it.rule.id == group.kind, it.severity);
        let Some(lead) = findings.iter().max_by_key(lead) else { continue };
        let (rule, severity) = (lead.rule, lead.severity);
        let section =
            sections.entry(place(rule, severity)).or_insert_with(|| empty(rule, severity));
        section.groups.push(Members { group, findings });
    }
    let mut sections: Vec<Section> = sections.into_values().collect();
    for section in &mut sections {
        section.single.sort_by_key(|finding| finding.document);
        section.groups.sort_by_key(|it| (Reverse(it.group.members.len()), it.group.canonical));
    }
    sections
}

fn heading(page: &mut Page, section: &Section) -> io::Result<()> {
    let (word, style) = match section.severity {
        Severity::Error => ("ERROR", Style::Red),
        Severity::Warning => ("WARNING", Style::Yellow),
        Severity::Note => ("NOTE", Style::Bold),
    };
    let grouped: usize = section.groups.iter().map(|it| it.findings.len()).sum();
    let noun = match section.rule.id {
        CONFLICTS => "text",
        FOLDERS => "folder",
        PASSAGES => "passage",
        _ => "document",
    };
    let documents = words::counted((section.single.len() + grouped) as u64, noun);
    let groups = match section.groups.len() {
        0 => String::new(),
        n => format!(" in {}", words::counted(n as u64, "group")),
    };
    let word = page.styled(word, style);
    let rule = page.styled(section.rule.id, Style::Bold);
    page.line(&format!("{word} {rule}: {documents}{groups}"))?;
    page.text(0, section.rule.summary)
}

fn write_group(page: &mut Page, members: &Members) -> io::Result<()> {
    let Members { group, findings } = members;
    let reason = match (group.is_tie, group.reasons.first()) {
        (true, _) => "stays unless you choose another: nothing tells them apart".to_owned(),
        (false, Some(reason)) => format!("stays: {}", escape::visible(reason)),
        (false, None) => "stays".to_owned(),
    };
    let path = words::document(page.report, group.canonical);
    if 2 + layout::width(&path) + 2 + layout::width(&reason) <= page.width {
        let path = page.styled(&path, Style::Bold);
        page.line(&format!("  {path}  {reason}"))?;
    } else {
        let path = page.styled(&layout::shorten(&path, page.width - 2), Style::Bold);
        page.line(&format!("  {path}"))?;
        page.at_most(2, 4, &reason)?;
    }
    let told: HashMap<DocId, Told> = findings.iter().map(|it| (it.document, *it)).collect();
    let is_told = |it: &(DocId, f64)| told.contains_key(&it.0);
    let mut ordered = group.members.iter().copied().filter(is_told).collect::<Vec<_>>();
    // A chain of versions has an order of its own.
    if group.kind != "superseded" {
        ordered.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    }
    let shown = if page.report.options.all { usize::MAX } else { SHOWN_MEMBERS };
    for &(member, similarity) in ordered.iter().take(shown) {
        let finding = told[&member];
        let date = finding.date.map_or(String::new(), |date| format!("  {date}"));
        let before = format!("    {:>9}{date}  ", words::share(similarity));
        let mark = mark(&finding);
        let room = page.width - layout::width(&before) - layout::width(&mark);
        let name = member_name(page, member, group.canonical, room.max(20));
        page.line(&format!("{before}{name}{mark}"))?;
    }
    match ordered.len().saturating_sub(shown) {
        0 => Ok(()),
        hidden => page.line(&format!("{:13}  and {} more", "", words::number(hidden as u64))),
    }
}

/// A member's path; where it is too long and only the folders differ, the folder alone.
fn member_name(page: &Page, member: DocId, canonical: DocId, room: usize) -> String {
    let path = words::document(page.report, member);
    let inventory = page.report.inventory;
    let name = |id: DocId| inventory[id].file.path.file_name();
    if layout::width(&path) <= room || name(member) != name(canonical) {
        return layout::shorten(&path, room);
    }
    let folder = path.rfind('/').map_or("", |end| &path[..end]);
    const SAME: &str = "same name in ";
    format!("{SAME}{}", layout::shorten(folder, room - SAME.len()))
}

/// One line each, in columns, where all of them fit; else two or three lines each.
fn write_single(page: &mut Page, findings: &[Told]) -> io::Result<()> {
    match findings.first().map(|it| it.rule.id) {
        Some(CONFLICTS) => return exhibited(page, findings, exhibits::conflict),
        Some(FOLDERS) => return exhibited(page, findings, exhibits::folder),
        _ => {}
    }
    let names = findings.iter().map(|it| layout::width(&name(page, it)));
    let first = names.max().unwrap_or(0);
    let rests = findings.iter().map(|it| {
        let owner = owner(page, it).map_or(0, |owner| 2 + layout::width(&owner));
        layout::width(&why(page, it)) + owner
    });
    let fits = 2 + first + 2 + rests.max().unwrap_or(0) <= page.width;
    for finding in findings {
        if !fits {
            write_finding(page, finding)?;
            continue;
        }
        let name = name(page, finding);
        let room = first - layout::width(&name) + 2;
        let name = page.styled(&name, Style::Bold);
        let owner = owner(page, finding).map_or(String::new(), |owner| format!("; {owner}"));
        page.line(&format!("  {name}{:room$}{}{owner}", "", why(page, finding)))?;
    }
    Ok(())
}

/// Findings that are told at length, each with how it stands below it.
fn exhibited(
    page: &mut Page,
    findings: &[Told],
    exhibit: fn(&mut Page, &Finding) -> io::Result<()>,
) -> io::Result<()> {
    for finding in findings {
        exhibit(page, finding)?;
        if let Some(words) = finding.standing.and_then(words::standing) {
            page.text(4, &words)?;
        }
    }
    Ok(())
}

fn write_finding(page: &mut Page, finding: &Told) -> io::Result<()> {
    let name = layout::shorten(&name(page, finding), page.width - 2);
    let styled = page.styled(&name, Style::Bold);
    // Beside the name, where a long quotation does not push it out.
    let (beside, below) = match owner(page, finding) {
        Some(it) if 2 + layout::width(&name) + 2 + layout::width(&it) <= page.width => {
            (format!("  {it}"), None)
        }
        owner => (String::new(), owner),
    };
    page.line(&format!("  {styled}{beside}"))?;
    let lines = if page.report.options.all { usize::MAX } else { 2 };
    page.at_most(lines, 4, &why(page, finding))?;
    below.map_or(Ok(()), |owner| page.at_most(1, 4, &owner))
}

fn name(page: &Page, finding: &Told) -> String {
    let note = if finding.confidence == Confidence::Possible { " (possible)" } else { "" };
    let path = words::document(page.report, finding.document);
    path + note + &mark(finding)
}

/// How it stands to the baseline and the decisions, behind its name; nothing where it was known.
fn mark(finding: &Told) -> String {
    let words = finding.standing.and_then(words::standing);
    words.map_or_else(String::new, |words| format!("  {words}"))
}

/// Who is to decide; nobody is asked about what has no value.
fn owner(page: &Page, finding: &Finding) -> Option<String> {
    if finding.rule.category == Category::Trivial {
        return None;
    }
    let owner = page.report.owners.owner(finding.document)?;
    Some(format!("{} {}", owner.source.role(), escape::visible(&owner.name)))
}

/// The evidence and the counterpart, in words.
fn why(page: &Page, finding: &Finding) -> String {
    let report = page.report;
    if let Some(sentence) = brief::sentence(report, finding) {
        return sentence;
    }
    let mut words: Vec<String> =
        finding.evidence().iter().map(|it| words::evidence(report, it)).collect();
    let is_named =
        |id| finding.evidence().iter().any(|evidence| evidence.value == Value::Document(id));
    if let Some(&first) = finding.related.first().filter(|&&first| !is_named(first)) {
        let path = layout::shorten(&words::document(report, first), page.width - 10);
        let more = match finding.related.len() - 1 {
            0 => String::new(),
            more => format!(" and {} more", words::number(more as u64)),
        };
        words.insert(0, format!("see {path}{more}"));
    }
    words.join("; ")
}

fn more(page: &mut Page, section: &Section, shown: usize) -> io::Result<()> {
    let hidden = (section.groups.len() + section.single.len()).saturating_sub(shown);
    if hidden == 0 {
        return Ok(());
    }
    let noun = match (section.groups.is_empty(), hidden) {
        (true, _) => "",
        (false, 1) => " group",
        (false, _) => " groups",
    };
    let hidden = words::number(hidden as u64);
    let command = page.command("report --format csv");
    page.line(&format!("  and {hidden} more{noun}: {command}"))
}
