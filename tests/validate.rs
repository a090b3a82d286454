//! Every kind of damage is planted in a copy of an index, or in its tree, and found; where nothing
//! is damaged, nothing is said to be, and nothing is written.
#![expect(clippy::disallowed_methods, reason = "the tree and the index are the test's own")]

#[path = "support/command.rs"]
mod command;
#[path = "support/tree.rs"]
mod tree;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::time::SystemTime;

use serde_json::Value;
use tantivy::tokenizer::SimpleTokenizer;
use tantivy::{Index, IndexWriter, TantivyDocument, Term};

use command::docrot;
use tree::copy;

/// A tree, the index of it, and the folder they lie in.
struct Share {
    folder: tempfile::TempDir,
}

impl Share {
    fn tree(&self) -> PathBuf {
        self.folder.path().join("tree")
    }

    fn catalog(&self) -> PathBuf {
        self.folder.path().join("catalog")
    }

    fn index(&self) -> PathBuf {
        self.catalog().join("index")
    }
}

/// The index of a tree, from which an entry was taken out.
static WHOLE: LazyLock<Share> = LazyLock::new(|| {
    let share = Share { folder: tempfile::tempdir().unwrap() };
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/trees/clean/tree");
    for part in ["etcd", "peps"] {
        copy(&fixture.join(part), &share.tree().join(part));
    }
    for (name, words) in [("a", "fire wardens"), ("b", "travel claims"), ("c", "parking permits")] {
        let text = format!("{name} is about {words}, which are given out every Monday in room 14.");
        fs::write(share.tree().join(format!("{name}.md")), text).unwrap();
    }
    let tree = share.tree();
    let tree = tree.to_str().unwrap();
    assert!(docrot(&["scan", tree], &share.catalog()).status.success());
    let bytes = fs::read(share.tree().join("a.md")).unwrap();
    let hash = docrot::fingerprint::Hash::of(&bytes);
    // As after a change and back: the old entry is taken out, and takes room.
    tamper(&share, |index, writer| {
        let body = String::from_utf8(bytes).unwrap();
        let mut again = with_body(index, &body);
        let content = u64::from_be_bytes(*hash.0.first_chunk().unwrap());
        again.add_u64(index.schema().get_field("content").unwrap(), content);
        writer.delete_term(key(index, &again));
        writer.add_document(again).unwrap();
    });
    share
});

/// A copy of tree and index. The index is told of the copy's tree by hand: it knows the other one.
fn share() -> Share {
    let share = Share { folder: tempfile::tempdir().unwrap() };
    copy(&WHOLE.tree(), &share.tree());
    copy(&WHOLE.catalog(), &share.catalog());
    share
}

/// The report of a validation, and the exit code.
fn validated(share: &Share, more: &[&str]) -> (Value, i32) {
    let tree = share.tree();
    let arguments = [&["validate", tree.to_str().unwrap(), "--format", "json"], more].concat();
    let output = docrot(&arguments, &share.catalog());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!said.contains("panicked"), "{said}");
    let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{said}"));
    (report, output.status.code().unwrap())
}

/// The checks that are not `ok`, with their verdicts.
fn faults(share: &Share, more: &[&str]) -> BTreeMap<String, String> {
    let (report, code) = validated(share, more);
    let faults: BTreeMap<String, String> = report["checks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["check"].as_str().unwrap().into(), it["verdict"].as_str().unwrap().into()))
        .filter(|(_, verdict): &(String, String)| verdict != "ok")
        .collect();
    let fails = faults.values().any(|it| it == "fail");
    assert_eq!(code, i32::from(fails), "{faults:?}");
    faults
}

#[track_caller]
fn check(share: &Share, expected: &[(&str, &str)]) {
    let expected: BTreeMap<String, String> =
        expected.iter().map(|(name, verdict)| ((*name).into(), (*verdict).into())).collect();
    assert_eq!(faults(share, &[]), expected);
}

fn names_and_times(folder: &Path) -> BTreeMap<PathBuf, (u64, SystemTime)> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            found.extend(names_and_times(&entry.path()));
        } else {
            let metadata = entry.metadata().unwrap();
            found.insert(entry.path(), (metadata.len(), metadata.modified().unwrap()));
        }
    }
    found
}

