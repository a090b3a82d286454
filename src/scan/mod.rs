//! Crawls, reads, fingerprints and stores: the only place where the stages meet.

mod ledger;
mod summary;

pub use ledger::Ledger;
pub use summary::{Problem, Summary};
