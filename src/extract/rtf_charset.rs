//! Which encoding the bytes of a Rich Text file are in: of the file, and of each font.

use std::collections::HashMap;

use encoding_rs::{Encoding, WINDOWS_1252};

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
        let code_page = match charset {
            77 => 10000,
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
            // 0 is "ANSI", 1 "default", 2 "symbol": no encoding of their own.
            _ => return,
        };
        self.fonts.extend(encoding(code_page).map(|it| (font, it)));
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
