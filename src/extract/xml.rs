//! XML as a flat run of openings, closings and text. The one place that configures the parser.
//!
//! Names are local names, because the same vocabulary comes under several namespaces. Entities of
//! a document type are never expanded. Nesting is counted, not followed, so depth costs nothing.

use std::borrow::Cow;

use quick_xml::events::{BytesEnd, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// A step through a document. An empty element is an opening and a closing.
pub(super) enum Node<'a> {
    /// `<name ...>`
    Open(Tag<'a>),
    /// `</name>`
    Close(End<'a>),
    /// Text between tags; a text may come in several pieces.
    Text(Cow<'a, str>),
}

/// An opening tag.
pub(super) struct Tag<'a>(BytesStart<'a>);

/// A closing tag.
pub(super) struct End<'a>(BytesEnd<'a>);

impl Tag<'_> {
    /// Name without its prefix.
    pub(super) fn name(&self) -> &str {
        after_colon(self.0.name().0)
    }

    /// The prefix, which only convention ties to a namespace; empty if there is none.
    pub(super) fn prefix(&self) -> &str {
        self.0.name().0.split_once(':').map_or("", |(prefix, _)| prefix)
    }

    /// Value of the attribute with this local name.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        self.find(|key| after_colon(key) == name && !key.starts_with("xmlns"))
    }

    /// Value of the attribute with this local name and some prefix, as `r:id` beside `id`.
    pub(super) fn prefixed(&self, name: &str) -> Option<String> {
        self.find(|key| key != name && after_colon(key) == name && !key.starts_with("xmlns"))
    }

    fn find(&self, is_wanted: impl Fn(&str) -> bool) -> Option<String> {
        // The check for repeated names is quadratic.
        let mut attributes = self.0.attributes();
        let attributes = attributes.with_checks(false);
        let found = attributes.filter_map(Result::ok).find(|it| is_wanted(it.key.0))?;
        Some(match found.normalized_value(XmlVersion::Implicit1_0) {
            Ok(value) => value.into_owned(),
            Err(_) => found.value.clone().into_owned(),
        })
    }
}

impl End<'_> {
    /// Name without its prefix.
    pub(super) fn name(&self) -> &str {
        after_colon(self.0.name().0)
    }
}

fn after_colon(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// Walks a document.
pub(super) struct Xml<'a> {
    reader: Reader<&'a [u8]>,
    /// Where and how the document is broken; what comes after is not seen.
    pub(super) damage: Option<String>,
}

impl<'a> Xml<'a> {
    /// Starts at the beginning of `text`.
    pub(super) fn new(text: &'a str) -> Self {
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.allow_dangling_amp = true;
        config.expand_empty_elements = true;
        Self { reader, damage: None }
    }

    /// The next step; none at the end or where the document is broken.
    pub(super) fn next(&mut self) -> Option<Node<'a>> {
        loop {
            return Some(match self.reader.read_event() {
                Ok(Event::Start(tag)) => Node::Open(Tag(tag)),
                Ok(Event::End(tag)) => Node::Close(End(tag)),
                Ok(Event::Text(text)) => Node::Text(text.into_inner()),
                Ok(Event::CData(text)) => Node::Text(text.into_inner()),
                Ok(Event::GeneralRef(entity)) => match character(&entity.into_inner()) {
                    Some(it) => Node::Text(Cow::Owned(it.to_string())),
                    None => continue,
                },
                Ok(Event::Eof) => return None,
                Ok(_) => continue,
                Err(error) => {
                    let at = self.reader.buffer_position();
                    self.damage = Some(format!("byte {at}: {error}"));
                    return None;
                }
            });
        }
    }

    /// Passes over the element that was just opened, with all in it.
    pub(super) fn skip(&mut self) {
        let mut depth = 1;
        while depth > 0 {
            match self.next() {
                Some(Node::Open(_)) => depth += 1,
                Some(Node::Close(_)) => depth -= 1,
                Some(Node::Text(_)) => {}
                None => return,
            }
        }
    }

    /// All text in the element that was just opened, and passes over it.
    pub(super) fn text(&mut self) -> String {
        let (mut depth, mut text) = (1, String::new());
        while depth > 0 {
            match self.next() {
                Some(Node::Open(_)) => depth += 1,
                Some(Node::Close(_)) => depth -= 1,
                Some(Node::Text(piece)) => text.push_str(&piece),
                None => break,
            }
        }
        text
    }
}

