//! Typesense, by its export.

use std::io::{BufRead as _, Read as _};

use serde::Deserialize;
use serde_json::Value;

use super::guess::searched;
use super::http::{Client, Failed, KeyHeader, Request};
use super::paging::encoded;
use super::probe::Address;
use super::seen::Seen;
use super::{
    Asked, Described, Engine, EngineError, EngineKind, Entry, FieldType, Fields, Hit, Known,
    Location, Opening, Role, Sink, Streamed, Trouble, Wants,
};

pub(super) const ENGINE: EngineKind = EngineKind {
    name: "typesense",
    is_server: true,
    is_at: |it| matches!(it, Location::Server { product: Some("typesense"), .. }),
    open,
};

/// The longest line that is read.
const MOST_LINE_BYTES: u64 = 256 << 20;

/// A collection.
#[derive(Debug)]
struct Typesense {
    client: Client,
    collection: String,
    described: Described,
    searched: Vec<String>,
}

#[derive(Deserialize)]
struct Collection {
    #[serde(default)]
    num_documents: u64,
    #[serde(default)]
    fields: Vec<Field>,
}

#[derive(Deserialize)]
struct Field {
    name: String,
    #[serde(rename = "type")]
    typed: String,
    #[serde(default = "yes")]
    index: bool,
    #[serde(default = "yes")]
    store: bool,
}

const fn yes() -> bool {
    true
}

pub(super) fn open(location: &Location, opening: Opening) -> Result<Box<dyn Engine>, EngineError> {
    let Opening { wishes, access, .. } = opening;
    let Address { base, index } = Address::of(location)?;
    let base = base.strip_suffix("/collections").unwrap_or(&base);
    let client = Client::new(base, &location.to_string(), KeyHeader::Typesense, &access)?;
    let collection = read_collection(&client, &index)?;
    let known = known(&client, &index, &collection)?;
    let mut fields = Fields::choose(&wishes, &known, client.index())?;
    let strings = collection.fields.iter().filter(|it| it.index && it.typed.starts_with("string"));
    let strings: Vec<Known> =
        strings.map(|it| Known::stored(it.name.clone(), FieldType::Text)).collect();
    let searched = searched(&strings, &fields);
    let missing = fields.keep_stored(&known, client.index())?;
    let names: Vec<String> = searched.iter().map(|it| format!("`{it}`")).collect();
    let answer = client.fetch(&Request::get("/debug")).ok();
    let banner: Value = answer.and_then(|it| it.json().ok()).unwrap_or_default();
    let described = Described {
        product: "Typesense".to_owned(),
        version: banner["version"].as_str().map(str::to_owned),
        index: location.to_string(),
        entries: Some(collection.num_documents),
        fields,
        missing,
        asked: (!names.is_empty()).then(|| format!("as a search by {}", names.join(" and "))),
    };
    Ok(Box::new(Typesense { client, collection: index, described, searched }))
}

fn read_collection(client: &Client, name: &str) -> Result<Collection, EngineError> {
    let path = format!("/collections/{name}");
    let answer = client.fetch(&Request::get(&path))?;
    answer.json().map_err(|error| client.nonsense(error))
}

/// The fields of the collection. Documents may have others, which are stored and not searched, and
/// a first document shows them.
fn known(client: &Client, name: &str, it: &Collection) -> Result<Vec<Known>, EngineError> {
    let mut known: Vec<Known> = Vec::new();
    for field in it.fields.iter().filter(|it| !it.name.contains('*')) {
        let of = match field.typed.trim_end_matches("[]") {
            "int32" | "int64" | "float" => FieldType::Number,
            "string" | "string*" => FieldType::Text,
            "auto" => FieldType::Unknown,
            _ => FieldType::Other,
        };
        known.push(Known { name: field.name.clone(), of, is_stored: field.store });
    }
    let path = format!("/collections/{name}/documents/search?q=*&per_page=20");
    let answer = client.send(&Request::get(&path)).map_err(|it| it.into_error(client.index()))?;
    let sample: Value = answer.json().unwrap_or_default();
    for hit in sample["hits"].as_array().into_iter().flatten() {
        for (name, _) in hit["document"].as_object().into_iter().flatten() {
            if known.iter().all(|it| it.name != *name) {
                known.push(Known::stored(name.clone(), FieldType::Unknown));
            }
        }
    }
    if known.iter().all(|it| it.name != "id") {
        known.push(Known::stored("id", FieldType::Keyword));
    }
    Ok(known)
}

/// Why an export ended before its end.
enum Stop {
    Lost(EngineError),
    End(EngineError),
}

