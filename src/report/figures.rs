//! The figures at the head of a report, each with its denominator.
//!
//! A document counts once, however many rules hold for it.

use std::collections::BTreeMap;

use crate::decisions::Standing;
use crate::inventory::{DocId, Record};
use crate::rot::{Category, RULES, Severity};

use super::Report;

/// Kinds of groups whose members are copies of one another.
pub const COPIES: &[&str] = &["exact-copy", "same-text", "near-duplicate"];

/// What the audit comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Files seen.
    pub seen: u64,
    /// Documents read, in whole or in part; where only exact copies were looked for, all files: their
    /// bytes were compared.
    pub readable: u64,
    /// Documents with a finding above a note about which nobody decided.
    pub to_decide: u64,
    /// Findings about which somebody decided, so that they ask for nothing more.
    pub decided: u64,
    /// Findings above a note that are new since the baseline.
    pub new: u64,
    /// Findings above a note that were accepted and are raised again.
    pub raised: u64,
    /// Findings above a note about which somebody decided, for a time that is over.
    pub lapsed: u64,
    /// Findings of the baseline that are there no more, without those of rules that only note
    /// things.
    pub gone: u64,
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
            readable: if report.summary.only_exact {
                report.ledger.seen - report.ledger.not_read
            } else {
                report.ledger.read + report.ledger.partly_read
            },
            gone: report.gone.iter().filter(|it| !is_note(&it.rule)).count() as u64,
            ..Self::default()
        };
        let mut parts: BTreeMap<(Category, &'static str), u64> = BTreeMap::new();
        for (position, finding) in report.assessment.findings.iter().enumerate() {
            let needs_decision = Severity::Note < finding.severity;
            let is_readable = report.inventory[finding.document].is_readable();
            let is_settled = figures.count(report.standing(position), needs_decision);
            let is_open = needs_decision && !is_settled;
            figures.to_decide += u64::from(is_open && marks.set(finding.document, TO_DECIDE));
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
                if record.is_readable() || report.summary.only_exact {
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

    /// Counts how a finding stands, and says whether somebody has decided about it.
    fn count(&mut self, standing: Option<&Standing>, needs_decision: bool) -> bool {
        let Some(standing) = standing else { return false };
        let is_settled = standing.is_settled();
        self.decided += u64::from(is_settled);
        let counter = match standing {
            Standing::New => &mut self.new,
            Standing::Raised { .. } => &mut self.raised,
            Standing::Lapsed { .. } => &mut self.lapsed,
            Standing::Still { .. } | Standing::Decided { .. } => return is_settled,
        };
        *counter += u64::from(needs_decision);
        is_settled
    }
}

/// Whether a rule only notes things; one that is not known may do more.
fn is_note(rule: &str) -> bool {
    RULES.iter().any(|it| it.id == rule && it.severity == Severity::Note)
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
    use crate::decisions::Disposition;
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
    fn where_only_bytes_are_compared_copies_count_among_all_files() {
        let picture = |path| Record {
            status: crate::inventory::Status::NotADocument,
            ..sample::document(path, 100)
        };
        let mut share = sample::Share::of(&["/srv"], ["a", "b", "c"].map(picture).to_vec());
        share.assessment.groups = vec![Group {
            kind: "exact-copy",
            canonical: DocId(0),
            reasons: Vec::new(),
            is_tie: false,
            members: vec![(DocId(2), 1.0)],
        }];
        let figures = Figures::of(&share.report());
        assert_eq!((figures.redundant, figures.readable), (0, 0));
        share.summary.only_exact = true;
        let figures = Figures::of(&share.report());
        assert_eq!((figures.redundant, figures.readable), (1, 3));
    }

    #[test]
    fn notes_need_no_decision() {
        let mut share = sample::share();
        share.assessment.findings.retain(|finding| finding.severity == Severity::Note);
        let figures = Figures::of(&share.report());
        assert_eq!((figures.to_decide, figures.obsolete), (0, 0));
    }

    #[test]
    fn what_was_decided_asks_for_nothing_until_it_lapses() {
        let mut share = sample::share();
        let before = Figures::of(&share.report());
        let since = sample::day(2026, 5, 1);
        share.standings = vec![Standing::Still { since }; share.assessment.findings.len()];
        assert_eq!(Figures::of(&share.report()), before);
        let decision = sample::decision(Disposition::Keep);
        share.standings[0] = Standing::Decided { decision: decision.clone() };
        share.standings[1] = Standing::Lapsed { decision };
        let handed_on = sample::decision(Disposition::NotMine);
        share.standings[2] = Standing::Decided { decision: handed_on };
        share.standings[3] = Standing::New;
        share.standings[5] = Standing::New;
        let after = Figures::of(&share.report());
        assert_eq!(after.to_decide, before.to_decide - 1);
        // The finding that only notes something is new, and asks for nothing.
        assert_eq!((after.decided, after.lapsed, after.new), (1, 1, 1));
        assert_eq!(after.obsolete, before.obsolete);
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
