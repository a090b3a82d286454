//! Real servers, each a process of the test that started it, on a free port and in a folder of its
//! own.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// A server that is running, until it is dropped.
pub(crate) struct Server {
    child: Child,
    command: Box<dyn Fn() -> Command + Send>,
    ready: String,
    headers: String,
    pub(crate) port: u16,
    _folder: TempDir,
}

/// The key that Typesense is started with.
pub(crate) const TYPESENSE_KEY: &str = "a-key-of-the-test";

impl Server {
    /// What answers as OpenSearch does. It keeps nothing.
    pub(crate) fn opensearch() -> Self {
        let port = free_port();
        let command = move || {
            let mut command = installed("osmem-server");
            command.args(["-addr", &format!("127.0.0.1:{port}"), "-no-stdin-watch"]);
            command
        };
        Self::start(port, "/", "", folder(), command)
    }

    /// What answers as Elasticsearch does.
    pub(crate) fn elasticsearch() -> Self {
        let (port, folder) = (free_port(), folder());
        let data = folder.path().join("data");
        let command = move || {
            let mut command = installed("noida-db");
            command.args(["start", "--only", "elasticsearch", "--host", "127.0.0.1"]);
            command.args(["--elasticsearch-port", &port.to_string(), "--data-dir"]).arg(&data);
            command
        };
        Self::start(port, "/", "", folder, command)
    }

    /// Typesense.
    pub(crate) fn typesense() -> Self {
        let (port, peering, folder) = (free_port(), free_port(), folder());
        let data = folder.path().join("data");
        fs::create_dir(&data).unwrap();
        let command = move || {
            let mut command = installed("typesense-server");
            command.arg(format!("--data-dir={}", data.display()));
            command.args([format!("--api-key={TYPESENSE_KEY}"), format!("--api-port={port}")]);
            command.args(["--api-address=127.0.0.1", "--peering-address=127.0.0.1"]);
            command.arg(format!("--peering-port={peering}"));
            command
        };
        let headers = format!("X-TYPESENSE-API-KEY: {TYPESENSE_KEY}\r\n");
        Self::start(port, "/health", &headers, folder, command)
    }

    /// nginx with these lines in its one server, which listens on `port`; files lie in `folder`.
    pub(crate) fn nginx(port: u16, folder: TempDir, zones: &str, lines: &str) -> Self {
        let place = folder.path().display();
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|it| format!("{it}_temp_path {place}/{it};"))
            .join("\n");
        let configuration = format!(
            "user root; daemon off; worker_processes 1; pid {place}/pid; error_log {place}/error.log;\n\
             events {{}}\nhttp {{ access_log off; client_max_body_size 64m;\n{temporary}\n{zones}\n\
             server {{\n{lines}\n}} }}"
        );
        let path = folder.path().join("nginx.conf");
        fs::write(&path, configuration).unwrap();
        let error_log = folder.path().join("error.log");
        let command = move || {
            let mut command = Command::new("nginx");
            command.arg("-c").arg(&path).arg("-e").arg(&error_log);
            command
        };
        Self::start(port, "", "", folder, command)
    }

    fn start(
        port: u16,
        ready: &str,
        headers: &str,
        folder: TempDir,
        command: impl Fn() -> Command + Send + 'static,
    ) -> Self {
        let child = spawn(command());
        let mut server = Self {
            child,
            command: Box::new(command),
            ready: ready.to_owned(),
            headers: headers.to_owned(),
            port,
            _folder: folder,
        };
        server.wait();
        server
    }

    fn wait(&mut self) {
        until("a server to answer", || {
            assert!(self.child.try_wait().unwrap().is_none(), "a server has ended");
            let Ok(stream) = TcpStream::connect(("127.0.0.1", self.port)) else { return false };
            drop(stream);
            self.ready.is_empty() || self.ask("GET", &self.ready, "").0 == 200
        });
    }

    /// Ends it and starts it again.
    pub(crate) fn restart(&mut self) {
        // Asked to end, a server writes down what it holds; what a crash would cost is its own
        // affair.
        let asked = Command::new("kill").arg(self.child.id().to_string()).status();
        let end = Instant::now() + Duration::from_secs(5);
        while asked.is_ok() && Instant::now() < end && matches!(self.child.try_wait(), Ok(None)) {
            std::thread::yield_now();
        }
        self.kill();
        self.child = spawn((self.command)());
        self.wait();
    }

    fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Asks it something; status and body.
    pub(crate) fn ask(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        ask(self.port, method, path, &self.headers, body).unwrap_or_default()
    }

    /// Asks it something that has to succeed.
    pub(crate) fn must(&self, method: &str, path: &str, body: &str) -> Value {
        let (status, answer) = self.ask(method, path, body);
        assert!((200..300).contains(&status), "{method} {path}: {status} {answer}");
        serde_json::from_str(&answer).unwrap_or_default()
    }

    /// Its address with an index.
    pub(crate) fn url(&self, index: &str) -> String {
        format!("http://127.0.0.1:{}/{index}", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // nginx passes this on to its workers, which a kill would leave behind.
        let id = self.child.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &id]).status();
        let ended = || matches!(self.child.try_wait(), Ok(Some(_)));
        if !within(Duration::from_secs(3), ended) {
            self.kill();
        }
    }
}

fn spawn(mut command: Command) -> Child {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let program = quiet.get_program().to_owned();
    quiet.spawn().unwrap_or_else(|error| {
        panic!("{} cannot be started, run tests/run: {error}", program.display())
    })
}

fn installed(name: &str) -> Command {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/engines");
    Command::new(folder.join(name))
}

/// A folder for a server.
pub(crate) fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// A port at which nothing listens.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Waits until something holds.
pub(crate) fn until(what: &str, holds: impl FnMut() -> bool) {
    assert!(within(Duration::from_secs(60), holds), "waited in vain for {what}");
}

fn within(time: Duration, mut holds: impl FnMut() -> bool) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < time {
        if holds() {
            return true;
        }
        thread::park_timeout(Duration::from_millis(20));
    }
    false
}

fn ask(port: u16, method: &str, path: &str, headers: &str, body: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    let length = body.len();
    let kind = if path.ends_with("_bulk") { "application/x-ndjson" } else { "application/json" };
    let head = format!(
        "{method} {path} HTTP/1.0\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\ncontent-type: {kind}\r\n{headers}\
         content-length: {length}\r\n\r\n"
    );
    stream.write_all(format!("{head}{body}").as_bytes()).ok()?;
    let mut reader = BufReader::new(stream);
    let (mut status, mut length) = (None, None);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|it| 0 < *it)?;
        let line = line.trim_end().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        status = status.or_else(|| line.split(' ').nth(1)?.parse().ok());
        length = length.or_else(|| line.strip_prefix("content-length:")?.trim().parse().ok());
    }
    let mut answer = Vec::new();
    // Some keep the connection, whatever they are asked.
    reader.take(length.unwrap_or(u64::MAX)).read_to_end(&mut answer).ok()?;
    Some((status?, String::from_utf8_lossy(&answer).into_owned()))
}

/// Files below a folder, in order.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else {
            files.push(path);
        }
    }
    files.sort();
    files
}
