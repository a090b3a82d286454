//! Walks along what the crawl sees and what the catalog knows, both in the same order, and says of
//! each file what is to be done.

use std::collections::{BTreeMap, HashSet};
use std::iter::Peekable;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use crate::catalog::{CatalogError, Known};
use crate::crawl::{CrawlError, CrawlReason, FileEntry, FileIdentity, Skipped};
use crate::inventory::RootId;

use super::changes::{IdentityTrust, compare, is_outdated};
use super::crawler::Seen;
use super::history::Histories;
use super::options::ScanOptions;
use super::roots::{self, Root};
use super::summary::Problem;

/// What is to be done with the next place in the order of records.
#[derive(Debug)]
pub(super) enum Verdict {
    /// The known record stays.
    Keep,
    /// The known record was inside of the file just read again, and gives way to what is now.
    DropInside,
    /// A file is to be read: a known one, or a new one.
    Read { root: RootId, file: FileEntry, known: bool },
    /// Something that is not to be opened gets a record: a special file, or one without facts.
    Note { root: RootId, file: FileEntry, error: Option<CrawlError>, known: bool },
}

/// What the merge has counted so far.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) inserted: u64,
    pub(super) replaced: u64,
    pub(super) kept: u64,
    pub(super) kept_unreadable: u64,
    pub(super) unreachable: u64,
    pub(super) links: u64,
    pub(super) skipped: BTreeMap<Skipped, u64>,
    pub(super) problems: Vec<Problem>,
    pub(super) gone: HashSet<(RootId, PathBuf)>,
}

/// What is not as it was at the last scan.
#[derive(Clone, Copy, Debug)]
pub(super) struct Since<'a> {
    /// Whether other files count as documents.
    pub(super) detection_changed: bool,
    /// Whether version control was asked then and is not now, or the other way round.
    pub(super) history_changed: bool,
    /// What version control knows now.
    pub(super) histories: &'a Histories,
    /// When the last scan began.
    pub(super) started: DateTime<Utc>,
}

/// The two streams, and what was learnt on the way.
pub(super) struct Merge<'a, K: Iterator<Item = Result<Known, CatalogError>>> {
    known: Peekable<K>,
    roots: &'a [Root],
    options: &'a ScanOptions,
    since: Since<'a>,
    pub(super) trust: Vec<IdentityTrust>,
    pub(super) counts: Counts,
    // Folders and files of the current root that could not be listed: nothing below is gone.
    failed: Vec<PathBuf>,
    seen_in_root: u64,
    unseen_in_root: Vec<(PathBuf, FileIdentity)>,
}

impl<'a, K: Iterator<Item = Result<Known, CatalogError>>> Merge<'a, K> {
    pub(super) fn new(
        known: K,
        roots: &'a [Root],
        options: &'a ScanOptions,
        since: Since<'a>,
    ) -> Self {
        Self {
            known: known.peekable(),
            roots,
            options,
            since,
            trust: vec![IdentityTrust::default(); roots.len()],
            counts: Counts::default(),
            failed: Vec::new(),
            seen_in_root: 0,
            unseen_in_root: Vec::new(),
        }
    }

    /// Takes the next thing seen; the verdicts go to `act`, in the order of the records.
    pub(super) fn see(
        &mut self,
        (root, seen): (u16, Seen),
        act: &mut impl FnMut(Verdict),
    ) -> Result<(), CatalogError> {
        let root = RootId(root);
        match seen {
            Seen::File(file) => self.see_file(root, file, act)?,
            Seen::Special(file) => {
                self.seen_in_root += 1;
                let known = self.advance(root, Some(&file.path), act)?;
                let inside = self.inside(root, &file.path)?;
                match known {
                    Some(known) if known.file.identity == file.identity => self.keep(&known, act),
                    known => self.note(root, file, None, known.is_some(), act),
                }
                inside.iter().for_each(|_| act(Verdict::DropInside));
            }
            Seen::Nameless(path, error) => {
                self.seen_in_root += 1;
                self.problem(root, &error);
                let known = self.advance(root, Some(&path), act)?;
                let inside = self.inside(root, &path)?;
                match known {
                    // What was known of it stands until it can be asked again.
                    Some(known) => {
                        self.keep(&known, act);
                        inside.iter().for_each(|it| self.keep(it, act));
                    }
                    None => {
                        let file = FileEntry { path, ..FileEntry::default() };
                        self.note(root, file, Some(error), false, act);
                    }
                }
            }
            Seen::Failed(error) => {
                self.problem(root, &error);
                let kept_elsewhere = matches!(
                    error.reason,
                    CrawlReason::Loop | CrawlReason::BrokenLink | CrawlReason::SeenElsewhere
                );
                if !kept_elsewhere {
                    self.failed.push(error.path);
                }
            }
            Seen::SkippedFolder(why) => *self.counts.skipped.entry(why).or_default() += 1,
            Seen::Link => self.counts.links += 1,
            Seen::EndOfRoot => {
                self.advance(root, None, act)?;
                self.end_root(root);
            }
        }
        Ok(())
    }

