//! The header of a Word document stream, of Word 2 to 2003: where everything else is.

use crate::extract::ExtractError;

/// The magic numbers of Word 97 and later, of Word 6 and 95, and of Word 2.
const WORD_97: u16 = 0xA5EC;
const WORD_6: u16 = 0xA5DC;
const WORD_2: u16 = 0xA5DB;
/// Header versions from here on have the layout of Word 97.
const VERSION_97: u16 = 0xC1;

/// Where a structure is in its stream: offset and length in bytes.
pub(super) type Range = (usize, usize);

/// What the header says.
#[derive(Debug)]
pub(super) struct Fib {
    /// Of Word 2, 6 or 95: one byte a character, structures in the document stream.
    pub(super) is_old: bool,
    /// The system's language.
    pub(super) language: u16,
    /// Written on a Macintosh.
    pub(super) is_macintosh: bool,
    /// Name of the stream that holds the structures.
    pub(super) table: &'static str,
    /// How many characters the parts have: text, footnotes, headers, macros, comments, endnotes,
    /// text boxes, text boxes of headers.
    pub(super) characters: [u32; 8],
    /// The bytes of the text where there is no piece table.
    pub(super) text: (usize, usize),
    /// The piece table.
    pub(super) pieces: Range,
    /// Pages with the properties of characters, and of paragraphs.
    pub(super) character_pages: Range,
    pub(super) paragraph_pages: Range,
    /// The table of fonts.
    pub(super) fonts: Range,
}

impl Fib {
    pub(super) fn of(stream: &[u8]) -> Result<Self, ExtractError> {
        let damaged = || ExtractError::Damaged("no Word document in its stream".to_owned());
        let (magic, version) = short(stream, 0).zip(short(stream, 2)).ok_or_else(damaged)?;
        if ![WORD_97, WORD_6, WORD_2].contains(&magic) {
            return Err(damaged());
        }
        let flags = short(stream, 0x0A).ok_or_else(damaged)?;
        if flags & 0x0100 != 0 {
            return Err(ExtractError::Encrypted);
        }
        let is_old = magic != WORD_97 && version < VERSION_97;
        let counts = if is_old { 0x34 } else { 0x4C };
        let characters = std::array::from_fn(|index| {
            // Word 2 ends its list after the comments.
            let is_there = magic != WORD_2 || index < 5;
            let count = long(stream, counts + index * 4).filter(|_| is_there);
            // A negative one is a broken one.
            count.filter(|it| *it <= i32::MAX as u32).unwrap_or(0)
        });
        let range = |at: usize| (at_of(stream, at), at_of(stream, at + 4));
        let pages = |at: usize| match magic {
            WORD_2 => (0, 0),
            _ => range(at),
        };
        Ok(Self {
            is_old,
            language: short(stream, 6).unwrap_or(0),
            is_macintosh: is_old && short(stream, 0x14) == Some(256),
            table: if flags & 0x0200 == 0 { "/0Table" } else { "/1Table" },
            characters,
            text: (at_of(stream, 0x18), at_of(stream, 0x1C)),
            // Only documents that were saved in a hurry have pieces, before Word 97.
            pieces: match (is_old, flags & 4 != 0) {
                (false, _) => range(0x1A2),
                (true, true) => pages(0x160),
                (true, false) => (0, 0),
            },
            character_pages: if is_old { (0, 0) } else { range(0xFA) },
            paragraph_pages: if is_old { pages(0xC0) } else { range(0x102) },
            fonts: if is_old { pages(0xD0) } else { (0, 0) },
        })
    }
}

fn at_of(stream: &[u8], at: usize) -> usize {
    long(stream, at).map_or(0, |it| it as usize)
}

/// A little-endian number of two bytes.
pub(super) fn short(bytes: &[u8], at: usize) -> Option<u16> {
    let digits = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_le_bytes(digits.try_into().ok()?))
}

/// A little-endian number of four bytes.
pub(super) fn long(bytes: &[u8], at: usize) -> Option<u32> {
    let digits = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(digits.try_into().ok()?))
}

/// The bytes of a structure, as far as they are there.
pub(super) fn slice(bytes: &[u8], (at, length): Range) -> &[u8] {
    let end = at.saturating_add(length).min(bytes.len());
    bytes.get(at..end).unwrap_or_default()
}
