//! Can a document be found by its own words?
//!
//! Of a sample of documents, the six words of each that fewest others have are looked for, and its
//! title. What stands above a document that is not first is told: a copy, another version, or
//! something else.

use std::path::PathBuf;

use crate::catalog::{Catalog, CatalogError, Listed, Search};
use crate::inventory::{Status, document_key};
use crate::rot::{Marks, Place};

use super::sample::Reservoir;
use super::{Answer, Ask, AskError, Check, Example, Gates, Tally};

/// How many of its rarest words a document is looked for by.
const WORDS: usize = 6;
/// Shorter documents have no words of their own to speak of.
const LEAST_WORDS: u32 = 10;
/// How far down a result may stand.
const DEPTH: usize = 10;

/// How a document was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FoundAs {
    /// It comes first.
    First,
    /// A copy or another version of it comes first.
    Family,
    /// It, or one of its family, comes at this place, from 2 on.
    At(usize),
    /// It is not among the first ten.
    Not,
}

/// How one document fared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// Its path.
    pub path: PathBuf,
    /// What was looked for.
    pub query: String,
    /// How it was found.
    pub found: FoundAs,
    /// What comes first in its place.
    pub above: Option<PathBuf>,
}

/// How a sample of documents fared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findability {
    /// By their rarest words.
    pub words: Vec<Tried>,
    /// By their titles.
    pub titles: Vec<Tried>,
    /// How many documents the sample is from.
    pub of: u64,
}

/// Why it could not be tried.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FindabilityError {
    /// The catalog cannot be read.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The engine gave no answer.
    #[error(transparent)]
    Ask(#[from] AskError),
}

/// Looks for up to `sample` documents of a catalog by their own words and titles.
pub fn findability(
    catalog: &Catalog,
    marks: &Marks,
    engine: &dyn Ask,
    (sample, seed): (u64, u64),
) -> Result<Findability, FindabilityError> {
    let mut drawn = Reservoir::new(sample, seed);
    for listed in catalog.listed() {
        let listed = listed?;
        let is_read = matches!(listed.status, Status::Read | Status::PartlyRead(_));
        if is_read && LEAST_WORDS <= listed.words {
            drawn.see(|| listed);
        }
    }
    let (drawn, of) = drawn.into_drawn();
    let search = catalog.search()?;
    let mut found = Findability { of, ..Findability::default() };
    for listed in drawn {
        try_one(&listed, &search, marks, engine, &mut found)?;
    }
    Ok(found)
}

fn try_one(
    listed: &Listed,
    search: &Search,
    marks: &Marks,
    engine: &dyn Ask,
    found: &mut Findability,
) -> Result<(), FindabilityError> {
    let key = document_key(listed.root, &listed.file.path);
    let own = search.own_words(&key, WORDS)?;
    if own.rarest.is_empty() {
        return Ok(());
    }
    let judge = |query: String, answers: &[Answer]| {
        let (as_found, above) = rank(&key, answers, marks);
        Tried { path: listed.file.path.clone(), query, found: as_found, above }
    };
    let answers = engine.any_of(&own.rarest, DEPTH)?;
    found.words.push(judge(own.rarest.join(" "), &answers));
    if let Some(title) = own.title {
        let answers = engine.typed(&title, DEPTH)?;
        found.titles.push(judge(title, &answers));
    }
    Ok(())
}

/// Where a document or one of its family stands, and what stands first instead.
fn rank(key: &[u8; 16], answers: &[Answer], marks: &Marks) -> (FoundAs, Option<PathBuf>) {
    let family = |key: &[u8; 16]| -> Option<Place> {
        marks.find(key).map(|place| marks.representative(place))
    };
    let own = family(key);
    let is_own = |answer: &Answer| {
        answer
            .key
            .as_ref()
            .is_some_and(|other| other == key || (own.is_some() && family(other) == own))
    };
    let first = answers.first();
    let as_found = match answers.iter().position(is_own) {
        None => FoundAs::Not,
        Some(0) if first.is_some_and(|it| it.key.as_ref() == Some(key)) => FoundAs::First,
        Some(0) => FoundAs::Family,
        Some(at) => FoundAs::At(at + 1),
    };
    let above = match as_found {
        FoundAs::First => None,
        _ => first.map(|it| it.path.clone()),
    };
    (as_found, above)
}

/// What came of it, measured by the policy.
pub fn findability_checks(found: &Findability, gates: &Gates) -> Vec<Check> {
    let is_sample = (found.words.len() as u64) < found.of;
    let words = check("findability", &found.words, is_sample, gates);
    let titles = check("titles", &found.titles, is_sample, gates);
    vec![words, titles]
}

/// Counts what was found first; examples are what was not.
fn check(name: &'static str, tried: &[Tried], is_sample: bool, gates: &Gates) -> Check {
    let mut missed = Tally::default();
    let (mut found, mut lower, mut family) = (0, 0, 0);
    for Tried { path, query, found: as_found, above } in tried {
        let above =
            above.as_ref().map_or_else(String::new, |it| format!("; {} is first", it.display()));
        match as_found {
            FoundAs::First => found += 1,
            FoundAs::Family => (found, family) = (found + 1, family + 1),
            FoundAs::At(place) => {
                lower += 1;
                missed.add(|| Example::new(path, format!("at place {place} for `{query}`{above}")));
            }
            FoundAs::Not => {
                missed.add(|| Example::new(path, format!("not found by `{query}`{above}")));
            }
        }
    }
    let words = format!(
        "{} documents tried; a copy or another version stood for {family}, {lower} came later",
        tried.len()
    );
    let tally = Tally {
        count: found,
        of: tried.len() as u64,
        examples: missed.examples,
        note: Some(words),
        is_sample,
    };
    tally.check(name, gates)
}
