//! A document links to a file that is not there.
//!
//! Only links of which that is sure: a link that a site generator may serve, or that leads to what
//! docrot was told not to look at, is left alone.

use crate::extract::Provenance;
use crate::inventory::{DocId, Record};

use super::super::links::Followed;
use super::super::{Category, Confidence, Context, Evidence, Finding, Rule, Severity, Value};
use super::{each, withdrawn};

/// Most dead links that one finding names.
const MAX_NAMED: usize = 10;

pub(in crate::rot) const RULE: Rule = Rule {
    id: "dead-link",
    category: Category::Obsolete,
    severity: Severity::Note,
    summary: "The document links to a file that is not in the tree.",
    check,
};

fn check(ctx: &Context) -> Vec<Finding> {
    each(ctx, |document, record| finding(ctx, document, record))
}

fn finding(ctx: &Context, document: DocId, record: &Record) -> Option<Finding> {
    let dead: Vec<&Followed> =
        ctx.links().from(document).iter().filter(|link| link.to.is_none()).collect();
    let first = dead.first().filter(|_| !withdrawn::holds(record))?;
    let mut finding = Finding::new(&RULE, document, Confidence::Likely, dead_link(ctx, first));
    for (at, link) in dead.iter().take(MAX_NAMED).enumerate() {
        if 0 < at {
            finding.push(dead_link(ctx, link));
        }
        if let Some(moved) = ctx.links().elsewhere(link) {
            let from = Provenance::Computed("the only file of that name".to_owned());
            finding.push(Evidence::new("perhaps moved to", Value::Document(moved), from));
        }
    }
    if 1 < dead.len() {
        let counted = Provenance::Computed("links to files that are not there".to_owned());
        finding.push(Evidence::new("dead links", Value::Count(dead.len() as u64), counted));
    }
    Some(finding)
}

fn dead_link(ctx: &Context, link: &Followed) -> Evidence {
    let target = Value::Text(link.link(ctx.inventory).target.chars().take(200).collect());
    Evidence::new("dead link", target, link.provenance(ctx.inventory))
}

#[cfg(test)]
mod tests {
    use super::super::super::Policy;
    use super::super::super::testing::{declared, findings, linking, record};
    use super::*;

    fn found(records: Vec<Record>) -> Vec<Finding> {
        findings(&RULE, records, &Policy::default(), "2026-04-22")
    }

    #[test]
    fn dead_links_are_quoted_with_their_line_and_counted() {
        let page = linking("a.md", &["b.md", "gone.md", "x/moved.md"]);
        let found = found(vec![page, record("b.md"), record("y/moved.md")]);
        let said: Vec<_> = found[0].evidence().iter().map(|it| (it.what, &it.value)).collect();
        assert_eq!(
            said,
            [
                ("dead link", &Value::Text("gone.md".to_owned())),
                ("dead link", &Value::Text("x/moved.md".to_owned())),
                ("perhaps moved to", &Value::Document(DocId(2))),
                ("dead links", &Value::Count(2)),
            ]
        );
        assert_eq!(found[0].evidence()[0].provenance.to_string(), "line 2");
    }

    #[test]
    fn a_withdrawn_page_and_an_archive_need_no_living_links() {
        let mut page = linking("a.md", &["gone.md"]);
        page.metadata.status = declared("status", "withdrawn");
        assert_eq!(found(vec![page, linking("archive/b.md", &["gone.md"])]), []);
    }
}
