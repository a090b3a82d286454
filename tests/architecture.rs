//! The shape of the house, as ARCHITECTURE.md describes it: who may use whom, which foreign crate
//! lives where, and what no file may do.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What each module may name of ours.
const MAY_USE: &[(&str, &[&str])] = &[
    ("crawl", &[]),
    ("extract", &[]),
    ("fingerprint", &[]),
    ("inventory", &["crawl", "extract", "fingerprint"]),
    ("catalog", &["inventory"]),
    ("export", &["inventory", "catalog"]),
    ("scan", &["crawl", "extract", "fingerprint", "inventory", "catalog"]),
    ("rot", &["inventory", "extract", "fingerprint"]),
    ("decisions", &["inventory", "rot"]),
    ("plan", &["inventory", "fingerprint", "rot", "decisions"]),
    ("validate", &["crawl", "extract", "fingerprint", "inventory", "catalog", "rot"]),
    ("report", &["inventory", "extract", "rot", "decisions", "scan", "validate"]),
];

/// What a module may name of another one, where that is not all of it.
const ONLY: &[(&str, &str, &[&str])] = &[
    (
        "rot",
        "extract",
        &[
            "DateClaim",
            "DateRole",
            "Fact",
            "Interval",
            "Link",
            "Locator",
            "Precision",
            "Provenance",
        ],
    ),
    ("plan", "fingerprint", &["Hash"]),
    ("report", "scan", &["Ledger", "Problem", "Summary"]),
    ("validate", "extract", &["FORMATS", "Format", "is_named_as_document"]),
    (
        "report",
        "validate",
        &[
            "Check",
            "CleanUp",
            "Example",
            "Gate",
            "Quality",
            "QueryOutcome",
            "Shown",
            "Verdict",
            "worst",
        ],
    ),
];

/// Where a foreign crate may be named: files or folders below `src`.
const HOMES: &[(&str, &[&str])] = &[
    ("walkdir", &["crawl"]),
    // Only `catalog` names the crate; `mod.rs` names the module that opens its folders.
    ("tantivy", &["catalog", "validate/engines/mod.rs"]),
    ("parquet", &["catalog", "export"]),
    // Only `simhash.rs` names the crate; `mod.rs` names that module.
    ("simhash", &["fingerprint/simhash.rs", "fingerprint/mod.rs"]),
    ("blake3", &["fingerprint"]),
    ("rayon", &["scan", "rot/redundant", "rot/obsolete/versions.rs", "rot/scattered"]),
    ("oxttl", &["rot/scattered/turtle.rs"]),
    ("oxrdf", &["rot/scattered/turtle.rs"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli/completions.rs"]),
    ("clap_mangen", &["cli/man.rs"]),
    ("indicatif", &["cli"]),
    ("whatlang", &["catalog"]),
    ("crc32fast", &["catalog"]),
    ("cpu_time", &["scan"]),
    ("anyhow", &["cli", "main.rs"]),
    ("env_logger", &["cli"]),
    ("toml", &["cli"]),
    ("zip", &["extract"]),
    ("quick_xml", &["extract"]),
    ("cfb", &["extract"]),
    ("flate2", &["extract", "report/html"]),
    ("maud", &["report/html"]),
    ("sha2", &["report/html", "validate/digest.rs"]),
    ("md5", &["validate/digest.rs"]),
    ("sha1", &["validate/digest.rs"]),
    ("base64", &["report", "validate/digest.rs", "validate/engines/http"]),
    ("ureq", &["validate/engines/http"]),
    (
        "percent_encoding",
        &[
            "extract/epub.rs",
            "plan/redirects.rs",
            "report/location.rs",
            "validate/engines/mapping.rs",
            "validate/engines/paging.rs",
        ],
    ),
    ("mail_parser", &["extract"]),
    ("html5ever", &["extract"]),
    ("rust_xlsxwriter", &["report/xlsx"]),
    ("calamine", &["cli/workbook.rs"]),
    ("hayro_interpret", &["extract"]),
    ("encoding_rs", &["extract"]),
    ("chardetng", &["extract"]),
    ("landlock", &["extract/isolate"]),
    ("seccompiler", &["extract/isolate"]),
    ("libc", &["extract/isolate"]),
];

/// What assessing may not reach for.
const SIDE_EFFECTS: &[&str] =
    &["std::fs", "std::env", "std::net", "std::process", "std::io", "thread::spawn", "SystemTime"];

const MOST_LINES: usize = 500;

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Every source file with its path below `src` and its text.
fn files() -> Vec<(String, String)> {
    fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, found);
            } else if path.extension().is_some_and(|it| it == "rs") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    collect(&src(), &mut found);
    found.sort();
    let name = |path: &Path| path.strip_prefix(src()).unwrap().to_string_lossy().replace('\\', "/");
    found.iter().map(|path| (name(path), fs::read_to_string(path).unwrap())).collect()
}

