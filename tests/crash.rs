//! A scan that is killed at any instant leaves the catalog at its last commit, and the next scan
//! ends where an undisturbed one would have.
#![expect(clippy::disallowed_methods, reason = "the tree is the test's own")]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use docrot::catalog::Catalog;
use docrot::inventory::{Hash, Inventory};

const KILLS: u32 = 20;
const FILES: usize = 600;

fn write_tree(root: &Path, round: u32) {
    for file in 0..FILES {
        // Each round changes some files, drops some and adds some.
        let folder = root.join(format!("{:02}", file % 7));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join(format!("{file}.md"));
        let number = file as u32;
        if round > 0 && (number + round).is_multiple_of(11) {
            let _ = fs::remove_file(&path);
        } else if round == 0 || (number + round).is_multiple_of(5) || !path.exists() {
            let words = format!("document {number} round {round} says that this and that holds. ");
            fs::write(&path, words.repeat(30 + file % 50)).unwrap();
        }
    }
}

fn docrot(root: &Path, index: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_docrot"));
    command.arg("scan").arg(root).arg("--index").arg(index).arg("--quiet");
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// What a catalog remembers, without what differs from scan to scan.
fn remembered(inventory: &Inventory) -> Vec<(String, Option<Hash>)> {
    let name = |it: &docrot::inventory::Record| it.file.path.to_string_lossy().into_owned();
    inventory.iter().map(|(_, record)| (name(record), record.hash)).collect()
}

#[test]
fn a_killed_scan_leaves_the_last_commit_and_the_next_one_makes_up_for_it() {
    let (root, index) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write_tree(root.path(), 0);
    let begun = Instant::now();
    assert!(docrot(root.path(), index.path()).status().unwrap().success());
    let whole_scan = begun.elapsed();
    let mut seed = 42_u64;
    for round in 1..=KILLS {
        write_tree(root.path(), round);
        let before = remembered(&Catalog::open(index.path()).unwrap().inventory().unwrap());
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let after = whole_scan.mul_f64((seed >> 40) as f64 / f64::from(1 << 24));
        let mut child = docrot(root.path(), index.path()).spawn().unwrap();
        let deadline = Instant::now() + after;
        while Instant::now() < deadline && child.try_wait().unwrap().is_none() {
            std::thread::park_timeout(Duration::from_millis(1));
        }
        let _ = child.kill();
        let finished = child.wait().unwrap().success();

        let catalog = Catalog::open(index.path()).unwrap();
        let inventory = catalog.inventory().unwrap();
        let texts = catalog.texts().unwrap();
        for (_, record) in inventory.iter() {
            assert!(texts(record).is_some(), "round {round}: {:?} lost its text", record.file.path);
        }
        if !finished {
            let now = remembered(&inventory);
            let complete = on_disk(root.path());
            assert!(now == before || now == complete, "round {round}: neither before nor after");
        }
        let rescan = docrot(root.path(), index.path()).stderr(Stdio::piped()).output().unwrap();
        let said = String::from_utf8_lossy(&rescan.stderr);
        assert!(rescan.status.success(), "round {round}: {said}");
        let inventory = Catalog::open(index.path()).unwrap().inventory().unwrap();
        assert_eq!(remembered(&inventory), on_disk(root.path()), "round {round}");
    }
    let strays = fs::read_dir(index.path())
        .unwrap()
        .chain(fs::read_dir(index.path().join("index")).unwrap())
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with(".tmp"))
        .count();
    assert_eq!(strays, 0);
}

/// What an undisturbed scan would remember.
fn on_disk(root: &Path) -> Vec<(String, Option<Hash>)> {
    let mut files = Vec::new();
    for folder in fs::read_dir(root).unwrap() {
        for file in fs::read_dir(folder.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            let name = path.strip_prefix(root).unwrap().to_path_buf();
            files.push((name, Some(Hash::of(&fs::read(path).unwrap()))));
        }
    }
    files.sort();
    files.into_iter().map(|(name, hash)| (name.to_string_lossy().into_owned(), hash)).collect()
}
