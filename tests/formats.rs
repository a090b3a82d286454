//! Every file in `fixtures/formats/<format>/` yields what the `.expected` file beside it says.
//!
//! A line of that file is one claim, `word: value`:
//!
//! | word | claim |
//! |---|---|
//! | `text` | these words are in the text |
//! | `absent` | these words are not in the text |
//! | `heading`, `paragraph`, `aside`, `code` | a block of this kind with exactly this text |
//! | `cells` | a block of cells, here separated by ` \| ` |
//! | `at` | some block stands here, such as `slide 2` |
//! | `title`, `creator`, `editor`, `owner`, `language`, `status`, `version` | this metadata |
//! | `date` | this claim, as `updated 2024-05-06` |
//! | `property` | a property that users added, as `Owner = Facilities` |
//! | `partly` | what is missing is said in these words |
//! | `error` | it cannot be read, said in these words |

use std::fs;
use std::path::{Path, PathBuf};

use docrot::extract::{
    self, BlockKind, Content, Detection, ExtractError, FORMATS, Fact, Limits, detect,
};

/// The folders of the formats.
fn folders() -> Vec<PathBuf> {
    let mut all = children(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/formats"));
    all.retain(|it| it.is_dir());
    all
}

fn children(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn name(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

/// Checks a claim; the words of the error say what there is instead.
fn check(claim: &str, outcome: &Result<Content, ExtractError>) -> Result<(), String> {
    let (word, wanted) = claim.split_once(": ").ok_or("a claim is `word: value`")?;
    let content = match (word, outcome) {
        ("error", Err(error)) => return same(wanted, &error.to_string()),
        ("error", Ok(_)) => return Err("it can be read".to_owned()),
        (_, Err(error)) => return Err(format!("it cannot be read: {error}")),
        (_, Ok(content)) => content,
    };
    let metadata = &content.metadata;
    match word {
        "text" => found(content.text().contains(wanted), &content.text()),
        "absent" => found(!content.text().contains(wanted), &content.text()),
        "heading" => block(content, BlockKind::Heading, wanted),
        "paragraph" => block(content, BlockKind::Paragraph, wanted),
        "aside" => block(content, BlockKind::Aside, wanted),
        "code" => block(content, BlockKind::Code, wanted),
        "cells" => block(content, BlockKind::Cells, &wanted.replace(" | ", "\t")),
        "at" => {
            let places: Vec<_> = content.blocks().iter().map(|it| it.locator.to_string()).collect();
            found(places.iter().any(|it| it == wanted), &places)
        }
        "title" => fact(wanted, &metadata.title),
        "creator" => fact(wanted, &metadata.creator),
        "editor" => fact(wanted, &metadata.last_editor),
        "owner" => fact(wanted, &metadata.owner),
        "language" => fact(wanted, &metadata.language),
        "status" => fact(wanted, &metadata.status),
        "version" => fact(wanted, &metadata.version),
        "date" => {
            let claims = metadata.dates.iter().map(|it| format!("{} {}", it.role.name(), it.date));
            let claims: Vec<_> = claims.collect();
            found(claims.iter().any(|it| it == wanted), &claims)
        }
        "property" => {
            let all: Vec<_> =
                metadata.properties.iter().map(|(k, v)| format!("{k} = {v}")).collect();
            found(all.iter().any(|it| it == wanted), &all)
        }
        "partly" => found(
            content.partly.as_ref().is_some_and(|it| it.to_string() == wanted),
            &content.partly,
        ),
        _ => Err("no such word".to_owned()),
    }
}

fn found(is_so: bool, instead: &impl std::fmt::Debug) -> Result<(), String> {
    if is_so { Ok(()) } else { Err(format!("there is {instead:?}")) }
}

fn same(wanted: &str, seen: &str) -> Result<(), String> {
    found(wanted == seen, &seen)
}

fn fact(wanted: &str, seen: &Option<Fact<String>>) -> Result<(), String> {
    let seen = seen.as_ref().map(|it| it.value.as_str());
    found(seen == Some(wanted), &seen)
}

fn block(content: &Content, kind: BlockKind, wanted: &str) -> Result<(), String> {
    let all = content.blocks().iter().map(|it| (it.kind, content.text_of(it)));
    let all: Vec<_> = all.collect();
    found(all.contains(&(kind, wanted)), &all)
}

/// What is wrong with a fixture, in lines.
fn failures(path: &Path, format: &str) -> Vec<String> {
    let bytes = fs::read(path).unwrap();
    let Detection::Document(detected) = detect(FORMATS, path, &bytes) else {
        return vec![format!("{} is not taken for a document", path.display())];
    };
    let outcome = extract::read(detected, &bytes, &Limits::default());
    let expected = fs::read_to_string(format!("{}.expected", path.display())).unwrap_or_default();
    let mut failures = Vec::new();
    if detected.name != format {
        failures.push(format!("{} is taken for {}", path.display(), detected.name));
    }
    if expected.trim().is_empty() {
        failures.push(format!("{} has no claims beside it", path.display()));
    }
    for claim in expected.lines().filter(|it| !it.is_empty()) {
        if let Err(instead) = check(claim, &outcome) {
            failures.push(format!("{}: {claim}\n    {instead}", path.display()));
        }
    }
    failures
}

#[test]
fn every_file_yields_what_stands_beside_it() {
    let mut all = Vec::new();
    for format in folders() {
        for path in children(&format) {
            if path.extension().is_none_or(|it| it != "expected") {
                all.extend(failures(&path, name(&format)));
            }
        }
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn every_format_has_a_file() {
    let folders = folders();
    let folders: Vec<_> = folders.iter().map(|it| name(it)).collect();
    for format in FORMATS {
        assert!(folders.contains(&format.name), "no file in fixtures/formats/{}", format.name);
    }
}
