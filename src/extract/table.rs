//! CSV and TSV: one block per row, cells separated by tabs.

use super::encoding::decode;
use super::limits::Limit;
use super::{BlockKind, Content, ExtractError, Format, Limits, Locator, Missing};

pub(super) const FORMAT: Format = Format {
    name: "csv",
    extensions: &["csv", "tsv", "tab"],
    recognize: |_| false,
    version: 1,
    isolated: false,
    read,
};

/// How many lines the delimiter is guessed from.
const SNIFF_LINES: usize = 20;

fn read(bytes: &[u8], limits: &Limits) -> Result<Content, ExtractError> {
    let text = decode(bytes, None);
    let (text, is_cut) = up_to_long_line(&text, limits.text());
    let mut rows = ::csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(text))
        .from_reader(text.as_bytes());
    let mut content = Content::within(limits);
    let mut row = ::csv::StringRecord::new();
    let mut cells = String::new();
    // Only reading fails, and this reads memory; what is no UTF-8 was replaced above.
    while rows.read_record(&mut row).unwrap_or(false) {
        cells.clear();
        for (column, cell) in row.iter().enumerate() {
            if column > 0 {
                cells.push('\t');
            }
            cells.extend(
                cell.trim().chars().map(|c| if matches!(c, '\n' | '\r' | '\t') { ' ' } else { c }),
            );
        }
        let line = row.position().map_or(1, |it| it.line() + blank_lines(text, it.byte()));
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        if !content.push(BlockKind::Cells, Locator::Line(line), cells.trim_end_matches('\t')) {
            break;
        }
    }
    if is_cut {
        let reached = limits.reached(Limit::TextBytes);
        let missing = Missing::over(reached, "cut in a line that is too long");
        content.partly.get_or_insert(missing);
    }
    Ok(content)
}

/// The text up to the place at which a line becomes longer than all the text that is kept, and
/// whether there is one. The parser remembers where each cell of a row stands.
fn up_to_long_line(text: &str, most: usize) -> (&str, bool) {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if most < line.len() {
            return (&text[..start + line.floor_char_boundary(most)], true);
        }
        start += line.len();
    }
    (text, false)
}

/// Blank lines before the row that begins at or after this byte; the reader skips them uncounted.
fn blank_lines(text: &str, byte: u64) -> u64 {
    let rest =
        usize::try_from(byte).ok().and_then(|byte| text.as_bytes().get(byte..)).unwrap_or_default();
    rest.iter().take_while(|it| matches!(it, b'\n' | b'\r')).filter(|&&it| it == b'\n').count()
        as u64
}

/// The candidate that occurs outside of quotes in most lines, and equally often in each.
fn delimiter(text: &str) -> u8 {
    let lines: Vec<&str> =
        text.lines().filter(|it| !it.trim().is_empty()).take(SNIFF_LINES).collect();
    let score = |candidate: u8| {
        let counts: Vec<usize> = lines.iter().map(|line| unquoted(line, candidate)).collect();
        let usual = counts.first().copied().unwrap_or(0);
        let agreeing = counts.iter().filter(|&&count| count == usual && count > 0).count();
        (agreeing, counts.iter().sum::<usize>())
    };
    // On a tie the first wins.
    let mut best = (b',', score(b','));
    for candidate in [b'\t', b';', b'|'] {
        let score = score(candidate);
        if score > best.1 {
            best = (candidate, score);
        }
    }
    best.0
}

fn unquoted(line: &str, candidate: u8) -> usize {
    let mut is_quoted = false;
    let mut count = 0;
    for byte in line.bytes() {
        match byte {
            b'"' => is_quoted = !is_quoted,
            byte if byte == candidate && !is_quoted => count += 1,
            _ => {}
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Content, ExtractError> {
        super::read(bytes, &Limits::default())
    }

    #[test]
    fn the_delimiter_is_guessed() {
        for (text, expected) in [
            ("a,b\n1,2\n", "a\tb\n1\t2"),
            ("a;b\n1,5;2,5\n", "a\tb\n1,5\t2,5"),
            ("a\tb\n1\t2\n", "a\tb\n1\t2"),
            ("a|b|c\n1|2|3\n", "a\tb\tc\n1\t2\t3"),
            ("\"x, y\",b\n\"two\nlines\",2\n", "x, y\tb\ntwo lines\t2"),
            ("one\ntwo\n", "one\ntwo"),
        ] {
            assert_eq!(read(text.as_bytes()).unwrap().text(), expected);
        }
    }

    #[test]
    fn a_line_without_end_is_cut() {
        let text = format!("a,b\n{}\nc,d\n", ",x".repeat(100));
        let (head, is_cut) = up_to_long_line(&text, 100);
        assert!(is_cut && head.len() == 104);
        assert_eq!(up_to_long_line("a,b\nc", 100), ("a,b\nc", false));
    }

    #[test]
    fn rows_know_their_line() {
        let content = read(b"a,b\n\n\"x\ny\",1\nc,d\n").unwrap();
        let lines: Vec<_> = content.blocks().iter().map(|it| it.locator.clone()).collect();
        assert_eq!(lines, [Locator::Line(1), Locator::Line(3), Locator::Line(5)]);
    }
}