    fn see_file(
        &mut self,
        root: RootId,
        file: FileEntry,
        act: &mut impl FnMut(Verdict),
    ) -> Result<(), CatalogError> {
        self.seen_in_root += 1;
        let known = self.advance(root, Some(&file.path), act)?;
        let inside = self.inside(root, &file.path)?;
        match known {
            Some(known) if !self.must_read(root, &known, &inside, &file) => {
                self.keep(&known, act);
                inside.iter().for_each(|it| self.keep(it, act));
            }
            known => {
                self.read(root, file, known.is_some(), act);
                inside.iter().for_each(|_| act(Verdict::DropInside));
            }
        }
        Ok(())
    }

    fn must_read(
        &mut self,
        root: RootId,
        known: &Known,
        inside: &[Known],
        file: &FileEntry,
    ) -> bool {
        let Since { detection_changed, history_changed, histories, started } = self.since;
        let change = compare(known, file, self.options, detection_changed);
        let must_read = self.trust[usize::from(root.0)].must_read(change);
        let is_dated_anew = history_changed || histories.has_changed(root, &file.path, started);
        // What is inside can only be read again with its container.
        let is_outdated = inside.iter().any(|it| is_outdated(it, self.options));
        // Whether a file has an equal is told by the others, not by itself.
        let is_asked = self.options.rehash || self.options.only_exact;
        is_asked || must_read || is_dated_anew || is_outdated
    }

    /// The known records of what is inside of the file at `path`, which follow its own.
    fn inside(&mut self, root: RootId, path: &Path) -> Result<Vec<Known>, CatalogError> {
        let is_inside = |it: &Known| it.root == root && it.file.container.as_deref() == Some(path);
        let mut inside = Vec::new();
        while let Some(known) = self.known.next_if(|it| it.as_ref().is_ok_and(is_inside)) {
            inside.push(known?);
        }
        Ok(inside)
    }

    fn keep(&mut self, known: &Known, act: &mut impl FnMut(Verdict)) {
        self.counts.kept += 1;
        self.counts.kept_unreadable += u64::from(known.unreadable.is_some());
        act(Verdict::Keep);
    }

    fn read(&mut self, root: RootId, file: FileEntry, known: bool, act: &mut impl FnMut(Verdict)) {
        *(if known { &mut self.counts.replaced } else { &mut self.counts.inserted }) += 1;
        act(Verdict::Read { root, file, known });
    }

    fn note(
        &mut self,
        root: RootId,
        file: FileEntry,
        error: Option<CrawlError>,
        known: bool,
        act: &mut impl FnMut(Verdict),
    ) {
        *(if known { &mut self.counts.replaced } else { &mut self.counts.inserted }) += 1;
        act(Verdict::Note { root, file, error, known });
    }

    /// Passes the known records that sort before `path` (all of the root's without one), and
    /// returns the record of `path` itself.
    fn advance(
        &mut self,
        root: RootId,
        path: Option<&Path>,
        act: &mut impl FnMut(Verdict),
    ) -> Result<Option<Known>, CatalogError> {
        loop {
            let here = |known: &Known| match path {
                Some(path) => (known.root, known.file.path.as_path()) <= (root, path),
                None => known.root <= root,
            };
            let next = self.known.next_if(|it| it.as_ref().map_or(true, here));
            let Some(known) = next.transpose()? else {
                return Ok(None);
            };
            if known.root == root && Some(known.file.path.as_path()) == path {
                return Ok(Some(known));
            }
            // Whether it is gone is settled when its root has been listed to the end.
            act(Verdict::Keep);
            if self.failed.iter().any(|failed| known.file.path.starts_with(failed)) {
                self.counts.unreachable += 1;
            } else {
                self.unseen_in_root.push((known.file.path, known.file.identity));
            }
        }
    }

    fn end_root(&mut self, root: RootId) {
        let here = &self.roots[usize::from(root.0)];
        let unseen = std::mem::take(&mut self.unseen_in_root);
        let other_device =
            unseen.first().is_some_and(|(_, known)| known.device != here.identity.device);
        // A share that went away leaves an empty mount point, or another folder, behind.
        let vanished = roots::identity(&here.path) != here.identity
            || (self.seen_in_root == 0 && other_device);
        if vanished && !unseen.is_empty() {
            self.counts.problems.push(Problem {
                root: root.0,
                path: PathBuf::new(),
                reason: "not-mounted".to_owned(),
                detail: format!(
                    "{} is empty or another folder than before: is the share mounted? Its {} files \
                     are kept as they were",
                    here.path.display(),
                    unseen.len()
                ),
            });
            self.counts.unreachable += unseen.len() as u64;
        } else {
            self.counts.gone.extend(unseen.into_iter().map(|(path, _)| (root, path)));
        }
        self.failed.clear();
        self.seen_in_root = 0;
    }

    fn problem(&mut self, root: RootId, error: &CrawlError) {
        self.counts.problems.push(Problem {
            root: root.0,
            path: error.path.clone(),
            reason: error.reason.code().to_owned(),
            detail: error.reason.to_string(),
        });
    }
}
