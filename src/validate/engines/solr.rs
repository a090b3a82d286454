//! Solr, gone through by a cursor.

use serde::Deserialize;
use serde_json::Value;

use super::guess::searched;
use super::http::{Client, Failed, KeyHeader, Request};
use super::paging::{FIRST_DOCUMENTS, MOST_PAGE_BYTES, encoded, next_size};
use super::probe::Address;
use super::{
    Asked, Described, Engine, EngineError, EngineKind, Entry, FieldType, Fields, Hit, Known,
    Location, Opening, Role, Sink, Streamed, Trouble, Wants,
};

pub(super) const ENGINE: EngineKind = EngineKind {
    name: "solr",
    is_server: true,
    is_at: |it| matches!(it, Location::Server { product: Some("solr"), .. }),
    open,
};

/// A core or a collection.
#[derive(Debug)]
struct Solr {
    client: Client,
    core: String,
    // The field whose values are unique; a cursor needs it.
    key: String,
    described: Described,
    searched: Vec<String>,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default, rename = "responseHeader")]
    header: Header,
    response: Documents,
    #[serde(default, rename = "nextCursorMark")]
    next: Option<String>,
}

#[derive(Default, Deserialize)]
struct Header {
    // `true`, or in later versions `"omitted"`.
    #[serde(default, rename = "partialResults")]
    partial: Value,
}

#[derive(Deserialize)]
struct Documents {
    #[serde(rename = "numFound")]
    found: u64,
    docs: Vec<Value>,
}

/// A field of the schema, with what it has from its type.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SchemaField {
    name: String,
    #[serde(default, rename = "type")]
    typed: String,
    #[serde(default)]
    stored: bool,
    #[serde(default)]
    doc_values: bool,
    #[serde(default)]
    use_doc_values_as_stored: bool,
    #[serde(default)]
    indexed: bool,
}

/// What is known of the fields of a core.
struct Schema {
    known: Vec<Known>,
    searched: Vec<Known>,
}

pub(super) fn open(location: &Location, opening: Opening) -> Result<Box<dyn Engine>, EngineError> {
    let Opening { wishes, access, .. } = opening;
    let Address { base, index: core } = Address::of(location)?;
    let client = Client::new(&base, &location.to_string(), KeyHeader::Authorization, &access)?;
    let mut solr = Solr {
        client,
        core,
        key: "id".to_owned(),
        described: Described::default(),
        searched: Vec::new(),
    };
    let entries = solr.select("q=*:*&rows=0")?.response.found;
    let told = |path: &str, place: &str| -> Option<String> {
        let answer = solr.client.fetch(&Request::get(path)).ok()?;
        Some(answer.json::<Value>().ok()?.pointer(place)?.as_str()?.to_owned())
    };
    let version = told("/admin/info/system?wt=json", "/lucene/solr-spec-version");
    let key = told(&format!("/{}/schema/uniquekey?wt=json", solr.core), "/uniqueKey");
    let schema = solr.schema()?;
    let mut fields = Fields::choose(&wishes, &schema.known, solr.client.index())?;
    solr.searched = searched(&schema.searched, &fields);
    let missing = fields.keep_stored(&schema.known, solr.client.index())?;
    solr.key = key.unwrap_or(solr.key);
    let names: Vec<String> = solr.searched.iter().map(|it| format!("`{it}`")).collect();
    solr.described = Described {
        product: "Solr".to_owned(),
        version,
        index: location.to_string(),
        entries: Some(entries),
        fields,
        missing,
        asked: (!names.is_empty()).then(|| format!("as edismax over {}", names.join(" and "))),
    };
    Ok(Box::new(solr))
}

impl Solr {
    fn select(&self, query: &str) -> Result<Page, EngineError> {
        let selected = self.select_with_bytes(query);
        selected.map(|(page, _)| page).map_err(|it| it.into_error(self.client.index()))
    }

    /// An answer, and how long it was.
    fn select_with_bytes(&self, query: &str) -> Result<(Page, u64), Failed> {
        let path = format!("/{}/select?wt=json&shards.tolerant=false&{query}", self.core);
        let request = Request { most_bytes: MOST_PAGE_BYTES, ..Request::get(&path) };
        let answer = self.client.send(&request)?;
        if !answer.is_success() {
            return Err(Failed::Final(self.client.refusal(&answer)));
        }
        let nonsense = |error| Failed::Final(self.client.nonsense(error));
        let page: Page = answer.json().map_err(nonsense)?;
        if !matches!(page.header.partial, Value::Null | Value::Bool(false)) {
            let detail = "some of its parts did not answer";
            let error = EngineError::new(Trouble::Busy, self.client.index(), detail);
            return Err(Failed::Final(error));
        }
        Ok((page, answer.body.len() as u64))
    }

