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
    /// Where the one of its copies that stays stands.
    pub stays: Option<Place>,
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
            stays: original,
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
    results.iter().enumerate().any(|(at, older)| {
        let newest = older.stays.filter(|_| older.is_older).map(|it| marks.newest(it));
        newest.is_some() && results[at + 1..].iter().any(|it| it.stays == newest)
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
                    tally.count += count * outcome.query.count;
                    tally.count -= 1;
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

#[cfg(test)]
mod tests {
    use super::super::testing::{answers, marks};
    use super::super::{Verdict, clean_ups};
    use super::*;

    fn share() -> Marks {
        marks(
            &["a.md", "a2.md", "b.md", "b1.md", "c.md", "d.md"],
            &[["a.md", "a2.md"]],
            &[["b.md", "b1.md"]],
            &["d.md"],
        )
    }

    fn asked(text: &str, count: u64, paths: &[&str]) -> (RealQuery, Vec<Answer>) {
        (RealQuery { id: text.to_owned(), text: text.to_owned(), count }, answers(paths))
    }

    #[test]
    fn copies_stale_ones_and_old_versions_are_told_apart() {
        let answered = vec![
            asked("clean", 5, &["a.md", "c.md"]),
            asked("copies", 3, &["a2.md", "a.md", "c.md"]),
            asked("old", 2, &["b1.md", "c.md", "b.md"]),
            asked("stale", 1, &["d.md", "elsewhere.md"]),
            asked("none", 4, &[]),
            asked("never", 0, &["a2.md", "a.md"]),
        ];
        let outcomes = outcomes(answered, &share());
        let of = |text: &str| outcomes.iter().find(|it| it.query.text == text).unwrap();
        assert_eq!((of("clean").waste(), of("clean").copies), (0, 0));
        assert_eq!((of("copies").copies, of("copies").is_crowded), (1, true));
        assert!(of("old").is_wrong_version_first && of("old").results[0].is_older);
        assert_eq!(of("stale").results[0].stale.as_deref(), Some("withdrawn: status withdrawn"));
        assert_eq!(outcomes[0].query.text, "copies");
        let checks = query_checks(&outcomes, &Gates::default());
        let measured = checks.iter().map(|it| (it.name, it.count, it.of)).collect::<Vec<_>>();
        assert_eq!(
            measured,
            [
                ("duplicates-in-results", 3, 27),
                ("crowded", 3, 15),
                ("stale-first", 3, 15),
                ("stale-in-results", 3, 27),
                ("wrong-version", 2, 15),
                ("no-results", 4, 15),
            ]
        );
        assert_eq!(checks[4].verdict, Verdict::Fail);
    }

    #[test]
    fn an_old_version_below_the_current_one_misleads_nobody() {
        let outcomes = outcomes(vec![asked("old", 1, &["b.md", "b1.md"])], &share());
        assert!(!outcomes[0].is_wrong_version_first);
        assert_eq!(outcomes[0].stale, 1);
    }

    #[test]
    fn the_clean_up_that_frees_most_comes_first() {
        let answered = vec![
            asked("x", 10, &["a.md", "a2.md", "d.md"]),
            asked("y", 5, &["a2.md", "a.md"]),
            asked("z", 1, &["d.md", "b1.md"]),
        ];
        let deeds = clean_ups(&outcomes(answered, &share()));
        let told = deeds.iter().map(|it| (it.path.to_str().unwrap(), it.places, it.queries));
        let expected = [("a.md", 15, 2), ("d.md", 11, 2), ("b1.md", 1, 1)];
        assert_eq!(told.collect::<Vec<_>>(), expected);
    }
}
