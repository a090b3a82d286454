//! What people see who search: copies, stale documents and old versions among the first ten.

use std::path::PathBuf;

use crate::rot::{Marks, Place};

use super::{Answer, Check, Example, Gates, RealQuery, Tally};

/// How many results are looked at.
pub(super) const DEPTH: usize = 10;
/// So many of ten results from one family crowd the others out.
const CROWD: usize = 3;

/// A result as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Its path.
    pub path: PathBuf,
    /// Which of the families of this query it is of, from 0 in the order of the results.
    pub family: usize,
    /// Why it is stale, in words that begin with the rule.
    pub stale: Option<String>,
    /// Whether there is a newer version of it.
    pub is_older: bool,
    /// Where it stands among the documents that are known; none for one that is not.
    pub place: Option<Place>,
}

/// What a query came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryOutcome {
    /// The query.
    pub query: RealQuery,
    /// The first ten results.
    pub results: Vec<Shown>,
    /// How many of them repeat one above.
    pub copies: u64,
    /// How many are stale.
    pub stale: u64,
    /// Whether copies crowd the others out: three of one family, or the first two.
    pub is_crowded: bool,
    /// Whether an older version stands above the current one, or in its place.
    pub is_wrong_version_first: bool,
}

impl QueryOutcome {
    /// How many results are wasted, by how often the query is asked.
    pub fn waste(&self) -> u64 {
        let wasted = self.results.iter().enumerate().filter(|(at, it)| {
            let is_copy = self.results[..*at].iter().any(|other| other.family == it.family);
            is_copy || it.is_misleading()
        });
        wasted.count() as u64 * self.query.count
    }
}

impl Shown {
    /// Whether it says what no longer holds.
    pub const fn is_misleading(&self) -> bool {
        self.stale.is_some() || self.is_older
    }
}

/// Judges the answers to queries; the most polluted come first, by how often they are asked.
pub fn outcomes(answered: Vec<(RealQuery, Vec<Answer>)>, marks: &Marks) -> Vec<QueryOutcome> {
    let mut outcomes: Vec<_> =
        answered.into_iter().map(|(query, answers)| outcome(query, &answers, marks)).collect();
    outcomes.sort_by(|a, b| {
        let by = |it: &QueryOutcome| (it.waste(), it.query.count);
        by(b).cmp(&by(a)).then_with(|| a.query.text.cmp(&b.query.text))
    });
    outcomes
}

fn outcome(query: RealQuery, answers: &[Answer], marks: &Marks) -> QueryOutcome {
    let mut families: Vec<Option<Place>> = Vec::new();
    let mut results = Vec::new();
    for answer in answers.iter().take(DEPTH) {
        let place = answer.key.as_ref().and_then(|key| marks.find(key));
        let original = place.map(|it| marks.original(it));
        let known = families.iter().position(|it| it.is_some() && *it == original);
        let family = known.unwrap_or_else(|| {
            families.push(original);
            families.len() - 1
        });
        let stale = place.and_then(|it| marks.stale(it));
        results.push(Shown {
            path: answer.path.clone(),
            family,
            stale: stale.map(|it| format!("{}: {}", it.rule, it.words)),
            is_older: original.is_some_and(|it| marks.newest(it) != it),
            place,
        });
    }
    let size = |family: usize| results.iter().filter(|it| it.family == family).count();
    let is_pair_first = matches!(&results[..], [a, b, ..] if a.family == b.family);
    QueryOutcome {
        copies: (results.len() - families.len()) as u64,
        stale: results.iter().filter(|it| it.is_misleading()).count() as u64,
        is_crowded: is_pair_first || (0..families.len()).any(|it| CROWD <= size(it)),
        is_wrong_version_first: is_wrong_version_first(&results, marks),
        query,
        results,
    }
}

/// Whether an older version stands above the newest one, which is among the results, too.
fn is_wrong_version_first(results: &[Shown], marks: &Marks) -> bool {
    let original = |it: &Shown| it.place.map(|place| marks.original(place));
    results.iter().enumerate().any(|(at, older)| {
        let newest = original(older).filter(|_| older.is_older).map(|it| marks.newest(it));
        newest.is_some() && results[at + 1..].iter().any(|it| original(it) == newest)
    })
}

/// What the outcomes say, measured by the policy. Every query counts as often as it is asked.
pub fn query_checks(outcomes: &[QueryOutcome], gates: &Gates) -> Vec<Check> {
    let asked: u64 = outcomes.iter().map(|it| it.query.count).sum();
    let shown: u64 = outcomes.iter().map(|it| it.query.count * it.results.len() as u64).sum();
    let tally =
        |of: u64, count: &dyn Fn(&QueryOutcome) -> u64, words: &dyn Fn(&QueryOutcome) -> String| {
            let mut tally = Tally::of(of);
            for outcome in outcomes {
                let count = count(outcome);
                if 0 < count {
                    tally.add(|| Example::new(&outcome.query.text, words(outcome)));
                    // The example counted once; the query is asked more often.
                    tally.count += count * outcome.query.count - 1;
                }
            }
            tally
        };
    let times = |it: &QueryOutcome| format!("asked {} times", it.query.count);
    let first = |it: &QueryOutcome| it.results.first().is_some_and(Shown::is_misleading);
    let name = |it: &QueryOutcome| {
        it.results.first().map_or_else(String::new, |it| it.path.display().to_string())
    };
    vec![
        tally(shown, &|it| it.copies, &|it| format!("{} copies, {}", it.copies, times(it)))
            .check("duplicates-in-results", gates),
        tally(asked, &|it| u64::from(it.is_crowded), &times).check("crowded", gates),
        tally(asked, &|it| u64::from(first(it)), &|it| format!("{} comes first", name(it)))
            .check("stale-first", gates),
        tally(shown, &|it| it.stale, &|it| format!("{} stale, {}", it.stale, times(it)))
            .check("stale-in-results", gates),
        tally(asked, &|it| u64::from(it.is_wrong_version_first), &|it| {
            format!("{} stands above the current version", name(it))
        })
        .check("wrong-version", gates),
        tally(asked, &|it| u64::from(it.results.is_empty()), &times).check("no-results", gates),
    ]
}
