//! Which fields an index of the Elasticsearch family has, and which of them can be had back.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::validate::engines::{FieldType, Known};

/// The fields of an index, and how their values are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Layout {
    fields: BTreeMap<String, Kept>,
    /// Whether documents are kept as they were sent.
    pub(super) has_source: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Kept {
    of: FieldType,
    // As they were sent, or in a column.
    in_source: bool,
    in_column: bool,
    is_searched: bool,
}

impl Layout {
    /// The layout that a mapping tells: `{INDEX: {mappings: …}}` of one or more indexes.
    pub(super) fn of_mapping(answer: &Value) -> Self {
        let mut layout = Self { has_source: true, ..Self::default() };
        for mappings in
            answer.as_object().into_iter().flatten().filter_map(|(_, it)| it.get("mappings"))
        {
            // Before version 7 a type stands between.
            let typed = mappings.as_object().and_then(|it| it.values().next());
            let mappings = match (mappings.get("properties"), typed) {
                (None, Some(inner)) if inner.get("properties").is_some() => inner,
                _ => mappings,
            };
            let source = Source::of(&mappings["_source"]);
            layout.has_source &= !source.is_off;
            layout.add("", &mappings["properties"], &source);
        }
        layout
    }

    fn add(&mut self, above: &str, properties: &Value, source: &Source) {
        for (name, field) in properties.as_object().into_iter().flatten() {
            let name = format!("{above}{name}");
            let typed = field.get("type").and_then(Value::as_str);
            if typed.is_none() || matches!(typed, Some("object" | "nested")) {
                self.add(&format!("{name}."), &field["properties"], source);
                continue;
            }
            self.insert(name.clone(), typed.unwrap_or_default(), field, source.keeps(&name));
            for (sub, field) in field["fields"].as_object().into_iter().flatten() {
                let typed = field.get("type").and_then(Value::as_str).unwrap_or_default();
                // A second form of the same values, which the source does not name.
                self.insert(format!("{name}.{sub}"), typed, field, false);
            }
        }
    }

    fn insert(&mut self, name: String, typed: &str, field: &Value, in_source: bool) {
        let of = field_type(typed);
        let is_on = |what: &str| field.get(what).and_then(Value::as_bool).unwrap_or(true);
        let has_column = !matches!(of, FieldType::Text | FieldType::Other | FieldType::Bytes);
        let kept = Kept {
            of,
            in_source,
            in_column: has_column && is_on("doc_values"),
            is_searched: of == FieldType::Text && is_on("index"),
        };
        let known = self.fields.entry(name).or_insert(kept);
        // Of several indexes the least holds.
        known.in_source &= kept.in_source;
        known.in_column &= kept.in_column;
    }

    /// The layout that the capabilities of fields tell: `{fields: {NAME: {TYPE: …}}}`.
    pub(super) fn of_capabilities(answer: &Value) -> Self {
        let mut layout = Self { has_source: true, ..Self::default() };
        for (name, types) in answer["fields"].as_object().into_iter().flatten() {
            let typed = types.as_object().and_then(|it| it.keys().next());
            if let Some(typed) = typed.filter(|_| !name.starts_with('_')) {
                layout.insert(name.clone(), typed, &Value::Null, true);
            }
        }
        layout
    }

    /// The layout that some documents show.
    pub(super) fn of_documents<'a>(documents: impl Iterator<Item = &'a Value>) -> Self {
        let mut layout = Self { has_source: true, ..Self::default() };
        for document in documents {
            layout.add_values("", document);
        }
        layout
    }

    fn add_values(&mut self, above: &str, object: &Value) {
        for (name, value) in object.as_object().into_iter().flatten() {
            let name = format!("{above}{name}");
            if value.is_object() {
                self.add_values(&format!("{name}."), value);
                continue;
            }
            let is_searched = value.is_string();
            let kept =
                Kept { of: FieldType::Unknown, in_source: true, in_column: false, is_searched };
            self.fields.insert(name, kept);
        }
    }

    /// Every field whose values can be had back, and the engine's own id. Where documents are kept
    /// as they were sent, second forms of their fields are left out.
    pub(super) fn known(&self) -> Vec<Known> {
        let fields = self.fields.iter().filter(|(_, kept)| kept.in_source || !self.has_source);
        let known = fields.map(|(name, kept)| Known {
            name: name.clone(),
            of: kept.of,
            is_stored: if self.has_source { kept.in_source } else { kept.in_column },
        });
        known.chain([Known::stored("_id", FieldType::Keyword)]).collect()
    }

    /// The fields in which words are looked for, stored or not.
    pub(super) fn searched(&self) -> Vec<Known> {
        let fields = self.fields.iter().filter(|(_, kept)| kept.is_searched);
        fields.map(|(name, kept)| Known::stored(name.clone(), kept.of)).collect()
    }

    /// Whether there is a field of that name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }
}

