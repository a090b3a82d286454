//! What earlier scans of a catalog came to, in a few numbers each: one line of JSON a scan.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// Lines that are kept; the oldest go first.
const MOST_SCANS: usize = 1000;

/// What a scan came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PastScan {
    /// When the scan began.
    pub on: DateTime<Utc>,
    /// The day that counted as today.
    pub as_of: NaiveDate,
    /// Files seen.
    pub seen: u64,
    /// Documents read, in whole or in part.
    pub read: u64,
    /// Documents that need a decision.
    pub decisions_open: u64,
    /// Findings about which somebody decided.
    pub decided: u64,
    /// Findings that were new, raised again or lapsed, by the baseline of that day.
    pub new: u64,
    /// Findings of the baseline that were there no more.
    pub gone: u64,
    /// Documents that are redundant.
    pub redundant: u64,
    /// Documents that are obsolete.
    pub obsolete: u64,
    /// Files that are trivial.
    pub trivial: u64,
    /// Documents without a date to be trusted.
    pub undated: Option<u64>,
    /// Findings, by rule.
    pub findings: BTreeMap<String, u64>,
}

/// Reads one scan a line, oldest first. Lines that are none are left out: a line that another
/// version wrote, or that a full disk cut, costs no other.
pub fn read_history(text: &str) -> Vec<PastScan> {
    let mut history: Vec<PastScan> =
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    history.sort_by_key(|scan| scan.on);
    history
}

/// Adds a scan, in the place of what was told of the same scan before, and gives the lines to keep.
pub fn add_to_history(history: &mut Vec<PastScan>, scan: PastScan) -> String {
    history.retain(|it| it.on != scan.on);
    history.push(scan);
    history.sort_by_key(|scan| scan.on);
    let oldest = history.len().saturating_sub(MOST_SCANS);
    history.drain(..oldest);
    let line = |scan: &PastScan| serde_json::to_string(scan).expect("the keys are strings") + "\n";
    history.iter().map(line).collect()
}
