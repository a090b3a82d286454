//! A CSV table with the names of its columns in the first line.

use std::io::{BufRead as _, Read as _};

use csv::StringRecord;
use serde_json::Value;

use super::super::values;
use super::{
    Described, Engine, EngineError, Entry, Fields, Input, Known, Sink, Streamed, Trouble, Wants,
    Wishes, describe, unreadable,
};
use crate::validate::engines::{FieldType, Role};

struct Table {
    described: Described,
    rows: csv::Reader<std::io::Chain<std::io::Cursor<Vec<u8>>, Input>>,
    // The columns of each role.
    columns: Vec<(Role, usize)>,
}

pub(super) fn open(
    mut input: Input,
    wishes: &Wishes,
    index: String,
) -> Result<Box<dyn Engine>, EngineError> {
    const LONGEST_HEADER: u64 = 1 << 16;
    let mut first = Vec::new();
    let mut bounded = input.by_ref().take(LONGEST_HEADER);
    let read = bounded.read_until(b'\n', &mut first);
    read.map_err(|error| unreadable(&index, error))?;
    let delimiter = delimiter_of(&first);
    let rows = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .from_reader(std::io::Cursor::new(first).chain(input));
    let mut rows = rows;
    let names = match rows.headers() {
        Ok(names) => names.clone(),
        Err(error) => {
            return Err(EngineError::new(Trouble::NotAnIndex, index, error.to_string()));
        }
    };
    let named = |name: &str| Known::stored(name.trim(), FieldType::Unknown);
    let known: Vec<Known> = names.iter().map(named).collect();
    let fields = Fields::choose(wishes, &known, &index)?;
    let place = |name: &str| names.iter().position(|it| it.trim() == name);
    let columns = fields.iter().filter_map(|(role, field)| Some((role, place(&field.name)?)));
    let columns = columns.collect();
    let described = describe(index, "export (CSV)", fields);
    Ok(Box::new(Table { described, rows, columns }))
}

/// What stands between the names in the first line: whichever of the usual strokes is there most.
fn delimiter_of(line: &[u8]) -> u8 {
    let count = |byte: u8| line.iter().filter(|it| **it == byte).count();
    let most = [b',', b';', b'\t'].into_iter().rev().max_by_key(|it| count(*it));
    most.unwrap_or(b',')
}

impl Table {
    fn entry(&self, row: &StringRecord, wants: Wants) -> Result<Entry, String> {
        let mut entry = Entry::default();
        for (role, column) in &self.columns {
            let cell = row.get(*column).unwrap_or_default();
            if cell.trim().is_empty() {
                continue;
            }
            let text = || cell.to_owned();
            match role {
                Role::Id => entry.id = text(),
                Role::Path => entry.place = text(),
                Role::Title => entry.title = Some(text()),
                Role::Text => entry.text = wants.text.then(text),
                Role::Modified => entry.modified = values::date(&Value::String(text())),
                Role::Size => entry.size = cell.trim().parse().ok(),
                Role::Hash => entry.hash = Some(text()),
            }
        }
        if entry.place.trim().is_empty() {
            let name = self.described.fields.of(Role::Path).map_or("", |it| it.name.as_str());
            return Err(format!("has no `{name}`"));
        }
        Ok(entry)
    }
}

impl Engine for Table {
    fn described(&self) -> &Described {
        &self.described
    }

    fn stream(&mut self, wants: Wants, sink: Sink<'_>) -> Result<Streamed, EngineError> {
        let mut streamed = Streamed::default();
        let mut row = StringRecord::new();
        loop {
            let line = self.rows.position().line();
            match self.rows.read_record(&mut row) {
                Ok(false) => return Ok(streamed),
                Ok(true) => {}
                Err(error) if error.is_io_error() => {
                    let csv::ErrorKind::Io(error) = error.into_kind() else { continue };
                    return Err(unreadable(&self.described.index, error));
                }
                Err(error) => {
                    streamed.add_bad(format!("line {line}"), words(&error));
                    continue;
                }
            }
            let line = row.position().map_or(line, csv::Position::line);
            let entry = self.entry(&row, wants);
            if streamed.take(format_args!("line {line}"), entry, sink).is_break() {
                return Ok(streamed);
            }
        }
    }
}

/// Why a row cannot be read.
fn words(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Utf8 { .. } => "is no UTF-8; export it as UTF-8".to_owned(),
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("has {len} cells where there are {expected_len} columns")
        }
        _ => error.to_string(),
    }
}
