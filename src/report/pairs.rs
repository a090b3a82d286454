//! Pairs of similar documents, one a line, as they are found: CSV or newline-delimited JSON.
//!
//! No byte order mark and nothing but pairs: these are read by scripts. Paths stand as they are, in
//! CSV between quotation marks where RFC 4180 asks for them. So the CSV is not for spreadsheet
//! programs, which would take some names for formulas; on a terminal names are made harmless.

use std::borrow::Cow;
use std::io;
use std::path::Path;

use serde::Serialize;

use crate::inventory::{Inventory, Record};
use crate::rot::Pair;

use super::{escape, json};

/// How pairs are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PairFormat {
    /// A header, then a row for each pair.
    Csv,
    /// A JSON object on a line of its own for each pair.
    Ndjson,
    /// The CSV as people may see it on a terminal: no name steers that.
    Terminal,
}

/// What `--format` calls each way to write pairs; the first is the default.
pub const PAIR_FORMATS: &[(&str, PairFormat)] =
    &[("csv", PairFormat::Csv), ("ndjson", PairFormat::Ndjson)];

/// Columns of the CSV, before those that name roots where there are several.
const COLUMNS: [&str; 6] =
    ["path_a", "path_b", "kind", "similarity", "containment_a", "containment_b"];

/// Writes pairs as they come.
#[expect(missing_debug_implementations, reason = "holds a dyn Write")]
pub struct PairWriter<'a> {
    inventory: &'a Inventory,
    out: Out<'a>,
}

enum Out<'a> {
    Csv { csv: Box<::csv::Writer<&'a mut dyn io::Write>>, is_terminal: bool },
    Ndjson(&'a mut dyn io::Write),
}

impl<'a> PairWriter<'a> {
    /// Begins to write pairs of an inventory.
    pub fn start(
        inventory: &'a Inventory,
        format: PairFormat,
        out: &'a mut dyn io::Write,
    ) -> io::Result<Self> {
        let out = match format {
            PairFormat::Ndjson => Out::Ndjson(out),
            PairFormat::Csv | PairFormat::Terminal => {
                let mut csv = ::csv::Writer::from_writer(out);
                let roots = (1 < inventory.roots.len()).then_some(["root_a", "root_b"]);
                csv.write_record(COLUMNS.into_iter().chain(roots.into_iter().flatten()))?;
                Out::Csv { csv: Box::new(csv), is_terminal: format == PairFormat::Terminal }
            }
        };
        Ok(Self { inventory, out })
    }

    /// Writes one pair.
    pub fn pair(&mut self, pair: &Pair) -> io::Result<()> {
        let line = V1Pair::of(self.inventory, pair);
        match &mut self.out {
            Out::Csv { csv, is_terminal } => {
                Ok(csv.write_record(line.cells(*is_terminal).iter().map(AsRef::as_ref))?)
            }
            Out::Ndjson(out) => {
                json::write_line(&line, &mut **out)?;
                out.write_all(b"\n")
            }
        }
    }

    /// Hands everything on that was written.
    pub fn finish(self) -> io::Result<()> {
        match self.out {
            Out::Csv { mut csv, .. } => csv.flush(),
            Out::Ndjson(out) => out.flush(),
        }
    }
}

#[derive(Serialize)]
struct V1Pair<'a> {
    path_a: Cow<'a, str>,
    path_b: Cow<'a, str>,
    kind: &'static str,
    similarity: f64,
    containment_a: f64,
    containment_b: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_a_bytes: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_b_bytes: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    root_a: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    root_b: Option<Cow<'a, str>>,
}

