//! `docrot where`

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::{self, BufWriter, Write as _};
use std::path::PathBuf;
use std::sync::Arc;

use docrot::catalog::{Admit, Catalog, Found, Query, Search, SearchOptions};
use docrot::inventory::{RootId, document_key};
use docrot::report::{FolderHits, Whereabouts, whereabouts_json, whereabouts_text};
use docrot::rot::{Folder, Marks};

use super::document::Layout;
use super::exit::{Exit, UsageError};
use super::options::{AsOf, Global};
use super::output::terminal_options;
use super::search::tell_what_is_lacking;
use super::{catalogs, marks};

/// So many of the best documents are looked at.
const LOOKED_AT: usize = 500;

/// Tell where we keep what we know about something: the folders, and who answers for them
///
/// Takes the same queries as docrot search.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What to look for
    #[arg(required = true)]
    query: Vec<String>,

    /// Audited folder (can be repeated) [default: the only one audited so far]
    #[arg(long, value_name = "FOLDER")]
    root: Vec<PathBuf>,

    /// How to print it
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Layout::Text)]
    format: Layout,

    /// Show every folder, however many there are
    #[arg(long)]
    all: bool,

    #[command(flatten)]
    as_of: AsOf,
}

pub(crate) fn run(args: Args, global: &Global) -> anyhow::Result<Exit> {
    let typed = args.query.join(" ");
    let query = Query::parse(&typed).map_err(|error| UsageError(error.to_string()))?;
    let config = global.config()?;
    let catalog = catalogs::open_last(&args.root, None, global, &config)?;
    tell_what_is_lacking(&catalog, global);
    let search = catalog.search()?;
    let marks = Arc::new(marks::load(&catalog, &config, args.as_of.day())?);
    let options = SearchOptions {
        limit: LOOKED_AT,
        languages: marks.languages(),
        admit: admit(&marks, &query),
        ..SearchOptions::default()
    };
    let mut found = search.find(&query, &options)?;
    let loose = if found.total == 0 { query.loosened() } else { None };
    if let Some(loose) = &loose {
        found = search.find(loose, &options)?;
    }
    let looking = Looking { catalog: &catalog, search: &search, marks: &marks };
    let mut whereabouts = looking.folders(&found)?;
    whereabouts.query = &typed;
    whereabouts.is_loose = loose.is_some() && found.total > 0;
    let mut out = BufWriter::new(io::stdout().lock());
    match args.format {
        Layout::Json => whereabouts_json(&whereabouts, &mut out)?,
        Layout::Text => whereabouts_text(&whereabouts, &terminal_options(args.all), &mut out)?,
    }
    out.flush()?;
    Ok(Exit::Success)
}

struct Looking<'a> {
    catalog: &'a Catalog,
    search: &'a Search,
    marks: &'a Marks,
}

/// Lets in who has the owner that is asked for.
fn admit(marks: &Arc<Marks>, query: &Query) -> Option<Admit> {
    let (marks, owners) = (Arc::clone(marks), query.owners.clone());
    let is_asked_for = move |id| {
        let owner = marks.find_beginning(id).and_then(|it| marks.owner(it));
        marks::is_asked_for(&owners, owner)
    };
    (!query.owners.is_empty()).then(|| Arc::new(is_asked_for) as Admit)
}

impl Looking<'_> {
    /// The folders of what was found, copies folded, the weightiest first.
    fn folders(&self, found: &Found) -> anyhow::Result<Whereabouts<'static>> {
        let roots = self.catalog.roots();
        let mut folders: BTreeMap<Folder, (f64, BTreeSet<String>, FolderHits)> = BTreeMap::new();
        let (mut seen, mut owners, mut whole) = (HashSet::new(), BTreeSet::new(), 0.0);
        for hit in &found.hits {
            let place = self.marks.find_beginning(hit.id);
            let stands_for = place.map(|it| self.marks.representative(it));
            if stands_for.is_some_and(|it| !seen.insert(it)) {
                continue;
            }
            let (key, path) = match stands_for.filter(|it| Some(*it) != place) {
                // The one that stays tells where it is kept.
                Some(better) => {
                    let key = *self.marks.key(better);
                    (key, self.search.path_of(&key)?.unwrap_or_default())
                }
                None => self.search.key_and_path(hit)?,
            };
            let root =
                (0..roots.len() as u16).map(RootId).find(|it| document_key(*it, &path) == key);
            let Some(root) = root else { continue };
            let weight = f64::from(hit.score.max(0.0));
            whole += weight;
            let place = stands_for.or(place);
            let (sum, names, folder) = folders.entry(Folder::holding(root, &path)).or_default();
            *sum += weight;
            if folder.documents == 0 {
                // The best comes first.
                folder.title = self.search.own_words(&key, 0)?.title;
                folder.best.clone_from(&path);
            }
            folder.documents += 1;
            folder.stale += u64::from(place.is_some_and(|it| self.marks.stale(it).is_some()));
            folder.newest = folder.newest.max(place.and_then(|it| self.marks.date(it)));
            if let Some(owner) = place.and_then(|it| self.marks.owner(it)) {
                names.insert(owner.to_owned());
                owners.insert(owner.to_owned());
            }
        }
        let whole = if whole > 0.0 { whole } else { 1.0 };
        let told =
            |(place, (sum, names, folder)): (Folder, (f64, BTreeSet<String>, FolderHits))| {
                FolderHits {
                    root: roots[usize::from(place.root.0)].clone(),
                    path: place.path,
                    share: sum / whole,
                    owners: names.into_iter().collect(),
                    ..folder
                }
            };
        let mut folders: Vec<FolderHits> = folders.into_iter().map(told).collect();
        folders.sort_by(|a, b| b.share.total_cmp(&a.share));
        Ok(Whereabouts {
            total: found.total,
            looked_at: folders.iter().map(|it| it.documents).sum(),
            folders,
            owners: owners.into_iter().collect(),
            has_roots: 1 < roots.len(),
            ..Whereabouts::default()
        })
    }
}
