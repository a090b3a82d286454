//! Real servers with real documents: what they have is read whole, whatever happens meanwhile.

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use docrot::validate::engines::{
    Access, Asked, Credentials, Engine, Entry, Location, Opening, Role, Secret, Streamed, Trouble,
    Wants, open,
};
use serde_json::{Value, json};

use crate::server::{Server, TYPESENSE_KEY, files};
use crate::{hasty, read};

/// How documents get into an engine, and how they are read again.
pub(crate) struct Filled {
    pub(crate) server: Server,
    pub(crate) address: String,
    pub(crate) access: Access,
}

/// Documents of the fixtures, each of them several times under names of its own.
pub(crate) fn library(times: usize) -> Vec<(String, Value)> {
    let trees = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/trees");
    let texts = ["standards/tree", "docs-site/tree"].map(|it| files(&trees.join(it))).concat();
    let mut documents = Vec::new();
    for round in 0..times {
        for path in &texts {
            let below = path.strip_prefix(&trees).unwrap().display();
            let Ok(content) = fs::read_to_string(path) else { continue };
            let place = format!("/srv/{round}/{below}");
            let title = path.file_stem().unwrap().to_string_lossy();
            let document = json!({ "path": place, "title": title, "content": content,
                "size": content.len(), "modified": "2024-03-01T10:00:00Z" });
            documents.push((format!("{:05}", documents.len()), document));
        }
    }
    documents
}

/// An engine of the Elasticsearch family with these documents.
pub(crate) fn family(server: Server, documents: &[(String, Value)]) -> Filled {
    let mapping = json!({ "mappings": { "properties": {
        "path": { "type": "keyword" }, "title": { "type": "text" }, "content": { "type": "text" },
        "size": { "type": "long" }, "modified": { "type": "date" }, "checksum": { "type": "keyword" } } } });
    server.must("PUT", "/docs", &mapping.to_string());
    add_to_family(&server, documents);
    let address = server.url("docs");
    Filled { server, address, access: hasty() }
}

fn add_to_family(server: &Server, documents: &[(String, Value)]) {
    let mut body = String::new();
    for (id, document) in documents {
        body.push_str(&format!("{}\n{document}\n", json!({ "index": { "_id": id } })));
    }
    let answer = server.must("POST", "/docs/_bulk?refresh=true", &body);
    assert_eq!(answer["errors"], false, "{answer}");
}

/// Typesense with these documents.
pub(crate) fn typesense(documents: &[(String, Value)]) -> Filled {
    let server = Server::typesense();
    let field = |name: &str, kind: &str| json!({ "name": name, "type": kind });
    let fields = [field("path", "string"), field("title", "string"), field("content", "string")];
    server.must("POST", "/collections", &json!({ "name": "docs", "fields": fields }).to_string());
    add_to_typesense(&server, documents);
    let key = Credentials::ApiKey(Secret::new(TYPESENSE_KEY));
    let address = format!("typesense+{}", server.url("docs"));
    Filled { server, address, access: Access { credentials: Some(key), ..hasty() } }
}

fn add_to_typesense(server: &Server, documents: &[(String, Value)]) {
    for part in documents.chunks(200) {
        let lines: Vec<String> = part
            .iter()
            .map(|(id, document)| {
                let mut document = document.clone();
                document["id"] = json!(id);
                document.to_string()
            })
            .collect();
        let path = "/collections/docs/documents/import?action=upsert";
        let (status, answer) = server.ask("POST", path, &lines.join("\n"));
        assert!(status == 200 && !answer.contains("\"success\":false"), "{answer}");
    }
}

fn opened(filled: &Filled) -> Box<dyn Engine> {
    let location = Location::parse(&filled.address).unwrap();
    open(&location, Opening { access: filled.access.clone(), ..Opening::default() }).unwrap()
}

/// Reads it, with something that happens after so many entries.
fn read_with(
    filled: &mut Filled,
    after: usize,
    mut happens: impl FnMut(&mut Server),
) -> (Vec<Entry>, Streamed) {
    let mut engine = opened(filled);
    let mut entries = Vec::new();
    let streamed = engine
        .stream(Wants { text: true }, &mut |entry| {
            entries.push(entry);
            if entries.len() == after {
                happens(&mut filled.server);
            }
            ControlFlow::Continue(())
        })
        .unwrap();
    entries.sort_by(|a, b| a.id.cmp(&b.id));
    (entries, streamed)
}

fn ids(entries: &[Entry]) -> Vec<&str> {
    entries.iter().map(|it| it.id.as_str()).collect()
}

fn expected(documents: &[(String, Value)]) -> Vec<&str> {
    documents.iter().map(|(id, _)| id.as_str()).collect()
}

/// Whether entries are these documents, in every field.
fn are(entries: &[Entry], documents: &[(String, Value)]) {
    assert_eq!(ids(entries), expected(documents));
    for (entry, (_, document)) in entries.iter().zip(documents) {
        assert_eq!(entry.place, document["path"]);
        assert_eq!(entry.title.as_deref(), document["title"].as_str());
        assert_eq!(entry.text.as_deref(), document["content"].as_str(), "{}", entry.place);
        assert_eq!(entry.size, document["size"].as_u64());
        assert_eq!(entry.modified.map(|it| it.timestamp()), Some(1_709_287_200));
    }
}

