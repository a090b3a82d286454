//! Plain text: paragraphs between blank lines.
//!
//! Also takes what is text under a name that says nothing or promises something else.

use super::encoding::decode;
use super::lines::{Blocks, lines, owned_from};
use super::{BlockKind, Content, ExtractError, Format, Limits, Metadata, fields, front_matter};

pub(super) const FORMAT: Format = Format {
    name: "text",
    extensions: &["txt", "text", "log"],
    recognize: |_| false,
    version: 1,
    isolated: false,
    read,
};

fn read(bytes: &[u8], limits: &Limits) -> Result<Content, ExtractError> {
    let text = decode(bytes, None);
    let mut metadata = Metadata::default();
    let header = front_matter::headers(&text).unwrap_or_default();
    for field in &header.fields {
        fields::apply(&mut metadata, "header", &field.key, &field.value, Some(field.line));
    }
    let mut blocks = Blocks::within(limits);
    for line in lines(&text, 1) {
        let is_header = line.range().end <= header.end;
        blocks.line(if is_header { BlockKind::Aside } else { BlockKind::Paragraph }, &line);
    }
    let blocks = blocks.finish();
    Ok(Content::from_parts(owned_from(text, 0), blocks, metadata, limits))
}

#[cfg(test)]
mod tests {
    use super::super::Locator;
    use super::*;

    fn read(bytes: &[u8]) -> Result<Content, ExtractError> {
        super::read(bytes, &Limits::default())
    }

    #[test]
    fn blank_lines_end_paragraphs() {
        let content = read(b"One\r\nline\r\n\r\n \r\n  Two\r\n").unwrap();
        let texts: Vec<&str> = content.blocks().iter().map(|it| content.text_of(it)).collect();
        assert_eq!(texts, ["One\r\nline", "Two"]);
        assert_eq!(content.blocks()[1].locator, Locator::Line(5));
    }

    #[test]
    fn mail_like_headers_are_metadata_and_stay_in_the_text() {
        let content = read(b"PEP: 3\nTitle: Bugs\nStatus: Withdrawn\n\nText\n").unwrap();
        assert_eq!(content.metadata.status.as_ref().map(|it| &*it.value), Some("Withdrawn"));
        assert_eq!(content.blocks()[0].kind, BlockKind::Aside);
        assert!(content.text().contains("PEP: 3"));
    }
}
