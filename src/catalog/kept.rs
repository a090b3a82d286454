//! What was worked out from a catalog and is kept beside it, to be thrown away whenever it does not
//! fit: never part of a commit, opaque here.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::inventory::Hash;

use super::commit::{LAST_SCAN, replace};
use super::error::at;
use super::{CatalogError, private};

const HASH_BYTES: usize = 32;
/// What the names of such files end with.
const EXTENSION: &str = "kept";

/// Reads what is kept under `name`, if it was made from this.
pub(super) fn read(folder: &Path, name: &str, made_from: &str) -> Option<Vec<u8>> {
    let mut bytes = fs::read(place(folder, name)).ok()?;
    if bytes.len() < 2 * HASH_BYTES {
        return None;
    }
    let content = bytes.split_off(2 * HASH_BYTES);
    let fits = bytes[..HASH_BYTES] == Hash::of(made_from.as_bytes()).0;
    // A file of a version that wrote otherwise, or a damaged one, is as good as none.
    let is_whole = bytes[HASH_BYTES..] == Hash::of(&content).0;
    (fits && is_whole).then_some(content)
}

/// Keeps something under `name`, with what it was made from.
pub(super) fn write(
    folder: &Path,
    name: &str,
    made_from: &str,
    content: &[u8],
) -> Result<(), CatalogError> {
    let path = place(folder, name);
    // Two reports at once do not write into one file.
    let temporary = folder.join(format!(".tmp-{name}-{}", std::process::id()));
    private::make_file(&temporary)
        .and_then(|mut file| {
            file.write_all(&Hash::of(made_from.as_bytes()).0)?;
            file.write_all(&Hash::of(content).0)?;
            file.write_all(content)
        })
        .and_then(|()| replace(&temporary, &path))
        .map_err(at(&path))
}

/// Removes what was worked out from a catalog that was in this folder before: its commits had the
/// same numbers, and what was kept quotes its documents. What people decided stays.
#[expect(clippy::disallowed_methods, reason = "the catalog's own files, not documents")]
pub(super) fn remove_all(folder: &Path) -> Result<(), CatalogError> {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let is_kept = Path::new(&name).extension().is_some_and(|it| it == EXTENSION);
        if name == LAST_SCAN || is_kept {
            fs::remove_file(entry.path()).map_err(at(&entry.path()))?;
        }
    }
    Ok(())
}

fn place(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.{EXTENSION}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_made_from_something_else_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read(folder.path(), "marks", "commit 1"), None);
        write(folder.path(), "marks", "commit 1", b"abc").unwrap();
        assert_eq!(read(folder.path(), "marks", "commit 1").as_deref(), Some(&b"abc"[..]));
        assert_eq!(read(folder.path(), "marks", "commit 2"), None);
    }

    #[test]
    fn what_is_damaged_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "marks", "commit 1", b"abc").unwrap();
        let path = place(folder.path(), "marks");
        let bytes = fs::read(&path).unwrap();
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            fs::write(&path, damaged).unwrap();
            assert_eq!(read(folder.path(), "marks", "commit 1"), None, "byte {at}");
        }
        for length in 0..bytes.len() {
            fs::write(&path, &bytes[..length]).unwrap();
            assert_eq!(read(folder.path(), "marks", "commit 1"), None, "{length} bytes");
        }
    }
}
