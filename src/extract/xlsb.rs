//! Excel binary workbooks (.xlsb): the package of Office Open XML with parts that are not XML.
//!
//! Follows [MS-XLSB]. One block per row with words or numbers in it, dates as dates. Cells are
//! taken one by one, as in `xls`.

use super::flow::cut_sheet_name;
use super::number_format::{self, Shape};
use super::opc::{self, Kind, Package};
use super::rows::Rows;
use super::xls::{error_words, rk};
use super::{BlockKind, Content, ExtractError, Format, Limits, Locator};

pub(super) const FORMAT: Format = Format {
    name: "xlsb",
    extensions: &["xlsb"],
    recognize: |bytes| opc::kind(bytes) == Some(Kind::BinaryWorkbook),
    version: 1,
    isolated: true,
    read,
};

/// What all sheets of a workbook share.
#[derive(Default)]
struct Book {
    strings: Vec<String>,
    shapes: Vec<Shape>,
    since_1904: bool,
}

fn read(bytes: &[u8], limits: &Limits) -> Result<Content, ExtractError> {
    let mut package = Package::open(bytes, "xl/workbook.bin", limits)?;
    let mut content = Content::of(package.metadata(), limits);
    let main = package.main.clone();
    let relationships = package.relationships(&main);
    let mut part = |role: &str| {
        let found = relationships.iter().find(|it| it.role == role)?;
        package.read_bytes(&found.target)
    };
    let (styles, strings) = (part("styles"), part("sharedStrings"));
    let mut book = Book {
        shapes: shapes(&styles.unwrap_or_default()),
        strings: shared_strings(&strings.unwrap_or_default()),
        since_1904: false,
    };
    let Some(workbook) = package.read_bytes(&main) else {
        return package.finish(content, Some(format!("no {main} in the archive")));
    };
    let mut damage = None;
    for (name, id) in sheets(&workbook, &mut book.since_1904) {
        let related = relationships.iter().find(|it| it.id == id && it.role == "worksheet");
        let Some(related) = related else { continue };
        match package.read_bytes(&related.target) {
            Some(sheet) => {
                let mut records = Records { rest: &sheet, is_cut: false };
                read_rows(&mut records, &name, &book, &mut content);
                if records.is_cut {
                    damage.get_or_insert_with(|| format!("{}: ends in the middle", related.target));
                }
            }
            None => drop(damage.get_or_insert(format!("no {} in the archive", related.target))),
        }
        read_asides(&mut package, &related.target, &name, &mut content);
        if content.partly.is_some() {
            break;
        }
    }
    package.finish(content, damage)
}

/// Walks along a part; each record is a kind and its bytes.
struct Records<'a> {
    rest: &'a [u8],
    /// Whether the part ends within a record.
    is_cut: bool,
}

impl<'a> Iterator for Records<'a> {
    type Item = (u32, Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let (kind, length) = (self.packed(2), self.packed(4));
        let length = length.map_or(usize::MAX, |it| it as usize);
        self.is_cut |= self.rest.len() < length;
        let (bytes, rest) = self.rest.split_at(length.min(self.rest.len()));
        self.rest = rest;
        Some((kind?, Value(bytes)))
    }
}

impl Records<'_> {
    /// A number in up to so many bytes, seven bits each.
    fn packed(&mut self, most: u32) -> Option<u32> {
        let mut number = 0;
        for at in 0..most {
            let (byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            number |= u32::from(byte & 0x7F) << (7 * at);
            if byte & 0x80 == 0 {
                break;
            }
        }
        Some(number)
    }
}

/// The bytes of a record.
#[derive(Clone, Copy)]
struct Value<'a>(&'a [u8]);

impl Value<'_> {
    fn short(&self, at: usize) -> Option<u16> {
        let digits = self.0.get(at..at + 2)?;
        Some(u16::from_le_bytes(digits.try_into().ok()?))
    }

    fn long(&self, at: usize) -> Option<u32> {
        let digits = self.0.get(at..at + 4)?;
        Some(u32::from_le_bytes(digits.try_into().ok()?))
    }

    /// The string at this byte, and the byte behind it. One that is null is empty.
    fn string(&self, at: usize) -> Option<(String, usize)> {
        let count = self.long(at).map(|it| if it == u32::MAX { 0 } else { it as usize })?;
        let start = at + 4;
        let end = start.saturating_add(count.saturating_mul(2)).min(self.0.len());
        let units = self.0[start..end].chunks_exact(2);
        let units: Vec<u16> = units.map(|it| u16::from_le_bytes([it[0], it[1]])).collect();
        Some((String::from_utf16_lossy(&units), end))
    }
}

/// Names of the sheets and their relationships, in order.
fn sheets(workbook: &[u8], since_1904: &mut bool) -> Vec<(String, String)> {
    let mut sheets = Vec::new();
    for (kind, value) in (Records { rest: workbook, is_cut: false }) {
        match kind {
            153 => *since_1904 = value.long(0).is_some_and(|it| it & 1 != 0),
            156 => {
                let Some((id, next)) = value.string(8) else { continue };
                let name = value.string(next).map(|(name, _)| name).unwrap_or_default();
                sheets.push((cut_sheet_name(name), id));
            }
            _ => {}
        }
    }
    sheets
}

