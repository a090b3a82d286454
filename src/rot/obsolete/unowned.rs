//! Nobody answers for a document for which the policy asks that somebody does, or who does has
//! left.
//!
//! Who answers is found where the policy says, see [`Ownership`](super::super::Ownership).

use chrono::NaiveDate;

use crate::extract::Provenance;
use crate::inventory::{DocId, Record};

use super::super::owners::{owner_of, people};
use super::super::{
    Category, Confidence, Context, Evidence, Finding, Owner, Policy, Required, Rule, Severity,
    Value,
};
use super::each;

pub(in crate::rot) const RULE: Rule = Rule {
    id: "unowned",
    category: Category::Obsolete,
    severity: Severity::Note,
    summary: "Nobody answers for the document although the policy asks for an owner, \
              or its owner has left.",
    check,
};

fn check(ctx: &Context) -> Vec<Finding> {
    let asks = |rule: &super::super::PathRule| rule.require.is_some();
    if ctx.policy.leavers.is_empty() && !ctx.policy.rules.iter().any(asks) {
        return Vec::new();
    }
    each(ctx, |document, record| finding(ctx, document, record))
}

fn finding(ctx: &Context, document: DocId, record: &Record) -> Option<Finding> {
    let owner = owner_of(document, record, ctx.policy, &ctx.hints.owners);
    let Some(Owner { name: owner, source, provenance }) = owner else {
        let rule = ctx.policy.rule_for(&record.file.path);
        let require = rule.require.filter(|it| it.value.contains(&Required::Owner))?;
        let asked = Value::Text("owner".to_owned());
        let missing = Evidence::new("missing", asked, require.provenance());
        return Some(Finding::new(&RULE, document, Confidence::Likely, missing));
    };
    let last_day = left(ctx.policy, &owner, ctx.as_of)?;
    let named = Value::Text(owner.chars().take(200).collect());
    let named = Evidence::new(source.role(), named, provenance);
    let finding = Finding::new(&RULE, document, Confidence::Likely, named);
    let list = Provenance::property("policy people who left");
    Some(match last_day {
        Some(day) => finding.and(Evidence::new("left on", Value::Date(day), list)),
        None => finding.and(Evidence::new("left", Value::Text("day not stated".to_owned()), list)),
    })
}

/// Whether everybody whom `owner` names has left by this day, and the last one's last day.
fn left(policy: &Policy, owner: &str, as_of: NaiveDate) -> Option<Option<NaiveDate>> {
    if policy.leavers.is_empty() {
        return None;
    }
    let mut last: Option<Option<NaiveDate>> = None;
    for names in people(owner) {
        let day = names.iter().find_map(|it| policy.leavers.get(it))?;
        if day.is_some_and(|day| as_of <= day) {
            return None;
        }
        last = Some(last.flatten().max(*day));
    }
    last
}

#[cfg(test)]
mod tests {
    use super::super::super::PathRule;
    use super::super::super::testing::{declared, findings, record, ruled};
    use super::*;

    fn asking(owner: Option<&str>) -> Policy {
        let require = Some(vec![Required::Owner]);
        let rule = PathRule { require, owner: owner.map(str::to_owned), ..PathRule::default() };
        Policy {
            leavers: [
                ("kim@example.org".to_owned(), "2025-12-31".parse().ok()),
                ("lee".to_owned(), None),
            ]
            .into(),
            ..ruled(rule)
        }
    }

    fn said(owner: Option<&str>, policy: &Policy, as_of: &str) -> Vec<&'static str> {
        let mut page = record("a.md");
        page.metadata.owner = owner.and_then(|it| declared("owner", it));
        let found = findings(&RULE, vec![page], policy, as_of);
        found.iter().flat_map(|it| it.evidence()).map(|it| it.what).collect()
    }

    #[test]
    fn a_document_without_anybody_is_unowned_where_the_policy_asks() {
        assert_eq!(said(None, &asking(None), "2026-04-22"), ["missing"]);
        assert!(said(None, &asking(Some("team")), "2026-04-22").is_empty());
        assert!(said(Some("Ann"), &asking(None), "2026-04-22").is_empty());
        assert!(said(None, &Policy::default(), "2026-04-22").is_empty());
    }

    #[test]
    fn an_owner_who_left_owns_nothing_from_the_day_after() {
        let kim = Some("Kim Lee <Kim@Example.org>");
        assert_eq!(said(kim, &asking(None), "2026-01-01"), ["owner", "left on"]);
        assert!(said(kim, &asking(None), "2025-12-31").is_empty());
        assert_eq!(said(Some("Lee"), &asking(None), "2025-12-31"), ["owner", "left"]);
        let both = Some("kim@example.org, Ann");
        assert!(said(both, &asking(None), "2026-01-01").is_empty());
        assert_eq!(said(None, &asking(Some("lee")), "2026-01-01"), ["owner", "left"]);
    }
}
