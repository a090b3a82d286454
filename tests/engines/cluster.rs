//! A cluster of the Elasticsearch family as its published documentation describes it, with the
//! troubles that one has: snapshots that expire, parts that do not answer, memory that runs out.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::scripted::{Question, Reply, Scripted};

/// What happens to the documents of a cluster, each with its id.
pub(crate) type Change = fn(&mut Vec<(String, Value)>);

/// What it is, and how it behaves. Tests change it while it runs.
pub(crate) struct State {
    /// What it answers to `GET /`.
    pub(crate) banner: Value,
    pub(crate) mapping: Value,
    /// Id and document, in the order of the index.
    pub(crate) documents: Vec<(String, Value)>,
    /// Over how many parts the index is spread.
    pub(crate) parts: u64,
    /// Whether it has points in time, and which.
    pub(crate) pit: Pit,
    /// Whether scrolls are allowed.
    pub(crate) has_scroll: bool,
    /// Orders that points in time can be sorted by.
    pub(crate) orders: Vec<&'static str>,
    /// Replies to the nth page, from 0 on, instead of what it should be.
    pub(crate) faults: BTreeMap<usize, Fault>,
    /// Changes the documents right before the nth page.
    pub(crate) changes: BTreeMap<usize, Change>,
    pub(crate) pages: usize,
    pub(crate) opened: u64,
    pub(crate) snapshots: BTreeMap<String, Snapshot>,
}

/// Which points in time there are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pit {
    Elasticsearch,
    OpenSearch,
    /// None, as older versions say it.
    Unknown,
    /// None, as Amazon says it.
    NotAllowed,
}

#[derive(Clone)]
pub(crate) enum Fault {
    Reply(Reply),
    /// The snapshot is gone.
    Expired,
    /// It moves on as if it had answered, and does not.
    AnswerLost,
    /// One part does not answer.
    Partial,
}

pub(crate) struct Snapshot {
    documents: Vec<(String, Value)>,
    // Of a scroll: where the next page begins, and how long it is.
    at: usize,
    size: usize,
}

impl State {
    pub(crate) fn elasticsearch(documents: Vec<(String, Value)>) -> Self {
        Self {
            banner: json!({ "version": { "number": "8.15.3", "lucene_version": "9.11.1",
                "build_flavor": "default" }, "tagline": "You Know, for Search" }),
            mapping: json!({ "properties": {
                "path": { "type": "keyword" }, "title": { "type": "text" },
                "content": { "type": "text" }, "size": { "type": "long" },
                "modified": { "type": "date" }, "checksum": { "type": "keyword" } } }),
            documents,
            parts: 1,
            pit: Pit::Elasticsearch,
            has_scroll: true,
            orders: vec!["_shard_doc", "_doc"],
            faults: BTreeMap::new(),
            changes: BTreeMap::new(),
            pages: 0,
            opened: 0,
            snapshots: BTreeMap::new(),
        }
    }

    pub(crate) fn opensearch(documents: Vec<(String, Value)>) -> Self {
        let banner = json!({ "version": { "distribution": "opensearch", "number": "2.11.0",
            "lucene_version": "9.7.0" } });
        Self {
            banner,
            pit: Pit::OpenSearch,
            orders: vec!["_doc"],
            ..Self::elasticsearch(documents)
        }
    }

    /// How many snapshots are open.
    pub(crate) fn open_snapshots(&self) -> usize {
        self.snapshots.len()
    }
}

/// So many documents with an id, a path and a text.
pub(crate) fn documents(count: usize) -> Vec<(String, Value)> {
    let document = |number: usize| {
        let path = format!("/srv/{number:05}.md");
        (format!("id{number:05}"), json!({ "path": path, "title": "T", "content": "some words" }))
    };
    (0..count).map(document).collect()
}

/// Starts it.
pub(crate) fn start(state: State) -> (Scripted, Arc<Mutex<State>>) {
    let state = Arc::new(Mutex::new(state));
    let shared = Arc::clone(&state);
    let server = Scripted::start(move |question| shared.lock().unwrap().answer(question));
    (server, state)
}

fn error(status: u16, kind: &str, reason: &str) -> Reply {
    let cause = json!({ "type": kind, "reason": reason });
    let body = json!({ "status": status, "error": {
        "root_cause": [cause], "type": kind, "reason": reason } });
    Reply::Json(status, body.to_string())
}

fn not_allowed(question: &Question) -> Reply {
    let message = format!("Your request: '{}' is not allowed.", question.path());
    Reply::Json(401, json!({ "Message": message }).to_string())
}

impl State {
    fn answer(&mut self, question: &Question) -> Reply {
        match (question.method.as_str(), question.path()) {
            ("GET", "/") => Reply::ok(&self.banner),
            ("GET", "/docs/_mapping") => Reply::ok(json!({ "docs": { "mappings": self.mapping } })),
            ("POST", "/docs/_pit") => self.open(question, Pit::Elasticsearch),
            ("POST", "/docs/_search/point_in_time") => self.open(question, Pit::OpenSearch),
            ("DELETE", "/_pit" | "/_search/point_in_time" | "/_search/scroll") => {
                let body = question.json();
                let id = body.get("id").or(body.get("pit_id")).or(body.get("scroll_id")).unwrap();
                let id = id.get(0).unwrap_or(id).as_str().unwrap();
                self.snapshots.remove(id);
                Reply::ok(json!({ "succeeded": true }))
            }
            ("POST", "/docs/_search" | "/_search" | "/_search/scroll") => self.search(question),
            (_, path) if !path.starts_with("/docs/") => {
                let index = path.split('/').nth(1).unwrap_or_default();
                error(404, "index_not_found_exception", &format!("no such index [{index}]"))
            }
            _ => error(405, "illegal_argument_exception", "method not allowed"),
        }
    }

