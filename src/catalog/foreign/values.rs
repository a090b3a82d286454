//! Values of a Tantivy index as JSON, from what is stored and from columns.

use chrono::DateTime;
use serde_json::{Map, Value};
use tantivy::columnar::DynamicColumn;
use tantivy::schema::OwnedValue;
use tantivy::{DocId, SegmentReader};

/// The columns of one field in one part of the index: there is one for each type of its values.
pub(super) struct Column {
    name: String,
    columns: Vec<DynamicColumn>,
}

/// Opens the columns of a field.
pub(super) fn column(segment: &SegmentReader, name: &str) -> tantivy::Result<Column> {
    let handles = segment.fast_fields().dynamic_column_handles(name)?;
    let columns = handles.into_iter().map(|it| it.open()).collect::<Result<_, _>>()?;
    Ok(Column { name: name.to_owned(), columns })
}

/// Adds the first value of every column to a document's object.
pub(super) fn add_columns(columns: &[Column], id: DocId, object: &mut Map<String, Value>) {
    for Column { name, columns } in columns {
        if let Some(value) = columns.iter().find_map(|it| first(it, id)) {
            object.insert(name.clone(), value);
        }
    }
}

fn first(column: &DynamicColumn, id: DocId) -> Option<Value> {
    Some(match column {
        DynamicColumn::Bool(column) => column.first(id)?.into(),
        DynamicColumn::I64(column) => column.first(id)?.into(),
        DynamicColumn::U64(column) => column.first(id)?.into(),
        DynamicColumn::F64(column) => column.first(id)?.into(),
        DynamicColumn::DateTime(column) => {
            let nanoseconds = column.first(id)?.into_timestamp_nanos();
            DateTime::from_timestamp_nanos(nanoseconds).to_rfc3339().into()
        }
        DynamicColumn::Str(column) => {
            let mut text = String::new();
            let ordinal = column.ords().first(id)?;
            column.ord_to_str(ordinal, &mut text).ok()?.then_some(text)?.into()
        }
        DynamicColumn::Bytes(column) => {
            let mut bytes = Vec::new();
            let ordinal = column.ords().first(id)?;
            column.ord_to_bytes(ordinal, &mut bytes).ok()?;
            json(OwnedValue::Bytes(bytes))
        }
        DynamicColumn::IpAddr(_) => return None,
    })
}

/// A stored value: dates as RFC 3339, bytes as Base64.
pub(super) fn json(value: impl Into<OwnedValue>) -> Value {
    // Every value has a form in JSON.
    serde_json::to_value(value.into()).unwrap_or_default()
}
