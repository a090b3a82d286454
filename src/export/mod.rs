//! The records of a catalog as Parquet for other programs, and what a cluster makes of them.
//!
//! A cluster proposes pairs of documents, nothing more: what they are is judged where all else is
//! judged. This module knows tables and ids, and nothing of rules.

mod candidates;
mod documents;
mod result;
mod table;

pub use candidates::{Candidates, candidates, write_candidates};
pub use documents::{DOCUMENT_SCHEMA, Exported, Facts, TrustedDate, export};
pub use result::{JobLimits, JobResult, ServerPart, read_result};

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use parquet::errors::ParquetError;

use crate::catalog::CatalogError;
use crate::inventory::Hash;

/// Version of the exported table, of the result of the job and of the candidates beside a catalog.
pub const SCHEMA_VERSION: u32 = 1;

/// The Spark job: Python, to be run with `spark-submit`.
pub const JOB: &str = include_str!("group.py");

/// Why nothing is exported or brought back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// The name is not fit for a file.
    #[error(
        "{0:?} cannot name a server; use up to 64 letters, digits, dots, dashes and underscores, \
         the first of them a letter or digit"
    )]
    Name(String),
    /// A server of that name was exported to there already.
    #[error(
        "{} is there already; export to a new folder, because a job that is under way must not see \
         other documents, or give this server another name",
        .0.display()
    )]
    Exported(PathBuf),
    /// The same records were exported to there under another name.
    #[error("{} holds these very documents: one share would be exported twice", .0.display())]
    Twice(PathBuf),
    /// Another server has the same ids.
    #[error("{} has the same ids by chance; give this server another name", .0.display())]
    SameIds(PathBuf),
    /// It was written by another version of docrot.
    #[error(
        "{} has schema version {found}, this docrot reads {SCHEMA_VERSION}; export and run the job \
         of one version of docrot", path.display()
    )]
    Version {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: i64,
    },
    /// It is no table of docrot's, or is not whole.
    #[error("cannot use {}", path.display())]
    Table {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: ParquetError,
    },
    /// The job did not come to its end.
    #[error("{} is missing: the job did not come to its end; run it again", .0.display())]
    Unfinished(PathBuf),
    /// What the job says that it wrote is not what is there.
    #[error("{}: {what}; run the job again", path.display())]
    NotWhole {
        /// The folder.
        path: PathBuf,
        /// What is missing or too much.
        what: String,
    },
    /// A file or folder cannot be read or written.
    #[error("cannot use {}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The catalog cannot be read.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

/// The name of a file server, as ids, files and reports use it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server(String);

impl Server {
    /// Takes a name that is fit for a file on every system.
    pub fn new(name: &str) -> Result<Self, ExportError> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        let is_fit = name.starts_with(|c: char| c.is_ascii_alphanumeric())
            && name.chars().all(is_plain)
            && name.len() <= 64;
        is_fit.then(|| Self(name.to_owned())).ok_or_else(|| ExportError::Name(name.to_owned()))
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.0
    }

    /// The id of its first document. Servers need not agree on anything: the upper half follows from
    /// the name, the lower half counts the documents.
    pub fn first_id(&self) -> i64 {
        let Hash(hash) = Hash::of(self.0.as_bytes());
        let [a, b, c, d, ..] = hash;
        i64::from(u32::from_be_bytes([a, b, c, d]) >> 1) << 32
    }
}

fn at(path: &Path) -> impl Fn(io::Error) -> ExportError + use<> {
    let path = path.to_path_buf();
    move |source| ExportError::Io { path: path.clone(), source }
}

fn table(path: &Path) -> impl Fn(ParquetError) -> ExportError + use<> {
    let path = path.to_path_buf();
    move |source| match source {
        ParquetError::External(source) if source.is::<io::Error>() => {
            let source = source.downcast().expect("its type was asked for");
            ExportError::Io { path: path.clone(), source: *source }
        }
        source => ExportError::Table { path: path.clone(), source },
    }
}

/// Writes a file beside its place, and moves it there when it is whole.
#[expect(clippy::disallowed_methods, reason = "the export's own file, not a document")]
fn whole(
    path: &Path,
    write: impl FnOnce(&Path) -> Result<(), ExportError>,
) -> Result<(), ExportError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    // Neither Spark nor a catalog takes a name with a dot in front for one of its files.
    let beside = path.with_file_name(format!(".tmp-{name}"));
    let written = write(&beside).and_then(|()| fs::rename(&beside, path).map_err(at(path)));
    if written.is_err() {
        // The first error is the one to tell.
        let _ = fs::remove_file(&beside);
    }
    written?;
    if cfg!(unix) {
        let folder = path.parent().unwrap_or(Path::new("."));
        File::open(folder).and_then(|it| it.sync_all()).map_err(at(folder))?;
    }
    Ok(())
}

/// The Parquet files of a folder, without those that are hidden or not yet whole, by name.
fn tables(folder: &Path) -> Result<Vec<PathBuf>, ExportError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(at(folder))? {
        let path = entry.map_err(at(folder))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.ends_with(".parquet") && !name.starts_with(['.', '_']) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_follow_from_names_and_stay_the_same() {
        let first = |name: &str| Server::new(name).unwrap().first_id();
        assert_eq!(first("files-berlin"), first("files-berlin"));
        assert_ne!(first("files-berlin"), first("files-bonn"));
        assert!(0 <= first("files-berlin") && first("files-berlin") & 0xffff_ffff == 0);
        assert_eq!(first("a"), PINNED);
    }

    const PINNED: i64 = 0x0bbb_17ee << 32;

    #[test]
    fn names_that_are_no_file_names_are_refused() {
        for name in ["", ".hidden", "_hidden", "a/b", "a b", "é", &"a".repeat(65)] {
            assert!(Server::new(name).is_err(), "{name}");
        }
    }
}
