//! A review was promised, or asked for, by a day that has passed.
//!
//! The document's own promise comes first: a day by which it is to be reviewed, or the day of its
//! last review and an interval (calendar months, as GOV.UK's publishing tools count them). Then
//! what the policy asks of its path.

use std::borrow::Cow;

use chrono::NaiveDate;

use crate::extract::{DateClaim, DateRole, Interval, Provenance};
use crate::inventory::{DocId, Record};

use super::super::dates::{Trust, latest, latest_past, spelled};
use super::super::policy::{Effective, Setting};
use super::super::{Category, Confidence, Context, Evidence, Finding, Rule, Severity, Value};
use super::{each, expired, withdrawn, words_between};

pub(in crate::rot) const RULE: Rule = Rule {
    id: "review-overdue",
    category: Category::Obsolete,
    severity: Severity::Warning,
    summary: "The review that the document promises, or the policy asks for, is overdue.",
    check,
};

fn check(ctx: &Context) -> Vec<Finding> {
    each(ctx, |document, record| {
        if withdrawn::holds(record) || expired::holds(ctx, record) {
            return None;
        }
        finding(ctx, document, record)
    })
}

/// A day by which a review is due, and what it follows from, the most telling first.
struct Due {
    day: NaiveDate,
    evidence: Vec<Evidence>,
}

/// The finding, if the review is overdue.
pub(super) fn finding(ctx: &Context, document: DocId, record: &Record) -> Option<Finding> {
    let rule = ctx.policy.rule_for(&record.file.path);
    let grace = rule.grace.as_ref();
    let is_overdue = |due: &Due| {
        let end = grace.map_or(Some(due.day), |grace| grace.value.after(due.day));
        end.is_some_and(|end| end < ctx.as_of)
    };
    let due = promised(ctx, record)
        .filter(is_overdue)
        .or_else(|| asked(ctx, document, record, &rule).filter(is_overdue))?;
    let as_of = Provenance::Computed(format!("as of {}", ctx.as_of));
    let late = Value::Text(words_between(due.day, ctx.as_of));
    let mut evidence = due.evidence.into_iter();
    let first = evidence.next()?;
    let mut finding = Finding::new(&RULE, document, Confidence::Likely, first);
    finding.date = Some(due.day);
    finding = evidence.fold(finding, Finding::and).and(Evidence::new("overdue for", late, as_of));
    Some(match grace {
        Some(grace) => finding.and(setting("grace", grace)),
        None => finding,
    })
}

/// A day by which somebody is to look at a document again, past or to come.
#[derive(Clone, Debug, PartialEq)]
pub struct Review {
    /// The document.
    pub document: DocId,
    /// The day by which its review is due.
    pub due: NaiveDate,
    /// What the day follows from, the most telling first. Never empty.
    pub evidence: Vec<Evidence>,
}

/// The next review of each document that has one, by day; the overdue ones are the findings' own.
/// Documents that are over, and those in declared archives, have none.
pub(in crate::rot) fn reviews(ctx: &Context) -> Vec<Review> {
    let mut reviews: Vec<_> = ctx
        .inventory
        .iter()
        .filter(|(_, record)| record.is_readable())
        .filter_map(|(document, record)| next(ctx, document, record))
        .collect();
    reviews.sort_by_key(|it| (it.due, it.document));
    reviews
}

fn next(ctx: &Context, document: DocId, record: &Record) -> Option<Review> {
    let is_over = || {
        withdrawn::holds(record)
            || expired::holds(ctx, record)
            || ctx.policy.is_archived(&record.file.path)
    };
    let rule = ctx.policy.rule_for(&record.file.path);
    let promised = promised(ctx, record);
    let asked = || asked(ctx, document, record, &rule);
    let Due { day, evidence } = match promised {
        // A promise that is overdue comes first, as in the findings; else whichever is nearer.
        Some(promised) if ctx.as_of <= promised.day => match asked() {
            Some(asked) if asked.day < promised.day => asked,
            _ => promised,
        },
        Some(promised) => promised,
        None => asked()?,
    };
    (!is_over()).then_some(Review { document, due: day, evidence })
}

