//! Excel 5 to 2003 (BIFF5 and BIFF8).
//!
//! Follows [MS-XLS]. One block per row with words or numbers in it, dates as dates; comments and
//! text boxes behind the rows of their sheet. Results of formulas are read, formulas are not.
//! Cells are taken one by one: a sheet with two far cells costs two cells.

mod book;
mod records;
mod strings;

use std::borrow::Cow;

use book::Book;
use records::{Record, Records};
use strings::{Pieces, Strings};

use super::number_format::{self, Shape};
use super::ole::{self, Container, Kind};
use super::rows::Rows;
use super::{BlockKind, Content, ExtractError, Format, Limits, Locator};

pub(super) const FORMAT: Format = Format {
    name: "xls",
    extensions: &["xls", "xlt", "xlm", "xla"],
    recognize: |bytes| matches!(ole::kind(bytes), Some(Kind::Workbook | Kind::OldWorkbook)),
    version: 1,
    isolated: true,
    read,
};

/// First bytes of workbooks of Excel 2 to 4, which are in no container.
const OLD: &[&[u8]] = &[b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00"];
/// The object that a comment is.
const COMMENT: u16 = 0x19;

fn read(bytes: &[u8], limits: &Limits) -> Result<Content, ExtractError> {
    if OLD.iter().any(|it| bytes.starts_with(it)) {
        return Err(ExtractError::Unsupported("Excel 2, 3 or 4 worksheet".to_owned()));
    }
    if !bytes.starts_with(ole::MAGIC) {
        return Err(ExtractError::Unsupported(
            "not an Excel workbook, whatever its name".to_owned(),
        ));
    }
    let mut container = Container::open(bytes)?;
    let metadata = ole::metadata(&mut container);
    let stream = container.read("/Workbook").or_else(|| container.read("/Book"));
    let Some(stream) = stream else {
        return Err(ExtractError::Damaged("OLE container without a workbook".to_owned()));
    };
    let mut content = Content::of(metadata, limits);
    let book = Book::of(&stream)?;
    let mut is_cut = false;
    for (name, start) in &book.sheets {
        is_cut |= read_sheet(&book, &stream, name, *start, &mut content);
        if content.partly.is_some() {
            break;
        }
    }
    let trouble = container.trouble.take();
    let trouble = trouble.or_else(|| is_cut.then(|| "ends in the middle".to_owned()));
    content.short_of(trouble)
}

/// Appends a sheet; true where it ends within a record, or is not there.
fn read_sheet(book: &Book, stream: &[u8], name: &str, start: usize, content: &mut Content) -> bool {
    let mut records = Records::new(stream, start);
    let mut sheet = Sheet { book, rows: Rows::new(content, name), formula: None };
    let mut asides = Vec::new();
    let (mut depth, mut object) = (0, 0);
    while let Some(record) = records.next() {
        match record.kind {
            0x0809 => depth += 1,
            0x000A => {
                depth -= 1;
                if depth <= 0 {
                    break;
                }
            }
            // A chart within the sheet.
            _ if 1 < depth => {}
            0x005D => object = record.short(4).unwrap_or(0),
            0x01B6 => {
                let count = usize::from(record.short(10).unwrap_or(0));
                let text = Pieces::new(&[], records.continued()).boxed(count);
                asides.push((if object == COMMENT { "comments" } else { "drawings" }, text));
            }
            0x001C => {
                // Since Excel 97 the text is in the box.
                if let Strings::Bytes(_) = book.strings {
                    let text = book.strings.read(record.bytes.get(4..).unwrap_or_default(), false);
                    asides.extend(text.map(|it| ("comments", it)));
                }
            }
            _ => sheet.take(&record),
        }
        if sheet.rows.is_full {
            return false;
        }
    }
    if sheet.rows.finish() {
        for (what, text) in asides {
            let place = Locator::Part(format!("{what} of sheet {name}"));
            for line in text.split('\n').filter(|it| !it.trim().is_empty()) {
                content.push(BlockKind::Aside, place.clone(), line);
            }
        }
    }
    records.is_cut || stream.len() <= start
}

struct Sheet<'b, 'c> {
    book: &'b Book,
    rows: Rows<'c>,
    /// The row of a formula whose text comes in the next record.
    formula: Option<u32>,
}

impl Sheet<'_, '_> {
    fn take(&mut self, record: &Record) {
        let row = record.short(0).map_or(0, u32::from);
        let style = record.short(4).map_or(0, usize::from);
        match record.kind {
            0x0203 => self.number(row, style, record.real(6)),
            0x027E => self.number(row, style, record.long(6).map(rk)),
            0x00BD => {
                let cells = record.bytes.get(4..).unwrap_or_default().chunks_exact(6);
                for cell in cells {
                    let cell = Record { kind: 0, bytes: cell };
                    let style = cell.short(0).map_or(0, usize::from);
                    self.number(row, style, cell.long(2).map(rk));
                }
            }
            0x00FD => {
                let shared = record.long(6).and_then(|it| self.book.shared.get(it as usize));
                self.rows.cell(row, shared.map(String::as_str).unwrap_or_default());
            }
            0x0204 | 0x00D6 => {
                let text = self.book.strings.read(record.bytes.get(6..).unwrap_or_default(), false);
                self.rows.cell(row, &text.unwrap_or_default());
            }
            0x0205 => {
                self.outcome(row, record.bytes.get(6).copied(), record.bytes.get(7) == Some(&1));
            }
            0x0006 | 0x0206 | 0x0406 => self.formula(row, style, record),
            0x0207 => {
                if let Some(row) = self.formula.take() {
                    let text = self.book.strings.read(record.bytes, false);
                    self.rows.cell(row, &text.unwrap_or_default());
                }
            }
            _ => {}
        }
    }

    fn number(&mut self, row: u32, style: usize, number: Option<f64>) {
        let shape = self.book.shapes.get(style).copied().unwrap_or(Shape::Number);
        if let Some(number) = number.filter(|it| it.is_finite()) {
            self.rows.cell(row, &number_format::of_number(number, shape, self.book.since_1904));
        }
    }

    /// A truth or an error.
    fn outcome(&mut self, row: u32, value: Option<u8>, is_error: bool) {
        let text = match (is_error, value) {
            (true, Some(code)) => error_words(code),
            (false, Some(1)) => "TRUE".into(),
            (false, Some(0)) => "FALSE".into(),
            _ => return,
        };
        self.rows.cell(row, &text);
    }

    fn formula(&mut self, row: u32, style: usize, record: &Record) {
        self.formula = None;
        match (record.short(12), record.bytes.get(6)) {
            (Some(0xFFFF), Some(0)) => self.formula = Some(row),
            (Some(0xFFFF), Some(1)) => self.outcome(row, record.bytes.get(8).copied(), false),
            (Some(0xFFFF), Some(2)) => self.outcome(row, record.bytes.get(8).copied(), true),
            (Some(0xFFFF), _) => {}
            _ => self.number(row, style, record.real(6)),
        }
    }
}

/// The words that stand for an error.
pub(super) fn error_words(code: u8) -> Cow<'static, str> {
    match code {
        0x00 => "#NULL!".into(),
        0x07 => "#DIV/0!".into(),
        0x0F => "#VALUE!".into(),
        0x17 => "#REF!".into(),
        0x1D => "#NAME?".into(),
        0x24 => "#NUM!".into(),
        0x2A => "#N/A".into(),
        code => format!("#{code}").into(),
    }
}

