//! Folders whose content stands elsewhere, too: one line instead of a thousand.
//!
//! A folder is told as a whole, with all below it, and none of its folders is told again. Of two
//! folders that hold the same, one is told and the other counts as the place that stays. A file
//! stands elsewhere if another one outside of the folder has the same bytes or the same text.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashMap};
use std::path::{Path, PathBuf};

use crate::extract::Provenance;
use crate::inventory::{DocId, RootId};
use crate::rot::{Category, Confidence, Context, Evidence, Finding, Group, Rule, Severity, Value};

use super::canonical::is_set_aside;
use super::same_text;

pub(in crate::rot) const RULE: Rule = Rule {
    id: "folder-contained",
    category: Category::Redundant,
    severity: Severity::Warning,
    summary: "All or nearly all files of the folder stand elsewhere, too.",
    check,
};

/// Folders of fewer files are told file by file.
const MIN_FILES: u32 = 3;
/// A folder is contained from this share of its files on.
const MIN_SHARE: f64 = 0.9;
/// The place that holds the copies is named if it holds this share of them.
const MIN_NAMED_SHARE: f64 = 0.8;
/// So many copies of a file are looked at to find the place that holds them all.
const MAX_PLACES: usize = 32;
/// Files named that are only here.
const MAX_NAMED: usize = 10;

/// A folder whose content stands elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct ContainedFolder {
    /// The root it lies under.
    pub root: RootId,
    /// Its path below the root.
    pub path: PathBuf,
    /// How many files lie below it.
    pub files: u64,
    /// Those that stand nowhere else, by path.
    pub only_here: Vec<DocId>,
    /// The one folder that holds the copies, if one does.
    pub stands_in: Option<(RootId, PathBuf)>,
    /// Whether that folder holds the same files and no others.
    pub is_equal: bool,
    /// Its first file, and a copy of it or of the next that has one.
    pub example: (DocId, DocId),
}

/// A folder of the tree that was audited.
struct Folder {
    root: RootId,
    path: PathBuf,
    parent: Option<usize>,
    children: Vec<usize>,
    /// Files below, at any depth.
    files: Vec<DocId>,
    /// How many of them have a copy outside.
    elsewhere: u32,
}

/// Finds the folders whose content stands elsewhere, by path.
pub(super) fn contained(ctx: &Context<'_>, groups: &[Group]) -> Vec<ContainedFolder> {
    let class = classes(ctx, groups);
    let mut tree = Tree::of(ctx);
    let mut members = HashMap::<u32, BTreeSet<DocId>>::new();
    for (id, _) in ctx.inventory.iter() {
        if let Some(class) = class[id.0 as usize] {
            members.entry(class).or_default().insert(id);
        }
    }
    members.retain(|_, it| 1 < it.len());
    tree.count(&members);
    let mut found = Choice { ctx, tree: &tree, class: &class, left: members }.run();
    found.sort_by(|a, b| (a.root, &a.path).cmp(&(b.root, &b.path)));
    found
}

/// What each file holds: equal numbers for equal bytes or equal texts, none where it is not known.
fn classes(ctx: &Context<'_>, groups: &[Group]) -> Vec<Option<u32>> {
    let mut of_hash = HashMap::new();
    let mut class = ctx
        .inventory
        .iter()
        .map(|(id, record)| {
            let hash = record.hash.filter(|_| 0 < record.file.size)?;
            Some(*of_hash.entry(hash).or_insert(id.0))
        })
        .collect::<Vec<_>>();
    let mut joined = HashMap::new();
    for group in groups.iter().filter(|it| it.kind == same_text::RULE.id) {
        let Some(to) = class[group.canonical.0 as usize] else { continue };
        let from = group.members.iter().filter_map(|it| class[it.0.0 as usize]);
        joined.extend(from.map(|it| (it, to)));
    }
    for class in class.iter_mut().flatten() {
        *class = joined.get(class).copied().unwrap_or(*class);
    }
    class
}

struct Tree {
    folders: Vec<Folder>,
    /// The folder that each file lies in.
    of: Vec<usize>,
}

