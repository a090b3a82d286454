//! Files without business value: empty ones, and what programs and systems leave behind.
//!
//! Judged by name and size, documents or not. A rule for one file is about that file's own name or
//! its folder's; nothing is trivial because of its age or its format.

pub(super) mod empty;
pub(super) mod non_business;
pub(super) mod os_copy;
pub(super) mod sync_conflict;
pub(super) mod system_debris;
pub(super) mod temporary;

use std::path::Path;

use crate::extract::Provenance;
use crate::inventory::Record;

use super::{Confidence, Context, Evidence, Finding, Rule, Value};

/// Looks at the lower-case name of every file; `check` says in words what the name shows.
fn each_name(
    ctx: &Context,
    rule: &'static Rule,
    check: impl Fn(&str, &Record) -> Option<&'static str>,
) -> Vec<Finding> {
    let keep = &ctx.policy.trivial.keep;
    ctx.inventory
        .iter()
        .filter_map(|(document, record)| {
            let name = record.file.path.file_name()?.to_string_lossy();
            let words = check(&name.to_lowercase(), record)?;
            if keep.is_match(&record.file.path) {
                return None;
            }
            let meaning = Value::Text(words.to_owned());
            let evidence = Evidence::new("what it is", meaning, Provenance::FileName);
            Some(Finding::new(rule, document, Confidence::Likely, evidence))
        })
        .collect()
}

/// The names of the folders that a file lies in, in lower case.
fn folders(path: &Path) -> impl Iterator<Item = String> {
    let folders = path.parent().into_iter().flat_map(Path::components);
    folders.map(|folder| folder.as_os_str().to_string_lossy().to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, other_file};
    use super::{Rule, Value};
    use crate::rot::Policy;

    /// What the rule says of each of `paths`, in their order.
    pub(super) fn said(rule: &'static Rule, paths: &[&str]) -> Vec<(String, String)> {
        // Documents are numbered in the order of their paths.
        let mut paths = paths.to_vec();
        paths.sort_by(|a, b| std::path::Path::new(a).cmp(std::path::Path::new(b)));
        let records = paths.iter().map(|path| other_file(path)).collect();
        let findings = findings(rule, records, &Policy::default(), "2026-04-22");
        let said = findings.iter().map(|finding| {
            let name = paths[finding.document.0 as usize].rsplit('/').next().unwrap_or_default();
            let Value::Text(words) = &finding.evidence()[0].value else { unreachable!() };
            (name.to_owned(), words.clone())
        });
        said.collect()
    }

    /// The names of those of `paths` that the rule holds for.
    pub(super) fn caught(rule: &'static Rule, paths: &[&str]) -> Vec<String> {
        said(rule, paths).into_iter().map(|(name, _)| name).collect()
    }
}
