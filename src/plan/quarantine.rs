//! The quarantine: a folder with the documents that were moved aside, and the journal of it.
//!
//! ```text
//! QUARANTINE/
//!   journal.jsonl  journal.head     what was done
//!   plans/                          the plans that were carried out, by their hash
//!   files/<run>/…                   each document below the folders it lay in; a run is named by
//!                                   the line of the journal on which it began
//! ```
//!
//! It is opened by one docrot at a time. Whatever a crash left undecided is settled when it is
//! opened.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use crate::inventory::{Hash, path_text};

use super::disk::{Disk, Folder, Spot};
use super::event::{Event, Intent};
use super::journal::{Journal, JournalError, Line};
use super::step::Content;
use super::{recover, refusal::Refusal};

/// Why a quarantine cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum QuarantineError {
    /// The folder cannot be opened or made.
    #[error(
        "{} {}",
        if source.kind() == io::ErrorKind::NotFound { "nothing was moved: there is no quarantine" }
        else { "cannot use the quarantine" },
        path.display()
    )]
    Folder {
        /// Where it should be.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Its journal cannot be used.
    #[error("cannot go on with the quarantine {}", path.display())]
    Journal {
        /// Where it is.
        path: PathBuf,
        /// Why.
        source: JournalError,
    },
}

/// A quarantine that is being worked on.
#[derive(Debug)]
pub struct Quarantine {
    /// Where it is, absolute.
    pub(super) path: PathBuf,
    pub(super) folder: Folder,
    pub(super) journal: Journal,
    pub(super) disk: Disk,
}

/// What became of a document that was to be moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemState {
    /// Nobody knows yet: a run ended in the middle.
    Open,
    /// It is where it was moved to.
    Aside,
    /// It stayed where it was.
    Stayed,
    /// It went back to where it was.
    Back,
    /// It was deleted for good.
    Purged,
}

impl ItemState {
    /// The word for people and scripts.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Aside => "aside",
            Self::Stayed => "stayed",
            Self::Back => "back",
            Self::Purged => "deleted",
        }
    }
}

/// A document that was to be moved, by its line in the journal.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) number: u64,
    pub(super) at: DateTime<Utc>,
    pub(super) intent: Intent,
    /// What lies in quarantine.
    pub(super) content: Content,
    pub(super) state: ItemState,
    /// Whether taking it back was begun and not ended.
    pub(super) is_undoing: bool,
    /// Whether deleting it was begun and not ended.
    pub(super) is_purging: bool,
    /// When its folder last changed, after it was moved.
    pub(super) folder_modified: Option<i64>,
}

impl Item {
    /// One of which nobody knows yet what became of it.
    pub(super) const fn new(
        number: u64,
        at: DateTime<Utc>,
        intent: Intent,
        content: Content,
    ) -> Self {
        Self {
            number,
            at,
            intent,
            content,
            state: ItemState::Open,
            is_undoing: false,
            is_purging: false,
            folder_modified: None,
        }
    }
}

/// Every document that was to be moved, by its line.
pub(super) fn items(lines: &[Line]) -> BTreeMap<u64, Item> {
    let mut items = BTreeMap::new();
    for Line { number, at, event } in lines {
        if let Event::Intent(intent) = event {
            // A journal whose hashes fit was written by docrot; this holds for every line of it.
            let Some(content) = intent.content.content() else { continue };
            items.insert(*number, Item::new(*number, *at, intent.as_ref().clone(), content));
            continue;
        }
        let (Event::Done { of, .. }
        | Event::Abandoned { of, .. }
        | Event::Stranded { of, .. }
        | Event::Undoing { of }
        | Event::Undone { of }
        | Event::NotUndone { of, .. }
        | Event::Purging { of }
        | Event::Purged { of }
        | Event::NotPurged { of, .. }) = event
        else {
            continue;
        };
        let Some(item) = items.get_mut(of) else { continue };
        tell(item, event);
    }
    items
}

