//! Results against what people judged relevant: TREC's table, nDCG and MRR, with copies counted and
//! not.

use std::collections::{BTreeMap, HashMap};

use super::queries::DEPTH;
use super::{LogError, QueryOutcome};
use crate::rot::{Marks, Place};

/// How relevant a document is for a query, as somebody judged it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The query's id, or the query.
    pub query: String,
    /// The document as the table calls it.
    pub path: String,
    /// 0 for not at all; the more, the better.
    pub relevance: u32,
}

/// How good results are, over all judged queries. Each from 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Quality {
    /// How many queries were judged and asked.
    pub queries: u64,
    /// nDCG of the first ten.
    pub ndcg: f64,
    /// The same where a copy of what stands above gains nothing.
    pub ndcg_novel: f64,
    /// Mean reciprocal rank of the first relevant result.
    pub mrr: f64,
    /// The same where a copy of what stands above counts as not relevant and takes no place.
    pub mrr_novel: f64,
}

/// Reads `query iteration document relevance`, separated by spaces or tabs; a document may have
/// spaces in its name.
pub fn read_judgements(text: &str) -> Result<Vec<Judgement>, LogError> {
    let text = text.trim_start_matches('\u{feff}');
    let mut judgements = Vec::new();
    for (line, row) in (1u64..).zip(text.lines()).filter(|it| !it.1.trim().is_empty()) {
        let wrong = |what: &str| LogError::Line { line, what: what.to_owned() };
        let expected = "expected `query 0 path relevance`, such as `q1 0 HR/Travel.docx 2`";
        let separator = |c: char| if row.contains('\t') { c == '\t' } else { c.is_whitespace() };
        let row = row.trim();
        let (query, rest) = row.split_once(separator).ok_or_else(|| wrong(expected))?;
        let (_, rest) = rest.split_once(separator).ok_or_else(|| wrong(expected))?;
        let (path, relevance) = rest.rsplit_once(separator).ok_or_else(|| wrong(expected))?;
        let relevance: i64 = relevance.trim().parse().map_err(|_| wrong(expected))?;
        judgements.push(Judgement {
            query: query.trim().to_owned(),
            path: path.trim().to_owned(),
            // Some tables mark spam with less than nothing.
            relevance: u32::try_from(relevance.max(0)).unwrap_or(u32::MAX),
        });
    }
    Ok(judgements)
}

/// Measures results by judgements. `resolve` finds the document that a judgement means.
pub fn quality(
    outcomes: &[QueryOutcome],
    judgements: &[Judgement],
    marks: &Marks,
    resolve: &dyn Fn(&str) -> Option<Place>,
) -> Quality {
    let mut by_query: HashMap<&str, BTreeMap<Place, u32>> = HashMap::new();
    for judgement in judgements {
        if let Some(place) = resolve(&judgement.path) {
            let judged = by_query.entry(&judgement.query).or_default();
            judged.insert(place, judgement.relevance);
        }
    }
    let mut total = Quality::default();
    for outcome in outcomes {
        let judged = by_query.get(outcome.query.id.as_str());
        let Some(judged) = judged.or_else(|| by_query.get(outcome.query.text.as_str())) else {
            continue;
        };
        total.queries += 1;
        add(&mut total, outcome, judged, marks);
    }
    let n = (total.queries as f64).max(1.0);
    total.ndcg /= n;
    total.ndcg_novel /= n;
    total.mrr /= n;
    total.mrr_novel /= n;
    total
}

fn add(total: &mut Quality, outcome: &QueryOutcome, judged: &BTreeMap<Place, u32>, marks: &Marks) {
    // A copy of what was judged is as relevant as that.
    let mut by_family: BTreeMap<Place, u32> = BTreeMap::new();
    for (place, relevance) in judged {
        let best = by_family.entry(marks.original(*place)).or_default();
        *best = (*best).max(*relevance);
    }
    let of = |place: Option<Place>| {
        place.and_then(|it| judged.get(&it).or_else(|| by_family.get(&marks.original(it)))).copied()
    };
    let gains: Vec<u32> = outcome.results.iter().map(|it| of(it.place).unwrap_or(0)).collect();
    let is_repeat =
        |at: usize| outcome.results[..at].iter().any(|it| it.family == outcome.results[at].family);
    let novel: Vec<u32> =
        gains.iter().enumerate().map(|(at, gain)| if is_repeat(at) { 0 } else { *gain }).collect();
    let distinct: Vec<u32> =
        gains.iter().enumerate().filter(|(at, _)| !is_repeat(*at)).map(|it| *it.1).collect();
    total.ndcg += ratio(&gains, judged.values().copied().collect());
    total.ndcg_novel += ratio(&novel, by_family.into_values().collect());
    total.mrr += reciprocal(&gains);
    total.mrr_novel += reciprocal(&distinct);
}

/// Discounted gain over that of the best order.
fn ratio(gains: &[u32], mut ideal: Vec<u32>) -> f64 {
    ideal.sort_unstable_by(|a, b| b.cmp(a));
    let best = discounted(&ideal);
    // Copies that were never judged can make more of it than the judged ones could.
    if best == 0.0 { 0.0 } else { (discounted(gains) / best).min(1.0) }
}

fn discounted(gains: &[u32]) -> f64 {
    let gain = |gain: u32| f64::from(gain).exp2() - 1.0;
    (2u32..).zip(gains).take(DEPTH).map(|(place, it)| gain(*it) / f64::from(place).log2()).sum()
}

fn reciprocal(gains: &[u32]) -> f64 {
    let first = gains.iter().take(DEPTH).position(|it| 0 < *it);
    first.map_or(0.0, |at| 1.0 / (at + 1) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_trec_is_read_with_names_that_have_spaces() {
        let judgements =
            read_judgements("q1 0 HR/Travel policy.docx 2\nq1\t0\tb.md\t-1\n").unwrap();
        assert_eq!(judgements[0].path, "HR/Travel policy.docx");
        assert_eq!((judgements[0].relevance, judgements[1].relevance), (2, 0));
        assert!(read_judgements("q1 0 a.md\n").is_err());
    }

    #[test]
    fn gains_are_discounted_as_everywhere() {
        // 3/1 + 1/log2(3) over the same in the best order.
        assert!((ratio(&[2, 1], vec![1, 2]) - 1.0).abs() < 1e-12);
        let expected = (1.0 + 3.0 / 3f64.log2()) / (3.0 + 1.0 / 3f64.log2());
        assert!((ratio(&[1, 2], vec![1, 2]) - expected).abs() < 1e-12);
        assert_eq!(ratio(&[0, 0], vec![0]), 0.0);
        assert_eq!((reciprocal(&[0, 0, 1]), reciprocal(&[0])), (1.0 / 3.0, 0.0));
    }
}
