//! The document's own validity has ended.

use std::borrow::Cow;

use chrono::NaiveDate;

use crate::extract::{DateClaim, DateRole, Provenance};
use crate::inventory::{DocId, Record};

use super::super::dates::{Trust, latest};
use super::super::{
    Category, Confidence, Context, Dates, Evidence, Finding, Policy, Rule, Severity, Value,
};
use super::{each, withdrawn, words_between};

pub(in crate::rot) const RULE: Rule = Rule {
    id: "expired",
    category: Category::Obsolete,
    severity: Severity::Error,
    summary: "The day until which the document calls itself valid has passed.",
    check,
};

fn check(ctx: &Context) -> Vec<Finding> {
    each(ctx, |document, record| finding(ctx, document, record))
}

fn finding(ctx: &Context, document: DocId, record: &Record) -> Option<Finding> {
    if withdrawn::holds(record) {
        return None;
    }
    let (claim, day) = expiry(ctx, record)?;
    let evidence = Evidence::new("expires", Value::Date(day), claim.provenance.clone());
    let ago = Value::Text(format!("{} ago", words_between(day, ctx.as_of)));
    let mut finding = Finding::new(&RULE, document, Confidence::Likely, evidence)
        .and(Evidence::new("expired", ago, Provenance::Computed(format!("as of {}", ctx.as_of))));
    finding.date = Some(day);
    // A template's default date on every page was not meant for this one.
    if let (Trust::Suspect, why) = ctx.dates.judge(record, &claim) {
        finding.confidence = Confidence::Possible;
        finding.severity = Severity::Warning;
        finding = finding.and(Evidence::new(
            "doubt",
            Value::Text(why),
            Provenance::Computed("dates of the same field".to_owned()),
        ));
    }
    Some(finding)
}

/// Whether the document's validity has ended.
pub(super) fn holds(ctx: &Context, record: &Record) -> bool {
    expiry(ctx, record).is_some()
}

/// Whether the document's validity has ended, for those who have no context.
pub(super) fn has_passed(record: &Record, policy: &Policy, dates: &Dates<'_>) -> bool {
    expiry_of(record, policy, dates).is_some()
}

/// The last day on which the document calls itself valid, if that has passed.
fn expiry<'a>(ctx: &Context, record: &'a Record) -> Option<(Cow<'a, DateClaim>, NaiveDate)> {
    expiry_of(record, ctx.policy, &ctx.dates)
}

fn expiry_of<'a>(
    record: &'a Record,
    policy: &Policy,
    dates: &Dates<'_>,
) -> Option<(Cow<'a, DateClaim>, NaiveDate)> {
    dates
        .claims_of(record, DateRole::Expires)
        .into_iter()
        .map(|claim| (latest(&claim), claim))
        .max_by_key(|(day, _)| *day)
        .filter(|(day, claim)| {
            *day < dates.as_of() && !policy.dates.ignore.iter().any(|ignored| ignored.is(claim))
        })
        .map(|(day, claim)| (claim, day))
}

#[cfg(test)]
mod tests {
    use super::super::super::dates::tests::claim;
    use super::super::super::testing::{findings, front_matter, record};
    use super::*;

    fn valid_until(path: &str, days: &[&str]) -> Record {
        let mut record = record(path);
        let expires = |day: &&str| claim(DateRole::Expires, day, front_matter("expiryDate"));
        record.metadata.dates = days.iter().map(expires).collect();
        record
    }

    fn found(records: Vec<Record>) -> Vec<Finding> {
        findings(&RULE, records, &Policy::default(), "2026-04-22")
    }

    #[test]
    fn a_document_is_valid_on_its_last_day_and_expired_on_the_next() {
        assert_eq!(found(vec![valid_until("a.md", &["2026-04-22"])]), []);
        let findings = found(vec![valid_until("a.md", &["2026-04-21"])]);
        assert_eq!(findings[0].evidence()[0].value, Value::Date("2026-04-21".parse().unwrap()));
        assert_eq!(findings[0].evidence()[1].value, Value::Text("1 day ago".to_owned()));
    }

    #[test]
    fn of_several_expiry_dates_the_last_counts_and_never_is_no_expiry() {
        assert_eq!(found(vec![valid_until("a.md", &["2020-01-01", "2027-01-01"])]), []);
        assert_eq!(found(vec![valid_until("a.md", &["1899-12-31"])]), []);
    }

    #[test]
    fn of_an_ambiguous_date_the_reading_that_spares_the_document_counts() {
        let mut record = valid_until("a.md", &["2026-03-05"]);
        record.metadata.dates[0].other_reading = Some("2026-05-03".parse().unwrap());
        assert_eq!(found(vec![record]), []);
    }

    #[test]
    fn a_default_date_on_every_page_is_doubted() {
        let page = |at: u32| valid_until(&format!("{at}.md"), &["2024-01-01"]);
        let findings = found((0..60).map(page).collect());
        assert_eq!(findings.len(), 60);
        assert_eq!(findings[0].confidence, Confidence::Possible);
        assert_eq!(findings[0].severity, Severity::Warning);
    }
}
