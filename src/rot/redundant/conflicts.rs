//! Copies that disagree: documents that all claim to hold today, and state different facts in the
//! same place of one text.
//!
//! Not a disagreement is what differs by nature: an older version beside its newer one, a document
//! in an archive, withdrawn or a draft, editions of one document for several releases or years,
//! variants whose own name says what they are for, and slots of a form, in which nearly every
//! document has a value of its own.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use chrono::NaiveDate;
use rayon::prelude::*;

use crate::extract::Provenance;
use crate::inventory::DocId;
use crate::rot::{Category, Confidence, Context, Evidence, Finding, Rule, Severity, Value};

use super::alignment::{Hunk, hunks};
use super::claims::{self, Copies};
use super::difference::{Disagreement, Reading, Wording, disagreements, place_in};
use super::facts::Kind;
use super::stated::{Laid, retain_plain};
use super::variants::{self, Namesakes};
use super::verify::is_sheet;
use super::{Redundancy, near};

pub(in crate::rot) const RULE: Rule = Rule {
    id: "conflicting-copies",
    category: Category::Redundant,
    severity: Severity::Error,
    summary: "Copies of one document state different facts in the same place.",
    check,
};

/// Of one document, so many different texts are compared with the one that stays.
const MAX_TEXTS: usize = 200;
/// Places shown of one document.
const MAX_PLACES: usize = 6;
/// Documents named for each wording.
const MAX_NAMED: usize = 5;
/// Of so many texts on, a place in which most have a value of their own is a slot of a form.
const MIN_SLOTS: usize = 5;
const MAX_OWN_VALUES: f64 = 0.6;

fn check(ctx: &Context<'_>) -> Vec<Finding> {
    let copies = Copies::of(ctx);
    let mut families = claims::families(ctx, &copies);
    families.extend(claims::sharers(ctx, &copies));
    let namesakes = Namesakes::of(ctx.inventory);
    families.par_iter().filter_map(|it| finding(ctx, it, &namesakes)).collect()
}

/// How many members of groups of near-duplicates, at most, are too many to be compared with their
/// canonical document.
pub(super) fn not_compared(redundancy: &Redundancy) -> u64 {
    let groups = redundancy.groups.iter().filter(|it| it.kind == near::RULE.id);
    let copies = groups.filter(|it| !redundancy.filled_in.contains(&it.canonical));
    copies.map(|it| it.members.len().saturating_sub(MAX_TEXTS) as u64).sum()
}

/// Documents of one text, all of which claim to hold.
#[derive(Debug)]
struct Text {
    holders: Vec<DocId>,
    /// The words of the canonical document that it has, edited; none for all.
    part: Option<Range<usize>>,
    disagreements: Vec<Disagreement>,
    /// Where each stands in this text.
    places: Vec<Provenance>,
    hunks: Vec<Hunk>,
}

/// A place of the canonical text and what is stated there.
struct Place {
    kind: Kind,
    /// By value, the documents that have it and one wording of it.
    values: Vec<Stated>,
}

struct Stated {
    wording: Wording,
    place: Provenance,
    holders: Vec<DocId>,
    newest: Option<NaiveDate>,
}

