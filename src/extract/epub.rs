//! EPUB books: the documents of the spine in reading order, and what the package says of the book.
//!
//! Only items that are declared to be pages are read: a spine may hold pictures. Books under a
//! rights system are encrypted; books whose fonts alone are obfuscated are not.

use std::collections::HashMap;

use percent_encoding::percent_decode_str;

use super::archive::{self, Archive};
use super::metadata::{DateRole, Metadata, Provenance};
use super::xml::{self, Node, Xml};
use super::{Content, ExtractError, Format, Limits, Locator, dates, encoding, html, properties};

pub(super) const FORMAT: Format =
    Format { name: "epub", extensions: &["epub"], recognize, version: 2, isolated: true, read };

const MIMETYPE: &[u8] = b"mimetypeapplication/epub+zip";
/// Where the name of a first entry starts.
const NAME_AT: usize = 30;
/// Most that is unpacked to tell the kind, in bytes.
const MAX_PEEK_BYTES: u64 = 1 << 10;

fn recognize(bytes: &[u8]) -> bool {
    if !archive::is_zip(bytes) {
        return false;
    }
    if bytes.get(NAME_AT..).is_some_and(|it| it.starts_with(MIMETYPE)) {
        return true;
    }
    // The type may be packed, or not be the first.
    const CONTAINER: &[u8] = b"META-INF/container.xml";
    let Some(directory) = archive::directory(bytes) else { return false };
    if !directory.windows(CONTAINER.len()).any(|it| it == CONTAINER) {
        return false;
    }
    let kind =
        Archive::peek(bytes).ok().and_then(|mut it| it.read_up_to("mimetype", MAX_PEEK_BYTES));
    kind.is_some_and(|it| it.trim_ascii() == b"application/epub+zip")
}

/// A document of the book.
struct Item {
    path: String,
    is_page: bool,
}

/// What the package document says.
#[derive(Default)]
struct Package {
    metadata: Metadata,
    items: HashMap<String, Item>,
    spine: Vec<String>,
}

fn read(bytes: &[u8], limits: &Limits) -> Result<Content, ExtractError> {
    if !archive::is_zip(bytes) {
        return Err(ExtractError::Unsupported("not an EPUB book, whatever its name".to_owned()));
    }
    let mut archive = Archive::open(bytes, limits)?;
    let container = archive.read("META-INF/container.xml").unwrap_or_default();
    let Some(path) = root_file(&xml::decode(&container)) else {
        return Err(ExtractError::Damaged("no package document in the archive".to_owned()));
    };
    let Some(package) = archive.read(&path) else {
        return Err(ExtractError::Damaged(format!("no {path} in the archive")));
    };
    let package = Package::of(&xml::decode(&package), &path);
    let encryption = archive.read("META-INF/encryption.xml").unwrap_or_default();
    let encrypted = encrypted(&xml::decode(&encryption));
    let mut content = Content::of(package.metadata, limits);
    let mut paragraphs = 0;
    let (mut missing, mut locked) = (0, 0);
    for item in package.spine.iter().filter_map(|it| package.items.get(it)).filter(|it| it.is_page)
    {
        if encrypted.contains(&item.path) {
            locked += 1;
            continue;
        }
        let Some(page) = archive.read(&item.path) else {
            missing += 1;
            continue;
        };
        let page = html::text_of_html(&encoding::decode(&page, None), limits);
        for block in page.blocks() {
            paragraphs += 1;
            content.push(block.kind, Locator::Paragraph(paragraphs), page.text_of(block));
        }
        if content.partly.is_some() {
            break;
        }
    }
    if 0 < locked && content.text().is_empty() {
        return Err(ExtractError::Encrypted);
    }
    let lacks = [(locked, "encrypted"), (missing, "missing")].into_iter().filter(|(it, _)| 0 < *it);
    let lacks: Vec<_> = lacks.map(|(count, how)| format!("pages {how}: {count}")).collect();
    // Pages that a limit left out are missing because of it.
    let cut = archive.trouble.take_if(|it| it.reached.is_some());
    let lacks = (!lacks.is_empty()).then(|| lacks.join(", ").into());
    content.short_of(cut.or(lacks).or(archive.trouble))
}

/// Path of the package document.
fn root_file(container: &str) -> Option<String> {
    let mut xml = Xml::new(container);
    while let Some(node) = xml.next() {
        if let Node::Open(tag) = node
            && tag.name() == "rootfile"
        {
            return tag.attribute("full-path");
        }
    }
    None
}

/// Paths of what is encrypted.
fn encrypted(encryption: &str) -> Vec<String> {
    let mut xml = Xml::new(encryption);
    let mut paths = Vec::new();
    while let Some(node) = xml.next() {
        if let Node::Open(tag) = node
            && tag.name() == "CipherReference"
        {
            paths.extend(tag.attribute("URI").map(|it| unescape(&it)));
        }
    }
    paths
}

