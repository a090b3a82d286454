//! What is worth telling of as a passage: sentences that say something, and not lists of names, rows
//! of figures or what a machine printed.

use std::ops::Range;

use super::alignment::Words;

/// Of a passage, so large a share are words of a language that are no names.
const MIN_PLAIN: f64 = 0.5;
/// Whether a run of words is worth telling of.
pub(super) fn is_prose(words: &Words<'_>, run: &Range<usize>) -> bool {
    let plain = run.clone().filter(|it| is_plain(words.word(*it))).count();
    MIN_PLAIN * run.len() as f64 <= plain as f64
}

/// Whether a word is made of letters, perhaps in two parts, and is not written as names are.
fn is_plain(word: &str) -> bool {
    let mut chars = word.chars();
    let is_capital = chars.next().is_some_and(char::is_uppercase);
    let is_name = is_capital && chars.next().is_some_and(char::is_lowercase);
    let is_letter = |it: char| it.is_alphabetic() || matches!(it, '-' | '\'' | '\u{2019}');
    !is_name && word.chars().all(is_letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: bool) {
        let words = Words::of(text);
        assert_eq!(is_prose(&words, &(0..words.len())), expected);
    }

    #[test]
    fn sentences_are_told_and_names_and_figures_are_not() {
        check("Everyone who travels for us books the train, unless a car's cheaper.", true);
        check("EVERYONE WHO TRAVELS FOR US BOOKS THE TRAIN IN 2024.", true);
        check("誰もが電車を予約する", true);
        check("Ann Smith, Bob of Kent, Carla de Souza, Dan O'Neill, Eve Jones", false);
        check("10.240.0.17:2379 | 4917a7ab173fabe7 | 3.4.15 | 106 kB | true | false", false);
        check("{\"level\":\"info\",\"ts\":\"2021-01-01\"} started raft_id=8211f1d0", false);
    }
}
