//! Document properties of OLE containers: `SummaryInformation` and `DocumentSummaryInformation`.
//!
//! Follows [MS-OLEPS]. Values that are cut or of unknown types are passed over.

use chrono::{DateTime, Datelike as _, Duration};
use encoding_rs::{Encoding, UTF_16LE, WINDOWS_1252};

use super::Container;
use crate::extract::metadata::{DateRole, Metadata, Provenance};
use crate::extract::{dates, properties};

/// Most properties of a set that are looked at.
const MAX_PROPERTIES: u32 = 1000;
/// Code pages whose strings are pairs of bytes.
const UNICODE_PAGE: u16 = 1200;

/// A value of a property.
#[derive(Debug, PartialEq)]
enum Value {
    Text(String),
    /// A moment, as ISO 8601.
    Moment(String),
    Number(i64),
    Real(f64),
    Bool(bool),
}

/// What the two property sets of a container say.
pub(in crate::extract) fn metadata(container: &mut Container) -> Metadata {
    let mut metadata = Metadata::default();
    for (stream, name) in [
        ("/\u{5}SummaryInformation", "SummaryInformation"),
        ("/\u{5}DocumentSummaryInformation", "DocumentSummaryInformation"),
    ] {
        if let Some(bytes) = container.read(stream) {
            fill(&mut metadata, &bytes, name);
        }
    }
    metadata
}

fn fill(metadata: &mut Metadata, bytes: &[u8], stream: &str) {
    let sets = number(bytes, 24, 4).unwrap_or(0).min(2);
    for set in 0..sets as usize {
        let Some(start) = number(bytes, 28 + set * 20 + 16, 4) else { return };
        let Some(bytes) = bytes.get(start as usize..) else { continue };
        // The second set holds what users have named.
        if set == 0 {
            fill_known(metadata, bytes, stream);
        } else {
            fill_custom(metadata, bytes);
        }
    }
}

/// Ids of a set's properties and where their values are.
fn entries(set: &[u8]) -> impl Iterator<Item = (u32, usize)> {
    let count = number(set, 4, 4).unwrap_or(0).min(MAX_PROPERTIES);
    (0..count as usize).filter_map(|index| {
        Some((number(set, 8 + index * 8, 4)?, number(set, 12 + index * 8, 4)? as usize))
    })
}

/// The code page of a set's strings, which is its property 1.
fn code_page(set: &[u8]) -> u16 {
    let found = entries(set).find(|(id, _)| *id == 1);
    found.and_then(|(_, at)| number(set, at + 4, 2)).map_or(1252, |it| it as u16)
}

fn fill_known(metadata: &mut Metadata, set: &[u8], stream: &str) {
    let page = code_page(set);
    let is_summary = stream == "SummaryInformation";
    for (id, at) in entries(set) {
        let Some(value) = value(set, at, page) else { continue };
        let role = match (is_summary, id) {
            (true, 12) => Some((DateRole::Created, "created")),
            (true, 13) => Some((DateRole::Updated, "last saved")),
            _ => None,
        };
        if let (Some((role, name)), Value::Moment(moment)) = (role, &value) {
            let provenance = Provenance::property(format!("{stream} {name}"));
            metadata.dates.extend(dates::claim(role, moment, provenance));
            continue;
        }
        let (field, name) = match (is_summary, id) {
            (true, 2) => (&mut metadata.title, "title"),
            (true, 4) => (&mut metadata.creator, "author"),
            (true, 8) => (&mut metadata.last_editor, "last author"),
            (false, 14) => (&mut metadata.owner, "manager"),
            (false, 27) => (&mut metadata.status, "content status"),
            (false, 28) => (&mut metadata.language, "language"),
            (false, 29) => (&mut metadata.version, "document version"),
            _ => continue,
        };
        if let Value::Text(text) = &value {
            properties::set(field, text, Provenance::property(format!("{stream} {name}")));
        }
    }
}

fn fill_custom(metadata: &mut Metadata, set: &[u8]) {
    let page = code_page(set);
    let Some((_, dictionary)) = entries(set).find(|(id, _)| *id == 0) else { return };
    let names = names(set, dictionary, page);
    for (id, at) in entries(set) {
        let Some((_, name)) = names.iter().find(|(it, _)| *it == id) else { continue };
        // What programs leave there for themselves.
        if id < 2 || name.starts_with('_') {
            continue;
        }
        let text = match value(set, at, page) {
            Some(Value::Text(text) | Value::Moment(text)) => text,
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::Real(number)) => number.to_string(),
            Some(Value::Bool(is_so)) => is_so.to_string(),
            None => continue,
        };
        properties::add(metadata, name, &text);
    }
}

/// The names that a dictionary gives to ids.
fn names(set: &[u8], mut at: usize, page: u16) -> Vec<(u32, String)> {
    let mut names = Vec::new();
    let count = number(set, at, 4).unwrap_or(0).min(MAX_PROPERTIES);
    at += 4;
    for _ in 0..count {
        let (Some(id), Some(length)) = (number(set, at, 4), number(set, at + 4, 4)) else { break };
        let is_wide = page == UNICODE_PAGE;
        let bytes = (length as usize).saturating_mul(if is_wide { 2 } else { 1 });
        let Some(name) = at.checked_add(8 + bytes).and_then(|end| set.get(at + 8..end)) else {
            break;
        };
        names.push((id, decode(name, page)));
        at += 8 + if is_wide { bytes.next_multiple_of(4) } else { bytes };
    }
    names
}

