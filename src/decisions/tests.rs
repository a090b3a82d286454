//! How findings are recognised over time, and what people decided of them.
#![cfg(test)]

use chrono::NaiveDate;
use proptest::prelude::*;

use crate::crawl::FileEntry;
use crate::extract::Provenance;
use crate::fingerprint::Hash;
use crate::inventory::{Inventory, Record, RootId, Status};
use crate::rot::{Assessment, Confidence, Evidence, Finding, Group, RULES, Value, identity};

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A tree of files that are copies of one another where their names begin alike, and its findings:
/// of each group the first in the order of `stays` stays.
struct Tree {
    inventory: Inventory,
    assessment: Assessment,
    ids: Vec<String>,
}

fn near(rule: &'static str, files: &[(&str, &str)], stays: &str) -> Tree {
    let records = files.iter().map(|(path, content)| Record {
        root: RootId(0),
        file: FileEntry { path: path.into(), ..FileEntry::default() },
        status: Status::Read,
        format: None,
        metadata: Default::default(),
        hash: Some(Hash::of(content.as_bytes())),
        fingerprint: None,
        reached: None,
    });
    let inventory = Inventory::new(vec!["/srv".into()], records.collect());
    let id = |path: &str| inventory.find(RootId(0), path.as_ref()).unwrap();
    let canonical = id(stays);
    let rule = RULES.iter().copied().find(|it| it.id == rule).unwrap();
    let others = inventory.iter().map(|(id, _)| id).filter(|it| *it != canonical);
    let members: Vec<_> = others.map(|it| (it, 0.9)).collect();
    let finding = |&(member, share): &(_, f64)| {
        let from = Provenance::Computed("shingles".to_owned());
        let evidence = Evidence::new("similarity", Value::Share(share), from);
        let mut finding = Finding::new(rule, member, Confidence::Likely, evidence);
        finding.related = vec![canonical];
        finding.group = Some(0);
        finding
    };
    let findings: Vec<_> = members.iter().map(finding).collect();
    let group = Group { kind: rule.id, canonical, reasons: Vec::new(), is_tie: false, members };
    let groups = vec![group];
    let assessment = Assessment { findings, groups, ..Assessment::default() };
    let ids = identity::ids(&inventory, &assessment.findings);
    Tree { inventory, assessment, ids }
}

impl Tree {
    fn marks(&self) -> Vec<Mark<'_>> {
        marks(&self.inventory, &self.assessment, &self.ids)
    }

    fn accepted(&self, on: &str) -> Baseline {
        let mut baseline = Baseline::default();
        baseline.accept(&self.marks(), |_| true, |_| true, day(on));
        Baseline::read(&baseline.to_table()).unwrap()
    }

    /// How the findings of a later tree stand to this one's, by path, and how many are gone.
    fn then(&self, later: &Self) -> (Vec<(String, &'static str)>, usize) {
        let baseline = self.accepted("2026-05-01");
        let marks = later.marks();
        let stood = stand(&marks, Some(&baseline), &Decisions::default(), day("2026-06-01"));
        let told = |(mark, standing): (&Mark, &Standing)| {
            let word = match standing {
                Standing::Raised { why: Raise::TextChanged, .. } => "changed",
                Standing::Raised { why: Raise::GroupGrew, .. } => "grew",
                other => other.name(),
            };
            (mark.path.to_string(), word)
        };
        (marks.iter().zip(&stood.standings).map(told).collect(), stood.gone.len())
    }
}

