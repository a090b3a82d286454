//! Puts a page's text together in blocks, and chooses those that are the document.

use std::ops::Range;

use super::regions::{ARTICLE, ASIDE, BANNER, FOOTER, Kind, MAIN, NAVIGATION, PAGE_METADATA};
use crate::extract::limits::{Limit, Missing};
use crate::extract::{BlockKind, Content, Limits, Locator};

/// A page has a fourth of the blocks that another document may have; memory would be theirs alone
/// otherwise.
const BLOCK_SHARE: usize = 4;
/// How much of a page is its top, in bytes.
const TOP_BYTES: usize = 800;
/// Longer blocks of a footer are no note of its date, in bytes.
const MAX_NOTE_BYTES: usize = 200;

/// All text of a page so far.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    text: String,
    done: Vec<Piece>,
    /// Where the open block starts in `text`.
    start: usize,
    /// The line of its first word.
    line: u32,
    needs_space: bool,
    /// Cells of the open block that have ended.
    cells: usize,
    is_full: bool,
    limits: Limits,
}

#[derive(Debug)]
struct Piece {
    kind: BlockKind,
    range: Range<usize>,
    line: u32,
    regions: Kind,
}

impl Blocks {
    /// None yet, and how many may come.
    pub(super) fn within(limits: &Limits) -> Self {
        Self { limits: *limits, ..Self::default() }
    }

    /// Adds running text that ends on this line, with its whitespace collapsed.
    pub(super) fn push_words(&mut self, text: &str, line: u32) {
        if self.is_full {
            return;
        }
        if text.starts_with(char::is_whitespace) {
            self.needs_space = true;
        }
        let mut is_first = true;
        for word in text.split_whitespace() {
            if !is_first || self.needs_space {
                self.space();
            }
            if self.text.len() == self.start {
                self.line = first_line(text, line);
            }
            self.text.push_str(word);
            (is_first, self.needs_space) = (false, false);
        }
        if text.ends_with(char::is_whitespace) {
            self.needs_space = true;
        }
    }

    /// Adds text that ends on this line as it is.
    pub(super) fn push_preformatted(&mut self, text: &str, line: u32) {
        if self.is_full {
            return;
        }
        if self.text.len() == self.start {
            self.line = first_line(text, line);
        }
        self.text.push_str(text);
    }

    /// Parts words that stand in one block.
    pub(super) fn space(&mut self) {
        if self.start < self.text.len() && !self.text.ends_with([' ', '\n', '\t']) {
            self.text.push(' ');
        }
    }

    /// Ends a line within the block.
    pub(super) fn line_feed(&mut self) {
        if self.start < self.text.len() {
            self.text.truncate(self.text.trim_end_matches(' ').len());
            self.text.push('\n');
        }
        self.needs_space = false;
    }

    /// Ends a cell of the row that is the open block.
    pub(super) fn tab(&mut self) {
        if self.text.ends_with(' ') && self.start < self.text.len() {
            self.text.pop();
        }
        self.text.push('\t');
        self.cells += 1;
        self.needs_space = false;
    }

    /// How much text there is so far, in bytes.
    pub(super) const fn len(&self) -> usize {
        self.text.len()
    }

    /// The text from there on.
    pub(super) fn text_from(&self, from: usize) -> &str {
        self.text.get(from..).unwrap_or_default().trim_start()
    }

    /// Whether next to nothing of the page itself stands before this byte of its text.
    pub(super) fn is_top(&self, at: usize) -> bool {
        let before = self.done.iter().take_while(|piece| piece.range.end <= at);
        let bytes: usize = before.filter(|it| !self.is_frame(it)).map(|it| it.range.len()).sum();
        bytes < TOP_BYTES
    }

    /// Whether the open cell has text.
    pub(super) fn is_in_cell(&self) -> bool {
        !self.open_text().rsplit('\t').next().unwrap_or_default().trim().is_empty()
    }

    /// The text of the open block.
    pub(super) fn open_text(&self) -> &str {
        &self.text[self.start..]
    }