    fn open(&mut self, question: &Question, asked: Pit) -> Reply {
        match self.pit {
            Pit::NotAllowed => return not_allowed(question),
            pit if pit != asked => {
                return error(400, "illegal_argument_exception", "contains unrecognized parameter");
            }
            _ => {}
        }
        let id = self.snapshot(0);
        Reply::ok(match asked {
            Pit::OpenSearch => json!({ "pit_id": id, "_shards": { "failed": 0 } }),
            _ => json!({ "id": id }),
        })
    }

    fn snapshot(&mut self, size: usize) -> String {
        self.opened += 1;
        let id = format!("snapshot{}", self.opened);
        let snapshot = Snapshot { documents: self.documents.clone(), at: 0, size };
        self.snapshots.insert(id.clone(), snapshot);
        id
    }

    fn search(&mut self, question: &Question) -> Reply {
        let body = question.json();
        let size = body["size"].as_u64().unwrap_or(10) as usize;
        let is_scroll = question.query("scroll").is_some();
        if body["pit"].is_null() && !is_scroll && body["sort"].is_null() {
            return self.plain(&body, size);
        }
        if is_scroll && !self.has_scroll {
            return not_allowed(question);
        }
        if let Some(order) = body["sort"][0].as_object().and_then(|it| it.keys().next())
            && !self.orders.contains(&order.as_str())
        {
            let reason = format!("No mapping found for [{order}] in order to sort on");
            return error(400, "query_shard_exception", &reason);
        }
        // What is asked with size 1 tries an order out.
        let is_page = size != 1;
        if is_page {
            if let Some(change) = self.changes.remove(&self.pages) {
                change(&mut self.documents);
            }
            self.pages += 1;
        }
        let fault = self.faults.get(&(self.pages.wrapping_sub(1))).cloned().filter(|_| is_page);
        if let Some(Fault::Reply(reply)) = fault {
            return reply;
        }
        let id = match (&body["pit"]["id"], &body["scroll_id"]) {
            (Value::String(id), _) | (_, Value::String(id)) => id.clone(),
            _ => self.snapshot(size),
        };
        if matches!(fault, Some(Fault::Expired)) {
            self.snapshots.remove(&id);
        }
        let page = self.page(&id, &body, size, is_scroll);
        if !is_scroll && body["pit"].is_null() {
            self.snapshots.remove(&id);
        }
        match (page, fault) {
            (Some(page), Some(Fault::AnswerLost)) => Reply::Short(page.to_string(), 20),
            (Some(mut page), Some(Fault::Partial)) => {
                page["_shards"] = json!({ "total": 5, "failed": 1 });
                Reply::ok(page)
            }
            (Some(page), _) => Reply::ok(page),
            (None, _) => {
                let reason = "No search context found for id [7]";
                error(404, "search_context_missing_exception", reason)
            }
        }
    }

    fn page(&mut self, id: &str, body: &Value, size: usize, is_scroll: bool) -> Option<Value> {
        let snapshot = self.snapshots.get_mut(id)?;
        let (from, size) = if is_scroll {
            (snapshot.at, snapshot.size)
        } else {
            (body["search_after"][0].as_u64().map_or(0, |it| it as usize + 1), size)
        };
        let to = (from + size).min(snapshot.documents.len());
        snapshot.at = to;
        let hit = |at: usize| {
            let (id, document) = &snapshot.documents[at];
            json!({ "_index": "docs", "_id": id, "_source": picked(document, &body["_source"]),
                "sort": [at] })
        };
        let hits: Vec<Value> = (from..to).map(hit).collect();
        let mut page = json!({
            "timed_out": false, "_shards": { "total": self.parts, "failed": 0 },
            "hits": { "total": { "value": snapshot.documents.len() }, "hits": hits } });
        page[if is_scroll { "_scroll_id" } else { "pit_id" }] = json!(id);
        Some(page)
    }

    /// The first documents that have one of the words.
    fn plain(&self, body: &Value, size: usize) -> Reply {
        let query = body["query"]["multi_match"]["query"].as_str().unwrap_or_default();
        let has = |(_, it): &&(String, Value)| {
            query.is_empty() || query.split(' ').any(|word| it.to_string().contains(word))
        };
        let hits = self.documents.iter().filter(has).take(size);
        let hits: Vec<Value> = hits
            .map(|(id, it)| {
                json!({ "_index": "docs", "_id": id, "_source": picked(it, &body["_source"]) })
            })
            .collect();
        Reply::ok(json!({ "hits": { "total": { "value": self.documents.len() }, "hits": hits } }))
    }
}

/// The fields of a document that were asked for.
fn picked(document: &Value, fields: &Value) -> Value {
    let Some(fields) = fields.as_array() else { return document.clone() };
    let picked = fields.iter().filter_map(|it| {
        let name = it.as_str()?;
        Some((name.to_owned(), document.get(name)?.clone()))
    });
    Value::Object(picked.collect())
}
