//! Documents within documents: attachments and entries of archives have records of their own, which
//! come and go with their container.
#![expect(clippy::disallowed_methods, reason = "the tree is the test's own")]

use std::fs;
use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, SystemTime};

use chrono::DateTime;
use docrot::catalog::Catalog;
use docrot::extract::{ARCHIVES, FORMATS};
use docrot::inventory::{Inventory, RootId, Status};
use docrot::scan::{Ledger, ScanOptions, Summary, scan};

struct Share {
    root: tempfile::TempDir,
    index: tempfile::TempDir,
    archives: bool,
    day: i64,
}

impl Share {
    fn new() -> Self {
        let (root, index) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        Self { root, index, archives: false, day: 0 }
    }

    /// Writes a file that changed long before any scan, at a time that its length tells.
    fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        let then = SystemTime::UNIX_EPOCH + Duration::from_hours(350_000 + bytes.len() as u64);
        fs::File::options().write(true).open(path).unwrap().set_modified(then).unwrap();
    }

    fn scan(&mut self) -> Summary {
        self.day += 1;
        let archives = if self.archives { ARCHIVES } else { &[] };
        let options = ScanOptions {
            started: DateTime::from_timestamp(1_800_000_000 + self.day * 86_400, 0).unwrap(),
            formats: FORMATS.iter().chain(archives).copied().collect(),
            ..ScanOptions::default()
        };
        let catalog = Catalog::open_or_create(self.index.path()).unwrap();
        let roots = [self.root.path().to_path_buf()];
        scan(&roots, &options, &catalog, |_| ControlFlow::Continue(())).unwrap()
    }

    fn inventory(&self) -> Inventory {
        Catalog::open(self.index.path()).unwrap().inventory().unwrap()
    }

    fn paths(&self) -> Vec<String> {
        let path = |it: &Path| it.to_string_lossy().into_owned();
        self.inventory().iter().map(|(_, it)| path(&it.file.path)).collect()
    }

    fn text(&self, path: &str) -> Option<String> {
        let catalog = Catalog::open(self.index.path()).unwrap();
        let inventory = catalog.inventory().unwrap();
        let document = inventory.find(RootId(0), Path::new(path))?;
        catalog.texts().unwrap()(&inventory[document])
    }
}

fn counts(summary: &Summary) -> [u64; 5] {
    [summary.new, summary.changed, summary.moved, summary.gone, summary.unchanged]
}

fn mail(attachments: &[(&str, &str)]) -> Vec<u8> {
    let mut mail = "From: Ann <ann@example.org>\nTo: bob@example.org\nSubject: Plans\n\
        Date: Mon, 6 May 2024 10:00:00 +0000\nMIME-Version: 1.0\n\
        Content-Type: multipart/mixed; boundary=b\n\n--b\n\nThe plans are attached.\n"
        .to_owned();
    for (name, text) in attachments {
        mail += &format!(
            "--b\nContent-Type: text/plain\nContent-Disposition: attachment; filename=\"{name}\"\n\n{text}\n"
        );
    }
    (mail + "--b--\n").into_bytes()
}

fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn an_attachment_has_a_record_of_its_own() {
    let mut share = Share::new();
    share.write("a/mail.eml", &mail(&[("plan.txt", "Two keys"), ("plan.txt", "One badge")]));
    share.write("a/mail.eml.txt", b"a file of its own");
    assert_eq!(share.scan().new, 4);
    assert_eq!(
        share.paths(),
        ["a/mail.eml", "a/mail.eml/plan (2).txt", "a/mail.eml/plan.txt", "a/mail.eml.txt"]
    );
    assert_eq!(share.text("a/mail.eml/plan (2).txt").unwrap().trim(), "One badge");
    let inventory = share.inventory();
    let child = &inventory[inventory.find(RootId(0), Path::new("a/mail.eml/plan.txt")).unwrap()];
    assert_eq!(child.file.container.as_deref(), Some(Path::new("a/mail.eml")));
    assert_eq!((child.file.identity.inode, child.file.links), (0, 1));
    let ledger = Ledger::of(&inventory);
    assert_eq!((ledger.seen, ledger.read, ledger.inside), (4, 4, 2));
}

