//! Rows of spreadsheets whose cells come one by one → blocks.
//!
//! Empty cells are not filled in, so that a sheet with two far cells is as small as it looks.

use super::{BlockKind, Content, Locator};

/// Collects the cells of a sheet.
pub(super) struct Rows<'c> {
    content: &'c mut Content,
    sheet: &'c str,
    /// The row that is being collected, from 0.
    number: u32,
    row: String,
    /// Whether the content takes no more: the reader should stop.
    pub(super) is_full: bool,
}

impl<'c> Rows<'c> {
    /// Blocks go to the end of `content`.
    pub(super) fn new(content: &'c mut Content, sheet: &'c str) -> Self {
        Self { content, sheet, number: 0, row: String::new(), is_full: false }
    }

    /// Takes the next cell, in a row that counts from 0.
    pub(super) fn cell(&mut self, row: u32, text: &str) {
        if row != self.number {
            self.end_row();
            self.number = row;
        }
        let text = text.trim();
        // A row may name the same long string in every cell.
        if !text.is_empty() && self.row.len() < self.content.limits().text() {
            if !self.row.is_empty() {
                self.row.push('\t');
            }
            self.row.extend(text.chars().map(|it| if it.is_control() { ' ' } else { it }));
        }
    }

    /// Ends the sheet.
    pub(super) fn finish(mut self) -> bool {
        self.end_row();
        !self.is_full
    }

    fn end_row(&mut self) {
        if self.is_full || self.row.is_empty() {
            return;
        }
        let row = self.number.saturating_add(1);
        let locator = Locator::Row { sheet: self.sheet.to_owned(), row };
        self.is_full = !self.content.push(BlockKind::Cells, locator, &self.row);
        self.row.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_of_a_row_are_one_block() {
        let mut content = Content::default();
        let mut rows = Rows::new(&mut content, "Plan");
        for (row, text) in [(0, "a"), (0, " "), (0, "b\nc"), (70_000, "d")] {
            rows.cell(row, text);
        }
        assert!(rows.finish());
        assert_eq!(content.text(), "Plan\na\tb c\nd");
        assert_eq!(content.blocks()[2].locator.to_string(), "sheet Plan, row 70001");
    }
}
