//! Takes out the copies that the policy wants to be copies.

use crate::inventory::{DocId, Inventory};

use super::{Category, Finding, Group, Mirror, Policy};

/// Drops the findings on mirrored copies, and the copies from their groups. A group without copies
/// is none.
pub(super) fn take_out(
    inventory: &Inventory,
    policy: &Policy,
    groups: &mut Vec<Group>,
    findings: &mut Vec<Finding>,
) {
    let is_mirrored = |one: DocId, other: DocId| {
        let path = |document: DocId| &inventory[document].file.path;
        policy.mirrors.iter().any(|it: &Mirror| it.joins(path(one), path(other)))
    };
    findings.retain(|finding| {
        let other = finding.related.first();
        finding.rule.category != Category::Redundant
            || other.is_none_or(|&other| !is_mirrored(finding.document, other))
    });
    let mut positions = Vec::with_capacity(groups.len());
    let mut kept = Vec::with_capacity(groups.len());
    for mut group in groups.drain(..) {
        group.members.retain(|(member, _)| !is_mirrored(*member, group.canonical));
        let has_copies = !group.members.is_empty();
        positions.push(has_copies.then_some(kept.len()));
        kept.extend(has_copies.then_some(group));
    }
    *groups = kept;
    for finding in findings {
        finding.group = finding.group.and_then(|at| positions.get(at).copied().flatten());
    }
}

#[cfg(test)]
mod tests {
    use super::super::redundant::testing::{Tree, prose};
    use super::super::{Globs, assess};
    use super::*;

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
}
