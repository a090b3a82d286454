//! One writer at a time, told apart by a lock that dies with its process.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;

use super::CatalogError;

/// The right to write to a catalog, for as long as it lives.
#[derive(Debug)]
pub(super) struct Lock {
    // Held, not read: closing the file releases the lock.
    _file: File,
}

impl Lock {
    /// Takes the lock of the catalog in `folder`, or says who holds it.
    ///
    /// The file stays behind and means nothing by itself; its text only serves the message.
    pub(super) fn take(folder: &Path) -> Result<Self, CatalogError> {
        let path = folder.join("docrot.lock");
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
        let held = file
            .set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "process {}", std::process::id()));
        held.map_err(io)?;
        Ok(Self { _file: file })
    }
}