/// The files of the index with this extension.
fn files(share: &Share, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(share.index()).unwrap().map(|it| it.unwrap().path());
    let files: Vec<_> =
        entries.filter(|it| it.extension().is_some_and(|it| it == extension)).collect();
    assert!(!files.is_empty(), "the index has no .{extension}");
    files
}

const KINDS: &[&str] = &["idx", "pos", "term", "store", "fast", "fieldnorm", "del"];

#[test]
fn an_undamaged_index_is_in_order_and_nothing_is_written() {
    let share = share();
    let before = names_and_times(share.folder.path());
    check(&share, &[]);
    assert_eq!(faults(&share, &["--deep"]), BTreeMap::new());
    assert_eq!(names_and_times(share.folder.path()), before);
}

#[test]
fn a_flipped_byte_is_found_in_every_kind_of_file() {
    for kind in KINDS {
        let share = share();
        for file in files(&share, kind) {
            let bytes = fs::read(&file).unwrap();
            for at in [0, bytes.len() / 2, bytes.len() - 3] {
                let mut damaged = bytes.clone();
                damaged[at] ^= 0x10;
                fs::write(&file, damaged).unwrap();
                let found = faults(&share, &[]);
                assert_eq!(found.get("integrity").map(String::as_str), Some("fail"), "{kind} {at}");
            }
            fs::write(&file, bytes).unwrap();
        }
    }
}

#[test]
fn a_file_that_is_cut_or_missing_is_found_whatever_its_kind() {
    for kind in KINDS {
        let share = share();
        let file = files(&share, kind).remove(0);
        let bytes = fs::read(&file).unwrap();
        for length in [0, 5, bytes.len() - 1] {
            fs::write(&file, &bytes[..length]).unwrap();
            assert_eq!(faults(&share, &[])["integrity"], "fail", "{kind} {length}");
        }
        fs::remove_file(&file).unwrap();
        let (report, code) = validated(&share, &["--only", "integrity"]);
        assert_eq!(code, 1);
        let examples = report["checks"][0]["examples"].as_array().unwrap();
        let name = file.file_name().unwrap().to_str().unwrap();
        let of_file = |it: &&Value| it["path"].as_str().unwrap().ends_with(name);
        assert_eq!(examples.iter().find(of_file).unwrap()["words"], "is missing", "{kind}");
    }
}

#[test]
fn every_broken_file_is_told_not_only_the_first() {
    let share = share();
    let broken: Vec<_> = ["store", "term", "fast"].map(|kind| files(&share, kind).remove(0)).into();
    broken.iter().for_each(|file| fs::remove_file(file).unwrap());
    // Tantivy's own check says that all is well where this is gone.
    fs::remove_file(share.index().join(".managed.json")).unwrap();
    let (report, _) = validated(&share, &["--only", "integrity"]);
    assert!(report["checks"][0]["count"].as_u64().unwrap() >= 3, "{report}");
}

