//! Paragraphs, tables and asides of office documents, nested as they come → blocks.
//!
//! A table row becomes one block of cells, unless only one cell has words: tables are often used
//! for layout. A paragraph within a paragraph (a text box) becomes a block before its surroundings.
//! Asides follow the main text in one order, whatever the format's own, so that a document reads
//! the same in every container; repeated headers and footers count once. Those of a slide stay with
//! the slide.

use std::collections::HashSet;

use super::limits::{Limit, Missing};
use super::{BlockKind, Content, Locator, links};

/// The order of asides; others come last.
const ASIDES: &[&str] = &["header", "footer", "footnotes", "endnotes", "comments"];

/// Most that waiting asides may take up, as a multiple of the limit on text.
const ASIDE_SHARE: usize = 2;
/// What an aside takes up beside its text, in bytes.
const ASIDE_OVERHEAD_BYTES: usize = 128;
/// Deepest nesting of paragraphs, rows and cells that is followed.
const MAX_NESTED: usize = 10_000;
/// Most cells of a row that are kept apart: what the widest sheets have.
const MAX_CELLS: usize = 16_384;
/// Most of a sheet's name that is kept, in bytes: every row carries it.
const MAX_SHEET_NAME_BYTES: usize = 120;

/// Where text stands, until something within says otherwise.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// The main text; paragraphs are counted.
    Body,
    /// A slide, by number.
    Slide(u32),
    /// A sheet by name, and the row by number.
    Sheet(String, u32),
    /// Beside the main text.
    Part(String),
}

/// A sheet's name at a length that every row can carry.
pub(super) fn cut_sheet_name(mut name: String) -> String {
    name.truncate(name.floor_char_boundary(MAX_SHEET_NAME_BYTES));
    name
}

enum Frame {
    Paragraph { text: String, heading: bool },
    Row(Vec<String>),
    Cell { text: String, value: Option<String> },
}

/// Collects blocks.
pub(super) struct Flow<'c> {
    content: &'c mut Content,
    frames: Vec<Frame>,
    // Invariant: never empty.
    places: Vec<Place>,
    /// Names and paragraphs of asides that wait for the end of the main text.
    asides: Vec<(String, String)>,
    /// What the asides take up, in bytes.
    aside_bytes: usize,
    /// Headers and footers that were there.
    seen: HashSet<(String, String)>,
    /// How many frames are open beyond [`MAX_NESTED`].
    ignored: usize,
    paragraphs: u32,
    is_full: bool,
}

impl<'c> Flow<'c> {
    /// Blocks go to the end of `content`.
    pub(super) fn new(content: &'c mut Content, place: Place) -> Self {
        Self {
            content,
            frames: Vec::new(),
            places: vec![place],
            asides: Vec::new(),
            aside_bytes: 0,
            seen: HashSet::new(),
            ignored: 0,
            paragraphs: 0,
            is_full: false,
        }
    }

    /// Whether the content takes no more: the reader should stop.
    pub(super) fn is_full(&self) -> bool {
        self.is_full
    }

    /// From here on text stands elsewhere, until [`Flow::leave`].
    pub(super) fn enter(&mut self, place: Place) {
        self.places.push(place);
    }

    /// Ends what [`Flow::enter`] began.
    pub(super) fn leave(&mut self) {
        if self.places.len() > 1 {
            self.places.pop();
        }
    }

    fn open(&mut self, frame: Frame) {
        if self.frames.len() < MAX_NESTED {
            return self.frames.push(frame);
        }
        self.ignored += 1;
        self.content
            .partly
            .get_or_insert_with(|| format!("nested over {MAX_NESTED} levels").into());
    }

    /// Whether what ends now was never opened, because it was too deep.
    fn was_ignored(&mut self) -> bool {
        let was_ignored = self.ignored > 0;
        self.ignored = self.ignored.saturating_sub(1);
        was_ignored
    }

    /// Begins a paragraph.
    pub(super) fn open_paragraph(&mut self, heading: bool) {
        self.open(Frame::Paragraph { text: String::new(), heading });
    }

    /// The open paragraph turns out to be a heading, if `is_heading`.
    pub(super) fn mark_heading(&mut self, is_heading: bool) {
        if let Some(Frame::Paragraph { heading, .. }) = self.frames.last_mut() {
            *heading |= is_heading;
        }
    }

