//! The compression of Rich Text in Outlook messages, [MS-OXRTFCP].

/// What the window holds at the start.
const START: &[u8] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
const WINDOW_BYTES: usize = 4096;
const HEADER_BYTES: usize = 16;
const COMPRESSED: &[u8] = b"LZFu";
const STORED: &[u8] = b"MELA";
/// Most that is unpacked, in bytes.
const MAX_BYTES: usize = 64 << 20;

/// Unpacks as far as the bytes go; none where they are nothing of the kind.
pub(super) fn unpack(packed: &[u8]) -> Option<Vec<u8>> {
    let kind = packed.get(8..12)?;
    let packed = packed.get(HEADER_BYTES..)?;
    if kind == STORED {
        return Some(packed.to_vec());
    }
    if kind != COMPRESSED {
        return None;
    }
    let mut window = [0; WINDOW_BYTES];
    window[..START.len()].copy_from_slice(START);
    let mut at = START.len();
    let mut bytes = Vec::new();
    let mut rest = packed.iter().copied();
    'all: while let Some(flags) = rest.next() {
        for bit in 0..8 {
            let (from, length) = match (flags >> bit & 1, rest.next()) {
                (_, None) => break 'all,
                (0, Some(byte)) => {
                    bytes.push(byte);
                    window[at] = byte;
                    at = (at + 1) % WINDOW_BYTES;
                    continue;
                }
                (_, Some(high)) => {
                    let Some(low) = rest.next() else { break 'all };
                    let from = usize::from(high) << 4 | usize::from(low >> 4);
                    (from, usize::from(low & 0xF) + 2)
                }
            };
            // Where it points to itself it ends.
            if from == at || MAX_BYTES < bytes.len() {
                break 'all;
            }
            for offset in 0..length {
                let byte = window[(from + offset) % WINDOW_BYTES];
                bytes.push(byte);
                window[at] = byte;
                at = (at + 1) % WINDOW_BYTES;
            }
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_specification_unpack() {
        let packed = b"\x2d\x00\x00\x00\x2b\x00\x00\x00\x4c\x5a\x46\x75\xf1\xc5\xc7\xa7\x03\x00\x0a\x00\x72\x63\x70\x67\x31\x32\x35\x42\x32\x0a\xf3\x20\x68\x65\x6c\x09\x00\x20\x62\x77\x05\xb0\x6c\x64\x7d\x0a\x80\x0f\xa0";
        let expected = b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n";
        assert_eq!(unpack(packed).unwrap(), expected);
        let crossing = b"\x1a\x00\x00\x00\x1c\x00\x00\x00\x4c\x5a\x46\x75\xe2\xd4\x4b\x51\x41\x00\x04\x20\x57\x58\x59\x5a\x0d\x6e\x7d\x01\x0e\xb0";
        assert_eq!(unpack(crossing).unwrap(), b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}");
    }

    #[test]
    fn broken_bytes_are_survived() {
        assert!(unpack(b"short").is_none());
        assert!(unpack(&[0xff; 40]).is_none());
        let mut cut = b"0000000 LZFu0000".to_vec();
        cut.extend([0xff, 0xff]);
        assert_eq!(unpack(&cut).unwrap(), b"");
    }
}
