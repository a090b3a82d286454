//! The piece table: in which order the bytes of a Word document are its text.

use super::fib::{Fib, long, short, slice};

/// A run of characters that lie together in the document stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// How many characters.
    pub(super) characters: usize,
    /// Where the first one is, in bytes.
    pub(super) offset: usize,
    /// Whether a character is two bytes.
    pub(super) is_wide: bool,
}

impl Piece {
    /// Bytes of a character.
    pub(super) const fn width(&self) -> usize {
        if self.is_wide { 2 } else { 1 }
    }
}

/// The pieces in reading order; all of the text as one where there is no table.
pub(super) fn pieces(fib: &Fib, table: &[u8], stream: &[u8]) -> Vec<Piece> {
    let found = plc(slice(table, fib.pieces)).map(|plc| of_table(plc, fib.is_old));
    match found.filter(|it| !it.is_empty()) {
        Some(pieces) => pieces,
        None => {
            let (from, to) = (fib.text.0, fib.text.1.min(stream.len()));
            let bytes = to.saturating_sub(from);
            let wanted: usize = fib.characters.iter().map(|it| *it as usize).sum();
            let is_wide = !fib.is_old && wanted * 2 <= bytes + 2 && 0 < wanted;
            let characters = if is_wide { bytes / 2 } else { bytes };
            vec![Piece { characters, offset: from, is_wide }]
        }
    }
}

/// The part of the table that lists pieces, behind the properties that it begins with.
fn plc(mut clx: &[u8]) -> Option<&[u8]> {
    loop {
        match clx.first()? {
            1 => clx = clx.get(3 + usize::from(short(clx, 1)?)..)?,
            2 => return Some(slice(clx, (5, long(clx, 1)? as usize))),
            _ => return None,
        }
    }
}

fn of_table(plc: &[u8], is_old: bool) -> Vec<Piece> {
    let count = plc.len().saturating_sub(4) / 12;
    let mut pieces = Vec::with_capacity(count);
    for index in 0..count {
        let (Some(from), Some(to)) = (long(plc, index * 4), long(plc, index * 4 + 4)) else {
            break;
        };
        let Some(place) = long(plc, (count + 1) * 4 + index * 8 + 2) else { break };
        let Some(characters) = to.checked_sub(from) else { break };
        // A bit tells pieces of one byte a character, whose place counts half bytes.
        let is_narrow = is_old || place & 0x4000_0000 != 0;
        let place = (place & 0x3FFF_FFFF) as usize;
        let offset = if is_narrow && !is_old { place / 2 } else { place };
        pieces.push(Piece { characters: characters as usize, offset, is_wide: !is_narrow });
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_come_in_reading_order() {
        let mut clx = vec![1, 2, 0, 9, 9, 2];
        let places = [(0x400u32, 0u32), (0x4000_1000, 0)];
        let mut plc: Vec<u8> = [0u32, 5, 8].iter().flat_map(|it| it.to_le_bytes()).collect();
        for (place, _) in places {
            plc.extend([0, 0]);
            plc.extend(place.to_le_bytes());
            plc.extend([0, 0]);
        }
        clx.extend((plc.len() as u32).to_le_bytes());
        clx.extend(plc);
        let found = of_table(super::plc(&clx).unwrap(), false);
        assert_eq!(
            found,
            [
                Piece { characters: 5, offset: 0x400, is_wide: true },
                Piece { characters: 3, offset: 0x800, is_wide: false },
            ]
        );
    }

    #[test]
    fn a_broken_table_is_no_table() {
        for clx in [&[][..], &[1, 0xff, 0xff], &[2, 9], &[7]] {
            assert!(super::plc(clx).is_none_or(|it| of_table(it, false).is_empty()));
        }
    }
}
