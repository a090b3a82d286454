//! The place of a text that says most of what was looked for.

use std::collections::HashSet;
use std::ops::Range;

use super::super::words::words;

/// Of longer texts only the beginning is searched for a place to quote, in bytes.
const MAX_SEARCHED_BYTES: usize = 256 << 10;
/// How much is quoted, in characters.
const QUOTED_CHARS: usize = 220;

/// A quotation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snippet {
    /// The words of the document, white space drawn together.
    pub text: String,
    /// Where what was looked for stands in `text`, in bytes, in order.
    pub found: Vec<Range<usize>>,
    /// Whether the document begins with it.
    pub is_beginning: bool,
    /// Whether the document ends with it.
    pub is_end: bool,
}

impl Snippet {
    /// Quotes the place of `text` with the most different words of `wanted`; its beginning where
    /// there are none.
    pub(super) fn of(text: &str, wanted: &HashSet<String>) -> Self {
        let searched = beginning(text, MAX_SEARCHED_BYTES);
        let hits: Vec<(Range<usize>, String)> = words(searched)
            .into_iter()
            .filter(|it| wanted.contains(&it.text))
            .map(|it| (it.offset_from..it.offset_to, it.text))
            .collect();
        let place = best(&hits);
        let first = hits.get(place.start).map_or(0, |it| it.0.start);
        let last = hits.get(place.end.max(1) - 1).map_or(0, |it| it.0.end);
        // What is left of the room goes around it, a third of it before.
        let room = QUOTED_CHARS.saturating_sub(searched[first..last].chars().count());
        let start = go_back(text, first, room / 3);
        let used = searched[start..last].chars().count();
        let end = go_on(text, last, QUOTED_CHARS.saturating_sub(used));
        quote(text, start..end, &hits)
    }
}

fn beginning(text: &str, most: usize) -> &str {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The run of hits that fits and has the most different words, then the most hits.
fn best(hits: &[(Range<usize>, String)]) -> Range<usize> {
    let mut best = 0..0;
    let mut most = (0, 0);
    let mut end = 0;
    for start in 0..hits.len() {
        end = end.max(start);
        while end < hits.len() && hits[end].0.end - hits[start].0.start <= QUOTED_CHARS {
            end += 1;
        }
        let end = end.max(start + 1);
        let run = &hits[start..end];
        let different = run.iter().map(|it| &it.1).collect::<HashSet<_>>().len();
        if most < (different, run.len()) {
            most = (different, run.len());
            best = start..end;
        }
    }
    best
}

/// The beginning of a word at most so many characters before `at`.
fn go_back(text: &str, at: usize, chars: usize) -> usize {
    let Some((start, _)) = text[..at].char_indices().rev().take(chars).last() else { return at };
    if start == 0 {
        return 0;
    }
    let cut = &text[start..at];
    cut.find(char::is_whitespace).map_or(start, |space| {
        start + space + cut[space..].chars().next().map_or(0, char::len_utf8)
    })
}

/// The end of a word at most so many characters after `at`.
fn go_on(text: &str, at: usize, chars: usize) -> usize {
    let Some((last, c)) = text[at..].char_indices().take(chars).last() else { return at };
    let end = at + last + c.len_utf8();
    if end == text.len() {
        return end;
    }
    text[at..end].rfind(char::is_whitespace).map_or(end, |space| at + space)
}

/// Copies a part of a text, with white space drawn together.
fn quote(text: &str, place: Range<usize>, hits: &[(Range<usize>, String)]) -> Snippet {
    let mut snippet = Snippet {
        is_beginning: text[..place.start].trim().is_empty(),
        is_end: text[place.end..].trim().is_empty(),
        ..Snippet::default()
    };
    let mut hits = hits.iter().map(|it| &it.0).skip_while(|it| it.start < place.start).peekable();
    let mut begun = None;
    for (offset, c) in text[place.clone()].char_indices() {
        let at = place.start + offset;
        if let Some(hit) = hits.next_if(|it| it.start == at && it.end <= place.end) {
            begun = Some((snippet.text.len(), hit.end));
        }
        if !c.is_whitespace() {
            snippet.text.push(c);
        } else if !snippet.text.is_empty() && !snippet.text.ends_with(' ') {
            snippet.text.push(' ');
        }
        if let Some((start, _)) = begun.filter(|it| it.1 == at + c.len_utf8()) {
            snippet.found.push(start..snippet.text.len());
            begun = None;
        }
    }
    snippet.text.truncate(snippet.text.trim_end().len());
    snippet
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, wanted: &[&str]) -> Snippet {
        Snippet::of(text, &wanted.iter().map(|it| (*it).to_owned()).collect())
    }

    fn marked(snippet: &Snippet) -> Vec<&str> {
        snippet.found.iter().map(|it| &snippet.text[it.clone()]).collect()
    }

    #[test]
    fn the_place_with_the_most_different_words_is_quoted() {
        let filler = "nothing to see here ".repeat(40);
        let text = format!("travel travel travel {filler} Travel\n\n  expenses are paid. {filler}");
        let snippet = of(&text, &["travel", "expenses"]);
        assert_eq!(marked(&snippet), ["Travel", "expenses"]);
        assert!(snippet.text.contains("here Travel expenses are paid."), "{snippet:?}");
        assert!(!snippet.is_beginning && !snippet.is_end);
        assert!(snippet.text.chars().count() <= QUOTED_CHARS);
    }

    #[test]
    fn a_text_without_them_is_quoted_from_its_beginning() {
        let snippet = of("  One\ttwo.\n", &["three"]);
        assert_eq!(snippet.text, "One two.");
        assert!(snippet.found.is_empty() && snippet.is_beginning && snippet.is_end);
        assert_eq!(
            of("", &["x"]),
            Snippet { is_beginning: true, is_end: true, ..Snippet::default() }
        );
    }

    proptest::proptest! {
        #[test]
        fn what_is_marked_is_what_was_looked_for(text in r"([ab年é]{1,4}[ \n]{1,3}){0,200}") {
            let snippet = of(&text, &["ab", "年", "aé"]);
            for mark in marked(&snippet) {
                proptest::prop_assert!(["ab", "年", "aé"].contains(&mark), "{mark:?}");
            }
            proptest::prop_assert!(!snippet.text.contains("  "));
        }
    }
}
