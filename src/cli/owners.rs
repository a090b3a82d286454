//! What is known of owners beside the records: files of code owners, and whose the files are.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::Path;

use docrot::inventory::{DocId, Inventory, Record};
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
    if asked(OwnerSource::File) {
        known.files = files(inventory);
    }
    known
}

/// The owner of each file, by name where this system knows it.
#[cfg(unix)]
fn files(inventory: &Inventory) -> HashMap<DocId, String> {
    use std::os::unix::fs::MetadataExt as _;

    let accounts = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let mut names: HashMap<u32, String> = HashMap::new();
    for account in accounts.lines() {
        let mut fields = account.split(':');
        let (name, id) = (fields.next(), fields.nth(1).and_then(|id| id.parse().ok()));
        if let Some((name, id)) = name.zip(id) {
            names.entry(id).or_insert_with(|| name.to_owned());
        }
    }
    let owner = |(document, record): (DocId, &Record)| {
        let file = record.file.container.as_ref().unwrap_or(&record.file.path);
        let id = fs::symlink_metadata(inventory.root_of(record).join(file)).ok()?.uid();
        Some((document, names.get(&id).cloned().unwrap_or_else(|| format!("user {id}"))))
    };
    inventory.iter().filter_map(owner).collect()
}

/// Owners of files are not asked for on this system.
#[cfg(not(unix))]
fn files(_: &Inventory) -> HashMap<DocId, String> {
    HashMap::new()
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
