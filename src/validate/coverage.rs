//! An index against its tree, both ways, by content.
//!
//! Both come in one order, so that they are walked along and neither is held. What looks changed is
//! read and compared by its hash; of what looks unchanged a sample is. A file that stands elsewhere
//! now is told from one that is gone and one that is new by its content.

use std::collections::HashMap;
use std::iter::Peekable;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;

use chrono::{DateTime, Utc};

use crate::crawl::FileEntry;
use crate::extract::{FORMATS, is_named_as_document};
use crate::inventory::RootId;

use super::contents::{Contents, Drift, wait};
use super::row::{Row, State};
use super::strays::{self, Paired, Stray};
use super::tree::{Seen, Tree};
use super::{Check, Example, Gates, Tally};

/// Files that are handed over together, and how many such lists may wait.
const CHUNK: usize = 256;
const CHUNKS: usize = 16;

/// How to compare.
#[derive(Clone, Copy, Debug)]
pub struct Coverage {
    /// When it is compared, in UTC.
    pub now: DateTime<Utc>,
    /// Of files that look unchanged, so many are read and compared by their content.
    pub sample: u64,
    /// Which are drawn.
    pub seed: u64,
}

/// What came of comparing an index with its tree.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Compared {
    /// Documents that belong into the index.
    pub eligible: u64,
    /// Entries of the index.
    pub entries: u64,
    unlisted: Tally,
    missing: Tally,
    ghosts: Tally,
    drift: Tally,
    moved: Tally,
    contents: Drift,
    // How long each new file waits, in days.
    waits: Vec<f64>,
    // Entries found under a name that is written in another way.
    spelled: u64,
    // Entries of files that are there, and are left out of what is listed.
    left_out: u64,
}

impl Compared {
    /// Counts entries of the index that stand for nothing.
    pub fn add_ghosts(&mut self, strays: Vec<Example>) {
        self.entries += strays.len() as u64;
        for stray in strays {
            self.ghosts.add(|| stray);
        }
    }
}

struct Walk<'a, R: Iterator<Item = Row>> {
    tree: &'a Tree,
    rows: Peekable<R>,
    how: Coverage,
    found: Compared,
    failed: Vec<(RootId, PathBuf)>,
    new: Vec<Stray<FileEntry>>,
    gone: Vec<Stray<Row>>,
    seen_in_root: HashMap<RootId, u64>,
    contents: Contents,
}

/// Compares the entries of an index, in the order of root and path, with the tree.
pub fn compare(tree: &Tree, rows: impl Iterator<Item = Row>, how: Coverage) -> Compared {
    let mut walk = Walk {
        tree,
        rows: rows.peekable(),
        how,
        found: Compared::default(),
        failed: Vec::new(),
        new: Vec::new(),
        gone: Vec::new(),
        seen_in_root: HashMap::new(),
        contents: Contents::new(how.sample, how.seed),
    };
    // The tree is listed while the entries are read and compared.
    thread::scope(|scope| {
        let (sender, listed) = mpsc::sync_channel::<Vec<Seen>>(CHUNKS);
        scope.spawn(move || {
            let mut files = tree.files();
            loop {
                let chunk: Vec<Seen> = files.by_ref().take(CHUNK).collect();
                if chunk.is_empty() || sender.send(chunk).is_err() {
                    break;
                }
            }
        });
        listed.into_iter().flatten().for_each(|seen| walk.see(seen));
    });
    while let Some(row) = walk.rows.next() {
        walk.gone(row);
    }
    walk.finish()
}

