//! What differs between two texts, word by word, and the facts on which they disagree: facts of one
//! kind in the same place of both, with other values.

use std::collections::HashSet;
use std::ops::Range;

use crate::extract::{Locator, Provenance};
use crate::fingerprint::Features;
use crate::inventory::Record;

use super::alignment::{Hunk, Words, hunks};
use super::facts::{self, Fact, Kind};

/// Longer replacements than this, in words of either side, are new wording: what stands in them
/// has no counterpart.
const MAX_PLACE_WORDS: usize = 12;
/// Longer replacements than this negate nothing, they say something else.
const MAX_NEGATION_WORDS: usize = 4;
/// A sentence is looked at for so many words in either direction.
const SENTENCE_WORDS: usize = 40;
/// Words before a difference that are quoted with it, and length of a quotation in characters.
const LEAD_WORDS: usize = 3;
const MAX_QUOTE_CHARS: usize = 160;
/// Words quoted before and after a place.
const QUOTED_WORDS: usize = 6;

/// A text that was read for its words and facts.
#[derive(Debug)]
pub(super) struct Reading<'a> {
    pub(super) words: Words<'a>,
    /// The dates and versions that are the document's own, and so no facts.
    pub(super) own: HashSet<(Kind, String)>,
    /// Of a sheet, all its facts.
    cells: Option<Vec<Fact>>,
}

impl<'a> Reading<'a> {
    pub(super) fn of(text: &'a str, is_sheet: bool) -> Self {
        let cells = is_sheet.then(|| facts::of_cells(text));
        Self { words: Words::of(text), own: HashSet::new(), cells }
    }

    /// The facts that runs of words have part in, and perhaps others; in order of place, as the
    /// runs are.
    fn facts<'b>(&self, runs: impl Iterator<Item = &'b Range<usize>>) -> Vec<Fact> {
        let spans = runs.map(|it| self.words.span(it)).collect::<Vec<_>>();
        let mut facts = match &self.cells {
            Some(cells) => cells.clone(),
            None => facts::facts(self.words.text, spans.iter()),
        };
        facts.retain(|it| !self.own.contains(&(it.kind, it.value.clone())));
        facts
    }

    fn wording(&self, value: String, range: Range<usize>) -> Wording {
        let words = self.words.at(range.start)..self.words.at(range.end.max(range.start + 1) - 1);
        let words = words.start..(words.end + 1).min(self.words.len());
        Wording {
            value,
            written: self.words.text[range.clone()]
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" "),
            quote: self.quote(&words),
            place: range.start,
            words,
        }
    }
}

impl Reading<'_> {
    /// A run of words with those around it; of a sheet, the row.
    fn quote(&self, words: &Range<usize>) -> String {
        if self.cells.is_none() {
            return self.words.quote(self.words.sentence(words, QUOTED_WORDS));
        }
        let text = self.words.text;
        let place = self.words.span(words).start;
        let start = text[..place].rfind('\n').map_or(0, |it| it + 1);
        let end = text[place..].find('\n').map_or(text.len(), |it| place + it);
        let cells = text[start..end].split('\t').map(str::trim).filter(|it| !it.is_empty());
        cells.collect::<Vec<_>>().join(" | ")
    }
}

/// A fact as one text has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wording {
    /// In one form, however it is written.
    pub(super) value: String,
    /// As written.
    pub(super) written: String,
    /// With the words around it.
    pub(super) quote: String,
    /// Where it begins in the text, in bytes.
    pub(super) place: usize,
    /// The words that it has part in.
    pub(super) words: Range<usize>,
}

/// Two facts of one kind that stand in the same place of two texts and are not the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Disagreement {
    pub(super) kind: Kind,
    pub(super) a: Wording,
    pub(super) b: Wording,
    /// The words of the first text that it rests on.
    pub(super) words: Range<usize>,
}

