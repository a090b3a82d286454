//! What a document says of itself and not of its subject: version and date of the document, day
//! of print, where it or what it describes is from, copyright, page numbers, lines of a table of contents or of a history of changes.

use std::sync::LazyLock;

use regex::Regex;

use super::patterns::is_place;
use super::{Fact, Kind};

/// Longer lines are running text, whose first words are no label.
const MAX_LABELLED_BYTES: usize = 160;

/// A line that has no more than this beside a date is there for the date.
const MAX_BESIDE_BYTES: usize = 12;

/// Whether the line that a fact stands on is about the document itself.
pub(super) fn is_about_the_document(text: &str, fact: &Fact) -> bool {
    static COPYRIGHT: LazyLock<Regex> = LazyLock::new(|| {
        regex(
            r"(?i)copyright|©|\(c\)\s*\d{4}|all rights reserved|alle rechte vorbehalten|tous droits r",
        )
    });
    static LABEL: LazyLock<Regex> = LazyLock::new(|| {
        regex(
            r"(?i)^[\W_]*(?:(?:document|dokument|page|policy)\s+)?(?:(?:version|revision|rev|issue|edition|release|fassung|ausgabe|stand|author|date|datum|created|erstellt|printed|print date|date of (?:print|issue|publication|last review)|ausgedruckt|gedruckt|imprim\w+|page|seite|página|control|number|no|id|ref|reference)\b|(?:last|next|date) (?:updated|modified|edited|revised|changed|reviewed|review|saved)|(?:updated|reviewed|revised|modified|approved|published|effective|issued|review|zuletzt|letzte|nächste|dernière|última|ultimo|laatst)\b)(?:\s+(?:date|no|number|on|from|by|am|le|den|version))*\s*[\W_]*(?:$|[:|\t=–-]|\d|v\d|\()",
        )
    });
    static LISTED: LazyLock<Regex> =
        LazyLock::new(|| regex(r"(?:\.{4,}|…{2,}|(?:\. ){4,})\s*\d+\s*$"));
    static HISTORY: LazyLock<Regex> = LazyLock::new(|| {
        regex(
            r"^[\s|]*(?:v(?:ersion)?\s*)?\d+(?:\.\d+)*\s*[|\t].*\d{4}|^[\s|]*(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{2,4})\s*[|\t]",
        )
    });
    let line = line_of(text, fact.range.start);
    if COPYRIGHT.is_match(line) || LISTED.is_match(line) {
        return true;
    }
    static ORIGIN: LazyLock<Regex> = LazyLock::new(|| {
        regex(
            r#"(?i)(?:^|[^\w$])(?:sources?|home ?page|upstream(?:[- ]\w+)?|\$id|\$schema|\w*url|uri|repository|repo|vcs-\w+|maintainers?|authors?|origin|(?:packaged|debianized|debianised|converted|written|created|adopted|maintained) by[^.;:]{0,60}|(?:downloaded|obtained|retrieved|taken|copied) from|found (?:at|in|on))["'`]?\s*(?:[:=]|\bis\b|\bfrom\b)?(?:[^<>;\n]{0,60}<|[\s"'`<(\[]*)$"#,
        )
    });
    let (start, _) = line_range(text, fact.range.start);
    // A fact may go on in the next line.
    let (_, end) = line_range(text, fact.range.end);
    if is_set_in_a_tag(&text[start..fact.range.start], fact.kind) {
        return true;
    }
    let is_origin = matches!(fact.kind, Kind::Url | Kind::Email);
    if is_origin && ORIGIN.is_match(&text[start..fact.range.start]) {
        return true;
    }
    // Numbers behind a word such as `section` are those of headings, too.
    let (before, behind) = (&text[start..fact.range.start], &text[fact.range.end..end]);
    let words = before.trim_end_matches(|it: char| !it.is_alphanumeric());
    let word = words.rsplit(|it: char| !it.is_alphanumeric()).next().unwrap_or_default();
    let is_of_a_place = is_of_a_heading(before, behind) || is_place(word) && !is_version_word(word);
    let is_bare = !text[fact.range.clone()].contains(char::is_alphabetic);
    if fact.kind == Kind::Version && is_of_a_place && is_bare {
        return true;
    }
    // A date that nearly fills its line dates the document.
    let others = line.len().saturating_sub(fact.range.len());
    if fact.kind == Kind::Date && others <= MAX_BESIDE_BYTES && !line.contains(['\t', '|']) {
        return true;
    }
    let of_a_document = matches!(fact.kind, Kind::Date | Kind::Version | Kind::Figure);
    of_a_document
        && line.len() <= MAX_LABELLED_BYTES
        && (LABEL.is_match(line) || HISTORY.is_match(line))
}

/// Whether a measure is how wide or large something is shown: the value of an attribute in a tag, of
/// a text in which markup was left.
fn is_set_in_a_tag(before: &str, kind: Kind) -> bool {
    let is_value = before.ends_with("=\"") || before.ends_with("='");
    let is_in_a_tag = before.rfind('<').is_some_and(|at| !before[at..].contains('>'));
    !matches!(kind, Kind::Url | Kind::Email) && is_value && is_in_a_tag
}

/// Whether a number, given what stands before and behind it on its line, is that of a heading:
/// `7.5.4. What it shows`. What goes on in small letters was wrapped, or is an item of a list.
fn is_of_a_heading(before: &str, behind: &str) -> bool {
    const BULLETS: &[char] = &['-', '+', '*', '\u{2022}', '\u{b7}'];
    let before = before.trim_start();
    let title = behind.trim_start_matches(|it: char| !it.is_alphanumeric());
    let has_title = title.starts_with(|it: char| !it.is_lowercase());
    let is_item = before.strip_prefix(BULLETS).is_some_and(|it| it.starts_with(' '));
    let is_alone = title.is_empty() || behind.starts_with('.');
    let is_in_a_table = before.contains('|');
    let is_first = !before.contains(char::is_alphanumeric);
    is_first && !is_in_a_table && (has_title || is_alone && !is_item)
}

/// Whether a number after a word is a version of something, whatever else the word may number.
fn is_version_word(word: &str) -> bool {
    word.eq_ignore_ascii_case("version") || word.eq_ignore_ascii_case("versions")
}

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is constant")
}

fn line_of(text: &str, place: usize) -> &str {
    let (start, end) = line_range(text, place);
    &text[start..end]
}

fn line_range(text: &str, place: usize) -> (usize, usize) {
    let start = text[..place].rfind('\n').map_or(0, |it| it + 1);
    let end = text[place..].find('\n').map_or(text.len(), |it| place + it);
    (start, end)
}
