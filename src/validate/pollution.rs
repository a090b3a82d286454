//! Which clean-up would free the most places among results.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::QueryOutcome;

/// Something that could be done, and what it would free.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CleanUp {
    /// The copy that stays, or the stale document.
    pub path: PathBuf,
    /// What could be done, in words.
    pub what: String,
    /// Places among the first ten that it frees, by how often the queries are asked.
    pub places: u64,
    /// How many queries it helps.
    pub queries: u64,
}

/// Everything that would free places, the most first.
pub fn clean_ups(outcomes: &[QueryOutcome]) -> Vec<CleanUp> {
    let mut found: BTreeMap<(PathBuf, String), (u64, u64)> = BTreeMap::new();
    for outcome in outcomes {
        let mut freed: BTreeMap<(PathBuf, String), u64> = BTreeMap::new();
        for (at, shown) in outcome.results.iter().enumerate() {
            let above = outcome.results[..at].iter().find(|it| it.family == shown.family);
            let deed = if let Some(above) = above {
                (above.path.clone(), "leave one of its copies in the index".to_owned())
            } else if let Some(stale) = &shown.stale {
                (shown.path.clone(), format!("take it out, {stale}"))
            } else if shown.is_older {
                let what = "take it out, a newer version is there".to_owned();
                (shown.path.clone(), what)
            } else {
                continue;
            };
            *freed.entry(deed).or_default() += outcome.query.count;
        }
        for (deed, places) in freed {
            let (all, queries) = found.entry(deed).or_default();
            *all += places;
            *queries += 1;
        }
    }
    let mut deeds: Vec<_> = found
        .into_iter()
        .map(|((path, what), (places, queries))| CleanUp { path, what, places, queries })
        .collect();
    deeds.sort_by(|a, b| b.places.cmp(&a.places).then_with(|| a.path.cmp(&b.path)));
    deeds
}
