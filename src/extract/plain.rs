//! Plain text: paragraphs between blank lines.

use super::{BlockKind, Content, ExtractError, Format, Locator};

pub(super) const FORMAT: Format = Format {
    name: "text",
    extensions: &["txt", "text", "log"],
    recognize: |_| false,
    version: 1,
    isolated: false,
    read,
};

fn read(bytes: &[u8]) -> Result<Content, ExtractError> {
    let mut content = Content::default();
    content.push(BlockKind::Paragraph, Locator::Line(1), &String::from_utf8_lossy(bytes));
    Ok(content)
}
