//! Tells what a file is: by content first, by extension second.
//!
//! A wrong name does not mislead it: a PDF called `.txt` is a PDF, text called `.docx` is text. It
//! decides nothing about whether the file can be read; that is the reader's word.

use std::path::Path;

use super::encoding::looks_binary;
use super::not_documents::{MEDIA, NOT_DOCUMENT_NAMES, NOT_DOCUMENTS};
use super::{ARCHIVES, Detection, FORMATS, Format, placeholder};

/// Extensions that site generators and template engines put behind the document's own.
const TEMPLATES: &[&str] =
    &["erb", "j2", "jinja", "jinja2", "tmpl", "tpl", "liquid", "njk", "hbs", "in"];

/// Formats whose files are text, so that text found under their extensions is theirs to read.
/// All others (`docx`, `pdf`, ...) are binary: text under their name is plain text.
const TEXT_FORMATS: &[&str] = &[
    "text", "markdown", "rst", "asciidoc", "html", "csv", "json", "xml", "yaml", "eml", "email",
    "mail", "mbox", "rtf", "latex", "fb2", "fodt", "notebook", "mhtml",
];

/// Documents that docrot does not read, by extension, with the words for the report.
const UNREAD: &[(&str, &str)] = &[
    ("pst", "Outlook mailbox"),
    ("ost", "Outlook mailbox"),
    ("mobi", "Mobipocket book"),
    ("azw", "Kindle book"),
    ("azw3", "Kindle book"),
    ("odg", "OpenDocument drawing"),
    ("odf", "OpenDocument formula"),
    ("odb", "OpenDocument database"),
    ("sxw", "OpenOffice 1 text"),
    ("sxc", "OpenOffice 1 spreadsheet"),
    ("sxi", "OpenOffice 1 presentation"),
    ("pages", "Apple Pages document"),
    ("numbers", "Apple Numbers spreadsheet"),
    ("key", "Apple Keynote presentation"),
    ("ibooks", "Apple iBooks book"),
    ("one", "OneNote section"),
    ("pub", "Publisher document"),
    ("vsd", "Visio drawing"),
    ("vsdx", "Visio drawing"),
    ("mpp", "Project plan"),
    ("mdb", "Access database"),
    ("accdb", "Access database"),
    ("wpd", "WordPerfect document"),
    ("wps", "Works document"),
    ("wri", "Windows Write document"),
    ("hwp", "Hangul document"),
    ("hwpx", "Hangul document"),
    ("xps", "XPS document"),
    ("oxps", "XPS document"),
    ("djvu", "DjVu document"),
    ("djv", "DjVu document"),
    ("ps", "PostScript document"),
    ("eps", "PostScript document"),
    ("chm", "Windows help"),
    ("hlp", "Windows help"),
    ("indd", "InDesign document"),
    ("zip", "ZIP archive"),
    ("7z", "7-Zip archive"),
    ("rar", "RAR archive"),
    ("tar", "TAR archive"),
    ("gz", "gzip archive"),
    ("tgz", "TAR archive"),
    ("bz2", "bzip2 archive"),
    ("xz", "xz archive"),
];

/// What is in an OLE container and no more is known of.
const OLE: &str = "OLE document";

