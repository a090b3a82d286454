//! A document's date claims as the policy reads them: roles of the organisation's own fields, and
//! the reading of ambiguous days and months.
//!
//! No claim is dropped here; which to believe is decided in `trust` and `choose`.

use std::borrow::Cow;

use chrono::{Datelike as _, Months, NaiveDate};

use crate::extract::{DateClaim, Precision, Provenance};
use crate::inventory::Record;

use super::order::Orders;
use super::settings::{DatePolicy, DayMonthOrder, Field};

/// No document management is older; earlier dates are defaults and mistakes.
const EARLIEST_YEAR: i32 = 1985;

/// Every date claim of a record, as the policy reads it, in the order found.
pub(super) fn claims<'a>(
    record: &'a Record,
    policy: &DatePolicy,
    orders: &Orders,
) -> Vec<Cow<'a, DateClaim>> {
    let order = |claim: &DateClaim| orders.find(record, claim);
    let declared = record.metadata.dates.iter().map(|claim| read_as(claim, policy, order));
    let own = record.metadata.properties.iter().filter_map(|(name, value)| {
        let field = field(policy, name)?;
        Some(Cow::Owned(from_property(name, value, field, policy)?))
    });
    declared.chain(own).collect()
}

/// The last day that a claim can mean: the later reading, the end of its month or year.
///
/// Findings say that something is long past, so this is the reading least favourable to them.
pub(in crate::rot) fn latest(claim: &DateClaim) -> NaiveDate {
    let later = claim.other_reading.map_or(claim.date, |other| other.max(claim.date));
    let first = match claim.precision {
        Precision::Day => return later,
        Precision::Month => later.with_day(1),
        Precision::Year => NaiveDate::from_ymd_opt(later.year(), 1, 1),
    };
    let months = if claim.precision == Precision::Month { 1 } else { 12 };
    first
        .and_then(|first| first.checked_add_months(Months::new(months)))
        .and_then(|next| next.pred_opt())
        .unwrap_or(later)
}

/// The last day in the past that a claim can mean; none where it means the future or a time before
/// there were documents of this kind.
///
/// A day ahead of `as_of` may be the same moment in another time zone, and counts as `as_of`.
pub(in crate::rot) fn latest_past(claim: &DateClaim, as_of: NaiveDate) -> Option<NaiveDate> {
    let tomorrow = as_of.succ_opt()?;
    let is_past =
        |date: NaiveDate| (EARLIEST_YEAR <= date.year() && date <= tomorrow).then_some(date);
    if claim.precision != Precision::Day {
        return is_past(claim.date).map(|_| latest(claim).min(as_of));
    }
    let later = claim.other_reading.map_or(claim.date, |other| other.max(claim.date));
    let earlier = claim.other_reading.map_or(claim.date, |other| other.min(claim.date));
    is_past(later).or_else(|| is_past(earlier)).map(|date| date.min(as_of))
}

/// `seen` tells the order of day and month in other dates of the same field.
fn read_as<'a>(
    claim: &'a DateClaim,
    policy: &DatePolicy,
    seen: impl Fn(&DateClaim) -> DayMonthOrder,
) -> Cow<'a, DateClaim> {
    let field = match &claim.provenance {
        Provenance::Property { name, .. } if !policy.fields.is_empty() => field(policy, name),
        _ => None,
    };
    let order = match field.and_then(|field| field.order).unwrap_or(policy.day_month_order) {
        DayMonthOrder::Auto if claim.other_reading.is_some() => seen(claim),
        order => order,
    };
    let role = field.map_or(claim.role, |field| field.role);
    let decides = claim.other_reading.is_some() && order != DayMonthOrder::Auto;
    if role == claim.role && !decides {
        return Cow::Borrowed(claim);
    }
    let mut claim = DateClaim { role, ..claim.clone() };
    if decides {
        settle(&mut claim, order);
    }
    Cow::Owned(claim)
}

/// Keeps the reading that agrees with `order`.
fn settle(claim: &mut DateClaim, order: DayMonthOrder) {
    let Some(other) = claim.other_reading else { return };
    let Some(first) = first_number(&claim.raw) else { return };
    let leading = |date: NaiveDate| match order {
        DayMonthOrder::MonthFirst => date.month(),
        DayMonthOrder::DayFirst | DayMonthOrder::Auto => date.day(),
    };
    if leading(other) == first && leading(claim.date) != first {
        claim.date = other;
    }
    claim.other_reading = None;
}

fn first_number(raw: &str) -> Option<u32> {
    let start = raw.find(|c: char| c.is_ascii_digit())?;
    let rest = &raw[start..];
    rest[..rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())].parse().ok()
}

