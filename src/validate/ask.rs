//! An engine that can be asked: our own index, or another one behind the same questions.

use std::error::Error;
use std::path::{Path, PathBuf};

use unicode_normalization::UnicodeNormalization as _;

use crate::catalog::{Clause, Form, Found, Query, Scope, Search, SearchOptions};
use crate::inventory::{RootId, document_key};
use crate::rot::Marks;

use super::engines::{Asked, Engine, EngineError, Hit, Mapping};

/// A result, by its place in the ranking.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The [`document_key`] of the document; none where the engine's answer leads to no document of
    /// the tree.
    pub key: Option<[u8; 16]>,
    /// Its path as people know it.
    pub path: PathBuf,
}

/// Why an engine gave no answer.
#[derive(Debug, thiserror::Error)]
#[error("the engine gave no answer to `{query}`")]
pub struct AskError {
    /// The query.
    pub query: String,
    /// Why.
    pub source: Box<dyn Error + Send + Sync>,
}

/// An engine that can be asked.
pub trait Ask {
    /// The first `k` results for any of these words, the best first.
    fn any_of(&self, words: &[String], k: usize) -> Result<Vec<Answer>, AskError>;

    /// The first `k` results for a query as a person types it, the best first.
    fn typed(&self, query: &str, k: usize) -> Result<Vec<Answer>, AskError>;
}

/// The index of our own catalog.
#[expect(missing_debug_implementations, reason = "holds a searcher, which has none")]
pub struct OwnIndex<'a> {
    /// The index.
    pub search: &'a Search,
    /// The languages in whose words stems are found.
    pub languages: &'a [String],
}

impl OwnIndex<'_> {
    fn find(&self, query: &Query, k: usize, typed: &str) -> Result<Vec<Answer>, AskError> {
        let options =
            SearchOptions { limit: k, languages: self.languages, ..SearchOptions::default() };
        let failed = |error: crate::catalog::CatalogError| AskError {
            query: typed.to_owned(),
            source: error.into(),
        };
        let Found { hits, .. } = self.search.find(query, &options).map_err(failed)?;
        hits.iter()
            .map(|hit| {
                let (key, path) = self.search.key_and_path(hit).map_err(failed)?;
                Ok(Answer { key: Some(key), path })
            })
            .collect()
    }
}

impl Ask for OwnIndex<'_> {
    fn any_of(&self, words: &[String], k: usize) -> Result<Vec<Answer>, AskError> {
        let scope = Some(Scope::Body);
        let word = |word: &String| Clause::Word { scope, word: word.clone(), form: Form::Exact };
        let clause = Clause::Any(words.iter().map(word).collect());
        self.find(&Query { clause: Some(clause), owners: Vec::new() }, k, &words.join(" "))
    }

    fn typed(&self, query: &str, k: usize) -> Result<Vec<Answer>, AskError> {
        // What people type makes no sense at times, and is searched all the same.
        let plain = || Query::parse(&query.replace(['(', ')', '"', ':', '~', '*', '-'], " "));
        let Ok(parsed) = Query::parse(query).or_else(|_| plain()) else { return Ok(Vec::new()) };
        let found = self.find(&parsed, k, query)?;
        match parsed.loosened() {
            Some(loose) if found.is_empty() => self.find(&loose, k, query),
            _ => Ok(found),
        }
    }
}

/// An index of another program.
#[expect(missing_debug_implementations, reason = "holds an engine, which need not have one")]
pub struct OtherIndex<'a> {
    /// The engine.
    pub engine: &'a dyn Engine,
    /// The paths under which its entries are known.
    pub mapping: &'a Mapping,
}

impl OtherIndex<'_> {
    fn find(&self, asked: Asked<'_>, k: usize, query: &str) -> Result<Vec<Answer>, AskError> {
        let failed =
            |error: EngineError| AskError { query: query.to_owned(), source: error.into() };
        let hits = self.engine.search(asked, k).map_err(failed)?;
        let answer = |hit: &Hit| {
            let path = self.mapping.shelf(&hit.place);
            Answer { key: Some(document_key(RootId(0), &path)), path }
        };
        Ok(hits.iter().map(answer).collect())
    }
}

impl Ask for OtherIndex<'_> {
    fn any_of(&self, words: &[String], k: usize) -> Result<Vec<Answer>, AskError> {
        self.find(Asked::AnyOf(words), k, &words.join(" "))
    }

    fn typed(&self, query: &str, k: usize) -> Result<Vec<Answer>, AskError> {
        self.find(Asked::Typed(query), k, query)
    }
}

/// The key of the document that a path in somebody's table means: below a root, or absolute, in
/// either form of accents and with either stroke.
pub fn key_of(path: &str, roots: &[PathBuf], marks: &Marks) -> Option<[u8; 16]> {
    let path = path.trim();
    let slashed = path.replace('\\', "/");
    let spellings =
        [path.to_owned(), slashed.clone(), slashed.nfc().collect(), slashed.nfd().collect()];
    spellings.iter().find_map(|path| {
        (0u16..).zip(roots).find_map(|(root, folder)| {
            let path = Path::new(path.as_str());
            let below = path.strip_prefix(folder).unwrap_or(path);
            let below = below.strip_prefix(".").unwrap_or(below);
            let key = document_key(RootId(root), below);
            marks.find(&key).map(|_| key)
        })
    })
}
