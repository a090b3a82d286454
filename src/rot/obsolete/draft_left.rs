//! A draft that nobody has touched for a year.

use crate::extract::{Interval, Provenance};
use crate::inventory::{DocId, Record};

use super::super::{Category, Confidence, Context, Evidence, Finding, Rule, Severity, Value};
use super::status::{Meaning, meaning};
use super::{each, words_between};

/// Untouched for this long, a draft was left lying.
const LEFT_AFTER: Interval = Interval { months: 12, days: 0 };

pub(in crate::rot) const RULE: Rule = Rule {
    id: "draft-left",
    category: Category::Obsolete,
    severity: Severity::Note,
    summary: "The document calls itself a draft and was not touched for 12 months.",
    check,
};

fn check(ctx: &Context) -> Vec<Finding> {
    each(ctx, |document, record| finding(ctx, document, record))
}

/// The finding, if the document is a draft that was left lying.
pub(super) fn finding(ctx: &Context, document: DocId, record: &Record) -> Option<Finding> {
    let status = record.metadata.status.as_ref()?;
    if meaning(&status.value) != Some(Meaning::Draft) {
        return None;
    }
    let chosen = ctx.dates.chosen(document).filter(|chosen| chosen.is_verification())?;
    if ctx.as_of <= LEFT_AFTER.after(chosen.date)? {
        return None;
    }
    let since = Value::Text(words_between(chosen.date, ctx.as_of));
    let as_of = Provenance::Computed(format!("as of {}", ctx.as_of));
    let quoted = Value::Text(status.value.trim().chars().take(200).collect());
    let evidence = Evidence::new("status", quoted, status.provenance.clone());
    let mut finding = Finding::new(&RULE, document, Confidence::Likely, evidence)
        .and(Evidence::new("last touched", Value::Date(chosen.date), chosen.provenance))
        .and(Evidence::new("untouched for", since, as_of));
    finding.date = Some(chosen.date);
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::super::super::Policy;
    use super::super::super::dates::tests::claim;
    use super::super::super::testing::{declared, findings, front_matter, record};
    use super::*;
    use crate::extract::DateRole;

    fn is_left(status: &str, role: DateRole, day: &str) -> bool {
        let mut draft = record("a.md");
        draft.metadata.status = declared("status", status);
        draft.metadata.dates = vec![claim(role, day, front_matter("date"))];
        !findings(&RULE, vec![draft], &Policy::default(), "2026-04-22").is_empty()
    }

    #[test]
    fn a_draft_is_left_after_a_year_without_a_touch() {
        assert!(is_left("draft", DateRole::Updated, "2025-04-21"));
        assert!(!is_left("draft", DateRole::Updated, "2025-04-22"));
        assert!(!is_left("final", DateRole::Updated, "2020-01-01"));
    }

    #[test]
    fn the_day_a_draft_was_created_does_not_say_when_it_was_last_touched() {
        assert!(!is_left("draft", DateRole::Created, "2015-01-01"));
    }
}
