//! Any XML that no other format claims: its text, and the dates of DITA and DocBook.
//!
//! Builds no tree and expands no entities but the predefined ones, so nesting and entity bombs cost
//! nothing. Broken XML yields the text before and after the break.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::encoding::decode;
use super::metadata::{Fact, Provenance};
use super::{BlockKind, Content, ExtractError, Format, Limits, Locator, Metadata, fields};

pub(super) const FORMAT: Format = Format {
    name: "xml",
    extensions: &[
        "xml", "dita", "ditamap", "docbook", "dbk", "docbook4", "docbook5", "jats", "nxml", "tei",
        "rss", "atom", "opml",
    ],
    recognize,
    version: 1,
    isolated: false,
    read,
};

/// Elements that stand inside a line of text; all others begin and end a block.
const INLINE: &[&str] = &[
    "a",
    "abbrev",
    "acronym",
    "b",
    "bold",
    "citetitle",
    "cmdname",
    "code",
    "codeph",
    "command",
    "em",
    "emphasis",
    "ext-link",
    "filename",
    "filepath",
    "firstterm",
    "footnote",
    "foreignphrase",
    "guilabel",
    "hi",
    "i",
    "italic",
    "keyword",
    "link",
    "literal",
    "monospace",
    "option",
    "parmname",
    "ph",
    "phrase",
    "productname",
    "quote",
    "ref",
    "replaceable",
    "span",
    "strong",
    "sub",
    "subscript",
    "sup",
    "superscript",
    "term",
    "tt",
    "u",
    "uicontrol",
    "ulink",
    "userinput",
    "varname",
    "xref",
];

/// Roots of files that are pictures, programs and settings written in XML.
const NOT_DOCUMENTS: &[&str] = &[
    "svg",
    "xsl:stylesheet",
    "xsl:transform",
    "xs:schema",
    "xsd:schema",
    "project",
    "plist",
    "html",
];

/// Elements of DocBook that speak of the whole document.
const INFO: &[&str] = &["info", "articleinfo", "bookinfo", "setinfo", "header"];

/// Dates of items of a feed are not dates of the document: only this many elements deep they count.
const MAX_DATE_DEPTH: usize = 6;

/// Deepest nesting that is followed: elements that are never closed are remembered by the parser.
const MAX_DEPTH: usize = 1 << 20;

/// XML with a declaration, and a root that makes it a document.
fn recognize(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let head = &bytes[..bytes.len().min(2048)];
    if !head.starts_with(b"<?xml")
        && !head.starts_with(b"\xFF\xFE<\0?\0")
        && !head.starts_with(b"\xFE\xFF\0<\0?")
    {
        return false;
    }
    let head = decode(head, None);
    let mut root = head.as_ref();
    while let Some(at) = root.find('<') {
        root = &root[at + 1..];
        if let Some(name) = root.split([' ', '>', '/', '\n', '\r', '\t']).next()
            && name.starts_with(char::is_alphabetic)
        {
            return !NOT_DOCUMENTS.contains(&name.to_lowercase().as_str());
        }
        if let Some(comment) = root.strip_prefix("!--") {
            root = comment.split_once("-->").map_or("", |(_, after)| after);
        }
    }
    true
}

fn read(bytes: &[u8], limits: &Limits) -> Result<Content, ExtractError> {
    let text = decode(bytes, declared(bytes));
    let mut reader = Reader::from_str(&text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let mut document = Document::new(&text, limits);
    loop {
        let at = reader.buffer_position() as usize;
        match reader.read_event() {
            Ok(Event::Start(tag)) => document.start(&tag, at),
            Ok(Event::Empty(tag)) => {
                document.start(&tag, at);
                document.end(tag.local_name().as_ref());
            }
            Ok(Event::End(tag)) => document.end(tag.local_name().as_ref()),
            Ok(Event::Text(words)) => document.words(&words, at),
            Ok(Event::CData(words)) => document.words(&words, at),
            Ok(Event::GeneralRef(name)) => document.reference(&name, at),
            Ok(Event::Eof) => break,
            Ok(_) => {}
            // The reader has passed the broken place; if it has not, it will not.
            Err(_) if reader.buffer_position() as usize > at => {}
            Err(error) => {
                document.content.partly = Some(format!("broken XML: {error}").into());
                break;
            }
        }
        if MAX_DEPTH < document.depth {
            let why = format!("elements are nested more than {MAX_DEPTH} deep");
            document.content.partly.get_or_insert(why.into());
            break;
        }
        if document.is_full {
            break;
        }
    }
    document.flush();
    if document.pages > 1 {
        document.content.metadata.dates.retain(|claim| !is_of_page(&claim.provenance));
    }
    Ok(document.content)
}

fn is_of_page(provenance: &Provenance) -> bool {
    matches!(provenance, Provenance::Property { name, .. } if name.starts_with("page/revision "))
}

/// The encoding that the XML declaration names.
fn declared(bytes: &[u8]) -> Option<&str> {
    let head = &bytes[..bytes.len().min(200)];
    let head = head.split(|&byte| byte == b'>').next()?;
    let (_, after) = std::str::from_utf8(head).ok()?.split_once("encoding=")?;
    let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    after[1..].split(quote).next()
}

struct Document<'a> {
    source: &'a str,
    content: Content,
    is_full: bool,
    /// Names of the open elements, as far as dates are looked for.
    path: Vec<String>,
    depth: usize,
    /// Pages of a wiki's dump.
    pages: usize,
    block: String,
    block_line: u32,
    /// Lines are counted up to here.
    counted: (usize, u32),
}

