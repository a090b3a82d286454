//! Why a catalog cannot be opened or written.

use std::io;
use std::path::{Path, PathBuf};

use parquet::errors::ParquetError;
use tantivy::TantivyError;
use tantivy::directory::error::OpenWriteError;

use super::{INDEX_FOLDER, private};

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
        "the catalog in {} has layout version {found}, this docrot reads {}; remove {} to scan anew \
         (what people decided stands beside it, and stays)",
        path.display(),
        super::SCHEMA_VERSION,
        path.join(super::INDEX_FOLDER).display()
    )]
    Version {
        /// The catalog's folder.
        path: PathBuf,
        /// Its version.
        found: u32,
    },
    /// It keeps more of documents than it is to.
    #[error(
        "the catalog in {} {what}; remove {} to scan anew without them (what \
         people decided stands beside it, and stays)",
        path.display(),
        path.join(super::INDEX_FOLDER).display()
    )]
    KeepsMore {
        /// The catalog's folder.
        path: PathBuf,
        /// What it does, in words.
        what: &'static str,
    },
    /// It was made for other folders.
    #[error("the catalog in {} is of {known}; name another one with --index", path.display())]
    OtherRoots {
        /// The catalog's folder.
        path: PathBuf,
        /// The folders it is of.
        known: String,
    },
    /// Two catalogs that are judged together are said to be of one server.
    #[error("the catalog in {} is the second of a server {name}; no two may have one name", path.display())]
    SameName {
        /// The catalog's folder.
        path: PathBuf,
        /// The server.
        name: String,
    },
    /// Two catalogs that are judged together are of one folder.
    #[error(
        "the catalog in {} is of {}, like another one; leave one of them out, or say which server \
         each is of: --catalog NAME=DIR", path.display(), root.display()
    )]
    SameRoot {
        /// The catalog's folder.
        path: PathBuf,
        /// The folder that both are of.
        root: PathBuf,
    },
    /// Together they hold more documents than can be judged at once.
    #[error("{rows} documents are too many to be judged together; name fewer catalogs")]
    TooMany {
        /// How many there are.
        rows: u64,
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
    /// A thread that wrote to the index ended, and does not say why.
    #[error(
        "writing to the index in {} ended before it was done; see that its disk has room and can be \
         written to, and scan again", path.display()
    )]
    Stopped {
        /// The catalog's folder.
        path: PathBuf,
    },
    /// The index refuses to work.
    #[error("the index in {} cannot be used", path.display())]
    Index {
        /// The catalog's folder.
        path: PathBuf,
        /// Why.
        source: Box<TantivyError>,
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

/// What Tantivy says of the index: that the file system refuses, or that it is broken.
pub(super) fn of_index(folder: &Path, error: TantivyError) -> CatalogError {
    if let TantivyError::ErrorInThread(_) = &error {
        // What stopped the thread mostly stops others as well, and tells them why.
        return match private::try_writing(folder) {
            Err(source) => CatalogError::Write { path: folder.join(INDEX_FOLDER), source },
            Ok(()) => CatalogError::Stopped { path: folder.to_path_buf() },
        };
    }
    let refusal = match &error {
        TantivyError::IoError(refusal) => Some(refusal),
        TantivyError::OpenWriteError(OpenWriteError::IoError { io_error, .. }) => Some(io_error),
        _ => None,
    };
    // Errors without a number come from reading what is stored, not from the system.
    match refusal.and_then(|it| it.raw_os_error()) {
        Some(code) => CatalogError::Write {
            path: folder.join(INDEX_FOLDER),
            source: io::Error::from_raw_os_error(code),
        },
        None => CatalogError::Index { path: folder.to_path_buf(), source: Box::new(error) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentence(error: TantivyError) -> String {
        let error = of_index(Path::new("catalog"), error);
        let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        format!("{error}: {cause}")
    }

    #[test]
    fn a_full_disk_is_not_called_a_broken_index() {
        let full = io::Error::from_raw_os_error(28);
        let expected = format!("cannot write to catalog/index: {full}");
        assert_eq!(sentence(full.into()).replace('\\', "/"), expected);
    }

    #[test]
    fn a_writer_that_ended_is_told_by_what_the_disk_says() {
        let ended = || TantivyError::ErrorInThread("An index writer was killed".to_owned());
        let folder = tempfile::tempdir().unwrap();
        let error = of_index(folder.path(), ended());
        assert!(matches!(error, CatalogError::Stopped { .. }), "{error}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        let error = of_index(&folder.path().join("gone"), ended());
        assert!(matches!(error, CatalogError::Write { .. }), "{error}");
    }

    #[test]
    fn a_broken_index_is_called_so() {
        let broken = io::Error::new(io::ErrorKind::InvalidData, "no footer");
        assert!(sentence(broken.into()).starts_with("the index in catalog cannot be used"));
    }
}
