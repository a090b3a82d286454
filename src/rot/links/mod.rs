//! Where the links of documents lead within the tree.
//!
//! Links are kept as written; here they are followed, as the site generator or wiki would that the
//! pages are made for. A link that may lead to what docrot does not see (another host, a folder
//! that was left out, an address that a generator makes up) is said to lead nowhere by nobody.

mod address;
mod profile;
mod tree;

pub use profile::LinkProfile;

use std::collections::HashMap;

use crate::extract::{Link, Provenance};
use crate::inventory::{DocId, Inventory};

use super::{Globs, Policy};
use profile::Sites;
use tree::Tree;

/// A link of which docrot can say where it leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Followed {
    /// The document it stands in.
    pub(super) from: DocId,
    /// Its position among that document's links.
    position: u32,
    /// The file it leads to; none where there is no such file.
    pub(super) to: Option<DocId>,
}

/// Every link of which docrot can say where it leads, by the document it stands in.
#[derive(Debug, Default)]
pub(super) struct Links {
    // Invariant: ascending by `from`, then `position`.
    followed: Vec<Followed>,
    incoming: HashMap<DocId, u32>,
    /// By the position of a dead link: the only file of the name that a dead link asks for.
    elsewhere: HashMap<(DocId, u32), DocId>,
}

impl Links {
    /// Follows the links of every document.
    pub(super) fn of(inventory: &Inventory, policy: &Policy) -> Self {
        if inventory.iter().all(|(_, record)| record.metadata.links.is_empty()) {
            return Self::default();
        }
        let tree = Tree::of(inventory);
        let sites = Sites::of(inventory);
        let unseen = unseen(policy);
        let mut links = Self::default();
        for (from, record) in inventory.iter() {
            if record.metadata.links.is_empty() {
                continue;
            }
            let profile = sites.profile_of(record, policy);
            let mut seen: Vec<DocId> = Vec::new();
            for (position, link) in (0..).zip(&record.metadata.links) {
                let Some(to) = address::follow(&tree, &unseen, profile, record, &link.target)
                else {
                    continue;
                };
                if let Some(to) = to.filter(|to| *to != from && !seen.contains(to)) {
                    seen.push(to);
                    *links.incoming.entry(to).or_default() += 1;
                }
                if to.is_none() {
                    let name = address::name(&link.target);
                    let only = tree.named(&name).filter(|(it, count)| *count == 1 && *it != from);
                    links.elsewhere.extend(only.map(|(it, _)| ((from, position), it)));
                }
                links.followed.push(Followed { from, position, to });
            }
        }
        links
    }

    /// The links of one document.
    pub(super) fn from(&self, document: DocId) -> &[Followed] {
        let start = self.followed.partition_point(|it| it.from < document);
        let end = self.followed.partition_point(|it| it.from <= document);
        &self.followed[start..end]
    }

    /// The only file of the name that a dead link asks for, which may have moved.
    pub(super) fn elsewhere(&self, link: &Followed) -> Option<DocId> {
        self.elsewhere.get(&(link.from, link.position)).copied()
    }

    /// How many other documents link to a file.
    pub(super) fn incoming(&self, document: DocId) -> u32 {
        self.incoming.get(&document).copied().unwrap_or_default()
    }
}

/// Who links to whom, backwards.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inbound {
    by_target: HashMap<DocId, Vec<(DocId, u32)>>,
}

impl Inbound {
    /// Follows the links of every document.
    pub fn of(inventory: &Inventory, policy: &Policy) -> Self {
        let mut by_target: HashMap<DocId, Vec<(DocId, u32)>> = HashMap::new();
        for Followed { from, position, to } in Links::of(inventory, policy).followed {
            if let Some(to) = to.filter(|to| *to != from) {
                by_target.entry(to).or_default().push((from, position));
            }
        }
        Self { by_target }
    }

    /// The links that lead to a document, each with the document it stands in, in its order.
    pub fn to<'i>(
        &self,
        inventory: &'i Inventory,
        document: DocId,
    ) -> impl Iterator<Item = (DocId, &'i Link)> {
        let links = self.by_target.get(&document).map_or(&[][..], Vec::as_slice);
        links.iter().map(|(from, at)| (*from, &inventory[*from].metadata.links[*at as usize]))
    }
}

/// The policy's patterns of what is left out, as a crawl understands them: one without a slash means
/// a name in any folder, one that matches a folder means all below it.
fn unseen(policy: &Policy) -> Globs {
    let patterns = policy.unseen.patterns().iter().flat_map(|pattern| {
        let pattern = pattern.to_lowercase();
        let anywhere = if pattern.contains('/') { pattern } else { format!("**/{pattern}") };
        [format!("{}/**", anywhere.trim_end_matches("/**")), anywhere]
    });
    // Each pattern is one already, so only their number could be too much: then nothing is judged.
    Globs::new(patterns).or_else(|_| Globs::new(["**"])).unwrap_or_default()
}

impl Followed {
    /// The link as it is written.
    pub(super) fn link<'i>(&self, inventory: &'i Inventory) -> &'i Link {
        &inventory[self.from].metadata.links[self.position as usize]
    }

    /// Where it stands.
    pub(super) fn provenance(&self, inventory: &Inventory) -> Provenance {
        Provenance::Text(self.link(inventory).locator.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{inventory, linking, record};
    use super::*;

    #[test]
    fn links_are_told_by_what_they_lead_to() {
        let records = vec![linking("a.md", &["b.md", "gone.md", "a.md"]), record("b.md")];
        let inventory = inventory(records);
        let inbound = Inbound::of(&inventory, &Policy::default());
        let links = |to| inbound.to(&inventory, DocId(to)).map(|(from, link)| (from, &link.target));
        assert_eq!(links(1).collect::<Vec<_>>(), [(DocId(0), &"b.md".to_owned())]);
        assert_eq!(links(0).count(), 0);
    }

    #[test]
    fn a_file_is_counted_once_for_each_document_that_links_to_it() {
        let records = vec![
            linking("a.md", &["c.md", "./c.md#part", "gone.md"]),
            linking("b.md", &["c.md", "b.md"]),
            record("c.md"),
        ];
        let inventory = inventory(records);
        let links = Links::of(&inventory, &Policy::default());
        assert_eq!(links.incoming(DocId(2)), 2);
        assert_eq!(links.incoming(DocId(1)), 0);
        let to: Vec<_> = links.from(DocId(0)).iter().map(|it| it.to).collect();
        assert_eq!(to, [Some(DocId(2)), Some(DocId(2)), None]);
        assert_eq!(links.from(DocId(0))[2].link(&inventory).target, "gone.md");
    }
}
