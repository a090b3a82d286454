//! Who may look into a catalog: its owner alone, because it holds the text of documents.
//!
//! Modes are those of Unix. Elsewhere a catalog has the rights of the folder it lies in, which in a
//! user's data directory are the user's own.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

/// Makes a folder that only its owner can look into, and the folders above it where they are not
/// there.
pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Makes a file that only its owner can read, or empties the one that is there.
pub(super) fn make_file(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Writes something to a folder, to see what the system says, and takes it away again.
#[expect(clippy::disallowed_methods, reason = "the catalog's own file, not a document")]
pub(super) fn try_writing(folder: &Path) -> io::Result<()> {
    let path = folder.join(".tmp-room");
    let written = make_file(&path).and_then(|mut file| {
        file.write_all(&[0; 1 << 16])?;
        file.sync_all()
    });
    // One that stays is a stray, which the next scan takes away.
    let _ = fs::remove_file(&path);
    written
}

/// Takes from everybody else what they may do with the catalog in `folder`, whoever made its files.
///
/// The folder comes first: nobody gets by it to files that are made while this is done. What the
/// system refuses, as it does for files of somebody else or where it knows no modes, is said in the
/// log and ends nothing.
#[cfg(unix)]
pub(super) fn shut(folder: &Path) {
    for inside in [folder.to_path_buf(), folder.join(super::INDEX_FOLDER)] {
        shut_one(&inside);
        for entry in fs::read_dir(&inside).into_iter().flatten().flatten() {
            // Not links: what they lead to is not the catalog's.
            if entry.file_type().is_ok_and(|it| it.is_file()) {
                shut_one(&entry.path());
            }
        }
    }
}

#[cfg(not(unix))]
pub(super) fn shut(_folder: &Path) {}

#[cfg(unix)]
fn shut_one(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;

    let Ok(mode) = path.symlink_metadata().map(|it| it.permissions().mode()) else { return };
    if mode & 0o077 == 0 {
        return;
    }
    let own = fs::Permissions::from_mode(mode & 0o700);
    if let Err(error) = fs::set_permissions(path, own) {
        log::warn!("others may read {}, and it cannot be changed: {error}", path.display());
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn mode(path: &Path) -> u32 {
        path.metadata().unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn what_others_could_read_is_shut() {
        let folder = tempfile::tempdir().unwrap();
        let (index, file) =
            (folder.path().join(super::super::INDEX_FOLDER), folder.path().join("decisions.csv"));
        let elsewhere = tempfile::NamedTempFile::new().unwrap();
        fs::create_dir(&index).unwrap();
        fs::write(&file, "").unwrap();
        fs::write(index.join("meta.json"), "").unwrap();
        std::os::unix::fs::symlink(elsewhere.path(), folder.path().join("link")).unwrap();
        for (path, open) in [
            (folder.path(), 0o755),
            (&index, 0o775),
            (&file, 0o644),
            (&index.join("meta.json"), 0o666),
            (elsewhere.path(), 0o644),
        ] {
            fs::set_permissions(path, fs::Permissions::from_mode(open)).unwrap();
        }
        shut(folder.path());
        assert_eq!((mode(folder.path()), mode(&index)), (0o700, 0o700));
        assert_eq!((mode(&file), mode(&index.join("meta.json"))), (0o600, 0o600));
        assert_eq!(mode(elsewhere.path()), 0o644);
    }
}
