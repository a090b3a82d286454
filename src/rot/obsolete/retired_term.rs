//! A document uses a word that the policy calls out of use: a product, a team, an address.
//!
//! Where to look is a hint of the caller, who can ask an index; what counts is what the text says.
//! A line that explains the change, a quotation and a row of a version history may use the word.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::{Regex, RegexBuilder};

use crate::extract::{Locator, Provenance};
use crate::inventory::DocId;

use super::super::{Category, Confidence, Context, Evidence, Finding, Rule, Severity, Term, Value};
use super::withdrawn;

/// Most lines that one finding quotes.
const MAX_QUOTED: usize = 3;
/// Longest quotation, in characters.
const QUOTE_CHARS: usize = 200;
/// Largest compiled expression, in bytes.
const MAX_EXPRESSION_BYTES: usize = 1 << 20;
/// So far around a word is looked for what excuses it, in bytes.
const AROUND_BYTES: usize = 60;

pub(in crate::rot) const RULE: Rule = Rule {
    id: "retired-term",
    category: Category::Obsolete,
    severity: Severity::Note,
    summary: "The document uses a name or address that the policy calls out of use.",
    check,
};

/// Whether `expression` can be used to find a term; the error says why not.
pub fn check_expression(expression: &str) -> Result<(), String> {
    compile(expression).map(|_| ()).map_err(|error| error.to_string())
}

fn compile(expression: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(expression)
        .case_insensitive(true)
        .multi_line(true)
        .size_limit(MAX_EXPRESSION_BYTES)
        .build()
}

fn check(ctx: &Context) -> Vec<Finding> {
    let in_use = |term: &Term| term.since.is_some_and(|since| ctx.as_of < since);
    let expressions: Vec<Option<Regex>> = ctx
        .policy
        .terms
        .iter()
        .map(|term| if in_use(term) { None } else { compile(&expression(term)).ok() })
        .collect();
    let mut hints: BTreeMap<DocId, Vec<usize>> = BTreeMap::new();
    for &(term, document) in &ctx.hints.terms {
        if expressions.get(term).is_some_and(Option::is_some) {
            hints.entry(document).or_default().push(term);
        }
    }
    let mut findings = Vec::new();
    for (document, mut terms) in hints {
        let record = &ctx.inventory[document];
        let path = &record.file.path;
        terms.retain(|&term| !ctx.policy.terms[term].allow_in.is_match(path));
        if terms.is_empty()
            || ctx.policy.is_archived(path)
            || ctx.policy.rule_for(path).stable
            || withdrawn::holds(record)
        {
            continue;
        }
        let Some(text) = ctx.texts.text(record) else { continue };
        terms.sort_unstable();
        terms.dedup();
        for term in terms {
            let expression = expressions[term].as_ref();
            let found =
                expression.and_then(|it| finding(document, &ctx.policy.terms[term], it, &text));
            findings.extend(found);
        }
    }
    findings
}

/// One expression for all spellings of a term; between its words there may be any white space.
fn expression(term: &Term) -> String {
    let spellings = term.find.iter().filter(|it| !it.trim().is_empty()).map(|spelling| {
        let words: Vec<String> = spelling.split_whitespace().map(regex::escape).collect();
        let edge = |is_word: bool| if is_word { r"\b" } else { "" };
        let is_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        let trimmed = spelling.trim();
        let start = edge(is_word(trimmed.chars().next()));
        let end = edge(is_word(trimmed.chars().next_back()));
        format!("{start}{}{end}", words.join(r"\s+"))
    });
    let all: Vec<String> = spellings.chain(term.find_regex.clone()).collect();
    all.iter().map(|it| format!("(?:{it})")).collect::<Vec<_>>().join("|")
}

fn finding(document: DocId, term: &Term, expression: &Regex, text: &str) -> Option<Finding> {
    let mut count = 0_u64;
    let mut quoted: Vec<(String, String)> = Vec::new();
    for found in expression.find_iter(text).filter(|it| !it.is_empty()) {
        let line = line_around(text, found.start());
        if is_excused(text, found.start(), found.end(), line, term) {
            continue;
        }
        count += 1;
        let quote: String = line.trim().chars().take(QUOTE_CHARS).collect();
        if quoted.len() < MAX_QUOTED && quoted.iter().all(|(_, it)| *it != quote) {
            quoted.push((found.as_str().chars().take(QUOTE_CHARS).collect(), quote));
        }
    }
    let in_text = || Provenance::Text(Locator::Part("text".to_owned()));
    let (word, _) = quoted.first()?;
    let word = Evidence::new("retired term", Value::Text(word.clone()), in_text());
    let mut finding = Finding::new(&RULE, document, Confidence::Likely, word);
    finding.severity = term.severity.unwrap_or(finding.severity);
    for (_, line) in quoted {
        finding.push(Evidence::new("line", Value::Text(line), in_text()));
    }
    let counted = Provenance::Computed("times in the text".to_owned());
    finding.push(Evidence::new("uses", Value::Count(count), counted));
    let said = [("use instead", &term.replaced_by), ("note", &term.note)];
    for (what, words) in said {
        let words = words.clone().map(Value::Text);
        if let Some(words) = words {
            finding.push(Evidence::new(what, words, term.provenance()));
        }
    }
    if let Some(since) = term.since {
        finding.push(Evidence::new("out of use since", Value::Date(since), term.provenance()));
    }
    Some(finding)
}

