//! docrot audits the documents of this repository, by the policy that is part of it. What has to
//! hold today is checked by `.ci/documents`; here, that the policy would notice.
#![expect(clippy::disallowed_methods, reason = "the tree is the test's own")]

#[path = "support/command.rs"]
mod command;
#[path = "support/tree.rs"]
mod tree;

use std::fs;
use std::path::Path;
use std::process::Output;

use command::docrot;

const REPOSITORY: &str = env!("CARGO_MANIFEST_DIR");

/// The documents of the repository and what they link to, to be spoilt.
fn documents() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(REPOSITORY).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
        }
    }
    for name in ["docs", "examples"] {
        tree::copy(&Path::new(REPOSITORY).join(name), &folder.path().join(name));
    }
    // What fuzzing leaves there is no document.
    fs::create_dir(folder.path().join("fuzz")).unwrap();
    let readme = "fuzz/README.md";
    fs::copy(Path::new(REPOSITORY).join(readme), folder.path().join(readme)).unwrap();
    folder
}

/// Audits them as of a day.
fn audit(folder: &Path, day: &str) -> Output {
    let index = tempfile::tempdir().unwrap();
    let policy = folder.join(".docrot.toml");
    let root = folder.to_str().unwrap();
    let arguments = ["audit", root, "--config", policy.to_str().unwrap(), "--as-of", day, "--all"];
    docrot(&arguments, index.path())
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn nothing_is_wrong_with_the_documents() {
    let folder = documents();
    let output = audit(folder.path(), "2026-11-24");
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(
        said(&output).contains(".docrot.toml"),
        "the report names its policy: {}",
        said(&output)
    );
}

#[test]
fn a_dead_link_a_forgotten_date_and_an_overdue_review_would_be_noticed() {
    let folder = documents();
    let guide = folder.path().join("docs/first-audit.md");
    let text = fs::read_to_string(&guide).unwrap();
    fs::write(&guide, text.replace("(how-sure.md)", "(how-certain.md)")).unwrap();
    let page = folder.path().join("docs/new.md");
    fs::write(&page, "# A new guide\n\nIt says something that no other page says.\n").unwrap();
    let output = audit(folder.path(), "2026-11-24");
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    for expected in ["dead link \"how-certain.md\"", "ERROR missing-field: 1 document"] {
        assert!(said(&output).contains(expected), "{expected}: {}", said(&output));
    }
    fs::remove_file(page).unwrap();
    fs::write(&guide, text).unwrap();
    let output = audit(folder.path(), "2030-01-01");
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("ERROR review-overdue"), "{}", said(&output));
}
