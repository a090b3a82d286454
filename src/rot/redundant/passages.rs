//! The same paragraph in several documents that are otherwise different.
//!
//! Documents of one group count once. A sentence that was changed within the paragraph does not
//! part it. What stands in very many documents is boilerplate and is listed as such.

use std::collections::HashMap;

use rayon::prelude::*;

use crate::extract::Provenance;
use crate::fingerprint::{passage_words, passages};
use crate::inventory::DocId;
use crate::rot::{Category, Confidence, Context, Evidence, Finding, Group, Rule, Severity, Value};

use super::boilerplate::{Boilerplate, one_line};
use super::difference::place_in;
use super::edited::Edited;
use super::forms::is_same_form;
use super::postings::each_shared;

pub(in crate::rot) const RULE: Rule = Rule {
    id: "shared-passage",
    category: Category::Redundant,
    severity: Severity::Note,
    summary: "The same passage stands in other documents, too.",
    check,
};

/// Passages found at most; the others repeat the fewest words.
const MAX_PASSAGES: usize = 10_000;
/// Of each passage, so many documents are read to say where it stands.
const MAX_LOCATED: usize = 10;
/// Passages quoted of the same documents.
const MAX_QUOTED: usize = 3;
/// Of so much of a passage no larger group of documents has all.
const MIN_OWN_SHARE: f64 = 0.34;

/// Runs of sentences that stand in several documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shared {
    /// The sentences of each run, in the order of the first document.
    pub(super) runs: Vec<Vec<u64>>,
    pub(super) words: u32,
    /// Ascending; one of each group of documents that are alike.
    pub(super) documents: Vec<DocId>,
}

/// Finds the passages that documents of different groups share, those that repeat the most words
/// first, and how many are too many to be told.
pub(super) fn shared(
    ctx: &Context<'_>,
    documents: &[DocId],
    groups: &[Group],
    boilerplate: &Boilerplate,
) -> (Vec<Shared>, u64) {
    let families = Families::of(groups);
    let mut sets = HashMap::<Vec<DocId>, u32>::new();
    let mut examples = Vec::<Vec<DocId>>::new();
    let mut set_of = HashMap::<u64, u32>::new();
    each_shared(ctx.inventory, documents, |key, holders| {
        if boilerplate.has(key) {
            return;
        }
        let mut firsts = HashMap::new();
        for holder in holders {
            firsts.entry(families.of_document(*holder)).or_insert(*holder);
        }
        if firsts.len() < 2 {
            return;
        }
        let mut family = firsts.keys().copied().collect::<Vec<_>>();
        family.sort_unstable();
        let next = sets.len() as u32;
        let set = *sets.entry(family).or_insert_with(|| {
            let mut example = firsts.into_values().collect::<Vec<_>>();
            example.sort_unstable();
            examples.push(example);
            next
        });
        set_of.insert(key, set);
    });
    let mut families_of = vec![Vec::new(); sets.len()];
    sets.into_iter().for_each(|(family, set)| families_of[set as usize] = family);
    let index = Index { ctx, set_of: &set_of, families: &families_of };
    let found = (0..examples.len()).into_par_iter();
    let found = found.filter_map(|set| index.shared(set as u32, &examples[set]));
    let mut found = found.collect::<Vec<_>>();
    found.sort_by(|a, b| {
        let weight = |it: &Shared| u64::from(it.words) * (it.documents.len() as u64 - 1);
        weight(b)
            .cmp(&weight(a))
            .then_with(|| (&a.documents, &a.runs).cmp(&(&b.documents, &b.runs)))
    });
    let not_told = found.len().saturating_sub(MAX_PASSAGES) as u64;
    found.truncate(MAX_PASSAGES);
    (found, not_told)
}

/// The group that each document counts for.
struct Families {
    canonical: HashMap<DocId, DocId>,
}

impl Families {
    fn of(groups: &[Group]) -> Self {
        let members = groups
            .iter()
            .flat_map(|group| group.members.iter().map(|member| (member.0, group.canonical)));
        Self { canonical: members.collect() }
    }

    fn of_document(&self, document: DocId) -> DocId {
        let mut document = document;
        // A canonical document may be a member of another group; groups make no circles.
        while let Some(canonical) = self.canonical.get(&document) {
            document = *canonical;
        }
        document
    }
}

struct Index<'a> {
    ctx: &'a Context<'a>,
    set_of: &'a HashMap<u64, u32>,
    families: &'a [Vec<DocId>],
}

