//! One writer at a time, told apart by a lock that dies with its process.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;

use super::CatalogError;

/// The file that is locked. It stays, and tells a catalog from other folders.
pub(super) const NAME: &str = "docrot.lock";

/// The right to write to a catalog, for as long as it lives.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
}

impl Drop for Lock {
    /// Gives the lock back by name. Closing the file alone does not: a process that another thread
    /// is just starting holds a copy of it until it has become its own program.
    fn drop(&mut self) {
        // What fails here is released by the close that follows.
        let _ = self.file.unlock();
    }
}

impl Lock {
    /// Takes the lock of the catalog in `folder`, or says who holds it.
    ///
    /// The file stays behind and means nothing by itself; its text only serves the message.
    pub(super) fn take(folder: &Path) -> Result<Self, CatalogError> {
        let path = folder.join(NAME);
        let io = |source| CatalogError::Write { path: path.clone(), source };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // Who holds it is a courtesy: a lock without a readable name is still a lock.
                let _ = file.read_to_string(&mut holder);
                let holder = match holder.trim() {
                    "" => "another process".to_owned(),
                    holder => holder.to_owned(),
                };
                return Err(CatalogError::InUse { path: folder.to_path_buf(), holder });
            }
            Err(TryLockError::Error(source)) => return Err(io(source)),
        }
        let mut lock = Self { file };
        lock.sign().map_err(io)?;
        Ok(lock)
    }

    fn sign(&mut self) -> std::io::Result<()> {
        self.file.set_len(0)?;
        self.file.rewind()?;
        writeln!(self.file, "process {}", std::process::id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_held_by_one_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let held = Lock::take(folder.path()).unwrap();
        let refused = Lock::take(folder.path()).unwrap_err();
        assert!(matches!(refused, CatalogError::InUse { .. }), "{refused:?}");
        drop(held);
        Lock::take(folder.path()).unwrap();
    }

    #[test]
    fn a_lock_given_back_is_free_though_a_copy_of_its_file_is_open() {
        let folder = tempfile::tempdir().unwrap();
        let held = Lock::take(folder.path()).unwrap();
        // As in a process that is being started.
        let copy = held.file.try_clone().unwrap();
        drop(held);
        Lock::take(folder.path()).unwrap();
        drop(copy);
    }
}
