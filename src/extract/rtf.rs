//! Rich Text Format.
//!
//! Paragraphs, table rows, notes and headers, and the information group. Pictures, objects and
//! field codes are passed over.

use std::collections::HashSet;

use super::docx::is_heading_name;
use super::flow::{Flow, Place};
use super::rtf_charset::Charsets;
use super::rtf_info::Info;
use super::rtf_tokens::{Token, Tokens};
use super::rtf_words::{Destination, Purpose};
use super::{Content, ExtractError, Format, Limits, rtf_words};

pub(super) const FORMAT: Format = Format {
    name: "rtf",
    extensions: &["rtf"],
    recognize: |bytes| bytes.trim_ascii_start().starts_with(b"{\\rtf"),
    version: 1,
    isolated: false,
    read,
};

/// Deepest group that is told apart from the one around it. Documents have about a dozen.
const MAX_DEPTH: usize = 1000;

/// Most bytes that are decoded at once. A character may be torn where this many come in a row.
const MAX_PENDING_BYTES: usize = 1 << 20;

/// What a group inherits and its end restores.
#[derive(Clone, Copy, Debug)]
struct Group {
    destination: Destination,
    /// Whether `\*` stood first.
    is_optional: bool,
    font: i32,
    /// How many bytes stand in for a `\u` character.
    fallback: usize,
    /// The text was deleted while changes were tracked.
    is_deleted: bool,
}

struct Reader<'c> {
    flow: Flow<'c>,
    group: Group,
    outer: Vec<Group>,
    /// Groups beyond [`MAX_DEPTH`].
    deeper: usize,
    charsets: Charsets,
    /// Styles that make headings.
    headings: HashSet<i32>,
    /// The style that the style sheet is at.
    style: i32,
    default_font: i32,
    is_heading: bool,
    info: Info,
    /// Bytes whose decoding waits for the next character that is not one.
    pending: Vec<u8>,
    surrogate: Option<u16>,
    /// Bytes still to be passed over after a `\u`.
    skip: usize,
    /// Text of a destination that is not body.
    note: String,
    in_table: bool,
    in_row: bool,
    /// `is_heading` and `in_table` of the paragraph around an aside.
    around: (bool, bool),
}

fn read(bytes: &[u8], limits: &Limits) -> Result<Content, ExtractError> {
    if !(FORMAT.recognize)(bytes) {
        return Err(ExtractError::Damaged("not Rich Text, whatever its name".to_owned()));
    }
    let mut content = Content::within(limits);
    let (info, is_whole) = {
        let mut reader = Reader::new(Flow::new(&mut content, Place::Body));
        for token in Tokens::new(bytes) {
            reader.take(token);
            if reader.flow.is_full() {
                break;
            }
        }
        reader.flush();
        let is_whole = reader.outer.is_empty() || reader.flow.is_full();
        let Reader { mut flow, info, in_row, .. } = reader;
        flow.close_paragraph();
        if in_row {
            flow.close_cell();
            flow.close_row();
        }
        flow.finish();
        (info, is_whole)
    };
    content.metadata = info.metadata();
    content.short_of((!is_whole).then_some("ends in the middle"))
}

impl<'c> Reader<'c> {
    fn new(mut flow: Flow<'c>) -> Self {
        flow.open_paragraph(false);
        Self {
            flow,
            group: Group {
                destination: Destination::Body,
                is_optional: false,
                font: -1,
                fallback: 1,
                is_deleted: false,
            },
            outer: Vec::new(),
            deeper: 0,
            charsets: Charsets::default(),
            headings: HashSet::new(),
            style: 0,
            default_font: -1,
            is_heading: false,
            info: Info::default(),
            pending: Vec::new(),
            surrogate: None,
            skip: 0,
            note: String::new(),
            in_table: false,
            in_row: false,
            around: (false, false),
        }
    }

    fn take(&mut self, token: Token) {
        match token {
            Token::Open => self.open(),
            Token::Close => self.close(),
            Token::Byte(_) | Token::Symbol(b'\\' | b'{' | b'}') if self.skip > 0 => self.skip -= 1,
            Token::Byte(byte) | Token::Symbol(byte @ (b'\\' | b'{' | b'}')) => self.byte(byte),
            Token::Symbol(b'*') => self.group.is_optional = true,
            Token::Symbol(b'~') => self.character('\u{a0}'),
            Token::Symbol(b'_') => self.character('-'),
            Token::Symbol(b'\r' | b'\n') => self.word("par", None),
            Token::Symbol(_) => {}
            Token::Word(name, number) => self.word(name, number),
        }
    }

