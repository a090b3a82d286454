//! How fast a server's index is read, beside a bare client that only takes in the same bytes.
//!
//!     cargo bench --bench engine -- elasticsearch+http://127.0.0.1:9200/INDEX [ROUNDS]
//!
//! The bare client goes through a point in time (of Typesense: the export) over a plain connection,
//! and looks at nothing but where the next page begins. Both take turns; the ratio of their best times
//! is printed. The key of Typesense is read from `DOCROT_API_KEY`.
#![expect(clippy::disallowed_methods, reason = "a benchmark is told by the environment")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use docrot::validate::engines::{Access, Credentials, Location, Opening, Secret, Wants, open};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|it| it != "--bench").collect();
    let Some(address) = arguments.first() else {
        println!("name the address of an index");
        return;
    };
    let rounds = arguments.get(1).and_then(|it| it.parse().ok()).unwrap_or(5);
    let Ok(Location::Server { url, product }) = Location::parse(address) else {
        println!("{address} is no address of a server");
        return;
    };
    let key = std::env::var("DOCROT_API_KEY").ok();
    let (mut bare, mut own) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        let measured = measure(|| match product {
            Some("typesense") => exported(&url, key.as_deref().unwrap_or_default()),
            _ => paged(&url, product.unwrap_or_default()),
        });
        println!("bare    {measured:?}");
        bare.push(measured);
        let measured = measure(|| streamed(address, key.clone()));
        println!("docrot  {measured:?}");
        own.push(measured);
        if round == 0 {
            println!("most memory so far: {} KB", status("VmHWM:"));
        }
    }
    let best = |all: &[Measured], of: fn(&Measured) -> Duration| {
        all.iter().map(of).min().unwrap_or_default().as_secs_f64()
    };
    let (wall, cpu) = (|it: &Measured| it.wall, |it: &Measured| it.cpu);
    println!(
        "docrot reads at {:.2} of the bare client's speed",
        best(&bare, wall) / best(&own, wall)
    );
    println!(
        "and takes {:.2} times its processor time",
        best(&own, cpu) / best(&bare, cpu).max(0.001)
    );
}

#[derive(Debug)]
struct Measured {
    wall: Duration,
    cpu: Duration,
    #[expect(dead_code, reason = "it is printed")]
    entries_and_bytes: (u64, u64),
}

fn measure(read: impl FnOnce() -> (u64, u64)) -> Measured {
    let (begun, before) = (Instant::now(), cpu());
    let entries_and_bytes = read();
    Measured { wall: begun.elapsed(), cpu: cpu() - before, entries_and_bytes }
}

fn streamed(address: &str, key: Option<String>) -> (u64, u64) {
    let credentials = key.map(|it| Credentials::ApiKey(Secret::new(it)));
    let access = Access { credentials, ..Access::default() };
    let location = Location::parse(address).expect("it was parsed before");
    let opening = Opening { access, ..Opening::default() };
    let mut engine = open(&location, opening).unwrap_or_else(|error| panic!("{error}"));
    let mut bytes = 0;
    let streamed = engine.stream(Wants { text: true }, &mut |entry| {
        bytes += entry.text.map_or(0, |it| it.len() as u64);
        ControlFlow::Continue(())
    });
    (streamed.unwrap_or_else(|error| panic!("{error}")).entries, bytes)
}

/// Goes through a point in time.
fn paged(url: &str, product: &str) -> (u64, u64) {
    const SIZE: usize = 1000;
    let (host, index) = parts(url);
    let mut stream = BufReader::new(TcpStream::connect(host).expect("it can be reached"));
    let (open, name) = match product {
        "opensearch" => ("_search/point_in_time", "\"pit_id\":\""),
        _ => ("_pit", "\"id\":\""),
    };
    let path = format!("/{index}/{open}?keep_alive=1m");
    let opened = asked(&mut stream, host, "POST", &path, "", "");
    let id = after(&opened, name, b'"').expect("a point in time has an id");
    let (mut bytes, mut behind) = (0, String::new());
    loop {
        let body = format!(
            r#"{{"size":{SIZE},"track_total_hits":false,"sort":[{{"_shard_doc":"asc"}}],{behind}
            "pit":{{"id":"{id}","keep_alive":"1m"}}}}"#
        );
        let page = asked(&mut stream, host, "POST", "/_search", "", &body);
        bytes += page.len() as u64;
        let Some(sort) = after(&page, "\"sort\":[", b']') else { return (0, bytes) };
        behind = format!("\"search_after\":[{sort}],");
    }
}

/// What stands behind the last place of a word, up to a sign.
fn after(bytes: &[u8], word: &str, end: u8) -> Option<String> {
    let at = memchr::memmem::rfind(bytes, word.as_bytes())? + word.len();
    let found = bytes[at..].split(|it| *it == end).next()?;
    Some(String::from_utf8_lossy(found).into_owned())
}

/// Reads the export of a collection.
fn exported(url: &str, key: &str) -> (u64, u64) {
    let (host, name) = parts(url);
    let mut stream = BufReader::new(TcpStream::connect(host).expect("it can be reached"));
    let path = format!("/collections/{name}/documents/export");
    let header = format!("x-typesense-api-key: {key}\r\n");
    let export = asked(&mut stream, host, "GET", &path, &header, "");
    (0, export.len() as u64)
}

fn parts(url: &str) -> (&str, &str) {
    let rest = url.trim_start_matches("http://");
    let (host, index) = rest.split_once('/').expect("an index is named");
    (host, index)
}

fn asked(
    stream: &mut BufReader<TcpStream>,
    host: &str,
    method: &str,
    path: &str,
    headers: &str,
    body: &str,
) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\n{headers}\
         content-length: {length}\r\n\r\n{body}"
    );
    stream.get_mut().write_all(head.as_bytes()).expect("it takes the request");
    let (mut length, mut is_chunked) = (0, false);
    loop {
        let line = line(stream).to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        is_chunked |= line.starts_with("transfer-encoding:") && line.contains("chunked");
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).expect("it sends what it announced");
    while is_chunked {
        let size = usize::from_str_radix(line(stream).trim(), 16).expect("a chunk has a size");
        let from = body.len();
        body.resize(from + size, 0);
        stream.read_exact(&mut body[from..]).expect("it sends what it announced");
        line(stream);
        is_chunked = 0 < size;
    }
    body
}

fn line(stream: &mut BufReader<TcpStream>) -> String {
    let mut line = String::new();
    stream.read_line(&mut line).expect("it answers in HTTP");
    line.trim_end().to_owned()
}

/// Processor time of this process.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let ticks = stat.split(' ').skip(13).take(2).filter_map(|it| it.parse::<u64>().ok());
    Duration::from_millis(ticks.sum::<u64>() * 10)
}

fn status(key: &str) -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|it| it.strip_prefix(key));
    line.unwrap_or_default().trim().trim_end_matches(" kB").to_owned()
}
