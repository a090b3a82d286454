//! Rich Text Format as a flat run of groups, control words and bytes.

/// A step through a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// `{`
    Open,
    /// `}`
    Close,
    /// `\name` with its number, if it has one.
    Word(&'a str, Option<i32>),
    /// `\` and a character that is no letter, such as `\*` or `\~`.
    Symbol(u8),
    /// A byte of text, written as itself or as `\'hh`.
    Byte(u8),
}

/// Splits a file. Line ends are layout of the file and are left out; so is the data of `\bin`.
pub(super) struct Tokens<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// Longest name of a control word that is looked at, in bytes. The longest in use have 25.
const MAX_NAME_BYTES: usize = 40;

impl<'a> Tokens<'a> {
    /// Starts at the beginning.
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn run(&mut self, most: usize, is_wanted: fn(&u8) -> bool) -> &'a [u8] {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().take(most).take_while(|it| is_wanted(it)).count();
        self.at += length;
        &rest[..length]
    }

    fn word(&mut self) -> Token<'a> {
        let name = self.run(MAX_NAME_BYTES, u8::is_ascii_alphabetic);
        let name = std::str::from_utf8(name).unwrap_or_default();
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let digits = self.run(11, u8::is_ascii_digit);
        if digits.is_empty() {
            self.at = start;
        }
        let written = std::str::from_utf8(&self.bytes[start..self.at]).unwrap_or_default();
        let number = written.parse().ok();
        if self.peek() == Some(b' ') {
            self.at += 1;
        }
        if name == "bin" {
            let length = number.and_then(|it: i32| usize::try_from(it).ok()).unwrap_or(0);
            self.at = self.at.saturating_add(length).min(self.bytes.len());
        }
        Token::Word(name, number)
    }

    fn escape(&mut self) -> Option<Token<'a>> {
        let first = self.peek()?;
        if first.is_ascii_alphabetic() {
            return Some(self.word());
        }
        self.at += 1;
        if first != b'\'' {
            return Some(Token::Symbol(first));
        }
        let digits = self.run(2, u8::is_ascii_hexdigit);
        let digits = std::str::from_utf8(digits).unwrap_or_default();
        Some(Token::Byte(u8::from_str_radix(digits, 16).unwrap_or(b'?')))
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let byte = self.peek()?;
            self.at += 1;
            return match byte {
                b'{' => Some(Token::Open),
                b'}' => Some(Token::Close),
                b'\\' => self.escape(),
                b'\r' | b'\n' | 0 => continue,
                byte => Some(Token::Byte(byte)),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &[u8]) -> Vec<Token<'_>> {
        Tokens::new(text).collect()
    }

    #[test]
    fn words_take_their_number_and_one_space() {
        use Token::{Byte, Close, Open, Word};
        let seen = tokens(b"{\\u-3913  \\b0x\\par\n}");
        let wanted = [
            Open,
            Word("u", Some(-3913)),
            Byte(b' '),
            Word("b", Some(0)),
            Byte(b'x'),
            Word("par", None),
            Close,
        ];
        assert_eq!(seen, wanted);
    }

    #[test]
    fn bytes_may_be_hexadecimal() {
        assert_eq!(
            tokens(b"\\'e4\\'zz\\~"),
            [
                Token::Byte(0xe4),
                Token::Byte(b'?'),
                Token::Byte(b'z'),
                Token::Byte(b'z'),
                Token::Symbol(b'~'),
            ]
        );
    }

    #[test]
    fn binary_data_is_passed_over() {
        assert_eq!(tokens(b"\\bin3 }}}x"), [Token::Word("bin", Some(3)), Token::Byte(b'x')]);
        assert_eq!(tokens(b"\\bin99999 }"), [Token::Word("bin", Some(99999))]);
    }

    #[test]
    fn cut_files_end_quietly() {
        for text in [&b"\\"[..], b"\\'", b"\\'a", b"\\u-", b"\\", b""] {
            assert!(tokens(text).len() < 3);
        }
    }
}