    fn open(&mut self) {
        self.flush();
        self.skip = 0;
        if self.outer.len() < MAX_DEPTH {
            self.outer.push(self.group);
        } else {
            self.deeper += 1;
        }
        self.group.is_optional = false;
    }

    fn close(&mut self) {
        self.flush();
        self.skip = 0;
        if self.deeper > 0 {
            self.deeper -= 1;
            return;
        }
        let Some(outer) = self.outer.pop() else { return };
        let ended = std::mem::replace(&mut self.group, outer);
        if ended.destination == outer.destination && ended.destination != Destination::Styles {
            return;
        }
        match ended.destination {
            Destination::Aside => {
                self.flow.close_paragraph();
                self.flow.leave();
                (self.is_heading, self.in_table) = self.around;
            }
            Destination::Styles => {
                if is_heading_name(self.note.trim_end_matches(';').trim()) {
                    self.headings.insert(self.style);
                }
                self.style = 0;
            }
            Destination::Info(entry) => self.info.put(entry, self.note.trim()),
            Destination::Body | Destination::Fonts | Destination::Skip => return,
        }
        self.note.clear();
    }

    /// The text of this group, and of those in it, goes elsewhere.
    fn redirect(&mut self, destination: Destination) {
        self.flush();
        if self.group.destination != Destination::Skip {
            self.group.destination = destination;
            self.note.clear();
        }
    }

    fn aside(&mut self, name: &str) {
        if matches!(self.group.destination, Destination::Body) {
            self.redirect(Destination::Aside);
            self.around = (self.is_heading, self.in_table);
            (self.is_heading, self.in_table) = (false, false);
            self.flow.enter(Place::Part(name.to_owned()));
            self.flow.open_paragraph(false);
        }
    }

    fn word(&mut self, name: &str, number: Option<i32>) {
        if name == "u" {
            return self.unicode(number.unwrap_or(0));
        }
        // A control word also counts as the one byte that stands in for a character.
        if self.skip > 0 {
            self.skip -= 1;
            return;
        }
        self.flush();
        let is_optional = std::mem::take(&mut self.group.is_optional);
        if self.group.destination == Destination::Skip {
            return;
        }
        if let Some(character) = rtf_words::character(name) {
            return self.character(character);
        }
        match name {
            "uc" => self.group.fallback = usize::try_from(number.unwrap_or(1)).unwrap_or(0).min(16),
            "deff" => {
                self.default_font = number.unwrap_or(-1);
                self.group.font = self.default_font;
            }
            "f" if self.group.destination != Destination::Fonts => {
                self.group.font = number.unwrap_or(-1);
            }
            "plain" => self.group.font = self.default_font,
            "deleted" => self.group.is_deleted = number != Some(0),
            "ansicpg" => self.charsets.set_default(number.unwrap_or(1252)),
            "mac" => self.charsets.set_default(10000),
            _ if self.group.destination == Destination::Fonts => self.font_word(name, number),
            _ if self.group.destination == Destination::Styles => {
                if name == "s" {
                    self.style = number.unwrap_or(0);
                } else if is_optional {
                    self.redirect(Destination::Skip);
                }
            }
            _ if matches!(self.group.destination, Destination::Info(_)) => {
                self.info_word(name, number.unwrap_or(0), is_optional);
            }
            _ if self.paragraph_word(name, number) => {}
            _ => self.destination_word(name, is_optional),
        }
    }

    fn font_word(&mut self, name: &str, number: Option<i32>) {
        match (name, number) {
            ("f", Some(number)) => self.group.font = number,
            (_, Some(number)) => self.charsets.declare(self.group.font, name, number),
            _ => {}
        }
    }

    fn info_word(&mut self, name: &str, number: i32, is_optional: bool) {
        match Info::entry(name) {
            Some(entry) => self.redirect(Destination::Info(entry)),
            None if is_optional => self.redirect(Destination::Skip),
            None => self.info.date_part(name, number),
        }
    }

