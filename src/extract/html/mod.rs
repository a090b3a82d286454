//! HTML: headings, paragraphs, list items, table rows and code, and what the page's head says.
//!
//! Reads tokens and builds no tree, so that nesting costs nothing. Navigation is left out where the
//! page marks it, and of pages that mark their main content only that is kept.

mod blocks;
mod properties;
mod regions;
mod tags;
mod tokens;

use std::borrow::Cow;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{BufferQueue, Tokenizer, TokenizerOpts};

use super::{Content, ExtractError, Format, Limits, encoding};
use tokens::Page;

pub(super) const FORMAT: Format = Format {
    name: "html",
    extensions: &["html", "htm", "xhtml"],
    recognize,
    version: 2,
    isolated: false,
    read,
};

/// How far into a file its start and its character encoding are looked for, in bytes.
const HEAD_BYTES: usize = 4096;

fn recognize(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(HEAD_BYTES)];
    // UTF-16 shows as ASCII with NULs between.
    let head: Cow<'_, [u8]> = match head {
        [0xff, 0xfe, rest @ ..] | [0xfe, 0xff, rest @ ..] => {
            rest.iter().copied().filter(|byte| *byte != 0).collect()
        }
        _ => head.into(),
    };
    let mut rest = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head);
    loop {
        rest = rest.trim_ascii_start();
        let end: &[u8] = match rest {
            [b'<', b'!', b'-', b'-', ..] => b"-->",
            [b'<', b'?', ..] => b"?>",
            _ => break,
        };
        let Some(at) = rest.windows(end.len()).position(|window| window == end) else {
            return false;
        };
        rest = &rest[at + end.len()..];
    }
    let starts_with = |tag: &[u8]| {
        rest.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag))
            && rest.get(tag.len()).is_none_or(|next| !next.is_ascii_alphanumeric())
    };
    starts_with(b"<!doctype html") || starts_with(b"<html")
}

fn read(bytes: &[u8], limits: &Limits) -> Result<Content, ExtractError> {
    Ok(text_of_html(&encoding::decode(bytes, declared_encoding(bytes).as_deref()), limits))
}

/// Text and metadata of a page that is decoded already.
pub(super) fn text_of_html(html: &str, limits: &Limits) -> Content {
    let html = tags::without_giant_tags(html);
    let is_xml = html.trim_start_matches('\u{feff}').trim_start().starts_with("<?xml");
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(&*html));
    let tokenizer = Tokenizer::new(Page::new(is_xml, limits), TokenizerOpts::default());
    // The page never asks to run a script, so one call takes everything.
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.into_content()
}

