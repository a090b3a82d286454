//! The files and folders of an inventory, found as lenient file servers and generators find them.
//!
//! Letter case makes no difference, because on the shares that people link across it makes none.
//! Holds hashes of paths, not the paths.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use xxhash_rust::xxh3::Xxh3;

use crate::inventory::{DocId, Inventory, RootId};

/// What a tree holds, by path.
#[derive(Debug, Default)]
pub(super) struct Tree {
    files: HashMap<u64, DocId>,
    /// Files by their path up to the first dot of their name: `a/b` for `a/b.html.md.erb`.
    stems: HashMap<u64, DocId>,
    folders: HashSet<u64>,
    extensions: HashSet<String>,
    /// The files of a name, wherever they lie: the first, and how many there are.
    names: HashMap<u64, (DocId, u32)>,
    /// Exported pages of wikis by their number, which ends their name.
    pages: HashMap<u64, DocId>,
    /// The audited folders as written, with `/`, for links with whole paths.
    roots: Vec<String>,
}

impl Tree {
    pub(super) fn of(inventory: &Inventory) -> Self {
        let roots = inventory.roots.iter().map(|it| slashed(it).to_lowercase()).collect();
        let mut tree = Self { roots, ..Self::default() };
        for (document, record) in inventory.iter() {
            let path = slashed(&record.file.path).to_lowercase();
            tree.files.entry(key(record.root, &path)).or_insert(document);
            tree.stems.entry(key(record.root, stem(&path))).or_insert(document);
            let name = path.rsplit('/').next().unwrap_or_default();
            let number = stem(name).rsplit('_').next().unwrap_or_default();
            if 5 <= number.len() && number.bytes().all(|it| it.is_ascii_digit()) {
                tree.pages.entry(key(record.root, number)).or_insert(document);
            }
            let named = tree.names.entry(key(RootId(0), name)).or_insert((document, 0));
            named.1 += 1;
            if let Some(extension) = extension(&path)
                && !tree.extensions.contains(extension)
            {
                tree.extensions.insert(extension.to_owned());
            }
            let mut folder = path.as_str();
            while let Some((above, _)) = folder.rsplit_once('/') {
                // Of a folder that is known, those above are known too.
                if !tree.folders.insert(key(record.root, above)) {
                    break;
                }
                folder = above;
            }
        }
        tree
    }

    /// The file at a path in lower case.
    pub(super) fn file(&self, root: RootId, path: &str) -> Option<DocId> {
        self.files.get(&key(root, path)).copied()
    }

    /// A file of which a path in lower case names all but what follows the first dot.
    pub(super) fn stem(&self, root: RootId, path: &str) -> Option<DocId> {
        self.stems.get(&key(root, path)).copied()
    }

    /// Whether there is such a folder.
    pub(super) fn has_folder(&self, root: RootId, path: &str) -> bool {
        path.is_empty() || self.folders.contains(&key(root, path))
    }

    /// Whether any file has this extension, in lower case: of others none were listed, perhaps.
    pub(super) fn has_extension(&self, extension: &str) -> bool {
        self.extensions.contains(extension)
    }

    /// A file of this name in lower case, wherever it lies, and how many there are.
    pub(super) fn named(&self, name: &str) -> Option<(DocId, u32)> {
        self.names.get(&key(RootId(0), name)).copied()
    }

    /// The exported page with this number.
    pub(super) fn page(&self, root: RootId, number: &str) -> Option<DocId> {
        self.pages.get(&key(root, number)).copied()
    }

    /// The root that a whole path in lower case lies below, and the rest of the path.
    pub(super) fn below_root<'p>(&self, path: &'p str) -> Option<(RootId, &'p str)> {
        (0_u16..).zip(&self.roots).find_map(|(number, root)| {
            let rest = path.strip_prefix(root.trim_end_matches('/'))?.strip_prefix('/')?;
            Some((RootId(number), rest))
        })
    }
}

/// A path with `/` between its parts.
pub(super) fn slashed(path: &Path) -> String {
    let text = path.to_string_lossy();
    if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() }
}

/// A path up to the first dot of its name that is not its first letter.
pub(super) fn stem(path: &str) -> &str {
    let name = path.rfind('/').map_or(0, |it| it + 1);
    match path[name..].char_indices().skip(1).find(|(_, c)| *c == '.') {
        Some((dot, _)) => &path[..name + dot],
        None => path,
    }
}

/// What follows the last dot of a name: up to five letters and digits.
pub(super) fn extension(path: &str) -> Option<&str> {
    let name = path.rsplit('/').next()?;
    let (before, extension) = name.rsplit_once('.')?;
    let is_extension = !before.is_empty()
        && (1..=5).contains(&extension.len())
        && extension.bytes().all(|it| it.is_ascii_alphanumeric())
        && extension.bytes().any(|it| it.is_ascii_alphabetic());
    is_extension.then_some(extension)
}

fn key(root: RootId, path: &str) -> u64 {
    let mut hash = Xxh3::new();
    hash.update(&root.0.to_le_bytes());
    hash.update(path.as_bytes());
    hash.digest()
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{inventory, record};
    use super::*;

    #[test]
    fn files_are_found_in_any_case_and_by_their_stem() {
        let tree = Tree::of(&inventory(vec![record("Docs/My Page.html.md.erb")]));
        assert_eq!(tree.file(RootId(0), "docs/my page.html.md.erb"), Some(DocId(0)));
        assert_eq!(tree.stem(RootId(0), "docs/my page"), Some(DocId(0)));
        assert!(tree.has_folder(RootId(0), "docs") && !tree.has_folder(RootId(0), "doc"));
        assert_eq!(tree.below_root("/share/docs/x"), Some((RootId(0), "docs/x")));
        assert_eq!(tree.below_root("/shared/docs/x"), None);
    }

    #[test]
    fn versions_and_dot_files_have_no_extension() {
        assert_eq!(extension("a/guide.md"), Some("md"));
        for name in ["a/v1.2", ".gitignore", "a.b/c", "x.longish"] {
            assert_eq!(extension(name), None, "{name}");
        }
    }
}
