//! How similar two documents are: from their sketches, and from their texts where that is too close
//! to a threshold to tell.
//!
//! Texts are fetched a bounded number of bytes at a time. The result does not depend on the number
//! of threads.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;

use crate::fingerprint::{Features, Fingerprint, Similarity, VERSION};
use crate::inventory::{DocId, Record};
use crate::rot::{Context, Group, Policy};

/// Formats whose features are rows.
const SHEETS: &[&str] = &["csv", "ods", "tsv", "xls", "xlsb", "xlsx"];
/// Estimates this close to a threshold, in either direction, are checked on the texts.
const MARGIN: f64 = 0.1;
/// At most so many pairs are checked on the texts; the estimate stands for the others.
const MAX_EXACT_PAIRS: usize = 200_000;
/// Features of so many words may be in memory at once (8 bytes each).
const MAX_WORDS_AT_ONCE: u64 = 32 << 20;
/// Containment is believed from so many sampled and so many shared hashes on.
const MIN_SAMPLED: usize = 8;
const MIN_SHARED: usize = 6;
/// Two texts of nearly one size are alike or not; neither is a part of the other.
const MAX_PART: f64 = 0.8;

/// What a similarity was counted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rot) enum Basis {
    /// Runs of three words, sampled or whole.
    Shingles,
    /// Distinct words of short texts.
    Words,
    /// Cells of sheets, each with the first of its row.
    Cells,
}

/// Two documents that were compared, and are alike or contained in one another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::rot) struct Verified {
    pub a: DocId,
    pub b: DocId,
    pub similarity: Similarity,
    pub basis: Basis,
    /// Whether they are near-duplicates; otherwise most of one is in the other.
    pub is_near: bool,
}

/// Compares candidate pairs. Those neither alike nor contained are left out; the order stays.
pub(super) fn verify(ctx: &Context<'_>, pairs: &[(DocId, DocId)]) -> Vec<Verified> {
    let estimated = pairs.par_iter().filter_map(|(a, b)| estimate(ctx, *a, *b)).collect::<Vec<_>>();
    let unsure = estimated.iter().enumerate().filter(|(_, it)| it.is_unsure);
    let unsure = unsure.map(|it| it.0).take(MAX_EXACT_PAIRS).collect::<Vec<_>>();
    let questions = unsure.iter().map(|it| {
        let Verified { a, b, basis, .. } = estimated[*it].verified;
        (a, b, basis)
    });
    let answers = exact(ctx, &questions.collect::<Vec<_>>());
    let mut verified = estimated.iter().map(|it| it.verified).collect::<Vec<_>>();
    for (position, answer) in unsure.into_iter().zip(answers) {
        if let Some(similarity) = answer {
            verified[position].similarity = similarity;
        }
    }
    verified.retain_mut(|it| judge(ctx, it));
    verified
}

/// Compares two documents; none where they are neither alike nor contained.
pub(in crate::rot) fn verify_one(ctx: &Context<'_>, a: DocId, b: DocId) -> Option<Verified> {
    verify(ctx, &[(a, b)]).pop()
}

/// Whether the pair is worth keeping, with `is_near` set.
fn judge(ctx: &Context<'_>, pair: &mut Verified) -> bool {
    let limits = &ctx.policy.duplicates;
    let least = if pair.basis == Basis::Words { limits.short } else { limits.pair };
    pair.is_near = least <= pair.similarity.jaccard;
    pair.is_near || is_contained(ctx, pair)
}

pub(super) fn is_contained(ctx: &Context<'_>, pair: &Verified) -> bool {
    let Verified { similarity: it, basis, .. } = pair;
    let limits = &ctx.policy.duplicates;
    let (part, whole, share, seen) = match sizes(ctx, pair) {
        (a, b) if a <= b => (a, b, it.containment_a, it.seen_a),
        (a, b) => (b, a, it.containment_b, it.seen_b),
    };
    *basis != Basis::Words
        && limits.containment <= share
        && MIN_SHARED <= it.shared
        && MIN_SAMPLED <= seen
        && part <= MAX_PART * whole
}

/// Numbers of distinct features of both.
fn sizes(ctx: &Context<'_>, pair: &Verified) -> (f64, f64) {
    let size = |id: DocId| {
        let fingerprint = ctx.inventory[id].fingerprint.as_ref();
        fingerprint.map_or(0.0, |it| f64::from(it.sketch.shingles))
    };
    (size(pair.a), size(pair.b))
}

struct Estimate {
    verified: Verified,
    is_unsure: bool,
}

fn estimate(ctx: &Context<'_>, a: DocId, b: DocId) -> Option<Estimate> {
    let limits = &ctx.policy.duplicates;
    let (one, other) = (&ctx.inventory[a], &ctx.inventory[b]);
    let (x, y) = (fingerprint(one)?, fingerprint(other)?);
    if x.words.min(y.words) < limits.min_words || is_sheet(one) != is_sheet(other) {
        return None;
    }
    let similarity = x.sketch.compare(&y.sketch);
    let basis = basis(ctx, a, b);
    let mut verified = Verified { a, b, similarity, basis, is_near: false };
    // The sketch of a sheet samples rows and runs of words, and not the cells that count.
    if basis != Basis::Shingles {
        // Texts without any run of words in common share words by chance.
        return (0 < similarity.shared).then_some(Estimate { verified, is_unsure: true });
    }
    let seen = (similarity.seen_a + similarity.seen_b - similarity.shared).max(1) as f64;
    let spread = (similarity.jaccard * (1.0 - similarity.jaccard) / seen).sqrt();
    let margin =
        if x.sketch.is_whole() && y.sketch.is_whole() { 0.0 } else { MARGIN.min(3.0 * spread) };
    let near = |value: f64, threshold: f64| (value - threshold).abs() < margin;
    let may_be_contained = is_contained(ctx, &verified)
        || near(similarity.containment_a.max(similarity.containment_b), limits.containment);
    let is_unsure = near(similarity.jaccard, limits.pair)
        || near(similarity.jaccard, limits.group)
        || similarity.jaccard < limits.pair
            && may_be_contained
            && near(similarity.containment_a.max(similarity.containment_b), limits.containment);
    (is_unsure || judge(ctx, &mut verified)).then_some(Estimate { verified, is_unsure })
}

