//! The block of fields at the top of a text file: YAML, TOML, JSON, or mail-like headers.
//!
//! A reader by lines, not a parser: it takes the scalars, flat lists and two levels of nesting that
//! real front matter consists of, knows the line of each, and cannot be made to nest, expand or run
//! long. What it does not understand it skips.

use super::lines::{Line, lines};

/// Front matter that has not ended after this many bytes is none.
const MAX_BYTES: usize = 64 << 10;

/// How deep nested keys are followed.
const MAX_DEPTH: usize = 3;

/// One field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    /// The key as written; nested keys are joined with dots.
    pub key: String,
    /// The value without quotes; items of a list are joined with `, `.
    pub value: String,
    /// The line in the file, from 1.
    pub line: u32,
}

/// The fields at the top of a file, and where they end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct FrontMatter {
    /// In the order written.
    pub fields: Vec<Field>,
    /// Where the text after it begins, in bytes.
    pub end: usize,
    /// The number of the line where the text after it begins.
    pub next_line: u32,
}

/// Front matter between `---`, between `+++`, or as one JSON object; none where the file has none.
pub(super) fn split(text: &str) -> Option<FrontMatter> {
    let head = &text[..text.floor_char_boundary(MAX_BYTES)];
    let blank = head.len() - head.trim_start_matches(['\n', '\r', '\u{FEFF}']).len();
    let first = head[..blank].bytes().filter(|&byte| byte == b'\n').count() as u32 + 1;
    let head = &head[blank..];
    let mut found = match head.as_bytes().first()? {
        b'-' => fenced(head, first, "---", yaml)?,
        b'+' => fenced(head, first, "+++", toml)?,
        b'{' => json(head, first)?,
        _ => return None,
    };
    found.end += blank;
    Some(found)
}

fn fenced(
    text: &str,
    first: u32,
    fence: &str,
    read: fn(&str, u32) -> Vec<Field>,
) -> Option<FrontMatter> {
    let mut all = lines(text, first);
    let open = all.next()?;
    if open.text.trim_end() != fence {
        return None;
    }
    let from = open.range().end + text[open.range().end..].find('\n')? + 1;
    let close = all.find(|line| {
        let line = line.text.trim_end();
        line == fence || (fence == "---" && line == "...")
    })?;
    let fields = read(&text[from..close.start], first + 1);
    // Two thematic breaks around prose are not front matter; an empty block is.
    let is_prose = fields.is_empty() && !text[from..close.start].trim().is_empty();
    let rest = close.range().end;
    let end = rest + text[rest..].find('\n').map_or(text.len() - rest, |it| it + 1);
    (!is_prose).then_some(FrontMatter { fields, end, next_line: close.number + 1 })
}

/// Hugo's third notation: one JSON object, then the text.
fn json(text: &str, first: u32) -> Option<FrontMatter> {
    let mut stream = serde_json::Deserializer::from_str(text).into_iter::<serde_json::Value>();
    let serde_json::Value::Object(object) = stream.next()?.ok()? else { return None };
    let end = stream.byte_offset();
    let line_at =
        |at: usize| first + text[..at].bytes().filter(|&byte| byte == b'\n').count() as u32;
    let scalar = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut fields = Vec::new();
    for (key, value) in &object {
        let line = text.find(&format!("\"{key}\"")).map_or(first, line_at);
        let mut add = |key: String, value: String| fields.push(Field { key, value, line });
        match value {
            serde_json::Value::Object(inner) => {
                inner.iter().for_each(|(name, value)| add(format!("{key}.{name}"), scalar(value)));
            }
            serde_json::Value::Array(items) => {
                add(key.clone(), items.iter().map(scalar).collect::<Vec<_>>().join(", "));
            }
            value => add(key.clone(), scalar(value)),
        }
    }
    Some(FrontMatter { fields, end, next_line: line_at(end) })
}

/// The fields of simple YAML, whose first line has the number `first`.
pub(super) fn yaml(text: &str, first: u32) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    // The keys that are open, with their indentation.
    let mut path: Vec<(usize, &str)> = Vec::new();
    let mut is_open = false;
    let mut block: Option<usize> = None;
    for line in lines(text, first) {
        let trimmed = line.text.trim();
        let indent = line.text.len() - line.text.trim_start().len();
        if let Some(parent) = block {
            if trimmed.is_empty() || indent > parent {
                append(&mut fields, trimmed, " ");
                continue;
            }
            block = None;
        }
        if trimmed.is_empty() || trimmed.starts_with('#') || trimmed.starts_with("{%") {
            continue;
        }
        if let Some(item) = trimmed.strip_prefix("- ") {
            if is_open && key_value(item).is_none() {
                append(&mut fields, &scalar(item), ", ");
            }
            continue;
        }
        let Some((key, value)) = key_value(trimmed) else {
            // A long value goes on in the next line.
            if is_open && indent > path.last().map_or(0, |(indent, _)| *indent) {
                append(&mut fields, unquoted_tail(trimmed), " ");
            }
            continue;
        };
        path.retain(|(parent, _)| *parent < indent);
        if path.len() >= MAX_DEPTH {
            is_open = false;
            continue;
        }
        path.push((indent, key));
        is_open = true;
        if value.starts_with(['|', '>']) && value.len() <= 3 {
            block = Some(indent);
        }
        let name = path.iter().map(|(_, key)| *key).collect::<Vec<_>>().join(".");
        add_value(&mut fields, name, value, line.number);
    }
    fields.retain(|field| !field.value.is_empty());
    fields
}

