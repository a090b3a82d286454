//! A review date that many documents got on one day while nothing else in them changed.
//!
//! Shown, not accused: of reviews that were dated ten and more at a time, 56 % to 80 % changed
//! nothing but the date in two of three repositories, and 37 % in the third.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::extract::{DateClaim, DateRole, Provenance};
use crate::inventory::{DocId, Record, RootId};

use super::super::dates::{Trust, latest, latest_past};
use super::super::{Category, Confidence, Context, Evidence, Finding, Rule, Severity, Value};
use super::each;

/// Fewer reviews on one day are a day's work.
const MIN_DOCUMENTS: u32 = 5;

pub(in crate::rot) const RULE: Rule = Rule {
    id: "bulk-confirmed",
    category: Category::Obsolete,
    severity: Severity::Note,
    summary: "The review date was set on many documents on one day, without a change to this one.",
    check,
};

fn check(ctx: &Context) -> Vec<Finding> {
    let mut untouched: HashMap<(RootId, NaiveDate), u32> = HashMap::new();
    for (_, record) in ctx.inventory.iter() {
        if let Some((day, _, _)) = confirmed_untouched(ctx, record) {
            *untouched.entry((record.root, day)).or_default() += 1;
        }
    }
    untouched.retain(|_, count| MIN_DOCUMENTS <= *count);
    if untouched.is_empty() {
        return Vec::new();
    }
    each(ctx, |document, record| finding(ctx, &untouched, document, record))
}

fn finding(
    ctx: &Context,
    untouched: &HashMap<(RootId, NaiveDate), u32>,
    document: DocId,
    record: &Record,
) -> Option<Finding> {
    let (day, review, change) = confirmed_untouched(ctx, record)?;
    let count = *untouched.get(&(record.root, day))?;
    let together = Provenance::Computed(format!(
        "documents reviewed on {day} and not changed within a month before"
    ));
    let reviewed = Evidence::new("last reviewed", Value::Date(day), review.provenance);
    let changed = Evidence::new("last changed", Value::Date(latest(&change)), change.provenance);
    let mut finding = Finding::new(&RULE, document, Confidence::Possible, reviewed)
        .and(Evidence::new("reviewed that day", Value::Count(u64::from(count)), together))
        .and(changed);
    finding.date = Some(day);
    Some(finding)
}

/// The last review of a document whose last change is known and lies more than a month before it.
fn confirmed_untouched(
    ctx: &Context,
    record: &Record,
) -> Option<(NaiveDate, DateClaim, DateClaim)> {
    let last = |role, is_counted: &dyn Fn(Trust) -> bool| {
        ctx.dates
            .claims_of(record, role)
            .into_iter()
            .filter(|it| is_counted(ctx.dates.judge(record, it).0))
            .filter_map(|it| Some((latest_past(&it, ctx.as_of)?, it.into_owned())))
            .max_by_key(|(day, _)| *day)
    };
    // Many reviews on a day are a stamp, and what is looked for.
    let (day, review) = last(DateRole::Reviewed, &|_| true)?;
    let (changed, change) = last(DateRole::Updated, &|trust| trust != Trust::Suspect)?;
    (31 < (day - changed).num_days()).then_some((day, review, change))
}

#[cfg(test)]
mod tests {
    use super::super::super::Policy;
    use super::super::super::dates::tests::claim;
    use super::super::super::testing::{findings, front_matter, record};
    use super::*;

    fn pages(count: u32, changed: &str) -> Vec<Record> {
        let page = |at| {
            let mut page = record(&format!("{at}.md"));
            page.metadata.dates = vec![
                claim(DateRole::Reviewed, "2026-01-05", front_matter("last_reviewed_on")),
                claim(DateRole::Updated, changed, front_matter("updated")),
            ];
            page
        };
        (0..count).map(page).collect()
    }

    fn found(records: Vec<Record>) -> usize {
        findings(&RULE, records, &Policy::default(), "2026-04-22").len()
    }

    #[test]
    fn five_reviews_of_one_day_without_a_change_are_shown() {
        assert_eq!(found(pages(5, "2024-01-01")), 5);
        assert_eq!(found(pages(4, "2024-01-01")), 0);
        assert_eq!(found(pages(5, "2026-01-05")), 0);
    }
}
