//! A tree, an engine that was filled from it, and faults that are planted afterwards: the command
//! line tells just these.
#![expect(clippy::disallowed_methods, reason = "the tree is the test's own")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::cluster::{self, State};
use crate::real::{family, typesense};
use crate::server::{Server, TYPESENSE_KEY, files, folder};

/// Documents of the fixtures in a folder of their own.
pub(crate) struct Share {
    folder: TempDir,
}

impl Share {
    pub(crate) fn new() -> Self {
        let share = Self { folder: folder() };
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/trees/standards/tree");
        for path in files(&from) {
            let to = share.path(path.strip_prefix(&from).unwrap().to_str().unwrap());
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(path, to).unwrap();
        }
        share
    }

    pub(crate) fn tree(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join("tree")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.tree().join(name)
    }

    /// What an engine has of every document: id and entry.
    pub(crate) fn entries(&self) -> Vec<(String, Value)> {
        let entry = |path: &PathBuf| {
            let bytes = fs::read(path).unwrap();
            let modified: DateTime<Utc> = fs::metadata(path).unwrap().modified().unwrap().into();
            let checksum = Sha256::digest(&bytes).into_iter().map(|it| format!("{it:02x}"));
            json!({ "path": path, "title": path.file_stem().unwrap().to_str(),
                "content": String::from_utf8(bytes.clone()).unwrap(), "size": bytes.len(),
                "modified": modified.to_rfc3339(), "checksum": checksum.collect::<String>() })
        };
        let files = files(&self.tree());
        files.iter().enumerate().map(|(at, path)| (at.to_string(), entry(path))).collect()
    }

    /// What happens to the tree after it was indexed.
    pub(crate) fn plant(&self) {
        fs::remove_file(self.path("eips/eip-101.md")).unwrap();
        fs::rename(self.path("peps/pep-0006.rst"), self.path("licences/release.rst")).unwrap();
        let changed = self.path("licences/isc.txt");
        let text = fs::read_to_string(&changed).unwrap();
        fs::write(&changed, format!("{text}\nNobody may sell it.\n")).unwrap();
        fs::copy(self.path("eips/eip-155.md"), self.path("eips/copy of eip-155.md")).unwrap();
    }

    /// Runs `docrot validate` on the tree.
    pub(crate) fn validate(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_docrot"))
            .arg("validate")
            .arg(self.tree())
            .args(arguments)
            .env_remove("DOCROT_CONFIG")
            .envs(environment.iter().copied())
            .output()
            .unwrap()
    }

    fn faults(&self, address: &str, environment: &[(&str, &str)]) -> BTreeMap<String, Vec<String>> {
        let output = self.validate(&["--from", address, "--format", "json"], environment);
        faults(&output)
    }
}

/// The examples of every check that is neither in order nor skipped.
pub(crate) fn faults(output: &Output) -> BTreeMap<String, Vec<String>> {
    let said = String::from_utf8_lossy(&output.stderr);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{said}"));
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    // How well an engine ranks is its own affair, and no fault that was planted.
    let is_ranking = |it: &Value| it["check"] == "findability" || it["check"] == "titles";
    let is_fault =
        |it: &&Value| !is_ranking(it) && (it["verdict"] == "warn" || it["verdict"] == "fail");
    let checks = report["checks"].as_array().unwrap().iter().filter(is_fault);
    checks
        .map(|it| {
            let examples = it["examples"].as_array().unwrap();
            assert_eq!(it["count"], examples.len() as u64, "{it}");
            (word(&it["check"]), examples.iter().map(|it| word(&it["path"])).collect())
        })
        .collect()
}

pub(crate) fn expected(faults: &[(&str, &[&str])]) -> BTreeMap<String, Vec<String>> {
    let list = |paths: &[&str]| paths.iter().map(|it| (*it).to_owned()).collect();
    faults.iter().map(|(check, paths)| ((*check).to_owned(), list(paths))).collect()
}

