//! `docrot search`

use std::collections::HashSet;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;
use docrot::catalog::{Admit, Catalog, Found, Hit, Keeping, Query, Search, SearchOptions, Shown};
use docrot::inventory::{RootId, document_key};
use docrot::report::{HitDocument, Hits, escape, hits_json, hits_text};
use docrot::rot::{Globs, Marks, Place};

use super::config::mistakes::suggest;
use super::document::Layout;
use super::exit::{Exit, UsageError};
use super::options::{AsOf, Global, parse_day};
use super::output::terminal_options;
use super::{catalogs, marks};

/// Find documents by their words; copies are folded, and stale ones say so
///
/// All words are wanted, in any form that the languages of the documents give them. "a phrase", a
/// OR b, -without, travl~1 (one letter may differ), exp* (begins so), and title:, path:, text:,
/// format: and owner: narrow it down.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What to look for
    #[arg(required = true)]
    query: Vec<String>,

    /// Audited folder (can be repeated) [default: the only one audited so far]
    #[arg(long, value_name = "FOLDER")]
    root: Vec<PathBuf>,

    /// Only documents whose path matches this glob, such as 'HR/**' (can be repeated)
    #[arg(long, value_name = "GLOB")]
    path: Vec<String>,

    /// Only documents whose believed date is this day or later (YYYY-MM-DD)
    #[arg(long, value_name = "DATE", value_parser = parse_day)]
    after: Option<NaiveDate>,

    /// Only documents whose believed date is this day or earlier (YYYY-MM-DD)
    #[arg(long, value_name = "DATE", value_parser = parse_day)]
    before: Option<NaiveDate>,

    /// List this many documents
    #[arg(long, value_name = "N", default_value_t = 10,
        value_parser = clap::value_parser!(u32).range(1..=10_000))]
    limit: u32,

    /// List copies and older versions one by one
    #[arg(long)]
    unfolded: bool,

    /// Words of this language count in all their forms (ISO 639-1 code, can be repeated)
    /// [default: the languages of the documents]
    #[arg(long, value_name = "CODE")]
    language: Vec<String>,

    /// Words count as typed only
    #[arg(long, conflicts_with = "language")]
    exact: bool,

    /// How to print it
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Layout::Text)]
    format: Layout,

    #[command(flatten)]
    as_of: AsOf,
}

/// What a catalog lacks that does not keep everything.
pub(super) const fn lacks(keeping: Keeping) -> &'static str {
    match keeping {
        Keeping::Fingerprints => "the catalog keeps no texts",
        _ => "the catalog has no index of words",
    }
}

/// Says so where a search cannot look at the words of documents.
pub(super) fn tell_what_is_lacking(catalog: &Catalog, global: &Global) {
    if catalog.keeping() != Keeping::Texts && !global.quiet {
        let lacks = lacks(catalog.keeping());
        tell!("docrot: {lacks}; only titles and paths are looked through");
    }
}

pub(crate) fn run(args: Args, global: &Global) -> anyhow::Result<Exit> {
    let typed = args.query.join(" ");
    let query = Query::parse(&typed).map_err(|error| UsageError(error.to_string()))?;
    let globs = args.globs()?;
    let config = global.config()?;
    let catalog = catalogs::open_last(&args.root, None, global, &config)?;
    tell_what_is_lacking(&catalog, global);
    let search = catalog.search()?;
    let marks = Arc::new(marks::load(&catalog, &config, args.as_of.day())?);
    let looking = Looking { args: &args, catalog: &catalog, search: &search, marks: &marks };
    let mut found = looking.find(&query, globs.as_ref())?;
    let loose = if found.total == 0 { query.loosened() } else { None };
    if let Some(loose) = &loose {
        found = looking.find(loose, globs.as_ref())?;
    }
    let hits = Hits {
        query: &typed,
        hits: looking.folded(&found)?,
        total: found.total,
        is_at_least: found.is_at_least,
        is_loose: loose.is_some() && found.total > 0,
        has_roots: catalog.roots().len() > 1,
    };
    let mut out = BufWriter::new(io::stdout().lock());
    match args.format {
        Layout::Json => hits_json(&hits, &mut out)?,
        Layout::Text => hits_text(&hits, &terminal_options(false), &mut out)?,
    }
    out.flush()?;
    if let Some(slip) = slip(&typed).filter(|_| found.total == 0 && !global.quiet) {
        tell!("{slip}");
    }
    Ok(Exit::Success)
}

/// A word that was looked for as it stands, and is much like a field.
fn slip(typed: &str) -> Option<String> {
    typed.split_whitespace().find_map(|word| {
        let (name, _) = word.trim_start_matches(['-', '(']).split_once(':')?;
        let meant = suggest(name, Query::FIELDS.iter().copied());
        let is_slip = !Query::is_field(name) && !meant.is_empty();
        is_slip.then(|| format!("`{}:` is no field{meant}", escape::visible(name)))
    })
}

