//! One page of documents, and the requests that ask for it.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::{Value, json};

/// An answer to a search.
#[derive(Debug, Deserialize)]
pub(super) struct Page<'a> {
    #[serde(borrow)]
    pub(super) hits: Hits<'a>,
    #[serde(default)]
    pub(super) pit_id: Option<String>,
    #[serde(default, rename = "_scroll_id")]
    pub(super) scroll_id: Option<String>,
    #[serde(default)]
    timed_out: bool,
    #[serde(default, rename = "_shards")]
    shards: Shards,
}

#[derive(Debug, Deserialize)]
pub(super) struct Hits<'a> {
    #[serde(borrow)]
    pub(super) hits: Vec<Hit<'a>>,
    #[serde(default)]
    pub(super) total: Option<Total>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Hit<'a> {
    #[serde(default, borrow, rename = "_index")]
    pub(super) index: Option<Cow<'a, str>>,
    #[serde(default, borrow, rename = "_id")]
    pub(super) id: Option<Cow<'a, str>>,
    #[serde(default, rename = "_source")]
    pub(super) source: Option<Value>,
    #[serde(default)]
    pub(super) fields: Option<Value>,
    #[serde(default)]
    pub(super) sort: Option<Value>,
}

/// How many there are: a number before version 7.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Total {
    Number(u64),
    Object { value: u64 },
}

impl Total {
    pub(super) const fn value(self) -> u64 {
        match self {
            Self::Number(value) | Self::Object { value } => value,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub(super) struct Shards {
    #[serde(default)]
    total: u64,
    #[serde(default)]
    failed: u64,
}

impl Page<'_> {
    /// Why it is not all of what was asked for.
    pub(super) fn lack(&self) -> Option<String> {
        if 0 < self.shards.failed {
            let Shards { total, failed } = self.shards;
            return Some(format!("{failed} of its {total} parts did not answer"));
        }
        self.timed_out.then(|| "it ran out of time".to_owned())
    }

    /// Over how many parts of the index it was put together.
    pub(super) const fn parts(&self) -> u64 {
        self.shards.total
    }
}

impl Hit<'_> {
    /// What it holds: the document as it was sent, or values of its columns.
    pub(super) fn values(&self) -> &Value {
        const NONE: &Value = &Value::Null;
        self.source.as_ref().or(self.fields.as_ref()).unwrap_or(NONE)
    }

    /// What it is told by from every other one of the index.
    pub(super) fn name(&self) -> Vec<u8> {
        match (&self.index, &self.id) {
            (index, Some(id)) if !id.is_empty() => {
                format!("{}\0{id}", index.as_deref().unwrap_or_default()).into_bytes()
            }
            _ => serde_json::to_vec(self.values()).unwrap_or_default(),
        }
    }
}

/// Which values of documents are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Picked {
    /// These fields of the documents as they were sent; none but the id if empty.
    Source(Vec<String>),
    /// These columns.
    Columns(Vec<String>),
}

impl Picked {
    /// Adds itself to the body of a search.
    pub(super) fn write(&self, body: &mut Value) {
        match self {
            Self::Source(fields) if fields.is_empty() => body["_source"] = json!(false),
            Self::Source(fields) => body["_source"] = json!(fields),
            Self::Columns(fields) => {
                let columns = fields.iter().map(|it| json!({ "field": it }));
                body["_source"] = json!(false);
                body["docvalue_fields"] = columns.collect();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str) -> Page<'_> {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn a_page_may_lack_parts_of_the_index() {
        let hits = r#""hits":{"hits":[],"total":7}"#;
        let lack = |rest: &str| page(&format!("{{{hits}{rest}}}")).lack();
        assert_eq!(lack(""), None);
        assert_eq!(lack(r#","_shards":{"total":5,"failed":0},"timed_out":false"#), None);
        let shards = r#","_shards":{"total":5,"failed":2}"#;
        assert_eq!(lack(shards).as_deref(), Some("2 of its 5 parts did not answer"));
        assert_eq!(lack(r#","timed_out":true"#).as_deref(), Some("it ran out of time"));
    }

    #[test]
    fn totals_come_in_two_forms() {
        for total in ["7", r#"{"value":7,"relation":"eq"}"#] {
            let text = format!(r#"{{"hits":{{"hits":[],"total":{total}}}}}"#);
            assert_eq!(page(&text).hits.total.unwrap().value(), 7);
        }
    }

    #[test]
    fn documents_of_two_indexes_may_have_the_same_id() {
        let text = r#"{"hits":{"hits":[{"_index":"a","_id":"1"},{"_index":"b","_id":"1"},
            {"_source":{"x":1}},{"_source":{"x":1}}]}}"#;
        let names: Vec<_> = page(text).hits.hits.iter().map(Hit::name).collect();
        assert_ne!(names[0], names[1]);
        assert_eq!(names[2], names[3]);
    }
}
