//! Copies that a synchronisation client made because two people saved at once.

use std::ops::Range;
use std::path::Path;

use crate::extract::Provenance;
use crate::inventory::{DocId, Record};

use super::super::{Category, Context, Evidence, Finding, Rule, Severity, Value};
use super::each_name;

pub(in crate::rot) const RULE: Rule = Rule {
    id: "sync-conflict",
    category: Category::Trivial,
    severity: Severity::Warning,
    summary: "A conflict copy that a synchronisation client made.",
    check,
};

fn check(ctx: &Context) -> Vec<Finding> {
    let mut findings = each_name(ctx, &RULE, |name, _| {
        marker(name).map(|_| "conflict copy of a synchronisation client")
    });
    for finding in &mut findings {
        let Some(original) = original(ctx, &ctx.inventory[finding.document]) else { continue };
        finding.related.push(original);
        let evidence = Evidence::new("copy of", Value::Document(original), Provenance::FileName);
        *finding = finding.clone().and(evidence);
    }
    findings
}

/// The file that a conflict copy was made of, where it is still there.
fn original(ctx: &Context, record: &Record) -> Option<DocId> {
    let path = &record.file.path;
    let name = path.file_name()?.to_str()?;
    // Lower case may differ in length for exotic letters; then the original is not looked for.
    let lower = name.to_lowercase();
    let marker = marker(&lower).filter(|_| lower.len() == name.len())?;
    let (before, after) = (name.get(..marker.start)?, name.get(marker.end..)?);
    let original = format!("{}{after}", before.trim_end());
    ctx.inventory.find(record.root, &path.parent().unwrap_or(Path::new("")).join(original))
}

/// Where a lower-case name says that it is a conflict copy.
fn marker(name: &str) -> Option<Range<usize>> {
    in_parentheses(name).or_else(|| after_a_word(name))
}

/// `(Ann's conflicted copy 2021-03-04)`, `(conflict 2)`, `[Conflict]`, `(SFConflict a@b.org ...)`;
/// not `(conflict of interest)`.
fn in_parentheses(name: &str) -> Option<Range<usize>> {
    let says_so = |words: &str| {
        words.contains("conflicted copy")
            || words.starts_with("sfconflict")
            || words.contains("case conflict")
            || words
                .strip_prefix("conflict")
                .is_some_and(|rest| !rest.contains(|c: char| c.is_alphabetic()))
    };
    name.match_indices(['(', '[']).find_map(|(start, open)| {
        let close = if open == "(" { ')' } else { ']' };
        let end = start + name[start..].find(close)?;
        says_so(&name[start + 1..end]).then_some(start..end + 1)
    })
}

/// Syncthing's `.sync-conflict-20210304-101112-ABCDEFG`, ownCloud's `_conflict-20210304-101112`.
fn after_a_word(name: &str) -> Option<Range<usize>> {
    [".sync-conflict-", "_conflict-"].iter().find_map(|word| {
        let start = name.find(word)?;
        let rest = &name[start + word.len()..];
        let is_stamp = |at: usize, digits: usize| {
            rest.get(at..at + digits).is_some_and(|it| it.bytes().all(|it| it.is_ascii_digit()))
        };
        if !(is_stamp(0, 8) && rest.get(8..9) == Some("-") && is_stamp(9, 6)) {
            return None;
        }
        let end = rest.find('.').unwrap_or(rest.len());
        Some(start..start + word.len() + end)
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::Policy;
    use super::super::super::testing::{findings, record};
    use super::super::tests::caught;
    use super::*;

    const CONFLICTS: [&str; 5] = [
        "a (Ann's conflicted copy 2021-03-04).docx",
        "a (conflict 2).docx",
        "a [Conflict].docx",
        "a.sync-conflict-20210304-101112-ABCDEFG.docx",
        "a_conflict-20210304-101112.docx",
    ];

    #[test]
    fn conflict_copies_are_related_to_the_file_they_were_made_of() {
        let names = CONFLICTS.iter().chain(&["a.docx"]);
        let records = names.map(|name| record(name)).collect();
        let findings = findings(&RULE, records, &Policy::default(), "2026-04-22");
        assert_eq!(findings.len(), CONFLICTS.len());
        for finding in findings {
            assert_eq!(finding.related.len(), 1, "{:?}", finding.evidence());
        }
    }

    #[test]
    fn documents_about_conflicts_are_documents() {
        let documents = [
            "Policy (conflict of interest).docx",
            "conflict.md",
            "solve_conflict-2021.md",
            "a.sync-conflict-resolution.md",
            "a (conflict",
        ];
        assert!(caught(&RULE, &documents).is_empty());
    }
}
