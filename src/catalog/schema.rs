//! The fields of the Tantivy index.

use tantivy::IndexSettings;
use tantivy::schema::{
    BytesOptions, DateOptions, DateTimePrecision, FAST, Field, IndexRecordOption, NumericOptions,
    STORED, STRING, Schema, TEXT, TextFieldIndexing, TextOptions,
};
use tantivy::store::{Compressor, ZstdCompressor};

/// Fields by name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields {
    /// [`crate::inventory::document_key`]; the term by which a document is replaced.
    pub(super) key: Field,
    /// Readable path, relative to the root; split into words.
    pub(super) path: Field,
    /// Title.
    pub(super) title: Field,
    /// The whole text, with positions.
    pub(super) body: Field,
    /// Format name.
    pub(super) format: Field,
    /// Modification time of the file.
    pub(super) modified: Field,
    /// Size of the file in bytes.
    pub(super) size: Field,
    /// BLAKE3 of the file's bytes.
    pub(super) hash: Field,
}

impl Fields {
    /// Finds the fields in a schema that [`schema`] made.
    pub(super) fn of(schema: &Schema) -> tantivy::Result<Self> {
        let field = |name| schema.get_field(name);
        Ok(Self {
            key: field("key")?,
            path: field("path")?,
            title: field("title")?,
            body: field("body")?,
            format: field("format")?,
            modified: field("modified")?,
            size: field("size")?,
            hash: field("hash")?,
        })
    }
}

/// The schema of a new index.
pub(super) fn schema() -> Schema {
    let mut schema = Schema::builder();
    schema.add_bytes_field("key", BytesOptions::default().set_indexed().set_stored());
    schema.add_text_field("path", TEXT | STORED);
    schema.add_text_field("title", TEXT | STORED);
    let body = TextFieldIndexing::default()
        .set_tokenizer("default")
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    schema.add_text_field("body", TextOptions::default().set_indexing_options(body).set_stored());
    schema.add_text_field("format", STRING | FAST);
    let seconds = DateOptions::default().set_fast().set_precision(DateTimePrecision::Seconds);
    schema.add_date_field("modified", seconds);
    schema.add_u64_field("size", NumericOptions::default().set_fast());
    schema.add_bytes_field("hash", BytesOptions::default().set_indexed());
    schema.build()
}

/// Settings of a new index: stored text compressed with zstd, at a third of the text.
pub(super) fn settings() -> IndexSettings {
    IndexSettings {
        docstore_compression: Compressor::Zstd(ZstdCompressor { compression_level: Some(1) }),
        ..IndexSettings::default()
    }
}
