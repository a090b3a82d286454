//! Everything docrot parses itself, each by name: what tests spoil and fuzzing feeds.
//!
//! A parser may refuse whatever it is given; it may not panic. What it takes, it has to write in a
//! form that it reads as the same, where it writes at all.

use std::path::Path;

use docrot::catalog::Query;
use docrot::decisions::{
    Baseline, Decisions, Judgements, Table, add_to_history, read_history, rows,
};
use docrot::extract::{FORMATS, Interval, Limits, dates_in_name, read};
use docrot::fingerprint::{
    Features, Fingerprint, Sketch, Tokens, normalize, passages, shingle_hashes,
};
use docrot::inventory::{Hash, path_text};
#[cfg(unix)]
use docrot::plan::History;
use docrot::plan::Plan;
use docrot::rot::{CodeOwners, Globs, Marks, Taxonomy};
use docrot::validate::engines::{Location, Rule};
use docrot::validate::{Digest, read_judgements, read_queries, read_results};

/// A parser by name. Its inputs are in `fixtures/parsers`, in the folder of its name.
pub(crate) type Parser = (&'static str, fn(&[u8]));

/// All of them but that of the configuration, which is the program's and no part of the library.
pub(crate) const PARSERS: &[Parser] = &[
    ("banners", |bytes| as_document("markdown", "# Title\n\n", bytes, "\n\nText.\n")),
    ("baseline", baseline),
    ("code-owners", |bytes| drop(CodeOwners::parse("CODEOWNERS", &text(bytes)))),
    ("dates", dates),
    ("decisions", decisions),
    ("front-matter", front_matter),
    ("history", history),
    ("intervals", |bytes| text(bytes).lines().for_each(|it| _ = Interval::parse(it))),
    #[cfg(unix)]
    ("journal", journal),
    ("judgements", judgements),
    ("logs", logs),
    ("marks", marks),
    ("names", names),
    ("normalizer", normalizer),
    ("plan", plan),
    ("query", |bytes| drop(Query::parse(&text(bytes)))),
    ("sheet", sheet),
    ("shingler", shingler),
    ("sketch", sketch),
    ("taxonomy", taxonomy),
];

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn as_document(format: &str, before: &str, bytes: &[u8], after: &str) {
    let format = FORMATS.iter().find(|it| it.name == format).expect("the format is known");
    let document = [before.as_bytes(), bytes, after.as_bytes()].concat();
    let _ = read(format, &document, &Limits::default());
}

fn front_matter(bytes: &[u8]) {
    as_document("markdown", "---\n", bytes, "\n---\n\nText.\n");
    as_document("markdown", "", bytes, "\n\nText.\n");
    as_document("asciidoc", "= Title\n", bytes, "\n\nText.\n");
}

fn dates(bytes: &[u8]) {
    as_document("text", "", bytes, "");
    as_document("text", "Valid until: ", bytes, "");
}

fn names(bytes: &[u8]) {
    for name in text(bytes).lines() {
        let _ = dates_in_name(Path::new(name));
        let path = path_text::decode(name);
        assert_eq!(path_text::decode(&path_text::encode(&path)), path);
        let _ = (Location::parse(name), Rule::parse(name), Digest::parse(name));
        let _ = Globs::new([name]);
    }
}

fn baseline(bytes: &[u8]) {
    let Ok(baseline) = Baseline::read(&text(bytes)) else { return };
    let table = baseline.to_table();
    let again = Baseline::read(&table).expect("what was written can be read");
    assert_eq!(again.to_table(), table);
}

fn decisions(bytes: &[u8]) {
    if let Ok(table) = Table::from_csv(&text(bytes)) {
        let _ = rows(&table);
    }
    let Ok(decisions) = Decisions::read(&text(bytes)) else { return };
    let table = decisions.to_table();
    let again = Decisions::read(&table).expect("what was written can be read");
    assert_eq!(again.to_table(), table);
}

fn judgements(bytes: &[u8]) {
    let Ok(judgements) = Judgements::read(&text(bytes)) else { return };
    let table = judgements.to_table();
    let again = Judgements::read(&table).expect("what was written can be read");
    assert_eq!(again.to_table(), table);
}

fn history(bytes: &[u8]) {
    let mut scans = read_history(&text(bytes));
    if let Some(scan) = scans.pop() {
        let _ = add_to_history(&mut scans, scan);
    }
}

fn plan(bytes: &[u8]) {
    let Ok(plan) = Plan::from_json(&text(bytes)) else { return };
    let _ = (plan.totals(), plan.to_sheet());
    let written = plan.to_json();
    let again = Plan::from_json(&written).expect("what was written can be read");
    assert_eq!(again.to_json(), written);
}

fn sheet(bytes: &[u8]) {
    const PLAN: &str = include_str!("../../fixtures/parsers/plan/plan.json");
    let Ok(table) = Table::from_csv(&text(bytes)) else { return };
    let mut plan = Plan::from_json(PLAN).expect("the fixture is a plan");
    let day = chrono::NaiveDate::from_ymd_opt(2026, 6, 1).expect("it is a day");
    let _ = plan.sign(&table, day);
}

/// As it is, and with each line behind the hash of the one before: past the chain of hashes, which
/// nothing that is spoilt gets through.
#[cfg(unix)]
fn journal(bytes: &[u8]) {
    let mut chained = String::new();
    let mut before = "0".repeat(64);
    for (line, number) in text(bytes).lines().zip(1..) {
        let Some(rest) = line.strip_prefix('{') else { continue };
        let at = "2026-01-02T03:04:05Z";
        let open = format!("{{\"number\":{number},\"at\":\"{at}\",\"before\":\"{before}\",{rest}");
        let body = open.strip_suffix('}').unwrap_or(&open);
        before = Hash::of(format!("{body}}}").as_bytes()).to_string();
        chained += &format!("{body},\"hash\":\"{before}\"}}\n");
    }
    for journal in [bytes, chained.as_bytes()] {
        let folder = tempfile::tempdir().expect("there is room for a folder");
        std::fs::write(folder.path().join("journal.jsonl"), journal).expect("there is room");
        if let Ok(history) = History::read(folder.path()) {
            let _ = (history.to_table(), history.refused_table(), history.changed());
        }
    }
}

fn logs(bytes: &[u8]) {
    let text = text(bytes);
    let _ = (read_queries(&text), read_results(&text), read_judgements(&text));
}

fn marks(bytes: &[u8]) {
    let Some(marks) = Marks::from_bytes(bytes) else { return };
    let written = marks.to_bytes();
    let again = Marks::from_bytes(&written).expect("what was written can be read");
    assert_eq!(again.to_bytes(), written);
}

fn normalizer(bytes: &[u8]) {
    let once = normalize(&text(bytes));
    assert_eq!(normalize(&once), once);
}

fn shingler(bytes: &[u8]) {
    let text = text(bytes);
    let _ = (passages(&text), Tokens::of(&text), shingle_hashes(&normalize(&text)));
    for features in [Features::shingles(&text), Features::words(&text), Features::cells(&text)] {
        let jaccard = features.compare(&features).jaccard;
        assert!(jaccard == 0.0 || jaccard == 1.0, "{jaccard}");
    }
    let Some(print) = Fingerprint::of(&text) else { return };
    let Sketch { bound, shingles, .. } = print.sketch;
    let stored = Sketch::from_bytes(&print.sketch.to_bytes(), bound, shingles);
    assert_eq!(stored, Some(print.sketch));
}

/// Eight bytes of bound and number, then hashes.
fn sketch(bytes: &[u8]) {
    let Some((head, hashes)) = bytes.split_first_chunk::<8>() else { return };
    let [a, b, c, d, e, f, g, h] = *head;
    let (bound, shingles) = (u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h]));
    let Some(sketch) = Sketch::from_bytes(hashes, bound, shingles) else { return };
    assert_eq!(sketch.to_bytes(), hashes);
    let other = Fingerprint::of("one two three four five six seven").expect("it has words").sketch;
    for similarity in [sketch.compare(&sketch), sketch.compare(&other), other.compare(&sketch)] {
        assert!((0.0..=1.0).contains(&similarity.jaccard), "{similarity:?}");
        assert!((0.0..=1.0).contains(&similarity.containment_a), "{similarity:?}");
    }
}

fn taxonomy(bytes: &[u8]) {
    let text = text(bytes);
    let _ = (Taxonomy::from_table(&text), Taxonomy::from_turtle(&text));
}
