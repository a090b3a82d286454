//! Collects the glyphs that a page draws, in the order in which it draws them.
//!
//! Glyphs printed over themselves (fake bold, fill and stroke) count once. Glyphs without a
//! Unicode mapping are counted and left out.

use std::collections::HashMap;

use hayro_interpret::font::{Glyph, GlyphRun, PositionedGlyph};
use hayro_interpret::hayro_cmap::{BfString, WritingMode};
use hayro_interpret::kurbo::{Affine, BezPath, Point, Vec2};
use hayro_interpret::{
    BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageDrawProps, SoftMask,
};

use super::layout::{Lines, Paragraphs, Placed};
use crate::extract::{Limits, Locator};

/// Glyph space is a thousandth of the font size.
const UNITS_PER_EM: f64 = 1000.0;

/// Two equal glyphs closer than this are one, in em.
const OVERPRINT_EM: f64 = 0.1;

/// What a document's pages drew.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    /// Glyphs that are not blank.
    pub(super) glyphs: usize,
    /// Those of them without a Unicode mapping.
    pub(super) unmapped: usize,
    /// Pictures, lines and areas.
    pub(super) drawings: usize,
    /// Pages with a picture and without a glyph.
    pub(super) picture_pages: usize,
}

/// A device that draws nothing and reads.
#[derive(Default)]
pub(super) struct GlyphReader {
    tally: Tally,
    lines: Lines,
    paragraphs: Paragraphs,
    /// Where glyphs of this page stand, to recognize overprinting.
    printed: HashMap<(char, i64, i64), Point>,
    text_bytes: usize,
    /// The limit on them.
    most_bytes: usize,
    page_glyphs: usize,
    page_images: usize,
}

impl GlyphReader {
    pub(super) fn within(limits: &Limits) -> Self {
        Self { most_bytes: limits.text(), ..Self::default() }
    }

    /// Ends a page; its paragraphs end with it.
    pub(super) fn end_page(&mut self, locator: Locator) {
        self.lines.finish(&mut self.paragraphs);
        self.paragraphs.end_page(locator);
        self.printed.clear();
        self.tally.glyphs += self.page_glyphs;
        if self.page_glyphs == 0 && 0 < self.page_images {
            self.tally.picture_pages += 1;
        }
        self.page_glyphs = 0;
        self.page_images = 0;
    }

    /// Whether as much text was read as is kept of a document.
    pub(super) const fn is_full(&self) -> bool {
        self.most_bytes < self.text_bytes
    }

    pub(super) fn finish(self) -> (Paragraphs, Tally) {
        (self.paragraphs, self.tally)
    }

    fn read(&mut self, glyph: &PositionedGlyph<'_>, transform: Affine, mode: WritingMode) {
        let transform = transform * glyph.transform();
        let origin = transform * Point::ZERO;
        let along = axis(transform, Vec2::new(1.0, 0.0));
        let up = axis(transform, Vec2::new(0.0, 1.0));
        let em = up.hypot() * UNITS_PER_EM;
        if !(origin.x.is_finite() && origin.y.is_finite() && em.is_finite() && 0.0 < em) {
            return;
        }
        let width = match &**glyph {
            Glyph::Outline(outline) => outline.advance_width(),
            Glyph::Type3(shape) => shape.advance_width(),
        };
        let (direction, advance) = match mode {
            WritingMode::Vertical => (-up, em),
            WritingMode::Horizontal => (along, f64::from(width.unwrap_or(500.0)) * along.hypot()),
        };
        let placed = |text| Placed::new(text, origin, direction, advance, em);
        let Some(unicode) = unicode_of(glyph) else {
            if !is_blank(glyph) {
                self.page_glyphs += 1;
                self.tally.unmapped += 1;
            }
            self.lines.place(placed(""), &mut self.paragraphs);
            return;
        };
        let mut buffer = [0; 4];
        let text = match &unicode {
            BfString::Char(char) => &*char.encode_utf8(&mut buffer),
            BfString::String(text) => text,
        };
        if text.chars().all(char::is_whitespace) {
            self.lines.place(placed(" "), &mut self.paragraphs);
            return;
        }
        self.page_glyphs += 1;
        if self.is_overprinted(text, origin, em) {
            return;
        }
        self.text_bytes += text.len();
        self.lines.place(placed(text), &mut self.paragraphs);
    }

    /// Whether the same glyph was printed here before. Remembers it.
    fn is_overprinted(&mut self, text: &str, at: Point, em: f64) -> bool {
        let char = text.chars().next().unwrap_or(' ');
        let reach = OVERPRINT_EM * em;
        let key = |dx: f64, dy: f64| {
            let cell = |value: f64| (value / (2.0 * reach)).floor() as i64;
            (char, cell(at.x + dx), cell(at.y + dy))
        };
        let seen = [(-reach, -reach), (-reach, reach), (reach, -reach), (reach, reach)]
            .into_iter()
            .filter_map(|(dx, dy)| self.printed.get(&key(dx, dy)))
            .any(|other| other.distance(at) < reach);
        self.printed.insert(key(0.0, 0.0), at);
        seen
    }
}

fn axis(transform: Affine, unit: Vec2) -> Vec2 {
    transform * unit.to_point() - transform * Point::ZERO
}

/// What the glyph means; none where the font does not say or says something private.
fn unicode_of(glyph: &Glyph<'_>) -> Option<BfString> {
    match glyph.as_unicode()? {
        // The bullet of the Symbol font, in nearly every list made with Word.
        BfString::Char('\u{f0b7}') => Some(BfString::Char('•')),
        BfString::Char(char) => is_public(char).then_some(BfString::Char(char)),
        BfString::String(text) => text.chars().all(is_public).then_some(BfString::String(text)),
    }
}

fn is_public(char: char) -> bool {
    !matches!(char, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'.. | '\u{fffd}')
        && (!char.is_control() || char.is_whitespace())
}

/// Whether nothing would be seen of the glyph.
fn is_blank(glyph: &Glyph<'_>) -> bool {
    match glyph {
        Glyph::Outline(outline) => outline.outline().elements().is_empty(),
        Glyph::Type3(_) => false,
    }
}

impl<'a> Device<'a> for GlyphReader {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, _: &DrawMode) {
        for glyph in run.glyphs() {
            if self.is_full() {
                return;
            }
            self.read(glyph, props.transform, run.writing_mode());
        }
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {
        self.tally.drawings += 1;
    }

    fn draw_image(&mut self, _: Image<'a, '_>, _: ImageDrawProps<'a>) {
        self.tally.drawings += 1;
        self.page_images += 1;
    }

    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}