#[test]
fn what_is_inside_stays_and_goes_with_its_container() {
    let mut share = Share::new();
    share.write("mail.eml", &mail(&[("a.txt", "first"), ("b.txt", "second")]));
    share.write("z.txt", b"another file");
    share.scan();
    assert_eq!(counts(&share.scan()), [0, 0, 0, 0, 4]);
    assert_eq!(share.paths().len(), 4);

    share.write("mail.eml", &mail(&[("b.txt", "second"), ("c.txt", "third one")]));
    assert_eq!(counts(&share.scan()), [1, 1, 0, 1, 2]);
    assert_eq!(share.paths(), ["mail.eml", "mail.eml/b.txt", "mail.eml/c.txt", "z.txt"]);
    assert_eq!(share.text("mail.eml/b.txt").unwrap().trim(), "second");
    assert_eq!(share.text("mail.eml/c.txt").unwrap().trim(), "third one");

    fs::create_dir(share.root.path().join("old")).unwrap();
    fs::rename(share.root.path().join("mail.eml"), share.root.path().join("old/m.eml")).unwrap();
    assert_eq!(counts(&share.scan()), [0, 0, 3, 0, 1]);
    assert_eq!(share.paths(), ["old/m.eml", "old/m.eml/b.txt", "old/m.eml/c.txt", "z.txt"]);

    fs::remove_file(share.root.path().join("old/m.eml")).unwrap();
    assert_eq!(counts(&share.scan()), [0, 0, 0, 3, 1]);
    assert_eq!(share.paths(), ["z.txt"]);
    assert_eq!(share.text("old/m.eml/b.txt"), None);
}

#[test]
fn a_folder_in_the_place_of_a_message_is_a_folder() {
    let mut share = Share::new();
    share.write("mail", &mail(&[("a.txt", "attached")]));
    share.scan();
    assert_eq!(share.paths(), ["mail", "mail/a.txt"]);
    fs::remove_file(share.root.path().join("mail")).unwrap();
    share.write("mail/a.txt", b"a file of its own");
    share.scan();
    assert_eq!(share.paths(), ["mail/a.txt"]);
    assert_eq!(share.text("mail/a.txt").as_deref(), Some("a file of its own"));
    let inventory = share.inventory();
    assert!(inventory.iter().all(|(_, it)| it.file.container.is_none()));
}

#[test]
fn archives_are_opened_where_the_scan_is_told_so() {
    let mut share = Share::new();
    let inner = zip(&[("deep.txt", b"far inside")]);
    let message = mail(&[("note.txt", "in a message")]);
    let bytes = zip(&[
        ("docs/leave.txt", b"Twenty days"),
        ("docs/inner.zip", &inner),
        ("mail.eml", &message),
        ("logo.png", b"\x89PNG\r\n\x1a\n\0\0"),
        ("../outside.txt", b"stays below"),
    ]);
    share.write("share.zip", &bytes);
    share.scan();
    assert_eq!(share.paths(), ["share.zip"]);
    let all = [
        "share.zip",
        "share.zip/_/outside.txt",
        "share.zip/docs/inner.zip",
        "share.zip/docs/inner.zip/deep.txt",
        "share.zip/docs/leave.txt",
        "share.zip/logo.png",
        "share.zip/mail.eml",
        "share.zip/mail.eml/note.txt",
    ];
    share.archives = true;
    share.scan();
    assert_eq!(share.paths(), all);
    assert_eq!(share.text("share.zip/docs/inner.zip/deep.txt").as_deref(), Some("far inside"));
    let ledger = Ledger::of(&share.inventory());
    assert_eq!((ledger.seen, ledger.read, ledger.not_documents, ledger.inside), (8, 5, 3, 7));
    assert_eq!(counts(&share.scan()), [0, 0, 0, 0, 8]);
    share.archives = false;
    share.scan();
    assert_eq!(share.paths(), ["share.zip"]);
}

#[test]
fn nesting_ends_at_a_depth_and_that_is_said() {
    let mut share = Share::new();
    share.archives = true;
    let mut bytes = b"the core".to_vec();
    for _ in 0..8 {
        let name = if bytes.starts_with(b"PK") { "n.zip" } else { "core.txt" };
        bytes = zip(&[(name, &bytes)]);
    }
    share.write("nested.zip", &bytes);
    share.scan();
    let inventory = share.inventory();
    assert_eq!(inventory.len(), 6);
    let (_, deepest) = inventory.iter().last().unwrap();
    let said = "files in it that were left out: 1, the limit max_nesting".to_owned();
    assert_eq!(deepest.status, Status::PartlyRead(said));
    // It is told once, where it is.
    let partly = inventory.iter().filter(|(_, it)| matches!(it.status, Status::PartlyRead(_)));
    assert_eq!(partly.count(), 1);
}
