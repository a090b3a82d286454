//! Where catalogs lie: in the user's data directory, one per set of audited folders.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use docrot::catalog::{Catalog, CatalogError, Catalogs};
use docrot::fingerprint::Hash;
use docrot::inventory::path_text;
use docrot::report::escape;
use docrot::scan::ScanError;

use super::config::Config;
use super::exit::UsageError;
use super::options::Global;

/// Catalogs of several servers.
#[derive(Debug, clap::Args)]
pub(super) struct Several {
    /// Catalog to take together with others (can be repeated); NAME= tells its server, where two
    /// servers have folders of one path
    #[arg(long, value_name = "[NAME=]DIR", value_parser = named)]
    catalog: Vec<Named>,
}

/// The folder of a catalog, and the name of its server where it was given one.
#[derive(Clone, Debug)]
struct Named {
    name: Option<String>,
    folder: PathBuf,
}

fn named(text: &str) -> Result<Named, String> {
    let (name, folder) = match text.split_once('=') {
        // A folder may have such a sign in its name, a server may have no slash.
        Some((name, folder)) if !name.contains(['/', '\\']) => (Some(name), folder),
        _ => (None, text),
    };
    if name == Some("") || folder.is_empty() {
        return Err("a catalog is named by its folder, or as NAME=FOLDER".to_owned());
    }
    Ok(Named { name: name.map(str::to_owned), folder: folder.into() })
}

/// Catalogs that are open, each with the name of its server where it was given one.
pub(super) struct Opened(Vec<(Option<String>, Catalog)>);

impl Several {
    /// Whether any was named.
    pub(super) const fn is_named(&self) -> bool {
        !self.catalog.is_empty()
    }

    /// For what looks at one catalog after the other: each with the name of its server, and as if it
    /// had been named with `--index`.
    pub(super) fn each(&self, global: &Global) -> Vec<(Option<&str>, Global)> {
        let one = |it: &Named| Global { index: Some(it.folder.clone()), ..global.clone() };
        self.catalog.iter().map(|it| (it.name.as_deref(), one(it))).collect()
    }

    /// Opens them; where none was named, the catalog of an earlier scan of these roots, or of the
    /// folder that a document is in.
    pub(super) fn open(
        &self,
        roots: &[PathBuf],
        document: Option<&Path>,
        global: &Global,
        config: &Config,
    ) -> anyhow::Result<Opened> {
        if self.catalog.is_empty() {
            return Ok(open_last(roots, document, global, config)?.into());
        }
        if !roots.is_empty() {
            let message = "audited folders and --catalog cannot both be named; name the catalogs";
            return Err(UsageError(message.to_owned()).into());
        }
        let open = |it: &Named| Ok((it.name.clone(), Catalog::open_read_only(&it.folder)?));
        self.catalog.iter().map(open).collect::<anyhow::Result<_>>().map(Opened)
    }
}

impl From<Catalog> for Opened {
    fn from(catalog: Catalog) -> Self {
        Self(vec![(None, catalog)])
    }
}

impl Opened {
    /// Refuses catalogs of an index of another program, whose entries are no files.
    #[cfg(unix)]
    pub(super) fn refuse_entries(&self) -> anyhow::Result<()> {
        for (_, catalog) in &self.0 {
            let summary = catalog.summary().and_then(|it| docrot::scan::Summary::from_json(&it));
            if summary.is_some_and(|it| it.of_entries) {
                let of = catalog.roots().pop().unwrap_or_default();
                let message = format!(
                    "{} is an index, and its entries are no files that could be moved; take them \
                     out with the program that fills it, or audit the folder that it is of",
                    of.display()
                );
                return Err(UsageError(message).into());
            }
        }
        Ok(())
    }

    /// The one catalog; none where there are several.
    pub(super) fn only(&self) -> Option<&Catalog> {
        if let [(_, only)] = &*self.0 { Some(only) } else { None }
    }

