//! How often each rule was right, by the verdicts of reviewers, and what follows for it.

use std::collections::BTreeMap;

use crate::rot::{Finding, Floor, Severity};

use super::judgements::{Judgements, Verdict};

/// Of a normal distribution, 95 % lie within so many standard deviations.
const Z: f64 = 1.96;

/// How often a rule was right.
#[derive(Clone, Debug, PartialEq)]
pub struct RulePrecision {
    /// The rule's id.
    pub rule: String,
    /// Verdicts that say so.
    pub right: u32,
    /// Verdicts that say otherwise.
    pub wrong: u32,
    /// Verdicts that say neither; they do not count.
    pub unsure: u32,
    /// Whether its findings were demoted to notes for it.
    pub is_demoted: bool,
}

impl RulePrecision {
    /// The share that was right; none without a verdict.
    pub fn share(&self) -> Option<f64> {
        let judged = self.right + self.wrong;
        (0 < judged).then(|| f64::from(self.right) / f64::from(judged))
    }

    /// Where the share of all its findings lies, with 95 % confidence (Wilson's interval).
    ///
    /// Holds if what was judged was drawn at random.
    pub fn interval(&self) -> (f64, f64) {
        let judged = f64::from(self.right + self.wrong);
        let Some(share) = self.share() else { return (0.0, 1.0) };
        let scale = 1.0 + Z * Z / judged;
        let middle = (share + Z * Z / (2.0 * judged)) / scale;
        let spread = share * (1.0 - share) / judged + Z * Z / (4.0 * judged * judged);
        let half = Z * spread.sqrt() / scale;
        ((middle - half).max(0.0), (middle + half).min(1.0))
    }

    fn is_below(&self, floor: Floor) -> bool {
        floor.verdicts <= self.right + self.wrong
            && self.share().is_some_and(|share| share < floor.precision)
    }
}

/// The precision of every rule that was judged, by rule.
pub fn precision(judgements: &Judgements) -> Vec<RulePrecision> {
    let mut rules: BTreeMap<&str, RulePrecision> = BTreeMap::new();
    for judgement in judgements.iter() {
        let rule = rules.entry(&judgement.rule).or_insert_with(|| RulePrecision {
            rule: judgement.rule.clone(),
            right: 0,
            wrong: 0,
            unsure: 0,
            is_demoted: false,
        });
        match judgement.verdict {
            Verdict::Right => rule.right += 1,
            Verdict::Wrong => rule.wrong += 1,
            Verdict::Unsure => rule.unsure += 1,
        }
    }
    rules.into_values().collect()
}

/// Makes notes of the findings of rules that were right less often than the policy's floor.
pub fn demote(findings: &mut [Finding], precision: &mut [RulePrecision], floor: Floor) {
    for rule in precision.iter_mut().filter(|rule| rule.is_below(floor)) {
        rule.is_demoted = true;
        for finding in findings.iter_mut().filter(|it| it.rule.id == rule.rule) {
            finding.severity = Severity::Note;
        }
    }
    if precision.iter().any(|rule| rule.is_demoted) {
        // Stable, as the findings were sorted when they were made.
        findings.sort_by_key(|it| (std::cmp::Reverse(it.severity), it.document));
    }
}

#[cfg(test)]
mod tests {
    use super::super::judgements::Judgement;
    use super::*;
    use crate::extract::Provenance;
    use crate::inventory::DocId;
    use crate::rot::{Confidence, Evidence, RULES, Value};

    fn judged(right: u32, wrong: u32) -> RulePrecision {
        let rule = "expired".to_owned();
        RulePrecision { rule, right, wrong, unsure: 0, is_demoted: false }
    }

    #[test]
    fn intervals_are_wilsons() {
        // 46 of 53: 87 %, 75 % to 94 %.
        let (low, high) = judged(46, 7).interval();
        assert!((low - 0.752).abs() < 0.002 && (high - 0.935).abs() < 0.002, "{low} {high}");
        assert_eq!(judged(0, 0).interval(), (0.0, 1.0));
        assert_eq!(judged(20, 0).interval().1, 1.0);
        assert!(judged(20, 0).interval().0 < 0.85);
    }

    #[test]
    fn verdicts_are_counted_by_rule_and_unsure_ones_do_not_count() {
        let mut judgements = Judgements::default();
        for (finding, verdict) in
            [("a", Verdict::Right), ("b", Verdict::Wrong), ("c", Verdict::Unsure)]
        {
            judgements.add(Judgement {
                finding: finding.to_owned(),
                rule: "expired".to_owned(),
                path: String::new(),
                verdict,
                by: String::new(),
                on: None,
                why: String::new(),
            });
        }
        let rules = precision(&judgements);
        assert_eq!((rules[0].right, rules[0].wrong, rules[0].unsure), (1, 1, 1));
        assert_eq!(rules[0].share(), Some(0.5));
    }

    #[test]
    fn rules_below_the_floor_become_notes_once_enough_was_judged() {
        let rule = |id: &str| RULES.iter().copied().find(|it| it.id == id).unwrap();
        let finding = |id, document| {
            let size = Evidence::new("size", Value::Bytes(0), Provenance::FileSystem);
            Finding::new(rule(id), DocId(document), Confidence::Likely, size)
        };
        let findings = || vec![finding("expired", 0), finding("withdrawn", 1)];
        let floor = Floor { precision: 0.9, verdicts: 20 };
        for (right, wrong, is_demoted) in [(17, 3, true), (18, 2, false), (0, 19, false)] {
            let (mut findings, mut rules) = (findings(), [judged(right, wrong)]);
            demote(&mut findings, &mut rules, floor);
            assert_eq!(rules[0].is_demoted, is_demoted, "{right} {wrong}");
            assert_eq!(findings[0].rule.id == "withdrawn", is_demoted);
        }
        let (mut findings, mut rules) = (findings(), [judged(0, 50)]);
        demote(&mut findings, &mut rules, Floor::default());
        assert_eq!(findings[0].severity, Severity::Error);
    }
}
