//! Finds documents by their words, as of the last commit.
//!
//! The index knows words, titles, paths and formats. Who answers for a document, how old it is and
//! of what it is a copy is not in it, because that would be out of date with every judgement: the
//! caller lets documents in by their key, and gets keys back.

mod compile;
mod parse;
mod snippet;
mod stems;
mod vocabulary;

pub use parse::{Clause, Form, Query, QueryError, Scope};
pub use snippet::Snippet;
pub use vocabulary::Vocabulary;

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use tantivy::collector::{Count, FilterCollector, TopDocs};
use tantivy::query::TermQuery;
use tantivy::schema::{IndexRecordOption, Value as _};
use tantivy::{DocAddress, Index, Score, Searcher, TantivyDocument, Term};

use crate::inventory::path_text;

use super::CatalogError;
use super::error::of_index;
use super::index;
use super::schema::{Fields, id_of};
use super::words::words;
use compile::Compiler;
use stems::Stems;

/// Blocks of texts that a segment keeps unpacked; hits of a query lie apart.
const CACHED_BLOCKS: usize = 100;

/// Shorter words tell no document from others.
const LEAST_CHARS: usize = 3;

/// Lets documents in by [`Hit::id`].
pub type Admit = Arc<dyn Fn(u64) -> bool + Send + Sync>;

/// Lets documents in by their path.
pub type AdmitPath<'a> = &'a dyn Fn(&std::path::Path) -> bool;

/// How to look.
#[derive(Clone, Default)]
pub struct SearchOptions<'a> {
    /// How many hits at most.
    pub limit: usize,
    /// ISO 639-1 codes of the languages in whose words stems are found.
    pub languages: &'a [String],
    /// Which documents count; none for all.
    pub admit: Option<Admit>,
    /// Which paths count; none for all.
    pub admit_path: Option<AdmitPath<'a>>,
}

impl std::fmt::Debug for SearchOptions<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SearchOptions").field("limit", &self.limit).finish_non_exhaustive()
    }
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The best, in order.
    pub hits: Vec<Hit>,
    /// How many documents there are in all.
    pub total: u64,
    /// Whether there may be more than `total`: paths were not looked at to the end.
    pub is_at_least: bool,
    words: HashSet<String>,
}

/// A document that was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// The first eight bytes of its [`crate::inventory::document_key`], as a big-endian number.
    pub id: u64,
    /// How well it fits; means something beside other hits of the same query only.
    pub score: Score,
    address: DocAddress,
}

/// What is shown of a hit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// Its [`crate::inventory::document_key`].
    pub key: [u8; 16],
    /// Its path below its root.
    pub path: PathBuf,
    /// Its title.
    pub title: Option<String>,
    /// The place that says most of what was looked for.
    pub snippet: Snippet,
}

/// What a document can be looked for by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnWords {
    /// The words of its text that fewest others have, the rarest first.
    pub rarest: Vec<String>,
    /// Its title.
    pub title: Option<String>,
}

/// An opened index.
#[expect(missing_debug_implementations, reason = "holds a searcher, which has none")]
pub struct Search {
    folder: PathBuf,
    searcher: Searcher,
    fields: Fields,
}

impl Search {
    pub(super) fn open(folder: PathBuf, index: &Index) -> Result<Self, CatalogError> {
        let failed = |source| of_index(&folder, source);
        let searcher = index::searcher(index, CACHED_BLOCKS).map_err(failed)?;
        let fields = Fields::of(&index.schema()).map_err(failed)?;
        Ok(Self { searcher, folder, fields })
    }

    /// How many documents there are.
    pub fn documents(&self) -> u64 {
        self.searcher.num_docs()
    }

    /// Finds documents, the best first; among equals in the order in which they were indexed.
    pub fn find(&self, query: &Query, options: &SearchOptions) -> Result<Found, CatalogError> {
        self.look(query, options).map_err(|source| of_index(&self.folder, source))
    }