impl<'a> Document<'a> {
    fn new(source: &'a str, limits: &Limits) -> Self {
        Self {
            source,
            content: Content::within(limits),
            is_full: false,
            path: Vec::new(),
            depth: 0,
            pages: 0,
            block: String::new(),
            block_line: 1,
            counted: (0, 1),
        }
    }

    fn line_at(&mut self, at: usize) -> u32 {
        let (counted, line) = self.counted;
        if let Some(between) = self.source.as_bytes().get(counted..at) {
            let more = between.iter().filter(|&&byte| byte == b'\n').count() as u32;
            self.counted = (at, line.saturating_add(more));
        }
        self.counted.1
    }

    fn start(&mut self, tag: &BytesStart<'_>, at: usize) {
        let name = tag.local_name();
        let name = name.as_ref();
        if !INLINE.contains(&name) {
            self.flush();
        }
        self.depth += 1;
        self.pages += usize::from(name == "page");
        if self.path.len() + 1 == self.depth && self.depth <= MAX_DATE_DEPTH {
            self.path.push(name.to_owned());
        }
        if matches!(name, "created" | "revised" | "topic" | "article" | "book") {
            let line = self.line_at(at);
            self.attributes(tag, name, line);
        }
    }

    /// DITA's `<created date="..." golive="..." expiry="..."/>`.
    fn attributes(&mut self, tag: &BytesStart<'_>, element: &str, line: u32) {
        let is_in_critdates = self.path.iter().any(|it| it == "critdates");
        for attribute in tag.attributes().with_checks(false).flatten() {
            let key = match attribute.key.as_ref() {
                key @ ("date" | "modified" | "golive" | "expiry") if is_in_critdates => key,
                "status" => "status",
                "xml:lang" | "lang" => "lang",
                _ => continue,
            };
            // The field's meaning is the element's where the attribute's name says only "date".
            let meaning = if key == "date" { "created" } else { key };
            let mut found = Metadata::default();
            fields::apply(&mut found, "attribute", meaning, attribute.value.as_ref(), Some(line));
            for claim in &mut found.dates {
                let name = format!("critdates/{element}@{key}");
                claim.provenance = Provenance::Property { name, line: Some(line) };
            }
            let metadata = &mut self.content.metadata;
            metadata.dates.append(&mut found.dates);
            metadata.status = metadata.status.take().or(found.status);
            metadata.language = metadata.language.take().or(found.language);
        }
    }

    fn end(&mut self, name: &str) {
        self.fact(name);
        if !INLINE.contains(&name) {
            self.flush();
        }
        self.depth = self.depth.saturating_sub(1);
        self.path.truncate(self.depth);
    }

    /// What the text of the element that ends here says of the document.
    fn fact(&mut self, name: &str) {
        let text = self.block.trim();
        if text.is_empty() || text.len() > 300 || self.path.len() != self.depth {
            return;
        }
        let line = Some(self.block_line);
        let parent =
            self.depth.checked_sub(2).and_then(|at| self.path.get(at)).map_or("", String::as_str);
        let metadata = &mut self.content.metadata;
        match name {
            "title" if metadata.title.is_none() => {
                let provenance = Provenance::Property { name: "title".to_owned(), line };
                metadata.title = Some(Fact::new(text.to_owned(), provenance));
            }
            "pubdate" if parent != "item" => {
                fields::apply(metadata, "element", "pubdate", text, line);
            }
            "date" if INFO.contains(&parent) => {
                fields::apply(metadata, "element", "pubdate", text, line);
            }
            // MediaWiki's dump of one page; of several, the dates are theirs.
            "timestamp" if parent == "revision" => {
                fields::apply(metadata, "page/revision", "lastmodified", text, line);
            }
            "date" if parent == "revision" => {
                fields::apply(metadata, "revhistory/revision", "revdate", text, line);
            }
            _ => {}
        }
    }

