//! Manual pages (man and mdoc macros): headings, paragraphs, and the date of the title line.
//!
//! Macros are taken off, not run: definitions, conditions and included files are passed over.

use super::encoding::decode;
use super::lines::{Line, lines};
use super::metadata::{Fact, Provenance};
use super::{BlockKind, Content, ExtractError, Format, Limits, Locator, Metadata, fields};

pub(super) const FORMAT: Format = Format {
    name: "man",
    extensions: &["man", "mdoc"],
    recognize,
    version: 1,
    isolated: false,
    read,
};

/// The title line stands within this much of the file, in bytes.
const HEAD_BYTES: usize = 8 << 10;

/// Nothing but comments and spacing before a title line.
fn recognize(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(HEAD_BYTES)];
    if !head.starts_with(b".") && !head.starts_with(b"'") {
        return false;
    }
    let head = String::from_utf8_lossy(head);
    for line in head.lines() {
        match line.split_whitespace().next() {
            Some(".TH" | ".Dd") => return true,
            // Requests have two or three letters, and comments are one.
            Some(request)
                if request.starts_with(['.', '\''])
                    && (request.len() <= 4 || request[1..].starts_with("\\\"")) => {}
            None => {}
            Some(_) => return false,
        }
    }
    false
}

fn read(bytes: &[u8], limits: &Limits) -> Result<Content, ExtractError> {
    let text = decode(bytes, None);
    let mut page = Page { content: Content::within(limits), ..Page::default() };
    for line in lines(&text, 1) {
        if !page.line(&line) {
            break;
        }
    }
    page.flush();
    Ok(page.content)
}

#[derive(Default)]
struct Page {
    content: Content,
    paragraph: String,
    first_line: u32,
    /// Between the macros of an example, or of a definition.
    is_code: bool,
    is_definition: bool,
    /// The next line of text is a heading.
    is_heading: bool,
}

impl Page {
    /// Takes a line; false once the text is full.
    fn line(&mut self, line: &Line<'_>) -> bool {
        let trimmed = line.text.trim_end();
        if self.is_definition {
            self.is_definition = !trimmed.starts_with("..");
            return true;
        }
        let Some(request) = trimmed.strip_prefix(['.', '\'']) else {
            return if trimmed.is_empty() {
                self.flush()
            } else {
                self.words(trimmed, line.number)
            };
        };
        let request = request.trim_start();
        let (name, rest) = request.split_once([' ', '\t']).unwrap_or((request, ""));
        match name {
            "TH" => title(&arguments(rest), line.number, &mut self.content.metadata),
            "Dd" => document_date(rest, line.number, &mut self.content.metadata),
            "SH" | "SS" | "Sh" | "Ss" => {
                let is_open = self.flush();
                self.is_heading = true;
                return if rest.is_empty() { is_open } else { self.words(rest, line.number) };
            }
            "PP" | "P" | "LP" | "Pp" | "TP" | "IP" | "It" | "HP" | "sp" | "RS" | "RE" | "Bl"
            | "El" | "TQ" => {
                let is_open = self.flush();
                let words = matches!(name, "IP" | "It").then(|| arguments(rest).join(" "));
                return match words.filter(|it| !it.is_empty()) {
                    Some(words) => self.words(&words, line.number),
                    None => is_open,
                };
            }
            "nf" | "EX" | "Bd" => self.start_code(true),
            "fi" | "EE" | "Ed" => self.start_code(false),
            "de" | "de1" | "ig" | "am" => self.is_definition = true,
            "B" | "I" | "BR" | "RB" | "BI" | "IB" | "IR" | "RI" | "SM" | "SB" | "Nm" | "Nd"
            | "Fl" | "Ar" | "Pa" | "Xr" | "Op" | "Cm" | "Em" | "Sy" | "Li" | "Dq" | "Sq" | "Ql"
            | "Fn" | "Va" | "Ev" | "UR" | "MT" => {
                return self.words(&arguments(rest).join(" "), line.number);
            }
            _ => {}
        }
        true
    }

    fn words(&mut self, words: &str, line: u32) -> bool {
        if self.paragraph.is_empty() {
            self.first_line = line;
        } else {
            self.paragraph.push(if self.is_code { '\n' } else { ' ' });
        }
        self.paragraph.push_str(&without_escapes(words));
        if self.is_heading { self.flush() } else { true }
    }

    fn start_code(&mut self, is_code: bool) {
        self.flush();
        self.is_code = is_code;
    }

    fn flush(&mut self) -> bool {
        let kind = match (self.is_heading, self.is_code) {
            (true, _) => BlockKind::Heading,
            (_, true) => BlockKind::Code,
            _ => BlockKind::Paragraph,
        };
        if self.paragraph.is_empty() {
            return true;
        }
        self.is_heading = false;
        let paragraph = std::mem::take(&mut self.paragraph);
        self.content.push(kind, Locator::Line(self.first_line), &paragraph)
    }
}

