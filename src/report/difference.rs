//! Two documents laid side by side: the facts on which they disagree, then every place in which
//! their words differ.
//!
//! For people as text, for programs as JSON whose types are this file's own.

use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

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
    /// What differs.
    pub difference: &'a Difference,
}

/// Writes it for people: `[-words of the first-]` and `{+words of the second+}`.
pub fn difference_text(
    compared: &Compared<'_>,
    options: &Options<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let Compared { a, b, difference } = compared;
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
    facts(difference, width, options, out)?;
    places(difference, width, options, out)
}

fn facts(
    difference: &Difference,
    width: usize,
    options: &Options<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
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
        for (side, line, quote) in
            [("A", fact.line_a, &fact.quote_a), ("B", fact.line_b, &fact.quote_b)]
        {
            lines(&format!("{side} line {line}: {}", words::quoted(quote)), 4, width, out)?;
        }
    }
    Ok(())
}

fn places(
    difference: &Difference,
    width: usize,
    options: &Options<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let all = difference.pieces.iter().filter(|it| matches!(it, Piece::Other(..))).count();
    let title = layout::styled("Different words", Style::Bold, options.color);
    writeln!(out, "\n{title}: {}", words::counted(all as u64, "place"))?;
    let most = if options.all { usize::MAX } else { SHOWN_PLACES };
    let mut shown = 0;
    let mut paragraph = String::new();
    for (position, piece) in difference.pieces.iter().enumerate() {
        match piece {
            Piece::Other(x, y) => {
                shown += 1;
                if most < shown {
                    break;
                }
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
        marked(&paragraph, width, options, out)?;
    }
    match all.saturating_sub(most) {
        0 => Ok(()),
        hidden => writeln!(out, "  and {} more: --all", words::number(hidden as u64)),
    }
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
}

#[derive(Serialize)]
struct V1Place<'a> {
    a: &'a str,
    b: &'a str,
}

/// Writes it for programs: one object.
pub fn difference_json(compared: &Compared<'_>, out: &mut dyn Write) -> io::Result<()> {
    let Compared { a, b, difference } = compared;
    let Difference { facts, pieces, .. } = difference;
    let fact = |it: &'_ crate::rot::FactPair| it.clone();
    let facts = facts.iter().map(fact).collect::<Vec<_>>();
    let whole = V1Difference {
        schema_version: SCHEMA_VERSION,
        a: escape::readable(a),
        b: escape::readable(b),
        similarity: difference.similarity,
        facts: facts
            .iter()
            .map(|it| {
                let crate::rot::FactPair { kind, a, b, quote_a, quote_b, line_a, line_b } = it;
                V1Fact { kind, a, b, quote_a, quote_b, line_a: *line_a, line_b: *line_b }
            })
            .collect(),
        places: pieces
            .iter()
            .filter_map(|it| match it {
                Piece::Other(a, b) => Some(V1Place { a, b }),
                Piece::Same(_) => None,
            })
            .collect(),
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
        let compared = Compared { a, b, difference: &difference };
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
    fn json_has_every_place() {
        let difference = Difference::of("one two three", "one 2 three four", false);
        let (a, b) = (Path::new("a"), Path::new("b"));
        let mut out = Vec::new();
        let compared = Compared { a, b, difference: &difference };
        difference_json(&compared, &mut out).unwrap();
        let json: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(json["places"][0]["a"], "two");
        assert_eq!(json["places"][1]["b"], "four");
        assert_eq!(json["schema_version"], 1);
    }
}
