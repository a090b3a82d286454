//! Which entries of a stream were handed over, so that one that has to begin anew gives none twice
//! and leaves none out.

use std::collections::HashMap;

use xxhash_rust::xxh3::xxh3_64;

/// What was handed over: eight bytes an entry.
#[derive(Debug, Default)]
pub(super) struct Seen {
    marks: Vec<u64>,
    // How many entries of each mark are still to be passed over since the stream began anew.
    to_skip: HashMap<u64, u32>,
}

impl Seen {
    /// Begins anew: what was handed over will be passed over, each as often as it was.
    pub(super) fn begin_anew(&mut self) {
        self.to_skip.clear();
        for mark in &self.marks {
            *self.to_skip.entry(*mark).or_default() += 1;
        }
    }

    /// Whether the entry with this name has not been handed over; from now on it is.
    pub(super) fn is_new(&mut self, name: &[u8]) -> bool {
        let mark = xxh3_64(name);
        if let Some(left) = self.to_skip.get_mut(&mark)
            && 0 < *left
        {
            *left -= 1;
            return false;
        }
        self.marks.push(mark);
        true
    }

    /// How many were handed over.
    pub(super) const fn len(&self) -> usize {
        self.marks.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_that_begins_anew_doubles_nothing_and_loses_nothing() {
        let mut seen = Seen::default();
        let mut given: Vec<&str> = Vec::new();
        for pass in [&["a", "b", "b"][..], &["b", "c", "a"], &["a", "b", "b", "c", "d"]] {
            seen.begin_anew();
            given.extend(pass.iter().copied().filter(|it| seen.is_new(it.as_bytes())));
        }
        assert_eq!(given, ["a", "b", "b", "c", "d"]);
        assert_eq!(seen.len(), 5);
    }
}
