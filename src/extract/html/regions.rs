//! Which part of a page a tag opens: its main content, its navigation, its frame.
//!
//! There is no tree; a region ends when as many of its tags are closed as were opened.

use html5ever::LocalName;
use html5ever::tokenizer::Tag;

use super::tokens::attribute;

/// Regions open at a time; deeper ones are not looked at.
const MAX_OPEN: usize = 32;

/// A kind of region, as a bit.
pub(super) type Kind = u16;

/// Not text of the page at all.
pub(super) const SKIP: Kind = 1;
/// Menus, breadcrumbs, search.
pub(super) const NAVIGATION: Kind = 2;
/// The frame's top.
pub(super) const BANNER: Kind = 4;
/// The frame's bottom.
pub(super) const FOOTER: Kind = 8;
/// What the page is there for.
pub(super) const MAIN: Kind = 16;
/// An article, of which there may be several.
pub(super) const ARTICLE: Kind = 32;
/// Text beside the main text.
pub(super) const ASIDE: Kind = 64;
/// What Confluence exports on top of a page: who changed it, when.
pub(super) const PAGE_METADATA: Kind = 128;
/// What a wiki's readers put on top of a page that is out of date.
pub(super) const OUTDATED: Kind = 256;

/// Ids that content management systems give the main content.
const MAIN_IDS: [&str; 8] = [
    "bodycontent",
    "content",
    "main",
    "main-content",
    "main_content",
    "maincontent",
    "mw-content-text",
    "page-content",
];

/// Classes of what wikis and documentation generators put between the words: links to edit a
/// section or to point at it, boxes of links at the page's foot.
const SKIP_CLASSES: [&str; 6] =
    ["catlinks", "headerlink", "mw-editsection", "mw-portlet", "navbox", "printfooter"];

/// Classes of the boxes that the wikis of Wikimedia and their like put on top of pages, and what the
/// second class of a box begins with.
const BOXES: [&str; 3] = ["ambox", "ombox", "tmbox"];
const BOX_NAMES: [&str; 2] = ["ambox-", "box-"];
/// The templates of such boxes that say that a page does not hold any more.
const OUTDATED_BOXES: [&str; 8] = [
    "archived",
    "deprecated",
    "historical",
    "obsolete",
    "out_of_date",
    "outdated",
    "superseded",
    "update",
];

fn is_outdated_box(mut classes: std::str::SplitAsciiWhitespace<'_>) -> bool {
    let is_outdated = |class: &str| {
        let name = BOX_NAMES.iter().find_map(|it| class.strip_prefix(it)).unwrap_or_default();
        OUTDATED_BOXES.iter().any(|it| it.eq_ignore_ascii_case(&name.replace('-', "_")))
    };
    classes.clone().any(|it| BOXES.contains(&it)) && classes.any(is_outdated)
}

/// The regions that are open.
#[derive(Debug, Default)]
pub(super) struct Regions {
    open: Vec<(LocalName, u32, Kind)>,
}

impl Regions {
    /// The kinds of all open regions.
    pub(super) fn kinds(&self) -> Kind {
        self.open.iter().fold(0, |kinds, (_, _, kind)| kinds | kind)
    }

    /// Opens a tag that has content; tells the kind of region that it opens, if any.
    pub(super) fn open(&mut self, tag: &Tag) -> Option<Kind> {
        for (name, depth, _) in &mut self.open {
            if *name == tag.name {
                *depth += 1;
            }
        }
        let kind = self.kind_of(tag).filter(|_| self.open.len() < MAX_OPEN)?;
        self.open.push((tag.name.clone(), 1, kind));
        Some(kind)
    }

    /// Closes a tag; tells the kinds of the regions that end with it.
    pub(super) fn close(&mut self, name: &LocalName) -> Kind {
        let mut ended = 0;
        for at in (0..self.open.len()).rev() {
            if self.open[at].0 != *name {
                continue;
            }
            self.open[at].1 -= 1;
            if self.open[at].1 == 0 {
                // What was opened inside and never closed ends as well.
                ended = self.open.drain(at..).fold(ended, |kinds, (_, _, kind)| kinds | kind);
            }
        }
        ended
    }

    fn kind_of(&self, tag: &Tag) -> Option<Kind> {
        let is_sectioned = || self.kinds() & (MAIN | ARTICLE) != 0;
        match &*tag.name {
            "template" | "noscript" | "select" | "datalist" | "svg" | "object" => {
                return Some(SKIP);
            }
            "nav" => return Some(NAVIGATION),
            "main" => return Some(MAIN),
            "article" => return Some(ARTICLE),
            "header" if !is_sectioned() => return Some(BANNER),
            "footer" if !is_sectioned() => return Some(FOOTER),
            _ => {}
        }
        match attribute(tag, "role") {
            Some("navigation" | "search" | "menu" | "menubar") => return Some(NAVIGATION),
            Some("banner") => return Some(BANNER),
            Some("contentinfo") => return Some(FOOTER),
            Some("main") => return Some(MAIN),
            _ => {}
        }
        if let Some(id) = attribute(tag, "id") {
            if MAIN_IDS.iter().any(|it| it.eq_ignore_ascii_case(id)) {
                return Some(MAIN);
            }
            if id.starts_with("breadcrumb") {
                return Some(NAVIGATION);
            }
        }
        let mut classes = attribute(tag, "class").unwrap_or_default().split_ascii_whitespace();
        if classes.clone().any(|it| SKIP_CLASSES.contains(&it)) {
            return Some(SKIP);
        }
        if is_outdated_box(classes.clone()) {
            return Some(OUTDATED);
        }
        match &*tag.name {
            "div" | "p" if classes.clone().any(|it| it == "page-metadata") => Some(PAGE_METADATA),
            _ if classes.any(|it| it == "breadcrumb" || it == "breadcrumbs") => Some(NAVIGATION),
            "aside" => Some(ASIDE),
            _ => None,
        }
    }
}
