//! What a catalog takes, by which it is known beforehand what judging it will take.

use super::error::at;
use super::records::PartReader;
use super::{Catalog, CatalogError, INDEX_FOLDER};

/// What a catalog takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Footprint {
    /// How many records there are.
    pub records: u64,
    /// Bytes of the records once they are unpacked.
    pub record_bytes: u64,
    /// Bytes of the index, most of which are texts.
    pub index_bytes: u64,
}

impl Catalog {
    /// What it takes, as of the last commit. Reads no record.
    pub fn footprint(&self) -> Result<Footprint, CatalogError> {
        let commit = self.commit();
        let mut found = Footprint { records: commit.rows(), ..Footprint::default() };
        for part in &commit.parts {
            let reader = PartReader::open(&self.folder, part);
            let reader = reader
                .map_err(|error| CatalogError::records(&self.folder.join(&part.file), error))?;
            found.record_bytes += reader.unpacked_bytes();
        }
        let folder = self.folder.join(INDEX_FOLDER);
        for entry in std::fs::read_dir(&folder).map_err(at(&folder))? {
            // A file that a scan has just removed takes nothing.
            found.index_bytes += entry.and_then(|it| it.metadata()).map_or(0, |it| it.len());
        }
        Ok(found)
    }
}
