//! The ceiling on memory: it is kept, and one that is too low names the least that works.
#![cfg(target_os = "linux")]

#[path = "support/command.rs"]
mod command;

use std::fs::{self, File};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use command::docrot;

const MIB: u64 = 1 << 20;

/// A folder with so many files of `mib` MiB, most of which is one hole.
fn large_files(count: usize, mib: u64) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for number in 0..count {
        let mut file = File::create(root.path().join(format!("{number}.json"))).unwrap();
        file.seek(SeekFrom::Start(mib * MIB)).unwrap();
        write!(file, "{number}").unwrap();
    }
    root
}

/// The most that a scan had resident, in bytes.
fn most_of_a_scan(root: &Path, arguments: &[&str]) -> u64 {
    let index = tempfile::tempdir().unwrap();
    let mut scan = Command::new(env!("CARGO_BIN_EXE_docrot"))
        .args(["scan", "--quiet", "--threads", "4"])
        .args(arguments)
        .arg("--index")
        .arg(index.path())
        .arg(root)
        .env_remove("DOCROT_CONFIG")
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", scan.id());
    let mut most = 0;
    loop {
        // The system keeps the mark, so that nothing is missed in between.
        let text = fs::read_to_string(&status).unwrap_or_default();
        let mark = text.lines().find_map(|it| it.strip_prefix("VmHWM:"));
        let mark = mark.and_then(|it| it.trim().trim_end_matches(" kB").parse::<u64>().ok());
        most = most.max(mark.unwrap_or(0) * 1024);
        if let Some(ended) = scan.try_wait().unwrap() {
            assert!(ended.success());
            return most;
        }
        std::thread::yield_now();
    }
}

#[test]
fn a_ceiling_is_kept_where_more_would_be_used() {
    let root = large_files(6, 200);
    // Without one, how many files are held at once is chance: some of many scans hold several.
    assert!((0..20).any(|_| 400 * MIB < most_of_a_scan(root.path(), &[])));
    let most = most_of_a_scan(root.path(), &["--memory", "400M"]);
    assert!(most < 400 * MIB, "{} MiB", most / MIB);
}

#[test]
fn a_ceiling_that_is_too_low_names_the_least_that_works() {
    let (root, index) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::write(root.path().join("a.txt"), "A document of a few words.").unwrap();
    let root = root.path().to_str().unwrap();
    let scan = |memory: &str| docrot(&["scan", root, "--memory", memory], index.path());
    let refused = scan("10M");
    assert_eq!(refused.status.code(), Some(2));
    let words = String::from_utf8(refused.stderr).unwrap();
    let least = words.split("the least is ").nth(1).and_then(|it| it.split(' ').next()).unwrap();
    assert!(scan(&format!("{least} MiB")).status.success(), "{words}");
    assert_eq!(scan(&format!("{} MiB", least.parse::<u64>().unwrap() - 1)).status.code(), Some(2));
}