#[test]
fn records_and_the_commit_itself_are_looked_at() {
    let records = |share: &Share| {
        let entries = fs::read_dir(share.catalog()).unwrap().map(|it| it.unwrap().path());
        entries.filter(|it| it.extension().is_some_and(|it| it == "parquet")).collect::<Vec<_>>()
    };
    let share = share();
    let file = records(&share).remove(0);
    let bytes = fs::read(&file).unwrap();
    let mut damaged = bytes.clone();
    damaged[bytes.len() / 2] ^= 1;
    fs::write(&file, damaged).unwrap();
    assert_eq!(faults(&share, &[])["integrity"], "fail");
    fs::remove_file(&file).unwrap();
    assert_eq!(faults(&share, &[])["integrity"], "fail");
    fs::write(&file, bytes).unwrap();
    check(&share, &[]);
    let meta = share.index().join("meta.json");
    let text = fs::read_to_string(&meta).unwrap();
    for (what, other) in [
        ("\"max_doc\": ", "\"max_doc\": 1"),
        ("\"num_deleted_docs\": ", "\"num_deleted_docs\": 1"),
        ("\\\"xxh3\\\":\\\"", "\\\"xxh3\\\":\\\"0"),
        ("\\\"rows\\\":", "\\\"rows\\\":x"),
        ("{", ""),
    ] {
        let damaged = text.replacen(what, other, 1);
        assert_ne!(damaged, text, "{what}");
        fs::write(&meta, damaged).unwrap();
        assert_eq!(faults(&share, &[])["integrity"], "fail", "{what}");
    }
    fs::remove_file(&meta).unwrap();
    assert_eq!(faults(&share, &[])["integrity"], "fail");
}

#[test]
fn leftovers_are_told_and_fail_nothing() {
    let share = share();
    let stray = "0123456789abcdef0123456789abcdef.store";
    fs::write(share.index().join(stray), "left behind").unwrap();
    fs::write(share.catalog().join(".tmp-records"), "left behind").unwrap();
    check(&share, &[("unreferenced", "warn")]);
    fs::remove_file(share.index().join(".managed.json")).unwrap();
    check(&share, &[("integrity", "warn"), ("unreferenced", "warn")]);
}

/// Changes the index as no scan would, and keeps what its commit says.
fn tamper(share: &Share, change: impl FnOnce(&Index, &IndexWriter)) {
    let index = Index::open_in_dir(share.index()).unwrap();
    index.tokenizers().register("words", SimpleTokenizer::default());
    let payload = index.load_metas().unwrap().payload.unwrap();
    let mut writer: IndexWriter = index.writer_with_num_threads(1, 20_000_000).unwrap();
    writer.set_merge_policy(Box::new(tantivy::merge_policy::NoMergePolicy));
    change(&index, &writer);
    let mut commit = writer.prepare_commit().unwrap();
    commit.set_payload(&payload);
    commit.commit().unwrap();
    writer.wait_merging_threads().unwrap();
}

/// The entry of `a.md`.
fn entry(index: &Index) -> TantivyDocument {
    use tantivy::collector::TopDocs;
    use tantivy::query::TermQuery;
    let searcher = index.reader().unwrap().searcher();
    let title = index.schema().get_field("body").unwrap();
    let term = Term::from_field_text(title, "wardens");
    let query = TermQuery::new(term, tantivy::schema::IndexRecordOption::Basic);
    let found = searcher.search(&query, &TopDocs::with_limit(1).order_by_score()).unwrap();
    searcher.doc(found[0].1).unwrap()
}

/// A stored entry as it is put in: what it is told by stands in a column alone.
fn with_id(index: &Index, mut entry: TantivyDocument) -> TantivyDocument {
    use tantivy::schema::Value as _;
    let schema = index.schema();
    let key = entry.get_first(schema.get_field("key").unwrap()).unwrap();
    let id = u64::from_be_bytes(*key.as_bytes().unwrap().first_chunk().unwrap());
    entry.add_u64(schema.get_field("id").unwrap(), id);
    entry
}

/// The entry of `a.md` with another text, and without the hash of the file's bytes.
fn with_body(index: &Index, body: &str) -> TantivyDocument {
    use tantivy::schema::Value as _;
    let schema = index.schema();
    let before = entry(index);
    let mut other = TantivyDocument::default();
    for name in ["key", "path"] {
        let field = schema.get_field(name).unwrap();
        let value = before.get_first(field).unwrap();
        match value.as_bytes() {
            Some(bytes) => other.add_bytes(field, bytes),
            None => other.add_text(field, value.as_str().unwrap()),
        }
    }
    other.add_text(schema.get_field("body").unwrap(), body);
    with_id(index, other)
}