impl Index<'_> {
    /// The passages that just these documents share, in the order of the first of them.
    fn shared(&self, set: u32, documents: &[DocId]) -> Option<Shared> {
        let fingerprint = self.ctx.inventory[documents[0]].fingerprint.as_ref()?;
        let least = self.ctx.policy.duplicates.passage_words;
        let mut shared = Shared { runs: Vec::new(), words: 0, documents: documents.to_vec() };
        let mut run = Run::default();
        for key in &fingerprint.passages {
            match self.set_of.get(key) {
                Some(its) if self.covers(*its, set) => run.push(*key, *its == set),
                // One sentence may be another without parting a paragraph.
                _ if run.gap == 0 && !run.keys.is_empty() => run.gap = 1,
                _ => std::mem::take(&mut run).close(least, &mut shared),
            }
        }
        run.close(least, &mut shared);
        (!shared.runs.is_empty()).then_some(shared)
    }

    /// Whether the documents of one set are among those of another.
    fn covers(&self, larger: u32, smaller: u32) -> bool {
        if larger == smaller {
            return true;
        }
        let (larger, smaller) = (&self.families[larger as usize], &self.families[smaller as usize]);
        smaller.len() < larger.len() && smaller.iter().all(|it| larger.binary_search(it).is_ok())
    }
}

#[derive(Default)]
struct Run {
    keys: Vec<u64>,
    words: u32,
    own_words: u32,
    gap: u32,
}

impl Run {
    fn push(&mut self, key: u64, is_own: bool) {
        self.gap = 0;
        self.keys.push(key);
        self.words += passage_words(key);
        self.own_words += if is_own { passage_words(key) } else { 0 };
    }

    fn close(self, least: u32, shared: &mut Shared) {
        let is_own = MIN_OWN_SHARE * f64::from(self.words) <= f64::from(self.own_words);
        if least.max(1) <= self.words && is_own {
            shared.runs.push(self.keys);
            shared.words += self.words;
        }
    }
}

fn check(ctx: &Context<'_>) -> Vec<Finding> {
    let passages = &ctx.duplicates().passages;
    // What one form says in all its copies is the form's.
    let is_own = |it: &&Shared| match it.documents[..] {
        [a, b] => !is_same_form(ctx, a, b),
        _ => true,
    };
    // Where more documents have it with edits, that tells of all.
    let all = &ctx.duplicates().edited;
    let is_whole = |it: &&Shared| !all.iter().any(|edited| edited.holds(it));
    let passages = passages.par_iter().filter(is_whole).filter(is_own).collect::<Vec<_>>();
    let places = Places::of(ctx, &passages);
    let told = passages.par_iter().enumerate();
    let told = told.filter_map(|(position, it)| finding(ctx, &places, position, it));
    let mut findings = told.collect::<Vec<_>>();
    findings.par_extend(edited(ctx, &passages));
    findings
}

/// Passages with edits that no run of equal sentences tells.
fn edited<'a>(
    ctx: &'a Context<'_>,
    passages: &'a [&Shared],
) -> impl ParallelIterator<Item = Finding> + 'a {
    let duplicates = ctx.duplicates();
    let is_part = |a: DocId, b: DocId| {
        duplicates
            .parts
            .binary_search_by_key(&a, |it| it.document)
            .is_ok_and(|it| duplicates.parts[it].whole == b)
    };
    let is_told = move |it: &Edited| {
        let others = || it.others.iter().map(|other| other.document);
        passages.iter().any(|shared| it.is_among(&shared.documents))
            || others().all(|other| is_part(it.document, other) || is_part(other, it.document))
            || others().all(|other| is_same_form(ctx, it.document, other))
    };
    duplicates.edited.par_iter().filter(move |it| !is_told(it)).map(Edited::finding)
}

fn finding(
    ctx: &Context<'_>,
    places: &Places,
    position: usize,
    shared: &Shared,
) -> Option<Finding> {
    let (document, others) = shared.documents.split_first()?;
    let from = |it: &str| Provenance::Computed(it.to_owned());
    let words = Value::Count(u64::from(shared.words));
    let words = Evidence::new("shared words", words, from("sentences that are the same"));
    let mut finding = Finding::new(&RULE, *document, Confidence::Likely, words);
    for other in others.iter().take(MAX_LOCATED) {
        let first = places.of_passage(position, *other).first();
        let place = first.map_or_else(|| from("fingerprint"), |it| it.0.clone());
        finding.push(Evidence::new("stands in", Value::Document(*other), place));
    }
    let count = Value::Count(shared.documents.len() as u64);
    finding.push(Evidence::new("documents", count, from("documents of one group count once")));
    if 1 < shared.runs.len() {
        let runs = Value::Count(shared.runs.len() as u64);
        finding.push(Evidence::new("passages", runs, from("places that are apart")));
    }
    for (place, quote) in places.of_passage(position, *document) {
        finding.push(Evidence::new("passage", Value::Text(quote.clone()), place.clone()));
    }
    let edited = ctx.duplicates().edited.iter().find(|it| it.is_among(&shared.documents));
    edited.into_iter().flat_map(Edited::differences).for_each(|it| finding.push(it));
    finding.related = others.to_vec();
    Some(finding)
}

