//! Word 2 to 2003.
//!
//! Follows [MS-DOC]: the piece table gives the text, the pages of properties tell headings, rows of
//! tables and tracked deletions. Field codes are left out, their results are read. Pictures and
//! embedded documents are passed over.

mod charset;
mod fib;
mod pieces;
mod runs;

use encoding_rs::{Encoding, WINDOWS_1252};

use fib::Fib;
use runs::{Paragraph, Runs};

use super::flow::{Flow, Place};
use super::ole::{self, Container, Kind};
use super::{Content, ExtractError, Format, Limits, rtf};

pub(super) const FORMAT: Format = Format {
    name: "doc",
    extensions: &["doc", "dot", "wiz"],
    recognize: |bytes| bytes.starts_with(WORD_2) || ole::kind(bytes) == Some(Kind::Document),
    version: 1,
    isolated: true,
    read,
};

/// First bytes of Word 2, which is in no container.
const WORD_2: &[u8] = b"\xdb\xa5\x2d\x00";
/// Names of the parts of a text, in order; none for those that are no text.
const PARTS: [Option<&str>; 8] = [
    None,
    Some("footnotes"),
    Some("header"),
    None,
    Some("comments"),
    Some("endnotes"),
    Some("text boxes"),
    Some("header"),
];
/// The part that holds macros.
const MACROS: usize = 3;
/// Deepest nesting of fields that is followed.
const MAX_FIELDS: usize = 100;

fn read(bytes: &[u8], limits: &Limits) -> Result<Content, ExtractError> {
    if bytes.starts_with(WORD_2) {
        let content = Content::within(limits);
        return read_document(bytes, bytes, content, None);
    }
    if (rtf::FORMAT.recognize)(bytes) {
        return (rtf::FORMAT.read)(bytes, limits);
    }
    if !bytes.starts_with(ole::MAGIC) {
        return Err(ExtractError::Unsupported("not a Word document, whatever its name".to_owned()));
    }
    let mut container = Container::open(bytes)?;
    let content = Content::of(ole::metadata(&mut container), limits);
    let Some(stream) = container.read("/WordDocument") else {
        return Err(ExtractError::Damaged("OLE container without a document".to_owned()));
    };
    let fib = Fib::of(&stream)?;
    let table = if fib.is_old { None } else { container.read(fib.table) };
    let trouble = container.trouble.take();
    read_document(&stream, table.as_deref().unwrap_or(&stream), content, trouble)
}

fn read_document(
    stream: &[u8],
    table: &[u8],
    mut content: Content,
    trouble: Option<String>,
) -> Result<Content, ExtractError> {
    let fib = Fib::of(stream)?;
    let mut flow = Flow::new(&mut content, Place::Body);
    flow.open_paragraph(false);
    let mut reader = Reader {
        flow,
        paragraphs: runs::paragraphs(&fib, table, stream),
        encoding: if fib.is_old { charset::of(&fib, stream) } else { WINDOWS_1252 },
        knows_tables: !fib.is_old,
        units: Vec::new(),
        bytes: Vec::new(),
        fields: Vec::new(),
        in_row: false,
        after_cell: false,
        part: 0,
    };
    let is_whole = reader.read(&fib, table, stream);
    reader.finish();
    let trouble = trouble.or_else(|| (!is_whole).then(|| "ends in the middle".to_owned()));
    content.short_of(trouble)
}

struct Reader<'c> {
    flow: Flow<'c>,
    paragraphs: Runs<Paragraph>,
    encoding: &'static Encoding,
    knows_tables: bool,
    /// Characters of two bytes, and of one, that wait to be decoded; never both.
    units: Vec<u16>,
    bytes: Vec<u8>,
    /// The open fields, innermost last: whether the text is their code and not their result.
    fields: Vec<bool>,
    in_row: bool,
    /// Whether the last mark ended a cell: another one right behind it ends the row.
    after_cell: bool,
    part: usize,
}

