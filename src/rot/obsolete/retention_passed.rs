//! The period for which the policy keeps documents of this class has passed.
//!
//! Says so and no more: whether something is disposed of is for records management. Archives are
//! looked at too, being where such documents lie; what is under a hold is not named.

use std::borrow::Cow;

use chrono::NaiveDate;

use crate::extract::{DateClaim, Provenance};
use crate::inventory::{DocId, Record};

use super::super::dates::{Dates, Trust, latest};
use super::super::{
    Category, Confidence, Context, Evidence, Finding, Policy, Retention, Rule, Severity, Value,
};
use super::words_between;

pub(in crate::rot) const RULE: Rule = Rule {
    id: "retention-passed",
    category: Category::Obsolete,
    severity: Severity::Warning,
    summary: "The retention period of the policy has passed; ask records management.",
    check,
};

fn check(ctx: &Context) -> Vec<Finding> {
    if ctx.policy.rules.iter().all(|rule| rule.retention.is_none()) {
        return Vec::new();
    }
    let records = ctx.inventory.iter();
    records.filter_map(|(document, record)| finding(ctx, document, record)).collect()
}

fn finding(ctx: &Context, document: DocId, record: &Record) -> Option<Finding> {
    let path = &record.file.path;
    let retention = ctx.policy.rule_for(path).retention?;
    if ctx.policy.hold(path, ctx.as_of).is_some() {
        return None;
    }
    let claim = last_trigger(&ctx.dates, retention.value, record)?;
    let trigger = latest(&claim);
    let end = retention.value.keep.after(trigger)?;
    if ctx.as_of <= end {
        return None;
    }
    let from = Provenance::Computed(format!("{trigger} and {}", retention.value));
    let passed = Value::Text(words_between(end, ctx.as_of));
    let as_of = Provenance::Computed(format!("as of {}", ctx.as_of));
    let class = Value::Text(retention.value.class.clone());
    let mut finding = Finding::new(
        &RULE,
        document,
        Confidence::Likely,
        Evidence::new("retention ended", Value::Date(end), from),
    )
    .and(Evidence::new("passed for", passed, as_of))
    .and(Evidence::new(claim.role.name(), Value::Date(trigger), claim.provenance.clone()))
    .and(Evidence::new("retention class", class, retention.provenance()));
    finding.date = Some(end);
    Some(finding)
}

/// The last of the days from which the period counts: one that ends later harms nobody.
fn last_trigger<'r>(
    dates: &Dates<'_>,
    retention: &Retention,
    record: &'r Record,
) -> Option<Cow<'r, DateClaim>> {
    let claims = dates.claims_of(record, retention.trigger);
    let believed = claims.into_iter().filter(|it| dates.judge(record, it).0 != Trust::Suspect);
    believed.max_by_key(|it| latest(it))
}

/// The class of a document in the policy's retention schedule, and the last day on which it must be
/// kept; none where no date of it tells.
pub fn retention_of<'a>(
    dates: &Dates<'_>,
    policy: &'a Policy,
    record: &Record,
) -> Option<(&'a str, Option<NaiveDate>)> {
    let retention = policy.rule_for(&record.file.path).retention?.value;
    let claim = last_trigger(dates, retention, record);
    let end = claim.and_then(|it| retention.keep.after(latest(&it)));
    Some((&retention.class, end))
}

#[cfg(test)]
mod tests {
    use super::super::super::dates::tests::claim;
    use super::super::super::testing::{findings, record, ruled};
    use super::super::super::{Globs, Hold, PathRule, Policy, Retention};
    use super::*;
    use crate::extract::{DateRole, Interval};

    fn minutes() -> Policy {
        let keep = Interval { months: 84, days: 0 };
        let retention = Retention { class: "MEET-02".into(), trigger: DateRole::Subject, keep };
        ruled(PathRule { retention: Some(retention), ..PathRule::default() })
    }

    fn found(path: &str, policy: &Policy, as_of: &str) -> Vec<Finding> {
        let mut page = record(path);
        page.metadata.dates = vec![claim(DateRole::Subject, "2019-04-22", Provenance::FileName)];
        findings(&RULE, vec![page], policy, as_of)
    }

    #[test]
    fn a_period_has_passed_the_day_after_its_end_also_in_an_archive() {
        let page = "archive/2019-04-22 minutes.md";
        assert_eq!(found(page, &minutes(), "2026-04-22"), []);
        let passed = found(page, &minutes(), "2026-04-23");
        assert_eq!(passed[0].date, "2026-04-22".parse().ok());
        assert_eq!(passed[0].evidence()[3].value, Value::Text("MEET-02".to_owned()));
    }

    #[test]
    fn a_hold_wins() {
        let paths = Globs::new(["**"]).unwrap();
        let hold = Hold { paths, reason: "Doe v. Roe".to_owned(), ..Hold::default() };
        let held = Policy { holds: vec![hold], ..minutes() };
        assert_eq!(found("a.md", &held, "2030-01-01"), []);
    }
}
