//! A document does not say of itself what the policy asks for.
//!
//! Who answers for it is `unowned`'s.

use crate::inventory::{DocId, Record};

use super::super::{
    Category, Confidence, Context, Evidence, Finding, Required, Rule, Severity, Value,
};
use super::each;

pub(in crate::rot) const RULE: Rule = Rule {
    id: "missing-field",
    category: Category::Obsolete,
    severity: Severity::Note,
    summary: "The document does not state what the policy requires, such as a version or a date.",
    check,
};

fn check(ctx: &Context) -> Vec<Finding> {
    if ctx.policy.rules.iter().all(|rule| rule.require.is_none()) {
        return Vec::new();
    }
    each(ctx, |document, record| finding(ctx, document, record))
}

fn finding(ctx: &Context, document: DocId, record: &Record) -> Option<Finding> {
    let require = ctx.policy.rule_for(&record.file.path).require?;
    let is_missing = |it: &&Required| **it != Required::Owner && !is_stated(ctx, record, it);
    let missing: Vec<String> =
        require.value.iter().filter(is_missing).map(ToString::to_string).collect();
    if missing.is_empty() {
        return None;
    }
    let missing = Evidence::new("missing", Value::Text(missing.join(", ")), require.provenance());
    Some(Finding::new(&RULE, document, Confidence::Likely, missing))
}

/// Whether a document states what is required.
fn is_stated(ctx: &Context<'_>, record: &Record, required: &Required) -> bool {
    let metadata = &record.metadata;
    match required {
        Required::Owner => metadata.owner.is_some(),
        Required::Title => metadata.title.is_some(),
        Required::Version => metadata.version.is_some(),
        Required::Status => metadata.status.is_some(),
        Required::Language => metadata.language.is_some(),
        Required::ReviewInterval => metadata.review_interval.is_some(),
        Required::Date(role) => !ctx.dates.claims_of(record, *role).is_empty(),
        Required::Property(name) => {
            metadata.properties.iter().any(|(it, _)| it.trim().eq_ignore_ascii_case(name))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{declared, findings, record, ruled};
    use super::super::super::{PathRule, PathRules, Policy};
    use super::*;

    #[test]
    fn what_is_missing_is_named_with_the_line_of_the_policy() {
        let require = ["owner", "version", "due", "property:Class"].map(Required::parse);
        let require = Some(require.into_iter().flatten().collect());
        let policy = ruled(PathRule { require, ..PathRule::default() });
        let mut page = record("a.docx");
        page.metadata.version = declared("version", "2");
        page.metadata.properties = vec![("class".to_owned(), "A".to_owned())];
        let found = findings(&RULE, vec![page], &policy, "2026-04-22");
        let evidence = &found[0].evidence()[0];
        assert_eq!(evidence.value, Value::Text("due".to_owned()));
        assert_eq!(evidence.provenance.to_string(), "policy rule for **, line 7");
        assert_eq!(findings(&RULE, vec![record("a.md")], &Policy::default(), "2026-04-22"), []);
        let none = Policy { rules: PathRules::default(), ..policy };
        assert_eq!(findings(&RULE, vec![record("a.md")], &none, "2026-04-22"), []);
    }
}
