//! Which encoding the bytes of a Rich Text file are in: of the file, and of each font.

use std::collections::HashMap;

use encoding_rs::{Encoding, WINDOWS_1252};

use super::encoding::of_charset;

/// The encodings that a file declares.
pub(super) struct Charsets {
    default: &'static Encoding,
    fonts: HashMap<i32, &'static Encoding>,
}

impl Default for Charsets {
    fn default() -> Self {
        Self { default: WINDOWS_1252, fonts: HashMap::new() }
    }
}

impl Charsets {
    /// The file says `\ansicpg`.
    pub(super) fn set_default(&mut self, code_page: i32) {
        self.default = encoding(code_page).unwrap_or(self.default);
    }

    /// A font says `\fcharset` or `\cpg`.
    pub(super) fn declare(&mut self, font: i32, word: &str, number: i32) {
        match word {
            "fcharset" => self.set_font(font, number),
            "cpg" => self.fonts.extend(encoding(number).map(|it| (font, it))),
            _ => {}
        }
    }

    fn set_font(&mut self, font: i32, charset: i32) {
        self.fonts.extend(of_charset(charset).map(|it| (font, it)));
    }

    /// The encoding of text in a font.
    pub(super) fn of(&self, font: i32) -> &'static Encoding {
        self.fonts.get(&font).copied().unwrap_or(self.default)
    }
}

fn encoding(code_page: i32) -> Option<&'static Encoding> {
    codepage::to_encoding(u16::try_from(code_page).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fonts_fall_back_to_the_file() {
        let mut charsets = Charsets::default();
        charsets.set_default(1251);
        charsets.declare(3, "fcharset", 238);
        charsets.declare(4, "fcharset", 0);
        charsets.declare(5, "cpg", 99_999);
        assert_eq!(charsets.of(3).name(), "windows-1250");
        assert_eq!(charsets.of(4).name(), "windows-1251");
        assert_eq!(charsets.of(5).name(), "windows-1251");
    }
}