fn told(pairs: &[(&str, &'static str)]) -> Vec<(String, &'static str)> {
    pairs.iter().map(|(path, word)| ((*path).to_owned(), *word)).collect()
}

const NEAR: [(&str, &str); 3] = [("a.md", "one"), ("b.md", "two"), ("c.md", "three")];

#[test]
fn the_same_tree_has_nothing_new() {
    let tree = near("near-duplicate", &NEAR, "a.md");
    let still = told(&[("b.md", "still there"), ("c.md", "still there")]);
    assert_eq!(tree.then(&tree), (still, 0));
}

#[test]
fn a_move_raises_nothing() {
    let tree = near("near-duplicate", &NEAR, "a.md");
    let moved = [("x/a.md", "one"), ("y/b.md", "two"), ("c.md", "three")];
    let moved = near("near-duplicate", &moved, "x/a.md");
    let still = told(&[("c.md", "still there"), ("y/b.md", "still there")]);
    assert_eq!(tree.then(&moved), (still, 0));
}

#[test]
fn a_move_that_makes_another_copy_stay_raises_nothing() {
    let tree = near("near-duplicate", &NEAR, "a.md");
    // The same contents, and what was found of `b` is now told of `a`.
    let flipped = near("near-duplicate", &NEAR, "b.md");
    let still = told(&[("a.md", "still there"), ("c.md", "still there")]);
    assert_eq!(tree.then(&flipped), (still, 0));
}

#[test]
fn a_group_that_lost_its_first_copy_raises_nothing() {
    let tree = near("near-duplicate", &NEAR, "a.md");
    let less = near("near-duplicate", &NEAR[1..], "b.md");
    assert_eq!(tree.then(&less), (told(&[("c.md", "still there")]), 1));
}

#[test]
fn a_changed_text_is_raised_again_and_its_group_where_it_is_the_one_that_stays() {
    let tree = near("near-duplicate", &NEAR, "a.md");
    let edited = [("a.md", "one"), ("b.md", "two!"), ("c.md", "three")];
    let member = near("near-duplicate", &edited, "a.md");
    let expected = told(&[("b.md", "changed"), ("c.md", "still there")]);
    assert_eq!(tree.then(&member), (expected, 0));
    let edited = [("a.md", "one!"), ("b.md", "two"), ("c.md", "three")];
    let stays = near("near-duplicate", &edited, "a.md");
    assert_eq!(tree.then(&stays), (told(&[("b.md", "changed"), ("c.md", "changed")]), 0));
}

#[test]
fn a_group_that_grew_is_raised_again() {
    let tree = near("near-duplicate", &NEAR, "a.md");
    let more = [NEAR.as_slice(), &[("d.md", "four")]].concat();
    let more = near("near-duplicate", &more, "a.md");
    let expected = told(&[("b.md", "grew"), ("c.md", "grew"), ("d.md", "new")]);
    assert_eq!(tree.then(&more), (expected, 0));
    // Equal bytes share everything but their place.
    let copies = [("a", "x"), ("b", "x"), ("c", "x")];
    let tree = near("exact-copy", &copies, "a");
    let more = [copies.as_slice(), &[("aa", "x")]].concat();
    let expected = told(&[("aa", "new"), ("b", "grew"), ("c", "grew")]);
    assert_eq!(tree.then(&near("exact-copy", &more, "a")), (expected, 0));
}

#[test]
fn what_is_gone_is_told_and_forgotten_with_the_next_baseline() {
    let tree = near("near-duplicate", &NEAR, "a.md");
    let less = near("near-duplicate", &NEAR[..2], "a.md");
    assert_eq!(tree.then(&less), (told(&[("b.md", "still there")]), 1));
    let mut baseline = tree.accepted("2026-05-01");
    let is_of_another = |it: &Accepted| it.finding.rule != "near-duplicate";
    baseline.accept(&less.marks(), |_| true, is_of_another, day("2026-06-01"));
    assert_eq!(baseline.iter().len(), 2, "what is not covered stays");
    baseline.accept(&less.marks(), |_| true, |_| true, day("2026-06-01"));
    let since: Vec<_> = baseline.iter().map(|it| it.finding.since).collect();
    assert_eq!(since, [day("2026-05-01")], "what was known stays known since then");
}

#[test]
fn only_what_is_chosen_is_accepted() {
    let tree = near("near-duplicate", &NEAR, "a.md");
    let mut baseline = Baseline::default();
    assert_eq!(baseline.accept(&tree.marks(), |at| at == 0, |_| false, day("2026-05-01")), 1);
    let marks = tree.marks();
    let stood = stand(&marks, Some(&baseline), &Decisions::default(), day("2026-06-01"));
    let names: Vec<_> = stood.standings.iter().map(Standing::name).collect();
    assert_eq!(names, ["still there", "new"]);
}

fn decision(mark: &Mark, what: Disposition, until: Option<&str>) -> Decision {
    Decision {
        finding: mark.id.to_owned(),
        rule: mark.rule.to_owned(),
        path: mark.path.to_string(),
        what,
        by: "=Kim".to_owned(),
        on: Some(day("2026-05-01")),
        until: until.map(day),
        why: "cited, \"twice\"".to_owned(),
        trace: mark.trace,
    }
}

#[test]
fn a_decision_holds_until_its_day_and_lapses_on_it() {
    let tree = near("near-duplicate", &NEAR, "a.md");
    let marks = tree.marks();
    let mut decisions = Decisions::default();
    decisions.insert(decision(&marks[0], Disposition::Keep, Some("2026-06-02")));
    let at = |as_of| stand(&marks, None, &decisions, day(as_of)).standings;
    assert!(at("2026-06-01")[0].is_settled());
    assert_eq!(at("2026-06-02")[0].name(), "lapsed");
    assert!(!at("2026-06-02")[0].is_settled() && at("2026-06-02")[0].is_news());
    assert_eq!(at("2026-06-01")[1], Standing::Still { since: day("2026-06-01") });
}

#[test]
fn a_decision_survives_a_move_and_falls_with_the_text() {
    let tree = near("near-duplicate", &NEAR, "a.md");
    let mut decisions = Decisions::default();
    decisions.insert(decision(&tree.marks()[0], Disposition::Delete, None));
    let settled = |files: &[(&str, &str)], stays| {
        let later = near("near-duplicate", files, stays);
        let marks = later.marks();
        let standings = stand(&marks, None, &decisions, day("2026-06-01")).standings;
        let settled = marks.iter().zip(standings).filter(|(_, it)| it.is_settled());
        settled.map(|(mark, _)| mark.path.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(settled(&[("x/b.md", "two"), NEAR[0], NEAR[2]], "a.md"), ["x/b.md"]);
    assert!(settled(&[("b.md", "two!"), NEAR[0], NEAR[2]], "a.md").is_empty());
    // Another copy stays now: what was to be deleted is still that one, and never the other.
    assert_eq!(settled(&NEAR, "c.md"), ["b.md"]);
    assert!(settled(&NEAR, "b.md").is_empty());
}

#[test]
fn decisions_of_equal_copies_stay_where_they_were_made() {
    let tree = near("exact-copy", &[("a", "x"), ("b", "x"), ("c", "x")], "a");
    let mut decisions = Decisions::default();
    decisions.insert(decision(&tree.marks()[1], Disposition::Keep, None));
    let more = near("exact-copy", &[("a", "x"), ("aa", "x"), ("b", "x"), ("c", "x")], "a");
    let marks = more.marks();
    let standing = decisions.standing(&marks);
    let decided: Vec<_> = marks
        .iter()
        .zip(standing)
        .filter(|(_, it)| it.is_some())
        .map(|(it, _)| &*it.path)
        .collect();
    assert_eq!(decided, ["c"]);
}

#[test]
fn pruning_takes_out_what_is_gone_and_nothing_else() {
    let tree = near("near-duplicate", &NEAR, "a.md");
    let mut decisions = Decisions::default();
    for mark in tree.marks() {
        decisions.insert(decision(&mark, Disposition::Delete, None));
    }
    let less = near("near-duplicate", &NEAR[..2], "a.md");
    let settled = decisions.prune(&less.marks());
    assert_eq!(settled.iter().map(|it| it.path.as_str()).collect::<Vec<_>>(), ["c.md"]);
    assert_eq!(decisions.iter().len(), 1);
}

#[test]
fn decisions_read_back_as_written_and_no_cell_is_a_formula() {
    let tree = near("near-duplicate", &[("a", "1"), ("=cmd|'x'!A,\n1.md", "2")], "a");
    let mut decisions = Decisions::default();
    decisions.insert(decision(&tree.marks()[0], Disposition::NotMine, Some("2027-01-01")));
    let table = decisions.to_table();
    assert_eq!(Decisions::read(&table), Ok(decisions));
    assert!(table.contains("\"'=cmd") && table.contains("\"'=Kim\""), "{table}");
    assert_eq!(table.lines().count(), 2, "{table}");
}

#[test]
fn a_sheet_is_read_row_by_row_and_mistakes_are_told_with_their_line() {
    let sheet = "\u{feff}Path;ID;Decision;Until;Why\r\nx;0F;Not mine;31.12.2026;moved\r\n\
                 x;1f;;;\r\nx;2f;perhaps;;\r\nx;3f;keep;12/31/2026;\r\nx;;keep;;\r\n";
    let rows = rows(&Table::from_csv(sheet).unwrap()).unwrap();
    let (line, first) = rows[0].clone().unwrap();
    assert_eq!((line, first.finding.as_str(), first.what), (2, "0f", Disposition::NotMine));
    assert_eq!((first.until, first.why.as_str()), (Some(day("2026-12-31")), "moved"));
    let refused: Vec<String> =
        rows[1..].iter().map(|it| it.clone().unwrap_err().to_string()).collect();
    assert_eq!(
        refused,
        [
            "line 4: `perhaps` is none of keep, update, archive, delete, not mine",
            "line 5: `12/31/2026` is no day; write it as 2026-12-31",
            "line 6: there is no id of a finding",
        ]
    );
    let no_column = super::rows(&Table::from_csv("id,rule\n").unwrap());
    assert_eq!(no_column.unwrap_err().to_string(), "there is no column `decision`");
}

#[test]
fn history_keeps_one_line_a_scan_and_forgets_the_oldest() {
    let scan = |second, decisions_open| PastScan {
        on: chrono::DateTime::from_timestamp(second, 0).unwrap(),
        decisions_open,
        ..PastScan::default()
    };
    let mut history = Vec::new();
    for second in 0..1005 {
        add_to_history(&mut history, scan(second, 9));
    }
    let text = add_to_history(&mut history, scan(1004, 7));
    let read = read_history(&(text + "{\"cut\n"));
    assert_eq!((read.len(), &read), (1000, &history));
    assert_eq!((read[0].on.timestamp(), read[999].decisions_open), (5, 7));
}

#[test]
fn what_is_first_seen_survives_a_move_and_not_a_change() {
    let now = |scan| FirstSeen { on: day("2026-06-01"), scan };
    let tree = near("near-duplicate", &NEAR, "a.md");
    let seen = first_seen("", &tree.marks(), now(1));
    let text = first_seen_lines(&tree.marks(), &seen);
    let later = [("a.md", "one"), ("x/b.md", "two"), ("c.md", "three!")];
    let later = near("near-duplicate", &later, "a.md");
    let seen = first_seen(&text, &later.marks(), now(2));
    let by_path: Vec<_> = later
        .marks()
        .iter()
        .zip(&seen)
        .map(|(it, seen)| (it.path.to_string(), seen.scan))
        .collect();
    assert_eq!(by_path, [("c.md".to_owned(), 2), ("x/b.md".to_owned(), 1)]);
}

proptest! {
    /// Whatever is moved wherever, nothing is new and nothing is gone.
    #[test]
    fn moves_alone_change_nothing(
        contents in prop::collection::vec(0..4_u8, 2..8),
        folders in prop::collection::vec(0..5_u8, 8),
        stays in 0..8_usize,
    ) {
        let name = |at: usize, folder: u8| format!("{folder}/{at}.md");
        let texts: Vec<String> = contents.iter().map(|it| format!("text {it}")).collect();
        let files = |folder: &dyn Fn(usize) -> u8| -> Vec<(String, String)> {
            texts.iter().enumerate().map(|(at, text)| (name(at, folder(at)), text.clone())).collect()
        };
        let tree = |files: &[(String, String)]| {
            let stays = files[stays % files.len()].0.clone();
            let files: Vec<(&str, &str)> =
                files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
            near("near-duplicate", &files, &stays)
        };
        let before = tree(&files(&|_| 0));
        let after = tree(&files(&|at| folders[at]));
        let (standings, gone) = before.then(&after);
        prop_assert_eq!(gone, 0);
        prop_assert!(standings.iter().all(|(_, word)| *word == "still there"), "{:?}", standings);
    }
}