    /// Words that shape paragraphs and tables; false if it is none of them.
    fn paragraph_word(&mut self, name: &str, number: Option<i32>) -> bool {
        match name {
            "par" | "sect" | "page" => self.end_paragraph(),
            "pard" => {
                self.in_table = false;
                self.is_heading = false;
            }
            "intbl" => self.in_table = true,
            "s" => self.is_heading = number.is_some_and(|it| self.headings.contains(&it)),
            "outlinelevel" => self.is_heading |= number.is_some_and(|it| (0..9).contains(&it)),
            "cell" | "nestcell" => self.end_cell(),
            "row" | "nestrow" => self.end_row(),
            _ => return false,
        }
        true
    }

    /// Words that say what a group is. An unknown one after `\*` may be passed over.
    fn destination_word(&mut self, name: &str, is_optional: bool) {
        match rtf_words::destination(name) {
            Some(Purpose::Fonts) => self.redirect(Destination::Fonts),
            Some(Purpose::Styles) => self.redirect(Destination::Styles),
            Some(Purpose::Info) => self.redirect(Destination::Info("")),
            Some(Purpose::Aside(part)) => self.aside(part),
            Some(Purpose::Skip) => self.redirect(Destination::Skip),
            Some(Purpose::Text) => {}
            None if is_optional => self.redirect(Destination::Skip),
            None => {}
        }
    }

    fn end_paragraph(&mut self) {
        if !matches!(self.group.destination, Destination::Body | Destination::Aside) {
            return;
        }
        if self.in_row && !self.in_table && self.group.destination == Destination::Body {
            // A row that never ended; its words are in the paragraph now.
            self.flow.close_paragraph();
            self.flow.close_cell();
            self.flow.close_row();
            self.in_row = false;
            self.flow.open_paragraph(false);
            return;
        }
        self.enter_row();
        self.flow.mark_heading(self.is_heading);
        self.flow.close_paragraph();
        self.flow.open_paragraph(false);
    }

    /// Begins a row before its first cell's text is let go.
    fn enter_row(&mut self) {
        if self.in_table && !self.in_row && self.group.destination == Destination::Body {
            self.in_row = true;
            self.flow.wrap_in_cell();
        }
    }

    fn end_cell(&mut self) {
        if self.group.destination == Destination::Body {
            self.in_table = true;
            self.enter_row();
            self.flow.close_paragraph();
            self.flow.close_cell();
            self.flow.open_cell(None);
            self.flow.open_paragraph(false);
        }
    }

    fn end_row(&mut self) {
        if self.group.destination == Destination::Body && self.in_row {
            self.flow.close_paragraph();
            self.flow.close_cell();
            self.flow.close_row();
            self.in_row = false;
            self.in_table = false;
            self.flow.open_paragraph(false);
        }
    }

    fn unicode(&mut self, number: i32) {
        self.flush_bytes();
        // Written as a signed number of 16 bits; some programs write larger ones.
        let unit = (number & 0xffff) as u16;
        self.skip = self.group.fallback;
        match (self.surrogate.take(), unit) {
            (None, 0xd800..=0xdbff) => self.surrogate = Some(unit),
            (high, unit) => {
                for decoded in char::decode_utf16(high.into_iter().chain([unit])) {
                    self.character(decoded.unwrap_or(char::REPLACEMENT_CHARACTER));
                }
            }
        }
    }

    fn byte(&mut self, byte: u8) {
        if self.group.destination == Destination::Skip {
            return;
        }
        self.pending.push(byte);
        if MAX_PENDING_BYTES <= self.pending.len() {
            self.flush_bytes();
        }
    }

    fn flush(&mut self) {
        self.surrogate = None;
        self.flush_bytes();
    }

    fn flush_bytes(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let pending = std::mem::take(&mut self.pending);
        let (text, _) = self.charsets.of(self.group.font).decode_without_bom_handling(&pending);
        self.text(&text);
        self.pending = pending;
        self.pending.clear();
    }

    fn character(&mut self, character: char) {
        self.text(character.encode_utf8(&mut [0; 4]));
    }