/// What two documents are compared by.
pub(super) fn basis(ctx: &Context<'_>, a: DocId, b: DocId) -> Basis {
    let (a, b) = (&ctx.inventory[a], &ctx.inventory[b]);
    if is_sheet(a) {
        Basis::Cells
    } else if is_short(ctx.policy, a.words(), b.words()) {
        Basis::Words
    } else {
        Basis::Shingles
    }
}

/// Whether texts of so many words are judged by their distinct words: short ones of nearly one size.
pub(super) fn is_short(policy: &Policy, a: u32, b: u32) -> bool {
    let is_one_size = MAX_PART * f64::from(a.max(b)) <= f64::from(a.min(b));
    a.min(b) < policy.duplicates.short_words && is_one_size
}

fn fingerprint(record: &Record) -> Option<&Fingerprint> {
    record.fingerprint.as_ref().filter(|it| it.version == VERSION)
}

pub(in crate::rot) fn is_sheet(record: &Record) -> bool {
    record.format.as_ref().is_some_and(|it| SHEETS.contains(&it.name.as_str()))
}

/// How similar pairs are, as every report and list states it, from their texts: shared runs of three
/// words, or cells of sheets. In order; none where a text was not stored, and none of very many.
pub(super) fn stated(ctx: &Context<'_>, pairs: &[(DocId, DocId)]) -> Vec<Option<Similarity>> {
    let counted = pairs.iter().take(MAX_EXACT_PAIRS).map(|(a, b)| {
        let is_sheet = is_sheet(&ctx.inventory[*a]);
        (*a, *b, if is_sheet { Basis::Cells } else { Basis::Shingles })
    });
    let mut found = exact(ctx, &counted.collect::<Vec<_>>());
    found.resize(pairs.len(), None);
    found
}

/// States how similar members of groups are to the documents that stay. Returns the members of
/// which that is estimated.
pub(super) fn state(ctx: &Context<'_>, groups: &mut [Group]) -> Vec<DocId> {
    let pairs = groups.iter().flat_map(|it| it.members.iter().map(|one| (one.0, it.canonical)));
    let found = stated(ctx, &pairs.collect::<Vec<_>>());
    let members = groups.iter_mut().flat_map(|it| &mut it.members);
    let estimated = members.zip(found).filter_map(|(member, found)| match found {
        None => Some(member.0),
        Some(found) => {
            member.1 = found.jaccard;
            None
        }
    });
    estimated.collect()
}

/// Exact similarities of pairs from their texts, in order; none where a text was not stored.
pub(super) fn exact(ctx: &Context<'_>, pairs: &[(DocId, DocId, Basis)]) -> Vec<Option<Similarity>> {
    let mut answers = vec![None; pairs.len()];
    for basis in [Basis::Shingles, Basis::Words, Basis::Cells] {
        let places = (0..pairs.len()).filter(|it| pairs[*it].2 == basis).collect::<Vec<_>>();
        let asked = places.iter().map(|it| (pairs[*it].0, pairs[*it].1)).collect::<Vec<_>>();
        let load = |_, text: &str| match basis {
            Basis::Shingles => Features::shingles(text),
            Basis::Words => Features::words(text),
            Basis::Cells => Features::cells(text),
        };
        let found = over_texts(ctx, &asked, 1, load, |_, a, b| a.compare(b));
        places.into_iter().zip(found).for_each(|(place, answer)| answers[place] = answer);
    }
    answers
}

/// What `compare` makes of what `load` makes of the texts of each pair, in order; none where a text
/// was not stored. `load` may keep `weight` times eight bytes a word.
pub(super) fn over_texts<F: Send + Sync, T: Send>(
    ctx: &Context<'_>,
    pairs: &[(DocId, DocId)],
    weight: u64,
    load: impl Fn(DocId, &str) -> F + Sync,
    compare: impl Fn((DocId, DocId), &F, &F) -> T + Sync,
) -> Vec<Option<T>> {
    let mut answers = Vec::with_capacity(pairs.len());
    let mut start = 0;
    while start < pairs.len() {
        let mut words = 0;
        let mut wanted = HashSet::new();
        let mut end = start;
        for (a, b) in &pairs[start..] {
            for id in [a, b] {
                if wanted.insert(*id) {
                    words += weight * u64::from(ctx.inventory[*id].words());
                }
            }
            if MAX_WORDS_AT_ONCE < words && start < end {
                break;
            }
            end += 1;
        }
        let loaded = wanted
            .into_par_iter()
            .filter_map(|id| Some((id, load(id, &ctx.texts.text(&ctx.inventory[id])?))));
        let loaded = loaded.collect::<HashMap<_, _>>();
        let answer = |pair: &(DocId, DocId)| {
            Some(compare(*pair, loaded.get(&pair.0)?, loaded.get(&pair.1)?))
        };
        answers.par_extend(pairs[start..end].par_iter().map(answer));
        start = end;
    }
    answers
}