impl Package {
    fn of(text: &str, path: &str) -> Self {
        let mut package = Self::default();
        let mut xml = Xml::new(text);
        let mut in_metadata = false;
        while let Some(node) = xml.next() {
            let tag = match node {
                Node::Open(tag) => tag,
                Node::Close(tag) => {
                    in_metadata &= tag.name() != "metadata";
                    continue;
                }
                Node::Text(_) => continue,
            };
            match tag.name() {
                "metadata" => in_metadata = true,
                "item" => {
                    let kind = tag.attribute("media-type").unwrap_or_default();
                    let is_page = matches!(kind.as_str(), "application/xhtml+xml" | "text/html");
                    let path = resolve(path, &tag.attribute("href").unwrap_or_default());
                    let id = tag.attribute("id").unwrap_or_default();
                    package.items.insert(id, Item { path, is_page });
                }
                "itemref" => package.spine.extend(tag.attribute("idref")),
                "dc-metadata" | "x-metadata" => {}
                name if in_metadata => {
                    let (name, event) = (name.to_owned(), tag.attribute("event"));
                    let property = tag.attribute("property");
                    let value = xml.text();
                    package.fill(property.as_deref().unwrap_or(&name), event.as_deref(), &value);
                }
                _ => {}
            }
        }
        package
    }

    fn fill(&mut self, name: &str, event: Option<&str>, value: &str) {
        let metadata = &mut self.metadata;
        let name = name.to_lowercase();
        let provenance = Provenance::property(match name.as_str() {
            "dcterms:modified" => name.clone(),
            _ => format!("dc:{name}"),
        });
        let role = match (name.as_str(), event) {
            ("dcterms:modified", _) | ("date", Some("modification")) => DateRole::Updated,
            ("date", Some("creation")) => DateRole::Created,
            ("date", _) => DateRole::Published,
            ("title", _) => return properties::set(&mut metadata.title, value, provenance),
            ("creator", _) => return properties::set(&mut metadata.creator, value, provenance),
            ("language", _) => return properties::set(&mut metadata.language, value, provenance),
            _ => return,
        };
        metadata.dates.extend(dates::claim(role, value, provenance));
    }
}

/// The path that `href` means in the document at `path`.
fn resolve(path: &str, href: &str) -> String {
    let mut segments: Vec<&str> = path.split('/').collect();
    segments.pop();
    let href = unescape(href.split('#').next().unwrap_or_default());
    for segment in href.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()),
            segment => segments.push(segment),
        }
    }
    segments.join("/")
}

/// Replaces `%20` and its like.
fn unescape(href: &str) -> String {
    percent_decode_str(href).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::archive::zip_of;

    fn read(bytes: &[u8]) -> Result<Content, ExtractError> {
        super::read(bytes, &Limits::default())
    }

    const CONTAINER: &[u8] =
        b"<container><rootfiles><rootfile full-path='OPS/p.opf'/></rootfiles></container>";
    const OPF: &[u8] = b"<package><metadata><dc:title>T</dc:title><dc:creator>Ann</dc:creator>\
        <dc:date opf:event='publication'>2020-01-02</dc:date><meta property='dcterms:modified'>2024-05-06T00:00:00Z</meta>\
        </metadata><manifest><item id='b' href='two%20b.xhtml' media-type='application/xhtml+xml'/>\
        <item id='a' href='a.xhtml' media-type='application/xhtml+xml'/>\
        <item id='i' href='i.jpg' media-type='image/jpeg'/></manifest>\
        <spine><itemref idref='b'/><itemref idref='i'/><itemref idref='a'/></spine></package>";

    fn book(encryption: &[u8]) -> Vec<u8> {
        zip_of(&[
            ("mimetype", b"application/epub+zip"),
            ("META-INF/container.xml", CONTAINER),
            ("META-INF/encryption.xml", encryption),
            ("OPS/p.opf", OPF),
            ("OPS/a.xhtml", b"<html><body><p>last</p></body></html>"),
            ("OPS/two b.xhtml", b"<html><body><h1>First</h1></body></html>"),
            ("OPS/i.jpg", b"<p>no text"),
        ])
    }

    #[test]
    fn pages_come_in_the_order_of_the_spine() {
        let bytes = book(b"<encryption/>");
        assert!(recognize(&bytes));
        let content = read(&bytes).unwrap();
        assert_eq!(content.text(), "First\nlast");
        assert_eq!(content.partly, None);
        let metadata = content.metadata;
        assert_eq!(metadata.title.unwrap().value, "T");
        assert_eq!(metadata.creator.unwrap().value, "Ann");
        let roles: Vec<_> = metadata.dates.iter().map(|it| it.role).collect();
        assert_eq!(roles, [DateRole::Published, DateRole::Updated]);
    }

    #[test]
    fn a_book_under_a_rights_system_is_encrypted() {
        let uri = |it: &str| format!("<e><CipherReference URI='{it}'/></e>");
        let both = uri("OPS/a.xhtml") + &uri("OPS/two%20b.xhtml");
        assert_eq!(read(&book(both.as_bytes())), Err(ExtractError::Encrypted));
        let partly = read(&book(uri("OPS/a.xhtml").as_bytes())).unwrap();
        assert_eq!(partly.partly, Some("pages encrypted: 1".into()));
        assert_eq!(read(&book(uri("OPS/font.otf").as_bytes())).unwrap().partly, None);
    }

    #[test]
    fn escapes_are_resolved_and_broken_ones_stay() {
        assert_eq!(unescape("a%20b%zz%4"), "a b%zz%4");
        assert_eq!(unescape("100%+f"), "100%+f");
        assert_eq!(resolve("OPS/p.opf", "../x/./y.html#z"), "x/y.html");
    }
}
