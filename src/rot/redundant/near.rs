//! Texts that differ a little: verified similarity at or above the policy's threshold *with the
//! group's canonical document*.
//!
//! One form filled in twice is no near-duplicate.

use std::cell::LazyCell;
use std::collections::HashSet;

use rayon::prelude::*;

use crate::extract::Provenance;
use crate::fingerprint::{Features, Tokens};
use crate::inventory::DocId;
use crate::rot::obsolete::forks::fork;
use crate::rot::{Category, Confidence, Context, Evidence, Finding, Group, Rule, Severity, Value};

use super::alignment::Words;
use super::boilerplate::Boilerplate;
use super::canonical::{self, Preference};
use super::difference::differing_words;
use super::forms;
use super::grouping::{self, Cluster, Edge};
use super::verify::{self, Basis, Verified, verify_one};

pub(in crate::rot) const RULE: Rule = Rule {
    id: "near-duplicate",
    category: Category::Redundant,
    severity: Severity::Warning,
    summary: "Another document holds nearly the same text.",
    check,
};

/// Of a larger group, so many members tell whether it is a series of forms.
const MAX_SAMPLED: usize = 64;
/// From this share of forms on, all that are not nearly equal are taken for forms.
const SERIES: f64 = 0.8;
/// What is a form with its leader may be a copy of another form that is this similar to it.
const NEARLY_EQUAL: f64 = 0.95;
/// Of so many documents at most, so many places are quoted in which they differ.
const MAX_QUOTES: usize = 20_000;
const MAX_PLACES: usize = 3;

/// What came of grouping.
#[derive(Debug, Default)]
pub(super) struct Grouped {
    pub(super) groups: Vec<Group>,
    /// How many documents were left out because they are but the same form as one like them.
    pub(super) same_form: u64,
    /// The canonical documents of groups that are a form filled in, so that their facts differ by
    /// nature.
    pub(super) filled_in: HashSet<DocId>,
    /// Members whose similarity is estimated.
    pub(super) estimated: Vec<DocId>,
}

/// Groups `documents` by the pairs that are near-duplicates of each other.
pub(super) fn groups(
    ctx: &Context<'_>,
    documents: &[DocId],
    pairs: &[Verified],
    boilerplate: &Boilerplate,
) -> Grouped {
    let mut edges = edges(ctx, pairs);
    let mut order = documents.par_iter().map(|it| Preference::of(ctx, *it)).collect::<Vec<_>>();
    order.par_sort_unstable();
    let mut order = order.iter().map(|it| it.document().0).collect::<Vec<_>>();
    let Grouped { mut groups, mut filled_in, mut estimated, .. } = Grouped::default();
    let mut apart = HashSet::new();
    // What is a form with its leader may still be a copy of another filled-in form.
    for is_first in [true, false] {
        let ask = |node: u32, leader: u32| {
            let found = verify_one(ctx, DocId(node), DocId(leader))?;
            if boilerplate.explains(ctx, &found) {
                return None;
            }
            let least = if is_first { threshold(ctx, found.basis) } else { NEARLY_EQUAL };
            (found.is_near && least <= found.similarity.jaccard).then_some(found.similarity.jaccard)
        };
        let mut clusters = grouping::cluster(&order, &edges, ask);
        let forms = drop_forms(ctx, &mut clusters, &mut filled_in);
        if !is_first {
            filled_in.extend(clusters.iter().map(|it| DocId(it.leader)));
        }
        let stated = clusters.into_iter().filter_map(|it| group(ctx, it));
        let mut stated = stated.collect::<Vec<_>>();
        estimated.extend(verify::state(ctx, &mut stated));
        stated.iter_mut().for_each(|it| it.members.retain(|one| is_close(ctx, it.canonical, *one)));
        groups.extend(stated.into_iter().filter(|it| !it.members.is_empty()));
        if forms.is_empty() {
            break;
        }
        apart.extend(forms.iter().copied());
        order.retain(|it| forms.contains(it));
        edges.retain(|it| NEARLY_EQUAL <= it.similarity);
    }
    groups.sort_by_key(|it| it.canonical);
    for member in groups.iter().flat_map(|it| &it.members) {
        apart.remove(&member.0.0);
    }
    Grouped { groups, same_form: apart.len() as u64, filled_in, estimated }
}