    fn words(&mut self, words: &str, at: usize) {
        if self.block.is_empty() {
            let trimmed = words.trim_start();
            if trimmed.is_empty() {
                return;
            }
            self.block_line = self.line_at(at + words.len() - trimmed.len());
        }
        // Line ends and indentation are the source's layout, not the text's.
        for word in words.split_inclusive(char::is_whitespace) {
            let bare = word.trim_end();
            if !bare.is_empty() {
                self.block.push_str(bare);
            }
            if bare.len() < word.len() && !self.block.ends_with(' ') && !self.block.is_empty() {
                self.block.push(' ');
            }
        }
    }

    fn reference(&mut self, name: &str, at: usize) {
        let code = name.strip_prefix("#x").or_else(|| name.strip_prefix("#X"));
        let code = match code {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => name.strip_prefix('#').and_then(|it| it.parse().ok()),
        };
        if let Some(c) = code.and_then(char::from_u32) {
            self.words(c.encode_utf8(&mut [0; 4]), at);
        } else if let Some(resolved) = quick_xml::escape::resolve_xml_entity(name) {
            self.words(resolved, at);
        }
    }

    fn flush(&mut self) {
        let is_title = self.path.last().is_some_and(|it| it == "title");
        let kind = if is_title { BlockKind::Heading } else { BlockKind::Paragraph };
        self.is_full |= !self.content.push(kind, Locator::Line(self.block_line), &self.block);
        self.block.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Content, ExtractError> {
        super::read(bytes, &Limits::default())
    }

    #[test]
    fn text_is_in_blocks_with_lines() {
        let content =
            read(b"<?xml version=\"1.0\"?>\n<doc>\n<title>Rules</title>\n<p>Fish &amp; <b>chips</b>\n  &#233;t&#xE9;</p>\n</doc>").unwrap();
        assert_eq!(content.text(), "Rules\nFish & chips été");
        assert_eq!(content.blocks()[1].locator, Locator::Line(4));
        assert_eq!(content.metadata.title.as_ref().map(|it| &*it.value), Some("Rules"));
    }

    #[test]
    fn critdates_and_revisions_are_dates() {
        let content = read(b"<topic status=\"obsolete\"><prolog><critdates><created date=\"2020-01-02\" expiry=\"2024-12-31\"/><revised modified=\"2021-03-01\"/></critdates></prolog><p>x</p></topic>").unwrap();
        let dates: Vec<String> = content
            .metadata
            .dates
            .iter()
            .map(|it| format!("{} {} {}", it.role.name(), it.date, it.provenance))
            .collect();
        assert_eq!(
            dates,
            [
                "created 2020-01-02 critdates/created@date, line 1",
                "expires 2024-12-31 critdates/created@expiry, line 1",
                "updated 2021-03-01 critdates/revised@modified, line 1",
            ]
        );
        assert_eq!(content.metadata.status.map(|it| it.value).as_deref(), Some("obsolete"));
    }

    #[test]
    fn a_dump_of_one_wiki_page_is_dated_and_of_several_is_not() {
        let page = "<page><title>A</title><revision><timestamp>2024-05-06T07:08:09Z</timestamp>\
                    <text>x</text></revision></page>";
        let dates = |pages: usize| {
            let dump = format!("<mediawiki>{}</mediawiki>", page.repeat(pages));
            read(dump.as_bytes()).unwrap().metadata.dates.len()
        };
        assert_eq!((dates(1), dates(2)), (1, 0));
    }

    #[test]
    fn pictures_and_settings_are_not_recognized() {
        assert!(recognize(b"<?xml version='1.0'?>\n<!-- <svg> -->\n<catalog>"));
        assert!(!recognize(b"<?xml version='1.0'?>\n<!DOCTYPE svg>\n<svg xmlns='x'>"));
        assert!(!recognize(b"<catalog>"));
    }

    #[test]
    fn bombs_and_broken_ends_cost_nothing() {
        assert_eq!(read("<a>".repeat(200_000).as_bytes()).unwrap().text(), "");
        let deep = read("<a>".repeat(MAX_DEPTH + 1).as_bytes()).unwrap();
        assert!(deep.partly.is_some_and(|it| it.what.contains("nested")));
        let bomb = b"<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><x>&b; text</x>";
        assert_eq!(read(bomb).unwrap().text(), "text");
        assert!(read(b"<a>one</b><c>two</").unwrap().text().starts_with("one"));
    }

    #[test]
    fn the_declared_encoding_is_used() {
        let content =
            read(b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>caf\xE9</a>").unwrap();
        assert_eq!(content.text(), "café");
    }
}
