//! Which of several copies stay, by what the person who cleans up asks for.
//!
//! Without a wish it is the one that the report calls canonical. Copies that nobody may touch stay
//! beside it.

use std::collections::HashSet;
use std::path::PathBuf;

use crate::inventory::{DocId, Inventory, Record, RootId};
use crate::rot::Globs;

/// What is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Keeping {
    /// Documents to keep rather than others; an earlier pattern counts more.
    pub prefer: Vec<Globs>,
    /// Documents that are never planned.
    pub never_touch: Globs,
    /// Only copies of what lies in these folders go, and nothing in them does.
    pub reference: Vec<PathBuf>,
    /// What decides among those that are equally preferred, in this order.
    pub order: Vec<KeepBy>,
    /// So many copies of each stay.
    pub min_copies: usize,
    /// Whether the copies below one root stay or go together.
    pub isolate_roots: bool,
    /// Folders whose copies stay or go together.
    pub isolate: Vec<PathBuf>,
}

impl Default for Keeping {
    fn default() -> Self {
        Self {
            prefer: Vec::new(),
            never_touch: Globs::default(),
            reference: Vec::new(),
            order: Vec::new(),
            min_copies: 1,
            isolate_roots: false,
            isolate: Vec::new(),
        }
    }
}

/// Which one of two copies is rather kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeepBy {
    /// The one modified last.
    Newest,
    /// The one modified first.
    Oldest,
    /// The one in fewer folders.
    Shallowest,
    /// The one in more folders.
    Deepest,
    /// The one with the shorter path.
    Shortest,
    /// The one with the longer path.
    Longest,
    /// The one whose path comes first in the alphabet.
    First,
    /// The one whose path comes last in the alphabet.
    Last,
    /// The one with more names (hard links), which would free nothing.
    MostLinks,
}

impl KeepBy {
    /// Every one with its word.
    pub const ALL: [(&'static str, Self); 9] = [
        ("newest", Self::Newest),
        ("oldest", Self::Oldest),
        ("shallowest", Self::Shallowest),
        ("deepest", Self::Deepest),
        ("shortest", Self::Shortest),
        ("longest", Self::Longest),
        ("first", Self::First),
        ("last", Self::Last),
        ("most-links", Self::MostLinks),
    ];

    /// The one of this word.
    pub fn called(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| *name == word).map(|(_, it)| *it)
    }

    /// The smaller, the rather it is kept.
    fn rank(self, record: &Record) -> i128 {
        let path = &record.file.path;
        let depth = path.components().count() as i128;
        let length = path.as_os_str().len() as i128;
        match self {
            Self::Newest => -i128::from(record.file.modified),
            Self::Oldest => i128::from(record.file.modified),
            Self::Shallowest => depth,
            Self::Deepest => -depth,
            Self::Shortest => length,
            Self::Longest => -length,
            Self::MostLinks => -i128::from(record.file.links),
            // Told by the position, which the caller has.
            Self::First | Self::Last => 0,
        }
    }
}

/// What is known of the members of a group beside their records.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    pub(super) inventory: &'a Inventory,
    /// The one that the report keeps.
    pub(super) canonical: DocId,
    /// Whether nothing may take a document away.
    pub(super) is_protected: &'a dyn Fn(DocId) -> bool,
    /// Whether somebody decided that it goes.
    pub(super) is_condemned: &'a dyn Fn(DocId) -> bool,
}

/// What becomes of copies.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Kept {
    /// Those that stay, the one that the others are said to be copies of first.
    pub(super) stay: Vec<DocId>,
    pub(super) go: Vec<DocId>,
}

impl Keeping {
    pub(super) fn is_in_reference(&self, inventory: &Inventory, document: DocId) -> bool {
        is_below(inventory, document, &self.reference).is_some()
    }

    /// Divides copies of one content.
    pub(super) fn choose(&self, known: &Known<'_>, members: &[DocId]) -> Kept {
        let mut ranked = members.to_vec();
        ranked.sort_by_cached_key(|it| self.rank(known, *it));
        let has_reference = !self.reference.is_empty();
        let in_reference = |it: &DocId| self.is_in_reference(known.inventory, *it);
        if has_reference && !ranked.first().is_some_and(in_reference) {
            return Kept { stay: ranked, go: Vec::new() };
        }
        let mut units = Vec::new();
        for document in &ranked {
            let unit = self.unit(known.inventory, *document);
            if !units.contains(&unit) {
                units.push(unit);
            }
        }
        let staying: HashSet<_> = units.iter().take(self.min_copies.max(1)).collect();
        let stays = |it: &DocId| {
            staying.contains(&self.unit(known.inventory, *it))
                || (known.is_protected)(*it)
                || has_reference && in_reference(it)
        };
        let (stay, go) = ranked.into_iter().partition(stays);
        Kept { stay, go }
    }

    fn rank(&self, known: &Known<'_>, document: DocId) -> impl Ord + use<> {
        let record = &known.inventory[document];
        let path = &record.file.path;
        let preferred = self.prefer.iter().position(|it| it.is_match(path));
        let order: Vec<i128> = self
            .order
            .iter()
            .map(|by| match by {
                KeepBy::First => i128::from(document.0),
                KeepBy::Last => -i128::from(document.0),
                by => by.rank(record),
            })
            .collect();
        (
            (known.is_condemned)(document),
            !self.reference.is_empty() && !self.is_in_reference(known.inventory, document),
            preferred.unwrap_or(usize::MAX),
            order,
            document != known.canonical,
            document,
        )
    }

