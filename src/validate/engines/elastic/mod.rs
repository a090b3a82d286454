//! Elasticsearch, OpenSearch, and what answers like them, such as Quickwit.

mod layout;
mod page;
mod walk;

use serde_json::{Value, json};

use self::layout::Layout;
use self::page::{Hit as Document, Page, Picked};
use self::walk::{Walk, Walked, Way};
use super::guess::searched;
use super::http::{Client, KeyHeader, Request};
use super::probe::{Address, probe};
use super::{
    Asked, Described, Engine, EngineError, EngineKind, Entry, Fields, Hit, Location, Opening, Role,
    Sink, Streamed, Trouble, Wants,
};

pub(super) const ELASTICSEARCH: EngineKind = EngineKind {
    name: "elasticsearch",
    is_server: true,
    // Of an address that names no product it finds out what answers there.
    is_at: |it| matches!(it, Location::Server { product: None | Some("elasticsearch"), .. }),
    open: |location, opening| match location {
        Location::Server { product: None, url } => probe(location, url, opening),
        _ => open(location, Product::Elasticsearch, opening),
    },
};

pub(super) const OPENSEARCH: EngineKind = EngineKind {
    name: "opensearch",
    is_server: true,
    is_at: |it| matches!(it, Location::Server { product: Some("opensearch"), .. }),
    open: |location, opening| open(location, Product::OpenSearch, opening),
};

pub(super) const QUICKWIT: EngineKind = EngineKind {
    name: "quickwit",
    is_server: true,
    is_at: |it| matches!(it, Location::Server { product: Some("quickwit"), .. }),
    open: |location, opening| open(location, Product::Quickwit, opening),
};

/// Where Quickwit answers as Elasticsearch does.
const QUICKWIT_PATH: &str = "/api/v1/_elastic";

/// What answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Product {
    Elasticsearch,
    OpenSearch,
    Quickwit,
}

impl Product {
    const fn name(self) -> &'static str {
        match self {
            Self::Elasticsearch => "Elasticsearch",
            Self::OpenSearch => "OpenSearch",
            Self::Quickwit => "Quickwit",
        }
    }

    /// What says so of itself. OpenSearch can be told to call itself Elasticsearch 7.10.2, for old
    /// clients; that one never had the version 9 of Lucene.
    fn of(banner: &Value) -> Self {
        let version = &banner["version"];
        let lucene = version["lucene_version"].as_str().unwrap_or_default();
        let lucene: u32 = lucene.split('.').next().and_then(|it| it.parse().ok()).unwrap_or(0);
        let is_disguised = version["number"] == "7.10.2" && 9 <= lucene;
        if version["distribution"] == "opensearch" || is_disguised {
            Self::OpenSearch
        } else {
            Self::Elasticsearch
        }
    }

    /// How documents can be paged, the best first. What one of them lacks is refused and costs
    /// nothing, so a product that hides behind another one is found out here.
    fn ways(self, unique_field: Option<&str>) -> Vec<Way> {
        let mut ways = match self {
            Self::Elasticsearch => vec![Way::Pit, Way::PointInTime, Way::Scroll],
            Self::OpenSearch => vec![Way::PointInTime, Way::Pit, Way::Scroll],
            Self::Quickwit => vec![Way::Scroll],
        };
        ways.extend(unique_field.map(|it| Way::Live(it.to_owned())));
        ways
    }
}

/// An index of the family.
#[derive(Debug)]
struct Elastic {
    client: Client,
    index: String,
    product: Product,
    layout: Layout,
    described: Described,
    searched: Vec<String>,
    unique_field: Option<String>,
}

/// Opens an index of a product that was named or found out.
pub(super) fn open(
    location: &Location,
    product: Product,
    opening: Opening,
) -> Result<Box<dyn Engine>, EngineError> {
    let Opening { wishes, access, .. } = opening;
    let address = Address::of(location)?;
    let base = match product {
        Product::Quickwit if !address.base.ends_with(QUICKWIT_PATH) => {
            format!("{}{QUICKWIT_PATH}", address.base)
        }
        _ => address.base,
    };
    let client = Client::new(&base, &location.to_string(), KeyHeader::Authorization, &access)?;
    let (product, version) = banner(&client, product)?;
    let mut elastic = Elastic {
        client,
        index: address.index,
        product,
        layout: Layout::default(),
        described: Described::default(),
        searched: Vec::new(),
        unique_field: access.unique_field,
    };
    let entries = elastic.count()?;
    elastic.layout = elastic.find_layout()?;
    let known = elastic.layout.known();
    let mut fields = Fields::choose(&wishes, &known, elastic.client.index())?;
    elastic.check_unique_field()?;
    elastic.searched = searched(&elastic.layout.searched(), &fields);
    let mut missing = fields.keep_stored(&known, elastic.client.index())?;
    if !elastic.layout.has_source {
        let what = "documents are not kept as they were sent (`_source` is off), so that only \
                    columns are read";
        missing.insert(0, what.to_owned());
    }
    let names: Vec<String> = elastic.searched.iter().map(|it| format!("`{it}`")).collect();
    elastic.described = Described {
        product: product.name().to_owned(),
        version,
        index: location.to_string(),
        entries: Some(entries),
        fields,
        missing,
        asked: (!names.is_empty()).then(|| format!("as multi_match over {}", names.join(" and "))),
    };
    Ok(Box::new(elastic))
}

