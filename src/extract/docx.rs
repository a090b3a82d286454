//! Word documents and templates (Office Open XML).
//!
//! Main text first, then headers, footers, notes, comments and the words of charts and diagrams as
//! asides. Embedded documents are not opened.

use std::collections::{HashMap, HashSet};

use super::flow::{Flow, Place};
use super::opc::{self, Kind, Package};
use super::paragraphs::{self, Reading, Role};
use super::xml::{Node, Xml};
use super::{Content, ExtractError, Format, Limits, Locator};

pub(super) const FORMAT: Format = Format {
    name: "docx",
    extensions: &["docx", "docm", "dotx", "dotm"],
    recognize: |bytes| opc::kind(bytes) == Some(Kind::Document),
    version: 3,
    isolated: true,
    read,
};

/// Parts beside the main text: role of the relationship, and what people call it.
const ASIDES: &[(&str, &str)] = &[
    ("header", "header"),
    ("footer", "footer"),
    ("footnotes", "footnotes"),
    ("endnotes", "endnotes"),
    ("comments", "comments"),
    ("diagramData", "diagram"),
    ("chart", "chart"),
];

fn read(bytes: &[u8], limits: &Limits) -> Result<Content, ExtractError> {
    let mut package = Package::open(bytes, "word/document.xml", limits)?;
    let mut content = Content::of(package.metadata(), limits);
    let main = package.main.clone();
    let relationships = package.relationships(&main);
    let place = Locator::Part("hyperlinks".to_owned());
    package.add_links(&main, &place, &mut content.metadata.links);
    let styles = relationships.iter().find(|it| it.role == "styles").map(|it| it.target.clone());
    let styles = styles.and_then(|it| package.read(&it)).unwrap_or_default();
    let headings = heading_styles(&styles);
    let reading = Reading { headings: &headings, placeholders: |_| Role::Text };
    let mut flow = Flow::new(&mut content, Place::Body);
    let mut damage = match package.read(&main) {
        Some(text) => paragraphs::walk(&text, &reading, &mut flow),
        None => Some("no such part".to_owned()),
    };
    let mut seen = HashSet::new();
    for (role, name) in ASIDES {
        for part in relationships.iter().filter(|it| it.role == *role) {
            if !seen.insert(&part.target) {
                continue;
            }
            let Some(text) = package.read(&part.target) else { continue };
            flow.enter(Place::Part((*name).to_owned()));
            damage = damage.or(paragraphs::walk(&text, &reading, &mut flow));
            flow.leave();
        }
    }
    flow.finish();
    let damage = damage.map(|it| format!("{main}: {it}"));
    package.finish(content, damage)
}

/// Identifiers of the styles with an outline level or a heading's name, or based on such a style.
fn heading_styles(styles: &str) -> HashSet<String> {
    let mut xml = Xml::new(styles);
    let (mut headings, mut bases) = (HashSet::new(), HashMap::new());
    let mut style = String::new();
    while let Some(node) = xml.next() {
        let Node::Open(tag) = node else { continue };
        let value = || tag.attribute("val").unwrap_or_default();
        let is_heading = match tag.name() {
            "style" => {
                style = tag.attribute("styleId").unwrap_or_default();
                false
            }
            "basedOn" => {
                bases.insert(style.clone(), value());
                false
            }
            "name" => is_heading_name(&value()),
            "outlineLvl" => value().parse().is_ok_and(|it: u8| it < 9),
            _ => false,
        };
        if is_heading {
            headings.insert(style.clone());
        }
    }
    // Word allows eleven generations.
    for _ in 0..11 {
        let based = bases.iter().filter(|(_, base)| headings.contains(*base));
        let based: Vec<_> = based.map(|(style, _)| style.clone()).collect();
        headings.extend(based);
    }
    headings
}