/// The pairs similar enough to be in one group.
fn edges(ctx: &Context<'_>, pairs: &[Verified]) -> Vec<Edge> {
    let edge = |it: &Verified| {
        let similarity = it.similarity.jaccard;
        let is_close = it.is_near && threshold(ctx, it.basis) <= similarity;
        is_close.then_some(Edge { a: it.a.0, b: it.b.0, similarity })
    };
    pairs.iter().filter_map(edge).collect()
}

fn threshold(ctx: &Context<'_>, basis: Basis) -> f64 {
    let limits = &ctx.policy.duplicates;
    if basis == Basis::Words { limits.short.max(limits.group) } else { limits.group }
}

/// Whether a member is as similar to the document that stays as it was taken to be. Short texts are
/// judged by their words, and of those nothing was estimated.
fn is_close(ctx: &Context<'_>, canonical: DocId, (member, similarity): (DocId, f64)) -> bool {
    let basis = verify::basis(ctx, member, canonical);
    basis == Basis::Words || threshold(ctx, basis) <= similarity
}

/// Takes the members that are the same form as their leader out of their clusters, and notes such
/// leaders.
fn drop_forms(
    ctx: &Context<'_>,
    clusters: &mut Vec<Cluster>,
    filled_in: &mut HashSet<DocId>,
) -> HashSet<u32> {
    let forms = clusters.par_iter().flat_map_iter(|it| forms_of(ctx, it)).collect::<HashSet<_>>();
    for cluster in clusters.iter_mut() {
        let before = cluster.members.len();
        cluster.members.retain(|it| !forms.contains(&it.0));
        if cluster.members.len() < before {
            filled_in.insert(DocId(cluster.leader));
        }
    }
    clusters.retain(|it| !it.members.is_empty());
    forms
}

fn forms_of(ctx: &Context<'_>, cluster: &Cluster) -> Vec<u32> {
    // A changed cell looks like a filled-in slot, and a sheet with changed cells is a copy.
    if verify::is_sheet(&ctx.inventory[DocId(cluster.leader)]) {
        return Vec::new();
    }
    let Some(leader) = text(ctx, cluster.leader) else { return Vec::new() };
    let tokens = Tokens::of(&leader);
    let shingles = LazyCell::new(|| Features::shingles(&leader));
    let is_form = |it: &u32| {
        text(ctx, *it).is_some_and(|it| {
            let similarity = || shingles.compare(&Features::shingles(&it)).jaccard;
            forms::are_same_form(&tokens, &Tokens::of(&it), similarity)
        })
    };
    let (close, others) = cluster.members.iter().partition::<Vec<_>, _>(|it| NEARLY_EQUAL <= it.1);
    let nodes = |it: Vec<&(u32, f64)>| it.iter().map(|it| it.0).collect::<Vec<_>>();
    let (close, others) = (nodes(close), nodes(others));
    let sampled = &others[..others.len().min(MAX_SAMPLED)];
    let mut found = sampled.iter().copied().filter(is_form).collect::<Vec<_>>();
    if sampled.len() < others.len() && SERIES * sampled.len() as f64 <= found.len() as f64 {
        found = others;
    } else {
        found.extend(others[sampled.len()..].iter().copied().filter(is_form));
    }
    found.extend(close.into_iter().filter(is_form));
    found
}

fn text(ctx: &Context<'_>, node: u32) -> Option<String> {
    ctx.texts.text(&ctx.inventory[DocId(node)])
}

fn group(ctx: &Context<'_>, cluster: Cluster) -> Option<Group> {
    let members = cluster.members.iter().map(|it| (DocId(it.0), it.1)).collect::<Vec<_>>();
    let mut all = vec![DocId(cluster.leader)];
    all.extend(members.iter().map(|it| it.0));
    let choice = canonical::choose(ctx, &all);
    debug_assert_eq!(choice.canonical.0, cluster.leader, "leaders are the most preferred");
    (!members.is_empty()).then_some(Group {
        kind: RULE.id,
        canonical: choice.canonical,
        reasons: choice.reasons,
        is_tie: choice.is_tie,
        members,
    })
}

