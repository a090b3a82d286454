//! Audits a tree of documents and shows what is redundant, obsolete or trivial, with evidence.
//!
//! A document goes down once: [`crawl`] finds files, [`extract`] reads them, [`fingerprint`] boils
//! their text down, [`catalog`] stores the result; [`scan`] does all four. From there on the
//! [`inventory`] is plain data: [`rot`] judges it, [`report`] writes the verdicts down.
//! [`validate`] asks whether the index still describes the tree, and whether its results serve.
//!
//! What is to go becomes a [`plan`], which a person signs and which is carried out so that it can be
//! taken back.
//!
//! ```
//! use std::ops::ControlFlow;
//!
//! use docrot::catalog::Catalog;
//! use docrot::rot::{self, Policy};
//! use docrot::scan::{ScanOptions, scan};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let share = tempfile::tempdir()?;
//! # for name in ["policy.txt", "copy.txt"] {
//! #     std::fs::write(share.path().join(name), "Claims are paid by the end of the month.")?;
//! # }
//! # let (kept, root) = (tempfile::tempdir()?, share.path().to_owned());
//! # let folder = kept.path();
//! // Reads what is new or changed below `root`; `folder` holds what is known.
//! let catalog = Catalog::open_or_create(folder)?;
//! let options = ScanOptions::default();
//! scan(&[root], &options, &catalog, |_event| ControlFlow::Continue(()))?;
//!
//! // Judges what is known as of a day. Texts are asked for members of groups only.
//! let inventory = catalog.inventory()?;
//! let as_of = chrono::NaiveDate::from_ymd_opt(2026, 6, 1).ok_or("a day")?;
//! let assessment = rot::assess(&inventory, &catalog.texts()?, &Policy::default(), as_of);
//! assert_eq!(assessment.findings[0].rule.id, "exact-copy");
//! # Ok(())
//! # }
//! ```
//!
//! | Task | Begin at | Example |
//! |---|---|---|
//! | audit a folder | [`scan::scan`], [`rot::assess`] | `examples/scan.rs` |
//! | read a format of your own | [`extract::Format`] | `examples/format.rs` |
//! | write an output of your own | [`report::Report`], [`report::Writer`] | `examples/writer.rs` |
//! | judge documents of another system | [`inventory::Record`] | `examples/records.rs` |
//! | compare texts, without a catalog | [`fingerprint::Fingerprint`] | `examples/near_duplicates.rs` |
//! | check the index of another program | [`validate::engines`] | `docrot validate --from` |
//!
//! # Features
//!
//! `cli` (the command line), `network` (indexes that answer over HTTP) and `pdf` are on by default.
//! A program that embeds docrot takes `default-features = false` and what it needs.
//!
//! # What is stable
//!
//! Versions follow Semantic Versioning. Before 1.0 a minor version may break the interface of the
//! library, and the changelog says how. Rule ids, exit codes, the JSON report, plans, journals and
//! tables of decisions are read and written by others: they have versions of their own, and change
//! incompatibly only with one of those.
//!
//! The library reads no environment, no clock and no configuration file, and prints nothing. Nothing
//! but carrying out a plan changes documents.
#![cfg_attr(not(test), warn(clippy::print_stdout, clippy::print_stderr, clippy::unwrap_used))]

pub mod catalog;
pub mod crawl;
pub mod decisions;
pub mod export;
pub mod extract;
pub mod fingerprint;
pub mod inventory;
pub mod plan;
pub mod report;
pub mod rot;
pub mod scan;
pub mod validate;
