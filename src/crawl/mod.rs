//! Directories → file names → [`FileEntry`]. Opens no file.
//!
//! [`walk`] lists names in sorted order, [`FileEntry::of`] asks for size and times: they are apart
//! so that a caller can ask for many at once where the answer comes over a network. What cannot be
//! listed is an item, not the end of the walk.

mod entry;
mod error;
mod filter;
pub mod path_text;

pub use entry::{FileEntry, FileIdentity, is_remote};
pub use error::{CrawlError, CrawlReason};
pub use filter::CrawlOptions;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

/// A name that was listed below a root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listed {
    /// A regular file, or (when links are followed) a link to one; the path is relative to the root.
    File(PathBuf),
    /// A FIFO, socket or device. Never to be opened.
    Special(PathBuf),
    /// A symbolic link that was not followed.
    Link,
    /// A folder that the options say to skip, and why.
    SkippedFolder(Skipped),
    /// A file that the options' globs leave out.
    SkippedFile,
}

/// Why a folder was skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Skipped {
    /// Its name starts with a dot.
    Hidden,
    /// It belongs to a version control system, the operating system or a file server.
    System,
    /// A glob excludes it.
    Excluded,
    /// It lies on another file system.
    OtherFileSystem,
}

/// Lists everything below `root`, sorted by path component, as `Path` compares.
///
/// An unreadable folder, a loop of links, a broken link or a folder that was listed already under
/// another name (a bind mount) yields an error and the walk goes on.
pub fn walk<'a>(
    root: &'a Path,
    options: &'a CrawlOptions,
) -> impl Iterator<Item = Result<Listed, CrawlError>> + 'a {
    let mut entries = WalkDir::new(root)
        .min_depth(1)
        .follow_links(options.follow_links)
        .sort_by_file_name()
        .into_iter();
    let mut folders = HashSet::new();
    let root_device = FileEntry::of(root, Path::new("")).map_or(0, |it| it.identity.device);
    std::iter::from_fn(move || {
        loop {
            let entry = match entries.next()? {
                Ok(entry) => entry,
                Err(error) => return Some(Err(CrawlError::from_walk(root, &error))),
            };
            let path = relative(root, entry.path());
            if !entry.file_type().is_dir() {
                return Some(Ok(listed_file(&entry, path, options)));
            }
            if let Some(why) = options.skips_folder(&path) {
                entries.skip_current_dir();
                return Some(Ok(Listed::SkippedFolder(why)));
            }
            match FileEntry::of(root, &path) {
                Ok(folder) if options.one_file_system && folder.identity.device != root_device => {
                    entries.skip_current_dir();
                    return Some(Ok(Listed::SkippedFolder(Skipped::OtherFileSystem)));
                }
                Ok(folder) if folder.identity.inode != 0 && !folders.insert(folder.identity) => {
                    entries.skip_current_dir();
                    return Some(Err(CrawlError::new(path, CrawlReason::SeenElsewhere)));
                }
                // A folder without its own facts still gets listed, and says there what is wrong.
                _ => {}
            }
        }
    })
}

fn listed_file(entry: &DirEntry, path: PathBuf, options: &CrawlOptions) -> Listed {
    let kind = entry.file_type();
    if kind.is_symlink() {
        Listed::Link
    } else if options.skips_file(&path) {
        Listed::SkippedFile
    } else if kind.is_file() {
        Listed::File(path)
    } else {
        Listed::Special(path)
    }
}

fn relative(root: &Path, path: &Path) -> PathBuf {
    path.strip_prefix(root).unwrap_or(path).to_path_buf()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn names(root: &Path, options: &CrawlOptions) -> Vec<String> {
        walk(root, options)
            .filter_map(|item| match item {
                Ok(Listed::File(path)) => Some(path.to_string_lossy().into_owned()),
                _ => None,
            })
            .collect()
    }

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for file in files {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        root
    }

    #[test]
    fn names_come_in_the_order_in_which_paths_compare() {
        let root = tree(&["a.b", "a/x", "a-b", "b/c", "a/x.y/z"]);
        let listed = names(root.path(), &CrawlOptions::default());
        assert_eq!(listed, ["a/x", "a/x.y/z", "a-b", "a.b", "b/c"]);
        assert!(listed.is_sorted_by(|a, b| Path::new(a) < Path::new(b)));
    }

    #[test]
    fn hidden_and_system_folders_are_skipped_but_hidden_files_are_seen() {
        let root = tree(&[".git/config", ".private/a.txt", ".DS_Store", "a.txt"]);
        assert_eq!(names(root.path(), &CrawlOptions::default()), [".DS_Store", "a.txt"]);
        let hidden = CrawlOptions { hidden: true, ..Default::default() };
        assert_eq!(names(root.path(), &hidden), [".DS_Store", ".private/a.txt", "a.txt"]);
    }

    #[test]
    fn globs_exclude_and_include() {
        let root = tree(&["a/x.md", "a/y.txt", "b/x.md", "b/deep/z.md"]);
        let options = CrawlOptions::new(&["*.md"], &["b/deep"]).unwrap();
        assert_eq!(names(root.path(), &options), ["a/x.md", "b/x.md"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_loop_of_links_is_reported_when_links_are_followed() {
        let root = tree(&["a/x"]);
        std::os::unix::fs::symlink("..", root.path().join("a/up")).unwrap();
        assert_eq!(names(root.path(), &CrawlOptions::default()), ["a/x"]);
        let options = CrawlOptions { follow_links: true, ..Default::default() };
        let errors: Vec<_> = walk(root.path(), &options).filter_map(Result::err).collect();
        assert_eq!(errors.len(), 1);
        assert_eq!(errors[0].reason, CrawlReason::Loop);
        assert_eq!(errors[0].path, Path::new("a/up"));
    }

    #[cfg(unix)]
    #[test]
    fn names_that_are_not_utf8_are_kept_as_bytes() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt as _;
        let root = tempfile::tempdir().unwrap();
        for name in [&b"bad\xff\xfe"[..], b"bad\xfe\xff"] {
            fs::write(root.path().join(OsStr::from_bytes(name)), "x").unwrap();
        }
        let files = walk(root.path(), &CrawlOptions::default()).filter(Result::is_ok).count();
        assert_eq!(files, 2);
    }
}
