//! Whether the day or the month comes first in dates such as 03/04/2021, as the other dates of the
//! same field tell.
//!
//! One 25/04/2021 among them settles it for the field below its root. Where some say the one and
//! some the other, nothing is settled.

use std::collections::HashMap;

use crate::extract::DateClaim;
use crate::inventory::{Record, RootId};

use super::settings::DayMonthOrder;
use super::trust::source;

/// The order of day and month by root and source.
#[derive(Debug, Default)]
pub(super) struct Orders {
    roots: HashMap<RootId, HashMap<String, DayMonthOrder>>,
}

impl Orders {
    /// Looks at every date of a record that is written in numbers.
    pub(super) fn see(&mut self, record: &Record) {
        for claim in &record.metadata.dates {
            let Some(order) = shown_by(claim) else { continue };
            let fields = self.roots.entry(record.root).or_default();
            let source = source(&claim.provenance, claim.role);
            match fields.get_mut(source) {
                Some(known) if *known != order => *known = DayMonthOrder::Auto,
                Some(_) => {}
                None => {
                    fields.insert(source.to_owned(), order);
                }
            }
        }
    }

    /// The order that holds for a claim; `Auto` where nothing tells.
    pub(super) fn find(&self, record: &Record, claim: &DateClaim) -> DayMonthOrder {
        let fields = self.roots.get(&record.root);
        let found = fields.and_then(|it| it.get(source(&claim.provenance, claim.role)));
        found.copied().unwrap_or_default()
    }
}

/// The order that a claim has beyond doubt: one of its numbers is no month.
fn shown_by(claim: &DateClaim) -> Option<DayMonthOrder> {
    if claim.other_reading.is_some() {
        return None;
    }
    let mut parts = claim.raw.split('/');
    let (first, second, year) = (parts.next()?, parts.next()?, parts.next()?);
    let number = |text: &str| text.trim().parse::<u32>().ok().filter(|it| (1..=31).contains(it));
    let year = year.trim().get(..4)?;
    let (first, second) = (number(first)?, number(second)?);
    if !year.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    match (first > 12, second > 12) {
        (true, false) => Some(DayMonthOrder::DayFirst),
        (false, true) => Some(DayMonthOrder::MonthFirst),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{claim, day};
    use super::*;
    use crate::extract::{DateRole, Provenance};
    use crate::rot::testing::record;

    fn written(path: &str, raw: &str, date: &str, other: Option<&str>) -> Record {
        let mut page = record(path);
        let field = Provenance::property("front matter next_review");
        let claim = claim(DateRole::Due, date, field);
        page.metadata.dates =
            vec![DateClaim { raw: raw.to_owned(), other_reading: other.map(day), ..claim }];
        page
    }

    fn order_of_first(records: Vec<Record>) -> DayMonthOrder {
        let mut orders = Orders::default();
        records.iter().for_each(|it| orders.see(it));
        orders.find(&records[0], &records[0].metadata.dates[0])
    }

    #[test]
    fn one_number_that_is_no_month_settles_the_field() {
        let open = written("a.md", "03/04/2021", "2021-04-03", Some("2021-03-04"));
        let day_first = written("b.md", "25/04/2021", "2021-04-25", None);
        let month_first = written("c.md", "04/25/2021", "2021-04-25", None);
        assert_eq!(order_of_first(vec![open.clone()]), DayMonthOrder::Auto);
        assert_eq!(order_of_first(vec![open.clone(), day_first.clone()]), DayMonthOrder::DayFirst);
        assert_eq!(
            order_of_first(vec![open.clone(), month_first.clone()]),
            DayMonthOrder::MonthFirst
        );
        assert_eq!(order_of_first(vec![open, day_first, month_first]), DayMonthOrder::Auto);
    }

    #[test]
    fn other_fields_say_nothing() {
        let open = written("a.md", "03/04/2021", "2021-04-03", Some("2021-03-04"));
        let mut other = written("b.md", "25/04/2021", "2021-04-25", None);
        other.metadata.dates[0].provenance = Provenance::property("front matter date");
        assert_eq!(order_of_first(vec![open, other]), DayMonthOrder::Auto);
    }
}
