//! What a search found: for people as text, for programs as JSON whose types are this file's own.

use std::borrow::Cow;
use std::io::{self, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use serde::Serialize;

use crate::rot::Stale;

use super::layout::{self, Style};
use super::{Options, escape, words};

/// Raised when a field of the JSON goes, or comes to mean something else.
const SCHEMA_VERSION: u32 = 1;
/// Columns in front of what is said of a hit.
const INDENT: usize = 5;

/// What a search found.
#[derive(Clone, Debug)]
pub struct Hits<'a> {
    /// The query as typed.
    pub query: &'a str,
    /// The best, in order.
    pub hits: Vec<HitDocument>,
    /// How many documents there are in all, copies counted.
    pub total: u64,
    /// Whether there may be more.
    pub is_at_least: bool,
    /// Whether no document had all words, so that these have some of them.
    pub is_loose: bool,
    /// Whether there are several audited folders to tell apart.
    pub has_roots: bool,
}

/// A document that was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HitDocument {
    /// The audited folder it lies in.
    pub root: PathBuf,
    /// Its path below that.
    pub path: PathBuf,
    /// Its title.
    pub title: Option<String>,
    /// How well it fits; means something beside other hits of the same query only.
    pub score: f64,
    /// The newest of its dates that is believed.
    pub date: Option<NaiveDate>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// How many copies of it there are, which are not listed.
    pub copies: u32,
    /// How many older versions of it there are, which are not listed.
    pub older: u32,
    /// Where the copy that stays lies, or the newest version, if this is neither.
    pub better: Option<PathBuf>,
    /// Why it is stale.
    pub stale: Option<Stale>,
    /// The place that says most of what was looked for.
    pub quote: String,
    /// Where that stands in the quote, in bytes.
    pub found: Vec<Range<usize>>,
    /// Whether the document begins, and ends, with the quote.
    pub is_whole: (bool, bool),
}

/// Writes it for people.
pub fn hits_text(hits: &Hits<'_>, options: &Options<'_>, out: &mut dyn Write) -> io::Result<()> {
    let query = escape::visible(hits.query);
    let at_least = if hits.is_at_least { "at least " } else { "" };
    let count = words::counted(hits.total, "document");
    let matches = if hits.total == 1 { "matches" } else { "match" };
    if hits.total == 0 {
        return writeln!(out, "No document matches {query}");
    }
    if hits.is_loose {
        writeln!(out, "No document has all the words of {query}; {count} with some of them")?;
    } else {
        writeln!(out, "{at_least}{count} {matches} {query}")?;
    }
    for (position, hit) in hits.hits.iter().enumerate() {
        writeln!(out)?;
        write_hit(hits, position, hit, options, out)?;
    }
    Ok(())
}

fn write_hit(
    hits: &Hits<'_>,
    position: usize,
    hit: &HitDocument,
    options: &Options<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let width = options.width.clamp(40, 1000);
    let number = format!("{:>3}. ", position + 1);
    let folded = folded(hit);
    let room = width - INDENT - if folded.is_empty() { 0 } else { folded.len() + 2 };
    let path = layout::shorten(&path(hits, hit), room.max(20));
    let path = layout::styled(&path, Style::Bold, options.color);
    let gap = if folded.is_empty() { "" } else { "  " };
    writeln!(out, "{number}{path}{gap}{folded}")?;
    let mut line = |text: &str| {
        layout::wrap(text, width - INDENT)
            .iter()
            .try_for_each(|it| writeln!(out, "{:INDENT$}{it}", ""))
    };
    let title = hit.title.as_deref().map(escape::visible);
    match (title, hit.date) {
        (Some(title), Some(date)) => line(&format!("{title}, {date}"))?,
        (Some(title), None) => line(&title)?,
        (None, Some(date)) => line(&date.to_string())?,
        (None, None) => {}
    }
    if let Some(stale) = &hit.stale {
        line(&format!("! {}: {}", stale.rule, stale.words))?;
    }
    if let Some(better) = &hit.better {
        line(&format!("! see {}", escape::path(better)))?;
    }
    write_quote(hit, width - INDENT, options.color, out)
}

