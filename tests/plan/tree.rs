//! A tree, a quarantine beside it, and plans for it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::ControlFlow;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use docrot::inventory::Hash;
use docrot::plan::{
    Content, Disk, Disposition, Found, JournalError, Outcome, Place, Plan, Quarantine,
    QuarantineError, Returned, Selection, Signature, Step, Tally, Terms, apply, simulate, undo,
};
use docrot::rot::{Confidence, Policy};

/// What is true of a name in a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) content: Vec<u8>,
    pub(crate) mode: u32,
    pub(crate) modified: (i64, i64),
}

pub(crate) struct Tree {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) policy: Policy,
}

/// Where nothing has to wait for a disk, if there is such a place.
fn quick() -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    if memory.is_dir() { memory } else { std::env::temp_dir() }
}

pub(crate) fn now() -> DateTime<Utc> {
    "2026-11-24T12:00:00Z".parse().unwrap()
}

impl Tree {
    /// A tree of files with these contents; each has a mode and a time of its own.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::Builder::new().tempdir_in(quick()).unwrap();
        let tree = Self { folder, policy: Policy::default() };
        fs::create_dir_all(tree.root()).unwrap();
        for (at, (path, content)) in files.iter().enumerate() {
            let path = tree.root().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, content).unwrap();
            let mode = [0o644, 0o600, 0o755, 0o440][at % 4];
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            age(&path, 1_600_000_000 + at as u64 * 1_000_003);
        }
        for (at, folder) in folders(&tree.root()).iter().enumerate() {
            age(folder, 1_500_000_000 + at as u64 * 1_000_007);
        }
        tree
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().join("share")
    }

    pub(crate) fn quarantine(&self) -> PathBuf {
        self.folder.path().join("quarantine")
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    pub(crate) fn content(&self, path: &str) -> Content {
        let bytes = fs::read(self.path(path)).unwrap();
        Content { hash: Hash::of(&bytes), size: bytes.len() as u64 }
    }

    /// A step that takes `path` away because `survivor` stays.
    pub(crate) fn step(
        &self,
        path: &str,
        survivor: Option<&str>,
        disposition: Disposition,
    ) -> Step {
        let place = |path: &str| Place { root: 0, path: path.into() };
        Step {
            document: place(path),
            expected: self.content(path),
            survivor: survivor.map(|it| (place(it), self.content(it))),
            disposition,
            rule: "exact-copy".to_owned(),
            finding: "31dad728a9873e76".to_owned(),
            confidence: Confidence::Certain,
            reason: "Another file holds the same bytes".to_owned(),
            lost: Vec::new(),
            linked_from: Vec::new(),
            owner: String::new(),
            reclaims: 0,
            signed: None,
            retention: None,
        }
    }

    pub(crate) fn plan(&self, steps: Vec<Step>) -> Plan {
        Plan {
            roots: vec![self.root()],
            as_of: now().date_naive(),
            made: now(),
            archive: Some(self.folder.path().to_path_buf()),
            steps,
            ..Plan::default()
        }
    }

    /// Carries out a plan on a disk of its own.
    pub(crate) fn apply_on(&self, plan: &Plan, disk: Disk) -> Result<Ran, Stopped> {
        let mut quarantine = Quarantine::open(&self.quarantine(), disk, now())?;
        let mut words = Vec::new();
        let mut on_step = |found: Found<'_>, outcome: &Outcome| {
            words.push(told(found, outcome));
            ControlFlow::Continue(())
        };
        let roots = [self.root()];
        let terms = self.terms(&roots);
        let tally = apply(plan, &mut quarantine, &terms, &mut on_step)?;
        Ok(Ran { tally, words })
    }

    pub(crate) fn apply(&self, plan: &Plan) -> Ran {
        self.apply_on(plan, Disk::default()).unwrap()
    }

    pub(crate) fn simulate(&self, plan: &Plan) -> Ran {
        let mut words = Vec::new();
        let mut on_step = |found: Found<'_>, outcome: &Outcome| {
            words.push(told(found, outcome));
            ControlFlow::Continue(())
        };
        let roots = [self.root()];
        let tally = simulate(plan, &self.terms(&roots), &mut on_step);
        Ran { tally, words }
    }

    pub(crate) fn terms<'a>(&'a self, roots: &'a [PathBuf]) -> Terms<'a> {
        let (today, version) = (now().date_naive(), "test");
        Terms { roots, policy: &self.policy, today, now: &now, by: "kim", version }
    }

    pub(crate) fn undo_on(&self, selection: &Selection, disk: Disk) -> Result<Returned, Stopped> {
        let mut quarantine = Quarantine::open(&self.quarantine(), disk, now())?;
        let roots = [self.root()];
        let terms = self.terms(&roots);
        Ok(undo(
            &mut quarantine,
            selection,
            &terms,
            true,
            &mut |_, _, _| ControlFlow::Continue(()),
        )?)
    }

    pub(crate) fn undo(&self) -> Returned {
        self.undo_on(&Selection::default(), Disk::default()).unwrap()
    }

    /// Every name below the root with what is true of it; folders have no content.
    pub(crate) fn snapshot(&self) -> BTreeMap<PathBuf, Entry> {
        let root = self.root();
        let mut entries = BTreeMap::new();
        for path in names(&root) {
            let stat = fs::symlink_metadata(&path).unwrap();
            let content = if stat.is_file() { fs::read(&path).unwrap() } else { Vec::new() };
            let modified = (stat.mtime(), stat.mtime_nsec());
            let name = path.strip_prefix(&root).unwrap().to_path_buf();
            entries.insert(name, Entry { content, mode: stat.mode(), modified });
        }
        entries
    }

    /// The files alone: what a crash leaves to be compared, as it touches the times of folders.
    pub(crate) fn files(&self) -> BTreeMap<PathBuf, Entry> {
        let mut files = self.snapshot();
        files.retain(|path, _| !self.root().join(path).is_dir());
        files
    }

    /// Every content that lies anywhere in the tree or in quarantine.
    pub(crate) fn contents(&self) -> BTreeSet<Vec<u8>> {
        let files = names(self.folder.path()).into_iter();
        let files = files.filter(|it| fs::symlink_metadata(it).unwrap().is_file());
        files.map(|it| fs::read(it).unwrap()).collect()
    }
}

