//! How each kind of fact is written. The first pattern that takes a stretch of text has it.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::extract::{DateClaim, DateRole, Precision, Provenance};

use super::numbers::{plain, shifted, words};
use super::{Fact, Kind};

/// A way to write a fact.
pub(super) struct Pattern {
    kind: Kind,
    regex: Regex,
    /// The fact in one form; none where what matched is something else.
    value: fn(&Captures<'_>) -> Option<String>,
}

impl Pattern {
    fn new(kind: Kind, pattern: &str, value: fn(&Captures<'_>) -> Option<String>) -> Self {
        Self { kind, regex: Regex::new(pattern).expect("the pattern is constant"), value }
    }

    /// What kind of fact is written so.
    pub(super) const fn kind(&self) -> Kind {
        self.kind
    }

    /// Whether it is where to write or look.
    pub(super) const fn is_address(&self) -> bool {
        matches!(self.kind, Kind::Email | Kind::Url)
    }

    /// Every fact that is written this way.
    pub(super) fn find(&self, text: &str) -> impl Iterator<Item = Fact> {
        self.regex.captures_iter(text).filter_map(|captures| {
            let found = captures.name("fact").or_else(|| captures.get(0))?;
            let value = (self.value)(&captures)?;
            // A full stop after an address ends the sentence.
            let written = found.as_str().trim_end_matches(ENDS);
            let range = found.start()..found.start() + written.len();
            Some(Fact { kind: self.kind, range, value })
        })
    }
}

/// Signs that end no fact.
const ENDS: &[char] = &['.', ',', ';', ':', '!', '?', '*', '_'];
const NUMBER: &str =
    r"(?:\d{1,3}(?:[.,'\u{2019}\u{a0}\u{202f} ]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d+)?)";
const BEFORE: &str = r"(?:[$€£¥₹]|EUR|USD|GBP|CHF|JPY|AUD|CAD)";
const AFTER: &str = r"(?:[€£¥₹]|EUR\b|USD\b|GBP\b|CHF\b|JPY\b|AUD\b|CAD\b|euros?\b|dollars?\b|pounds?\b|pence\b|cents?\b|francs?\b|kr\b|円|元)";
const TIMES: &str =
    r"(?:\s?(?P<times>k|m|bn|thousand|million|billion|Tsd|Mio|Millionen|Mrd|Milliarden)\b)?";
const UNITS: &str = r"seconds?|minutes?|hours?|days?|weeks?|months?|years?|Sekunden?|Minuten?|Stunden?|Tagen?|Tage|Tag|Wochen?|Monate[ns]?|Monat|Jahre[ns]?|Jahr|heures?|jours?|semaines?|mois|années?|ans?|horas?|días?|dias?|semanas?|meses|mes|años?|ore|ora|giorni|giorno|settimane|mesi|anni|uur|dagen|dag|weken|maanden|jaar|か月|ヶ月|日間|週間|時間|年間";

/// Every pattern, the most telling first.
pub(super) fn all() -> &'static [Pattern] {
    static ALL: LazyLock<Vec<Pattern>> =
        LazyLock::new(|| addresses().into_iter().chain(quantities()).collect());
    &ALL
}

/// Where to find somebody or something, and when.
fn addresses() -> Vec<Pattern> {
    vec![
        Pattern::new(
            Kind::Email,
            r"[\p{L}\d._%+-]+@[\p{L}\d-]+(?:\.[\p{L}\d-]+)*\.\p{L}{2,}",
            whole,
        ),
        Pattern::new(Kind::Url, r#"(?i)\b(?:https?://|www\.)[^\s<>"'()\[\]{}|`]+"#, url),
        Pattern::new(
            Kind::Date,
            r"\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}[./]\d{1,2}[./]\d{4}\b|\d{4}\s?年\s?\d{1,2}\s?月(?:\s?\d{1,2}\s?日)?|\b\d{1,2}(?:st|nd|rd|th|er|º|\.)?\s+(?:of\s+|de\s+)?\p{L}{3,10}\.?,?\s+(?:de\s+)?\d{4}\b|\b\p{L}{3,10}\.?\s+(?:\d{1,2}(?:st|nd|rd|th)?,?\s+)?\d{4}\b",
            date,
        ),
        Pattern::new(
            Kind::Phone,
            r"\+\d{1,3}[\d ()/.\u{a0}-]{6,18}\d\b|\(0\d{1,5}\)[\d /-]{4,12}\d\b|\b0\d{2,5}[ /-]\d[\d /-]{3,12}\d\b|\b\d{3}-\d{3}-\d{4}\b|(?i:\b(?:ext|extension|durchwahl|poste)\.?[ :]\s?(?P<fact>\d{2,6})\b)",
            phone,
        ),
    ]
}

/// How much, how long, how many.
fn quantities() -> Vec<Pattern> {
    vec![
        Pattern::new(
            Kind::Percentage,
            &format!(
                r"(?P<number>{NUMBER})\s?(?:%|‰|％|per\s?cent\b|percent\b|Prozent\b|pour cent\b|por ciento\b|procent\b)"
            ),
            number,
        ),
        Pattern::new(
            Kind::Amount,
            &format!(r"(?P<currency>{BEFORE})\s?(?P<number>{NUMBER}){TIMES}"),
            amount,
        ),
        Pattern::new(
            Kind::Amount,
            &format!(r"\b(?P<number>{NUMBER}){TIMES}(?:\s?(?P<currency>{AFTER})|(?P<attached>\$))"),
            amount,
        ),
        Pattern::new(Kind::Amount, r"\b(?P<number>\d{1,3}(?:\.\d+)?)(?P<currency>p|ct)\b", amount),
        Pattern::new(
            Kind::Period,
            &format!(
                r"(?i)\b(?P<number>{NUMBER}|{})[ \u{{a0}}\n-]?(?:\(\d+\)\s)?(?P<kind>working|business|calendar|jours? ouvr\w+)?[ -]?(?P<unit>{UNITS})(?:\b|$)",
                words()
            ),
            period,
        ),
        Pattern::new(
            Kind::Version,
            r"(?i)\b(?:version|release|v)\s?(?P<fact>\d+(?:\.\d+){0,3})\b|\bv?\d+\.\d+\.\d+(?:\.\d+)?\b",
            version,
        ),
        Pattern::new(
            Kind::Figure,
            &format!(
                r"(?P<before>(?:^|\p{{L}}+\.?)\s)?(?P<fact>\b(?P<number>{NUMBER})[ \u{{a0}}\n](?P<what>\p{{Ll}}{{3,}}))\b"
            ),
            figure,
        ),
    ]
}

fn whole(captures: &Captures<'_>) -> Option<String> {
    Some(captures[0].to_lowercase())
}

fn url(captures: &Captures<'_>) -> Option<String> {
    let written = captures[0].trim_end_matches(ENDS).trim_end_matches('/');
    // Broken at the end of a line, an address goes on there.
    if written.ends_with('-') {
        return None;
    }
    // Neither the scheme nor a `www` makes another address.
    let written = written.split_once("://").map_or(written, |it| it.1);
    Some(written.strip_prefix("www.").unwrap_or(written).to_owned())
}

fn date(captures: &Captures<'_>) -> Option<String> {
    let written = captures[0].split_whitespace().collect::<Vec<_>>().join(" ");
    let claim = DateClaim::read(DateRole::Subject, &written, Provenance::FileName)?;
    let day = claim.date.to_string();
    Some(match claim.precision {
        Precision::Day => day,
        Precision::Month => day[..7].to_owned(),
        Precision::Year => return None,
    })
}

fn phone(captures: &Captures<'_>) -> Option<String> {
    let written = captures.name("fact").map_or(&captures[0], |it| it.as_str());
    // The zero in `+44 (0)20` is not dialled.
    let written = written.replace("(0)", "");
    let digits = written.chars().filter(|it| it.is_ascii_digit() || *it == '+').collect::<String>();
    (digits.len() <= 16).then_some(digits)
}

fn number(captures: &Captures<'_>) -> Option<String> {
    plain(&captures["number"])
}

fn amount(captures: &Captures<'_>) -> Option<String> {
    let number = plain(&captures["number"])?;
    let places = captures.name("times").map_or(0, |it| match it.as_str() {
        "k" | "thousand" | "Tsd" => 3,
        "bn" | "billion" | "Mrd" | "Milliarden" => 9,
        _ => 6,
    });
    let (currency, hundredths) = match &currency(captures)[..] {
        "$" | "dollar" | "dollars" => ("usd", 0),
        "€" | "euro" | "euros" => ("eur", 0),
        "£" | "pound" | "pounds" => ("gbp", 0),
        "p" | "pence" => ("gbp", 2),
        "ct" | "cent" | "cents" => ("cent", 0),
        "¥" | "円" => ("jpy", 0),
        "franc" | "francs" => ("chf", 0),
        other => return Some(format!("{} {other}", shifted(&number, places))),
    };
    Some(format!("{} {currency}", shifted(&number, places - hundredths)))
}

/// A dollar after a space is no currency: `$Revision: 3.7 $`.
fn currency(captures: &Captures<'_>) -> String {
    let written = captures.name("currency").or_else(|| captures.name("attached"));
    written.map_or_else(String::new, |it| it.as_str().to_lowercase())
}

fn period(captures: &Captures<'_>) -> Option<String> {
    let number = plain(&captures["number"])?;
    let unit = captures["unit"].to_lowercase();
    let units: &[(&str, &[&str])] = &[
        ("second", &["sec", "sek"]),
        ("minute", &["minut"]),
        ("hour", &["hour", "stunde", "heure", "hora", "ore", "ora", "uur", "時間"]),
        ("week", &["week", "woche", "semain", "semana", "settiman", "weken", "週間"]),
        ("month", &["month", "monat", "mois", "mes", "maand", "か月", "ヶ月"]),
        ("year", &["year", "jahr", "an", "año", "jaar", "年間"]),
        ("day", &["day", "tag", "jour", "dí", "dia", "giorn", "dag", "日間"]),
    ];
    let is_unit = |it: &&(&str, &[&str])| it.1.iter().any(|stem| unit.starts_with(stem));
    let (unit, _) = units.iter().find(is_unit)?;
    let kind = captures.name("kind").map(|it| it.as_str().to_lowercase());
    Some(match kind.as_deref() {
        None | Some("calendar") => format!("{number} {unit}"),
        Some(_) => format!("{number} working {unit}"),
    })
}

fn version(captures: &Captures<'_>) -> Option<String> {
    let written = captures.name("fact").map_or(&captures[0], |it| it.as_str());
    Some(written.trim_start_matches(['v', 'V']).to_owned())
}

/// Words after which a number names a place in a text and counts nothing.
const PLACES: &[&str] = &[
    "abschnitt",
    "annex",
    "appendix",
    "art",
    "article",
    "artikel",
    "chapter",
    "clause",
    "figure",
    "fig",
    "footnote",
    "form",
    "item",
    "kapitel",
    "level",
    "line",
    "no",
    "note",
    "number",
    "nr",
    "page",
    "paragraph",
    "part",
    "phase",
    "pp",
    "rule",
    "sec",
    "section",
    "seite",
    "step",
    "stage",
    "tab",
    "table",
    "tabelle",
    "type",
    "version",
];

/// Whether a number after a word names a place in a text.
pub(super) fn is_place(word: &str) -> bool {
    PLACES.contains(&word.to_lowercase().trim_end_matches('s'))
}

fn figure(captures: &Captures<'_>) -> Option<String> {
    let before = captures.name("before").map_or("", |it| it.as_str()).trim();
    let before = before.trim_end_matches('.');
    // At the start of a line it is the number of an item or heading.
    if before.is_empty() || is_place(before) {
        return None;
    }
    let number = plain(&captures["number"])?;
    // Years count nothing either.
    let is_year = number.len() == 4 && (number.starts_with("19") || number.starts_with("20"));
    (!is_year).then(|| format!("{number} {}", &captures["what"]))
}
