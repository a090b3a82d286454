//! All that is known of a subject was written by one person, and leaves with them, as far as
//! documents name an author.

use crate::inventory::Record;
use crate::rot::{Category, Confidence, Context, Evidence, Finding, Rule, Severity, Value};

use super::Subject;
use super::scatter::provenance;

/// The rule.
pub(in crate::rot) const RULE: Rule = Rule {
    id: "one-author",
    category: Category::Scattered,
    severity: Severity::Note,
    summary: "All documents on a subject that name an author name one person, who may leave.",
    check,
};

/// So large a share of the documents has to say by whom it is.
const LEAST_KNOWN: f64 = 0.8;
/// So many documents by one person are no accident.
const LEAST_DOCUMENTS: u64 = 5;

fn check(ctx: &Context) -> Vec<Finding> {
    let policy = &ctx.policy.subjects;
    let Some(subjects) = ctx.subjects() else { return Vec::new() };
    // Where one person writes everything, nothing more is said by saying it of each subject.
    let readable = ctx.inventory.iter().map(|it| it.1).filter(|it| it.is_readable());
    let mut authors = readable.filter_map(author);
    let first = authors.next();
    if authors.all(|it| Some(it) == first) {
        return Vec::new();
    }
    let found = subjects.narrowest().filter_map(|(_, subject)| {
        let (author, documents) = only_author(ctx, subject)?;
        (LEAST_DOCUMENTS <= documents).then_some((subject, author, documents))
    });
    let mut found: Vec<_> = found.collect();
    found.sort_by_key(|(subject, _, documents)| {
        (std::cmp::Reverse(*documents), subject.name.clone())
    });
    found.truncate(policy.findings as usize);
    let finding = |(subject, author, documents): (&Subject, String, u64)| {
        let document = subject.members.iter().find(|it| !it.is_copy)?.document;
        let measured = |what, value| Evidence::new(what, value, provenance(ctx));
        let told = format!(
            "{}: all {documents} documents that name an author are by one person",
            subject.name
        );
        let mut finding = Finding::new(
            &RULE,
            document,
            Confidence::Possible,
            measured("subject", Value::Text(told)),
        );
        finding.push(measured("documents", Value::Count(documents)));
        if ctx.policy.ownership.name_people {
            finding.push(measured("author", Value::Text(author)));
        }
        Some(finding)
    };
    found.into_iter().filter_map(finding).collect()
}

/// The one who wrote all documents of a subject that say by whom they are, and how many those are.
fn only_author(ctx: &Context<'_>, subject: &Subject) -> Option<(String, u64)> {
    let mut only: Option<String> = None;
    let mut known = 0;
    for member in subject.members.iter().filter(|it| !it.is_copy) {
        let Some(author) = author(&ctx.inventory[member.document]) else { continue };
        known += 1;
        if *only.get_or_insert_with(|| author.clone()) != author {
            return None;
        }
    }
    let is_known = LEAST_KNOWN * subject.spread.documents as f64 <= known as f64;
    only.filter(|_| is_known).map(|it| (it, known))
}

/// Who wrote a document, as it says itself.
fn author(record: &Record) -> Option<String> {
    let metadata = &record.metadata;
    let fact = metadata.creator.as_ref().or(metadata.owner.as_ref())?;
    let name = fact.value.trim().to_lowercase();
    (!name.is_empty()).then_some(name)
}