    fn look(&self, query: &Query, options: &SearchOptions) -> tantivy::Result<Found> {
        let mut compiler = Compiler {
            searcher: &self.searcher,
            fields: self.fields,
            stems: options.languages.iter().filter_map(|code| Stems::of(code)).collect(),
            found: HashSet::new(),
        };
        let compiled = compiler.query(query.clause.as_ref())?;
        let words = compiler.found;
        let wanted = options.limit.max(1);
        let Some(admit_path) = options.admit_path else {
            let (hits, total) = self.top(&*compiled, wanted, options.admit.clone())?;
            return Ok(Found { hits, total, is_at_least: false, words });
        };
        // Paths are not at hand while hits are collected, so more and more of them are looked at.
        let mut asked = wanted * 8;
        let mut admitted = Vec::new();
        let mut looked_at = 0;
        loop {
            let (hits, total) = self.top(&*compiled, asked, options.admit.clone())?;
            for hit in &hits[looked_at.min(hits.len())..] {
                if admit_path(&self.path(*hit)?) {
                    admitted.push(*hit);
                }
            }
            looked_at = hits.len();
            let is_all = looked_at as u64 >= total;
            if is_all || wanted <= admitted.len() {
                let total = admitted.len() as u64;
                admitted.truncate(wanted);
                return Ok(Found { hits: admitted, total, is_at_least: !is_all, words });
            }
            asked *= 8;
        }
    }

    fn top(
        &self,
        query: &dyn tantivy::query::Query,
        limit: usize,
        admit: Option<Admit>,
    ) -> tantivy::Result<(Vec<Hit>, u64)> {
        let limit = limit.min(self.searcher.num_docs().max(1) as usize);
        let collector = (TopDocs::with_limit(limit).order_by_score(), Count);
        let (found, total) = match admit {
            None => self.searcher.search(query, &collector)?,
            Some(admit) => {
                let admits = move |id: u64| admit(id);
                self.searcher
                    .search(query, &FilterCollector::new("id".into(), admits, collector))?
            }
        };
        let hit = |(score, address): (Score, DocAddress)| {
            let segment = self.searcher.segment_reader(address.segment_ord);
            let ids = segment.fast_fields().u64("id")?;
            let id = ids.first(address.doc_id).unwrap_or_default();
            Ok(Hit { id, score, address })
        };
        let hits = found.into_iter().map(hit).collect::<tantivy::Result<_>>()?;
        Ok((hits, total as u64))
    }

    /// What is to be shown of a hit.
    pub fn show(&self, found: &Found, hit: &Hit) -> Result<Shown, CatalogError> {
        let document = self.document(*hit).map_err(|source| of_index(&self.folder, source))?;
        let text = |field| document.get_first(field).and_then(|it| it.as_str());
        let key = document.get_first(self.fields.key).and_then(|it| it.as_bytes());
        Ok(Shown {
            key: key.and_then(|it| it.try_into().ok()).unwrap_or_default(),
            path: text(self.fields.path).map(path_text::decode).unwrap_or_default(),
            title: text(self.fields.title).map(str::to_owned),
            snippet: Snippet::of(text(self.fields.body).unwrap_or_default(), &found.words),
        })
    }

    /// The [`crate::inventory::document_key`] and the path of a hit.
    pub fn key_and_path(&self, hit: &Hit) -> Result<([u8; 16], PathBuf), CatalogError> {
        let document = self.document(*hit).map_err(|source| of_index(&self.folder, source))?;
        let key = document.get_first(self.fields.key).and_then(|it| it.as_bytes());
        let path = document.get_first(self.fields.path).and_then(|it| it.as_str());
        let key = key.and_then(|it| it.try_into().ok()).unwrap_or_default();
        Ok((key, path.map(path_text::decode).unwrap_or_default()))
    }

