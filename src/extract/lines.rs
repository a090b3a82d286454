//! Lines of a text, and blocks made of lines, without copying.

use std::borrow::Cow;
use std::ops::Range;

use super::{Block, BlockKind, Limits, Locator};

/// A line without its end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    /// What it says.
    pub text: &'a str,
    /// Where it starts in the text, in bytes.
    pub start: usize,
    /// Its number in the file.
    pub number: u32,
}

impl Line<'_> {
    /// Whether there is nothing but space on it.
    pub(super) fn is_blank(&self) -> bool {
        self.text.bytes().all(|byte| byte.is_ascii_whitespace())
    }

    /// Where it stands in the text.
    pub(super) fn range(&self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }
}

/// The lines of `text`, whose first has the number `first`. Any of LF, CRLF ends a line.
pub(super) fn lines(text: &str, first: u32) -> impl Iterator<Item = Line<'_>> {
    let mut start = 0;
    let mut number = first;
    text.split_inclusive('\n').map(move |whole| {
        let line = Line { text: whole.trim_end_matches(['\n', '\r']), start, number };
        start += whole.len();
        number = number.saturating_add(1);
        line
    })
}

/// Gathers lines to blocks.
///
/// Those that begin where text is no longer kept, or are too many, are dropped.
#[derive(Debug)]
pub(super) struct Blocks {
    blocks: Vec<Block>,
    open: Option<Open>,
    limits: Limits,
}

#[derive(Clone, Debug)]
struct Open {
    kind: BlockKind,
    range: Range<usize>,
    first: u32,
    lines: u32,
}

impl Blocks {
    /// None yet, and how many may come.
    pub(super) const fn within(limits: &Limits) -> Self {
        Self { blocks: Vec::new(), open: None, limits: *limits }
    }

    /// Adds a line to the open block of this kind, or opens one. A blank line closes it.
    pub(super) fn line(&mut self, kind: BlockKind, line: &Line<'_>) {
        if line.is_blank() {
            return self.close();
        }
        match &mut self.open {
            Some(open) if open.kind == kind => {
                open.range.end = line.range().end;
                open.lines += 1;
            }
            _ => {
                self.close();
                let start = line.start + (line.text.len() - line.text.trim_start().len());
                let range = start..line.range().end;
                self.open = Some(Open { kind, range, first: line.number, lines: 1 });
            }
        }
    }

    /// Adds a block of its own.
    pub(super) fn whole(&mut self, kind: BlockKind, range: Range<usize>, line: u32) {
        self.close();
        if !range.is_empty() {
            self.push(Block { kind, range, locator: Locator::Line(line) });
        }
    }

    /// How many lines the open block has; 0 where none is open.
    pub(super) fn open_lines(&self) -> u32 {
        self.open.as_ref().map_or(0, |open| open.lines)
    }

    /// Where the open block stands.
    pub(super) fn open_range(&self) -> Option<Range<usize>> {
        self.open.as_ref().map(|open| open.range.clone())
    }

    /// Makes the open block one of another kind, and closes it: what it was shows only afterwards.
    pub(super) fn close_as(&mut self, kind: BlockKind) {
        if let Some(open) = &mut self.open {
            open.kind = kind;
        }
        self.close();
    }

    /// Ends the open block.
    pub(super) fn close(&mut self) {
        if let Some(open) = self.open.take() {
            let locator = Locator::Line(open.first);
            self.push(Block { kind: open.kind, range: open.range, locator });
        }
    }

    /// A file of many short lines would cost many times its size otherwise.
    fn push(&mut self, block: Block) {
        if block.range.start < self.limits.text() && self.blocks.len() < self.limits.blocks() {
            self.blocks.push(block);
        }
    }

    /// All blocks.
    pub(super) fn finish(mut self) -> Vec<Block> {
        self.close();
        self.blocks
    }
}

/// `text` from the byte `from` on; owned text that is wanted whole is not copied.
pub(super) fn owned_from(text: Cow<'_, str>, from: usize) -> String {
    match text {
        Cow::Owned(text) if from == 0 => text,
        text => text[from..].to_owned(),
    }
}
