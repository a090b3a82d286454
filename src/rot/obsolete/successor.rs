//! Finds the document that another names as its successor.
//!
//! Understands what people write there: a relative path, a link, or the number that the documents
//! of a series carry in their names (`Superseded-By: 484` in `pep-0429.rst`).

use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

use crate::inventory::{DocId, Inventory, Record, RootId};

/// The documents of the inventory that `written` names, in the order written, without `record`
/// itself. Empty where it names none, or one that is elsewhere.
pub(super) fn find(inventory: &Inventory, record: &Record, written: &str) -> Vec<DocId> {
    let mut found: Vec<DocId> = Vec::new();
    for name in names(written).filter(|name| !name.contains("://")) {
        let named = by_path(inventory, record, name).or_else(|| by_number(inventory, record, name));
        if let Some(document) = named.filter(|it| !found.contains(it))
            && inventory[document].file.path != record.file.path
        {
            found.push(document);
        }
    }
    found
}

/// Whether `written` names anything; front matter often holds an empty or a template's placeholder.
pub(super) fn is_named(written: &str) -> bool {
    let written = written.trim().trim_matches(['"', '\'']).to_lowercase();
    let empty = ["", "~", "-", "null", "none", "n/a", "[]", "{}", "false", "tbd", "todo", "?"];
    let is_placeholder = written.starts_with('<') && !written.contains("://")
        || written.starts_with("{{")
        || written.contains("xxx")
        || written.contains("nnn");
    !empty.contains(&written.as_str()) && !is_placeholder
}

/// The pieces of `[ADR-0039](0039-x.md)` or `649, 749` that may be names, links' targets first.
fn names(written: &str) -> impl Iterator<Item = &str> {
    let links = written.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let lists = written.split([',', ';', '&', '[', ']', '(', ')', '<', '>', '"', '\'', '`']);
    let pieces = lists.flat_map(|list| list.split(" and ")).flat_map(|list| list.split(" or "));
    let words = written.split(' ').filter(|word| word.contains(['.', '/']));
    links.chain(pieces).chain(words).map(str::trim).filter(|name| !name.is_empty())
}

fn by_path(inventory: &Inventory, record: &Record, name: &str) -> Option<DocId> {
    let name = name.split(['#', '?']).next().unwrap_or(name);
    let from = record.file.path.parent().unwrap_or(Path::new(""));
    let target = match name.strip_prefix('/') {
        Some(from_root) => normalize(Path::new(from_root))?,
        None => normalize(&from.join(name))?,
    };
    let same_kind =
        record.file.path.extension().map(|extension| with_extension(&target, extension));
    [Some(target), same_kind].into_iter().flatten().find_map(|it| inventory.find(record.root, &it))
}

/// Resolves `.` and `..`; none where the path leaves the root.
fn normalize(path: &Path) -> Option<PathBuf> {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::Normal(name) => normal.push(name),
            Component::ParentDir => {
                if !normal.pop() {
                    return None;
                }
            }
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    (!normal.as_os_str().is_empty()).then_some(normal)
}

fn with_extension(path: &Path, extension: &OsStr) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    PathBuf::from(name)
}

/// The document of the same series with the number that `name` ends with.
///
/// The series is told by the record's own name: `pep-0563.rst` and `484` give `pep-0484.rst`, also
/// where the number is followed by a title (`0039-use-queues.md`).
fn by_number(inventory: &Inventory, record: &Record, name: &str) -> Option<DocId> {
    let name = name.rsplit('/').next().unwrap_or(name);
    let number = trailing_number(name)?;
    let path = &record.file.path;
    let own = path.file_name()?.to_str()?;
    let start = own.find(|c: char| c.is_ascii_digit())?;
    let digits = own[start..].find(|c: char| !c.is_ascii_digit()).unwrap_or(own.len() - start);
    let width = if own[start..].starts_with('0') { digits } else { 1 };
    let before = &own[..start];
    // `ADR-12` names nothing in a series of `eip-…` files.
    let series = series(name);
    if !series.is_empty() && !before.is_empty() && series != self::series(&format!("{before}1")) {
        return None;
    }
    let wanted = format!("{before}{number:0width$}");
    let folder = path.parent().unwrap_or(Path::new(""));
    starting_with(inventory, record.root, folder, &wanted).find(|document| {
        let name = inventory[*document].file.path.file_name().and_then(OsStr::to_str).unwrap_or("");
        !name[wanted.len()..].starts_with(|c: char| c.is_ascii_digit())
    })
}

