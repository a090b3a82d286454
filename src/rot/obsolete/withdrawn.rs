//! The document itself says that it is not valid any more, and still stands among those that are.
//!
//! A status that claims to be in force outweighs a banner and a successor: a final proposal that
//! names the one after it is still final.

use crate::extract::{Fact, Provenance};
use crate::inventory::{DocId, Record};

use super::super::{Category, Confidence, Context, Evidence, Finding, Rule, Severity, Value};
use super::status::{Meaning, meaning};
use super::{each, successor};

/// Longest quotation, in characters.
const QUOTE_CHARS: usize = 200;

pub(in crate::rot) const RULE: Rule = Rule {
    id: "withdrawn",
    category: Category::Obsolete,
    severity: Severity::Error,
    summary: "The document says that it is withdrawn, superseded, archived or not pursued, \
              and is not in an archive.",
    check,
};

fn check(ctx: &Context) -> Vec<Finding> {
    each(ctx, |document, record| finding(ctx, document, record))
}

fn finding(ctx: &Context, document: DocId, record: &Record) -> Option<Finding> {
    let (confidence, severity, evidence) = claim(record)?;
    let mut finding = Finding::new(&RULE, document, confidence, evidence);
    finding.severity = severity;
    if let Some(banner) = record.metadata.banner.as_ref()
        && finding.evidence()[0].what != "banner"
    {
        finding = finding.and(quote("banner", banner));
    }
    for written in successors(record) {
        if finding.evidence().iter().all(|it| it.provenance != written.provenance) {
            finding = finding.and(quote("replaced by", written));
        }
        finding.related.extend(successor::find(ctx.inventory, record, &written.value));
    }
    let provenance = || Provenance::Computed("the successor that the document names".to_owned());
    for related in finding.related.clone() {
        finding = finding.and(Evidence::new("successor", Value::Document(related), provenance()));
    }
    // How many readers are still sent here.
    let linked = ctx.links().incoming(document);
    if 0 < linked {
        let from = Provenance::Computed("links of other documents".to_owned());
        finding.push(Evidence::new("linked from", Value::Count(u64::from(linked)), from));
    }
    Some(finding)
}

/// Whether the document says that it is not valid any more.
pub(super) fn holds(record: &Record) -> bool {
    claim(record).is_some()
}

fn claim(record: &Record) -> Option<(Confidence, Severity, Evidence)> {
    let metadata = &record.metadata;
    let status = metadata.status.as_ref();
    let meaning = status.and_then(|status| meaning(&status.value));
    if let (Some(status), Some(meaning)) = (status, meaning) {
        match meaning {
            Meaning::Dead => {
                return Some((Confidence::Likely, Severity::Error, quote("status", status)));
            }
            // Misleads nobody into following it, but waits for somebody to decide.
            Meaning::Dormant => {
                return Some((Confidence::Likely, Severity::Warning, quote("status", status)));
            }
            Meaning::InForce => return None,
            Meaning::Draft => {}
        }
    }
    if let Some(replaced) = replaced_by(record) {
        return Some((Confidence::Likely, Severity::Error, quote("replaced by", replaced)));
    }
    // Measured on 53 sampled sentences: 46 at the top of a document speak of the document itself.
    let banner = metadata.banner.as_ref()?;
    Some((Confidence::Possible, Severity::Warning, quote("banner", banner)))
}

fn replaced_by(record: &Record) -> Option<&Fact<String>> {
    record.metadata.replaced_by.as_ref().filter(|fact| successor::is_named(&fact.value))
}

/// Where a successor may be named: its own field, or the words of the status.
fn successors(record: &Record) -> Vec<&Fact<String>> {
    let in_status = record.metadata.status.as_ref().filter(|it| it.value.contains(" by "));
    replaced_by(record).into_iter().chain(in_status).collect()
}

fn quote(what: &'static str, fact: &Fact<String>) -> Evidence {
    let text = fact.value.trim();
    let text = match text.char_indices().nth(QUOTE_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    };
    Evidence::new(what, Value::Text(text), fact.provenance.clone())
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{declared, findings, record};
    use super::super::super::{Globs, Policy};
    use super::*;

    fn withdrawn(path: &str, status: &str) -> Record {
        let mut record = record(path);
        record.metadata.status = declared("status", status);
        record
    }

    fn found(records: Vec<Record>, policy: &Policy) -> Vec<Finding> {
        findings(&RULE, records, policy, "2026-04-22")
    }

    #[test]
    fn a_dead_status_is_quoted_with_its_line() {
        let findings = found(vec![withdrawn("a.md", "Withdrawn")], &Policy::default());
        let evidence = &findings[0].evidence()[0];
        assert_eq!(evidence.value, Value::Text("Withdrawn".to_owned()));
        assert_eq!(evidence.provenance.to_string(), "front matter status, line 3");
        assert_eq!(findings[0].severity, Severity::Error);
    }

    #[test]
    fn a_dormant_status_asks_for_a_decision_only() {
        let findings = found(vec![withdrawn("a.md", "Stagnant")], &Policy::default());
        assert_eq!(findings[0].severity, Severity::Warning);
    }

    #[test]
    fn a_successor_in_the_inventory_is_related() {
        let mut old = withdrawn("pep-0409.rst", "Superseded");
        old.metadata.replaced_by = declared("Superseded-By", "415");
        let findings = found(vec![old, record("pep-0415.rst")], &Policy::default());
        assert_eq!(findings[0].related, [DocId(1)]);
        let what: Vec<_> = findings[0].evidence().iter().map(|it| it.what).collect();
        assert_eq!(what, ["status", "replaced by", "successor"]);
    }

    #[test]
    fn a_status_in_force_outweighs_successor_and_banner() {
        let mut last = withdrawn("a.md", "Final");
        last.metadata.replaced_by = declared("Superseded-By", "415");
        last.metadata.banner = declared("banner", "This page has been superseded by 415");
        assert_eq!(found(vec![last], &Policy::default()), []);
    }

    #[test]
    fn a_banner_alone_is_possible_and_a_placeholder_is_nothing() {
        let mut page = record("a.md");
        page.metadata.replaced_by = declared("replaced_by", "~");
        assert_eq!(found(vec![page.clone()], &Policy::default()), []);
        page.metadata.banner = declared("banner", &"This page is no longer maintained. ".repeat(9));
        let findings = found(vec![page], &Policy::default());
        assert_eq!(findings[0].confidence, Confidence::Possible);
        let Value::Text(quoted) = &findings[0].evidence()[0].value else { panic!() };
        assert_eq!(quoted.chars().count(), QUOTE_CHARS + 1);
    }

    #[test]
    fn what_lies_in_an_archive_is_left_alone() {
        let policy = Policy { archives: Globs::new(["closed/**"]).unwrap(), ..Policy::default() };
        let records =
            vec![withdrawn("archive/a.md", "Retired"), withdrawn("closed/a.md", "Retired")];
        assert_eq!(found(records, &policy), []);
    }
}
