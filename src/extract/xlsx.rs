//! Excel workbooks and templates (Office Open XML).
//!
//! One block per row with words or numbers in it. Empty cells are not filled in, so that a sheet
//! with two far cells is as small as it looks. Results of formulas are read, formulas are not.

use super::flow::{Flow, Place, cut_sheet_name};
use super::number_format::{self, Shape};
use super::opc::{self, Kind, Package};
use super::paragraphs::{self, Reading, Role};
use super::xml::{Node, Tag, Xml};
use super::{BlockKind, Content, ExtractError, Format, Limits, Locator};

pub(super) const FORMAT: Format = Format {
    name: "xlsx",
    extensions: &["xlsx", "xlsm", "xltx", "xltm"],
    recognize: |bytes| opc::kind(bytes) == Some(Kind::Workbook),
    version: 2,
    isolated: true,
    read,
};

/// What all sheets of a workbook share.
#[derive(Default)]
struct Book {
    strings: Vec<String>,
    shapes: Vec<Shape>,
    since_1904: bool,
}

struct Sheet {
    name: String,
    part: String,
}

fn read(bytes: &[u8], limits: &Limits) -> Result<Content, ExtractError> {
    let mut package = Package::open(bytes, "xl/workbook.xml", limits)?;
    let mut content = Content::of(package.metadata(), limits);
    let main = package.main.clone();
    let relationships = package.relationships(&main);
    let mut part = |role: &str| {
        let found = relationships.iter().find(|it| it.role == role)?;
        package.read(&found.target)
    };
    let (styles, strings) = (part("styles"), part("sharedStrings"));
    let mut book = Book {
        shapes: number_format::shapes(&styles.unwrap_or_default()),
        strings: shared_strings(&strings.unwrap_or_default()),
        since_1904: false,
    };
    let Some(text) = package.read(&main) else {
        return package.finish(content, Some(format!("no {main} in the archive")));
    };
    let mut damage = None;
    for (name, id) in sheets(&text, &mut book.since_1904) {
        let Some(related) = relationships.iter().find(|it| it.id == id) else { continue };
        let sheet = Sheet { name, part: related.target.clone() };
        match package.read(&sheet.part) {
            Some(text) => damage = damage.or(read_rows(&text, &sheet, &book, &mut content)),
            None => damage = damage.or(Some(format!("no {} in the archive", sheet.part))),
        }
        read_asides(&mut package, &sheet, &mut content);
        if content.partly.is_some() {
            break;
        }
    }
    package.finish(content, damage)
}

/// Names of the sheets and their relationships, in order.
fn sheets(workbook: &str, since_1904: &mut bool) -> Vec<(String, String)> {
    let mut xml = Xml::new(workbook);
    let mut sheets = Vec::new();
    while let Some(node) = xml.next() {
        let Node::Open(tag) = node else { continue };
        match tag.name() {
            "sheet" => {
                let name = cut_sheet_name(tag.attribute("name").unwrap_or_default());
                sheets.push((name, tag.prefixed("id").unwrap_or_default()));
            }
            "workbookPr" => {
                let value = tag.attribute("date1904");
                *since_1904 = matches!(value.as_deref(), Some("1" | "true" | "on"));
            }
            _ => {}
        }
    }
    sheets
}

fn shared_strings(text: &str) -> Vec<String> {
    let mut xml = Xml::new(text);
    let mut strings: Vec<String> = Vec::new();
    while let Some(node) = xml.next() {
        let Node::Open(tag) = node else { continue };
        match tag.name() {
            "si" => strings.push(String::new()),
            "rPh" | "rPr" => xml.skip(),
            "t" => {
                let piece = xml.text();
                if let Some(string) = strings.last_mut() {
                    string.push_str(&piece);
                }
            }
            _ => {}
        }
    }
    // Blanks are looked at once here, and not again for every cell that names them.
    for string in &mut strings {
        let trimmed = string.trim();
        if trimmed.len() < string.len() {
            *string = trimmed.to_owned();
        }
    }
    strings
}

