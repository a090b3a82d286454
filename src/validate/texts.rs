//! Are the texts of an index those of the documents?
//!
//! An index that was filled by another program has texts that its reader made. Equal texts are
//! equal; of different ones it has to be told whether the document changed or the reader reads
//! otherwise. So texts are compared by how alike they are, but where most documents of a format are
//! read just as docrot reads them, by whether they are equal.

use std::collections::BTreeMap;
use std::path::Path;

use crate::fingerprint::{Fingerprint, Sketch, normalize};
use crate::inventory::{FileEntry, Hash};

use super::foreign::Texts;
use super::row::Row;
use super::tree::Tree;
use super::{Check, Example, Gates, Tally};

/// Less alike than this are texts of different documents, whoever reads them.
const LEAST_ALIKE: f64 = 0.5;
/// Shorter texts are too short to say how alike they are.
const LEAST_WORDS: u32 = 20;

/// An entry with what tells its text.
pub(super) struct Sampled {
    row: Row,
    words: u32,
    /// Hash of its normalized words, and of all but the last, which may be cut.
    whole: Hash,
    but_last: Hash,
    sketch: Sketch,
}

impl Sampled {
    pub(super) fn of(row: Row, text: &str) -> Self {
        let normalized = normalize(text);
        let but_last = normalized.rsplit_once(' ').map_or("", |it| it.0);
        Self {
            row,
            words: count(&normalized),
            whole: Hash::of(normalized.as_bytes()),
            but_last: Hash::of(but_last.as_bytes()),
            sketch: Fingerprint::of(text).map(|it| it.sketch).unwrap_or_default(),
        }
    }
}

fn count(normalized: &str) -> u32 {
    let words = normalized.split(' ').filter(|it| !it.is_empty()).count();
    u32::try_from(words).unwrap_or(u32::MAX)
}

/// How an entry's text stands to its document's.
enum Likeness {
    Equal,
    /// It is the beginning of it, so many words of so many.
    Cut(u32, u32),
    Alike(f64),
}

/// Compares a sample of texts with those of the documents, which `read` reads; what it does not
/// read, what changed since, and what is gone says nothing here.
pub fn texts_checks(
    texts: Texts,
    tree: &Tree,
    read: &dyn Fn(&Path) -> Option<String>,
    gates: &Gates,
) -> Vec<Check> {
    let (drawn, of) = texts.0.into_drawn();
    let mut formats: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    let mut compared = Vec::new();
    let is_sample = (drawn.len() as u64) < of;
    for sampled in drawn {
        let Some(likeness) = likeness(&sampled, tree, read) else { continue };
        let path = sampled.row.file.path;
        let format = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        let (equal, all) = formats.entry(format.clone()).or_default();
        *equal += u64::from(matches!(likeness, Likeness::Equal));
        *all += u64::from(!matches!(likeness, Likeness::Cut(..)));
        compared.push((path, format, likeness));
    }
    let mut text = Tally::of(compared.len() as u64);
    let mut truncated = Tally::of(compared.len() as u64);
    let mut read_otherwise = 0_u64;
    for (path, format, likeness) in compared {
        let is_read_alike = formats.get(&format).is_some_and(|(equal, all)| *all < 2 * equal);
        match likeness {
            Likeness::Equal => {}
            Likeness::Cut(has, all) => {
                let words = format!("has the first {has} of {all} words");
                truncated.add(|| Example::new(path, words));
            }
            Likeness::Alike(alike) if is_read_alike || alike < LEAST_ALIKE => {
                let share = (alike * 100.0).round();
                let words = format!("has another text than its document: {share} % alike");
                text.add(|| Example::new(path, words));
            }
            Likeness::Alike(_) => read_otherwise += 1,
        }
    }
    text.is_sample = is_sample;
    truncated.is_sample = is_sample;
    if 0 < read_otherwise {
        text = text.noted(format!(
            "{read_otherwise} differ as texts do that another program has read; small changes do \
             not show there"
        ));
    }
    vec![text.check("text", gates), truncated.check("truncated", gates)]
}

fn likeness(
    sampled: &Sampled,
    tree: &Tree,
    read: &dyn Fn(&Path) -> Option<String>,
) -> Option<Likeness> {
    let row = &sampled.row;
    let root = tree.roots.get(usize::from(row.root.0))?;
    let now = FileEntry::of(root, &row.file.path).ok()?;
    // That it changed is told by its date and size.
    if [row.has_size_of(&now), row.has_time_of(&now)].contains(&Some(false)) {
        return None;
    }
    let text = read(&tree.place(row.root, &row.file.path))?;
    let normalized = normalize(&text);
    if Hash::of(normalized.as_bytes()) == sampled.whole {
        return Some(Likeness::Equal);
    }
    let all = count(&normalized);
    let begins_with = |words: u32, hash: Hash| {
        let start = first(&normalized, words);
        Hash::of(start.as_bytes()) == hash
    };
    let has = sampled.words;
    let is_cut = 1 < has
        && has <= all
        && (begins_with(has, sampled.whole) || begins_with(has - 1, sampled.but_last));
    if is_cut && LEAST_WORDS <= all {
        return Some(Likeness::Cut(has, all));
    }
    if all.max(has) < LEAST_WORDS {
        return None;
    }
    let sketch = Fingerprint::of(&text).map(|it| it.sketch).unwrap_or_default();
    Some(Likeness::Alike(sampled.sketch.compare(&sketch).jaccard))
}

/// The first words of a normalized text, whose words stand one space apart.
fn first(normalized: &str, words: u32) -> &str {
    let Some(last) = (words as usize).checked_sub(1) else { return "" };
    normalized.match_indices(' ').nth(last).map_or(normalized, |(end, _)| &normalized[..end])
}
