//! What a hostile file name or quotation must not do: steer a terminal, turn text around, start a
//! formula, or break a line.
//!
//! Every writer passes names and quoted words through here.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::Path;

/// Makes characters visible that steer a terminal, reorder text or cannot be seen.
///
/// Control characters become `\n`, `\t`, `\r` or `\x1b`, the others `\u{202e}`. Joiners that
/// scripts and emoji need are kept.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hazard) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if !is_hazard(c) => out.push(c),
            c if u32::from(c) < 0x100 => push(&mut out, format_args!("\\x{:02x}", u32::from(c))),
            c => push(&mut out, format_args!("\\u{{{:x}}}", u32::from(c))),
        }
    }
    Cow::Owned(out)
}

/// Whether a character steers a terminal, reorders text, breaks a line or cannot be seen.
pub(super) fn is_hazard(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// A path with `/`, exact where it is UTF-8; other bytes are written as `\xNN`.
///
/// For writers with an escaping of their own, such as JSON.
pub fn readable(path: &Path) -> Cow<'_, str> {
    let bytes = slashed(path);
    match bytes {
        Cow::Borrowed(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => Cow::Owned(spell_out(bytes)),
        },
        Cow::Owned(bytes) => Cow::Owned(spell_out(&bytes)),
    }
}

/// A path with `/` for people: readable, and safe to print.
pub fn path(path: &Path) -> String {
    let readable = readable(path);
    visible(&readable).into_owned()
}

/// The bytes of a path that is not UTF-8, in hexadecimal; none where it is UTF-8.
pub fn path_bytes(path: &Path) -> Option<String> {
    let bytes = slashed(path);
    if std::str::from_utf8(&bytes).is_ok() {
        return None;
    }
    let mut hex = String::with_capacity(bytes.len() * 2);
    for byte in bytes.iter() {
        push(&mut hex, format_args!("{byte:02x}"));
    }
    Some(hex)
}

/// A cell of a table that no spreadsheet program takes for a formula, in one line.
///
/// A cell that would begin one gets an apostrophe in front, which spreadsheet programs do not show.
pub fn cell(text: &str) -> Cow<'_, str> {
    let text_is_formula =
        text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
    match visible(text) {
        text if text_is_formula => Cow::Owned(format!("'{text}")),
        text => text,
    }
}

/// A word for a POSIX shell; none for what cannot be typed safely.
pub fn shell_word(text: &str) -> Option<Cow<'_, str>> {
    if text.is_empty() || text.starts_with('-') || text.contains(is_hazard) {
        return None;
    }
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+,@%:".contains(c);
    if text.chars().all(is_plain) {
        return Some(Cow::Borrowed(text));
    }
    Some(Cow::Owned(format!("'{}'", text.replace('\'', "'\\''"))))
}

fn slashed(path: &Path) -> Cow<'_, [u8]> {
    let bytes = path.as_os_str().as_encoded_bytes();
    if cfg!(windows) && bytes.contains(&b'\\') {
        let slashed = bytes.iter().map(|&byte| if byte == b'\\' { b'/' } else { byte });
        return Cow::Owned(slashed.collect());
    }
    Cow::Borrowed(bytes)
}

fn spell_out(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() + 16);
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        for byte in chunk.invalid() {
            push(&mut out, format_args!("\\x{byte:02x}"));
        }
    }
    out
}

fn push(out: &mut String, what: std::fmt::Arguments) {
    out.write_fmt(what).expect("writing to a string does not fail");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(visible("a\u{1b}[2Jb"), "a\\x1b[2Jb");
        assert_eq!(visible("a\u{9b}2Jb\u{7f}"), "a\\x9b2Jb\\x7f");
        assert_eq!(visible("two\nlines\r\t"), "two\\nlines\\r\\t");
        assert_eq!(visible("invoice\u{202e}fdp.exe"), "invoice\\u{202e}fdp.exe");
        assert_eq!(visible("a\u{2028}b\u{feff}"), "a\\u{2028}b\\u{feff}");
    }

    #[test]
    fn what_people_write_is_kept() {
        for text in ["Größe – 1 %", "年度報告", "نامه‌ها", "👩‍💻 notes", "a\\b"]
        {
            assert!(matches!(visible(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    #[test]
    fn formulas_stay_text() {
        for text in ["=cmd|'/c calc'!A1", "+1", "-1", "@SUM(A1)", "＝1"] {
            assert!(cell(text).starts_with('\''), "{text}");
        }
        assert_eq!(cell("\t=1"), "'\\t=1");
        assert_eq!(cell("a=b"), "a=b");
    }

    #[test]
    fn shell_words_are_quoted_or_refused() {
        assert_eq!(shell_word("HR/a.docx").as_deref(), Some("HR/a.docx"));
        assert_eq!(shell_word("HR/it's a; b.docx").as_deref(), Some("'HR/it'\\''s a; b.docx'"));
        assert_eq!(shell_word("a\nb"), None);
        assert_eq!(shell_word("-rf"), None);
    }

    #[cfg(unix)]
    #[test]
    fn bytes_that_are_not_utf8_are_spelled_out() {
        use std::os::unix::ffi::OsStrExt as _;
        let name = Path::new(std::ffi::OsStr::from_bytes(b"caf\xe9/\x1b.txt"));
        assert_eq!(readable(name), "caf\\xe9/\u{1b}.txt");
        assert_eq!(path(name), "caf\\xe9/\\x1b.txt");
        assert_eq!(path_bytes(name).as_deref(), Some("636166e92f1b2e747874"));
        assert_eq!(path_bytes(Path::new("café")), None);
    }
}
