//! The findings as data for the script of the page: rows of numbers that point into lists of words
//! and documents, so that what is said a thousand times is written once.
//!
//! Above some thousands of findings it is packed. What would make the page too large is left out,
//! the least grave first, and the page says so.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io;

use crate::inventory::DocId;
use crate::report::{asks, escape, words};
use crate::rot::{Evidence, Finding, RULES, Value};

use super::pack::{pack, push_string};
use super::{Page, list, split, standing};

/// More findings than this are packed.
const PLAIN_ROWS: usize = 5_000;
/// The data may be as large as this as it stands in the page, so that the page stays below 8 MB.
const MOST_BYTES: usize = 7_500_000;
/// Unpacked it may be so many times as large: more than this never fits.
const MOST_RATIO: usize = 6;

/// What the script reads.
pub(super) struct Data {
    text: String,
    is_packed: bool,
    /// How many findings are in it.
    pub(super) rows: usize,
    /// Its size in bytes before it is packed.
    pub(super) unpacked: usize,
}

impl Data {
    pub(super) fn of(page: &Page) -> Self {
        Self::within(page, MOST_BYTES)
    }

    fn within(page: &Page, most_bytes: usize) -> Self {
        let mut rows = page.order.len();
        loop {
            let (json, fitting) = Json::of(page, rows, MOST_RATIO * most_bytes);
            rows = fitting;
            let unpacked = json.len();
            let is_packed = PLAIN_ROWS < rows;
            let text = if is_packed {
                pack(json.as_bytes()).expect("writing to memory does not fail")
            } else {
                json
            };
            if text.len() <= most_bytes || rows == 0 {
                return Self { text, is_packed, rows, unpacked };
            }
            // A little less than what would fit if all findings were as long.
            rows = (rows as f64 * 0.95 * most_bytes as f64 / text.len() as f64) as usize;
        }
    }

    pub(super) fn write(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let kind = if self.is_packed { "text/plain" } else { "application/json" };
        write!(out, "<script type=\"{kind}\" id=\"data\">")?;
        out.write_all(self.text.as_bytes())?;
        out.write_all(b"</script>")
    }
}

/// The data while it is written.
#[derive(Default)]
struct Json {
    rows: String,
    strings: Strings,
    /// `[folder, name, folder for the shell]`, the last a position of a text, or -1 where the name
    /// cannot be typed.
    documents: String,
    positions: HashMap<DocId, u32>,
}

/// Texts, each once; the first is empty.
struct Strings {
    json: String,
    positions: HashMap<String, u32>,
}

impl Default for Strings {
    fn default() -> Self {
        Self { json: "\"\"".to_owned(), positions: HashMap::from([(String::new(), 0)]) }
    }
}

impl Strings {
    fn put(&mut self, text: &str) -> u32 {
        if let Some(&position) = self.positions.get(text) {
            return position;
        }
        let position = self.positions.len() as u32;
        self.json.push(',');
        push_string(&mut self.json, text);
        self.positions.insert(text.to_owned(), position);
        position
    }
}

impl Json {
    /// At most `rows` rows of at most `most_bytes`, and how many there are.
    fn of(page: &Page, rows: usize, most_bytes: usize) -> (String, usize) {
        let mut json = Self::default();
        let mut written = 0;
        for (position, finding) in page.listed().take(rows) {
            if most_bytes < json.rows.len() + json.strings.json.len() + json.documents.len() {
                break;
            }
            json.row(page, position, finding);
            written += 1;
        }
        (json.whole(page), written)
    }

    fn whole(&self, page: &Page) -> String {
        let json = self;
        let mut whole = String::with_capacity(
            json.rows.len() + json.strings.json.len() + json.documents.len() + 1000,
        );
        whole.push_str("{\"rules\":[");
        for (position, rule) in RULES.iter().enumerate() {
            whole.push_str(if position == 0 { "" } else { "," });
            push_string(&mut whole, rule.id);
        }
        whole.push_str("],\"arguments\":");
        push_string(&mut whole, &escape::visible(page.report.options.arguments));
        for (name, list) in
            [("documents", &json.documents), ("rows", &json.rows), ("strings", &json.strings.json)]
        {
            whole.push_str(&format!(",\"{name}\":[{list}]"));
        }
        whole.push('}');
        whole
    }

