//! Gives each document the one of the organisation's own subjects that it is most about.
//!
//! A document is about a term if all words of the term stand in its title, or each of them twice or
//! more in its text. The rarer the words and the more often they stand there, the more it is about
//! it; a document of several terms goes to the one that weighs most.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::fingerprint::normalize;
use crate::inventory::{DocId, WordUse, is_without_spaces};
use crate::rot::Context;

use super::{Member, NoSubjects, Subject, Subjects, Taxonomy};

/// How soon more of the same word counts for nothing more.
const SATURATION: f64 = 1.2;
/// A title counts as so many times in the text.
const TITLE: u32 = 4;
/// Outside of the title, each word has to stand there so often.
const LEAST_IN_TEXT: u32 = 2;
/// A name of fewer letters and digits is not looked for.
const LEAST_CHARS: usize = 3;

/// A name of a subject, by the numbers of the stems of its words.
struct Label {
    concept: u32,
    stems: Vec<u32>,
}

/// Assigns documents; none where the source knows no words.
pub(super) fn assign(
    ctx: &Context<'_>,
    taxonomy: &Taxonomy,
    stands_for: &[DocId],
) -> Option<Subjects> {
    let mut numbers: HashMap<String, u32> = HashMap::new();
    let labels = labels(ctx, taxonomy, &mut numbers);
    let is_wanted = |id: DocId| ctx.inventory[id].is_readable() && stands_for[id.0 as usize] == id;
    let mut uses: Vec<Vec<WordUse>> = vec![Vec::new(); numbers.len()];
    let is_told = ctx.texts.each_word(ctx.inventory, &is_wanted, 1, &mut |word| {
        if let Some(number) = numbers.get(word.stem) {
            uses[*number as usize].extend(word.uses);
        }
    });
    if !is_told {
        return None;
    }
    // The forms of one stem, as one.
    uses.iter_mut().for_each(WordUse::add_up);
    let documents = ctx.inventory.iter().filter(|it| is_wanted(it.0)).count();
    let best = best(&labels, &uses, documents);
    Some(laid_out(ctx, taxonomy, stands_for, &best))
}

/// The labels of all subjects that are long enough.
fn labels(
    ctx: &Context<'_>,
    taxonomy: &Taxonomy,
    numbers: &mut HashMap<String, u32>,
) -> Vec<Label> {
    let mut words: Vec<(u32, Vec<String>)> = Vec::new();
    for (concept, it) in (0u32..).zip(taxonomy.concepts()) {
        for label in std::iter::once(&it.name).chain(&it.synonyms) {
            let label = normalize(label);
            if is_telling(&label) {
                words.push((concept, label.split(' ').map(str::to_owned).collect()));
            }
        }
    }
    let mut distinct: Vec<&str> = words.iter().flat_map(|it| &it.1).map(String::as_str).collect();
    distinct.sort_unstable();
    distinct.dedup();
    let stems = ctx.texts.stems(&distinct);
    let stem_of: HashMap<&str, &String> = distinct.iter().copied().zip(&stems).collect();
    let mut labels = Vec::with_capacity(words.len());
    for (concept, words) in &words {
        let mut stems: Vec<u32> = Vec::with_capacity(words.len());
        for word in words {
            let next = numbers.len() as u32;
            stems.push(*numbers.entry(stem_of[word.as_str()].clone()).or_insert(next));
        }
        stems.sort_unstable();
        stems.dedup();
        labels.push(Label { concept: *concept, stems });
    }
    labels
}

/// Whether a normalized label says enough to look for: two letters alone stand for anything.
fn is_telling(label: &str) -> bool {
    let chars = || label.chars().filter(|it| *it != ' ');
    chars().any(is_without_spaces) || LEAST_CHARS <= chars().count()
}

/// The subject that each document is most about, and how much it is.
fn best(labels: &[Label], uses: &[Vec<WordUse>], documents: usize) -> BTreeMap<DocId, (u32, f64)> {
    let mut best: BTreeMap<DocId, (u32, f64)> = BTreeMap::new();
    let rarity = |stem: u32| {
        let having = uses[stem as usize].len() as f64;
        (1.0 + (documents as f64 - having + 0.5) / (having + 0.5)).ln()
    };
    for Label { concept, stems } in labels {
        let rarest = stems.iter().min_by_key(|it| (uses[**it as usize].len(), **it));
        let Some(rarest) = rarest else { continue };
        for WordUse { document, .. } in &uses[*rarest as usize] {
            let found = stems.iter().map(|stem| {
                let list = &uses[*stem as usize];
                let at = list.binary_search_by_key(document, |it| it.document).ok()?;
                Some((*stem, list[at]))
            });
            let Some(found) = found.collect::<Option<Vec<_>>>() else { continue };
            let is_titled = found.iter().all(|it| 0 < it.1.in_title);
            if !is_titled && found.iter().any(|it| it.1.in_text < LEAST_IN_TEXT) {
                continue;
            }
            let weight = |(stem, it): &(u32, WordUse)| {
                let count = f64::from(it.in_text + TITLE * it.in_title);
                rarity(*stem) * count / (count + SATURATION)
            };
            let weight = found.iter().map(weight).sum::<f64>();
            let known = best.entry(*document).or_insert((*concept, weight));
            if known.1 < weight {
                *known = (*concept, weight);
            }
        }
    }
    best
}

