//! Folders of Tantivy that other programs made: any fields, older versions, damage, and a writer at
//! work. Nothing is ever written there.
#![expect(clippy::disallowed_methods, reason = "the tree and the index are the test's own")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant, SystemTime};

use serde_json::Value;
use tantivy::directory::error::LockError;
use tantivy::schema::{
    DateOptions, FAST, INDEXED, NumericOptions, STORED, STRING, Schema, SchemaBuilder, TEXT,
};
use tantivy::{DateTime, Index, IndexWriter, TantivyDocument, TantivyError, doc};

const DOCUMENTS: &[(&str, &str)] = &[
    (
        "Leave.md",
        "Leave is granted by the head of the department, for five weeks in a year at most.",
    ),
    (
        "IT/Backup.md",
        "Backups are made every night, and kept for thirty days in the other building.",
    ),
];

struct Share {
    folder: tempfile::TempDir,
}

impl Share {
    fn new() -> Self {
        let share = Self { folder: tempfile::tempdir().unwrap() };
        for (name, text) in DOCUMENTS {
            let path = share.tree().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        share
    }

    fn tree(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join("tree")
    }

    fn index(&self) -> PathBuf {
        self.folder.path().join("index")
    }

    /// Makes an index of these fields, and fills it.
    fn make(
        &self,
        fields: impl FnOnce(&mut SchemaBuilder),
        document: impl Fn(&Schema, &str, &str) -> TantivyDocument,
    ) -> Index {
        let mut schema = Schema::builder();
        fields(&mut schema);
        fs::create_dir_all(self.index()).unwrap();
        let index = Index::create_in_dir(self.index(), schema.build()).unwrap();
        let mut writer: IndexWriter = index.writer_with_num_threads(1, 15_000_000).unwrap();
        for (name, text) in DOCUMENTS {
            let path = self.tree().join(name);
            writer.add_document(document(&index.schema(), path.to_str().unwrap(), text)).unwrap();
        }
        writer.commit().unwrap();
        writer.wait_merging_threads().unwrap();
        index
    }

    /// As a small site's search would have it.
    fn usual(&self) -> Index {
        let fields = |schema: &mut SchemaBuilder| {
            schema.add_text_field("file_path", STRING | STORED);
            schema.add_text_field("body", TEXT | STORED);
        };
        self.make(fields, |schema, path, text| {
            let field = |name| schema.get_field(name).unwrap();
            doc!(field("file_path") => path, field("body") => text)
        })
    }

    fn validate(&self, more: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_docrot"))
            .arg("validate")
            .arg(self.tree())
            .arg("--from")
            .arg(self.index())
            .arg("--index")
            .arg(self.folder.path().join("catalog"))
            .args(more)
            .env_remove("DOCROT_CONFIG")
            .output()
            .unwrap()
    }

    fn report(&self, more: &[&str]) -> Value {
        let before = names_and_times(&self.index());
        let output = self.validate(&[&["--format", "json"], more].concat());
        assert_eq!(names_and_times(&self.index()), before, "something was written");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{said}"))
    }

    /// The first example of every check that is neither in order nor skipped.
    fn faults(&self, more: &[&str]) -> BTreeMap<String, String> {
        let report = self.report(more);
        let checks = report["checks"].as_array().unwrap().iter();
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        checks
            .filter(|it| it["verdict"] == "warn" || it["verdict"] == "fail")
            .map(|it| (word(&it["check"]), word(&it["examples"][0]["path"])))
            .collect()
    }

    /// What is said where it cannot be read.
    fn refusal(&self) -> String {
        let output = self.validate(&["--only", "missing"]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(3), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        said
    }

    fn file(&self, extension: &str) -> PathBuf {
        let mut files = fs::read_dir(self.index()).unwrap().map(|it| it.unwrap().path());
        files.find(|it| it.extension().is_some_and(|it| it == extension)).unwrap()
    }
}

fn names_and_times(folder: &Path) -> BTreeMap<PathBuf, (u64, SystemTime)> {
    let entries = fs::read_dir(folder).unwrap().map(|it| it.unwrap());
    let facts = |entry: &fs::DirEntry| {
        let metadata = entry.metadata().unwrap();
        (metadata.len(), metadata.modified().unwrap())
    };
    entries.map(|entry| (entry.path(), facts(&entry))).collect()
}

fn expected(faults: &[(&str, &str)]) -> BTreeMap<String, String> {
    faults.iter().map(|(check, path)| ((*check).to_owned(), (*path).to_owned())).collect()
}

#[test]
fn an_index_of_unknown_fields_is_read_and_its_faults_are_found() {
    let share = Share::new();
    share.usual();
    assert_eq!(share.faults(&["--deep"]), expected(&[]));
    let about = share.report(&[])["about"].to_string();
    assert!(about.contains("path is `file_path` (a guess), text is `body` (a guess)"), "{about}");
    fs::write(share.tree().join("Leave.md"), "Nobody may leave before this is settled, says the board of the company, and it means all of the staff.").unwrap();
    fs::rename(share.tree().join("IT/Backup.md"), share.tree().join("Copies.md")).unwrap();
    let faults = [("ghosts", "IT/Backup.md"), ("missing", "Copies.md"), ("text", "Leave.md")];
    assert_eq!(share.faults(&[]), expected(&faults));
}

#[test]
fn documents_are_looked_for_in_the_index_itself() {
    let share = Share::new();
    share.usual();
    let report = share.report(&["--only", "findability"]);
    let check = &report["checks"][0];
    assert_eq!(
        (&check["check"], &check["count"], &check["of"]),
        (&"findability".into(), &2.into(), &2.into())
    );
    let about = report["about"].to_string();
    assert!(about.contains("asked for words in `body`"), "{about}");
    let queries = share.folder.path().join("queries.csv");
    fs::write(&queries, "query,count\nbackups,7\nholidays,2\n").unwrap();
    let report = share.report(&["--only", "no-results", "--queries", queries.to_str().unwrap()]);
    assert_eq!(report["checks"][0]["examples"][0]["path"], "holidays");
    let first = report["queries"][0]["results"][0]["path"].as_str().unwrap();
    assert!(first.ends_with("tree/IT/Backup.md"), "{first}");
}

#[test]
fn columns_and_objects_are_read_too() {
    let share = Share::new();
    let fields = |schema: &mut SchemaBuilder| {
        schema.add_json_field("meta", STORED);
        schema.add_date_field("changed_on", DateOptions::default().set_fast());
        schema.add_u64_field("size", NumericOptions::default().set_fast());
        schema.add_text_field("words", TEXT);
    };
    share.make(fields, |schema, path, text| {
        let field = |name| schema.get_field(name).unwrap();
        let meta: std::collections::BTreeMap<String, tantivy::schema::OwnedValue> =
            [("path".to_owned(), path.into())].into();
        let mut document = TantivyDocument::new();
        document.add_object(field("meta"), meta);
        let modified = fs::metadata(path).unwrap().modified().unwrap();
        document.add_date(
            field("changed_on"),
            DateTime::from_timestamp_secs(
                modified.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs().cast_signed(),
            ),
        );
        document.add_u64(field("size"), text.len() as u64);
        document.add_text(field("words"), text);
        document
    });
    let named = ["--modified-field", "changed_on", "--text-field", "words"];
    assert_eq!(share.faults(&named), expected(&[]));
    let about = share.report(&named)["about"].to_string();
    assert!(about.contains("path is `meta.path` (a guess), modified is `changed_on`"), "{about}");
    assert!(about.contains("the field `words` is not stored"), "{about}");
    fs::write(share.tree().join("Leave.md"), "shorter").unwrap();
    assert_eq!(share.faults(&named), expected(&[("drift", "Leave.md")]));
}

#[test]
fn indexes_of_older_versions_are_read() {
    for format in ["format-5", "format-6"] {
        let share = Share::new();
        let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/indexes").join(format);
        fs::create_dir(share.index()).unwrap();
        for entry in fs::read_dir(fixture).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), share.index().join(entry.file_name())).unwrap();
        }
        let rule = format!("file:///srv/share={}", share.tree().display());
        let map = ["--map", rule.as_str(), "--modified-field", "title"];
        assert_eq!(share.faults(&map), expected(&[("ghosts", "Gone.md")]), "{format}");
        let map = ["--map", rule.as_str(), "--deep"];
        let drift = share.faults(&map)["drift"].clone();
        assert_eq!(drift, "IT/Backup.md", "its date is not that of the file");
    }
}

