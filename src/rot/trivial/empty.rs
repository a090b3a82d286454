//! Files with nothing in them.
//!
//! A file that could not be read is not empty; a picture, a sheet or a page of pictures need not
//! have words.

use crate::extract::Provenance;
use crate::inventory::{DocId, Record, Status};

use super::super::{Category, Confidence, Context, Evidence, Finding, Rule, Severity, Value};

/// Formats in which a document without words has nothing else to show.
const TEXT_FORMATS: [&str; 9] =
    ["plain", "text", "markdown", "rst", "restructuredtext", "asciidoc", "rtf", "eml", "org"];

/// Formats in which a small document without words is a blank page; a larger one holds pictures.
const OFFICE_FORMATS: [&str; 4] = ["docx", "odt", "doc", "fodt"];

/// A blank page of Word or LibreOffice takes 4 kB to 15 kB; any scanned page is larger.
const BLANK_PAGE_BYTES: u64 = 16 << 10;

pub(in crate::rot) const RULE: Rule = Rule {
    id: "empty",
    category: Category::Trivial,
    severity: Severity::Warning,
    summary: "There is nothing in the file.",
    check,
};

fn check(ctx: &Context) -> Vec<Finding> {
    let is_kept = |record: &Record| ctx.policy.trivial.keep.is_match(&record.file.path);
    ctx.inventory
        .iter()
        .filter_map(|(document, record)| finding(document, record).filter(|_| !is_kept(record)))
        .collect()
}

/// Whether there is nothing in a file.
pub(in crate::rot) fn holds(document: DocId, record: &Record) -> bool {
    record.file.size == 0 && !is_unstored(record)
        || record.words() == 0 && finding(document, record).is_some()
}

/// Whether it is an entry of an index that has neither its text nor its size.
fn is_unstored(record: &Record) -> bool {
    matches!(&record.status, Status::NotRead(failure) if failure.reason == "not-stored")
}

fn finding(document: DocId, record: &Record) -> Option<Finding> {
    // An empty file that is no document is often a marker, such as `.gitkeep` or `__init__.py`.
    if record.status == Status::NotADocument {
        return None;
    }
    let size = Evidence::new("size", Value::Bytes(record.file.size), Provenance::FileSystem);
    if record.file.size == 0 && !is_unstored(record) {
        return Some(Finding::new(&RULE, document, Confidence::Certain, size));
    }
    if record.status != Status::Read || 0 < record.words() {
        return None;
    }
    // A page of metadata alone is a stub of a website: its title is what it says.
    let metadata = &record.metadata;
    if metadata.title.is_some() || metadata.replaced_by.is_some() || metadata.status.is_some() {
        return None;
    }
    let format = record.format.as_ref()?.name.as_str();
    let confidence = if TEXT_FORMATS.contains(&format) {
        Confidence::Likely
    } else if OFFICE_FORMATS.contains(&format) && record.file.size <= BLANK_PAGE_BYTES {
        Confidence::Possible
    } else {
        return None;
    };
    let read = Provenance::Computed(format!("read as {format}"));
    let words = Evidence::new("words", Value::Count(0), read);
    Some(Finding::new(&RULE, document, confidence, words).and(size))
}

#[cfg(test)]
mod tests {
    use super::super::super::Policy;
    use super::super::super::testing::{declared, findings, other_file, record};
    use super::*;
    use crate::inventory::Failure;

    fn blank(path: &str, size: u64) -> Record {
        let mut record = Record { fingerprint: None, ..record(path) };
        record.file.size = size;
        record
    }

    fn confidence(record: Record) -> Option<Confidence> {
        let findings = findings(&RULE, vec![record], &Policy::default(), "2026-04-22");
        findings.first().map(|finding| finding.confidence)
    }

    #[test]
    fn no_bytes_is_certain_no_words_is_likely() {
        assert_eq!(confidence(blank("a.docx", 0)), Some(Confidence::Certain));
        assert_eq!(confidence(blank("a.md", 3)), Some(Confidence::Likely));
        assert_eq!(confidence(blank("a.docx", 12_000)), Some(Confidence::Possible));
        assert_eq!(confidence(record("a.md")), None);
    }

    #[test]
    fn pictures_sheets_markers_and_unread_files_are_not_empty() {
        let unread = Failure { reason: "encrypted".to_owned(), detail: String::new() };
        for record in [
            blank("scan.docx", 900_000),
            blank("chart.xlsx", 12_000),
            Record { file: blank(".gitkeep", 0).file, ..other_file(".gitkeep") },
            Record { status: Status::NotRead(unread), ..blank("a.docx", 9_000) },
        ] {
            assert_eq!(confidence(record), None);
        }
    }

    #[test]
    fn a_stub_with_a_title_is_not_empty() {
        let mut stub = blank("_index.md", 40);
        stub.metadata.title = declared("title", "Guides");
        assert_eq!(confidence(stub), None);
    }
}
