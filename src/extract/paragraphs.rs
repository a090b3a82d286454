//! Paragraphs and tables of WordprocessingML and DrawingML, which share their local names.
//!
//! Leaves out what a reader of the document does not see: deleted and moved text, field codes,
//! fallbacks for old programs, and fields that change by themselves.

use std::collections::HashSet;

use super::flow::Flow;
use super::xml::{Node, Tag, Xml};

/// Which shapes of a slide or notes page to leave out, by the type of their placeholder.
pub(super) type Placeholders = fn(&str) -> Role;

/// What the text of a placeholder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Ordinary text.
    Text,
    /// A title.
    Heading,
    /// Nothing of interest, such as the slide's number.
    Skip,
}

/// How to read a part.
pub(super) struct Reading<'a> {
    /// Identifiers of the styles that make a paragraph a heading.
    pub(super) headings: &'a HashSet<String>,
    /// Judges placeholders.
    pub(super) placeholders: Placeholders,
}

/// Appends the paragraphs of a part to `flow`; gives back where the part is broken, if it is.
pub(super) fn walk(text: &str, reading: &Reading, flow: &mut Flow) -> Option<String> {
    let mut xml = Xml::new(text);
    let mut role = Role::Text;
    let mut fields = Fields::default();
    while let Some(node) = xml.next() {
        if flow.is_full() {
            return None;
        }
        match node {
            Node::Open(tag) => open(&tag, &mut xml, reading, flow, (&mut role, &mut fields)),
            Node::Close(tag) => match tag.name() {
                "p" => flow.close_paragraph(),
                "tc" => flow.close_cell(),
                "tr" => flow.close_row(),
                "sp" => role = Role::Text,
                _ => {}
            },
            Node::Text(_) => {}
        }
    }
    xml.damage
}

fn open(
    tag: &Tag,
    xml: &mut Xml,
    reading: &Reading,
    flow: &mut Flow,
    (role, fields): (&mut Role, &mut Fields),
) {
    match tag.name() {
        "t" => {
            let text = xml.text();
            if *role != Role::Skip && !fields.is_now() {
                flow.text(&text);
            }
        }
        "p" => flow.open_paragraph(*role == Role::Heading),
        "tr" => flow.open_row(),
        "tc" => flow.open_cell(None),
        "tab" | "ptab" => flow.text("\t"),
        "br" | "cr" => flow.text("\n"),
        "noBreakHyphen" => flow.text("-"),
        "pPr" => flow.mark_heading(is_heading(xml, reading.headings)),
        "fldChar" => fields.mark(&tag.attribute("fldCharType").unwrap_or_default()),
        "instrText" => fields.code(&xml.text()),
        "fldSimple" if is_now(&tag.attribute("instr").unwrap_or_default()) => xml.skip(),
        "fld" if is_automatic(&tag.attribute("type").unwrap_or_default()) => xml.skip(),
        "sp" => *role = Role::Text,
        "ph" => *role = (reading.placeholders)(&tag.attribute("type").unwrap_or_default()),
        "rPr" | "Fallback" | "del" | "moveFrom" | "delText" | "delInstrText" | "rt" | "sectPr"
        | "tblPr" | "trPr" | "tcPr" | "tblGrid" => xml.skip(),
        _ => {}
    }
}

/// Fields of WordprocessingML that are open: a code, then what Word last made of it.
#[derive(Default)]
struct Fields {
    /// The code of each, and whether its result has begun.
    open: Vec<(String, bool)>,
    /// How many more are open; real documents nest a few.
    deeper: u32,
}

impl Fields {
    const MAX_DEPTH: usize = 32;
    const MAX_CODE: usize = 1000;

    fn mark(&mut self, kind: &str) {
        match kind {
            "begin" if self.open.len() < Self::MAX_DEPTH => self.open.push((String::new(), false)),
            "begin" => self.deeper = self.deeper.saturating_add(1),
            "separate" if self.deeper == 0 => {
                if let Some((_, is_result)) = self.open.last_mut() {
                    *is_result = true;
                }
            }
            "end" if self.deeper > 0 => self.deeper -= 1,
            "end" => drop(self.open.pop()),
            _ => {}
        }
    }

    fn code(&mut self, text: &str) {
        if let Some((code, false)) = self.open.last_mut()
            && code.len() + text.len() <= Self::MAX_CODE
        {
            code.push_str(text);
        }
    }

    /// Whether this is the result of a field that changes by itself.
    fn is_now(&self) -> bool {
        self.open.iter().any(|(code, is_result)| *is_result && is_now(code))
    }
}