/// The word before the number that `name` ends with, in lower case: `eip` of `see EIP-12`.
fn series(name: &str) -> String {
    let name = name.trim_end_matches(|c: char| !c.is_alphanumeric());
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit() || !c.is_alphanumeric());
    let word = name.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default().to_lowercase();
    let says_nothing = ["by", "no", "nr", "number", "see", "with", "document"];
    if says_nothing.contains(&word.as_str()) { String::new() } else { word }
}

fn trailing_number(name: &str) -> Option<u32> {
    let name = name.trim_end_matches(|c: char| !c.is_alphanumeric());
    let start = name.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + 1);
    // `2021-03-01` and `v2` are no numbers of documents; a letter before needs a separator.
    name[start..].parse().ok().filter(|_| !name[..start].ends_with(char::is_alphabetic))
}

/// The documents right in `folder` whose names start with `start`.
fn starting_with<'a>(
    inventory: &'a Inventory,
    root: RootId,
    folder: &'a Path,
    start: &'a str,
) -> impl Iterator<Item = DocId> + 'a {
    let first = folder.join(start);
    let (mut low, mut high) = (0, inventory.len() as u32);
    while low < high {
        let middle = low + (high - low) / 2;
        let record = &inventory[DocId(middle)];
        if (record.root, record.file.path.as_path()) < (root, first.as_path()) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    (low..inventory.len() as u32)
        .map(DocId)
        .take_while(move |document| {
            let record = &inventory[*document];
            let rest = record.file.path.strip_prefix(folder).ok().filter(|_| record.root == root);
            rest.and_then(|it| it.components().next()).is_some_and(|component| {
                component.as_os_str().as_encoded_bytes().starts_with(start.as_bytes())
            })
        })
        .filter(move |document| inventory[*document].file.path.parent() == Some(folder))
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{inventory, record};
    use super::*;

    const TREE: [&str; 8] = [
        "adr/0007-use-a-queue.md",
        "adr/0039-use-a-log.md",
        "adr/00391-other.md",
        "eips/eip-2200.md",
        "eips/eip-5.md",
        "guide/new.md",
        "pep-0484.rst",
        "pep-0563.rst",
    ];

    fn check(from: &str, written: &str, expected: &[&str]) {
        let inventory = inventory(TREE.iter().map(|path| record(path)).collect());
        let from = &inventory[inventory.find(RootId(0), Path::new(from)).unwrap()];
        let found: Vec<_> = find(&inventory, from, written)
            .into_iter()
            .map(|document| inventory[document].file.path.to_str().unwrap())
            .collect();
        assert_eq!(found, expected, "{written}");
    }

    #[test]
    fn a_number_names_a_document_of_the_same_series() {
        check("pep-0563.rst", "484", &["pep-0484.rst"]);
        check("pep-0563.rst", "649, 484", &["pep-0484.rst"]);
        check("pep-0563.rst", "PEP 484", &["pep-0484.rst"]);
        check("eips/eip-5.md", "EIP-2200", &["eips/eip-2200.md"]);
        check("adr/0007-use-a-queue.md", "Superseded by ADR-39", &["adr/0039-use-a-log.md"]);
        check("eips/eip-5.md", "Replaced by EIP-2200.", &["eips/eip-2200.md"]);
        check("eips/eip-5.md", "RFC-2200", &[]);
        check("eips/eip-5.md", "RFC 2200", &[]);
    }

    #[test]
    fn links_and_paths_are_followed_within_the_root() {
        let from = "adr/0007-use-a-queue.md";
        check(from, "Superseded by [ADR-0039](0039-use-a-log.md)", &["adr/0039-use-a-log.md"]);
        check(from, "../guide/new", &["guide/new.md"]);
        check(from, "/guide/new.md#top", &["guide/new.md"]);
        check(from, "../../guide/new.md", &[]);
        check(from, "https://example.org/39", &[]);
    }

    #[test]
    fn a_document_is_not_its_own_successor() {
        check("pep-0484.rst", "484", &[]);
        assert!(!is_named(" ~ ") && !is_named("[]") && is_named("484"));
        assert!(!is_named("<pep number>") && !is_named("ADR-XXX") && is_named("<https://a.b/c>"));
    }
}