fn finding(ctx: &Context<'_>, family: &claims::Family, namesakes: &Namesakes) -> Option<Finding> {
    let canonical = ctx.texts.text(&ctx.inventory[family.canonical])?;
    let sheet = is_sheet(&ctx.inventory[family.canonical]);
    let reading = claims::without_own(ctx, family.canonical, Reading::of(&canonical, sheet));
    let mut texts = Vec::new();
    for other in family.others.iter().take(MAX_TEXTS) {
        let Some(text) = ctx.texts.text(&ctx.inventory[other.text]) else { continue };
        let other_reading = claims::without_own(ctx, other.text, Reading::of(&text, sheet));
        let hunks = match &other.passage {
            Some(passage) => passage.hunks.clone(),
            None => hunks(&reading.words, &other_reading.words),
        };
        let mut disagreements = disagreements(&reading, &other_reading, &hunks);
        let laid = Laid { a: &reading.words, b: &other_reading.words, hunks: &hunks };
        retain_plain(ctx, family.canonical, other, &laid, &mut disagreements);
        // Of two, nothing is told where they do not disagree; and it is the cheaper question.
        if family.others.len() == 1 && disagreements.is_empty() {
            return None;
        }
        let words = [&reading.words, &other_reading.words];
        let mut holders = other.holders.clone();
        holders.retain(|it| !variants::are_variants(ctx, (family.canonical, *it), words));
        if holders.is_empty() {
            continue;
        }
        if namesakes.are_of_folders(ctx, family.canonical, other.text) {
            disagreements.retain(|it| !variants::may_name_the_subject(it.kind));
        }
        if !disagreements.is_empty() && variants::are_about_others(&canonical, &text) {
            continue;
        }
        let record = &ctx.inventory[other.text];
        let places = disagreements.iter().map(|it| place_in(record, &text, it.b.place)).collect();
        let part = other.passage.as_ref().map(|it| it.a.clone());
        texts.push(Text { holders, part, disagreements, places, hunks });
    }
    let mut places = places(ctx, family, &canonical, &texts);
    // The gravest kind first, then the most wordings, then as they stand in the text.
    places.sort_by_key(|it| (it.kind, std::cmp::Reverse(it.values.len())));
    written_down(family, &places)
}

/// The places in which holders state different things.
fn places(
    ctx: &Context<'_>,
    family: &claims::Family,
    canonical: &str,
    texts: &[Text],
) -> Vec<Place> {
    let mut by_place = BTreeMap::<(usize, Kind), Vec<(usize, usize)>>::new();
    for (text, it) in texts.iter().enumerate() {
        for (position, found) in it.disagreements.iter().enumerate() {
            by_place.entry((found.a.place, found.kind)).or_default().push((text, position));
        }
    }
    let mut places = Vec::new();
    for ((_, kind), found) in by_place {
        let first = &texts[found[0].0].disagreements[found[0].1];
        let mut values = HashMap::<&str, Stated>::new();
        let touches =
            |hunk: &Hunk| hunk.a.start <= first.words.end && first.words.start <= hunk.a.end;
        let has = |it: &&Text| {
            let is_inside = |part: &Range<usize>| {
                part.start <= first.words.start && first.words.end <= part.end
            };
            it.part.as_ref().is_none_or(is_inside)
        };
        let agree = texts.iter().filter(has).filter(|it| !it.hunks.iter().any(touches));
        let agree = agree.flat_map(|it| &it.holders).chain(&family.holders).copied();
        let stated = |wording: &Wording, place| Stated {
            wording: wording.clone(),
            place,
            holders: Vec::new(),
            newest: None,
        };
        let own = values.entry(&first.a.value).or_insert_with(|| {
            let record = &ctx.inventory[family.canonical];
            stated(&first.a, place_in(record, canonical, first.a.place))
        });
        own.holders.extend(agree);
        let mut compared = usize::from(!own.holders.is_empty());
        for (text, position) in &found {
            let other = &texts[*text].disagreements[*position];
            let value = values
                .entry(&other.b.value)
                .or_insert_with(|| stated(&other.b, texts[*text].places[*position].clone()));
            value.holders.extend(&texts[*text].holders);
            compared += 1;
        }
        let mut values = values.into_values().collect::<Vec<_>>();
        values.retain(|it| !it.holders.is_empty());
        let is_slot =
            MIN_SLOTS <= compared && MAX_OWN_VALUES * compared as f64 <= values.len() as f64;
        if values.len() < 2 || is_slot {
            continue;
        }
        for value in &mut values {
            value.holders.sort_unstable();
            // A document may have a passage twice.
            value.holders.dedup();
            value.newest = value.holders.iter().filter_map(|it| ctx.dates.trusted(*it)).max();
        }
        values.sort_by(|x, y| {
            let order = y.holders.len().cmp(&x.holders.len()).then(y.newest.cmp(&x.newest));
            // What the document that stays says comes before the others.
            let is_other = |it: &Stated| it.wording.value != first.a.value;
            order.then(is_other(x).cmp(&is_other(y))).then(x.wording.value.cmp(&y.wording.value))
        });
        places.push(Place { kind, values });
    }
    places
}

