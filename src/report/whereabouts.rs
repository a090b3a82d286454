//! Where documents that match a query lie, and whose they are: for people as text, for programs as
//! JSON whose types are this file's own.

use std::borrow::Cow;
use std::io::{self, Write};
use std::path::PathBuf;

use chrono::NaiveDate;
use serde::Serialize;

use super::layout::{self, Style};
use super::{Options, escape, words};

/// Raised when a field of the JSON goes, or comes to mean something else.
const SCHEMA_VERSION: u32 = 1;
/// Folders that are shown unless all are asked for.
const SHOWN: usize = 10;
const INDENT: usize = 6;

/// Where documents that match a query lie.
#[derive(Clone, Debug, Default)]
pub struct Whereabouts<'a> {
    /// The query as typed.
    pub query: &'a str,
    /// How many documents match, copies counted.
    pub total: u64,
    /// How many of them were looked at, the best; copies and older versions are left out.
    pub looked_at: u64,
    /// Whether no document had all words, so that these have some of them.
    pub is_loose: bool,
    /// The folders, the one that answers best first.
    pub folders: Vec<FolderHits>,
    /// Everybody who answers for one of the documents, by name.
    pub owners: Vec<String>,
    /// Whether there are several audited folders to tell apart.
    pub has_roots: bool,
}

/// A folder with documents that match.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FolderHits {
    /// The audited folder it lies in.
    pub root: PathBuf,
    /// Its path below that; empty for the audited folder itself.
    pub path: PathBuf,
    /// How many documents in it match.
    pub documents: u64,
    /// Its share of all that the matches weigh, from 0 to 1.
    pub share: f64,
    /// Who answers for them, by name.
    pub owners: Vec<String>,
    /// How many of them are obsolete.
    pub stale: u64,
    /// The newest date of them that is believed.
    pub newest: Option<NaiveDate>,
    /// The one that matches best: its path below the root.
    pub best: PathBuf,
    /// Its title.
    pub title: Option<String>,
}

/// Writes it for people.
pub fn whereabouts_text(
    found: &Whereabouts<'_>,
    options: &Options<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let query = escape::visible(found.query);
    let width = options.width.clamp(40, 1000);
    if found.total == 0 {
        return writeln!(out, "No document matches {query}");
    }
    let documents = words::counted(found.looked_at, "document");
    let folders = words::counted(found.folders.len() as u64, "folder");
    let loosely = if found.is_loose { "; none has all the words" } else { "" };
    let head = format!("{query}: {documents} in {folders}{loosely}");
    layout::wrap(&head, width).iter().try_for_each(|it| writeln!(out, "{it}"))?;
    if found.looked_at < found.total {
        let total = words::counted(found.total, "document");
        let told = format!(
            "The best of {total} that match; copies and older versions are counted with the one \
             that stays."
        );
        layout::wrap(&told, width).iter().try_for_each(|it| writeln!(out, "{it}"))?;
    }
    if !found.owners.is_empty() {
        let owners: Vec<_> = found.owners.iter().map(|it| escape::visible(it)).collect();
        let owners = format!("Owners: {}", owners.join(", "));
        layout::wrap(&owners, width).iter().try_for_each(|it| writeln!(out, "{it}"))?;
    }
    let most = if options.all { usize::MAX } else { SHOWN };
    for folder in found.folders.iter().take(most) {
        writeln!(out)?;
        write_folder(found, folder, options, out)?;
    }
    match found.folders.len().saturating_sub(most) {
        0 => Ok(()),
        hidden => {
            writeln!(out, "\nand {}: --all", words::counted(hidden as u64, "more folder"))
        }
    }
}

fn write_folder(
    found: &Whereabouts<'_>,
    folder: &FolderHits,
    options: &Options<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let width = options.width.clamp(40, 1000);
    let name = match (found.has_roots, folder.path.as_os_str().is_empty()) {
        (true, _) => escape::path(&folder.root.join(&folder.path)),
        (false, true) => "the audited folder itself".to_owned(),
        (false, false) => escape::path(&folder.path),
    };
    let name = layout::shorten(&name, width - INDENT);
    let name = layout::styled(&name, Style::Bold, options.color);
    writeln!(out, "{:>4}  {name}", words::share(folder.share))?;
    let mut told = words::counted(folder.documents, "document");
    if let Some(newest) = folder.newest {
        told += &format!(", the newest of {newest}");
    }
    if 0 < folder.stale {
        told += &format!(", {} obsolete", words::number(folder.stale));
    }
    if !folder.owners.is_empty() {
        let owners: Vec<_> = folder.owners.iter().map(|it| escape::visible(it)).collect();
        told += &format!("; {}", owners.join(", "));
    }
    let mut line = |text: &str| {
        layout::wrap(text, width - INDENT)
            .iter()
            .try_for_each(|it| writeln!(out, "{:INDENT$}{it}", ""))
    };
    line(&told)?;
    let file = folder.best.file_name().map(PathBuf::from).unwrap_or_default();
    let title = folder.title.as_deref().map(|it| format!(", {}", escape::visible(it)));
    line(&format!("best: {}{}", escape::path(&file), title.unwrap_or_default()))
}

