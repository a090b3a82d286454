//! Dates as documents write them.
//!
//! Reads one date out of one value. Where day and month can be told apart neither by form nor by
//! size, both readings are kept; which one to use is for a rule to decide.

use std::path::Path;
use std::sync::LazyLock;

use chrono::NaiveDate;
use regex::Regex;

use super::metadata::{DateClaim, DateRole, Fact, Metadata, Precision, Provenance};
use super::months;

/// What a value turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// A date.
    Date {
        /// Its first day, where it is a month or a year.
        day: NaiveDate,
        /// How exact it is.
        precision: Precision,
        /// The other reading of an ambiguous day and month.
        other: Option<NaiveDate>,
    },
    /// It has the form of a date, and there is no such day: 2022-02-31.
    Invalid,
    /// Nothing, a template's placeholder, or no date at all.
    Absent,
}

/// Which of two small numbers comes first in a numeric date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    /// Day first where both are possible, the other reading kept.
    Unknown,
    /// Month first, by the field's definition.
    MonthFirst,
}

/// Reads one date out of `raw`, in whatever way it is written; none where it is not a date.
///
/// Understands ISO 8601 and W3CDTF, RFC 2822, PDF (`D:20210301...`), dates with month names in the
/// languages of the pattern pack, and numeric dates (both readings where ambiguous).
pub(super) fn claim(role: DateRole, raw: &str, provenance: Provenance) -> Option<DateClaim> {
    claim_of(role, raw, provenance, parse(raw))
}

impl DateClaim {
    /// Reads one date as it is written in a text; none where the words are no date.
    ///
    /// Understands what readers of documents understand, in their languages.
    pub fn read(role: DateRole, raw: &str, provenance: Provenance) -> Option<Self> {
        claim(role, raw, provenance)
    }
}

/// Most impossible dates that are kept of a document.
const MAX_IMPOSSIBLE: usize = 8;

/// Notes the date in `raw` among the claims of a document, or among its impossible dates.
pub(super) fn note(metadata: &mut Metadata, role: DateRole, raw: &str, provenance: Provenance) {
    note_reading(metadata, role, raw, provenance, parse(raw));
}

/// Like [`note`], where the field's definition puts the month first (`ms.date: 03/04/2021`).
pub(super) fn note_month_first(
    metadata: &mut Metadata,
    role: DateRole,
    raw: &str,
    provenance: Provenance,
) {
    note_reading(metadata, role, raw, provenance, read(raw, Order::MonthFirst));
}

fn note_reading(
    metadata: &mut Metadata,
    role: DateRole,
    raw: &str,
    provenance: Provenance,
    reading: Reading,
) {
    if reading != Reading::Invalid {
        metadata.dates.extend(claim_of(role, raw, provenance, reading));
    } else if metadata.impossible_dates.len() < MAX_IMPOSSIBLE {
        let raw = raw.trim().chars().take(80).collect();
        metadata.impossible_dates.push(Fact::new(raw, provenance));
    }
}

/// Tells a date from an impossible one and from none.
pub(super) fn parse(raw: &str) -> Reading {
    read(raw, Order::Unknown)
}

/// Like [`parse`], where the month is known to come first.
pub(super) fn parse_month_first(raw: &str) -> Reading {
    read(raw, Order::MonthFirst)
}

/// The dates in a file's name: `2021-03-01 minutes.docx`, `report_20210301.pdf`, `01.03.2021.odt`.
///
/// Days only; a bare year or month in a name says too little.
pub fn in_name(path: &Path) -> Vec<DateClaim> {
    static DAY: LazyLock<Regex> = LazyLock::new(|| {
        let pattern = r"(?:19|20)\d\d[-_. ]?(?:0[1-9]|1[0-2])[-_. ]?(?:0[1-9]|[12]\d|3[01])|(?:0?[1-9]|[12]\d|3[01])[-_.](?:0?[1-9]|1[0-2])[-_.](?:19|20)\d\d";
        Regex::new(pattern).expect("the pattern is constant")
    });
    let Some(name) = path.file_name().map(|it| it.to_string_lossy()) else { return Vec::new() };
    let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    DAY.find_iter(&name)
        .filter(|found| {
            let before = found.start().checked_sub(1).and_then(|at| name.as_bytes().get(at));
            !is_digit(before) && !is_digit(name.as_bytes().get(found.end()))
        })
        .filter_map(|found| {
            let raw = found.as_str().replace(['_', ' '], "-");
            let claim = claim(DateRole::Subject, &raw, Provenance::FileName)?;
            Some(DateClaim { raw: found.as_str().to_owned(), ..claim })
        })
        .collect()
}

fn claim_of(
    role: DateRole,
    raw: &str,
    provenance: Provenance,
    reading: Reading,
) -> Option<DateClaim> {
    let Reading::Date { day, precision, other } = reading else { return None };
    // A deadline of "June 2025" has not passed before the end of June.
    let date = match role {
        DateRole::Due | DateRole::Expires => last_day(day, precision),
        _ => day,
    };
    Some(DateClaim {
        role,
        date,
        precision,
        other_reading: other,
        raw: raw.trim().chars().take(80).collect(),
        provenance,
    })
}

