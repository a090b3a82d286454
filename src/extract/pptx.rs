//! PowerPoint presentations, shows and templates (Office Open XML).
//!
//! Slides come in the order of the show, each with its diagrams and charts, speaker notes and
//! comments. Layouts and masters are not text of the presentation.

use std::collections::HashSet;

use super::flow::{Flow, Place};
use super::opc::{self, Kind, Package};
use super::paragraphs::{self, Reading, Role};
use super::xml::{Node, Xml};
use super::{Content, ExtractError, Format, Limits, Locator};

pub(super) const FORMAT: Format = Format {
    name: "pptx",
    extensions: &["pptx", "ppsx", "pptm", "ppsm", "potx", "potm"],
    recognize: |bytes| opc::kind(bytes) == Some(Kind::Presentation),
    version: 1,
    isolated: true,
    read,
};

fn read(bytes: &[u8], limits: &Limits) -> Result<Content, ExtractError> {
    let mut package = Package::open(bytes, "ppt/presentation.xml", limits)?;
    let mut content = Content::of(package.metadata(), limits);
    let slides = slides(&mut package);
    let mut damage = slides.is_none().then(|| format!("no {} in the archive", package.main));
    for (number, part) in (1..).zip(slides.unwrap_or_default()) {
        damage = damage.or(read_slide(&mut package, &mut content, number, &part));
        if content.partly.is_some() {
            break;
        }
    }
    package.finish(content, damage)
}

/// The slides' parts in the order of the show, each once.
fn slides(package: &mut Package) -> Option<Vec<String>> {
    let main = package.main.clone();
    let relationships = package.relationships(&main);
    let text = package.read(&main)?;
    let mut xml = Xml::new(&text);
    let (mut slides, mut seen) = (Vec::new(), HashSet::new());
    while let Some(node) = xml.next() {
        let Node::Open(tag) = node else { continue };
        if tag.name() != "sldId" {
            continue;
        }
        let id = tag.prefixed("id").unwrap_or_default();
        let part = relationships.iter().find(|it| it.id == id && it.role == "slide");
        slides.extend(part.map(|it| it.target.clone()).filter(|it| seen.insert(it.clone())));
    }
    Some(slides)
}

fn read_slide(
    package: &mut Package,
    content: &mut Content,
    number: u32,
    part: &str,
) -> Option<String> {
    let Some(text) = package.read(part) else { return Some(format!("no {part} in the archive")) };
    let mut damage = walk(&text, part, placeholder, Place::Slide(number), content);
    package.add_links(part, &Locator::Slide(number), &mut content.metadata.links);
    for related in package.relationships(part) {
        let place = match related.role.as_str() {
            "diagramData" | "chart" => Place::Slide(number),
            "notesSlide" => Place::Part(format!("notes of slide {number}")),
            "comments" => Place::Part(format!("comments on slide {number}")),
            _ => continue,
        };
        let Some(mut text) = package.read(&related.target) else { continue };
        if related.role == "comments" {
            text = as_paragraphs(&text);
        }
        damage = damage.or(walk(&text, &related.target, notes_placeholder, place, content));
    }
    damage
}

fn walk(
    text: &str,
    part: &str,
    placeholders: paragraphs::Placeholders,
    place: Place,
    content: &mut Content,
) -> Option<String> {
    let mut flow = Flow::new(content, place);
    let reading = Reading { headings: &HashSet::new(), placeholders };
    let damage = paragraphs::walk(text, &reading, &mut flow);
    flow.finish();
    damage.map(|it| format!("{part}: {it}"))
}

/// Comments of older programs hold `text`, those of newer ones paragraphs.
fn as_paragraphs(comments: &str) -> String {
    comments.replace("<p:text>", "<p:p><p:t>").replace("</p:text>", "</p:t></p:p>")
}

fn placeholder(kind: &str) -> Role {
    match kind {
        "title" | "ctrTitle" => Role::Heading,
        "sldNum" => Role::Skip,
        _ => Role::Text,
    }
}

fn notes_placeholder(kind: &str) -> Role {
    match kind {
        "sldNum" | "dt" | "hdr" | "ftr" | "sldImg" => Role::Skip,
        _ => Role::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::archive::zip_of;
    use crate::extract::{BlockKind, Locator};

    fn read(bytes: &[u8]) -> Result<Content, ExtractError> {
        super::read(bytes, &Limits::default())
    }

    const RELS: &str = r#"<Relationships><Relationship Id="r1" Type="http://x/officeDocument" Target="ppt/p.xml"/></Relationships>"#;
    const SLIDES: &str = r#"<Relationships><Relationship Id="a" Type="http://x/slide" Target="slides/slide1.xml"/><Relationship Id="b" Type="http://x/slide" Target="slides/slide2.xml"/></Relationships>"#;
    const NOTES: &str = r#"<Relationships><Relationship Id="a" Type="http://x/notesSlide" Target="../n.xml"/><Relationship Id="l" Type="http://x/hyperlink" Target="../plan.xlsx" TargetMode="External"/><Relationship Id="m" Type="http://x/hyperlink" Target="https://example.org/" TargetMode="External"/></Relationships>"#;

    fn slide(words: &str, kind: &str) -> String {
        format!(
            "<sld><sp><nvPr><ph type='{kind}'/></nvPr><p><r><t>{words}</t></r></p></sp>\
             <sp><nvPr><ph type='sldNum'/></nvPr><p><t>7</t></p></sp>\
             <sp><p><fld type='datetime1'><t>1 May</t></fld></p></sp></sld>"
        )
    }

    #[test]
    fn slides_come_in_the_order_of_the_show_with_their_notes() {
        let show = "<p><sldIdLst><sldId id='9' r:id='b'/><sldId id='3' r:id='a'/><sldId id='4' r:id='a'/></sldIdLst></p>";
        let content = read(&zip_of(&[
            ("_rels/.rels", RELS.as_bytes()),
            ("ppt/p.xml", show.as_bytes()),
            ("ppt/_rels/p.xml.rels", SLIDES.as_bytes()),
            ("ppt/slides/slide1.xml", slide("last", "body").as_bytes()),
            ("ppt/slides/slide2.xml", slide("first", "title").as_bytes()),
            ("ppt/slides/_rels/slide2.xml.rels", NOTES.as_bytes()),
            ("ppt/n.xml", slide("say this", "body").as_bytes()),
        ]))
        .unwrap();
        assert_eq!(content.text(), "first\nsay this\nlast");
        let kinds: Vec<_> = content.blocks().iter().map(|it| it.kind).collect();
        assert_eq!(kinds, [BlockKind::Heading, BlockKind::Aside, BlockKind::Paragraph]);
        assert_eq!(content.blocks()[2].locator, Locator::Slide(2));
        let links = &content.metadata.links;
        assert_eq!((links.len(), &*links[0].target), (1, "../plan.xlsx"));
        assert_eq!(links[0].locator, Locator::Slide(1));
    }

    #[test]
    fn a_presentation_without_its_main_part_is_damaged() {
        let outcome = read(&zip_of(&[("_rels/.rels", RELS.as_bytes())]));
        assert!(matches!(outcome, Err(ExtractError::Damaged(_))));
    }
}
