//! The entries of another engine's index, gathered as they stream by: their places are kept, their
//! texts are not.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::PathBuf;

use chrono::{DateTime, NaiveTime, Utc};

use crate::fingerprint::Fingerprint;
use crate::inventory::{FileEntry, Hash, RootId};

use super::digest::Digest;
use super::engines::{
    Described, Engine, EngineError, Entry, Mapping, Role, Streamed, Wants, folded,
};
use super::row::{Precision, Row, State, Tells};
use super::sample::Reservoir;
use super::texts::Sampled;
use super::tree::Tree;
use super::{Check, Example, Gates, Tally};

/// Fewer words than this are no text.
const LEAST_WORDS: u32 = 5;
/// Places that lead nowhere and are kept to work out what rule they need.
const UNMAPPED: usize = 200;

/// How to gather entries.
#[derive(Clone, Copy, Debug)]
pub struct Gathering {
    /// Of so many entries the text is compared with the document's.
    pub sample: u64,
    /// Which are drawn.
    pub seed: u64,
    /// Whether texts are wanted.
    pub text: bool,
}

/// The entries of an index, without their texts.
#[expect(missing_debug_implementations, reason = "holds a sample, which has none")]
pub struct ForeignEntries {
    // Memory is in proportion to these.
    rows: Vec<Compact>,
    unmapped: Tally,
    nowhere: Vec<String>,
    empty: Tally,
    odd_hashes: u64,
    texts: Reservoir<Sampled>,
    streamed: Streamed,
    has_text: bool,
    has_facts: bool,
}

/// A row while all of them are held.
struct Compact {
    root: RootId,
    path: PathBuf,
    size: Option<u64>,
    modified: Option<i64>,
    precision: Precision,
    hash: Option<Digest>,
}

impl ForeignEntries {
    /// Streams an index. `also` sees every entry, with its text; it ends the stream by answering
    /// [`ControlFlow::Break`].
    pub fn gather(
        engine: &mut dyn Engine,
        mapping: &Mapping,
        how: Gathering,
        also: &mut dyn FnMut(Entry) -> ControlFlow<()>,
    ) -> Result<Self, EngineError> {
        let Described { fields, .. } = engine.described();
        let has = |role| fields.of(role).is_some();
        let has_text = how.text && has(Role::Text);
        let mut gathered = Self {
            rows: Vec::new(),
            unmapped: Tally::default(),
            nowhere: Vec::new(),
            empty: Tally::default(),
            odd_hashes: 0,
            texts: Reservoir::new(how.sample, how.seed),
            streamed: Streamed::default(),
            has_text,
            has_facts: false,
        };
        let streamed = engine.stream(Wants { text: has_text }, &mut |entry| {
            gathered.take(&entry, mapping);
            also(entry)
        })?;
        gathered.streamed = streamed;
        gathered.rows.sort_by(|a, b| (a.root, &a.path).cmp(&(b.root, &b.path)));
        Ok(gathered)
    }

    fn take(&mut self, entry: &Entry, mapping: &Mapping) {
        let text = entry.text.as_deref().unwrap_or_default();
        let words = if self.has_text { words(text) } else { 0 };
        let is_empty = words < LEAST_WORDS;
        if self.has_text {
            self.empty.of += 1;
            if is_empty {
                self.empty.add(|| Example::new(&entry.place, format!("{words} words")));
            }
        }
        let Some((root, path)) = mapping.file(&entry.place) else {
            self.unmapped.add(|| Example::new(&entry.place, "leads to no folder of the tree"));
            if self.nowhere.len() < UNMAPPED {
                self.nowhere.push(entry.place.clone());
            }
            return;
        };
        let hash = entry.hash.as_deref().and_then(Digest::parse);
        self.odd_hashes += u64::from(entry.hash.is_some() && hash.is_none());
        let modified = entry.modified.and_then(|it| it.timestamp_nanos_opt());
        let precision = entry.modified.map_or(Precision::None, precision_of);
        let row = Compact { root, path, size: entry.size, modified, precision, hash };
        self.has_facts |= hash.is_some() || row.size.is_some() || modified.is_some();
        if !is_empty {
            self.texts.see(|| Sampled::of(row.to_row(), text));
        }
        self.rows.push(row);
    }

    /// How many entries lead into the tree.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether none does.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// How the stream went.
    pub const fn streamed(&self) -> &Streamed {
        &self.streamed
    }

    /// Some of the places that lead to no folder of the tree.
    pub fn nowhere(&self) -> &[String] {
        &self.nowhere
    }

