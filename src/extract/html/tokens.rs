//! What each token of a page means for its text.

use std::cell::RefCell;

use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult};

use super::blocks::Blocks;
use super::properties::Properties;
use super::regions::{self, Regions};
use crate::extract::metadata::{Link, Locator};
use crate::extract::{BlockKind, Content, Limits, links};

/// Longer titles and data are not kept, in bytes.
const MAX_RAW_BYTES: usize = 1 << 20;

/// The value of an attribute, trimmed.
pub(super) fn attribute<'t>(tag: &'t Tag, name: &str) -> Option<&'t str> {
    tag.attrs.iter().find(|it| &*it.name.local == name).map(|it| it.value.trim())
}

/// A page that is being read.
pub(super) struct Page {
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    is_xml: bool,
    blocks: Blocks,
    regions: Regions,
    properties: Properties,
    links: Vec<Link>,
    /// Open headings, preformatted blocks.
    headings: u32,
    preformatted: u32,
    tables: Vec<Table>,
    /// Where the text of a box begins that says that the page is out of date, and its line.
    outdated: Option<(usize, u32)>,
    /// The element whose raw content is being read, and what of it is kept.
    raw: Option<(String, Raw)>,
}

/// What raw content is kept for.
#[derive(Clone, Copy, PartialEq)]
enum Raw {
    Title,
    JsonLd,
    Nothing,
}

/// A table that is open.
#[derive(Default)]
struct Table {
    is_in_row: bool,
    /// Its cells hold paragraphs, so it only arranges them.
    is_layout: bool,
    /// Cells of this row so far.
    cells: usize,
}

/// What an element does to the text around it.
enum Role {
    Inline,
    Block,
    Heading,
    Preformatted,
    Break,
    Table,
    Row,
    Cell,
}

fn role_of(name: &str) -> Role {
    match name {
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Role::Heading,
        "pre" | "listing" => Role::Preformatted,
        "br" => Role::Break,
        "table" => Role::Table,
        "tr" => Role::Row,
        "td" | "th" => Role::Cell,
        "address" | "article" | "aside" | "blockquote" | "body" | "caption" | "center" | "dd"
        | "details" | "dir" | "div" | "dl" | "dt" | "fieldset" | "figcaption" | "figure"
        | "footer" | "form" | "head" | "header" | "hgroup" | "hr" | "html" | "legend" | "li"
        | "main" | "menu" | "nav" | "ol" | "option" | "p" | "section" | "summary" | "tbody"
        | "tfoot" | "thead" | "ul" => Role::Block,
        _ => Role::Inline,
    }
}

fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}

impl Page {
    pub(super) fn new(is_xml: bool, limits: &Limits) -> Self {
        let blocks = Blocks::within(limits);
        Self { state: RefCell::new(State { is_xml, blocks, ..State::default() }) }
    }

    pub(super) fn into_content(self) -> Content {
        let mut state = self.state.into_inner();
        state.end_block();
        let mut content = state.blocks.into_content();
        content.metadata = state.properties.into_metadata();
        content.metadata.links = state.links;
        content
    }
}

