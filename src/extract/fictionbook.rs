//! FictionBook (.fb2, and packed as .fb2.zip): text, notes, and the description of the book.

use std::borrow::Cow;

use super::archive::{self, Archive};
use super::flow::{Flow, Place};
use super::metadata::{DateRole, Metadata, Provenance};
use super::xml::{self, Node, Tag, Xml};
use super::{Content, ExtractError, Format, Limits, dates, properties};

pub(super) const FORMAT: Format = Format {
    name: "fb2",
    extensions: &["fb2", "fbz"],
    recognize,
    version: 1,
    isolated: true,
    read,
};

/// How far into a file its root element must stand, in bytes.
const HEAD_BYTES: usize = 4096;
/// The largest directory of an archive with one book in it, in bytes.
const MAX_DIRECTORY_BYTES: usize = 1024;

fn recognize(bytes: &[u8]) -> bool {
    if archive::is_zip(bytes) {
        return packed(bytes).is_some();
    }
    let head = &bytes[..bytes.len().min(HEAD_BYTES)];
    // UTF-16 shows as ASCII with NULs between.
    let head: Vec<u8> = head.iter().copied().filter(|it| *it != 0).collect();
    let start = head.iter().position(|it| *it == b'<');
    start.is_some_and(|it| it < 8) && head.windows(12).any(|it| it == b"<FictionBook")
}

/// The name of the book in an archive that holds nothing else.
fn packed(bytes: &[u8]) -> Option<String> {
    let directory = archive::directory(bytes).filter(|it| it.len() < MAX_DIRECTORY_BYTES)?;
    if !directory.windows(4).any(|it| it.eq_ignore_ascii_case(b".fb2")) {
        return None;
    }
    let names = Archive::peek(bytes).ok()?.files();
    let [name] = &names[..] else { return None };
    name.to_lowercase().ends_with(".fb2").then(|| name.clone())
}

fn read(bytes: &[u8], limits: &Limits) -> Result<Content, ExtractError> {
    let mut trouble = None;
    let bytes: Cow<'_, [u8]> = if archive::is_zip(bytes) {
        let mut archive = Archive::open(bytes, limits)?;
        let book = packed(bytes).and_then(|it| archive.read(&it));
        trouble = archive.trouble.take();
        match book {
            Some(book) => book.into(),
            None if archive.needs_password => return Err(ExtractError::Encrypted),
            None => {
                let why = trouble.unwrap_or_else(|| "no book in the archive".into());
                return Err(why.into());
            }
        }
    } else {
        bytes.into()
    };
    let text = xml::decode(&bytes);
    let mut content = Content::of(description(&text), limits);
    let mut flow = Flow::new(&mut content, Place::Body);
    let damage = walk(&text, &mut flow);
    flow.finish();
    content.short_of(trouble.or(damage.map(Into::into)))
}

/// Appends the bodies; gives back where the file is broken, if it is.
fn walk(text: &str, flow: &mut Flow) -> Option<String> {
    let mut xml = Xml::new(text);
    let (mut in_body, mut in_notes, mut in_title) = (false, false, false);
    while let Some(node) = xml.next() {
        if flow.is_full() {
            return None;
        }
        match node {
            Node::Open(tag) => match tag.name() {
                "description" | "binary" | "stylesheet" => xml.skip(),
                "body" => {
                    in_body = true;
                    in_notes = is_notes(&tag);
                    if in_notes {
                        flow.enter(Place::Part("footnotes".to_owned()));
                    }
                }
                "title" => in_title = true,
                "p" | "v" | "text-author" | "date" if in_body => flow.open_paragraph(in_title),
                "subtitle" => flow.open_paragraph(true),
                "tr" => flow.open_row(),
                "th" | "td" => {
                    flow.open_cell(None);
                    flow.open_paragraph(false);
                }
                _ => {}
            },
            Node::Close(tag) => match tag.name() {
                "body" if in_notes => {
                    flow.leave();
                    in_notes = false;
                }
                "title" => in_title = false,
                "p" | "v" | "text-author" | "date" | "subtitle" => flow.close_paragraph(),
                "tr" => flow.close_row(),
                "th" | "td" => {
                    flow.close_paragraph();
                    flow.close_cell();
                }
                _ => {}
            },
            Node::Text(piece) => flow.text(&piece.replace(['\n', '\r', '\t'], " ")),
        }
    }
    xml.damage
}

fn is_notes(body: &Tag) -> bool {
    matches!(body.attribute("name").as_deref(), Some("notes" | "comments"))
}