/// Adds a value, or the members of a flow mapping such as `{ owner: x, review_every: 90d }`.
fn add_value(fields: &mut Vec<Field>, key: String, value: &str, line: u32) {
    if value.starts_with('{') && !value.starts_with("{{") && key.matches('.').count() < MAX_DEPTH {
        for (name, value) in flow_mapping(value) {
            add_value(fields, format!("{key}.{name}"), value, line);
        }
        return;
    }
    let value = if value.starts_with(['|', '>']) && value.len() <= 3 {
        String::new()
    } else {
        scalar(value)
    };
    fields.push(Field { key, value, line });
}

/// The members of `{a: b, c: {d: e}}`; also without commas, as in Google's freshness comments.
pub(super) fn flow_mapping(text: &str) -> Vec<(&str, &str)> {
    let inner = text.trim().strip_prefix('{').unwrap_or(text);
    let inner = inner.strip_suffix('}').unwrap_or(inner);
    let (mut members, mut from, mut depth, mut quote) = (Vec::new(), 0, 0i32, None);
    for (at, c) in inner.char_indices().chain([(inner.len(), ',')]) {
        match c {
            '"' | '\'' if quote.is_none() => quote = Some(c),
            _ if quote == Some(c) => quote = None,
            _ if quote.is_some() && at < inner.len() => {}
            '{' | '[' => depth += 1,
            '}' | ']' => depth -= 1,
            ',' | '\n' if depth <= 0 => {
                members.extend(key_value(inner[from..at].trim()));
                from = (at + 1).min(inner.len());
            }
            _ => {}
        }
    }
    members
}

fn append(fields: &mut [Field], more: &str, separator: &str) {
    let Some(last) = fields.last_mut().filter(|it| !more.is_empty() && it.value.len() < 4096)
    else {
        return;
    };
    if !last.value.is_empty() {
        last.value.push_str(separator);
    }
    last.value.push_str(more);
}

fn unquoted_tail(text: &str) -> &str {
    text.trim_end_matches(['"', '\''])
}

/// Splits `key: value`; the key may be quoted.
fn key_value(text: &str) -> Option<(&str, &str)> {
    let (key, value) = match text.as_bytes().first()? {
        quote @ (b'"' | b'\'') => {
            let end = text[1..].find(char::from(*quote))? + 1;
            (&text[1..end], text[end + 1..].trim_start().strip_prefix(':')?)
        }
        _ => {
            let end = text
                .find(": ")
                .or_else(|| text.len().checked_sub(1).filter(|_| text.ends_with(':')))?;
            (&text[..end], &text[end + 1..])
        }
    };
    let key = key.trim();
    let is_key = !key.is_empty()
        && key.len() <= 60
        && key
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ' | '@' | '/'));
    is_key.then_some((key, value.trim()))
}

/// A value without quotes, comment, tag, anchor and the brackets of a flat list.
fn scalar(value: &str) -> String {
    let mut value = value.trim();
    while value.starts_with(['&', '!']) {
        value = value.split_once(' ').map_or("", |(_, rest)| rest.trim_start());
    }
    match value.as_bytes().first() {
        Some(quote @ (b'"' | b'\'')) => {
            let inner = &value[1..];
            inner[..inner.rfind(char::from(*quote)).unwrap_or(inner.len())].to_owned()
        }
        Some(b'[') if !value.starts_with("[[") && value.contains(']') && !value.contains("](") => {
            let inner = value.trim_start_matches('[').split(']').next().unwrap_or_default();
            inner
                .split(',')
                .map(|item| item.trim().trim_matches(['"', '\'']))
                .collect::<Vec<_>>()
                .join(", ")
        }
        // An alias stands for something else.
        Some(b'*') if !value.starts_with("**") => String::new(),
        _ => value.split(" #").next().unwrap_or_default().trim_end().to_owned(),
    }
}

/// The fields of simple TOML: `key = value` lines below table headers.
fn toml(text: &str, first: u32) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    let mut table = String::new();
    for line in lines(text, first) {
        let trimmed = line.text.trim();
        if let Some(name) = trimmed.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
            table = format!("{}.", name.trim_matches(['[', ']', ' ']));
        } else if let Some((key, value)) =
            trimmed.split_once('=').filter(|_| !trimmed.starts_with('#'))
        {
            let key = format!("{table}{}", key.trim().trim_matches('"'));
            fields.push(Field { key, value: scalar(value), line: line.number });
        }
    }
    fields
}

