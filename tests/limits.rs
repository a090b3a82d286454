//! What one document may cost is set for a scan, said where it was too little, and tried again once
//! it is more. Readers of office files and archives run in worker processes here, as they do always.

use std::fs;
use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use chrono::DateTime;
use docrot::catalog::Catalog;
use docrot::extract::{ARCHIVES, FORMATS, Limits, WorkerOptions};
use docrot::inventory::{RootId, Status};
use docrot::scan::{Event, ScanOptions, scan};

struct Share {
    root: tempfile::TempDir,
    index: tempfile::TempDir,
    day: i64,
}

impl Share {
    /// A share with one file that changed long ago.
    fn of(name: &str, bytes: &[u8]) -> Self {
        let share = Self {
            root: tempfile::tempdir().unwrap(),
            index: tempfile::tempdir().unwrap(),
            day: 0,
        };
        let path = share.root.path().join(name);
        fs::write(&path, bytes).unwrap();
        let then = SystemTime::UNIX_EPOCH + Duration::from_hours(350_000);
        fs::File::options().write(true).open(path).unwrap().set_modified(then).unwrap();
        share
    }

    /// How many files a scan within these limits opens.
    fn scan(&mut self, limits: Limits) -> usize {
        self.day += 1;
        let program = env!("CARGO_BIN_EXE_docrot").into();
        let options = ScanOptions {
            started: DateTime::from_timestamp(1_800_000_000 + self.day * 86_400, 0).unwrap(),
            formats: FORMATS.iter().chain(ARCHIVES).copied().collect(),
            workers: Some(WorkerOptions::new(program, vec!["__read".into()], 1)),
            limits,
            ..ScanOptions::default()
        };
        let opened = AtomicUsize::new(0);
        let catalog = Catalog::open_or_create(self.index.path()).unwrap();
        let roots = [self.root.path().to_path_buf()];
        let count = |event: Event<'_>| {
            if matches!(event, Event::Queued { .. }) {
                opened.fetch_add(1, Ordering::Relaxed);
            }
            ControlFlow::Continue(())
        };
        scan(&roots, &options, &catalog, count).unwrap();
        opened.into_inner()
    }

    /// What is missing of a document, in the words of the report; none where it is whole.
    fn missing(&self, path: &str) -> Option<String> {
        let inventory = Catalog::open(self.index.path()).unwrap().inventory().unwrap();
        let document = inventory.find(RootId(0), Path::new(path)).unwrap();
        match &inventory[document].status {
            Status::Read | Status::NotADocument => None,
            Status::PartlyRead(missing) => Some(missing.clone()),
            Status::NotRead(failure) => Some(format!("{}: {}", failure.reason, failure.detail)),
        }
    }
}

fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A Word document of one paragraph, and the length of its main part.
fn docx(words: &str) -> (Vec<u8>, u64) {
    let document = format!("<w:document><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:document>");
    let rels = "<Relationships><Relationship Id=\"r\" Type=\"http://x/officeDocument\" \
                Target=\"word/document.xml\"/></Relationships>";
    let bytes = zip(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("_rels/.rels", rels.as_bytes()),
        ("word/document.xml", document.as_bytes()),
    ]);
    (bytes, document.len() as u64)
}

fn mail(attachments: &[&str]) -> Vec<u8> {
    let mut mail = "From: Ann <ann@example.org>\nTo: bob@example.org\nSubject: Plans\n\
        Date: Mon, 6 May 2024 10:00:00 +0000\nMIME-Version: 1.0\n\
        Content-Type: multipart/mixed; boundary=b\n\n--b\n\nAttached.\n"
        .to_owned();
    for (number, text) in attachments.iter().enumerate() {
        mail += &format!(
            "--b\nContent-Type: text/plain\nContent-Disposition: attachment; \
             filename=\"{number}.txt\"\n\n{text}\n"
        );
    }
    (mail + "--b--\n").into_bytes()
}

/// A file within `enough` is read whole. Within `less` it is not, which is `said` of `path`; it is
/// left alone until the limit is raised, and then it is whole.
fn check(name: &str, bytes: &[u8], path: &str, [less, enough]: [Limits; 2], said: &str) {
    let mut share = Share::of(name, bytes);
    assert_eq!(share.scan(enough), 1);
    assert_eq!(share.missing(path), None, "{name} within what it needs");

    let mut share = Share::of(name, bytes);
    assert_eq!(share.scan(less), 1);
    assert_eq!(share.missing(path).as_deref(), Some(said));
    assert_eq!(share.scan(less), 0, "{name} is opened again for nothing");
    assert_eq!(share.scan(enough), 1, "{name} is not opened again");
    assert_eq!(share.missing(path), None, "{name} is still not whole");
    assert_eq!(share.scan(enough), 0);
}