/// What the description says of the book.
fn description(text: &str) -> Metadata {
    let mut metadata = Metadata::default();
    let mut xml = Xml::new(text);
    let mut part = String::new();
    while let Some(node) = xml.next() {
        let tag = match node {
            Node::Open(tag) => tag,
            Node::Close(tag) if tag.name() == "description" => break,
            _ => continue,
        };
        let name = tag.name().to_owned();
        match name.as_str() {
            "title-info" | "document-info" | "publish-info" => part = name,
            "src-title-info" | "annotation" | "history" | "body" => xml.skip(),
            "author" => {
                let who = person(&mut xml);
                if part == "title-info" {
                    let provenance = Provenance::property("title-info author");
                    properties::set(&mut metadata.creator, &who, provenance);
                }
            }
            "book-title" | "lang" | "version" | "date" => {
                let stated = tag.attribute("value");
                let text = xml.text();
                let value = stated.filter(|it| !it.is_empty()).unwrap_or(text);
                fill(&mut metadata, &part, &name, &value);
            }
            _ => {}
        }
    }
    metadata
}

fn fill(metadata: &mut Metadata, part: &str, name: &str, value: &str) {
    let provenance = Provenance::property(format!("{part} {name}"));
    match (part, name) {
        ("title-info", "book-title") => properties::set(&mut metadata.title, value, provenance),
        ("title-info", "lang") => properties::set(&mut metadata.language, value, provenance),
        ("document-info", "version") => properties::set(&mut metadata.version, value, provenance),
        ("title-info", "date") => {
            metadata.dates.extend(dates::claim(DateRole::Published, value, provenance));
        }
        ("document-info", "date") => {
            metadata.dates.extend(dates::claim(DateRole::Created, value, provenance));
        }
        _ => {}
    }
}

/// The name of the person whose element was just opened.
fn person(xml: &mut Xml) -> String {
    let (mut depth, mut names, mut nickname) = (1, Vec::new(), String::new());
    while 0 < depth {
        match xml.next() {
            Some(Node::Open(tag)) => match tag.name() {
                "first-name" | "middle-name" | "last-name" => names.push(xml.text()),
                "nickname" => nickname = xml.text(),
                _ => depth += 1,
            },
            Some(Node::Close(_)) => depth -= 1,
            Some(Node::Text(_)) => {}
            None => break,
        }
    }
    let words: Vec<&str> = names.iter().map(|it| it.trim()).filter(|it| !it.is_empty()).collect();
    if words.is_empty() { nickname } else { words.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::BlockKind;
    use crate::extract::archive::zip_of;

    fn read(bytes: &[u8]) -> Result<Content, ExtractError> {
        super::read(bytes, &Limits::default())
    }

    const BOOK: &str = "<?xml version='1.0'?><FictionBook><description><title-info>\
        <author><first-name>Ann</first-name><last-name>Lee</last-name></author>\
        <book-title>T</book-title><lang>en</lang></title-info>\
        <document-info><date value='2024-05-06'>May</date></document-info></description>\
        <body><title><p>Head</p></title><section><p>One<a>1</a>\ntwo</p>\
        <table><tr><th>a</th><td>b</td></tr></table></section></body>\
        <body name='notes'><section><p>note</p></section></body><binary>QUJD</binary></FictionBook>";

    #[test]
    fn text_and_notes_are_read() {
        assert!(recognize(BOOK.as_bytes()));
        let content = read(BOOK.as_bytes()).unwrap();
        assert_eq!(content.text(), "Head\nOne1 two\na\tb\nnote");
        let kinds: Vec<_> = content.blocks().iter().map(|it| it.kind).collect();
        use BlockKind::{Aside, Cells, Heading, Paragraph};
        assert_eq!(kinds, [Heading, Paragraph, Cells, Aside]);
        let metadata = content.metadata;
        assert_eq!(metadata.title.unwrap().value, "T");
        assert_eq!(metadata.creator.unwrap().value, "Ann Lee");
        assert_eq!(metadata.dates[0].date.to_string(), "2024-05-06");
    }

    #[test]
    fn a_packed_book_is_a_book() {
        let bytes = zip_of(&[("Lee - T.fb2", BOOK.as_bytes())]);
        assert!(recognize(&bytes));
        assert!(read(&bytes).unwrap().text().starts_with("Head"));
        let two = zip_of(&[("a.fb2", BOOK.as_bytes()), ("b.fb2", BOOK.as_bytes())]);
        assert!(!recognize(&two));
    }

    #[test]
    fn a_packed_book_that_unpacks_to_too_much_is_over_the_limit() {
        let spaces = vec![b' '; 40 << 20];
        let empty = [b"<FictionBook>", &spaces[..]].concat();
        let outcome = read(&zip_of(&[("bomb.fb2", &empty)]));
        assert!(matches!(outcome, Err(ExtractError::OverLimit(_))), "{outcome:?}");
        let book = [BOOK.trim_end_matches("</FictionBook>").as_bytes(), &spaces[..]].concat();
        let content = read(&zip_of(&[("long.fb2", &book)])).unwrap();
        assert!(content.text().starts_with("Head"));
        assert_eq!(content.partly.unwrap().what, "long.fb2: cut where 32 MiB were unpacked");
    }
}
