//! The tables of the configuration file that say what is demanded of documents: retention, holds,
//! mirrors, terms, people who left, the floor of precision.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use docrot::rot::{
    Floor, Hold, Level, LinkProfile, Mirror, Required, Retention, Term, name_of_role, role_called,
};

use super::mistakes::{line_of, suggest};
use super::values::{Length, Pattern, Patterns, Share, WireLevel, written_as};

/// What a document has to say of itself.
#[derive(Clone, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub(super) struct WireRequired(pub(super) Required);

const REQUIRABLE: [&str; 14] = [
    "owner",
    "title",
    "version",
    "status",
    "language",
    "review_interval",
    "created",
    "published",
    "updated",
    "reviewed",
    "due",
    "expires",
    "effective",
    "date_in_name",
];

written_as!(
    WireRequired as String,
    |raw: String| Required::parse(&raw).map(Self).ok_or_else(|| format!(
        "`{raw}` is nothing that can be required{}",
        suggest(&raw, REQUIRABLE.into_iter())
    )),
    |required: WireRequired| required.0.to_string()
);

/// How links are meant.
#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub(super) struct WireProfile(pub(super) LinkProfile);

written_as!(
    WireProfile as String,
    |raw: String| {
        let known = LinkProfile::ALL.iter().find(|(name, _)| *name == raw);
        let names: Vec<_> = LinkProfile::ALL.iter().map(|(name, _)| format!("`{name}`")).collect();
        known
            .map(|(_, profile)| Self(*profile))
            .ok_or_else(|| format!("`{raw}` is none of {}", names.join(", ")))
    },
    |profile: WireProfile| profile.0.name().to_owned()
);

/// A day.
#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub(super) struct Day(pub(super) NaiveDate);

written_as!(
    Day as String,
    |raw: String| raw
        .parse()
        .map(Self)
        .map_err(|_| format!("`{raw}` is no day, such as `2026-01-31`")),
    |day: Day| day.0.to_string()
);

/// The role of a date, by the policy's word.
#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub(super) struct Trigger(docrot::extract::DateRole);

written_as!(
    Trigger as String,
    |raw: String| role_called(&raw).map(Self).ok_or_else(|| format!(
        "`{raw}` is no date of a document{}",
        suggest(&raw, REQUIRABLE.into_iter().skip(6))
    )),
    |trigger: Trigger| name_of_role(trigger.0).to_owned()
);

/// How long documents of a class are kept.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WireRetention {
    class: String,
    trigger: Trigger,
    keep: Length,
}

impl WireRetention {
    pub(super) fn of(retention: Retention) -> Self {
        let Retention { class, trigger, keep } = retention;
        Self { class, trigger: Trigger(trigger), keep: Length(keep) }
    }

    pub(super) fn into_retention(self) -> Retention {
        Retention { class: self.class, trigger: self.trigger.0, keep: self.keep.0 }
    }
}

/// Documents that nobody may dispose of.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WireHold {
    path: Pattern,
    reason: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Day>,
}

/// Copies on purpose.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WireMirror {
    a: Pattern,
    b: Pattern,
}

/// A word that is out of use.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WireTerm {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    find: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    find_regex: Option<Expression>,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Day>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replaced_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    #[serde(default)]
    allow_in: Patterns,
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<WireLevel>,
}

/// A regular expression that can be compiled.
#[derive(Clone, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
struct Expression(String);

written_as!(
    Expression as String,
    |raw: String| match docrot::rot::check_expression(&raw) {
        Ok(()) => Ok(Self(raw)),
        Err(mistake) => Err(mistake),
    },
    |expression: Expression| expression.0
);

/// People who left.
#[derive(Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct WirePeople {
    /// A CSV file with the columns `email` and `left_on`.
    #[serde(skip_serializing)]
    pub(super) leavers: Option<PathBuf>,
    /// Addresses or names, with the last day; an empty day is not known.
    pub(super) left: BTreeMap<String, LastDay>,
}

/// A day, or nothing where it is not known.
#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub(super) struct LastDay(pub(super) Option<NaiveDate>);

written_as!(
    LastDay as String,
    |raw: String| match raw.trim() {
        "" => Ok(Self(None)),
        _ => Day::try_from(raw).map(|day| Self(Some(day.0))),
    },
    |day: LastDay| day.0.map_or_else(String::new, |it| it.to_string())
);

/// How measured precision bears on rules.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct WireJudgements {
    floor: Share,
    min_verdicts: u32,
    #[serde(skip_serializing)]
    pub(super) file: Option<PathBuf>,
}

impl Default for WireJudgements {
    fn default() -> Self {
        Self::of(Floor::default())
    }
}

impl WireJudgements {
    pub(super) const fn of(floor: Floor) -> Self {
        let Floor { precision, verdicts } = floor;
        Self { floor: Share(precision), min_verdicts: verdicts, file: None }
    }

