//! The text of a document in blocks, as a reader hands it over.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::ExtractError;
use super::children::Child;
use super::limits::{Limit, Limits, Missing, size};
use super::metadata::{Locator, Metadata};

/// What a reader found in a document: text in blocks, and metadata.
///
/// The only large value; dropped after indexing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    // Invariant: the blocks' ranges lie in `text`, ascend, do not overlap and fall on char boundaries.
    text: String,
    blocks: Vec<Block>,
    /// What the document says about itself.
    pub metadata: Metadata,
    /// What of the document is missing here, if anything is.
    pub partly: Option<Missing>,
    /// Documents within this one, such as attachments; their text is not in this one's.
    pub children: Vec<Child>,
    /// What it may hold.
    #[serde(skip)]
    limits: Limits,
}

/// A paragraph, heading, range of cells, slide or message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// Where its text stands in [`Content::text`], in bytes.
    pub range: Range<usize>,
    /// Where it stands in the document.
    pub locator: Locator,
}

/// What a block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BlockKind {
    /// Running text.
    Paragraph,
    /// A heading.
    Heading,
    /// Cells of a sheet or table row, separated by tabs.
    Cells,
    /// Source code or preformatted text.
    Code,
    /// Text beside the main text: header, footer, notes, comments.
    Aside,
}

impl Block {
    /// Whether it is a heading that a sheet's name was made into: what a person calls a tab.
    pub const fn is_sheet_name(&self) -> bool {
        matches!((self.kind, &self.locator), (BlockKind::Heading, Locator::Row { .. }))
    }
}

impl Content {
    /// Nothing yet, and what may come.
    pub fn within(limits: &Limits) -> Self {
        Self::of(Metadata::default(), limits)
    }

    /// No text yet, of a document that says this about itself.
    pub fn of(metadata: Metadata, limits: &Limits) -> Self {
        Self { metadata, limits: *limits, ..Self::default() }
    }

    /// This, short of what is missing; where there is nothing else, an error that says so.
    pub(super) fn short_of(
        mut self,
        missing: Option<impl Into<Missing>>,
    ) -> Result<Self, ExtractError> {
        match missing.map(Into::into) {
            Some(missing) if self.is_bare() => Err(missing.into()),
            Some(missing) => {
                self.partly.get_or_insert(missing);
                Ok(self)
            }
            None => Ok(self),
        }
    }

    /// Whether nothing is known of the document so far.
    pub(super) fn is_bare(&self) -> bool {
        self.text.is_empty() && self.metadata == Metadata::default()
    }

    /// What it may hold.
    pub(super) const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The whole text; blocks are separated by a line feed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The blocks in reading order.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// Where in the document a byte of the text stands; the row or line itself, where a block has
    /// several.
    pub fn place_of(&self, at: usize) -> Option<Locator> {
        let block = self.blocks.partition_point(|it| it.range.start <= at).checked_sub(1)?;
        let Block { range, locator, .. } = &self.blocks[block];
        let before = self.text.get(range.start..at)?.bytes().filter(|it| *it == b'\n');
        let further = |number: u32| number.saturating_add(before.count() as u32);
        Some(match locator {
            Locator::Line(number) => Locator::Line(further(*number)),
            Locator::Row { sheet, row } => {
                Locator::Row { sheet: sheet.clone(), row: further(*row) }
            }
            other => other.clone(),
        })
    }

    /// The text of a block of this content.
    pub fn text_of(&self, block: &Block) -> &str {
        &self.text[block.range.clone()]
    }

    /// Appends a block; blank ones are left out. The first cells of a sheet come under a heading, the
    /// sheet's name.
    ///
    /// Returns false once the limit on text is met: the reader should stop.
    /// What was cut is said in [`Content::partly`].
    pub fn push(&mut self, kind: BlockKind, locator: Locator, text: &str) -> bool {
        let text = text.trim_matches(|c: char| c.is_whitespace() && c != '\t');
        if text.trim().is_empty() {
            return true;
        }
        if kind == BlockKind::Cells
            && let Some(heading) = self.sheet_heading(&locator)
            && !self.push(BlockKind::Heading, locator.clone(), &heading)
        {
            return false;
        }
        if self.limits.blocks() <= self.blocks.len() {
            self.partly.get_or_insert_with(|| too_many_blocks(&self.limits));
            return false;
        }
        let room = self.limits.text().saturating_sub(self.text.len() + 1);
        let fits = text.len() <= room;
        let text = if fits { text } else { &text[..text.floor_char_boundary(room)] };
        if !text.is_empty() {
            if !self.text.is_empty() {
                self.text.push('\n');
            }
            let start = self.text.len();
            self.text.push_str(text);
            self.blocks.push(Block { kind, range: start..self.text.len(), locator });
        }
        if !fits {
            self.partly.get_or_insert_with(|| too_much_text(&self.limits));
        }
        fits
    }

    /// The name of the sheet that cells at `locator` are the first ones of.
    fn sheet_heading(&self, locator: &Locator) -> Option<String> {
        let Locator::Row { sheet, .. } = locator else { return None };
        let known = self.blocks.iter().rev().find_map(|block| match &block.locator {
            Locator::Row { sheet, .. } => Some(sheet),
            _ => None,
        });
        (known != Some(sheet) && !sheet.trim().is_empty()).then(|| sheet.clone())
    }

