//! `docrot validate --from`: an index of another program against the tree.

use std::ops::ControlFlow;
use std::path::Path;

use docrot::catalog::{Catalog, Depth, Keeping, walk_index};
use docrot::inventory::{RootId, document_key};
use docrot::scan::{HandedOver, Handing, read_file, scan_entries};
use docrot::validate::engines::{Described, Engine, Location, Mapping, Role};
use docrot::validate::{
    self as checks, Check, Coverage, ForeignEntries, Gathering, OtherIndex, Tree,
};

use super::exit::UsageError;
use super::from::{about, refuse_elsewhere, rule_for};
use super::options::{Global, Limits, Reading, now};
use super::scan_from::{handed_over, place};
use super::search::lacks;
use super::validate::{
    Asking, Made, OF_FILES, OF_RECORDS, OF_TEXTS, OF_TREE, OF_WORDS, Run, Tables, absolute,
};
use super::{catalogs, marks};

/// Checks that need the entries.
const OF_ALL: &[&[&str]] = &[OF_TREE, OF_RECORDS, OF_TEXTS, &["unmapped", "entries"]];

impl Run<'_> {
    /// Every check that can be made of the index at `location`.
    pub(super) fn from(
        &mut self,
        location: &Location,
        tables: &Tables,
        global: &Global,
    ) -> anyhow::Result<Made> {
        let named = &self.args.root;
        self.roots =
            absolute(if named.is_empty() { &self.config.scan.roots } else { named.as_slice() })?;
        if self.roots.is_empty() {
            let message = "name the folder that the index is of, such as `docrot validate \
                           /srv/share --from export.csv`";
            return Err(UsageError(message.to_owned()).into());
        }
        if let Location::Path(path) = location
            && path.is_dir()
        {
            self.walk(path);
        }
        let mut engine = self.args.from.open(location)?;
        let described = engine.described().clone();
        let made = Made { index: described.index.clone(), about: about(&described) };
        let mapping = self.args.from.mapping(self.config, &self.roots)?;
        let is_asked = self.is_asked(&described, tables)?;
        if is_asked || !tables.results.is_empty() {
            let of = place(location);
            let folder = catalogs::folder_of_index(&of, global, self.config)?;
            let catalog = Catalog::open_or_create_keeping(&folder, self.config.scan.keeping())?;
            self.gather_into((&catalog, &of), &mut *engine, &mapping)?;
            let marks = marks::look_up(&catalog, self.config, self.args.as_of.day())?;
            let engine = OtherIndex { engine: &*engine, mapping: &mapping };
            let key = |path: &str| {
                let key = document_key(RootId(0), &mapping.shelf(path));
                marks.find(&key).map(|_| key)
            };
            let asking = Asking { catalog: &catalog, marks: &marks, engine: &engine, key: &key };
            if is_asked && catalog.keeping() == Keeping::Texts {
                self.words(&asking)?;
            } else if is_asked {
                self.skip(OF_WORDS, lacks(catalog.keeping()));
            }
            self.asked(&asking, tables)?;
        } else if OF_ALL.iter().any(|it| self.args.wants(it)) {
            let mut also = |_| ControlFlow::Continue(());
            let how = self.gathering();
            let gathered = ForeignEntries::gather(&mut *engine, &mapping, how, &mut also)?;
            self.entries(gathered)?;
        }
        Ok(made)
    }

    /// Whether the engine is to be asked; where it cannot be, that is said.
    fn is_asked(&mut self, described: &Described, tables: &Tables) -> anyhow::Result<bool> {
        let why = if described.asked.is_none() {
            "the index cannot be asked here"
        } else if described.fields.of(Role::Text).is_none() {
            "the index has no texts, by whose words documents could be looked for"
        } else {
            return Ok(self.args.wants(OF_WORDS) || !tables.queries.is_empty());
        };
        if !tables.queries.is_empty() {
            let message = format!("{why}; bring its results along with --results");
            return Err(UsageError(message).into());
        }
        self.skip(OF_WORDS, why);
        Ok(false)
    }

    /// Gathers the entries, and makes the catalog of the index anew as `docrot scan --from` does:
    /// what is a copy and what is stale is worked out of it.
    fn gather_into(
        &mut self,
        (catalog, of): (&Catalog, &Path),
        engine: &mut dyn Engine,
        mapping: &Mapping,
    ) -> anyhow::Result<()> {
        let how = Gathering { text: true, ..self.gathering() };
        let fields = engine.described().fields.clone();
        let options = Reading::default().scan_options(self.config)?;
        let mut gathered = None;
        let mut hand_over = |take: &mut dyn FnMut(HandedOver) -> bool| -> anyhow::Result<Handing> {
            let mut also = |entry| match take(handed_over(entry, mapping, &fields)) {
                true => ControlFlow::Continue(()),
                false => ControlFlow::Break(()),
            };
            gathered = Some(ForeignEntries::gather(engine, mapping, how, &mut also)?);
            Ok(Handing::default())
        };
        scan_entries(of, &options, catalog, &mut hand_over)?;
        match gathered {
            Some(gathered) if OF_ALL.iter().any(|it| self.args.wants(it)) => self.entries(gathered),
            _ => Ok(()),
        }
    }

    fn gathering(&self) -> Gathering {
        Gathering {
            sample: self.sample(),
            seed: self.args.seed,
            text: self.args.wants(&[OF_RECORDS, OF_TEXTS].concat()),
        }
    }

    /// Looks through the files of a folder of Tantivy.
    fn walk(&mut self, folder: &Path) {
        if !self.args.wants(OF_FILES) {
            return;
        }
        let depth = if self.args.deep { Depth::Documents } else { Depth::Files };
        let walk = walk_index(folder, depth);
        self.checks.extend(checks::index_checks(&walk, &self.gates));
    }

    fn entries(&mut self, mut gathered: ForeignEntries) -> anyhow::Result<()> {
        if gathered.is_empty() {
            refuse_elsewhere(gathered.streamed(), gathered.nowhere(), &self.roots)?;
        }
        let crawl = self.args.listing.crawl_options(self.config)?;
        let tree = Tree { roots: self.roots.clone(), crawl };
        let mut of_entries = gathered.checks(&tree, &self.gates);
        if let Some(rule) = rule_for(gathered.nowhere(), &self.roots) {
            let unmapped = of_entries.iter_mut().find(|it| it.name == "unmapped");
            if let Some(unmapped) = unmapped {
                let rule = format!("this may lead more of them into the tree: {rule}");
                let notes: Vec<String> = unmapped.note.take().into_iter().chain([rule]).collect();
                unmapped.note = Some(notes.join("; "));
            }
        }
        self.checks.extend(of_entries);
        let has_facts = gathered.has_facts();
        let (rows, texts) = gathered.into_rows();
        let how = Coverage { now: now(), sample: self.sample(), seed: self.args.seed };
        let compared = checks::compare(&tree, rows, how);
        let of_tree = checks::coverage_checks(compared, &self.gates);
        self.checks.extend(of_tree.into_iter().map(|check| match check.name {
            "drift" if !has_facts => {
                let why = "the index has neither hash nor date nor size of a document";
                Check::skipped("drift", why, &self.gates)
            }
            _ => check,
        }));
        if self.args.wants(&[OF_TEXTS, OF_RECORDS].concat()) {
            let options = Limits::default().scan_options(self.config, 1)?;
            let read = |path: &Path| read_file(path, &options).text().map(str::to_owned);
            self.checks.extend(checks::texts_checks(texts, &tree, &read, &self.gates));
        }
        Ok(())
    }

    const fn sample(&self) -> u64 {
        if self.args.deep { u64::MAX } else { self.sample }
    }
}
