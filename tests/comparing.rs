//! The commands that compare documents: what they print, and that one pair of documents is as
//! similar in one as in another.

use std::fs;
use std::path::Path;
use std::process::Command;

use snapbox::{IntoData as _, assert_data_eq, str};

/// A tree of the test's own, the place of its catalog, and what is asked of it.
struct Share {
    tree: tempfile::TempDir,
    index: tempfile::TempDir,
}

impl Share {
    fn of(files: &[(&str, &str)]) -> Self {
        let share =
            Self { tree: tempfile::tempdir().unwrap(), index: tempfile::tempdir().unwrap() };
        for (name, text) in files {
            fs::write(share.tree.path().join(name), text).unwrap();
        }
        share.run(&["scan", "."]);
        share
    }

    /// What docrot prints, run in the tree.
    fn run(&self, arguments: &[&str]) -> String {
        let needs_catalog = !["diff", "text"].contains(&arguments[0]);
        let index: &[&Path] = if needs_catalog { &[self.index.path()] } else { &[] };
        let output = Command::new(env!("CARGO_BIN_EXE_docrot"))
            .args(arguments)
            .args(index.iter().flat_map(|it| [Path::new("--index"), it]))
            .current_dir(self.tree.path())
            .env_remove("DOCROT_CONFIG")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {said}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let arguments = [arguments, &["--format", "json"]].concat();
        serde_json::from_str(&self.run(&arguments)).unwrap()
    }

    /// How similar the only two documents are, as each command says it.
    fn similarities(&self, a: &str, b: &str) -> [f64; 4] {
        let of = |it: &serde_json::Value| it.as_f64().unwrap();
        let report = self.json(&["report"]);
        let stays = report["groups"][0]["members"].as_array().unwrap();
        let member = stays.iter().find(|it| it["similarity"] != 1.0).unwrap();
        let pairs = self.run(&["pairs", "--min-similarity", "0", "--format", "ndjson"]);
        let pair: serde_json::Value = serde_json::from_str(pairs.lines().next().unwrap()).unwrap();
        let likes = self.json(&["similar", a]);
        let difference = self.json(&["diff", a, b]);
        [
            of(&member["similarity"]),
            of(&pair["similarity"]),
            of(&likes["like"][0]["similarity"]),
            of(&difference["similarity"]),
        ]
    }
}

fn check(a: (&str, &str), b: (&str, &str), expected: f64) {
    for found in Share::of(&[a, b]).similarities(a.0, b.0) {
        assert!((found - expected).abs() < 1e-4, "{found} instead of {expected}");
    }
}

/// Words that no text repeats.
fn words(from: usize, count: usize) -> String {
    (from..from + count).map(|it| format!("w{}x", it * 7919 % 10_007)).collect::<Vec<_>>().join(" ")
}

#[test]
fn one_pair_of_texts_is_as_similar_in_every_command() {
    let (a, b) = (words(0, 1_000), words(60, 1_000));
    check(("a.txt", &a), ("b.txt", &b), 938.0 / 1_058.0);
}

#[test]
fn one_pair_of_short_texts_is_as_similar_in_every_command() {
    let a = words(0, 30);
    check(("a.txt", &a), ("b.txt", &format!("{a} more")), 28.0 / 29.0);
}

#[test]
fn one_pair_of_sheets_is_as_similar_in_every_command_counted_by_cells() {
    let sheet = |rate: u32| {
        let rows = (1..=40).map(|it| format!("item {it},box of {it} bolts,{},EUR\n", it * rate));
        format!("Part,What it is,Price,Currency\n{}", rows.collect::<String>())
    };
    // Of four columns of 40 rows and a head, one is another; but for the header of it.
    check(("a.csv", &sheet(7)), ("b.csv", &sheet(9)), 124.0 / 204.0);
}

const POLICY: &str = "Everyone who travels for us books the train unless a car is cheaper and nobody else needs it on that day. The rate for the use of a car of one's own is 45p per mile. Claims are handed in within 30 days of the journey, with the receipts, to the office on the second floor.\n";

#[test]
fn a_difference_shows_facts_first() {
    let other = POLICY.replace("45p", "40p").replace("the office", "the travel desk");
    let share = Share::of(&[("Travel.txt", POLICY), ("Travel of us.md", &other)]);
    assert_data_eq!(
        share.run(&["diff", "Travel.txt", "Travel of us.md"]),
        str![[r#"
A  Travel.txt
B  Travel of us.md
79 % similar: runs of three words that both have, among all of both

Different facts: 1 fact in the same place of both
  amount: 45p / 40p
    A line 1: "a car of one's own is 45p per mile"
    B line 1: "a car of one's own is 40p per mile"

Different words: 2 places
  line 1:
  ... use of a car of one's own is [-45p-] {+40p+} per mile. Claims are handed
  in within 30 ...
  line 1:
  ... of the journey, with the receipts, to the [-office-] {+travel desk+} on
  the second floor

"#]]
        .raw()
    );
}

#[test]
fn what_a_tree_holds_like_a_file_is_told_by_kind() {
    let near = POLICY.replace("45p", "40p");
    let whole = format!("{} {POLICY} {}", words(0, 300), words(400, 300));
    let share = Share::of(&[
        ("Travel.txt", POLICY),
        ("Copy.txt", POLICY),
        ("Near.md", &near),
        ("Book.txt", &whole),
    ]);
    assert_data_eq!(
        share.run(&["similar", "Travel.txt"]),
        str![[r#"
3 documents are like Travel.txt

exact-copy: the same bytes
  100 %  Copy.txt

near-duplicate: nearly the same text
   89 %  Near.md

contained: most of the file stands in
  100 %  Book.txt

"#]]
        .raw()
    );
}

/// A workbook in one file: rates by number, with three blank rows before the last ones.
fn workbook(rate: u32) -> String {
    let row = |cells: &[&str]| {
        let cell =
            |it: &&str| format!("<table:table-cell><text:p>{it}</text:p></table:table-cell>");
        format!("<table:table-row>{}</table:table-row>", cells.iter().map(cell).collect::<String>())
    };
    let blank =
        "<table:table-row table:number-rows-repeated=\"3\"><table:table-cell/></table:table-row>";
    let rows = |numbers: std::ops::Range<u32>| {
        let row =
            |it: u32| row(&[&format!("Grade {it} of the scale"), &format!("{} EUR", 100 + 7 * it)]);
        numbers.map(row).collect::<String>()
    };
    format!(
        "<office:document office:mimetype=\"application/vnd.oasis.opendocument.spreadsheet\">\
         <office:body><office:spreadsheet><table:table table:name=\"Rates\">{}{blank}{}{}\
         </table:table></office:spreadsheet></office:body></office:document>",
        rows(1..31),
        row(&["Car, a mile", &format!("{rate} EUR")]),
        rows(31..41),
    )
}

#[test]
fn what_copies_state_is_told_with_its_sheet_and_row() {
    let (a, b) = (workbook(45), workbook(40));
    let share = Share::of(&[("travel.fods", &a), ("journeys.fods", &b)]);
    let report = share.json(&["report"]);
    let findings = report["findings"].as_array().unwrap();
    let conflict = findings.iter().find(|it| it["rule"] == "conflicting-copies").unwrap();
    let evidence = conflict["evidence"].as_array().unwrap();
    let stated = evidence.iter().filter(|it| it["what"] == "amount" || it["what"] == "figure");
    let places = stated.map(|it| it["provenance"].as_str().unwrap()).collect::<Vec<_>>();
    assert_eq!(places, ["sheet Rates, row 34"; 2], "{evidence:?}");
}