/// First bytes of documents that docrot does not read, whatever they are called.
const UNREAD_MAGIC: &[(&[u8], &str)] = &[
    (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", OLE),
    (b"AT&TFORM", "DjVu document"),
    (b"%!PS", "PostScript document"),
    (b"\xFFWPC", "WordPerfect document"),
    (b"ITSF", "Windows help"),
    (b"!BDN", "Outlook mailbox"),
    (b"\xE4\x52\x5C\x7B\x8C\xD8\xA7\x4D", "OneNote section"),
    (b"Rar!\x1A\x07", "RAR archive"),
    (b"7z\xBC\xAF\x27\x1C", "7-Zip archive"),
];

/// First bytes of files that hold no document, whatever they are called.
const OTHER_MAGIC: &[&[u8]] = &[
    b"\x89PNG",
    b"GIF8",
    b"\xFF\xD8\xFF",
    b"II*\0",
    b"MM\0*",
    b"\x7FELF",
    b"MZ",
    b"ID3",
    b"OggS",
    b"fLaC",
    b"\0asm",
    b"wOFF",
    b"wOF2",
    b"\xCA\xFE\xBA\xBE",
    b"SQLite format 3\0",
    b"\x1A\x45\xDF\xA3",
];

/// Whether a format is text, so that a file without bytes is one without words.
pub(super) fn is_text(format: &Format) -> bool {
    TEXT_FORMATS.contains(&format.name)
}

/// Whether a format comes with docrot. Of another one only whoever made it knows what its files are.
fn is_ours(format: &Format) -> bool {
    FORMATS.iter().chain(ARCHIVES).any(|it| it.name == format.name)
}

/// Whether a program left a file of this lower-case name behind: lock files, scratch files and
/// thumbnails often carry a document's extension or magic bytes.
fn is_left_behind(name: &str) -> bool {
    name.starts_with("~$")
        || name.starts_with("~wrl")
        || name.starts_with("._")
        || name.starts_with(".~lock.")
        || ["thumbs.db", "ehthumbs.db", ".ds_store"].contains(&name)
}

/// Tells what a file is: by content first, by extension second.
///
/// `bytes` is the whole file. Text of unknown extension is plain text; programs are no documents.
pub fn detect<'a>(formats: &'a [Format], path: &Path, bytes: &[u8]) -> Detection<'a> {
    let name = path.file_name().map(|it| it.to_string_lossy().to_lowercase()).unwrap_or_default();
    if NOT_DOCUMENT_NAMES.contains(&name.as_str()) || is_left_behind(&name) {
        return Detection::NotADocument;
    }
    if let Some(format) = formats.iter().find(|format| (format.recognize)(bytes)) {
        return Detection::Document(format);
    }
    let extension = extension_of(&name);
    let stands_for = placeholder::stands_for(extension, bytes);
    if let Some(what) = stands_for.filter(|_| !MEDIA.contains(&extension)) {
        return Detection::Placeholder(what);
    }
    let by_name = formats.iter().find(|format| format.extensions.contains(&extension));
    if looks_binary(bytes) {
        return binary(by_name, extension, bytes);
    }
    if let Some((_, what)) = UNREAD_MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Detection::Unsupported(what);
    }
    match by_name.filter(|format| is_text(format) || !is_ours(format)) {
        Some(format) => Detection::Document(format),
        // A name that promises a binary format, over text, or nothing: an empty file among them.
        None if bytes.is_empty() && by_name.is_some() => {
            by_name.map_or(Detection::NotADocument, Detection::Document)
        }
        None if by_name.is_none()
            && (NOT_DOCUMENTS.contains(&extension) || MEDIA.contains(&extension)) =>
        {
            Detection::NotADocument
        }
        None if bytes.starts_with(b"#!") => Detection::NotADocument,
        None => match formats.iter().find(|format| format.name == "text") {
            Some(text) => Detection::Document(text),
            None => Detection::NotADocument,
        },
    }
}

/// Whether a file of this name is a document, as far as its name tells. Text without an extension
/// is one only by its bytes.
pub fn is_named_as_document(formats: &[Format], path: &Path) -> bool {
    let name = path.file_name().map(|it| it.to_string_lossy().to_lowercase()).unwrap_or_default();
    let extension = extension_of(&name);
    !NOT_DOCUMENT_NAMES.contains(&name.as_str())
        && !is_left_behind(&name)
        && formats.iter().any(|format| format.extensions.contains(&extension))
}

fn binary<'a>(by_name: Option<&'a Format>, extension: &str, bytes: &[u8]) -> Detection<'a> {
    if OTHER_MAGIC.iter().any(|magic| bytes.starts_with(magic)) || is_media_container(bytes) {
        return Detection::NotADocument;
    }
    // Another program's document under the name of Word's. What is in an OLE container is told by
    // the reader.
    let by_magic = UNREAD_MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic));
    if let Some((_, what)) = by_magic.filter(|(_, what)| *what != OLE) {
        return Detection::Unsupported(what);
    }
    // A truncated .docx is still a .docx: its reader says that it is damaged. Text formats have
    // nothing to say about binary bytes.
    if let Some(format) = by_name.filter(|format| !TEXT_FORMATS.contains(&format.name)) {
        return Detection::Document(format);
    }
    let by_extension = UNREAD.iter().find(|(it, _)| *it == extension);
    match (by_extension, by_magic) {
        (Some((_, what)), _) | (None, Some((_, what))) => Detection::Unsupported(what),
        (None, None) if bytes.starts_with(b"PK\x03\x04") && !is_package(extension) => {
            Detection::Unsupported("ZIP archive")
        }
        (None, None) => Detection::NotADocument,
    }
}

