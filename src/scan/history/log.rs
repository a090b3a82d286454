//! Reads the answer of `git log --numstat -z`, commit by commit, the newest first.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use crate::inventory::path_text;

use super::{Change, HistoryOptions};

/// How much of a commit's name is kept.
const COMMIT_DIGITS: usize = 10;

/// The format of a commit's line: a mark that no path begins with, name and time.
pub(super) const FORMAT: &str = "--format=tformat:%x01%H %ct";

/// What is known after the commits read so far.
pub(super) struct Log<'a> {
    options: &'a HistoryOptions,
    /// Commits to pass over, by name.
    ignored: HashSet<String>,
    /// Where the root lies in the repository.
    prefix: PathBuf,
    changes: HashMap<PathBuf, Change>,
    /// What a path of that time is called today.
    names: HashMap<Vec<u8>, Vec<u8>>,
    commit: Option<Commit>,
}

struct Commit {
    name: String,
    time: i64,
    files: Vec<Touched>,
    /// Two paths are still to come: the old and the new name of this change.
    renamed: Option<(u64, Option<Vec<u8>>)>,
}

struct Touched {
    lines: u64,
    path: Vec<u8>,
    was: Option<Vec<u8>>,
}

impl<'a> Log<'a> {
    pub(super) fn new(
        options: &'a HistoryOptions,
        ignored: HashSet<String>,
        prefix: PathBuf,
    ) -> Self {
        let (changes, names) = (HashMap::new(), HashMap::new());
        Self { options, ignored, prefix, changes, names, commit: None }
    }

    /// Takes the next token, without the NUL that ends it; true where it begins a commit.
    pub(super) fn token(&mut self, token: &[u8]) -> bool {
        // The names of a file that was renamed are the only tokens that a stranger begins.
        let is_name = self.commit.as_ref().is_some_and(|it| it.renamed.is_some());
        if let Some(header) = token.strip_prefix(b"\x01").filter(|_| !is_name) {
            self.close();
            let header = String::from_utf8_lossy(header);
            let (name, time) = header.split_once(' ').unwrap_or((&header, ""));
            self.commit = time.trim().parse().ok().map(|time| Commit {
                name: name.to_owned(),
                time,
                files: Vec::new(),
                renamed: None,
            });
            return true;
        }
        if let Some(commit) = &mut self.commit {
            let first = token.strip_prefix(b"\n").filter(|_| !is_name);
            commit.token(first.unwrap_or(token));
        }
        false
    }

    /// All changes, by the path below the root that the file has today.
    pub(super) fn finish(mut self) -> HashMap<PathBuf, Change> {
        self.close();
        self.changes
    }

    fn close(&mut self) {
        let Some(commit) = self.commit.take() else { return };
        let is_bulk = self.options.max_files < commit.files.len();
        let is_passed_over = is_bulk || self.ignored.contains(&commit.name);
        for touched in commit.files {
            let today = self.names.get(&touched.path).unwrap_or(&touched.path).clone();
            if let Some(was) = touched.was {
                self.names.insert(was, today.clone());
            }
            if is_passed_over || touched.lines < self.options.min_lines {
                continue;
            }
            let Some(path) = self.below_root(&today) else { continue };
            let name = commit.name.chars().take(COMMIT_DIGITS).collect();
            let change = Change { time: commit.time, commit: name };
            let known = self.changes.entry(path).or_insert_with(|| change.clone());
            if known.time < change.time {
                *known = change;
            }
        }
    }

    fn below_root(&self, path: &[u8]) -> Option<PathBuf> {
        let path = path_text::from_bytes(path);
        if self.prefix == Path::new("") {
            return Some(path);
        }
        path.strip_prefix(&self.prefix).ok().map(Path::to_path_buf)
    }
}

impl Commit {
    /// `10<TAB>2<TAB>path`, or `10<TAB>2<TAB>` and then two paths. Of binary files there is no count;
    /// every change of one is of substance.
    fn token(&mut self, token: &[u8]) {
        if let Some((lines, was)) = &mut self.renamed {
            match was.take() {
                None => *was = Some(token.to_vec()),
                was => {
                    self.files.push(Touched { lines: *lines, path: token.to_vec(), was });
                    self.renamed = None;
                }
            }
            return;
        }
        let mut parts = token.splitn(3, |byte| *byte == b'\t');
        let (Some(added), Some(deleted), Some(path)) = (parts.next(), parts.next(), parts.next())
        else {
            return;
        };
        let count =
            |digits: &[u8]| std::str::from_utf8(digits).ok().and_then(|it| it.parse::<u64>().ok());
        let lines = match (count(added), count(deleted)) {
            (Some(added), Some(deleted)) => added.saturating_add(deleted),
            _ => u64::MAX,
        };
        if path.is_empty() {
            self.renamed = Some((lines, None));
        } else {
            self.files.push(Touched { lines, path: path.to_vec(), was: None });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_of_a_file_is_taken_for_a_commit() {
        let options = HistoryOptions::new("git".into());
        let mut log = Log::new(&options, HashSet::new(), PathBuf::new());
        // As git writes it, but for the names: each begins like a commit, or like its first file.
        let names = ["\u{1}aaaaaaaaa\u{e9} 9", "\n\u{1}b 9"];
        assert!(log.token(b"\x010123456789abcdef 5"));
        assert!(!log.token(b"\n40\t0\t"));
        names.iter().for_each(|name| assert!(!log.token(name.as_bytes()), "{name:?}"));
        let changes = log.finish();
        let change = Change { time: 5, commit: "0123456789".to_owned() };
        assert_eq!(changes, HashMap::from([(PathBuf::from(names[1]), change)]));
    }
}
