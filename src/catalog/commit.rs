//! What the payload of a commit says, and the files beside it.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tantivy::Index;

use crate::inventory::path_text;

use super::error::{at, of_index};
use super::records::Part;
use super::{CatalogError, INDEX_FOLDER, SCHEMA_VERSION, private};

/// The payload of the Tantivy commit: which records files belong to it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Commit {
    pub(super) schema_version: u32,
    /// Counts commits; part of the names of the records files.
    pub(super) number: u64,
    pub(super) roots: Vec<Root>,
    /// Their concatenation is sorted.
    pub(super) parts: Vec<Part>,
    /// The scan's own summary, opaque here.
    pub(super) summary: Option<String>,
}

/// An audited folder.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Root(#[serde(with = "path_text")] pub(super) PathBuf);

impl Commit {
    /// Reads the last commit of an index; the default where there is none yet.
    pub(super) fn load(folder: &Path, index: &Index) -> Result<Self, CatalogError> {
        let metas = index.load_metas().map_err(|source| of_index(folder, source))?;
        let Some(payload) = metas.payload else {
            return Ok(Self::default());
        };
        let version: Version = parse(folder, &payload)?;
        if version.schema_version != SCHEMA_VERSION {
            return Err(CatalogError::Version {
                path: folder.to_path_buf(),
                found: version.schema_version,
            });
        }
        parse(folder, &payload)
    }

    pub(super) fn rows(&self) -> u64 {
        self.parts.iter().map(|part| part.rows).sum()
    }
}

#[derive(Deserialize)]
struct Version {
    schema_version: u32,
}

fn parse<T: for<'de> Deserialize<'de>>(folder: &Path, payload: &str) -> Result<T, CatalogError> {
    serde_json::from_str(payload).map_err(|error| CatalogError::Damaged {
        path: folder.join(INDEX_FOLDER).join("meta.json"),
        what: format!("its payload is not docrot's: {error}"),
    })
}

/// The file with the summary of a scan that found nothing to change.
pub(super) const LAST_SCAN: &str = "last-scan.json";

/// The summary of a scan that found nothing to change, beside the commit it was made on.
#[derive(Serialize, Deserialize)]
struct LastScan {
    commit: u64,
    summary: String,
}

/// The summary of a later scan that left commit `number` as it was.
pub(super) fn last_scan(folder: &Path, number: u64) -> Option<String> {
    let text = fs::read_to_string(folder.join(LAST_SCAN)).ok()?;
    let last: LastScan = serde_json::from_str(&text).ok()?;
    (last.commit == number).then_some(last.summary)
}

/// Notes the summary of a scan that found nothing to change.
pub(super) fn write_last_scan(
    folder: &Path,
    number: u64,
    summary: String,
) -> Result<(), CatalogError> {
    let path = folder.join(LAST_SCAN);
    let temporary = folder.join(".tmp-last-scan");
    let text = serde_json::to_vec(&LastScan { commit: number, summary })
        .expect("a number and a string can be written as JSON");
    private::make_file(&temporary)
        .and_then(|mut file| file.write_all(&text).and_then(|()| file.sync_all()))
        .and_then(|()| replace(&temporary, &path))
        .map_err(at(&path))
}

#[expect(clippy::disallowed_methods, reason = "the catalog's own file, not a document")]
pub(super) fn replace(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::rename(from, to)
}

/// Whether a file of this name is a leftover of a run that was killed.
pub(super) fn is_stray(name: &str, commit: &Commit) -> bool {
    let is_records = name.starts_with("records-") && name.ends_with(".parquet");
    let is_named = commit.parts.iter().any(|part| part.file == name);
    (is_records && !is_named) || name.starts_with(".tmp")
}

/// Removes what the commit does not name: leftovers of runs that were killed.
///
/// Only under the lock, and only files whose names docrot or Tantivy gave.
#[expect(clippy::disallowed_methods, reason = "the catalog's own files, not documents")]
pub(super) fn remove_strays(folder: &Path, commit: &Commit) {
    for inside in [folder.to_path_buf(), folder.join(INDEX_FOLDER)] {
        for entry in fs::read_dir(&inside).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if is_stray(&name, commit) {
                log::debug!("removing stray {}", entry.path().display());
                // A stray that stays is only a waste of room; the next scan tries again.
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

/// Brings the names in a folder to the disk.
pub(super) fn sync_folder(folder: &Path) -> Result<(), CatalogError> {
    if cfg!(unix) {
        File::open(folder).and_then(|it| it.sync_all()).map_err(at(folder))?;
    }
    Ok(())
}
