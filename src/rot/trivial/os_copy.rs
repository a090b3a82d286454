//! Copies that a file manager made, and that say something else than their original by now.
//!
//! The original has to stand beside: `Plan (1).docx` alone may be called so. A copy that still says
//! the same is found, and named more surely, by the rules for redundant documents.

use std::path::Path;

use crate::extract::Provenance;
use crate::inventory::{DocId, Record};

use super::super::{Category, Confidence, Context, Evidence, Finding, Rule, Severity, Value};

pub(in crate::rot) const RULE: Rule = Rule {
    id: "os-copy",
    category: Category::Trivial,
    severity: Severity::Note,
    summary: "A copy that a file manager made beside the original, which differs by now.",
    check,
};

/// What file managers put before a name.
const PREFIXES: [&str; 8] = [
    "copy of ",
    "kopie von ",
    "copie de ",
    "copia de ",
    "copia di ",
    "cópia de ",
    "kopie van ",
    "kopia av ",
];

/// What they put after it, a number in parentheses or after a space set aside.
const SUFFIXES: [&str; 10] = [
    " - copy",
    " - kopie",
    " - copie",
    " - copia",
    " - cópia",
    " copy",
    " kopie",
    " copie",
    " (copy)",
    " (kopie)",
];

fn check(ctx: &Context) -> Vec<Finding> {
    let keep = &ctx.policy.trivial.keep;
    let mut pairs = Vec::new();
    for (document, record) in ctx.inventory.iter() {
        let original = original(ctx, record).filter(|_| !keep.is_match(&record.file.path));
        pairs.extend(original.map(|original| (document, original)));
    }
    pairs.retain(|(copy, original)| !is_redundant(ctx, *copy, *original));
    pairs.into_iter().map(|(copy, original)| finding(copy, original)).collect()
}

fn finding(copy: DocId, original: DocId) -> Finding {
    let beside = Evidence::new("copy of", Value::Document(original), Provenance::FileName);
    let mut finding = Finding::new(&RULE, copy, Confidence::Possible, beside);
    finding.related.push(original);
    finding
}

/// Whether the copy is known to be one by its content.
fn is_redundant(ctx: &Context, copy: DocId, original: DocId) -> bool {
    let (one, other) = (&ctx.inventory[copy], &ctx.inventory[original]);
    if one.hash.is_some() && one.hash == other.hash {
        return true;
    }
    ctx.duplicates().groups.iter().any(|group| {
        let holds = |document| {
            group.canonical == document || group.members.iter().any(|(it, _)| *it == document)
        };
        holds(copy) && holds(original)
    })
}

/// The file that a copy's name says it was made of, where it is still there.
fn original(ctx: &Context, record: &Record) -> Option<DocId> {
    let name = record.file.path.file_name()?.to_str()?;
    let (stem, extension) = match name.rfind('.') {
        Some(dot) if 0 < dot => name.split_at(dot),
        _ => (name, ""),
    };
    let folder = record.file.path.parent().unwrap_or(Path::new(""));
    let plain = without_marks(stem)?;
    ctx.inventory.find(record.root, &folder.join(format!("{plain}{extension}")))
}

/// A stem without what says that it is a copy: `Plan` for `Plan - Copy (2)`, `Plan (1)`.
fn without_marks(stem: &str) -> Option<&str> {
    let lower = stem.to_lowercase();
    // Lower case may differ in length for exotic letters; then the original is not looked for.
    if lower.len() != stem.len() {
        return None;
    }
    if let Some(prefix) = PREFIXES.iter().find(|it| lower.starts_with(**it)) {
        return stem.get(prefix.len()..).filter(|it| !it.is_empty());
    }
    let unnumbered = without_number(&lower);
    let marked = unnumbered.unwrap_or(&lower);
    if let Some(suffix) = SUFFIXES.iter().find(|it| marked.ends_with(**it)) {
        return stem.get(..marked.len() - suffix.len()).filter(|it| !it.is_empty());
    }
    // A bare number counts only in parentheses: `Plan 2` is another plan.
    let is_parenthesis = lower.ends_with(')');
    unnumbered.filter(|_| is_parenthesis).and_then(|it| stem.get(..it.len()))
}

/// What stands before ` (2)` or ` 2`; numbers of three and more digits are no counts of copies.
fn without_number(lower: &str) -> Option<&str> {
    let (before, number) = lower.rsplit_once(' ')?;
    let bare = number.strip_prefix('(').and_then(|it| it.strip_suffix(')')).unwrap_or(number);
    let is_count = (1..=2).contains(&bare.len()) && bare.bytes().all(|it| it.is_ascii_digit());
    (is_count && !before.trim().is_empty()).then_some(before)
}

#[cfg(test)]
mod tests {
    use super::super::super::redundant::testing::{Tree, prose};
    use super::*;

    #[test]
    fn marks_of_file_managers_are_taken_off() {
        for copy in [
            "Plan - Copy",
            "Plan - Copy (2)",
            "Plan copy 2",
            "Plan (1)",
            "Copy of Plan",
            "Plan - Kopie",
            "Kopie von Plan",
        ] {
            assert_eq!(without_marks(copy), Some("Plan"), "{copy}");
        }
        for other in ["Plan 2", "Plan (2024)", "Photocopy", "wm-copy", "Copy of ", "Plan (b)"] {
            assert_eq!(without_marks(other), None, "{other}");
        }
    }

    #[test]
    fn only_a_copy_that_differs_and_has_its_original_beside_is_found() {
        let tree = Tree::default()
            .file("Plan.md", &prose(1, 100))
            .file("Plan (1).md", &prose(2, 100))
            .file("Plan - Copy.md", &prose(1, 100))
            .file("Lone (1).md", &prose(3, 100));
        tree.with(|ctx| {
            let found: Vec<_> = check(ctx)
                .iter()
                .map(|it| ctx.inventory[it.document].file.path.to_str().unwrap().to_owned())
                .collect();
            assert_eq!(found, ["Plan (1).md"]);
        });
    }
}
