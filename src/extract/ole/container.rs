//! Opens OLE containers, also damaged ones, and reads their streams.
//!
//! A container that ends before its table says is filled up with zeros and tried again. What a
//! stream states of its length is believed up to the length of the file.

use std::borrow::Cow;
use std::io::{Cursor, Read as _, Write as _};

use cfb::CompoundFile;

use crate::extract::ExtractError;

/// Where the header says how many sectors the allocation table has.
const TABLE_SECTORS_AT: usize = 44;
/// Where the header says how large a sector is, as a power of two.
const SECTOR_SHIFT_AT: usize = 30;
/// So many zeros at the end of a stream are what was added to it, in bytes.
const ZEROS_BYTES: usize = 512;
/// Most that is added to a container that ends early, in bytes.
const MAX_PADDING_BYTES: usize = 64 << 20;

/// An open container.
pub(in crate::extract) struct Container<'a> {
    file: CompoundFile<Cursor<Cow<'a, [u8]>>>,
    limit: u64,
    /// Whether zeros were added at its end.
    is_padded: bool,
    /// What went wrong with streams so far, the first time, in words.
    pub(in crate::extract) trouble: Option<String>,
}

impl<'a> Container<'a> {
    pub(in crate::extract) fn open(bytes: &'a [u8]) -> Result<Self, ExtractError> {
        let (file, is_padded) = match CompoundFile::open(Cursor::new(Cow::Borrowed(bytes))) {
            Ok(file) => (file, false),
            Err(error) => {
                let damaged = ExtractError::Damaged(format!("OLE container: {error}"));
                let padded = padded(bytes).ok_or_else(|| damaged.clone())?;
                let file = CompoundFile::open(Cursor::new(Cow::Owned(padded)));
                (file.map_err(|_| damaged)?, true)
            }
        };
        Ok(Self { file, limit: bytes.len() as u64, is_padded, trouble: None })
    }

    /// Whether there is such a stream.
    pub(in crate::extract) fn has(&self, path: &str) -> bool {
        self.file.is_stream(path)
    }

    /// Names of the storages below `path` that begin so, in the order of the directory.
    pub(in crate::extract) fn storages(&self, path: &str, start: &str) -> Vec<String> {
        let Ok(entries) = self.file.read_storage(path) else { return Vec::new() };
        let storages = entries.filter(|it| it.is_storage() && it.name().starts_with(start));
        storages.map(|it| it.name().to_owned()).collect()
    }

    /// A storage as a container of its own, with one stream changed on the way.
    pub(in crate::extract) fn lift(
        &mut self,
        path: &str,
        change: impl Fn(&str, Vec<u8>) -> Vec<u8>,
    ) -> Option<Vec<u8>> {
        let entries: Vec<_> = self.file.walk_storage(path).ok()?.collect();
        let mut lifted = CompoundFile::create(Cursor::new(Vec::new())).ok()?;
        for entry in entries {
            let full = entry.path().to_string_lossy().into_owned();
            let within = full.strip_prefix(path).filter(|it| !it.is_empty());
            let Some(within) = within else { continue };
            if entry.is_storage() {
                lifted.create_storage_all(within).ok()?;
            } else {
                let bytes = change(within, self.read(&full)?);
                lifted.create_stream(within).ok()?.write_all(&bytes).ok()?;
            }
        }
        lifted.flush().ok()?;
        Some(lifted.into_inner().into_inner())
    }

    /// A stream's bytes, as far as they can be read; none where there is no such stream.
    pub(in crate::extract) fn read(&mut self, path: &str) -> Option<Vec<u8>> {
        if !self.has(path) {
            return None;
        }
        let mut bytes = Vec::new();
        let outcome = self
            .file
            .open_stream(path)
            .and_then(|stream| stream.take(self.limit).read_to_end(&mut bytes));
        let name = path.trim_matches('/');
        if let Err(error) = outcome {
            self.trouble.get_or_insert_with(|| format!("{name}: {error}"));
        }
        // Some programs leave tables that speak of more than they wrote; nothing is missing then.
        let tail = &bytes[bytes.len().saturating_sub(ZEROS_BYTES)..];
        if self.is_padded && !tail.is_empty() && tail.iter().all(|it| *it == 0) {
            self.trouble.get_or_insert_with(|| format!("{name} ends in the middle"));
        }
        Some(bytes)
    }
}

/// The container with zeros behind it, up to the end that its allocation table speaks of.
fn padded(bytes: &[u8]) -> Option<Vec<u8>> {
    let shift = *bytes.get(SECTOR_SHIFT_AT)?;
    let table = bytes.get(TABLE_SECTORS_AT..TABLE_SECTORS_AT + 4)?.try_into().ok()?;
    let table = usize::try_from(u32::from_le_bytes(table)).ok()?;
    if !(9..=12).contains(&shift) {
        return None;
    }
    let sector = 1usize << shift;
    let wanted = table.checked_mul(sector / 4)?.checked_add(1)?.checked_mul(sector)?;
    let wanted = wanted.min(bytes.len() + MAX_PADDING_BYTES).next_multiple_of(sector);
    let mut padded = bytes.to_vec();
    padded.resize(wanted.max(bytes.len().next_multiple_of(sector)), 0);
    Some(padded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_container_that_ends_early_is_read_as_far_as_it_goes() {
        let mut file = CompoundFile::create(Cursor::new(Vec::new())).unwrap();
        for name in ["/a", "/b"] {
            file.create_stream(name).unwrap().write_all(&[b'x'; 9000]).unwrap();
        }
        let bytes = file.into_inner().into_inner();
        // The last sector is mostly slack.
        for cut in [3900, 5000, 6000] {
            let mut container = Container::open(&bytes[..bytes.len() - cut]).unwrap();
            assert_eq!(container.read("/a").unwrap(), [b'x'; 9000]);
            assert_eq!(container.trouble, None);
            assert!(container.read("/b").is_some());
            assert!(container.trouble.is_some(), "{cut}");
        }
    }

    #[test]
    fn what_is_no_container_is_damaged() {
        for bytes in [&b""[..], b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", &[0xff; 600]] {
            assert!(matches!(Container::open(bytes), Err(ExtractError::Damaged(_))));
        }
    }
}
