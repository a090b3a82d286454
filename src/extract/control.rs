//! Document control: the block that says who owns a document and when it is to be reviewed, and the
//! table of its versions.
//!
//! A block counts with three different labels close together: one alone may speak of anything. Looks
//! at the first and the last pages, where such blocks stand, and at headers and footers.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use super::control_table::{Headings, Row};
use super::metadata::{Locator, Provenance};
use super::{Metadata, fields};

/// So many different labels make a block.
const MIN_LABELS: usize = 3;

/// And so many below a heading that says what it is.
const MIN_LABELS_TITLED: usize = 2;

/// Such headings, in lower case.
const HEADING_WORDS: &[&str] = &[
    "document control",
    "document information",
    "document details",
    "document properties",
    "document metadata",
    "dokumentenlenkung",
    "dokumentinformation",
    "contrôle du document",
    "control del documento",
];

static HEADINGS: LazyLock<Headings> = LazyLock::new(|| Headings::new(HEADING_WORDS));

/// Labels of a second column that make a table explain fields, in letters of lower case.
const EXPLAINS: &[&str] = &[
    "datatype",
    "default",
    "description",
    "example",
    "explanation",
    "format",
    "meaning",
    "purpose",
    "required",
    "type",
];

/// A longer value is a sentence about something, in bytes.
const MAX_VALUE: usize = 200;

/// So many lines that say something else may stand between two labels of a block.
const MAX_GAP: usize = 2;

/// What a label of document control is about, the field that holds its value, and how it is written,
/// in letters and digits of lower case. Where the field is empty the label only counts.
const LABELS: &[(&str, &str, &str)] = &[
    (
        "number",
        "",
        "documentno documentnumber documentid documentref documentreference docno docid docref \
         docnumber policyno policynumber policyref procedureno procedurenumber referencenumber \
         referenceno reference ref refno dokumentnummer dokumentennummer dokumentnr dokumentennr \
         numérodudocument númerodedocumento 文書番号 文件编号",
    ),
    (
        "version",
        "version",
        "version versionno versionnumber currentversion documentversion revision revisionno \
         revisionnumber rev revno issue issueno issuenumber edition versión versione versão versie \
         versionsnummer 版 版本",
    ),
    (
        "owner",
        "owner",
        "owner documentowner policyowner processowner procedureowner contentowner businessowner \
         ownedby responsible responsibleofficer responsibleperson responsibledepartment \
         accountableofficer policylead leadofficer verantwortlich verantwortlicher verantwortliche \
         dokumenteneigner dokumentenverantwortlicher eigentümer propriétaire responsable \
         propietario responsabile responsável eigenaar 責任者",
    ),
    (
        "author",
        "author",
        "author authors preparedby writtenby draftedby originator autor verfasser erstelltvon \
         ersteller auteur rédigépar redactadopor autore opgestelddoor 作成者 编写",
    ),
    (
        "approval",
        "",
        "approvedby approver authorisedby authorizedby ratifiedby approval approvingbody \
         freigegebenvon freigabe freigabedurch genehmigtvon approuvépar aprobadopor approvatoda \
         aprovadopor goedgekeurddoor 承認者",
    ),
    (
        "approval date",
        "published",
        "approvaldate dateapproved approvedon dateofapproval dateratified freigabedatum \
         datedapprobation fechadeaprobación",
    ),
    (
        "effective",
        "effectivedate",
        "effectivedate dateeffective effectivefrom effective issuedate dateofissue dateissued \
         inforcefrom validfrom gültigab inkrafttreten datedeffet datedentréeenvigueur \
         fechadevigencia fechadeentradaenvigor 施行日 生效日期",
    ),
    (
        "due",
        "nextreviewdate",
        "reviewdate nextreview nextreviewdate datefornextreview dateofnextreview nextreviewdue \
         reviewdue reviewduedate reviewby duedateforreview nächsteprüfung nächsteüberprüfung \
         nächsterevision wiedervorlage prochainerévision prochainerevue próximarevisión \
         prossimarevisione próximarevisão volgendeherziening 次回見直し日 下次评审日期",
    ),
    (
        "reviewed",
        "lastreviewed",
        "lastreview lastreviewed lastreviewdate datelastreviewed datereviewed reviewed reviewedon \
         dateoflastreview letzteprüfung letzteüberprüfung dernièrerévision últimarevisión \
         ultimarevisione",
    ),
    (
        "updated",
        "lastupdated",
        "lastupdated lastupdate lastmodified lastrevised lastamended dateupdated revisiondate \
         versiondate dateofversion dateofrevision letzteänderung versionsdatum dernièremiseàjour \
         últimaactualización",
    ),
    (
        "expires",
        "validuntil",
        "expirydate expirationdate expires validuntil validto gültigbis valablejusquau \
         válidohasta 有効期限 有效期至",
    ),
    (
        "interval",
        "reviewinterval",
        "reviewcycle reviewfrequency reviewperiod reviewinterval reviewschedule prüfintervall \
         überprüfungsintervall prüfzyklus",
    ),
    (
        "classification",
        "",
        "classification documentclassification securityclassification confidentiality \
         informationclassification klassifizierung vertraulichkeit klassifikation \
         confidentialité clasificación",
    ),
    ("distribution", "", "distribution distributionlist audience verteiler"),
    ("status", "status", "status documentstatus statut estado stato"),
    (
        "supersedes",
        "supersedes",
        "supersedes replaces previousversion ersetzt remplace sustituye sostituisce substitui",
    ),
    ("superseded", "supersededby", "supersededby replacedby ersetztdurch remplacépar"),
];