/// What answers, and its version. Who may read an index need not be allowed to know.
fn banner(client: &Client, product: Product) -> Result<(Product, Option<String>), EngineError> {
    let path = if product == Product::Quickwit { "" } else { "/" };
    let answer = client.send(&Request::get(path)).map_err(|it| it.into_error(client.index()))?;
    if answer.is_busy() || answer.status == 401 && !answer.mentions("is not allowed") {
        return Err(client.refusal(&answer));
    }
    let banner: Value = answer.json().unwrap_or_default();
    let version = banner["version"]["number"].as_str().map(str::to_owned);
    match product {
        Product::Quickwit => Ok((product, version)),
        _ if version.is_none() => Ok((product, None)),
        _ => Ok((Product::of(&banner), version)),
    }
}

impl Elastic {
    /// How many documents there are. That the index can be searched is seen here, too.
    fn count(&self) -> Result<u64, EngineError> {
        let path = format!("/{}/_search", self.index);
        let body = r#"{"size":0,"track_total_hits":true}"#;
        let answer = self.client.fetch(&Request::post(&path, body))?;
        let page: Page<'_> = answer.json().map_err(|error| self.client.nonsense(error))?;
        Ok(page.hits.total.map_or(0, |it| it.value()))
    }

    /// Which fields there are: by the mapping, by what is told of fields, or by some documents.
    fn find_layout(&self) -> Result<Layout, EngineError> {
        let mapping = format!("/{}/_mapping", self.index);
        let capabilities = format!("/{}/_field_caps?fields=*", self.index);
        type Told<'a> = (&'a str, fn(&Value) -> Layout);
        let told: [Told<'_>; 2] =
            [(&mapping, Layout::of_mapping), (&capabilities, Layout::of_capabilities)];
        for (path, read) in told {
            let answer = self.client.send(&Request::get(path));
            let answer = answer.map_err(|it| it.into_error(self.client.index()))?;
            if answer.is_busy() {
                return Err(self.client.refusal(&answer));
            }
            let Ok(told) = answer.json::<Value>() else { continue };
            let layout = read(&told);
            if answer.is_success() && layout != read(&Value::Null) {
                return Ok(layout);
            }
        }
        let path = format!("/{}/_search", self.index);
        let answer = self.client.fetch(&Request::post(&path, r#"{"size":20}"#))?;
        let page: Page<'_> = answer.json().map_err(|error| self.client.nonsense(error))?;
        Ok(Layout::of_documents(page.hits.hits.iter().map(Document::values)))
    }

    fn check_unique_field(&self) -> Result<(), EngineError> {
        match &self.unique_field {
            Some(name) if !self.layout.has(name) && name != "_id" => {
                let detail = format!("there is no `{name}` to sort by");
                Err(EngineError::new(Trouble::Fields, self.client.index(), detail))
            }
            _ => Ok(()),
        }
    }

    /// What is asked for of each document.
    fn picked(&self, is_picked: impl Fn(Role) -> bool) -> Picked {
        let fields = self.described.fields.iter().filter(|(role, _)| is_picked(*role));
        let names = fields.map(|(_, it)| it.name.clone()).filter(|it| it != "_id").collect();
        if self.layout.has_source { Picked::Source(names) } else { Picked::Columns(names) }
    }

    fn entry(&self, document: &Document<'_>) -> Entry {
        Entry::of_json(&self.described.fields, document.id.as_deref(), document.values())
    }
}

impl Engine for Elastic {
    fn described(&self) -> &Described {
        &self.described
    }

    fn stream(&mut self, wants: Wants, sink: Sink<'_>) -> Result<Streamed, EngineError> {
        let walk = Walk {
            client: &self.client,
            index: &self.index,
            ways: self.product.ways(self.unique_field.as_deref()),
            unique_field: self.unique_field.as_deref(),
            picked: self.picked(|role| wants.text || role != Role::Text),
            may_insist: self.product != Product::Quickwit,
        };
        let walked = walk.run(&mut |document| sink(self.entry(document)))?;
        Ok(streamed(walked))
    }

    fn search(&self, asked: Asked<'_>, k: usize) -> Result<Vec<Hit>, EngineError> {
        let query = match asked {
            Asked::AnyOf(words) => words.join(" "),
            Asked::Typed(typed) => typed.to_owned(),
        };
        let mut body = json!({
            "size": k,
            "query": { "multi_match": { "query": query, "fields": self.searched } },
        });
        self.picked(|role| matches!(role, Role::Path | Role::Id)).write(&mut body);
        let path = format!("/{}/_search", self.index);
        let answer = self.client.fetch(&Request::post(&path, &body.to_string()))?;
        let page: Page<'_> = answer.json().map_err(|error| self.client.nonsense(error))?;
        let hits = page.hits.hits.iter().map(|it| self.entry(it));
        Ok(hits.map(Hit::from).collect())
    }
}

fn streamed(walked: Walked) -> Streamed {
    let Walked { documents, total, restarts, way, is_cut } = walked;
    let mut notes = vec![format!("read {way}")];
    if 0 < restarts {
        notes.push(format!(
            "its snapshot was lost {restarts} times and read again from the beginning; what was \
             known already is not told twice"
        ));
    }
    if let Some(total) = total.filter(|it| !is_cut && restarts == 0 && *it != documents) {
        notes.push(format!("it says that it has {total} entries, and handed over {documents}"));
    }
    Streamed { entries: documents, notes, ..Streamed::default() }
}
