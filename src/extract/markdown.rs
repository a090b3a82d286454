//! Markdown and its dialects, with front matter.
//!
//! The text stays as written, markup and all, without the front matter; blocks are slices of it.

use std::borrow::Cow;

use super::encoding::decode;
use super::lines::{Blocks, Line, lines, owned_from};
use super::metadata::{Fact, Provenance};
use super::{
    Block, BlockKind, Content, ExtractError, Format, Limits, Metadata, fields, front_matter, links,
};

pub(super) const FORMAT: Format = Format {
    name: "markdown",
    extensions: &["md", "markdown", "mdown", "mkd", "mkdn", "mdx", "qmd", "rmd", "mdwn"],
    recognize: |_| false,
    version: 2,
    isolated: false,
    read,
};

fn read(bytes: &[u8], limits: &Limits) -> Result<Content, ExtractError> {
    let text = decode(bytes, None);
    let mut metadata = Metadata::default();
    let (end, next_line) = read_front_matter(&text, &mut metadata);
    let body = owned_from(text, end);
    let blocks = blocks_of(&body, next_line, limits);
    title_from_heading(&mut metadata, &body, &blocks);
    let mut content = Content::from_parts(body, blocks, metadata, limits);
    links::in_markdown(&mut content);
    Ok(content)
}

/// Fills the metadata; returns where the body begins, and the number of its first line.
pub(super) fn read_front_matter(text: &str, metadata: &mut Metadata) -> (usize, u32) {
    let Some(found) = front_matter::split(text) else { return (0, 1) };
    for field in &found.fields {
        fields::apply(metadata, "front matter", &field.key, &field.value, Some(field.line));
    }
    (found.end, found.next_line)
}

/// Takes the first heading for the title where nothing else is one.
pub(super) fn title_from_heading(metadata: &mut Metadata, text: &str, blocks: &[Block]) {
    if metadata.title.is_some() {
        return;
    }
    let Some(heading) = blocks.iter().find(|block| block.kind == BlockKind::Heading) else {
        return;
    };
    let title = without_markup(&text[heading.range.clone()]);
    if !title.is_empty() && !fields::is_absent(&title) {
        let title: String = title.chars().take(300).collect();
        metadata.title = Some(Fact::new(title, Provenance::Text(heading.locator.clone())));
    }
}

fn blocks_of(text: &str, first_line: u32, limits: &Limits) -> Vec<Block> {
    let mut blocks = Blocks::within(limits);
    // The characters that closes the code block that is open.
    let mut fence: Option<(u8, usize)> = None;
    for line in lines(text, first_line) {
        let trimmed = line.text.trim_start();
        match (fence, fence_of(trimmed)) {
            (Some((byte, width)), Some((closing, closing_width)))
                if byte == closing
                    && closing_width >= width
                    && trimmed.trim_end().len() == closing_width =>
            {
                fence = None;
                blocks.close();
            }
            (Some(_), _) => blocks.line(BlockKind::Code, &line),
            (None, Some(opened)) => {
                fence = Some(opened);
                blocks.close();
            }
            (None, None) => prose_line(&mut blocks, text, &line, trimmed),
        }
    }
    blocks.finish()
}

fn prose_line(blocks: &mut Blocks, text: &str, line: &Line<'_>, trimmed: &str) {
    match trimmed.as_bytes().first() {
        Some(b'#') => {
            let heading = trimmed.trim_start_matches('#');
            let level = trimmed.len() - heading.len();
            if level <= 6 && heading.starts_with([' ', '\t']) {
                let range = slice_in(text, heading.trim().trim_end_matches('#').trim_end(), line);
                return blocks.whole(BlockKind::Heading, range, line.number);
            }
        }
        Some(byte @ (b'=' | b'-')) if blocks.open_lines() == 1 => {
            let rule = trimmed.trim_end();
            let is_item = blocks
                .open_range()
                .is_some_and(|it| text[it].starts_with(['-', '*', '>', '|', '+']));
            if rule.len() >= 2 && !is_item && rule.bytes().all(|it| it == *byte) {
                return blocks.close_as(BlockKind::Heading);
            }
        }
        _ => {}
    }
    blocks.line(BlockKind::Paragraph, line);
}

