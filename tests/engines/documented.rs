//! Solr and Quickwit as their published documentation describes them, for want of real ones.

use docrot::validate::engines::{
    Asked, Location, Opening, Preset, Role, Trouble, Wants, Wishes, open,
};
use serde_json::{Value, json};
use std::ops::ControlFlow;

use crate::cluster::documents;
use crate::scripted::{Question, Reply, Scripted};
use crate::{hasty, read};

const COUNT: usize = 1_234;

fn expected() -> Vec<String> {
    documents(COUNT).into_iter().map(|(id, _)| id).collect()
}

/// A word of an address as it was meant.
fn decoded(word: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = word.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        match (first, tail) {
            (b'%', [high, low, tail @ ..]) => {
                let digits = [*high, *low];
                let digits = std::str::from_utf8(&digits).unwrap();
                bytes.push(u8::from_str_radix(digits, 16).unwrap());
                rest = tail;
            }
            (b'+', _) => bytes.push(b' '),
            (byte, _) => bytes.push(*byte),
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// A core of Solr; `fault` may answer the nth page instead.
fn solr(
    stores_text: bool,
    mut fault: impl FnMut(usize) -> Option<Reply> + Send + 'static,
) -> Scripted {
    let mut pages = 0;
    Scripted::start(move |question| {
        let field = |name: &str, kind: &str, is_stored: bool| {
            json!({ "name": name, "type": kind, "indexed": name != "label", "stored": is_stored,
                "docValues": false, "useDocValuesAsStored": true })
        };
        match question.path() {
            "/solr/admin/info/system" => {
                Reply::ok(json!({ "lucene": { "solr-spec-version": "9.6.1" } }))
            }
            "/solr/wiki/schema/uniquekey" => Reply::ok(json!({ "uniqueKey": "key" })),
            "/solr/wiki/schema/fields" => Reply::ok(json!({ "fields": [
                field("key", "string", true), field("_version_", "plong", false),
                field("path", "string", true), field("title", "text_general", true),
                field("label", "text_general", true), field("abstract", "german", true),
                field("content", "text_general", stores_text) ] })),
            "/solr/wiki/select" => {
                if question.query("cursorMark").is_some() {
                    pages += 1;
                    if let Some(reply) = fault(pages - 1) {
                        return reply;
                    }
                }
                select(question)
            }
            _ => Reply::Json(404, "<html>Error 404 Not Found</html>".to_owned()),
        }
    })
}

fn select(question: &Question) -> Reply {
    let value = |name| question.query(name).map(decoded);
    let rows: usize = value("rows").unwrap().parse().unwrap();
    let fields = value("fl");
    let mark = value("cursorMark");
    let from: usize = match mark.as_deref() {
        Some("*") | None => 0,
        Some(mark) => mark.strip_prefix("Ao+E/").unwrap().parse().unwrap(),
    };
    if mark.is_some() {
        assert_eq!(value("sort").as_deref(), Some("key asc"));
    }
    let to = (from + rows).min(COUNT);
    let docs: Vec<Value> = documents(COUNT)[from..to]
        .iter()
        .map(|(id, document)| {
            let mut document = document.clone();
            document["key"] = json!(id);
            let is_picked =
                |name: &str| fields.as_ref().is_none_or(|it| it.split(',').any(|it| it == name));
            document.as_object_mut().unwrap().retain(|name, _| is_picked(name));
            document
        })
        .collect();
    let mut page = json!({ "responseHeader": { "status": 0, "QTime": 1 },
        "response": { "numFound": COUNT, "start": 0, "docs": docs } });
    if let Some(mark) = mark {
        // A mark holds signs that mean something in an address.
        let next = if from == to { mark } else { format!("Ao+E/{to}") };
        page["nextCursorMark"] = json!(next);
    }
    Reply::ok(page)
}

#[test]
fn solr_is_read_by_a_cursor() {
    let server = solr(true, |_| None);
    let read = read(&server.url("solr/wiki"), hasty()).unwrap();
    assert_eq!(read.ids(), expected());
    assert_eq!(
        (read.described.product.as_str(), read.described.version.as_deref()),
        ("Solr", Some("9.6.1"))
    );
    assert_eq!(read.described.asked.as_deref(), Some("as edismax over `title` and `content`"));
    assert!(read.entries.iter().all(|it| it.text.as_deref() == Some("some words")));
    assert!(server.asked().iter().all(|it| it.method == "GET"));
}

#[test]
fn solr_is_asked_again_and_loses_nothing() {
    let header = json!({ "partialResults": true });
    let partial = json!({ "responseHeader": header, "response": { "numFound": 1, "docs": [] } });
    let faults = [
        Reply::Closed,
        Reply::Json(503, json!({ "error": { "msg": "no servers hosting shard" } }).to_string()),
        Reply::Short("{\"response\":{\"numFound\":1}}".to_owned(), 9),
    ];
    for fault in faults {
        let server = solr(true, move |page| (page == 2).then(|| fault.clone()));
        assert_eq!(read(&server.url("solr/wiki"), hasty()).unwrap().ids(), expected());
    }
    let server = solr(true, move |page| (page == 2).then(|| Reply::ok(partial.clone())));
    let error = read(&server.url("solr/wiki"), hasty()).err().unwrap();
    assert_eq!(error.trouble, Trouble::Busy, "{error}");
}

#[test]
fn what_solr_does_not_store_is_told() {
    let server = solr(false, |_| None);
    let read = read(&server.url("solr/wiki"), hasty()).unwrap();
    assert_eq!(read.described.missing, ["text is not stored, so that texts are not compared"]);
    assert_eq!(read.described.asked.as_deref(), Some("as edismax over `title` and `content`"));
    let error = crate::read(&server.url("solr/nonesuch"), hasty()).err().unwrap();
    assert_eq!(error.trouble, Trouble::Absent, "{error}");
}

#[test]
fn solr_is_asked_by_edismax() {
    let server = solr(true, |_| None);
    let location = Location::parse(&format!("solr+{}", server.url("solr/wiki"))).unwrap();
    let engine = open(&location, Opening { access: hasty(), ..Opening::default() }).unwrap();
    let found = engine.search(Asked::Typed("a & b"), 3).unwrap();
    assert_eq!(
        found.iter().map(|it| it.place.as_str()).collect::<Vec<_>>(),
        ["/srv/00000.md", "/srv/00001.md", "/srv/00002.md"]
    );
    let asked = server.asked().pop().unwrap();
    assert_eq!(asked.query("q").map(decoded).as_deref(), Some("a & b"));
    assert_eq!(asked.query("defType"), Some("edismax"));
    assert_eq!(asked.query("qf").map(decoded).as_deref(), Some("title content"));
}

#[test]
fn solr_is_asked_for_words_in_the_fields_that_are_meant_and_searched() {
    let server = solr(true, |_| None);
    let asked = |wishes: Wishes| {
        let location = Location::parse(&format!("solr+{}", server.url("solr/wiki"))).unwrap();
        let opening = Opening { wishes, access: hasty(), ..Opening::default() };
        open(&location, opening).unwrap().described().asked.clone().unwrap()
    };
    let named = |role, name: &str| [(role, name.to_owned())].into();
    let unindexed = Wishes { named: named(Role::Title, "label"), preset: None };
    assert_eq!(asked(unindexed), "as edismax over `title` and `content`");
    let recoll = Wishes { named: named(Role::Path, "path"), preset: Preset::named("recoll") };
    assert_eq!(asked(recoll), "as edismax over `title` and `abstract`");
    let twice = Wishes { named: named(Role::Title, "content"), preset: None };
    assert_eq!(asked(twice), "as edismax over `content`");
}

#[test]
fn a_page_of_solr_that_is_too_long_is_asked_for_in_halves() {
    let long = || Reply::Raw(b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n{".to_vec());
    let server = solr(true, move |page| matches!(page, 1 | 2).then(long));
    assert_eq!(read(&server.url("solr/wiki"), hasty()).unwrap().ids(), expected());
    let asked = server.asked();
    let pages = asked.iter().filter(|it| it.query("cursorMark").is_some());
    let rows: Vec<&str> = pages.filter_map(|it| it.query("rows")).collect();
    assert_eq!(rows[..4], ["100", "400", "200", "100"]);
    let server = solr(true, move |page| (0 < page).then(long));
    let error = read(&server.url("solr/wiki"), hasty()).err().unwrap();
    assert!(error.to_string().contains("longer than docrot reads"), "{error}");
}

/// A collection of Typesense with one document, which stores neither text nor title.
fn forgetful_typesense() -> Scripted {
    let field =
        |name: &str, is_stored: bool| json!({ "name": name, "type": "string", "store": is_stored });
    let collection = json!({ "num_documents": 1, "fields": [
        field("path", true), field("heading", false), field("words", false) ] });
    let document = json!({ "id": "1", "path": "/srv/a.md" });
    Scripted::start(move |question| match question.path() {
        "/collections/docs" => Reply::ok(&collection),
        "/collections/docs/documents/search" => {
            Reply::ok(json!({ "hits": [{ "document": document }] }))
        }
        "/collections/docs/documents/export" => Reply::ok(&document),
        _ => Reply::Json(404, json!({ "message": "Not Found" }).to_string()),
    })
}

#[test]
fn what_typesense_does_not_store_is_told() {
    let server = forgetful_typesense();
    let location = Location::parse(&format!("typesense+{}", server.url("docs"))).unwrap();
    let opened = |named: &[(Role, &str)]| {
        let named = named.iter().map(|(role, name)| (*role, (*name).to_owned())).collect();
        let wishes = Wishes { named, preset: None };
        open(&location, Opening { wishes, access: hasty(), ..Opening::default() })
    };
    let engine = opened(&[(Role::Title, "heading"), (Role::Text, "words")]).unwrap();
    let described = engine.described();
    assert_eq!(
        described.missing,
        [
            "the field `heading` is not stored",
            "the field `words` is not stored, so that texts are not compared"
        ]
    );
    assert!(described.fields.of(Role::Text).is_none());
    assert_eq!(described.asked.as_deref(), Some("as a search by `heading` and `words`"));
    let error = opened(&[(Role::Path, "heading")]).err().unwrap();
    assert_eq!(
        (error.trouble, error.detail.as_str()),
        (Trouble::Fields, "the field `heading` is not stored")
    );
}

/// Quickwit: it refuses what it does not know, has no ids, and names every page of a scroll anew.
fn quickwit(mut fault: impl FnMut(usize) -> Option<Reply> + Send + 'static) -> Scripted {
    const KNOWN: [&str; 6] =
        ["size", "query", "sort", "track_total_hits", "search_after", "_source"];
    let mut pages = 0;
    Scripted::start(move |question| {
        let body = question.json();
        let path = question.path().strip_prefix("/api/v1/_elastic").unwrap_or("?");
        let page = |from: usize, size: usize| {
            let to = (from + size).min(COUNT);
            let all = documents(COUNT);
            let hits = all[from..to].iter().map(|(_, it)| json!({ "_source": it }));
            json!({ "hits": { "hits": hits.collect::<Vec<_>>(), "total": { "value": COUNT } },
                "_scroll_id": format!("{size} {to}"), "timed_out": false })
        };
        match path {
            "" => {
                Reply::ok(json!({ "version": { "number": "7.17.0", "distribution": "quickwit" } }))
            }
            "/docs/_field_caps" => Reply::ok(json!({ "fields": {
                "path": { "keyword": { "type": "keyword" } }, "title": { "text": {} },
                "content": { "text": { "type": "text" } } } })),
            "/docs/_search" => {
                let unknown = body.as_object().unwrap().keys().find(|it| !KNOWN.contains(&&***it));
                if unknown.is_some() || question.target.contains("allow_partial") {
                    return Reply::Json(
                        400,
                        json!({ "error": format!("{unknown:?}") }).to_string(),
                    );
                }
                pages += 1;
                Reply::ok(page(0, body["size"].as_u64().unwrap() as usize))
            }
            "/_search/scroll" => {
                pages += 1;
                if let Some(reply) = fault(pages) {
                    return reply;
                }
                let id = body["scroll_id"].as_str().unwrap();
                let (size, from) = id.split_once(' ').unwrap();
                Reply::ok(page(from.parse().unwrap(), size.parse().unwrap()))
            }
            _ => Reply::Json(404, json!({ "message": "Route not found" }).to_string()),
        }
    })
}

#[test]
fn quickwit_is_scrolled_and_has_no_ids() {
    let lost: [fn(usize) -> Option<Reply>; 2] =
        [|_| None, |page| (page == 5).then_some(Reply::Closed)];
    for fault in lost {
        let server = quickwit(fault);
        let location = Location::parse(&format!("quickwit+{}", server.url("docs"))).unwrap();
        let opening = Opening { access: hasty(), ..Opening::default() };
        let mut engine = open(&location, opening).unwrap();
        assert_eq!(engine.described().product, "Quickwit");
        let mut places = Vec::new();
        engine
            .stream(Wants { text: true }, &mut |entry| {
                places.push(entry.place);
                ControlFlow::Continue(())
            })
            .unwrap();
        places.sort();
        let expected: Vec<String> = (0..COUNT).map(|it| format!("/srv/{it:05}.md")).collect();
        assert_eq!(places, expected);
        crate::faults::only_reads(&server.asked());
    }
}