/// Mail-like headers at the top, as PEPs have them: `Status: Withdrawn`, continued by indentation.
///
/// Headers end at the first blank line. Prose with a colon is not a header: all of the lines must
/// be fields, the first key must be one that documents use, and there must be two.
pub(super) fn headers(text: &str) -> Option<FrontMatter> {
    const FIRST: &[&str] = &[
        "pep",
        "title",
        "status",
        "author",
        "authors",
        "date",
        "bip",
        "eip",
        "xep",
        "version",
        "created",
        "number",
        "feature name",
        "document",
        "subject",
        "name",
        "id",
        "owner",
        "jep",
        "rfc",
        "sip",
        "layer",
    ];
    let head = &text[..text.floor_char_boundary(MAX_BYTES)];
    let mut fields: Vec<Field> = Vec::new();
    let mut last: Option<Line<'_>> = None;
    for line in lines(head, 1).skip_while(Line::is_blank).take_while(|line| !line.is_blank()) {
        last = Some(line);
        if line.text.starts_with([' ', '\t']) {
            append(&mut fields, line.text.trim(), " ");
            continue;
        }
        let (key, value) =
            line.text.split_once(':').filter(|(_, value)| !value.starts_with(['/', ':']))?;
        let is_key = key.len() <= 30 && key.split([' ', '-']).count() <= 3;
        if !is_key || (fields.is_empty() && !FIRST.contains(&key.to_lowercase().as_str())) {
            return None;
        }
        fields.push(Field {
            key: key.to_owned(),
            value: value.trim().to_owned(),
            line: line.number,
        });
    }
    let last = last.filter(|_| fields.len() >= 2)?;
    Some(FrontMatter { fields, end: last.range().end, next_line: last.number + 1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(&str, &str, u32)], rest: &str) {
        let found = split(text).unwrap();
        let fields: Vec<_> =
            found.fields.iter().map(|it| (&*it.key, &*it.value, it.line)).collect();
        assert_eq!(fields, expected);
        assert_eq!(&text[found.end..], rest);
    }

    #[test]
    fn yaml_fields_have_lines() {
        check(
            "---\ntitle: \"A: b\"\n# note\nlast_reviewed_on: 2025-08-05 # by me\n\nreview_in: '6 months'\n---\nText",
            &[
                ("title", "A: b", 2),
                ("last_reviewed_on", "2025-08-05", 4),
                ("review_in", "6 months", 6),
            ],
            "Text",
        );
    }

    #[test]
    fn lists_nesting_and_block_scalars_are_read() {
        check(
            "---\ntags: [a, 'b']\nauthors:\n  - Ann\n  - Bob\nlast_update:\n  date: 2024-01-02\nnote: >-\n  long\n  words\nfreshness: { owner: x, reviewed: '2021-10-10' }\n...\n",
            &[
                ("tags", "a, b", 2),
                ("authors", "Ann, Bob", 3),
                ("last_update.date", "2024-01-02", 7),
                ("note", "long words", 8),
                ("freshness.owner", "x", 11),
                ("freshness.reviewed", "2021-10-10", 11),
            ],
            "",
        );
    }

    #[test]
    fn toml_and_json_are_read() {
        check(
            "+++\ndate = 2021-03-01T10:00:00Z\n[params]\nowner = \"Ann\"\n+++\nText",
            &[("date", "2021-03-01T10:00:00Z", 2), ("params.owner", "Ann", 4)],
            "Text",
        );
        check("{\n \"status\": \"archived\"\n}\nText", &[("status", "archived", 2)], "\nText");
    }

    #[test]
    fn prose_between_rules_is_no_front_matter() {
        assert_eq!(split("---\nJust prose here\n---\nmore"), None);
        assert_eq!(split("---\ntitle: never closed\n"), None);
        assert_eq!(split(&format!("---\n{}", "a: b\n".repeat(100_000))), None);
    }

    #[test]
    fn bombs_are_lines_like_any_other() {
        let nested = format!("---\n{}\n---\n", "a: {".repeat(5_000));
        assert!(split(&nested).is_none_or(|it| it.fields.len() < 10));
        let deep: String = (0..200).map(|depth| format!("{}k: v\n", " ".repeat(depth))).collect();
        assert!(split(&format!("---\n{deep}---\n")).is_some());
        check("---\na: &a [x]\nb: *a\n---\n", &[("a", "x", 2)], "");
        let laughs: String = (1..9)
            .map(|at| format!("l{at}: &l{at} [{}]\n", format!("*l{},", at - 1).repeat(9)))
            .collect();
        let found = split(&format!("---\nl0: &l0 lol\n{laughs}status: draft\n---\n")).unwrap();
        assert!(found.fields.iter().map(|it| it.value.len()).sum::<usize>() < 1000);
        assert_eq!(found.fields.last().unwrap().value, "draft");
    }

    #[test]
    fn mail_like_headers_are_told_from_prose() {
        let found = headers("PEP: 3\nTitle: Bugs\n  and more\nStatus: Withdrawn\n\nText").unwrap();
        assert_eq!(found.fields[1].value, "Bugs and more");
        assert_eq!((found.fields[2].line, found.next_line), (4, 5));
        assert_eq!(headers("Note: this is prose\nand goes on\n"), None);
        assert_eq!(headers("Title: alone\n\nText"), None);
        assert_eq!(headers("https://example.org\n"), None);
    }
}