    /// The words of a document's text that fewest others have, at most so many, and its title.
    pub fn own_words(&self, key: &[u8; 16], most: usize) -> Result<OwnWords, CatalogError> {
        self.rarest(key, most).map_err(|source| of_index(&self.folder, source))
    }

    fn rarest(&self, key: &[u8; 16], most: usize) -> tantivy::Result<OwnWords> {
        let Some(address) = self.address_of(key)? else { return Ok(OwnWords::default()) };
        let document: TantivyDocument = self.searcher.doc(address)?;
        let text = |field| document.get_first(field).and_then(|it| it.as_str());
        let distinct: HashSet<String> = words(text(self.fields.body).unwrap_or_default())
            .into_iter()
            .map(|it| it.text)
            .filter(|word| LEAST_CHARS <= word.chars().count() || !word.is_ascii())
            .collect();
        let mut counted = Vec::with_capacity(distinct.len());
        for word in distinct {
            let term = Term::from_field_text(self.fields.body, &word);
            counted.push((self.searcher.doc_freq(&term)?, std::cmp::Reverse(word.len()), word));
        }
        counted.sort_unstable();
        let rarest = counted.into_iter().take(most).map(|it| it.2).collect();
        let title = text(self.fields.title).map(str::to_owned).filter(|it| !it.trim().is_empty());
        Ok(OwnWords { rarest, title })
    }

    /// The path, below its root, of the document with this key.
    pub fn path_of(&self, key: &[u8; 16]) -> Result<Option<PathBuf>, CatalogError> {
        let found = self.address_of(key).map_err(|source| of_index(&self.folder, source))?;
        let Some(address) = found else { return Ok(None) };
        let hit = Hit { id: id_of(key), score: 0.0, address };
        self.path(hit).map(Some).map_err(|source| of_index(&self.folder, source))
    }

    fn address_of(&self, key: &[u8; 16]) -> tantivy::Result<Option<DocAddress>> {
        let term = Term::from_field_bytes(self.fields.key, key);
        let query = TermQuery::new(term, IndexRecordOption::Basic);
        let found = self.searcher.search(&query, &TopDocs::with_limit(1).order_by_score())?;
        Ok(found.first().map(|it| it.1))
    }

    fn document(&self, hit: Hit) -> tantivy::Result<TantivyDocument> {
        self.searcher.doc(hit.address)
    }

    fn path(&self, hit: Hit) -> tantivy::Result<PathBuf> {
        let document = self.document(hit)?;
        let path = document.get_first(self.fields.path).and_then(|it| it.as_str());
        Ok(path.map(path_text::decode).unwrap_or_default())
    }

    /// The ISO 639-1 codes of the languages that a twentieth or more of the documents are in, the
    /// most frequent first, judged by up to `sample` of them.
    pub fn languages(&self, sample: usize) -> Result<Vec<String>, CatalogError> {
        self.count_languages(sample).map_err(|source| of_index(&self.folder, source))
    }

    fn count_languages(&self, sample: usize) -> tantivy::Result<Vec<String>> {
        let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
        let documents = self.searcher.num_docs().max(1) as usize;
        for (segment, reader) in (0u32..).zip(self.searcher.segment_readers()) {
            let step = documents.div_ceil(sample.max(1)).max(1);
            for doc_id in reader.doc_ids_alive().step_by(step) {
                let document: TantivyDocument =
                    self.searcher.doc(DocAddress::new(segment, doc_id))?;
                let text = document.get_first(self.fields.body).and_then(|it| it.as_str());
                let beginning: String = text.unwrap_or_default().chars().take(1_500).collect();
                if let Some(code) = stems::language_of(&beginning) {
                    *counts.entry(code).or_default() += 1;
                }
            }
        }
        let told: usize = counts.values().sum();
        let mut codes: Vec<_> = counts.into_iter().filter(|(_, it)| told <= it * 20).collect();
        codes.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        Ok(codes.into_iter().map(|(code, _)| code.to_owned()).collect())
    }
}
