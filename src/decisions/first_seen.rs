//! When each finding was first found, kept from scan to scan: a line of 16 and 16 hexadecimal
//! digits, a day and the instant in which the scan began.

use std::collections::HashMap;
use std::fmt::Write as _;

use chrono::NaiveDate;
use xxhash_rust::xxh3::xxh3_64;

use super::mark::Mark;

/// When a finding was first found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirstSeen {
    /// The day that counted as today.
    pub on: NaiveDate,
    /// The scan that found it, by the microsecond it began in, since 1970-01-01 UTC.
    pub scan: i64,
}

/// When each of the present findings was first found, by what the text of the last report keeps;
/// `now` for those that it does not know. A move makes nothing new, a changed text does.
pub fn first_seen(text: &str, marks: &[Mark<'_>], now: FirstSeen) -> Vec<FirstSeen> {
    let mut here: HashMap<(u64, u64), FirstSeen> = HashMap::new();
    let mut anywhere: HashMap<u64, Vec<(u64, FirstSeen)>> = HashMap::new();
    for (key, place, seen) in text.lines().filter_map(line) {
        here.insert((key, place), seen);
        anywhere.entry(key).or_default().push((place, seen));
    }
    let mut found: Vec<Option<FirstSeen>> =
        marks.iter().map(|mark| here.remove(&(mark.trace.key, place(mark)))).collect();
    for (found, mark) in found.iter_mut().zip(marks) {
        let Some(others) = anywhere.get_mut(&mark.trace.key).filter(|_| found.is_none()) else {
            continue;
        };
        // What nobody took in its own place has moved here.
        let is_free = |(place, _): &(u64, FirstSeen)| here.contains_key(&(mark.trace.key, *place));
        if let Some(at) = others.iter().position(is_free) {
            let (place, seen) = others.swap_remove(at);
            here.remove(&(mark.trace.key, place));
            *found = Some(seen);
        }
    }
    found.into_iter().map(|seen| seen.unwrap_or(now)).collect()
}

/// The text to keep, as [`first_seen`] reads it.
pub fn first_seen_lines(marks: &[Mark<'_>], seen: &[FirstSeen]) -> String {
    let mut text = String::with_capacity(marks.len() * 56);
    for (mark, FirstSeen { on, scan }) in marks.iter().zip(seen) {
        // Writing to a string does not fail.
        let _ = writeln!(text, "{:016x} {:016x} {on} {scan}", mark.trace.key, place(mark));
    }
    text
}

fn place(mark: &Mark<'_>) -> u64 {
    xxh3_64(mark.path.as_bytes())
}

fn line(line: &str) -> Option<(u64, u64, FirstSeen)> {
    let mut words = line.split(' ');
    let mut hash = || u64::from_str_radix(words.next()?, 16).ok();
    let (key, place) = (hash()?, hash()?);
    let on = words.next()?.parse().ok()?;
    Some((key, place, FirstSeen { on, scan: words.next()?.parse().ok()? }))
}
