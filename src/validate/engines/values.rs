//! Values as engines and exports write them.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde_json::Value;

/// The value of a field in an object, under its dotted name or nested; of a list of objects the
/// first one's. None where it is null.
pub fn column<'a>(object: &'a Value, name: &str) -> Option<&'a Value> {
    let object = match object {
        Value::Array(list) => list.first()?,
        object => object,
    };
    if let Some(value) = object.get(name) {
        return (!value.is_null()).then_some(value);
    }
    let dots = name.match_indices('.').map(|(at, _)| at);
    dots.into_iter().find_map(|at| column(object.get(&name[..at])?, &name[at + 1..]))
}

/// The dotted names of everything in an object; of lists the first value is looked into.
pub(super) fn names(object: &Value) -> Vec<String> {
    const DEEPEST: usize = 6;
    fn collect(value: &Value, above: &str, depth: usize, names: &mut Vec<String>) {
        let value = match value {
            Value::Array(list) => list.first().unwrap_or(&Value::Null),
            value => value,
        };
        match value {
            Value::Object(map) if depth < DEEPEST => {
                for (name, value) in map {
                    let dotted =
                        if above.is_empty() { name.clone() } else { format!("{above}.{name}") };
                    collect(value, &dotted, depth + 1, names);
                }
            }
            Value::Null => {}
            _ => names.push(above.to_owned()),
        }
    }
    let mut names = Vec::new();
    collect(object, "", 0, &mut names);
    names
}

/// A value as text; of a list every text, one a line.
pub fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(bool) => Some(bool.to_string()),
        Value::Array(list) => {
            let texts: Vec<String> = list.iter().filter_map(text).collect();
            (!texts.is_empty()).then(|| texts.join("\n"))
        }
        Value::Null | Value::Object(_) => None,
    }
}

/// A value as one word: of a list the first.
pub(super) fn first(value: &Value) -> Option<String> {
    match value {
        Value::Array(list) => list.iter().find_map(first),
        value => text(value),
    }
}

/// A value as a number of bytes.
pub fn number(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64().or_else(|| {
            let float = number.as_f64()?;
            let is_whole = float.fract() == 0.0 && (0.0..9e15).contains(&float);
            is_whole.then_some(float as u64)
        }),
        Value::String(text) => text.trim().parse().ok(),
        Value::Array(list) => list.iter().find_map(number),
        Value::Null | Value::Bool(_) | Value::Object(_) => None,
    }
}

/// A value as a point in time: ISO 8601 in its usual forms, the dates of mails, seconds since 1970
/// or thousandths, millionths, billionths of them. Without a zone it is UTC.
pub fn date(value: &Value) -> Option<DateTime<Utc>> {
    match value {
        Value::Number(number) => since_1970(number.as_i64().or_else(|| {
            let float = number.as_f64()?;
            float.is_finite().then_some(float as i64)
        })?),
        Value::String(text) => date_of_text(text.trim()),
        Value::Array(list) => list.iter().find_map(date),
        Value::Null | Value::Bool(_) | Value::Object(_) => None,
    }
}

/// Which unit it is follows from its size: seconds stay below 100 thousand million until 5138.
fn since_1970(number: i64) -> Option<DateTime<Utc>> {
    match number.unsigned_abs() {
        0..100_000_000_000 => DateTime::from_timestamp(number, 0),
        100_000_000_000..100_000_000_000_000 => DateTime::from_timestamp_millis(number),
        100_000_000_000_000..100_000_000_000_000_000 => DateTime::from_timestamp_micros(number),
        _ => Some(DateTime::from_timestamp_nanos(number)),
    }
}

fn date_of_text(text: &str) -> Option<DateTime<Utc>> {
    const ZONED: [&str; 3] =
        ["%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%d %H:%M:%S%.f%#z", "%Y-%m-%dT%H:%M:%S%.f%#z"];
    const PLAIN: [&str; 6] = [
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M",
        "%Y/%m/%d %H:%M:%S",
        "%Y%m%d%H%M%S",
    ];
    const DAYS: [&str; 3] = ["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d"];
    if text.is_empty() {
        return None;
    }
    let is_number = text.bytes().all(|it| it.is_ascii_digit());
    // Days and times without strokes are numbers of 8 and 14 digits, and begin with a year.
    let is_date =
        matches!(text.len(), 8 | 14) && (text.starts_with("19") || text.starts_with("20"));
    if is_number && !is_date {
        return since_1970(text.parse().ok()?);
    }
    let zoned = || {
        let known =
            DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_rfc2822(text));
        let known = known.ok();
        known.or_else(|| ZONED.iter().find_map(|form| DateTime::parse_from_str(text, form).ok()))
    };
    let bare = text.strip_suffix('Z').unwrap_or(text);
    let plain = || PLAIN.iter().find_map(|form| NaiveDateTime::parse_from_str(bare, form).ok());
    let day = || DAYS.iter().find_map(|form| NaiveDate::parse_from_str(bare, form).ok());
    zoned()
        .map(|it| it.with_timezone(&Utc))
        .or_else(|| plain().map(|it| it.and_utc()))
        .or_else(|| day().and_then(|it| it.and_hms_opt(0, 0, 0)).map(|it| it.and_utc()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_field_is_found_nested_or_dotted() {
        let object = json!({ "a.b": 1, "file": { "x.y": [{ "z": "deep" }] }, "none": null });
        assert_eq!(column(&object, "a.b"), Some(&json!(1)));
        assert_eq!(column(&object, "file.x.y.z"), Some(&json!("deep")));
        assert_eq!(column(&object, "none"), None);
        assert_eq!(column(&object, "file.q"), None);
    }

    #[test]
    fn dates_come_in_many_forms() {
        for written in [
            json!("2024-03-01T10:00:00Z"),
            json!("2024-03-01T11:00:00.000+01:00"),
            json!("2024-03-01T11:00:00.000+0100"),
            json!("2024-03-01 10:00:00"),
            json!("2024-03-01 11:00:00+01"),
            json!("Fri, 01 Mar 2024 10:00:00 +0000"),
            json!("20240301100000"),
            json!(1_709_287_200),
            json!(1_709_287_200_000_i64),
            json!("1709287200"),
            json!([1_709_287_200.0]),
        ] {
            assert_eq!(date(&written).map(|it| it.timestamp()), Some(1_709_287_200), "{written}");
        }
        assert_eq!(date(&json!("2024-03-01")).map(|it| it.timestamp()), Some(1_709_251_200));
        assert_eq!(date(&json!("soon")), None);
        assert_eq!(date(&json!("")), None);
    }

    #[test]
    fn sizes_are_numbers_or_their_digits() {
        assert_eq!(number(&json!("12")), Some(12));
        assert_eq!(number(&json!(12.0)), Some(12));
        assert_eq!(number(&json!(-1)), None);
    }
}
