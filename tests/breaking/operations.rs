//! What docrot is told to do while it is broken.

use std::fs;
use std::path::PathBuf;

use super::stage::{Stage, State};

/// An operation, how it is made to have something to do, and what it leaves.
#[derive(Clone, Copy)]
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    arguments: &'static [&'static str],
    prepare: fn(&mut Stage),
    /// What it makes, to be compared with what an undisturbed run makes.
    product: &'static str,
    /// Brings back what it changed.
    put_back: fn(&Stage),
}

/// Every operation that writes.
pub(crate) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "scan",
        arguments: &["scan", "share", "--quiet"],
        prepare: Stage::change,
        product: "",
        put_back: |_| {},
    },
    Operation {
        name: "report",
        arguments: &["report", "--output", "report.json"],
        prepare: |stage| {
            // A first report leaves more beside the catalog than later ones.
            for name in ["history.ndjson", "first-seen.txt", "marks.kept"] {
                forget(stage, &format!("index/{name}"));
            }
            forget(stage, "report.json");
        },
        product: "report.json",
        put_back: |_| {},
    },
    Operation {
        name: "baseline",
        arguments: &["baseline", "accept", "--as-of", "2026-01-01"],
        prepare: |stage| forget(stage, "index/baseline.csv"),
        product: "index/baseline.csv",
        put_back: |stage| forget(stage, "index/baseline.csv"),
    },
    Operation {
        name: "report over another",
        arguments: &["report", "--output", "report.json"],
        prepare: |stage| {
            stage.run(&["report", "--output", "report.json", "--as-of", "2025-01-01"]);
        },
        product: "report.json",
        put_back: |stage| forget(stage, "report.json"),
    },
    Operation {
        name: "baseline over another",
        arguments: &["baseline", "accept", "--as-of", "2026-01-01"],
        prepare: |stage| {
            stage.run(&["baseline", "accept", "--as-of", "2025-01-01"]);
            // One in which nothing was known yet.
            let baseline = stage.path("index/baseline.csv");
            let head = fs::read_to_string(&baseline).unwrap();
            fs::write(baseline, format!("{}\n", head.lines().next().unwrap())).unwrap();
        },
        product: "index/baseline.csv",
        put_back: |stage| forget(stage, "index/baseline.csv"),
    },
    Operation {
        name: "decide",
        arguments: &["decide", "FINDING", "keep", "--by", "Ada", "--as-of", "2026-01-01"],
        prepare: |stage| forget(stage, "index/decisions.csv"),
        product: "index/decisions.csv",
        put_back: |stage| forget(stage, "index/decisions.csv"),
    },
    Operation {
        name: "export",
        arguments: &["export", "--to", "lake", "--server", "a", "--as-of", "2026-01-01"],
        prepare: |stage| {
            let _ = fs::remove_dir_all(stage.path("lake"));
        },
        product: "lake/a.parquet",
        put_back: |_| {},
    },
    Operation {
        name: "apply",
        arguments: &["apply", "plan.json", "--yes"],
        prepare: |_| {},
        product: "",
        put_back: |stage| {
            stage.run(&["undo", "--yes"]);
        },
    },
    Operation {
        name: "undo",
        arguments: &["undo", "--yes"],
        prepare: |stage| {
            stage.run(&["apply", "plan.json", "--yes"]);
        },
        product: "",
        put_back: |_| {},
    },
];

fn forget(stage: &Stage, name: &str) {
    let _ = fs::remove_file(stage.path(name));
}

impl Operation {
    pub(crate) fn arguments(&self, stage: &Stage) -> Vec<String> {
        let mut arguments: Vec<String> = self.arguments.iter().map(|&it| it.to_owned()).collect();
        if self.name == "decide" {
            let findings = stage.findings(stage.path("index").to_str().unwrap());
            arguments[1] = findings[0][0]["id"].as_str().unwrap().to_owned();
        }
        arguments
    }

    fn product(&self, stage: &Stage) -> Option<PathBuf> {
        (!self.product.is_empty()).then(|| stage.path(self.product))
    }

    /// Lets `disturb` run it, then runs it undisturbed, and checks at each end what must hold.
    ///
    /// `disturb` gets the arguments, and tells whether the run came to its end.
    pub(crate) fn survives(
        &self,
        stage: &mut Stage,
        case: &str,
        disturb: impl FnOnce(&Stage, &[&str]) -> bool,
    ) {
        let whole = stage.files();
        (self.prepare)(stage);
        let arguments = self.arguments(stage);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let (before, texts) = (stage.state(), stage.texts());
        let read = |stage: &Stage| self.product(stage).and_then(|it| fs::read(it).ok());
        let old = read(stage);
        let undisturbed = (self.name == "scan").then(|| stage.undisturbed());
        let is_done = disturb(stage, &arguments);

        stage.check(case);
        let after = stage.state();
        let product = read(stage);
        self.check_state(&before, &after, undisturbed.as_ref().map(|it| &it.0), is_done, case);
        assert!(stage.texts().is_superset(&texts), "{case}: a document was lost");

        if let Some(product) = self.product(stage) {
            // An export is not made where there is one; the others are made anew.
            let _ = match &old {
                Some(old) => fs::write(product, old),
                None => fs::remove_file(product),
            };
        }
        stage.run(&arguments);
        stage.check(case);
        if let Some((remembered, findings)) = undisturbed {
            assert_eq!(stage.state().remembered, remembered, "{case}: after the next scan");
            let found = stage.findings(stage.path("index").to_str().unwrap());
            assert_eq!(found, findings, "{case}: after the next scan");
        }
        let again = self.product(stage).map(|it| fs::read(it).unwrap());
        if old.is_some() {
            // The one before stays until the new one is whole.
            let is_old = product == old && !is_done;
            assert!(is_old || product == again, "{case}: {} is neither old nor new", self.product);
            assert!(old != again, "{case}: old and new cannot be told apart");
        } else if let Some(product) = product {
            assert!(again == Some(product), "{case}: {} was not whole", self.product);
        } else {
            assert!(!is_done || again.is_none(), "{case}: {} was not made", self.product);
        }
        (self.put_back)(stage);
        if ["apply", "undo"].contains(&self.name) {
            assert_eq!(stage.files(), whole, "{case}: not all went back");
        }
    }

    fn check_state(
        &self,
        before: &State,
        after: &State,
        undisturbed: Option<&super::stage::Remembered>,
        is_done: bool,
        case: &str,
    ) {
        if !["apply", "undo"].contains(&self.name) {
            assert_eq!(after.files, before.files, "{case}: the share was changed");
        }
        let is_before = after.remembered == before.remembered;
        let is_after = undisturbed.is_some_and(|it| *it == after.remembered);
        // A run that came to its end may have noted what it could not read.
        let is_either = is_before || is_after || is_done && undisturbed.is_some();
        assert!(is_either, "{case}: the catalog is neither as before nor as after");
    }
}
