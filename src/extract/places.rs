//! Where pages, slides and rows of sheets begin in the text of a document, so that a place in the
//! text can be told as people find it.
//!
//! What follows from the mark before is not noted, and of very many marks only the first ones are
//! kept: this is part of every record.

use serde::{Deserialize, Serialize};

use super::content::Content;
use super::metadata::Locator;

/// At most so many marks are kept.
const MAX_MARKS: usize = 256;

/// The places in a text that are known by their names in the document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Places {
    // Invariant: these ascend by start.
    marks: Vec<Mark>,
    /// The names of the sheets, by the mark with which each begins; none where there are no sheets.
    sheets: Vec<(u32, String)>,
    are_slides: bool,
}

/// What begins at a mark that is neither page nor slide nor row.
const NONE: u32 = 0;

/// A byte of the text, and the page, slide or row that begins there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Mark(u32, u32);

impl Places {
    /// Notes the places of a text's blocks.
    pub(super) fn of(content: &Content) -> Self {
        let mut places = Self::default();
        for block in content.blocks() {
            let start = block.range.start;
            let next = match &block.locator {
                Locator::Page(number) => Locator::Page(*number),
                Locator::Slide(number) => Locator::Slide(*number),
                Locator::Row { sheet, row } => Locator::Row { sheet: sheet.clone(), row: *row },
                // Notes belong to their slide; comments of a sheet are in no row of it.
                _ if places.sheets.is_empty() => continue,
                _ => {
                    places.marks.extend(u32::try_from(start).ok().map(|it| Mark(it, NONE)));
                    continue;
                }
            };
            if places.at(content.text(), start).as_ref() != Some(&next) {
                places.note(start, next);
            }
            if MAX_MARKS <= places.marks.len() {
                break;
            }
        }
        places
    }

    fn note(&mut self, start: usize, place: Locator) {
        let Ok(start) = u32::try_from(start) else { return };
        let number = match place {
            Locator::Row { sheet, row } => {
                if self.sheets.last().is_none_or(|it| it.1 != sheet) {
                    self.sheets.push((self.marks.len() as u32, sheet));
                }
                row
            }
            Locator::Slide(number) => {
                self.are_slides = true;
                number
            }
            Locator::Page(number) => number,
            _ => return,
        };
        self.marks.push(Mark(start, number));
    }

    /// Whether none is known.
    pub const fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// The page, slide or row that a byte of the text is on; none where that is not known.
    pub fn locate(&self, text: &str, at: usize) -> Option<Locator> {
        let is_known = self.marks.len() < MAX_MARKS
            || self.marks.last().is_some_and(|last| at < last.0 as usize);
        if is_known { self.at(text, at) } else { None }
    }

    fn at(&self, text: &str, at: usize) -> Option<Locator> {
        let last = self.marks.partition_point(|it| it.0 as usize <= at).checked_sub(1)?;
        let Mark(start, number) = self.marks[last];
        if number == NONE {
            return None;
        }
        let Some(sheet) = self.sheets.iter().rfind(|it| it.0 as usize <= last) else {
            let place = if self.are_slides { Locator::Slide } else { Locator::Page };
            return Some(place(number));
        };
        // Rows are lines.
        let lines = text.get(start as usize..at)?.bytes().filter(|it| *it == b'\n').count();
        Some(Locator::Row { sheet: sheet.1.clone(), row: number.saturating_add(lines as u32) })
    }
}

#[cfg(test)]
mod tests {
    use super::super::content::BlockKind;
    use super::*;

    fn content(blocks: &[(Locator, &str)]) -> Content {
        let mut content = Content::default();
        for (locator, text) in blocks {
            let is_row = matches!(locator, Locator::Row { .. });
            let kind = if is_row { BlockKind::Cells } else { BlockKind::Paragraph };
            content.push(kind, locator.clone(), text);
        }
        content
    }

    fn check(blocks: &[(Locator, &str)], marks: usize) {
        let content = content(blocks);
        let places = Places::of(&content);
        assert_eq!(places.marks.len(), marks);
        for (locator, text) in blocks {
            let at = content.text().find(text).unwrap();
            assert_eq!(places.locate(content.text(), at).as_ref(), Some(locator), "{text}");
        }
    }

    #[test]
    fn pages_and_slides_are_found_and_those_without_text_are_none() {
        let blocks = [(1, "one"), (1, "also one"), (4, "four"), (5, "five")];
        check(&blocks.map(|it| (Locator::Page(it.0), it.1)), 3);
        check(&blocks.map(|it| (Locator::Slide(it.0), it.1)), 3);
    }

    #[test]
    fn rows_are_found_by_their_sheet() {
        let row = |sheet: &str, row| Locator::Row { sheet: sheet.to_owned(), row };
        let (plan, cost) = (|it| row("Plan", it), |it| row("Cost", it));
        let blocks =
            [(plan(1), "a\tb"), (plan(2), "c"), (plan(9), "d"), (cost(3), "e"), (cost(4), "f")];
        // The name of a sheet is on a line of its own, so that its first row is noted beside it.
        check(&blocks, 5);
        let comment = (Locator::Part("comments".to_owned()), "see me");
        let content = content(&[(plan(1), "a"), comment]);
        assert_eq!(Places::of(&content).locate(content.text(), content.text().len() - 1), None);
    }

    #[test]
    fn what_is_past_the_last_mark_of_very_many_is_not_known() {
        let pages = (1..400).map(|it| (Locator::Page(it), format!("page <{it}>")));
        let pages = pages.collect::<Vec<_>>();
        let blocks = pages.iter().map(|it| (it.0.clone(), it.1.as_str())).collect::<Vec<_>>();
        let content = content(&blocks);
        let places = Places::of(&content);
        let page = |it: u32| {
            places.locate(content.text(), content.text().find(&format!("<{it}>")).unwrap())
        };
        assert_eq!((page(255), page(256)), (Some(Locator::Page(255)), None));
        let bytes = serde_json::to_vec(&places).unwrap();
        assert_eq!(serde_json::from_slice::<Places>(&bytes).unwrap(), places);
        assert!(bytes.len() < 16 * MAX_MARKS);
    }

    #[test]
    fn text_without_pages_has_no_places() {
        let content = content(&[(Locator::Line(1), "one"), (Locator::Paragraph(2), "two")]);
        assert_eq!(Places::of(&content), Places::default());
        assert_eq!(Places::default().locate(content.text(), 0), None);
    }
}