fn value(set: &[u8], at: usize, page: u16) -> Option<Value> {
    let kind = number(set, at, 4)? & 0xffff;
    let at = at.checked_add(4)?;
    let sized = |width: usize| {
        let length = (number(set, at, 4)? as usize).checked_mul(width)?;
        set.get(at + 4..(at + 4).checked_add(length)?.min(set.len()))
    };
    Some(match kind {
        2 => Value::Number(i64::from(number(set, at, 2)? as i16)),
        3 | 22 => Value::Number(i64::from(number(set, at, 4)? as i32)),
        19 | 23 => Value::Number(i64::from(number(set, at, 4)?)),
        5 => Value::Real(f64::from_le_bytes(set.get(at..at + 8)?.try_into().ok()?)),
        11 => Value::Bool(number(set, at, 2)? != 0),
        30 => Value::Text(decode(sized(1)?, page)),
        31 => Value::Text(decode(sized(2)?, UNICODE_PAGE)),
        64 => Value::Moment(moment(set.get(at..at + 8)?.try_into().ok()?)?),
        _ => return None,
    })
}

/// A FILETIME as ISO 8601. Durations, which stand in the same type, and zeros are none.
pub(in crate::extract) fn moment(bytes: [u8; 8]) -> Option<String> {
    let microseconds = i64::try_from(u64::from_le_bytes(bytes) / 10).ok()?;
    let start = DateTime::from_timestamp(-11_644_473_600, 0)?;
    let moment = start.checked_add_signed(Duration::microseconds(microseconds))?;
    (1980..=2200).contains(&moment.year()).then(|| moment.format("%Y-%m-%dT%H:%M:%SZ").to_string())
}

/// Bytes in a code page, up to the first NUL.
pub(in crate::extract) fn decode(bytes: &[u8], page: u16) -> String {
    let encoding = match page {
        UNICODE_PAGE => UTF_16LE,
        // What Macintosh programs write.
        0 => WINDOWS_1252,
        page => codepage::to_encoding(page).unwrap_or(WINDOWS_1252),
    };
    let text = decoded(encoding, bytes);
    text.split('\0').next().unwrap_or_default().to_owned()
}

fn decoded(encoding: &'static Encoding, bytes: &[u8]) -> String {
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

/// A little-endian number of up to four bytes.
fn number(bytes: &[u8], at: usize, width: usize) -> Option<u32> {
    let digits = bytes.get(at..at.checked_add(width)?)?;
    Some(digits.iter().rev().fold(0, |sum, &it| sum << 8 | u32::from(it)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stream of one set with these properties: id, type and bytes.
    fn set_of(values: &[(u32, u32, &[u8])]) -> Vec<u8> {
        let mut set = Vec::new();
        let mut at = 8 + values.len() as u32 * 8;
        set.extend(0u32.to_le_bytes());
        set.extend((values.len() as u32).to_le_bytes());
        for (id, _, bytes) in values {
            set.extend([id.to_le_bytes(), at.to_le_bytes()].concat());
            at += 4 + bytes.len() as u32;
        }
        for (_, kind, bytes) in values {
            set.extend(kind.to_le_bytes());
            set.extend(*bytes);
        }
        set
    }

    #[test]
    fn properties_are_kept_with_their_stream() {
        let text = |words: &str| [&(words.len() as u32).to_le_bytes(), words.as_bytes()].concat();
        // 2024-05-06 07:08:09 UTC.
        let time = ((1_714_979_289_u64 + 11_644_473_600) * 10_000_000).to_le_bytes();
        let set = set_of(&[
            (1, 2, &[0xe2, 0x04]),
            (2, 30, &text("Caf\u{0}x")),
            (12, 64, &time),
            (10, 64, &[9, 0, 0, 0, 0, 0, 0, 0]),
        ]);
        let mut metadata = Metadata::default();
        fill_known(&mut metadata, &set, "SummaryInformation");
        let title = metadata.title.unwrap();
        assert_eq!(
            (title.value.as_str(), title.provenance.to_string().as_str()),
            ("Caf", "SummaryInformation title")
        );
        assert_eq!(metadata.dates.len(), 1);
        assert_eq!(metadata.dates[0].date.to_string(), "2024-05-06");
    }

    #[test]
    fn lengths_that_lie_are_survived() {
        let set = set_of(&[(2, 30, &[0xff; 4]), (4, 31, &[0xff; 4]), (12, 64, &[1])]);
        let mut metadata = Metadata::default();
        fill_known(&mut metadata, &set, "SummaryInformation");
        fill(&mut metadata, &[0xff; 64], "SummaryInformation");
        fill_custom(&mut metadata, &set_of(&[(0, 0xffff_ffff, &[0xff; 30])]));
        assert_eq!(metadata.properties, []);
    }
}
