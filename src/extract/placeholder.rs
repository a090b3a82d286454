//! Files that only stand for a document that is elsewhere: links to online documents, and what the
//! clients of clouds leave in place of a file that they have not downloaded.
//!
//! Placeholders that look like the file itself, and take no room on the disk, cannot be told by their
//! bytes; whoever opens files looks for those.

/// Extensions, with the words for the report.
const EXTENSIONS: &[(&str, &str)] = &[
    ("gdoc", "a link to a Google document"),
    ("gsheet", "a link to a Google spreadsheet"),
    ("gslides", "a link to a Google presentation"),
    ("gdraw", "a link to a Google drawing"),
    ("gform", "a link to a Google form"),
    ("gsite", "a link to a Google site"),
    ("gtable", "a link to a Google table"),
    ("gjam", "a link to a Google whiteboard"),
    ("icloud", "a file that iCloud has not downloaded"),
    ("nextcloud", "a file that Nextcloud has not downloaded"),
    ("owncloud", "a file that ownCloud has not downloaded"),
];

/// How the stub begins that Git LFS leaves where it has not fetched a file.
const LFS_POINTER: &[u8] = b"version https://git-lfs.github.com/spec/";

/// No placeholder is larger, in bytes.
const MAX_BYTES: usize = 64 << 10;

/// What a small file stands for, if it does; `extension` in lower case.
pub(super) fn stands_for(extension: &str, bytes: &[u8]) -> Option<&'static str> {
    if MAX_BYTES < bytes.len() {
        return None;
    }
    if bytes.starts_with(LFS_POINTER) {
        return Some("a file that Git LFS has not fetched");
    }
    EXTENSIONS.iter().find(|(it, _)| *it == extension).map(|(_, what)| *what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_stands_for_a_document_is_named() {
        let link = br#"{"url": "https://docs.example.org/open?id=1", "doc_id": "1"}"#;
        assert_eq!(stands_for("gsheet", link), Some("a link to a Google spreadsheet"));
        assert_eq!(
            stands_for("icloud", b"bplist00"),
            Some("a file that iCloud has not downloaded")
        );
        let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n";
        assert_eq!(stands_for("pdf", pointer), Some("a file that Git LFS has not fetched"));
    }

    #[test]
    fn documents_stand_for_themselves() {
        assert_eq!(stands_for("md", b"# version https://git-lfs.github.com/spec/v1"), None);
        assert_eq!(stands_for("gdoc", &[b' '; MAX_BYTES + 1]), None);
        assert_eq!(stands_for("", b""), None);
    }
}
