//! OpenDocument texts, sheets and presentations: as packages and as flat XML.
//!
//! Finds the parts and the document's properties; what is in the text is `odf_text`'s.

use std::borrow::Cow;

use super::archive::{self, Archive};
use super::flow::{Flow, Place};
use super::metadata::{DateRole, Metadata, Provenance};
use super::xml::{self, Node, Xml};
use super::{Content, ExtractError, Format, Limits, dates, odf_text, properties};

/// Texts.
pub(super) const TEXT: Format = Format {
    name: "odt",
    extensions: &["odt", "ott", "fodt", "odm"],
    recognize: |bytes| is_kind(bytes, "text"),
    version: 2,
    isolated: true,
    read: |bytes, limits| read(bytes, Place::Body, limits),
};

/// Spreadsheets.
pub(super) const SHEET: Format = Format {
    name: "ods",
    extensions: &["ods", "ots", "fods"],
    recognize: |bytes| is_kind(bytes, "spreadsheet"),
    version: 2,
    isolated: true,
    read: |bytes, limits| read(bytes, Place::Sheet(String::new(), 0), limits),
};

/// Presentations.
pub(super) const PRESENTATION: Format = Format {
    name: "odp",
    extensions: &["odp", "otp", "fodp"],
    recognize: |bytes| is_kind(bytes, "presentation"),
    version: 2,
    isolated: true,
    read: |bytes, limits| read(bytes, Place::Slide(0), limits),
};

const TYPE: &str = "application/vnd.oasis.opendocument.";
/// Where the content of a first, stored entry called `mimetype` starts, as the standard wants it.
const MIMETYPE_AT: usize = 38;
/// Most that is unpacked to tell the kind, in bytes.
const MAX_PEEK_BYTES: u64 = 1 << 20;
/// How far into a flat document its type must stand, in bytes.
const HEAD_BYTES: usize = 4096;

/// Whether the media type of these bytes is that of `kind`, or of its templates and such.
fn is_kind(bytes: &[u8], kind: &str) -> bool {
    let Some(found) = media_type(bytes) else { return false };
    found.strip_prefix(kind).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

/// The media type after [`TYPE`], from the `mimetype` entry, the manifest or a flat document.
fn media_type(bytes: &[u8]) -> Option<Cow<'_, str>> {
    if !archive::is_zip(bytes) {
        return flat_media_type(bytes).map(Cow::Borrowed);
    }
    if bytes.get(30..MIMETYPE_AT) == Some(b"mimetype") {
        let end = bytes.len().min(MIMETYPE_AT + 100);
        let rest = bytes[MIMETYPE_AT..end].strip_prefix(TYPE.as_bytes());
        if let Some(rest) = rest {
            let length =
                rest.iter().take_while(|&&it| it == b'-' || it.is_ascii_lowercase()).count();
            return std::str::from_utf8(&rest[..length]).ok().map(Cow::Borrowed);
        }
    }
    let directory = archive::directory(bytes)?;
    let has = |name: &[u8]| directory.windows(name.len()).any(|it| it == name);
    if !has(b"META-INF/manifest.xml") || !has(b"content.xml") {
        return None;
    }
    let mut archive = Archive::peek(bytes).ok()?;
    let stated = match archive.read_up_to("mimetype", MAX_PEEK_BYTES) {
        Some(stated) => String::from_utf8_lossy(&stated).into_owned(),
        None => {
            let manifest = archive.read_up_to("META-INF/manifest.xml", MAX_PEEK_BYTES)?;
            root_media_type(&xml::decode(&manifest))?
        }
    };
    stated.trim().strip_prefix(TYPE).map(|it| Cow::Owned(it.to_owned()))
}

/// The media type that a manifest gives the whole package.
fn root_media_type(manifest: &str) -> Option<String> {
    let mut xml = Xml::new(manifest);
    while let Some(node) = xml.next() {
        let Node::Open(tag) = node else { continue };
        if tag.attribute("full-path").as_deref() == Some("/") {
            return tag.attribute("media-type");
        }
    }
    None
}

fn flat_media_type(bytes: &[u8]) -> Option<&str> {
    let head = &bytes[..bytes.len().min(HEAD_BYTES)];
    if !head.trim_ascii_start().starts_with(b"<") && !head.starts_with(b"\xef\xbb\xbf<") {
        return None;
    }
    let head = head.utf8_chunks().next()?.valid();
    let (_, value) = head.split_once("office:mimetype=")?;
    let value = value.get(1..)?.strip_prefix(TYPE)?;
    value.split(['"', '\'']).next()
}

fn read(bytes: &[u8], place: Place, limits: &Limits) -> Result<Content, ExtractError> {
    if !archive::is_zip(bytes) {
        return read_flat(bytes, place, limits);
    }
    let mut archive = Archive::open(bytes, limits)?;
    let manifest = archive.read("META-INF/manifest.xml").unwrap_or_default();
    if xml::decode(&manifest).contains("encryption-data") {
        return Err(ExtractError::Encrypted);
    }
    let mut content = Content::within(limits);
    if let Some(meta) = archive.read("meta.xml") {
        fill(&mut content.metadata, &xml::decode(&meta));
    }
    let has_pages = matches!(place, Place::Body);
    let mut flow = Flow::new(&mut content, place.clone());
    let damage = match archive.read("content.xml") {
        Some(text) => odf_text::walk(&xml::decode(&text), &mut flow, place),
        None => Some("no such part".to_owned()),
    };
    // Sheets have headers that nobody wrote: the sheet's name, the page.
    if has_pages && let Some(styles) = archive.read("styles.xml") {
        odf_text::walk_page_styles(&xml::decode(&styles), &mut flow);
    }
    flow.finish();
    let damage = damage.map(|it| format!("content.xml: {it}").into());
    content.short_of(archive.trouble.or(damage))
}

