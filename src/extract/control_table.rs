//! Rows of tables, and lines with a label, in whatever way a format writes them.

use std::ops::Range;

use aho_corasick::AhoCorasick;

use super::metadata::Locator;
use super::{Block, BlockKind, Content};

/// Where document control stands: so much at the start, in bytes.
const HEAD_BYTES: usize = 24 << 10;

/// And so much at the end.
const TAIL_BYTES: usize = 8 << 10;

/// Labels in lines of their own count within this much of the start and the end, in bytes.
const EDGE_BYTES: usize = 4 << 10;

/// A longer line is no label with a value.
const MAX_LINE: usize = 2000;

/// A longer line is no heading, in bytes.
const MAX_HEADING: usize = 80;

/// Words of headings, in lower case.
pub(super) struct Headings {
    words: &'static [&'static str],
    ascii: AhoCorasick,
}

impl Headings {
    pub(super) fn new(words: &'static [&'static str]) -> Self {
        let ascii = AhoCorasick::builder().ascii_case_insensitive(true).build(words);
        Self { words, ascii: ascii.expect("the words are constant") }
    }

    /// Whether a line is a heading with any of the words.
    pub(super) fn has(&self, line: &str) -> bool {
        // Most lines are ASCII, and lower-casing each of them is what costs.
        line.len() <= MAX_HEADING
            && (self.ascii.is_match(line)
                || !line.is_ascii() && {
                    let line = line.to_lowercase();
                    self.words.iter().any(|it| line.contains(it))
                })
    }
}

/// A row of a table, or a line of text.
#[derive(Clone, Debug)]
pub(super) struct Row<'a> {
    /// The cells; a line of text is one cell, and has none where it holds no label.
    pub cells: Vec<&'a str>,
    /// Where it stands in the text, in bytes.
    pub range: Range<usize>,
    /// Where it stands in the document.
    pub locator: Locator,
    /// Whether it is a row of a table.
    pub is_table: bool,
    /// Whether it is the first after a leap in the text.
    pub is_start: bool,
    /// All of it.
    pub text: &'a str,
}

/// The rows at the start and the end of a text, and in its headers and footers.
pub(super) fn rows(content: &Content) -> Vec<Row<'_>> {
    let end = content.text().len();
    let is_near = |block: &Block| {
        block.kind == BlockKind::Aside
            || block.range.start < HEAD_BYTES
            || end.saturating_sub(TAIL_BYTES) < block.range.end
    };
    let mut rows = Vec::new();
    let mut leapt = false;
    let mut was_aside = false;
    for block in content.blocks() {
        if block.kind == BlockKind::Code || !is_near(block) {
            leapt = true;
            continue;
        }
        let from = rows.len();
        let is_aside = block.kind == BlockKind::Aside;
        rows_of(content, block, &mut rows);
        if let Some(first) = rows.get_mut(from) {
            first.is_start = std::mem::take(&mut leapt) || is_aside != was_aside;
        }
        was_aside = is_aside;
    }
    rows
}

fn rows_of<'a>(content: &'a Content, block: &Block, rows: &mut Vec<Row<'a>>) {
    let text = content.text_of(block);
    if block.kind == BlockKind::Cells {
        return rows.push(row(block, (0, 0), text, text.split('\t').map(str::trim), true));
    }
    let end = content.text().len();
    let is_edge = block.kind == BlockKind::Aside
        || block.range.start < EDGE_BYTES
        || end.saturating_sub(EDGE_BYTES) < block.range.end;
    let mut at = 0;
    for (number, whole) in text.split_inclusive('\n').enumerate() {
        let line = whole.trim();
        let number = number as u32;
        if line.len() <= MAX_LINE && !line.is_empty() {
            if let Some(inner) = line.strip_prefix('|') {
                let inner = inner.strip_suffix('|').unwrap_or(inner);
                let is_rule = inner.bytes().all(|it| b"-:| +=".contains(&it));
                if !is_rule {
                    let cells = inner.split('|').map(str::trim);
                    rows.push(row(block, (at, number), whole, cells, true));
                }
            } else {
                let cell = line.trim_start_matches(['-', '*', '>', '•', ' ', ':']);
                let is_label = cell.find([':', '：', '\t']).is_some_and(|it| it <= 60);
                let cells = cell.split('\t').map(str::trim).filter(|_| is_label && is_edge);
                rows.push(row(block, (at, number), whole, cells, false));
            }
        }
        at += whole.len();
    }
}

/// The row of `text`, which stands on the `line`th line of the block, from 0, at the byte `at`.
fn row<'a>(
    block: &Block,
    (at, line): (usize, u32),
    text: &'a str,
    cells: impl Iterator<Item = &'a str>,
    is_table: bool,
) -> Row<'a> {
    let start = block.range.start + at;
    let locator = match &block.locator {
        Locator::Line(first) => Locator::Line(first.saturating_add(line)),
        other => other.clone(),
    };
    Row {
        cells: cells.collect(),
        range: start..start + text.len(),
        locator,
        is_table,
        is_start: false,
        text,
    }
}