impl Args {
    /// The globs on paths. One without a stroke is meant for names in any folder.
    fn globs(&self) -> anyhow::Result<Option<Globs>> {
        if self.path.is_empty() {
            return Ok(None);
        }
        let patterns = self.path.iter().map(|glob| match glob.trim_end_matches('/') {
            name if !name.contains('/') && name.contains(['*', '?']) => format!("**/{name}"),
            // A folder stands for all that is in it.
            folder if !folder.contains(['*', '?', '[', '{']) => format!("{folder}{{,/**}}"),
            glob => glob.to_owned(),
        });
        let globs = Globs::new(patterns);
        globs.map(Some).map_err(|error| UsageError(format!("--path: {error}")).into())
    }
}

struct Looking<'a> {
    args: &'a Args,
    catalog: &'a Catalog,
    search: &'a Search,
    marks: &'a Arc<Marks>,
}

impl Looking<'_> {
    fn find(&self, query: &Query, globs: Option<&Globs>) -> anyhow::Result<Found> {
        let admit_path = globs.map(|globs| |path: &Path| globs.is_match(path));
        let languages = match (self.args.exact, self.args.language.as_slice()) {
            (true, _) => &[],
            (false, []) => self.marks.languages(),
            (false, named) => named,
        };
        let options = SearchOptions {
            // Most copies of a document fit as well as it does, and go with it.
            limit: self.args.limit as usize * if self.args.unfolded { 1 } else { 8 },
            languages,
            admit: self.admit(query),
            admit_path: admit_path.as_ref().map(|it| it as docrot::catalog::AdmitPath<'_>),
        };
        Ok(self.search.find(query, &options)?)
    }

    /// Lets in who has the date and the owner that are asked for.
    fn admit(&self, query: &Query) -> Option<Admit> {
        let (after, before) = (self.args.after, self.args.before);
        let is_dated = after.is_some() || before.is_some();
        if !is_dated && query.owners.is_empty() {
            return None;
        }
        let (marks, owners) = (Arc::clone(self.marks), query.owners.clone());
        Some(Arc::new(move |id| {
            let place = marks.find_beginning(id);
            let date = place.and_then(|it| marks.date(it));
            let is_within = date.is_some_and(|date| {
                after.is_none_or(|after| after <= date)
                    && before.is_none_or(|before| date <= before)
            });
            let owner = place.and_then(|it| marks.owner(it));
            (!is_dated || is_within) && marks::is_asked_for(&owners, owner)
        }))
    }

    /// One document for each family of copies and versions: the one that stays, if it was found.
    fn folded(&self, found: &Found) -> anyhow::Result<Vec<HitDocument>> {
        let mut listed = Vec::new();
        let mut seen = HashSet::new();
        for hit in &found.hits {
            if listed.len() == self.args.limit as usize {
                break;
            }
            let place = self.marks.find_beginning(hit.id);
            let stands_for = match place {
                Some(place) if !self.args.unfolded => self.marks.representative(place),
                _ => {
                    listed.push(self.document(found, hit, place)?);
                    continue;
                }
            };
            if !seen.insert(stands_for) {
                continue;
            }
            let of_family = |it: &&Hit| self.marks.find_beginning(it.id) == Some(stands_for);
            let best = found.hits.iter().find(of_family).unwrap_or(hit);
            let best = HitDocument { score: hit.score.into(), ..self.shown(found, best)? };
            listed.push(best);
        }
        Ok(listed)
    }

    fn shown(&self, found: &Found, hit: &Hit) -> anyhow::Result<HitDocument> {
        let place = self.marks.find_beginning(hit.id);
        let mut document = self.document(found, hit, place)?;
        let Some(place) = place else { return Ok(document) };
        let stands_for = self.marks.representative(place);
        document.copies = self.marks.copies(stands_for);
        document.older = self.marks.older(stands_for);
        Ok(document)
    }

    fn document(
        &self,
        found: &Found,
        hit: &Hit,
        place: Option<Place>,
    ) -> anyhow::Result<HitDocument> {
        let Shown { key, path, title, snippet } = self.search.show(found, hit)?;
        let root = self.root(&key, &path);
        let better = place.map(|it| (it, self.marks.representative(it)));
        let better = match better.filter(|(place, better)| place != better) {
            Some((_, better)) => self.search.path_of(self.marks.key(better))?,
            None => None,
        };
        Ok(HitDocument {
            root,
            path,
            title,
            score: hit.score.into(),
            date: place.and_then(|it| self.marks.date(it)),
            owner: place.and_then(|it| self.marks.owner(it)).map(str::to_owned),
            better,
            stale: place.and_then(|it| self.marks.stale(it)).cloned(),
            quote: snippet.text,
            found: snippet.found,
            is_whole: (snippet.is_beginning, snippet.is_end),
            ..HitDocument::default()
        })
    }

    /// The audited folder under which a path has this key.
    fn root(&self, key: &[u8; 16], path: &Path) -> PathBuf {
        let roots = self.catalog.roots().into_iter();
        (0u16..)
            .zip(roots)
            .find(|(root, _)| document_key(RootId(*root), path) == *key)
            .map_or_else(PathBuf::new, |it| it.1)
    }
}

#[cfg(test)]
mod tests {
    use super::slip;

    #[test]
    fn only_what_is_no_field_is_called_none() {
        assert!(slip("titel:travel").is_some_and(|it| it.contains("did you mean `title`")));
        for typed in ["Title:travel", "file:travel", "TEXT:travel", "body:travel", "travel"] {
            assert_eq!(slip(typed), None, "{typed}");
        }
    }
}
