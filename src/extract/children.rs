//! Documents within documents: attachments of messages, entries of archives.
//!
//! Each has a name that is fit to be a path below its container's, whatever its sender called it,
//! and its bytes. What is more than the limits allow is left out and counted.

use serde::{Deserialize, Serialize};

/// Most that the children of one file take up together, in bytes.
pub const MAX_CHILDREN_BYTES: u64 = 256 << 20;
/// Most that one child takes up, in bytes.
pub const MAX_CHILD_BYTES: u64 = 64 << 20;
/// Most children of one file, those of its children included.
pub const MAX_CHILDREN: usize = 50_000;
/// Deepest nesting: a file in an archive in a message in a mailbox is three deep.
pub const MAX_CHILD_DEPTH: u32 = 5;

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
#[derive(Debug, Default)]
pub(super) struct Children {
    pub(super) found: Vec<Child>,
    bytes: u64,
    left_out: usize,
}

impl Children {
    /// How many bytes the next child may have; one more tells that it has too many.
    pub(super) fn room(&self) -> u64 {
        MAX_CHILD_BYTES.min(MAX_CHILDREN_BYTES - self.bytes)
    }

    /// Adds a child, or counts it where it is beyond the limits.
    pub(super) fn push(&mut self, name: &str, bytes: Vec<u8>) {
        if self.room() < bytes.len() as u64 || MAX_CHILDREN <= self.found.len() {
            return self.leave_out();
        }
        self.bytes += bytes.len() as u64;
        self.found.push(Child { name: fit(name), bytes });
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
    pub(super) fn trouble(&self) -> Option<String> {
        (0 < self.left_out).then(|| format!("files in it that were left out: {}", self.left_out))
    }
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
        let mut children = Children::default();
        children.push("a", vec![0; MAX_CHILD_BYTES as usize + 1]);
        children.push("b", Vec::new());
        assert_eq!(children.found.len(), 1);
        assert_eq!(children.trouble().as_deref(), Some("files in it that were left out: 1"));
    }
}
