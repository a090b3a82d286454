//! What docrot keeps of documents is for their reader's owner alone.
#![cfg(unix)]

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// docrot, under a mask that keeps nothing from anybody.
fn docrot(arguments: &[&str], index: &Path) -> Output {
    let mut command = Command::new("sh");
    command.args(["-c", "umask 000; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_docrot")]);
    let output = command.args(arguments).arg("--index").arg(index).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

fn tree() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for name in ["a.md", "copy of a.md", "b.md"] {
        let words = if name == "b.md" { "Another text about leave." } else { "Travel is paid." };
        fs::write(root.path().join(name), words.repeat(20)).unwrap();
    }
    root
}

/// Everything in a folder that somebody else may look at, and the folder itself.
fn open_to_others(folder: &Path) -> Vec<PathBuf> {
    let mode = |path: &Path| path.symlink_metadata().unwrap().permissions().mode() & 0o777;
    let mut found = Vec::new();
    if mode(folder) & 0o077 != 0 {
        found.push(folder.to_path_buf());
    }
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(open_to_others(&path));
        } else if mode(&path) & 0o177 != 0 {
            found.push(path);
        }
    }
    found
}

#[test]
fn nobody_else_may_read_a_catalog_or_what_is_kept_with_it() {
    let (root, home) = (tree(), tempfile::tempdir().unwrap());
    let index = home.path().join("catalog");
    let root = root.path().to_str().unwrap();
    docrot(&["audit", root], &index);
    docrot(&["baseline", "accept"], &index);
    let report = docrot(&["report", "--format", "json"], &index).stdout;
    let report: serde_json::Value = serde_json::from_slice(&report).unwrap();
    let finding = report["findings"][0]["id"].as_str().unwrap();
    docrot(&["decide", finding, "keep", "--by", "Ada", "--why", "wanted"], &index);
    docrot(&["judge", finding, "right", "--by", "Ada"], &index);
    docrot(&["audit", root, "--rehash"], &index);
    for name in
        ["baseline.csv", "decisions.csv", "history.ndjson", "judgements.csv", "index/meta.json"]
    {
        assert!(index.join(name).is_file(), "{name}");
    }
    assert_eq!(open_to_others(&index), [] as [PathBuf; 0]);
}

#[test]
fn a_catalog_that_others_could_read_is_shut_by_the_next_scan() {
    let (root, index) = (tree(), tempfile::tempdir().unwrap());
    let arguments = ["scan", root.path().to_str().unwrap()];
    docrot(&arguments, index.path());
    fs::write(index.path().join("decisions.csv"), "").unwrap();
    for (path, mode) in [("", 0o755), ("index", 0o755), ("index/meta.json", 0o644)] {
        fs::set_permissions(index.path().join(path), Permissions::from_mode(mode)).unwrap();
    }
    fs::set_permissions(index.path().join("decisions.csv"), Permissions::from_mode(0o644)).unwrap();
    assert_eq!(open_to_others(index.path()).len(), 4);
    docrot(&arguments, index.path());
    assert_eq!(open_to_others(index.path()), [] as [PathBuf; 0]);
}

#[test]
fn a_report_that_is_written_again_keeps_who_may_read_it() {
    let (root, home) = (tree(), tempfile::tempdir().unwrap());
    let (index, report) = (home.path().join("catalog"), home.path().join("report.json"));
    docrot(&["scan", root.path().to_str().unwrap()], &index);
    let mode = || report.metadata().unwrap().permissions().mode() & 0o777;
    let arguments = ["report", "--output", report.to_str().unwrap()];
    docrot(&arguments, &index);
    assert_eq!(mode(), 0o666);
    fs::set_permissions(&report, Permissions::from_mode(0o640)).unwrap();
    docrot(&arguments, &index);
    assert_eq!(mode(), 0o640);

    let parts = home.path().join("parts");
    let split = ["report", "--split-by", "owner", "--format", "json", "--output"];
    let split = [&split[..], &[parts.to_str().unwrap()]].concat();
    docrot(&split, &index);
    let part = parts.join("no-owner.json");
    fs::set_permissions(&part, Permissions::from_mode(0o600)).unwrap();
    docrot(&split, &index);
    assert_eq!(part.metadata().unwrap().permissions().mode() & 0o777, 0o600);
}
