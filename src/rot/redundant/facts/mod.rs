//! Facts that a text states: amounts, percentages, dates, periods, versions, addresses, figures.
//!
//! Each comes in a form in which two ways to write one fact are equal. What a document says of
//! itself (its version, its day of print, its copyright) is not among them.

mod negation;
mod numbers;
mod patterns;
mod stretches;
mod surroundings;

pub(super) use negation::{is_negated, is_negated_differently};

use std::collections::BTreeSet;
use std::ops::Range;

use crate::rot::Severity;

/// What kind of fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Money.
    Amount,
    /// A share in per cent.
    Percentage,
    /// A day or month.
    Date,
    /// A length of time.
    Period,
    /// Whether something is so, or is not.
    Negation,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// Any other number of something.
    Figure,
    /// An address on the web.
    Url,
    /// The version of something.
    Version,
}

impl Kind {
    /// For people, of one.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Amount => "amount",
            Self::Percentage => "percentage",
            Self::Date => "date",
            Self::Period => "period",
            Self::Negation => "yes and no",
            Self::Email => "e-mail address",
            Self::Phone => "telephone number",
            Self::Figure => "figure",
            Self::Url => "web address",
            Self::Version => "version",
        }
    }

    /// For people, of several.
    pub(super) const fn names(self) -> &'static str {
        match self {
            Self::Amount => "amounts",
            Self::Percentage => "percentages",
            Self::Date => "dates",
            Self::Period => "periods",
            Self::Negation => "answers",
            Self::Email => "e-mail addresses",
            Self::Phone => "telephone numbers",
            Self::Figure => "figures",
            Self::Url => "web addresses",
            Self::Version => "versions",
        }
    }

    /// How much it asks of readers that copies state different ones. What names the document's own
    /// place, release or history differs for good reasons too: of the documents of packages that
    /// share a licence, dates and addresses on the web are each one's own.
    pub(super) const fn severity(self) -> Severity {
        match self {
            Self::Amount | Self::Percentage | Self::Period | Self::Negation => Severity::Error,
            Self::Date | Self::Email | Self::Phone | Self::Figure => Severity::Warning,
            Self::Url | Self::Version => Severity::Note,
        }
    }
}

/// A fact and where it stands in its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fact {
    pub(super) kind: Kind,
    /// In bytes.
    pub(super) range: Range<usize>,
    /// In one form, however it is written.
    pub(super) value: String,
}

impl Fact {
    /// Whether another fact of its kind may state something else of the same: figures count one
    /// thing, by the same word or its plural, and version 2.0 is version 2.
    pub(super) fn may_deny(&self, other: &Self) -> bool {
        if self.kind == Kind::Version {
            return without_idle_zeros(&self.value) != without_idle_zeros(&other.value);
        }
        if self.kind != Kind::Figure {
            return true;
        }
        let noun = |it: &'_ Self| it.value.split_once(' ').map_or("", |it| it.1).to_owned();
        let (a, b) = (noun(self), noun(other));
        let (short, long) = if a.len() < b.len() { (&a, &b) } else { (&b, &a) };
        let ending = long.strip_prefix(short.as_str());
        let has_number = |it: &Self| it.value.split(' ').next().map(str::to_owned);
        let is_one = ending.is_some_and(|it| it.is_empty() || !short.is_empty() && it.len() <= 2);
        is_one && has_number(self) != has_number(other)
    }
}

/// A version without the parts at its end that are zero: 2.0 is 2, but 2.10 is not 2.1.
fn without_idle_zeros(mut version: &str) -> &str {
    while let Some(shorter) = version.strip_suffix(".0") {
        version = shorter;
    }
    version
}

/// The facts of a text in order of place, at least those in given parts of it; none overlaps
/// another. Parts are in bytes, in order of place.
pub(super) fn facts<'a>(text: &str, parts: impl Iterator<Item = &'a Range<usize>>) -> Vec<Fact> {
    let mut found = Vec::new();
    let mut read = 0;
    for part in parts {
        if part.end <= read {
            continue;
        }
        let Some(stretch) = stretches::around(text, read, part) else { continue };
        read = stretch.end;
        found.extend(of_stretch(text, &stretch));
    }
    found.retain(|it| !surroundings::is_about_the_document(text, it));
    found
}

