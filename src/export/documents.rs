//! One row per document: what other programs may know of it.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;

use crate::catalog::Catalog;
use crate::inventory::{DocId, Record, Status, path_text};

use super::table::{Cell, TableReader, TableWriter};
use super::{ExportError, SCHEMA_VERSION, Server, at, table, tables, whole};

/// The columns of an export, in Parquet's notation. `docs/past-one-machine.md` says what each means.
pub const DOCUMENT_SCHEMA: &str = "
message document {
  required int32 schema_version;
  required binary server (STRING);
  required binary scan (STRING);
  required int64 doc_id;
  required binary root (STRING);
  required binary path (STRING);
  optional binary container (STRING);
  required int64 size;
  required int64 modified (TIMESTAMP(MICROS, true));
  required binary status (STRING);
  optional binary reason (STRING);
  optional binary format (STRING);
  optional binary title (STRING);
  optional int32 date (DATE);
  optional binary date_role (STRING);
  optional binary date_provenance (STRING);
  optional binary date_trust (STRING);
  optional binary owner (STRING);
  optional binary owner_provenance (STRING);
  optional binary content_hash;
  optional binary text_hash;
  optional int32 fingerprint_version;
  optional int64 simhash;
  optional group sketch (LIST) { repeated group list { required int64 element; } }
  optional int64 sketch_bound;
  optional int64 shingles;
  optional int64 words;
}";

/// What is told of a document beside its record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The date that is believed.
    pub date: Option<TrustedDate>,
    /// Who answers for it, and how that is known.
    pub owner: Option<(String, String)>,
}

/// A date that is believed, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedDate {
    /// The day.
    pub date: NaiveDate,
    /// What the date is said to be.
    pub role: String,
    /// Where it stands.
    pub provenance: String,
    /// How far it is believed.
    pub trust: String,
}

/// What was exported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// The file.
    pub path: PathBuf,
    /// How many documents are in it.
    pub documents: u64,
}

/// Writes a row for every record of the catalog to `SERVER.parquet` in `folder`, which is made
/// where it is not there. The file appears when it is whole.
///
/// `facts` is asked for each record in the order of the inventory.
pub fn export(
    catalog: &Catalog,
    server: &Server,
    folder: &Path,
    mut facts: impl FnMut(DocId, &Record) -> Facts,
) -> Result<Exported, ExportError> {
    fs::create_dir_all(folder).map_err(at(folder))?;
    let path = folder.join(format!("{}.parquet", server.name()));
    let scan = catalog.state();
    refuse_clash(folder, &path, server, &scan)?;
    let roots = catalog.roots().iter().map(|it| path_text::encode(it)).collect::<Vec<_>>();
    let mut documents = 0;
    whole(&path, |beside| {
        let mut rows = TableWriter::create(beside, DOCUMENT_SCHEMA, None).map_err(table(beside))?;
        for record in catalog.records()? {
            let record = record?;
            let id = DocId(documents as u32);
            let facts = facts(id, &record);
            let of = Of { server, scan: &scan, root: &roots[usize::from(record.root.0)] };
            push(&mut rows, &of, id, &record, &facts).map_err(table(beside))?;
            documents += 1;
        }
        rows.finish().map_err(table(beside))
    })?;
    Ok(Exported { path, documents })
}

/// What all rows of a root have in common.
struct Of<'a> {
    server: &'a Server,
    scan: &'a str,
    root: &'a str,
}

fn push(
    rows: &mut TableWriter,
    of: &Of<'_>,
    id: DocId,
    record: &Record,
    facts: &Facts,
) -> Result<(), parquet::errors::ParquetError> {
    let Record { root: _, file, status, format, metadata, hash, fingerprint, reached: _ } = record;
    let Facts { date, owner } = facts;
    let (status, reason) = match status {
        Status::Read => ("read", None),
        Status::PartlyRead(why) => ("partly-read", Some(why.as_str())),
        Status::NotRead(failure) => ("not-read", Some(failure.reason.as_str())),
        Status::NotADocument => ("not-a-document", None),
    };
    let path = path_text::encode(&file.path);
    let container = file.container.as_ref().map(|it| path_text::encode(it));
    let epoch = NaiveDate::default();
    let date = date.as_ref();
    let print = fingerprint.as_ref();
    let text = |it: &'static str| Cell::Bytes(it.as_bytes());
    rows.push(&[
        Cell::Int(i64::from(SCHEMA_VERSION)),
        Cell::Bytes(of.server.name().as_bytes()),
        Cell::Bytes(of.scan.as_bytes()),
        Cell::Int(of.server.first_id() | i64::from(id.0)),
        Cell::Bytes(of.root.as_bytes()),
        Cell::Bytes(path.as_bytes()),
        Cell::text(container.as_deref()),
        Cell::Int(file.size as i64),
        Cell::Int(file.modified.div_euclid(1_000)),
        text(status),
        Cell::text(reason),
        Cell::text(format.as_ref().map(|it| it.name.as_str())),
        Cell::text(metadata.title.as_ref().map(|it| it.value.as_str())),
        Cell::int(date.map(|it| it.date.signed_duration_since(epoch).num_days())),
        Cell::text(date.map(|it| it.role.as_str())),
        Cell::text(date.map(|it| it.provenance.as_str())),
        Cell::text(date.map(|it| it.trust.as_str())),
        Cell::text(owner.as_ref().map(|it| it.0.as_str())),
        Cell::text(owner.as_ref().map(|it| it.1.as_str())),
        hash.as_ref().map_or(Cell::Null, |it| Cell::Bytes(&it.0)),
        print.map_or(Cell::Null, |it| Cell::Bytes(&it.text)),
        Cell::int(print.map(|it| it.version)),
        // The same 64 bits, signed: not every engine has unsigned numbers.
        Cell::int(print.map(|it| it.simhash as i64)),
        print.map_or(Cell::Null, |it| Cell::List(&it.sketch.hashes)),
        Cell::int(print.map(|it| it.sketch.bound)),
        Cell::int(print.map(|it| it.sketch.shingles)),
        Cell::int(print.map(|it| it.words)),
    ])
}

/// Refuses a folder in which documents would have the ids of others, or stand twice.
fn refuse_clash(
    folder: &Path,
    path: &Path,
    server: &Server,
    scan: &str,
) -> Result<(), ExportError> {
    if path.exists() {
        return Err(ExportError::Exported(path.to_path_buf()));
    }
    for other in tables(folder)? {
        let broken = table(&other);
        let reader = TableReader::open(&other).map_err(&broken)?;
        if reader.rows() == 0 {
            continue;
        }
        let version = reader.ints(0, "schema_version").map_err(&broken)?[0];
        if version != i64::from(SCHEMA_VERSION) {
            return Err(ExportError::Version { path: other, found: version });
        }
        if reader.texts(0, "scan").map_err(&broken)?[0] == scan {
            return Err(ExportError::Twice(other));
        }
        if reader.ints(0, "doc_id").map_err(&broken)?[0] >> 32 == server.first_id() >> 32 {
            return Err(ExportError::SameIds(other));
        }
    }
    Ok(())
}
