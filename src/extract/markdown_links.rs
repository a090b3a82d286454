//! Where the targets of links stand in a paragraph of Markdown.
//!
//! Goes over the paragraph once; every look ahead is bounded, so that no paragraph costs more than
//! its length.

use std::ops::Range;

/// Longest run of code, tag or target that is looked for, in bytes.
const MAX_SPAN_BYTES: usize = 1000;
/// Most brackets that may be open at once.
const MAX_OPEN: usize = 64;

/// The targets of links, in order; those of pictures are left out.
pub(super) fn find(text: &str) -> Vec<Range<usize>> {
    let mut scan = Scan { text, at: 0, open: Vec::new(), has_comment_end: true, found: Vec::new() };
    while let Some(step) = text[scan.at..].find(['[', ']', '`', '<', '\\']) {
        scan.at += step;
        match text.as_bytes()[scan.at] {
            b'[' => scan.open_bracket(),
            b']' => scan.close_bracket(),
            b'`' => scan.code(),
            b'<' => scan.tag(),
            // The character that is escaped may be of several bytes.
            _ => scan.at += 1 + text[scan.at + 1..].chars().next().map_or(0, char::len_utf8),
        }
    }
    scan.found
}

struct Scan<'t> {
    text: &'t str,
    at: usize,
    /// Whether each open bracket begins a picture, innermost last.
    open: Vec<bool>,
    /// Whether a comment may still end.
    has_comment_end: bool,
    found: Vec<Range<usize>>,
}

impl Scan<'_> {
    fn open_bracket(&mut self) {
        if let Some(range) = self.definition() {
            self.at = range.end;
            return self.found.push(range);
        }
        if self.open.len() == MAX_OPEN {
            self.open.clear();
        }
        self.open.push(self.text[..self.at].ends_with('!'));
        self.at += 1;
    }

    /// `[label]: target` at the beginning of a line; `[^1]:` is a footnote.
    fn definition(&self) -> Option<Range<usize>> {
        let before = &self.text[..self.at];
        let indent = before.len() - before.trim_end_matches(' ').len();
        let is_first = before.len() == indent || before[..before.len() - indent].ends_with('\n');
        if !is_first || 3 < indent {
            return None;
        }
        let label = self.ahead(1).lines().next()?;
        let end = label.find("]:").filter(|end| 0 < *end && !label.starts_with('^'))?;
        if label[..end].contains(['[', ']']) {
            return None;
        }
        target(self.text, self.at + 1 + end + 2, false)
    }

    fn close_bracket(&mut self) {
        let is_picture = self.open.pop();
        self.at += 1;
        if is_picture.is_none() || !self.text[self.at..].starts_with('(') {
            return;
        }
        if let Some(range) = target(self.text, self.at + 1, true) {
            self.at = range.end;
            if is_picture == Some(false) {
                self.found.push(range);
            }
        }
    }

    /// Passes over a span of code, if this is one.
    fn code(&mut self) {
        let marks = &self.text[self.at..];
        let width = marks.len() - marks.trim_start_matches('`').len();
        let start = self.at + width;
        let rest = self.ahead(width);
        let mut from = 0;
        while let Some(step) = rest[from..].find('`') {
            let marks = &rest[from + step..];
            let closing = marks.len() - marks.trim_start_matches('`').len();
            from += step + closing;
            if closing == width {
                self.at = start + from;
                return;
            }
        }
        self.at = start;
    }

    /// Passes over a comment, and finds the target of an anchor.
    fn tag(&mut self) {
        let rest = &self.text[self.at..];
        if rest.starts_with("<!--") && self.has_comment_end {
            match rest.find("-->") {
                Some(end) => return self.at += end + 3,
                None => self.has_comment_end = false,
            }
        }
        let tag = self.ahead(0).split('>').next().unwrap_or_default();
        let is_anchor = tag.get(1..3).is_some_and(|it| {
            it.starts_with(['a', 'A']) && it.ends_with(|c: char| c.is_ascii_whitespace())
        });
        let attribute = tag.find("href=").or_else(|| tag.find("HREF="));
        if let Some(from) = attribute.filter(|_| is_anchor).map(|it| it + "href=".len()) {
            let value = &tag[from..];
            let quote = value.chars().next().filter(|it| ['"', '\''].contains(it));
            let from = from + usize::from(quote.is_some());
            let value = &tag[from..];
            let end = value.find(|c: char| quote.map_or(c.is_whitespace(), |quote| c == quote));
            let start = self.at + from;
            let range = start..start + end.unwrap_or(value.len());
            // What else stands before it in the tag would come after it.
            self.at = range.end;
            return self.found.push(range);
        }
        self.at += 1;
    }

    /// What follows `skip` bytes after here, not further than one looks.
    fn ahead(&self, skip: usize) -> &str {
        let rest = &self.text[self.at + skip..];
        &rest[..rest.floor_char_boundary(MAX_SPAN_BYTES)]
    }
}

/// The target that begins at `from`; `in_parentheses` it must be closed.
fn target(text: &str, from: usize, in_parentheses: bool) -> Option<Range<usize>> {
    let rest = text.get(from..)?;
    let rest = &rest[..rest.floor_char_boundary(MAX_SPAN_BYTES)];
    let blank = rest.len() - rest.trim_start().len();
    let start = from + blank;
    let rest = &rest[blank..];
    if rest.starts_with('<') && !rest.starts_with("<%") {
        let end = rest.find(['>', '\n']).filter(|end| rest[*end..].starts_with('>'))?;
        return Some(start + 1..start + end);
    }
    let (mut depth, mut at) = (0_u32, 0);
    while let Some(next) = rest[at..].chars().next() {
        // What a site generator fills in may hold spaces.
        let template = [("{{", "}}"), ("{%", "%}"), ("<%", "%>")];
        if let Some((_, close)) = template.iter().find(|(open, _)| rest[at..].starts_with(open)) {
            at += rest[at..].find(close)? + close.len();
            continue;
        }
        match next {
            '(' => depth += 1,
            ')' if depth == 0 => break,
            ')' => depth -= 1,
            _ if next.is_whitespace() => break,
            _ => {}
        }
        at += next.len_utf8();
    }
    let is_closed = !in_parentheses || rest[at..].contains(')');
    (0 < at && is_closed).then_some(start..start + at)
}
