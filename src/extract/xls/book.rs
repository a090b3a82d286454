//! The globals of an Excel workbook before 2007: its sheets, and what they share.

use encoding_rs::WINDOWS_1252;

use super::records::{Record, Records};
use super::strings::{Pieces, Strings};
use crate::extract::ExtractError;
use crate::extract::flow::cut_sheet_name;
use crate::extract::number_format::{self, Shape};

/// What all sheets of a workbook share.
#[derive(Debug)]
pub(super) struct Book {
    pub(super) strings: Strings,
    pub(super) shared: Vec<String>,
    /// The shapes of the cell styles, in order.
    pub(super) shapes: Vec<Shape>,
    pub(super) since_1904: bool,
    /// Names of the sheets and where they begin.
    pub(super) sheets: Vec<(String, usize)>,
}

/// Versions of Excel from 97 on write this in their first record.
const EXCEL_97: u16 = 0x0600;

impl Book {
    pub(super) fn of(stream: &[u8]) -> Result<Self, ExtractError> {
        let mut records = Records::new(stream, 0);
        let version = records.next().filter(|it| it.kind == 0x0809).and_then(|it| it.short(0));
        let Some(version) = version else {
            return Err(ExtractError::Damaged("no workbook in its stream".to_owned()));
        };
        let is_unicode = EXCEL_97 <= version;
        let mut book = Self {
            strings: if is_unicode { Strings::Unicode } else { Strings::Bytes(WINDOWS_1252) },
            shared: Vec::new(),
            shapes: Vec::new(),
            since_1904: false,
            sheets: Vec::new(),
        };
        let (mut formats, mut styles) = (Vec::new(), Vec::new());
        while let Some(record) = records.next() {
            match record.kind {
                0x000A => break,
                0x002F => return Err(ExtractError::Encrypted),
                0x0042 if !is_unicode => book.set_code_page(&record),
                0x0022 => book.since_1904 = record.short(0) == Some(1),
                0x041E => {
                    let code =
                        book.strings.read(record.bytes.get(2..).unwrap_or_default(), !is_unicode);
                    let shape = number_format::shape_of(&code.unwrap_or_default());
                    formats.extend(record.short(0).map(|id| (id, shape)));
                }
                0x00E0 => styles.push(record.short(2).unwrap_or(0)),
                0x0085 => book.add_sheet(&record),
                0x00FC => book.shared = Pieces::new(record.bytes, records.continued()).shared(),
                _ => {}
            }
        }
        let shape_of = |id: &u16| {
            let own = formats.iter().find(|(it, _)| it == id).map(|(_, shape)| *shape);
            own.unwrap_or_else(|| number_format::built_in(*id))
        };
        book.shapes = styles.iter().map(shape_of).collect();
        Ok(book)
    }

    fn set_code_page(&mut self, record: &Record) {
        let page = match record.short(0) {
            // Names of Apple's and of Windows' own.
            Some(0x8000) => 10000,
            Some(0x8001) | None => 1252,
            Some(page) => page,
        };
        if let Some(encoding) = codepage::to_encoding(page) {
            self.strings = Strings::Bytes(encoding);
        }
    }

    fn add_sheet(&mut self, record: &Record) {
        let Some(start) = record.long(0) else { return };
        // Charts, macros and programs have no cells.
        if record.bytes.get(5).is_some_and(|it| *it == 0) {
            let name = self.strings.read(record.bytes.get(6..).unwrap_or_default(), true);
            self.sheets.push((cut_sheet_name(name.unwrap_or_default()), start as usize));
        }
    }
}