impl<R: Iterator<Item = Row>> Walk<'_, R> {
    fn see(&mut self, seen: Seen) {
        match seen {
            Seen::Failed(root, error) => {
                let path = error.path.clone();
                self.found.unlisted.add(|| Example::new(path, error.reason.to_string()));
                self.failed.push((root, error.path));
            }
            Seen::File(root, file) => {
                *self.seen_in_root.entry(root).or_default() += 1;
                match self.row_of(root, &file.path) {
                    None => self.new.push(Stray { root, of: file }),
                    Some(row) => {
                        let inside = self.inside(root, &file.path);
                        self.both(&row, &file);
                        // What is inside of a file is there as long as that is.
                        inside.iter().for_each(|row| self.state(row));
                    }
                }
            }
        }
    }

    /// Passes the rows before `path`, whose files are gone, and returns its own.
    fn row_of(&mut self, root: RootId, path: &Path) -> Option<Row> {
        while let Some(row) =
            self.rows.next_if(|row| (row.root, row.file.path.as_path()) <= (root, path))
        {
            if row.root == root && row.file.path == path {
                return Some(row);
            }
            self.gone(row);
        }
        None
    }

    fn inside(&mut self, root: RootId, path: &Path) -> Vec<Row> {
        let is_inside = |row: &Row| row.root == root && row.file.container.as_deref() == Some(path);
        std::iter::from_fn(|| self.rows.next_if(is_inside)).collect()
    }

    fn gone(&mut self, row: Row) {
        let is_hidden = |(root, failed): &(RootId, PathBuf)| {
            *root == row.root && row.file.path.starts_with(failed)
        };
        self.found.entries += u64::from(row.is_indexed());
        if row.is_indexed() && !self.failed.iter().any(is_hidden) {
            self.gone.push(Stray { root: row.root, of: row });
        }
    }

    /// Counts what the index says of a document that is there.
    fn state(&mut self, row: &Row) {
        self.found.entries += u64::from(row.is_indexed());
        let path = &row.file.path;
        match row.state {
            State::NoDocument | State::Unread => return,
            State::Indexed => {}
            State::IndexedOtherwise => {
                let words = "its entry is of another content than its record";
                self.found.drift.add(|| Example::new(path, words));
            }
            State::Lost => {
                let words = "was read, and has no entry in the index";
                self.found.missing.add(|| Example::new(path, words));
            }
        }
        self.found.eligible += 1;
    }

    fn both(&mut self, row: &Row, file: &FileEntry) {
        self.state(row);
        if row.state == State::Indexed {
            self.contents.compare(self.tree, row, file, self.how.now);
        }
    }

    fn finish(mut self) -> Compared {
        self.unmounted();
        let (mut new, mut gone) = (std::mem::take(&mut self.new), std::mem::take(&mut self.gone));
        let Paired { spelled, moved } = strays::pair(self.tree, &mut new, &mut gone);
        self.found.spelled = spelled.len() as u64;
        for (row, file) in spelled {
            self.found.entries -= u64::from(row.is_indexed());
            self.both(&row, &file);
        }
        self.found.eligible += moved.len() as u64;
        for example in moved {
            self.found.moved.add(|| example);
        }
        for Stray { of: file, .. } in new {
            if !is_named_as_document(FORMATS, &file.path) {
                continue;
            }
            self.found.eligible += 1;
            let wait = wait(&file, self.how.now);
            self.found.waits.push(wait);
            let words = format!("new for {wait:.1} days");
            self.found.missing.add(|| Example::new(&file.path, words));
        }
        for Stray { root, of: row } in gone {
            let is_own = row.file.container.is_none();
            if is_own && self.tree.place(root, &row.file.path).symlink_metadata().is_ok() {
                self.found.left_out += 1;
            } else {
                self.found.ghosts.add(|| Example::new(&row.file.path, "is no longer there"));
            }
        }
        self.found.contents = self.contents.finish(self.tree);
        self.found
    }

    /// A root that lists nothing where files were indexed is a share that is not there.
    fn unmounted(&mut self) {
        let seen = |root: RootId| self.seen_in_root.get(&root).copied().unwrap_or(0);
        let mut empty: Vec<RootId> =
            self.gone.iter().map(|it| it.root).filter(|root| seen(*root) == 0).collect();
        empty.dedup();
        for root in empty {
            let count = self.gone.iter().filter(|it| it.root == root).count();
            let words =
                format!("no file is there, where {count} are indexed: is the share mounted?");
            let folder = self.tree.place(root, Path::new(""));
            self.found.unlisted.add(|| Example::new(folder, words));
            self.gone.retain(|it| it.root != root);
        }
    }
}

/// What the comparison says, measured by the policy.
pub fn coverage_checks(compared: Compared, gates: &Gates) -> Vec<Check> {
    let Compared { eligible, entries, unlisted, missing, mut ghosts, drift, moved, .. } = compared;
    let Compared { contents, mut waits, spelled, left_out, .. } = compared;
    let Drift { changed, sampled, waits: changes } = contents;
    waits.extend(changes);
    waits.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let place = (waits.len() as f64 * share).ceil() as usize;
        waits.get(place.max(1) - 1).copied().unwrap_or_default()
    };
    let mut lag = Tally { count: waits.len() as u64, of: eligible, ..Tally::default() };
    if !waits.is_empty() {
        lag = lag.noted(format!("half of the changes wait {:.1} days or longer", at(0.5)));
    }
    let mut notes: Vec<String> = changed.note.iter().cloned().collect();
    if 0 < sampled.of {
        let words = "files that look unchanged were read";
        notes.push(if sampled.is_sample {
            let (_, high) = super::interval(sampled.count, sampled.of);
            let (read, most) = (sampled.of, high * 100.0);
            format!("{read} {words}: at most {most:.1} % of the others differ")
        } else {
            format!("all {} {words}", sampled.of)
        });
    }
    if 0 < spelled {
        notes.push(format!("{spelled} are found under a name that is written in another way"));
    }
    let mut drifted = Tally { of: eligible, ..drift };
    drifted.append(changed);
    drifted.append(sampled);
    drifted.note = (!notes.is_empty()).then(|| notes.join("; "));
    if 0 < left_out {
        ghosts =
            ghosts.noted(format!("{left_out} more are there, and are left out of what is listed"));
    }
    vec![
        unlisted.check_of_count("tree", gates),
        Tally { of: eligible, ..missing }.check("missing", gates),
        Tally { of: entries, ..ghosts }.check("ghosts", gates),
        drifted.check("drift", gates),
        Tally { of: entries, ..moved }.check("moved", gates),
        lag.check_of("lag", at(0.95), gates),
    ]
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the tree is the test's own")]
mod tests {
    use std::fs;