/// What is kept of documents as they were sent.
struct Source {
    is_off: bool,
    includes: Vec<String>,
    excludes: Vec<String>,
}

impl Source {
    fn of(settings: &Value) -> Self {
        let names = |key: &str| match &settings[key] {
            Value::String(name) => vec![name.clone()],
            Value::Array(names) => {
                names.iter().filter_map(Value::as_str).map(str::to_owned).collect()
            }
            _ => Vec::new(),
        };
        Self {
            is_off: settings["enabled"] == Value::Bool(false),
            includes: names("includes"),
            excludes: names("excludes"),
        }
    }

    fn keeps(&self, name: &str) -> bool {
        let among = |patterns: &[String]| patterns.iter().any(|it| matches(it, name));
        let is_included = self.includes.is_empty() || among(&self.includes);
        !self.is_off && is_included && !among(&self.excludes)
    }
}

/// Whether a pattern with `*`, or the name of an object, means that field.
fn matches(pattern: &str, name: &str) -> bool {
    let below = name.strip_prefix(pattern).is_some_and(|it| it.starts_with('.'));
    let Some((head, tail)) = pattern.split_once('*') else {
        return below || pattern == name;
    };
    let Some(rest) = name.strip_prefix(head) else { return false };
    (0..=rest.len()).filter(|at| rest.is_char_boundary(*at)).any(|at| matches(tail, &rest[at..]))
}

fn field_type(name: &str) -> FieldType {
    match name {
        "text" | "match_only_text" | "search_as_you_type" | "annotated_text" | "semantic_text"
        | "string" => FieldType::Text,
        "keyword" | "wildcard" | "constant_keyword" | "ip" | "version" => FieldType::Keyword,
        "date" | "date_nanos" => FieldType::Date,
        "long" | "integer" | "short" | "byte" | "double" | "float" | "half_float"
        | "scaled_float" | "unsigned_long" => FieldType::Number,
        "binary" => FieldType::Bytes,
        _ => FieldType::Other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn mapping(source: &Value) -> Value {
        json!({ "docs": { "mappings": { "_source": source, "properties": {
            "content": { "type": "text" },
            "path": { "properties": {
                "real": { "type": "text", "fields": { "raw": { "type": "keyword" } } },
            } },
            "file": { "properties": { "filesize": { "type": "long" } } },
        } } } })
    }

    fn stored(layout: &Layout) -> Vec<String> {
        layout.known().into_iter().filter(|it| it.is_stored).map(|it| it.name).collect()
    }

    #[test]
    fn nested_fields_have_dotted_names() {
        let layout = Layout::of_mapping(&mapping(&json!({})));
        assert_eq!(stored(&layout), ["content", "file.filesize", "path.real", "_id"]);
        assert!(layout.has("path.real.raw"));
        assert_eq!(layout.searched().len(), 2);
    }

    #[test]
    fn what_is_left_out_of_the_source_is_not_stored_but_searched() {
        let layout = Layout::of_mapping(&mapping(&json!({ "excludes": ["cont*", "file"] })));
        assert_eq!(stored(&layout), ["path.real", "_id"]);
        assert!(layout.searched().iter().any(|it| it.name == "content"));
        let layout = Layout::of_mapping(&mapping(&json!({ "includes": ["path.*"] })));
        assert_eq!(stored(&layout), ["path.real", "_id"]);
    }

    #[test]
    fn without_a_source_columns_are_left() {
        let layout = Layout::of_mapping(&mapping(&json!({ "enabled": false })));
        assert_eq!(stored(&layout), ["file.filesize", "path.real.raw", "_id"]);
        assert!(!layout.has_source);
    }

    #[test]
    fn of_several_indexes_the_least_holds() {
        let mut both = mapping(&json!({}));
        both["other"] = mapping(&json!({ "excludes": ["content"] }))["docs"].clone();
        assert_eq!(stored(&Layout::of_mapping(&both)), ["file.filesize", "path.real", "_id"]);
    }

    #[test]
    fn mappings_of_version_6_have_a_type_between() {
        let old = json!({ "docs": { "mappings": { "doc": { "properties": {
            "url": { "type": "keyword" } } } } } });
        assert_eq!(stored(&Layout::of_mapping(&old)), ["url", "_id"]);
    }

    #[test]
    fn fields_are_known_from_capabilities_or_documents() {
        let capabilities = json!({ "fields": {
            "_id": { "_id": {} }, "url": { "keyword": { "type": "keyword" } },
            "body": { "text": { "type": "text" } } } });
        assert_eq!(stored(&Layout::of_capabilities(&capabilities)), ["body", "url", "_id"]);
        let documents = [json!({ "a": { "b": "x" } }), json!({ "c": 1 })];
        assert_eq!(stored(&Layout::of_documents(documents.iter())), ["a.b", "c", "_id"]);
    }
}
