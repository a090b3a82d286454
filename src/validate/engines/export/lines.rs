//! One JSON object a line.

use std::io::{BufRead as _, Read as _};

use serde_json::Value;

use super::{
    Described, Engine, EngineError, Fields, Input, LEARNED_FROM, Sink, Streamed, Trouble, Wants,
    Wishes, describe, entry, learn, unreadable,
};

/// Longer lines hold no document that anybody reads, and would be held in memory.
const MAX_LINE_BYTES: u64 = 512 << 20;

struct Lines {
    described: Described,
    input: Input,
    // Lines that were read to learn the fields.
    ahead: Vec<Line>,
    line: u64,
}

/// A line with its number, from 1.
struct Line {
    number: u64,
    object: Result<Value, String>,
}

pub(super) fn open(
    input: Input,
    wishes: &Wishes,
    index: String,
) -> Result<Box<dyn Engine>, EngineError> {
    let described = Described { index, ..Described::default() };
    let mut lines = Lines { described, input, ahead: Vec::new(), line: 0 };
    let mut objects = Vec::new();
    while objects.len() < LEARNED_FROM && lines.ahead.len() < 10 * LEARNED_FROM {
        let Some(line) = lines.next()? else { break };
        objects.extend(line.object.as_ref().ok().cloned());
        lines.ahead.push(line);
    }
    let index = std::mem::take(&mut lines.described.index);
    if objects.is_empty() {
        let why = lines.ahead.into_iter().find_map(|it| it.object.err()).unwrap_or_default();
        return Err(EngineError::new(Trouble::NotAnIndex, index, format!("line 1 {why}")));
    }
    let fields = Fields::choose(wishes, &learn(&objects), &index)?;
    lines.described = describe(index, "export (NDJSON)", fields);
    Ok(Box::new(lines))
}

impl Lines {
    /// The next line that is not empty.
    fn next(&mut self) -> Result<Option<Line>, EngineError> {
        let failed = |error| unreadable(&self.described.index, error);
        loop {
            let mut bytes = Vec::new();
            let mut bounded = self.input.by_ref().take(MAX_LINE_BYTES);
            let read = bounded.read_until(b'\n', &mut bytes).map_err(failed)?;
            if read == 0 {
                return Ok(None);
            }
            self.line += 1;
            let number = self.line;
            if read as u64 == MAX_LINE_BYTES && bytes.last() != Some(&b'\n') {
                self.input.skip_until(b'\n').map_err(failed)?;
                return Ok(Some(Line { number, object: Err("is too long".to_owned()) }));
            }
            if bytes.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let object = serde_json::from_slice(&bytes).map_err(|error| no_json(&error));
            return Ok(Some(Line { number, object }));
        }
    }
}

/// Why a line is no JSON, in words without its own number of lines.
fn no_json(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or(&text);
    format!("is no JSON: {what}, column {}", error.column())
}

impl Engine for Lines {
    fn described(&self) -> &Described {
        &self.described
    }

    fn stream(&mut self, wants: Wants, sink: Sink<'_>) -> Result<Streamed, EngineError> {
        let mut streamed = Streamed::default();
        let mut ahead = std::mem::take(&mut self.ahead).into_iter();
        while let Some(line) = ahead.next().map_or_else(|| self.next(), |it| Ok(Some(it)))? {
            let Line { number, object } = line;
            let entry = object.and_then(|it| entry(&self.described.fields, &it, wants));
            if streamed.take(format_args!("line {number}"), entry, sink).is_break() {
                break;
            }
        }
        Ok(streamed)
    }
}
