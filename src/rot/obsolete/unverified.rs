//! Nobody is known to have looked at the document for longer than the policy allows.
//!
//! A note, never a verdict: over 3,761 scheduled reviews, time since the last one did not predict
//! whether a page needed change. Documents without a trusted date are not named here; of those
//! nobody can say.

use crate::extract::Provenance;
use crate::inventory::{DocId, Record};

use super::super::dates::spelled;
use super::super::{Category, Confidence, Context, Evidence, Finding, Rule, Severity, Value};
use super::{draft_left, each, expired, review_overdue, withdrawn, words_between};

pub(in crate::rot) const RULE: Rule = Rule {
    id: "unverified",
    category: Category::Obsolete,
    severity: Severity::Note,
    summary: "Nobody verified the document for longer than the policy allows; \
              this does not say that it is wrong.",
    check,
};

fn check(ctx: &Context) -> Vec<Finding> {
    // A copy or an old version is to go, however long ago somebody looked at it.
    let mut is_told = vec![false; ctx.inventory.len()];
    for (member, _) in ctx.duplicates().groups.iter().flat_map(|it| &it.members) {
        is_told[member.0 as usize] = true;
    }
    each(ctx, |document, record| {
        let finding = finding(ctx, document, record)?;
        let has_stronger = is_told[document.0 as usize]
            || withdrawn::holds(record)
            || expired::holds(ctx, record)
            || review_overdue::finding(ctx, document, record).is_some()
            || draft_left::finding(ctx, document, record).is_some();
        (!has_stronger).then_some(finding)
    })
}

fn finding(ctx: &Context, document: DocId, record: &Record) -> Option<Finding> {
    let rule = ctx.policy.rule_for(&record.file.path);
    let limit = rule.max_unverified.as_ref().filter(|_| !rule.stable)?;
    // The date alone first: the words are made for those that need them.
    if ctx.as_of <= limit.value.after(ctx.dates.trusted(document)?)? {
        return None;
    }
    let chosen = ctx.dates.chosen(document).filter(|chosen| chosen.is_verification())?;
    let words = format!(
        "not verified for {}; policy asks for {}",
        words_between(chosen.date, ctx.as_of),
        spelled(limit.value)
    );
    let evidence = Evidence::new("last verified", Value::Date(chosen.date), chosen.provenance);
    let age = Provenance::Computed(format!("{}, as of {}", chosen.words, ctx.as_of));
    let asked = Value::Text(spelled(limit.value));
    let mut finding = Finding::new(&RULE, document, Confidence::Possible, evidence)
        .and(Evidence::new("age", Value::Text(words), age))
        .and(Evidence::new("policy asks for", asked, limit.provenance()));
    finding.date = Some(chosen.date);
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::super::super::dates::tests::claim;
    use super::super::super::testing::{declared, findings, front_matter, record};
    use super::super::super::{PathRule, PathRules, Policy};
    use super::*;
    use crate::extract::DateRole;
    use crate::fingerprint::Hash;

    fn page(role: DateRole, day: &str) -> Record {
        let mut page = record("a.md");
        page.metadata.dates = vec![claim(role, day, front_matter("date"))];
        page
    }

    fn found(record: Record, policy: &Policy) -> Vec<Finding> {
        findings(&RULE, vec![record], policy, "2026-04-22")
    }

    #[test]
    fn age_is_told_in_words_with_what_the_policy_asks() {
        let findings = found(page(DateRole::Updated, "2023-02-20"), &Policy::default());
        let words = "not verified for 3 years 2 months; policy asks for 36 months";
        assert_eq!(findings[0].evidence()[1].value, Value::Text(words.to_owned()));
        assert_eq!(found(page(DateRole::Updated, "2023-04-22"), &Policy::default()), []);
    }

    #[test]
    fn creation_says_nothing_about_verification() {
        assert_eq!(found(page(DateRole::Created, "2000-01-01"), &Policy::default()), []);
    }

    #[test]
    fn a_document_with_a_stronger_finding_gets_no_note() {
        let mut page = page(DateRole::Updated, "2015-01-01");
        page.metadata.status = declared("status", "withdrawn");
        assert_eq!(found(page, &Policy::default()), []);
    }

    #[test]
    fn a_copy_gets_no_note_beside_the_one_that_stays() {
        let mut original = page(DateRole::Updated, "2015-01-01");
        original.hash = Some(Hash::of(b"one two"));
        original.file.size = 7;
        let mut copy = original.clone();
        copy.file.path = "b/copy of a.md".into();
        let found = findings(&RULE, vec![original, copy], &Policy::default(), "2026-04-22");
        assert_eq!(found.iter().map(|it| it.document.0).collect::<Vec<_>>(), [0]);
    }

    #[test]
    fn records_of_events_do_not_go_stale() {
        let glob = "**".to_owned();
        let rule = PathRule { glob, stable: Some(true), ..PathRule::default() };
        let rules = PathRules::new(vec![rule]).unwrap();
        let policy = Policy { rules, ..Policy::default() };
        assert_eq!(found(page(DateRole::Updated, "2000-01-01"), &policy), []);
    }
}