/// Whether a style of this name makes headings. Built-in names are English in every Word.
pub(super) fn is_heading_name(name: &str) -> bool {
    let name = name.to_lowercase();
    let level = name.strip_prefix("heading ").and_then(|it| it.parse::<u8>().ok());
    level.is_some() || matches!(name.as_str(), "title" | "heading" | "subtitle")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::BlockKind;
    use crate::extract::archive::zip_of;

    fn read(bytes: &[u8]) -> Result<Content, ExtractError> {
        super::read(bytes, &Limits::default())
    }

    const RELS: &str = r#"<Relationships><Relationship Id="r1" Type="http://x/officeDocument" Target="word/main.xml"/><Relationship Id="r2" Type="http://x/core-properties" Target="core.xml"/></Relationships>"#;
    const PARTS: &str = r#"<Relationships><Relationship Id="a" Type="http://x/header" Target="h1.xml"/><Relationship Id="b" Type="http://x/header" Target="h2.xml"/><Relationship Id="c" Type="http://x/glossaryDocument" Target="g.xml"/><Relationship Id="d" Type="http://x/hyperlink" Target="Other%20one.docx" TargetMode="External"/><Relationship Id="e" Type="http://x/hyperlink" Target="https://example.org/" TargetMode="External"/></Relationships>"#;
    const CORE: &str = "<c><dc:title>T</dc:title></c>";

    fn document(body: &str) -> Vec<u8> {
        zip_of(&[
            ("_rels/.rels", RELS.as_bytes()),
            ("core.xml", CORE.as_bytes()),
            ("word/main.xml", body.as_bytes()),
            ("word/_rels/main.xml.rels", PARTS.as_bytes()),
            ("word/h1.xml", b"<hdr><p><r><t>Top</t></r></p></hdr>"),
            ("word/h2.xml", b"<hdr><p><r><t>Top</t></r></p></hdr>"),
            ("word/g.xml", b"<g><p><r><t>Lorem</t></r></p></g>"),
        ])
    }

    #[test]
    fn the_main_part_is_found_by_relationship_and_headers_count_once() {
        let content = read(&document("<d><p><r><t>One</t></r></p></d>")).unwrap();
        assert_eq!(content.text(), "One\nTop");
        assert_eq!(content.blocks()[1].kind, BlockKind::Aside);
        assert_eq!(content.blocks()[1].locator.to_string(), "header");
        assert_eq!(content.partly, None);
        let links: Vec<_> = content.metadata.links.iter().map(|it| &*it.target).collect();
        assert_eq!(links, ["Other%20one.docx"]);
    }

    #[test]
    fn a_broken_body_leaves_what_came_before_and_the_metadata() {
        let content = read(&document("<d><p><r><t>One</t></r></p><p")).unwrap();
        assert_eq!(content.text(), "One\nTop");
        assert_eq!(content.metadata.title.unwrap().value, "T");
        assert!(content.partly.unwrap().what.starts_with("word/main.xml: byte "));
    }

    #[test]
    fn bytes_that_are_no_package_are_damaged() {
        for bytes in [&b""[..], b"PK\x03\x04", b"hello", &document("<d/>")[..300]] {
            assert!(matches!(read(bytes), Err(ExtractError::Damaged(_))));
        }
    }

    #[test]
    fn a_bomb_is_cut_and_that_is_said() {
        let body = format!("<d><p><r><t>{}</t></r></p></d>", "word ".repeat(20 << 20));
        let content = read(&document(&body)).unwrap();
        assert!(content.partly.is_some());
        assert!(content.text().len() <= Limits::default().text());
    }

    #[test]
    fn styles_inherit_being_a_heading() {
        let styles = "<styles><style styleId='b1'><name val='heading 1'/></style>\
            <style styleId='own'><name val='Chapter'/><basedOn val='b1'/></style>\
            <style styleId='n'><name val='Normal'/></style></styles>";
        let mut headings: Vec<_> = heading_styles(styles).into_iter().collect();
        headings.sort();
        assert_eq!(headings, ["b1", "own"]);
    }
}
