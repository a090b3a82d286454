//! Web pages in one file (.mht): the page's text, as `html` reads it.
//!
//! Browsers save them, and Office under the names of its own formats. Pictures and further parts
//! are left out.

use mail_parser::{MessageParser, MimeHeaders as _, PartType};

use super::{Content, ExtractError, Fact, Format, Limits, Provenance, html, properties};

pub(super) const FORMAT: Format = Format {
    name: "mhtml",
    extensions: &["mht", "mhtml"],
    recognize,
    version: 1,
    isolated: true,
    read,
};

/// How far into a file its header is looked at, in bytes.
const HEADER_BYTES: usize = 4096;

/// Whether this is a page that a program saved, and not a message with pictures that was sent.
fn recognize(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(HEADER_BYTES)];
    let head = String::from_utf8_lossy(head).to_ascii_lowercase().replace("\r\n", "\n");
    let Some((header, _)) = head.trim_start_matches('\u{feff}').split_once("\n\n") else {
        return false;
    };
    let lines = || header.split('\n');
    let has = |start: &str| lines().any(|it| it.starts_with(start));
    let is_header = lines().all(|it| it.contains(':') || it.starts_with([' ', '\t']));
    let is_related = header.contains("multipart/related") || header.contains("text/html");
    let is_saved =
        has("snapshot-content-location:") || has("from: <saved by") || has("from: \"saved by");
    is_header
        && has("mime-version:")
        && is_related
        && (is_saved || !["from:", "to:", "received:", "message-id:"].iter().any(|it| has(it)))
}

fn read(bytes: &[u8], limits: &Limits) -> Result<Content, ExtractError> {
    let Some(message) = MessageParser::default().parse(bytes) else {
        return Err(ExtractError::Damaged("it has no header".to_owned()));
    };
    let pages = message.parts.iter().filter_map(|part| match &part.body {
        // The frames of a page are further parts of the same kind; those of a workbook its sheets.
        PartType::Html(page) if part.content_id().is_none_or(|it| !it.starts_with("css-")) => {
            Some(page)
        }
        _ => None,
    });
    let mut content = Content::within(limits);
    for page in pages {
        let page = html::text_of_html(page, limits);
        if content.text().is_empty() && content.metadata == super::Metadata::default() {
            content.metadata = page.metadata.clone();
        }
        for block in page.blocks() {
            content.push(block.kind, block.locator.clone(), page.text_of(block));
        }
    }
    if content.metadata.title.is_none()
        && let Some(subject) = message.subject()
    {
        let mut title: Option<Fact<String>> = None;
        properties::set(&mut title, subject, Provenance::property("mail header Subject"));
        content.metadata.title = title;
    }
    Ok(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Content, ExtractError> {
        super::read(bytes, &Limits::default())
    }

    const PAGE: &str = "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"b\"\r\n\r\n\
        --b\r\nContent-Type: text/html; charset=\"utf-8\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
        <html><title>T</title><h1>Head</h1><p>caf=C3=A9</html>\r\n--b\r\nContent-Type: image/png\r\n\r\nx\r\n--b--\r\n";

    #[test]
    fn a_saved_page_is_read() {
        assert!(recognize(PAGE.as_bytes()));
        let content = read(PAGE.as_bytes()).unwrap();
        assert_eq!(content.text(), "Head\ncafé");
        assert_eq!(content.metadata.title.unwrap().value, "T");
        let blink = format!("From: <Saved by Blink>\r\nSubject: S\r\n{PAGE}");
        assert!(recognize(blink.as_bytes()));
    }

    #[test]
    fn a_message_with_pictures_is_a_message() {
        let sent = format!("From: ann@example.org\r\nTo: bob@example.org\r\n{PAGE}");
        assert!(!recognize(sent.as_bytes()));
        assert!(!recognize(b"MIME-Version: 1.0\n"));
    }
}