#[test]
fn what_is_planted_is_found_and_nothing_else() {
    let key = [("DOCROT_API_KEY", TYPESENSE_KEY)];
    type Fill = fn(&[(String, Value)]) -> (Box<dyn std::any::Any>, String);
    let engines: [(Fill, &[(&str, &str)]); 4] = [
        (|entries| kept(family(Server::elasticsearch(), entries)), &[]),
        (|entries| kept(family(Server::opensearch(), entries)), &[]),
        (|entries| kept(typesense(entries)), &key),
        (
            |entries| {
                let (server, _) = cluster::start(State::elasticsearch(entries.to_vec()));
                let address = server.url("docs");
                (Box::new(server), address)
            },
            &[],
        ),
    ];
    for (fill, environment) in engines {
        let share = Share::new();
        let mut entries = share.entries();
        let elsewhere = json!({ "path": "/elsewhere/note.md", "title": "note",
            "content": "six words that lead nowhere else", "size": 32,
            "modified": "2024-03-01T10:00:00Z", "checksum": "00" });
        let (_whole, address) = fill(&entries);
        assert_eq!(share.faults(&address, environment), expected(&[]));
        let mut twice = entries[40].clone();
        twice.0 = "twice".to_owned();
        let name = twice.1["path"].as_str().unwrap().to_owned();
        let name = Path::new(&name).strip_prefix(share.tree()).unwrap().display().to_string();
        entries.extend([("elsewhere".to_owned(), elsewhere), twice]);
        let (_server, address) = fill(&entries);
        share.plant();
        let faults = expected(&[
            ("drift", &["licences/isc.txt"]),
            ("ghosts", &["eips/eip-101.md"]),
            ("missing", &["eips/copy of eip-155.md"]),
            ("moved", &["peps/pep-0006.rst"]),
            ("twice", &[&name]),
            ("unmapped", &["/elsewhere/note.md"]),
        ]);
        assert_eq!(share.faults(&address, environment), faults);
    }
}

fn kept(filled: crate::real::Filled) -> (Box<dyn std::any::Any>, String) {
    let address = filled.address.clone();
    (Box::new(filled), address)
}

#[test]
fn credentials_show_nowhere() {
    const HUSH: &str = "hush-hush-hush";
    let share = Share::new();
    let filled = typesense(&share.entries());
    let file = folder();
    let path = file.path().join("credentials");
    fs::write(&path, format!("api_key = \"{HUSH}\"")).unwrap();
    let path = path.to_str().unwrap();
    for format in ["text", "json", "html"] {
        let from = ["--from", &filled.address, "--format", format, "-vvv"];
        let key = [("DOCROT_API_KEY", TYPESENSE_KEY)];
        let good = share.validate(&from, &[key[0], ("DOCROT_LOG", "trace")]);
        // With 1, the engine does not find what it should; it was read all the same.
        assert!(matches!(good.status.code(), Some(0 | 1)));
        let wrong = share.validate(&from, &[("DOCROT_API_KEY", HUSH)]);
        let password = [("DOCROT_USER", "ada"), ("DOCROT_PASSWORD", HUSH)];
        let other = share.validate(&from, &password);
        let of_file = share.validate(&[&from[..], &["--credentials", path]].concat(), &[]);
        for output in [&good, &wrong, &other, &of_file] {
            let all = [&output.stdout[..], &output.stderr[..]].concat();
            let all = String::from_utf8_lossy(&all);
            // `ada:hush-hush-hush` in Base64, too, and whoever writes out bytes.
            for secret in [HUSH, TYPESENSE_KEY, "YWRhOmh1c2", "ureq_proto::util"] {
                assert!(!all.contains(secret), "{all}");
            }
        }
        for refused in [wrong, other, of_file] {
            let said = String::from_utf8_lossy(&refused.stderr).into_owned();
            assert_eq!(refused.status.code(), Some(3), "{said}");
            assert!(said.contains("is refused to these credentials"), "{said}");
        }
    }
}

#[test]
fn no_proxy_of_the_environment_is_asked() {
    let proxy = crate::scripted::Scripted::start(|_| crate::scripted::Reply::ok("{}"));
    let share = Share::new();
    let (server, _state) = cluster::start(State::elasticsearch(share.entries()));
    let address = format!("http://{}", proxy.address);
    let proxies = [("http_proxy", &*address), ("HTTP_PROXY", &address), ("ALL_PROXY", &address)];
    assert_eq!(share.faults(&server.url("docs"), &proxies), expected(&[]));
    assert!(!server.asked().is_empty() && proxy.asked().is_empty());
    crate::faults::only_reads(&server.asked());
}
