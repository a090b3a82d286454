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
    normalize_marking(text, &[]).0
}

/// As [`normalize`], and where each of `ends` falls in the result: ascending positions in `text`
/// at which words end.
pub(super) fn normalize_marking(text: &str, ends: &[usize]) -> (String, Vec<usize>) {
    let page_lines = page_number_lines(text);
    let mut page_lines = page_lines.iter().peekable();
    let mut words = Words { out: Vec::with_capacity(text.len() + 8), ends_in_hyphen: false };
    let mut marks = Vec::with_capacity(ends.len());
    let mut ends = ends.iter().copied().peekable();
    let mut start = 0;
    for (number, line) in lines(text).enumerate() {
        let end = start + line.len();
        let is_left_out = page_lines.next_if(|it| **it == number).is_some();
        while let Some(mark) = ends.next_if(|it| *it < end) {
            if !is_left_out {
                let piece = &text[start..mark];
                words.push_line(piece);
                // What a tab at the start of a line ends is nothing yet.
                words.ends_in_hyphen &= piece.trim_end().is_empty();
            }
            marks.push(words.out.len());
            start = mark;
        }
        if !is_left_out {
            words.push_line(&text[start..end]);
        }
        while ends.next_if(|it| *it <= end + 1).is_some() {
            marks.push(words.out.len());
        }
        start = end + 1;
    }
    (words.into_text(), marks)
}

/// The pieces between line feeds.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut start = 0;
    let ends = memchr::memchr_iter(b'\n', text.as_bytes()).chain([text.len()]);
    ends.map(move |end| {
        let line = &text[start..end];
        start = end + 1;
        line
    })
}

/// Normalized words, as they are collected.
#[derive(Default)]
pub(super) struct Words {
    // Invariant: words in UTF-8, each with a space after it.
    out: Vec<u8>,
    /// Whether the last line broke a word.
    ends_in_hyphen: bool,
}

impl Words {
    /// Appends the words of `row`, whatever the row before it ended with.
    pub(super) fn push_row(&mut self, row: &str) {
        self.ends_in_hyphen = false;
        self.push_line(row);
    }

    pub(super) fn clear(&mut self) {
        self.out.clear();
    }

    /// The words from this byte on, joined by single spaces.
    pub(super) fn since(&self, start: usize) -> &str {
        let words = self.out[start..].strip_suffix(b" ").unwrap_or_default();
        std::str::from_utf8(words).expect("made of whole characters")
    }

    /// The words, joined by single spaces.
    pub(super) fn into_text(mut self) -> String {
        self.out.pop();
        String::from_utf8(self.out).expect("made of whole characters")
    }

    fn push_line(&mut self, line: &str) {
        let mut line = line.trim_end();
        if line.is_empty() {
            return;
        }
        let mut at = self.out.len();
        let joins = self.ends_in_hyphen && starts_in_the_middle_of_a_word(line);
        if joins {
            at -= 1;
            line = line.trim_start();
        }
        let mut room = Room { at, in_word: joins };
        self.ends_in_hyphen = ends_in_a_broken_word(line);
        if !self.push_plain(line, &mut room) {
            room = Room { at, in_word: joins };
            self.push_any(line, &mut room);
        }
        if room.in_word {
            self.out[room.at] = b' ';
            room.at += 1;
        }
        self.out.truncate(room.at);
    }

    /// Appends a line of plain characters byte by byte; false where it has others.
    fn push_plain(&mut self, line: &str, room: &mut Room) -> bool {
        // At most, every letter is followed by a character of three bytes that is a word.
        self.out.resize(room.at + line.len() + line.len() / 2 + 8, 0);
        let out = self.out.as_mut_slice();
        let Room { mut at, mut in_word } = *room;
        let bytes = line.as_bytes();
        let mut position = 0;
        while position < bytes.len() {
            let byte = LOWER[usize::from(bytes[position])];
            if byte == IS_LONG {
                let Some(char) = line[position..].chars().next() else { break };
                position += char.len_utf8();
                match plain(char) {
                    Plain::Letter(char) => {
                        at += char.encode_utf8(&mut out[at..]).len();
                        in_word = true;
                    }
                    Plain::Word => {
                        out[at] = b' ';
                        at += usize::from(in_word);
                        at += char.encode_utf8(&mut out[at..]).len();
                        out[at] = b' ';
                        at += 1;
                        in_word = false;
                    }
                    Plain::Gap => {
                        out[at] = b' ';
                        at += usize::from(in_word);
                        in_word = false;
                    }
                    Plain::Not => return false,
                }
                continue;
            }
            // Without branches: a gap after a gap is written over.
            let is_word = byte != b' ';
            out[at] = byte;
            at += usize::from(is_word | in_word);
            in_word = is_word;
            position += 1;
        }
        *room = Room { at, in_word };
        true
    }