impl<'a> V1Pair<'a> {
    fn of(inventory: &'a Inventory, pair: &Pair) -> Self {
        let Pair { a, b, kind, similarity, containment_a, containment_b } = *pair;
        let (a, b) = (&inventory[a], &inventory[b]);
        let path = |it: &'a Record| escape::readable(&it.file.path);
        let bytes = |it: &Record| escape::path_bytes(&it.file.path);
        let root = |it: &'a Record| {
            let root: Option<&Path> = (1 < inventory.roots.len()).then(|| inventory.root_of(it));
            root.map(escape::readable)
        };
        Self {
            path_a: path(a),
            path_b: path(b),
            kind,
            similarity: rounded(similarity),
            containment_a: rounded(containment_a),
            containment_b: rounded(containment_b),
            path_a_bytes: bytes(a),
            path_b_bytes: bytes(b),
            root_a: root(a),
            root_b: root(b),
        }
    }

    fn cells(&self, is_terminal: bool) -> Vec<Cow<'_, str>> {
        let share = |it: f64| Cow::Owned(format!("{it:.4}"));
        let mut cells = vec![
            Cow::Borrowed(&*self.path_a),
            Cow::Borrowed(&*self.path_b),
            self.kind.into(),
            share(self.similarity),
            share(self.containment_a),
            share(self.containment_b),
        ];
        cells.extend([&self.root_a, &self.root_b].into_iter().flatten().cloned());
        if is_terminal {
            cells.iter_mut().for_each(|it| *it = escape::visible(it).into_owned().into());
        }
        cells
    }
}

/// To four places, cut and not rounded: what is not wholly the same is never written as 1.
fn rounded(share: f64) -> f64 {
    (share * 10_000.0 + 1e-6).floor() / 10_000.0
}

#[cfg(test)]
mod tests {
    use snapbox::{assert_data_eq, str};

    use super::*;
    use crate::report::sample;

    fn written(share: &sample::Share, format: PairFormat) -> String {
        let inventory = share.report().inventory;
        let mut ids = inventory.iter().map(|it| it.0);
        let (a, b) = (ids.next().unwrap(), ids.next().unwrap());
        let mut out = Vec::new();
        let mut pairs = PairWriter::start(inventory, format, &mut out).unwrap();
        let shares = (0.899_96, 0.95, 2.0 / 3.0);
        let (similarity, containment_a, containment_b) = shares;
        let kind = "near-duplicate";
        pairs.pair(&Pair { a, b, kind, similarity, containment_a, containment_b }).unwrap();
        pairs.finish().unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_row_or_a_line_a_pair() {
        assert_data_eq!(
            written(&sample::share(), PairFormat::Csv),
            str![[r#"
path_a,path_b,kind,similarity,containment_a,containment_b
Data/Log.txt,Finance/Mileage.pdf,near-duplicate,0.8999,0.9500,0.6666

"#]]
        );
        assert_data_eq!(
            written(&sample::share(), PairFormat::Ndjson),
            str![[r#"
{"path_a":"Data/Log.txt","path_b":"Finance/Mileage.pdf","kind":"near-duplicate","similarity":0.8999,"containment_a":0.95,"containment_b":0.6666}

"#]]
        );
    }

    #[test]
    fn roots_are_named_where_there_are_several() {
        assert_data_eq!(
            written(&sample::two_roots(), PairFormat::Csv),
            str![[r#"
path_a,path_b,kind,similarity,containment_a,containment_b,root_a,root_b
Plan.docx,Plan.docx,near-duplicate,0.8999,0.9500,0.6666,/srv/a,/srv/b

"#]]
        );
    }

    #[test]
    fn programs_get_names_as_they_are_and_terminals_get_them_harmless() {
        let names = ["=1+1\n\u{1b}[2J.docx", "a\",\"b.docx"];
        let records = names.map(|it| sample::document(it, 1));
        let share = sample::Share::of(&["/srv/a"], records.into());
        let csv = written(&share, PairFormat::Csv);
        let row = ::csv::Reader::from_reader(csv.as_bytes()).records().next().unwrap().unwrap();
        assert_eq!([&row[0], &row[1]], names);
        let shown = written(&share, PairFormat::Terminal);
        assert!(shown.contains("=1+1\\n\\x1b[2J.docx"), "{shown}");
        assert!(!shown.contains('\u{1b}'));
    }
}