    /// Ends the open block.
    pub(super) fn end(&mut self, kind: BlockKind, regions: Kind) {
        let kind = match kind {
            BlockKind::Cells if self.cells == 0 => BlockKind::Paragraph,
            BlockKind::Paragraph if 0 < self.cells => BlockKind::Cells,
            kind => kind,
        };
        let open = self.open_text();
        let end = self.start + open.trim_end().len();
        if self.start < end {
            let is_aside = regions & (ASIDE | FOOTER | PAGE_METADATA) != 0;
            let kind = if is_aside { BlockKind::Aside } else { kind };
            self.done.push(Piece { kind, range: self.start..end, line: self.line, regions });
        }
        self.text.truncate(end);
        self.start = end;
        (self.cells, self.needs_space) = (0, false);
        self.is_full = self.limits.text() < self.text.len()
            || self.limits.blocks() / BLOCK_SHARE <= self.done.len();
    }

    /// The blocks that are the document: the main content if it is marked and not too little.
    pub(super) fn into_content(self) -> Content {
        let wanted = self.wanted();
        let is_wanted = |piece: &Piece| match wanted {
            Wanted::Region(kind) => {
                piece.regions & kind != 0 && piece.regions & NAVIGATION == 0
                    || piece.regions & (FOOTER | PAGE_METADATA) != 0 && !self.is_frame(piece)
            }
            Wanted::Body => !self.is_frame(piece),
            Wanted::All => true,
        };
        let mut content = Content::within(&self.limits);
        if self.is_full {
            let reached = self.limits.reached(Limit::TextBytes);
            content.partly = Some(Missing::over(reached, "the page is cut: it is too long"));
        }
        for piece in self.done.iter().filter(|piece| is_wanted(piece)) {
            let text = &self.text[piece.range.clone()];
            if !content.push(piece.kind, Locator::Line(piece.line), text) {
                break;
            }
        }
        content
    }

    fn wanted(&self) -> Wanted {
        let bytes = |kinds: Kind| -> usize {
            let pieces = self.done.iter().filter(|it| it.regions & kinds != 0);
            pieces.filter(|it| !self.is_frame(it)).map(|it| it.range.len()).sum()
        };
        let body: usize =
            self.done.iter().filter(|it| !self.is_frame(it)).map(|it| it.range.len()).sum();
        let all: usize = self.done.iter().map(|it| it.range.len()).sum();
        let (main, article) = (bytes(MAIN), bytes(ARTICLE));
        if 0 < main && body <= main.saturating_mul(4) {
            Wanted::Region(MAIN)
        } else if 0 < article && body <= article.saturating_mul(2) {
            Wanted::Region(ARTICLE)
        } else if all <= body.saturating_mul(20) {
            Wanted::Body
        } else {
            Wanted::All
        }
    }

    /// Whether a piece belongs to the site rather than to the page.
    fn is_frame(&self, piece: &Piece) -> bool {
        let is_title = piece.kind == BlockKind::Heading;
        piece.regions & NAVIGATION != 0
            || piece.regions & BANNER != 0 && !is_title
            || piece.regions & FOOTER != 0 && !is_dated_note(&self.text[piece.range.clone()])
    }
}

/// The line of the first word of a text that ends on this line.
fn first_line(text: &str, last: u32) -> u32 {
    let line_feeds = text.trim_start().matches('\n').count();
    last.saturating_sub(u32::try_from(line_feeds).unwrap_or(u32::MAX)).max(1)
}

/// Which part of a page is the document.
#[derive(Clone, Copy)]
enum Wanted {
    /// What the page marks as its content.
    Region(Kind),
    /// All but the site's frame and navigation.
    Body,
    /// All: next to nothing is left otherwise.
    All,
}

/// Whether a line of a page's footer may say when the page was changed.
fn is_dated_note(text: &str) -> bool {
    text.len() <= MAX_NOTE_BYTES
        && !text.contains(['©', '|'])
        && !["copyright", "generated"].iter().any(|it| text.to_lowercase().contains(it))
        && text.split(|char: char| !char.is_ascii_digit()).any(|number| {
            number.len() == 4 && (number.starts_with("19") || number.starts_with("20"))
        })
}
