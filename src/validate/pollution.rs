//! Which clean-up would free the most places among results.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::rot::Place;

use super::{QueryOutcome, Shown};

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

/// What could be done about a document.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Deed {
    /// Its copies could go.
    Copies(Option<Place>),
    /// It could go itself.
    Itself(Option<Place>),
}

/// Everything that would free places, the most first.
pub fn clean_ups(outcomes: &[QueryOutcome]) -> Vec<CleanUp> {
    let mut found: BTreeMap<Deed, CleanUp> = BTreeMap::new();
    for outcome in outcomes {
        let mut freed: BTreeMap<Deed, u64> = BTreeMap::new();
        for (at, shown) in outcome.results.iter().enumerate() {
            let above = outcome.results[..at].iter().find(|it| it.family == shown.family);
            let Some((deed, what)) = deed(shown, above.is_some()) else { continue };
            *freed.entry(deed).or_default() += outcome.query.count;
            // The one that stays is named, where it is among the results of any query.
            let named = above.filter(|_| shown.place != shown.stays).unwrap_or(shown);
            let clean_up = found.entry(deed).or_insert_with(|| CleanUp {
                path: named.path.clone(),
                what,
                places: 0,
                queries: 0,
            });
            if named.place == named.stays {
                clean_up.path.clone_from(&named.path);
            }
        }
        for (deed, places) in freed {
            let clean_up = found.get_mut(&deed).expect("it was entered with its places");
            clean_up.places += places;
            clean_up.queries += 1;
        }
    }
    let mut deeds: Vec<_> = found.into_values().collect();
    deeds.sort_by(|a, b| b.places.cmp(&a.places).then_with(|| a.path.cmp(&b.path)));
    deeds
}

fn deed(shown: &Shown, is_repeat: bool) -> Option<(Deed, String)> {
    if is_repeat {
        let what = "leave one of its copies in the index".to_owned();
        return Some((Deed::Copies(shown.stays), what));
    }
    let what = match &shown.stale {
        Some(stale) => format!("take it out, {stale}"),
        None if shown.is_older => "take it out, a newer version is there".to_owned(),
        None => return None,
    };
    Some((Deed::Itself(shown.place), what))
}