fn written_down(family: &claims::Family, places: &[Place]) -> Option<Finding> {
    let first = places.first()?;
    let holders = places.iter().flat_map(|it| &it.values).flat_map(|it| &it.holders);
    let holders = holders.copied().collect::<BTreeSet<_>>();
    let document =
        if holders.contains(&family.canonical) { family.canonical } else { *holders.first()? };
    let aligned = || Provenance::Computed("compared word by word".to_owned());
    let count =
        Evidence::new("copies that disagree", Value::Count(holders.len() as u64), aligned());
    let words = Evidence::new("copies state", Value::Text(summary(first)), aligned());
    let shared = family.others.iter().filter_map(|it| it.passage.as_ref()).map(|it| it.shared);
    let shared = shared.max();
    // What may be each one's own is plausible, and no more.
    let may_be_own = shared.is_some() || variants::may_name_the_subject(first.kind);
    let confidence = if may_be_own { Confidence::Possible } else { Confidence::Likely };
    let mut finding = Finding::new(&RULE, document, confidence, words).and(count);
    let wordings = Value::Count(first.values.len() as u64);
    finding.push(Evidence::new("different wordings", wordings, aligned()));
    finding.push(Evidence::new("places that differ", Value::Count(places.len() as u64), aligned()));
    if let Some(words) = shared {
        let words = Value::Count(words as u64);
        finding.push(Evidence::new("words of the shared passage", words, aligned()));
    }
    // Several facts of one sentence or row are quoted once.
    let mut quoted = BTreeSet::new();
    for place in places.iter().take(MAX_PLACES) {
        let quotes = place.values.iter().map(|it| it.wording.quote.as_str()).collect::<Vec<_>>();
        if quoted.insert(quotes) {
            place.values.iter().for_each(|it| push_stated(&mut finding, place.kind, it));
        }
    }
    let not_compared = family.others.len().saturating_sub(MAX_TEXTS);
    if 0 < not_compared {
        let not_compared = Value::Count(not_compared as u64);
        finding.push(Evidence::new("texts not compared", not_compared, aligned()));
    }
    let severity = places.iter().map(|it| it.kind.severity()).max();
    finding.severity = severity.unwrap_or(finding.severity);
    if shared.is_some() {
        finding.severity = finding.severity.min(Severity::Warning);
    }
    finding.related = holders.into_iter().filter(|it| *it != document).collect();
    finding.group = family.group;
    Some(finding)
}

/// A wording, the documents that have it, and the newest date among them.
fn push_stated(finding: &mut Finding, kind: Kind, stated: &Stated) {
    let quote = stated.wording.quote.chars().take(200).collect::<String>();
    let place = || stated.place.clone();
    let written = stated.wording.written.chars().take(200).collect::<String>();
    // A negation is its own quotation.
    let has_own_words = written != quote;
    finding.push(Evidence::new(kind.name(), Value::Text(written), place()));
    if has_own_words {
        finding.push(Evidence::new("in its words", Value::Text(quote), place()));
    }
    let holds = || Provenance::Computed("texts of both".to_owned());
    for holder in stated.holders.iter().take(MAX_NAMED) {
        finding.push(Evidence::new("stands in", Value::Document(*holder), holds()));
    }
    if MAX_NAMED < stated.holders.len() {
        let more = Value::Count((stated.holders.len() - MAX_NAMED) as u64);
        finding.push(Evidence::new("and in more", more, holds()));
    }
    if let Some(newest) = stated.newest {
        let from = Provenance::Computed("trusted date".to_owned());
        finding.push(Evidence::new("newest date", Value::Date(newest), from));
    }
}

