//! Glyphs → lines → paragraphs.
//!
//! Follows the order in which the page draws, which producers keep to reading order; nothing is
//! sorted. A space is a gap, a line is a baseline, a paragraph is lines with nothing between them.

use std::collections::HashMap;

use hayro_interpret::kurbo::{Point, Vec2};

use crate::extract::{BlockKind, Content, Limits, Locator};

/// A wider gap between glyphs is a space, in em.
const SPACE_EM: f64 = 0.16;
/// A wider gap parts cells of a table, in em.
const CELL_EM: f64 = 1.8;
/// A glyph further off the baseline starts a line, in em.
const LINE_EM: f64 = 0.6;
/// A line that is further below starts a paragraph, in em, while the line spacing is unknown.
const MAX_LEADING_EM: f64 = 1.9;
/// Headings are this much larger than most of the text.
const HEADING_RATIO: f64 = 1.15;
/// Longer texts are no headings, in bytes.
const MAX_HEADING_BYTES: usize = 200;

/// A glyph with its place on its line.
pub(super) struct Placed<'t> {
    text: &'t str,
    /// The direction of writing, in quarters of the unit vector; equal for glyphs of a line.
    direction: (i8, i8),
    along: f64,
    across: f64,
    advance: f64,
    em: f64,
}

impl<'t> Placed<'t> {
    pub(super) fn new(text: &'t str, at: Point, along: Vec2, advance: f64, em: f64) -> Self {
        let unit = along / along.hypot().max(f64::MIN_POSITIVE);
        let direction = ((unit.x * 4.0).round() as i8, (unit.y * 4.0).round() as i8);
        let unit = Vec2::new(f64::from(direction.0), f64::from(direction.1));
        let unit = unit / unit.hypot().max(f64::MIN_POSITIVE);
        let at = at.to_vec2();
        Self { text, direction, along: at.dot(unit), across: unit.cross(at), advance, em }
    }
}

/// The line being read.
#[derive(Default)]
pub(super) struct Lines {
    text: String,
    /// Where each glyph's text starts in `text`, to reverse right-to-left lines.
    starts: Vec<usize>,
    pen: Option<Pen>,
    has_rtl: bool,
    /// Glyphs that stand right of their predecessor, less those that stand left of it.
    rightwards: i64,
}

/// Where the last glyph stood, and the line's frame.
#[derive(Clone, Copy)]
struct Pen {
    direction: (i8, i8),
    along: f64,
    across: f64,
    advance: f64,
    em: f64,
    first_across: f64,
    start: f64,
    end: f64,
}

impl Lines {
    pub(super) fn place(&mut self, glyph: Placed<'_>, paragraphs: &mut Paragraphs) {
        let is_rtl = glyph.text.chars().any(is_right_to_left);
        if let Some(pen) = self.pen {
            let em = pen.em.max(glyph.em);
            let ahead = glyph.along - (pen.along + pen.advance);
            let behind = pen.along - (glyph.along + glyph.advance);
            let steps_back = glyph.along < pen.along;
            let gap = if steps_back && (is_rtl || self.has_rtl) { behind } else { ahead };
            if pen.direction != glyph.direction
                || LINE_EM * em < (glyph.across - pen.across).abs()
                || gap < -1.5 * em
            {
                self.finish(paragraphs);
            } else {
                if CELL_EM * em < gap {
                    self.part('\t');
                } else if SPACE_EM * em < gap {
                    self.part(' ');
                }
                self.rightwards += if steps_back { -1 } else { 1 };
            }
        }
        self.push(&glyph, is_rtl);
    }

    fn push(&mut self, glyph: &Placed<'_>, is_rtl: bool) {
        let end = glyph.along + glyph.advance;
        let (first_across, start, far) = match self.pen {
            Some(pen) => (pen.first_across, pen.start.min(glyph.along), pen.end.max(end)),
            None => (glyph.across, glyph.along, end),
        };
        self.pen = Some(Pen {
            direction: glyph.direction,
            along: glyph.along,
            across: glyph.across,
            advance: glyph.advance,
            em: glyph.em,
            first_across,
            start,
            end: if glyph.text == " " { self.pen.map_or(start, |pen| pen.end) } else { far },
        });
        self.has_rtl |= is_rtl;
        if glyph.text == " " {
            self.part(' ');
        } else if !glyph.text.is_empty() {
            self.starts.push(self.text.len());
            self.text.push_str(glyph.text);
        }
    }

    /// Parts words, or cells of a table.
    fn part(&mut self, by: char) {
        if self.text.is_empty() || self.text.ends_with('\t') {
            return;
        }
        if self.text.ends_with(' ') {
            if by == ' ' {
                return;
            }
            self.text.pop();
            self.starts.pop();
        }
        self.starts.push(self.text.len());
        self.text.push(by);
    }

