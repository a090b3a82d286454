//! One JSON list of objects, of which one at a time is held.

use std::io::BufRead as _;

use serde::Deserialize as _;
use serde_json::Value;

use super::{
    Described, Engine, EngineError, Fields, Input, LEARNED_FROM, Sink, Streamed, Trouble, Wants,
    Wishes, describe, entry, learn, unreadable,
};

struct List {
    described: Described,
    input: Input,
    // Objects that were read to learn the fields.
    ahead: Vec<Result<Value, String>>,
    is_over: bool,
}

pub(super) fn open(
    input: Input,
    wishes: &Wishes,
    index: String,
) -> Result<Box<dyn Engine>, EngineError> {
    let described = Described { index, ..Described::default() };
    let mut list = List { described, input, ahead: Vec::new(), is_over: false };
    list.input.consume(1);
    while list.ahead.len() < LEARNED_FROM {
        let Some(object) = list.next()? else { break };
        list.ahead.push(object);
    }
    let index = std::mem::take(&mut list.described.index);
    let objects: Vec<Value> =
        list.ahead.iter().filter_map(|it| it.as_ref().ok().cloned()).collect();
    if !objects.iter().any(Value::is_object) {
        return Err(EngineError::new(Trouble::NotAnIndex, index, "it is a list without objects"));
    }
    let fields = Fields::choose(wishes, &learn(&objects), &index)?;
    list.described = describe(index, "export (JSON)", fields);
    Ok(Box::new(list))
}

impl List {
    /// The next object; what follows a broken one cannot be found.
    fn next(&mut self) -> Result<Option<Result<Value, String>>, EngineError> {
        while !self.is_over {
            let buffer = self.input.fill_buf();
            let buffer = buffer.map_err(|error| unreadable(&self.described.index, error))?;
            match buffer.first() {
                None => {
                    self.is_over = true;
                    return Ok(Some(Err("is where it ends, without a `]`".to_owned())));
                }
                Some(b']') => self.is_over = true,
                Some(b',') => self.input.consume(1),
                Some(byte) if byte.is_ascii_whitespace() => self.input.consume(1),
                Some(_) => {
                    let mut json = serde_json::Deserializer::from_reader(&mut self.input);
                    let value = Value::deserialize(&mut json);
                    self.is_over = value.is_err();
                    let broken = |error| format!("is no JSON, and ends what can be read: {error}");
                    return Ok(Some(value.map_err(broken)));
                }
            }
        }
        Ok(None)
    }
}

impl Engine for List {
    fn described(&self) -> &Described {
        &self.described
    }

    fn stream(&mut self, wants: Wants, sink: Sink<'_>) -> Result<Streamed, EngineError> {
        let mut streamed = Streamed::default();
        let mut ahead = std::mem::take(&mut self.ahead).into_iter();
        let mut number = 0_u64;
        while let Some(object) = ahead.next().map_or_else(|| self.next(), |it| Ok(Some(it)))? {
            number += 1;
            let entry = object.and_then(|it| entry(&self.described.fields, &it, wants));
            if streamed.take(format_args!("object {number}"), entry, sink).is_break() {
                break;
            }
        }
        Ok(streamed)
    }
}
