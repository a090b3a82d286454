//! An index of our own from the inside: its files, its records, its texts.

use std::collections::BTreeMap;

use crate::catalog::{Catalog, CatalogError, IndexWalk, Indexed, Listed};
use crate::extract::{FORMATS, Format};
use crate::fingerprint::{self, Fingerprint};
use crate::inventory::{Record, Status, document_key};

use super::digest::Digest;
use super::row::{Row, State, Tells};
use super::sample::Reservoir;
use super::{Check, EXAMPLES, Example, Gates, Tally, Verdict};

/// Fewer words than this are no text.
const LEAST_WORDS: u32 = 5;
/// Formats whose fingerprint is of their rows, not of the whole text.
const SHEETS: &[&str] = &["csv", "ods", "xls", "xlsb", "xlsx"];

/// The records of a catalog in order, each with what the index has of it.
#[expect(missing_debug_implementations, reason = "holds an iterator, which has none")]
pub struct OwnRows {
    records: Box<dyn Iterator<Item = Result<Listed, CatalogError>>>,
    // Ascending by id.
    indexed: Vec<Indexed>,
    has_record: Vec<bool>,
    error: Option<CatalogError>,
}

impl OwnRows {
    /// The rows of a catalog.
    pub fn of(catalog: &Catalog) -> Result<Self, CatalogError> {
        let indexed = catalog.indexed()?;
        let has_record = vec![false; indexed.len()];
        Ok(Self { records: Box::new(catalog.listed()), indexed, has_record, error: None })
    }

    /// What is in the index twice, and, once all rows were taken, the keys of entries that no record
    /// knows; the error that ended the rows early, where one did.
    pub fn finish(
        self,
        catalog: &Catalog,
        gates: &Gates,
    ) -> Result<(Check, Vec<Example>), CatalogError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let mut twice = Tally::of(self.indexed.len() as u64);
        let pairs = self.indexed.windows(2).filter(|it| it[0].id == it[1].id);
        let pairs: Vec<Indexed> = pairs.map(|it| it[0]).collect();
        for path in catalog.paths_of(&pairs)? {
            twice.add(|| Example::new(path, "has more than one entry"));
        }
        let has_none = self.has_record.iter().map(|it| !it);
        let strays = self.indexed.iter().zip(has_none).filter(|it| it.1);
        let strays: Vec<Indexed> = strays.map(|it| *it.0).collect();
        let stray = |path| Example::new(path, "has an entry and no record");
        let strays = catalog.paths_of(&strays)?.into_iter().map(stray).collect();
        Ok((twice.check("twice", gates), strays))
    }

    fn row(&mut self, listed: Listed) -> Row {
        let Listed { root, file, format, status, hash, .. } = listed;
        let is_readable = matches!(status, Status::Read | Status::PartlyRead(_));
        let id = Indexed::id_of(&document_key(root, &file.path));
        let first = self.indexed.partition_point(|it| it.id < id);
        let mut entry = None;
        for at in (first..self.indexed.len()).take_while(|at| self.indexed[*at].id == id) {
            self.has_record[at] = is_readable;
            entry = Some(self.indexed[at]);
        }
        let state = match (status, entry) {
            (Status::NotADocument, _) => State::NoDocument,
            (Status::NotRead(_), _) => State::Unread,
            (_, None) => State::Lost,
            (_, Some(entry))
                if hash.is_some_and(|it| Indexed::content_of(&it) != entry.content) =>
            {
                State::IndexedOtherwise
            }
            (_, Some(_)) => State::Indexed,
        };
        let hash = hash.map(Digest::Blake3);
        Row { root, file, tells: Tells::ALL, format, state, hash }
    }
}

impl Iterator for OwnRows {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        if self.error.is_some() {
            return None;
        }
        match self.records.next()? {
            Ok(listed) => Some(self.row(listed)),
            Err(error) => {
                self.error = Some(error);
                None
            }
        }
    }
}

/// What a catalog's records say of how documents were read.
pub fn records_checks(catalog: &Catalog, gates: &Gates) -> Result<Vec<Check>, CatalogError> {
    let (mut unreadable, mut truncated) = (Tally::default(), Tally::default());
    let (mut empty, mut schema) = (Tally::default(), Tally::default());
    let mut reasons: BTreeMap<String, u64> = BTreeMap::new();
    for listed in catalog.listed() {
        let listed = listed?;
        let path = &listed.file.path;
        if listed.status == Status::NotADocument {
            continue;
        }
        unreadable.of += 1;
        if let Some(words) = outdated(&listed) {
            schema.add(|| Example::new(path, words));
        }
        match &listed.status {
            Status::NotRead(failure) => {
                *reasons.entry(failure.reason.clone()).or_default() += 1;
                unreadable.add(|| Example::new(path, &failure.detail));
                continue;
            }
            Status::PartlyRead(why) => truncated.add(|| Example::new(path, why)),
            Status::Read | Status::NotADocument => {}
        }
        empty.of += 1;
        if listed.words < LEAST_WORDS {
            empty.add(|| Example::new(path, format!("{} words", listed.words)));
        }
    }
    truncated.of = empty.of;
    schema.of = unreadable.of;
    if !reasons.is_empty() {
        let mut reasons: Vec<_> = reasons.into_iter().collect();
        reasons.sort_by_key(|it| std::cmp::Reverse(it.1));
        let words: Vec<_> = reasons.iter().map(|(it, count)| format!("{count} {it}")).collect();
        unreadable = unreadable.noted(words.join(", "));
    }
    if !catalog.has_current_schema() {
        schema.add(|| Example::new("", "the index has other fields than this docrot makes"));
    }
    if 0 < schema.count {
        schema = schema.noted("scan again to read them with the versions in use");
    }
    Ok(vec![
        unreadable.check("unreadable", gates),
        truncated.check("truncated", gates),
        empty.check("empty", gates),
        schema.check("schema", gates),
    ])
}