/// `3 different amounts: 45p (2 copies, newest 2025-03-01), 40p (2), 25p (1)`.
fn summary(place: &Place) -> String {
    let mut words = Vec::new();
    for (position, stated) in place.values.iter().enumerate() {
        let count = stated.holders.len();
        let noun = match (position, count) {
            (0, 1) => " copy",
            (0, _) => " copies",
            _ => "",
        };
        let newest = stated.newest.filter(|it| {
            place.values.iter().filter_map(|it| it.newest).max() == Some(*it)
                && place.values.iter().any(|other| other.newest != Some(*it))
        });
        let newest = newest.map_or_else(String::new, |it| format!(", newest {it}"));
        let written = stated.wording.written.chars().take(80).collect::<String>();
        words.push(format!("{written} ({count}{noun}{newest})"));
        if position == 7 && 8 < place.values.len() {
            words.push(format!("and {} more", place.values.len() - 8));
            break;
        }
    }
    format!("{} different {}: {}", place.values.len(), place.kind.names(), words.join(", "))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Tree, date, prose};
    use super::*;

    fn policy(rate: &str) -> String {
        format!("{} The rate for cars is {rate} per mile. {}", prose(1, 150), prose(2, 150))
    }

    fn summaries(tree: &Tree) -> Vec<String> {
        tree.with(|ctx| {
            let words = |it: &Finding| match &it.evidence()[0].value {
                Value::Text(text) => text.clone(),
                other => panic!("{other:?}"),
            };
            check(ctx).iter().map(words).collect()
        })
    }

    #[test]
    fn every_copy_and_every_wording_counts() {
        let tree = Tree::default()
            .dated("Policies/Travel.md", &policy("45p"), date(2025, 3, 1))
            .file("HR/Travel.md", &policy("45p"))
            .file("Finance/Travel.md", &policy("40p"))
            .file("Finance/Travel of us.md", &policy("40p").replace(' ', "\n"))
            .file("Sales/Travel.md", &policy("25p"));
        let expected = "3 different amounts: 45p (2 copies, newest 2025-03-01), 40p (2), 25p (1)";
        assert_eq!(summaries(&tree), [expected]);
        tree.with(|ctx| {
            let finding = &check(ctx)[0];
            assert_eq!((finding.document, finding.related.len()), (DocId(0), 4));
            assert_eq!(finding.group, Some(2));
        });
    }

    #[test]
    fn who_does_not_claim_to_hold_does_not_disagree() {
        let tree = Tree::default().file("Policies/Travel.md", &policy("45p"));
        let quiet = |path: &str| summaries(&tree.clone().file(path, &policy("40p"))).is_empty();
        assert!(!quiet("Sales/Travel.md"));
        assert!(quiet("Archive/Travel.md"));
        assert!(quiet("Policies/Travel old.md"));
        assert!(quiet("Sales/Travel draft.md"));
    }

    #[test]
    fn editions_and_variants_differ_by_nature() {
        let tree =
            |a: &str, b: &str| Tree::default().file(a, &policy("45p")).file(b, &policy("40p"));
        assert!(summaries(&tree("v3.4/travel.md", "v3.5/travel.md")).is_empty());
        assert!(summaries(&tree("2024/travel.md", "2025/travel.md")).is_empty());
        assert!(summaries(&tree("a/rates 2024.md", "b/rates 2025.md")).is_empty());
        assert!(summaries(&tree("docs/latest/travel.md", "docs/v3.5/travel.md")).is_empty());
        assert!(summaries(&tree("v3.4/travel.md", "v3.5/guides/trips.md")).is_empty());
        assert!(summaries(&tree("v3.4__travel.md", "v3.5__guides__trips.md")).is_empty());
        let berlin = format!("In Berlin this holds. {}", policy("40p"));
        let tree = Tree::default().file("a/travel.md", &policy("45p"));
        assert!(summaries(&tree.file("b/travel Berlin.md", &berlin)).is_empty());
    }

    #[test]
    fn a_name_within_an_address_says_what_a_document_is_for() {
        let about = |name: &str, end: &str| {
            format!("{} See https://docs.example.org/{name}{end}", policy("45p"))
        };
        let tree = Tree::default().file("fare_reader-1.2/README.md", &about("fare_reader", "/a"));
        let tree = tree.file("libfares2/README.md", &about("libfares", "/b"));
        assert!(summaries(&tree).is_empty());
        let tree = Tree::default().file("one/guide.md", &about("fares", "/a"));
        assert_eq!(summaries(&tree.file("two/guide.md", &about("fares", "/b"))).len(), 1);
        // What describes a folder may name another thing, and state another amount.
        let tree =
            |a: &str, b: &str| Tree::default().file("one/README.md", a).file("two/README.md", b);
        assert!(summaries(&tree(&about("fares", "/a"), &about("fares", "/b"))).is_empty());
        let other = about("fares", "/b").replace("45p", "40p");
        assert_eq!(summaries(&tree(&about("fares", "/a"), &other)).len(), 1);
    }

    #[test]
    fn an_old_version_conflicts_only_where_it_stands_elsewhere() {
        let tree = Tree::default()
            .file("Policies/Travel v1.md", &policy("40p"))
            .file("Policies/Travel v2.md", &policy("45p"));
        assert!(summaries(&tree).is_empty());
        let tree = tree.file("Sales/Travel v1.md", &policy("40p"));
        assert_eq!(summaries(&tree), ["2 different amounts: 45p (1 copy), 40p (1)"]);
    }

    #[test]
    fn a_document_that_has_a_passage_twice_counts_once() {
        let tree = Tree::default().file("HR/Travel.md", &policy("45p"));
        tree.file("Sales/Travel.md", &policy("40p")).with(|ctx| {
            let mut family = claims::families(ctx, &Copies::of(ctx)).remove(0);
            let claims::Holders { text, holders, .. } = &family.others[0];
            let (text, holders) = (*text, holders.clone());
            family.others.push(claims::Holders { text, holders, passage: None });
            let found = finding(ctx, &family, &Namesakes::of(ctx.inventory)).unwrap();
            let words = "2 different amounts: 45p (1 copy), 40p (1)".to_owned();
            assert_eq!(found.evidence()[0].value, Value::Text(words));
        });
    }

    #[test]
    fn what_is_nearly_equal_in_a_series_of_forms_does_not_disagree() {
        let body = policy("45p").repeat(3);
        let letter = |it: u32, rate: u32| {
            let slots = format!("{it}41 {it}.12.2024, {it}7 EUR, {it}3 days, {it}9 km");
            format!("Dear N{it} M{it}: {slots}. {body} Over {rate} EUR, by {rate}.")
        };
        let path = |it: u32| format!("{}/letter {}.md", it % 4, prose(it, 1));
        let alone = Tree::default().file(&path(3), &letter(3, 33)).file(&path(8), &letter(3, 44));
        assert_eq!(summaries(&alone).len(), 1);
        let series = (10..20).fold(alone, |tree, it| tree.file(&path(it), &letter(it, 20 + it)));
        assert!(summaries(&series).is_empty(), "{:?}", summaries(&series));
    }

    #[test]
    fn the_slots_of_a_form_do_not_disagree() {
        let tree = (0..8).fold(Tree::default(), |tree, it| {
            tree.file(&format!("{it}/contract.md"), &policy(&format!("{}0p", it + 1)))
        });
        assert!(summaries(&tree).is_empty());
    }

    #[test]
    fn the_work_is_bounded_however_many_copies_there_are() {
        use std::sync::atomic::{AtomicUsize, Ordering};
        let tree = (0..400).fold(Tree::default(), |tree, it| {
            let rate = if it % 2 == 0 { "45p" } else { "40p" };
            tree.file(
                &format!("team {it}/a.md"),
                &format!("{} {}", policy(rate), prose(50 + it, 3)),
            )
        });
        tree.with(|ctx| {
            let asked = AtomicUsize::new(0);
            let texts = |record: &crate::inventory::Record| {
                asked.fetch_add(1, Ordering::Relaxed);
                ctx.texts.text(record)
            };
            ctx.duplicates();
            let counted = Context::new(ctx.inventory, &texts, ctx.policy, ctx.as_of);
            let copies = Copies::of(&counted);
            let families = claims::families(&counted, &copies);
            asked.store(0, Ordering::Relaxed);
            let namesakes = Namesakes::of(counted.inventory);
            assert!(families.iter().filter_map(|it| finding(&counted, it, &namesakes)).count() > 0);
            assert!(asked.load(Ordering::Relaxed) <= (MAX_TEXTS + 1) * families.len());
            assert!(families.len() < 10);
            let left_out = families.iter().map(|it| it.others.len().saturating_sub(MAX_TEXTS));
            let left_out = left_out.sum::<usize>() as u64;
            assert!(0 < left_out && left_out <= ctx.duplicates().facts_not_compared);
        });
    }
}