/// Limits of which one is too little, and just enough.
fn around(enough: u64, set: fn(&mut Limits, u64)) -> [Limits; 2] {
    [enough - 1, enough].map(|value| {
        let mut limits = Limits::default();
        set(&mut limits, value);
        limits
    })
}

#[test]
fn text() {
    let limits = |length| around(length, |it, value| it.text_bytes = value);
    let text = "The office is closed on Friday.";
    let said = "text cut at 30 bytes, the limit max_text_bytes";
    check("a.txt", text.as_bytes(), "a.txt", limits(31), said);
    check("a.docx", &docx(text).0, "a.docx", limits(32), &said.replace("30", "31"));
}

#[test]
fn parts() {
    let (bytes, length) = docx(&"Two keys open the store. ".repeat(10));
    let limits = around(length, |it, value| it.entry_bytes = value);
    let said = format!("word/document.xml: cut at {} bytes, the limit max_entry_bytes", length - 1);
    check("a.docx", &bytes, "a.docx", limits, &said);
    let limits = around(8, |it, value| it.entry_bytes = value);
    let said = "files in it that were left out: 1, the limit max_entry_bytes";
    check("a.eml", &mail(&["1234567", "12345678"]), "a.eml", limits, said);
}

#[test]
fn everything_unpacked() {
    let limits = around(20, |it, value| it.unpacked_bytes = value);
    let bytes = zip(&[("a.txt", b"0123456789"), ("b.txt", b"0123456789")]);
    let said = "b.txt: cut where 19 bytes were unpacked, the limit max_unpacked_bytes";
    check("a.zip", &bytes, "a.zip", limits, said);
    // What is inside of what is inside counts as well: an archive of 128 bytes, and its 10.
    let inner = zip(&[("c.txt", b"0123456789")]);
    let limits = around(inner.len() as u64 + 10, |it, value| it.unpacked_bytes = value);
    let said = "files in it that were left out: 1, the limit max_unpacked_bytes";
    check("a.zip", &zip(&[("b.zip", &inner)]), "a.zip/b.zip", limits, said);
}

#[test]
fn expansion() {
    let bytes = zip(&[("a.bin", &[b' '; (32 << 20) + 1])]);
    let needed = ((32_u64 << 20) + 1).div_ceil(bytes.len() as u64);
    let limits = around(needed, |it, value| it.expansion = value);
    let said = "over-limit: over a limit: a.bin: cut where 32 MiB were unpacked, the limit \
                max_expansion";
    check("a.zip", &bytes, "a.zip", limits, said);
}

#[test]
fn entries() {
    let limits = around(3, |it, value| it.entries = value);
    let said = "files in it that were left out: 1, the limit max_entries";
    check("a.eml", &mail(&["one", "two", "three"]), "a.eml", limits, said);
    let said = "over-limit: over a limit: archive of more than 2 entries, the limit max_entries";
    check("a.docx", &docx("Two keys").0, "a.docx", limits, said);
}

#[test]
fn nesting() {
    let limits = around(3, |it, value| it.nesting = u32::try_from(value).unwrap());
    let bytes = zip(&[("a.eml", &mail(&["deep"]))]);
    let bytes = zip(&[("b.zip", &bytes)]);
    let said = "files in it that were left out: 1, the limit max_nesting";
    check("c.zip", &bytes, "c.zip/b.zip/a.eml", limits, said);
}

#[test]
fn the_configuration_sets_them() {
    let share = Share::of("a.docx", &docx("The office is closed on Friday.").0);
    let folder = share.index.path();
    fs::write(folder.join("docrot.toml"), "[scan]\nmax_text_bytes = 20\n").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_docrot"))
        .args(["text".as_ref(), share.root.path().join("a.docx").as_os_str()])
        .args(["--config".as_ref(), folder.join("docrot.toml").as_os_str()])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("in part: text cut at 20 bytes, the limit max_text_bytes"), "{said}");
    assert!(said.contains("The office is close\n"), "{said}");
}
