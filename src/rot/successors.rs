//! Which newer document may have taken the place of one that is over or long unverified.
//!
//! A suggestion for whoever decides, never a finding and never counted. Of 14 superseded proposals
//! whose successor was hidden, it named the right one for 7, none for 7 and a wrong one for none; it
//! also named something for 52 that were rejected or withdrawn, where nobody knows.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::inventory::{DocId, Inventory, Record};

use super::obsolete::is_over;
use super::{Assessment, Dates, Policy};

/// So many of the most similar documents are looked at.
pub const SIMILAR: usize = 3;
/// Most documents that successors are looked for: each costs a search of the index.
const MAX_ASKED: usize = 200;
/// Rules whose documents may have a successor that nobody named.
const RULES: [&str; 5] = ["withdrawn", "expired", "review-overdue", "draft-left", "unverified"];
/// Shorter words of titles say nothing of their subject.
const MIN_WORD_CHARS: usize = 4;

/// A newer document on the same subject.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    /// The document that is over or long unverified.
    pub document: DocId,
    /// The newer one.
    pub successor: DocId,
    /// The words that both titles have.
    pub subject: Vec<String>,
    /// The older document's date that is believed.
    pub date: NaiveDate,
    /// The newer document's.
    pub newer: NaiveDate,
}

/// Suggests successors for the documents of an assessment that name none themselves.
///
/// `similar` gives the documents whose texts are most like one's, the most similar first; it is
/// asked for the 200 most severe findings at most.
pub fn suggest_successors(
    inventory: &Inventory,
    assessment: &Assessment,
    policy: &Policy,
    as_of: NaiveDate,
    mut similar: impl FnMut(DocId) -> Vec<DocId>,
) -> Vec<Suggestion> {
    let mut of_rules =
        assessment.findings.iter().filter(|it| RULES.contains(&it.rule.id)).peekable();
    if of_rules.peek().is_none() {
        return Vec::new();
    }
    let dates = Dates::of(inventory, policy, as_of);
    let mut asked = BTreeSet::new();
    let mut suggestions = Vec::new();
    for finding in of_rules.filter(|it| it.related.is_empty()) {
        let document = finding.document;
        let Some(date) = dates.trusted(document) else { continue };
        if !asked.insert(document) {
            continue;
        }
        if MAX_ASKED < asked.len() {
            break;
        }
        let own = subject(&inventory[document]);
        let candidates = similar(document).into_iter().filter(|it| *it != document).take(SIMILAR);
        let found = candidates.filter_map(|successor| {
            let record = &inventory[successor];
            let newer = dates.trusted(successor).filter(|newer| date < *newer)?;
            let shared: Vec<String> = subject(record).intersection(&own).cloned().collect();
            let is_successor = !shared.is_empty()
                && !is_over(record, policy, &dates)
                && !policy.is_archived(&record.file.path)
                && !has_same_text(&inventory[document], record);
            let subject = shared;
            is_successor.then_some(Suggestion { document, successor, subject, date, newer })
        });
        suggestions.extend(found.take(1));
    }
    suggestions.sort_by_key(|it| it.document);
    suggestions
}

/// The telling words of a document's title, or of its name where it has none.
fn subject(record: &Record) -> BTreeSet<String> {
    let stem = record.file.path.file_stem().map(|it| it.to_string_lossy().into_owned());
    let title = record.metadata.title.as_ref().map(|it| it.value.clone()).or(stem);
    let title = title.unwrap_or_default().to_lowercase();
    let words = title.split(|c: char| !c.is_alphanumeric());
    let is_telling = |it: &&str| {
        MIN_WORD_CHARS <= it.chars().count()
            && !it.chars().all(|c| c.is_ascii_digit())
            && !["with", "from", "that", "this", "into", "document", "version"].contains(it)
    };
    words.filter(is_telling).map(str::to_owned).collect()
}

/// Copies are no successors.
fn has_same_text(one: &Record, other: &Record) -> bool {
    let text = |record: &Record| record.fingerprint.as_ref().map(|it| it.text);
    text(one).is_some() && text(one) == text(other)
}

#[cfg(test)]
mod tests {
    use super::super::assess;
    use super::super::dates::tests::{claim, day};
    use super::super::testing::{declared, front_matter, inventory, record};
    use super::*;
    use crate::extract::DateRole;

    fn page(path: &str, title: &str, date: &str, text: u8) -> Record {
        let mut page = record(path);
        page.metadata.title = declared("title", title);
        page.metadata.dates = vec![claim(DateRole::Updated, date, front_matter("updated"))];
        if let Some(print) = &mut page.fingerprint {
            print.text = [text; 16];
        }
        page
    }

    fn suggested(newer: Record) -> Vec<Suggestion> {
        let mut old = page("a.md", "Booking travel", "2019-01-01", 1);
        old.metadata.status = declared("status", "withdrawn");
        let inventory = inventory(vec![old, newer]);
        let (policy, as_of) = (Policy::default(), day("2026-04-22"));
        let assessment = assess(&inventory, &|_: &Record| None, &policy, as_of);
        suggest_successors(&inventory, &assessment, &policy, as_of, |_| vec![DocId(1)])
    }

    #[test]
    fn a_newer_document_on_the_same_subject_is_suggested_with_what_they_share() {
        let found = suggested(page("b.md", "Travel: how to book", "2025-01-01", 2));
        assert_eq!(found[0].successor, DocId(1));
        assert_eq!(found[0].subject, ["travel"]);
    }

    #[test]
    fn older_other_and_withdrawn_documents_and_copies_are_not() {
        let mut withdrawn = page("b.md", "Travel", "2025-01-01", 2);
        withdrawn.metadata.status = declared("status", "obsolete");
        for other in [
            page("b.md", "Travel", "2018-01-01", 2),
            page("b.md", "Pensions", "2025-01-01", 2),
            page("b.md", "Travel", "2025-01-01", 1),
            page("archive/b.md", "Travel", "2025-01-01", 2),
            withdrawn,
        ] {
            assert_eq!(suggested(other.clone()), [], "{:?}", other.file.path);
        }
    }
}