fn tell(item: &mut Item, event: &Event) {
    match event {
        Event::Done { folder_modified, .. } => {
            item.state = ItemState::Aside;
            item.folder_modified = *folder_modified;
        }
        Event::Stranded { content, .. } => {
            item.state = ItemState::Aside;
            item.content = content.content().unwrap_or(item.content);
        }
        Event::Abandoned { .. } => item.state = ItemState::Stayed,
        Event::Undoing { .. } => item.is_undoing = true,
        Event::NotUndone { .. } => item.is_undoing = false,
        Event::Undone { .. } => (item.state, item.is_undoing) = (ItemState::Back, false),
        Event::Purging { .. } => item.is_purging = true,
        Event::NotPurged { .. } => item.is_purging = false,
        Event::Purged { .. } => (item.state, item.is_purging) = (ItemState::Purged, false),
        Event::Began { .. }
        | Event::Intent(_)
        | Event::Refused { .. }
        | Event::Ended { .. }
        | Event::Repaired { .. } => {}
    }
}

impl Quarantine {
    /// Opens a quarantine, makes it if it is not there, and settles what a crash left undecided.
    pub fn open(path: &Path, disk: Disk, now: DateTime<Utc>) -> Result<Self, QuarantineError> {
        let unusable = |source| QuarantineError::Folder { path: path.to_path_buf(), source };
        if !path.is_dir() {
            disk.before("make quarantine").map_err(unusable)?;
            make_private(path).map_err(unusable)?;
        }
        Self::open_there(path, disk, now)
    }

    /// Opens a quarantine that is there.
    pub fn open_there(
        path: &Path,
        disk: Disk,
        now: DateTime<Utc>,
    ) -> Result<Self, QuarantineError> {
        let unusable = |source| QuarantineError::Folder { path: path.to_path_buf(), source };
        let path = path.canonicalize().map_err(unusable)?;
        let folder = Folder::open(&path).map_err(unusable)?;
        let broken = |source| QuarantineError::Journal { path: path.clone(), source };
        let journal = Journal::open(&folder, &disk, now).map_err(broken)?;
        let mut quarantine = Self { path: path.clone(), folder, journal, disk };
        recover::settle_all(&mut quarantine, now).map_err(broken)?;
        Ok(quarantine)
    }

    /// Where it is, absolute.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Keeps a copy of a plan, by its hash, which is returned.
    pub(super) fn keep_plan(&self, plan: &str) -> Result<String, Refusal> {
        let hash = Hash::of(plan.as_bytes()).to_string();
        let refuse = Refusal::io("keep a copy of the plan");
        let name = format!("plans/{hash}.json");
        let spot = self.disk.make_way(&self.folder, Path::new(&name)).map_err(&refuse)?;
        if spot.stat().map_err(&refuse)?.is_some() {
            return Ok(hash);
        }
        let part = spot.beside(format!(".{hash}.part")).map_err(&refuse)?;
        // One that a crash left is docrot's own.
        if part.stat().map_err(&refuse)?.is_some() {
            self.disk.unlink(&part).map_err(&refuse)?;
        }
        let mut file = self.disk.create(&part).map_err(&refuse)?;
        file.write_all(plan.as_bytes()).and_then(|()| file.sync_all()).map_err(&refuse)?;
        self.disk.rename(&part, &spot).map_err(&refuse)?;
        self.disk.sync(&spot.folder).map_err(&refuse)?;
        Ok(hash)
    }

    /// The place of a document that was moved; its folders are made where they are not there.
    pub(super) fn place_of(&self, intent: &Intent, makes: bool) -> io::Result<Spot> {
        let archive;
        let folder = match intent.to.archive() {
            Some(path) => {
                archive = Folder::open(&path)?;
                &archive
            }
            None => &self.folder,
        };
        match makes {
            true => self.disk.make_way(folder, &intent.to.path),
            false => folder.spot(&intent.to.path),
        }
    }

    /// Removes the folders above a document that went, as far as they are empty and docrot's own.
    pub(super) fn tidy(&self, intent: &Intent) {
        if intent.to.archive.is_some() {
            return;
        }
        for path in intent.to.path.ancestors().skip(1) {
            // `files` itself stays.
            if path.components().count() < 2 {
                return;
            }
            let removed = self.folder.spot(path).and_then(|spot| self.disk.remove_folder(&spot));
            if removed.is_err() {
                return;
            }
        }
    }
}

/// Makes a folder that only its owner can look into: whoever could not read a document where it was
/// must not come to read it here.
fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// The place of a document before it was moved, if its folder is there.
pub(super) fn origin(intent: &Intent) -> io::Result<Spot> {
    Folder::open(&intent.document.root)?.spot(&intent.document.path)
}

/// A path for people and for journals that a program reads.
pub(super) fn spelled(path: &Path) -> String {
    path_text::encode(path)
}
