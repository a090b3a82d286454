//! AsciiDoc, with the attributes and the revision line of its header.

use super::encoding::decode;
use super::lines::{Blocks, Line, lines, owned_from};
use super::markdown::{read_front_matter, title_from_heading};
use super::{Block, BlockKind, Content, ExtractError, Format, Limits, Metadata, fields, links};

pub(super) const FORMAT: Format = Format {
    name: "asciidoc",
    extensions: &["adoc", "asciidoc"],
    recognize: |_| false,
    version: 2,
    isolated: false,
    read,
};

fn read(bytes: &[u8], limits: &Limits) -> Result<Content, ExtractError> {
    let text = decode(bytes, None);
    let mut metadata = Metadata::default();
    let (end, first_line) = read_front_matter(&text, &mut metadata);
    let body = owned_from(text, end);
    let blocks = blocks_of(&body, first_line, &mut metadata, limits);
    title_from_heading(&mut metadata, &body, &blocks);
    let mut content = Content::from_parts(body, blocks, metadata, limits);
    links::in_asciidoc(&mut content);
    Ok(content)
}

fn blocks_of(text: &str, first_line: u32, metadata: &mut Metadata, limits: &Limits) -> Vec<Block> {
    let mut blocks = Blocks::within(limits);
    // The delimiter of the code block that is open.
    let mut code: Option<&str> = None;
    // Lines since the title, as long as the header goes on.
    let mut header: Option<u32> = None;
    for line in lines(text, first_line) {
        let trimmed = line.text.trim_end();
        if code.is_some() {
            if code == Some(trimmed) {
                code = None;
                blocks.close();
            } else {
                blocks.line(BlockKind::Code, &line);
            }
        } else if is_delimiter(trimmed) {
            blocks.close();
            code = matches!(trimmed.as_bytes()[0], b'-' | b'.' | b'`').then_some(trimmed);
        } else if let Some((key, value)) = attribute(trimmed) {
            fields::apply(metadata, "attribute", key, value, Some(line.number));
        } else if let Some(range) = heading(&line) {
            header = (header.is_none() && trimmed.starts_with("= ")).then_some(0);
            blocks.whole(BlockKind::Heading, range, line.number);
        } else if !trimmed.starts_with("//") {
            header = header.filter(|_| !line.is_blank()).map(|count| count + 1);
            if header.is_some_and(|count| (1..=2).contains(&count)) {
                header_line(trimmed, &line, metadata);
            }
            blocks.line(BlockKind::Paragraph, &line);
        }
    }
    blocks.finish()
}

/// Four or more of `-`, `.`, `=`, `*`, `_`, `+`, or a fence.
fn is_delimiter(trimmed: &str) -> bool {
    let bytes = trimmed.as_bytes();
    let Some(first) = bytes.first() else { return false };
    let width = if *first == b'`' { 3 } else { 4 };
    bytes.len() >= width && b"-.=*_+/`".contains(first) && bytes.iter().all(|it| it == first)
}

/// `:revdate: 2021-03-01`
fn attribute(trimmed: &str) -> Option<(&str, &str)> {
    let (key, value) = trimmed.strip_prefix(':')?.split_once(':')?;
    let is_name =
        !key.is_empty() && key.bytes().all(|it| it.is_ascii_alphanumeric() || b"-_!".contains(&it));
    (is_name && (value.is_empty() || value.starts_with(' '))).then_some((key, value))
}

fn heading(line: &Line<'_>) -> Option<std::ops::Range<usize>> {
    let rest = line.text.trim_start_matches('=');
    let level = line.text.len() - rest.len();
    let is_heading = (1..=6).contains(&level) && rest.starts_with(' ') && !rest.trim().is_empty();
    let from = line.start + line.text.len() - rest.trim_start().len();
    is_heading.then(|| from..from + rest.trim().len())
}

/// Below the title: `Ann Author <ann@example.org>`, then `v1.2, 2021-03-01: remark`.
fn header_line(trimmed: &str, line: &Line<'_>, metadata: &mut Metadata) {
    let number = Some(line.number);
    let (version, rest) = trimmed.split_once(',').unwrap_or((trimmed, ""));
    let digits = version.strip_prefix('v').unwrap_or(version);
    if digits.starts_with(|c: char| c.is_ascii_digit()) {
        if version.starts_with('v') || !rest.is_empty() && digits.len() < 8 {
            fields::apply(metadata, "revision line", "revnumber", digits, number);
            let date = rest.split(": ").next().unwrap_or(rest);
            fields::apply(metadata, "revision line", "revdate", date, number);
        } else {
            fields::apply(metadata, "revision line", "revdate", trimmed, number);
        }
    } else if let Some((author, _)) = trimmed.split_once(" <").filter(|_| trimmed.ends_with('>')) {
        fields::apply(metadata, "author line", "author", author, number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Content, ExtractError> {
        super::read(bytes, &Limits::default())
    }

    #[test]
    fn the_header_is_metadata() {
        let text = b"= Backup policy\nAnn Author <ann@example.org>\nv1.2, 2021-03-01: approved\n:page-status: deprecated\n\n== Scope\n\nText\n";
        let metadata = read(text).unwrap().metadata;
        assert_eq!(metadata.title.map(|it| it.value).as_deref(), Some("Backup policy"));
        assert_eq!(metadata.creator.map(|it| it.value).as_deref(), Some("Ann Author"));
        assert_eq!(metadata.version.map(|it| it.value).as_deref(), Some("1.2"));
        assert_eq!(metadata.dates[0].date.to_string(), "2021-03-01");
        assert_eq!(
            metadata.status.unwrap().provenance.to_string(),
            "attribute page-status, line 4"
        );
    }

    #[test]
    fn delimited_blocks_are_code_or_text() {
        let content = read(b"----\n= not a title\n----\n====\nNote.\n====\n").unwrap();
        let got: Vec<_> =
            content.blocks().iter().map(|it| (it.kind, content.text_of(it))).collect();
        assert_eq!(got, [(BlockKind::Code, "= not a title"), (BlockKind::Paragraph, "Note.")]);
    }
}
