//! Lines of a given width: measured as a terminal shows them, wrapped, shortened, colored.
//!
//! Text that comes in is already safe to print.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Columns that a text takes; East Asian wide characters take two.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// Shortens a path in the middle to at most `columns`, keeping more of its end: the file's name.
pub(super) fn shorten(path: &str, columns: usize) -> String {
    const GAP: &str = "...";
    if width(path) <= columns {
        return path.to_owned();
    }
    let room = columns.saturating_sub(GAP.len());
    let head = take(path.chars(), room / 3);
    let tail = take(path.chars().rev(), room - width(&head));
    format!("{head}{GAP}{}", tail.chars().rev().collect::<String>())
}

/// Cuts a text to at most `columns`; what was cut is shown as `...`.
pub(super) fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    format!("{}...", take(text.chars(), columns.saturating_sub(3)).trim_end())
}

fn take(chars: impl Iterator<Item = char>, columns: usize) -> String {
    let mut used = 0;
    chars
        .take_while(|c| {
            // The selector of emoji presentation widens the character before it.
            used += if *c == '\u{fe0f}' { 1 } else { c.width().unwrap_or(0) };
            used <= columns
        })
        .collect()
}

/// Breaks a text at spaces into lines of at most `columns`; longer words are broken anywhere.
pub(super) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(8);
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        if !line.is_empty() && columns < width(&line) + 1 + width(word) {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        while columns < width(&line) {
            let head = take(line.chars(), columns);
            line.drain(..head.len());
            lines.push(head);
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// Wraps a text to at most `max` lines; the last ends in `...` where more was cut.
pub(super) fn wrap_at_most(text: &str, columns: usize, max: usize) -> Vec<String> {
    let mut lines = wrap(text, columns);
    if max < lines.len() {
        let rest = lines.split_off(max - 1).join(" ");
        lines.push(cut(&rest, columns.max(8)));
    }
    lines
}

/// A way to stand out, where colors are allowed. What it says is always in the words, too.
#[derive(Clone, Copy)]
pub(super) enum Style {
    /// Headings and paths.
    Bold,
    /// Errors.
    Red,
    /// Warnings.
    Yellow,
    /// What is new.
    Green,
}

/// Wraps a text in the ANSI sequences of a style, if `color` allows it.
pub(super) fn styled(text: &str, style: Style, color: bool) -> String {
    if !color {
        return text.to_owned();
    }
    let code = match style {
        Style::Bold => "1",
        Style::Red => "1;31",
        Style::Yellow => "1;33",
        Style::Green => "32",
    };
    format!("\x1b[{code}m{text}\x1b[0m")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_path_keeps_its_name() {
        assert_eq!(shorten("a/b.txt", 7), "a/b.txt");
        assert_eq!(shorten("Finance/2019/Old stuff/Mileage.pdf", 24), "Finance...ff/Mileage.pdf");
        assert_eq!(shorten("報告/年度報告書/年度報告書最終版.docx", 20), "報告/...最終版.docx");
    }

    #[test]
    fn no_line_is_wider_than_asked() {
        let text = "one two three 年度報告書年度報告書 averyveryverylongwordwithoutspaces x";
        let lines = wrap(text, 12);
        assert!(lines.iter().all(|line| width(line) <= 12), "{lines:?}");
        assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
    }

    #[test]
    fn cut_lines_say_so() {
        assert_eq!(wrap_at_most("one two three four five", 9, 2), ["one two", "three..."]);
        assert_eq!(wrap_at_most("one two", 9, 2), ["one two"]);
    }

    proptest::proptest! {
        #[test]
        fn nothing_is_wider_than_asked(text in r"([a-z /]|[\\PC]|❤️|👩‍💻|報){0,60}", columns in 8_usize..40) {
            assert!(width(&shorten(&text, columns)) <= columns);
            assert!(width(&cut(&text, columns)) <= columns);
            assert!(wrap(&text, columns).iter().all(|line| width(line) <= columns));
        }
    }
}
