//! Documents that are no longer valid, or of which nobody can say that they are.
//!
//! Strongest first: the document says so itself; it breaks a rule that the organisation set; it is
//! merely long unverified, which is a note and no verdict: age does not show that a document is
//! wrong. A document gets the strongest of these only. Declared archives are left alone.

pub(super) mod forks;
mod status;
mod successor;

pub(super) mod bulk_confirmed;
pub(super) mod changed_after_review;
pub(super) mod dates_disagree;
pub(super) mod dead_link;
pub(super) mod declared_successor;
pub(super) mod draft_left;
pub(super) mod expired;
pub(super) mod impossible_date;
pub(super) mod link_to_withdrawn;
pub(super) mod missing_field;
pub(super) mod retention_passed;
pub(super) mod retired_term;
pub(super) mod review_overdue;
pub(super) mod superseded;
pub(super) mod target_changed;
pub(super) mod unowned;
pub(super) mod unverified;
pub(super) mod versions;
pub(super) mod versions_disagree;
pub(super) mod withdrawn;

pub use retention_passed::retention_of;
pub use retired_term::check_expression;
pub use review_overdue::Review;

use chrono::{Datelike as _, NaiveDate};

use crate::inventory::{DocId, Record};

use super::{Context, Dates, Finding, Policy};

/// Whether a document says that it holds no more.
pub(super) fn is_over(record: &Record, policy: &Policy, dates: &Dates<'_>) -> bool {
    withdrawn::holds(record) || expired::has_passed(record, policy, dates)
}

/// Looks at every document outside of declared archives.
fn each(ctx: &Context, check: impl Fn(DocId, &Record) -> Option<Finding>) -> Vec<Finding> {
    ctx.inventory
        .iter()
        .filter(|(_, record)| record.is_readable())
        .filter_map(|(document, record)| {
            let finding = check(document, record)?;
            (!ctx.policy.is_archived(&record.file.path)).then_some(finding)
        })
        .collect()
}

/// The time from one day to another in words: `3 years 2 months`, `5 months`, `12 days`.
fn words_between(from: NaiveDate, to: NaiveDate) -> String {
    let plural = |number: i32, unit| match number {
        1 => format!("1 {unit}"),
        _ => format!("{number} {unit}s"),
    };
    let mut months = (to.year() - from.year()) * 12 + to.month() as i32 - from.month() as i32;
    if to.day() < from.day() {
        months -= 1;
    }
    match (months / 12, months % 12) {
        (0, 0) => plural((to - from).num_days() as i32, "day"),
        (0, months) => plural(months, "month"),
        (years, 0) => plural(years, "year"),
        (years, months) => format!("{} {}", plural(years, "year"), plural(months, "month")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_told_in_years_and_months() {
        let words =
            |from: &str, to: &str| words_between(from.parse().unwrap(), to.parse().unwrap());
        assert_eq!(words("2023-02-20", "2026-04-22"), "3 years 2 months");
        assert_eq!(words("2025-04-22", "2026-04-22"), "1 year");
        assert_eq!(words("2026-01-31", "2026-03-30"), "1 month");
        assert_eq!(words("2026-04-21", "2026-04-22"), "1 day");
    }
}
