//! A folder of Tantivy with any fields.

use std::ops::ControlFlow;
use std::path::PathBuf;

use serde_json::Value;

use super::values::names;
use super::{
    Asked, Described, Engine, EngineError, EngineKind, Entry, FieldType, Fields, Hit, Known,
    Location, Opening, Role, Sink, Streamed, Trouble, Wants, missing_marks,
};
use crate::catalog::{Asking, ForeignError, ForeignIndex, ForeignKind};

pub(super) const ENGINE: EngineKind = EngineKind { name: "tantivy", is_server: false, is_at, open };

/// Documents that are looked at to learn what stands in objects.
const LEARNED_FROM: usize = 100;

struct Folder {
    described: Described,
    index: ForeignIndex,
    searched: Vec<String>,
}

fn is_at(location: &Location) -> bool {
    matches!(location, Location::Path(path) if path.is_dir())
}

fn open(location: &Location, opening: Opening) -> Result<Box<dyn Engine>, EngineError> {
    let Location::Path(folder) = location else {
        return Err(EngineError::new(Trouble::NotAnIndex, location.to_string(), ""));
    };
    let name = location.to_string();
    // The folder of a catalog of our own holds its index.
    let within = folder.join("index");
    let is_catalog = !folder.join("meta.json").exists() && within.join("meta.json").exists();
    let place: PathBuf = if is_catalog { within } else { folder.clone() };
    let failed = |error| of_foreign(error, &name);
    let index = ForeignIndex::open(&place).map_err(failed)?;
    let known = known(&index).map_err(failed)?;
    let mut fields = Fields::choose(&opening.wishes, &known, &name)?;
    let mut missing = fields.keep_stored(&known, &name)?;
    missing.extend(missing_marks(&fields));
    let searched = searched(&index, &fields);
    let asked = (!searched.is_empty()).then(|| {
        let fields: Vec<String> = searched.iter().map(|it| format!("`{it}`")).collect();
        format!("for words in {}", fields.join(" and "))
    });
    if asked.is_none() {
        missing.push("no field of words can be searched, so that it is not asked".to_owned());
    }
    let described = Described {
        product: "Tantivy".to_owned(),
        version: None,
        index: name,
        entries: Some(index.len()),
        fields,
        missing,
        asked,
    };
    Ok(Box::new(Folder { described, index, searched }))
}

/// The fields that words are looked for in: of the text and of the title, else of any text.
fn searched(index: &ForeignIndex, fields: &Fields) -> Vec<String> {
    let of_words = index.fields().into_iter().filter(|it| it.is_searched);
    let of_words: Vec<String> =
        of_words.filter(|it| it.kind == ForeignKind::Text).map(|it| it.name).collect();
    let of_role = [Role::Text, Role::Title].into_iter().filter_map(|role| fields.of(role));
    let chosen: Vec<String> =
        of_role.map(|it| it.name.clone()).filter(|it| of_words.contains(it)).collect();
    if chosen.is_empty() { of_words } else { chosen }
}

/// The fields of the schema, and those in objects as far as the first documents show them.
fn known(index: &ForeignIndex) -> Result<Vec<Known>, ForeignError> {
    let mut known = Vec::new();
    let mut objects = Vec::new();
    for field in index.fields() {
        let of = match field.kind {
            ForeignKind::Text => FieldType::Text,
            ForeignKind::Keyword => FieldType::Keyword,
            ForeignKind::Number => FieldType::Number,
            ForeignKind::Date => FieldType::Date,
            ForeignKind::Bytes => FieldType::Bytes,
            ForeignKind::Other => FieldType::Unknown,
            ForeignKind::Object => {
                objects.push(field.name);
                continue;
            }
        };
        known.push(Known { name: field.name, of, is_stored: field.is_stored });
    }
    if !objects.is_empty() {
        let wanted: Vec<&str> = objects.iter().map(String::as_str).collect();
        let mut looked_at = 0;
        index.each(&wanted, &mut |object| {
            for name in object.as_ref().map(names).unwrap_or_default() {
                if !known.iter().any(|it| it.name == name) {
                    known.push(Known::stored(name, FieldType::Unknown));
                }
            }
            looked_at += 1;
            if looked_at < LEARNED_FROM {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        })?;
    }
    Ok(known)
}

impl Folder {
    fn names(&self, wants: Wants) -> Vec<&str> {
        let fields = self.described.fields.iter();
        let fields = fields.filter(|(role, _)| wants.text || *role != Role::Text);
        fields.map(|(_, field)| field.name.as_str()).collect()
    }

    fn entry(&self, object: &Value) -> Entry {
        Entry::of_json(&self.described.fields, None, object)
    }
}

impl Engine for Folder {
    fn described(&self) -> &Described {
        &self.described
    }

    fn stream(&mut self, wants: Wants, sink: Sink<'_>) -> Result<Streamed, EngineError> {
        let mut streamed = Streamed::default();
        let names = self.names(wants);
        let mut number = 0_u64;
        let each = self.index.each(&names, &mut |object| {
            number += 1;
            let entry = object.and_then(|object| match self.entry(&object) {
                entry if entry.place.trim().is_empty() => Err("has no path".to_owned()),
                entry => Ok(entry),
            });
            streamed.take(format_args!("document {number}"), entry, sink)
        });
        each.map_err(|error| of_foreign(error, &self.described.index))?;
        if self.index.has_changed() {
            let note = "the index was written to meanwhile; it was read as it was before";
            streamed.notes.push(note.to_owned());
        } else if self.index.is_being_written() {
            let note = "another program has it open for writing; it was read as of its last commit";
            streamed.notes.push(note.to_owned());
        }
        Ok(streamed)
    }

    fn search(&self, asked: Asked<'_>, k: usize) -> Result<Vec<Hit>, EngineError> {
        let asked = match asked {
            Asked::AnyOf(words) => Asking::AnyOf(words),
            Asked::Typed(query) => Asking::Typed(query),
        };
        let searched: Vec<&str> = self.searched.iter().map(String::as_str).collect();
        let names = self.names(Wants { text: false });
        let found = self.index.find(asked, &searched, &names, k);
        let found = found.map_err(|error| of_foreign(error, &self.described.index))?;
        Ok(found.iter().map(|object| self.entry(object).into()).collect())
    }
}

fn of_foreign(error: ForeignError, index: &str) -> EngineError {
    let trouble = match &error {
        ForeignError::Missing => Trouble::Absent,
        ForeignError::NotAnIndex(_) => Trouble::NotAnIndex,
        ForeignError::OtherVersion(_) => Trouble::OtherVersion,
        ForeignError::Incomplete(_) => Trouble::HalfCopied,
        ForeignError::BeingWritten => Trouble::BeingWritten,
        ForeignError::Locked(_) => Trouble::Locked,
        ForeignError::Unreadable(_) => Trouble::Unreadable,
        _ => Trouble::Broken,
    };
    EngineError::new(trouble, index, error.to_string())
}
