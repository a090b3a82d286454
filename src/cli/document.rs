//! One document named by hand: how it is read and printed, and what is said where it cannot be.

use std::path::Path;

use anyhow::anyhow;
use docrot::inventory::Failure;
use docrot::report::{Document, escape};
use docrot::scan::{ScanOptions, Single, read_file};

/// How it is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Layout {
    /// For people
    Text,
    /// For programs: one object
    Json,
}

/// Reads it; the error says in one line why that is impossible, and what to do.
pub(super) fn read(path: &Path, options: &ScanOptions) -> anyhow::Result<Single> {
    let single = read_file(path, options);
    match &single.content {
        Ok(_) => Ok(single),
        Err(failure) => Err(refusal(path, failure)),
    }
}

/// Why it cannot be read. A slip of whoever named it is told from a failure of the disk.
pub(super) fn refusal(path: &Path, failure: &Failure) -> anyhow::Error {
    let name = escape::path(path);
    if path.is_dir() {
        return anyhow!("cannot read {name}: it is a folder; name a file in it");
    }
    if path.exists() {
        let document = Document { path, format: None, content: Err(failure) };
        return anyhow!(document.refusal(failure));
    }
    match path.ancestors().skip(1).find(|it| it.is_file()) {
        Some(container) => anyhow!(
            "cannot read {name}: it is inside of {}; name that file, or ask `docrot explain`",
            escape::path(container)
        ),
        None => anyhow!("cannot read {name}: there is no such file; check the path"),
    }
}
