//! Whether two texts are one form filled in twice.
//!
//! Invoices, records and letters from one template share most of their words and are not copies of
//! each other. What tells them from versions is that little slots differ, many of them in figures.

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::fingerprint::Tokens;
use crate::inventory::{DocId, Record};
use crate::rot::Context;

use super::verify::is_sheet;

/// Above this similarity, texts that differ only in slots are still called copies: versions that
/// differ in a date and a number look the same.
pub(super) const MAX_FORM_SIMILARITY: f64 = 0.95;
/// Below this estimated similarity, what two texts share is a passage and not their form.
const MIN_FORM_SIMILARITY: f64 = 0.25;
/// Longer texts than this are not forms, in words.
const MAX_WORDS: usize = 5_000;
const MIN_SLOTS: usize = 3;
const MAX_SLOT_WORDS: usize = 8;
const MIN_SLOT_SHARE: f64 = 0.8;
const MIN_FIGURES: f64 = 0.3;
/// In texts of fewer words than this, one slot is enough, if most of what differs is figures.
const SHORT_WORDS: usize = 50;
const MIN_SHORT_FIGURES: f64 = 0.5;

/// Whether two documents are one form with different facts filled in; false where their texts are
/// not stored.
pub(in crate::rot) fn is_same_form(ctx: &Context<'_>, a: DocId, b: DocId) -> bool {
    if !may_be_same_form(&ctx.inventory[a], &ctx.inventory[b]) {
        return false;
    }
    let tokens = |id: DocId| Some(Tokens::of(&ctx.texts.text(&ctx.inventory[id])?));
    tokens(a).zip(tokens(b)).is_some_and(|(a, b)| are_same_form(&a, &b))
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

/// Whether two texts are one form with different facts filled in.
pub(super) fn are_same_form(a: &Tokens, b: &Tokens) -> bool {
    let (a, b) = (a.hashes(), b.hashes());
    if MAX_WORDS < a.len().max(b.len()) {
        return false;
    }
    let (mut hunks, mut changed, mut in_slots, mut figures) = (0_usize, 0_usize, 0_usize, 0_usize);
    for op in capture_diff_slices(Algorithm::Myers, a, b) {
        let (old, new) = (&a[op.old_range()], &b[op.new_range()]);
        if matches!(op, DiffOp::Equal { .. }) {
            continue;
        }
        let words = old.len() + new.len();
        hunks += 1;
        changed += words;
        figures += old.iter().chain(new).filter(|it| Tokens::is_fact(**it)).count();
        if matches!(op, DiffOp::Replace { .. }) && old.len().max(new.len()) <= MAX_SLOT_WORDS {
            in_slots += words;
        }
    }
    let share = |of: usize| of as f64 / changed.max(1) as f64;
    let (least_hunks, least_figures) = if a.len().max(b.len()) < SHORT_WORDS {
        (1, MIN_SHORT_FIGURES)
    } else {
        (MIN_SLOTS, MIN_FIGURES)
    };
    least_hunks <= hunks && MIN_SLOT_SHARE <= share(in_slots) && least_figures <= share(figures)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn are_same_form(a: &str, b: &str) -> bool {
        super::are_same_form(&Tokens::of(a), &Tokens::of(b))
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