impl TokenSink for Page {
    type Handle = ();

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<()> {
        let mut state = self.state.borrow_mut();
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        match token {
            Token::CharacterTokens(text) => state.text(&text, line),
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => {
                return state.start(&tag, line);
            }
            Token::TagToken(tag) => state.end(&tag, line),
            Token::CommentToken(comment) => state.properties.read_comment(&comment, line),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl State {
    fn text(&mut self, text: &str, line: u32) {
        if let Some((raw, kept)) = &mut self.raw {
            if *kept != Raw::Nothing && raw.len() + text.len() <= MAX_RAW_BYTES {
                raw.push_str(text);
            }
            return;
        }
        if self.regions.kinds() & regions::SKIP != 0 {
            return;
        }
        if 0 < self.preformatted {
            self.blocks.push_preformatted(text, line);
        } else {
            self.blocks.push_words(text, line);
        }
    }

    fn start(&mut self, tag: &Tag, line: u32) -> TokenSinkResult<()> {
        let name = &*tag.name;
        let is_skipped = self.regions.kinds() & regions::SKIP != 0;
        if !is_skipped {
            self.properties.read_tag(tag, line);
            self.read_link(tag, line);
            self.start_block(name);
        }
        let is_empty = is_void(name) || self.is_xml && tag.self_closing;
        if is_empty {
            return TokenSinkResult::Continue;
        }
        let kind = match name {
            "title" => RawKind::Rcdata,
            "textarea" => RawKind::Rcdata,
            "script" => RawKind::ScriptData,
            "style" | "iframe" | "noembed" | "noframes" | "xmp" => RawKind::Rawtext,
            _ => {
                match self.regions.open(tag) {
                    Some(regions::PAGE_METADATA) => self.properties.start_page_metadata(line),
                    Some(regions::OUTDATED) => self.outdated = Some((self.blocks.len(), line)),
                    _ => {}
                }
                return TokenSinkResult::Continue;
            }
        };
        let is_json_ld = name == "script"
            && attribute(tag, "type")
                .is_some_and(|it| it.eq_ignore_ascii_case("application/ld+json"));
        let kept = match name {
            "title" if !is_skipped => Raw::Title,
            _ if is_json_ld && !is_skipped => Raw::JsonLd,
            _ => Raw::Nothing,
        };
        self.raw = Some((String::new(), kept));
        TokenSinkResult::RawData(kind)
    }

    /// Links of the site's navigation are on every page.
    fn read_link(&mut self, tag: &Tag, line: u32) {
        if matches!(&*tag.name, "a" | "area")
            && self.regions.kinds() & regions::NAVIGATION == 0
            && let Some(target) = attribute(tag, "href")
        {
            links::add(&mut self.links, target, || Locator::Line(line));
        }
    }

    fn end(&mut self, tag: &Tag, line: u32) {
        if let Some((raw, kept)) = self.raw.take() {
            match kept {
                Raw::Title => self.properties.read_title(&raw, line),
                Raw::JsonLd => self.properties.read_json_ld(&raw, line),
                Raw::Nothing => {}
            }
            return;
        }
        if self.regions.kinds() & regions::SKIP == 0 {
            let is_page_metadata = self.regions.kinds() & regions::PAGE_METADATA != 0;
            if is_page_metadata && &*tag.name == "div" {
                self.properties.read_page_metadata(self.blocks.open_text());
            }
            self.end_element(&tag.name, line);
        }
        if self.regions.close(&tag.name) & regions::OUTDATED != 0
            && let Some((from, line)) = self.outdated.take()
        {
            self.end_block();
            if self.blocks.is_top(from) {
                self.properties.read_outdated(self.blocks.text_from(from), line);
            }
        }
    }

    fn start_block(&mut self, name: &str) {
        match role_of(name) {
            Role::Inline => {}
            Role::Break if 0 < self.preformatted => self.blocks.push_preformatted("\n", 0),
            Role::Break if self.is_in_row() => self.blocks.space(),
            // Two in a row part paragraphs, in pages from before there were any.
            Role::Break if self.blocks.open_text().ends_with('\n') => self.end_block(),
            Role::Break => self.blocks.line_feed(),
            Role::Table => {
                self.lay_out();
                self.tables.push(Table::default());
            }
            Role::Row => {
                self.end_block();
                if let Some(table) = self.tables.last_mut() {
                    *table = Table { is_in_row: true, ..Table::default() };
                }
            }
            Role::Cell => self.start_cell(),
            Role::Heading => {
                self.lay_out();
                self.headings = 1;
            }
            Role::Preformatted => {
                self.lay_out();
                self.preformatted += 1;
            }
            // A cell may hold one paragraph; with a second one it is more than a cell.
            Role::Block if self.is_in_row() => {
                if matches!(name, "p" | "ul" | "ol" | "dl" | "blockquote" | "section")
                    && self.blocks.is_in_cell()
                {
                    self.lay_out();
                } else {
                    self.blocks.space();
                }
            }
            Role::Block => self.end_block(),
        }
    }

    fn start_cell(&mut self) {
        let Some(table) = self.tables.last_mut() else { return self.end_block() };
        table.is_in_row = true;
        table.cells += 1;
        if table.is_layout {
            self.end_block();
        } else if 1 < table.cells {
            self.blocks.tab();
        }
    }

    fn end_element(&mut self, name: &str, line: u32) {
        match role_of(name) {
            Role::Inline => {}
            Role::Break => self.start_block("br"),
            Role::Heading => {
                if self.headings != 0 && name == "h1" {
                    self.properties.read_heading(self.blocks.open_text(), line);
                }
                self.end_block();
                self.headings = 0;
            }
            Role::Preformatted => {
                self.end_block();
                self.preformatted = self.preformatted.saturating_sub(1);
            }
            Role::Table => {
                self.end_block();
                self.tables.pop();
            }
            Role::Row => {
                self.end_block();
                if let Some(table) = self.tables.last_mut() {
                    *table = Table::default();
                }
            }
            Role::Cell => {}
            Role::Block if self.is_in_row() => self.blocks.space(),
            Role::Block => self.end_block(),
        }
    }

    fn is_in_row(&self) -> bool {
        self.tables.last().is_some_and(|table| table.is_in_row && !table.is_layout)
    }

    /// Ends the open block; a row that is open turns out to arrange blocks.
    fn lay_out(&mut self) {
        self.end_block();
        if let Some(table) = self.tables.last_mut() {
            table.is_layout = true;
        }
    }

    fn end_block(&mut self) {
        let kind = if 0 < self.preformatted {
            BlockKind::Code
        } else if 0 < self.headings {
            BlockKind::Heading
        } else if self.is_in_row() {
            BlockKind::Cells
        } else {
            BlockKind::Paragraph
        };
        self.blocks.end(kind, self.regions.kinds());
    }
}