#[test]
fn every_field_of_every_document_is_read() {
    let documents = library(6);
    for (mut filled, product) in [
        (family(Server::elasticsearch(), &documents), "Elasticsearch"),
        (family(Server::opensearch(), &documents), "OpenSearch"),
        (typesense(&documents), "Typesense"),
    ] {
        let engine = opened(&filled);
        let described = engine.described();
        assert_eq!(described.product, product);
        assert_eq!(described.entries, Some(documents.len() as u64));
        assert!(described.version.is_some() && described.missing.is_empty(), "{described:?}");
        for (role, name) in [(Role::Path, "path"), (Role::Text, "content"), (Role::Size, "size")] {
            assert_eq!(described.fields.of(role).unwrap().name, name);
        }
        let (entries, streamed) = read_with(&mut filled, 0, |_| {});
        are(&entries, &documents);
        assert_eq!((streamed.entries, streamed.bad), (documents.len() as u64, 0));
        assert_eq!(streamed.notes.len(), 1, "{:?}", streamed.notes);
    }
}

#[test]
fn texts_are_left_where_they_are_if_nobody_wants_them() {
    let documents = library(1);
    for filled in [family(Server::opensearch(), &documents), typesense(&documents)] {
        let mut all = 0;
        opened(&filled)
            .stream(Wants { text: false }, &mut |entry| {
                assert!(entry.text.is_none() && !entry.place.is_empty());
                all += 1;
                ControlFlow::Continue(())
            })
            .unwrap();
        assert_eq!(all, documents.len());
    }
}

#[test]
fn what_happens_after_a_snapshot_is_opened_does_not_show_in_it() {
    let documents = library(4);
    for server in [Server::elasticsearch(), Server::opensearch()] {
        let mut filled = family(server, &documents);
        let (entries, _) = read_with(&mut filled, 10, |server| {
            server.must("DELETE", "/docs/_doc/00399?refresh=true", "");
            server.must("DELETE", "/docs/_doc/00000?refresh=true", "");
            add_to_family(server, &[("late".to_owned(), json!({ "path": "/srv/late.md" }))]);
            add_to_family(server, &[("00200".to_owned(), json!({ "path": "/srv/other.md" }))]);
        });
        are(&entries, &documents);
    }
}

#[test]
fn what_stays_in_an_export_that_changes_is_read_once() {
    let documents = library(4);
    let mut filled = typesense(&documents);
    let (entries, _) = read_with(&mut filled, 10, |server| {
        server.must("DELETE", "/collections/docs/documents/00399", "");
        let late = json!({ "path": "/srv/late.md", "title": "Late", "content": "late" });
        add_to_typesense(server, &[("late".to_owned(), late)]);
    });
    let stays = |it: &&str| !["00399", "late"].contains(it);
    let read: Vec<&str> = ids(&entries).into_iter().filter(stays).collect();
    let expected: Vec<&str> = expected(&documents).into_iter().filter(stays).collect();
    assert_eq!(read, expected);
}

#[test]
fn a_server_that_restarts_in_the_middle_is_read_to_its_end() {
    let documents = library(6);
    for mut filled in [family(Server::elasticsearch(), &documents), typesense(&documents)] {
        filled.access.patience.tries = 12;
        let (entries, streamed) = read_with(&mut filled, 50, Server::restart);
        assert_eq!(ids(&entries), expected(&documents));
        assert!(streamed.notes.iter().any(|it| it.contains("1 times")), "{:?}", streamed.notes);
    }
}

#[test]
fn a_server_that_comes_back_without_the_index_is_told() {
    let documents = library(3);
    let mut filled = family(Server::opensearch(), &documents);
    let mut engine = opened(&filled);
    let mut count = 0;
    let outcome = engine.stream(Wants { text: true }, &mut |_| {
        count += 1;
        if count == 50 {
            filled.server.restart();
        }
        ControlFlow::Continue(())
    });
    let error = outcome.unwrap_err();
    assert_eq!(error.trouble, Trouble::Absent, "{error}");
    assert!(error.to_string().contains("no such index [docs]"), "{error}");
}

#[test]
fn an_index_that_is_not_there_is_told() {
    let mut filled = typesense(&library(1));
    filled.address = format!("typesense+{}", filled.server.url("nonesuch"));
    let error = read(&filled.address, filled.access.clone()).err().unwrap();
    assert_eq!(error.trouble, Trouble::Absent);
    filled.access.credentials = Some(Credentials::ApiKey(Secret::new("another-key")));
    let error = read(&filled.address, filled.access).err().unwrap();
    assert_eq!(error.trouble, Trouble::Credentials, "{error}");
    assert!(!format!("{error} {error:?}").contains("another-key"));
}

#[test]
fn documents_are_found_by_words_of_theirs() {
    let documents = library(1);
    for filled in [
        family(Server::elasticsearch(), &documents),
        family(Server::opensearch(), &documents),
        typesense(&documents),
    ] {
        let engine = opened(&filled);
        let asked = engine.described().asked.clone().unwrap();
        assert!(asked.ends_with("`title` and `content`"), "{asked}");
        let wanted = documents.iter().find(|(_, it)| it["title"] == "eip-1014").unwrap();
        let path = wanted.1["path"].as_str().unwrap();
        let words = ["skinny", "create2", "salt"].map(str::to_owned);
        let found = engine.search(Asked::AnyOf(&words), 10).unwrap();
        assert_eq!(found[0].place, path, "{asked}");
        assert_eq!(found[0].id, wanted.0);
        let found = engine.search(Asked::Typed("Skinny CREATE2"), 10).unwrap();
        assert!(found.iter().any(|it| it.place == path), "{asked}: {found:?}");
        assert!(found.len() <= 10);
        let none = engine.search(Asked::Typed("\"(unheardof: ~*"), 10).unwrap();
        assert!(none.is_empty(), "{asked}: {none:?}");
    }
}