/// What a document was read by that is not in use any more.
fn outdated(listed: &Listed) -> Option<String> {
    let format = listed.format.as_ref()?;
    let now = FORMATS.iter().find(|it| it.name == format.name).map(Format::reading_version);
    if now.is_some_and(|now| now != format.version) {
        return Some(format!("read by version {} of the {} reader", format.version, format.name));
    }
    let then = listed.fingerprint_version?;
    let words = format!("fingerprint of version {then}, now {}", fingerprint::VERSION);
    (then != fingerprint::VERSION).then_some(words)
}

/// What a walk through the files of an index says.
pub fn index_checks(walk: &IndexWalk, gates: &Gates) -> Vec<Check> {
    let mut integrity = Tally::of(walk.files + walk.faults.len() as u64);
    for fault in walk.faults.iter().filter(|it| it.is_grave) {
        integrity.add(|| Example::new(&fault.file, &fault.what));
    }
    let minor: Vec<_> = walk.faults.iter().filter(|it| !it.is_grave).collect();
    let mut notes: Vec<String> =
        minor.iter().map(|it| format!("{} {}", it.file.display(), it.what)).collect();
    notes.extend(walk.notes.iter().cloned());
    if walk.is_being_written {
        notes.push("it is being written to right now".to_owned());
    }
    if 0 < walk.read_back {
        notes.push(format!("{} documents were read back", walk.read_back));
    }
    if !notes.is_empty() {
        integrity = integrity.noted(notes.join("; "));
    }
    let bytes: u64 = walk.unreferenced.iter().map(|it| it.1).sum();
    let mut unreferenced = Tally::of(walk.files + walk.unreferenced.len() as u64);
    for (file, bytes) in &walk.unreferenced {
        unreferenced.add(|| Example::new(file, format!("{bytes} bytes")));
    }
    if 0 < bytes {
        let words = "the next scan that changes something removes them";
        unreferenced = unreferenced.noted(format!("{bytes} bytes; {words}"));
    }
    let mut bloat = Tally::of(walk.documents + walk.deleted);
    bloat.count = walk.deleted;
    let bloat = bloat.noted(format!("its parts: {}", walk.segments));
    let mut bloat = bloat.check("bloat", gates);
    if bloat.verdict == Verdict::Warn {
        // Every index has some: they go when its parts are joined.
        bloat.verdict = Verdict::Ok;
    }
    let mut integrity = integrity.check("integrity", gates);
    if !minor.is_empty() {
        integrity.verdict = integrity.verdict.max(Verdict::Warn);
    }
    vec![integrity, unreferenced.check("unreferenced", gates), bloat]
}

/// Reads texts back from the index, of `sample` documents, and compares them with what was read
/// when they were indexed.
pub fn text_check(
    catalog: &Catalog,
    sample: u64,
    seed: u64,
    gates: &Gates,
) -> Result<Check, CatalogError> {
    let mut drawn = Reservoir::new(sample, seed);
    for listed in catalog.listed() {
        let listed = listed?;
        if matches!(listed.status, Status::Read | Status::PartlyRead(_)) {
            drawn.see(|| listed);
        }
    }
    let (drawn, of) = drawn.into_drawn();
    let texts = catalog.texts()?;
    let mut tally = Tally::of(drawn.len() as u64);
    let mut garbled = 0_u64;
    for listed in &drawn {
        let path = &listed.file.path;
        let Some(text) = texts(&as_record(listed)) else {
            tally.add(|| Example::new(path, "its text cannot be read back"));
            continue;
        };
        garbled += u64::from(is_garbled(&text));
        let is_sheet = listed.format.as_ref().is_some_and(|it| SHEETS.contains(&it.name.as_str()));
        let is_comparable = !is_sheet && listed.fingerprint_version == Some(fingerprint::VERSION);
        if is_comparable && Fingerprint::of(&text).is_none_or(|now| now.text != listed.text) {
            tally.add(|| Example::new(path, "the index holds another text than was read"));
        }
    }
    tally.is_sample = tally.of < of;
    tally.examples.truncate(EXAMPLES);
    if 0 < garbled {
        let words = "hold characters that could not be read (U+FFFD)";
        tally = tally.noted(format!("{garbled} of {} {words}", drawn.len()));
    }
    Ok(tally.check("text", gates))
}

/// Whether a text has more than a stray character that could not be decoded.
fn is_garbled(text: &str) -> bool {
    const MOST_OF_A_THOUSAND: usize = 2;
    let bad = text.matches('\u{fffd}').count();
    MOST_OF_A_THOUSAND * text.len() < bad * 1_000
}

/// As much of a record as finding its text takes.
fn as_record(listed: &Listed) -> Record {
    Record {
        root: listed.root,
        file: listed.file.clone(),
        status: listed.status.clone(),
        reached: None,
        format: None,
        metadata: Default::default(),
        hash: listed.hash,
        fingerprint: None,
    }
}
