//! The fields of the Tantivy index.

use tantivy::IndexSettings;
use tantivy::schema::{
    BytesOptions, DateOptions, DateTimePrecision, FAST, Field, IndexRecordOption, NumericOptions,
    STRING, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::store::{Compressor, ZstdCompressor};

use crate::inventory::Hash;

use super::words;

/// What a catalog keeps of what documents say. Chosen when it is made; the fields of its index tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Keeping {
    /// Words and texts, beside fingerprints.
    #[default]
    Texts,
    /// Texts, to be compared and quoted, but no index of the words in them.
    TextsAlone,
    /// Fingerprints alone: neither a text nor the words that stand in it. What the records hold of a
    /// document (its title, names, dates, links) is kept all the same.
    Fingerprints,
}

impl Keeping {
    /// What an index of these fields keeps.
    pub(super) fn of(schema: &Schema) -> Self {
        if schema.get_field(TEXT).is_ok() {
            return Self::TextsAlone;
        }
        let body = schema.get_field("body").map(|it| schema.get_field_entry(it).is_stored());
        if body.unwrap_or(true) { Self::Texts } else { Self::Fingerprints }
    }
}

/// The field of texts whose words are not indexed.
const TEXT: &str = "text";

/// Fields by name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields {
    /// [`crate::inventory::document_key`]; the term by which a document is replaced.
    pub(super) key: Field,
    /// The first eight bytes of the key: what a document is told by while hits are collected.
    pub(super) id: Field,
    /// Readable path, relative to the root; split into words.
    pub(super) path: Field,
    /// Title.
    pub(super) title: Field,
    /// The words of the text, with positions; nothing where they are not indexed.
    pub(super) body: Field,
    /// Where the whole text is stored, if it is at all.
    pub(super) text: Field,
    /// Format name.
    pub(super) format: Field,
    /// Modification time of the file.
    pub(super) modified: Field,
    /// Size of the file in bytes.
    pub(super) size: Field,
    /// The first eight bytes of the BLAKE3 of the file's bytes, as a column: whether an entry is of
    /// these bytes is told without a look into the dictionary.
    pub(super) content: Field,
}

impl Fields {
    /// Finds the fields in a schema that [`schema`] made.
    pub(super) fn of(schema: &Schema) -> tantivy::Result<Self> {
        let field = |name| schema.get_field(name);
        Ok(Self {
            key: field("key")?,
            id: field("id")?,
            path: field("path")?,
            title: field("title")?,
            body: field("body")?,
            text: field(TEXT).or_else(|_| field("body"))?,
            format: field("format")?,
            modified: field("modified")?,
            size: field("size")?,
            content: field("content")?,
        })
    }
}

/// The schema of a new index.
pub(super) fn schema(keeping: Keeping) -> Schema {
    let mut schema = Schema::builder();
    schema.add_bytes_field("key", BytesOptions::default().set_indexed().set_stored());
    schema.add_u64_field("id", NumericOptions::default().set_fast());
    let words = TextFieldIndexing::default()
        .set_tokenizer(words::NAME)
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let words = TextOptions::default().set_indexing_options(words);
    let text = words.clone().set_stored();
    schema.add_text_field("path", text.clone());
    schema.add_text_field("title", text.clone());
    // The field is there in any case, so that whoever looks into it finds nothing.
    schema.add_text_field("body", if keeping == Keeping::Texts { text } else { words });
    if keeping == Keeping::TextsAlone {
        schema.add_text_field(TEXT, TextOptions::default().set_stored());
    }
    schema.add_text_field("format", STRING | FAST);
    let seconds = DateOptions::default().set_fast().set_precision(DateTimePrecision::Seconds);
    schema.add_date_field("modified", seconds);
    schema.add_u64_field("size", NumericOptions::default().set_fast());
    schema.add_u64_field("content", NumericOptions::default().set_fast());
    schema.build()
}

/// Settings of a new index: stored text compressed with zstd, at a third of the text.
pub(super) fn settings() -> IndexSettings {
    IndexSettings {
        docstore_compression: Compressor::Zstd(ZstdCompressor { compression_level: Some(1) }),
        ..IndexSettings::default()
    }
}

/// What a document is told by while hits are collected, of its key.
pub(super) fn id_of(key: &[u8; 16]) -> u64 {
    beginning(key)
}

/// What a file's bytes are told by in the index, of their hash.
pub(super) fn content_of(hash: &Hash) -> u64 {
    beginning(&hash.0)
}

fn beginning(bytes: &[u8]) -> u64 {
    u64::from_be_bytes(*bytes.first_chunk().expect("keys and hashes are longer"))
}
