//! Two documents laid side by side: the facts on which they disagree, then every place in which
//! their words differ.
//!
//! For people as text, for programs as JSON whose types are this file's own.

use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

use crate::extract::{Content, Locator};
use crate::rot::{Difference, FactPair, Piece};

use super::layout::{self, Style};
use super::{Options, escape, words};

/// Raised when a field of the JSON goes, or comes to mean something else.
const SCHEMA_VERSION: u32 = 1;
/// Words shown before and after a place that differs.
const CONTEXT_WORDS: usize = 8;
/// Places shown unless all are asked for.
const SHOWN_PLACES: usize = 40;
/// Words shown of a stretch that only one has, unless all are asked for.
const SHOWN_WORDS: usize = 60;

/// Two documents and what differs between them.
#[derive(Clone, Copy, Debug)]
pub struct Compared<'a> {
    /// Where the first is, as it was named.
    pub a: &'a Path,
    /// Where the second is, as it was named.
    pub b: &'a Path,
    /// What was read of both, if it is at hand: it tells pages, slides and rows.
    pub contents: Option<[&'a Content; 2]>,
    /// What differs.
    pub difference: &'a Difference,
}

impl Compared<'_> {
    /// Where something stands in each document, from where it begins in their texts.
    fn places(&self, starts: [usize; 2]) -> [Option<Locator>; 2] {
        let place = |side: usize| self.contents?[side].place_of(starts[side]);
        [place(0), place(1)]
    }
}

/// Writes it for people: `[-words of the first-]` and `{+words of the second+}`.
pub fn difference_text(
    compared: &Compared<'_>,
    options: &Options<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let Compared { a, b, contents: _, difference } = compared;
    let width = options.width.clamp(40, 1000);
    let shown = |path: &Path| layout::shorten(&escape::path(path), width - 3);
    writeln!(out, "A  {}", shown(a))?;
    writeln!(out, "B  {}", shown(b))?;
    if difference.is_empty() {
        return writeln!(out, "The words are the same; layout, case and punctuation may differ.");
    }
    let share = words::share(difference.similarity);
    let counted = if difference.are_sheets { "cells" } else { "runs of three words" };
    writeln!(out, "{share} similar: {counted} that both have, among all of both")?;
    facts(compared, width, options, out)?;
    places(compared, width, options, out)
}

fn facts(
    compared: &Compared<'_>,
    width: usize,
    options: &Options<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let difference = compared.difference;
    if difference.facts.is_empty() {
        return Ok(());
    }
    let count = words::counted(difference.facts.len() as u64, "fact");
    let title = layout::styled("Different facts", Style::Bold, options.color);
    writeln!(out, "\n{title}: {count} in the same place of both")?;
    let is_same_row = |x: &FactPair, y: &FactPair| {
        (x.kind, x.line_a, x.line_b) == (y.kind, y.line_a, y.line_b)
            && (&x.quote_a, &x.quote_b) == (&y.quote_a, &y.quote_b)
    };
    // Several facts of one sentence or row are quoted once.
    for facts in difference.facts.chunk_by(is_same_row) {
        let [fact, ..] = facts else { continue };
        let values = facts.iter().map(|it| {
            let (x, y) = (escape::visible(&it.a), escape::visible(&it.b));
            format!("{x} / {y}")
        });
        // A negation is its own quotation.
        let named = if fact.a == fact.quote_a {
            fact.kind.to_owned()
        } else {
            format!("{}: {}", fact.kind, values.collect::<Vec<_>>().join(", "))
        };
        lines(&named, 2, width, out)?;
        let lines_of = [fact.line_a, fact.line_b].map(Locator::Line);
        let known = compared.places(fact.starts).into_iter().zip(lines_of);
        let places = known.map(|(known, line)| known.unwrap_or(line).to_string());
        let quotes = [&fact.quote_a, &fact.quote_b];
        for ((side, place), quote) in ["A", "B"].iter().zip(places).zip(quotes) {
            let place = escape::visible(&place);
            lines(&format!("{side} {place}: {}", words::quoted(quote)), 4, width, out)?;
        }
    }
    Ok(())
}