    /// Whether anything is known of contents beside texts.
    pub const fn has_facts(&self) -> bool {
        self.has_facts
    }

    /// What can be said of the entries themselves: those that lead nowhere, stand for one document,
    /// have no text or cannot be understood.
    pub fn checks(&mut self, tree: &Tree, gates: &Gates) -> Vec<Check> {
        let entries = self.streamed.entries;
        let twice = Tally { of: entries, ..self.take_twice(tree) };
        let mut broken = Tally::of(entries + self.streamed.bad);
        for (place, why) in &self.streamed.bad_examples {
            broken.add(|| Example::new(place, why));
        }
        broken.count = self.streamed.bad;
        let mut unmapped = Tally { of: entries, ..std::mem::take(&mut self.unmapped) };
        if 0 < self.odd_hashes {
            let count = self.odd_hashes;
            broken.note = Some(format!("{count} hashes are of no known kind, and are left out"));
        }
        if !self.streamed.notes.is_empty() {
            unmapped = unmapped.noted(self.streamed.notes.join("; "));
        }
        let mut checks = vec![
            twice.check("twice", gates),
            unmapped.check("unmapped", gates),
            broken.check("entries", gates),
        ];
        if self.has_text {
            checks.push(std::mem::take(&mut self.empty).check("empty", gates));
        }
        checks
    }

    /// Takes out what stands for a document that another entry stands for: of the same path, or of
    /// one that is written in another way and that no file has.
    fn take_twice(&mut self, tree: &Tree) -> Tally {
        let mut twice = Tally::default();
        self.rows.dedup_by(|later, first| {
            let is_same = later.root == first.root && later.path == first.path;
            if is_same {
                twice.add(|| Example::new(&first.path, "has more than one entry"));
            }
            is_same
        });
        let mut spellings: HashMap<u64, Vec<usize>> = HashMap::new();
        for (at, row) in self.rows.iter().enumerate() {
            let folded = folded(&row.path.to_string_lossy());
            let hash = Hash::of(folded.as_bytes()).0;
            let (short, _) = hash.split_at(8);
            let short = u64::from_le_bytes(short.try_into().unwrap_or_default());
            spellings.entry(short ^ u64::from(row.root.0)).or_default().push(at);
        }
        let mut out = vec![false; self.rows.len()];
        for places in spellings.into_values().filter(|it| 1 < it.len()) {
            let is_there = |at: &usize| {
                let row = &self.rows[*at];
                tree.place(row.root, &row.path).symlink_metadata().is_ok()
            };
            let (there, not): (Vec<usize>, Vec<usize>) = places.into_iter().partition(is_there);
            if let Some(first) = there.first() {
                not.into_iter().for_each(|at| {
                    let as_file = self.rows[*first].path.display();
                    let words = format!("is another entry of {as_file}");
                    twice.add(|| Example::new(&self.rows[at].path, words));
                    out[at] = true;
                });
            }
        }
        let mut at = 0;
        self.rows.retain(|_| {
            at += 1;
            !out[at - 1]
        });
        twice.examples.sort();
        twice
    }

    /// The entries in the order of the tree, and the sample of texts.
    pub fn into_rows(self) -> (impl Iterator<Item = Row>, Texts) {
        (self.rows.into_iter().map(|it| it.to_row()), Texts(self.texts))
    }
}

/// A sample of entries with what tells their texts.
#[expect(missing_debug_implementations, reason = "holds a sample, which has none")]
pub struct Texts(pub(super) Reservoir<Sampled>);

impl Compact {
    fn to_row(&self) -> Row {
        let Self { root, path, size, modified, precision, hash } = self;
        let file = FileEntry {
            path: path.clone(),
            size: size.unwrap_or_default(),
            modified: modified.unwrap_or_default(),
            ..FileEntry::default()
        };
        let modified = if modified.is_some() { *precision } else { Precision::None };
        let tells = Tells { size: size.is_some(), modified };
        Row { root: *root, file, tells, format: None, state: State::Indexed, hash: *hash }
    }
}

/// Midnight to the second is a day.
fn precision_of(time: DateTime<Utc>) -> Precision {
    if time.time() == NaiveTime::MIN { Precision::Day } else { Precision::Second }
}

/// The number of words, as far as it matters whether there are any to speak of.
fn words(text: &str) -> u32 {
    let apart = text.split_whitespace().take(LEAST_WORDS as usize).count() as u32;
    if apart < LEAST_WORDS && !text.is_ascii() {
        // Some scripts have no spaces.
        return Fingerprint::of(text).map_or(0, |it| it.words);
    }
    apart
}