impl Tree {
    fn of(ctx: &Context<'_>) -> Self {
        let mut tree = Self { folders: Vec::new(), of: Vec::with_capacity(ctx.inventory.len()) };
        let mut known = HashMap::new();
        for (id, record) in ctx.inventory.iter() {
            let folder = record.file.path.parent().unwrap_or(Path::new(""));
            let at = tree.folder(&mut known, record.root, folder);
            tree.of.push(at);
            let mut above = Some(at);
            while let Some(at) = above {
                tree.folders[at].files.push(id);
                above = tree.folders[at].parent;
            }
        }
        tree
    }

    fn folder(
        &mut self,
        known: &mut HashMap<(RootId, PathBuf), usize>,
        root: RootId,
        path: &Path,
    ) -> usize {
        if let Some(at) = known.get(&(root, path.to_path_buf())) {
            return *at;
        }
        let parent = path.parent().map(|it| self.folder(known, root, it));
        let at = self.folders.len();
        let path = path.to_path_buf();
        self.folders.push(Folder {
            root,
            path: path.clone(),
            parent,
            children: Vec::new(),
            files: Vec::new(),
            elsewhere: 0,
        });
        if let Some(parent) = parent {
            self.folders[parent].children.push(at);
        }
        known.insert((root, path), at);
        at
    }

    /// Counts for each folder the files that have a copy outside of it.
    fn count(&mut self, members: &HashMap<u32, BTreeSet<DocId>>) {
        let mut inside = HashMap::<usize, u32>::new();
        for members in members.values() {
            inside.clear();
            for member in members {
                let mut above = Some(self.of[member.0 as usize]);
                while let Some(at) = above {
                    *inside.entry(at).or_default() += 1;
                    above = self.folders[at].parent;
                }
            }
            for (at, count) in &inside {
                if (*count as usize) < members.len() {
                    self.folders[*at].elsewhere += count;
                }
            }
        }
    }

    fn is_within(&self, folder: usize, above: usize) -> bool {
        let mut at = Some(folder);
        while let Some(it) = at {
            if it == above {
                return true;
            }
            at = self.folders[it].parent;
        }
        false
    }

    /// The topmost folders at or below this one that look contained.
    fn topmost(&self, at: usize, found: &mut Vec<usize>) {
        let folder = &self.folders[at];
        let files = folder.files.len() as u32;
        if files < MIN_FILES {
            return;
        }
        if MIN_SHARE * f64::from(files) <= f64::from(folder.elsewhere) {
            found.push(at);
        } else {
            folder.children.iter().for_each(|it| self.topmost(*it, found));
        }
    }
}

/// What a folder's standing is compared by: the smaller, the less likely it stays.
type Standing = (bool, bool, Reverse<usize>, Reverse<(RootId, PathBuf)>);

struct Choice<'a> {
    ctx: &'a Context<'a>,
    tree: &'a Tree,
    class: &'a [Option<u32>],
    /// The files that hold the same, without those of folders that are told already: these are no
    /// place that stays.
    left: HashMap<u32, BTreeSet<DocId>>,
}

