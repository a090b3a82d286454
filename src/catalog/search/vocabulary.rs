//! The words of all documents, word by word, for whoever weighs them.
//!
//! Read from the lists that the index has anyway: no text is opened, and memory is needed for one
//! word at a time. The order is that of the words, whatever order documents were indexed in.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use tantivy::postings::Postings as _;
use tantivy::schema::IndexRecordOption;
use tantivy::termdict::TermStreamer;
use tantivy::{DocSet as _, InvertedIndexReader, TERMINATED};

use crate::inventory::{DocId, Inventory, Word, WordUse};

use super::super::CatalogError;
use super::super::error::of_index;
use super::super::schema::id_of;
use super::super::several::key_among;
use super::Search;
use super::stems::Stems;

/// Enough documents to tell which languages they are in.
const LANGUAGE_SAMPLE: usize = 200;
/// No document of the inventory, among positions.
const NONE: u32 = u32::MAX;

/// The words of the documents of one or more catalogs.
#[expect(missing_debug_implementations, reason = "holds searchers, which have none")]
pub struct Vocabulary {
    // Invariant: as many as first roots.
    searches: Vec<Search>,
    first_roots: Vec<u16>,
    /// The languages of the documents, the most frequent first; found when first asked for.
    languages: OnceLock<Vec<String>>,
}

impl Vocabulary {
    pub(in crate::catalog) const fn of(searches: Vec<Search>, first_roots: Vec<u16>) -> Self {
        Self { searches, first_roots, languages: OnceLock::new() }
    }

    /// A text that cannot be read here is told by whoever reads it.
    fn languages(&self) -> &[String] {
        self.languages.get_or_init(|| {
            let found = self.searches.iter().filter_map(|it| it.languages(LANGUAGE_SAMPLE).ok());
            let mut languages: Vec<String> = Vec::new();
            for language in found.flatten() {
                if !languages.contains(&language) {
                    languages.push(language);
                }
            }
            languages
        })
    }

    /// Tells every word that stands in `least` or more of the documents that are wanted, in the order
    /// of their bytes. `inventory` is that of the same catalogs.
    pub fn each(
        &self,
        inventory: &Inventory,
        wanted: &dyn Fn(DocId) -> bool,
        least: usize,
        visit: &mut dyn FnMut(&Word<'_>),
    ) -> Result<(), CatalogError> {
        let folder = &self.searches[0].folder;
        self.walk(inventory, wanted, least, visit).map_err(|source| of_index(folder, source))
    }

    /// What each word in lower case has in common with its other forms.
    pub fn stems(&self, words: &[&str]) -> Vec<String> {
        let mut stemmer = self.languages().first().and_then(|it| Stems::of(it));
        let stem = |word: &&str| match &mut stemmer {
            Some(stemmer) => stemmer.stem(word),
            None => (*word).to_owned(),
        };
        words.iter().map(stem).collect()
    }

    fn walk(
        &self,
        inventory: &Inventory,
        wanted: &dyn Fn(DocId) -> bool,
        least: usize,
        visit: &mut dyn FnMut(&Word<'_>),
    ) -> tantivy::Result<()> {
        let lists = self.lists(inventory, wanted)?;
        let mut streams = Vec::with_capacity(lists.len());
        for list in &lists {
            let mut stream = list.words.terms().stream()?;
            let has_more = stream.advance();
            streams.push((list, stream, has_more));
        }
        let mut languages: Vec<Stems> =
            self.languages().iter().filter_map(|it| Stems::of(it)).collect();
        let (mut word, mut uses) = (Vec::new(), Vec::new());
        loop {
            let first = streams.iter().filter(|it| it.2).map(|it| it.1.key()).min();
            let Some(first) = first else { return Ok(()) };
            word.clear();
            word.extend_from_slice(first);
            uses.clear();
            collect(&word, least, &mut streams, &mut uses)?;
            let Ok(text) = std::str::from_utf8(&word) else { continue };
            if uses.len() < least.max(1) {
                continue;
            }
            let stem = languages.first_mut().map(|it| it.stem(text));
            let is_common = languages.iter_mut().any(|it| it.is_common(text));
            visit(&Word { text, stem: stem.as_deref().unwrap_or(text), is_common, uses: &uses });
        }
    }

    /// The lists of each part of each index, for texts and for titles.
    fn lists(
        &self,
        inventory: &Inventory,
        wanted: &dyn Fn(DocId) -> bool,
    ) -> tantivy::Result<Vec<Lists>> {
        let mut by_id = HashMap::with_capacity(inventory.len());
        for (document, record) in inventory.iter().filter(|(id, _)| wanted(*id)) {
            let key = key_among(&self.first_roots, record);
            by_id.insert((key.catalog, id_of(&key.key)), document.0);
        }
        let mut lists = Vec::new();
        for (catalog, search) in self.searches.iter().enumerate() {
            for reader in search.searcher.segment_readers() {
                let ids = reader.fast_fields().u64("id")?;
                let document = |at: u32| {
                    let id = ids.first(at).filter(|_| !reader.is_deleted(at))?;
                    by_id.get(&(catalog, id)).copied()
                };
                let documents: Arc<[u32]> =
                    (0..reader.max_doc()).map(|at| document(at).unwrap_or(NONE)).collect();
                for (field, is_title) in [(search.fields.body, false), (search.fields.title, true)]
                {
                    let words = reader.inverted_index(field)?;
                    lists.push(Lists { words, is_title, documents: Arc::clone(&documents) });
                }
            }
        }
        Ok(lists)
    }
}

/// The lists of one field in one part of an index.
struct Lists {
    words: Arc<InvertedIndexReader>,
    is_title: bool,
    /// The document at each place; [`NONE`] where it is not wanted.
    documents: Arc<[u32]>,
}

/// Adds up where `word` stands, and leads the streams that have it on to their next one.
fn collect(
    word: &[u8],
    least: usize,
    streams: &mut [(&Lists, TermStreamer<'_>, bool)],
    uses: &mut Vec<WordUse>,
) -> tantivy::Result<()> {
    let has = |it: &(&Lists, TermStreamer<'_>, bool)| it.2 && it.1.key() == word;
    let most: u32 = streams.iter().filter(|it| has(it)).map(|it| it.1.value().doc_freq).sum();
    for (list, stream, has_more) in streams.iter_mut() {
        if !*has_more || stream.key() != word {
            continue;
        }
        // Most words stand in one document.
        if least <= most as usize {
            let postings = list
                .words
                .read_postings_from_terminfo(stream.value(), IndexRecordOption::WithFreqs);
            let mut postings = postings?;
            while postings.doc() != TERMINATED {
                let document = list.documents[postings.doc() as usize];
                if document != NONE {
                    let count = postings.term_freq();
                    let (in_text, in_title) = if list.is_title { (0, count) } else { (count, 0) };
                    uses.push(WordUse { document: DocId(document), in_text, in_title });
                }
                postings.advance();
            }
        }
        *has_more = stream.advance();
    }
    WordUse::add_up(uses);
    Ok(())
}
