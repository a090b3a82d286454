//! A small HTTP server that answers as a test says, and remembers what it was asked.
//!
//! It does what servers do only when something is wrong: it drops connections, sends half an answer,
//! keeps silent, sends on to somewhere else.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// What was asked.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Question {
    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(it, _)| it.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// A value of the query of the address.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        let (_, query) = self.target.split_once('?')?;
        query.split('&').find_map(|it| it.strip_prefix(name)?.strip_prefix('='))
    }
}

/// What is answered.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// A status and JSON.
    Json(u16, String),
    /// A status, further headers, and a body.
    Full(u16, Vec<(&'static str, String)>, String),
    /// The head, and so many bytes of the body less than announced; then the connection is closed.
    Short(String, usize),
    /// The same, and the connection is held until the client goes away.
    Stalled(String, usize),
    /// Nothing; the connection is closed.
    Closed,
    /// Nothing, until the client goes away.
    Silence,
    /// Bytes as they are; then the connection is closed.
    Raw(Vec<u8>),
}

impl Reply {
    pub(crate) fn ok(body: impl ToString) -> Self {
        Self::Json(200, body.to_string())
    }
}

type Answer = Box<dyn FnMut(&Question) -> Reply + Send>;

/// A server on a port of its own, until it is dropped.
pub(crate) struct Scripted {
    pub(crate) address: SocketAddr,
    asked: Arc<Mutex<Vec<Question>>>,
    is_over: Arc<AtomicBool>,
}

impl Scripted {
    pub(crate) fn start(answer: impl FnMut(&Question) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (asked, is_over) = (Arc::default(), Arc::new(AtomicBool::new(false)));
        let answer: Arc<Mutex<Answer>> = Arc::new(Mutex::new(Box::new(answer)));
        let (log, over) = (Arc::clone(&asked), Arc::clone(&is_over));
        thread::spawn(move || {
            for stream in listener.incoming() {
                if over.load(Ordering::SeqCst) {
                    return;
                }
                let (Ok(stream), answer, log) = (stream, Arc::clone(&answer), Arc::clone(&log))
                else {
                    continue;
                };
                thread::spawn(move || serve(stream, &answer, &log));
            }
        });
        Self { address, asked, is_over }
    }

    /// Its address with an index.
    pub(crate) fn url(&self, index: &str) -> String {
        format!("http://{}/{index}", self.address)
    }

    /// What it was asked, in the order of arrival.
    pub(crate) fn asked(&self) -> Vec<Question> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

fn serve(stream: TcpStream, answer: &Mutex<Answer>, log: &Mutex<Vec<Question>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut writer = stream;
    while let Some(question) = read(&mut reader) {
        log.lock().unwrap().push(question.clone());
        let reply = answer.lock().unwrap()(&question);
        let is_held = matches!(reply, Reply::Stalled(..));
        let (status, headers, body, less) = match reply {
            Reply::Json(status, body) => (status, Vec::new(), body, 0),
            Reply::Full(status, headers, body) => (status, headers, body, 0),
            Reply::Short(body, less) | Reply::Stalled(body, less) => (200, Vec::new(), body, less),
            Reply::Closed => return,
            Reply::Silence => {
                let _ = reader.read(&mut [0]);
                return;
            }
            Reply::Raw(bytes) => {
                let _ = writer.write_all(&bytes);
                return;
            }
        };
        let mut head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n", body.len());
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        // In one piece: a second one would wait until the first one is acknowledged.
        let sent = format!("{head}\r\n{}", &body[..body.len() - less]);
        if writer.write_all(sent.as_bytes()).is_err() || 0 < less {
            if is_held {
                let _ = reader.read(&mut [0]);
            }
            return;
        }
    }
}

fn read(reader: &mut BufReader<TcpStream>) -> Option<Question> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|it| 0 < *it)?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let mut body = vec![0; length.and_then(|(_, it)| it.parse().ok()).unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    Some(Question { method, target, headers, body: String::from_utf8(body).ok()? })
}
