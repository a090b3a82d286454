//! Where catalogs lie: in the user's data directory, one per set of audited folders.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use docrot::catalog::Catalog;
use docrot::fingerprint::Hash;
use docrot::inventory::path_text;

use super::config::Config;
use super::exit::UsageError;
use super::options::Global;

/// The folder of the catalog of these roots.
pub(super) fn folder_of(
    roots: &[PathBuf],
    global: &Global,
    config: &Config,
) -> anyhow::Result<PathBuf> {
    if let Some(folder) = global.index.as_ref().or(config.index.as_ref()) {
        return Ok(folder.clone());
    }
    let mut roots = roots
        .iter()
        .map(|root| root.canonicalize().with_context(|| format!("cannot audit {}", root.display())))
        .collect::<Result<Vec<_>, _>>()?;
    roots.sort();
    Ok(home()?.join(name_of(&roots)))
}

/// A name that a person recognises, and that two sets of roots never share.
fn name_of(roots: &[PathBuf]) -> String {
    let mut bytes = Vec::new();
    for root in roots {
        bytes.extend_from_slice(path_text::to_bytes(root));
        bytes.push(0);
    }
    let first = roots.first().and_then(|root| root.file_name()).unwrap_or_default();
    let readable: String = first
        .to_string_lossy()
        .chars()
        .filter(|c| c.is_alphanumeric() || *c == '-' || *c == '_')
        .take(40)
        .collect();
    let readable = if readable.is_empty() { "root" } else { &readable };
    format!("{readable}-{}", &Hash::of(&bytes).to_string()[..12])
}

fn home() -> anyhow::Result<PathBuf> {
    let data = dirs::data_local_dir()
        .context("cannot tell where your data directory is; name a folder with --index")?;
    Ok(data.join("docrot"))
}

/// Opens the catalog of an earlier scan: the one named, the one of these roots, the one of the
/// folder above `inside`, or the only one there is.
pub(super) fn open_last(
    roots: &[PathBuf],
    inside: Option<&Path>,
    global: &Global,
    config: &Config,
) -> anyhow::Result<Catalog> {
    let roots = if roots.is_empty() { &config.scan.roots } else { roots };
    let folder = if let Some(folder) = global.index.as_ref().or(config.index.as_ref()) {
        folder.clone()
    } else if !roots.is_empty() {
        folder_of(roots, global, config)?
    } else if let Some(folder) = inside.and_then(above) {
        folder
    } else {
        only_one()?
    };
    Catalog::open(&folder)
        .context("run `docrot audit FOLDER` first, or name the catalog with --index")
}

/// The catalog of the nearest audited folder above a document.
fn above(document: &Path) -> Option<PathBuf> {
    let document = document.canonicalize().ok()?;
    let home = home().ok()?;
    document
        .ancestors()
        .skip(1)
        .map(|root| home.join(name_of(&[root.to_path_buf()])))
        .find(|folder| folder.is_dir())
}

fn only_one() -> anyhow::Result<PathBuf> {
    let home = home()?;
    let folders: Vec<PathBuf> = std::fs::read_dir(&home)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|folder| folder.join("index").is_dir())
        .collect();
    match <[PathBuf; 1]>::try_from(folders) {
        Ok([only]) => Ok(only),
        Err(folders) if folders.is_empty() => {
            let message = "nothing has been audited yet; run `docrot audit FOLDER` first";
            Err(UsageError(message.to_owned()).into())
        }
        Err(folders) => {
            let names: Vec<_> = folders
                .iter()
                .filter_map(|folder| Catalog::open(folder).ok())
                .flat_map(|catalog| catalog.roots())
                .map(|root| root.display().to_string())
                .collect();
            let message = format!("say which folder: {}", names.join(", "));
            Err(UsageError(message).into())
        }
    }
}
