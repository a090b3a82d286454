//! Which field is meant, by how such fields are called.

#[cfg(feature = "network")]
use super::fields::Fields;
use super::fields::{FieldType, Known, Role};

/// The field of that role, by its name and by what its values are.
pub(super) fn guess(role: Role, known: &[Known]) -> Option<&str> {
    let fits = |it: &&Known| it.is_stored && may_be(role, it.of);
    names(role).iter().find_map(|name| {
        let whole = known.iter().filter(fits).find(|it| folded(&it.name) == *name);
        let last = || {
            let is_called =
                |it: &&Known| it.name.rsplit('.').next().map(folded).as_deref() == Some(name);
            known.iter().filter(fits).filter(is_called).min_by_key(|it| it.name.len())
        };
        whole.or_else(last).map(|it| it.name.as_str())
    })
}

/// The fields in which words are looked for: of those that are `known` to be searched, the ones that
/// were chosen for titles and texts, stored or not, else those that are called so.
#[cfg(feature = "network")]
pub(super) fn searched(known: &[Known], chosen: &Fields) -> Vec<String> {
    let is_searched = |name: &&str| known.iter().any(|it| it.name == **name);
    let mut names: Vec<String> = Vec::new();
    for role in [Role::Title, Role::Text] {
        let chosen = chosen.of(role).map(|it| it.name.as_str());
        let name = chosen.filter(is_searched).or_else(|| guess(role, known));
        names.extend(name.map(str::to_owned).filter(|it| !names.contains(it)));
    }
    names
}

// What such fields are called, in lower case without strokes and dots, the surest first. A time of
// indexing is none of change, a name of a file none of a place.
const ID: &[&str] = &["id", "docid", "documentid", "uuid", "key"];
const PATH: &[&str] = &[
    "path",
    "pathreal",
    "filepath",
    "fullpath",
    "realpath",
    "url",
    "fileurl",
    "uri",
    "documentreference",
    "reference",
    "location",
    "permalink",
    "href",
    "link",
    "source",
    "key",
    "id",
    "docid",
];
const TITLE: &[&str] = &["title", "doctitle", "metatitle", "headline", "subject", "caption"];
const TEXT: &[&str] = &[
    "content",
    "body",
    "text",
    "fulltext",
    "bodycontent",
    "filecontent",
    "bodytext",
    "pagecontent",
    "contents",
    "html",
    "markdown",
    "wikitext",
];
const MODIFIED: &[&str] = &[
    "lastmodified",
    "filelastmodified",
    "modified",
    "mtime",
    "fmtime",
    "modifiedat",
    "modifieddate",
    "datemodified",
    "modificationdate",
    "lastmodifieddate",
    "updatedat",
    "updated",
    "lastupdated",
    "lastchanged",
    "changed",
    "date",
];
const SIZE: &[&str] = &["filesize", "size", "sizebytes", "fbytes", "contentlength", "bytes"];
const HASH: &[&str] = &[
    "blake3",
    "sha256",
    "sha1",
    "md5",
    "checksum",
    "filechecksum",
    "hash",
    "contenthash",
    "filehash",
    "digest",
];

/// What fields of this role are called, the surest first.
const fn names(role: Role) -> &'static [&'static str] {
    match role {
        Role::Id => ID,
        Role::Path => PATH,
        Role::Title => TITLE,
        Role::Text => TEXT,
        Role::Modified => MODIFIED,
        Role::Size => SIZE,
        Role::Hash => HASH,
    }
}

/// Whether values of that type can play the role.
const fn may_be(role: Role, of: FieldType) -> bool {
    match of {
        FieldType::Unknown => true,
        FieldType::Text => !matches!(role, Role::Size | Role::Hash),
        FieldType::Keyword => !matches!(role, Role::Size),
        FieldType::Date => matches!(role, Role::Modified),
        FieldType::Number => matches!(role, Role::Modified | Role::Size | Role::Id),
        FieldType::Bytes => matches!(role, Role::Hash),
        FieldType::Other => false,
    }
}

/// A name as it is compared: in lower case, without the endings by which Solr tells types.
fn folded(name: &str) -> String {
    const ENDINGS: [&str; 13] = [
        "_txt_en", "_txt_de", "_txt", "_dts", "_dt", "_ss", "_s", "_t", "_ls", "_l", "_is", "_i",
        "_tdt",
    ];
    let bare = ENDINGS.iter().find_map(|it| name.strip_suffix(it)).unwrap_or(name);
    bare.chars().filter(|it| it.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guessed(role: Role, names: &[(&str, FieldType)]) -> Option<String> {
        let known: Vec<Known> = names.iter().map(|(name, of)| Known::stored(*name, *of)).collect();
        guess(role, &known).map(str::to_owned)
    }

    #[test]
    fn fields_are_known_by_their_usual_names() {
        let solr = [
            ("id", FieldType::Keyword),
            ("content_txt", FieldType::Text),
            ("file_modified_dt", FieldType::Date),
            ("lastModified", FieldType::Date),
        ];
        assert_eq!(guessed(Role::Path, &solr).as_deref(), Some("id"));
        assert_eq!(guessed(Role::Text, &solr).as_deref(), Some("content_txt"));
        assert_eq!(guessed(Role::Modified, &solr).as_deref(), Some("lastModified"));
        assert_eq!(guessed(Role::Hash, &solr), None);
    }

    #[test]
    fn a_nested_field_is_known_by_its_last_name() {
        let fields = [("meta.sub.title", FieldType::Text), ("meta.title", FieldType::Text)];
        assert_eq!(guessed(Role::Title, &fields).as_deref(), Some("meta.title"));
    }

    #[test]
    fn a_size_is_a_number() {
        assert_eq!(guessed(Role::Size, &[("size", FieldType::Text)]), None);
        assert_eq!(guessed(Role::Size, &[("size", FieldType::Number)]).as_deref(), Some("size"));
    }
}
