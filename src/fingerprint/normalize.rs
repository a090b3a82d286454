//! Text as words, so that layout, case and container make no difference.
//!
//! The result is words joined by single spaces: a run of words is a substring of it, which is what
//! makes shingling free of copies. Normalizing twice changes nothing. Meaning is not touched: no
//! stemming, no stop words.

use unicode_normalization::char::is_combining_mark;
use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfkc_quick};

/// Longest line, in bytes, that may be a page number.
const MAX_PAGE_LINE_BYTES: usize = 40;

/// Compatibility-composes and lower-cases `text` and keeps its runs of letters and digits.
///
/// A character of a script without spaces (Han, kana, Thai, Lao, Khmer, Burmese) is a word of its
/// own. A word that a hyphen breaks at the end of a line is one word. Lines that hold nothing but
/// a page number are left out.
pub fn normalize(text: &str) -> String {
    let page_lines = page_number_lines(text);
    let mut page_lines = page_lines.iter().peekable();
    let mut words = Words::with_capacity(text.len());
    for (number, line) in text.split('\n').enumerate() {
        if page_lines.next_if(|it| **it == number).is_none() {
            words.push_line(line);
        }
    }
    words.out
}

/// Normalizes `line` on its own, and appends it to `out` with a space between.
pub(super) fn normalize_onto(out: String, line: &str) -> String {
    let mut words = Words { out, ends_in_hyphen: false };
    words.push_line(line);
    words.out
}

struct Words {
    out: String,
    /// Whether the last line broke a word.
    ends_in_hyphen: bool,
}

impl Words {
    fn with_capacity(bytes: usize) -> Self {
        Self { out: String::with_capacity(bytes + bytes / 16), ends_in_hyphen: false }
    }

    fn push_line(&mut self, line: &str) {
        let line = line.trim_end();
        if line.is_empty() {
            return;
        }
        let joins = self.ends_in_hyphen && starts_in_the_middle_of_a_word(line);
        if line.is_ascii() {
            self.push_ascii(line, joins);
        } else if is_nfkc_quick(line.chars()) == IsNormalized::Yes {
            self.push_chars(line.chars().flat_map(char::to_lowercase), joins);
        } else {
            // Lower-casing and leaving marks out can leave what composes, so compose once more.
            let composed = line
                .nfkc()
                .flat_map(char::to_lowercase)
                .filter(|it| !is_ignored(*it))
                .nfkc()
                .collect::<String>();
            self.push_chars(composed.chars(), joins);
        }
        self.ends_in_hyphen = ends_in_a_broken_word(line);
    }

    /// Runs of bytes are copied whole and lower-cased together.
    fn push_ascii(&mut self, line: &str, mut joins: bool) {
        let start = self.out.len();
        let mut rest = line;
        loop {
            rest =
                &rest[rest.bytes().position(|it| IS_WORD[usize::from(it)]).unwrap_or(rest.len())..];
            if rest.is_empty() {
                break;
            }
            let end = rest.bytes().position(|it| !IS_WORD[usize::from(it)]).unwrap_or(rest.len());
            if !joins && !self.out.is_empty() {
                self.out.push(' ');
            }
            joins = false;
            self.out.push_str(&rest[..end]);
            rest = &rest[end..];
        }
        self.out[start..].make_ascii_lowercase();
    }

    fn push_chars(&mut self, chars: impl Iterator<Item = char>, mut joins: bool) {
        let mut in_word = joins;
        for char in chars {
            if is_ignored(char) {
                continue;
            }
            if !char.is_alphanumeric() {
                // A joined line begins with a letter, after white space at most.
                in_word = joins;
                continue;
            }
            let stands_alone = is_without_spaces(char);
            if (!in_word || stands_alone) && !self.out.is_empty() {
                self.out.push(' ');
            }
            self.out.push(char);
            joins = false;
            in_word = !stands_alone;
        }
    }
}

const IS_WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    table
};

/// Marks without a letter of their own, and characters that only steer layout.
fn is_ignored(char: char) -> bool {
    !char.is_ascii()
        && (matches!(char, '\u{ad}' | '\u{200c}' | '\u{200d}' | '\u{2060}' | '\u{feff}')
            || !char.is_alphanumeric() && is_combining_mark(char))
}

/// Whether a character is of a script that writes no spaces between words: a word of its own.
pub fn is_without_spaces(char: char) -> bool {
    char >= '\u{e00}'
        && matches!(char,
            '\u{e00}'..='\u{eff}' // Thai, Lao
            | '\u{1000}'..='\u{109f}' | '\u{a9e0}'..='\u{a9ff}' | '\u{aa60}'..='\u{aa7f}' // Burmese
            | '\u{1780}'..='\u{17ff}' // Khmer
            | '\u{3005}'..='\u{3007}' | '\u{3021}'..='\u{3029}' | '\u{3031}'..='\u{30ff}' // kana
            | '\u{31f0}'..='\u{31ff}' | '\u{1b000}'..='\u{1b16f}'
            | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' // Han
            | '\u{20000}'..='\u{3ffff}')
}