/// A number in four bytes: an integer or the upper half of a real one, maybe in hundredths.
pub(super) fn rk(value: u32) -> f64 {
    let number = match value & 2 {
        0 => f64::from_bits(u64::from(value & !3) << 32),
        _ => f64::from(value as i32 >> 2),
    };
    if value & 1 == 0 { number } else { number / 100.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u16, bytes: &[u8]) -> Vec<u8> {
        [&kind.to_le_bytes()[..], &(bytes.len() as u16).to_le_bytes(), bytes].concat()
    }

    fn shorts(values: &[u16]) -> Vec<u8> {
        values.iter().flat_map(|it| it.to_le_bytes()).collect()
    }

    fn text(cells: &[u8]) -> String {
        let globals = [
            record(0x0809, &shorts(&[0x0600, 5])),
            record(0x00E0, &shorts(&[0, 0])),
            record(0x00E0, &shorts(&[0, 14])),
            record(0x00FC, &[1, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, b'o', b'n', b'e']),
            record(0x000A, &[]),
        ]
        .concat();
        let book = Book::of(&globals).unwrap();
        let sheet =
            [&record(0x0809, &shorts(&[0x0600, 0x10])), cells, &record(0x000A, &[])].concat();
        let mut content = Content::default();
        read_sheet(&book, &sheet, "S", 0, &mut content);
        content.text().to_owned()
    }

    #[test]
    fn cells_are_read_as_they_look() {
        let real = |row: u16, style: u16, number: f64| {
            record(0x0203, &[&shorts(&[row, 0, style])[..], &number.to_le_bytes()].concat())
        };
        let cells = [
            record(0x00FD, &[&shorts(&[0, 0, 0])[..], &[0, 0, 0, 0]].concat()),
            real(0, 1, 45_418.0),
            record(0x0205, &[&shorts(&[0, 2, 0])[..], &[0x2A, 1]].concat()),
            real(65_535, 0, 1.5),
        ]
        .concat();
        assert_eq!(text(&cells), "S\none\t2024-05-06\t#N/A\n1.5");
    }

    #[test]
    fn the_text_of_a_formula_comes_behind_it() {
        let formula = [&shorts(&[3, 0, 0])[..], &[0, 0, 0, 0, 0, 0, 0xFF, 0xFF]].concat();
        let cells = [record(0x0006, &formula), record(0x0207, &[2, 0, 0, b'o', b'k'])].concat();
        assert_eq!(text(&cells), "S\nok");
    }

    #[test]
    fn numbers_are_packed_in_four_bytes() {
        assert_eq!(rk(0x3FF0_0000), 1.0);
        assert_eq!(rk(123 << 2 | 3), 1.23);
        assert_eq!(rk((-5i32 << 2) as u32 | 2), -5.0);
    }

    #[test]
    fn an_encrypted_workbook_is_said_to_be_encrypted() {
        let globals = [record(0x0809, &shorts(&[0x0600, 5])), record(0x002F, &[0; 4])].concat();
        assert_eq!(Book::of(&globals).err(), Some(ExtractError::Encrypted));
    }
}