/// When the document itself promises its next review.
fn promised(ctx: &Context, record: &Record) -> Option<Due> {
    let due =
        ctx.dates.claims_of(record, DateRole::Due).into_iter().max_by_key(|claim| latest(claim));
    if let Some(claim) = due {
        let day = latest(&claim);
        return Some(Due { day, evidence: vec![date("review date", day, &claim)] });
    }
    let written = record.metadata.review_interval.as_ref()?;
    let interval = Interval::parse(&written.value)?;
    let (last, claim) = last_confirmed(ctx, record)?;
    let day = interval.after(last)?;
    let from = Provenance::Computed(format!("last review {last} and {}", spelled(interval)));
    let text = Value::Text(written.value.trim().to_owned());
    let mut evidence = vec![
        Evidence::new("review date", Value::Date(day), from),
        date("last reviewed", last, &claim),
        Evidence::new("review interval", text, written.provenance.clone()),
    ];
    if let (Trust::Suspect, why) = ctx.dates.judge(record, &claim) {
        let from = Provenance::Computed("dates of the same field".to_owned());
        evidence.push(Evidence::new("confirmed in bulk", Value::Text(why), from));
    }
    Some(Due { day, evidence })
}

/// When the policy asks for the next review.
fn asked(ctx: &Context, document: DocId, record: &Record, rule: &Effective) -> Option<Due> {
    let every = rule.review_every.as_ref().filter(|_| !rule.stable)?;
    let (last, last_seen) = match last_of(ctx, record, DateRole::Reviewed) {
        Some((last, claim)) => (last, date("last reviewed", last, &claim)),
        None => {
            let chosen = ctx.dates.chosen(document).filter(|it| it.is_verification())?;
            let provenance = chosen.provenance;
            (chosen.date, Evidence::new("last verified", Value::Date(chosen.date), provenance))
        }
    };
    let day = every.value.after(last)?;
    let from = Provenance::Computed(format!("{last} and {}", spelled(every.value)));
    let mut evidence = vec![
        Evidence::new("review date", Value::Date(day), from),
        last_seen,
        setting("policy asks for a review every", every),
    ];
    if let Some(reason) = &rule.reason {
        let value = Value::Text(reason.value.to_owned());
        evidence.push(Evidence::new("reason of the policy", value, reason.provenance()));
    }
    Some(Due { day, evidence })
}

/// The day from which a declared interval counts: the last review, else the last declared change
/// (Microsoft's `ms.date` with `ms.update-cycle`).
fn last_confirmed<'a>(
    ctx: &Context,
    record: &'a Record,
) -> Option<(NaiveDate, Cow<'a, DateClaim>)> {
    last_of(ctx, record, DateRole::Reviewed).or_else(|| last_of(ctx, record, DateRole::Updated))
}

fn last_of<'a>(
    ctx: &Context,
    record: &'a Record,
    role: DateRole,
) -> Option<(NaiveDate, Cow<'a, DateClaim>)> {
    ctx.dates
        .claims_of(record, role)
        .into_iter()
        .filter_map(|claim| Some((latest_past(&claim, ctx.as_of)?, claim)))
        .max_by_key(|(day, _)| *day)
}

fn date(what: &'static str, day: NaiveDate, claim: &DateClaim) -> Evidence {
    Evidence::new(what, Value::Date(day), claim.provenance.clone())
}

fn setting(what: &'static str, setting: &Setting<'_, Interval>) -> Evidence {
    Evidence::new(what, Value::Text(spelled(setting.value)), setting.provenance())
}

#[cfg(test)]
mod tests {
    use super::super::super::dates::tests::claim;
    use super::super::super::testing::{declared, findings, front_matter, record};
    use super::super::super::{PathRule, PathRules, Policy};
    use super::*;

    fn reviewed(last: &str, interval: &str) -> Record {
        let mut record = record("a.md");
        let last = claim(DateRole::Reviewed, last, front_matter("last_reviewed_on"));
        record.metadata.dates = vec![last];
        record.metadata.review_interval = declared("review_in", interval);
        record
    }