/// The e-mail and web addresses that a text gives, in one form each.
pub(super) fn addresses(text: &str) -> BTreeSet<String> {
    let is_address = |it: &&str| it.contains(['@', '/']) || it.contains("www.");
    let words = text.split_whitespace().filter(is_address);
    let found = words.flat_map(|word| {
        let patterns = patterns::all().iter().filter(|it| it.is_address());
        patterns.flat_map(|it| it.find(word)).map(|it| it.value)
    });
    found.collect()
}

/// The facts of a stretch of a text, whatever they are about.
fn of_stretch(text: &str, stretch: &Range<usize>) -> Vec<Fact> {
    let mut found = Vec::<Fact>::new();
    let part = &text[stretch.clone()];
    // Most stretches have words only, and of those nothing but a period can be made.
    let is_figure = |it: u8| it.is_ascii_digit() || matches!(it, b'@' | b'/') || !it.is_ascii();
    let is_site = |it: &[u8]| it.eq_ignore_ascii_case(b"www.");
    let has_figures = part.bytes().any(is_figure) || part.as_bytes().windows(4).any(is_site);
    let may_match = |it: &&patterns::Pattern| has_figures || it.kind() == Kind::Period;
    for pattern in patterns::all().iter().filter(may_match) {
        for mut fact in pattern.find(part) {
            fact.range = fact.range.start + stretch.start..fact.range.end + stretch.start;
            let place = found.partition_point(|it| it.range.end <= fact.range.start);
            let overlaps = found.get(place).is_some_and(|it| it.range.start < fact.range.end);
            if !overlaps {
                found.insert(place, fact);
            }
        }
    }
    found
}