    /// Takes `text` as the whole text, with blocks that already point into it.
    ///
    /// For readers whose blocks are slices of the decoded file, to spare a copy. What is past the
    /// limit on text is cut.
    pub fn from_parts(
        mut text: String,
        mut blocks: Vec<Block>,
        metadata: Metadata,
        limits: &Limits,
    ) -> Self {
        let mut partly = None;
        if limits.blocks() <= blocks.len() {
            blocks.truncate(limits.blocks());
            let end = blocks.last().map_or(0, |it| it.range.end);
            if !text[end..].trim().is_empty() {
                text.truncate(end);
                partly = Some(too_many_blocks(limits));
            }
        }
        if limits.text() < text.len() {
            text.truncate(text.floor_char_boundary(limits.text()));
            blocks.retain(|block| block.range.start < text.len());
            if let Some(last) = blocks.last_mut() {
                last.range.end = last.range.end.min(text.len());
            }
            partly = Some(too_much_text(limits));
        }
        Self { text, blocks, metadata, partly, children: Vec::new(), limits: *limits }
    }
}

fn too_many_blocks(limits: &Limits) -> Missing {
    let what = format!("text cut at {} paragraphs", limits.blocks());
    Missing::over(limits.reached(Limit::TextBytes), what)
}

fn too_much_text(limits: &Limits) -> Missing {
    let what = format!("text cut at {}", size(limits.text_bytes));
    Missing::over(limits.reached(Limit::TextBytes), what)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        text_bytes: 4096,
        entry_bytes: 0,
        unpacked_bytes: 0,
        expansion: 0,
        entries: 0,
        nesting: 0,
    };
    const MAX_TEXT: usize = 4096;
    const MAX_BLOCKS: usize = 512;

    #[test]
    fn blank_blocks_are_left_out() {
        let mut content = Content::default();
        assert!(content.push(BlockKind::Paragraph, Locator::Line(1), " \n"));
        assert!(content.push(BlockKind::Heading, Locator::Line(2), " one "));
        assert!(content.push(BlockKind::Paragraph, Locator::Line(3), "two"));
        assert_eq!(content.text(), "one\ntwo");
        assert_eq!(content.text_of(&content.blocks()[1]), "two");
    }

    #[test]
    fn a_byte_is_told_by_its_own_row_or_line() {
        let mut content = Content::default();
        let row = |row| Locator::Row { sheet: "S".to_owned(), row };
        content.push(BlockKind::Cells, row(7), "a\tb\nc\td");
        content.push(BlockKind::Aside, Locator::Part("notes".to_owned()), "e\nf");
        content.push(BlockKind::Paragraph, Locator::Line(9), "g\nh");
        let place = |word| content.place_of(content.text().find(word).unwrap());
        assert_eq!((place("b"), place("d")), (Some(row(7)), Some(row(8))));
        assert_eq!(place("f"), Some(Locator::Part("notes".to_owned())));
        assert_eq!((place("g"), place("h")), (Some(Locator::Line(9)), Some(Locator::Line(10))));
        assert_eq!(Content::default().place_of(0), None);
    }

    #[test]
    fn a_block_that_is_too_long_is_cut_and_not_dropped() {
        let text = "x".repeat(MAX_TEXT + 10);
        let block = |range| Block { kind: BlockKind::Paragraph, range, locator: Locator::Line(1) };
        let blocks = vec![block(0..5), block(5..text.len() - 5), block(text.len() - 5..text.len())];
        let content = Content::from_parts(text, blocks, Metadata::default(), &LIMITS);
        let ranges: Vec<_> = content.blocks().iter().map(|it| it.range.clone()).collect();
        assert_eq!(ranges, [0..5, 5..MAX_TEXT]);
    }

    #[test]
    fn more_blocks_than_are_kept_are_cut_and_said() {
        let mut content = Content::within(&LIMITS);
        let taken = (0..MAX_BLOCKS + 2)
            .take_while(|_| content.push(BlockKind::Paragraph, Locator::Line(1), "x"))
            .count();
        assert_eq!((taken, content.blocks().len()), (MAX_BLOCKS, MAX_BLOCKS));
        assert!(content.partly.is_some());
        let text = "x\n\n".repeat(MAX_BLOCKS + 2);
        let mut blocks = super::super::lines::Blocks::within(&LIMITS);
        for line in super::super::lines::lines(&text, 1) {
            blocks.line(BlockKind::Paragraph, &line);
        }
        let content = Content::from_parts(text, blocks.finish(), Metadata::default(), &LIMITS);
        assert_eq!(
            (content.blocks().len(), content.text().len()),
            (MAX_BLOCKS, MAX_BLOCKS * 3 - 2)
        );
        assert!(content.partly.is_some());
    }

    #[test]
    fn the_rows_of_a_sheet_come_under_its_name() {
        let mut content = Content::default();
        for (sheet, row) in [("Plan", 1), ("Plan", 2), ("Cost", 1), ("", 1)] {
            content.push(BlockKind::Cells, Locator::Row { sheet: sheet.into(), row }, "a\tb");
        }
        assert_eq!(content.text(), "Plan\na\tb\na\tb\nCost\na\tb\na\tb");
        assert!(content.blocks()[0].is_sheet_name());
    }

    #[test]
    fn text_past_the_limit_is_cut_and_said() {
        let mut content = Content::within(&LIMITS);
        assert!(!content.push(BlockKind::Paragraph, Locator::Line(1), &"ä".repeat(MAX_TEXT)));
        assert!(content.text().len() < MAX_TEXT);
        assert!(content.partly.is_some());
    }
}