#[test]
fn what_cannot_be_read_is_told_with_the_remedy() {
    let share = Share::new();
    share.usual();
    let index = share.index();
    let restore = names_and_bytes(&index);
    let again = || {
        fs::remove_dir_all(&index).unwrap();
        fs::create_dir(&index).unwrap();
        restore.iter().for_each(|(path, bytes)| fs::write(path, bytes).unwrap());
    };

    for path in restore.keys() {
        let bytes = fs::read(path).unwrap();
        let newer = replaced(&bytes, b"\"index_format_version\":7", b"\"index_format_version\":9");
        fs::write(path, newer).unwrap();
    }
    let said = share.refusal();
    assert!(said.contains("is of a version that cannot be read"), "{said}");
    assert!(said.contains("export it with the program that made it"), "{said}");

    again();
    fs::remove_file(share.file("store")).unwrap();
    let said = share.refusal();
    assert!(said.contains("is not complete") && said.contains(".store is missing"), "{said}");
    assert!(said.contains("copy the whole folder again"), "{said}");

    again();
    let bytes = fs::read(share.file("term")).unwrap();
    fs::write(share.file("term"), &bytes[..bytes.len() / 2]).unwrap();
    assert!(share.refusal().contains("is not complete"));

    again();
    fs::remove_file(index.join("meta.json")).unwrap();
    assert!(share.refusal().contains("is not complete (meta.json is missing)"));
    fs::write(index.join("meta.json"), "{\"segments\":").unwrap();
    assert!(share.refusal().contains("meta.json is cut or overwritten"));
    fs::write(index.join("meta.json"), "{}").unwrap();
    assert!(share.refusal().contains("of another program than Tantivy"));

    fs::remove_dir_all(&index).unwrap();
    fs::create_dir(&index).unwrap();
    assert!(share.refusal().contains("is no index that docrot can read (there is no meta.json"));
    fs::write(index.join("a.split"), "").unwrap();
    assert!(share.refusal().contains("it holds splits of Quickwit"));
}