    /// Hands the line over and starts the next one.
    pub(super) fn finish(&mut self, paragraphs: &mut Paragraphs) {
        if self.has_rtl && 0 < self.rightwards {
            self.text = self.reversed();
        }
        if let Some(pen) = self.pen
            && !self.text.trim().is_empty()
        {
            paragraphs.add(Line {
                text: without_tab_after_number(self.text.trim()),
                direction: pen.direction,
                across: pen.first_across,
                em: pen.em,
                start: pen.start,
                end: pen.end,
            });
        }
        let Self { text, starts, pen, has_rtl, rightwards } = self;
        text.clear();
        starts.clear();
        (*pen, *has_rtl, *rightwards) = (None, false, 0);
    }

    /// The line's glyphs from right to left, with numbers and words of other scripts as they are.
    fn reversed(&self) -> String {
        let ends = self.starts.iter().skip(1).copied().chain([self.text.len()]);
        let glyphs: Vec<&str> =
            self.starts.iter().zip(ends).map(|(&start, end)| &self.text[start..end]).collect();
        let is_ltr = |glyph: &str| {
            glyph.chars().any(|char| char.is_alphanumeric() && !is_right_to_left(char))
        };
        let mut out = String::with_capacity(self.text.len());
        let mut rest = glyphs.as_slice();
        while let Some((last, before)) = rest.split_last() {
            if !is_ltr(last) {
                out.push_str(last);
                rest = before;
                continue;
            }
            // From the last such glyph back to the first one before the next right-to-left letter.
            let letter = rest.iter().rposition(|glyph| glyph.chars().any(is_right_to_left));
            let from = letter.map_or(0, |at| at + 1);
            let first = rest[from..].iter().position(|glyph| is_ltr(glyph)).unwrap_or(0) + from;
            out.extend(rest[first..].iter().copied());
            rest = &rest[..first];
        }
        out
    }
}

/// The gap after the number of a heading or the sign of a list item is no cell's.
fn without_tab_after_number(text: &str) -> String {
    match text.split_once('\t') {
        Some((number, rest)) if number.chars().count() <= 8 && !rest.contains('\t') => {
            let is_number = |it: char| it.is_ascii_digit() || it.is_ascii_punctuation();
            let is_sign = number.chars().count() == 1 || number.chars().all(is_number);
            let by = if is_sign { ' ' } else { '\t' };
            format!("{number}{by}{rest}")
        }
        _ => text.to_owned(),
    }
}

fn is_right_to_left(char: char) -> bool {
    matches!(char, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}')
        && char.is_alphabetic()
}

/// A line of a page.
struct Line {
    text: String,
    direction: (i8, i8),
    across: f64,
    em: f64,
    start: f64,
    end: f64,
}

impl Line {
    /// How wide the first word is set, about.
    fn first_word_width(&self) -> f64 {
        let bytes = self.text.find(' ').unwrap_or(self.text.len());
        (self.end - self.start) * bytes as f64 / self.text.len().max(1) as f64
    }
}

/// The paragraphs of a document, by page.
#[derive(Default)]
pub(super) struct Paragraphs {
    done: Vec<(Paragraph, Locator)>,
    page: Vec<Line>,
}

struct Paragraph {
    text: String,
    direction: (i8, i8),
    em: f64,
    /// Baseline and extent of the last line.
    across: f64,
    last_start: f64,
    last_end: f64,
    left: f64,
    right: f64,
    /// Distance of the baselines, once there are two.
    leading: Option<f64>,
}

impl Paragraphs {
    fn add(&mut self, line: Line) {
        self.page.push(line);
    }

    pub(super) fn end_page(&mut self, locator: Locator) {
        let margins = Margins::of(&self.page);
        let mut open: Option<Paragraph> = None;
        for line in self.page.drain(..) {
            if let Some(paragraph) = &mut open
                && paragraph.continues_with(&line, margins.right_of(&line))
            {
                paragraph.append(&line);
                continue;
            }
            let ended = open.replace(Paragraph {
                text: line.text,
                direction: line.direction,
                em: line.em,
                across: line.across,
                last_start: line.start,
                last_end: line.end,
                left: line.start,
                right: line.end,
                leading: None,
            });
            self.done.extend(ended.map(|it| (it, locator.clone())));
        }
        self.done.extend(open.map(|it| (it, locator)));
    }

    pub(super) fn into_content(self, limits: &Limits) -> Content {
        let body_em = self.body_em();
        let mut content = Content::within(limits);
        for (paragraph, locator) in self.done {
            let is_heading =
                body_em * HEADING_RATIO < paragraph.em && paragraph.text.len() <= MAX_HEADING_BYTES;
            let kind = match () {
                () if paragraph.text.contains('\t') => BlockKind::Cells,
                () if is_heading => BlockKind::Heading,
                () => BlockKind::Paragraph,
            };
            if !content.push(kind, locator, &paragraph.text) {
                break;
            }
        }
        content
    }