fn read_flat(bytes: &[u8], place: Place, limits: &Limits) -> Result<Content, ExtractError> {
    if flat_media_type(bytes).is_none() {
        let why = "not an OpenDocument file, whatever its name";
        return Err(ExtractError::Damaged(why.to_owned()));
    }
    let text = xml::decode(bytes);
    let mut content = Content::within(limits);
    fill(&mut content.metadata, &text);
    let mut flow = Flow::new(&mut content, place.clone());
    let has_pages = matches!(place, Place::Body);
    let damage = odf_text::walk(&text, &mut flow, place);
    if has_pages {
        odf_text::walk_page_styles(&text, &mut flow);
    }
    flow.finish();
    content.short_of(damage)
}

/// Reads the document's properties, up to the end of `office:meta`.
fn fill(metadata: &mut Metadata, text: &str) {
    let mut xml = Xml::new(text);
    let mut within = false;
    while let Some(node) = xml.next() {
        let tag = match node {
            Node::Open(tag) if tag.name() == "meta" => {
                within = true;
                continue;
            }
            Node::Open(tag) if within => tag,
            Node::Close(tag) if tag.name() == "meta" => break,
            _ => continue,
        };
        let (name, user_name) = (tag.name().to_owned(), tag.attribute("name"));
        let value = xml.text().trim().to_owned();
        if value.is_empty() {
            continue;
        }
        let prefix = if matches!(name.as_str(), "title" | "creator" | "date" | "language") {
            "dc"
        } else {
            "meta"
        };
        let provenance = Provenance::property(format!("meta.xml {prefix}:{name}"));
        match name.as_str() {
            "title" => properties::set(&mut metadata.title, &value, provenance),
            "initial-creator" => properties::set(&mut metadata.creator, &value, provenance),
            "creator" => properties::set(&mut metadata.last_editor, &value, provenance),
            "language" => properties::set(&mut metadata.language, &value, provenance),
            "creation-date" => dates::note(metadata, DateRole::Created, &value, provenance),
            "date" => dates::note(metadata, DateRole::Updated, &value, provenance),
            "user-defined" => properties::add(metadata, &user_name.unwrap_or_default(), &value),
            _ => {}
        }
    }
    // A document that was never saved by another program names its only author so.
    if metadata.creator.is_none() {
        metadata.creator.clone_from(&metadata.last_editor);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], place: Place) -> Result<Content, ExtractError> {
        super::read(bytes, place, &Limits::default())
    }
    use crate::extract::archive::zip_of;

    const META: &str = "<office:document-meta><office:meta><dc:title>T</dc:title>\
        <dc:creator>Bob</dc:creator><meta:initial-creator>Ann</meta:initial-creator>\
        <dc:date>2024-05-06T10:00:00</dc:date>\
        <meta:user-defined meta:name='Owner'>Cy</meta:user-defined></office:meta></office:document-meta>";

    fn package(kind: &str, manifest: &str, content: &str) -> Vec<u8> {
        zip_of(&[
            ("META-INF/manifest.xml", manifest.as_bytes()),
            ("content.xml", content.as_bytes()),
            ("meta.xml", META.as_bytes()),
            ("mimetype", format!("{TYPE}{kind}").as_bytes()),
        ])
    }

    #[test]
    fn the_kind_is_told_by_the_media_type() {
        assert!((TEXT.recognize)(&package("text-template", "", "")));
        assert!(!(TEXT.recognize)(&package("spreadsheet", "", "")));
        assert!((SHEET.recognize)(&package("spreadsheet", "", "")));
        assert!(!(PRESENTATION.recognize)(&zip_of(&[("mimetype", b"application/epub+zip")])));
    }

    #[test]
    fn properties_are_kept_even_if_the_body_is_broken() {
        let content = read(&package("text", "", "<a><text:p>One</text:p><"), Place::Body).unwrap();
        assert_eq!(content.text(), "One");
        assert!(content.partly.is_some());
        let metadata = content.metadata;
        assert_eq!(metadata.title.unwrap().value, "T");
        assert_eq!(metadata.creator.unwrap().value, "Ann");
        assert_eq!(metadata.last_editor.unwrap().value, "Bob");
        assert_eq!(metadata.dates[0].provenance.to_string(), "meta.xml dc:date");
        assert_eq!(metadata.properties, [("Owner".to_owned(), "Cy".to_owned())]);
    }

    #[test]
    fn encryption_is_told_by_the_manifest() {
        let bytes = package("text", "<m:manifest><m:encryption-data/></m:manifest>", "x");
        assert_eq!(read(&bytes, Place::Body), Err(ExtractError::Encrypted));
    }

    #[test]
    fn a_flat_document_is_read() {
        let text = format!(
            "<?xml version='1.0'?><office:document office:mimetype='{TYPE}text'>{META}\
             <office:body><text:h>Head</text:h><text:p>Body</text:p></office:body></office:document>"
        );
        assert!((TEXT.recognize)(text.as_bytes()));
        let content = read(text.as_bytes(), Place::Body).unwrap();
        assert_eq!(content.text(), "Head\nBody");
        assert_eq!(content.metadata.title.unwrap().value, "T");
    }

    #[test]
    fn bytes_that_are_no_document_are_damaged() {
        for bytes in [&b""[..], b"PK\x03\x04", b"<x/>", &package("text", "", "")[..200]] {
            assert!(matches!(read(bytes, Place::Body), Err(ExtractError::Damaged(_))));
        }
    }
}