/// Whether a field shows the day or time at which the document is opened: no date of its own.
fn is_now(code: &str) -> bool {
    let name = code.split_whitespace().next().unwrap_or_default();
    ["DATE", "TIME"].iter().any(|it| name.eq_ignore_ascii_case(it))
}

/// Whether a field's text changes by itself: the slide's number, the date of today.
fn is_automatic(field: &str) -> bool {
    field.starts_with("slidenum") || field.starts_with("datetime")
}

/// Passes over paragraph properties; true if they make the paragraph a heading.
fn is_heading(xml: &mut Xml, headings: &HashSet<String>) -> bool {
    let (mut depth, mut found) = (1, false);
    while depth > 0 {
        match xml.next() {
            Some(Node::Open(tag)) => {
                depth += 1;
                let value = || tag.attribute("val").unwrap_or_default();
                match tag.name() {
                    "pStyle" => found |= headings.contains(&value()),
                    "outlineLvl" => found |= value().parse().is_ok_and(|it: u8| it < 9),
                    _ => {}
                }
            }
            Some(Node::Close(_)) => depth -= 1,
            Some(Node::Text(_)) => {}
            None => break,
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::flow::Place;
    use crate::extract::{BlockKind, Content};

    fn read(text: &str) -> Content {
        let mut content = Content::default();
        let headings = HashSet::from(["H1".to_owned()]);
        let mut flow = Flow::new(&mut content, Place::Body);
        walk(text, &Reading { headings: &headings, placeholders: |_| Role::Text }, &mut flow);
        flow.finish();
        content
    }

    #[test]
    fn deleted_text_and_field_codes_are_left_out() {
        let content = read(
            "<w:p><w:r><w:t>a</w:t></w:r><w:del><w:r><w:t>b</w:t></w:r></w:del>\
             <w:moveFrom><w:r><w:t>c</w:t></w:r></w:moveFrom><w:ins><w:r><w:t>d</w:t></w:r></w:ins>\
             <w:r><w:instrText>PAGE</w:instrText></w:r></w:p>",
        );
        assert_eq!(content.text(), "ad");
    }

    #[test]
    fn the_day_of_opening_is_no_text() {
        let field = |code: &str| {
            format!(
                "<p><r><t>Updated: </t></r><r><fldChar fldCharType='begin'/></r>\
                 <r><instrText> {code} \\@ \"d MMMM yyyy\" </instrText></r>\
                 <r><fldChar fldCharType='separate'/></r><r><t>3 May 2021</t></r>\
                 <r><fldChar fldCharType='end'/></r><r><t>!</t></r></p>"
            )
        };
        assert_eq!(read(&field("DATE")).text(), "Updated: !");
        assert_eq!(read(&field("SAVEDATE")).text(), "Updated: 3 May 2021!");
        let simple =
            "<p><fldSimple instr=' TIME '><r><t>10:00</t></r></fldSimple><r><t>x</t></r></p>";
        assert_eq!(read(simple).text(), "x");
        let endless = "<fldChar fldCharType='begin'/>".repeat(1000);
        assert_eq!(read(&format!("<p><r>{endless}<t>a</t></r></p>")).text(), "a");
    }

    #[test]
    fn a_text_box_counts_once() {
        let content = read(
            "<p><r><t>around</t><mc:AlternateContent><mc:Choice><txbxContent><p><r><t>box</t></r></p>\
             </txbxContent></mc:Choice><mc:Fallback><p><r><t>box</t></r></p></mc:Fallback>\
             </mc:AlternateContent></r></p>",
        );
        assert_eq!(content.text(), "box\naround");
    }

    #[test]
    fn headings_are_known_by_style_or_level() {
        let content = read(
            "<p><pPr><pStyle val='H1'/></pPr><r><t>a</t></r></p>\
             <p><pPr><tabs><tab val='left'/></tabs><outlineLvl val='0'/></pPr><r><t>b</t></r></p>\
             <p><pPr><outlineLvl val='9'/></pPr><r><t>c</t><tab/><t>d</t></r></p>",
        );
        let kinds: Vec<_> = content.blocks().iter().map(|it| it.kind).collect();
        assert_eq!(kinds, [BlockKind::Heading, BlockKind::Heading, BlockKind::Paragraph]);
        assert_eq!(content.text(), "a\nb\nc\td");
    }

    #[test]
    fn a_hundred_thousand_nested_tables_are_cut() {
        let content = read(&"<tbl><tr><tc><p><t>x</t></p>".repeat(100_000));
        assert!(content.blocks().len() > 1000);
        assert!(content.partly.unwrap().what.starts_with("nested over"));
    }
}
