//! A newer version stands in the same folder.

use crate::extract::Provenance;
use crate::rot::redundant::{members, similarity_of};
use crate::rot::{Category, Confidence, Context, Evidence, Finding, Rule, Severity, Value};

use super::versions::Name;

pub(in crate::rot) const RULE: Rule = Rule {
    id: "superseded",
    category: Category::Obsolete,
    severity: Severity::Warning,
    summary: "A newer version of the document stands in the same folder.",
    check,
};

fn check(ctx: &Context<'_>) -> Vec<Finding> {
    members(ctx, RULE.id, |member| {
        let similarity = similarity_of(ctx, &member);
        let mut finding = Finding::new(&RULE, member.document, Confidence::Likely, similarity);
        for (what, id) in [("version", member.document), ("newest version", member.canonical)] {
            let name = Name::of(&ctx.inventory[id].file.path);
            if !name.markers.is_empty() {
                let markers = Value::Text(name.markers.join(", "));
                finding.push(Evidence::new(what, markers, Provenance::FileName));
            }
        }
        let dated = [("date", member.document), ("newest version's date", member.canonical)];
        for (what, id) in dated {
            if let Some(date) = ctx.dates.trusted(id) {
                let from = Provenance::Computed("trusted date".to_owned());
                finding.push(Evidence::new(what, Value::Date(date), from));
            }
        }
        finding
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::redundant::testing::{Tree, prose};
    use super::*;

    #[test]
    fn names_are_the_evidence() {
        let text = prose(1, 100);
        let tree = Tree::default()
            .file("plan v1.md", &format!("{text} one"))
            .file("plan v2.md", &format!("{text} two"));
        tree.with(|ctx| {
            let findings = check(ctx);
            assert_eq!(findings.len(), 1);
            let evidence = findings[0].evidence();
            assert_eq!(evidence[1].value, Value::Text("v1".to_owned()));
            assert_eq!(evidence[2].value, Value::Text("v2".to_owned()));
        });
    }
}
