//! Crawls, reads, fingerprints and stores: the only place where the stages meet.
//!
//! A rescan opens no file that has not changed. What is gone is only forgotten where its folder was
//! listed, and only when the crawl came to its end.

mod cache;
mod changes;
mod crawler;
mod entries;
mod exact;
mod history;
mod ledger;
mod memory;
mod merge;
mod open;
mod options;
mod pipeline;
mod read;
mod records;
mod roots;
mod sample;
mod single;
mod summary;
mod threads;
mod timings;

pub use entries::{HandOver, HandedOver, Handing, scan_entries};
pub use history::HistoryOptions;
pub use ledger::Ledger;
pub use memory::{Shares, TooLittleMemory};
pub use options::{Event, ScanOptions};
pub use pipeline::scan;
pub use roots::check_roots;
pub use sample::{Sample, Sampled};
pub use single::{Single, read_file};
pub use summary::{Problem, Summary};
pub use timings::Timing;

use std::path::PathBuf;

use crate::catalog::CatalogError;
use crate::crawl::CrawlReason;

/// Why a scan cannot be done at all. The catalog stays at its last commit.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScanError {
    /// A root is not there.
    #[error("there is no folder {}; check the path, and that its share is mounted", .0.display())]
    NoSuchRoot(PathBuf),
    /// A root cannot be listed.
    #[error("cannot audit {}: {}", root.display(), reason)]
    Root {
        /// The root as given.
        root: PathBuf,
        /// Why.
        reason: CrawlReason,
    },
    /// The catalog holds what documents say, and a scan for exact copies alone would forget it.
    #[error(
        "the catalog {} knows the documents as well; a scan for exact copies alone needs one of \
         its own: name another folder with --index",
        .0.display()
    )]
    KnowsDocuments(PathBuf),
    /// The catalog holds more than a sample, or another one.
    #[error(
        "the catalog {} knows {known}; a sample needs one of its own: name another folder with --index",
        folder.display()
    )]
    KnowsMore {
        /// The catalog's folder.
        folder: PathBuf,
        /// What it knows, in words.
        known: String,
    },
    /// A root is a file.
    #[error("cannot audit {}: it is not a folder; name the folder that it lies in", .0.display())]
    NotAFolder(PathBuf),
    /// One root lies in another, or is named twice.
    #[error(
        "{} {}", inner.display(),
        if inner == outer { "is named twice; name it once".to_owned() }
        else { format!("lies in {}; name the outer folder only", outer.display()) }
    )]
    Overlap {
        /// The inner root.
        inner: PathBuf,
        /// The outer root.
        outer: PathBuf,
    },
    /// The catalog would lie in the tree that is audited.
    #[error(
        "the catalog {} lies in the audited folder {}; choose another place for it",
        catalog.display(),
        root.display()
    )]
    CatalogInside {
        /// The catalog's folder.
        catalog: PathBuf,
        /// The root it lies in.
        root: PathBuf,
    },
    /// The catalog cannot be used.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}
