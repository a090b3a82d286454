//! Exit codes, which schedulers rely on.

use std::io;
use std::process::ExitCode;

use docrot::catalog::CatalogError;
use docrot::scan::ScanError;

use super::config::ConfigError;

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Did what it was asked to.
    Success = 0,
    /// `--fail-on` was given, and something at or above it was found.
    Found = 1,
    /// The command line or the configuration makes no sense.
    Usage = 2,
    /// Could not do what it was asked to.
    Failure = 3,
    /// Interrupted by a person or a signal.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// A command line that makes no sense although it could be parsed.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct UsageError(pub(super) String);

pub(super) fn code_of(error: &anyhow::Error) -> Exit {
    for cause in error.chain() {
        if cause.is::<UsageError>() || cause.is::<ConfigError>() {
            return Exit::Usage;
        }
        match cause.downcast_ref() {
            Some(ScanError::Overlap { .. } | ScanError::CatalogInside { .. }) => {
                return Exit::Usage;
            }
            Some(ScanError::Catalog(CatalogError::OtherRoots { .. })) => return Exit::Usage,
            _ => {}
        }
    }
    Exit::Failure
}

pub(super) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(|it| it.kind() == io::ErrorKind::BrokenPipe)
    })
}
