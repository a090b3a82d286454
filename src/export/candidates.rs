//! What a job proposed, beside the catalogs that it is about.
//!
//! Each catalog keeps the pairs that one of its documents is in, with the state it had when it was
//! exported. Another scan changes that state, and what was proposed counts no more.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::catalog::Catalog;
use crate::inventory::DocId;

use super::result::{JobLimits, JobResult, ServerPart, each_pair_of};
use super::table::{Cell, TableReader, TableWriter};
use super::{ExportError, SCHEMA_VERSION, table, whole};

const FILE: &str = "candidates.parquet";
const SCHEMA: &str = "message candidates { required int64 a; required int64 b; }";

/// What the file says of itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct V1Note {
    schema_version: u32,
    servers: Vec<ServerPart>,
    limits: JobLimits,
    not_compared: u64,
}

/// What was proposed for some catalogs together.
#[derive(Clone, Debug, PartialEq)]
pub enum Candidates {
    /// Nothing was ever brought to one of them.
    Absent,
    /// A catalog changed since, or they were never looked at together: the words say which.
    Outdated(String),
    /// These pairs, as positions in the inventory of all of them in their order.
    Proposed {
        /// Each with the smaller position first, ascending.
        pairs: Vec<(DocId, DocId)>,
        /// How many pairs were left out because too many documents look alike.
        not_compared: u64,
        /// Below these thresholds nothing was proposed.
        limits: JobLimits,
    },
}

/// Puts the pairs of a result beside each catalog that it is about. Gives the number of pairs that
/// went to each; none where a catalog is not what was exported, and then nothing is written.
pub fn write_candidates(
    result: &JobResult,
    catalogs: &[&Catalog],
) -> Result<Result<Vec<u64>, PathBuf>, ExportError> {
    let mut parts = Vec::new();
    for catalog in catalogs {
        let state = catalog.state();
        match result.servers.iter().find(|it| it.scan == state) {
            Some(part) => parts.push(part),
            None => return Ok(Err(catalog.folder().to_path_buf())),
        }
    }
    let note = V1Note {
        schema_version: SCHEMA_VERSION,
        servers: result.servers.clone(),
        limits: result.limits,
        not_compared: result.not_compared,
    };
    let note = serde_json::to_string(&note).expect("a note has string keys only");
    let mut written = Vec::new();
    for (catalog, part) in catalogs.iter().zip(parts) {
        let mut count = 0;
        whole(&catalog.folder().join(FILE), |beside| {
            let rows = TableWriter::create(beside, SCHEMA, Some(&note));
            let mut rows = rows.map_err(table(beside))?;
            result.each_pair(|a, b| {
                if part.position(a).or(part.position(b)).is_some() {
                    rows.push(&[Cell::Int(a), Cell::Int(b)]).map_err(table(beside))?;
                    count += 1;
                }
                Ok(())
            })?;
            rows.finish().map_err(table(beside))
        })?;
        catalog.shut();
        written.push(count);
    }
    Ok(Ok(written))
}

/// What was proposed for these catalogs, if all of them are still as they were exported.
pub fn candidates(catalogs: &[&Catalog]) -> Result<Candidates, ExportError> {
    let files = catalogs.iter().map(|it| it.folder().join(FILE)).collect::<Vec<_>>();
    if files.iter().all(|it| !it.is_file()) {
        return Ok(Candidates::Absent);
    }
    let mut common = None::<V1Note>;
    for (catalog, path) in catalogs.iter().zip(&files) {
        if !path.is_file() {
            let folder = catalog.folder().display();
            return Ok(Candidates::Outdated(format!("nothing was imported for {folder}")));
        }
        let reader = TableReader::open(path).map_err(table(path))?;
        let note = reader.note().unwrap_or_default();
        let Ok(note) = serde_json::from_str::<V1Note>(&note) else {
            return Ok(Candidates::Outdated(format!("{} is not docrot's", path.display())));
        };
        if note.schema_version != SCHEMA_VERSION {
            let found = i64::from(note.schema_version);
            return Err(ExportError::Version { path: path.clone(), found });
        }
        if common.as_ref().is_some_and(|it| *it != note) {
            let what = format!("{} comes from another job", path.display());
            return Ok(Candidates::Outdated(what));
        }
        common = Some(note);
    }
    let Some(V1Note { servers, limits, not_compared, .. }) = common else {
        return Ok(Candidates::Absent);
    };
    let mut parts = Vec::new();
    let mut offset = 0;
    for catalog in catalogs {
        let state = catalog.state();
        let Some(part) = servers.iter().find(|it| it.scan == state) else {
            let folder = catalog.folder().display();
            return Ok(Candidates::Outdated(format!("{folder} was scanned since it was exported")));
        };
        parts.push((part, offset));
        offset += catalog.len() as u32;
    }
    let place = |id| {
        let found = parts.iter().find_map(|(part, offset)| Some(offset + part.position(id)?));
        found.map(DocId)
    };
    let mut pairs = Vec::new();
    for path in &files {
        each_pair_of(path, |a, b| {
            if let (Some(a), Some(b)) = (place(a), place(b)) {
                pairs.push((a.min(b), a.max(b)));
            }
            Ok(())
        })?;
    }
    // A pair of two servers is beside both catalogs.
    pairs.sort_unstable();
    pairs.dedup();
    Ok(Candidates::Proposed { pairs, not_compared, limits })
}
