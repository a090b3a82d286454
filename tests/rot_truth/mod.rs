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

impl TrueGroup {
    /// Whether a finding says of a member what is true of this group.
    fn explains(&self, finding: &FoundFinding) -> bool {
        let holds = |path: &String| self.members.contains(path);
        (finding.rule == self.kind || self.or.contains(&finding.rule))
            && holds(&finding.path)
            && finding.related.iter().any(holds)
            && self.canonical.as_ref() != Some(&finding.path)
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
        let flagged: BTreeMap<&String, usize> = (found.findings.iter().enumerate())
            .filter(|(_, finding)| group.explains(finding))
            .map(|(position, finding)| (&finding.path, position))
            .collect();
        self.explained.extend(flagged.values());
        let others = group.members.len() - 1;
        let missing = others.saturating_sub(flagged.len());
        let score = self.score(&group.kind);
        score.right += flagged.len().min(others);
        score.missing += missing;
        if flagged.len() > others {
            score.unexpected += 1;
            let members = group.members.join(" | ");
            self.complaints.push(format!("nobody stays {:<15} {members}", group.kind));
        }
        if missing > 0 {
            let open: Vec<String> = (group.members.iter())
                .filter(|it| group.canonical.as_ref() != Some(*it) && !flagged.contains_key(it))
                .map(|it| format!("{it}{}", rules_on(found, it)))
                .collect();
            let count = if missing < open.len() { format!("{missing} of ") } else { String::new() };
            let open = open.join(" | ");
            self.complaints.push(format!("missing     {:<16} {count}{open}", group.kind));
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

#[cfg(test)]
mod tests {
    use super::*;

    const LEDGER: &str = "as_of = '2026-06-01'\nledger.seen = 2\nledger.read = 2\n\
        ledger.partly_read = 0\nledger.not_read = 0\nledger.not_documents = 0\n";

    fn finding(rule: &str, path: &str, related: &str) -> FoundFinding {
        FoundFinding {
            rule: rule.into(),
            category: "redundant".into(),
            severity: "note".into(),
            path: path.into(),
            related: vec![related.into()],
        }
    }

    fn complaints(truth: &str, findings: Vec<FoundFinding>) -> Vec<String> {
        let truth = toml::from_str(&format!("{LEDGER}{truth}")).unwrap();
        let found =
            Found { findings, groups: vec![], ledger: [2, 2, 0, 0, 0], unread: BTreeMap::new() };
        Comparison::of(&truth, &found).complaints
    }

    #[test]
    fn any_one_member_may_stay_where_the_truth_names_none() {
        let truth = "[[group]]\nkind = 'exact-copy'\nmembers = ['a', 'b']\n";
        let (a, b) = (finding("exact-copy", "a", "b"), finding("exact-copy", "b", "a"));
        assert_eq!(complaints(truth, vec![]).len(), 1);
        assert!(complaints(truth, vec![finding("exact-copy", "a", "b")]).is_empty());
        assert!(complaints(truth, vec![a, b])[0].starts_with("nobody stays"));
    }

    #[test]
    fn the_canonical_document_carries_no_finding() {
        let truth = "[[group]]\nkind = 'exact-copy'\ncanonical = 'a'\nmembers = ['a', 'b']\n";
        assert!(complaints(truth, vec![finding("exact-copy", "b", "a")]).is_empty());
        assert_eq!(complaints(truth, vec![finding("exact-copy", "a", "b")]).len(), 2);
    }

    #[test]
    fn what_the_truth_does_not_explain_is_unexpected() {
        let findings = || vec![finding("near-duplicate", "a", "b")];
        assert!(complaints("", findings())[0].starts_with("unexpected"));
        assert!(
            complaints("[[may]]\nrule = 'near-duplicate'\npath = 'a'\n", findings()).is_empty()
        );
    }
}