/// `.TH NAME section date source manual`
fn title(arguments: &[String], line: u32, metadata: &mut Metadata) {
    let line = Some(line);
    if let Some(name) = arguments.first().filter(|it| !it.is_empty()) {
        let provenance = Provenance::Property { name: ".TH".to_owned(), line };
        metadata.title = Some(Fact::new(name.clone(), provenance));
    }
    if let Some(date) = arguments.get(2) {
        fields::apply_as(metadata, "revdate", date, || Provenance::Property {
            name: "header .TH".to_owned(),
            line,
        });
    }
}

/// `.Dd March 1, 2021`, `.Dd $Mdocdate: March 1 2021 $`
fn document_date(rest: &str, line: u32, metadata: &mut Metadata) {
    fields::apply_as(metadata, "revdate", rest, || Provenance::Property {
        name: "header .Dd".to_owned(),
        line: Some(line),
    });
}

/// Words apart, or together within quotes.
fn arguments(rest: &str) -> Vec<String> {
    let mut arguments = Vec::new();
    let mut rest = rest.trim_start();
    while !rest.is_empty() && arguments.len() < 64 {
        let (argument, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => rest.split_once([' ', '\t']).unwrap_or((rest, "")),
        };
        arguments.push(without_escapes(argument));
        rest = after.trim_start();
    }
    arguments
}

/// Text without changes of font, with the characters that escapes stand for.
fn without_escapes(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        words.push_str(&rest[..at]);
        let escape = &rest[at + 1..];
        let mut after = escape.chars();
        rest = match after.next() {
            Some('f') => match after.as_str().strip_prefix('[') {
                Some(named) => named.split_once(']').map_or("", |it| it.1),
                None if after.as_str().starts_with('(') => after.as_str().get(3..).unwrap_or(""),
                None => {
                    after.next();
                    after.as_str()
                }
            },
            Some('(') => {
                let name = after.as_str().get(..2).unwrap_or_default();
                words.push_str(special(name));
                after.as_str().get(2..).unwrap_or_default()
            }
            Some('[') => {
                let (name, tail) = after.as_str().split_once(']').unwrap_or(("", ""));
                words.push_str(special(name));
                tail
            }
            // A comment takes the rest of the line.
            Some('"') | None => "",
            Some('&' | '/' | ',' | '|' | '^' | ':' | '%') => after.as_str(),
            Some('e') => {
                words.push('\\');
                after.as_str()
            }
            Some(' ' | '~' | '0') => {
                words.push(' ');
                after.as_str()
            }
            Some(other) => {
                words.push(other);
                after.as_str()
            }
        };
    }
    words.push_str(rest);
    words
}

fn special(name: &str) -> &'static str {
    match name {
        "em" => "—",
        "en" => "–",
        "aq" => "'",
        "dq" | "lq" | "rq" => "\"",
        "cq" => "’",
        "oq" => "‘",
        "bu" => "•",
        "co" => "©",
        "rg" => "®",
        "ha" => "^",
        "ti" => "~",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Content, ExtractError> {
        super::read(bytes, &Limits::default())
    }

    #[test]
    fn the_title_line_dates_the_page() {
        let date = |text: &str| {
            let metadata = read(text.as_bytes()).unwrap().metadata;
            let claim = &metadata.dates[0];
            format!("{} {} {}", claim.role.name(), claim.date, claim.provenance)
        };
        assert_eq!(date(".TH LS 1 \"March 2021\" GNU\n"), "updated 2021-03-01 header .TH, line 1");
        assert_eq!(date(".\\\" x\n.TH CP 1 2019-05-06\n"), "updated 2019-05-06 header .TH, line 2");
        assert_eq!(date(".Dd $Mdocdate: July 9 2015 $\n"), "updated 2015-07-09 header .Dd, line 1");
    }

    #[test]
    fn macros_are_taken_off() {
        let text = ".TH LS 1\n.SH NAME\nls \\- list\n.PP\nUse\n.B \\-a\nfor \\fIall\\fR.\n.EX\nls -l\n.EE\n";
        let content = read(text.as_bytes()).unwrap();
        let got: Vec<_> =
            content.blocks().iter().map(|it| (it.kind, content.text_of(it))).collect();
        assert_eq!(
            got,
            [
                (BlockKind::Heading, "NAME"),
                (BlockKind::Paragraph, "ls - list"),
                (BlockKind::Paragraph, "Use -a for all."),
                (BlockKind::Code, "ls -l"),
            ]
        );
        assert_eq!(content.metadata.title.map(|it| it.value).as_deref(), Some("LS"));
    }

    #[test]
    fn other_text_with_full_stops_is_no_manual_page() {
        assert!(recognize(b".\\\" Copyright\n.\n.TH LS 1\n"));
        assert!(!recognize(b".gitignore\n.TH\n"));
        assert!(!recognize(b"Words\n.TH LS 1\n"));
    }
}
