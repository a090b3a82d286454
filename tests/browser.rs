//! The HTML report in a real browser: what a person does with it, and what hostile names do not.
//!
//! `tests/run` installs the browser and the packages that drive it.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Audits a tree and gives the page. The folder it lies in goes when it is dropped.
fn report(tree: &Path, as_of: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("report.html");
    let output = Command::new(env!("CARGO_BIN_EXE_docrot"))
        .args([OsStr::new("audit"), tree.as_os_str(), OsStr::new("--as-of"), OsStr::new(as_of)])
        .args([OsStr::new("--output"), page.as_os_str()])
        .args([OsStr::new("--index"), folder.path().join("catalog").as_os_str()])
        .env_remove("DOCROT_CONFIG")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    (folder, page)
}

/// Has the browser check a page; what it found wrong is what the test says.
fn check(name: &str, page: &Path) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser");
    let has_packages = folder.join("node_modules/playwright-core").is_dir();
    assert!(has_packages, "the packages that drive the browser are missing: run tests/run");
    let script = folder.join("check.mjs");
    let mut node = Command::new("node");
    node.args([script.as_os_str(), OsStr::new(name), page.as_os_str()]);
    let output = node.output().expect("Node.js is missing: run tests/run where it is installed");
    let (said, failed) = (&output.stdout, &output.stderr);
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(said),
        String::from_utf8_lossy(failed)
    );
    assert!(String::from_utf8_lossy(said).contains("all checks passed"), "it ended early");
}

fn real() -> (tempfile::TempDir, PathBuf) {
    let tree = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/trees/policies-share/tree");
    report(&tree, "2026-06-01")
}

#[test]
fn a_person_finds_their_way() {
    let (_folder, page) = real();
    check("use", &page);
}

#[test]
fn it_is_accessible_in_light_and_dark_wide_and_narrow() {
    let (_folder, page) = real();
    check("accessible", &page);
}

#[test]
fn it_prints_and_works_without_script() {
    let (_folder, page) = real();
    check("paper", &page);
}

const TEXT: &str = "The harbour office answers for the cranes on quay 4 and for their yearly \
    inspection. Whoever finds a defect tells the foreman, who closes the crane and writes it down \
    in the book. The book is kept for ten years. ";

/// Names that attack whoever shows them.
fn hostile_names() -> Vec<PathBuf> {
    let mut names: Vec<PathBuf> = [
        "<img src=x onerror=owned=1>.md",
        "\"><script>owned=1</script>.md",
        "</script><script>owned=1<!--.md",
        "' onmouseover='owned=1.md",
        "=cmd|'calc'!A1.md",
        "+1+1.md",
        "invoice\u{202e}dm.exe.md",
        "\u{2067}שלום\u{2066}.md",
        "two\nlines\r.md",
        "&lt;b&gt;&amp;.md",
        "\u{2028}\u{feff}x.md",
        "${owned=1}`{{owned=1}}.md",
        "-rf.md",
    ]
    .into_iter()
    .map(PathBuf::from)
    .collect();
    // As long as a path may be.
    let long: PathBuf = (0..15).map(|n| format!("{n}{}", "<b>".repeat(80))).collect();
    names.push(long.join("end.md"));
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStringExt as _;
        names.push(std::ffi::OsString::from_vec(b"caf\xe9<b>.md".to_vec()).into());
    }
    names
}

/// A tree in which every name and every quotation is an attack.
fn hostile_tree() -> tempfile::TempDir {
    let tree = tempfile::tempdir().unwrap();
    for (position, name) in hostile_names().iter().enumerate() {
        let path = tree.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let head = "---\nowner: <svg onload=owned=1>\u{202e}\nstatus: withdrawn</script>\n\
            review_by: 2020-01-01\ntitle: \"<script>owned=1</script>\"\n---\n";
        let banner = "This document is no longer valid</td><script>owned=1</script>.\n\n";
        let own = format!("</ins><img src=x onerror=owned=1> fee of {position}00 euro a month. ");
        fs::write(path, format!("{head}{banner}{}{own}{TEXT}", TEXT.repeat(4))).unwrap();
    }
    fs::write(tree.path().join("<i>broken.pdf"), "%PDF-1.4 <script>owned=1</script>").unwrap();
    tree
}

#[test]
fn a_hostile_tree_does_nothing() {
    let tree = hostile_tree();
    let (_folder, page) = report(tree.path(), "2026-06-01");
    check("hostile", &page);
}

#[test]
fn thousands_of_findings_are_packed_and_shown_a_page_at_a_time() {
    let tree = tempfile::tempdir().unwrap();
    for folder in 0..51 {
        let folder = tree.path().join(format!("Folder {folder}"));
        fs::create_dir(&folder).unwrap();
        for file in 0..100 {
            fs::write(folder.join(format!("Minutes {file}.md")), "").unwrap();
        }
    }
    let (_folder, page) = report(tree.path(), "2026-06-01");
    let size = fs::metadata(&page).unwrap().len();
    assert!(size < 150_000 + 200 * 5100, "{size} bytes");
    check("many", &page);
}
