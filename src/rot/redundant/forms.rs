//! Whether two texts are one form filled in twice.
//!
//! Invoices, records and letters from one template share most of their words and are not copies of
//! each other. What tells them from versions is that little slots differ, many of them in figures.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use crate::fingerprint::{Fact, Features, Tokens};
use crate::inventory::{DocId, Record};
use crate::rot::Context;

use super::alignment::{Hunk, hunks_of_tokens};
use super::verify::is_sheet;

/// Above this similarity, texts are forms only if nothing but many slots differs: versions that
/// differ in a date and a number look much the same.
const SPARSE_SIMILARITY: f64 = 0.95;
/// Below this estimated similarity, what two texts share is a passage and not their form.
const MIN_FORM_SIMILARITY: f64 = 0.25;
/// Longer texts than this are not forms, in words.
const MAX_WORDS: usize = 5_000;
const MAX_SLOT_WORDS: usize = 8;
/// So many slots are filled in differently, ...
const MIN_SLOTS: usize = 3;
/// ... and so many where figures are few, or where next to nothing differs.
const MIN_MANY_SLOTS: usize = 4;
/// Share of what differs that is in slots, ...
const MIN_SLOT_SHARE: f64 = 0.8;
/// ... and where figures are few, or where next to nothing differs.
const MIN_HIGH_SLOT_SHARE: f64 = 0.95;
/// Share of figures in what differs, ...
const MIN_FIGURES: f64 = 0.3;
/// ... or of figures and names.
const MIN_FACTS: f64 = 0.7;
/// In texts of fewer words than this, one slot is enough, if most of what differs is figures.
const SHORT_WORDS: usize = 50;
const MIN_SHORT_FIGURES: f64 = 0.5;

/// Which pairs of documents are one form, of those that were asked for: the same ones are met in
/// several passages.
#[derive(Debug, Default)]
pub(in crate::rot) struct KnownForms {
    known: Mutex<HashMap<(DocId, DocId), bool>>,
}

/// Whether two documents are one form with different facts filled in; false where their texts are
/// not stored.
pub(in crate::rot) fn is_same_form(ctx: &Context<'_>, a: DocId, b: DocId) -> bool {
    if !may_be_same_form(&ctx.inventory[a], &ctx.inventory[b]) {
        return false;
    }
    let known = || ctx.forms().known.lock().unwrap_or_else(PoisonError::into_inner);
    let pair = (a.min(b), a.max(b));
    if let Some(known) = known().get(&pair) {
        return *known;
    }
    let found = is_found_same_form(ctx, pair);
    known().insert(pair, found);
    found
}

fn is_found_same_form(ctx: &Context<'_>, (a, b): (DocId, DocId)) -> bool {
    let text = |id: DocId| ctx.texts.text(&ctx.inventory[id]);
    let Some((x, y)) = text(a).zip(text(b)) else { return false };
    let similarity = || Features::shingles(&x).compare(&Features::shingles(&y)).jaccard;
    are_same_form(&Tokens::of(&x), &Tokens::of(&y), similarity)
}

/// Whether their sketches are alike enough to compare the texts word by word. The rows of a sheet
/// all differ where each holds a fact, so sheets always may.
fn may_be_same_form(a: &Record, b: &Record) -> bool {
    let Some((print_a, print_b)) = a.fingerprint.as_ref().zip(b.fingerprint.as_ref()) else {
        return false;
    };
    let similarity = || print_a.sketch.compare(&print_b.sketch).jaccard;
    is_sheet(a) || is_sheet(b) || MIN_FORM_SIMILARITY <= similarity()
}

/// Whether two texts are one form with different facts filled in, given how similar they are; that
/// is only asked where nothing else has decided.
pub(super) fn are_same_form(a: &Tokens, b: &Tokens, similarity: impl FnOnce() -> f64) -> bool {
    if MAX_WORDS < a.hashes().len().max(b.hashes().len()) {
        return false;
    }
    if !may_be_facts(a, b) {
        return false;
    }
    let Slots { hunks, distinct, changed, in_slots, figures, names } = Slots::of(a, b);
    let similarity = similarity();
    let share = |of: usize| of as f64 / changed.max(1) as f64;
    if a.hashes().len().max(b.hashes().len()) < SHORT_WORDS {
        return 0 < hunks
            && similarity < SPARSE_SIMILARITY
            && MIN_SLOT_SHARE <= share(in_slots)
            && MIN_SHORT_FIGURES <= share(figures);
    }
    let has_figures = MIN_FIGURES <= share(figures);
    let is_all_slots = MIN_MANY_SLOTS <= distinct && MIN_HIGH_SLOT_SHARE <= share(in_slots);
    if SPARSE_SIMILARITY <= similarity {
        // A number that changes in many places is a version.
        return has_figures && is_all_slots && hunks <= 2 * distinct;
    }
    has_figures && MIN_SLOTS <= distinct && MIN_SLOT_SHARE <= share(in_slots)
        || is_all_slots && MIN_FACTS <= share(figures + names)
}