    /// The size in which most of the text is set.
    fn body_em(&self) -> f64 {
        let mut sizes: Vec<(i64, usize)> = self
            .done
            .iter()
            .map(|(paragraph, _)| ((paragraph.em * 4.0).round() as i64, paragraph.text.len()))
            .collect();
        sizes.sort_unstable();
        let total: usize = sizes.iter().map(|(_, bytes)| bytes).sum();
        let mut before = 0;
        for (size, bytes) in sizes {
            before += bytes;
            if total <= before * 2 {
                return size as f64 / 4.0;
            }
        }
        0.0
    }
}

impl Paragraph {
    /// Whether the line belongs to this paragraph, in a column that ends at `margin`.
    fn continues_with(&self, line: &Line, margin: f64) -> bool {
        let em = self.em.max(line.em);
        let down = self.across - line.across;
        let max_down = self.leading.map_or(MAX_LEADING_EM * em, |it| it * 1.2 + 0.05 * em);
        let overlaps = line.start < self.right && self.left < line.end;
        let same_size = em <= 1.1 * self.em.min(line.em);
        if self.direction != line.direction || !same_size || !overlaps {
            return false;
        }
        if self.text.contains('\t') || line.text.contains('\t') {
            return false;
        }
        if down < 0.4 * em || max_down < down || starts_item(&line.text) {
            return false;
        }
        // Where the next word would have fitted, the line was ended on purpose.
        let ends_early = self.last_end + 0.8 * em + line.first_word_width() < margin;
        let ends_sentence = self.text.ends_with(['.', ':', '!', '?', '。', '”', '"', ')']);
        let shift = line.start - self.last_start;
        let is_aligned = shift.abs() < 1.5 * em;
        !(ends_early && (is_aligned || ends_sentence) || ends_sentence && 0.8 * em < shift)
    }

    fn append(&mut self, line: &Line) {
        let joins_word = line.text.starts_with(char::is_lowercase)
            && self
                .text
                .strip_suffix(['-', '\u{ad}', '\u{2010}'])
                .is_some_and(|before| before.ends_with(char::is_alphabetic));
        if joins_word {
            self.text.pop();
        } else {
            self.text.push(' ');
        }
        self.text.push_str(&line.text);
        self.leading = Some(self.across - line.across);
        self.across = line.across;
        self.left = self.left.min(line.start);
        self.right = self.right.max(line.end);
        (self.last_start, self.last_end) = (line.start, line.end);
    }
}

/// Where the columns of a page end, by where their lines start.
struct Margins(HashMap<((i8, i8), i64), f64>);

impl Margins {
    /// Lines that start this close together are of one column, in user space (1/72 inch).
    const COLUMN_SLACK: f64 = 18.0;

    fn of(lines: &[Line]) -> Self {
        let mut ends = HashMap::new();
        for line in lines {
            let end = ends.entry(Self::column(line)).or_insert(line.end);
            *end = line.end.max(*end);
        }
        Self(ends)
    }

    fn column(line: &Line) -> ((i8, i8), i64) {
        (line.direction, (line.start / Self::COLUMN_SLACK).floor() as i64)
    }

    fn right_of(&self, line: &Line) -> f64 {
        let (direction, column) = Self::column(line);
        (column - 1..=column + 1)
            .filter_map(|column| self.0.get(&(direction, column)))
            .fold(line.end, |right, end| right.max(*end))
    }
}

/// Whether the line starts with the sign of a list item: a bullet, `1.`, `2)`, `(a)`.
fn starts_item(text: &str) -> bool {
    let Some((first, _)) = text.split_once(' ') else { return false };
    match first {
        "•" | "◦" | "▪" | "–" | "-" | "*" | "·" | "■" | "●" | "o" => true,
        _ => {
            let Some(mark) = first.strip_suffix(['.', ')']) else { return false };
            let mark = mark.trim_start_matches('(');
            !mark.is_empty()
                && mark.len() <= 6
                && (mark.chars().all(|char| char.is_ascii_digit() || char == '.')
                    || (mark.len() == 1 && first.ends_with(')')))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sets these letters from left to right and reads them.
    fn read(line: &str) -> String {
        let (mut lines, mut paragraphs) = (Lines::default(), Paragraphs::default());
        for (at, char) in line.chars().enumerate() {
            let origin = Point::new(at as f64 * 5.0, 0.0);
            let text = char.to_string();
            let glyph = Placed::new(&text, origin, Vec2::new(1.0, 0.0), 5.0, 10.0);
            lines.place(glyph, &mut paragraphs);
        }
        lines.finish(&mut paragraphs);
        paragraphs.end_page(Locator::Page(1));
        paragraphs.into_content(&Limits::default()).text().to_owned()
    }

    #[test]
    fn right_to_left_lines_are_read_from_the_right() {
        assert_eq!(read("םלוע םולש"), "שלום עולם");
        assert_eq!(read("2024 ץרמב PDF ץבוק"), "קובץ PDF במרץ 2024");
        assert_eq!(read("left to right"), "left to right");
    }
}