/// The facts of a sheet's text, whose rows are lines and whose cells are separated by tabs: every
/// cell that is a number, and whatever the others state.
pub(super) fn of_cells(text: &str) -> Vec<Fact> {
    let mut found = facts(text, std::iter::once(&(0..text.len())));
    let mut start = 0;
    for line in text.split('\n') {
        let mut at = start;
        for cell in line.split('\t') {
            let number = cell.trim();
            let inner = at + cell.find(number).unwrap_or(0);
            let range = inner..inner + number.len();
            let place = found.partition_point(|it| it.range.end <= range.start);
            let is_free = found.get(place).is_none_or(|it| range.end <= it.range.start);
            if let Some(value) = numbers::plain(number.trim_start_matches('-')).filter(|_| is_free)
            {
                let sign = if number.starts_with('-') { "-" } else { "" };
                found.insert(
                    place,
                    Fact { kind: Kind::Figure, range, value: sign.to_owned() + &value },
                );
            }
            at += cell.len() + 1;
        }
        start += line.len() + 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    /// What facts are made of.
    const WORDS: &[&str] = &[
        "1",
        "12",
        "2024",
        "May",
        "of",
        "de",
        "març",
        "3rd",
        "EUR",
        "$",
        "40p",
        "1,200.50",
        "€",
        "million",
        "thirty",
        "(30)",
        "jours",
        "ouvrables",
        "working",
        "days",
        "a@b.example",
        "per",
        "cent",
        "%",
        "+44",
        "(0)20",
        "-",
        "7946",
        "ext.",
        "version",
        "3.4",
        "people",
        "https://a.b",
        "WWW.example.org",
        "\n",
        "twenty-one",
        "\n\n",
        "\u{a0}",
        "pour",
    ];

    fn check(text: &str, expected: &[(Kind, &str)]) {
        let found = facts(text, std::iter::once(&(0..text.len())));
        let found = found.iter().map(|it| (it.kind, it.value.as_str())).collect::<Vec<_>>();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn one_fact_has_one_value_however_it_is_written() {
        use Kind::*;
        check("45p per mile", &[(Amount, "0.45 gbp")]);
        check("0.45 GBP, £0.45 each", &[(Amount, "0.45 gbp"), (Amount, "0.45 gbp")]);
        check("up to € 1.200,50 in all", &[(Amount, "1200.5 eur")]);
        check("1,200.50 euros", &[(Amount, "1200.5 eur")]);
        check("$3 million or 40$", &[(Amount, "3000000 usd"), (Amount, "40 usd")]);
        check("the revision 3.7 $ of it", &[]);
        check("about 12.5 per cent, 12,5 %", &[(Percentage, "12.5"), (Percentage, "12.5")]);
        check("on 2024-03-01 and 1 March 2024", &[(Date, "2024-03-01"), (Date, "2024-03-01")]);
        check("beschlossen am 1. März 2024", &[(Date, "2024-03-01")]);
        check("within thirty days", &[(Period, "30 day")]);
        check("30-day notice; 30 Tage Frist", &[(Period, "30 day"), (Period, "30 day")]);
        check("3 working days", &[(Period, "3 working day")]);
        check("write to Help.Desk@Example.org.", &[(Email, "help.desk@example.org")]);
        check("call +44 20 7946 0000 now", &[(Phone, "+442079460000")]);
        check("call 555-010-9999 or ext. 214", &[(Phone, "5550109999"), (Phone, "214")]);
        check("see https://www.example.org/a/.", &[(Url, "example.org/a")]);
        check("see https://www.example-\nonly.org/a/.", &[]);
        check("runs on release 3.4 of it", &[(Version, "3.4")]);
        check("for 25 people at most", &[(Figure, "25 people")]);
    }

    #[test]
    fn many_facts_stand_in_order_and_none_twice() {
        use Kind::*;
        check(
            "From 1 May 2025 the rate is 40p, at most 30 days and 5 % of 2,000 EUR.",
            &[
                (Date, "2025-05-01"),
                (Amount, "0.4 gbp"),
                (Period, "30 day"),
                (Percentage, "5"),
                (Amount, "2000 eur"),
            ],
        );
    }

    #[test]
    fn a_version_that_begins_a_line_is_one_unless_it_numbers_a_heading() {
        let version = [(Kind::Version, "3.8.2")];
        check("It needs Python\n3.8.2 or newer.", &version);
        check("It needs Python version\n3.8.2 or newer.", &version);
        check("| 3.8.2 | Supported |", &version);
        check("| 3.8.22 | rate changed |", &[]);
        check("| 2024.8.2 | rate changed |", &[]);
        check("- 3.8.2 or newer", &version);
        check("- 3.8.2", &version);
        check("- 3.8.2 What it shows", &[]);
        check("It takes 30\ndays", &[(Kind::Period, "30 day")]);
    }

    #[test]
    fn what_a_document_says_of_itself_is_no_fact() {
        check("Copyright 2019-2024 Example Ltd, 12 months", &[]);
        check("Version: 3.4", &[]);
        check("7.5.4. What it shows", &[]);
        check("see :rfc:`9110#section-9.2.1` on it", &[]);
        check("7.5.4 What it shows", &[]);
        check("## 7.5.4 What it shows", &[]);
        check("7.5.4", &[]);
        check("**7.5.4**", &[]);
        check("It runs on 7.5.4 too", &[(Kind::Version, "7.5.4")]);
        check("Last updated: 3 May 2024", &[]);
        check("Printed on 3 May 2024", &[]);
        check("Geneva, 3 May 2024", &[]);
        check("Page 3 of 12 pages", &[]);
        check("4 Expenses and claims ........ 12", &[]);
        check("see section 4 below and table 3 there", &[]);
        check("Source: https://example.org/fares", &[]);
        check("It was downloaded from https://example.org/fares.", &[]);
        check("\"$id\": \"https://example.org/draft\"", &[]);
        check("Upstream-Contact: Ann Smith <ann@example.org>", &[]);
        check("| 1.2 | 2024-05-03 | rate changed |", &[]);
    }

    proptest! {
        #[test]
        fn a_part_has_the_facts_of_the_whole(
            words in vec(0..WORDS.len() + 40, 0..120),
            parts in vec((0..120_usize, 0..4_usize), 1..4),
        ) {
            let words = words.iter().map(|it| *WORDS.get(*it).unwrap_or(&"word"));
            let words = words.collect::<Vec<_>>();
            let text = words.join(" ");
            let place = |word: usize| words.iter().take(word).map(|it| it.len() + 1).sum::<usize>();
            let mut parts = parts.iter().map(|(from, words)| {
                place(*from).min(text.len())..place(from + words).min(text.len())
            }).collect::<Vec<_>>();
            parts.sort_by_key(|it| it.start);
            let touches = |fact: &Fact| {
                parts.iter().any(|it| it.start < fact.range.end && fact.range.start < it.end)
            };
            let of = |facts: Vec<Fact>| facts.into_iter().filter(touches).collect::<Vec<_>>();
            let whole = facts(&text, std::iter::once(&(0..text.len())));
            prop_assert_eq!(of(facts(&text, parts.iter())), of(whole));
        }
    }
}