/// What a document's control block says.
pub(super) struct Control {
    /// Where the block stands in the text, in bytes.
    pub range: Range<usize>,
    /// Field, value, and where it stands.
    facts: Vec<(&'static str, String, Provenance)>,
}

/// The fullest control block of a document.
pub(super) fn find(rows: &[Row<'_>]) -> Option<Control> {
    let fullest = |it: &Block<'_>| (it.kinds(), std::cmp::Reverse(it.start));
    let block = blocks(rows).into_iter().max_by_key(fullest)?;
    let with_field = block.pairs.iter().filter(|it| !it.field.is_empty());
    let fact = |it: &Pair<'_>| {
        (it.field, it.value.to_owned(), place("document control", it.label, it.locator))
    };
    Some(Control { range: block.start..block.end, facts: with_field.map(fact).collect() })
}

impl Control {
    /// Notes what the block says.
    pub(super) fn note(&self, metadata: &mut Metadata) {
        for (field, value, provenance) in &self.facts {
            fields::apply_as(metadata, field, value, || provenance.clone());
        }
    }
}

/// `document control Review date, line 4`, or `document control Review date, page 1`.
pub(super) fn place(origin: &str, label: &str, locator: &Locator) -> Provenance {
    let label: String = label.trim().chars().take(60).collect();
    match locator {
        Locator::Line(line) => {
            Provenance::Property { name: format!("{origin} {label}"), line: Some(*line) }
        }
        other => Provenance::property(format!("{origin} {label}, {other}")),
    }
}

/// A label and its value.
struct Pair<'a> {
    kind: &'static str,
    field: &'static str,
    label: &'a str,
    value: &'a str,
    locator: &'a Locator,
}

/// Labels that stand together.
#[derive(Default)]
struct Block<'a> {
    pairs: Vec<Pair<'a>>,
    start: usize,
    end: usize,
    /// Whether a heading above says that it is document control.
    is_titled: bool,
}

impl Block<'_> {
    /// How many different things it speaks of.
    fn kinds(&self) -> usize {
        let mut kinds: Vec<&str> = self.pairs.iter().map(|it| it.kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds.len()
    }
}