    /// Appends to the open paragraph; text outside paragraphs is layout of the file.
    pub(super) fn text(&mut self, piece: &str) {
        if let Some(Frame::Paragraph { text, .. }) = self.frames.last_mut()
            && text.len() < self.content.limits().text()
        {
            text.push_str(piece);
        }
    }

    /// Keeps a link to another file that stands here.
    pub(super) fn link(&mut self, target: &str) {
        let locator = match self.places.last() {
            Some(Place::Slide(number)) => Locator::Slide(*number),
            Some(Place::Sheet(sheet, row)) => Locator::Row { sheet: sheet.clone(), row: *row },
            Some(Place::Part(name)) => Locator::Part(name.clone()),
            // The paragraph is still open.
            Some(Place::Body) | None => Locator::Paragraph(self.paragraphs.saturating_add(1)),
        };
        links::add(&mut self.content.metadata.links, target, || locator);
    }

    /// Ends a paragraph.
    pub(super) fn close_paragraph(&mut self) {
        if self.was_ignored() || !matches!(self.frames.last(), Some(Frame::Paragraph { .. })) {
            return;
        }
        let Some(Frame::Paragraph { text, heading }) = self.frames.pop() else { return };
        let aside = matches!(self.places.last(), Some(Place::Part(_)));
        match self.frames.last_mut() {
            Some(Frame::Cell { text: cell, .. }) if !aside => {
                if !cell.is_empty() && !text.is_empty() {
                    cell.push('\n');
                }
                cell.push_str(&text);
            }
            _ if heading => self.push(BlockKind::Heading, &text),
            _ => self.push(BlockKind::Paragraph, &text),
        }
    }

    /// Begins a table row.
    pub(super) fn open_row(&mut self) {
        self.open(Frame::Row(Vec::new()));
    }

    /// Begins a cell; a `value` stands for its text.
    pub(super) fn open_cell(&mut self, value: Option<String>) {
        self.open(Frame::Cell { text: String::new(), value });
    }

    /// Ends a cell.
    pub(super) fn close_cell(&mut self) {
        if self.was_ignored() || !matches!(self.frames.last(), Some(Frame::Cell { .. })) {
            return;
        }
        let Some(Frame::Cell { text, value }) = self.frames.pop() else { return };
        if let Some(Frame::Row(cells)) = self.frames.last_mut() {
            let over = MAX_CELLS <= cells.len();
            let cell = value.unwrap_or(text);
            match cells.last_mut().filter(|_| over) {
                Some(last) if last.len() < self.content.limits().text() => {
                    last.extend(["\t", &cell]);
                }
                Some(_) => {}
                None => cells.push(cell),
            }
        }
    }

    /// Ends a table row.
    pub(super) fn close_row(&mut self) {
        if self.was_ignored() || !matches!(self.frames.last(), Some(Frame::Row(_))) {
            return;
        }
        let Some(Frame::Row(cells)) = self.frames.pop() else { return };
        let in_sheet = matches!(self.places.last(), Some(Place::Sheet(..)));
        let mut worded = cells.iter().filter(|it| !it.trim().is_empty());
        match (worded.next(), worded.next()) {
            (None, _) => {}
            (Some(only), None) if !in_sheet => {
                for paragraph in only.split('\n') {
                    self.push(BlockKind::Paragraph, paragraph);
                }
            }
            _ => {
                // Sheets have more empty cells than others; tables keep their columns.
                let kept = cells.iter().filter(|it| !in_sheet || !it.trim().is_empty());
                let cells: Vec<_> = kept.map(|it| it.replace(['\n', '\t'], " ")).collect();
                self.push(BlockKind::Cells, cells.join("\t").trim_end_matches('\t'));
            }
        }
    }

    /// The open paragraph turns out to be the first of a row's first cell.
    pub(super) fn wrap_in_cell(&mut self) {
        if let Some(Frame::Paragraph { .. }) = self.frames.last() {
            let paragraph = self.frames.pop();
            self.open_row();
            self.open_cell(None);
            self.frames.extend(paragraph);
        }
    }

    /// Appends the asides so far.
    pub(super) fn end_main_text(&mut self) {
        let rank = |name: &str| ASIDES.iter().position(|it| *it == name).unwrap_or(ASIDES.len());
        let mut asides = std::mem::take(&mut self.asides);
        asides.sort_by_key(|(name, _)| rank(name));
        self.aside_bytes = 0;
        for (name, text) in &asides {
            if !self.is_full {
                let locator = Locator::Part(name.clone());
                self.is_full = !self.content.push(BlockKind::Aside, locator, text);
            }
        }
    }

