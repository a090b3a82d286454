//! The tree as it is now, listed in the order of records and never held as a whole.

use std::path::{Path, PathBuf};

use crate::crawl::{self, CrawlError, CrawlOptions, CrawlReason, FileEntry, Listed};
use crate::inventory::RootId;

/// The folders that an index is of.
#[derive(Clone, Debug)]
pub struct Tree {
    /// Absolute, in the order of their [`RootId`]s.
    pub roots: Vec<PathBuf>,
    /// What of them is listed, as for the scan that made the index.
    pub crawl: CrawlOptions,
}

/// What is seen in a tree, in sorted order.
#[derive(Clone, Debug, PartialEq)]
pub enum Seen {
    /// A file.
    File(RootId, FileEntry),
    /// A folder or file that could not be listed: nothing below it is said to be gone.
    Failed(RootId, CrawlError),
}

impl Tree {
    /// Lists every file.
    pub fn files(&self) -> impl Iterator<Item = Seen> + '_ {
        (0u16..).zip(&self.roots).flat_map(|(root, folder)| {
            let root = RootId(root);
            crawl::walk(folder, &self.crawl).filter_map(move |item| seen(root, folder, item))
        })
    }

    /// The place of a file.
    pub fn place(&self, root: RootId, path: &Path) -> PathBuf {
        self.roots.get(usize::from(root.0)).map_or_else(|| path.into(), |it| it.join(path))
    }
}

fn seen(root: RootId, folder: &Path, item: Result<Listed, CrawlError>) -> Option<Seen> {
    match item {
        Ok(Listed::File(path)) => Some(match FileEntry::of(folder, &path) {
            Ok(file) => Seen::File(root, file),
            Err(error) => Seen::Failed(root, error),
        }),
        Ok(Listed::Special(_) | Listed::Link | Listed::SkippedFolder(_) | Listed::SkippedFile) => {
            None
        }
        Err(error) => {
            // What stands elsewhere, or never stood there, hides nothing.
            let hides_nothing = matches!(
                error.reason,
                CrawlReason::Loop | CrawlReason::BrokenLink | CrawlReason::SeenElsewhere
            );
            (!hides_nothing).then_some(Seen::Failed(root, error))
        }
    }
}
