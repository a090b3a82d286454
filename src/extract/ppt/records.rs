//! Records of a PowerPoint stream: each a kind, a length and bytes, some of them more records.

/// Deepest nesting that is followed. Presentations have about a dozen.
const MAX_DEPTH: usize = 64;

/// A record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record<'a> {
    pub(super) kind: u16,
    /// What the record is among its like.
    pub(super) instance: u16,
    pub(super) bytes: &'a [u8],
    is_container: bool,
}

/// Kinds of records.
pub(super) mod kind {
    pub(in super::super) const DOCUMENT: u16 = 0x03E8;
    pub(in super::super) const SLIDE: u16 = 0x03EE;
    pub(in super::super) const SLIDE_ATOM: u16 = 0x03EF;
    pub(in super::super) const NOTES: u16 = 0x03F0;
    pub(in super::super) const SLIDE_PERSIST: u16 = 0x03F3;
    pub(in super::super) const OUTLINE_REFERENCE: u16 = 0x0F9E;
    pub(in super::super) const TEXT_HEADER: u16 = 0x0F9F;
    pub(in super::super) const TEXT_CHARS: u16 = 0x0FA0;
    pub(in super::super) const TEXT_BYTES: u16 = 0x0FA8;
    pub(in super::super) const STRING: u16 = 0x0FBA;
    pub(in super::super) const SLIDE_LIST: u16 = 0x0FF0;
    pub(in super::super) const USER_EDIT: u16 = 0x0FF5;
    pub(in super::super) const HEADERS_FOOTERS: u16 = 0x0FD9;
    pub(in super::super) const TAG_DATA: u16 = 0x138B;
    pub(in super::super) const PERSIST_DIRECTORY: u16 = 0x1772;
    pub(in super::super) const COMMENT: u16 = 0x2EE0;
}

impl<'a> Record<'a> {
    /// The record that begins at this byte, as far as it is there.
    pub(super) fn at(stream: &'a [u8], at: usize) -> Option<Self> {
        let header = stream.get(at..at.checked_add(8)?)?;
        let version = u16::from_le_bytes([header[0], header[1]]);
        let kind = u16::from_le_bytes([header[2], header[3]]);
        let length = number(header, 4)? as usize;
        let end = (at + 8).saturating_add(length).min(stream.len());
        let is_container = version & 0xF == 0xF || kind == kind::TAG_DATA;
        Some(Self { kind, instance: version >> 4, bytes: &stream[at + 8..end], is_container })
    }

    /// The records in it; none if it is no container.
    pub(super) fn children(&self) -> Records<'a> {
        Records { bytes: if self.is_container { self.bytes } else { &[] } }
    }

    /// Calls with every record in it, at any depth, in order; what `take` answers with false is
    /// passed over.
    pub(super) fn walk(&self, take: &mut impl FnMut(&Self) -> bool) {
        self.walk_to(MAX_DEPTH, take);
    }

    fn walk_to(&self, depth: usize, take: &mut impl FnMut(&Self) -> bool) {
        for child in self.children() {
            if take(&child) && 0 < depth {
                child.walk_to(depth - 1, take);
            }
        }
    }

    /// The number at this byte.
    pub(super) fn number(&self, at: usize) -> Option<u32> {
        number(self.bytes, at)
    }
}

/// Records that follow each other.
pub(super) struct Records<'a> {
    pub(super) bytes: &'a [u8],
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        let record = Record::at(self.bytes, 0)?;
        self.bytes = &self.bytes[8 + record.bytes.len()..];
        Some(record)
    }
}

/// A little-endian number of four bytes.
pub(super) fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let digits = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(digits.try_into().ok()?))
}

/// A record, for tests.
#[cfg(test)]
pub(super) fn record(kind: u16, instance: u16, is_container: bool, bytes: &[u8]) -> Vec<u8> {
    let version = instance << 4 | if is_container { 0xF } else { 0 };
    let mut record = [version.to_le_bytes(), kind.to_le_bytes()].concat();
    record.extend((bytes.len() as u32).to_le_bytes());
    record.extend(bytes);
    record
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nesting_is_followed_to_a_depth() {
        let mut bytes = record(kind::STRING, 0, false, b"x");
        for _ in 0..10_000 {
            bytes = record(kind::SLIDE, 0, true, &bytes);
        }
        let mut seen = 0;
        Record::at(&bytes, 0).unwrap().walk(&mut |_| {
            seen += 1;
            true
        });
        assert_eq!(seen, MAX_DEPTH + 1);
    }

    #[test]
    fn a_record_that_is_cut_ends_where_the_bytes_end() {
        let bytes = record(kind::STRING, 3, false, b"words");
        let cut = Record::at(&bytes[..bytes.len() - 2], 0).unwrap();
        assert_eq!((cut.instance, cut.bytes), (3, &b"wor"[..]));
        assert!(Record::at(&bytes, 100).is_none());
    }
}
