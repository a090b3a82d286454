//! Which of the facts that differ two documents state plainly of one thing.
//!
//! Texts that are alike differ in facts for many reasons; a disagreement is told only where nothing
//! but the fact differs. What may name a document's own subject (addresses, versions, days) asks for
//! more: names that say one subject, no other words around it, and that neither text knows what the
//! other states. Otherwise different documents that share a passage disagree in measures alone.

use std::collections::HashSet;
use std::ops::Range;
use std::path::Path;

use crate::inventory::DocId;
use crate::rot::Context;

use super::alignment::{Hunk, Words};
use super::claims::Holders;
use super::difference::{Disagreement, Wording};
use super::facts::Kind;
use super::variants::may_name_the_subject;

/// Other words that differ so near to a fact say that it is of something else.
const NEAR_WORDS: usize = 6;
/// Shorter words of a file's name say too little to be its subject.
const MIN_NAME_LETTERS: usize = 3;

/// Where two texts differ.
pub(super) struct Laid<'a> {
    pub(super) a: &'a Words<'a>,
    pub(super) b: &'a Words<'a>,
    pub(super) hunks: &'a [Hunk],
}

/// Leaves those that the canonical document and others plainly state of one thing.
pub(super) fn retain_plain(
    ctx: &Context<'_>,
    canonical: DocId,
    other: &Holders,
    laid: &Laid<'_>,
    disagreements: &mut Vec<Disagreement>,
) {
    let places = disagreements.iter().map(|it| it.words.clone()).collect::<Vec<_>>();
    let subject = name_words(&ctx.inventory[canonical].file.path);
    let mut names = other.holders.iter().map(|it| name_words(&ctx.inventory[*it].file.path));
    let is_one_subject =
        subject.is_empty() || names.any(|it| it.is_empty() || !it.is_disjoint(&subject));
    let is_passage = other.passage.is_some();
    disagreements.retain(|it| {
        let names_the_subject = may_name_the_subject(it.kind);
        if names_the_subject && (is_passage || !is_one_subject || laid.knows_both(it)) {
            return false;
        }
        !(names_the_subject || is_passage) || laid.is_alone(it, &places)
    });
}

/// The words that a file's name is made of, without numbers.
fn name_words(path: &Path) -> HashSet<String> {
    let stem = path.file_stem().map(|it| it.to_string_lossy().to_lowercase()).unwrap_or_default();
    let words = stem.split(|it: char| !it.is_alphabetic());
    words.filter(|it| MIN_NAME_LETTERS <= it.chars().count()).map(str::to_owned).collect()
}

