//! The texts and words of catalogs, as judging asks for them.

use docrot::catalog::{Catalogs, Keeping, Vocabulary};
use docrot::inventory::{DocId, Inventory, Record, Word};
use docrot::rot::Texts;

/// What the index of each catalog has.
pub(super) struct Stored {
    texts: Box<dyn Texts>,
    /// Where at least one of them has an index of words.
    words: Option<Vocabulary>,
}

impl Stored {
    /// Keeps so many blocks of texts unpacked at most.
    pub(super) fn of(catalogs: &Catalogs<'_>, blocks: usize) -> anyhow::Result<Self> {
        let has_words = catalogs.iter().any(|it| it.keeping() == Keeping::Texts);
        let words = has_words.then(|| catalogs.vocabulary()).transpose()?;
        Ok(Self { texts: Box::new(catalogs.texts_within(blocks)?), words })
    }
}

impl Texts for Stored {
    fn text(&self, record: &Record) -> Option<String> {
        self.texts.text(record)
    }

    fn each_word(
        &self,
        inventory: &Inventory,
        wanted: &dyn Fn(DocId) -> bool,
        least: usize,
        visit: &mut dyn FnMut(&Word<'_>),
    ) -> bool {
        let Some(words) = &self.words else { return false };
        let told = words.each(inventory, wanted, least, visit);
        if let Err(error) = &told {
            log::warn!("subjects are not looked for: {error}");
        }
        told.is_ok()
    }

    fn stems(&self, words: &[&str]) -> Vec<String> {
        match &self.words {
            Some(vocabulary) => vocabulary.stems(words),
            None => words.iter().map(|it| (*it).to_owned()).collect(),
        }
    }
}
