//! What is known of owners beside the records: files of code owners, and whose the files are.

#[cfg(unix)]
use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use docrot::inventory::{DocId, Inventory, Record};
use docrot::report::escape;
use docrot::rot::{CodeOwners, KnownOwners, OwnerSource, Policy};

/// A file of code owners that is larger is none.
const MAX_BYTES: u64 = 3 << 20;

/// What the policy asks for, and nothing else: the audited tree is read only where it says so.
pub(super) fn known(inventory: &Inventory, policy: &Policy) -> KnownOwners {
    let mut known = of_folders(&inventory.roots, policy);
    if let Some(accounts) = Accounts::asked_for(policy) {
        let owner = |(document, record): (DocId, &Record)| {
            Some((document, accounts.owner(inventory.root_of(record), record)?))
        };
        known.files = inventory.iter().filter_map(owner).collect();
    }
    known
}

/// What is known of owners without a look at each file.
pub(super) fn of_folders(roots: &[PathBuf], policy: &Policy) -> KnownOwners {
    let mut known = KnownOwners::default();
    let is_asked_for = policy.ownership.from.contains(&OwnerSource::CodeOwners);
    if let Some(file) = policy.ownership.code_owners.as_deref().filter(|_| is_asked_for) {
        known.code_owners = roots.iter().map(|root| code_owners(root, file)).collect();
        if known.code_owners.iter().all(CodeOwners::is_empty) {
            log::warn!("no audited folder has code owners in {}", escape::path(file));
        }
    }
    known
}

/// The names of who owns files, where this system knows them.
pub(super) struct Accounts {
    #[cfg(unix)]
    names: HashMap<u32, String>,
}

impl Accounts {
    /// None where the policy does not ask whose a file is.
    pub(super) fn asked_for(policy: &Policy) -> Option<Self> {
        policy.ownership.from.contains(&OwnerSource::File).then(Self::read)
    }

    #[cfg(unix)]
    fn read() -> Self {
        let accounts = fs::read_to_string("/etc/passwd").unwrap_or_default();
        let mut names: HashMap<u32, String> = HashMap::new();
        for account in accounts.lines() {
            let mut fields = account.split(':');
            let (name, id) = (fields.next(), fields.nth(1).and_then(|id| id.parse().ok()));
            if let Some((name, id)) = name.zip(id) {
                names.entry(id).or_insert_with(|| name.to_owned());
            }
        }
        Self { names }
    }

    #[cfg(not(unix))]
    fn read() -> Self {
        Self {}
    }

    /// Whose the file of a record is.
    #[cfg(unix)]
    pub(super) fn owner(&self, root: &Path, record: &Record) -> Option<String> {
        use std::os::unix::fs::MetadataExt as _;

        let file = record.file.container.as_ref().unwrap_or(&record.file.path);
        let id = fs::symlink_metadata(root.join(file)).ok()?.uid();
        Some(self.names.get(&id).cloned().unwrap_or_else(|| format!("user {id}")))
    }

    /// Owners of files are not asked for on this system.
    #[cfg(not(unix))]
    pub(super) fn owner(&self, _: &Path, _: &Record) -> Option<String> {
        None
    }
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
