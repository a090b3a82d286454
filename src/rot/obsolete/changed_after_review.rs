//! A document was changed after the day on which somebody last confirmed it.
//!
//! What was confirmed is not what stands there now. A change of the next day may be the review's
//! own.

use crate::extract::{DateClaim, DateRole, Provenance};
use crate::inventory::{DocId, Record};

use super::super::dates::{Trust, latest, latest_past};
use super::super::{Category, Confidence, Context, Evidence, Finding, Rule, Severity, Value};
use super::{each, expired, withdrawn, words_between};

/// A change within so many days belongs to the review.
const SAME_OCCASION_DAYS: i64 = 7;

pub(in crate::rot) const RULE: Rule = Rule {
    id: "changed-after-review",
    category: Category::Obsolete,
    severity: Severity::Note,
    summary: "The document was changed after its last review.",
    check,
};

fn check(ctx: &Context) -> Vec<Finding> {
    each(ctx, |document, record| finding(ctx, document, record))
}

fn finding(ctx: &Context, document: DocId, record: &Record) -> Option<Finding> {
    let reviews = ctx.dates.claims_of(record, DateRole::Reviewed);
    let (reviewed, review) = reviews
        .iter()
        .filter_map(|claim| Some((latest_past(claim, ctx.as_of)?, claim)))
        .max_by_key(|(day, _)| *day)?;
    let changes = ctx.dates.claims_of(record, DateRole::Updated);
    let (changed, change) = changes
        .iter()
        .filter(|it| is_change_of_content(it) && ctx.dates.judge(record, it).0 != Trust::Suspect)
        .filter_map(|claim| {
            latest_past(claim, ctx.as_of)?;
            Some((earliest(claim), claim))
        })
        .max_by_key(|(day, _)| *day)?;
    let days = (changed - latest(review).max(reviewed)).num_days();
    if days <= SAME_OCCASION_DAYS || withdrawn::holds(record) || expired::holds(ctx, record) {
        return None;
    }
    let between = Value::Text(words_between(reviewed, changed));
    let mut finding = Finding::new(
        &RULE,
        document,
        Confidence::Likely,
        Evidence::new("last reviewed", Value::Date(reviewed), review.provenance.clone()),
    )
    .and(Evidence::new("last changed", Value::Date(changed), change.provenance.clone()))
    .and(Evidence::new(
        "changed after",
        between,
        Provenance::Computed("from the review to the change".to_owned()),
    ));
    finding.date = Some(reviewed);
    Some(finding)
}

/// The first day that a claim can mean.
fn earliest(claim: &DateClaim) -> chrono::NaiveDate {
    claim.other_reading.map_or(claim.date, |other| other.min(claim.date))
}

/// A page is printed to PDF, and a file copied, without a word being changed.
fn is_change_of_content(claim: &DateClaim) -> bool {
    match &claim.provenance {
        Provenance::Property { name, .. } => {
            !["info ", "xmp"].iter().any(|it| name.to_lowercase().starts_with(it))
        }
        Provenance::FileSystem | Provenance::FileName => false,
        Provenance::Text(_) | Provenance::Computed(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::Policy;
    use super::super::super::dates::tests::claim;
    use super::super::super::testing::{findings, front_matter, record};
    use super::*;

    fn is_found(changed: &str, place: Provenance) -> bool {
        let mut page = record("a.docx");
        page.metadata.dates = vec![
            claim(DateRole::Reviewed, "2025-01-01", front_matter("last_reviewed_on")),
            claim(DateRole::Updated, changed, place),
        ];
        !findings(&RULE, vec![page], &Policy::default(), "2026-04-22").is_empty()
    }

    #[test]
    fn a_change_well_after_the_review_is_found() {
        let core = || Provenance::property("docProps/core.xml dcterms:modified");
        assert!(is_found("2025-01-09", core()));
        for same in ["2025-01-08", "2024-06-01", "2027-01-01"] {
            assert!(!is_found(same, core()), "{same}");
        }
    }

    #[test]
    fn printing_and_copying_change_nothing() {
        assert!(!is_found("2025-06-01", Provenance::property("Info ModDate")));
        assert!(!is_found("2025-06-01", Provenance::FileSystem));
    }
}
