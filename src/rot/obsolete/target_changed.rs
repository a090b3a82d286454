//! What a document describes was changed after somebody last stood by the document.
//!
//! Only where the document declares what it describes, and only by dates that are believed on both
//! sides.

use crate::extract::Provenance;
use crate::inventory::{DocId, Record};

use super::super::{Category, Confidence, Context, Evidence, Finding, Rule, Severity, Value};
use super::{each, expired, successor, withdrawn, words_between};

pub(in crate::rot) const RULE: Rule = Rule {
    id: "target-changed",
    category: Category::Obsolete,
    severity: Severity::Note,
    summary: "What the document says it describes was changed after the document was.",
    check,
};

fn check(ctx: &Context) -> Vec<Finding> {
    each(ctx, |document, record| finding(ctx, document, record))
}

fn finding(ctx: &Context, document: DocId, record: &Record) -> Option<Finding> {
    let describes = record.metadata.describes.as_ref()?;
    let own = ctx.dates.chosen(document).filter(|it| it.is_verification())?;
    let changed = successor::find(ctx.inventory, record, &describes.value)
        .into_iter()
        .filter_map(|target| {
            let date = ctx.dates.chosen(target).filter(|it| it.is_verification())?;
            (own.date < date.date).then_some((target, date))
        })
        .max_by_key(|(_, date)| date.date);
    let (target, date) = changed?;
    if withdrawn::holds(record) || expired::holds(ctx, record) {
        return None;
    }
    let after = Value::Text(words_between(own.date, date.date));
    let mut finding = Finding::new(
        &RULE,
        document,
        Confidence::Possible,
        Evidence::new("describes", Value::Document(target), describes.provenance.clone()),
    )
    .and(Evidence::new("target changed", Value::Date(date.date), date.provenance))
    .and(Evidence::new("document last verified", Value::Date(own.date), own.provenance))
    .and(Evidence::new(
        "changed after",
        after,
        Provenance::Computed("from the document's date to the target's".to_owned()),
    ));
    finding.date = Some(own.date);
    finding.related.push(target);
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::super::super::Policy;
    use super::super::super::dates::tests::claim;
    use super::super::super::testing::{declared, findings, front_matter, record};
    use super::*;
    use crate::extract::DateRole;

    fn found(target_changed: &str) -> Vec<Finding> {
        let dated = |path: &str, day: &str| {
            let mut record = record(path);
            record.metadata.dates = vec![claim(DateRole::Updated, day, front_matter("updated"))];
            record
        };
        let mut guide = dated("guide.md", "2024-01-01");
        guide.metadata.describes = declared("describes", "specs/api.md, specs/none.md");
        let records = vec![guide, dated("specs/api.md", target_changed)];
        findings(&RULE, records, &Policy::default(), "2026-04-22")
    }

    #[test]
    fn a_target_that_changed_later_is_named_with_both_dates() {
        let found = found("2025-03-01");
        assert_eq!(found[0].related, [DocId(1)]);
        assert_eq!(found[0].evidence()[3].value, Value::Text("1 year 2 months".to_owned()));
    }

    #[test]
    fn a_target_that_did_not_change_since_is_no_finding() {
        assert_eq!(found("2024-01-01"), []);
    }
}
