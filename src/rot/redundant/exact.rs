//! Equal bytes. Several names of one file (hard links) are one file; empty files say nothing.

use crate::extract::Provenance;
use crate::fingerprint::Hash;
use crate::inventory::DocId;
use crate::rot::trivial::empty;
use crate::rot::{Category, Confidence, Context, Evidence, Finding, Rule, Severity, Value};

pub(in crate::rot) const RULE: Rule = Rule {
    id: "exact-copy",
    category: Category::Redundant,
    severity: Severity::Warning,
    summary: "Another file holds the same bytes.",
    check,
};

/// Documents of equal bytes, and files that are other names of one already counted.
#[derive(Debug, Default)]
pub(super) struct Copies {
    /// Each of at least two files, ascending.
    pub groups: Vec<Vec<DocId>>,
    /// Further hard links.
    pub links: Vec<DocId>,
}

pub(super) fn copies(ctx: &Context<'_>) -> Copies {
    // Empty documents are told as such; that they are alike says nothing.
    let records = ctx.inventory.iter().filter(|(id, record)| !empty::holds(*id, record));
    let mut hashes =
        records.filter_map(|(id, record)| Some((record.hash?, id))).collect::<Vec<(Hash, DocId)>>();
    hashes.sort_unstable();
    let mut copies = Copies::default();
    for equals in hashes.chunk_by(|a, b| a.0 == b.0).filter(|it| 1 < it.len()) {
        let mut seen = std::collections::HashSet::new();
        let (files, links) = equals.iter().map(|it| it.1).partition::<Vec<_>, _>(|id| {
            let identity = ctx.inventory[*id].file.identity;
            identity.inode == 0 || seen.insert(identity)
        });
        copies.links.extend(links);
        if 1 < files.len() {
            copies.groups.push(files);
        }
    }
    copies
}

fn check(ctx: &Context<'_>) -> Vec<Finding> {
    super::members(ctx, RULE.id, |member| {
        let record = &ctx.inventory[member.document];
        let hash = record.hash.map(|it| it.to_string()[..12].to_owned()).unwrap_or_default();
        let bytes = Provenance::Computed("bytes of both files".to_owned());
        let from = Provenance::Computed("BLAKE3 of the bytes, first 12 digits".to_owned());
        Finding::new(
            &RULE,
            member.document,
            Confidence::Certain,
            Evidence::new("similarity", Value::Share(1.0), bytes),
        )
        .and(Evidence::new("same bytes", Value::Bytes(record.file.size), Provenance::FileSystem))
        .and(Evidence::new("hash", Value::Text(hash), from))
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::Tree;
    use super::*;

    #[test]
    fn each_copy_but_the_canonical_one_is_found() {
        let tree =
            Tree::default().file("a/x.md", "one two").file("x.md", "one two").file("y.md", "");
        let tree = tree.file("z.md", "").file("old/x.md", "one two");
        tree.with(|ctx| {
            let findings = check(ctx);
            let paths = findings.iter().map(|it| it.document.0).collect::<Vec<_>>();
            assert_eq!(paths, [0, 1]);
            assert!(findings.iter().all(|it| it.related == [DocId(2)] && it.group == Some(0)));
        });
    }

    #[test]
    fn hard_links_are_one_file() {
        let tree = Tree::default().hard_link("a", "one two", 7).hard_link("b", "one two", 7);
        tree.with(|ctx| assert!(check(ctx).is_empty()));
        let tree = tree.file("c", "one two");
        tree.with(|ctx| assert_eq!(check(ctx).len(), 1));
    }
}
