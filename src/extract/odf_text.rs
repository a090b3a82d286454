//! The text of OpenDocument files: paragraphs, tables, sheets, slides.
//!
//! Notes and annotations are asides. Tracked deletions, the templates of indexes, forms and
//! descriptions of pictures are left out; repeated rows and cells count once.

use super::flow::{Flow, Place, cut_sheet_name};
use super::number_format;
use super::xml::{Node, Tag, Xml};

/// Most spaces that a `text:s` stands for.
const MAX_SPACES: usize = 64;

/// Elements that are no text of the document.
const SKIPPED: &[&str] = &[
    "tracked-changes",
    "forms",
    "note-citation",
    "ruby-text",
    "creator-initials",
    "sender-initials",
    "automatic-styles",
    "styles",
    "master-styles",
    "font-face-decls",
    "scripts",
    "script",
    "event-listeners",
    "settings",
    "meta",
    "binary-data",
    "index-title-template",
];

/// Where a walk is in the document.
struct Position {
    place: Place,
    row: u32,
    slide: u32,
    /// Within the frame that holds a slide's title.
    in_title: bool,
    /// Names of the elements whose end leaves an aside or a slide, innermost last.
    entered: Vec<&'static str>,
}

/// Appends the document's body; gives back where the file is broken, if it is.
pub(super) fn walk(text: &str, flow: &mut Flow, place: Place) -> Option<String> {
    let mut xml = Xml::new(text);
    let mut at = Position { place, row: 0, slide: 0, in_title: false, entered: Vec::new() };
    while let Some(node) = xml.next() {
        if flow.is_full() {
            return None;
        }
        match node {
            Node::Open(tag) => open(&tag, &mut xml, flow, &mut at),
            Node::Close(tag) => close(tag.name(), flow, &mut at),
            Node::Text(piece) => flow.text(&collapse(&piece)),
        }
    }
    xml.damage
}

/// Appends the headers and footers of the page styles.
pub(super) fn walk_page_styles(text: &str, flow: &mut Flow) {
    let mut xml = Xml::new(text);
    let mut at =
        Position { place: Place::Body, row: 0, slide: 0, in_title: false, entered: Vec::new() };
    let mut inside = false;
    while let Some(node) = xml.next() {
        match node {
            Node::Open(tag) => match tag.name() {
                "header" | "footer" => {
                    let name = if tag.name() == "header" { "header" } else { "footer" };
                    flow.enter(Place::Part(name.to_owned()));
                    inside = true;
                }
                "body" | "header-left" | "footer-left" | "header-first" | "footer-first" => {
                    xml.skip();
                }
                _ if inside => open(&tag, &mut xml, flow, &mut at),
                _ => {}
            },
            Node::Close(tag) => match tag.name() {
                "header" | "footer" => {
                    flow.leave();
                    inside = false;
                }
                name if inside => close(name, flow, &mut at),
                _ => {}
            },
            Node::Text(piece) if inside => flow.text(&collapse(&piece)),
            Node::Text(_) => {}
        }
    }
}

fn open(tag: &Tag, xml: &mut Xml, flow: &mut Flow, at: &mut Position) {
    // Descriptions of pictures, and who commented; fields of these names are text.
    let is_about = matches!(
        (tag.prefix(), tag.name()),
        ("svg", "title" | "desc") | ("dc", "creator" | "date")
    );
    if is_about || SKIPPED.contains(&tag.name()) || tag.name().ends_with("-source") {
        return xml.skip();
    }
    match tag.name() {
        "p" => flow.open_paragraph(at.in_title),
        "h" => flow.open_paragraph(true),
        "s" => {
            let count = tag.attribute("c").and_then(|it| it.parse().ok()).unwrap_or(1);
            flow.text(&" ".repeat(MAX_SPACES.min(count)));
        }
        "tab" => flow.text("\t"),
        "a" => {
            let target = tag.attribute("href").unwrap_or_default();
            // Relative to the package, which counts as a folder.
            flow.link(target.strip_prefix("../").unwrap_or(&target));
        }
        "line-break" => flow.text("\n"),
        "note" => {
            let is_endnote = tag.attribute("note-class").as_deref() == Some("endnote");
            let name = if is_endnote { "endnotes" } else { "footnotes" };
            enter(flow, at, "note", Place::Part(name.to_owned()));
        }
        "annotation" => {
            let name = match &at.place {
                Place::Sheet(sheet, _) => format!("comments of sheet {sheet}"),
                Place::Slide(_) => format!("comments on slide {}", at.slide),
                _ => "comments".to_owned(),
            };
            enter(flow, at, "annotation", Place::Part(name));
        }
        "notes" => {
            let name = format!("notes of slide {}", at.slide);
            enter(flow, at, "notes", Place::Part(name));
        }
        "frame" => at.in_title = tag.attribute("class").as_deref() == Some("title"),
        "page" => {
            at.slide += 1;
            enter(flow, at, "page", Place::Slide(at.slide));
        }
        "table" if is_sheet(at) => {
            let name = cut_sheet_name(tag.attribute("name").unwrap_or_default());
            at.place = Place::Sheet(name, 0);
            at.row = 0;
        }
        "table-row" => open_row(tag, flow, at),
        "table-cell" | "covered-table-cell" => {
            let value = if is_sheet(at) { value_of(tag) } else { None };
            flow.open_cell(value);
        }
        _ => {}
    }
}