/// The facts on which two texts disagree, in order of place, given where they differ.
pub(super) fn disagreements(a: &Reading<'_>, b: &Reading<'_>, hunks: &[Hunk]) -> Vec<Disagreement> {
    let mut found = Vec::<Disagreement>::new();
    let is_place = |it: &&Hunk| it.a.len().max(it.b.len()) <= MAX_PLACE_WORDS;
    let places = || hunks.iter().filter(is_place);
    let (facts_a, facts_b) = (a.facts(places().map(|it| &it.a)), b.facts(places().map(|it| &it.b)));
    for hunk in places() {
        if let Some(negation) = negation(a, b, hunk) {
            found.push(negation);
        }
        let of_a = within(&facts_a, &a.words.span(&hunk.a));
        let of_b = within(&facts_b, &b.words.span(&hunk.b));
        for kind in of_a.iter().map(|it| it.kind).collect::<std::collections::BTreeSet<_>>() {
            let of_kind = |facts: &[Fact]| {
                facts.iter().filter(|it| it.kind == kind).cloned().collect::<Vec<_>>()
            };
            let (x, y) = (of_kind(of_a), of_kind(of_b));
            // Where one side has more of them, which belongs to which cannot be told.
            if x.len() != y.len() {
                continue;
            }
            let is_other = |(x, y): &(Fact, Fact)| x.value != y.value && x.may_deny(y);
            for (x, y) in x.into_iter().zip(y).filter(is_other) {
                // One fact may touch two hunks: `3 March 2024` and `5 May 2024`.
                let is_known = found
                    .iter()
                    .rev()
                    .take(4)
                    .any(|it| it.kind == kind && it.a.place == x.range.start);
                if !is_known {
                    let words = hunk.a.clone();
                    let (a, b) = (a.wording(x.value, x.range), b.wording(y.value, y.range));
                    found.push(Disagreement { kind, a, b, words });
                }
            }
        }
    }
    found
}

/// Those of facts in order of place that have part in a stretch of the text.
fn within<'a>(facts: &'a [Fact], stretch: &Range<usize>) -> &'a [Fact] {
    let start = facts.partition_point(|it| it.range.end <= stretch.start);
    let end = facts.partition_point(|it| it.range.start < stretch.end);
    &facts[start..end.max(start)]
}

fn negation(a: &Reading<'_>, b: &Reading<'_>, hunk: &Hunk) -> Option<Disagreement> {
    if MAX_NEGATION_WORDS < hunk.a.len().max(hunk.b.len()) {
        return None;
    }
    // A sentence may negate in another place: `neither may be used`, `may not be used`.
    let sentence = |it: &Reading<'_>, words: &Range<usize>| {
        it.words.lower(&it.words.sentence(words, SENTENCE_WORDS))
    };
    let is_other = facts::is_negated_differently(&a.words.lower(&hunk.a), &b.words.lower(&hunk.b))
        && facts::is_negated(&sentence(a, &hunk.a)) != facts::is_negated(&sentence(b, &hunk.b));
    let of = |it: &Reading<'_>, words: &Range<usize>| {
        let quote = it.quote(words);
        let place = it.words.span(words).start;
        // What both have in common around it is the same; what is between tells them apart.
        let value = it.words.lower(words).join(" ");
        Wording { value, written: quote.clone(), quote, place, words: words.clone() }
    };
    is_other.then(|| Disagreement {
        kind: Kind::Negation,
        a: of(a, &hunk.a),
        b: of(b, &hunk.b),
        words: hunk.a.clone(),
    })
}

/// The first places in which two texts differ, each as `"words of a" / "words of b"` with the words
/// before them, and how many such places there are.
pub(super) fn differing_words(a: &Words<'_>, b: &Words<'_>, most: usize) -> (Vec<String>, usize) {
    let found = hunks(a, b);
    let shown = found.iter().take(most).map(|it| quotes(a, b, it));
    (shown.collect(), found.len())
}

/// A place in which two texts differ, as `"words of a" / "words of b"` with the words before them.
pub(super) fn quotes(a: &Words<'_>, b: &Words<'_>, place: &Hunk) -> String {
    let quote = |words: &Words<'_>, range: &Range<usize>| {
        if range.is_empty() {
            return "nothing".to_owned();
        }
        let from = words.sentence(range, LEAD_WORDS).start;
        let quoted = words.quote(from..range.end);
        let cut = quoted.chars().take(MAX_QUOTE_CHARS).collect::<String>();
        let dots = if cut.len() < quoted.len() { "..." } else { "" };
        format!("\u{201c}{cut}{dots}\u{201d}")
    };
    format!("{} / {}", quote(a, &place.a), quote(b, &place.b))
}