/// The file without comments and without its inline tests; nothing of a file that is only tests.
fn code(text: &str) -> String {
    if text.contains("\n#![cfg(test)]\n") {
        return String::new();
    }
    let text = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap();
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// The words that follow `prefix`; for `prefix{a, b}` both.
fn names_after(code: &str, prefix: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (at, _) in code.match_indices(prefix) {
        if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let rest = &code[at + prefix.len()..];
        let listed = match rest.strip_prefix('{') {
            Some(list) => list.split('}').next().unwrap_or_default(),
            None => rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or(""),
        };
        for name in listed.split(',') {
            let word = name.trim().split(|c: char| !c.is_alphanumeric() && c != '_').next();
            names.extend(word.filter(|it| !it.is_empty()).map(str::to_owned));
        }
    }
    names
}

fn module_of(file: &str) -> &str {
    file.split('/').next().unwrap().trim_end_matches(".rs")
}

#[test]
fn modules_point_downwards() {
    for (file, text) in files() {
        let Some((module, allowed)) = MAY_USE.iter().find(|(it, _)| *it == module_of(&file)) else {
            continue;
        };
        let used = names_after(&code(&text), "crate::");
        let extra: Vec<_> =
            used.iter().filter(|it| *it != module && !allowed.contains(&it.as_str())).collect();
        assert!(extra.is_empty(), "{file}: {module} must not use {extra:?}");
    }
}

#[test]
fn some_modules_are_used_only_in_part() {
    for (file, text) in files() {
        for (module, other, allowed) in ONLY.iter().filter(|(it, ..)| *it == module_of(&file)) {
            let used = names_after(&code(&text), &format!("crate::{other}::"));
            let extra: Vec<_> = used.iter().filter(|it| !allowed.contains(&it.as_str())).collect();
            assert!(extra.is_empty(), "{file}: {module} must not use {extra:?} of {other}");
        }
    }
}

#[test]
fn every_module_has_a_row() {
    for (file, _) in files() {
        let module = module_of(&file);
        let known =
            ["cli", "lib", "main"].contains(&module) || MAY_USE.iter().any(|(it, _)| *it == module);
        assert!(known, "{file}: say in tests/architecture.rs what {module} may use");
    }
}

#[test]
fn the_command_line_is_an_ordinary_user_of_the_library() {
    for (file, text) in files().iter().filter(|(file, _)| file.starts_with("cli/")) {
        let used = names_after(&code(text), "crate::");
        assert!(used.iter().all(|it| it == "cli"), "{file} reaches around the library: {used:?}");
    }
}

#[test]
fn foreign_crates_stay_at_home() {
    for (file, text) in files() {
        for (name, homes) in HOMES {
            let named = !names_after(&code(&text), &format!("{name}::")).is_empty();
            let at_home = homes.iter().any(|home| file.starts_with(home));
            assert!(at_home || !named, "{file} names {name}, which lives in {homes:?}");
        }
    }
}

#[test]
fn assessing_reaches_for_no_side_effect() {
    for (file, text) in files().iter().filter(|(file, _)| file.starts_with("rot/")) {
        for effect in SIDE_EFFECTS {
            assert!(!code(text).contains(effect), "{file} must not use {effect}");
        }
    }
}

#[test]
fn no_file_is_too_long() {
    for (file, text) in files() {
        let lines = text.lines().count();
        assert!(lines <= MOST_LINES, "{file} has {lines} lines; split it by subject");
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    for (file, text) in files() {
        let first = text.lines().next().unwrap_or_default();
        assert!(
            first.len() > 12 && first.starts_with("//! "),
            "{file} does not say what it is for"
        );
    }
}

#[test]
fn no_module_is_a_drawer_for_odds_and_ends() {
    const DRAWERS: &[&str] =
        &["utils", "util", "common", "helpers", "types", "manager", "handler", "misc", "prelude"];
    for (file, _) in files() {
        let named = file.split('/').any(|part| DRAWERS.contains(&part.trim_end_matches(".rs")));
        assert!(!named, "{file}: name it after the field");
    }
}
