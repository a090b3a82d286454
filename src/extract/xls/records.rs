//! Records of an Excel stream: each a kind, a length and bytes.

/// The kind of records that continue the one before.
const CONTINUE: u16 = 0x003C;

/// A record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record<'a> {
    pub(super) kind: u16,
    pub(super) bytes: &'a [u8],
}

impl Record<'_> {
    /// The number of two bytes at this byte.
    pub(super) fn short(&self, at: usize) -> Option<u16> {
        let digits = self.bytes.get(at..at + 2)?;
        Some(u16::from_le_bytes(digits.try_into().ok()?))
    }

    /// The number of four bytes at this byte.
    pub(super) fn long(&self, at: usize) -> Option<u32> {
        let digits = self.bytes.get(at..at + 4)?;
        Some(u32::from_le_bytes(digits.try_into().ok()?))
    }

    /// The floating-point number at this byte.
    pub(super) fn real(&self, at: usize) -> Option<f64> {
        let digits = self.bytes.get(at..at + 8)?;
        Some(f64::from_le_bytes(digits.try_into().ok()?))
    }
}

/// Walks along a stream.
pub(super) struct Records<'a> {
    rest: &'a [u8],
    /// Whether the stream ends within a record.
    pub(super) is_cut: bool,
}

impl<'a> Records<'a> {
    pub(super) fn new(stream: &'a [u8], at: usize) -> Self {
        Self { rest: stream.get(at..).unwrap_or_default(), is_cut: false }
    }

    /// The next record; none at the end.
    pub(super) fn next(&mut self) -> Option<Record<'a>> {
        let [a, b, c, d, rest @ ..] = self.rest else {
            self.is_cut |= !self.rest.is_empty();
            return None;
        };
        let length = usize::from(u16::from_le_bytes([*c, *d]));
        self.is_cut |= rest.len() < length;
        let (bytes, rest) = rest.split_at(length.min(rest.len()));
        self.rest = rest;
        Some(Record { kind: u16::from_le_bytes([*a, *b]), bytes })
    }

    /// The records that continue the one just read, and passes over them.
    pub(super) fn continued(&mut self) -> Vec<&'a [u8]> {
        let mut continued = Vec::new();
        while self.rest.starts_with(&CONTINUE.to_le_bytes()) {
            let Some(record) = self.next() else { break };
            continued.push(record.bytes);
        }
        continued
    }
}
