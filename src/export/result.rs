//! What the job on a cluster came to: three folders of Parquet files, the last of which says of
//! what the others are and how much they hold.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::table::TableReader;
use super::{ExportError, SCHEMA_VERSION, table, tables};

/// What a job proposes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JobResult {
    /// The servers that it looked at, by name.
    pub servers: Vec<ServerPart>,
    /// Below these thresholds it proposed nothing.
    pub limits: JobLimits,
    /// How many pairs of documents may be alike.
    pub pairs: u64,
    /// How many documents are linked to others.
    pub grouped: u64,
    /// How many pairs it left out because too many documents look alike.
    pub not_compared: u64,
    // Files of pairs, by name.
    files: Vec<PathBuf>,
}

impl JobResult {
    /// Calls `each` with the ids of every pair, of which there may be more than fit in memory.
    pub fn each_pair(
        &self,
        mut each: impl FnMut(i64, i64) -> Result<(), ExportError>,
    ) -> Result<(), ExportError> {
        for path in &self.files {
            each_pair_of(path, &mut each)?;
        }
        Ok(())
    }
}

/// What a job saw of one server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerPart {
    /// Its name.
    pub name: String,
    /// The [`crate::catalog::Catalog::state`] that was exported.
    pub scan: String,
    /// The id of its first document.
    pub first_id: i64,
    /// How many documents it has.
    pub documents: u64,
}

impl ServerPart {
    /// The position of a document among those of the server, if it is one of them.
    pub(super) fn position(&self, id: i64) -> Option<u32> {
        let position = u64::try_from(id.checked_sub(self.first_id)?).ok()?;
        u32::try_from(position).ok().filter(|_| position < self.documents)
    }
}

/// The policy's thresholds as the job was told them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct JobLimits {
    /// Shorter documents were left out.
    pub min_words: i64,
    /// Less similar documents were left out, ...
    pub pair: f64,
    /// ... unless so large a part of one stands in the other, ...
    pub containment: f64,
    /// ... or one has fewer words than this.
    pub short_words: i64,
}

/// Reads what the job left in `folder`, and checks that all of it is there.
pub fn read_result(folder: &Path) -> Result<JobResult, ExportError> {
    let complete = folder.join("complete");
    let parts = if complete.is_dir() { tables(&complete)? } else { Vec::new() };
    if parts.is_empty() {
        return Err(ExportError::Unfinished(complete));
    }
    let mut result = JobResult::default();
    let mut promised = 0;
    for path in parts {
        promised = read_complete(&path, &mut result)?.unwrap_or(promised);
    }
    result.servers.sort_by(|a, b| a.name.cmp(&b.name));
    let not_whole = |path: &str, what| ExportError::NotWhole { path: folder.join(path), what };
    let pairs = folder.join("pairs");
    if !pairs.is_dir() || !folder.join("groups").is_dir() {
        return Err(not_whole("", "the folder pairs or groups is missing".to_owned()));
    }
    result.files = tables(&pairs)?;
    let is_known = |id| result.servers.iter().any(|it| it.position(id).is_some());
    let mut count = 0;
    result.each_pair(|a, b| {
        count += 1;
        if b <= a || !is_known(a) || !is_known(b) {
            return Err(not_whole("pairs", format!("{a} and {b} are no pair of documents")));
        }
        Ok(())
    })?;
    if count != promised {
        let what = format!("{count} pairs stand where there should be {promised}");
        return Err(not_whole("pairs", what));
    }
    result.pairs = count;
    let mut grouped = 0;
    for path in tables(&folder.join("groups"))? {
        grouped += TableReader::open(&path).map_err(table(&path))?.rows();
    }
    if grouped != result.grouped {
        let what = format!("{grouped} documents stand where there should be {}", result.grouped);
        return Err(not_whole("groups", what));
    }
    Ok(result)
}

/// Calls `each` with the ids of every pair of a file, of which one group of rows is in memory.
pub(super) fn each_pair_of(
    path: &Path,
    mut each: impl FnMut(i64, i64) -> Result<(), ExportError>,
) -> Result<(), ExportError> {
    let reader = TableReader::open(path).map_err(table(path))?;
    for group in 0..reader.groups() {
        let column = |name| reader.ints(group, name).map_err(table(path));
        for (a, b) in column("a")?.into_iter().zip(column("b")?) {
            each(a, b)?;
        }
    }
    Ok(())
}

/// Adds the servers of a file of `complete`, and gives the number of pairs that it promises; none
/// where it has no row.
fn read_complete(path: &Path, result: &mut JobResult) -> Result<Option<u64>, ExportError> {
    let reader = TableReader::open(path).map_err(table(path))?;
    let mut promised = None;
    for group in 0..reader.groups() {
        let ints = |name| reader.ints(group, name).map_err(table(path));
        let floats = |name| reader.floats(group, name).map_err(table(path));
        let texts = |name| reader.texts(group, name).map_err(table(path));
        let versions = ints("schema_version")?;
        if let Some(found) = versions.iter().find(|it| **it != i64::from(SCHEMA_VERSION)) {
            return Err(ExportError::Version { path: path.to_path_buf(), found: *found });
        }
        let (first_ids, documents) = (ints("first_id")?, ints("documents")?);
        let named = texts("server")?.into_iter().zip(texts("scan")?);
        for (row, (name, scan)) in named.enumerate() {
            let (first_id, documents) = (first_ids[row], documents[row].max(0) as u64);
            result.servers.push(ServerPart { name, scan, first_id, documents });
        }
        if let Some(pairs) = ints("pairs")?.first() {
            promised = Some((*pairs).max(0) as u64);
            result.grouped = ints("grouped")?[0].max(0) as u64;
            result.not_compared = ints("not_compared")?[0].max(0) as u64;
            result.limits = JobLimits {
                min_words: ints("min_words")?[0],
                pair: floats("pair")?[0],
                containment: floats("containment")?[0],
                short_words: ints("short_words")?[0],
            };
        }
    }
    Ok(promised)
}