/// RIFF (wav, avi, webp) and ISO media (mp4, mov, heic).
fn is_media_container(bytes: &[u8]) -> bool {
    bytes.starts_with(b"RIFF") || bytes.get(4..8) == Some(b"ftyp")
}

/// ZIP files that hold a program.
fn is_package(extension: &str) -> bool {
    ["jar", "war", "ear", "apk", "ipa", "whl", "nupkg", "xpi", "crx", "vsix"].contains(&extension)
}

/// The extension that tells the format: `md` of `x.html.md.erb`. Empty where there is none.
fn extension_of(name: &str) -> &str {
    let mut rest = name;
    while let Some((stem, extension)) = rest.rsplit_once('.') {
        if !TEMPLATES.contains(&extension) || !stem.contains('.') {
            return if stem.is_empty() { "" } else { extension };
        }
        rest = stem;
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::super::FORMATS;
    use super::*;

    fn check(name: &str, bytes: &[u8], expected: &str) {
        let got = match detect(FORMATS, Path::new(name), bytes) {
            Detection::Document(format) => format.name,
            Detection::Placeholder(what) => what,
            Detection::Unsupported(what) => what,
            Detection::NotADocument => "-",
        };
        assert_eq!(got, expected, "{name}");
    }

    #[test]
    fn text_goes_by_its_extension() {
        check("a.md", b"# Title", "markdown");
        check("dir.d/README", b"Read me", "text");
        check("a.docx", b"really just text", "text");
        check("server.log", b"2024-01-01 started", "text");
        check("a.rst", b"Title\n=====", "rst");
    }

    #[test]
    fn template_suffixes_are_stripped() {
        check("a.html.md.erb", b"# Title", "markdown");
        check("a.md.j2", b"# Title", "markdown");
        check("notes.in", b"words", "text");
    }

    #[test]
    fn programs_are_no_documents() {
        check("main.rs", b"fn main() {}", "-");
        check("style.css", b"p {}", "-");
        check("Cargo.lock", b"version = 4", "-");
        check("package-lock.json", b"{}", "-");
        check("run", b"#!/bin/sh\n", "-");
        check("drawing.svg", b"<?xml version=\"1.0\"?>\n<svg></svg>", "-");
    }

    #[test]
    fn binary_that_is_no_document_is_left_alone() {
        check("a.png", b"\x89PNG\r\n\x1A\n\0\0", "-");
        check("a.txt", b"\x7FELF\x02\x01\0", "-");
        check("a", b"\x00\x01\x02", "-");
    }

    #[test]
    fn documents_of_other_kinds_are_named() {
        check("a.odg", b"PK\x03\x04\0\0", "OpenDocument drawing");
        check("a.zip", b"PK\x03\x04\0\0", "ZIP archive");
        check("old.doc", b"\xFFWPC\0\0", "WordPerfect document");
        check("letter", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0", "OLE document");
        check("a.jar", b"PK\x03\x04\0\0", "-");
    }

    #[test]
    fn a_picture_that_was_not_fetched_is_no_document() {
        let pointer = b"version https://git-lfs.github.com/spec/v1\n";
        check("photo.png", pointer, "-");
        check("manual.pdf", pointer, "a file that Git LFS has not fetched");
    }

    #[test]
    fn templates_of_no_extension_are_safe() {
        assert_eq!(extension_of(".erb"), "");
        assert_eq!(extension_of("a.erb"), "erb");
        assert_eq!(extension_of(".gitignore"), "");
    }

    #[test]
    fn names_tell_documents_as_far_as_they_can() {
        for name in ["a.md", "docs/x.html.md.erb", "B.PDF"] {
            assert!(is_named_as_document(FORMATS, Path::new(name)), "{name}");
        }
        for name in ["a.png", "LICENCE", "~$plan.docx", "x.erb", ".md"] {
            assert!(!is_named_as_document(FORMATS, Path::new(name)), "{name}");
        }
    }
}
