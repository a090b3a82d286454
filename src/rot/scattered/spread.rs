//! How a subject is spread: over folders, owners, formats and years.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;

use crate::inventory::{DocId, Inventory, Record, RootId};
use crate::rot::owners::Owners;
use crate::rot::{Context, Finding};

use super::{ArticleState, Member, Subjects};

/// A home holds so large a share of a subject's documents.
const LEAST_HOME: f64 = 0.5;

/// Where the documents of a subject lie, whose they are and how old. Copies and older versions are
/// counted as such and nowhere else.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spread {
    /// Documents, without copies and older versions.
    pub documents: u64,
    /// Copies and older versions of them.
    pub copies: u64,
    /// Documents that are obsolete by a finding above a note.
    pub stale: u64,
    /// Documents whose copies state other facts, by path.
    pub conflicting: Vec<DocId>,
    /// The folders they lie in, the fullest first.
    pub folders: Vec<(Folder, u64)>,
    /// Their owners, the one of most documents first.
    pub owners: Vec<(String, u64)>,
    /// How many have no known owner.
    pub unowned: u64,
    /// Their formats, the most frequent first.
    pub formats: Vec<(String, u64)>,
    /// The oldest and the newest date that is believed.
    pub dates: Option<(NaiveDate, NaiveDate)>,
    /// The folder that would be its home.
    pub home: Option<Home>,
    /// How evenly they are spread over the folders: 0 for all in one, 1 for as many in each.
    pub evenness: f64,
    /// How many articles are in each state, where the policy tells states.
    pub states: BTreeMap<ArticleState, u64>,
}

/// A folder of an audited tree. Years and versions at its end do not count.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Folder {
    /// The root it is below.
    pub root: RootId,
    /// Its path below the root; empty for the root itself.
    pub path: PathBuf,
}

/// The deepest folder that holds at least half of a subject's documents.
#[derive(Clone, Debug, PartialEq)]
pub struct Home {
    /// The folder.
    pub folder: Folder,
    /// The share of the documents that lie in it or below, from 0 to 1.
    pub share: f64,
}

impl Spread {
    /// How evenly it is spread, in words.
    pub fn in_words(&self) -> &'static str {
        match (self.folders.len(), self.evenness) {
            (0 | 1, _) => "all in one folder",
            (_, evenness) if evenness < 0.5 => "nearly all in one folder",
            (_, evenness) if evenness < 0.75 => "mostly in a few folders",
            (_, evenness) if evenness < 0.9 => "spread over many folders",
            _ => "spread evenly over its folders",
        }
    }
}

impl Folder {
    /// The folder that a document lies in.
    pub fn of(record: &Record) -> Self {
        Self::holding(record.root, file_of(record))
    }

    /// The folder that a file at this path below a root lies in.
    pub fn holding(root: RootId, file: &Path) -> Self {
        let mut path = file.parent().unwrap_or(Path::new(""));
        while let Some(parent) = path.parent().filter(|_| is_edition(path)) {
            path = parent;
        }
        Self { root, path: path.to_path_buf() }
    }
}

/// The file of the tree that a document is, or is inside of.
pub(super) fn file_of(record: &Record) -> &Path {
    record.file.container.as_deref().unwrap_or(&record.file.path)
}

/// Whether a folder is one year, quarter or version of what its parent is about.
fn is_edition(path: &Path) -> bool {
    let Some(name) = path.file_name().map(|it| it.to_string_lossy()) else { return false };
    let letters = name.chars().filter(|it| it.is_alphabetic()).count();
    let has_digit = name.chars().any(|it| it.is_ascii_digit());
    has_digit && letters <= 1
}

/// Measures the spread of each subject.
pub(super) fn measure(ctx: &Context<'_>, findings: &[Finding], subjects: &mut Subjects) {
    let owners = Owners::of(ctx.inventory, ctx.policy, &ctx.hints.owners);
    let stale = findings.iter().filter(|it| it.is_stale());
    let stale: HashSet<DocId> = stale.map(|it| it.document).collect();
    let conflicting: HashSet<DocId> = findings
        .iter()
        .filter(|it| it.rule.id == "conflicting-copies")
        .flat_map(|it| it.related.iter().copied().chain([it.document]))
        .collect();
    let known = Known { ctx, owners: &owners, stale: &stale, conflicting: &conflicting };
    for subject in &mut subjects.list {
        subject.spread = known.spread(&subject.members);
    }
}

struct Known<'a> {
    ctx: &'a Context<'a>,
    owners: &'a Owners,
    stale: &'a HashSet<DocId>,
    conflicting: &'a HashSet<DocId>,
}