    pub(super) const fn floor(&self) -> Floor {
        Floor { precision: self.floor.0, verdicts: self.min_verdicts }
    }
}

/// Holds as they are written, with their lines in `text`.
pub(super) fn holds(wire: Vec<Spanned<WireHold>>, text: &str) -> Result<Vec<Hold>, String> {
    let hold = |it: Spanned<WireHold>| {
        let line = line(text, &it);
        let WireHold { path, reason, until } = it.into_inner();
        Ok(Hold { paths: globs(path)?, reason, until: until.map(|it| it.0), line })
    };
    wire.into_iter().map(hold).collect()
}

pub(super) fn wire_holds(holds: Vec<Hold>) -> Vec<WireHold> {
    let wire = |Hold { paths, reason, until, line: _ }| WireHold {
        path: pattern(&paths),
        reason,
        until: until.map(Day),
    };
    holds.into_iter().map(wire).collect()
}

/// Mirrors as they are written, with their lines in `text`.
pub(super) fn mirrors(wire: Vec<Spanned<WireMirror>>, text: &str) -> Result<Vec<Mirror>, String> {
    let mirror = |it: Spanned<WireMirror>| {
        let line = line(text, &it);
        let WireMirror { a, b } = it.into_inner();
        Ok(Mirror { a: globs(a)?, b: globs(b)?, line })
    };
    wire.into_iter().map(mirror).collect()
}

pub(super) fn wire_mirrors(mirrors: Vec<Mirror>) -> Vec<WireMirror> {
    let wire = |Mirror { a, b, line: _ }| WireMirror { a: pattern(&a), b: pattern(&b) };
    mirrors.into_iter().map(wire).collect()
}

/// Terms as they are written, with their lines in `text`.
pub(super) fn terms(wire: Vec<Spanned<WireTerm>>, text: &str) -> Result<Vec<Term>, String> {
    let term = |it: Spanned<WireTerm>| {
        let line = line(text, &it);
        let WireTerm { find, find_regex, since, replaced_by, note, allow_in, severity } =
            it.into_inner();
        if find.iter().all(|it| it.trim().is_empty()) && find_regex.is_none() {
            let at = line.unwrap_or_default();
            return Err(format!("[[term]], line {at}: needs `find` or `find_regex`"));
        }
        let severity = match severity.map(Level::from) {
            Some(Level::At(severity)) => Some(severity),
            Some(Level::Off) | None => None,
        };
        Ok(Term {
            find,
            find_regex: find_regex.map(|it| it.0),
            since: since.map(|it| it.0),
            replaced_by,
            note,
            allow_in: allow_in.0,
            severity,
            line,
        })
    };
    wire.into_iter().map(term).collect()
}

pub(super) fn wire_terms(terms: Vec<Term>) -> Vec<WireTerm> {
    let wire = |term: Term| {
        let Term { find, find_regex, since, replaced_by, note, allow_in, severity, line: _ } = term;
        WireTerm {
            find,
            find_regex: find_regex.map(Expression),
            since: since.map(Day),
            replaced_by,
            note,
            allow_in: Patterns(allow_in),
            severity: severity.map(|it| Level::At(it).into()),
        }
    };
    terms.into_iter().map(wire).collect()
}

fn line<T>(text: &str, spanned: &Spanned<T>) -> Option<u32> {
    u32::try_from(line_of(text, spanned.span().start)).ok()
}

fn globs(pattern: Pattern) -> Result<docrot::rot::Globs, String> {
    docrot::rot::Globs::new([pattern.0]).map_err(|error| error.to_string())
}

fn pattern(globs: &docrot::rot::Globs) -> Pattern {
    Pattern(globs.patterns().first().cloned().unwrap_or_default())
}

/// The people in a CSV file with the columns `email` and `left_on`.
pub(super) fn leavers(text: &str) -> Result<BTreeMap<String, Option<NaiveDate>>, String> {
    let mut leavers = BTreeMap::new();
    for (number, line) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
        let (person, day) = line.split_once([',', ';', '\t']).unwrap_or((line, ""));
        let [person, day] = [person, day].map(|it| it.trim().trim_matches('"').trim());
        if person.is_empty() || number == 1 && person.eq_ignore_ascii_case("email") {
            continue;
        }
        let day = LastDay::try_from(day.to_owned()).map_err(|it| format!("line {number}: {it}"))?;
        leavers.insert(person.to_lowercase(), day.0);
    }
    Ok(leavers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leavers_are_read_with_or_without_a_day() {
        let text = "\u{feff}email,left_on\r\nKim@Example.org,2025-12-31\r\n\"lee\"\r\n\r\n";
        let leavers = leavers(text).unwrap();
        assert_eq!(leavers["kim@example.org"], "2025-12-31".parse().ok());
        assert_eq!(leavers["lee"], None);
        let mistake = super::leavers("kim,31.12.2025").unwrap_err();
        assert_eq!(mistake, "line 1: `31.12.2025` is no day, such as `2026-01-31`");
    }
}