    /// The fields of the schema, and those that some documents have by a pattern of it.
    fn schema(&self) -> Result<Schema, EngineError> {
        #[derive(Deserialize)]
        struct Told {
            fields: Vec<SchemaField>,
        }
        let path = format!("/{}/schema/fields?showDefaults=true&wt=json", self.core);
        let answer = self.client.send(&Request::get(&path));
        let answer = answer.map_err(|it| it.into_error(self.client.index()))?;
        let told: Option<Told> = answer.json().ok().filter(|_| answer.is_success());
        let (mut known, mut searched) = (Vec::new(), Vec::new());
        for field in told.into_iter().flat_map(|it| it.fields) {
            let has_column = field.doc_values && field.use_doc_values_as_stored;
            let of = field_type(&field.typed);
            // Types are named freely: what is named for no other kind may be text.
            let may_be_text =
                matches!(of, FieldType::Text | FieldType::Keyword | FieldType::Unknown);
            if field.indexed && may_be_text {
                searched.push(Known::stored(field.name.clone(), of));
            }
            // `_root_`, `_version_` and their like are Solr's own.
            if !field.name.starts_with('_') {
                let is_stored = field.stored || has_column;
                known.push(Known { name: field.name, of, is_stored });
            }
        }
        let sample = self.select("q=*:*&rows=20")?.response.docs;
        for (name, value) in sample.iter().filter_map(Value::as_object).flatten() {
            if !name.starts_with('_') && known.iter().all(|it| it.name != *name) {
                known.push(Known::stored(name.clone(), FieldType::Unknown));
                let first = value.as_array().and_then(|it| it.first()).unwrap_or(value);
                if first.is_string() {
                    searched.push(Known::stored(name.clone(), FieldType::Unknown));
                }
            }
        }
        Ok(Schema { known, searched })
    }

    fn list(&self, is_picked: impl Fn(Role) -> bool) -> String {
        let fields = self.described.fields.iter().filter(|(role, _)| is_picked(*role));
        let names = fields.map(|(_, it)| it.name.as_str()).chain([self.key.as_str()]);
        encoded(&names.collect::<Vec<_>>().join(","))
    }

    fn entry(&self, document: &Value) -> Entry {
        let id = document.get(&self.key).and_then(Value::as_str);
        Entry::of_json(&self.described.fields, id, document)
    }
}

fn field_type(name: &str) -> FieldType {
    let lower = name.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|it| lower.contains(it));
    if lower.starts_with("text") {
        FieldType::Text
    } else if lower.starts_with("string") {
        FieldType::Keyword
    } else if has(&["date"]) {
        FieldType::Date
    } else if has(&["long", "int", "float", "double"]) && !has(&["point"]) {
        FieldType::Number
    } else if has(&["boolean", "point", "location", "nest_path", "ignored"]) {
        FieldType::Other
    } else if has(&["binary"]) {
        FieldType::Bytes
    } else {
        FieldType::Unknown
    }
}

impl Engine for Solr {
    fn described(&self) -> &Described {
        &self.described
    }

    fn stream(&mut self, wants: Wants, sink: Sink<'_>) -> Result<Streamed, EngineError> {
        let mut streamed = Streamed::default();
        streamed.notes.push("read by a cursor, while the index may change".to_owned());
        let list = self.list(|role| wants.text || role != Role::Text);
        let sort = encoded(&format!("{} asc", self.key));
        let (mut mark, mut rows) = ("*".to_owned(), FIRST_DOCUMENTS);
        let mut first_found = None;
        loop {
            let at = encoded(&mark);
            let query = format!("q=*:*&sort={sort}&rows={rows}&fl={list}&cursorMark={at}");
            let (page, bytes) = match self.select_with_bytes(&query) {
                // A mark stays where it is.
                Err(Failed::TooLong) if 1 < rows => {
                    rows /= 2;
                    continue;
                }
                selected => selected.map_err(|it| it.into_error(self.client.index()))?,
            };
            let Documents { found, docs } = page.response;
            first_found.get_or_insert(found);
            for document in &docs {
                streamed.entries += 1;
                if sink(self.entry(document)).is_break() {
                    return Ok(streamed);
                }
            }
            let Some(next) = page.next else {
                let detail = "it gives no cursor; it is older than version 4.7";
                return Err(EngineError::new(Trouble::OtherVersion, self.client.index(), detail));
            };
            if next == mark {
                break;
            }
            mark = next;
            rows = next_size(rows, docs.len() as u64, bytes);
        }
        if let Some(found) = first_found.filter(|it| *it != streamed.entries) {
            let given = streamed.entries;
            streamed
                .notes
                .push(format!("it said that it had {found} entries, and handed over {given}"));
        }
        Ok(streamed)
    }

    fn search(&self, asked: Asked<'_>, k: usize) -> Result<Vec<Hit>, EngineError> {
        let (words, rule) = match asked {
            Asked::AnyOf(words) => (words.join(" "), "&mm=1"),
            Asked::Typed(typed) => (typed.to_owned(), ""),
        };
        let query = format!(
            "defType=edismax&q={}&qf={}&rows={k}&fl={}{rule}",
            encoded(&words),
            encoded(&self.searched.join(" ")),
            self.list(|role| matches!(role, Role::Path | Role::Id)),
        );
        let page = self.select(&query)?;
        let hits = page.response.docs.iter().map(|it| self.entry(it));
        Ok(hits.map(Hit::from).collect())
    }
}