/// Appends the rows of a sheet; gives back where the sheet is broken, if it is.
fn read_rows(text: &str, sheet: &Sheet, book: &Book, content: &mut Content) -> Option<String> {
    let mut xml = Xml::new(text);
    let (mut row, mut number) = (String::new(), 0);
    while let Some(node) = xml.next() {
        match node {
            Node::Open(tag) if tag.name() == "row" => {
                let stated = tag.attribute("r").and_then(|it| it.parse().ok());
                number = stated.unwrap_or(number + 1);
                row.clear();
            }
            Node::Open(tag) if tag.name() == "c" => {
                let cell = read_cell(&tag, &mut xml, book);
                // A row may name the same long string in every cell.
                if !cell.trim().is_empty() && row.len() < content.limits().text() {
                    if !row.is_empty() {
                        row.push('\t');
                    }
                    row.extend(cell.chars().map(|it| if it.is_control() { ' ' } else { it }));
                }
            }
            Node::Close(tag) if tag.name() == "row" => {
                let locator = Locator::Row { sheet: sheet.name.clone(), row: number };
                if !content.push(BlockKind::Cells, locator, &row) {
                    return None;
                }
                row.clear();
            }
            _ => {}
        }
    }
    xml.damage.map(|it| format!("{}: {it}", sheet.part))
}

/// The text of a cell whose tag was just opened, and passes over it.
fn read_cell<'b>(tag: &Tag, xml: &mut Xml, book: &'b Book) -> std::borrow::Cow<'b, str> {
    let kind = tag.attribute("t").unwrap_or_default();
    let (mut value, mut depth) = (String::new(), 1);
    while depth > 0 {
        match xml.next() {
            Some(Node::Open(inner)) => match inner.name() {
                "v" | "t" => value.push_str(&xml.text()),
                "f" | "rPh" => xml.skip(),
                _ => depth += 1,
            },
            Some(Node::Close(_)) => depth -= 1,
            Some(Node::Text(_)) => {}
            None => break,
        }
    }
    match kind.as_str() {
        "s" => {
            let string = value.trim().parse().ok().and_then(|it: usize| book.strings.get(it));
            string.map(String::as_str).unwrap_or_default().into()
        }
        "b" => if value.trim() == "1" { "TRUE" } else { "FALSE" }.into(),
        "" | "n" => {
            let style = tag.attribute("s").and_then(|it| it.parse::<usize>().ok()).unwrap_or(0);
            let shape = book.shapes.get(style).copied().unwrap_or(Shape::Number);
            number_format::show(&value, shape, book.since_1904).unwrap_or(value).into()
        }
        _ => value.into(),
    }
}

/// Links, comments and text boxes of a sheet.
fn read_asides(package: &mut Package, sheet: &Sheet, content: &mut Content) {
    let hyperlinks = Locator::Part(format!("hyperlinks of sheet {}", sheet.name));
    package.add_links(&sheet.part, &hyperlinks, &mut content.metadata.links);
    for related in package.relationships(&sheet.part) {
        let what = match related.role.as_str() {
            "comments" | "threadedComment" => "comments",
            "drawing" => "drawings",
            _ => continue,
        };
        let Some(text) = package.read(&related.target) else { continue };
        let place = Place::Part(format!("{what} of sheet {}", sheet.name));
        let mut flow = Flow::new(content, place);
        if what == "drawings" {
            let headings = std::collections::HashSet::new();
            let reading = Reading { headings: &headings, placeholders: |_| Role::Text };
            paragraphs::walk(&text, &reading, &mut flow);
        } else {
            read_comments(&text, &mut flow);
        }
        flow.finish();
    }
}

