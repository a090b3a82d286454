//! Words as the index knows them, of a document's text and of a query alike.
//!
//! A word is a run of letters and digits, in lower case. Marks belong to the letter before them,
//! and what was typed in two parts (`e` and an accent) becomes one. In scripts without spaces each
//! character is a word, so that any run of them is found as a phrase. Done in one pass, because
//! it sees every byte of every document.

use tantivy::tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer, TokenizerManager};
use unicode_normalization::char::is_combining_mark;
use unicode_normalization::{UnicodeNormalization as _, is_nfc};

use crate::inventory::is_without_spaces;

/// What the schema calls it.
pub(super) const NAME: &str = "words";

/// Longer runs are data, not words, and are left out.
const MAX_WORD_BYTES: usize = 100;

/// The tokenizers that an index of docrot needs.
pub(super) fn tokenizers() -> TokenizerManager {
    let tokenizers = TokenizerManager::default();
    tokenizers.register(NAME, TextAnalyzer::from(Words::default()));
    tokenizers
}

/// Splits text into words.
#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    token: Token,
}

impl Tokenizer for Words {
    type TokenStream<'a> = WordStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream<'a> {
        self.token.reset();
        WordStream { text, at: 0, token: &mut self.token }
    }
}

/// The words of one text.
#[derive(Debug)]
pub(super) struct WordStream<'a> {
    text: &'a str,
    at: usize,
    token: &'a mut Token,
}

impl WordStream<'_> {
    /// The end of the word that begins at `start`, and whether all of it is ASCII.
    fn end_of_word(&self, start: usize) -> (usize, bool) {
        let bytes = self.text.as_bytes();
        let mut end = start;
        let mut is_ascii = true;
        while let Some(byte) = bytes.get(end) {
            if byte.is_ascii() {
                if !byte.is_ascii_alphanumeric() {
                    break;
                }
                end += 1;
                continue;
            }
            let Some(c) = self.text[end..].chars().next() else { break };
            if is_without_spaces(c) || !(c.is_alphanumeric() || is_combining_mark(c)) {
                break;
            }
            is_ascii = false;
            end += c.len_utf8();
        }
        (end, is_ascii)
    }

    /// The end of a character that is a word of its own, with the marks that belong to it.
    fn end_of_character(&self, start: usize, first: char) -> usize {
        let marks = self.text[start + first.len_utf8()..].chars();
        let marks = marks.take_while(|c| is_combining_mark(*c)).map(char::len_utf8).sum::<usize>();
        start + first.len_utf8() + marks
    }

    fn set(&mut self, start: usize, end: usize, is_ascii: bool) {
        self.at = end;
        self.token.offset_from = start;
        self.token.offset_to = end;
        self.token.text.clear();
        let word = &self.text[start..end];
        if is_ascii {
            self.token.text.push_str(word);
            self.token.text.make_ascii_lowercase();
        } else if is_nfc(word) {
            self.token.text.extend(word.chars().flat_map(char::to_lowercase));
        } else {
            self.token.text.extend(word.nfc().flat_map(char::to_lowercase));
        }
    }
}

impl TokenStream for WordStream<'_> {
    fn advance(&mut self) -> bool {
        let bytes = self.text.as_bytes();
        loop {
            let start = self.at;
            let Some(byte) = bytes.get(start) else { return false };
            if byte.is_ascii() && !byte.is_ascii_alphanumeric() {
                self.at += 1;
                continue;
            }
            let Some(first) = self.text[start..].chars().next() else { return false };
            if !first.is_alphanumeric() {
                self.at += first.len_utf8();
                continue;
            }
            self.token.position = self.token.position.wrapping_add(1);
            let (end, is_ascii) = if is_without_spaces(first) {
                (self.end_of_character(start, first), false)
            } else {
                self.end_of_word(start)
            };
            if MAX_WORD_BYTES < end - start {
                self.at = end;
                continue;
            }
            self.set(start, end, is_ascii);
            return true;
        }
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

/// The words of a text, with their positions among the words and their places in bytes.
pub(super) fn words(text: &str) -> Vec<Token> {
    let mut tokenizer = Words::default();
    let mut stream = tokenizer.token_stream(text);
    let mut words = Vec::new();
    while stream.advance() {
        words.push(stream.token().clone());
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let words = words(text);
        assert_eq!(words.iter().map(|it| it.text.as_str()).collect::<Vec<_>>(), expected, "{text}");
    }

    #[test]
    fn words_are_runs_of_letters_and_digits_in_lower_case() {
        check("The ISO-27001 Größe, don't.", &["the", "iso", "27001", "größe", "don", "t"]);
        check("", &[]);
        check(" … – ", &[]);
    }

    #[test]
    fn marks_belong_to_their_letter_and_are_composed() {
        check("cafe\u{301} Übung", &["café", "übung"]);
        check("हिन्दी", &["हिन्दी"]);
    }

    #[test]
    fn a_character_of_a_script_without_spaces_is_a_word() {
        check("年度report報告", &["年", "度", "report", "報", "告"]);
        check("ที่", &["ที่"]);
    }

    #[test]
    fn data_is_no_word_and_leaves_a_gap() {
        let text = format!("a {} b", "x".repeat(101));
        let found = words(&text);
        assert_eq!(found.iter().map(|it| it.position).collect::<Vec<_>>(), [0, 2]);
    }

    proptest::proptest! {
        #[test]
        fn every_word_stands_where_it_says(text in r"([\PC]|é|e\u{301}|年|ที่| ){0,60}") {
            let mut end = 0;
            for word in words(&text) {
                proptest::prop_assert!(end <= word.offset_from && word.offset_from < word.offset_to);
                let there = &text[word.offset_from..word.offset_to];
                proptest::prop_assert_eq!(
                    there.nfc().flat_map(char::to_lowercase).collect::<String>(),
                    word.text
                );
                end = word.offset_to;
            }
        }
    }
}
