//! The truth about a tree, and how what was found compares with it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use chrono::NaiveDate;
use serde::Deserialize;

/// `truth.toml`, as fixtures/trees/README.md describes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Truth {
    as_of: String,
    #[serde(default)]
    not_judged: Vec<String>,
    #[serde(default, rename = "finding")]
    findings: Vec<TrueFinding>,
    #[serde(default, rename = "group")]
    groups: Vec<TrueGroup>,
    #[serde(default)]
    may: Vec<TrueFinding>,
    #[serde(default, rename = "not")]
    traps: Vec<Trap>,
    ledger: TrueLedger,
    #[serde(default)]
    unread: Vec<Unread>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TrueFinding {
    rule: String,
    path: String,
    #[serde(default)]
    related: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TrueGroup {
    kind: String,
    #[serde(default)]
    or: Vec<String>,
    canonical: Option<String>,
    members: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Trap {
    rule: Option<String>,
    path: Option<String>,
    #[serde(default)]
    paths: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TrueLedger {
    seen: u64,
    read: u64,
    partly_read: u64,
    not_read: u64,
    not_documents: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unread {
    path: String,
    reason: String,
}

/// What docrot said of a tree, in words.
pub(crate) struct Found {
    pub(crate) findings: Vec<FoundFinding>,
    pub(crate) groups: Vec<FoundGroup>,
    /// Seen, read, partly read, not read, not documents.
    pub(crate) ledger: [u64; 5],
    /// Reason code of each file that was not read.
    pub(crate) unread: BTreeMap<String, String>,
}

pub(crate) struct FoundFinding {
    pub(crate) rule: String,
    pub(crate) category: String,
    pub(crate) severity: String,
    pub(crate) path: String,
    pub(crate) related: Vec<String>,
}

pub(crate) struct FoundGroup {
    pub(crate) kind: String,
    pub(crate) canonical: String,
    /// Without the canonical document.
    pub(crate) members: Vec<String>,
}

impl Truth {
    pub(crate) fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap();
        toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    pub(crate) fn day(&self) -> NaiveDate {
        self.as_of.parse().unwrap()
    }
}

impl FoundFinding {
    /// Whether the truth has to account for it: notes on obsolete documents are not compared.
    fn counts(&self, truth: &Truth) -> bool {
        (self.severity != "note" || self.category != "obsolete")
            && !truth.not_judged.contains(&self.rule)
    }
}

impl FoundGroup {
    fn holds(&self, path: &str) -> bool {
        self.canonical == path || self.members.iter().any(|member| member == path)
    }
}

/// Right, missing and unexpected findings of a rule.
#[derive(Default)]
struct Score {
    right: usize,
    missing: usize,
    unexpected: usize,
}

/// How what was found compares with the truth.
#[derive(Default)]
pub(crate) struct Comparison {
    /// One line for each difference; empty where there is none.
    pub(crate) complaints: Vec<String>,
    scores: BTreeMap<String, Score>,
    // Positions of findings that the truth accounts for.
    explained: BTreeSet<usize>,
}

impl Comparison {
    pub(crate) fn of(truth: &Truth, found: &Found) -> Self {
        let mut comparison = Self::default();
        for expected in &truth.findings {
            comparison.expect_finding(expected, found);
        }
        for group in &truth.groups {
            comparison.expect_group(group, found);
        }
        comparison.refuse_the_rest(truth, found);
        for trap in &truth.traps {
            comparison.refuse_trap(trap, truth, found);
        }
        comparison.compare_ledger(truth, found);
        // Groups overlap, so a missing finding may have been missed twice.
        comparison.complaints.sort();
        comparison.complaints.dedup();
        comparison
    }

    /// Precision and recall by rule.
    pub(crate) fn table(&self) -> String {
        let mut table = format!("{:<20} {:>9} {:>9}\n", "rule", "precision", "recall");
        let share = |part: usize, rest: usize| match part + rest {
            0 => "-".to_owned(),
            whole => format!("{part}/{whole}"),
        };
        for (rule, score) in &self.scores {
            let precision = share(score.right, score.unexpected);
            let recall = share(score.right, score.missing);
            writeln!(table, "{rule:<20} {precision:>9} {recall:>9}").unwrap();
        }
        table
    }

    fn score(&mut self, rule: &str) -> &mut Score {
        self.scores.entry(rule.to_owned()).or_default()
    }

    fn expect_finding(&mut self, expected: &TrueFinding, found: &Found) {
        let position = found.findings.iter().position(|it| {
            it.rule == expected.rule
                && it.path == expected.path
                && expected.related.iter().all(|path| it.related.contains(path))
        });
        let Some(position) = position else {
            self.score(&expected.rule).missing += 1;
            let others = rules_on(found, &expected.path);
            let line = format!("missing     {:<16} {}{others}", expected.rule, expected.path);
            return self.complaints.push(line);
        };
        self.explained.insert(position);
        self.score(&expected.rule).right += 1;
    }

    /// All members but the one that stays carry a finding of the group's kind.
    fn expect_group(&mut self, group: &TrueGroup, found: &Found) {
        let says_so = |rule: &String| *rule == group.kind || group.or.contains(rule);
        let flagged: BTreeMap<&String, usize> = (found.findings.iter().enumerate())
            .filter(|(_, it)| says_so(&it.rule) && group.members.contains(&it.path))
            .filter(|(_, it)| group.canonical.as_ref() != Some(&it.path))
            .map(|(position, it)| (&it.path, position))
            .collect();
        let others = group.members.len() - 1;
        self.explained.extend(flagged.values());
        self.score(&group.kind).right += flagged.len().min(others);
        if flagged.len() > others {
            self.score(&group.kind).unexpected += 1;
            let members = group.members.join(", ");
            self.complaints.push(format!("nobody stays {:<15} {members}", group.kind));
        }
        if flagged.len() < others {
            self.score(&group.kind).missing += others - flagged.len();
            let stays = group.canonical.as_ref();
            for member in group.members.iter().filter(|it| stays != Some(*it)) {
                if !flagged.contains_key(member) {
                    let seen = rules_on(found, member);
                    self.complaints.push(format!("missing     {:<16} {member}{seen}", group.kind));
                }
            }
        }
    }

    fn refuse_the_rest(&mut self, truth: &Truth, found: &Found) {
        for (position, finding) in found.findings.iter().enumerate() {
            let may = |it: &TrueFinding| it.rule == finding.rule && it.path == finding.path;
            if !finding.counts(truth)
                || self.explained.contains(&position)
                || truth.may.iter().any(may)
            {
                continue;
            }
            self.score(&finding.rule).unexpected += 1;
            let related = finding.related.join(", ");
            let line = format!("unexpected  {:<16} {} ({related})", finding.rule, finding.path);
            self.complaints.push(line);
        }
    }

    fn refuse_trap(&mut self, trap: &Trap, truth: &Truth, found: &Found) {
        let meant = |rule: &str| trap.rule.as_deref().is_none_or(|it| it == rule);
        for finding in found.findings.iter().filter(|it| trap.path.as_ref() == Some(&it.path)) {
            if meant(&finding.rule) && finding.counts(truth) {
                self.complaints.push(format!("trapped     {:<16} {}", finding.rule, finding.path));
            }
        }
        let [a, b] = trap.paths.as_slice() else {
            return;
        };
        for group in found.groups.iter().filter(|it| meant(it.kind.as_str())) {
            if group.holds(a) && group.holds(b) {
                self.complaints.push(format!("trapped     {:<16} {a} with {b}", group.kind));
            }
        }
    }

    fn compare_ledger(&mut self, truth: &Truth, found: &Found) {
        let TrueLedger { seen, read, partly_read, not_read, not_documents } = truth.ledger;
        let expected = [seen, read, partly_read, not_read, not_documents];
        if expected != found.ledger {
            self.complaints.push(format!(
                "ledger      expected {expected:?}, found {:?} (seen, read, partly read, not read, \
                 not documents)",
                found.ledger
            ));
        }
        let expected: BTreeMap<_, _> =
            truth.unread.iter().map(|it| (it.path.clone(), it.reason.clone())).collect();
        for (path, reason) in expected.iter().filter(|it| found.unread.get(it.0) != Some(it.1)) {
            let instead = found.unread.get(path).map_or("read", String::as_str);
            self.complaints.push(format!("ledger      {path}: expected {reason}, found {instead}"));
        }
        for (path, reason) in found.unread.iter().filter(|it| !expected.contains_key(it.0)) {
            self.complaints
                .push(format!("ledger      {path}: expected to be read, found {reason}"));
        }
    }
}

/// What was found on a path instead, for the reader of a complaint.
fn rules_on(found: &Found, path: &str) -> String {
    let rules: Vec<&str> =
        found.findings.iter().filter(|it| it.path == path).map(|it| it.rule.as_str()).collect();
    match rules.as_slice() {
        [] => String::new(),
        rules => format!(" (found instead: {})", rules.join(", ")),
    }
}