/// Where the first runs of passages begin in documents, with their first words.
struct Places {
    // Invariant: ascending by document, then by position of the passage; one each.
    places: Vec<Placed>,
}

type Placed = ((DocId, usize), Vec<(Provenance, String)>);

impl Places {
    /// Reads each document once, whatever stands in it.
    fn of(ctx: &Context<'_>, passages: &[&Shared]) -> Self {
        let wanted = passages.iter().enumerate().flat_map(|(position, it)| {
            it.documents.iter().take(MAX_LOCATED + 1).map(move |document| (*document, position))
        });
        let mut wanted = wanted.collect::<Vec<_>>();
        wanted.par_sort_unstable();
        let places = wanted.par_chunk_by(|a, b| a.0 == b.0).flat_map_iter(|wanted| {
            let document = wanted[0].0;
            let wanted = wanted.iter().map(|it| it.1);
            let runs = wanted.map(|it| ((document, it), passages[it])).collect::<Vec<_>>();
            located(ctx, document, runs)
        });
        Self { places: places.collect() }
    }

    fn of_passage(&self, position: usize, document: DocId) -> &[(Provenance, String)] {
        let found = self.places.binary_search_by_key(&(document, position), |it| it.0);
        found.map_or(&[], |it| &self.places[it].1)
    }
}

/// Where the first runs of each passage begin in a document.
fn located(
    ctx: &Context<'_>,
    document: DocId,
    shared: Vec<((DocId, usize), &Shared)>,
) -> Vec<Placed> {
    let record = &ctx.inventory[document];
    let Some(text) = ctx.texts.text(record) else { return Vec::new() };
    let all = passages(&text);
    let mut first_of = HashMap::new();
    all.iter().enumerate().for_each(|(at, it)| _ = first_of.entry(it.key).or_insert(at));
    let place = |keys: &Vec<u64>| {
        let first = *keys.iter().filter_map(|it| first_of.get(it)).min()?;
        // A sentence in between may be another; the run ends soon all the same.
        let near = &all[first..all.len().min(first + 2 * keys.len())];
        let end = near.iter().rfind(|it| keys.contains(&it.key))?.range.end;
        let words = &text[all[first].range.start..end];
        let place = place_in(record, &text, end - words.trim_start().len());
        Some((place, one_line(words).chars().take(200).collect()))
    };
    let of_passage = |it: &Shared| it.runs.iter().take(MAX_QUOTED).filter_map(&place).collect();
    shared.into_iter().map(|(key, it)| (key, of_passage(it))).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Tree, prose};
    use super::*;

    fn sentences(seed: u32, count: u32) -> String {
        (0..count).map(|it| format!("X{}.\n", prose(seed * 100 + it, 12))).collect()
    }

    #[test]
    fn one_paragraph_in_three_documents_is_one_finding() {
        let common = sentences(90, 3);
        let tree = (1..=3).fold(Tree::default(), |tree, it| {
            tree.file(
                &format!("{it}.md"),
                &format!("{}{common}{}", sentences(it, 9), sentences(it + 20, 9)),
            )
        });
        tree.file("4.md", &sentences(44, 20)).with(|ctx| {
            let findings = check(ctx);
            assert_eq!(findings.len(), 1);
            assert_eq!(findings[0].related, [DocId(1), DocId(2)]);
            assert_eq!(findings[0].evidence()[0].value, Value::Count(36));
            assert_eq!(findings[0].evidence()[1].provenance.to_string(), "line 10 of the text");
        });
    }

    #[test]
    fn a_changed_sentence_does_not_part_a_paragraph() {
        let (a, b) = (sentences(90, 2), sentences(91, 2));
        let document = |it: u32| {
            format!("{}{a}{}{b}{}", sentences(it, 9), sentences(it + 40, 1), sentences(it + 20, 9))
        };
        let tree = Tree::default().file("1.md", &document(1)).file("2.md", &document(2));
        tree.with(|ctx| {
            let findings = check(ctx);
            assert_eq!(findings.len(), 1);
            assert_eq!(findings[0].evidence()[0].value, Value::Count(48));
        });
    }

    #[test]
    fn documents_of_one_group_count_once_and_short_passages_do_not() {
        let text = sentences(1, 20);
        let tree = Tree::default().file("1.md", &text).file("2.md", &format!("{text} more words"));
        tree.with(|ctx| assert!(check(ctx).is_empty()));
        let document =
            |it: u32| format!("{}{}{}", sentences(it, 9), sentences(90, 2), sentences(it + 20, 9));
        let tree = Tree::default().file("1.md", &document(1)).file("2.md", &document(2));
        tree.with(|ctx| assert!(check(ctx).is_empty()));
    }
}