impl Typesense {
    fn list(&self, is_picked: impl Fn(Role) -> bool) -> String {
        let fields = self.described.fields.iter().filter(|(role, _)| is_picked(*role));
        let names = fields.map(|(_, it)| it.name.as_str()).chain(["id"]);
        encoded(&names.collect::<Vec<_>>().join(","))
    }

    fn entry(&self, document: &Value) -> Entry {
        let id = document.get("id").and_then(Value::as_str);
        Entry::of_json(&self.described.fields, id, document)
    }

    /// Reads the export once, handing over what was not before; whether its reader had enough.
    fn export(
        &self,
        path: &str,
        seen: &mut Seen,
        streamed: &mut Streamed,
        sink: Sink<'_>,
    ) -> Result<bool, Stop> {
        let mut lines = self.client.stream(path).map_err(|failed| match failed {
            Failed::Lost(error) => Stop::Lost(error),
            other => Stop::End(other.into_error(self.client.index())),
        })?;
        let (mut line, mut number) = (Vec::new(), 0_u64);
        loop {
            line.clear();
            let mut bounded = lines.by_ref().take(MOST_LINE_BYTES);
            let read = bounded.read_until(b'\n', &mut line).map_err(|error| {
                let detail = "the export broke off";
                let failed = EngineError::new(Trouble::Unreachable, self.client.index(), detail);
                Stop::Lost(failed.because(error))
            })?;
            if read == 0 {
                return Ok(false);
            }
            number += 1;
            if line.trim_ascii().is_empty() {
                continue;
            }
            let document: Value = match serde_json::from_slice(&line) {
                Ok(document) => document,
                Err(error) => {
                    // The names of lines are their own, so that none counts twice.
                    if seen.is_new(&line) {
                        streamed.add_bad(format!("line {number}"), error.to_string());
                    }
                    continue;
                }
            };
            let entry = self.entry(&document);
            if !seen.is_new(entry.id.as_bytes()) {
                continue;
            }
            streamed.entries += 1;
            if sink(entry).is_break() {
                return Ok(true);
            }
        }
    }
}

impl Engine for Typesense {
    fn described(&self) -> &Described {
        &self.described
    }

    fn stream(&mut self, wants: Wants, sink: Sink<'_>) -> Result<Streamed, EngineError> {
        let list = self.list(|role| wants.text || role != Role::Text);
        let path =
            format!("/collections/{}/documents/export?include_fields={list}", self.collection);
        let mut streamed = Streamed::default();
        streamed.notes.push("read by its export, while the index may change".to_owned());
        let (mut seen, mut tries, mut restarts) = (Seen::default(), 0, 0_u32);
        let before = self.described.entries.unwrap_or(0);
        loop {
            let known = seen.len();
            let error = match self.export(&path, &mut seen, &mut streamed, sink) {
                Ok(true) => break,
                Ok(false) => {
                    // A server that stops in the middle may end its export as if it were whole.
                    let after = read_collection(&self.client, &self.collection)?.num_documents;
                    if before.min(after) <= seen.len() as u64 {
                        break;
                    }
                    let detail = format!("its export has {} of {after} entries", seen.len());
                    EngineError::new(Trouble::Broken, self.client.index(), detail)
                }
                Err(Stop::End(error)) => return Err(error),
                Err(Stop::Lost(error)) => error,
            };
            tries = if known < seen.len() { 1 } else { tries + 1 };
            if self.client.patience().tries <= tries {
                return Err(error);
            }
            restarts += 1;
            self.client.pause(tries, None);
            seen.begin_anew();
        }
        if 0 < restarts {
            streamed.notes.push(format!(
                "its export broke off {restarts} times and was read again; what was known already \
                 is not told twice"
            ));
        }
        Ok(streamed)
    }

    fn search(&self, asked: Asked<'_>, k: usize) -> Result<Vec<Hit>, EngineError> {
        // Words are left out one by one until there are so many results.
        let (words, rule) = match asked {
            Asked::AnyOf(words) => (words.join(" "), "&drop_tokens_threshold=100"),
            Asked::Typed(typed) => (typed.to_owned(), ""),
        };
        let path = format!(
            "/collections/{}/documents/search?q={}&query_by={}&per_page={k}&include_fields={}{rule}",
            self.collection,
            encoded(&words),
            encoded(&self.searched.join(",")),
            self.list(|role| matches!(role, Role::Path | Role::Id)),
        );
        let answer = self.client.fetch(&Request::get(&path))?;
        let found: Value = answer.json().map_err(|error| self.client.nonsense(error))?;
        let hits = found["hits"].as_array().into_iter().flatten();
        let hits = hits.map(|it| self.entry(&it["document"]));
        Ok(hits.map(Hit::from).collect())
    }
}
