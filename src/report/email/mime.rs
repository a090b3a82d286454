//! A message as RFC 5322 and MIME want it: headers that nothing can be added to, and parts of
//! letters that every mail server passes on.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::NaiveDate;

use crate::inventory::Hash;

/// A message with the same words as text and as HTML. The same message gives the same bytes.
pub(super) struct Message<'a> {
    /// An address; where there is none that is one, a sender that nobody can answer to.
    pub(super) from: &'a str,
    /// An address; where there is none, the mail program asks.
    pub(super) to: &'a str,
    pub(super) subject: &'a str,
    pub(super) day: NaiveDate,
    pub(super) text: &'a str,
    pub(super) html: &'a str,
}

/// Who a mail is from if nobody says.
const NOBODY: &str = "noreply@localhost";
/// Bytes that are encoded into a line of 76.
const LINE_BYTES: usize = 57;
/// Bytes that are encoded into a word of a header: with what is around it, below 75.
const WORD_BYTES: usize = 42;

impl fmt::Display for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, to, subject, day, text, html } = self;
        let whole = format!("{subject}\n{day}\n{to}\n{text}\n{html}");
        let name = &Hash::of(whole.as_bytes()).to_string()[..24];
        write!(f, "From: docrot <{}>\r\n", address(from).unwrap_or(NOBODY))?;
        if let Some(to) = address(to) {
            write!(f, "To: <{to}>\r\n")?;
        }
        write!(f, "Subject: {}\r\n", header(subject))?;
        write!(f, "Date: {}\r\n", day.format("%a, %d %b %Y 00:00:00 +0000"))?;
        write!(f, "Message-ID: <{name}@docrot.invalid>\r\n")?;
        // A draft, for mail programs that know the word.
        f.write_str("X-Unsent: 1\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n")?;
        let boundary = format!("=_docrot_{name}");
        write!(f, "Content-Type: multipart/alternative;\r\n boundary=\"{boundary}\"\r\n\r\n")?;
        for (kind, words) in [("plain", text), ("html", html)] {
            write!(f, "--{boundary}\r\nContent-Type: text/{kind}; charset=utf-8\r\n")?;
            f.write_str("Content-Transfer-Encoding: base64\r\n\r\n")?;
            for line in words.replace('\n', "\r\n").as_bytes().chunks(LINE_BYTES) {
                write!(f, "{}\r\n", STANDARD.encode(line))?;
            }
        }
        write!(f, "--{boundary}--\r\n")
    }
}

/// The address in `name@example.org` or `Name <name@example.org>`, if it is one that can stand in a
/// header as it is.
pub fn address(text: &str) -> Option<&str> {
    let text = text.trim();
    let text = match text.rsplit_once('<') {
        Some((_, address)) => address.strip_suffix('>')?,
        None => text,
    };
    let (local, domain) = text.rsplit_once('@')?;
    let is_atom = |it: &str| {
        let is_text = |c: u8| c.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&c);
        !it.is_empty() && it.bytes().all(is_text)
    };
    let is_label = |it: &str| {
        let is_text = |c: u8| c.is_ascii_alphanumeric() || c == b'-';
        !it.is_empty() && it.bytes().all(is_text) && !it.starts_with('-') && !it.ends_with('-')
    };
    let is_whole = local.split('.').all(is_atom)
        && domain.split('.').all(is_label)
        && local.len() <= 64
        && text.len() <= 254;
    is_whole.then_some(text)
}

/// A header's words: as they are where that is harmless, else encoded (RFC 2047).
fn header(text: &str) -> String {
    let is_plain = |c: char| c == ' ' || c.is_ascii_graphic();
    if text.len() <= 66 && text.chars().all(is_plain) && !text.contains("=?") {
        return text.to_owned();
    }
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for c in text.chars() {
        if WORD_BYTES < word.len() + c.len_utf8() {
            words.push(std::mem::take(&mut word));
        }
        word.push(c);
    }
    words.push(word);
    let words = words.iter().map(|it| format!("=?utf-8?B?{}?=", STANDARD.encode(it.as_bytes())));
    words.collect::<Vec<_>>().join("\r\n ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_only_where_nothing_else_is_in_them() {
        assert_eq!(address("r.ortiz@example.org"), Some("r.ortiz@example.org"));
        assert_eq!(address(" Rosa Ortiz <r.ortiz@example.org> "), Some("r.ortiz@example.org"));
        for none in [
            "",
            "Rosa Ortiz",
            "a@b\r\nBcc: c@d.org",
            "a@b@c.org, d@e.org",
            "a@b.org>\r\nX: <c@d.org",
            "a b@c.org",
            "a..b@c.org",
            "a@-c.org",
            "ü@example.org",
            "<a@b.org",
        ] {
            assert_eq!(address(none), None, "{none:?}");
        }
    }

    #[test]
    fn headers_are_plain_or_encoded_in_short_lines() {
        assert_eq!(header("policies: 5 documents"), "policies: 5 documents");
        let encoded = header(&"Größe 書 ".repeat(30));
        assert!(encoded.is_ascii());
        assert!(encoded.split("\r\n").all(|it| it.trim().len() <= 75 && !it.trim().contains(' ')));
        assert!(header("a\r\nBcc: b").starts_with("=?utf-8?B?"));
        assert!(header("=?utf-8?B?QQ==?=").starts_with("=?utf-8?B?"), "not taken for encoded");
    }
}
