//! What was read from one document, by itself: its text, and what it says of itself.
//!
//! For people as text, for programs as JSON whose types are this file's own.

use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

use crate::extract::{BlockKind, Content, DateClaim, Fact, Link, Metadata, Precision};
use crate::inventory::Failure;

use super::{escape, words};

/// Raised when a field of the JSON goes, or comes to mean something else.
const SCHEMA_VERSION: u32 = 1;

/// One document and what was read from it.
#[derive(Clone, Copy, Debug)]
pub struct Document<'a> {
    /// Where it is, as it was named.
    pub path: &'a Path,
    /// Name and reader version of the format it was read as, if it is a document.
    pub format: Option<(&'a str, u32)>,
    /// What was read, or why it was not.
    pub content: Result<&'a Content, &'a Failure>,
}

impl Document<'_> {
    /// Why it was not read and what to do, in one line that is safe to print.
    pub fn refusal(&self, failure: &Failure) -> String {
        let path = escape::path(self.path);
        let detail = escape::visible(&failure.detail);
        match words::remedy(&failure.reason) {
            Some(remedy) => format!("cannot read {path}: {detail}. {remedy}"),
            None => format!("cannot read {path}: {detail}"),
        }
    }
}

/// Writes it for people: facts, a blank line, the text. Of a document that was not read, nothing.
///
/// With `blocks`, each block stands under what it is and where it stands.
pub fn document_text(
    document: &Document<'_>,
    blocks: bool,
    facts: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let Ok(content) = document.content else { return Ok(()) };
    if facts {
        self::facts(document, content, out)?;
        writeln!(out)?;
    }
    if !blocks {
        return lines(content.text(), "", out);
    }
    for block in content.blocks() {
        let place = block.locator.to_string();
        writeln!(out, "[{}, {}]", kind(block.kind), escape::visible(&place))?;
        lines(content.text_of(block), "  ", out)?;
    }
    Ok(())
}

/// Text keeps its lines and tabs; whatever else steers a terminal is made visible.
fn lines(text: &str, indent: &str, out: &mut dyn Write) -> io::Result<()> {
    for line in text.lines() {
        write!(out, "{indent}")?;
        for (position, cell) in line.split('\t').enumerate() {
            let tab = if position == 0 { "" } else { "\t" };
            write!(out, "{tab}{}", escape::visible(cell))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn facts(document: &Document<'_>, content: &Content, out: &mut dyn Write) -> io::Result<()> {
    let mut row = |label: &str, value: &str| writeln!(out, "{label:<16}{value}");
    if let Some((name, version)) = document.format {
        row("format", &format!("{} (reader version {version})", escape::visible(name)))?;
    }
    match &content.partly {
        Some(missing) => {
            row("read", &format!("in part: {}", escape::visible(&missing.to_string())))?;
        }
        None => row("read", "whole")?,
    }
    for (label, fact) in named(&content.metadata) {
        let place = fact.provenance.to_string();
        row(label, &format!("{} ({})", words::quoted(&fact.value), escape::visible(&place)))?;
    }
    for claim in &content.metadata.dates {
        let other = claim.other_reading.map_or(String::new(), |other| format!(" or {other}"));
        let (raw, place) = (words::quoted(&claim.raw), claim.provenance.to_string());
        let place = escape::visible(&place);
        row(claim.role.name(), &format!("{}{other}, written {raw} ({place})", claim.date))?;
    }
    for Link { target, locator } in &content.metadata.links {
        row("link", &format!("{} ({locator})", words::quoted(target)))?;
    }
    for (name, value) in &content.metadata.properties {
        row(&escape::visible(name), &words::quoted(value))?;
    }
    Ok(())
}

/// The facts that are there, with their names.
fn named(metadata: &Metadata) -> impl Iterator<Item = (&'static str, &Fact<String>)> {
    let Metadata {
        title,
        creator,
        last_editor,
        owner,
        language,
        status,
        version,
        replaced_by,
        replaces,
        review_interval,
        banner,
        history_version,
        describes,
        impossible_dates,
        dates: _,
        links: _,
        properties: _,
        places: _,
    } = metadata;
    let all = [
        ("title", title),
        ("creator", creator),
        ("last_editor", last_editor),
        ("owner", owner),
        ("language", language),
        ("status", status),
        ("version", version),
        ("history_version", history_version),
        ("replaced_by", replaced_by),
        ("replaces", replaces),
        ("describes", describes),
        ("review_interval", review_interval),
        ("banner", banner),
    ];
    let impossible = impossible_dates.iter().map(|fact| ("impossible_date", fact));
    all.into_iter().filter_map(|(name, fact)| Some((name, fact.as_ref()?))).chain(impossible)
}

const fn kind(kind: BlockKind) -> &'static str {
    match kind {
        BlockKind::Paragraph => "paragraph",
        BlockKind::Heading => "heading",
        BlockKind::Cells => "cells",
        BlockKind::Code => "code",
        BlockKind::Aside => "aside",
    }
}

/// Writes it for programs, as one JSON object; also where it was not read, with the reason.
pub fn document_json(document: &Document<'_>, out: &mut dyn Write) -> io::Result<()> {
    let content = document.content.ok();
    let failure = document.content.err();
    let metadata = content.map(|it| &it.metadata);
    let partly = content.and_then(|it| it.partly.as_ref()).map(ToString::to_string);
    let whole = V1Document {
        schema_version: SCHEMA_VERSION,
        path: &escape::readable(document.path),
        format: document.format.map(|(name, _)| name),
        reader_version: document.format.map(|(_, version)| version),
        status: match (content, &partly) {
            (None, _) => "not_read",
            (Some(_), Some(_)) => "partly_read",
            (Some(_), None) => "read",
        },
        missing: partly.as_deref(),
        reason: failure.map(|it| it.reason.as_str()),
        detail: failure.map(|it| it.detail.as_str()),
        remedy: failure.and_then(|it| words::remedy(&it.reason)),
        facts: metadata.into_iter().flat_map(named).map(V1Fact::of).collect(),
        dates: metadata.iter().flat_map(|it| &it.dates).map(V1Date::of).collect(),
        links: metadata.iter().flat_map(|it| &it.links).map(V1Link::of).collect(),
        properties: metadata.iter().flat_map(|it| &it.properties).map(V1Property::of).collect(),
        blocks: content.map_or_else(Vec::new, V1Block::all),
    };
    super::json::write_lines(&whole, out)
}

#[derive(Serialize)]
struct V1Document<'a> {
    schema_version: u32,
    path: &'a str,
    format: Option<&'a str>,
    reader_version: Option<u32>,
    status: &'static str,
    missing: Option<&'a str>,
    reason: Option<&'a str>,
    detail: Option<&'a str>,
    remedy: Option<&'static str>,
    facts: Vec<V1Fact<'a>>,
    dates: Vec<V1Date<'a>>,
    links: Vec<V1Link<'a>>,
    properties: Vec<V1Property<'a>>,
    blocks: Vec<V1Block<'a>>,
}

#[derive(Serialize)]
struct V1Fact<'a> {
    name: &'static str,
    value: &'a str,
    provenance: String,
}