    fn push_any(&mut self, line: &str, room: &mut Room) {
        if is_nfkc_quick(line.chars()) == IsNormalized::Yes {
            self.push_chars(line.chars().flat_map(char::to_lowercase), room);
        } else {
            // Lower-casing and leaving marks out can leave what composes, so compose once more.
            let composed = line
                .nfkc()
                .flat_map(char::to_lowercase)
                .filter(|it| !is_ignored(*it))
                .nfkc()
                .collect::<String>();
            self.push_chars(composed.chars(), room);
        }
    }

    fn push_chars(&mut self, chars: impl Iterator<Item = char>, room: &mut Room) {
        self.out.truncate(room.at);
        for char in chars {
            if is_ignored(char) {
                continue;
            }
            let is_word = char.is_alphanumeric();
            let stands_alone = is_word && is_without_spaces(char);
            if room.in_word && (!is_word || stands_alone) {
                self.out.push(b' ');
            }
            if is_word {
                self.out.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
            }
            if stands_alone {
                self.out.push(b' ');
            }
            room.in_word = is_word && !stands_alone;
        }
        room.at = self.out.len();
        self.out.push(b' ');
    }
}

/// Where the next byte goes, and whether a word has begun that is not ended yet.
struct Room {
    at: usize,
    in_word: bool,
}

/// What [`LOWER`] says of bytes that are part of a longer character.
const IS_LONG: u8 = 0x80;

/// Letters in lower case and digits; a space for what is neither.
const LOWER: [u8; 256] = {
    let mut table = [b' '; 256];
    let mut byte = 0;
    while byte < 256 {
        let it = byte as u8;
        if it.is_ascii_alphanumeric() {
            table[byte] = it.to_ascii_lowercase();
        } else if !it.is_ascii() {
            table[byte] = IS_LONG;
        }
        byte += 1;
    }
    table
};

/// What becomes of a character wherever it stands.
enum Plain {
    /// It is part of a word, as this one.
    Letter(char),
    /// It is a word.
    Word,
    /// It is between words.
    Gap,
    /// That depends on the characters beside it.
    Not,
}

/// Tells the characters that most texts beyond ASCII are made of. None of them composes with
/// another of them, and what they decompose to is no other word.
fn plain(char: char) -> Plain {
    match char {
        '\u{c0}'..='\u{de}' if char != '\u{d7}' => Plain::Letter(char::from(char as u8 + 0x20)),
        '\u{df}'..='\u{ff}' if char != '\u{f7}' => Plain::Letter(char),
        '\u{410}'..='\u{42f}' => Plain::Letter(char::from_u32(char as u32 + 0x20).unwrap_or(char)),
        '\u{430}'..='\u{44f}' | '\u{3b1}'..='\u{3c9}' => Plain::Letter(char),
        '\u{a0}'
        | '\u{a1}'
        | '\u{a7}'
        | '\u{a9}'
        | '\u{ab}'
        | '\u{b7}'
        | '\u{bb}'
        | '\u{bf}'
        | '\u{d7}'
        | '\u{f7}'
        | '\u{2010}'..='\u{2016}'
        | '\u{2018}'..='\u{2023}'
        | '\u{2026}'
        | '\u{3001}'
        | '\u{3002}'
        | '\u{300c}'
        | '\u{300d}'
        | '\u{ff0c}' => Plain::Gap,
        '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | '\u{4e00}'..='\u{9fa5}' => Plain::Word,
        _ => Plain::Not,
    }
}

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
    // Nearly every line ends otherwise, so this is cheap.
    let last = line.as_bytes().last().copied().unwrap_or_default();
    if last != b'-' && last.is_ascii() {
        return false;
    }
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
    for (number, line) in lines(text).enumerate() {
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
    // Few lines begin like one, so this is cheap.
    if !line.starts_with(['-', '\u{2013}', '\u{2014}', 'p', 'P', 's', 'S']) {
        return false;
    }
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