fn last_day(day: NaiveDate, precision: Precision) -> NaiveDate {
    let months = match precision {
        Precision::Day => return day,
        Precision::Month => 1,
        Precision::Year => 12,
    };
    let next = day.checked_add_months(chrono::Months::new(months));
    next.and_then(|it| it.pred_opt()).unwrap_or(day)
}

fn read(raw: &str, order: Order) -> Reading {
    let raw =
        raw.trim().trim_matches(['"', '\'', '<', '>', '`', '*', '_', '(', ')', '[', ']']).trim();
    if raw.is_empty() || raw.len() > 400 || raw.starts_with("{{") || raw.contains("<%") {
        return Reading::Absent;
    }
    if let Some(digits) = raw.strip_prefix("D:") {
        return pdf(digits);
    }
    // Cameras and broken PDF writers: 2021:03:01 10:00:00, 0000:01:01.
    if let Some([a, b, c, d, b':', e, f, b':', g, h]) = raw.as_bytes().first_chunk::<10>()
        && [a, b, c, d, e, f, g, h].iter().all(|it| it.is_ascii_digit())
    {
        return read(&format!("{}-{}-{}", &raw[..4], &raw[5..7], &raw[8..10]), order);
    }
    let mut tokens: Vec<Token<'_>> = Tokens { rest: raw }.take(10).collect();
    // Weekdays, articles and prepositions: "Tue, 01 Jul", "2 de julio de 2025", "on the 3rd".
    tokens.retain(|token| !matches!(token, Token::Word(word) if is_filler(word)));
    match tokens.as_slice() {
        [Token::Number(year), Token::Word("年" | "년"), rest @ ..] => year_month_sign(year, rest),
        [Token::Number(digits), rest @ ..] if digits.len() == 8 => compact(digits, rest),
        [Token::Number(year), rest @ ..] if year.len() == 4 => year_first(year, rest),
        [Token::Number(day), Token::Word(word), Token::Number(year), ..] if day.len() <= 2 => {
            match months::number(word) {
                Some(month) => with_month(full_year(year), month, day),
                None => Reading::Absent,
            }
        }
        [Token::Word(word), rest @ ..] => month_first(word, rest),
        [Token::Number(a), Token::Number(b), Token::Number(year), ..] => {
            numeric(raw, a, b, year, order)
        }
        _ => Reading::Absent,
    }
}

fn is_filler(word: &str) -> bool {
    const FILLERS: &[&str] = &[
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
        "sat",
        "sun",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "montag",
        "dienstag",
        "mittwoch",
        "donnerstag",
        "freitag",
        "samstag",
        "sonntag",
        "lundi",
        "mardi",
        "mercredi",
        "jeudi",
        "vendredi",
        "samedi",
        "dimanche",
        "de",
        "del",
        "of",
        "the",
        "le",
        "el",
        "am",
        "on",
        "st",
        "nd",
        "rd",
        "th",
        "er",
        "º",
        "ª",
    ];
    FILLERS.contains(&word.to_lowercase().as_str())
}

