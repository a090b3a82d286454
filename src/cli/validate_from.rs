//! `docrot validate --from`: an index of another program against the tree.

use std::ops::ControlFlow;

use docrot::catalog::{Depth, walk_index};
use docrot::scan::read_file;
use docrot::validate::engines::Location;
use docrot::validate::{self as checks, Check, Coverage, ForeignEntries, Gathering, Tree};

use super::exit::UsageError;
use super::from::{about, refuse_elsewhere, rule_for};
use super::options::{Limits, now};
use super::validate::{Made, OF_FILES, OF_RECORDS, OF_TEXTS, OF_TREE, Run, absolute};

/// Checks that need the entries.
const OF_ENTRIES: &[&str] = &["unmapped", "entries"];

impl Run<'_> {
    /// Every check that can be made of the index at `location`.
    pub(super) fn from(&mut self, location: &Location) -> anyhow::Result<Made> {
        let named =
            if self.args.root.is_empty() { &self.config.scan.roots } else { &self.args.root };
        self.roots = absolute(named)?;
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
        let about = about(&described);
        let is_wanted =
            [OF_TREE, OF_RECORDS, OF_TEXTS, OF_ENTRIES].iter().any(|it| self.args.wants(it));
        if is_wanted {
            let mapping = self.args.from.mapping(self.config, &self.roots)?;
            let how = Gathering {
                sample: self.sample(),
                seed: self.args.seed,
                text: self.args.wants(&[OF_RECORDS, OF_TEXTS].concat()),
            };
            let mut also = |_: &_| ControlFlow::Continue(());
            let gathered = ForeignEntries::gather(&mut *engine, &mapping, how, &mut also)?;
            self.entries(gathered)?;
        }
        Ok(Made { index: described.index, about })
    }

    /// Looks through the files of a folder of Tantivy.
    fn walk(&mut self, folder: &std::path::Path) {
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
                unmapped.note = Some(format!("this may lead more of them into the tree: {rule}"));
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
            let read = |path: &std::path::Path| read_file(path, &options).text().map(str::to_owned);
            self.checks.extend(checks::texts_checks(texts, &tree, &read, &self.gates));
        }
        Ok(())
    }

    const fn sample(&self) -> u64 {
        if self.args.deep { u64::MAX } else { self.sample }
    }
}