/// The encoding that `<meta charset>`, its older form or an XML declaration names.
fn declared_encoding(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(HEAD_BYTES)]).to_ascii_lowercase();
    let declaration = head.strip_prefix("<?xml").and_then(|rest| rest.split("?>").next());
    let xml = declaration.and_then(|it| it.split_once("encoding=")).map(|(_, rest)| rest);
    let meta = head.split("<meta").skip(1).find_map(|tag| {
        let tag = tag.split('>').next()?;
        tag.split_once("charset").and_then(|(_, rest)| rest.trim_start().strip_prefix('='))
    });
    let label = meta.or(xml)?.trim_start().trim_start_matches(['"', '\'']);
    let end = label
        .find(|char: char| !(char.is_ascii_alphanumeric() || matches!(char, '-' | '_' | ':' | '.')))
        .unwrap_or(label.len());
    (0 < end).then(|| label[..end].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::BlockKind;

    fn text_of_html(html: &str) -> Content {
        super::text_of_html(html, &Limits::default())
    }

    fn blocks(html: &str) -> Vec<(BlockKind, String)> {
        let content = text_of_html(html);
        let text = |block| content.text_of(block).to_owned();
        content.blocks().iter().map(|block| (block.kind, text(block))).collect()
    }

    fn text(html: &str) -> String {
        text_of_html(html).text().to_owned()
    }

    #[test]
    fn pages_are_recognized_by_their_start() {
        for page in [
            "<!DOCTYPE html>",
            "\u{feff} <!-- saved -->\n<HTML lang=en>",
            "<?xml version='1.0'?><!DOCTYPE html PUBLIC 'x'>",
        ] {
            assert!(recognize(page.as_bytes()), "{page}");
        }
        assert!(recognize(b"\xff\xfe<\0h\0t\0m\0l\0>\0"));
        for other in ["# About <html>", "<htmlish>", "<?xml version='1.0'?><feed>", "<!-- open"] {
            assert!(!recognize(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn the_declared_encoding_is_found() {
        let of = |html: &str| declared_encoding(html.as_bytes());
        assert_eq!(of("<meta charset='ISO-8859-1'>").as_deref(), Some("iso-8859-1"));
        let old = "<meta http-equiv=Content-Type content=\"text/html; charset=windows-1252\">";
        assert_eq!(of(old).as_deref(), Some("windows-1252"));
        assert_eq!(of("<?xml version='1.0' encoding='koi8-r'?>").as_deref(), Some("koi8-r"));
        assert_eq!(of("<p>charset=x"), None);
    }

    #[test]
    fn blocks_are_what_a_reader_sees() {
        let html = "<h1>A\n title</h1><p>One <b>bold</b>word &amp; <br>a line<ul><li>item<li>other\
                    </ul><pre>  x\n  y</pre><table><tr><th>a<td><p>b</p></table>";
        let expected = [
            (BlockKind::Heading, "A title"),
            (BlockKind::Paragraph, "One boldword &\na line"),
            (BlockKind::Paragraph, "item"),
            (BlockKind::Paragraph, "other"),
            (BlockKind::Code, "x\n  y"),
            (BlockKind::Cells, "a\tb"),
        ];
        assert_eq!(blocks(html), expected.map(|(kind, text)| (kind, text.to_owned())));
    }

    #[test]
    fn a_table_that_lays_out_the_page_is_not_cells() {
        let html = "<table><tr><td><p>One</p><p>Two</p><td>Three</table>";
        let expected = ["One", "Two", "Three"];
        assert_eq!(blocks(html), expected.map(|it| (BlockKind::Paragraph, it.to_owned())));
    }

    #[test]
    fn two_line_breaks_part_paragraphs() {
        let html = "<font>One<br>line<br> <br>Two</font>";
        let expected = ["One\nline", "Two"];
        assert_eq!(blocks(html), expected.map(|it| (BlockKind::Paragraph, it.to_owned())));
    }

    #[test]
    fn lines_count_from_one() {
        let content = text_of_html("<html>\n<p>\none\n<p>two");
        let lines: Vec<_> = content.blocks().iter().map(|it| it.locator.to_string()).collect();
        assert_eq!(lines, ["line 3", "line 4"]);
    }

    #[test]
    fn scripts_styles_and_templates_are_no_text() {
        let html = "<style>p{}</style><script>if (a<b) '</p>'</script><template><p>t</template>\
                    <noscript>n</noscript><p>text<textarea>form</textarea>";
        assert_eq!(text(html), "text");
        let xhtml = "<?xml version='1.0'?><html><script src='x'/><p>text</p></html>";
        assert_eq!(text(xhtml), "text");
    }

    #[test]
    fn navigation_and_page_frame_are_left_out() {
        let html = "<header>Site</header><nav><p>Menu</nav><div role=navigation>More<div>x</div>\
                    </div><p>Body</p><footer><p>All rights<p>Last updated 6 May 2024</footer>";
        assert_eq!(text(html), "Body\nLast updated 6 May 2024");
        let titled = "<header><h1>Leave policy</h1><p>Site</p></header><p>Body";
        assert_eq!(text(titled), "Leave policy\nBody");
    }

    #[test]
    fn the_main_content_is_kept_alone_unless_it_is_too_little() {
        let html = "<p>Around<main><p>The body of it</main>";
        assert_eq!(text(html), "The body of it");
        let html = format!("<p>{}<main>x</main>", "Around ".repeat(40));
        assert!(text(&html).starts_with("Around"));
        assert_eq!(text("<nav><p>Only a menu</nav>"), "Only a menu");
    }

    #[test]
    fn a_million_nested_elements_are_read() {
        let html = format!("{}deep", "<div>".repeat(1_000_000));
        assert_eq!(text(&html), "deep");
    }
}