fn is_cased(char: char) -> bool {
    (char.is_lowercase() || char.is_uppercase()) && !is_combining_mark(char)
}

fn ends_in_a_broken_word(line: &str) -> bool {
    line.strip_suffix(['-', '\u{ad}', '\u{2010}', '\u{2011}'])
        .and_then(|word| word.chars().next_back())
        .is_some_and(is_cased)
}

fn starts_in_the_middle_of_a_word(line: &str) -> bool {
    line.trim_start().starts_with(|it: char| it.is_lowercase() && is_cased(it))
}

/// Positions of the lines that hold nothing but a page number.
///
/// `Page 3`, `Seite 3 von 9` and `- 3 -` are page numbers wherever they stand. A bare number may
/// be a figure, so it is one only in a run of at least three that count up by one, or where all
/// bare numbers of the text count up from 1 and the last one ends the text. A text of one line has
/// none: a normalized text stays what it is.
fn page_number_lines(text: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let mut bare = Vec::new();
    let mut last = None;
    let mut other_lines = 0_usize;
    for (number, line) in text.split('\n').enumerate() {
        // Nearly every line is longer, so this is cheap.
        let line = if line.len() <= MAX_PAGE_LINE_BYTES { line.trim() } else { line };
        if line.is_empty() {
            continue;
        }
        last = Some(number);
        if MAX_PAGE_LINE_BYTES < line.len() {
            other_lines += 1;
        } else if let Some(page) = bare_number(line) {
            bare.push((number, page));
        } else if is_decorated_page_number(line) {
            found.push(number);
        } else {
            other_lines += 1;
        }
    }
    if other_lines == 0 {
        return Vec::new();
    }
    let counts_pages = bare.last().is_some_and(|it| Some(it.0) == last)
        && bare.iter().enumerate().all(|(before, it)| it.1 as usize == before + 1);
    for run in bare.chunk_by(|a, b| a.1 + 1 == b.1) {
        if counts_pages || 3 <= run.len() {
            found.extend(run.iter().map(|it| it.0));
        }
    }
    found.sort_unstable();
    found
}

fn bare_number(line: &str) -> Option<u32> {
    (line.len() <= 4 && line.bytes().all(|it| it.is_ascii_digit())).then(|| line.parse().ok())?
}

fn is_decorated_page_number(line: &str) -> bool {
    let dashes = ['-', '\u{2013}', '\u{2014}'];
    if let Some(inner) = line.strip_prefix(dashes).and_then(|it| it.strip_suffix(dashes)) {
        return bare_number(inner.trim()).is_some();
    }
    let mut words = line.split_whitespace();
    let names = ["page", "seite", "pagina", "página", "p.", "s."];
    let named = words.next().is_some_and(|first| {
        let first = first.to_lowercase();
        names.contains(&first.as_str())
    });
    let is_number = |it: &str| bare_number(it).is_some();
    named
        && match (words.next(), words.next(), words.next(), words.next()) {
            (Some(page), None, ..) => page.split('/').all(is_number),
            (Some(page), Some(of), Some(pages), None) => {
                is_number(page)
                    && ["of", "von", "de", "di", "sur", "/"].contains(&of)
                    && is_number(pages)
            }
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(normalize(text), expected);
    }

    #[test]
    fn case_layout_and_punctuation_make_no_difference() {
        check("  The Plan,\n\nv2: (final)\r\n", "the plan v2 final");
        check("ﬁnal ＦＵＬＬ Größe ÉTÉ", "final full größe été");
        check("e\u{301}te\u{301} Mus\u{ad}ter İzmir", "été muster izmir");
    }

    #[test]
    fn a_character_of_a_script_without_spaces_is_a_word() {
        check("東京Tokyo2020です", "東 京 tokyo2020 で す");
        check("ภาษา", "ภ า ษ า");
    }

    #[test]
    fn a_word_broken_at_the_end_of_a_line_is_one_word() {
        check("docu-\n  ment", "document");
        check("Maß-\nnahme", "maßnahme");
        check("Jean-\nPaul", "jean paul");
        check("1990-\n2000 and -\nso", "1990 2000 and so");
    }

    #[test]
    fn page_numbers_are_left_out_and_figures_are_kept() {
        check("one\nPage 1 of 2\ntwo\n- 2 -\n", "one two");
        check("one\n1\ntwo\n2\n", "one two");
        check("head\n7\na\n8\nb\n9\nc", "head a b c");
        check("price\n7\ncount\n12", "price 7 count 12");
        check("1\n2\n3", "1 2 3");
        check("page 3", "page 3");
    }

    proptest! {
        #[test]
        fn normalizing_twice_changes_nothing(text in "(?s).{0,40}|[a-zA-Zé\u{307}\u{345}α -]{0,20}") {
            let once = normalize(&text);
            prop_assert_eq!(normalize(&once), once);
        }

        #[test]
        fn words_are_joined_by_single_spaces(text in "(?s).{0,60}") {
            let normalized = normalize(&text);
            prop_assert!(normalized.is_empty() || normalized.split(' ').all(|it| !it.is_empty()));
        }
    }
}
