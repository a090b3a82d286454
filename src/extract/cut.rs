//! How much of a very long file of lines is looked at.
//!
//! Its text is cut anyway; decoding and parting all of it would take many times its size in memory.

use std::ops::Range;

use super::Format;
use super::limits::{Limit, Limits, Missing, size};

/// What is looked at of a file of lines however little text is kept, in bytes: four times the usual
/// limit.
const MIN_BYTES: usize = 64 << 20;

/// Formats whose beginning can be read without their end.
const LINES: &[&str] =
    &["asciidoc", "csv", "man", "markdown", "mbox", "rst", "rtf", "text", "yaml"];

/// The part of a file that its reader is given; if that is not all, the words that say so.
pub(super) fn looked_at<'b>(
    format: &Format,
    bytes: &'b [u8],
    limits: &Limits,
) -> (&'b [u8], Option<Missing>) {
    let most = limits.text().saturating_mul(4).max(MIN_BYTES);
    if bytes.len() <= most || !LINES.contains(&format.name) {
        return (bytes, None);
    }
    let what = format!("only its first {} were looked at", size(most as u64));
    let missing = Missing::over(limits.reached(Limit::TextBytes), what);
    (&bytes[head(bytes, most)], Some(missing))
}

/// Up to a line's end, where one is near; characters of two or four bytes stay whole.
fn head(bytes: &[u8], most: usize) -> Range<usize> {
    /// How far back an end of line is looked for.
    const NEAR_BYTES: usize = 64 << 10;
    let near = &bytes[most - NEAR_BYTES..most];
    let is_wide = near.contains(&0);
    match near.iter().rposition(|&byte| byte == b'\n').filter(|_| !is_wide) {
        Some(at) => 0..most - NEAR_BYTES + at + 1,
        None => 0..most,
    }
}

#[cfg(test)]
mod tests {
    use super::super::FORMATS;
    use super::*;

    fn looked_at_of(name: &str, bytes: &[u8]) -> (usize, bool) {
        let format = FORMATS.iter().find(|it| it.name == name).unwrap();
        let (head, words) = looked_at(format, bytes, &Limits::default());
        (head.len(), words.is_some())
    }

    #[test]
    fn a_long_file_of_lines_is_cut_at_a_line() {
        let mut bytes = vec![b'x'; MIN_BYTES + 1];
        bytes[MIN_BYTES - 10] = b'\n';
        assert_eq!(looked_at_of("markdown", &bytes), (MIN_BYTES - 9, true));
        bytes[MIN_BYTES - 11] = 0;
        assert_eq!(looked_at_of("markdown", &bytes), (MIN_BYTES, true));
        assert_eq!(looked_at_of("json", &bytes), (MIN_BYTES + 1, false));
        assert_eq!(looked_at_of("markdown", &bytes[..MIN_BYTES]), (MIN_BYTES, false));
    }
}
