//! What people said of findings: verdicts, and how often the rules were right by them.
//!
//! Plain data and text; where it is kept is the caller's. It knows nothing of reports.

mod judgements;
mod precision;

pub use judgements::{Judgement, JudgementError, Judgements, Verdict};
pub use precision::{RulePrecision, demote, precision};