impl Laid<'_> {
    /// Whether a text has what the other states, too, in another place: then it has both.
    fn knows_both(&self, it: &Disagreement) -> bool {
        let is_address = matches!(it.kind, Kind::Url | Kind::Email);
        let has = |words: &Words<'_>, own: &Wording, other: &Wording| {
            let written = other.written.as_str();
            // A deeper address begins with the one that it stands in place of.
            let own = words.span(&own.words);
            let mut elsewhere = words.text.match_indices(written).filter(|it| !own.contains(&it.0));
            // An address may go on there; a number that goes on is another one.
            elsewhere.any(|(at, _)| {
                let behind = &words.text[at + written.len()..];
                let goes_on = behind.trim_start_matches('.').starts_with(char::is_alphanumeric);
                let before = words.text[..at].chars().next_back();
                let begins = before.is_none_or(|it| !it.is_alphanumeric() && it != '.');
                is_address || !goes_on && begins
            })
        };
        has(self.a, &it.a, &it.b) || has(self.b, &it.b, &it.a)
    }

    /// Whether nothing but facts differs near a fact.
    fn is_alone(&self, it: &Disagreement, places: &[Range<usize>]) -> bool {
        let is_inside = |outer: &Range<usize>, inner: &Range<usize>| {
            outer.start <= inner.start && inner.end <= outer.end
        };
        let near = it.words.start.saturating_sub(NEAR_WORDS)..it.words.end + NEAR_WORDS;
        let touches = |hunk: &&Hunk| hunk.a.start < near.end && near.start <= hunk.a.end;
        self.hunks.iter().filter(touches).all(|hunk| {
            // One fact may span two places that differ: `3 March 2024` and `5 March 2025`.
            let is_part = is_inside(&it.a.words, &hunk.a) && is_inside(&it.b.words, &hunk.b);
            is_part || hunk.a != it.words && places.contains(&hunk.a)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::conflicts;
    use super::super::testing::{Tree, prose};

    /// How often two documents of one text disagree that end otherwise.
    fn told((a, end): (&str, &str), (b, other): (&str, &str)) -> usize {
        let text = |end: &str| format!("{} {end} {}", prose(1, 150), prose(2, 150));
        let tree = Tree::default().file(a, &text(end)).file(b, &text(other));
        tree.with(|ctx| (conflicts::RULE.check)(ctx).len())
    }

    fn of_copies(a: &str, b: &str) -> usize {
        told(("HR/Travel guide.md", a), ("Sales/Travel rules.md", b))
    }

    #[test]
    fn an_address_is_told_where_nothing_else_differs_near() {
        let (a, b) = ("Book at https://fares.org today.", "Book at https://rates.org today.");
        assert_eq!(of_copies(a, b), 1);
        assert_eq!(of_copies(a, &b.replace("Book", "Complain")), 0);
        assert_eq!(of_copies(a, &b.replace("today", "or not at all")), 0);
        // Measures are of their own unit, whatever stands beside them.
        assert_eq!(of_copies("We pay 45p a mile.", "We now pay 40p for a mile."), 1);
    }

    #[test]
    fn a_fact_that_differs_in_two_of_its_words_is_alone() {
        let (a, b) = ("Due on 3 March 2024 at noon.", "Due on 5 March 2025 at noon.");
        assert_eq!(of_copies(a, b), 1);
        assert_eq!(of_copies(a, &b.replace("noon", "night")), 0);
    }

    #[test]
    fn a_text_that_has_both_addresses_denies_neither() {
        let a = "See https://fares.org/a for it.";
        let b = "See https://rates.org/b for it. Once more we name https://fares.org/a then.";
        assert_eq!(of_copies(a, b), 0);
        let text = |known: &str, needed: &str| {
            format!("Once {known} ran here. {} Needs version {needed} of it.", prose(9, 12))
        };
        assert_eq!(of_copies(&text("it", "2.4"), &text("2.4", "2.5")), 0);
        assert_eq!(of_copies(&text("it", "2.4"), &text("2.4.1", "2.5")), 1);
    }

    #[test]
    fn a_deeper_address_does_not_know_the_one_it_replaces() {
        let (a, b) = ("See https://x.org/docs for it.", "See https://x.org/docs/v2 for it.");
        assert_eq!(of_copies(a, b), 1);
        let both = format!("{b} Once more: {} Then see https://x.org/docs too.", prose(9, 12));
        assert_eq!(
            of_copies(&format!("{a} Once more: {} Then see it too.", prose(9, 12)), &both),
            0
        );
    }

    #[test]
    fn documents_named_otherwise_have_addresses_of_their_own() {
        let (a, b) = ("Ask at https://fares.org today.", "Ask at https://rates.org today.");
        assert_eq!(told(("HR/Travel.md", a), ("Sales/Expenses.md", b)), 0);
        let (a, b) = ("We pay 45p a mile.", "We pay 40p a mile.");
        assert_eq!(told(("HR/Travel.md", a), ("Sales/Expenses.md", b)), 1);
    }

    #[test]
    fn a_name_without_words_says_no_subject_on_either_side() {
        let (a, b) = ("Ask at https://fares.org today.", "Ask at https://rates.org today.");
        let (month, travel) = ("2024-01.md", "Travel.md");
        let nested = |name: &str| format!("HR/one/two/{name}");
        assert_eq!(told((&nested(month), a), (travel, b)), 1);
        assert_eq!(told((month, a), (&nested(travel), b)), 1);
    }

    #[test]
    fn figures_count_one_thing_and_versions_have_idle_zeros() {
        assert_eq!(of_copies("Take up to 25 people along.", "Take up to 30 people along."), 1);
        assert_eq!(of_copies("Take up to 25 people along.", "Take up to 25 persons along."), 0);
        assert_eq!(of_copies("Take up to 25 people along.", "Take up to 30 horses along."), 0);
        assert_eq!(of_copies("Needs version 2.4 of it.", "Needs version 2.5 of it."), 1);
        assert_eq!(of_copies("Needs version 2.0 of it.", "Needs version 2 of it."), 0);
        assert_eq!(of_copies("Needs version 2.1 of it.", "Needs version 2.10 of it."), 1);
    }

    #[test]
    fn how_wide_a_column_is_shown_is_no_statement() {
        let (a, b) = ("A <col width=\"13%\" /> of it.", "A <col width=\"14%\" /> of it.");
        assert_eq!(of_copies(a, b), 0);
        assert_eq!(of_copies("We pay 13% of <b>it</b>.", "We pay 14% of <b>it</b>."), 1);
    }

    #[test]
    fn histories_of_changes_deny_nothing() {
        let (a, b) = ("We pay 45p a mile.", "We pay 40p a mile.");
        assert_eq!(told(("one/CHANGELOG_V4.md", a), ("two/CHANGELOG of us.md", b)), 0);
        assert_eq!(told(("one/What's new 3.md", a), ("two/What's new 4.md", b)), 0);
        assert_eq!(told(("one/History of us.md", a), ("two/History of us.md", b)), 1);
    }
}
