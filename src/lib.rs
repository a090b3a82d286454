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
