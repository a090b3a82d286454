//! A living document sends its readers to one that says it is not valid any more.

use crate::inventory::{DocId, Record};

use super::super::{Category, Confidence, Context, Evidence, Finding, Rule, Severity, Value};
use super::{each, expired, withdrawn};

/// Most links that one finding names.
const MAX_NAMED: usize = 10;

pub(in crate::rot) const RULE: Rule = Rule {
    id: "link-to-withdrawn",
    category: Category::Obsolete,
    severity: Severity::Note,
    summary: "The document links to one that is withdrawn or expired.",
    check,
};

fn check(ctx: &Context) -> Vec<Finding> {
    each(ctx, |document, record| finding(ctx, document, record))
}

fn finding(ctx: &Context, document: DocId, record: &Record) -> Option<Finding> {
    if ctx.links().from(document).is_empty() || is_over(ctx, record) {
        return None;
    }
    let mut finding: Option<Finding> = None;
    for link in ctx.links().from(document) {
        let Some(to) = link.to.filter(|to| is_over(ctx, &ctx.inventory[*to])) else { continue };
        // A successor names what it replaces, and what is replaced is no way for readers to go.
        let is_named = finding.as_ref().is_some_and(|it| it.related.contains(&to));
        if is_named || names_as_predecessor(record, &link.link(ctx.inventory).target) {
            continue;
        }
        let provenance = link.provenance(ctx.inventory);
        let evidence = Evidence::new("links to", Value::Document(to), provenance);
        match &mut finding {
            None => {
                let new = Finding::new(&RULE, document, Confidence::Likely, evidence);
                finding.insert(new).related.push(to);
            }
            Some(it) if it.related.len() < MAX_NAMED => {
                it.push(evidence);
                it.related.push(to);
            }
            Some(_) => break,
        }
    }
    finding
}

fn is_over(ctx: &Context, record: &Record) -> bool {
    withdrawn::holds(record) || expired::holds(ctx, record)
}

fn names_as_predecessor(record: &Record, target: &str) -> bool {
    record.metadata.replaces.as_ref().is_some_and(|it| it.value.contains(target))
}

#[cfg(test)]
mod tests {
    use super::super::super::Policy;
    use super::super::super::testing::{declared, findings, linking, record};
    use super::*;

    fn found(page: Record) -> Vec<Finding> {
        let mut old = record("old.md");
        old.metadata.status = declared("status", "withdrawn");
        findings(&RULE, vec![page, old, record("z.md")], &Policy::default(), "2026-04-22")
    }

    #[test]
    fn a_living_page_that_links_to_a_withdrawn_one_is_found() {
        let found = found(linking("a.md", &["z.md", "old.md", "old.md#part"]));
        assert_eq!(found[0].related, [DocId(1)]);
        assert_eq!(found[0].evidence().len(), 1);
        assert_eq!(found[0].evidence()[0].provenance.to_string(), "line 2");
    }

    #[test]
    fn withdrawn_pages_and_successors_may_link_to_what_is_over() {
        let mut page = linking("a.md", &["old.md"]);
        page.metadata.replaces = declared("replaces", "[old](old.md)");
        assert_eq!(found(page.clone()), []);
        page.metadata.replaces = None;
        page.metadata.status = declared("status", "obsolete");
        assert_eq!(found(page), []);
    }
}
