//! What people said of findings: verdicts and how often the rules were right by them, decisions,
//! what was accepted as known, and what earlier scans came to.
//!
//! Plain data and text; where it is kept is the caller's. It knows nothing of reports.

mod baseline;
mod decision;
mod first_seen;
mod history;
mod judgements;
mod mark;
mod precision;
mod recognition;
mod table;
#[cfg(test)]
mod tests;

pub use baseline::{Accepted, Baseline, Gone, Raise, Standing, Stood, stand};
pub use decision::{Decision, DecisionError, Decisions, Disposition, FilledRow, Refusal, rows};
pub use first_seen::{FirstSeen, first_seen, first_seen_lines};
pub use history::{PastScan, add_to_history, read_history};
pub use judgements::{Judgement, JudgementError, Judgements, Verdict};
pub use mark::{Mark, Trace, marks, path_of};
pub use precision::{RulePrecision, demote, precision};
pub use table::Table;
