//! Whatever happens while an index is read: every entry is told, and none twice.

use std::time::Duration;

use docrot::validate::engines::{Access, Patience, Trouble};
use serde_json::json;

use crate::cluster::{Fault, Pit, State, documents, start};
use crate::scripted::{Question, Reply};
use crate::{hasty, read, read_until};

const COUNT: usize = 1_200;

fn expected() -> Vec<String> {
    documents(COUNT).into_iter().map(|(id, _)| id).collect()
}

/// Reads a cluster and expects every document once, nothing left open and nothing asked for but to
/// be read; returns the notes and the questions.
fn whole(state: State) -> (Vec<String>, Vec<Question>) {
    // A scroll of which no answer arrived cannot be closed, and ends by itself.
    let is_nameless = matches!(state.faults.get(&0), Some(Fault::AnswerLost));
    let (server, state) = start(state);
    let read = read(&server.url("docs"), hasty()).unwrap();
    assert_eq!(read.ids(), expected());
    assert_eq!(read.streamed.entries, COUNT as u64);
    let asked = server.asked();
    only_reads(&asked);
    assert!(is_nameless || state.lock().unwrap().open_snapshots() == 0, "a snapshot is left open");
    (read.streamed.notes, asked)
}

/// Whether nothing was asked that could change an index.
pub(crate) fn only_reads(asked: &[Question]) {
    const SNAPSHOTS: [&str; 3] = ["/_pit", "/_search/point_in_time", "/_search/scroll"];
    for Question { method, target, .. } in asked {
        let path = target.split('?').next().unwrap();
        let reads = match method.as_str() {
            "GET" => true,
            "POST" => path.ends_with("/_search") || SNAPSHOTS.iter().any(|it| path.ends_with(it)),
            "DELETE" => SNAPSHOTS.contains(&path),
            _ => false,
        };
        assert!(reads, "{method} {target}");
    }
}

fn pages(asked: &[Question]) -> Vec<&Question> {
    asked.iter().filter(|it| it.path().contains("_search") && it.method == "POST").collect()
}

#[test]
fn elasticsearch_is_read_in_a_point_in_time() {
    let (notes, asked) = whole(State::elasticsearch(documents(COUNT)));
    assert_eq!(notes, ["read in a point in time"]);
    let closed = asked.last().unwrap();
    assert_eq!((closed.method.as_str(), closed.path()), ("DELETE", "/_pit"));
}

#[test]
fn opensearch_is_read_in_a_point_in_time() {
    let (notes, asked) = whole(State::opensearch(documents(COUNT)));
    assert_eq!(notes, ["read in a point in time"]);
    let closed = asked.last().unwrap();
    assert_eq!((closed.method.as_str(), closed.path()), ("DELETE", "/_search/point_in_time"));
}

#[test]
fn positions_alone_do_not_order_an_index_of_several_parts() {
    // Version 3.3 and later have an order over all parts.
    let spread = || State { parts: 5, ..State::opensearch(documents(COUNT)) };
    let (notes, _) = whole(spread());
    assert_eq!(notes, ["read by scrolling"]);
    let later = State { orders: vec!["_shard_doc", "_doc"], ..spread() };
    assert_eq!(whole(later).0, ["read in a point in time"]);
}

#[test]
fn an_index_of_several_parts_is_ordered_by_a_unique_field() {
    let state =
        State { parts: 5, orders: vec!["_doc", "path"], ..State::opensearch(documents(COUNT)) };
    let (server, _state) = start(state);
    let access = Access { unique_field: Some("path".to_owned()), ..hasty() };
    let read = read(&server.url("docs"), access).unwrap();
    assert_eq!(read.ids(), expected());
    assert_eq!(read.streamed.notes, ["read in a point in time"]);
}

