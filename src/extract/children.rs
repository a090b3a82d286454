//! Documents within documents: attachments of messages, entries of archives.
//!
//! Each has a name that is fit to be a path below its container's, whatever its sender called it,
//! and its bytes. What is more than the limits allow is left out and counted.

use serde::{Deserialize, Serialize};

use super::limits::{Limit, Limits, Missing, Reached};

/// Longest part of a name, in bytes: what file systems allow.
const MAX_PART_BYTES: usize = 255;
/// Most parts of a name.
const MAX_PARTS: usize = 64;

/// A file within a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Child {
    /// Its path within the container: parts separated by `/`, none of them empty, `.` or `..`.
    pub name: String,
    /// Its bytes. They travel beside the serialized form, not in it.
    #[serde(skip)]
    pub bytes: Vec<u8>,
}

/// Collects the children of a document.
#[derive(Debug)]
pub(super) struct Children {
    pub(super) found: Vec<Child>,
    limits: Limits,
    bytes: u64,
    left_out: usize,
    /// The limit that the first of those met that were left out for one.
    reached: Option<Reached>,
}

impl Children {
    /// None yet, and how many may come.
    pub(super) const fn within(limits: &Limits) -> Self {
        Self { found: Vec::new(), limits: *limits, bytes: 0, left_out: 0, reached: None }
    }

    /// How many bytes the next child may have; one more tells that it has too many.
    pub(super) fn room(&self) -> u64 {
        self.limits.entry_bytes.min(self.limits.unpacked_bytes.saturating_sub(self.bytes))
    }

    /// The limit that a child of so many bytes meets.
    fn met_by(&self, bytes: u64) -> Option<Reached> {
        let limit = if self.limits.entry_bytes < bytes {
            Limit::EntryBytes
        } else if self.room() < bytes {
            Limit::UnpackedBytes
        } else if self.limits.entries <= self.found.len() as u64 {
            Limit::Entries
        } else {
            return None;
        };
        Some(self.limits.reached(limit))
    }

    /// Counts a child of so many bytes if it is beyond the limits, and tells whether it is.
    pub(super) fn is_too_much(&mut self, bytes: u64) -> bool {
        let Some(reached) = self.met_by(bytes) else { return false };
        self.reached.get_or_insert(reached);
        self.left_out += 1;
        true
    }

    /// Adds a child, or counts it where it is beyond the limits.
    pub(super) fn push(&mut self, name: &str, bytes: Vec<u8>) {
        if self.is_too_much(bytes.len() as u64) {
            return;
        }
        self.bytes += bytes.len() as u64;
        self.found.push(Child { name: fit(name), bytes });
    }

    /// Counts children that are beyond a limit without having been looked at.
    pub(super) fn leave_out_over(&mut self, limit: Limit, count: usize) {
        if 0 < count {
            self.reached.get_or_insert(self.limits.reached(limit));
            self.left_out += count;
        }
    }

    /// Counts a child that cannot be had.
    pub(super) fn leave_out(&mut self) {
        self.left_out += 1;
    }

    /// Takes the children of a part, all under its name.
    pub(super) fn append(&mut self, under: &str, children: Vec<Child>) {
        for child in children {
            self.push(&format!("{under}/{}", child.name), child.bytes);
        }
    }

    /// The words for what was left out, if anything was.
    pub(super) fn trouble(&self) -> Option<Missing> {
        let Self { left_out, reached, .. } = *self;
        (0 < left_out).then(|| left_out_of_it(left_out, reached))
    }
}

/// The words for so many files that were left out, for a limit or because they cannot be had.
pub fn left_out_of_it(count: usize, reached: Option<Reached>) -> Missing {
    Missing { what: format!("files in it that were left out: {count}"), reached }
}

/// A name as a path below the container.
///
/// Slashes of either kind separate its parts; parts that are no names are named `_`.
pub(super) fn fit(name: &str) -> String {
    let parts = name.split(['/', '\\']).filter(|it| !it.is_empty()).take(MAX_PARTS);
    let parts: Vec<String> = parts.map(fit_part).collect();
    if parts.is_empty() { "unnamed".to_owned() } else { parts.join("/") }
}

fn fit_part(part: &str) -> String {
    let clean: String = part.chars().map(|it| if it.is_control() { '_' } else { it }).collect();
    let clean = clean.trim();
    if clean.is_empty() || clean.chars().all(|it| it == '.') {
        return "_".to_owned();
    }
    clean[..clean.floor_char_boundary(MAX_PART_BYTES)].to_owned()
}

/// The name of an attachment, in which a slash separates nothing.
pub(super) fn flat(name: &str) -> String {
    name.replace(['/', '\\'], "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_below_their_container() {
        for (name, expected) in [
            ("../../etc/passwd", "_/_/etc/passwd"),
            ("/a//b\\c.txt", "a/b/c.txt"),
            ("a\0\nb", "a__b"),
            (" ", "_"),
            ("", "unnamed"),
            ("...", "_"),
        ] {
            assert_eq!(fit(name), expected, "{name:?}");
            assert_eq!(fit(expected), expected);
        }
        assert_eq!(fit(&"ä".repeat(200)).len(), 254);
    }

    #[test]
    fn what_is_too_much_is_counted() {
        let limits = Limits { entry_bytes: 3, unpacked_bytes: 5, entries: 3, ..Limits::default() };
        let after = |sizes: &[usize]| {
            let mut children = Children::within(&limits);
            sizes.iter().for_each(|it| children.push("a", vec![0; *it]));
            (children.found.len(), children.trouble().map(|it| it.to_string()))
        };
        let said = |words: &str| Some(format!("files in it that were left out: {words}"));
        assert_eq!(after(&[3, 2, 0]), (3, None));
        assert_eq!(after(&[4, 3]), (1, said("1, the limit max_entry_bytes")));
        assert_eq!(after(&[3, 3, 2]), (2, said("1, the limit max_unpacked_bytes")));
        assert_eq!(after(&[0, 0, 0, 0, 0]), (3, said("2, the limit max_entries")));
    }
}
