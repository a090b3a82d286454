//! A document states dates that cannot all be true.
//!
//! Only what no reading of the dates can save: a review or change that is said to be done and lies
//! in the future, or before the day the document says it was created.

use crate::extract::{DateClaim, DateRole, Precision};
use crate::inventory::{DocId, Record};

use super::super::dates::{Trust, latest};
use super::super::{Category, Confidence, Context, Evidence, Finding, Rule, Severity, Value};
use super::each;

pub(in crate::rot) const RULE: Rule = Rule {
    id: "dates-disagree",
    category: Category::Obsolete,
    severity: Severity::Note,
    summary: "The document's own dates contradict each other, or claim a future day is past.",
    check,
};

fn check(ctx: &Context) -> Vec<Finding> {
    each(ctx, |document, record| finding(ctx, document, record))
}

fn finding(ctx: &Context, document: DocId, record: &Record) -> Option<Finding> {
    let declared = |role| {
        let mut claims = ctx.dates.claims_of(record, role);
        claims.retain(|it| ctx.dates.judge(record, it).0 == Trust::Declared);
        claims
    };
    let done = [declared(DateRole::Reviewed), declared(DateRole::Updated)].concat();
    let tomorrow = ctx.as_of.succ_opt()?;
    if let Some(claim) = done.iter().find(|claim| tomorrow < earliest(claim)) {
        return Some(Finding::new(&RULE, document, Confidence::Likely, future(claim)));
    }
    let created = declared(DateRole::Created);
    let created = created.iter().find(|it| it.precision == Precision::Day)?;
    // The last day of all counts: a history of changes may reach back before a template's date.
    let last = done.iter().max_by_key(|claim| latest(claim))?;
    (latest(last) < earliest(created)).then(|| {
        Finding::new(&RULE, document, Confidence::Likely, stated(name(last), last))
            .and(stated("created", created))
    })
}

/// The first day that a claim can mean.
fn earliest(claim: &DateClaim) -> chrono::NaiveDate {
    claim.other_reading.map_or(claim.date, |other| other.min(claim.date))
}

const fn name(claim: &DateClaim) -> &'static str {
    claim.role.name()
}

fn future(claim: &DateClaim) -> Evidence {
    let what = match claim.role {
        DateRole::Reviewed => "reviewed on a day that is yet to come",
        _ => "updated on a day that is yet to come",
    };
    stated(what, claim)
}

fn stated(what: &'static str, claim: &DateClaim) -> Evidence {
    Evidence::new(what, Value::Date(claim.date), claim.provenance.clone())
}

#[cfg(test)]
mod tests {
    use super::super::super::Policy;
    use super::super::super::dates::tests::claim;
    use super::super::super::testing::{findings, front_matter, record};
    use super::*;

    fn disagrees(dates: &[(DateRole, &str)]) -> bool {
        let mut page = record("a.md");
        let declared =
            |(role, day): &(DateRole, &str)| claim(*role, day, front_matter(role.name()));
        page.metadata.dates = dates.iter().map(declared).collect();
        !findings(&RULE, vec![page], &Policy::default(), "2026-04-22").is_empty()
    }

    #[test]
    fn what_is_done_cannot_lie_in_the_future() {
        assert!(disagrees(&[(DateRole::Reviewed, "2026-04-24")]));
        assert!(!disagrees(&[(DateRole::Reviewed, "2026-04-23")]));
        assert!(!disagrees(&[(DateRole::Due, "2027-01-01")]));
    }

    #[test]
    fn a_change_cannot_come_before_the_beginning() {
        let created = (DateRole::Created, "2024-05-01");
        assert!(disagrees(&[created, (DateRole::Updated, "2024-04-30")]));
        assert!(!disagrees(&[created, (DateRole::Updated, "2024-05-01")]));
        let history = [(DateRole::Updated, "2020-01-01"), (DateRole::Updated, "2025-01-01")];
        assert!(!disagrees(&[created, history[0], history[1]]));
    }
}
