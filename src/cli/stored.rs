//! The texts and words of catalogs, as judging asks for them.

use docrot::catalog::{Catalogs, Vocabulary};
use docrot::inventory::{DocId, Inventory, Record, Word};
use docrot::rot::Texts;

/// What the index of each catalog has.
pub(super) struct Stored {
    texts: Box<dyn Texts>,
    words: Vocabulary,
}

impl Stored {
    /// Keeps so many blocks of texts unpacked at most.
    pub(super) fn of(catalogs: &Catalogs<'_>, blocks: usize) -> anyhow::Result<Self> {
        Ok(Self { texts: Box::new(catalogs.texts_within(blocks)?), words: catalogs.vocabulary()? })
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
        if !self.words.has_words() {
            return false;
        }
        let told = self.words.each(inventory, wanted, least, visit);
        if let Err(error) = &told {
            log::warn!("subjects are not looked for: {error}");
        }
        told.is_ok()
    }

    fn stems(&self, words: &[&str]) -> Vec<String> {
        self.words.stems(words)
    }
}