fn names_and_bytes(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let paths = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    paths.map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    if let Some(at) = bytes.windows(from.len()).rposition(|it| it == from) {
        bytes[at..at + to.len()].copy_from_slice(to);
    }
    bytes
}

/// Opens an index for writing that was written just now. A program that another test is starting may
/// hold its lock until it has started.
fn writer_of(index: &Index) -> IndexWriter {
    let begun = Instant::now();
    loop {
        match index.writer_with_num_threads(1, 15_000_000) {
            Err(TantivyError::LockFailure(LockError::LockBusy, _))
                if begun.elapsed() < Duration::from_secs(20) =>
            {
                std::thread::yield_now();
            }
            opened => return opened.unwrap(),
        }
    }
}

#[test]
fn an_index_that_is_being_written_is_read_as_of_its_last_commit() {
    let share = Share::new();
    let index = share.usual();
    let writer = writer_of(&index);
    assert_eq!(share.faults(&[]), expected(&[]));
    let report = share.report(&["--only", "unmapped"]).to_string();
    assert!(report.contains("another program has it open for writing"), "{report}");
    drop(writer);
}

#[test]
fn what_keeps_entries_out_of_the_tree_is_told_beside_what_was_noted_of_the_index() {
    let share = Share::new();
    let index = share.usual();
    let mut writer = writer_of(&index);
    let field = |name| index.schema().get_field(name).unwrap();
    let elsewhere = "https://wiki.example/docs/IT/Backup.md";
    writer.add_document(doc!(field("file_path") => elsewhere, field("body") => "x")).unwrap();
    writer.commit().unwrap();
    let report = share.report(&["--only", "unmapped"]).to_string();
    assert!(report.contains("another program has it open for writing"), "{report}");
    assert!(report.contains("this may lead more of them into the tree: --map"), "{report}");
    drop(writer);
}

#[test]
fn an_index_without_places_names_its_fields() {
    let share = Share::new();
    let fields = |schema: &mut SchemaBuilder| {
        schema.add_text_field("body", TEXT | STORED);
        schema.add_text_field("where", STRING);
        schema.add_u64_field("number", INDEXED | FAST);
    };
    share.make(fields, |schema, _, text| doc!(schema.get_field("body").unwrap() => text));
    let said = share.refusal();
    assert!(said.contains("has no field that says where a document lies"), "{said}");
    assert!(said.contains("it has `body`, `where`, `number`"), "{said}");
    let output = share.validate(&["--path-field", "where"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("the field `where` is not stored"), "{said}");
}
