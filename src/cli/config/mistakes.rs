//! What is wrong with a configuration file, in words that name the key, the section and the line.

use std::fmt::Write as _;

/// Words that differ in more letters than this share of theirs are not suggested.
const SUGGESTION_MIN_SIMILARITY: f64 = 0.7;

/// The mistake behind an error of the TOML reader.
pub(super) fn describe(text: &str, error: &toml::de::Error) -> String {
    let message = error.message().trim();
    let Some(span) = error.span() else { return message.to_owned() };
    let at = span.start.min(text.len());
    if let Some(rest) = message.strip_prefix("unknown field ") {
        let place = Place::of_key(text, at);
        let known: Vec<&str> = quoted(rest).collect();
        let key = known.first().copied().unwrap_or_default();
        let suggestion = suggest(key, known.iter().skip(1).copied());
        return format!("unknown key `{key}`{}{suggestion}", place.within());
    }
    if let Some(rest) = message.strip_prefix("missing field ") {
        let line = line_of(text, at);
        let section = section(text, line).unwrap_or_default();
        return format!("{section}, line {line}: missing key {rest}");
    }
    let place = Place::of_value(text, at);
    if let Some(rest) = message.strip_prefix("unknown variant ") {
        let known: Vec<&str> = quoted(rest).collect();
        let word = known.first().copied().unwrap_or_default();
        let choices: Vec<String> = known[1..].iter().map(|it| format!("`{it}`")).collect();
        let suggestion = suggest(word, known.iter().skip(1).copied());
        return format!("{place}: `{word}` is none of {}{suggestion}", choices.join(", "));
    }
    let invalid = ["invalid type: ", "invalid value: "];
    let invalid = invalid.iter().find_map(|start| message.strip_prefix(start));
    match invalid.and_then(|rest| rest.split_once(", expected ")) {
        Some((found, expected)) => format!("{place}: expected {}, not {found}", plain(expected)),
        None if message == "wanted string or table" => {
            format!("{place}: expected a word in quotes")
        }
        None if message.starts_with("data did not match any variant") => {
            format!("{place}: expected a size, such as `256 MiB`")
        }
        None if is_syntax(message) => format!("line {}: {message}", line_of(text, at)),
        None => format!("{place}: {message}"),
    }
}

/// What the reader expected, without the names of Rust's types.
fn plain(expected: &str) -> &str {
    match expected {
        "a sequence" => "a list",
        "usize" | "u32" | "u64" => "a number from 0 on",
        "f64" => "a number",
        "a map" => "a section",
        _ if expected.starts_with("struct ") => "a section",
        _ => expected,
    }
}

/// `; did you mean …?`, if one of `known` is like `word`.
pub(crate) fn suggest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> String {
    let word = word.to_lowercase();
    let similarity = |it: &str| strsim::jaro_winkler(&word, &it.to_lowercase());
    let best = known.max_by(|a, b| similarity(a).total_cmp(&similarity(b)));
    best.filter(|it| SUGGESTION_MIN_SIMILARITY <= similarity(it))
        .map(|it| format!("; did you mean `{it}`?"))
        .unwrap_or_default()
}

/// The line, from 1, of a byte.
pub(super) fn line_of(text: &str, at: usize) -> usize {
    1 + text.as_bytes()[..at.min(text.len())].iter().filter(|byte| **byte == b'\n').count()
}

/// A key, the header above it, and its line. Displayed as "`key` in [section], line 3".
struct Place {
    key: String,
    section: Option<String>,
    line: usize,
}

impl Place {
    /// The key that starts at `at`; a header's key is in no section.
    fn of_key(text: &str, at: usize) -> Self {
        let line = line_of(text, at);
        let is_header =
            text.lines().nth(line - 1).is_some_and(|it| it.trim_start().starts_with('['));
        let section = if is_header { None } else { section(text, line) };
        Self { key: String::new(), section, line }
    }

    /// The key whose value `at` is in.
    fn of_value(text: &str, at: usize) -> Self {
        let line = line_of(text, at);
        let above = text.lines().take(line).enumerate();
        let assignment = above.filter_map(|(index, it)| {
            let (key, _) = it.split_once('=')?;
            let key = key.trim().trim_matches('"');
            (!key.starts_with(['#', '['])).then(|| (index + 1, key.to_owned()))
        });
        let (line, key) = assignment.last().unwrap_or((line, String::new()));
        Self { key, section: section(text, line), line }
    }

    fn within(&self) -> String {
        let mut words = String::new();
        if let Some(section) = &self.section {
            let _ = write!(words, " in {section}");
        }
        let _ = write!(words, ", line {}", self.line);
        words
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}`{}", self.key, self.within())
    }
}

/// The header above or on a line.
fn section(text: &str, line: usize) -> Option<String> {
    let lines = text.trim_start_matches('\u{feff}').lines();
    let headers = lines.take(line).map(str::trim).filter(|it| {
        // An element of an array over several lines may start with a bracket, and ends otherwise.
        it.starts_with('[') && it.split('#').next().is_some_and(|it| it.trim_end().ends_with(']'))
    });
    headers.last().map(|it| it.split('#').next().unwrap_or(it).trim_end().to_owned())
}

fn quoted(message: &str) -> impl Iterator<Item = &str> {
    message.split('`').skip(1).step_by(2)
}

/// Errors of the TOML grammar, as opposed to errors of its meaning, speak of what is on the line.
fn is_syntax(message: &str) -> bool {
    let of_grammar = [
        "unclosed",
        "missing",
        "unexpected",
        "invalid",
        "extra",
        "duplicate",
        "key with no",
        "unquoted",
    ];
    of_grammar.iter().any(|word| message.starts_with(word))
}
