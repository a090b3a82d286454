//! Which folders a scan is of, and whether they are still the ones they were.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::catalog::{Catalog, CatalogError};
use crate::crawl::{CrawlReason, FileEntry, FileIdentity};

use super::ScanError;

/// A folder that is audited.
#[derive(Clone, Debug)]
pub(super) struct Root {
    /// Absolute, with links resolved.
    pub(super) path: PathBuf,
    /// Which folder it is, so that a share that vanishes in mid-crawl is noticed.
    pub(super) identity: FileIdentity,
}

/// Whether these folders can be scanned together: each can be listed, none lies in another.
///
/// [`scan`](super::scan()) checks the same; this is for whoever makes a catalog only for roots that
/// will do.
pub fn check_roots(named: &[PathBuf]) -> Result<(), ScanError> {
    folders(named).map(drop)
}

/// Checks the roots before anything is touched: each a folder that can be listed, none inside
/// another, the catalog in none of them.
pub(super) fn resolve(named: &[PathBuf], catalog: &Catalog) -> Result<Vec<Root>, ScanError> {
    let roots = folders(named)?;
    let folder = fs::canonicalize(catalog.folder()).unwrap_or_else(|_| catalog.folder().into());
    match roots.iter().find(|it| folder.starts_with(&it.path)) {
        Some(root) => Err(ScanError::CatalogInside { catalog: folder, root: root.path.clone() }),
        None => Ok(roots),
    }
}

fn folders(named: &[PathBuf]) -> Result<Vec<Root>, ScanError> {
    let mut roots: Vec<Root> = Vec::new();
    for name in named {
        let failed = |error: &io::Error| match error.kind() {
            ErrorKind::NotFound => ScanError::NoSuchRoot(name.clone()),
            _ => ScanError::Root { root: name.clone(), reason: CrawlReason::from(error) },
        };
        let path = fs::canonicalize(name).map_err(|error| failed(&error))?;
        if !path.is_dir() {
            return Err(ScanError::NotAFolder(name.clone()));
        }
        fs::read_dir(&path).map_err(|error| failed(&error))?;
        for other in &roots {
            if path.starts_with(&other.path) || other.path.starts_with(&path) {
                let (inner, outer) = if path.starts_with(&other.path) {
                    (path, other.path.clone())
                } else {
                    (other.path.clone(), path)
                };
                return Err(ScanError::Overlap { inner, outer });
            }
        }
        let identity = identity(&path);
        roots.push(Root { path, identity });
    }
    Ok(roots)
}

/// Puts the roots into the catalog's order; new ones follow. A catalog of other folders is refused.
pub(super) fn in_order_of(catalog: &Catalog, roots: Vec<Root>) -> Result<Vec<Root>, ScanError> {
    let known = catalog.roots();
    if known.iter().any(|known| !roots.iter().any(|root| root.path == *known)) {
        let known: Vec<_> = known.iter().map(|it| it.display().to_string()).collect();
        return Err(ScanError::Catalog(CatalogError::OtherRoots {
            path: catalog.folder().to_path_buf(),
            known: known.join(" and "),
        }));
    }
    let place = |root: &Root| known.iter().position(|it| *it == root.path).unwrap_or(known.len());
    let mut roots = roots;
    roots.sort_by_key(place);
    Ok(roots)
}

/// Which folder stands at `path` now; zeros where there is none.
pub(super) fn identity(path: &Path) -> FileIdentity {
    FileEntry::of(path, Path::new("")).map_or(FileIdentity::default(), |it| it.identity)
}
