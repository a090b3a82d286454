//! What is said where an engine refuses, is another one, or is none; and what is never said.

use docrot::validate::engines::{Access, Credentials, EngineError, Secret, Trouble};
use serde_json::json;

use crate::cluster::{Fault, State, documents, start};
use crate::scripted::{Reply, Scripted};
use crate::{hasty, read};

const PASSWORD: &str = "correct horse";

fn with_password() -> Access {
    let password = Secret::new(PASSWORD);
    let credentials = Credentials::Password { user: "ada".to_owned(), password };
    Access { credentials: Some(credentials), ..hasty() }
}

fn error(address: &str, access: Access) -> EngineError {
    read(address, access).err().expect("it should fail")
}

/// An error with everything below it, as the command line and the log show it.
fn told(error: &EngineError) -> String {
    format!("{error} | {error:?}")
}

#[test]
fn credentials_go_with_every_request() {
    let (server, _state) = start(State::elasticsearch(documents(10)));
    read(&server.url("docs"), with_password()).unwrap();
    let asked = server.asked();
    let basic = Some("Basic YWRhOmNvcnJlY3QgaG9yc2U=");
    assert!(asked.iter().all(|it| it.header("authorization") == basic));
    assert!(asked.iter().all(|it| !it.target.contains("correct")));
}

#[test]
fn credentials_stay_out_of_errors_even_where_an_engine_repeats_them() {
    for status in [401, 403, 400, 500] {
        let server = Scripted::start(move |question| {
            let header = question.header("authorization").unwrap_or_default();
            let reason = format!("bad {header} of ada with {PASSWORD}");
            Reply::Json(status, json!({ "error": { "reason": reason } }).to_string())
        });
        let address = format!("elasticsearch+{}", server.url("docs"));
        let error = error(&address, with_password());
        let told = told(&error);
        assert!(!told.contains(PASSWORD) && !told.contains("YWRh"), "{told}");
        assert!(told.contains("bad"), "{told}");
    }
}

#[test]
fn credentials_stay_out_of_errors_that_are_cut() {
    for status in [401, 500] {
        let server = Scripted::start(move |question| {
            let header = question.header("authorization").unwrap_or_default();
            let sent = header.trim_start_matches("Basic ");
            let secret = if status == 401 { sent } else { PASSWORD };
            // It is cut in the middle of the secret.
            let reason = format!("{}{secret}", "x".repeat(190));
            Reply::Json(status, json!({ "error": { "reason": reason } }).to_string())
        });
        let address = format!("elasticsearch+{}", server.url("docs"));
        let told = told(&error(&address, with_password()));
        assert!(!told.contains("correct") && !told.contains("YWRh"), "{told}");
        assert!(told.contains("xxx"), "{told}");
    }
}

#[test]
fn credentials_stay_out_of_where_an_engine_sends_on_to() {
    for secret in [PASSWORD, "correct%20horse", "YWRhOmNvcnJlY3QgaG9yc2U%3D"] {
        let place = format!("https://sso.example/login?user=ada&password={secret}&to=docs");
        let server = Scripted::start(move |_| {
            Reply::Full(302, vec![("location", place.clone())], String::new())
        });
        let told = told(&error(&server.url("docs"), with_password()));
        assert!(!told.contains(secret), "{told}");
        assert!(told.contains("https://sso.example/login?user=ada&password=…&to=docs"), "{told}");
    }
}

#[test]
fn credentials_stay_out_of_answers_that_cannot_be_understood() {
    let banner = json!({ "version": { "number": "8.15.3" } }).to_string();
    let server = Scripted::start(move |question| match question.path() {
        "/" => Reply::Json(200, banner.clone()),
        _ => Reply::ok(json!({ "hits": format!("of ada with {PASSWORD}") })),
    });
    let address = format!("elasticsearch+{}", server.url("docs"));
    let told = told(&error(&address, with_password()));
    assert!(!told.contains(PASSWORD) && told.contains("of ada with"), "{told}");
}

#[test]
fn who_may_not_read_is_told_so() {
    for (status, trouble) in [
        (401, Trouble::Credentials),
        (403, Trouble::Credentials),
        (404, Trouble::Absent),
        (500, Trouble::Broken),
    ] {
        let server = Scripted::start(move |_| Reply::Json(status, "{}".to_owned()));
        let address = format!("elasticsearch+{}", server.url("docs"));
        assert_eq!(error(&address, hasty()).trouble, trouble, "{status}");
    }
}