impl Choice<'_> {
    fn run(mut self) -> Vec<ContainedFolder> {
        let mut topmost = Vec::new();
        for at in (0..self.tree.folders.len()).filter(|it| self.tree.folders[*it].parent.is_none())
        {
            self.tree.topmost(at, &mut topmost);
        }
        // What is least likely to be the place where documents live comes first.
        let entry = |this: &Self, at: usize| Reverse((this.standing(at), at));
        let mut heap = topmost.drain(..).map(|it| entry(&self, it)).collect::<BinaryHeap<_>>();
        let mut found = Vec::new();
        while let Some(Reverse((_, at))) = heap.pop() {
            if let Some(folder) = self.folder(at) {
                self.tell(at);
                found.push(folder);
                continue;
            }
            let children = &self.tree.folders[at].children;
            children.iter().for_each(|it| self.tree.topmost(*it, &mut topmost));
            heap.extend(topmost.drain(..).map(|it| entry(&self, it)));
        }
        found
    }

    fn tell(&mut self, at: usize) {
        for file in &self.tree.folders[at].files {
            let class = self.class[file.0 as usize];
            if let Some(left) = class.and_then(|it| self.left.get_mut(&it)) {
                left.remove(file);
            }
        }
    }

    fn standing(&self, at: usize) -> Standing {
        let folder = &self.tree.folders[at];
        let first = &self.ctx.inventory[folder.files[0]].file.path;
        let is_aside = is_set_aside(&folder.path.join("x")) || self.ctx.policy.is_archived(first);
        let is_approved = self.ctx.policy.canonical.approved.is_match(first);
        let depth = folder.path.components().count();
        (!is_aside, is_approved, Reverse(depth), Reverse((folder.root, folder.path.clone())))
    }

    /// Judges a folder again, without the folders told before.
    fn folder(&self, at: usize) -> Option<ContainedFolder> {
        let folder = &self.tree.folders[at];
        let mut inside = HashMap::<u32, u32>::new();
        for class in folder.files.iter().filter_map(|it| self.class[it.0 as usize]) {
            *inside.entry(class).or_default() += 1;
        }
        let is_elsewhere =
            |class: &u32| self.left.get(class).is_some_and(|it| inside[class] < it.len() as u32);
        let stands = |it: &DocId| self.class[it.0 as usize].as_ref().is_some_and(is_elsewhere);
        let (copies, only_here) = folder.files.iter().copied().partition::<Vec<DocId>, _>(stands);
        let share = copies.len() as f64 / folder.files.len() as f64;
        if copies.is_empty() || share < MIN_SHARE {
            return None;
        }
        let mut classes = inside.iter().filter(|it| is_elsewhere(it.0)).collect::<Vec<_>>();
        classes.sort_unstable();
        let place = self.place(at, &classes, copies.len());
        let is_equal = place.is_some_and(|it| {
            only_here.is_empty() && self.tree.folders[it].files.len() == folder.files.len()
        });
        let place = place.map(|it| &self.tree.folders[it]);
        let class = self.class[copies[0].0 as usize]?;
        Some(ContainedFolder {
            root: folder.root,
            path: folder.path.clone(),
            files: folder.files.len() as u64,
            only_here,
            stands_in: place.map(|it| (it.root, it.path.clone())),
            is_equal,
            example: (copies[0], self.outside(class, at).next()?),
        })
    }

    /// Some of the files outside of a folder that hold the same.
    fn outside(&self, class: u32, at: usize) -> impl Iterator<Item = DocId> {
        let members = self.left.get(&class).into_iter().flatten().copied();
        members.filter(move |it| !self.tree.is_within(self.tree.of[it.0 as usize], at))
    }

    /// The smallest folder outside that holds nearly all copies. Each of `classes` comes with the
    /// number of its files inside.
    fn place(&self, at: usize, classes: &[(&u32, &u32)], copies: usize) -> Option<usize> {
        let mut holds = HashMap::<usize, (u32, usize)>::new();
        for (number, (class, inside)) in (1..).zip(classes) {
            for member in self.outside(**class, at).take(MAX_PLACES) {
                let mut above = Some(self.tree.of[member.0 as usize]);
                while let Some(it) = above.filter(|it| !self.tree.is_within(at, *it)) {
                    let entry = holds.entry(it).or_default();
                    if entry.1 != number {
                        *entry = (entry.0 + **inside, number);
                    }
                    above = self.tree.folders[it].parent;
                }
            }
        }
        let most = holds.values().map(|it| it.0).max()?;
        if f64::from(most) < MIN_NAMED_SHARE * copies as f64 {
            return None;
        }
        let best = holds.iter().filter(|it| it.1.0 == most).map(|it| *it.0);
        best.min_by_key(|it| (self.tree.folders[*it].files.len(), *it))
    }
}

fn check(ctx: &Context<'_>) -> Vec<Finding> {
    ctx.duplicates().folders.iter().map(|it| finding(ctx, it)).collect()
}

