//! Temporary, lock and backup files that programs forgot to remove.

use super::super::{Category, Context, Finding, Rule, Severity};
use super::each_name;

pub(in crate::rot) const RULE: Rule = Rule {
    id: "temporary",
    category: Category::Trivial,
    severity: Severity::Warning,
    summary: "A temporary, lock or backup file that a program left behind.",
    check,
};

/// Endings of names, with what they are.
const ENDINGS: [(&str, &str); 13] = [
    (".tmp", "temporary file"),
    (".temp", "temporary file"),
    (".bak", "backup copy of a program"),
    (".swp", "swap file of an editor"),
    (".swo", "swap file of an editor"),
    (".wbk", "backup copy of Microsoft Word"),
    (".asd", "recovery file of Microsoft Word"),
    (".xlk", "backup copy of Microsoft Excel"),
    (".crdownload", "unfinished download"),
    (".part", "unfinished download"),
    (".partial", "unfinished download"),
    (".filepart", "unfinished transfer"),
    ("~", "backup copy of an editor"),
];

fn check(ctx: &Context) -> Vec<Finding> {
    let own = &ctx.policy.trivial.temporary;
    each_name(ctx, &RULE, |name, record| {
        meaning(name).or_else(|| {
            own.is_match(&record.file.path).then_some("temporary file, says the policy")
        })
    })
}

/// What a file of this lower-case name is.
fn meaning(name: &str) -> Option<&'static str> {
    if name.starts_with("~$") {
        return Some("lock file of Microsoft Office");
    }
    if name.starts_with(".~lock.") && name.ends_with('#') {
        return Some("lock file of LibreOffice");
    }
    if name.starts_with(".#") || (2 < name.len() && name.starts_with('#') && name.ends_with('#')) {
        return Some("autosave or lock file of an editor");
    }
    let (_, words) =
        ENDINGS.iter().find(|(ending, _)| ending.len() < name.len() && name.ends_with(ending))?;
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{findings, other_file};
    use super::super::super::{Globs, Policy};
    use super::super::tests::caught;
    use super::*;

    #[test]
    fn leftovers_of_programs_are_known_by_their_names() {
        let leftovers = [
            ".#notes.txt",
            ".~lock.budget.ods#",
            "#notes.txt#",
            ".notes.txt.swp",
            "A.TMP",
            "a.txt~",
            "plan.docx.bak",
            "~$report.docx",
        ];
        let mut expected: Vec<_> = leftovers.map(str::to_owned).to_vec();
        expected.sort();
        let mut found = caught(&RULE, &leftovers);
        found.sort();
        assert_eq!(found, expected);
    }

    #[test]
    fn documents_that_only_look_alike_are_left_alone() {
        assert!(
            caught(&RULE, &["ark_backup.md", "template.md", ".bak", "#", "~", "a~b.md"]).is_empty()
        );
    }

    #[test]
    fn the_policy_adds_patterns_and_keeps_files() {
        let mut policy = Policy::default();
        policy.trivial.temporary = Globs::new(["**/*.log"]).unwrap();
        policy.trivial.keep = Globs::new(["keep/**"]).unwrap();
        let records = ["a.log", "keep/b.bak"].map(other_file).to_vec();
        assert_eq!(findings(&RULE, records, &policy, "2026-04-22").len(), 1);
    }
}