impl<'a> V1Fact<'a> {
    fn of((name, Fact { value, provenance }): (&'static str, &'a Fact<String>)) -> Self {
        Self { name, value, provenance: provenance.to_string() }
    }
}

#[derive(Serialize)]
struct V1Date<'a> {
    role: &'static str,
    date: String,
    precision: &'static str,
    other_reading: Option<String>,
    written: &'a str,
    provenance: String,
}

impl<'a> V1Date<'a> {
    fn of(claim: &'a DateClaim) -> Self {
        let DateClaim { role, date, precision, other_reading, raw, provenance } = claim;
        Self {
            role: role.name(),
            date: date.to_string(),
            precision: match precision {
                Precision::Day => "day",
                Precision::Month => "month",
                Precision::Year => "year",
            },
            other_reading: other_reading.map(|it| it.to_string()),
            written: raw,
            provenance: provenance.to_string(),
        }
    }
}

#[derive(Serialize)]
struct V1Link<'a> {
    target: &'a str,
    locator: String,
}

impl<'a> V1Link<'a> {
    fn of(Link { target, locator }: &'a Link) -> Self {
        Self { target, locator: locator.to_string() }
    }
}

#[derive(Serialize)]
struct V1Property<'a> {
    name: &'a str,
    value: &'a str,
}

impl<'a> V1Property<'a> {
    fn of((name, value): &'a (String, String)) -> Self {
        Self { name, value }
    }
}

#[derive(Serialize)]
struct V1Block<'a> {
    kind: &'static str,
    locator: String,
    text: &'a str,
}

impl<'a> V1Block<'a> {
    fn all(content: &'a Content) -> Vec<Self> {
        let blocks = content.blocks().iter();
        blocks
            .map(|block| Self {
                kind: kind(block.kind),
                locator: block.locator.to_string(),
                text: content.text_of(block),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use snapbox::{IntoData as _, assert_data_eq, str};

    use super::*;
    use crate::extract::{Locator, Provenance};

    fn content() -> Content {
        let mut content = Content::default();
        content.push(BlockKind::Heading, Locator::Page(1), "Travel\u{1b}[2J");
        content.push(BlockKind::Cells, Locator::Page(2), "a\tb");
        content.metadata.title =
            Some(Fact::new("Travel".into(), Provenance::property("Info Title")));
        content.partly = Some("1 of 3 pages".into());
        content
    }

    fn text(blocks: bool, facts: bool) -> String {
        let content = content();
        let path = Path::new("a.pdf");
        let document = Document { path, format: Some(("pdf", 3)), content: Ok(&content) };
        let mut out = Vec::new();
        document_text(&document, blocks, facts, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn facts_come_before_the_text() {
        assert_data_eq!(
            text(false, true),
            str![[r#"
format          pdf (reader version 3)
read            in part: 1 of 3 pages
title           "Travel" (Info Title)

Travel\x1b[2J
a	b

"#]]
            .raw()
        );
    }

    #[test]
    fn blocks_say_where_they_stand() {
        assert_data_eq!(
            text(true, false),
            str![[r#"
[heading, page 1]
  Travel\x1b[2J
[cells, page 2]
  a	b

"#]]
            .raw()
        );
    }

    #[test]
    fn a_refusal_is_json_with_reason_and_remedy() {
        let failure = Failure { reason: "encrypted".to_owned(), detail: "encrypted".to_owned() };
        let path = Path::new("a\nb.pdf");
        let document = Document { path, format: Some(("pdf", 3)), content: Err(&failure) };
        let mut out = Vec::new();
        document_json(&document, &mut out).unwrap();
        let json: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(json["status"], "not_read");
        assert_eq!(json["reason"], "encrypted");
        assert!(json["remedy"].as_str().unwrap().contains("password"));
        let line =
            "cannot read a\\nb.pdf: encrypted. Open once with its password and save without.";
        assert_eq!(document.refusal(&failure), line);
    }
}