    /// What stays or goes together with a document: below one root, one folder, or it alone.
    fn unit(&self, inventory: &Inventory, document: DocId) -> Unit {
        match is_below(inventory, document, &self.isolate) {
            Some(folder) => Unit::Folder(folder),
            None if self.isolate_roots => Unit::Root(inventory[document].root),
            None => Unit::Alone(document),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Unit {
    Root(RootId),
    Folder(usize),
    Alone(DocId),
}

/// The first of the folders that a document lies below. They begin like a root as it is told, or are
/// relative to the document's.
fn is_below(inventory: &Inventory, document: DocId, folders: &[PathBuf]) -> Option<usize> {
    let record = &inventory[document];
    let absolute = || inventory.root_of(record).join(&record.file.path);
    let is_below = |it: &PathBuf| record.file.path.starts_with(it) || absolute().starts_with(it);
    folders.iter().position(is_below)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{FileEntry, Metadata, Status};

    fn inventory(paths: &[&str]) -> Inventory {
        let records = paths.iter().enumerate().map(|(at, path)| Record {
            root: RootId(u16::from(path.starts_with("2/"))),
            file: FileEntry {
                path: path.trim_start_matches("2/").into(),
                modified: at as i64,
                ..FileEntry::default()
            },
            status: Status::NotADocument,
            format: None,
            metadata: Metadata::default(),
            hash: None,
            fingerprint: None,
            reached: None,
        });
        Inventory::new(vec!["/one".into(), "/two".into()], records.collect())
    }

    /// Which of `paths` stay; the first is canonical, and those called `held` are protected.
    fn check(keeping: &Keeping, paths: &[&str], expected: &[&str]) {
        let inventory = inventory(paths);
        let path = |it: DocId| inventory[it].file.path.display().to_string();
        let canonical = inventory.iter().map(|it| it.0).find(|it| path(*it) == paths[0]).unwrap();
        let known = Known {
            inventory: &inventory,
            canonical,
            is_protected: &|it| path(it).contains("held"),
            is_condemned: &|it| path(it).contains("doomed"),
        };
        let members: Vec<DocId> = inventory.iter().map(|it| it.0).collect();
        let kept = keeping.choose(&known, &members);
        assert_eq!(kept.stay.iter().map(|it| path(*it)).collect::<Vec<_>>(), expected);
        assert_eq!(kept.stay.len() + kept.go.len(), paths.len());
    }

    fn globs(pattern: &str) -> Globs {
        Globs::new([pattern]).unwrap()
    }

    #[test]
    fn the_canonical_copy_stays_unless_something_is_asked_for() {
        let paths = ["b", "a", "c/d"];
        let by = |order: &[KeepBy]| Keeping { order: order.to_vec(), ..Keeping::default() };
        check(&by(&[]), &paths, &["b"]);
        check(&by(&[KeepBy::Newest]), &paths, &["c/d"]);
        check(&by(&[KeepBy::First]), &paths, &["a"]);
        check(&by(&[KeepBy::Shallowest]), &paths, &["b"]);
        check(&by(&[KeepBy::Shallowest, KeepBy::First]), &paths, &["a"]);
        let prefer = vec![globs("c/**"), globs("a")];
        check(&Keeping { prefer, ..by(&[KeepBy::First]) }, &paths, &["c/d"]);
    }

    #[test]
    fn the_least_number_of_copies_and_protected_ones_stay() {
        let keeping = Keeping { min_copies: 2, ..Keeping::default() };
        check(&keeping, &["b", "a", "c"], &["b", "a"]);
        check(&keeping, &["b"], &["b"]);
        check(&Keeping::default(), &["b", "a", "held", "held2"], &["b", "held", "held2"]);
        check(&Keeping { min_copies: 0, ..keeping }, &["b", "a"], &["b"]);
    }

    #[test]
    fn a_copy_that_somebody_condemned_is_kept_last() {
        check(&Keeping::default(), &["doomed", "z"], &["z"]);
    }

    #[test]
    fn only_copies_of_references_go() {
        let keeping = Keeping { reference: vec!["ref".into()], ..Keeping::default() };
        check(&keeping, &["a", "ref/x", "ref/y", "b"], &["ref/x", "ref/y"]);
        check(&keeping, &["a", "b"], &["a", "b"]);
        let absolute = Keeping { reference: vec!["/one/ref".into()], ..Keeping::default() };
        check(&absolute, &["a", "ref/x"], &["ref/x"]);
    }

    #[test]
    fn copies_within_one_root_or_folder_stay_together() {
        let paths = ["a", "b", "2/c", "2/d"];
        check(&Keeping { isolate_roots: true, ..Keeping::default() }, &paths, &["a", "b"]);
        let isolate = vec!["x".into()];
        let keeping = Keeping { isolate, ..Keeping::default() };
        check(&keeping, &["x/a", "x/b", "y"], &["x/a", "x/b"]);
        check(&keeping, &["y", "x/a", "x/b"], &["y"]);
    }
}
