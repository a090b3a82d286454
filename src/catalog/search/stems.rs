//! Words of the same stem, found in the dictionary of the index when they are asked for.
//!
//! Indexing stems would cost every scan a third of its time and tie an index to one language. A
//! dictionary is sorted, and words of one stem begin alike, so a query looks through a few hundred
//! entries instead.

use tantivy::tokenizer::{
    Language, RawTokenizer, Stemmer, StopWordFilter, TextAnalyzer, TokenStream as _,
};

/// Endings do not get longer than this in the languages that have stemmers.
const MAX_ENDING_BYTES: usize = 16;

/// A stemmer of one language.
pub(super) struct Stems {
    language: Language,
    analyzer: TextAnalyzer,
    /// Leaves out what every text has; none where no list is at hand.
    telling: Option<TextAnalyzer>,
}

impl Stems {
    /// The stemmer for a language by its ISO 639-1 code; none where there is none.
    pub(super) fn of(code: &str) -> Option<Self> {
        let language = match code {
            "ar" => Language::Arabic,
            "da" => Language::Danish,
            "de" => Language::German,
            "el" => Language::Greek,
            "en" => Language::English,
            "es" => Language::Spanish,
            "fi" => Language::Finnish,
            "fr" => Language::French,
            "hu" => Language::Hungarian,
            "it" => Language::Italian,
            "nl" => Language::Dutch,
            "no" => Language::Norwegian,
            "pt" => Language::Portuguese,
            "ro" => Language::Romanian,
            "ru" => Language::Russian,
            "sv" => Language::Swedish,
            "ta" => Language::Tamil,
            "tr" => Language::Turkish,
            _ => return None,
        };
        let analyzer =
            TextAnalyzer::builder(RawTokenizer::default()).filter(Stemmer::new(language)).build();
        let telling = StopWordFilter::new(language)
            .map(|filter| TextAnalyzer::builder(RawTokenizer::default()).filter(filter).build());
        Some(Self { language, analyzer, telling })
    }

    /// Whether a word in lower case is one that every text of the language has.
    pub(super) fn is_common(&mut self, word: &str) -> bool {
        self.telling.as_mut().is_some_and(|it| !it.token_stream(word).advance())
    }

    /// The stem of a word in lower case.
    pub(super) fn stem(&mut self, word: &str) -> String {
        let mut stream = self.analyzer.token_stream(word);
        if stream.advance() { stream.token().text.clone() } else { word.to_owned() }
    }

    /// How words of this stem may begin: all of it but the last letter, which stemmers change.
    pub(super) fn beginnings(&self, stem: &str) -> Vec<String> {
        let letters = stem.chars().count();
        let kept = if letters > 3 { letters - 1 } else { letters };
        let beginning: String = stem.chars().take(kept).collect();
        let mut beginnings = vec![beginning.clone()];
        if self.language == Language::German {
            // Plurals change a vowel, which the stemmer changes back: Haus, Häuser.
            for (plain, changed) in [("au", "äu"), ("a", "ä"), ("o", "ö"), ("u", "ü")] {
                if let Some(at) = beginning.rfind(plain) {
                    let mut other = beginning.clone();
                    other.replace_range(at..at + plain.len(), changed);
                    beginnings.push(other);
                }
            }
        }
        beginnings
    }

    /// Whether a word is of this stem.
    pub(super) fn is_of(&mut self, word: &str, stem: &str) -> bool {
        word.len() <= stem.len() + MAX_ENDING_BYTES && self.stem(word) == stem
    }
}

/// The ISO 639-1 code of the language that a text is written in, where that is sure and docrot has
/// a stemmer for it.
pub(super) fn language_of(text: &str) -> Option<&'static str> {
    use whatlang::Lang;
    let found = whatlang::detect(text).filter(whatlang::Info::is_reliable)?;
    Some(match found.lang() {
        Lang::Ara => "ar",
        Lang::Dan => "da",
        Lang::Deu => "de",
        Lang::Ell => "el",
        Lang::Eng => "en",
        Lang::Spa => "es",
        Lang::Fin => "fi",
        Lang::Fra => "fr",
        Lang::Hun => "hu",
        Lang::Ita => "it",
        Lang::Nld => "nl",
        Lang::Nob => "no",
        Lang::Por => "pt",
        Lang::Ron => "ro",
        Lang::Rus => "ru",
        Lang::Swe => "sv",
        Lang::Tam => "ta",
        Lang::Tur => "tr",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_one_stem_begin_as_it_is_said() {
        for (code, words) in [
            ("en", &["policy", "policies"][..]),
            ("en", &["travel", "travels", "travelling", "travelled"]),
            ("en", &["run", "running", "runs"]),
            ("de", &["haus", "häuser", "hauses"]),
            ("de", &["richtlinie", "richtlinien"]),
            ("fr", &["contrat", "contrats"]),
            ("es", &["norma", "normas"]),
        ] {
            let mut stems = Stems::of(code).unwrap();
            let stem = stems.stem(words[0]);
            for word in words {
                assert!(stems.is_of(word, &stem), "{code} {word} {stem}");
                let beginnings = stems.beginnings(&stem);
                assert!(beginnings.iter().any(|it| word.starts_with(it)), "{word} {beginnings:?}");
            }
        }
    }

    #[test]
    fn languages_are_told_apart() {
        let german = "Die Reisekosten werden innerhalb von vier Wochen nach Eingang des Antrags \
                      erstattet, sofern alle Belege vorliegen.";
        let english = "Travel expenses are paid within four weeks of the claim, if all receipts \
                       are there and have been signed by the manager.";
        assert_eq!(language_of(german), Some("de"));
        assert_eq!(language_of(english), Some("en"));
        assert_eq!(language_of("x1 y2"), None);
    }
}
