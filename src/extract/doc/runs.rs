//! Properties of paragraphs and characters that matter for the text: styles of headings, tables,
//! tracked deletions.
//!
//! They lie in pages of 512 bytes, each a list of runs of the document stream. Runs that are broken
//! are left out: their text is plain text.

use super::fib::{Fib, long, short, slice};

const PAGE_BYTES: usize = 512;

/// What is known of a paragraph.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Paragraph {
    /// Of one of the styles for headings, or with a level in the outline.
    pub(super) is_heading: bool,
    /// In a table.
    pub(super) in_table: bool,
    /// The mark at the end of a table's row.
    pub(super) ends_row: bool,
}

/// Runs of the document stream and what is true of them, by their bytes.
#[derive(Debug, Default)]
pub(super) struct Runs<T> {
    // Invariant: sorted by start.
    runs: Vec<(usize, usize, T)>,
}

impl<T: Copy> Runs<T> {
    /// What is true of the character at this byte.
    pub(super) fn at(&self, offset: usize) -> Option<T> {
        let after = self.runs.partition_point(|(start, ..)| *start <= offset);
        let (_, end, value) = self.runs.get(after.checked_sub(1)?)?;
        (offset < *end).then_some(*value)
    }

    /// Whether nothing is known.
    pub(super) fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    fn sorted(mut runs: Vec<(usize, usize, T)>) -> Self {
        runs.sort_by_key(|(start, ..)| *start);
        Self { runs }
    }
}

/// The paragraphs of a document.
pub(super) fn paragraphs(fib: &Fib, table: &[u8], stream: &[u8]) -> Runs<Paragraph> {
    let mut runs = Vec::new();
    let entry_bytes = if fib.is_old { 7 } else { 13 };
    for page in pages(slice(table, fib.paragraph_pages), fib.is_old, stream) {
        each_run(page, entry_bytes, |start, end, at| {
            if fib.is_old {
                let style = page.get(at + 1).copied().unwrap_or(0);
                let is_heading = (1..=9).contains(&style);
                runs.push((start, end, Paragraph { is_heading, ..Paragraph::default() }));
            } else if let Some(paragraph) = paragraph(page, at) {
                runs.push((start, end, paragraph));
            }
        });
    }
    Runs::sorted(runs)
}

/// Which characters were deleted while changes were tracked.
pub(super) fn deletions(fib: &Fib, table: &[u8], stream: &[u8]) -> Runs<bool> {
    let mut runs = Vec::new();
    for page in pages(slice(table, fib.character_pages), fib.is_old, stream) {
        each_run(page, 1, |start, end, at| {
            let length = page.get(at).map_or(0, |it| usize::from(*it));
            let mut is_deleted = false;
            each_property(slice(page, (at + 1, length)), |code, operand| {
                if code == 0x0800 {
                    is_deleted = operand.first().is_some_and(|it| *it == 1);
                }
            });
            if is_deleted {
                runs.push((start, end, true));
            }
        });
    }
    Runs::sorted(runs)
}

/// The pages that a table of pages names.
fn pages<'s>(plc: &[u8], is_old: bool, stream: &'s [u8]) -> Vec<&'s [u8]> {
    let width = if is_old { 2 } else { 4 };
    let count = plc.len().saturating_sub(4) / (4 + width);
    let numbers = (0..count).filter_map(|index| {
        let at = (count + 1) * 4 + index * width;
        if is_old { short(plc, at).map(u32::from) } else { long(plc, at).map(|it| it & 0x3F_FFFF) }
    });
    let page = |number: u32| {
        let at = (number as usize).checked_mul(PAGE_BYTES)?;
        stream.get(at..at.checked_add(PAGE_BYTES)?)
    };
    // A page that is named again and again is there once.
    let mut numbers: Vec<u32> = numbers.collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers.into_iter().filter_map(page).collect()
}

