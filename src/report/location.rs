//! Where a finding stands, for programs that show it beside the file: a path from the folder that
//! they look from, and a line.

use std::path::{Component, Path, PathBuf};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use crate::extract::{Locator, Provenance};
use crate::inventory::DocId;
use crate::rot::Finding;

use super::{Report, escape};

/// A document's path from `options.base` where that is its root or above it, else from its root;
/// with `/`.
pub(super) fn path(report: &Report, document: DocId) -> String {
    escape::readable(&from_base(report, document)).into_owned()
}

/// A document's [`path`] as a relative URI reference.
pub(super) fn document_uri(report: &Report, document: DocId) -> String {
    uri(&from_base(report, document))
}

/// Whether [`path`] starts from `options.base`.
pub(super) fn is_below_base(report: &Report, document: DocId) -> bool {
    below_base(report, document).is_some()
}

fn from_base(report: &Report, document: DocId) -> PathBuf {
    let path = &report.inventory[document].file.path;
    below_base(report, document).map_or_else(|| path.clone(), |root| root.join(path))
}

/// The document's root, from the base.
fn below_base<'a>(report: &Report<'a>, document: DocId) -> Option<&'a Path> {
    let base = report.options.base;
    let root = report.inventory.root_of(&report.inventory[document]);
    root.strip_prefix(base).ok().filter(|_| !base.as_os_str().is_empty())
}

/// The first line that the evidence names.
pub(super) fn line(finding: &Finding) -> Option<u32> {
    finding.evidence().iter().find_map(|evidence| match evidence.provenance {
        Provenance::Property { line: Some(line), .. } | Provenance::Text(Locator::Line(line)) => {
            Some(line).filter(|line| *line != 0)
        }
        _ => None,
    })
}

/// What stands for itself in the name of a file.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A path as a relative URI reference (RFC 3986). Bytes that are not UTF-8 are kept.
pub(super) fn uri(path: &Path) -> String {
    let names = path.components().filter(|it| matches!(it, Component::Normal(_)));
    let mut uri = String::new();
    for name in names {
        if !uri.is_empty() {
            uri.push('/');
        }
        uri.extend(percent_encode(name.as_os_str().as_encoded_bytes(), PLAIN));
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn paths_start_from_the_folder_that_is_looked_from() {
        let share = sample::share();
        let mut report = share.report();
        let document = share.id("HR/Travel v3.docx");
        assert_eq!(path(&report, document), "HR/Travel v3.docx");
        report.options.base = Path::new("/srv");
        assert_eq!(path(&report, document), "policies/HR/Travel v3.docx");
        assert_eq!(document_uri(&report, document), "policies/HR/Travel%20v3.docx");
        report.options.base = Path::new("/home");
        assert_eq!(path(&report, document), "HR/Travel v3.docx");
    }

    #[test]
    fn what_has_a_meaning_in_an_address_is_encoded() {
        assert_eq!(uri(Path::new("a b/50 %#?.md")), "a%20b/50%20%25%23%3F.md");
        assert_eq!(uri(Path::new("Größe:1.md")), "Gr%C3%B6%C3%9Fe%3A1.md");
        assert_eq!(uri(Path::new("/srv/x")), "srv/x");
    }

    #[test]
    fn the_line_is_the_one_that_the_evidence_names() {
        let share = sample::share();
        let lines: Vec<_> = share.assessment.findings.iter().map(line).collect();
        assert_eq!(lines, [None, None, None, Some(3), None, None]);
    }
}
