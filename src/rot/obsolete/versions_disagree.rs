//! The document calls itself another version than the newest row of its version history.
//!
//! One of the two was forgotten. Compares numbers only: `v1.2`, `1.2` and `Version 1.2.0` are one.

use crate::extract::Fact;
use crate::inventory::{DocId, Record};

use super::super::dates::{Trust, of_source};
use super::super::{Category, Confidence, Context, Evidence, Finding, Rule, Severity, Value};
use super::each;

pub(in crate::rot) const RULE: Rule = Rule {
    id: "versions-disagree",
    category: Category::Obsolete,
    severity: Severity::Note,
    summary: "The document calls itself another version than its version history does.",
    check,
};

fn check(ctx: &Context) -> Vec<Finding> {
    each(ctx, finding)
}

fn finding(document: DocId, record: &Record) -> Option<Finding> {
    // What a program counts on saving is no version that a person gave.
    let is_declared = |fact: &&Fact<String>| of_source(&fact.provenance).0 == Trust::Declared;
    let own = record.metadata.version.as_ref().filter(is_declared)?;
    let newest = record.metadata.history_version.as_ref()?;
    let (own_numbers, newest_numbers) = (numbers(&own.value)?, numbers(&newest.value)?);
    let stated = |what, fact: &Fact<String>| {
        Evidence::new(what, Value::Text(fact.value.clone()), fact.provenance.clone())
    };
    (own_numbers != newest_numbers).then(|| {
        Finding::new(&RULE, document, Confidence::Likely, stated("version", own))
            .and(stated("newest version of the history", newest))
    })
}

/// The numbers of a version, without zeros at the end; none where there are none, or too many
/// words beside them.
fn numbers(version: &str) -> Option<Vec<u32>> {
    let lower = version.trim().to_lowercase();
    let start = lower.find(|c: char| c.is_ascii_digit())?;
    let word = lower[..start].trim().trim_end_matches('.');
    if !["", "v", "ver", "version", "rev", "revision", "issue"].contains(&word) {
        return None;
    }
    let rest = &lower[start..];
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    let parts = rest[..end].split('.').filter(|it| !it.is_empty()).map(str::parse::<u32>);
    let mut parts = parts.collect::<Result<Vec<_>, _>>().ok()?;
    while parts.last() == Some(&0) && parts.len() > 1 {
        parts.pop();
    }
    rest[end..].trim().is_empty().then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::super::super::Policy;
    use super::super::super::testing::{declared, findings, record};
    use super::*;
    use crate::extract::Provenance;

    fn disagree(own: &str, newest: &str) -> bool {
        let mut page = record("a.md");
        page.metadata.version = declared("version", own);
        page.metadata.history_version = declared("version history version", newest);
        !findings(&RULE, vec![page], &Policy::default(), "2026-04-22").is_empty()
    }

    #[test]
    fn numbers_are_compared_and_spellings_are_not() {
        assert!(disagree("3.2", "3.3"));
        assert!(!disagree("v3.2", "Version 3.2.0"));
        assert!(!disagree("3.2", "3.2 draft"));
        assert!(!disagree("2021 edition", "3"));
    }

    #[test]
    fn what_a_program_counts_is_no_version() {
        let mut page = record("a.docx");
        page.metadata.version =
            Some(Fact::new("17".to_owned(), Provenance::property("docProps/core.xml cp:revision")));
        page.metadata.history_version = declared("version history version", "2");
        assert_eq!(findings(&RULE, vec![page], &Policy::default(), "2026-04-22"), []);
    }
}