    use super::super::Verdict;
    use super::super::digest::Digest;
    use super::super::row::Tells;
    use super::*;
    use crate::crawl::CrawlOptions;
    use crate::inventory::Hash;

    /// A tree of files with their names as content, and the rows of an index of it.
    fn indexed(names: &[&str]) -> (tempfile::TempDir, Tree, Vec<Row>) {
        let root = tempfile::tempdir().unwrap();
        for name in names {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, name).unwrap();
        }
        let roots = vec![root.path().to_path_buf()];
        let tree = Tree { roots, crawl: CrawlOptions::default() };
        let row = |seen| match seen {
            Seen::File(root, file) => {
                let bytes = fs::read(tree.place(root, &file.path)).unwrap();
                let hash = Some(Digest::Blake3(Hash::of(&bytes)));
                let tells = Tells::ALL;
                Row { root, file, tells, format: None, state: State::Indexed, hash }
            }
            Seen::Failed(..) => panic!("the tree can be listed"),
        };
        let rows = tree.files().map(row).collect();
        (root, tree, rows)
    }

    fn counts(tree: &Tree, rows: &[Row]) -> Vec<(&'static str, u64, u64)> {
        let how = Coverage { now: DateTime::UNIX_EPOCH, sample: 100, seed: 1 };
        let compared = compare(tree, rows.iter().cloned(), how);
        let checks = coverage_checks(compared, &Gates::default());
        checks.iter().map(|it| (it.name, it.count, it.of)).filter(|it| 0 < it.1).collect()
    }

    #[test]
    fn an_index_that_describes_its_tree_is_clean() {
        let (_root, tree, rows) = indexed(&["a.md", "b/c.md", "b.txt", "logo.png"]);
        assert_eq!(counts(&tree, &rows), []);
    }

    #[test]
    fn what_is_new_and_gone_is_told_from_what_moved() {
        let (root, tree, rows) = indexed(&["a.md", "b.md", "c.md"]);
        fs::rename(root.path().join("a.md"), root.path().join("z.md")).unwrap();
        fs::remove_file(root.path().join("b.md")).unwrap();
        fs::write(root.path().join("new.html.md.erb"), "new").unwrap();
        fs::write(root.path().join("new.png"), "no document").unwrap();
        let found = counts(&tree, &rows);
        let expected = [("missing", 1, 3), ("ghosts", 1, 3), ("moved", 1, 3), ("lag", 1, 3)];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_change_is_told_by_its_content() {
        let (root, tree, rows) = indexed(&["a.md", "b.md", "c.md"]);
        fs::write(root.path().join("a.md"), "something else").unwrap();
        // Saved again without a change.
        fs::write(root.path().join("b.md"), "b.md").unwrap();
        // As large and, for whoever only looks at times, as old as before.
        fs::write(root.path().join("c.md"), "C.md").unwrap();
        let mut rows = rows;
        rows[2].file = FileEntry::of(root.path(), Path::new("c.md")).unwrap();
        assert_eq!(counts(&tree, &rows), [("drift", 2, 3), ("lag", 1, 3)]);
    }

    #[test]
    fn what_was_lost_or_is_of_another_content_is_told() {
        let (_root, tree, mut rows) = indexed(&["a.md", "b.md", "c.md", "d.md"]);
        rows[0].state = State::Lost;
        rows[1].state = State::IndexedOtherwise;
        rows[2].state = State::Unread;
        assert_eq!(counts(&tree, &rows), [("missing", 1, 3), ("drift", 1, 3)]);
    }

    #[test]
    fn an_empty_mount_point_makes_no_ghosts() {
        let (root, tree, rows) = indexed(&["a.md", "b.md"]);
        for name in ["a.md", "b.md"] {
            fs::remove_file(root.path().join(name)).unwrap();
        }
        assert_eq!(counts(&tree, &rows), [("tree", 1, 1)]);
        let how = Coverage { now: DateTime::UNIX_EPOCH, sample: 0, seed: 1 };
        let elsewhere = Tree { roots: vec![root.path().join("no")], ..tree };
        let compared = compare(&elsewhere, rows.into_iter(), how);
        let checks = coverage_checks(compared, &Gates::default());
        assert!(checks.iter().all(|it| it.name == "tree" || it.verdict == Verdict::Ok));
        assert_eq!(checks[0].count, 1);
    }
}