fn check(ctx: &Context<'_>) -> Vec<Finding> {
    let findings = super::members(ctx, RULE.id, |member| {
        let similarity = super::similarity_of(ctx, &member);
        let finding = Finding::new(&RULE, member.document, Confidence::Likely, similarity);
        match fork(ctx, member.document, member.canonical) {
            None => finding,
            Some(why) => {
                let from = Provenance::Computed("names and trusted dates".to_owned());
                finding.and(Evidence::new("versions that diverged", Value::Text(why), from))
            }
        }
    });
    quoted(ctx, findings)
}

/// Adds the words that differ, the first of them, to the first findings.
fn quoted(ctx: &Context<'_>, mut findings: Vec<Finding>) -> Vec<Finding> {
    let quoted = &findings[..findings.len().min(MAX_QUOTES)];
    // The findings of one group stand together: the document that stays is read once.
    let groups = quoted.par_chunk_by(|a, b| a.related == b.related);
    let quotes = groups.flat_map(|group| {
        let stays = group[0].related.first().and_then(|it| ctx.texts.text(&ctx.inventory[*it]));
        let stays = stays.as_deref().map(Words::of);
        let quotes = group.par_iter().map(|finding| {
            let text = ctx.texts.text(&ctx.inventory[finding.document])?;
            Some(differing_words(&Words::of(&text), stays.as_ref()?, MAX_PLACES))
        });
        quotes.collect::<Vec<_>>()
    });
    let quotes = quotes.collect::<Vec<_>>();
    for (finding, quote) in findings.iter_mut().zip(quotes) {
        let Some((quotes, places)) = quote else { continue };
        let from = || Provenance::Computed("texts of both, this one's words first".to_owned());
        if quotes.len() < places {
            let places = Value::Count(places as u64);
            finding.push(Evidence::new("places that differ", places, from()));
        }
        for quote in quotes {
            finding.push(Evidence::new("difference", Value::Text(quote), from()));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Tree, date, prose};
    use super::*;

    #[test]
    fn a_little_difference_is_found_and_quoted() {
        let text = prose(1, 200);
        let tree = Tree::default().file("a.md", &format!("{text} until May")).dated(
            "b.md",
            &format!("{text} until June"),
            date(2024, 1, 1),
        );
        tree.file("c.md", &prose(2, 200)).with(|ctx| {
            let findings = check(ctx);
            assert_eq!(findings.len(), 1);
            assert_eq!((findings[0].document, findings[0].related[0]), (DocId(0), DocId(1)));
            let Value::Text(quote) = &findings[0].evidence().last().unwrap().value else {
                panic!()
            };
            assert!(quote.contains("May\u{201d} / "), "{quote}");
        });
    }

    #[test]
    fn every_member_is_close_to_its_canonical_document() {
        let words = prose(1, 400).split(' ').map(str::to_owned).collect::<Vec<_>>();
        let tree = (0..5_usize).fold(Tree::default(), |tree, it| {
            tree.file(&format!("{it}.md"), &words[40 * it..40 * it + 200].join(" "))
        });
        tree.with(|ctx| {
            for group in &ctx.duplicates().groups {
                assert!(group.members.iter().all(|it| ctx.policy.duplicates.group <= it.1));
            }
            assert!(!ctx.duplicates().groups.is_empty());
        });
    }

    #[test]
    fn filled_in_forms_are_no_copies_of_each_other() {
        let body = prose(1, 100).replace(' ', " and ");
        let tree = (0..6).fold(Tree::default(), |tree, it| {
            let day = format!("200{it}-01-1{it}");
            let text =
                format!("Number 7{it}1 of {day}. {body} due {it}9 days, {it}88 EUR, till {day}");
            tree.file(&format!("letter {}.md", prose(it, 1)), &text)
        });
        tree.with(|ctx| {
            assert!(ctx.duplicates().groups.is_empty(), "{:?}", ctx.duplicates().groups);
        });
    }
}
