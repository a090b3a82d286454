//! What an engine has of one document.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::fields::{Fields, Role};
use super::values;

/// What an engine has of one document. A value that it does not have, or that cannot be understood,
/// is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// The engine's id; empty where it has none.
    pub id: String,
    /// Where the document lies, as the engine has it: a path, a URL, a UNC name.
    pub place: String,
    /// Its title.
    pub title: Option<String>,
    /// Its text, if it was wanted and is stored.
    pub text: Option<String>,
    /// When the document was last changed, as of its indexing.
    pub modified: Option<DateTime<Utc>>,
    /// The size of its file in bytes.
    pub size: Option<u64>,
    /// A hash of its bytes, as the engine has it: hexadecimal or Base64, of any usual kind.
    pub hash: Option<String>,
}

impl Entry {
    /// The entry that a JSON object is, such as the `_source` of a hit or a line of an export.
    ///
    /// `id` is the engine's own, where it stands outside of the object. Fields are found under
    /// dotted names, nested or not; of a list the first value counts, of a list of texts all do.
    pub fn of_json(fields: &Fields, id: Option<&str>, object: &Value) -> Self {
        let value = |role| {
            let field = fields.of(role)?;
            // A field of that name in the object goes before the engine's own id.
            values::column(object, &field.name)
        };
        let outer = |role| {
            let is_outer = fields.of(role).is_some_and(|it| it.name == "_id");
            id.filter(|_| is_outer).map(str::to_owned)
        };
        let word = |role| value(role).and_then(values::first);
        Self {
            id: id.map(str::to_owned).or_else(|| word(Role::Id)).unwrap_or_default(),
            place: word(Role::Path).or_else(|| outer(Role::Path)).unwrap_or_default(),
            title: word(Role::Title).filter(|it| !it.trim().is_empty()),
            text: value(Role::Text).and_then(values::text),
            modified: value(Role::Modified).and_then(values::date),
            size: value(Role::Size).and_then(values::number),
            hash: word(Role::Hash).filter(|it| !it.trim().is_empty()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::validate::engines::How;

    fn fields(names: &[(Role, &str)]) -> Fields {
        let mut fields = Fields::default();
        names.iter().for_each(|(role, name)| fields.set(*role, (*name).to_owned(), How::Flag));
        fields
    }

    #[test]
    fn an_object_is_read_by_its_fields() {
        let fields = fields(&[
            (Role::Path, "path.real"),
            (Role::Modified, "file.last_modified"),
            (Role::Size, "file.filesize"),
            (Role::Text, "content"),
        ]);
        let object = json!({
            "path": { "real": "/srv/a.docx" },
            "file": { "last_modified": "2024-03-01T10:00:00.000+00:00", "filesize": 12 },
            "content": ["one", "two"],
        });
        let entry = Entry::of_json(&fields, Some("7"), &object);
        assert_eq!((entry.id.as_str(), entry.place.as_str()), ("7", "/srv/a.docx"));
        assert_eq!(entry.modified.map(|it| it.timestamp()), Some(1_709_287_200));
        assert_eq!((entry.size, entry.text.as_deref()), (Some(12), Some("one\ntwo")));
    }

    #[test]
    fn the_id_is_the_place_where_nothing_else_is() {
        let fields = fields(&[(Role::Path, "_id")]);
        let entry = Entry::of_json(&fields, Some("file:///srv/a.docx"), &json!({}));
        assert_eq!(entry.place, "file:///srv/a.docx");
    }
}