    fn text(&mut self, text: &str) {
        match self.group.destination {
            Destination::Body | Destination::Aside if !self.group.is_deleted => {
                self.flow.text(text);
            }
            Destination::Info(_) | Destination::Styles if self.note.len() < MAX_PENDING_BYTES => {
                self.note.push_str(text);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::BlockKind;

    fn read(bytes: &[u8]) -> Result<Content, ExtractError> {
        super::read(bytes, &Limits::default())
    }

    fn text(rtf: &str) -> String {
        read(rtf.as_bytes()).unwrap().text().to_owned()
    }

    #[test]
    fn paragraphs_headings_and_dashes() {
        let content = read(
            b"{\\rtf1{\\stylesheet{\\s0 Normal;}{\\s1\\b{\\*\\keycode x}heading 1;}}\\pard\\s1{\\listtext\\pard 1.\\tab}Head\\par
              \\pard body \\endash  end\\par}",
        )
        .unwrap();
        assert_eq!(content.text(), "Head\nbody – end");
        assert_eq!(content.blocks()[0].kind, BlockKind::Heading);
        assert_eq!(content.blocks()[1].kind, BlockKind::Paragraph);
    }

    #[test]
    fn bytes_are_decoded_by_the_fonts_charset() {
        let fonts = "{\\rtf1\\ansicpg1252\\deff0{\\fonttbl{\\f0\\fcharset0 A;}{\\f1\\fcharset204 B;}{\\f2\\fcharset128 C;}}";
        assert_eq!(text(&format!("{fonts}\\'e4{{\\f1 \\'e4}}\\'e4}}")), "äдä");
        // The second byte of a Shift JIS character may be written as a letter.
        assert_eq!(text(&format!("{fonts}\\f2 \\'83A\\'83\\'41}}")), "アア");
    }

    #[test]
    fn unicode_replaces_its_fallback() {
        assert_eq!(text("{\\rtf1\\u8364 ?x}"), "€x");
        assert_eq!(text("{\\rtf1\\uc2\\u8364\\'80\\'80x}"), "€x");
        assert_eq!(text("{\\rtf1\\u-10179?\\u-8704?}"), "😀");
        assert_eq!(text("{\\rtf1{\\uc0\\u65 }B\\u55357 ?C}"), "ABC");
    }

    #[test]
    fn rows_are_cells_and_the_text_after_them_is_not() {
        let content = read(
            b"{\\rtf1 before\\par\\trowd\\pard\\intbl a\\par b\\cell c\\cell\\row
              \\trowd\\pard\\intbl d\\cell e\\cell\\row\\pard after\\par}",
        )
        .unwrap();
        assert_eq!(content.text(), "before\na b\tc\nd\te\nafter");
        assert_eq!(content.blocks()[1].kind, BlockKind::Cells);
    }

    #[test]
    fn asides_and_unknown_destinations_stay_out_of_the_paragraph() {
        let content = read(
            b"{\\rtf1{\\header Top\\par}One{\\footnote note{\\*\\atnid x}} two{\\*\\unknown no}\
              {\\field{\\*\\fldinst PAGE}{\\fldrslt 7}}{\\pict ffd8}{\\deleted gone}}",
        )
        .unwrap();
        assert_eq!(content.text(), "One two7\nTop\nnote");
        assert_eq!(content.blocks()[1].kind, BlockKind::Aside);
    }

    #[test]
    fn the_information_group_is_metadata() {
        let content = read(
            b"{\\rtf1{\\info{\\title T}{\\author Ann}{\\revtim\\yr2024\\mo5\\dy6}{\\*\\company C}}
              {\\*\\userprops{\\propname Status}\\proptype30{\\staticval Final}}x}",
        )
        .unwrap();
        let metadata = content.metadata.clone();
        assert_eq!(metadata.title.unwrap().value, "T");
        assert_eq!(metadata.dates.len(), 1);
        assert_eq!(metadata.properties, [("Status".to_owned(), "Final".to_owned())]);
        assert_eq!(content.text(), "x");
    }

    #[test]
    fn a_million_groups_are_walked() {
        let content = read(format!("{{\\rtf1 {}x", "{".repeat(1_000_000)).as_bytes()).unwrap();
        assert_eq!(content.text(), "x");
        assert!(content.partly.is_some());
    }

    #[test]
    fn cut_files_are_read_up_to_the_cut() {
        let whole = "{\\rtf1{\\fonttbl{\\f0 A;}}one\\par two\\trowd\\intbl a\\cell b\\cell\\row}";
        for length in 0..whole.len() {
            let _ = read(&whole.as_bytes()[..length]);
        }
        assert!(read(b"no").is_err());
    }
}