/// The words of a text of which no run of three stands in another: the first runs as written, and
/// how many words there are.
pub(super) fn missing_words(part: &str, whole: &str, most: usize) -> (Vec<String>, usize) {
    let (part, whole) = (Words::of(part), Words::of(whole));
    let missing = part.missing_in(&whole);
    let words = missing.iter().map(Range::len).sum();
    let mut longest = missing.clone();
    longest.sort_by_key(|it| (std::cmp::Reverse(it.len()), it.start));
    longest.truncate(most);
    longest.sort_by_key(|it| it.start);
    let quote = |it: &Range<usize>| {
        let quoted = part.quote(it.clone());
        let cut = quoted.chars().take(MAX_QUOTE_CHARS).collect::<String>();
        if cut.len() < quoted.len() { cut + "..." } else { cut }
    };
    (longest.iter().map(quote).collect(), words)
}

/// A piece of two texts laid side by side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Both have these words.
    Same(String),
    /// The first has the first words where the second has the second; either may have none.
    Other(String, String),
}

/// A fact of one kind that two texts state differently in the same place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactPair {
    /// What kind of fact, in words, such as `amount`.
    pub kind: &'static str,
    /// As the first text has it.
    pub a: String,
    /// As the second text has it.
    pub b: String,
    /// With the words around it in the first text.
    pub quote_a: String,
    /// With the words around it in the second text.
    pub quote_b: String,
    /// The line of the first text it stands on, from 1.
    pub line_a: u32,
    /// The line of the second text it stands on, from 1.
    pub line_b: u32,
    /// Where it begins in each text, in bytes.
    pub starts: [usize; 2],
}

/// Everything that differs between two texts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Difference {
    /// Facts on which they disagree, in order of place.
    pub facts: Vec<FactPair>,
    /// Both texts whole, in pieces.
    pub pieces: Vec<Piece>,
    /// Where each piece that differs begins in each text, in bytes, in order.
    pub starts: Vec<[usize; 2]>,
    /// The share of runs of three words that both have, among all of both, 0 to 1; of sheets, of
    /// cells, each with the first of its row.
    pub similarity: f64,
    /// Whether sheets were compared.
    pub are_sheets: bool,
}

impl Difference {
    /// Compares two texts as extracted, word by word. Layout, case and punctuation make no
    /// difference. Of sheets, each cell with a number is a fact.
    pub fn of(a: &str, b: &str, are_sheets: bool) -> Self {
        let features = if are_sheets { Features::cells } else { Features::shingles };
        let similarity = features(a).compare(&features(b)).jaccard;
        let (a, b) = (Reading::of(a, are_sheets), Reading::of(b, are_sheets));
        let hunks = hunks(&a.words, &b.words);
        let facts = disagreements(&a, &b, &hunks);
        let facts = facts.into_iter().map(|it| FactPair {
            kind: it.kind.name(),
            line_a: line(a.words.text, it.a.place),
            line_b: line(b.words.text, it.b.place),
            starts: [it.a.place, it.b.place],
            a: it.a.written,
            b: it.b.written,
            quote_a: it.a.quote,
            quote_b: it.b.quote,
        });
        let mut pieces = Vec::new();
        let mut at = 0;
        for hunk in &hunks {
            if at < hunk.a.start {
                pieces.push(Piece::Same(a.words.quote(at..hunk.a.start)));
            }
            let (x, y) = (a.words.quote(hunk.a.clone()), b.words.quote(hunk.b.clone()));
            pieces.push(Piece::Other(x, y));
            at = hunk.a.end;
        }
        if at < a.words.len() {
            pieces.push(Piece::Same(a.words.quote(at..a.words.len())));
        }
        let start = |it: &Hunk| [a.words.span(&it.a).start, b.words.span(&it.b).start];
        let starts = hunks.iter().map(start).collect();
        Self { facts: facts.collect(), pieces, starts, similarity, are_sheets }
    }

    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.pieces.iter().all(|it| matches!(it, Piece::Same(_)))
    }
}