#[test]
fn who_may_read_the_index_alone_can() {
    // The banner and the mapping are refused, the documents are not.
    let mut state = State::elasticsearch(documents(10));
    state.pit = crate::cluster::Pit::Unknown;
    let (cluster, _state) = start(state);
    let upstream = cluster.url("docs");
    let server = Scripted::start(move |question| match question.path() {
        "/" | "/docs/_mapping" | "/docs/_field_caps" => {
            let reason = "action is unauthorized for user [ada]";
            Reply::Json(403, json!({ "error": { "reason": reason } }).to_string())
        }
        _ => forward(&upstream, question),
    });
    let read = read(&format!("elasticsearch+{}", server.url("docs")), hasty()).unwrap();
    assert_eq!(read.ids().len(), 10);
    assert_eq!(read.entries[0].place, "/srv/00000.md");
    assert_eq!(read.described.version, None);
}

/// Asks another server the same.
fn forward(upstream: &str, question: &crate::scripted::Question) -> Reply {
    use std::io::{Read as _, Write as _};
    let host = upstream.trim_start_matches("http://").split('/').next().unwrap();
    let mut stream = std::net::TcpStream::connect(host).unwrap();
    let crate::scripted::Question { method, target, body, .. } = question;
    let length = body.len();
    write!(stream, "{method} {target} HTTP/1.1\r\ncontent-length: {length}\r\n\r\n{body}").unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    Reply::Raw(bytes)
}

#[test]
fn an_index_that_is_not_there_is_told_with_the_words_of_the_engine() {
    let (server, _state) = start(State::elasticsearch(documents(1)));
    let error = error(&server.url("nonesuch"), hasty());
    assert_eq!(error.trouble, Trouble::Absent);
    assert!(error.to_string().contains("no such index [nonesuch]"), "{error}");
}

#[test]
fn no_redirect_is_followed() {
    let other = Scripted::start(|_| Reply::ok("{}"));
    let place = other.url("docs");
    for status in [301, 302, 307, 308] {
        let place = place.clone();
        let server = Scripted::start(move |_| {
            Reply::Full(status, vec![("location", place.clone())], String::new())
        });
        let error = error(&server.url("docs"), with_password());
        assert_eq!(error.trouble, Trouble::Unreachable);
        assert!(error.to_string().contains("it sends on to http://127.0.0.1:"), "{error}");
    }
    assert!(other.asked().is_empty());
}

#[test]
fn an_address_where_nothing_listens_is_told_at_once() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    // With the patience of the command line this would take a minute if it were asked again.
    let error = error(&format!("http://{free}/docs"), Access::default());
    assert_eq!(error.trouble, Trouble::Unreachable);
    assert!(error.to_string().contains("nothing listens there"), "{error}");
}

#[test]
fn what_is_no_engine_is_told_so() {
    let page = || Reply::Full(200, vec![], "<html>hello</html>".to_owned());
    let server = Scripted::start(move |_| page());
    assert_eq!(error(&server.url("docs"), hasty()).trouble, Trouble::NotAnIndex);
    let server = Scripted::start(move |_| page());
    let named = format!("opensearch+{}", server.url("docs"));
    assert_eq!(error(&named, hasty()).trouble, Trouble::Broken);
    let server = Scripted::start(|_| Reply::Raw(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()));
    assert_eq!(error(&server.url("docs"), hasty()).trouble, Trouble::Unreachable);
}

#[test]
fn an_answer_without_end_is_not_read() {
    let endless = b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n{".to_vec();
    let server = Scripted::start(move |_| Reply::Raw(endless.clone()));
    let error = error(&format!("elasticsearch+{}", server.url("docs")), hasty());
    assert!(error.to_string().contains("longer than docrot reads"), "{error}");
}

#[test]
fn an_engine_that_stays_busy_is_given_up() {
    let busy = Fault::Reply(Reply::Json(503, String::new()));
    let faults = (0..50).map(|page| (page, busy.clone())).collect();
    let (server, _state) = start(State { faults, ..State::elasticsearch(documents(10)) });
    assert_eq!(error(&server.url("docs"), hasty()).trouble, Trouble::Busy);
    // The banner, the count, the mapping, the snapshot, the order, and four times the page.
    let pages = server.asked().iter().filter(|it| it.path() == "/_search").count();
    assert_eq!(pages, 1 + hasty().patience.tries as usize);
}

#[test]
fn texts_that_are_not_stored_are_told_and_the_rest_is_read() {
    let mut state = State::elasticsearch(documents(10));
    state.mapping["_source"] = json!({ "excludes": ["content"] });
    let (server, _state) = start(state);
    let read = read(&server.url("docs"), hasty()).unwrap();
    assert!(read.entries.iter().all(|it| it.text.is_none() && !it.place.is_empty()));
    assert_eq!(read.described.missing, ["text is not stored, so that texts are not compared"]);
    assert_eq!(read.described.asked.as_deref(), Some("as multi_match over `title` and `content`"));
}