    /// `[severity, rule, document, owner, date, what it is, where it stands, what is asked, why, how
    /// sure, evidence, how it stands, 1 for news and 2 for what is settled]`, texts by their
    /// position; the last two only where they are known.
    fn row(&mut self, page: &Page, position: usize, finding: &Finding) {
        let rule = RULES.iter().position(|it| it.id == finding.rule.id).unwrap_or(RULES.len());
        let document = self.document(page, finding.document);
        let owner = match page.owner(finding.document) {
            Some(owner) => self.strings.put(&owner),
            None => 0,
        };
        let [date, role, place] = self.date(page, finding.document);
        let ask = self.strings.put(asks::ask(finding));
        let separator = if self.rows.is_empty() { "" } else { "," };
        let severity = finding.severity as u8;
        self.push(format_args!(
            "{separator}[{severity},{rule},{document},{owner},{date},{role},{place},{ask},"
        ));
        match list::Why::of(page, finding) {
            list::Why::Evidence => self.push(format_args!("0")),
            list::Why::Sentence(sentence) => {
                let sentence = self.strings.put(&sentence);
                self.push(format_args!("{sentence}"));
            }
            list::Why::Copy { before, stays, after } => {
                let stays = self.document(page, stays);
                let [before, after] = [before, after].map(|it| self.strings.put(&it));
                self.push(format_args!("[{before},{stays},{after}]"));
            }
        }
        self.push(format_args!(",{},[", finding.confidence as u8));
        for (position, evidence) in finding.evidence().iter().enumerate() {
            self.evidence(page, evidence, position == 0);
        }
        self.rows.push(']');
        if let Some(standing) = page.report.standing(position) {
            let words = self.strings.put(&standing::words(standing));
            let kind = if standing.is_settled() { 2 } else { u8::from(standing.is_news()) };
            self.push(format_args!(",{words},{kind}"));
        }
        self.rows.push(']');
    }

    /// `what,value,place`; a value below zero is a document.
    fn evidence(&mut self, page: &Page, evidence: &Evidence, is_first: bool) {
        let what = self.strings.put(evidence.what);
        let value = match evidence.value {
            Value::Document(document) => -1 - i64::from(self.document(page, document)),
            _ => self.strings.put(&words::measured(page.report, evidence)).into(),
        };
        let place = self.strings.put(&words::place(evidence));
        let separator = if is_first { "" } else { "," };
        self.push(format_args!("{separator}{what},{value},{place}"));
    }

    fn push(&mut self, what: std::fmt::Arguments) {
        self.rows.write_fmt(what).expect("writing to a string does not fail");
    }

    fn date(&mut self, page: &Page, document: DocId) -> [u32; 3] {
        let Some(chosen) = page.dates.chosen(document) else { return [0; 3] };
        let date = chosen.date.to_string();
        let role = chosen.words.split(&date).next().unwrap_or_default().trim().to_owned();
        let place = escape::visible(&chosen.provenance.to_string()).into_owned();
        [date, role, place].map(|it| self.strings.put(&it))
    }

    fn document(&mut self, page: &Page, document: DocId) -> u32 {
        if let Some(&position) = self.positions.get(&document) {
            return position;
        }
        let position = self.positions.len() as u32;
        self.positions.insert(document, position);
        let path = page.path(document);
        let (folder, name) = split(&path);
        let shell = self.folder_for_shell(page, document, folder);
        let folder = self.strings.put(folder);
        if position != 0 {
            self.documents.push(',');
        }
        self.documents.push_str(&format!("[{folder},"));
        push_string(&mut self.documents, name);
        match shell {
            Some(shell) if shell == folder => self.documents.push(']'),
            Some(shell) => self.documents.push_str(&format!(",{shell}]")),
            None => self.documents.push_str(",-1]"),
        }
        position
    }

    /// The folder as a command has to name it; none where the path cannot be typed safely.
    fn folder_for_shell(&mut self, page: &Page, document: DocId, shown: &str) -> Option<u32> {
        let record = &page.report.inventory[document];
        let Some(root) = page.report.root_among_several(record) else {
            escape::shell_word(record.file.path.to_str()?)?;
            return Some(self.strings.put(shown));
        };
        let path = root.join(&record.file.path);
        let path = path.to_str()?;
        escape::shell_word(path)?;
        Some(self.strings.put(split(path).0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    fn json(data: &Data) -> serde_json::Value {
        serde_json::from_str(&data.text).unwrap()
    }

    #[test]
    fn rows_point_to_what_they_say() {
        let share = sample::share();
        let report = share.report();
        let data = json(&Data::of(&Page::of(&report)));
        let row = &data["rows"][0];
        let string =
            |at: usize| data["strings"][row[at].as_u64().unwrap() as usize].as_str().unwrap();
        let document = &data["documents"][row[2].as_u64().unwrap() as usize];
        assert_eq!(document[1], "Travel v3.docx");
        assert_eq!(data["strings"][document[0].as_u64().unwrap() as usize], "HR");
        assert_eq!(string(3), "Rosa Ortiz");
        assert_eq!(string(7), "Archive or delete it, and correct links to it");
        let evidence = row[10].as_array().unwrap();
        assert_eq!(data["strings"][evidence[0].as_u64().unwrap() as usize], "banner");
        assert_eq!(data["rows"].as_array().unwrap().len(), 6);
    }

    #[test]
    fn what_does_not_fit_is_the_least_grave() {
        let share = sample::many();
        let report = share.report();
        let page = Page::of(&report);
        let all = Data::of(&page);
        let some = Data::within(&page, all.text.len() / 2);
        assert!(some.text.len() <= all.text.len() / 2);
        assert!(300 < some.rows && some.rows < all.rows, "{}", some.rows);
        assert_eq!(json(&some)["rows"][0], json(&all)["rows"][0]);
    }

    #[test]
    fn a_finding_takes_two_hundred_bytes() {
        let share = sample::many();
        let report = share.report();
        let data = Data::of(&Page::of(&report));
        assert!(data.text.len() < 200 * data.rows, "{} a row", data.text.len() / data.rows);
    }
}
