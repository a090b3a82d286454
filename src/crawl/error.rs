//! What can go wrong while listing.

use std::io;
use std::path::{Path, PathBuf};

/// A folder or file that could not be listed or followed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot list {}: {reason}", path.display())]
pub struct CrawlError {
    /// What could not be listed, relative to the root; empty for the root itself.
    pub path: PathBuf,
    /// Why.
    pub reason: CrawlReason,
}

/// Why something could not be listed or followed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CrawlReason {
    /// The user who runs docrot may not.
    #[error("permission denied")]
    PermissionDenied,
    /// It is not there (any more), or a share has gone.
    #[error("no longer there")]
    NotFound,
    /// A link leads back to a folder above it.
    #[error("the link leads back to a folder above it")]
    Loop,
    /// A link leads nowhere.
    #[error("the link leads nowhere")]
    BrokenLink,
    /// The folder was listed already under another name.
    #[error("the same folder was listed already under another name")]
    SeenElsewhere,
    /// The path is longer than the system can open.
    #[error("the path is too long to be opened")]
    PathTooLong,
    /// Anything else the operating system says.
    #[error("{0}")]
    Io(String),
}

impl CrawlReason {
    /// Stable word for scripts.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::PermissionDenied => "permission-denied",
            Self::NotFound => "not-found",
            Self::Loop => "loop",
            Self::BrokenLink => "broken-link",
            Self::SeenElsewhere => "seen-elsewhere",
            Self::PathTooLong => "path-too-long",
            Self::Io(_) => "io-error",
        }
    }
}

impl From<&io::Error> for CrawlReason {
    fn from(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::PermissionDenied => Self::PermissionDenied,
            io::ErrorKind::NotFound => Self::NotFound,
            io::ErrorKind::InvalidFilename => Self::PathTooLong,
            _ => Self::Io(error.to_string()),
        }
    }
}

impl CrawlError {
    pub(super) const fn new(path: PathBuf, reason: CrawlReason) -> Self {
        Self { path, reason }
    }

    pub(super) fn from_io(path: PathBuf, error: &io::Error) -> Self {
        Self::new(path, CrawlReason::from(error))
    }

    pub(super) fn from_walk(root: &Path, error: &walkdir::Error) -> Self {
        let path = error.path().unwrap_or(root);
        let reason = match error.io_error() {
            _ if error.loop_ancestor().is_some() => CrawlReason::Loop,
            None => CrawlReason::Io(error.to_string()),
            Some(io_error) => match CrawlReason::from(io_error) {
                CrawlReason::NotFound if path.is_symlink() => CrawlReason::BrokenLink,
                reason => reason,
            },
        };
        Self::new(path.strip_prefix(root).unwrap_or(path).to_path_buf(), reason)
    }
}
