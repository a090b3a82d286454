//! reStructuredText, with docinfo fields and the headers of PEPs.

use super::encoding::decode;
use super::lines::{Blocks, Line, lines, owned_from};
use super::markdown::{read_front_matter, title_from_heading};
use super::{
    Block, BlockKind, Content, ExtractError, Format, Limits, Metadata, fields, front_matter, links,
};

pub(super) const FORMAT: Format = Format {
    name: "rst",
    extensions: &["rst", "rest"],
    recognize: |_| false,
    version: 2,
    isolated: false,
    read,
};

/// Docinfo fields stand at the top; further down a field list is part of the text.
const DOCINFO_LINES: u32 = 60;

fn read(bytes: &[u8], limits: &Limits) -> Result<Content, ExtractError> {
    let text = decode(bytes, None);
    let mut metadata = Metadata::default();
    let (end, first_line) = read_front_matter(&text, &mut metadata);
    let body = owned_from(text, end);
    let header = front_matter::headers(&body).unwrap_or_default();
    for field in &header.fields {
        fields::apply(
            &mut metadata,
            "header",
            &field.key,
            &field.value,
            Some(field.line + first_line - 1),
        );
    }
    let blocks = blocks_of(&body, first_line, header.end, &mut metadata, limits);
    title_from_heading(&mut metadata, &body, &blocks);
    let mut content = Content::from_parts(body, blocks, metadata, limits);
    links::in_rst(&mut content);
    Ok(content)
}

fn blocks_of(
    text: &str,
    first_line: u32,
    header_end: usize,
    metadata: &mut Metadata,
    limits: &Limits,
) -> Vec<Block> {
    let mut blocks = Blocks::within(limits);
    // The indentation of the line that announced a literal block.
    let mut literal: Option<usize> = None;
    for line in lines(text, first_line) {
        let trimmed = line.text.trim();
        let indent = line.text.len() - line.text.trim_start().len();
        if line.range().end <= header_end {
            blocks.line(BlockKind::Aside, &line);
            continue;
        }
        if trimmed.is_empty() {
            blocks.close();
            continue;
        }
        if let Some(announced) = literal {
            if indent > announced {
                blocks.line(BlockKind::Code, &line);
                continue;
            }
            literal = None;
        }
        if is_rule(trimmed) && indent == 0 {
            underline(&mut blocks, &line);
            continue;
        }
        if line.number < first_line + DOCINFO_LINES {
            docinfo(trimmed, &line, metadata);
        }
        if announces_literal(trimmed) {
            literal = Some(indent);
        }
        blocks.line(BlockKind::Paragraph, &line);
    }
    blocks.finish()
}

/// A line of one repeated punctuation mark.
fn is_rule(trimmed: &str) -> bool {
    let bytes = trimmed.as_bytes();
    bytes.len() >= 2 && bytes[0].is_ascii_punctuation() && bytes.iter().all(|it| *it == bytes[0])
}

/// Below one line of text it makes a heading; above one, or alone, it is not text.
fn underline(blocks: &mut Blocks, line: &Line<'_>) {
    let width = blocks.open_range().map_or(0, |it| it.len());
    match blocks.open_lines() {
        0 if line.text.len() >= 3 => {}
        // Counted in bytes, a title is at least as long as its underline counts characters.
        1 if line.text.len() >= 3 || line.text.len() >= width => {
            blocks.close_as(BlockKind::Heading);
        }
        _ => blocks.line(BlockKind::Paragraph, line),
    }
}

/// `:Date: 2021-03-01`
fn docinfo(trimmed: &str, line: &Line<'_>, metadata: &mut Metadata) {
    let field = trimmed.strip_prefix(':').and_then(|it| it.split_once(": "));
    if let Some((key, value)) = field.filter(|(key, _)| !key.contains('`')) {
        fields::apply(metadata, "field", key, value, Some(line.number));
    }
}

fn announces_literal(trimmed: &str) -> bool {
    match trimmed.strip_prefix(".. ") {
        Some(directive) => {
            ["code-block::", "code::", "sourcecode::", "literalinclude::", "parsed-literal::"]
                .iter()
                .any(|name| directive.starts_with(name))
        }
        None => trimmed.ends_with("::"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Content, ExtractError> {
        super::read(bytes, &Limits::default())
    }

    fn kinds(text: &str) -> Vec<(BlockKind, String)> {
        let content = read(text.as_bytes()).unwrap();
        content.blocks().iter().map(|it| (it.kind, content.text_of(it).to_owned())).collect()
    }

    #[test]
    fn underlined_lines_are_headings() {
        assert_eq!(
            kinds("=====\nTitle\n=====\n\nText.\n\nSub\n---\nmore\n"),
            [
                (BlockKind::Heading, "Title".to_owned()),
                (BlockKind::Paragraph, "Text.".to_owned()),
                (BlockKind::Heading, "Sub".to_owned()),
                (BlockKind::Paragraph, "more".to_owned()),
            ]
        );
    }

    #[test]
    fn literal_blocks_are_code() {
        assert_eq!(
            kinds("Run::\n\n    make\n\n    test\n\nDone.\n")[1..],
            [
                (BlockKind::Code, "make".to_owned()),
                (BlockKind::Code, "test".to_owned()),
                (BlockKind::Paragraph, "Done.".to_owned()),
            ]
        );
    }

    #[test]
    fn pep_headers_and_docinfo_are_metadata() {
        let metadata = read(b"PEP: 241\nTitle: Metadata\nStatus: Superseded\nCreated: 12-Mar-2001\nSuperseded-By: 314\n\nText\n")
            .unwrap()
            .metadata;
        assert_eq!(metadata.replaced_by.as_ref().map(|it| &*it.value), Some("314"));
        assert_eq!(metadata.dates[0].date.to_string(), "2001-03-12");
        let metadata =
            read(b"Title\n=====\n\n:Last-Modified: 2021-03-01\n:Status: Draft\n").unwrap().metadata;
        assert_eq!(metadata.status.unwrap().provenance.to_string(), "field Status, line 5");
    }
}