impl Known<'_> {
    fn spread(&self, members: &[Member]) -> Spread {
        let inventory = self.ctx.inventory;
        let mut spread = Spread::default();
        let (mut folders, mut owners, mut formats) =
            (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for member in members {
            let (document, record) = (member.document, &inventory[member.document]);
            if self.conflicting.contains(&document) {
                spread.conflicting.push(document);
            }
            if member.is_copy {
                spread.copies += 1;
                continue;
            }
            spread.documents += 1;
            spread.stale += u64::from(self.stale.contains(&document));
            *folders.entry(Folder::of(record)).or_default() += 1;
            match self.owners.owner(document) {
                Some(owner) => *owners.entry(owner.name.clone()).or_default() += 1,
                None => spread.unowned += 1,
            }
            if let Some(format) = &record.format {
                *formats.entry(format.name.clone()).or_default() += 1;
            }
            if let Some(date) = self.ctx.dates.trusted(document) {
                let (oldest, newest) = spread.dates.get_or_insert((date, date));
                (*oldest, *newest) = ((*oldest).min(date), (*newest).max(date));
            }
            if let Some(state) = self.state(record) {
                *spread.states.entry(state).or_default() += 1;
            }
        }
        spread.conflicting.sort_unstable();
        spread.evenness = evenness(folders.values().copied());
        spread.folders = most_first(folders);
        spread.owners = most_first(owners);
        spread.formats = most_first(formats);
        spread.home = home(inventory, members);
        spread
    }

    fn state(&self, record: &Record) -> Option<ArticleState> {
        let states = &self.ctx.policy.subjects.states;
        if states.is_empty() {
            return None;
        }
        if self.ctx.policy.is_archived(&record.file.path) {
            return Some(ArticleState::Archived);
        }
        let status = record.metadata.status.as_ref()?.value.trim().to_lowercase();
        states.get(&status).copied()
    }
}

fn most_first<T: Ord>(counts: BTreeMap<T, u64>) -> Vec<(T, u64)> {
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|it| std::cmp::Reverse(it.1));
    counts
}

/// The entropy of a distribution as a share of what it is at most for so many places.
fn evenness(counts: impl Iterator<Item = u64> + Clone) -> f64 {
    let places = counts.clone().count();
    let all = counts.clone().sum::<u64>() as f64;
    if places < 2 {
        return 0.0;
    }
    let entropy = counts.map(|it| it as f64 / all).map(|share| -share * share.ln()).sum::<f64>();
    (entropy / (places as f64).ln()).clamp(0.0, 1.0)
}

/// The deepest folder that holds at least half of the documents. Not the root, which holds all.
fn home(inventory: &Inventory, members: &[Member]) -> Option<Home> {
    let mut counts: HashMap<Folder, u64> = HashMap::new();
    let mut documents = 0;
    for member in members.iter().filter(|it| !it.is_copy) {
        documents += 1;
        let Folder { root, path } = Folder::of(&inventory[member.document]);
        for folder in path.ancestors().filter(|it| !it.as_os_str().is_empty()) {
            *counts.entry(Folder { root, path: folder.to_path_buf() }).or_default() += 1;
        }
    }
    let share = |count: u64| count as f64 / documents as f64;
    let enough = counts.into_iter().filter(|(_, count)| LEAST_HOME <= share(*count));
    let depth = |folder: &Folder| folder.path.components().count();
    // Two halves are no home, so the first of equals is as good as the other.
    let deepest = enough.max_by(|a, b| {
        let by_depth = depth(&a.0).cmp(&depth(&b.0)).then(a.1.cmp(&b.1));
        by_depth.then_with(|| b.0.cmp(&a.0))
    });
    deepest.map(|(folder, count)| Home { folder, share: share(count) })
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{inventory, record};
    use super::*;

    fn members(inventory: &Inventory) -> Vec<Member> {
        let member = |document| Member { document, centrality: 1.0, is_copy: false };
        inventory.iter().map(|it| member(it.0)).collect()
    }

    #[test]
    fn evenness_is_none_for_one_place_and_whole_for_as_many_in_each() {
        assert_eq!(evenness([7].into_iter()), 0.0);
        assert!((evenness([3, 3, 3].into_iter()) - 1.0).abs() < 1e-9);
        assert!(evenness([50, 1, 1].into_iter()) < 0.3);
    }

    #[test]
    fn the_home_is_the_deepest_folder_that_holds_half() {
        let paths = ["F/Policies/a.md", "F/Policies/b.md", "F/c.md", "HR/d.md"];
        let inventory = inventory(paths.map(record).to_vec());
        let home = home(&inventory, &members(&inventory)).unwrap();
        assert_eq!((home.folder.path.to_str(), home.share), (Some("F/Policies"), 0.5));
        let apart = super::super::super::testing::inventory(
            ["A/a.md", "B/b.md", "C/c.md"].map(record).to_vec(),
        );
        assert_eq!(super::home(&apart, &members(&apart)), None);
    }

    #[test]
    fn years_and_versions_of_a_folder_are_one_folder() {
        for (path, folder) in [
            ("Minutes/2024/05/a.md", "Minutes"),
            ("docs/v3.5/a.md", "docs"),
            ("docs/ISO27001/a.md", "docs/ISO27001"),
            ("2024/a.md", ""),
            ("a.md", ""),
        ] {
            assert_eq!(Folder::of(&record(path)).path, Path::new(folder), "{path}");
        }
    }
}