impl Reader<'_> {
    /// Reads all parts; false where text is missing.
    fn read(&mut self, fib: &Fib, table: &[u8], stream: &[u8]) -> bool {
        let deletions = runs::deletions(fib, table, stream);
        let ends = ends_of_parts(fib);
        let mut position = 0;
        for piece in pieces::pieces(fib, table, stream) {
            for index in 0..piece.characters {
                while self.part < PARTS.len() && ends[self.part] <= position {
                    self.end_part();
                }
                if self.part == PARTS.len() || self.flow.is_full() {
                    return true;
                }
                position += 1;
                let at = piece.offset.saturating_add(index * piece.width());
                let unit = match piece.is_wide {
                    true => fib::short(stream, at),
                    false => stream.get(at).map(|it| u16::from(*it)),
                };
                let Some(unit) = unit else { return false };
                if self.part != MACROS && !deletions.at(at).is_some_and(|it| it) {
                    self.take(unit, piece.is_wide, at);
                }
            }
        }
        let is_stated = ends[PARTS.len() - 1] != usize::MAX;
        !is_stated || ends[PARTS.len() - 1] <= position
    }

    fn take(&mut self, unit: u16, is_wide: bool, at: usize) {
        match unit {
            0x13..=0x15 => self.field(unit),
            _ if self.fields.contains(&true) => {}
            0x07 | 0x0C | 0x0D => {
                self.flush();
                self.end_paragraph(unit == 0x07, at);
            }
            0x09 => self.character("\t"),
            0x0B | 0x0E => self.character("\n"),
            0x1E => self.character("-"),
            // Pictures, references to notes, hyphens that may be, and the like.
            0..=0x1F => {}
            _ if is_wide => {
                if !self.bytes.is_empty() {
                    self.flush();
                }
                self.units.push(unit);
            }
            _ => {
                if !self.units.is_empty() {
                    self.flush();
                }
                self.bytes.push(unit as u8);
            }
        }
    }

    fn field(&mut self, unit: u16) {
        match unit {
            0x13 if self.fields.len() < MAX_FIELDS => self.fields.push(true),
            0x14 => self.fields.last_mut().into_iter().for_each(|it| *it = false),
            0x15 => drop(self.fields.pop()),
            _ => {}
        }
    }

    fn character(&mut self, character: &str) {
        self.flush();
        self.flow.text(character);
    }

    /// Decodes what waits.
    fn flush(&mut self) {
        if !self.units.is_empty() {
            self.after_cell = false;
            self.flow.text(&String::from_utf16_lossy(&self.units));
            self.units.clear();
        }
        if !self.bytes.is_empty() {
            self.after_cell = false;
            self.flow.text(&self.encoding.decode_without_bom_handling(&self.bytes).0);
            self.bytes.clear();
        }
    }

    fn end_paragraph(&mut self, is_cell: bool, at: usize) {
        let mut paragraph = self.paragraphs.at(at).unwrap_or_default();
        if !self.knows_tables || self.paragraphs.is_empty() {
            paragraph.ends_row = is_cell && self.after_cell;
            paragraph.in_table = is_cell;
        }
        self.after_cell = is_cell;
        if paragraph.ends_row && self.in_row {
            self.after_cell = false;
            return self.end_row();
        }
        let is_in = paragraph.in_table || is_cell;
        if self.in_row && !is_in && self.knows_tables {
            return self.end_row();
        }
        if is_in && !self.in_row {
            self.in_row = true;
            self.flow.wrap_in_cell();
        }
        self.flow.mark_heading(paragraph.is_heading && !is_in);
        self.flow.close_paragraph();
        if is_cell {
            self.flow.close_cell();
            self.flow.open_cell(None);
        }
        self.flow.open_paragraph(false);
    }

    fn end_row(&mut self) {
        self.flow.close_paragraph();
        self.flow.close_cell();
        self.flow.close_row();
        self.in_row = false;
        self.flow.open_paragraph(false);
    }

    /// Goes on to the next part.
    fn end_part(&mut self) {
        self.flush();
        if self.in_row {
            self.end_row();
        }
        self.flow.close_paragraph();
        if PARTS[self.part].is_some() {
            self.flow.leave();
        }
        self.part += 1;
        self.fields.clear();
        if let Some(Some(name)) = PARTS.get(self.part) {
            self.flow.enter(Place::Part((*name).to_owned()));
        }
        self.flow.open_paragraph(false);
    }

    fn finish(mut self) {
        self.flush();
        if self.in_row {
            self.end_row();
        }
        self.flow.close_paragraph();
        self.flow.finish();
    }
}

/// Where each part ends, counted in characters from the start of the text.
fn ends_of_parts(fib: &Fib) -> [usize; PARTS.len()] {
    let mut sum = 0;
    let mut ends = fib.characters.map(|count| {
        sum += count as usize;
        sum
    });
    // A header that counts nothing still has its text.
    if sum == 0 {
        ends = [usize::MAX; PARTS.len()];
    }
    ends
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A document of Word 95, whose text follows its header.
    fn word_95(text: &[u8], language: u16) -> Vec<u8> {
        let mut stream = vec![0; 0x300];
        stream[..4].copy_from_slice(&[0xDC, 0xA5, 0x68, 0]);
        stream[6..8].copy_from_slice(&language.to_le_bytes());
        stream[0x18..0x1C].copy_from_slice(&0x300u32.to_le_bytes());
        stream[0x1C..0x20].copy_from_slice(&(0x300 + text.len() as u32).to_le_bytes());
        stream[0x34..0x38].copy_from_slice(&(text.len() as u32).to_le_bytes());
        stream.extend(text);
        stream
    }

    fn text(stream: &[u8]) -> String {
        read_document(stream, stream, Content::default(), None).unwrap().text().to_owned()
    }

    #[test]
    fn field_codes_are_left_out_and_results_are_read() {
        let stream =
            word_95(b"See \x13 REF a \x13 b\x14c\x15\x14page 3\x15.\rNext\x0bline\r", 0x0409);
        assert_eq!(text(&stream), "See page 3.\nNext\nline");
    }

    #[test]
    fn cells_make_rows() {
        let stream = word_95(b"a\x07b\x07\x07c\x07d\x07\x07after\r", 0x0409);
        assert_eq!(text(&stream), "a\tb\nc\td\nafter");
    }

    #[test]
    fn the_language_tells_the_code_page() {
        assert_eq!(text(&word_95(b"\xcf\xf0\xe8\xe2\xe5\xf2\r", 0x0419)), "Привет");
    }

    #[test]
    fn an_encrypted_document_is_said_to_be_encrypted() {
        let mut stream = word_95(b"x", 0x0409);
        stream[0x0B] = 1;
        let outcome = read_document(&stream, &stream, Content::default(), None);
        assert_eq!(outcome, Err(ExtractError::Encrypted));
    }

    #[test]
    fn text_that_is_missing_is_said() {
        let stream = word_95(b"words that go on", 0x0409);
        let content = read_document(&stream[..0x308], &stream, Content::default(), None).unwrap();
        assert_eq!(content.partly, Some("ends in the middle".into()));
    }
}
