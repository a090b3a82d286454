//! Strings of Excel files before 2007, which may go on from record to record.

use encoding_rs::Encoding;

/// Reads over a record and those that continue it.
pub(super) struct Pieces<'a> {
    rest: &'a [u8],
    next: std::vec::IntoIter<&'a [u8]>,
}

impl<'a> Pieces<'a> {
    pub(super) fn new(first: &'a [u8], continued: Vec<&'a [u8]>) -> Self {
        Self { rest: first, next: continued.into_iter() }
    }

    fn byte(&mut self) -> Option<u8> {
        while self.rest.is_empty() {
            self.rest = self.next.next()?;
        }
        let byte = self.rest[0];
        self.rest = &self.rest[1..];
        Some(byte)
    }

    fn short(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    fn long(&mut self) -> Option<u32> {
        Some(u32::from(self.short()?) | u32::from(self.short()?) << 16)
    }

    fn skip(&mut self, mut count: usize) -> Option<()> {
        while self.rest.len() < count {
            count -= self.rest.len();
            self.rest = self.next.next()?;
        }
        self.rest = &self.rest[count..];
        Some(())
    }

    /// As many characters; a record that continues them says anew how wide they are.
    fn characters(&mut self, mut count: usize, mut is_wide: bool) -> Option<String> {
        let mut text = String::new();
        while 0 < count {
            if self.rest.is_empty() {
                self.rest = self.next.next()?;
                is_wide = self.byte()? & 1 != 0;
            }
            let width = if is_wide { 2 } else { 1 };
            let here = count.min(self.rest.len() / width);
            if here == 0 {
                // Half a character.
                self.rest = &[];
                continue;
            }
            text.push_str(&decode(&self.rest[..here * width], is_wide));
            self.rest = &self.rest[here * width..];
            count -= here;
        }
        Some(text)
    }

    /// A string with its length, and what else belongs to it.
    fn string(&mut self) -> Option<String> {
        let count = usize::from(self.short()?);
        let flags = self.byte()?;
        let runs = if flags & 8 != 0 { usize::from(self.short()?) } else { 0 };
        let extension = if flags & 4 != 0 { self.long()? as usize } else { 0 };
        let text = self.characters(count, flags & 1 != 0)?;
        // Text stands even where its looks are cut off.
        let _ = self.skip((runs * 4).saturating_add(extension));
        Some(text)
    }

    /// The strings that all sheets share.
    pub(super) fn shared(mut self) -> Vec<String> {
        let _ = self.long();
        let count = self.long().unwrap_or(0);
        (0..count).map_while(|_| self.string()).collect()
    }

    /// Text of a box, in the records that continue its own.
    pub(super) fn boxed(mut self, count: usize) -> String {
        let is_wide = self.byte().is_some_and(|it| it & 1 != 0);
        self.characters(count, is_wide).unwrap_or_default()
    }
}

fn decode(bytes: &[u8], is_wide: bool) -> String {
    if !is_wide {
        return bytes.iter().map(|it| char::from(*it)).collect();
    }
    let units: Vec<u16> =
        bytes.chunks_exact(2).map(|it| u16::from_le_bytes([it[0], it[1]])).collect();
    String::from_utf16_lossy(&units)
}

/// How the strings of a file are written.
#[derive(Clone, Copy, Debug)]
pub(super) enum Strings {
    /// Unicode, since Excel 97.
    Unicode,
    /// Bytes in a code page.
    Bytes(&'static Encoding),
}

impl Strings {
    /// A string at the start of these bytes, behind a length of one byte or two.
    pub(super) fn read(self, bytes: &[u8], is_short: bool) -> Option<String> {
        let (count, rest) = if is_short {
            (usize::from(*bytes.first()?), &bytes[1..])
        } else {
            (usize::from(u16::from_le_bytes([*bytes.first()?, *bytes.get(1)?])), &bytes[2..])
        };
        match self {
            Self::Unicode => {
                let is_wide = rest.first()? & 1 != 0;
                let width = if is_wide { 2 } else { 1 };
                let end = (1 + count * width).min(rest.len());
                Some(decode(&rest[1..end], is_wide))
            }
            Self::Bytes(encoding) => {
                let text = &rest[..count.min(rest.len())];
                Some(encoding.decode_without_bom_handling(text).0.into_owned())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_goes_on_in_the_next_record() {
        // "abcdé": three narrow characters, then two wide ones; and one with looks behind it.
        let first = [2, 0, 0, 0, 2, 0, 0, 0, 5, 0, 0, b'a', b'b', b'c'];
        let second = [1, b'd', 0, 0xe9, 0, 1, 0, 8, 1, 0, b'x', 0, 0, 0, 0];
        let strings = Pieces::new(&first, vec![&second]).shared();
        assert_eq!(strings, ["abcdé", "x"]);
    }

    #[test]
    fn a_count_that_lies_ends_with_the_bytes() {
        let bytes = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 0, 0, b'a', 9, 9];
        assert_eq!(Pieces::new(&bytes, vec![]).shared(), ["a"]);
        assert_eq!(Strings::Unicode.read(&[9, 0, 0, b'a'], false).unwrap(), "a");
        assert_eq!(Strings::Unicode.read(&[9, 0], false), None);
    }
}