/// Every run of labels that makes a block.
fn blocks<'a>(rows: &'a [Row<'a>]) -> Vec<Block<'a>> {
    let mut found: Vec<Block<'a>> = Vec::new();
    let mut open = Block::default();
    let (mut gap, mut at) = (0, 0);
    // The table that is read explains fields, and is of no document.
    let mut explains = false;
    while let Some(row) = rows.get(at) {
        explains = row.is_table && (explains || is_explanation(row));
        let (pairs, taken) = match across(rows, at) {
            Some(pairs) => (pairs, 2),
            None if explains || is_header(rows, at) => (Vec::new(), 1),
            None => (down(row), 1),
        };
        let is_title = pairs.is_empty() && HEADINGS.has(row.text);
        gap = if pairs.is_empty() { gap + 1 } else { 0 };
        if gap > MAX_GAP || row.is_start || is_title {
            found.push(std::mem::take(&mut open));
        }
        if is_title {
            (open.is_titled, gap) = (true, 0);
        }
        if !pairs.is_empty() {
            if open.pairs.is_empty() {
                open.start = row.range.start;
            }
            open.end = rows[at + taken - 1].range.end;
            open.pairs.extend(pairs);
        }
        at += taken;
    }
    found.push(open);
    found.retain(|it| {
        let least = if it.is_titled { MIN_LABELS_TITLED } else { MIN_LABELS };
        least <= it.kinds()
    });
    found
}

/// Whether the header of a table says that it explains what fields mean.
fn is_explanation(row: &Row<'_>) -> bool {
    row.cells.iter().skip(1).any(|cell| EXPLAINS.contains(&fields::squash(cell).as_str()))
}

/// Whether a row of several labels heads a list: the next row is as wide, and has none.
fn is_header(rows: &[Row<'_>], at: usize) -> bool {
    let row = &rows[at];
    if !row.is_table || row.cells.len() < 3 {
        return false;
    }
    let is_label = |cell: &&str| label_of(cell.split([':', '：']).next().unwrap_or(cell)).is_some();
    let next = rows.get(at + 1).filter(|it| it.is_table && it.cells.len() == row.cells.len());
    let heads = next.is_some_and(|it| !it.cells.iter().any(is_label));
    // In a row of labels and values every second cell is a label.
    let labels = row.cells.iter().step_by(2).all(|cell| cell.is_empty() || is_label(cell));
    let is_inline = row.cells.iter().any(|cell| cell.contains(':') && is_label(cell));
    heads || !labels && !is_inline
}

/// Labels with their values beside them: `Owner | HR`, `Version | 3.2 | Status | Draft`, `Owner: HR`.
fn down<'a>(row: &'a Row<'a>) -> Vec<Pair<'a>> {
    let mut pairs = Vec::new();
    let mut cells = row.cells.iter().copied().peekable();
    while let Some(cell) = cells.next() {
        let (label, inline) = match cell.split_once([':', '：']) {
            Some((label, value)) => (label, value.trim()),
            None => (cell, ""),
        };
        // What is written as code is the name of a field, not a label.
        let Some((kind, field)) = label_of(label).filter(|_| !label.contains('`')) else {
            continue;
        };
        let value = match inline {
            "" => match cells.peek() {
                Some(next) if label_of(next).is_none() => cells.next().unwrap_or_default(),
                _ => continue,
            },
            inline => inline,
        };
        if !bare(value).is_empty() && value.len() <= MAX_VALUE {
            let (label, value) = (bare(label), bare(value));
            pairs.push(Pair { kind, field, label, value, locator: &row.locator });
        }
    }
    pairs
}

/// Labels in one row and their values in the next, which is the last of its table: more rows would
/// be a list of documents.
fn across<'a>(rows: &'a [Row<'a>], at: usize) -> Option<Vec<Pair<'a>>> {
    let (labels, values) = (&rows[at], rows.get(at + 1)?);
    let is_same = |row: &Row<'_>| row.is_table && row.cells.len() == labels.cells.len();
    let is_list = rows.get(at + 2).is_some_and(is_same);
    if labels.cells.len() < MIN_LABELS || !is_same(labels) || !is_same(values) || is_list {
        return None;
    }
    let known = labels.cells.iter().filter(|cell| label_of(cell).is_some()).count();
    let in_values = values.cells.iter().filter(|cell| label_of(cell).is_some()).count();
    if known < MIN_LABELS || in_values > 0 {
        return None;
    }
    let pairs = labels.cells.iter().zip(&values.cells).filter_map(|(label, value)| {
        let (kind, field) = label_of(label)?;
        let (label, value) = (bare(label), bare(value));
        (!value.is_empty()).then_some(Pair { kind, field, label, value, locator: &values.locator })
    });
    Some(pairs.collect())
}

/// What a label is about, and the field of its value.
pub(super) fn label_of(label: &str) -> Option<(&'static str, &'static str)> {
    if label.len() > 60 {
        return None;
    }
    static KNOWN: LazyLock<HashMap<&str, (&str, &str)>> = LazyLock::new(|| {
        let words = |(kind, field, labels): &(&'static str, &'static str, &'static str)| {
            let (kind, field) = (*kind, *field);
            labels.split_whitespace().map(move |label| (label, (kind, field)))
        };
        LABELS.iter().flat_map(words).collect()
    });
    KNOWN.get(fields::squash(label).as_str()).copied()
}

/// A cell without the marks around it.
pub(super) fn bare(cell: &str) -> &str {
    cell.trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '_' | '`' | ':' | '：'))
}

#[cfg(test)]
#[path = "control_tests.rs"]
mod tests;
