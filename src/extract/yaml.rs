//! YAML: its source is its text, one block per top-level key.

use super::encoding::decode;
use super::lines::{Blocks, lines, owned_from};
use super::{BlockKind, Content, ExtractError, Format, Limits, Metadata, fields, front_matter};

pub(super) const FORMAT: Format = Format {
    name: "yaml",
    extensions: &["yaml", "yml"],
    recognize: |_| false,
    version: 1,
    isolated: false,
    read,
};

/// Fields are looked for in this much of the file, in bytes.
const FIELDS_BYTES: usize = 64 << 10;

fn read(bytes: &[u8], limits: &Limits) -> Result<Content, ExtractError> {
    let text = decode(bytes, None);
    let mut metadata = Metadata::default();
    let head = &text[..text.floor_char_boundary(FIELDS_BYTES)];
    for field in front_matter::yaml(head, 1) {
        // Nested keys describe parts of the document, not the document.
        if !field.key.contains('.') {
            fields::apply(&mut metadata, "key", &field.key, &field.value, Some(field.line));
        }
    }
    let mut blocks = Blocks::within(limits);
    for line in lines(&text, 1) {
        if !line.text.starts_with([' ', '-', '#', '\t']) {
            blocks.close();
        }
        blocks.line(BlockKind::Paragraph, &line);
    }
    let blocks = blocks.finish();
    Ok(Content::from_parts(owned_from(text, 0), blocks, metadata, limits))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Content, ExtractError> {
        super::read(bytes, &Limits::default())
    }

    #[test]
    fn top_level_keys_are_blocks_and_fields() {
        let content =
            read(b"title: Service\nitems:\n  - a\n  - status: old\nnext_review: 2026-01-01\n")
                .unwrap();
        assert_eq!(content.blocks().len(), 3);
        assert_eq!(content.metadata.title.as_ref().map(|it| &*it.value), Some("Service"));
        assert_eq!(content.metadata.status, None);
        assert_eq!(content.metadata.dates.len(), 1);
    }
}
