//! Which folders and files are left out of a crawl.

use std::path::Path;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use super::Skipped;

/// Folders of version control systems, operating systems and file servers: nothing a person wrote
/// for others to read. Compared without regard to case.
const SYSTEM_FOLDERS: &[&str] = &[
    ".git",
    ".hg",
    ".svn",
    ".bzr",
    "cvs",
    "$recycle.bin",
    "recycler",
    "system volume information",
    "lost+found",
    ".trash",
    ".trashes",
    ".snapshot",
    ".snapshots",
    "~snapshot",
    ".spotlight-v100",
    ".fseventsd",
    ".temporaryitems",
    "@eadir",
    "#recycle",
    "node_modules",
];

/// What to list, and what to leave out.
#[derive(Clone, Debug, Default)]
pub struct CrawlOptions {
    /// Files have to match one of these globs on paths relative to the root; empty means all do.
    pub include: GlobSet,
    /// Files and folders that match one of these globs are left out.
    pub exclude: GlobSet,
    /// Whether folders whose name starts with a dot are listed. Files with such a name always are.
    pub hidden: bool,
    /// Whether symbolic links are followed.
    pub follow_links: bool,
    /// Whether folders on other file systems than the root's are left out.
    pub one_file_system: bool,
}

impl CrawlOptions {
    /// Options with globs on paths relative to the root: files must match one of `include` (if
    /// there is any) and none of `exclude`; folders that match `exclude` are not entered.
    ///
    /// `*` and `?` stay within a folder, `**` crosses folders; a glob without a slash is matched
    /// with names in any folder.
    pub fn new<G: AsRef<str>>(include: &[G], exclude: &[G]) -> Result<Self, globset::Error> {
        Ok(Self { include: globs(include)?, exclude: globs(exclude)?, ..Self::default() })
    }

    pub(super) fn skips_folder(&self, path: &Path) -> Option<Skipped> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        if SYSTEM_FOLDERS.contains(&name.as_str()) || name.starts_with(".trash-") {
            Some(Skipped::System)
        } else if !self.hidden && name.starts_with('.') {
            Some(Skipped::Hidden)
        } else if self.exclude.is_match(path) {
            Some(Skipped::Excluded)
        } else {
            None
        }
    }

    pub(super) fn skips_file(&self, path: &Path) -> bool {
        self.exclude.is_match(path) || (!self.include.is_empty() && !self.include.is_match(path))
    }
}

fn globs<G: AsRef<str>>(patterns: &[G]) -> Result<GlobSet, globset::Error> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let pattern = pattern.as_ref();
        let anywhere = if pattern.contains('/') { "" } else { "**/" };
        set.add(GlobBuilder::new(&format!("{anywhere}{pattern}")).literal_separator(true).build()?);
    }
    set.build()
}
