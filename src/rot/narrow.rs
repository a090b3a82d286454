//! A part of an assessment: some of its findings, and what belongs to them.

use std::collections::{HashMap, HashSet};

use crate::inventory::DocId;

use super::redundant::folders;
use super::{Assessment, Finding, Group};

impl Assessment {
    /// The findings for whose position `keep` is true, in their order.
    ///
    /// Groups keep the document that stays and the members that such a finding is about; those
    /// without any go, and so do folders that are told no more. Boilerplate is a fact of the whole
    /// tree, and left out where anything is. The other counts, and the days of reviews,
    /// stay those of the whole.
    pub fn narrowed(&self, keep: &[bool]) -> Self {
        let kept = || {
            let findings = self.findings.iter().zip(keep);
            findings.filter(|(_, keep)| **keep).map(|(finding, _)| finding)
        };
        let is_whole = kept().count() == self.findings.len();
        let mut documents: HashMap<usize, HashSet<DocId>> = HashMap::new();
        for finding in kept() {
            if let Some(group) = finding.group {
                documents.entry(group).or_default().insert(finding.document);
            }
        }
        let mut groups = Vec::with_capacity(documents.len());
        let mut moved: HashMap<usize, usize> = HashMap::with_capacity(documents.len());
        for (position, group) in self.groups.iter().enumerate() {
            let Some(documents) = documents.get(&position) else { continue };
            moved.insert(position, groups.len());
            groups.push(part_of(group, documents));
        }
        let findings: Vec<Finding> = kept()
            .cloned()
            .map(|mut finding| {
                finding.group = finding.group.and_then(|group| moved.get(&group).copied());
                finding
            })
            .collect();
        let told = findings.iter().filter(|it| it.rule.id == folders::RULE.id);
        let told: HashSet<DocId> = told.map(|it| it.document).collect();
        let folders = self.folders.iter().filter(|it| told.contains(&it.example.0));
        Self {
            findings,
            groups,
            boilerplate: if is_whole { self.boilerplate.clone() } else { Vec::new() },
            folders: folders.cloned().collect(),
            // They are of all documents.
            subjects: if is_whole { self.subjects.clone() } else { None },
            reviews: self.reviews.clone(),
            undated: self.undated,
            archived: self.archived,
            not_compared: self.not_compared,
            same_form: self.same_form,
            passages_not_compared: self.passages_not_compared,
            passages_not_told: self.passages_not_told,
            facts_not_compared: self.facts_not_compared,
        }
    }
}

/// A group without the members that are left out. One that another rule points at, such as that for
/// copies that disagree, stays whole.
fn part_of(group: &Group, documents: &HashSet<DocId>) -> Group {
    let members = group.members.iter().filter(|(member, _)| documents.contains(member));
    let members: Vec<_> = members.copied().collect();
    if members.is_empty() {
        return group.clone();
    }
    Group { members, ..group.clone() }
}

#[cfg(test)]
mod tests {
    use super::super::{Confidence, Evidence, RULES, Value};
    use super::*;
    use crate::extract::Provenance;

    fn finding(rule: &str, document: u32, group: Option<usize>) -> Finding {
        let rule = RULES.iter().copied().find(|it| it.id == rule).unwrap();
        let size = Evidence::new("size", Value::Bytes(0), Provenance::FileSystem);
        let mut finding = Finding::new(rule, DocId(document), Confidence::Certain, size);
        finding.group = group;
        finding
    }

    fn group(canonical: u32, members: &[u32]) -> Group {
        Group {
            kind: "exact-copy",
            canonical: DocId(canonical),
            reasons: Vec::new(),
            is_tie: false,
            members: members.iter().map(|it| (DocId(*it), 1.0)).collect(),
        }
    }

    #[test]
    fn groups_keep_the_members_that_are_told_and_findings_point_at_them() {
        let whole = Assessment {
            findings: vec![
                finding("exact-copy", 1, Some(0)),
                finding("exact-copy", 4, Some(1)),
                finding("exact-copy", 5, Some(1)),
                finding("empty", 6, None),
            ],
            groups: vec![group(0, &[1]), group(3, &[4, 5])],
            undated: 7,
            ..Assessment::default()
        };
        let part = whole.narrowed(&[false, false, true, true]);
        assert_eq!(part.groups, [group(3, &[5])]);
        assert_eq!(part.findings[0].group, Some(0));
        assert_eq!((part.findings.len(), part.undated), (2, 7));
        assert_eq!(whole.narrowed(&[true; 4]).groups, whole.groups);
    }
}
