//! Why a catalog cannot be opened or written.

use std::io;
use std::path::{Path, PathBuf};

use parquet::errors::ParquetError;

/// Why a catalog cannot be opened or written. The last commit stays as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogError {
    /// Another process is writing to it.
    #[error("the catalog in {} is in use by {holder}", path.display())]
    InUse {
        /// The catalog's folder.
        path: PathBuf,
        /// Who holds it.
        holder: String,
    },
    /// There is none.
    #[error("there is no catalog in {}", path.display())]
    Missing {
        /// The folder.
        path: PathBuf,
    },
    /// The folder holds something else.
    #[error("{} holds other files and is no catalog; name an empty or new folder", path.display())]
    NotACatalog {
        /// The folder.
        path: PathBuf,
    },
    /// It was written by another version of docrot.
    #[error(
        "the catalog in {} has layout version {found}, this docrot reads {}; name another folder, \
         or remove this one to scan anew",
        path.display(),
        super::SCHEMA_VERSION
    )]
    Version {
        /// The catalog's folder.
        path: PathBuf,
        /// Its version.
        found: u32,
    },
    /// It was made for other folders.
    #[error("the catalog in {} is of {known}; name another one with --index", path.display())]
    OtherRoots {
        /// The catalog's folder.
        path: PathBuf,
        /// The folders it is of.
        known: String,
    },
    /// A file of it is broken.
    #[error("{} is damaged: {what}; remove the catalog's folder to scan anew", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// A file of it cannot be read or written.
    #[error("cannot write to {}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The index refuses to work.
    #[error("the index in {} cannot be used", path.display())]
    Index {
        /// The catalog's folder.
        path: PathBuf,
        /// Why.
        source: Box<tantivy::TantivyError>,
    },
}

impl CatalogError {
    pub(super) fn records(path: &Path, error: ParquetError) -> Self {
        match error {
            ParquetError::External(source) if source.is::<io::Error>() => {
                let source = source.downcast().expect("its type was asked for");
                Self::Write { path: path.to_path_buf(), source: *source }
            }
            error => Self::Damaged { path: path.to_path_buf(), what: error.to_string() },
        }
    }
}

pub(super) fn at(path: &Path) -> impl Fn(io::Error) -> CatalogError {
    let path = path.to_path_buf();
    move |source| CatalogError::Write { path: path.clone(), source }
}

pub(super) fn damaged(folder: &Path, source: tantivy::TantivyError) -> CatalogError {
    CatalogError::Index { path: folder.to_path_buf(), source: Box::new(source) }
}
