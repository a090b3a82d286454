//! What is known of owners beside the records: files of code owners, and whose the files are.

use std::fs;
use std::io;
use std::path::Path;

use docrot::inventory::Inventory;
use docrot::report::escape;
use docrot::rot::{CodeOwners, KnownOwners, OwnerSource, Policy};

/// A file of code owners that is larger is none.
const MAX_BYTES: u64 = 3 << 20;

/// What the policy asks for, and nothing else: the audited tree is read only where it says so.
pub(super) fn known(inventory: &Inventory, policy: &Policy) -> KnownOwners {
    let mut known = KnownOwners::default();
    let asked = |source| policy.ownership.from.contains(&source);
    if let Some(file) =
        policy.ownership.code_owners.as_deref().filter(|_| asked(OwnerSource::CodeOwners))
    {
        known.code_owners = inventory.roots.iter().map(|root| code_owners(root, file)).collect();
        if known.code_owners.iter().all(CodeOwners::is_empty) {
            log::warn!("no audited folder has code owners in {}", escape::path(file));
        }
    }
    known
}

/// The code owners of one root; none where there is no file, or none that can be used.
fn code_owners(root: &Path, file: &Path) -> CodeOwners {
    let path = root.join(file);
    let text = match read(&path, file.is_absolute()) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return CodeOwners::default(),
        Err(error) => {
            log::warn!("cannot use {}: {error}", escape::path(&path));
            return CodeOwners::default();
        }
    };
    let owners = CodeOwners::parse(&escape::readable(file), &text);
    for mistake in &owners.mistakes {
        log::warn!("{}, {}", escape::path(&path), escape::visible(mistake));
    }
    owners
}

/// A link in the audited tree could lead anywhere, so only a file of its own is read there.
fn read(path: &Path, is_ours: bool) -> io::Result<String> {
    let metadata = if is_ours { fs::metadata(path)? } else { fs::symlink_metadata(path)? };
    if !metadata.is_file() || MAX_BYTES < metadata.len() {
        return Err(io::Error::other("it is no file of at most 3 MiB"));
    }
    Ok(String::from_utf8_lossy(&fs::read(path)?).into_owned())
}