    fn due(day: &str) -> Record {
        let mut record = record("a.md");
        record.metadata.dates = vec![claim(DateRole::Due, day, front_matter("review_by"))];
        record
    }

    fn due_day(record: Record, policy: &Policy, as_of: &str) -> Option<String> {
        let findings = findings(&RULE, vec![record], policy, as_of);
        findings.first().and_then(|it| it.date).map(|day| day.to_string())
    }

    fn policy(rule: PathRule) -> Policy {
        let rule = PathRule { glob: "**".to_owned(), line: Some(7), ..rule };
        Policy { rules: PathRules::new(vec![rule]).unwrap(), ..Policy::default() }
    }

    /// Pages of a public documentation site, with the day that its own tools compute.
    #[test]
    fn intervals_are_counted_as_the_publishing_tools_of_gov_uk_do() {
        let policy = Policy::default();
        for (last, interval, due) in [
            ("2025-08-05", "6 months", "2026-02-05"),
            ("2025-08-31", "6 months", "2026-02-28"),
            ("2025-03-05", " 6 months", "2025-09-05"),
            ("2025-02-28", "12 months", "2026-02-28"),
        ] {
            let found = due_day(reviewed(last, interval), &policy, "2026-04-22");
            assert_eq!(found.as_deref(), Some(due), "{last} {interval}");
        }
        assert_eq!(due_day(reviewed("2025-10-22", "6 months"), &policy, "2026-04-22"), None);
        let day_after = due_day(reviewed("2025-10-22", "6 months"), &policy, "2026-04-23");
        assert_eq!(day_after.as_deref(), Some("2026-04-22"));
    }

    #[test]
    fn an_interval_that_cannot_be_read_and_an_impossible_day_are_no_promise() {
        let policy = Policy::default();
        assert_eq!(due_day(reviewed("2020-01-01", "soon"), &policy, "2026-04-22"), None);
        assert_eq!(due_day(reviewed("2030-01-01", "6 months"), &policy, "2026-04-22"), None);
    }

    #[test]
    fn a_review_is_due_on_its_day_and_overdue_on_the_next() {
        let policy = Policy::default();
        assert_eq!(due_day(due("2026-04-22"), &policy, "2026-04-22"), None);
        assert!(due_day(due("2026-04-21"), &policy, "2026-04-22").is_some());
    }

    #[test]
    fn the_policy_is_asked_where_the_document_promises_nothing_and_is_quoted_with_its_line() {
        let every = Interval { months: 12, days: 0 };
        let policy = policy(PathRule { review_every: Some(every), ..PathRule::default() });
        let mut page = record("a.docx");
        let core = Provenance::property("docProps/core.xml dcterms:modified");
        page.metadata.dates = vec![claim(DateRole::Updated, "2024-01-31", core)];
        let found = findings(&RULE, vec![page], &policy, "2026-04-22");
        assert_eq!(found[0].date, "2025-01-31".parse().ok());
        let asked = &found[0].evidence()[2];
        assert_eq!(asked.value, Value::Text("12 months".to_owned()));
        assert_eq!(asked.provenance.to_string(), "policy rule for **, line 7");
        assert_eq!(due_day(record("b.docx"), &policy, "2026-04-22"), None);
    }

    #[test]
    fn grace_puts_the_finding_off_and_records_of_events_are_spared_by_the_policy() {
        let grace = Some(Interval { months: 0, days: 30 });
        let patient = policy(PathRule { grace, ..PathRule::default() });
        assert_eq!(due_day(due("2026-04-01"), &patient, "2026-05-01"), None);
        assert!(due_day(due("2026-04-01"), &patient, "2026-05-02").is_some());
        let every = Some(Interval { months: 1, days: 0 });
        let stable = PathRule { review_every: every, stable: Some(true), ..PathRule::default() };
        let mut page = reviewed("2020-01-01", "never");
        page.metadata.review_interval = None;
        assert_eq!(due_day(page, &policy(stable), "2026-04-22"), None);
    }
}