fn key(index: &Index, entry: &TantivyDocument) -> Term {
    use tantivy::schema::Value as _;
    let field = index.schema().get_field("key").unwrap();
    Term::from_field_bytes(field, entry.get_first(field).unwrap().as_bytes().unwrap())
}

#[test]
fn a_document_taken_out_of_the_index_is_missing() {
    let share = share();
    tamper(&share, |index, writer| {
        writer.delete_term(key(index, &entry(index)));
    });
    let found = faults(&share, &[]);
    assert!(found.contains_key("missing") && !found.contains_key("integrity"), "{found:?}");
    let (report, _) = validated(&share, &["--only", "missing"]);
    assert_eq!(report["checks"][0]["examples"][0]["path"], "a.md");
}

#[test]
fn a_text_that_is_not_what_was_read_is_told() {
    let share = share();
    tamper(&share, |index, writer| {
        let other = with_body(index, "a is about something else altogether.");
        writer.delete_term(key(index, &other));
        writer.add_document(other).unwrap();
    });
    let found = faults(&share, &[]);
    assert_eq!(found["text"], "fail", "{found:?}");
    assert!(found.contains_key("drift"), "{found:?}");
}

#[test]
fn an_entry_that_is_there_twice_or_of_nothing_is_told() {
    let share = share();
    tamper(&share, |index, writer| {
        writer.add_document(with_id(index, entry(index))).unwrap();
    });
    let found = faults(&share, &[]);
    assert_eq!(found.get("twice").map(String::as_str), Some("fail"), "{found:?}");
    tamper(&share, |index, writer| {
        let schema = index.schema();
        let mut stray = TantivyDocument::default();
        stray.add_bytes(schema.get_field("key").unwrap(), &[7; 16]);
        stray.add_text(schema.get_field("path").unwrap(), "nowhere.md");
        stray.add_text(schema.get_field("body").unwrap(), "of no file at all");
        writer.add_document(stray).unwrap();
    });
    let (report, _) = validated(&share, &["--only", "ghosts"]);
    assert_eq!(report["checks"][0]["examples"][0]["path"], "nowhere.md");
}

#[test]
fn a_tree_that_went_on_is_told_from_its_index() {
    let share = share();
    let tree = share.tree();
    fs::write(tree.join("new.md"), "This one is new and has words of its own.").unwrap();
    fs::remove_file(tree.join("a.md")).unwrap();
    fs::write(tree.join("b.md"), "b is about something else now.").unwrap();
    fs::rename(tree.join("c.md"), tree.join("peps/c.md")).unwrap();
    let (report, code) = validated(&share, &[]);
    assert_eq!(code, 1);
    let checks = report["checks"].as_array().unwrap();
    let example = |name: &str| {
        let check = checks.iter().find(|it| it["check"] == name).unwrap();
        assert_eq!(check["count"], 1, "{name}: {check}");
        check["examples"][0]["path"].as_str().unwrap().to_owned()
    };
    let told = ["missing", "ghosts", "drift", "moved"].map(example);
    assert_eq!(told, ["new.md", "a.md", "b.md", "c.md"]);
}

#[test]
fn a_renamed_folder_has_moved_and_a_root_that_is_gone_makes_no_ghosts() {
    let share = share();
    fs::rename(share.tree().join("peps"), share.tree().join("proposals")).unwrap();
    let found = faults(&share, &[]);
    assert_eq!(found.keys().collect::<Vec<_>>(), ["moved"], "{found:?}");
    fs::rename(share.tree(), share.folder.path().join("elsewhere")).unwrap();
    let found = faults(&share, &[]);
    assert_eq!(found.keys().collect::<Vec<_>>(), ["tree"], "{found:?}");
}

