//! Records one after the other, of which one group of rows is in memory at a time.

use std::path::PathBuf;
use std::vec;

use crate::inventory::Record;

use super::CatalogError;
use super::columns::Row;
use super::records::{self, Part, PartReader};

/// The records of a commit in order, until the first that cannot be read.
#[derive(Default)]
#[expect(missing_debug_implementations, reason = "holds an open Parquet file, which has none")]
pub struct RecordStream {
    folder: PathBuf,
    parts: vec::IntoIter<Part>,
    open: Option<Open>,
    rows: vec::IntoIter<Row>,
}

/// A records file, and which of its groups comes next.
struct Open {
    path: PathBuf,
    reader: PartReader,
    group: usize,
}

impl RecordStream {
    pub(super) fn new(folder: PathBuf, parts: Vec<Part>) -> Self {
        Self { folder, parts: parts.into_iter(), ..Self::default() }
    }

    fn step(&mut self) -> Result<Option<Record>, CatalogError> {
        loop {
            if let Some(row) = self.rows.next() {
                let path = self.open.as_ref().map_or(&self.folder, |it| &it.path);
                let broken = |what| CatalogError::records(path, records::broken(what));
                return row.record().map(Some).map_err(broken);
            }
            let Some(open) = self.open.as_mut().filter(|it| it.group < it.reader.groups()) else {
                let Some(part) = self.parts.next() else { return Ok(None) };
                let path = self.folder.join(&part.file);
                let reader = PartReader::open(&self.folder, &part)
                    .map_err(|error| CatalogError::records(&path, error))?;
                self.open = Some(Open { path, reader, group: 0 });
                continue;
            };
            let rows = open.reader.rows(open.group);
            self.rows = rows.map_err(|it| CatalogError::records(&open.path, it))?.into_iter();
            open.group += 1;
        }
    }
}

impl Iterator for RecordStream {
    type Item = Result<Record, CatalogError>;

    fn next(&mut self) -> Option<Self::Item> {
        let item = self.step().transpose();
        if matches!(item, Some(Err(_))) {
            // What follows a break is not told as if it were all.
            *self = Self::default();
        }
        item
    }
}
