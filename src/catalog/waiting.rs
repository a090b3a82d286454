//! A document on its way into the index: its fields, and the room that its text takes until an
//! indexing thread has taken it in.
//!
//! Tantivy lets ten thousand documents wait, whatever their size; the room keeps that in bounds.

use tantivy::DateTime;
use tantivy::schema::document::{ReferenceValue, ReferenceValueLeaf};
use tantivy::schema::{Document, Field, Value};

use super::room::Taken;

/// What a field holds.
#[derive(Clone, Debug)]
pub(super) enum Held {
    Bytes([u8; 16]),
    Number(u64),
    Text(Box<str>),
    Time(DateTime),
}

/// Fields with their values, and the room they take.
pub(super) struct Waiting {
    pub(super) fields: Vec<(Field, Held)>,
    pub(super) _taken: Taken,
}

impl Document for Waiting {
    type Value<'a> = &'a Held;
    type FieldsValuesIter<'a> = Fields<'a>;

    fn iter_fields_and_values(&self) -> Fields<'_> {
        Fields(self.fields.iter())
    }
}

/// The fields of a document, one after the other.
pub(super) struct Fields<'a>(std::slice::Iter<'a, (Field, Held)>);

impl<'a> Iterator for Fields<'a> {
    type Item = (Field, &'a Held);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|(field, held)| (*field, held))
    }
}

impl<'a> Value<'a> for &'a Held {
    type ArrayIter = std::iter::Empty<Self>;
    type ObjectIter = std::iter::Empty<(&'a str, Self)>;

    fn as_value(&self) -> ReferenceValue<'a, Self> {
        ReferenceValue::Leaf(match self {
            Held::Bytes(bytes) => ReferenceValueLeaf::Bytes(bytes),
            Held::Number(number) => ReferenceValueLeaf::U64(*number),
            Held::Text(text) => ReferenceValueLeaf::Str(text),
            Held::Time(time) => ReferenceValueLeaf::Date(*time),
        })
    }
}