/// Where a byte of a document's text stands: on a page, slide or row if that is known, otherwise on a
/// line.
pub(super) fn place_in(record: &Record, text: &str, place: usize) -> Provenance {
    if let Some(known) = record.metadata.places.locate(text, place) {
        return Provenance::Text(known);
    }
    let number = line(text, place);
    // The text of a text file is the file; of others it is what was read of them.
    if record.format.as_ref().is_some_and(|it| it.name == "text") {
        return Provenance::Text(Locator::Line(number));
    }
    Provenance::Computed(format!("line {number} of the text"))
}

/// The line of a text that a place of it is on, from 1.
fn line(text: &str, place: usize) -> u32 {
    text[..place.min(text.len())].bytes().filter(|it| *it == b'\n').count() as u32 + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(a: &str, b: &str, expected: &[(&str, &str, &str)]) {
        let found = Difference::of(a, b, false);
        let facts = found.facts.iter().map(|it| (it.kind, it.a.as_str(), it.b.as_str()));
        assert_eq!(facts.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn facts_in_the_same_place_are_compared() {
        check(
            "Claims are paid at 45p per mile within 30 days of the journey.",
            "Claims are paid at 40p per mile within 14 days of the journey.",
            &[("amount", "45p", "40p"), ("period", "30 days", "14 days")],
        );
        check(
            "It was agreed on 3 March 2024 by the board.",
            "It was agreed on 5 May 2024 by the board.",
            &[("date", "3 March 2024", "5 May 2024")],
        );
        check(
            "Staff must not share it with anyone outside.",
            "Staff must share it with anyone outside.",
            &[(
                "yes and no",
                "Staff must not share it with anyone outside",
                "Staff must share it with anyone outside",
            )],
        );
    }

    #[test]
    fn one_fact_written_in_two_ways_is_no_difference() {
        check("The fee is £1,200.00 a year.", "The fee is 1200 GBP a year.", &[]);
        check("Due on 2024-03-01 at noon.", "Due on 1 March 2024 at noon.", &[]);
    }

    #[test]
    fn other_wording_has_no_counterpart() {
        check(
            "We meet often. The cost is 5 EUR.",
            "We meet often. Each of us brings 7 friends, 9 EUR in cash and 12 EUR in stamps.",
            &[],
        );
    }

    #[test]
    fn cells_of_sheets_are_facts() {
        let found = Difference::of("Travel\t1200\tyes", "Travel\t1400\tyes", true);
        assert_eq!((found.facts[0].a.as_str(), found.facts[0].b.as_str()), ("1200", "1400"));
        assert_eq!(found.facts[0].quote_a, "Travel | 1200 | yes");
    }

    #[test]
    fn the_places_that_differ_are_quoted_with_their_lead() {
        let a = "Payment is due within 30 days of receipt";
        let differing_words = |b, most| super::differing_words(&Words::of(a), &Words::of(b), most);
        let (quotes, places) = differing_words("payment is due within 14 days of the receipt", 1);
        assert_eq!(places, 2);
        assert_eq!(quotes, ["\u{201c}is due within 30\u{201d} / \u{201c}is due within 14\u{201d}"]);
        assert_eq!(differing_words("PAYMENT, is due\nwithin 30 days of receipt.", 3).1, 0);
    }

    #[test]
    fn what_a_part_has_of_its_own_is_quoted() {
        let whole = "one two three four five six seven eight nine ten";
        let part = "four five six seven and something of its own eight nine ten";
        let (quotes, words) = missing_words(part, whole, 3);
        assert_eq!((quotes, words), (vec!["and something of its own".to_owned()], 5));
    }

    #[test]
    fn pieces_put_together_are_the_texts() {
        let found = Difference::of("one two three four", "one 2 three four five", false);
        assert_eq!(
            found.pieces,
            [
                Piece::Same("one".to_owned()),
                Piece::Other("two".to_owned(), "2".to_owned()),
                Piece::Same("three four".to_owned()),
                Piece::Other(String::new(), "five".to_owned()),
            ]
        );
        assert!(Difference::of("One, two", "one\ntwo.", false).is_empty());
    }
}