    /// All of them seen as one.
    pub(super) fn together(&self) -> anyhow::Result<Catalogs<'_>> {
        Ok(Catalogs::new(self.0.iter().map(|(name, catalog)| (name.clone(), catalog)))?)
    }
}

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
        .map(|root| {
            root.canonicalize().map_err(|error| match error.kind() {
                ErrorKind::NotFound => ScanError::NoSuchRoot(root.clone()).into(),
                _ => anyhow!(error).context(format!("cannot use {}", root.display())),
            })
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    roots.sort();
    Ok(home()?.join(name_of(&roots)))
}

/// The folder of the catalog of an index of another program.
pub(super) fn folder_of_index(
    index: &Path,
    global: &Global,
    config: &Config,
) -> anyhow::Result<PathBuf> {
    match global.index.as_ref().or(config.index.as_ref()) {
        Some(folder) => Ok(folder.clone()),
        None => Ok(home()?.join(name_of(&[index.to_path_buf()]))),
    }
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

/// Opens the catalog of an earlier scan to look at it: the one named, the one of these roots, the
/// one of the folder above `inside`, or the only one there is.
pub(super) fn open_last(
    roots: &[PathBuf],
    inside: Option<&Path>,
    global: &Global,
    config: &Config,
) -> anyhow::Result<Catalog> {
    let roots = if roots.is_empty() { &config.scan.roots } else { roots };
    let folder = last(roots, inside, global, config)?;
    let whole = roots.first().and_then(|root| part_of(root));
    Catalog::open_read_only(&folder).map_err(|error| match whole {
        Some(whole) if global.index.is_none() => advised(
            error,
            &format!("it was audited as a part of {}; name that", escape::path(&whole)),
        ),
        _ => advised(error, FIRST),
    })
}

/// What to do before a catalog can be looked at.
const FIRST: &str = "run `docrot audit FOLDER` first, or name the catalog with --index";

/// What to do where there is no catalog. Other errors say it themselves.
fn advised(error: CatalogError, remedy: &str) -> anyhow::Error {
    match error {
        CatalogError::Missing { .. } => anyhow!("{error}; {remedy}"),
        error => error.into(),
    }
}

/// Opens the catalog in a folder, to see whether there is one.
pub(super) fn check(folder: &Path) -> anyhow::Result<()> {
    Catalog::open_read_only(folder).map(|_| ()).map_err(|error| advised(error, FIRST))
}

/// The folder of the catalog that [`open_last`] opens, also where it cannot be opened.
pub(super) fn folder_of_last(
    roots: &[PathBuf],
    global: &Global,
    config: &Config,
) -> anyhow::Result<PathBuf> {
    let roots = if roots.is_empty() { &config.scan.roots } else { roots };
    last(roots, None, global, config)
}

fn last(
    roots: &[PathBuf],
    inside: Option<&Path>,
    global: &Global,
    config: &Config,
) -> anyhow::Result<PathBuf> {
    if let Some(folder) = global.index.as_ref().or(config.index.as_ref()) {
        Ok(folder.clone())
    } else if !roots.is_empty() {
        folder_of(roots, global, config)
    } else if let Some(folder) = inside.and_then(above) {
        Ok(folder)
    } else {
        only_one()
    }
}

/// The audited folder that holds this one.
fn part_of(root: &Path) -> Option<PathBuf> {
    audited(&above(root)?)?.into_iter().next()
}

/// The place of a document, with links resolved as far as it is there: one inside of an archive or
/// gone since the last scan is not.
pub(super) fn on_disk(document: &Path) -> Option<PathBuf> {
    let document = std::path::absolute(document).ok()?;
    let (there, resolved) =
        document.ancestors().find_map(|it| Some((it, it.canonicalize().ok()?)))?;
    let rest = document.strip_prefix(there).ok()?;
    Some(resolved.components().chain(rest.components()).collect())
}

/// The catalog of the nearest audited folder above a document.
fn above(document: &Path) -> Option<PathBuf> {
    let document = on_disk(document)?;
    let home = home().ok()?;
    document
        .ancestors()
        .skip(1)
        .map(|root| home.join(name_of(&[root.to_path_buf()])))
        .find(|folder| audited(folder).is_some())
}

/// The folders that the catalog in `folder` is of; none where no scan of it came to anything.
fn audited(folder: &Path) -> Option<Vec<PathBuf>> {
    Some(Catalog::open_read_only(folder).ok()?.roots()).filter(|roots| !roots.is_empty())
}

fn only_one() -> anyhow::Result<PathBuf> {
    let home = home()?;
    let mut catalogs: Vec<(Vec<PathBuf>, PathBuf)> = std::fs::read_dir(&home)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter_map(|folder| Some((audited(&folder)?, folder)))
        .collect();
    catalogs.sort();
    match <[_; 1]>::try_from(catalogs) {
        Ok([(_, only)]) => Ok(only),
        Err(catalogs) if catalogs.is_empty() => {
            let message = "nothing has been audited yet; run `docrot audit FOLDER` first";
            Err(UsageError(message.to_owned()).into())
        }
        Err(catalogs) => {
            let names = catalogs.iter().map(|(roots, _)| {
                let roots: Vec<_> = roots.iter().map(|it| it.display().to_string()).collect();
                roots.join(" with ")
            });
            let names: Vec<_> = names.collect();
            let message = format!(
                "several folders have been audited ({}); name one of them, or its catalog with \
                 --index",
                names.join(", ")
            );
            Err(UsageError(message).into())
        }
    }
}