/// Calls with the bytes of each run, and where in the page its properties are.
fn each_run(page: &[u8], entry_bytes: usize, mut take: impl FnMut(usize, usize, usize)) {
    let count = usize::from(page[PAGE_BYTES - 1]);
    for index in 0..count {
        let (Some(start), Some(end)) = (long(page, index * 4), long(page, index * 4 + 4)) else {
            return;
        };
        let entry = (count + 1) * 4 + index * entry_bytes;
        let Some(place) = page[..PAGE_BYTES - 1].get(entry) else { return };
        if *place != 0 && start < end {
            take(start as usize, end as usize, usize::from(*place) * 2);
        }
    }
}

fn paragraph(page: &[u8], at: usize) -> Option<Paragraph> {
    let words = usize::from(*page.get(at)?);
    let (at, length) = match words {
        0 => (at + 2, usize::from(*page.get(at + 1)?) * 2),
        words => (at + 1, words * 2 - 1),
    };
    let style = short(page, at)?;
    let mut paragraph = Paragraph { is_heading: (1..=9).contains(&style), ..Paragraph::default() };
    each_property(slice(page, (at + 2, length.saturating_sub(2))), |code, operand| {
        let is_set = operand.first().is_some_and(|it| *it == 1);
        match code {
            0x2416 => paragraph.in_table = is_set,
            0x2417 => paragraph.ends_row = is_set,
            0x2640 => paragraph.is_heading = operand.first().is_some_and(|it| *it < 9),
            _ => {}
        }
    });
    Some(paragraph)
}

/// Calls with the code and the operand of each property of a list.
fn each_property(mut list: &[u8], mut take: impl FnMut(u16, &[u8])) {
    while let Some(code) = short(list, 0) {
        let rest = &list[2..];
        let first = rest.first().map_or(0, |it| usize::from(*it));
        let length = match (code >> 13, code) {
            (_, 0xD608) => short(rest, 0).map_or(0, |it| usize::from(it) + 1),
            // Tab stops, too many for the length in one byte.
            (_, 0xC615) if first == 255 => return,
            (0 | 1, _) => 1,
            (2 | 4 | 5, _) => 2,
            (3, _) => 4,
            (7, _) => 3,
            _ => first + 1,
        };
        let Some(operand) = rest.get(..length) else { return };
        take(code, operand);
        list = &rest[length..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(runs: &[(u32, u32)], entry_bytes: usize, properties: &[u8]) -> Vec<u8> {
        let mut page = vec![0; PAGE_BYTES];
        page[PAGE_BYTES - 1] = runs.len() as u8;
        for (index, (start, end)) in runs.iter().enumerate() {
            page[index * 4..index * 4 + 4].copy_from_slice(&start.to_le_bytes());
            page[index * 4 + 4..index * 4 + 8].copy_from_slice(&end.to_le_bytes());
            page[(runs.len() + 1) * 4 + index * entry_bytes] = 100;
        }
        page[200..200 + properties.len()].copy_from_slice(properties);
        page
    }

    #[test]
    fn styles_and_tables_are_told() {
        // Style 2; in a table; a long property in between; the end of a row.
        let list = [9, 2, 0, 0x16, 0x24, 1, 0x15, 0xC6, 2, 0, 0, 0x17, 0x24, 1];
        let found = paragraph(&page(&[(0, 5)], 13, &list), 200).unwrap();
        assert_eq!(found, Paragraph { is_heading: true, in_table: true, ends_row: true });
    }

    #[test]
    fn runs_are_found_by_their_bytes() {
        let page = page(&[(10, 20), (20, 30)], 1, &[3, 0, 8, 1]);
        let mut runs = Vec::new();
        each_run(&page, 1, |start, end, at| runs.push((start, end, at)));
        let runs = Runs::sorted(runs);
        assert_eq!(
            (runs.at(9), runs.at(10), runs.at(29), runs.at(30)),
            (None, Some(200), Some(200), None)
        );
    }

    #[test]
    fn a_page_of_nonsense_is_survived() {
        each_run(&[0xff; PAGE_BYTES], 13, |_, _, _| {});
        each_property(&[0xff; 7], |_, _| {});
        assert!(pages(&[0xff; 40], false, &[0; 600]).is_empty());
    }
}