/// Comments hold runs with `t`, threaded ones plain `text`.
fn read_comments(text: &str, flow: &mut Flow) {
    let mut xml = Xml::new(text);
    while let Some(node) = xml.next() {
        match node {
            Node::Open(tag) if tag.name() == "text" => {
                let words = xml.text();
                flow.open_paragraph(false);
                flow.text(words.trim());
                flow.close_paragraph();
            }
            _ if flow.is_full() => return,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::archive::zip_of;

    fn read(bytes: &[u8]) -> Result<Content, ExtractError> {
        super::read(bytes, &Limits::default())
    }

    const RELS: &str = r#"<Relationships><Relationship Id="r1" Type="http://x/officeDocument" Target="xl/b.xml"/></Relationships>"#;
    const PARTS: &str = r#"<Relationships><Relationship Id="a" Type="http://x/worksheet" Target="s1.xml"/><Relationship Id="s" Type="http://x/sharedStrings" Target="ss.xml"/><Relationship Id="t" Type="http://x/styles" Target="st.xml"/></Relationships>"#;
    const LINKS: &str = r#"<Relationships><Relationship Id="l" Type="http://x/hyperlink" Target="../plan.xlsx" TargetMode="External"/><Relationship Id="m" Type="http://x/hyperlink" Target="https://example.org/" TargetMode="External"/></Relationships>"#;
    const BOOK: &str = "<workbook><sheets><sheet name='Plan &amp; cost' sheetId='1' r:id='a'/></sheets></workbook>";
    const STYLES: &str = "<s><cellXfs><xf numFmtId='0'/><xf numFmtId='14'/></cellXfs></s>";

    fn book(rows: &str, strings: &str) -> Content {
        let rows = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
        let bytes = zip_of(&[
            ("_rels/.rels", RELS.as_bytes()),
            ("xl/b.xml", BOOK.as_bytes()),
            ("xl/_rels/b.xml.rels", PARTS.as_bytes()),
            ("xl/st.xml", STYLES.as_bytes()),
            ("xl/ss.xml", strings.as_bytes()),
            ("xl/s1.xml", rows.as_bytes()),
            ("xl/_rels/s1.xml.rels", LINKS.as_bytes()),
        ]);
        read(&bytes).unwrap()
    }

    #[test]
    fn a_row_is_a_block_of_cells() {
        let content = book(
            "<row r='3'><c t='s'><v>1</v></c><c s='1'><v>45418</v></c><c/><c><f>1+1</f><v>2</v></c>\
             <c t='inlineStr'><is><r><t>in</t></r><r><t>line</t></r></is></c><c t='b'><v>1</v></c></row>",
            "<sst><si><t>zero</t></si><si><r><t>o</t></r><r><t>ne</t></r><rPh><t>x</t></rPh></si></sst>",
        );
        assert_eq!(content.text(), "Plan & cost\none\t2024-05-06\t2\tinline\tTRUE");
        assert_eq!(content.blocks()[0].locator.to_string(), "sheet Plan & cost, row 3");
    }

    #[test]
    fn links_to_files_are_kept() {
        let links = book("<row/>", "").metadata.links;
        assert_eq!((links.len(), &*links[0].target), (1, "../plan.xlsx"));
        assert_eq!(links[0].locator.to_string(), "hyperlinks of sheet Plan & cost");
    }

    #[test]
    fn far_cells_cost_nothing() {
        let content = book(
            "<row r='1'><c r='A1'><v>1</v></c></row>\
             <row r='1048576'><c r='XFD1048576'><v>2</v></c></row>",
            "",
        );
        assert_eq!(content.text(), "Plan & cost\n1\n2");
    }

    #[test]
    fn a_long_string_named_often_is_cut() {
        let cells = "<c t='s'><v>0</v></c>".repeat(10_000);
        let strings = format!("<sst><si><t>{}</t></si></sst>", "x".repeat(1 << 20));
        let content = book(&format!("<row>{cells}</row>"), &strings);
        assert!(content.partly.is_some());
        assert!(content.text().len() <= Limits::default().text());
    }

    #[test]
    fn a_string_that_is_not_there_is_nothing() {
        let content = book("<row><c t='s'><v>99999999999999999999</v></c><c t='s'/></row>", "");
        assert_eq!(content.text(), "");
    }
}