fn finding(ctx: &Context<'_>, folder: &ContainedFolder) -> Finding {
    let from = |it: &str| Provenance::Computed(it.to_owned());
    let copies = folder.files - folder.only_here.len() as u64;
    let share = Value::Share(copies as f64 / folder.files as f64);
    let path = Evidence::new("folder", Value::Text(named(&folder.path)), Provenance::FileSystem);
    let mut finding = Finding::new(&RULE, folder.example.0, Confidence::Likely, path)
        .and(Evidence::new(
            "share that stands elsewhere",
            share,
            from("files of the same bytes or text outside of it"),
        ))
        .and(Evidence::new("files", Value::Count(folder.files), Provenance::FileSystem));
    if let Some((root, path)) = &folder.stands_in {
        let what = if folder.is_equal { "equal to folder" } else { "stands in folder" };
        let path = if *root == folder.root {
            named(path)
        } else {
            let root = &ctx.inventory.roots[usize::from(root.0)];
            // Joined with nothing, a path would end in a stroke.
            let whole: PathBuf = root.components().chain(path.components()).collect();
            whole.to_string_lossy().into_owned()
        };
        finding.push(Evidence::new(what, Value::Text(path), Provenance::FileSystem));
    } else {
        let several = Value::Text("several folders".to_owned());
        finding.push(Evidence::new("stands in folder", several, Provenance::FileSystem));
    }
    if !folder.only_here.is_empty() {
        let count = Value::Count(folder.only_here.len() as u64);
        finding.push(Evidence::new(
            "files that are only here",
            count,
            from("no equal file outside"),
        ));
    }
    for file in folder.only_here.iter().take(MAX_NAMED) {
        let file = Value::Document(*file);
        finding.push(Evidence::new("only here", file, from("no equal file outside")));
    }
    finding.related = vec![folder.example.1];
    finding
}

fn named(path: &Path) -> String {
    if path.as_os_str().is_empty() { ".".to_owned() } else { path.to_string_lossy().into_owned() }
}

#[cfg(test)]
mod tests {
    use super::super::testing::Tree as Files;
    use super::*;

    fn files(tree: Files, folder: &str, from: u32, to: u32) -> Files {
        (from..to).fold(tree, |tree, it| {
            tree.file(&format!("{folder}/{it}.md"), &format!("content number {it}"))
        })
    }

    fn found(tree: &Files) -> Vec<(String, u64, usize, String, bool)> {
        tree.with(|ctx| {
            let folders = ctx.duplicates().folders.iter().map(|it| {
                let place = it.stands_in.as_ref().map_or("several".to_owned(), |it| named(&it.1));
                (named(&it.path), it.files, it.only_here.len(), place, it.is_equal)
            });
            folders.collect()
        })
    }

    #[test]
    fn one_line_replaces_all_below() {
        let tree = files(Files::default(), "Projects/a", 0, 30);
        let tree = files(files(tree, "Projects/b", 30, 60), "Archive/2019/a", 0, 30);
        let tree = files(tree, "Archive/2019/b", 30, 58).file("Archive/2019/own.md", "only here");
        let expected = ("Archive".to_owned(), 59, 1, "Projects".to_owned(), false);
        assert_eq!(found(&tree), [expected]);
        tree.with(|ctx| {
            let findings = check(ctx);
            assert_eq!(findings.len(), 1);
            assert_eq!(findings[0].evidence()[1].value, Value::Share(58.0 / 59.0));
        });
    }

    #[test]
    fn of_two_equal_folders_one_stays() {
        let tree = files(files(Files::default(), "a/x", 0, 5), "b/x", 0, 5);
        let expected = ("b".to_owned(), 5, 0, "a".to_owned(), true);
        assert_eq!(found(&tree), [expected]);
        let tree = files(files(Files::default(), "old x", 0, 5), "x", 0, 5);
        assert_eq!(found(&tree)[0].0, "old x");
    }

    #[test]
    fn folders_with_much_of_their_own_are_not_told() {
        let tree = files(files(Files::default(), "a", 0, 10), "b", 5, 15);
        assert!(found(&tree).is_empty());
        // Copies within one folder are no reason to do without the folder.
        let tree = files(files(Files::default(), "a/x", 0, 2), "a/y", 0, 2);
        assert!(found(&tree).is_empty());
    }

    #[test]
    fn of_two_thousand_copies_of_a_folder_one_stays() {
        let tree =
            (0..2_000).fold(Files::default(), |tree, it| files(tree, &format!("{it:04}"), 0, 3));
        assert_eq!(found(&tree).len(), 1_999);
    }
}
