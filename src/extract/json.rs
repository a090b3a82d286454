//! JSON, also several values in one file and JSON that breaks off: its keys and values, as words.
//!
//! Reads tokens and builds no tree, so nothing nests and a broken end costs only the end.

use super::encoding::decode;
use super::{BlockKind, Content, ExtractError, Format, Limits, Locator};

pub(super) const FORMAT: Format = Format {
    name: "json",
    extensions: &["json", "jsonl", "ndjson", "geojson", "json5"],
    recognize: |_| false,
    version: 1,
    isolated: false,
    read,
};

/// A block ends when this much text has gathered, in bytes, if no member of the top level ends it.
const BLOCK_BYTES: usize = 2048;

/// A string this long without a space is encoded data, not words, in bytes.
const DATA_BYTES: usize = 512;

fn read(bytes: &[u8], limits: &Limits) -> Result<Content, ExtractError> {
    let text = decode(bytes, None);
    let mut reader = Reader { text: &text, at: 0, line: 1 };
    let mut content = Content::within(limits);
    let mut block = String::new();
    let (mut depth, mut first_line) = (0usize, 1);
    while let Some(token) = reader.next() {
        if block.is_empty() {
            first_line = reader.line;
        }
        let ends = match token {
            Token::Open => {
                depth += 1;
                false
            }
            Token::Close => {
                depth = depth.saturating_sub(1);
                depth <= 1
            }
            Token::Comma => {
                end_line(&mut block);
                depth <= 1
            }
            Token::Colon => {
                block.push(':');
                false
            }
            Token::Words(words) => {
                if block.ends_with(':') {
                    block.push(' ');
                } else {
                    end_line(&mut block);
                }
                block.push_str(words.trim());
                false
            }
        };
        if ends || block.len() > BLOCK_BYTES && !block.ends_with(':') {
            if !content.push(BlockKind::Paragraph, Locator::Line(first_line), &block) {
                return Ok(content);
            }
            block.clear();
        }
    }
    content.push(BlockKind::Paragraph, Locator::Line(first_line), &block);
    Ok(content)
}

fn end_line(block: &mut String) {
    if !block.is_empty() && !block.ends_with('\n') {
        block.push('\n');
    }
}

enum Token {
    Open,
    Close,
    Comma,
    Colon,
    Words(String),
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    line: u32,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<Token> {
        loop {
            let rest = &self.text[self.at..];
            let token = match rest.as_bytes().first()? {
                b'{' | b'[' => Token::Open,
                b'}' | b']' => Token::Close,
                b',' => Token::Comma,
                b':' => Token::Colon,
                b'"' => return Some(Token::Words(self.string())),
                b'\n' => {
                    self.line = self.line.saturating_add(1);
                    self.at += 1;
                    continue;
                }
                byte if byte.is_ascii_whitespace() => {
                    self.at += 1;
                    continue;
                }
                _ => {
                    let end = rest.find(['{', '}', '[', ']', ',', ':', '"', '\n', ' ', '\t', '\r']);
                    let end = end.unwrap_or(rest.len());
                    self.at += end;
                    return Some(Token::Words(rest[..end].to_owned()));
                }
            };
            self.at += 1;
            return Some(token);
        }
    }

    /// The string that starts here, with its escapes resolved; empty where it is encoded data.
    fn string(&mut self) -> String {
        self.at += 1;
        let mut words = String::new();
        loop {
            let rest = &self.text[self.at..];
            let end = rest.find(['"', '\\']).unwrap_or(rest.len());
            words.push_str(&rest[..end]);
            self.line = self.line.saturating_add(rest[..end].matches('\n').count() as u32);
            self.at += end;
            if self.text[self.at..].starts_with('\\') {
                self.escape(&mut words);
            } else {
                self.at = (self.at + 1).min(self.text.len());
                break;
            }
        }
        let is_data = words.len() >= DATA_BYTES && words.is_ascii() && !words.contains(' ');
        if is_data { String::new() } else { words }
    }

    fn escape(&mut self, words: &mut String) {
        self.at += 1;
        let Some(c) = self.text[self.at..].chars().next() else { return };
        self.at += c.len_utf8();
        words.push(match c {
            'n' | 'r' => '\n',
            't' | 'b' | 'f' => ' ',
            'u' => self.unicode(),
            other => other,
        });
    }

    /// `\uD83D\uDE00` is one character in two halves.
    fn unicode(&mut self) -> char {
        let unit =
            |at: usize| self.text.get(at..at + 4).and_then(|it| u16::from_str_radix(it, 16).ok());
        let Some(first) = unit(self.at) else { return char::REPLACEMENT_CHARACTER };
        let is_pair = self.text.get(self.at + 4..).is_some_and(|it| it.starts_with("\\u"));
        let second = unit(self.at + 6).filter(|_| is_pair && (0xD800..0xDC00).contains(&first));
        let (units, bytes) = match second {
            Some(second) => ([first, second], 10),
            None => ([first, 0], 4),
        };
        self.at += bytes;
        let decoded = char::decode_utf16(units).next().and_then(Result::ok);
        decoded.unwrap_or(char::REPLACEMENT_CHARACTER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Content, ExtractError> {
        super::read(bytes, &Limits::default())
    }

    fn check(text: &str, expected: &str) {
        assert_eq!(read(text.as_bytes()).unwrap().text(), expected);
    }

    #[test]
    fn keys_and_values_are_words() {
        check(
            r#"{"name": "Ann", "tags": ["a", "b"], "n": 1.5, "ok": true}"#,
            "name: Ann\ntags: a\nb\nn: 1.5\nok: true",
        );
    }

    #[test]
    fn escapes_are_resolved() {
        check(r#"["caf\u00e9 \ud83d\ude00 \"x\" a\nb \ud83d"]"#, "café 😀 \"x\" a\nb \u{FFFD}");
    }

    #[test]
    fn several_values_and_broken_ends_are_read() {
        check("{\"a\": 1}\n{\"a\": 2}\n", "a: 1\na: 2");
        check("{\"a\": \"brok", "a: brok");
        check("{\"a\": \"x\\", "a: x");
        check("\"\\u12", "\u{FFFD}12");
    }

    #[test]
    fn encoded_data_is_no_text() {
        check(&format!("{{\"image\": \"{}\"}}", "QUJD".repeat(200)), "image:");
    }

    #[test]
    fn depth_costs_nothing() {
        check(&"[".repeat(1_000_000), "");
    }
}