fn places(
    compared: &Compared<'_>,
    width: usize,
    options: &Options<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let difference = compared.difference;
    let all = difference.pieces.iter().filter(|it| matches!(it, Piece::Other(..))).count();
    let title = layout::styled("Different words", Style::Bold, options.color);
    writeln!(out, "\n{title}: {}", words::counted(all as u64, "place"))?;
    let most = if options.all { usize::MAX } else { SHOWN_PLACES };
    let mut shown = 0;
    let mut paragraph = String::new();
    let mut heading = None;
    for (position, piece) in difference.pieces.iter().enumerate() {
        match piece {
            Piece::Other(x, y) => {
                shown += 1;
                if most < shown {
                    break;
                }
                heading = heading.or_else(|| difference.starts.get(shown - 1).copied());
                for (text, open, close) in [(x, "[-", "-]"), (y, "{+", "+}")] {
                    if !text.is_empty() {
                        let text = if options.all { text.clone() } else { cut(text) };
                        push(&mut paragraph, &format!("{open}{text}{close}"));
                    }
                }
            }
            Piece::Same(text) => {
                let words = text.split(' ').collect::<Vec<_>>();
                let is_first = position == 0;
                let is_last = position + 1 == difference.pieces.len();
                if !is_first && !is_last && words.len() <= 2 * CONTEXT_WORDS {
                    push(&mut paragraph, text);
                    continue;
                }
                if !is_first {
                    push(&mut paragraph, &words[..words.len().min(CONTEXT_WORDS)].join(" "));
                    paragraph.push_str(if CONTEXT_WORDS < words.len() { " ..." } else { "" });
                    place(compared, heading.take(), width, out)?;
                    marked(&std::mem::take(&mut paragraph), width, options, out)?;
                }
                if !is_last && shown < most {
                    let from = words.len().saturating_sub(CONTEXT_WORDS);
                    paragraph.push_str(if 0 < from { "... " } else { "" });
                    paragraph.push_str(&words[from..].join(" "));
                }
            }
        }
    }
    if !paragraph.is_empty() && shown <= most {
        place(compared, heading, width, out)?;
        marked(&paragraph, width, options, out)?;
    }
    match all.saturating_sub(most) {
        0 => Ok(()),
        hidden => writeln!(out, "  and {} more: --all", words::number(hidden as u64)),
    }
}

/// Where a paragraph's first difference stands in both, where that is known.
fn place(
    compared: &Compared<'_>,
    starts: Option<[usize; 2]>,
    width: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let Some([Some(a), Some(b)]) = starts.map(|it| compared.places(it)) else { return Ok(()) };
    let (a, b) = (a.to_string(), b.to_string());
    let named = if a == b { format!("{a}:") } else { format!("A {a}, B {b}:") };
    lines(&escape::visible(&named), 2, width, out)
}

/// The ends of a long stretch.
fn cut(text: &str) -> String {
    let words = text.split(' ').collect::<Vec<_>>();
    if words.len() <= SHOWN_WORDS {
        return text.to_owned();
    }
    let half = SHOWN_WORDS / 2;
    let hidden = words::number((words.len() - 2 * half) as u64);
    let (head, tail) = (words[..half].join(" "), words[words.len() - half..].join(" "));
    format!("{head} ... {hidden} words ... {tail}")
}

fn push(paragraph: &mut String, words: &str) {
    if !paragraph.is_empty() && !paragraph.ends_with(' ') {
        paragraph.push(' ');
    }
    paragraph.push_str(words);
}

fn lines(text: &str, indent: usize, width: usize, out: &mut dyn Write) -> io::Result<()> {
    for line in layout::wrap(text, width - indent) {
        writeln!(out, "{:indent$}{line}", "")?;
    }
    Ok(())
}

/// Words with their marks, colored where that is allowed.
fn marked(text: &str, width: usize, options: &Options<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut style = None;
    for line in layout::wrap(&escape::visible(text), width - 2) {
        write!(out, "  ")?;
        for (position, word) in line.split(' ').enumerate() {
            if word.starts_with("[-") {
                style = Some(Style::Red);
            } else if word.starts_with("{+") {
                style = Some(Style::Green);
            }
            let space = if position == 0 { "" } else { " " };
            let word_shown = match style {
                Some(style) => layout::styled(word, style, options.color),
                None => word.to_owned(),
            };
            write!(out, "{space}{word_shown}")?;
            if word.ends_with("-]") || word.ends_with("+}") {
                style = None;
            }
        }
        writeln!(out)?;
    }
    Ok(())
}

#[derive(Serialize)]
struct V1Difference<'a> {
    schema_version: u32,
    a: std::borrow::Cow<'a, str>,
    b: std::borrow::Cow<'a, str>,
    similarity: f64,
    facts: Vec<V1Fact<'a>>,
    places: Vec<V1Place<'a>>,
}

#[derive(Serialize)]
struct V1Fact<'a> {
    kind: &'a str,
    a: &'a str,
    b: &'a str,
    quote_a: &'a str,
    quote_b: &'a str,
    line_a: u32,
    line_b: u32,
    place_a: Option<String>,
    place_b: Option<String>,
}

#[derive(Serialize)]
struct V1Place<'a> {
    a: &'a str,
    b: &'a str,
    place_a: Option<String>,
    place_b: Option<String>,
}

