//! One table on a sheet of its own.

use std::borrow::Cow;

use chrono::{Datelike as _, NaiveDate};
use rust_xlsxwriter::{
    DataValidation, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use crate::report::{escape, layout};

/// Rows below the header that a sheet can hold.
pub(super) const MOST_ROWS: u64 = 1_048_575;
/// Units of UTF-16 that a cell can hold; a little less than Excel's 32,767, with room for words.
const MOST_UNITS: usize = 32_700;

/// Height of a line of letters.
const LINE_POINTS: f64 = 15.0;
/// Lines of a row that are shown; a cell holds more, and shows it when it is opened.
const MOST_LINES: usize = 12;

/// How cells look.
pub(super) struct Formats {
    header: Format,
    text: Format,
    quoted: Format,
    date: Format,
    number: Format,
    share: Format,
    answer: Format,
    answer_date: Format,
}

impl Formats {
    pub(super) fn new() -> Self {
        let text = || Format::new().set_align(FormatAlign::Top).set_text_wrap();
        let date = || Format::new().set_align(FormatAlign::Top).set_num_format("yyyy-mm-dd");
        // Light enough for black letters, and only beside the words of the header.
        let answer = 0xFF_F8_E1;
        Self {
            header: Format::new()
                .set_bold()
                .set_text_wrap()
                .set_align(FormatAlign::Top)
                .set_background_color(0xE7_EC_F3)
                .set_border_bottom(FormatBorder::Thin),
            text: text(),
            // What begins like a formula stays text, even where a person edits the cell.
            quoted: text().set_quote_prefix(),
            date: date(),
            number: Format::new().set_align(FormatAlign::Top).set_num_format("#,##0"),
            share: Format::new().set_align(FormatAlign::Top).set_num_format("0 %"),
            answer: text().set_background_color(answer),
            answer_date: date().set_background_color(answer),
        }
    }
}

/// What a cell holds.
pub(super) enum Cell<'a> {
    Text(Cow<'a, str>),
    Date(Option<NaiveDate>),
    Number(u64),
    /// From 0 to 1.
    Share(f64),
    /// What a person is asked to write, with what is known so far.
    Answer(Cow<'a, str>),
    AnswerDate(Option<NaiveDate>),
}

impl<'a, T: Into<Cow<'a, str>>> From<T> for Cell<'a> {
    fn from(text: T) -> Self {
        Self::Text(text.into())
    }
}

/// A column: what its header says, and how wide it is in characters.
pub(super) type Column = (&'static str, f64);

/// A table under way. Rows are written in order, and gone from memory.
pub(super) struct Sheet<'w> {
    sheet: &'w mut Worksheet,
    formats: &'w Formats,
    widths: Vec<f64>,
    rows: u32,
}

impl<'w> Sheet<'w> {
    /// A sheet with its header. `rows` is how many will follow: filters and print areas have to
    /// know before.
    pub(super) fn new(
        workbook: &'w mut Workbook,
        formats: &'w Formats,
        name: &str,
        columns: &[Column],
        rows: u64,
    ) -> Result<Self, XlsxError> {
        let sheet = workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(name)?;
        sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
        sheet.set_freeze_panes(1, 0)?.set_repeat_rows(0, 0)?;
        let last = (columns.len() as u16).saturating_sub(1);
        sheet.autofilter(0, 0, rows.min(MOST_ROWS) as u32, last)?;
        for (at, (title, width)) in (0..).zip(columns) {
            sheet.set_column_width(at, *width)?;
            sheet.write_string_with_format(0, at, *title, &formats.header)?;
        }
        let widths = columns.iter().map(|it| it.1).collect();
        Ok(Self { sheet, formats, widths, rows: 0 })
    }

    /// Adds a row; none beyond what a sheet can hold.
    pub(super) fn row<'a>(
        &mut self,
        cells: impl IntoIterator<Item = Cell<'a>>,
    ) -> Result<(), XlsxError> {
        if MOST_ROWS <= u64::from(self.rows) {
            return Ok(());
        }
        self.rows += 1;
        let mut lines = 1;
        let widths = self.widths.clone();
        for ((at, cell), width) in (0..).zip(cells).zip(widths) {
            if let Cell::Text(text) | Cell::Answer(text) = &cell {
                lines = lines.max(lines_of(text, width));
            }
            self.cell(at, cell)?;
        }
        // Not every program makes rows as high as their text.
        if 1 < lines {
            self.sheet.set_row_height(self.rows, LINE_POINTS * f64::from(lines))?;
        }
        Ok(())
    }

    fn cell(&mut self, at: u16, cell: Cell) -> Result<(), XlsxError> {
        let (sheet, row, formats) = (&mut *self.sheet, self.rows, self.formats);
        match cell {
            Cell::Text(text) if text.is_empty() => {}
            Cell::Text(text) => {
                let format = if is_formula(&text) { &formats.quoted } else { &formats.text };
                sheet.write_string_with_format(row, at, fitting(&text), format)?;
            }
            Cell::Date(Some(date)) if has_number(date) => {
                sheet.write_datetime_with_format(row, at, date, &formats.date)?;
            }
            Cell::Date(Some(date)) => {
                sheet.write_string_with_format(row, at, date.to_string(), &formats.text)?;
            }
            Cell::Date(None) => {}
            Cell::Number(number) => {
                sheet.write_number_with_format(row, at, number as f64, &formats.number)?;
            }
            Cell::Share(share) => {
                sheet.write_number_with_format(row, at, share, &formats.share)?;
            }
            Cell::Answer(text) if text.is_empty() => {
                sheet.write_blank(row, at, &formats.answer)?;
            }
            Cell::Answer(text) => {
                sheet.write_string_with_format(row, at, fitting(&text), &formats.answer)?;
            }
            Cell::AnswerDate(Some(date)) if has_number(date) => {
                sheet.write_datetime_with_format(row, at, date, &formats.answer_date)?;
            }
            Cell::AnswerDate(_) => {
                sheet.write_blank(row, at, &formats.answer_date)?;
            }
        }
        Ok(())
    }

    /// Lets only some values into a column.
    pub(super) fn validate(
        &mut self,
        column: u16,
        validation: &DataValidation,
    ) -> Result<(), XlsxError> {
        let last = self.rows.max(1);
        self.sheet.add_data_validation(1, column, last, column, validation)?;
        Ok(())
    }
}