/// The line that a byte stands on.
fn line_around(text: &str, at: usize) -> &str {
    let start = text[..at].rfind('\n').map_or(0, |it| it + 1);
    let end = text[at..].find('\n').map_or(text.len(), |it| at + it);
    &text[start..end]
}

/// Whether the word is used as a word of the past.
fn is_excused(text: &str, start: usize, end: usize, line: &str, term: &Term) -> bool {
    static PAST: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(concat!(
            r"(?i)\b(?:formerly|former|previously|once|renamed|replaced|retired|(?:used to be|",
            r"(?:also |then |previously )?(?:known|called)|old (?:name|address|number))|",
            r"ehemals?|ehemalige[rnms]?|vormals|früher|umbenannt|ersetzt|abgelöst|",
            r"anciennement|ancien(?:ne)?|remplacée?|antes|antiguamente|antigu[oa]|",
            r"precedentemente|voorheen)\b",
        ))
        .expect("the pattern is constant")
    });
    static ROW: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\b(?:\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{2,4})\b")
            .expect("the pattern is constant")
    });
    let is_quotation = line.trim_start().starts_with('>');
    let is_row = 2 <= line.matches(['|', '\t']).count() && ROW.is_match(line);
    let is_explained = term.replaced_by.as_ref().is_some_and(|it| {
        !it.trim().is_empty() && line.to_lowercase().contains(&it.trim().to_lowercase())
    });
    let from = text.floor_char_boundary(start.saturating_sub(AROUND_BYTES));
    let to = text.ceil_char_boundary((end + AROUND_BYTES).min(text.len()));
    // Within the same paragraph.
    let before = text[from..start].rsplit("\n\n").next().unwrap_or_default();
    let after = text[end..to].split("\n\n").next().unwrap_or_default();
    is_quotation || is_row || is_explained || PAST.is_match(before) || PAST.is_match(after)
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{declared, inventory, record};
    use super::super::super::{Globs, Hints, Policy, assess_with};
    use super::*;

    fn term() -> Term {
        Term {
            find: vec!["Contoso Travel Desk".to_owned(), "0800 123".to_owned()],
            since: "2023-04-01".parse().ok(),
            replaced_by: Some("Expenses Hub".to_owned()),
            allow_in: Globs::new(["**/history.md"]).unwrap(),
            severity: Some(Severity::Warning),
            line: Some(3),
            ..Term::default()
        }
    }

    fn found(path: &str, text: &str, term: Term, as_of: &str) -> Vec<Finding> {
        let mut page = record(path);
        page.metadata.language = declared("lang", "en");
        let inventory = inventory(vec![page]);
        let policy = Policy { terms: vec![term], ..Policy::default() };
        let texts = |_: &crate::inventory::Record| Some(text.to_owned());
        let hints = Hints { terms: vec![(0, DocId(0))], ..Hints::default() };
        let all = assess_with(&inventory, &texts, &policy, as_of.parse().unwrap(), &hints);
        all.findings.into_iter().filter(|it| *it.rule == RULE).collect()
    }

    fn is_found(text: &str) -> bool {
        !found("a.md", text, term(), "2026-04-22").is_empty()
    }

    #[test]
    fn a_retired_term_is_quoted_with_what_to_say_instead() {
        let text = "Intro\nCall the contoso travel\ndesk on 0800 123.\n";
        let found = found("a.md", text, term(), "2026-04-22");
        let said: Vec<_> = found[0].evidence().iter().map(|it| it.what).collect();
        assert_eq!(
            said,
            ["retired term", "line", "line", "uses", "use instead", "out of use since"]
        );
        assert_eq!(found[0].severity, Severity::Warning);
        let policy = &found[0].evidence()[4].provenance;
        assert_eq!(policy.to_string(), "policy term Contoso Travel Desk, line 3");
    }

    #[test]
    fn words_of_the_past_are_excused() {
        for text in [
            "The Expenses Hub took over from the Contoso Travel Desk.",
            "The team (formerly Contoso Travel Desk) is on floor 2.",
            "> Ask the Contoso Travel Desk",
            "| 2021-03-01 | 1.2 | Named Contoso Travel Desk |",
            "Contoso Travel Deskside, 0800 1234",
        ] {
            assert!(!is_found(text), "{text}");
        }
        assert!(is_found("Formerly we walked.\n\nNow ask the Contoso Travel Desk."));
    }

    #[test]
    fn allowed_places_archives_and_earlier_days_are_left_alone() {
        let text = "Ask the Contoso Travel Desk.";
        for path in ["docs/history.md", "archive/a.md"] {
            assert_eq!(found(path, text, term(), "2026-04-22"), [], "{path}");
        }
        assert_eq!(found("a.md", text, term(), "2023-03-31"), []);
        assert_eq!(found("a.md", text, term(), "2023-04-01").len(), 1);
    }

    #[test]
    fn expressions_are_checked_and_found() {
        assert!(check_expression(r"\bIE ?(6|7)\b").is_ok());
        assert!(check_expression("(").is_err());
        assert!(check_expression(r"(\w{1000}){1000}").is_err());
        let browser = Term { find_regex: Some(r"\bIE ?(6|7)\b".to_owned()), ..Term::default() };
        assert_eq!(found("a.md", "Use ie 6 here", browser, "2026-04-22").len(), 1);
    }
}