/// Where `part`, a slice of this line, stands in `text`.
fn slice_in(text: &str, part: &str, line: &Line<'_>) -> std::ops::Range<usize> {
    let start = line.start + line.text.find(part).unwrap_or(0);
    debug_assert!(start + part.len() <= text.len(), "the part is a slice of the line");
    start..start + part.len()
}

/// The character and width of a code fence.
fn fence_of(trimmed: &str) -> Option<(u8, usize)> {
    let byte = *trimmed.as_bytes().first().filter(|it| matches!(it, b'`' | b'~'))?;
    let width = trimmed.bytes().take_while(|&it| it == byte).count();
    (width >= 3 && !(byte == b'`' && trimmed[width..].contains('`'))).then_some((byte, width))
}

/// The words of a heading: links by their text, without emphasis, code marks, tags and anchors.
pub(super) fn without_markup(text: &str) -> String {
    let text = text.split("{#").next().unwrap_or(text);
    let mut words = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['[', ']', '<', '*', '`', '_']) {
        words.push_str(&rest[..at]);
        let (mark, tail) = (rest.as_bytes()[at], &rest[at + 1..]);
        rest = match mark {
            b']' if tail.starts_with('(') => tail.split_once(')').map_or("", |(_, after)| after),
            b'<' if tail.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') => {
                tail.split_once('>').map_or("", |(_, after)| after)
            }
            b'<' | b'[' | b']' => {
                words.push_str(if mark == b'<' || !rest.contains("](") {
                    &rest[at..=at]
                } else {
                    ""
                });
                tail
            }
            b'_' => {
                words.push('_');
                tail
            }
            _ => tail,
        };
    }
    words.push_str(rest);
    match words.trim_matches(['_', ' ']) {
        trimmed if trimmed.len() == words.len() => words,
        trimmed => Cow::Borrowed(trimmed).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Locator;
    use super::*;

    fn read(bytes: &[u8]) -> Result<Content, ExtractError> {
        super::read(bytes, &Limits::default())
    }

    fn check(text: &str, expected: &[(BlockKind, &str, u32)]) {
        let content = read(text.as_bytes()).unwrap();
        let line = |block: &Block| match block.locator {
            Locator::Line(line) => line,
            _ => 0,
        };
        let got: Vec<_> =
            content.blocks().iter().map(|it| (it.kind, content.text_of(it), line(it))).collect();
        assert_eq!(got, expected);
    }

    #[test]
    fn headings_paragraphs_and_code_are_told_apart() {
        check(
            "# One #\nText\ngoes on\n\n```rust\n# not a heading\n\nlet a;\n```\nTwo\n===\n- item\n---\n#tag\n",
            &[
                (BlockKind::Heading, "One", 1),
                (BlockKind::Paragraph, "Text\ngoes on", 2),
                (BlockKind::Code, "# not a heading", 6),
                (BlockKind::Code, "let a;", 8),
                (BlockKind::Heading, "Two", 10),
                (BlockKind::Paragraph, "- item\n---\n#tag", 12),
            ],
        );
    }

    #[test]
    fn front_matter_is_metadata_and_not_text() {
        let content =
            read(b"---\ntitle: Deploying\nlast_reviewed_on: 2025-07-18\n---\n\n# Other\n").unwrap();
        assert_eq!(content.text(), "\n# Other\n");
        assert_eq!(content.blocks()[0].locator, Locator::Line(6));
        assert_eq!(content.metadata.title.as_ref().map(|it| &*it.value), Some("Deploying"));
        assert_eq!(
            content.metadata.dates[0].provenance.to_string(),
            "front matter last_reviewed_on, line 3"
        );
    }

    #[test]
    fn the_first_heading_is_the_title() {
        let title = |text: &str| read(text.as_bytes()).unwrap().metadata.title.map(|it| it.value);
        assert_eq!(
            title("text\n\n## The **big** [plan](x.md) for `a_b` {#id}\n").as_deref(),
            Some("The big plan for a_b")
        );
        assert_eq!(title("# <%= current_page.data.title %>\n"), None);
        assert_eq!(title("# Array<T> and [x]\n").as_deref(), Some("Array and [x]"));
        assert_eq!(title("no heading"), None);
    }
}