/// Whether Excel has a number for a day. It takes 1900 for a leap year, so that its numbers are
/// right from March of that year on only.
fn has_number(date: NaiveDate) -> bool {
    let first = NaiveDate::from_ymd_opt(1900, 3, 1);
    first.is_some_and(|first| first <= date) && date.year() <= 9999
}

/// Lines that a text takes in a column, at most as many as are pleasant to read.
fn lines_of(text: &str, width: f64) -> u32 {
    let room = (width.max(4.0) - 1.0) as usize;
    let lines = text.split('\n').map(|it| layout::width(it).div_ceil(room).max(1)).sum::<usize>();
    lines.min(MOST_LINES) as u32
}

fn is_formula(text: &str) -> bool {
    matches!(escape::cell(text), Cow::Owned(_))
}

/// What a cell can hold of a text; says how much is left out.
fn fitting(text: &str) -> Cow<'_, str> {
    // No text has more units of UTF-16 than bytes of UTF-8.
    if text.len() <= MOST_UNITS {
        return Cow::Borrowed(text);
    }
    let mut units = 0;
    let end = text.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        MOST_UNITS < units
    });
    match end {
        None => Cow::Borrowed(text),
        Some((end, _)) => {
            let left_out = text[end..].chars().count();
            Cow::Owned(format!("{} … and {left_out} more characters", &text[..end]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_holds_what_excel_can_read() {
        assert!(matches!(fitting(&"x".repeat(MOST_UNITS)), Cow::Borrowed(_)));
        assert!(matches!(fitting(&"書".repeat(MOST_UNITS)), Cow::Borrowed(_)));
        for text in ["x".repeat(40_000), "😀".repeat(20_000)] {
            let cell = fitting(&text);
            assert!(cell.encode_utf16().count() <= 32_767);
            assert!(cell.ends_with(" more characters"), "{}", &cell[cell.len() - 40..]);
        }
        assert!(fitting(&"x".repeat(40_000)).ends_with(" … and 7300 more characters"));
    }

    #[test]
    fn rows_are_as_high_as_their_text() {
        assert_eq!(lines_of("short", 20.0), 1);
        assert_eq!(lines_of(&"x".repeat(57), 20.0), 3);
        assert_eq!(lines_of("one\ntwo", 20.0), 2);
        assert_eq!(lines_of(&"書".repeat(19), 20.0), 2);
        assert_eq!(lines_of(&"x".repeat(40_000), 20.0), MOST_LINES as u32);
    }

    #[test]
    fn what_begins_like_a_formula_is_known() {
        assert!(is_formula("=cmd|'/c calc'!A1") && is_formula("-rf") && is_formula("@x"));
        assert!(!is_formula("a=b") && !is_formula("HR/-x"));
    }
}
