//! Bytes in any encoding → text, and bytes that are no text at all.
//!
//! Never fails: what cannot be decoded becomes U+FFFD. Valid UTF-8 is borrowed, not copied.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// How many bytes the guess looks at; more makes it slower, not better.
const GUESS_BYTES: usize = 256 << 10;

/// How many bytes are looked at to tell text from binary.
const SNIFF_BYTES: usize = 8 << 10;

/// Decodes a text file: byte-order mark, UTF-8, UTF-16 pattern, the `declared` label, then a guess.
///
/// A file that is UTF-8 but for a few bytes stays UTF-8, with those bytes replaced.
pub(super) fn decode<'a>(bytes: &'a [u8], declared: Option<&str>) -> Cow<'a, str> {
    if let Some(text) = utf_32(bytes) {
        return Cow::Owned(text);
    }
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark..]).0;
    }
    if let Some(encoding) = utf_16_pattern(bytes) {
        return encoding.decode_without_bom_handling(bytes).0;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => return Cow::Borrowed(text),
        Err(_) if is_mostly_utf_8(bytes) => return String::from_utf8_lossy(bytes),
        Err(_) => {}
    }
    let declared = declared
        .and_then(|label| Encoding::for_label(label.trim().as_bytes()))
        // A file that says UTF-8 or UTF-16 and is not: the label is wrong.
        .filter(|&it| it != UTF_8 && it != UTF_16LE && it != UTF_16BE);
    declared.unwrap_or_else(|| guess(bytes)).decode_without_bom_handling(bytes).0
}

/// Whether these bytes (the start of a file is enough) are no text in any encoding.
pub(super) fn looks_binary(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(SNIFF_BYTES)];
    if has_utf_32_mark(head) || Encoding::for_bom(head).is_some() || utf_16_pattern(head).is_some()
    {
        return false;
    }
    // Text in UTF-8 and in all legacy encodings is free of these; ESC is ISO-2022's and ANSI's.
    let odd = |byte: &&u8| matches!(byte, 1..=6 | 14..=26 | 28..=31 | 127);
    head.contains(&0) || head.iter().filter(odd).count() * 50 > head.len()
}

fn has_utf_32_mark(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xFF, 0xFE, 0, 0]) || bytes.starts_with(&[0, 0, 0xFE, 0xFF])
}

/// UTF-32 with a byte-order mark; `encoding_rs` follows the web and does not know it.
fn utf_32(bytes: &[u8]) -> Option<String> {
    if !has_utf_32_mark(bytes) {
        return None;
    }
    let little = bytes[0] == 0xFF;
    let units = bytes[4..].chunks(4).map(|unit| match unit.try_into() {
        Ok(unit) if little => u32::from_le_bytes(unit),
        Ok(unit) => u32::from_be_bytes(unit),
        Err(_) => 0xFFFD,
    });
    Some(units.map(|unit| char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
}

/// UTF-16 without a mark: nearly every other byte of western text is NUL, and none of the others.
fn utf_16_pattern(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(1024) & !1];
    if head.len() < 4 || bytes.len() % 2 == 1 {
        return None;
    }
    let nuls = |offset: usize| head.iter().skip(offset).step_by(2).filter(|&&it| it == 0).count();
    let (even, odd, half) = (nuls(0), nuls(1), head.len() / 2);
    if even == 0 && odd * 10 >= half * 7 {
        Some(UTF_16LE)
    } else if odd == 0 && even * 10 >= half * 7 {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Whether the sound multi-byte sequences outnumber the broken bytes by far.
fn is_mostly_utf_8(bytes: &[u8]) -> bool {
    let (mut sound, mut broken) = (0usize, 0usize);
    for chunk in bytes[..bytes.len().min(GUESS_BYTES)].utf8_chunks() {
        sound += chunk.valid().bytes().filter(|&byte| byte >= 0xC0).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    sound > 0 && sound >= broken * 4
}

/// The most likely encoding of text that is not UTF-8.
pub(super) fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(&bytes[..bytes.len().min(GUESS_BYTES)], bytes.len() <= GUESS_BYTES);
    detector.guess(None, Utf8Detection::Deny)
}

/// The encoding that a font's character set stands for, as Windows numbers them; none for those
/// without one of their own (0 "ANSI", 1 "default", 2 "symbol").
pub(super) fn of_charset(charset: i32) -> Option<&'static Encoding> {
    codepage::to_encoding(match charset {
        77 => 10_000,
        128 => 932,
        129 | 130 => 949,
        134 => 936,
        136 => 950,
        161 => 1253,
        162 => 1254,
        163 => 1258,
        177 => 1255,
        178 => 1256,
        186 => 1257,
        204 => 1251,
        222 => 874,
        238 => 1250,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf_8_is_borrowed() {
        assert!(matches!(decode("größer".as_bytes(), None), Cow::Borrowed("größer")));
    }

    #[test]
    fn byte_order_marks_decide() {
        for bytes in [
            &b"\xEF\xBB\xBFab"[..],
            b"\xFF\xFEa\0b\0",
            b"\xFE\xFF\0a\0b",
            b"\xFF\xFE\0\0a\0\0\0b\0\0\0",
            b"\0\0\xFE\xFF\0\0\0a\0\0\0b",
        ] {
            assert_eq!(decode(bytes, Some("windows-1252")), "ab");
            assert!(!looks_binary(bytes));
        }
    }

    #[test]
    fn utf_16_without_a_mark_is_seen_by_its_nuls() {
        let bytes: Vec<u8> = "Last reviewed".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(&bytes, None), "Last reviewed");
        assert!(!looks_binary(&bytes));
    }

    #[test]
    fn a_few_bad_bytes_keep_utf_8() {
        let bytes =
            ["Größe, Maß, Öl, Übung, Äpfel, Höhe, für, später".as_bytes(), b"\xE4"].concat();
        assert!(decode(&bytes, None).starts_with("Größe, Maß"));
    }

    #[test]
    fn legacy_encodings_are_guessed() {
        let (bytes, ..) =
            encoding_rs::SHIFT_JIS.encode("この文書は廃止されました。最終更新日を確認する。");
        assert!(decode(&bytes, None).starts_with("この文書は廃止"));
        let (bytes, ..) =
            encoding_rs::WINDOWS_1252.encode("Die Überprüfung erfolgt jährlich – „spätestens“");
        assert!(decode(&bytes, None).starts_with("Die Überprüfung"));
        assert!(!looks_binary(&bytes));
    }

    #[test]
    fn the_declared_label_is_believed_unless_it_is_unicode() {
        assert_eq!(decode(b"\xE9t\xE9", Some("iso-8859-1")), "été");
        assert_eq!(decode(b"caf\xE9 cr\xE8me br\xFBl\xE9e", Some("utf-8")), "café crème brûlée");
    }

    #[test]
    fn control_bytes_are_binary() {
        assert!(looks_binary(b"\x7FELF\x02\x01\x01\0\0\0"));
        assert!(!looks_binary(b""));
        assert!(!looks_binary(b"\x1B[31mred\x1B[0m log line"));
    }
}
