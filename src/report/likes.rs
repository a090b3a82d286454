//! What an inventory holds like one file: for people as text, for programs as JSON whose types are
//! this file's own.

use std::borrow::Cow;
use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

use crate::inventory::Inventory;
use crate::rot::Like;

use super::layout::{self, Style};
use super::{Options, escape, words};

/// Raised when a field of the JSON goes, or comes to mean something else.
const SCHEMA_VERSION: u32 = 1;
/// Documents shown of each kind unless all are asked for.
const SHOWN: usize = 10;

/// A file and the documents that are like it.
#[derive(Clone, Copy, Debug)]
pub struct Likes<'a> {
    /// Where the file is, as it was named.
    pub file: &'a Path,
    /// The documents.
    pub inventory: &'a Inventory,
    /// Those that are like it, the strongest kind first.
    pub likes: &'a [Like],
}

/// Writes it for people: a paragraph for each kind.
pub fn likes_text(found: &Likes<'_>, options: &Options<'_>, out: &mut dyn Write) -> io::Result<()> {
    let width = options.width.clamp(40, 1000);
    let file = layout::shorten(&escape::path(found.file), width.saturating_sub(24));
    if found.likes.is_empty() {
        let documents = words::counted(found.inventory.len() as u64, "file");
        return writeln!(out, "Nothing is like {file} among {documents}.");
    }
    let count = words::counted(found.likes.len() as u64, "document");
    let is = if found.likes.len() == 1 { "is" } else { "are" };
    writeln!(out, "{count} {is} like {file}")?;
    for kind in found.likes.chunk_by(|a, b| a.kind == b.kind) {
        let says = match kind[0].kind {
            "exact-copy" => "the same bytes",
            "same-text" => "the same words in other bytes",
            "near-duplicate" => "nearly the same text",
            "contained" => "most of the file stands in",
            _ => "the file holds most of",
        };
        let title = layout::styled(kind[0].kind, Style::Bold, options.color);
        writeln!(out, "\n{title}: {says}")?;
        let most = if options.all { usize::MAX } else { SHOWN };
        for like in kind.iter().take(most) {
            let share = match like.kind {
                "contained" => like.of_probe,
                "contains" => like.of_document,
                _ => like.similarity,
            };
            let before = format!("  {:>5}  ", words::share(share));
            let path = layout::shorten(&path(found, like), width - before.len());
            writeln!(out, "{before}{path}")?;
        }
        if most < kind.len() {
            let hidden = words::number((kind.len() - most) as u64);
            writeln!(out, "         and {hidden} more: --all")?;
        }
    }
    Ok(())
}

fn path(found: &Likes<'_>, like: &Like) -> String {
    let record = &found.inventory[like.document];
    if found.inventory.roots.len() < 2 {
        return escape::path(&record.file.path);
    }
    escape::path(&found.inventory.root_of(record).join(&record.file.path))
}

#[derive(Serialize)]
struct V1Likes<'a> {
    schema_version: u32,
    file: Cow<'a, str>,
    like: Vec<V1Like<'a>>,
}

#[derive(Serialize)]
struct V1Like<'a> {
    kind: &'a str,
    path: Cow<'a, str>,
    root: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_bytes: Option<String>,
    similarity: f64,
    containment_of_file: f64,
    containment_of_document: f64,
}

/// Writes it for programs: one object.
pub fn likes_json(found: &Likes<'_>, out: &mut dyn Write) -> io::Result<()> {
    let like = |it: &Like| {
        let Like { document, kind, similarity, of_probe, of_document } = *it;
        let record = &found.inventory[document];
        V1Like {
            kind,
            path: escape::readable(&record.file.path),
            root: escape::readable(found.inventory.root_of(record)),
            path_bytes: escape::path_bytes(&record.file.path),
            similarity,
            containment_of_file: of_probe,
            containment_of_document: of_document,
        }
    };
    let like = found.likes.iter().map(like).collect();
    let file = escape::readable(found.file);
    let whole = V1Likes { schema_version: SCHEMA_VERSION, file, like };
    super::json::write_line(&whole, &mut *out)?;
    writeln!(out)
}

#[cfg(test)]
mod tests {
    use snapbox::{IntoData as _, assert_data_eq, str};

    use super::*;
    use crate::report::sample;

    #[test]
    fn the_strongest_kind_comes_first() {
        let share = sample::share();
        let like = |path, kind, similarity, of_probe| Like {
            document: share.id(path),
            kind,
            similarity,
            of_probe,
            of_document: 0.2,
        };
        let likes = [
            like("Finance/Mileage.pdf", "exact-copy", 1.0, 1.0),
            like("HR/Mileage (copy).pdf", "near-duplicate", 0.874, 0.9),
            like("IT/Notes.docx", "contained", 0.2, 0.95),
        ];
        let found =
            Likes { file: Path::new("Mileage.pdf"), inventory: &share.inventory, likes: &likes };
        let mut out = Vec::new();
        likes_text(&found, &Options::default(), &mut out).unwrap();
        assert_data_eq!(
            String::from_utf8(out).unwrap(),
            str![[r#"
3 documents are like Mileage.pdf

exact-copy: the same bytes
  100 %  Finance/Mileage.pdf

near-duplicate: nearly the same text
   87 %  HR/Mileage (copy).pdf

contained: most of the file stands in
   95 %  IT/Notes.docx

"#]]
            .raw()
        );
        let mut out = Vec::new();
        likes_json(&found, &mut out).unwrap();
        let json: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(json["like"][1]["path"], "HR/Mileage (copy).pdf");
        assert_eq!(json["like"][2]["containment_of_file"], 0.95);
    }
}
