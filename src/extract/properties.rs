//! Properties of office documents, cut to what a record can carry.

use super::metadata::{Fact, Metadata, Provenance};

/// Most of a title, name or such that is kept, in bytes.
const MAX_VALUE_BYTES: usize = 500;
/// Most properties that users added and that are kept.
const MAX_PROPERTIES: usize = 50;

/// Notes a fact, unless there is one; blank ones are none.
pub(super) fn set(field: &mut Option<Fact<String>>, value: &str, provenance: Provenance) {
    let value = value.trim();
    if field.is_none() && !value.is_empty() {
        let end = value.floor_char_boundary(MAX_VALUE_BYTES);
        *field = Some(Fact::new(value[..end].to_owned(), provenance));
    }
}

/// Adds a property that a user named. Long ones are data of programs, not words of people, and are
/// left out.
pub(super) fn add(metadata: &mut Metadata, name: &str, value: &str) {
    let (name, value) = (name.trim(), value.trim());
    let is_blank = name.is_empty() || value.is_empty();
    let is_long = MAX_VALUE_BYTES < name.len().max(value.len());
    if !is_blank && !is_long && metadata.properties.len() < MAX_PROPERTIES {
        metadata.properties.push((name.to_owned(), value.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_value_that_is_not_blank_stays_and_is_cut() {
        let mut field = None;
        for value in [" ", &"ä".repeat(1000), "later"] {
            set(&mut field, value, Provenance::FileSystem);
        }
        assert_eq!(field.unwrap().value.len(), MAX_VALUE_BYTES);
    }

    #[test]
    fn long_and_blank_properties_are_left_out() {
        let mut metadata = Metadata::default();
        add(&mut metadata, "a", &"x".repeat(1000));
        add(&mut metadata, "b", " ");
        for _ in 0..100 {
            add(&mut metadata, "c", "d");
        }
        assert_eq!(metadata.properties.len(), MAX_PROPERTIES);
    }
}