/// The subjects that have documents, broader ones before narrower ones.
fn laid_out(
    ctx: &Context<'_>,
    taxonomy: &Taxonomy,
    stands_for: &[DocId],
    best: &BTreeMap<DocId, (u32, f64)>,
) -> Subjects {
    let mut members: BTreeMap<u32, Vec<Member>> = BTreeMap::new();
    for (document, record) in ctx.inventory.iter() {
        let stands = stands_for[document.0 as usize];
        let Some((concept, weight)) = best.get(&stands).filter(|_| record.is_readable()) else {
            continue;
        };
        let member = Member { document, centrality: *weight as f32, is_copy: document != stands };
        for concept in std::iter::once(*concept).chain(taxonomy.broader(*concept)) {
            members.entry(concept).or_default().push(member);
        }
    }
    if members.is_empty() {
        return Subjects::none(NoSubjects::NoneGivenFits);
    }
    let order = in_order(taxonomy, &members);
    let place: HashMap<u32, usize> =
        order.iter().enumerate().map(|(at, concept)| (*concept, at)).collect();
    let mut of = vec![None; ctx.inventory.len()];
    let mut list = Vec::with_capacity(order.len());
    for concept in order {
        let it = &taxonomy.concepts()[concept as usize];
        let mut members = members.remove(&concept).unwrap_or_default();
        let most = members.iter().map(|it| it.centrality).fold(f32::MIN_POSITIVE, f32::max);
        members.iter_mut().for_each(|it| it.centrality /= most);
        let own = members.iter().filter(|it| {
            best.get(&stands_for[it.document.0 as usize]).is_some_and(|best| best.0 == concept)
        });
        own.for_each(|it| of[it.document.0 as usize] = Some(place[&concept] as u32));
        let broader = it.broader.and_then(|it| place.get(&it)).copied();
        let terms = it.synonyms.clone();
        list.push(Subject { name: it.name.clone(), terms, broader, members, ..Subject::default() });
    }
    Subjects::of(ctx.inventory, list, of, true)
}

/// Broader ones before narrower ones, else the ones with most documents first.
fn in_order(taxonomy: &Taxonomy, members: &BTreeMap<u32, Vec<Member>>) -> Vec<u32> {
    let mut narrower: BTreeMap<Option<u32>, Vec<u32>> = BTreeMap::new();
    for concept in members.keys() {
        let broader = taxonomy.concepts()[*concept as usize].broader;
        narrower.entry(broader).or_default().push(*concept);
    }
    // The last one is taken first.
    narrower.values_mut().for_each(|it| it.sort_by_key(|it| (members[it].len(), u32::MAX - it)));
    let mut waiting = narrower.remove(&None).unwrap_or_default();
    let mut order = Vec::with_capacity(members.len());
    let mut seen = HashSet::new();
    while let Some(concept) = waiting.pop() {
        if seen.insert(concept) {
            order.push(concept);
            waiting.extend(narrower.remove(&Some(concept)).unwrap_or_default());
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{inventory, record};
    use super::*;
    use crate::inventory::{Inventory, Record, Word};
    use crate::rot::{Policy, Texts};

    /// The words of each document's title.
    struct Titled(&'static [&'static [&'static str]]);

    impl Texts for Titled {
        fn text(&self, _record: &Record) -> Option<String> {
            None
        }

        fn each_word(
            &self,
            _inventory: &Inventory,
            _wanted: &dyn Fn(DocId) -> bool,
            _least: usize,
            visit: &mut dyn FnMut(&Word<'_>),
        ) -> bool {
            for (document, words) in (0u32..).map(DocId).zip(self.0) {
                let uses = [WordUse { document, in_text: 0, in_title: 1 }];
                for text in *words {
                    visit(&Word { text, stem: text, is_common: false, uses: &uses });
                }
            }
            true
        }
    }

    /// The term that each document goes to.
    fn assigned(terms: &str, titles: &'static [&'static [&'static str]]) -> Vec<Option<String>> {
        let records = (0..titles.len()).map(|at| record(&format!("{at:02}.md")));
        let inventory = inventory(records.collect());
        let (policy, texts) = (Policy::default(), Titled(titles));
        let ctx = Context::new(&inventory, &texts, &policy, "2026-06-01".parse().unwrap());
        let taxonomy = Taxonomy::from_table(&format!("term\n{terms}")).unwrap();
        let documents: Vec<DocId> = inventory.iter().map(|it| it.0).collect();
        let subjects = assign(&ctx, &taxonomy, &documents).unwrap();
        let name = |it: &DocId| Some(subjects.list[subjects.subject_of(*it)?].name.clone());
        documents.iter().map(name).collect()
    }

    #[test]
    fn short_words_of_a_term_have_to_stand_there_too() {
        let found = assigned("HR policy\n", &[&["hr", "policy"], &["policy"]]);
        assert_eq!(found, [Some("HR policy".to_owned()), None]);
        let found = assigned("Policy\nHR\n", &[&["policy"], &["hr"]]);
        assert_eq!(found, [Some("Policy".to_owned()), None]);
    }

    #[test]
    fn terms_are_split_as_the_index_splits_texts() {
        let tokyo = "\u{6771}\u{4eac}";
        let found = assigned(tokyo, &[&["\u{6771}", "\u{4eac}"], &["\u{6771}"]]);
        assert_eq!(found, [Some(tokyo.to_owned()), None]);
        let typed_in_two_parts = "Cafe\u{301}";
        let found = assigned(typed_in_two_parts, &[&["caf\u{e9}"], &["cafe"]]);
        assert_eq!(found, [Some(typed_in_two_parts.to_owned()), None]);
    }
}