#[test]
fn an_index_that_is_being_written_is_looked_at_and_that_is_said() {
    let share = share();
    let lock = fs::File::open(share.catalog().join("docrot.lock")).unwrap();
    lock.lock().unwrap();
    let (report, code) = validated(&share, &["--only", "integrity"]);
    assert_eq!(code, 0);
    let note = report["checks"][0]["note"].as_str().unwrap();
    assert!(note.contains("being written"), "{note}");
}

#[test]
fn documents_of_the_fixtures_are_found_by_their_own_words() {
    for tree in ["policies-share", "docs-site"] {
        let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/trees").join(tree);
        let share = Share { folder: tempfile::tempdir().unwrap() };
        let root = fixture.join("tree");
        assert!(docrot(&["scan", root.to_str().unwrap()], &share.catalog()).status.success());
        let arguments = ["validate", "--only", "findability", "--format", "json"];
        let output = docrot(&arguments, &share.catalog());
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let check = &report["checks"][0];
        assert!(check["of"].as_u64().unwrap() >= 25, "{tree}: {check}");
        assert!(check["value"].as_f64().unwrap() >= 0.98, "{tree}: {check}");
    }
}

#[test]
fn real_queries_are_judged_whoever_answered_them() {
    let share = share();
    let tree = share.tree();
    let table = share.folder.path().join("queries.csv");
    fs::write(&table, "query,count\nwardens,12\nzyzzyva,3\n").unwrap();
    let (report, _) = validated(&share, &["--queries", table.to_str().unwrap()]);
    assert_eq!(report["queries"].as_array().unwrap().len(), 2);
    let none = report["checks"].as_array().unwrap().iter().find(|it| it["check"] == "no-results");
    assert_eq!((&none.unwrap()["count"], &none.unwrap()["of"]), (&3.into(), &15.into()));
    let results = share.folder.path().join("results.ndjson");
    let absolute = tree.join("a.md").display().to_string();
    let line =
        |rank, path: &str| format!("{{\"query\":\"w\",\"rank\":{rank},\"path\":{path:?}}}\n");
    fs::write(&results, [line(1, &absolute), line(2, "b.md")].concat()).unwrap();
    let judged = share.folder.path().join("qrels.txt");
    fs::write(&judged, "w 0 b.md 1\n").unwrap();
    let files = [results.to_str().unwrap(), judged.to_str().unwrap()];
    let (report, _) = validated(&share, &["--results", files[0], "--judgements", files[1]]);
    assert_eq!(report["quality"]["mrr"], 0.5);
    assert_eq!(report["queries"][0]["results"][0]["family"], 0);
}

/// A pipe is empty when it is read again.
#[test]
#[cfg(unix)]
fn queries_from_a_pipe_are_asked_of_every_catalog() {
    let folder = tempfile::tempdir().unwrap();
    let catalog = WHOLE.catalog();
    let mut child = Command::new(env!("CARGO_BIN_EXE_docrot"))
        .args(["validate", "--only", "no-results", "--queries", "/dev/stdin", "--catalog"])
        .arg(format!("one={}", catalog.display()))
        .arg("--catalog")
        .arg(format!("two={}", catalog.display()))
        .arg("--output")
        .arg(folder.path().join("report.json"))
        .env_remove("DOCROT_CONFIG")
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"query,count\nwardens,12\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    for name in ["report.one.json", "report.two.json"] {
        let report = fs::read(folder.path().join(name)).unwrap();
        let report: Value = serde_json::from_slice(&report).unwrap();
        assert_eq!(report["queries"].as_array().unwrap().len(), 1, "{name}");
    }
}

#[test]
fn what_is_no_catalog_is_told_in_one_line() {
    let share = Share { folder: tempfile::tempdir().unwrap() };
    fs::create_dir_all(share.tree()).unwrap();
    let output = docrot(&["validate", share.tree().to_str().unwrap()], &share.catalog());
    assert_eq!(output.status.code(), Some(3));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.lines().count() == 1 && said.contains("docrot audit FOLDER"), "{said}");
}
