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
    let mut words = tally(&found.words, |it| !matches!(it, FoundAs::First | FoundAs::Family));
    // What counts is what was found; what was not serves as examples.
    words.count = words.of - words.count;
    words.is_sample = is_sample;
    let mut titles = tally(&found.titles, |it| *it == FoundAs::Not);
    titles.is_sample = is_sample;
    vec![words.check("findability", gates), titles.check("titles", gates)]
}

/// Counts those that fared badly, with how all fared.
fn tally(tried: &[Tried], is_bad: fn(&FoundAs) -> bool) -> Tally {
    let mut tally = Tally::of(tried.len() as u64);
    let (mut family, mut later) = (0, 0);
    for Tried { path, query, found, above } in tried {
        family += u64::from(*found == FoundAs::Family);
        later += u64::from(matches!(found, FoundAs::At(_)));
        if is_bad(found) {
            let place = match found {
                FoundAs::At(place) => format!("at place {place} for"),
                _ => "not found by".to_owned(),
            };
            let above = above.as_ref().map(|it| format!("; {} is first", it.display()));
            let words = format!("{place} `{query}`{}", above.unwrap_or_default());
            tally.add(|| Example::new(path, words));
        }
    }
    let stood = format!("for {family} a copy or another version comes first, {later} come later");
    tally.noted(stood)
}
