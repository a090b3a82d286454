//! A share, its catalog and everything that docrot makes of them, in a folder of their own.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use docrot::catalog::{Catalog, Depth, walk_index};
use docrot::decisions::{Baseline, Decisions};
use docrot::inventory::{Hash, Record};
use docrot::scan::Ledger;
use serde_json::Value;

pub(crate) struct Stage {
    home: tempfile::TempDir,
    round: u32,
}

/// What a catalog remembers of each document.
pub(crate) type Remembered = Vec<(String, Option<Hash>, String)>;

/// Everything that an operation may change.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct State {
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    pub(crate) remembered: Remembered,
}

impl Stage {
    /// A share that was scanned, and a plan for it.
    pub(crate) fn new() -> Self {
        let stage = Self { home: tempfile::tempdir().unwrap(), round: 0 };
        fs::create_dir_all(stage.path("share/archive")).unwrap();
        for number in 0..12 {
            stage.write(&format!("{number}.md"), &words(number, 0));
        }
        stage.write("archive/copy of 1.md", &words(1, 0));
        stage.write("archive/copy of 2.md", &words(2, 0));
        stage.write("empty.md", "");
        stage.run(&["scan", "share"]);
        stage.run(&["plan", "share", "--output", "plan.json"]);
        stage
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.home.path().canonicalize().unwrap().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path("share").join(name), text).unwrap();
    }

    /// Changes some documents, drops one and adds one.
    pub(crate) fn change(&mut self) {
        self.round += 1;
        let round = self.round;
        self.write(&format!("{}.md", 3 + round % 4), &words(3 + round % 4, round));
        self.write(&format!("new {round}.md"), &words(20, round));
        let _ = fs::remove_file(self.path("share").join(format!("new {}.md", round - 1)));
    }

    /// docrot with these arguments, in this folder, with this catalog.
    pub(crate) fn docrot(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_docrot"));
        command.args(arguments);
        self.at_home(command)
    }

    /// A program that starts docrot, in this folder, with this catalog.
    pub(crate) fn at_home(&self, mut command: Command) -> Command {
        command.current_dir(self.path(""));
        command.env("DOCROT_INDEX", self.path("index")).env_remove("DOCROT_CONFIG");
        command.env("RUST_BACKTRACE", "0");
        command
    }

    /// Runs docrot, which must succeed.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        let output = self.docrot(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {said}");
        output
    }

    pub(crate) fn state(&self) -> State {
        State { files: self.files(), remembered: remembered(&self.path("index")) }
    }

    /// Every file of the share.
    pub(crate) fn files(&self) -> BTreeMap<String, Vec<u8>> {
        contents(&self.path("share"))
    }

    /// Every text that there is in the share and in its quarantine.
    pub(crate) fn texts(&self) -> BTreeSet<Vec<u8>> {
        let quarantine = contents(&self.path("share.docrot-quarantine/files"));
        self.files().into_values().chain(quarantine.into_values()).collect()
    }

    /// What an undisturbed scan of the share remembers, and what it comes to.
    pub(crate) fn undisturbed(&self) -> (Remembered, Value) {
        let index = self.path("undisturbed");
        let _ = fs::remove_dir_all(&index);
        let named = index.to_str().unwrap();
        self.run(&["scan", "share", "--index", named, "--quiet"]);
        (remembered(&index), self.findings(named))
    }

    /// What a catalog comes to, without what differs from scan to scan.
    pub(crate) fn findings(&self, index: &str) -> Value {
        let report = self.run(&["report", "--index", index, "--format", "json"]).stdout;
        let mut report: Value = serde_json::from_slice(&report).unwrap();
        for finding in report["findings"].as_array_mut().unwrap() {
            finding.as_object_mut().unwrap().remove("first_seen");
        }
        Value::from(vec![report["findings"].take(), report["groups"].take()])
    }

    /// Checks what must hold whatever happened: the catalog is whole, and no file of docrot's is
    /// there in part.
    pub(crate) fn check(&self, case: &str) {
        let walk = walk_index(&self.path("index/index"), Depth::Documents);
        assert_eq!(walk.faults, [], "{case}");
        let read = |name: &str| fs::read_to_string(self.path(name)).ok();
        if let Some(text) = read("index/baseline.csv") {
            Baseline::read(&text).unwrap_or_else(|error| panic!("{case}: {error}"));
        }
        if let Some(text) = read("index/decisions.csv") {
            Decisions::read(&text).unwrap_or_else(|error| panic!("{case}: {error}"));
        }
        for name in ["report.json", "plan.json"] {
            let whole = |text: String| serde_json::from_str::<Value>(&text).is_ok();
            assert!(read(name).is_none_or(whole), "{case}: {name} is there in part");
        }
    }
}

fn words(number: u32, round: u32) -> String {
    let sentence = format!("Rule {number} of round {round} says who pays for travel {number}. ");
    format!("# Rule {number}\n\n{}", sentence.repeat(20 + number as usize))
}

fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    collect(folder, folder, &mut files);
    files
}

fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            files.insert(name, fs::read(&path).unwrap());
        }
    }
}

/// What a catalog remembers. It must be whole, and its account must add up.
pub(crate) fn remembered(index: &Path) -> Remembered {
    let catalog = Catalog::open_read_only(index).unwrap();
    let inventory = catalog.inventory().unwrap();
    let texts = catalog.texts().unwrap();
    let ledger = Ledger::of(&inventory);
    let told = ledger.read + ledger.partly_read + ledger.not_read + ledger.not_documents;
    assert_eq!((ledger.seen, ledger.seen), (told, inventory.len() as u64));
    let row = |record: &Record| {
        let name = record.file.path.to_string_lossy().into_owned();
        assert!(!record.is_readable() || texts(record).is_some(), "{name} lost its text");
        (name, record.hash, format!("{:?}", record.status))
    };
    inventory.iter().map(|(_, record)| row(record)).collect()
}
