//! Takes out the copies that the policy wants to be copies.

use crate::inventory::{DocId, Inventory};

use super::{Category, Finding, Group, Mirror, Policy};

/// Drops the findings on mirrored copies.
pub(super) fn drop_findings(inventory: &Inventory, policy: &Policy, findings: &mut Vec<Finding>) {
    findings.retain(|finding| {
        let other = finding.related.first();
        finding.rule.category != Category::Redundant
            || other.is_none_or(|&other| !is_mirrored(inventory, policy, finding.document, other))
    });
}

/// Takes mirrored copies out of their groups, and findings out of groups that are none any more: a
/// group without copies is none.
pub(super) fn take_out(
    inventory: &Inventory,
    policy: &Policy,
    groups: &mut Vec<Group>,
    findings: &mut [Finding],
) {
    let mut positions = Vec::with_capacity(groups.len());
    let mut kept = Vec::with_capacity(groups.len());
    for mut group in groups.drain(..) {
        let canonical = group.canonical;
        group.members.retain(|(member, _)| !is_mirrored(inventory, policy, *member, canonical));
        let has_copies = !group.members.is_empty();
        positions.push(has_copies.then_some(kept.len()));
        kept.extend(has_copies.then_some(group));
    }
    *groups = kept;
    for finding in findings {
        finding.group = finding.group.and_then(|at| positions.get(at).copied().flatten());
    }
}

fn is_mirrored(inventory: &Inventory, policy: &Policy, one: DocId, other: DocId) -> bool {
    let path = |document: DocId| &inventory[document].file.path;
    policy.mirrors.iter().any(|it: &Mirror| it.joins(path(one), path(other)))
}

#[cfg(test)]
mod tests {
    use super::super::redundant::testing::{Tree, prose};
    use super::super::{Globs, SubjectPolicy, Taxonomy, Texts, assess};
    use super::*;
    use crate::inventory::{Record, Word, WordUse};

    #[test]
    fn mirrored_copies_are_neither_found_nor_grouped_and_others_keep_their_group() {
        let text = prose(1, 100);
        let tree = Tree::default()
            .file("Export/a.md", &text)
            .file("Policies/a.md", &text)
            .file("x/b.md", &prose(2, 100))
            .file("y/b.md", &prose(2, 100));
        tree.with(|ctx| {
            let globs = |it| Globs::new([it]).unwrap();
            let (a, b) = (globs("Policies/**"), globs("Export/**"));
            let policy = Policy { mirrors: vec![Mirror { a, b, line: None }], ..Policy::default() };
            let found = assess(ctx.inventory, ctx.texts, &policy, ctx.as_of);
            assert_eq!((found.findings.len(), found.groups.len()), (1, 1));
            assert_eq!(found.findings[0].group, Some(0));
            let document = found.findings[0].document;
            assert!(found.groups[0].members.iter().any(|(it, _)| *it == document));
        });
    }

    /// Texts with one word in the title of each.
    struct Titled<'a>(&'a dyn Texts);

    impl Texts for Titled<'_> {
        fn text(&self, record: &Record) -> Option<String> {
            self.0.text(record)
        }

        fn each_word(
            &self,
            inventory: &Inventory,
            _wanted: &dyn Fn(DocId) -> bool,
            _least: usize,
            visit: &mut dyn FnMut(&Word<'_>),
        ) -> bool {
            let titled = |document| WordUse { document, in_text: 0, in_title: 1 };
            let uses: Vec<WordUse> = inventory.iter().map(|it| titled(it.0)).collect();
            visit(&Word { text: "rates", stem: "rates", is_common: false, uses: &uses });
            true
        }
    }

    #[test]
    fn subjects_do_not_count_disagreements_of_mirrored_copies() {
        let text = |rate| format!("{} the rate for cars is {rate} per mile", prose(1, 100));
        let tree = Tree::default()
            .file("Export/rates.md", &text("45p"))
            .file("Policies/rates.md", &text("40p"));
        tree.with(|ctx| {
            let conflicting = |mirrors| {
                let taxonomy = Taxonomy::from_table("term\nRates\n").unwrap();
                let subjects =
                    SubjectPolicy { taxonomy: Some(taxonomy.into()), ..SubjectPolicy::default() };
                let policy = Policy { mirrors, subjects, ..Policy::default() };
                let found = assess(ctx.inventory, &Titled(ctx.texts), &policy, ctx.as_of);
                found.subjects.unwrap().list[0].spread.conflicting.len()
            };
            let globs = |it| Globs::new([it]).unwrap();
            let (a, b) = (globs("Policies/**"), globs("Export/**"));
            assert_eq!(conflicting(Vec::new()), 2);
            assert_eq!(conflicting(vec![Mirror { a, b, line: None }]), 0);
        });
    }
}