/// Whether enough of what differs may be facts: cheap, and so asked before the texts are laid side by
/// side. What only stands elsewhere is not counted yet, so half of what is asked for is enough.
fn may_be_facts(a: &Tokens, b: &Tokens) -> bool {
    let [words, figures, names] = a.surplus(b);
    let share = |of: usize| 2.0 * of as f64 / words.max(1) as f64;
    MIN_FIGURES <= share(figures) || MIN_FACTS <= share(figures + names)
}

/// What differs between two texts, in words of both.
#[derive(Debug, Default)]
struct Slots {
    hunks: usize,
    /// Replacements of a few words, each counted once.
    distinct: usize,
    changed: usize,
    in_slots: usize,
    figures: usize,
    names: usize,
}

impl Slots {
    fn of(a: &Tokens, b: &Tokens) -> Self {
        let mut slots = Self::default();
        let mut seen = HashSet::new();
        for Hunk { a: old, b: new } in hunks_of_tokens(a, b) {
            slots.hunks += 1;
            slots.changed += old.len() + new.len();
            let facts = || a.facts()[old.clone()].iter().chain(&b.facts()[new.clone()]);
            slots.figures += facts().filter(|it| **it == Fact::Figure).count();
            slots.names += facts().filter(|it| **it == Fact::Name).count();
            let is_replaced = !old.is_empty() && !new.is_empty();
            if is_replaced && old.len().max(new.len()) <= MAX_SLOT_WORDS {
                slots.in_slots += old.len() + new.len();
                let is_new = seen.insert((&a.hashes()[old], &b.hashes()[new]));
                slots.distinct += usize::from(is_new);
            }
        }
        slots
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn are_same_form(a: &str, b: &str) -> bool {
        let similarity = || crate::fingerprint::similarity(a, b).jaccard;
        super::are_same_form(&Tokens::of(a), &Tokens::of(b), similarity)
    }

    fn letter(name: &str, number: u32, day: &str) -> String {
        let body = "we confirm that your contract runs on under the terms that you know ".repeat(5);
        format!("Dear {name}, {body} your number is {number} and the day is {day}. Yours, us")
    }

    #[test]
    fn one_form_filled_in_twice_is_a_form() {
        assert!(are_same_form(
            &letter("Ann Lee", 4711, "2024-01-02"),
            &letter("Bob Ray", 1234, "2023-11-30")
        ));
    }

    #[test]
    fn a_letter_in_which_only_names_differ_is_a_form() {
        let letter = |names: [&str; 4]| {
            let [a, b, c, d] = names;
            let body = "who has worked with us and will be missed by all of ".repeat(6);
            format!("Dear {a}, we say goodbye to {b}, {body} the office in {c}. Yours, {d}")
        };
        assert!(are_same_form(
            &letter(["Ann Lee", "Bob Ray", "Ulm", "Tom"]),
            &letter(["Eva Koch", "Ida Marsh", "York", "Jim Hill"])
        ));
    }

    #[test]
    fn a_long_form_with_few_slots_is_a_form_and_a_version_number_is_not() {
        let long = |name: &str, day: u32, sum: u32, place: &str| {
            let body = (0..500).map(|it| format!("w{} ", 'a' as u32 + it)).collect::<String>();
            let (one, rest) = body.split_at(900);
            let (two, three) = rest.split_at(600);
            format!("For {name} {one} on day {day} {two} the sum {sum} {three} in {place}")
        };
        let (a, b) = (long("Ann", 31, 200, "12 Ulm"), long("Bob", 18, 990, "45 York"));
        assert!(0.95 < crate::fingerprint::similarity(&a, &b).jaccard);
        assert!(are_same_form(&a, &b), "{:?}", Slots::of(&Tokens::of(&a), &Tokens::of(&b)));
        let (a, b) = (long("v7", 7, 7, "see 7"), long("v8", 8, 8, "see 8"));
        assert!(!are_same_form(&a, &b));
    }

    #[test]
    fn a_new_paragraph_is_a_version() {
        let a = letter("Ann Lee", 4711, "2024-01-02");
        let b = format!("{a} Please note that the address has changed since our last letter.");
        assert!(!are_same_form(&a, &b));
    }

    #[test]
    fn short_notes_that_differ_in_a_figure_are_forms() {
        let note =
            |it| format!("Room {it} is closed for repair until further notice by the office");
        assert!(are_same_form(&note(12), &note(14)));
        assert!(!are_same_form(&note(12), "Room 12 is closed for repair until next week"));
    }

    #[test]
    fn notes_that_a_page_has_moved_are_forms() {
        let note = |to: &str| format!("This page has moved to {to}. Please update your bookmarks.");
        assert!(are_same_form(&note("/guides/install/linux"), &note("/reference/cli.html")));
    }
}