fn shapes(styles: &[u8]) -> Vec<Shape> {
    let (mut own, mut shapes) = (Vec::new(), Vec::new());
    let mut in_cells = false;
    for (kind, value) in (Records { rest: styles, is_cut: false }) {
        match kind {
            44 => {
                let code = value.string(2).map(|(code, _)| code).unwrap_or_default();
                own.extend(value.short(0).map(|id| (id, number_format::shape_of(&code))));
            }
            617 => in_cells = true,
            618 => in_cells = false,
            47 if in_cells => {
                let id = value.short(2).unwrap_or(0);
                let own = own.iter().find(|(it, _)| *it == id).map(|(_, shape)| *shape);
                shapes.push(own.unwrap_or_else(|| number_format::built_in(id)));
            }
            _ => {}
        }
    }
    shapes
}

fn shared_strings(part: &[u8]) -> Vec<String> {
    let records = Records { rest: part, is_cut: false }.filter(|(kind, _)| *kind == 19);
    records.map(|(_, it)| it.string(1).map(|(string, _)| string).unwrap_or_default()).collect()
}

fn read_rows(records: &mut Records, name: &str, book: &Book, content: &mut Content) {
    let mut rows = Rows::new(content, name);
    let mut row = 0;
    for (kind, value) in records.by_ref() {
        // Cells with a column, and, since 2010, without one.
        let at = match kind {
            0 => {
                row = value.long(0).unwrap_or(row);
                continue;
            }
            2..=11 | 62 => 8,
            13..=18 => 4,
            _ => continue,
        };
        let style = value.long(at - 4).map_or(0, |it| it as usize & 0xFF_FFFF);
        let shape = book.shapes.get(style).copied().unwrap_or(Shape::Number);
        let shown = |number: f64| {
            number.is_finite().then(|| number_format::of_number(number, shape, book.since_1904))
        };
        let byte = value.0.get(at).copied();
        let cell = match kind {
            2 | 13 => value.long(at).and_then(|it| shown(rk(it))),
            3 | 11 | 14 => byte.map(|it| error_words(it).into_owned()),
            4 | 10 | 15 => byte.map(|it| if it == 1 { "TRUE" } else { "FALSE" }.to_owned()),
            5 | 9 | 16 => {
                let digits = value.0.get(at..at + 8).and_then(|it| it.try_into().ok());
                digits.and_then(|it| shown(f64::from_le_bytes(it)))
            }
            7 | 18 => {
                let string = value.long(at).and_then(|it| book.strings.get(it as usize));
                rows.cell(row, string.map(String::as_str).unwrap_or_default());
                None
            }
            62 => value.string(at + 1).map(|(string, _)| string),
            _ => value.string(at).map(|(string, _)| string),
        };
        if let Some(cell) = cell {
            rows.cell(row, &cell);
        }
        if rows.is_full {
            return;
        }
    }
    rows.finish();
}

/// Links and comments of a sheet.
fn read_asides(package: &mut Package, sheet: &str, name: &str, content: &mut Content) {
    let hyperlinks = Locator::Part(format!("hyperlinks of sheet {name}"));
    package.add_links(sheet, &hyperlinks, &mut content.metadata.links);
    for related in package.relationships(sheet) {
        if related.role != "comments" {
            continue;
        }
        let part = package.read_bytes(&related.target).unwrap_or_default();
        let place = Locator::Part(format!("comments of sheet {name}"));
        for (kind, value) in (Records { rest: &part, is_cut: false }) {
            if let (637, Some((text, _))) = (kind, value.string(1)) {
                content.push(BlockKind::Aside, place.clone(), &text);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u8, bytes: &[u8]) -> Vec<u8> {
        [&[kind, bytes.len() as u8][..], bytes].concat()
    }

    #[test]
    fn cells_are_read_as_they_look() {
        let book = Book {
            strings: vec!["one".to_owned()],
            shapes: vec![Shape::Number, Shape::Date],
            since_1904: false,
        };
        let cell = |column: u32, style: u32, value: &[u8]| {
            [&column.to_le_bytes()[..], &style.to_le_bytes(), value].concat()
        };
        let part = [
            record(0, &1_048_575u32.to_le_bytes()),
            record(7, &cell(0, 0, &[0, 0, 0, 0])),
            record(5, &cell(1, 1, &45_418f64.to_le_bytes())),
            record(6, &cell(16_383, 0, &[2, 0, 0, 0, b'h', 0, b'i', 0])),
            record(4, &cell(2, 0, &[1])),
            vec![5, 0xff],
        ]
        .concat();
        let mut content = Content::default();
        let mut records = Records { rest: &part, is_cut: false };
        read_rows(&mut records, "S", &book, &mut content);
        assert_eq!(content.text(), "S\none\t2024-05-06\thi\tTRUE");
        assert_eq!(content.blocks()[0].locator.to_string(), "sheet S, row 1048576");
        assert!(records.is_cut);
    }

    #[test]
    fn lengths_that_lie_are_survived() {
        assert_eq!(Value(&[9, 0, 0, 0, b'a', 0]).string(0).unwrap().0, "a");
        assert_eq!(Value(&[0xff; 4]).string(0).unwrap().0, "");
        assert!(Value(&[]).string(3).is_none());
        assert!(sheets(&[0xff; 50], &mut false).is_empty());
    }
}