    /// Ends whatever is still open, as at the end of a truncated file.
    pub(super) fn finish(mut self) {
        self.ignored = 0;
        while let Some(frame) = self.frames.last() {
            match frame {
                Frame::Paragraph { .. } => self.close_paragraph(),
                Frame::Cell { .. } => self.close_cell(),
                Frame::Row(_) => self.close_row(),
            }
        }
        self.end_main_text();
    }

    fn push_aside(&mut self, aside: (String, String)) {
        if matches!(aside.0.as_str(), "header" | "footer") && !self.seen.insert(aside.clone()) {
            return;
        }
        self.aside_bytes += aside.1.len() + ASIDE_OVERHEAD_BYTES;
        let limits = *self.content.limits();
        if self.aside_bytes <= limits.text().saturating_mul(ASIDE_SHARE) {
            self.asides.push(aside);
        } else {
            let missing = Missing::over(limits.reached(Limit::TextBytes), "asides cut");
            self.content.partly.get_or_insert(missing);
        }
    }

    fn push(&mut self, kind: BlockKind, text: &str) {
        if self.is_full || text.trim().is_empty() {
            return;
        }
        let (kind, locator) = match self.places.last() {
            Some(Place::Slide(number)) => (kind, Locator::Slide(*number)),
            Some(Place::Sheet(sheet, row)) => {
                (kind, Locator::Row { sheet: sheet.clone(), row: *row })
            }
            Some(Place::Part(name))
                if self.places.iter().any(|it| matches!(it, Place::Slide(_))) =>
            {
                (BlockKind::Aside, Locator::Part(name.clone()))
            }
            Some(Place::Part(name)) => {
                let aside = (name.clone(), text.to_owned());
                return self.push_aside(aside);
            }
            Some(Place::Body) | None => {
                self.paragraphs += 1;
                (kind, Locator::Paragraph(self.paragraphs))
            }
        };
        self.is_full = !self.content.push(kind, locator, text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_cells_is_one_block() {
        let mut content = Content::default();
        let mut flow = Flow::new(&mut content, Place::Body);
        flow.open_row();
        for words in ["one\ntwo", "three"] {
            flow.open_cell(None);
            for word in words.split('\n') {
                flow.open_paragraph(false);
                flow.text(word);
                flow.close_paragraph();
            }
            flow.close_cell();
        }
        flow.close_row();
        flow.finish();
        assert_eq!(content.text(), "one two\tthree");
        assert_eq!(content.blocks()[0].kind, BlockKind::Cells);
    }

    #[test]
    fn a_table_of_one_cell_is_paragraphs() {
        let mut content = Content::default();
        let mut flow = Flow::new(&mut content, Place::Body);
        flow.open_row();
        flow.open_cell(None);
        for word in ["one", "two"] {
            flow.open_paragraph(false);
            flow.text(word);
            flow.close_paragraph();
        }
        flow.finish();
        assert_eq!(content.text(), "one\ntwo");
        assert_eq!(content.blocks()[1].locator, Locator::Paragraph(2));
    }

    #[test]
    fn an_aside_within_a_cell_stays_out_of_the_row() {
        let mut content = Content::default();
        let mut flow = Flow::new(&mut content, Place::Sheet("s".to_owned(), 3));
        flow.open_row();
        flow.open_cell(Some("5".to_owned()));
        flow.enter(Place::Part("comments".to_owned()));
        flow.open_paragraph(false);
        flow.text("why five?");
        flow.close_paragraph();
        flow.leave();
        flow.finish();
        assert_eq!(content.text(), "s\n5\nwhy five?");
        assert_eq!(content.blocks()[0].locator.to_string(), "sheet s, row 3");
        assert_eq!(content.blocks()[2].kind, BlockKind::Aside);
    }

    #[test]
    fn asides_come_in_one_order_and_headers_once() {
        let mut content = Content::default();
        let mut flow = Flow::new(&mut content, Place::Body);
        for (part, text) in
            [("comments", "c"), ("header", "h"), ("footnotes", "f"), ("header", "h")]
        {
            flow.enter(Place::Part(part.to_owned()));
            flow.open_paragraph(false);
            flow.text(text);
            flow.close_paragraph();
            flow.leave();
        }
        flow.finish();
        assert_eq!(content.text(), "h\nf\nc");
    }
}
