//! Paragraphs, tables and asides of office documents, nested as they come → blocks.
//!
//! A table row becomes one block of cells, unless only one cell has words: tables are often used
//! for layout. A paragraph within a paragraph (a text box) becomes a block before its surroundings.

use super::{BlockKind, Content, Locator};

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
    paragraphs: u32,
    is_full: bool,
}

impl<'c> Flow<'c> {
    /// Blocks go to the end of `content`.
    pub(super) fn new(content: &'c mut Content, place: Place) -> Self {
        Self { content, frames: Vec::new(), places: vec![place], paragraphs: 0, is_full: false }
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

    /// Begins a paragraph.
    pub(super) fn open_paragraph(&mut self, heading: bool) {
        self.frames.push(Frame::Paragraph { text: String::new(), heading });
    }

    /// The open paragraph is a heading.
    pub(super) fn mark_heading(&mut self) {
        if let Some(Frame::Paragraph { heading, .. }) = self.frames.last_mut() {
            *heading = true;
        }
    }

    /// Appends to the open paragraph; text outside paragraphs is layout of the file.
    pub(super) fn text(&mut self, piece: &str) {
        if let Some(Frame::Paragraph { text, .. }) = self.frames.last_mut() {
            text.push_str(piece);
        }
    }

    /// Ends a paragraph.
    pub(super) fn close_paragraph(&mut self) {
        let Some(Frame::Paragraph { .. }) = self.frames.last() else { return };
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
        self.frames.push(Frame::Row(Vec::new()));
    }

    /// Begins a cell; a `value` stands for its text.
    pub(super) fn open_cell(&mut self, value: Option<String>) {
        self.frames.push(Frame::Cell { text: String::new(), value });
    }

    /// Ends a cell.
    pub(super) fn close_cell(&mut self) {
        let Some(Frame::Cell { .. }) = self.frames.last() else { return };
        let Some(Frame::Cell { text, value }) = self.frames.pop() else { return };
        if let Some(Frame::Row(cells)) = self.frames.last_mut() {
            cells.push(value.unwrap_or(text));
        }
    }

    /// Ends a table row.
    pub(super) fn close_row(&mut self) {
        let Some(Frame::Row(_)) = self.frames.last() else { return };
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
                let cells: Vec<_> = cells.iter().map(|it| it.replace(['\n', '\t'], " ")).collect();
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

    /// Ends whatever is still open, as at the end of a truncated file.
    pub(super) fn finish(mut self) {
        while let Some(frame) = self.frames.last() {
            match frame {
                Frame::Paragraph { .. } => self.close_paragraph(),
                Frame::Cell { .. } => self.close_cell(),
                Frame::Row(_) => self.close_row(),
            }
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
            Some(Place::Part(name)) => (BlockKind::Aside, Locator::Part(name.clone())),
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
        assert_eq!(content.text(), "why five?\n5");
        assert_eq!(content.blocks()[0].kind, BlockKind::Aside);
        assert_eq!(content.blocks()[1].locator.to_string(), "sheet s, row 3");
    }
}
