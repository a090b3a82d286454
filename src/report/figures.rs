//! The figures at the head of a report, each with its denominator.
//!
//! A document counts once, however many rules hold for it.

use std::collections::BTreeMap;

use crate::inventory::{DocId, Record};
use crate::rot::{Category, Severity};

use super::Report;

/// Kinds of groups whose members are copies of one another.
pub const COPIES: &[&str] = &["exact-copy", "same-text", "near-duplicate"];

/// What the audit comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Files seen.
    pub seen: u64,
    /// Documents read, in whole or in part.
    pub readable: u64,
    /// Documents with a finding above a note.
    pub to_decide: u64,
    /// Readable documents in groups of copies, without the one of each group that stays.
    pub redundant: u64,
    /// Readable documents with an obsolete finding above a note.
    pub obsolete: u64,
    /// Files with a trivial finding.
    pub trivial: u64,
    /// Size in bytes of the members of groups of copies, without the one of each that stays. Hard
    /// links to it take no space.
    pub reclaimable: u64,
    /// How many documents each kind of group or rule contributes, the largest first.
    pub parts: BTreeMap<Category, Vec<(&'static str, u64)>>,
}

impl Figures {
    /// Adds up a report.
    pub fn of(report: &Report) -> Self {
        let mut marks = Marks(vec![0; report.inventory.len()]);
        let mut figures = Self {
            seen: report.ledger.seen,
            readable: report.ledger.read + report.ledger.partly_read,
            ..Self::default()
        };
        let mut parts: BTreeMap<(Category, &'static str), u64> = BTreeMap::new();
        for finding in &report.assessment.findings {
            let needs_decision = Severity::Note < finding.severity;
            let is_readable = report.inventory[finding.document].is_readable();
            figures.to_decide +=
                u64::from(needs_decision && marks.set(finding.document, TO_DECIDE));
            let category = finding.rule.category;
            let (counter, mark) = match category {
                Category::Obsolete if needs_decision && is_readable => {
                    (&mut figures.obsolete, OBSOLETE)
                }
                Category::Trivial => (&mut figures.trivial, TRIVIAL),
                _ => continue,
            };
            *counter += u64::from(marks.set(finding.document, mark));
            *parts.entry((category, finding.rule.id)).or_default() += 1;
        }
        for group in report.assessment.groups.iter().filter(|it| COPIES.contains(&it.kind)) {
            let canonical = &report.inventory[group.canonical];
            for &(member, _) in &group.members {
                let record = &report.inventory[member];
                if !marks.set(member, REDUNDANT) {
                    continue;
                }
                // What is inside of a file cannot be removed from it.
                let is_stuck = is_same_file(record, canonical) || record.file.container.is_some();
                figures.reclaimable += if is_stuck { 0 } else { record.file.size };
                if record.is_readable() {
                    figures.redundant += 1;
                    *parts.entry((Category::Redundant, group.kind)).or_default() += 1;
                }
            }
        }
        for ((category, name), count) in parts {
            figures.parts.entry(category).or_default().push((name, count));
        }
        figures.parts.values_mut().for_each(|it| it.sort_by_key(|&(_, count)| u64::MAX - count));
        figures
    }
}

const TO_DECIDE: u8 = 1;
const REDUNDANT: u8 = 2;
const OBSOLETE: u8 = 4;
const TRIVIAL: u8 = 8;

/// What is already counted of each document.
struct Marks(Vec<u8>);

impl Marks {
    // Whether the mark is new.
    fn set(&mut self, document: DocId, mark: u8) -> bool {
        let marks = &mut self.0[document.0 as usize];
        let is_new = *marks & mark == 0;
        *marks |= mark;
        is_new
    }
}

fn is_same_file(a: &Record, b: &Record) -> bool {
    a.file.identity.inode != 0 && a.file.identity == b.file.identity
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;
    use crate::rot::{Confidence, Finding, Group};

    #[test]
    fn a_document_counts_once_however_many_rules_hold() {
        let mut share = sample::share();
        let travel = share.id("HR/Travel v3.docx");
        let due = sample::due(sample::day(2024, 1, 1));
        let finding = Finding::new(&sample::OVERDUE, travel, Confidence::Likely, due);
        let before = Figures::of(&share.report());
        share.assessment.findings.push(finding);
        let after = Figures::of(&share.report());
        assert_eq!((after.to_decide, after.obsolete), (before.to_decide, before.obsolete));
        assert_eq!(after.parts[&Category::Obsolete], [("review-overdue", 2), ("withdrawn", 1)]);
    }

    #[test]
    fn notes_need_no_decision() {
        let mut share = sample::share();
        share.assessment.findings.retain(|finding| finding.severity == Severity::Note);
        let figures = Figures::of(&share.report());
        assert_eq!((figures.to_decide, figures.obsolete), (0, 0));
    }

    #[test]
    fn hard_links_and_members_of_two_groups_free_nothing_twice() {
        let mut records = ["a", "b", "c"].map(|path| sample::document(path, 100)).to_vec();
        for record in &mut records[..2] {
            record.file.identity.inode = 7;
        }
        let mut share = sample::Share::of(&["/srv"], records);
        let group = |kind, members| Group {
            kind,
            canonical: DocId(0),
            reasons: vec![],
            is_tie: false,
            members,
        };
        share.assessment.groups = vec![
            group("exact-copy", vec![(DocId(1), 1.0), (DocId(2), 1.0)]),
            group("near-duplicate", vec![(DocId(2), 0.9)]),
            group("superseded", vec![(DocId(1), 0.9)]),
        ];
        let figures = Figures::of(&share.report());
        assert_eq!((figures.redundant, figures.reclaimable), (2, 100));
    }

    #[test]
    fn attachments_free_nothing() {
        let mut records = ["a.txt", "m.eml/a.txt"].map(|path| sample::document(path, 100)).to_vec();
        records[1].file.container = Some("m.eml".into());
        let mut share = sample::Share::of(&["/srv"], records);
        share.assessment.groups = vec![Group {
            kind: "exact-copy",
            canonical: DocId(0),
            reasons: vec![],
            is_tie: false,
            members: vec![(DocId(1), 1.0)],
        }];
        let figures = Figures::of(&share.report());
        assert_eq!((figures.redundant, figures.reclaimable), (1, 0));
    }
}