/// Writes it for programs: one object.
pub fn difference_json(compared: &Compared<'_>, out: &mut dyn Write) -> io::Result<()> {
    let Compared { a, b, contents: _, difference } = compared;
    let Difference { facts, pieces, starts, similarity, are_sheets: _ } = difference;
    let places = |starts: [usize; 2]| compared.places(starts).map(|it| Some(it?.to_string()));
    let facts = facts.iter().map(|it| {
        let FactPair { kind, a, b, quote_a, quote_b, line_a, line_b, starts } = it;
        let [place_a, place_b] = places(*starts);
        let (line_a, line_b) = (*line_a, *line_b);
        V1Fact { kind, a, b, quote_a, quote_b, line_a, line_b, place_a, place_b }
    });
    let others = pieces.iter().filter_map(|it| match it {
        Piece::Other(a, b) => Some((a, b)),
        Piece::Same(_) => None,
    });
    let others = others.zip(starts).map(|((a, b), starts)| {
        let [place_a, place_b] = places(*starts);
        V1Place { a, b, place_a, place_b }
    });
    let whole = V1Difference {
        schema_version: SCHEMA_VERSION,
        a: escape::readable(a),
        b: escape::readable(b),
        similarity: *similarity,
        facts: facts.collect(),
        places: others.collect(),
    };
    super::json::write_line(&whole, &mut *out)?;
    writeln!(out)
}

#[cfg(test)]
mod tests {
    use snapbox::{IntoData as _, assert_data_eq, str};

    use super::*;

    fn written(a: &str, b: &str) -> String {
        let difference = Difference::of(a, b, false);
        let (a, b) = (Path::new("old.docx"), Path::new("new.md"));
        let compared = Compared { a, b, contents: None, difference: &difference };
        let mut out = Vec::new();
        difference_text(&compared, &Options::default(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    const A: &str = "Everyone who travels for us books the train unless a car is cheaper and nobody else needs it on that day. The rate for the use of a car of one's own is 45p per mile. Ask first.";

    #[test]
    fn facts_come_first_and_words_are_marked_in_place() {
        let b = A.replace("45p", "40p").replace("Ask first.", "Ask your line manager first.");
        assert_data_eq!(
            written(A, &b),
            str![[r#"
A  old.docx
B  new.md
75 % similar: runs of three words that both have, among all of both

Different facts: 1 fact in the same place of both
  amount: 45p / 40p
    A line 1: "a car of one's own is 45p per mile"
    B line 1: "a car of one's own is 40p per mile"

Different words: 2 places
  ... use of a car of one's own is [-45p-] {+40p+} per mile. Ask {+your line
  manager+} first

"#]]
            .raw()
        );
    }

    #[test]
    fn equal_words_are_said_to_be_equal() {
        let text = written(A, &A.to_uppercase().replace(' ', "\n"));
        assert!(text.contains("The words are the same"), "{text}");
    }

    #[test]
    fn places_are_those_of_the_documents() {
        let content = |place: fn(u32) -> Locator, rate: &str| {
            let mut content = Content::default();
            for (number, text) in
                [A, &A.replace("45p", rate).replace("first", rate)].iter().enumerate()
            {
                content.push(crate::extract::BlockKind::Paragraph, place(number as u32 + 1), text);
            }
            content
        };
        let row = |row| Locator::Row { sheet: "Rates".to_owned(), row };
        let (a, b) = (content(Locator::Page, "40p"), content(row, "35p"));
        let difference = Difference::of(a.text(), b.text(), false);
        let compared = Compared {
            a: Path::new("a.pdf"),
            b: Path::new("b.xlsx"),
            contents: Some([&a, &b]),
            difference: &difference,
        };
        let (mut text, mut json) = (Vec::new(), Vec::new());
        difference_text(&compared, &Options::default(), &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        let facts = "  amount: 40p / 35p\n    A page 2: \"a car of one's own is 40p per mile\"\n    B sheet Rates, row 2: \"a car";
        assert!(text.contains(facts), "{text}");
        assert!(text.contains("\n  A page 2, B sheet Rates, row 2:\n  ... use of"), "{text}");
        difference_json(&compared, &mut json).unwrap();
        let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
        assert_eq!(json["facts"][0]["place_a"], "page 2");
        assert_eq!(json["places"][1]["place_b"], "sheet Rates, row 2");
    }

    #[test]
    fn json_has_every_place() {
        let difference = Difference::of("one two three", "one 2 three four", false);
        let (a, b) = (Path::new("a"), Path::new("b"));
        let mut out = Vec::new();
        let compared = Compared { a, b, contents: None, difference: &difference };
        difference_json(&compared, &mut out).unwrap();
        let json: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(json["places"][0]["a"], "two");
        assert_eq!(json["places"][1]["b"], "four");
        assert_eq!(json["schema_version"], 1);
    }
}