/// `+4 copies, +1 older version`.
fn folded(hit: &HitDocument) -> String {
    let part = |count: u32, one: &str, many: &str| match count {
        0 => None,
        1 => Some(format!("+1 {one}")),
        count => Some(format!("+{} {many}", words::number(count.into()))),
    };
    let copies = part(hit.copies, "copy", "copies");
    let older = part(hit.older, "older version", "older versions");
    copies.into_iter().chain(older).collect::<Vec<_>>().join(", ")
}

/// The quote, what was found in it between brackets of color where those are allowed.
fn write_quote(
    hit: &HitDocument,
    width: usize,
    color: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    if hit.quote.trim().is_empty() {
        return Ok(());
    }
    // Marks no text can hold, because escaping makes every control character visible.
    const ON: char = '\u{1}';
    const OFF: char = '\u{2}';
    let mut text = String::new();
    let mut at = 0;
    for found in hit.found.iter().filter(|it| it.end <= hit.quote.len()) {
        let (Some(before), Some(inside)) =
            (hit.quote.get(at..found.start), hit.quote.get(found.clone()))
        else {
            continue;
        };
        text.push_str(&escape::visible(before));
        // A mark would be lost where a line is broken between words of one run.
        text.push(ON);
        text.push_str(&escape::visible(inside));
        text.push(OFF);
        at = found.end;
    }
    text.push_str(&escape::visible(hit.quote.get(at..).unwrap_or_default()));
    let (begins, ends) = hit.is_whole;
    let text =
        format!("{}{text}{}", if begins { "" } else { "... " }, if ends { "" } else { " ..." });
    for line in layout::wrap(&text, width) {
        let (on, off) = if color { ("\x1b[1m", "\x1b[0m") } else { ("", "") };
        writeln!(out, "{:INDENT$}{}", "", line.replace(ON, on).replace(OFF, off))?;
    }
    Ok(())
}

fn path(hits: &Hits<'_>, hit: &HitDocument) -> String {
    if hits.has_roots { escape::path(&hit.root.join(&hit.path)) } else { escape::path(&hit.path) }
}

#[derive(Serialize)]
struct V1Hits<'a> {
    schema_version: u32,
    query: &'a str,
    total: u64,
    total_is_at_least: bool,
    all_words: bool,
    results: Vec<V1Hit<'a>>,
}

#[derive(Serialize)]
struct V1Hit<'a> {
    rank: usize,
    path: Cow<'a, str>,
    root: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_bytes: Option<String>,
    title: Option<&'a str>,
    score: f64,
    date: Option<NaiveDate>,
    owner: Option<&'a str>,
    copies: u32,
    older_versions: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    better: Option<Cow<'a, str>>,
    stale: Option<V1Stale<'a>>,
    snippet: &'a str,
    found: Vec<[usize; 2]>,
}

#[derive(Serialize)]
struct V1Stale<'a> {
    rule: &'a str,
    words: &'a str,
}

/// Writes it for programs: one object.
pub fn hits_json(hits: &Hits<'_>, out: &mut dyn Write) -> io::Result<()> {
    let results = (1..).zip(&hits.hits).map(|(rank, hit)| {
        let HitDocument {
            root,
            path,
            title,
            score,
            date,
            owner,
            copies,
            older,
            better,
            stale,
            quote,
            found,
            is_whole: _,
        } = hit;
        V1Hit {
            rank,
            path: escape::readable(path),
            root: escape::readable(root),
            path_bytes: escape::path_bytes(path),
            title: title.as_deref(),
            score: *score,
            date: *date,
            owner: owner.as_deref(),
            copies: *copies,
            older_versions: *older,
            better: better.as_deref().map(|it: &Path| escape::readable(it)),
            stale: stale.as_ref().map(|it| V1Stale { rule: &it.rule, words: &it.words }),
            snippet: quote,
            found: found.iter().map(|it| [it.start, it.end]).collect(),
        }
    });
    let whole = V1Hits {
        schema_version: SCHEMA_VERSION,
        query: hits.query,
        total: hits.total,
        total_is_at_least: hits.is_at_least,
        all_words: !hits.is_loose,
        results: results.collect(),
    };
    super::json::write_line(&whole, &mut *out)?;
    writeln!(out)
}