#[test]
fn an_opensearch_that_calls_itself_elasticsearch_is_known() {
    let banner = json!({ "version": { "number": "7.10.2", "lucene_version": "9.4.2" } });
    let (server, _state) = start(State { banner, ..State::opensearch(documents(COUNT)) });
    let read = read(&server.url("docs"), hasty()).unwrap();
    assert_eq!(read.described.product, "OpenSearch");
    assert_eq!(read.ids(), expected());
}

#[test]
fn where_points_in_time_are_refused_it_is_scrolled() {
    for pit in [Pit::Unknown, Pit::NotAllowed] {
        let (notes, asked) = whole(State { pit, ..State::elasticsearch(documents(COUNT)) });
        assert_eq!(notes, ["read by scrolling"]);
        assert_eq!(asked.last().unwrap().path(), "/_search/scroll");
    }
}

#[test]
fn where_scrolls_are_refused_too_a_unique_field_serves() {
    let state = || State {
        pit: Pit::NotAllowed,
        has_scroll: false,
        orders: vec!["path"],
        ..State::elasticsearch(documents(COUNT))
    };
    let (server, _state) = start(state());
    let access = Access { unique_field: Some("path".to_owned()), ..hasty() };
    let by_field = read(&server.url("docs"), access).unwrap();
    assert_eq!(by_field.ids(), expected());
    assert_eq!(by_field.streamed.notes, ["read by `path`, while the index may change"]);
    let (server, _state) = start(state());
    let error = read(&server.url("docs"), hasty()).err().unwrap();
    assert!(error.to_string().contains("Your request: '/docs/_search' is not allowed"), "{error}");
}

/// Each fault at the beginning, in the middle and at the end of a stream.
fn survives(fault: &Fault) -> Vec<(Vec<String>, Vec<Question>)> {
    let mut all = Vec::new();
    for pit in [Pit::Elasticsearch, Pit::Unknown] {
        for page in 0..4 {
            let faults = [(page, fault.clone())].into();
            all.push(whole(State { pit, faults, ..State::elasticsearch(documents(COUNT)) }));
        }
    }
    all
}

#[test]
fn a_snapshot_that_expires_is_opened_anew() {
    let all = survives(&Fault::Expired);
    let told = |it: &&(Vec<String>, Vec<Question>)| it.0.iter().any(|it| it.contains("was lost 1"));
    assert_eq!(all.iter().filter(told).count(), all.len());
}

#[test]
fn an_answer_that_is_lost_on_its_way_is_no_loss() {
    survives(&Fault::AnswerLost);
}

#[test]
fn a_connection_that_closes_is_no_loss() {
    survives(&Fault::Reply(Reply::Closed));
    survives(&Fault::Reply(Reply::Raw(b"HTTP/1.1 200 OK\r\ncontent-le".to_vec())));
}

#[test]
fn a_page_that_lacks_parts_of_the_index_is_not_taken() {
    survives(&Fault::Partial);
}

#[test]
fn an_engine_that_is_busy_is_asked_again() {
    let rejected = r#"{"error":{"type":"es_rejected_execution_exception","reason":"rejected execution"},"status":429}"#;
    survives(&Fault::Reply(Reply::Json(429, rejected.to_owned())));
    let later = vec![("retry-after", "0".to_owned())];
    survives(&Fault::Reply(Reply::Full(503, later, "<html>Service Unavailable</html>".to_owned())));
    survives(&Fault::Reply(Reply::Json(502, String::new())));
}

#[test]
fn an_engine_short_of_memory_is_asked_for_less() {
    let reason = "[parent] Data too large, data for [<http_request>] would be [1073741824/1gb], \
                  which is larger than the limit of [1020054732/972.7mb]";
    let body = json!({ "status": 429, "error": { "type": "circuit_breaking_exception",
        "reason": reason, "bytes_wanted": 1_073_741_824, "durability": "TRANSIENT" } });
    let tripped = Fault::Reply(Reply::Json(429, body.to_string()));
    survives(&tripped);
    let faults = [(1, tripped.clone()), (2, tripped.clone())].into();
    let (_, asked) = whole(State { faults, ..State::elasticsearch(documents(COUNT)) });
    assert_eq!(sizes(&asked)[..6], [0, 1, 100, 400, 200, 100]);
    // A scroll is opened anew with half of what it was opened with.
    let faults = [(2, tripped)].into();
    let pit = Pit::Unknown;
    let (_, asked) = whole(State { pit, faults, ..State::elasticsearch(documents(COUNT)) });
    assert_eq!(sizes(&asked), [0, 500, 250]);
}

