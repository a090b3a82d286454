//! Files that an index does not know, and entries whose file is gone: which of them are one and the
//! same, at another place or with its name written in another way.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use crate::inventory::{FileEntry, RootId};

use super::Example;
use super::digest::{Digest, Kinds, digests};
use super::engines::folded;
use super::row::{Precision, Row};
use super::tree::Tree;

/// A file that the index does not know, or an entry without a file.
pub(super) struct Stray<T> {
    pub(super) root: RootId,
    pub(super) of: T,
}

/// What belongs together.
pub(super) struct Paired {
    /// Entries under names that differ in case or in the form of accents alone, with their files.
    pub(super) spelled: Vec<(Row, FileEntry)>,
    /// Where entries were, and where their files stand now.
    pub(super) moved: Vec<Example>,
}

type New = Vec<Stray<FileEntry>>;
type Gone = Vec<Stray<Row>>;

/// Takes out of both what belongs together.
pub(super) fn pair(tree: &Tree, new: &mut New, gone: &mut Gone) -> Paired {
    let spelled = by_spelling(new, gone);
    let mut moved = by_content(tree, new, gone);
    moved.extend(by_name(new, gone));
    moved.extend(by_size_and_date(new, gone));
    // What is inside of a file that moved has moved with it.
    let from: HashSet<PathBuf> = moved.iter().map(|it| it.0.file.path.clone()).collect();
    gone.retain(|it| it.of.file.container.as_ref().is_none_or(|it| !from.contains(it)));
    let example = |(row, file): (Row, FileEntry)| {
        let by = if row.hash.is_some() { "" } else { ", by its name, size or date" };
        Example::new(row.file.path, format!("stands at {} now{by}", file.path.display()))
    };
    Paired { spelled, moved: moved.into_iter().map(example).collect() }
}

/// Takes out every file for which `entry` finds the place of an entry that is not taken yet.
fn take_pairs(
    new: &mut New,
    gone: &mut Gone,
    mut entry: impl FnMut(&Stray<FileEntry>, &dyn Fn(usize) -> bool) -> Option<usize>,
) -> Vec<(Row, FileEntry)> {
    let mut of_entry: HashMap<usize, FileEntry> = HashMap::new();
    new.retain(|stray| {
        let is_free = |at: usize| !of_entry.contains_key(&at);
        let Some(at) = entry(stray, &is_free) else { return true };
        of_entry.insert(at, stray.of.clone());
        false
    });
    let mut pairs = Vec::with_capacity(of_entry.len());
    let all = std::mem::take(gone);
    for (at, stray) in all.into_iter().enumerate() {
        match of_entry.remove(&at) {
            Some(file) => pairs.push((stray.of, file)),
            None => gone.push(stray),
        }
    }
    pairs
}

/// Places of entries by a key of theirs.
fn places<K: std::hash::Hash + Eq>(
    gone: &Gone,
    key: impl Fn(&Stray<Row>) -> Option<K>,
) -> HashMap<K, Vec<usize>> {
    let mut places: HashMap<K, Vec<usize>> = HashMap::new();
    for (at, stray) in gone.iter().enumerate() {
        if let Some(key) = key(stray) {
            places.entry(key).or_default().push(at);
        }
    }
    places
}

fn by_spelling(new: &mut New, gone: &mut Gone) -> Vec<(Row, FileEntry)> {
    let key = |root: RootId, path: &Path| (root, folded(&path.to_string_lossy()));
    let entries = places(gone, |it| Some(key(it.root, &it.of.file.path)));
    take_pairs(new, gone, |stray, is_free| {
        let places = entries.get(&key(stray.root, &stray.of.path))?;
        places.iter().copied().find(|at| is_free(*at))
    })
}

/// Finds the files whose content the index knows under a path that is gone.
fn by_content(tree: &Tree, new: &mut New, gone: &mut Gone) -> Vec<(Row, FileEntry)> {
    let entries = places(gone, |it| it.of.hash);
    let mut kinds = Kinds::default();
    entries.keys().for_each(|digest| kinds.add(digest));
    let hashed = || gone.iter().map(|it| &it.of).filter(|row| row.hash.is_some());
    // Files of another size need not be read, where every size is known.
    let sizes: Option<HashSet<u64>> =
        hashed().map(|row| row.tells.size.then_some(row.file.size)).collect();
    take_pairs(new, gone, |stray, is_free| {
        let may_be = sizes.as_ref().is_none_or(|it| it.contains(&stray.of.size));
        if entries.is_empty() || !may_be {
            return None;
        }
        let digests: Vec<Digest> = digests(&tree.place(stray.root, &stray.of.path), kinds).ok()?;
        let places = digests.iter().filter_map(|it| entries.get(it)).flatten();
        places.copied().find(|at| is_free(*at))
    })
}

/// Finds the files whose name, and whatever else is told, an entry without a hash has.
fn by_name(new: &mut New, gone: &mut Gone) -> Vec<(Row, FileEntry)> {
    let name = |path: &Path| path.file_name().map(|it| folded(&it.to_string_lossy()));
    let row_name = |row: &Row| name(&row.file.path);
    by_facts(
        new,
        gone,
        row_name,
        |file| name(&file.path),
        |facts| facts.contains(&Some(true)) && !facts.contains(&Some(false)),
    )
}

/// Finds the files of another name that are as large and as old to the second as an entry without a
/// hash was.
fn by_size_and_date(new: &mut New, gone: &mut Gone) -> Vec<(Row, FileEntry)> {
    const SECOND: i64 = 1_000_000_000;
    let kind = |path: &Path| path.extension().map(|it| folded(&it.to_string_lossy()));
    let key = |file: &FileEntry| Some((kind(&file.path), file.size, file.modified / SECOND));
    let row_key = |row: &Row| {
        let is_told = row.tells.size && row.tells.modified == Precision::Second;
        if is_told { key(&row.file) } else { None }
    };
    by_facts(new, gone, row_key, key, |facts| facts == [Some(true); 2])
}

/// Pairs files and entries without a hash that have one key and whose facts agree.
fn by_facts<K: std::hash::Hash + Eq>(
    new: &mut New,
    gone: &mut Gone,
    row_key: impl Fn(&Row) -> Option<K>,
    file_key: impl Fn(&FileEntry) -> Option<K>,
    agree: impl Fn([Option<bool>; 2]) -> bool,
) -> Vec<(Row, FileEntry)> {
    let entries = places(gone, |it| if it.of.hash.is_none() { row_key(&it.of) } else { None });
    let rows: HashMap<usize, Row> =
        entries.values().flatten().map(|at| (*at, gone[*at].of.clone())).collect();
    take_pairs(new, gone, |stray, is_free| {
        let places = entries.get(&file_key(&stray.of)?)?;
        let may_be = |at: &usize| {
            let row = &rows[at];
            is_free(*at) && agree([row.has_size_of(&stray.of), row.has_time_of(&stray.of)])
        };
        let mut found = places.iter().copied().filter(may_be);
        let first = found.next();
        // Where two would do, nobody knows which it was.
        first.filter(|_| found.next().is_none())
    })
}
