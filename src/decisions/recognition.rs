//! Recognises findings of earlier reports among those of the present one.
//!
//! In passes, the most certain first; what a pass has paired no later one looks at.

use std::collections::{HashMap, HashSet};

use super::mark::{Mark, Trace};

/// A finding of an earlier report.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known<'a> {
    pub(super) id: &'a str,
    /// Empty where it is not known.
    pub(super) rule: &'a str,
    pub(super) path: &'a str,
    pub(super) trace: Trace,
}

/// Pairs of present and earlier findings.
pub(super) struct Recognition<'a> {
    marks: &'a [Mark<'a>],
    known: &'a [Known<'a>],
    /// By present finding: which earlier one it is.
    pub(super) found: Vec<Option<usize>>,
    taken: Vec<bool>,
}

/// Earlier findings of one rule in one group.
#[derive(Default)]
struct Accepted {
    contents: HashSet<u64>,
    members: Vec<usize>,
}

impl<'a> Recognition<'a> {
    pub(super) fn new(marks: &'a [Mark<'a>], known: &'a [Known<'a>]) -> Self {
        Self { marks, known, found: vec![None; marks.len()], taken: vec![false; known.len()] }
    }

    /// Positions of earlier findings that were not recognised.
    pub(super) fn left(&self) -> impl Iterator<Item = usize> {
        self.taken.iter().enumerate().filter(|(_, taken)| !**taken).map(|(at, _)| at)
    }

    /// The same facts: in the same place, else anywhere; by name where only that is known.
    pub(super) fn same(&mut self) {
        self.pair(
            |it| (it.trace.key != 0).then(|| (it.trace.key, it.path.to_owned())),
            |it| Some((it.trace.key, it.path.to_string())),
        );
        self.pair(|it| (it.trace.key != 0).then_some(it.trace.key), |it| Some(it.trace.key));
        self.pair(|it| (it.trace.key == 0).then(|| it.id.to_owned()), |it| Some(it.id.to_owned()));
    }

    /// The same document in a group of the same contents, of which another one stays now.
    pub(super) fn same_group(&mut self) {
        self.pair(
            |it| (it.trace.group != 0).then(|| (it.rule.to_owned(), it.trace.text, it.trace.group)),
            |it| (it.trace.group != 0).then(|| (it.rule.to_owned(), it.trace.text, it.trace.group)),
        );
    }

    /// Members of a group that has lost some and got none: document and counterpart were both in it.
    pub(super) fn same_contents(&mut self) {
        let mut groups: HashMap<(&str, u64), Accepted> = HashMap::new();
        for (at, known) in self.known.iter().enumerate().filter(|(_, it)| it.trace.group != 0) {
            let group = groups.entry((known.rule, known.trace.group)).or_default();
            group.contents.extend([known.trace.text, known.trace.counterpart]);
            group.members.push(at);
        }
        let mut by_content: HashMap<(&str, u64), Vec<(&str, u64)>> = HashMap::new();
        for (name, group) in &groups {
            for content in &group.contents {
                by_content.entry((name.0, *content)).or_default().push(*name);
            }
        }
        for (at, mark) in self.marks.iter().enumerate() {
            if self.found[at].is_some() || mark.trace.group == 0 {
                continue;
            }
            let holding = by_content.get(&(mark.rule, mark.trace.text));
            let of_both = holding.into_iter().flatten().find_map(|name| {
                let group = &groups[name];
                let is_free = |it: &&usize| !self.taken[**it];
                let member = group.members.iter().find(is_free)?;
                group.contents.contains(&mark.trace.counterpart).then_some(*member)
            });
            if let Some(known) = of_both {
                (self.found[at], self.taken[known]) = (Some(known), true);
            }
        }
    }

    /// The same rule in the same place, on a text that was changed or beside one that was.
    pub(super) fn changed(&mut self) {
        let mut free: HashMap<(&str, &str), Vec<usize>> = HashMap::new();
        for at in self.left().collect::<Vec<_>>().into_iter().rev() {
            let known = &self.known[at];
            if known.trace.text != 0 {
                free.entry((known.rule, known.path)).or_default().push(at);
            }
        }
        for (at, mark) in self.marks.iter().enumerate() {
            if self.found[at].is_some() {
                continue;
            }
            let Some(places) = free.get_mut(&(mark.rule, &*mark.path)) else { continue };
            let is_changed = |known: &usize| {
                let was = &self.known[*known].trace;
                (was.text, was.counterpart) != (mark.trace.text, mark.trace.counterpart)
            };
            let Some(position) = places.iter().rposition(is_changed) else { continue };
            let known = places.remove(position);
            (self.found[at], self.taken[known]) = (Some(known), true);
        }
    }

    /// Pairs what is equal by a key, in the order of both.
    fn pair<K: std::hash::Hash + Eq>(
        &mut self,
        key_of_known: impl Fn(&Known) -> Option<K>,
        key_of_mark: impl Fn(&Mark) -> Option<K>,
    ) {
        let mut free: HashMap<K, Vec<usize>> = HashMap::new();
        for at in self.left().collect::<Vec<_>>().into_iter().rev() {
            if let Some(key) = key_of_known(&self.known[at]) {
                free.entry(key).or_default().push(at);
            }
        }
        if free.is_empty() {
            return;
        }
        for (at, mark) in self.marks.iter().enumerate() {
            if self.found[at].is_some() {
                continue;
            }
            let places = key_of_mark(mark).and_then(|key| free.get_mut(&key));
            let fits = |it: &usize| ["", mark.rule].contains(&self.known[*it].rule);
            let Some(known) = places.and_then(|it| it.pop_if(|last| fits(last))) else { continue };
            (self.found[at], self.taken[known]) = (Some(known), true);
        }
    }
}