#[cfg(test)]
mod tests {
    use snapbox::{assert_data_eq, str};

    use super::*;

    fn hits() -> Hits<'static> {
        let first = HitDocument {
            root: "/srv".into(),
            path: "HR/Travel.docx".into(),
            title: Some("Travel \u{1b}[2J expenses".to_owned()),
            score: 7.5,
            date: NaiveDate::from_ymd_opt(2025, 3, 1),
            copies: 4,
            older: 1,
            quote: "Travel expenses are paid \u{202e}within four weeks".to_owned(),
            found: vec![0..6, 7..15],
            is_whole: (true, false),
            ..HitDocument::default()
        };
        let rule = "withdrawn".to_owned();
        let stale = Stale { rule, words: "banner \"Withdrawn in 2024.\" (page 1)".to_owned() };
        let second = HitDocument {
            path: "old/Travel.md".into(),
            better: Some("HR/Travel.docx".into()),
            stale: Some(stale),
            ..HitDocument::default()
        };
        Hits {
            query: "travel expenses",
            hits: vec![first, second],
            total: 7,
            is_at_least: false,
            is_loose: false,
            has_roots: false,
        }
    }

    fn text(hits: &Hits<'_>, color: bool) -> String {
        let mut out = Vec::new();
        hits_text(hits, &Options { color, ..Options::default() }, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn hits_fold_their_copies_and_say_why_they_are_stale() {
        assert_data_eq!(
            text(&hits(), false),
            str![[r#"
7 documents match travel expenses

  1. HR/Travel.docx  +4 copies, +1 older version
     Travel /x1b[2J expenses, 2025-03-01
     Travel expenses are paid /u{202e}within four weeks ...

  2. old/Travel.md
     ! withdrawn: banner "Withdrawn in 2024." (page 1)
     ! see HR/Travel.docx

"#]]
        );
    }

    #[test]
    fn no_character_of_the_json_steers_a_terminal() {
        let mut out = Vec::new();
        hits_json(&hits(), &mut out).unwrap();
        let json = String::from_utf8(out).unwrap();
        assert!(!json.contains(|c| c != '\n' && escape::is_hazard(c)), "{json:?}");
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert!(json.contains("\\u202e") && value["results"].is_array());
    }

    #[test]
    fn what_was_looked_for_stands_out_where_colors_are_allowed() {
        let text = text(&hits(), true);
        assert!(text.contains("\x1b[1mTravel\x1b[0m \x1b[1mexpenses\x1b[0m are"), "{text:?}");
    }

    #[test]
    fn nothing_found_and_some_words_found_are_told_apart() {
        let none = Hits { hits: Vec::new(), total: 0, ..hits() };
        assert_eq!(text(&none, false), "No document matches travel expenses\n");
        let loose = text(&Hits { is_loose: true, ..hits() }, false);
        assert!(
            loose.starts_with("No document has all the words of travel expenses; 7"),
            "{loose}"
        );
    }

    #[test]
    fn programs_get_one_object() {
        let mut out = Vec::new();
        hits_json(&hits(), &mut out).unwrap();
        let json: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(json["results"][0]["copies"], 4);
        assert_eq!(json["results"][1]["stale"]["rule"], "withdrawn");
        assert_eq!(json["results"][0]["found"][1], serde_json::json!([7, 15]));
    }
}
