//! Files of kinds that the policy does not want among the documents: music, programs, logs.
//!
//! Off until the policy names patterns; `docrot init --profile suites` writes those that commercial
//! suites begin with.

use crate::extract::Provenance;

use super::super::{Category, Confidence, Context, Evidence, Finding, Rule, Severity, Value};

pub(in crate::rot) const RULE: Rule = Rule {
    id: "non-business",
    category: Category::Trivial,
    severity: Severity::Note,
    summary: "A file of a kind that the policy does not want among the documents.",
    check,
};

fn check(ctx: &Context) -> Vec<Finding> {
    let trivial = &ctx.policy.trivial;
    if trivial.non_business.patterns().is_empty() {
        return Vec::new();
    }
    ctx.inventory
        .iter()
        .filter(|(_, record)| !trivial.keep.is_match(&record.file.path))
        .filter_map(|(document, record)| {
            let path = record.file.path.to_string_lossy().to_lowercase();
            let first = *trivial.non_business.matches(path.as_ref()).first()?;
            let pattern = Value::Text(trivial.non_business.patterns()[first].clone());
            let policy = Provenance::property("policy trivial.non_business");
            let kind = Evidence::new("kind of file", pattern, policy);
            let size = Value::Bytes(record.file.size);
            Some(Finding::new(&RULE, document, Confidence::Certain, kind).and(Evidence::new(
                "size",
                size,
                Provenance::FileSystem,
            )))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{findings, other_file};
    use super::super::super::{Globs, Policy};
    use super::*;

    #[test]
    fn only_kinds_that_the_policy_names_are_found_in_any_case() {
        let files =
            || vec![other_file("a/SONG.MP3"), other_file("a/plan.docx"), other_file("k.mp3")];
        assert_eq!(findings(&RULE, files(), &Policy::default(), "2026-04-22"), []);
        let mut policy = Policy::default();
        policy.trivial.non_business = Globs::new(["**/*.{mp3,wav}"]).unwrap();
        policy.trivial.keep = Globs::new(["k.mp3"]).unwrap();
        let found = findings(&RULE, files(), &policy, "2026-04-22");
        assert_eq!(found.len(), 1);
        let pattern = Value::Text("**/*.{mp3,wav}".to_owned());
        assert_eq!(found[0].evidence()[0].value, pattern);
    }
}
