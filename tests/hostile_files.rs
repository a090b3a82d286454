//! Files that are no files, names that are no names, and files that are not what they seem: a scan
//! ends, and says of each what it is.
#![cfg(target_os = "linux")]

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

/// What reading nothing may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

fn docrot(arguments: &[&OsStr]) -> Output {
    let begun = Instant::now();
    let mut command = Command::new(env!("CARGO_BIN_EXE_docrot"));
    let output = command.args(arguments).env_remove("DOCROT_CONFIG").output().unwrap();
    assert!(begun.elapsed() < PATIENCE, "{arguments:?} took {:?}", begun.elapsed());
    output
}

/// The JSON report of an audit that ends well.
fn audit(root: &Path) -> serde_json::Value {
    let index = tempfile::tempdir().unwrap();
    let output = docrot(&[
        "audit".as_ref(),
        root.as_os_str(),
        "--format".as_ref(),
        "json".as_ref(),
        "--index".as_ref(),
        index.path().as_os_str(),
    ]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let count = |name: &str| report["ledger"][name].as_u64().unwrap();
    let parts = ["read", "partly_read", "not_read", "not_documents"];
    assert_eq!(count("seen"), parts.iter().map(|it| count(it)).sum::<u64>());
    report
}

/// Reasons by path.
fn reasons(report: &serde_json::Value) -> BTreeMap<String, String> {
    let problems = report["problems"].as_array().unwrap();
    let text = |it: &serde_json::Value| it.as_str().unwrap().to_owned();
    problems.iter().map(|it| (text(&it["path"]), text(&it["reason"]))).collect()
}

fn sparse(path: &Path, bytes: u64) {
    File::create(path).unwrap().set_len(bytes).unwrap();
}

#[test]
fn what_is_no_file_is_not_opened() {
    let root = tempfile::tempdir().unwrap();
    let at = |name: &str| root.path().join(name);
    rustix::fs::mknodat(
        rustix::fs::CWD,
        at("fifo.docx"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR,
        0,
    )
    .unwrap();
    let _socket = UnixListener::bind(at("socket.txt")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", at("device.pdf")).unwrap();
    fs::create_dir(at("folder.docx")).unwrap();
    fs::write(at("folder.docx/inside.txt"), "words in a folder that is called a document").unwrap();
    let report = audit(root.path());
    assert_eq!(report["ledger"]["read"], 1);
    assert_eq!(report["ledger"]["not_documents"], 2);
    // Named by hand, they are refused in words.
    for name in ["fifo.docx", "socket.txt", "device.pdf", "folder.docx"] {
        let output = docrot(&["text".as_ref(), at(name).as_os_str()]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(3), "{name}: {said}");
        assert!(said.starts_with("docrot: cannot read ") && said.lines().count() == 1, "{said}");
    }
}

#[test]
fn what_is_not_on_this_disk_is_not_fetched() {
    let root = tempfile::tempdir().unwrap();
    let at = |name: &str| root.path().join(name);
    sparse(&at("huge.docx"), 4 << 30);
    sparse(&at("small.pdf"), 20_000);
    fs::write(at("Plan.gdoc"), br#"{"url": "https://docs.example.org/open?id=1"}"#).unwrap();
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n";
    fs::write(at("manual.docx"), pointer).unwrap();
    let reasons = reasons(&audit(root.path()));
    for name in ["huge.docx", "small.pdf", "Plan.gdoc", "manual.docx"] {
        assert_eq!(reasons[name], "cloud-placeholder", "{name}");
    }
}

#[test]
fn each_refusal_has_a_reason_of_its_own() {
    let root = tempfile::tempdir().unwrap();
    let at = |name: &str| root.path().join(name);
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/formats");
    let copy = |from: &str, to: &str| fs::copy(fixtures.join(from), at(to)).map(drop).unwrap();
    copy("pdf/letter-scanned.pdf", "scanned.pdf");
    copy("pdf/travel-policy-locked.pdf", "locked.pdf");
    fs::write(at("empty.docx"), b"").unwrap();
    fs::write(at("damaged.docx"), b"PK\x03\x04\0\0 and nothing more").unwrap();
    fs::write(at("unsupported.djvu"), b"AT&TFORM\0\0\0\0DJVU").unwrap();
    // Some bytes at the end, so that it is no placeholder; hashed, not read.
    sparse(&at("large.pdf"), 300 << 20);
    let large = File::options().write(true).open(at("large.pdf")).unwrap();
    std::os::unix::fs::FileExt::write_all_at(&large, b"%%EOF", (300 << 20) - 5).unwrap();
    let reasons = reasons(&audit(root.path()));
    for (name, reason) in [
        ("scanned.pdf", "no-text-layer"),
        ("locked.pdf", "encrypted"),
        ("empty.docx", "empty"),
        ("damaged.docx", "damaged"),
        ("unsupported.djvu", "unsupported"),
        ("large.pdf", "too-large"),
    ] {
        assert_eq!(reasons.get(name).map(String::as_str), Some(reason), "{name}");
        let output =
            docrot(&["text".as_ref(), at(name).as_os_str(), "--format".as_ref(), "json".as_ref()]);
        assert_eq!(output.status.code(), Some(3), "{name}");
        let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(json["reason"], reason, "{name}");
        assert!(json["remedy"].is_string(), "nothing to do about {name}");
    }
}

#[test]
fn names_are_bytes_and_steer_nothing() {
    let root = tempfile::tempdir().unwrap();
    let names: &[&[u8]] = &[
        b"two\nlines.txt",
        b"\x1b[2Jcleared.txt",
        "invoice\u{202e}txt.exe.txt".as_bytes(),
        b"latin-1 \xe9\xff.txt",
        b"-rf.txt",
        b" .txt",
        "\u{feff}mark.txt".as_bytes(),
        b"tab\tquote\"'$(reboot).txt",
    ];
    for (number, name) in names.iter().enumerate() {
        let text = format!("the words of document number {number} are these and no others");
        fs::write(root.path().join(OsStr::from_bytes(name)), text).unwrap();
    }
    let report = audit(root.path());
    assert_eq!(report["ledger"]["read"], names.len());
    let index = tempfile::tempdir().unwrap();
    let index: [&OsStr; 2] = ["--index".as_ref(), index.path().as_os_str()];
    let all: [&OsStr; 3] = ["audit".as_ref(), root.path().as_os_str(), "--all".as_ref()];
    let output = docrot(&[&all[..], &index[..]].concat());
    for bytes in [output.stdout, output.stderr] {
        let text = String::from_utf8(bytes).unwrap();
        assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{feff}']), "{text:?}");
    }
    for name in names {
        let path = root.path().join(OsStr::from_bytes(name));
        let output = docrot(&["text".as_ref(), path.as_os_str(), "--text-only".as_ref()]);
        assert!(String::from_utf8(output.stdout).unwrap().starts_with("the words of document"));
    }
}

#[test]
fn paths_longer_than_the_system_takes_at_once_are_told() {
    let root = tempfile::tempdir().unwrap();
    let long: OsString = "d".repeat(250).into();
    // Made from inside, because no call takes the whole path.
    let script = "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18; do \
                  echo words > a.txt; mkdir \"$0\" && cd -P \"$0\" || exit 1; done; echo words > b.txt";
    let mut shell = Command::new("/bin/sh");
    shell.arg("-c").arg(script).arg(&long).current_dir(root.path());
    assert!(shell.status().unwrap().success());
    let report = audit(root.path());
    let (read, problems) = (report["ledger"]["read"].as_u64().unwrap(), reasons(&report));
    // Each level is either read or said to be out of reach; nothing is passed over in silence.
    assert!(read >= 14, "{read} of 19 read");
    assert!(read == 19 || !problems.is_empty(), "{read} of 19 read, and no problem told");
    // Too long for the usual ways of removing a folder.
    let removed = Command::new("rm").arg("-rf").arg(root.path().join(&long)).status().unwrap();
    assert!(removed.success());
}

#[test]
fn a_document_of_two_hundred_megabytes_is_read_to_its_limit_within_a_bounded_memory() {
    use std::io::Write as _;
    let (root, index) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut file = std::io::BufWriter::new(File::create(root.path().join("register.txt")).unwrap());
    let mut bytes = 0;
    for number in 0.. {
        let line = format!("Line {number} of the register says what line {} said.\n", number / 2);
        file.write_all(line.as_bytes()).unwrap();
        bytes += line.len();
        if 200_000_000 < bytes {
            break;
        }
    }
    file.flush().unwrap();
    let config = index.path().join("docrot.toml");
    fs::write(&config, "[scan]\nmax_text_bytes = 1048576\n").unwrap();
    // Six times the file, with all that a process maps; its text in words would be more.
    let output = Command::new("sh")
        .args(["-c", "ulimit -v 1200000 && exec \"$@\"", "sh", env!("CARGO_BIN_EXE_docrot")])
        .args(["audit".as_ref(), root.path().as_os_str(), "--format".as_ref(), "json".as_ref()])
        .args(["--config".as_ref(), config.as_os_str()])
        .args(["--index".as_ref(), index.path().join("catalog").as_os_str()])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect(&said);
    assert_eq!(report["ledger"]["partly_read"], 1);
    let why = "text cut at 1 MiB, the limit max_text_bytes";
    assert_eq!(report["problems"][0]["detail"], why);
}