#[derive(Serialize)]
struct V1Whereabouts<'a> {
    schema_version: u32,
    query: &'a str,
    total: u64,
    looked_at: u64,
    all_words: bool,
    owners: &'a [String],
    folders: Vec<V1Folder<'a>>,
}

#[derive(Serialize)]
struct V1Folder<'a> {
    path: Cow<'a, str>,
    root: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_bytes: Option<String>,
    documents: u64,
    share: f64,
    owners: &'a [String],
    obsolete: u64,
    newest: Option<NaiveDate>,
    best: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    best_bytes: Option<String>,
    title: Option<&'a str>,
}

/// Writes it for programs: one object.
pub fn whereabouts_json(found: &Whereabouts<'_>, out: &mut dyn Write) -> io::Result<()> {
    let Whereabouts { query, total, looked_at, is_loose, folders, owners, has_roots: _ } = found;
    let whole = V1Whereabouts {
        schema_version: SCHEMA_VERSION,
        query,
        total: *total,
        looked_at: *looked_at,
        all_words: !is_loose,
        owners,
        folders: folders.iter().map(folder_json).collect(),
    };
    super::json::write_line(&whole, &mut *out)?;
    writeln!(out)
}

fn folder_json(it: &FolderHits) -> V1Folder<'_> {
    let FolderHits { root, path, documents, share, owners, stale, newest, best, title } = it;
    V1Folder {
        path: escape::readable(path),
        root: escape::readable(root),
        path_bytes: escape::path_bytes(path),
        documents: *documents,
        share: (share * 10_000.0).round() / 10_000.0,
        owners,
        obsolete: *stale,
        newest: *newest,
        best: escape::readable(best),
        best_bytes: escape::path_bytes(best),
        title: title.as_deref(),
    }
}

#[cfg(test)]
mod tests {
    use snapbox::IntoData as _;

    use super::*;

    fn found() -> Whereabouts<'static> {
        let folder = FolderHits {
            root: "/srv".into(),
            path: "Finance/Policies".into(),
            documents: 3,
            share: 0.75,
            owners: vec!["Ann".to_owned()],
            stale: 1,
            newest: NaiveDate::from_ymd_opt(2026, 1, 2),
            best: "Finance/Policies/travel\u{1b}.md".into(),
            title: Some("Travel".to_owned()),
        };
        Whereabouts {
            query: "travel",
            total: 9,
            looked_at: 4,
            folders: vec![folder],
            owners: vec!["Ann".to_owned()],
            ..Whereabouts::default()
        }
    }

    #[test]
    fn no_character_of_the_json_steers_a_terminal() {
        let mut out = Vec::new();
        let mut found = found();
        found.folders[0].title = Some("Tra\u{9b}vel".to_owned());
        whereabouts_json(&found, &mut out).unwrap();
        let json = String::from_utf8(out).unwrap();
        assert!(!json.contains(|c| c != '\n' && escape::is_hazard(c)), "{json:?}");
        assert!(json.contains("Tra\\u009bvel"), "{json}");
    }

    #[test]
    fn folders_are_told_with_owners_ages_and_the_best_document() {
        let mut out = Vec::new();
        whereabouts_text(&found(), &Options::default(), &mut out).unwrap();
        snapbox::assert_data_eq!(
            String::from_utf8(out).unwrap(),
            snapbox::str![[r#"
travel: 4 documents in 1 folder
The best of 9 documents that match; copies and older versions are counted with
the one that stays.
Owners: Ann

75 %  Finance/Policies
      3 documents, the newest of 2026-01-02, 1 obsolete; Ann
      best: travel\x1b.md, Travel

"#]]
            .raw()
        );
    }

    #[test]
    fn programs_get_one_object() {
        let mut out = Vec::new();
        whereabouts_json(&found(), &mut out).unwrap();
        let value: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(value["folders"][0]["path"], "Finance/Policies");
        assert_eq!(value["looked_at"], 4);
    }
}