/// What a run came to, and a word for each step.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) tally: Tally,
    pub(crate) words: Vec<String>,
}

/// Why a run ended early.
#[derive(Debug)]
pub(crate) struct Stopped;

impl From<QuarantineError> for Stopped {
    fn from(_: QuarantineError) -> Self {
        Self
    }
}

impl From<JournalError> for Stopped {
    fn from(_: JournalError) -> Self {
        Self
    }
}

fn told(found: Found<'_>, outcome: &Outcome) -> String {
    let _ = found;
    match outcome {
        Outcome::Done { .. } => "done".to_owned(),
        Outcome::Would => "would".to_owned(),
        Outcome::Already => "already".to_owned(),
        Outcome::Left => "left".to_owned(),
        Outcome::Refused(refusal) => refusal.word().to_owned(),
    }
}

pub(crate) fn signed(step: Step) -> Step {
    Step { signed: Some(Signature { by: "kim".to_owned(), ..Signature::default() }), ..step }
}

/// Gives a file or folder a time long ago.
pub(crate) fn age(path: &Path, seconds: u64) {
    let time = std::time::UNIX_EPOCH + std::time::Duration::new(seconds, 123_456_789);
    fs::File::open(path).unwrap().set_modified(time).unwrap();
}

fn folders(root: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = names(root).into_iter().filter(|it| it.is_dir()).collect();
    folders.push(root.to_path_buf());
    folders
}

/// Everything below a folder.
pub(crate) fn names(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            found.extend(names(&entry.path()));
        }
        found.push(entry.path());
    }
    found
}