/// How many documents were asked for each time.
fn sizes(asked: &[Question]) -> Vec<u64> {
    pages(asked).iter().filter_map(|it| it.json()["size"].as_u64()).collect()
}

#[test]
fn an_index_that_changes_while_a_snapshot_is_lost_is_read_to_its_end() {
    for pit in [Pit::Elasticsearch, Pit::Unknown] {
        let mut state = State { pit, ..State::elasticsearch(documents(COUNT)) };
        state.faults.insert(2, Fault::Expired);
        // In the meantime two are gone, one of them told already, one is new, and the order is
        // another one.
        state.changes.insert(2, |documents| {
            documents.retain(|(id, _)| id != "id00000" && id != "id01199");
            documents.push(("new".to_owned(), json!({ "path": "/srv/new.md" })));
            documents.reverse();
        });
        let (server, _state) = start(state);
        let read = read(&server.url("docs"), hasty()).unwrap();
        let mut expected = expected();
        expected.pop();
        expected.push("new".to_owned());
        assert_eq!(read.ids(), expected);
    }
}

#[test]
fn snapshots_that_are_lost_again_and_again_are_given_up() {
    for pit in [Pit::Elasticsearch, Pit::Unknown] {
        let faults = (1..100).map(|page| (page, Fault::Expired)).collect();
        let (server, state) =
            start(State { pit, faults, ..State::elasticsearch(documents(COUNT)) });
        let error = read(&server.url("docs"), hasty()).err().unwrap();
        assert!(error.to_string().contains("No search context found"), "{error}");
        assert_eq!(state.lock().unwrap().open_snapshots(), 0);
    }
}

#[test]
fn who_has_enough_leaves_no_snapshot_open() {
    for pit in [Pit::Elasticsearch, Pit::Unknown] {
        let (server, state) = start(State { pit, ..State::elasticsearch(documents(COUNT)) });
        let read = read_until(&server.url("docs"), hasty(), 150).unwrap();
        assert_eq!(read.entries.len(), 150);
        assert_eq!(state.lock().unwrap().open_snapshots(), 0);
    }
}

#[test]
fn an_error_leaves_no_snapshot_open() {
    let faults = [(1, Fault::Reply(Reply::Json(403, String::new())))].into();
    let (server, state) = start(State { faults, ..State::elasticsearch(documents(COUNT)) });
    let error = read(&server.url("docs"), hasty()).err().unwrap();
    assert_eq!(error.trouble, Trouble::Credentials);
    assert_eq!(state.lock().unwrap().open_snapshots(), 0);
}

#[test]
fn an_engine_that_falls_silent_is_asked_again_and_then_given_up() {
    let patience = Patience { silence: Duration::from_millis(200), tries: 2, ..hasty().patience };
    let access = || Access { patience, ..Access::default() };
    let stalled = Reply::Stalled("{\"hits\":{\"hits\":[]}}".to_owned(), 5);
    for reply in [Reply::Silence, stalled] {
        let once = [(1, Fault::Reply(reply.clone()))].into();
        let (server, _state) =
            start(State { faults: once, ..State::elasticsearch(documents(COUNT)) });
        assert_eq!(read(&server.url("docs"), access()).unwrap().ids(), expected());
        let always = (1..9).map(|page| (page, Fault::Reply(reply.clone()))).collect();
        let (server, _state) =
            start(State { faults: always, ..State::elasticsearch(documents(COUNT)) });
        let error = read(&server.url("docs"), access()).err().unwrap();
        assert_eq!(error.trouble, Trouble::Unreachable, "{error}");
    }
}