/// `2021-03-01T10:00:00.0000000Z`, `2021/3/1`, `2020-sep-21`, `2021-03`, `2021`.
fn year_first(year: &str, rest: &[Token<'_>]) -> Reading {
    let month = match rest.first() {
        None => {
            // Alone, any other number of four digits is a number.
            return match full_year(year) {
                year @ 1900..2100 => of(year, 1, 1, Precision::Year),
                _ => Reading::Absent,
            };
        }
        Some(Token::Number(month)) if month.len() <= 2 => month.parse().unwrap_or(0),
        Some(Token::Word(word)) => match months::number(word) {
            Some(month) => month,
            None => return Reading::Absent,
        },
        Some(Token::Number(_) | Token::Clock) => return Reading::Absent,
    };
    let year = full_year(year);
    // A database's way to write none: 0000-00-00.
    if (year, month) == (0, 0) {
        return Reading::Absent;
    }
    match &rest[1..] {
        [] => of(year, month, 1, Precision::Month),
        // The template's placeholder: 2024-01-XX.
        [Token::Word(word), ..] if !word.eq_ignore_ascii_case("t") => Reading::Absent,
        [Token::Number(day), ..] if day.len() <= 2 => with_month(year, month, day),
        _ => Reading::Absent,
    }
}

/// `20210301`, and nothing but a time behind it.
fn compact(digits: &str, rest: &[Token<'_>]) -> Reading {
    let (Some(year), Some(month), Some(day)) =
        (digits.get(..4), digits.get(4..6), digits.get(6..8))
    else {
        return Reading::Absent;
    };
    match rest {
        [] | [Token::Word("T" | "t"), ..] => {
            with_month(full_year(year), month.parse().unwrap_or(0), day)
        }
        _ => Reading::Absent,
    }
}

/// `March 1, 2021`, `Noviembre 2024`.
fn month_first(word: &str, rest: &[Token<'_>]) -> Reading {
    let Some(month) = months::number(word) else { return Reading::Absent };
    match rest {
        [Token::Number(day), Token::Number(year), ..] if day.len() <= 2 && year.len() == 4 => {
            with_month(full_year(year), month, day)
        }
        [Token::Number(year)] if year.len() == 4 => of(full_year(year), month, 1, Precision::Month),
        // "Mon Jan  5 10:00:00 2021", as `date` and C's asctime print it.
        [Token::Number(day), Token::Clock, rest @ ..] => match rest.last() {
            Some(Token::Number(year)) if year.len() == 4 => with_month(full_year(year), month, day),
            _ => Reading::Absent,
        },
        _ => Reading::Absent,
    }
}

/// `2015 年 3 月 9 日`, `2024년 3월`.
fn year_month_sign(year: &str, rest: &[Token<'_>]) -> Reading {
    match rest {
        [
            Token::Number(month),
            Token::Word("月" | "월"),
            Token::Number(day),
            Token::Word("日" | "일" | "号"),
            ..,
        ] => with_month(full_year(year), month.parse().unwrap_or(0), day),
        [Token::Number(month), Token::Word("月" | "월")] => {
            of(full_year(year), month.parse().unwrap_or(0), 1, Precision::Month)
        }
        _ => Reading::Absent,
    }
}

/// `31.12.2023`, `12/31/2023`, `3/4/2021`.
fn numeric(raw: &str, a: &str, b: &str, year: &str, order: Order) -> Reading {
    let dotted = raw.contains('.') && !raw.contains('/');
    let short_year = year.len() == 2 && dotted && a.len() == 2 && b.len() == 2;
    if a.len() > 2 || b.len() > 2 || !(year.len() == 4 || short_year) {
        return Reading::Absent;
    }
    let (Ok(a), Ok(b)) = (a.parse::<u32>(), b.parse::<u32>()) else { return Reading::Absent };
    let year = full_year(year);
    let day_first = NaiveDate::from_ymd_opt(year, b, a);
    let month_first = NaiveDate::from_ymd_opt(year, a, b);
    let (day, other) = match (day_first, month_first) {
        _ if order == Order::MonthFirst => (month_first.or(day_first), None),
        (Some(day), Some(other)) if !dotted && day != other => (Some(day), Some(other)),
        (None, month_first) if !dotted => (month_first, None),
        (day, _) => (day, None),
    };
    match day.filter(is_plausible) {
        Some(day) => Reading::Date { day, precision: Precision::Day, other },
        None => Reading::Invalid,
    }
}

fn pdf(digits: &str) -> Reading {
    let digits = &digits[..digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len())];
    let part = |from: usize, to: usize| digits.get(from..to).and_then(|it| it.parse::<u32>().ok());
    match (part(0, 4), part(4, 6), part(6, 8)) {
        (None, ..) => Reading::Absent,
        (Some(year), None, _) => of(year as i32, 1, 1, Precision::Year),
        (Some(year), Some(month), None) => of(year as i32, month, 1, Precision::Month),
        (Some(year), Some(month), Some(day)) => of(year as i32, month, day, Precision::Day),
    }
}

/// Two digits as RFC 5322 reads them: 00 to 49 are of this century.
fn full_year(year: &str) -> i32 {
    match year.parse::<i32>() {
        Ok(short) if year.len() == 2 => short + if short < 50 { 2000 } else { 1900 },
        Ok(year) => year,
        Err(_) => 0,
    }
}

fn with_month(year: i32, month: u32, day: &str) -> Reading {
    of(year, month, day.parse().unwrap_or(0), Precision::Day)
}

fn of(year: i32, month: u32, day: u32, precision: Precision) -> Reading {
    match NaiveDate::from_ymd_opt(year, month, day).filter(is_plausible) {
        Some(day) => Reading::Date { day, precision, other: None },
        None => Reading::Invalid,
    }
}

/// Office files begin at 1601 and never ends at 9999.
fn is_plausible(day: &NaiveDate) -> bool {
    use chrono::Datelike as _;
    (1600..=9999).contains(&day.year())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'a> {
    Number(&'a str),
    Word(&'a str),
    /// A time of day: `10:00:00`.
    Clock,
}

struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let rest = self.rest.trim_start_matches(|c: char| !c.is_alphanumeric());
        let first = rest.chars().next()?;
        let same: fn(char) -> bool = match first {
            '0'..='9' => |c| c.is_ascii_digit(),
            '年' | '月' | '日' | '년' | '월' | '일' | '号' => |_| false,
            _ => |c| c.is_alphabetic() || c == 'º' || c == 'ª',
        };
        let after = first.len_utf8();
        let end = after + rest[after..].find(|c| !same(c)).unwrap_or(rest.len() - after);
        let (token, tail) = rest.split_at(end);
        if first.is_ascii_digit() && tail.starts_with(':') {
            let end = tail
                .find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.')
                .unwrap_or(tail.len());
            self.rest = &tail[end..];
            return Some(Token::Clock);
        }
        self.rest = tail;
        Some(if first.is_ascii_digit() { Token::Number(token) } else { Token::Word(token) })
    }
}

#[cfg(test)]
#[path = "dates_tests.rs"]
mod tests;
