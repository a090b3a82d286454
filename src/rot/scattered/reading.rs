//! In which order to read what there is on a subject.

use chrono::NaiveDate;

use crate::inventory::DocId;
use crate::rot::{Dates, Inbound};

use super::Subject;
use crate::inventory::Inventory;

/// How much each counts: what it has of the subject, how fresh it is, how many link to it.
const CENTRALITY: f64 = 0.5;
const FRESHNESS: f64 = 0.3;
const USE: f64 = 0.2;
/// After so many days a document is half as fresh.
const HALF_LIFE_DAYS: f64 = 730.0;
/// What is obsolete is worth so much of what it would be.
const STALE: f64 = 0.4;

/// A document on a reading list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// The document.
    pub document: DocId,
    /// What it has of the subject, from 0 to 1.
    pub centrality: f64,
    /// The date that is believed.
    pub date: Option<NaiveDate>,
    /// How many documents link to it.
    pub links: u64,
    /// Whether it is obsolete.
    pub is_stale: bool,
    /// Where it stands in the order; means something beside others of one list only.
    pub score: f64,
}

/// The documents of a subject in the order in which to read them: what has most of the subject, is
/// fresh and is linked to comes first. Copies and older versions are left out.
pub fn reading_list(
    inventory: &Inventory,
    subject: &Subject,
    dates: &Dates<'_>,
    inbound: &Inbound,
    is_stale: &dyn Fn(DocId) -> bool,
    as_of: NaiveDate,
) -> Vec<Reading> {
    let members = subject.members.iter().filter(|it| !it.is_copy);
    let central = members.clone().map(|it| it.centrality).fold(f32::MIN_POSITIVE, f32::max);
    let links = |document| inbound.to(inventory, document).count() as u64;
    let most = members.clone().map(|it| links(it.document)).max().unwrap_or_default();
    let reading = |member: &super::Member| {
        let document = member.document;
        let date = dates.trusted(document);
        let age = date.map(|it| (as_of - it).num_days().max(0) as f64);
        let freshness = age.map_or(0.0, |it| (-it / HALF_LIFE_DAYS * std::f64::consts::LN_2).exp());
        let links = links(document);
        let used = (links as f64).ln_1p() / (most as f64).ln_1p().max(f64::MIN_POSITIVE);
        let centrality = f64::from(member.centrality);
        let is_stale = is_stale(document);
        let score =
            CENTRALITY * centrality / f64::from(central) + FRESHNESS * freshness + USE * used;
        let score = if is_stale { STALE * score } else { score };
        Reading { document, centrality, date, links, is_stale, score }
    };
    let mut list: Vec<Reading> = members.map(reading).collect();
    list.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.document.cmp(&b.document)));
    list
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{inventory, linking, record};
    use super::super::Member;
    use super::*;
    use crate::rot::Policy;

    #[test]
    fn what_is_linked_comes_before_its_equals_and_what_is_obsolete_after() {
        let records = vec![record("a.md"), record("b.md"), linking("c.md", &["b.md"])];
        let inventory = inventory(records);
        let (policy, as_of) = (Policy::default(), "2026-06-01".parse().unwrap());
        let member = |at, is_copy| Member { document: DocId(at), centrality: 0.5, is_copy };
        let members = vec![member(0, false), member(1, false), member(2, true)];
        let subject = Subject { members, ..Subject::default() };
        let dates = Dates::of(&inventory, &policy, as_of);
        let inbound = Inbound::of(&inventory, &policy);
        let order = |is_stale: &dyn Fn(DocId) -> bool| {
            let list = reading_list(&inventory, &subject, &dates, &inbound, is_stale, as_of);
            list.iter().map(|it| it.document.0).collect::<Vec<_>>()
        };
        assert_eq!(order(&|_| false), [1, 0]);
        assert_eq!(order(&|it| it == DocId(1)), [0, 1]);
    }
}