/// What the policy says of the field called `name`, which may stand after the part it was found in
/// (`front matter review_date`).
fn field(policy: &DatePolicy, name: &str) -> Option<Field> {
    policy.fields.iter().find(|(key, _)| is_field(name, key)).map(|(_, field)| *field)
}

fn is_field(name: &str, key: &str) -> bool {
    let key = key.strip_prefix("custom:").unwrap_or(key);
    let Some(start) = name.len().checked_sub(key.len()) else { return false };
    name.get(start..).is_some_and(|tail| tail.eq_ignore_ascii_case(key))
        && (start == 0 || name[..start].ends_with([' ', ':']))
}

/// A date in a custom property: ISO 8601, or numbers with slashes or dots in the order given.
fn from_property(name: &str, value: &str, field: Field, policy: &DatePolicy) -> Option<DateClaim> {
    let raw = value.trim();
    let (date, other_reading) = match raw.get(..10).and_then(|iso| iso.parse().ok()) {
        Some(date) => (date, None),
        None => numeric(raw)?,
    };
    let provenance = Provenance::property(format!("custom property {name}"));
    let precision = Precision::Day;
    let mut claim = DateClaim {
        role: field.role,
        date,
        precision,
        other_reading,
        raw: raw.to_owned(),
        provenance,
    };
    let order = field.order.unwrap_or(policy.day_month_order);
    if order != DayMonthOrder::Auto {
        settle(&mut claim, order);
    }
    Some(claim)
}

/// Day-first and month-first reading of `3/4/2021`.
fn numeric(raw: &str) -> Option<(NaiveDate, Option<NaiveDate>)> {
    let mut numbers = raw.split(['/', '.', '-', ' ']).map(str::parse::<u32>);
    let (first, second) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
    let year = i32::try_from(numbers.next()?.ok()?).ok().filter(|year| 1000 <= *year)?;
    let day_first = NaiveDate::from_ymd_opt(year, second, first);
    let month_first = NaiveDate::from_ymd_opt(year, first, second);
    match (day_first, month_first) {
        (Some(date), other) => Some((date, other.filter(|other| *other != date))),
        (None, month_first) => month_first.map(|date| (date, None)),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::tests::{claim, day};
    use super::*;
    use crate::extract::DateRole;
    use crate::rot::testing::record;

    fn ambiguous(raw: &str, date: &str, other: &str) -> DateClaim {
        let claim = claim(DateRole::Updated, date, Provenance::property("front matter ms.date"));
        DateClaim { other_reading: Some(day(other)), raw: raw.to_owned(), ..claim }
    }

    #[test]
    fn of_two_readings_the_later_past_one_counts() {
        let claim = ambiguous("03/04/2021", "2021-04-03", "2021-03-04");
        assert_eq!(latest(&claim), day("2021-04-03"));
        assert_eq!(latest_past(&claim, day("2022-01-01")), Some(day("2021-04-03")));
        assert_eq!(latest_past(&claim, day("2021-03-10")), Some(day("2021-03-04")));
        assert_eq!(latest_past(&claim, day("2021-01-01")), None);
    }

    #[test]
    fn a_month_lasts_to_its_end_but_not_past_today() {
        let date = claim(DateRole::Reviewed, "2024-02-01", Provenance::FileName);
        let month = DateClaim { precision: Precision::Month, ..date };
        assert_eq!(latest(&month), day("2024-02-29"));
        assert_eq!(latest_past(&month, day("2024-02-10")), Some(day("2024-02-10")));
        let year = DateClaim { precision: Precision::Year, ..month };
        assert_eq!(latest(&year), day("2024-12-31"));
    }

    #[test]
    fn the_policy_decides_role_and_order_of_its_own_fields() {
        let field = Field { role: DateRole::Due, order: Some(DayMonthOrder::MonthFirst) };
        let policy = DatePolicy {
            fields: BTreeMap::from([("ms.date".to_owned(), field), ("Next".to_owned(), field)]),
            ..DatePolicy::default()
        };
        let mut record = record("a.md");
        record.metadata.dates = vec![ambiguous("03/04/2021", "2021-04-03", "2021-03-04")];
        record.metadata.properties = vec![
            ("Next".to_owned(), "5/6/2022".to_owned()),
            ("Other".to_owned(), "2022-01-01".to_owned()),
        ];
        let claims = claims(&record, &policy, &Orders::default());
        let dates: Vec<_> = claims.iter().map(|claim| (claim.date, claim.other_reading)).collect();
        assert_eq!(dates, [(day("2021-03-04"), None), (day("2022-05-06"), None)]);
    }

    #[test]
    fn fields_are_found_by_their_own_name_only() {
        assert!(is_field("front matter review_date", "review_date"));
        assert!(is_field("Review Date", "custom:Review Date"));
        assert!(!is_field("front matter last_review_date", "review_date"));
    }
}
