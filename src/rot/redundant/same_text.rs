//! Equal normalized text in other bytes: the document and its export, or a change of layout.

use crate::extract::Provenance;
use crate::fingerprint::VERSION;
use crate::inventory::{DocId, Status};
use crate::rot::{Category, Confidence, Context, Evidence, Finding, Rule, Severity, Value};

pub(in crate::rot) const RULE: Rule = Rule {
    id: "same-text",
    category: Category::Redundant,
    severity: Severity::Warning,
    summary: "Another document holds the same words in other bytes.",
    check,
};

/// Groups of equal texts among `documents`, each of at least two, ascending.
pub(super) fn groups(ctx: &Context<'_>, documents: &[DocId]) -> Vec<Vec<DocId>> {
    let text = |id: &DocId| {
        let fingerprint = ctx.inventory[*id].fingerprint.as_ref()?;
        (fingerprint.version == VERSION).then_some((fingerprint.text, *id))
    };
    let mut texts = documents.iter().filter_map(text).collect::<Vec<_>>();
    texts.sort_unstable();
    let groups = texts.chunk_by(|a, b| a.0 == b.0).filter(|it| 1 < it.len());
    groups.map(|it| it.iter().map(|it| it.1).collect()).collect()
}

fn check(ctx: &Context<'_>) -> Vec<Finding> {
    super::members(ctx, RULE.id, |member| {
        let is_whole = |id: DocId| ctx.inventory[id].status == Status::Read;
        let confidence = if is_whole(member.document) && is_whole(member.canonical) {
            Confidence::Likely
        } else {
            Confidence::Possible
        };
        let words = u64::from(ctx.inventory[member.document].words());
        let from = |it: &str| Provenance::Computed(it.to_owned());
        let similarity =
            Evidence::new("similarity", Value::Share(1.0), from("normalized texts of both"));
        Finding::new(&RULE, member.document, confidence, similarity).and(Evidence::new(
            "same words",
            Value::Count(words),
            from("normalized text"),
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::Tree;
    use super::*;

    #[test]
    fn layout_and_container_make_no_difference() {
        let tree = Tree::default().file("plan.md", "# The plan\n").file("plan.pdf", "the PLAN");
        tree.with(|ctx| {
            let findings = check(ctx);
            assert_eq!(findings.len(), 1);
            assert_eq!((findings[0].document, findings[0].related[0]), (DocId(1), DocId(0)));
        });
    }
}