/// The character that an entity stands for: those of XML and numbers.
fn character(entity: &str) -> Option<char> {
    match entity {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some('\u{a0}'),
        _ => {
            let digits = entity.strip_prefix('#')?;
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
                None => digits.parse().ok()?,
            };
            char::from_u32(code).filter(|&it| it != '\0')
        }
    }
}

/// Bytes → text, in the encoding that the document declares.
pub(super) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    super::encoding::decode(bytes, declared(bytes).as_deref())
}

/// The `encoding` of the XML declaration.
fn declared(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]);
    let value = head.split_once("encoding=")?.1;
    let quote = value.chars().next().filter(|it| matches!(it, '"' | '\''))?;
    Some(value[1..].split_once(quote)?.0.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &str) -> String {
        let mut xml = Xml::new(text);
        let mut seen = String::new();
        while let Some(node) = xml.next() {
            match node {
                Node::Open(tag) => seen += &format!("<{}>", tag.name()),
                Node::Close(tag) => seen += &format!("</{}>", tag.name()),
                Node::Text(text) => seen += &text,
            }
        }
        seen
    }

    #[test]
    fn prefixes_and_empty_elements_are_levelled() {
        assert_eq!(seen("<w:p><w:tab/>x</w:p>"), "<p><tab></tab>x</p>");
    }

    #[test]
    fn entities_become_characters() {
        assert_eq!(seen("a &amp; b &#228;&#x20AC; & c"), "a & b ä€ & c");
    }

    #[test]
    fn entities_of_the_document_are_not_expanded() {
        let text = "<!DOCTYPE a [<!ENTITY b \"bbbb\"><!ENTITY c \"&b;&b;\">]><a>x&c;y</a>";
        assert_eq!(seen(text), "<a>xy</a>");
    }

    #[test]
    fn a_million_levels_are_walked() {
        assert_eq!(seen(&"<a>".repeat(1_000_000)).len(), 3_000_000);
    }

    #[test]
    fn attributes_are_found_by_local_name() {
        let mut xml = Xml::new("<s r:id='1' name='a &amp; b &x;'/>");
        let Some(Node::Open(tag)) = xml.next() else { panic!("a tag") };
        assert_eq!(tag.attribute("id").as_deref(), Some("1"));
        assert_eq!(tag.attribute("name").as_deref(), Some("a &amp; b &x;"));
        assert_eq!(tag.attribute("none"), None);
    }

    #[test]
    fn skipping_passes_over_what_is_within() {
        let mut xml = Xml::new("<a><b><b>x</b></b>y</a>");
        assert!(matches!(xml.next(), Some(Node::Open(_))));
        assert!(matches!(xml.next(), Some(Node::Open(_))));
        xml.skip();
        assert!(matches!(xml.next(), Some(Node::Text(text)) if text == "y"));
    }

    #[test]
    fn a_broken_document_is_read_up_to_the_break() {
        let mut xml = Xml::new("<a>x<b");
        assert!(matches!(xml.next(), Some(Node::Open(_))));
        assert!(matches!(xml.next(), Some(Node::Text(_))));
        assert!(xml.next().is_none());
        assert!(xml.damage.is_some());
    }

    #[test]
    fn the_declared_encoding_is_passed_on() {
        assert_eq!(declared(b"<?xml version='1.0' encoding='ISO-8859-1'?>").unwrap(), "ISO-8859-1");
        assert_eq!(decode("\u{feff}<ä/>".as_bytes()), "<ä/>");
    }
}
