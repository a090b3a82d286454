//! Tags that are too large to be tokenized.
//!
//! The tokenizer compares each attribute of a tag with every other, so a tag with 200,000 of them
//! takes ten seconds. Such tags lose their attributes; data in them is no text anyway.

use std::borrow::Cow;

/// Largest tag, in bytes.
const MAX_TAG_BYTES: usize = 32 << 10;
/// Most attributes of a tag.
const MAX_ATTRIBUTES: usize = 256;

/// Elements whose content is not markup.
const RAW: [&str; 8] =
    ["iframe", "noembed", "noframes", "script", "style", "textarea", "title", "xmp"];

/// The page with the attributes of oversized tags replaced by the line feeds among them, so that
/// lines keep their numbers.
pub(super) fn without_giant_tags(html: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut copied = 0;
    let mut at = 0;
    while let Some(open) = html[at..].find('<').map(|offset| at + offset) {
        let rest = &html.as_bytes()[open + 1..];
        at = open + 1;
        match rest {
            [b'!', b'-', b'-', ..] => {
                at = html[open..].find("-->").map_or(html.len(), |offset| open + offset);
            }
            [b'a'..=b'z' | b'A'..=b'Z' | b'/', ..] => {
                let name_bytes =
                    rest.iter().skip(1).take_while(|byte| byte.is_ascii_alphanumeric()).count();
                let attributes = open + 2 + name_bytes;
                let (end, count) = end_of_tag(html.as_bytes(), attributes);
                if MAX_TAG_BYTES < end - open || MAX_ATTRIBUTES < count {
                    out.push_str(&html[copied..attributes]);
                    let lines = html[attributes..end].matches('\n').count();
                    out.extend(std::iter::repeat_n('\n', lines));
                    copied = end;
                }
                at = end_of_raw(html, &html[open + 1..attributes], end);
            }
            _ => {}
        }
    }
    if copied == 0 {
        return html.into();
    }
    out.push_str(&html[copied..]);
    out.into()
}

/// Where the tag ends (at its `>`) whose attributes start here, and how many those are.
fn end_of_tag(html: &[u8], start: usize) -> (usize, usize) {
    let mut at = start;
    let mut count = 0;
    let mut after_equals = false;
    let mut after_space = true;
    while let Some(byte) = html.get(at) {
        match byte {
            b'>' => return (at, count),
            b'"' | b'\'' if after_equals => {
                let rest = &html[at + 1..];
                let Some(length) = rest.iter().position(|it| it == byte) else { break };
                at += length + 1;
                (after_equals, after_space) = (false, true);
            }
            b'=' => after_equals = true,
            _ if byte.is_ascii_whitespace() || *byte == b'/' => after_space = true,
            _ => {
                count += usize::from(after_space && !after_equals);
                (after_equals, after_space) = (false, false);
            }
        }
        at += 1;
    }
    (html.len(), count)
}

/// Where markup goes on after the start tag `name` that ends here.
fn end_of_raw(html: &str, name: &str, end: usize) -> usize {
    if !RAW.iter().any(|raw| raw.eq_ignore_ascii_case(name)) {
        return end;
    }
    let mut at = end;
    while let Some(offset) = html[at..].find("</") {
        at += offset;
        let after = html.as_bytes().get(at + 2..at + 2 + name.len());
        if after.is_some_and(|after| after.eq_ignore_ascii_case(name.as_bytes())) {
            return at;
        }
        at += 2;
    }
    html.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_pages_are_not_copied() {
        let html = "<a href='x>y' title=it's>z</a><!-- <b --><script>a<b '</script>";
        assert!(matches!(without_giant_tags(html), Cow::Borrowed(_)));
    }

    #[test]
    fn giant_tags_lose_their_attributes_and_keep_their_lines() {
        let html = format!("<p\nid='{}'>one<p {}>two", "x".repeat(40_000), "a ".repeat(300));
        assert_eq!(without_giant_tags(&html), "<p\n>one<p>two");
    }

    #[test]
    fn scripts_are_not_taken_for_tags() {
        let html = format!("<script>a<b {} '</script><p>text", "c ".repeat(40_000));
        assert!(matches!(without_giant_tags(&html), Cow::Borrowed(_)));
    }
}
