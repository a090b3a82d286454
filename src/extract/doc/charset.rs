//! Which encoding the text of Word 2, 6 and 95 is in, which the file does not say.
//!
//! The system's language tells, the fonts tell of scripts beside it, and a guess from the text
//! decides between them.

use encoding_rs::{Encoding, MACINTOSH, WINDOWS_1252};

use super::fib::{Fib, slice};
use crate::extract::encoding;

/// The encoding of all text.
pub(super) fn of(fib: &Fib, stream: &[u8]) -> &'static Encoding {
    if fib.is_macintosh {
        return MACINTOSH;
    }
    let by_language = codepage::to_encoding(code_page(fib.language)).unwrap_or(WINDOWS_1252);
    let fonts = by_fonts(slice(stream, fib.fonts));
    let text = slice(stream, (fib.text.0, fib.text.1.saturating_sub(fib.text.0)));
    let foreign = text.iter().filter(|it| 0xC0 <= **it).count();
    let letters = text.iter().filter(|it| it.is_ascii_alphabetic()).count();
    if foreign * 4 < letters || fonts.contains(&by_language) {
        return by_language;
    }
    // Mostly letters beyond ASCII: not the script of the western languages.
    let guess = encoding::guess(text);
    if fonts.contains(&guess) || by_language == WINDOWS_1252 && guess != WINDOWS_1252 {
        return guess;
    }
    fonts.first().copied().filter(|_| by_language == WINDOWS_1252).unwrap_or(by_language)
}

/// The encodings that fonts are for, other than western ones.
fn by_fonts(mut table: &[u8]) -> Vec<&'static Encoding> {
    let mut found = Vec::new();
    table = table.get(2..).unwrap_or_default();
    while let [length, rest @ ..] = table {
        // Flags, weight, and then the character set.
        found.extend(rest.get(3).and_then(|charset| encoding::of_charset(i32::from(*charset))));
        let Some(next) = rest.get(usize::from(*length)..) else { break };
        table = next;
    }
    found
}

/// The code page of a Windows in this language.
fn code_page(language: u16) -> u16 {
    match (language & 0x3FF, language) {
        (0x1A, 0x0C1A | 0x1C1A) | (0x02 | 0x19 | 0x22 | 0x23 | 0x2F, _) => 1251,
        (0x05 | 0x0E | 0x15 | 0x18 | 0x1A | 0x1B | 0x1C | 0x24, _) => 1250,
        (0x08, _) => 1253,
        (0x1F, _) => 1254,
        (0x0D, _) => 1255,
        (0x01 | 0x20 | 0x29, _) => 1256,
        (0x25..=0x27, _) => 1257,
        (0x2A, _) => 1258,
        (0x1E, _) => 874,
        (0x11, _) => 932,
        (0x12, _) => 949,
        (0x04, 0x0404 | 0x0C04 | 0x1404) => 950,
        (0x04, _) => 936,
        _ => 1252,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fib(language: u16, text: (usize, usize), fonts: (usize, usize)) -> Fib {
        let mut header = vec![0; 0x200];
        header[..4].copy_from_slice(&[0xDC, 0xA5, 0x65, 0]);
        Fib { language, text, fonts, ..Fib::of(&header).unwrap() }
    }

    #[test]
    fn the_language_decides_unless_text_and_fonts_say_otherwise() {
        let (russian, ..) = encoding_rs::WINDOWS_1251.encode(
            "Настоящий документ утратил силу, последняя проверка проведена в мае прошлого года.",
        );
        let end = russian.len();
        let mut stream = russian.into_owned();
        stream.extend([9, 0, 6, 0, 0, 0, 204, 0, b'A', 0]);
        assert_eq!(of(&fib(0x0419, (0, end), (0, 0)), &stream).name(), "windows-1251");
        assert_eq!(of(&fib(0x0409, (0, end), (end, 10)), &stream).name(), "windows-1251");
        let plain = b"Mostly plain words \xe9";
        assert_eq!(of(&fib(0x0409, (0, plain.len()), (0, 0)), plain).name(), "windows-1252");
    }

    #[test]
    fn a_font_table_of_nonsense_is_survived() {
        assert!(by_fonts(&[0xff; 3]).is_empty());
    }
}