fn close(name: &str, flow: &mut Flow, at: &mut Position) {
    match name {
        "p" | "h" => flow.close_paragraph(),
        "frame" => at.in_title = false,
        "table-cell" | "covered-table-cell" => flow.close_cell(),
        "table" if is_sheet(at) => flow.end_main_text(),
        "table-row" => {
            flow.close_row();
            if is_sheet(at) {
                flow.leave();
            }
        }
        _ if at.entered.last() == Some(&name) => {
            at.entered.pop();
            flow.leave();
        }
        _ => {}
    }
}

fn enter(flow: &mut Flow, at: &mut Position, name: &'static str, place: Place) {
    at.entered.push(name);
    flow.enter(place);
}

fn is_sheet(at: &Position) -> bool {
    matches!(at.place, Place::Sheet(..))
}

fn open_row(tag: &Tag, flow: &mut Flow, at: &mut Position) {
    if let Place::Sheet(name, _) = &at.place {
        flow.enter(Place::Sheet(name.clone(), at.row.saturating_add(1)));
        let repeated = tag.attribute("number-rows-repeated").and_then(|it| it.parse().ok());
        at.row = at.row.saturating_add(repeated.unwrap_or(1));
    }
    flow.open_row();
}

/// The value of a sheet's cell where its text is only the look of it.
fn value_of(tag: &Tag) -> Option<String> {
    match tag.attribute("value-type")?.as_str() {
        "date" => {
            let value = tag.attribute("date-value")?;
            Some(value.strip_suffix("T00:00:00").unwrap_or(&value).replace('T', " "))
        }
        "float" | "percentage" | "currency" => {
            let number: f64 = tag.attribute("value")?.parse().ok()?;
            number.is_finite().then(|| number_format::short(number))
        }
        _ => None,
    }
}

/// White space in text is layout of the file: any run of it is one space.
fn collapse(text: &str) -> std::borrow::Cow<'_, str> {
    if !text.contains(['\n', '\t', '\r']) && !text.contains("  ") {
        return text.into();
    }
    let mut collapsed = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            ' ' | '\n' | '\t' | '\r' if collapsed.ends_with(' ') => {}
            ' ' | '\n' | '\t' | '\r' => collapsed.push(' '),
            other => collapsed.push(other),
        }
    }
    collapsed.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{BlockKind, Content};

    fn read(text: &str, place: Place) -> Content {
        let mut content = Content::default();
        let mut flow = Flow::new(&mut content, place.clone());
        walk(text, &mut flow, place);
        flow.finish();
        content
    }

    #[test]
    fn spaces_are_capped() {
        let content = read("<p>a<s c='2000000000'/>b</p>", Place::Body);
        assert_eq!(content.text().len(), MAX_SPACES + 2);
    }

    #[test]
    fn tracked_deletions_are_left_out_and_notes_are_asides() {
        let content = read(
            "<tracked-changes><deletion><p>gone</p></deletion></tracked-changes>\
             <h><text:title>Head</text:title><svg:title>no</svg:title></h><p>one<note><note-citation>1</note-citation><note-body><p>note</p></note-body>\
             </note> two</p>",
            Place::Body,
        );
        assert_eq!(content.text(), "Head\none two\nnote");
        assert_eq!(content.blocks()[2].kind, BlockKind::Aside);
    }

    #[test]
    fn repeated_rows_count_but_are_not_repeated() {
        let content = read(
            "<table name='S'><table-row number-rows-repeated='1048570'><table-cell/></table-row>\
             <table-row><table-cell value-type='float' value='1.50'><p>1,50 €</p></table-cell>\
             <table-cell value-type='date' date-value='2024-05-06'><p>6 May</p></table-cell>\
             <table-cell number-columns-repeated='16384'><p>x</p></table-cell></table-row></table>",
            Place::Sheet(String::new(), 0),
        );
        assert_eq!(content.text(), "S\n1.5\t2024-05-06\tx");
        assert_eq!(content.blocks()[0].locator.to_string(), "sheet S, row 1048571");
    }

    #[test]
    fn links_are_relative_to_the_folder_of_the_file() {
        let content = read("<p>one</p><p>two <a href='../b.odt#x'>b</a></p>", Place::Body);
        let link = &content.metadata.links[0];
        assert_eq!((&*link.target, link.locator.to_string()), ("b.odt#x", "paragraph 2".into()));
    }

    #[test]
    fn slides_are_counted_and_have_notes() {
        let content = read(
            "<page><frame class='title'><text-box><p>One</p></text-box></frame>\
             <notes><frame><p>say</p></frame></notes></page><page><p>Two</p></page>",
            Place::Slide(0),
        );
        assert_eq!(content.text(), "One\nsay\nTwo");
        assert_eq!(content.blocks()[0].kind, BlockKind::Heading);
        assert_eq!(content.blocks()[1].locator.to_string(), "notes of slide 1");
        assert_eq!(content.blocks()[2].locator.to_string(), "slide 2");
    }

    #[test]
    fn headers_come_from_the_page_styles() {
        let mut content = Content::default();
        let mut flow = Flow::new(&mut content, Place::Body);
        let styles = "<styles><p>no</p></styles><master-page><header><p>Top</p></header>\
            <footer-left><p>left</p></footer-left></master-page>";
        walk_page_styles(styles, &mut flow);
        flow.finish();
        assert_eq!(content.text(), "Top");
    }
}
