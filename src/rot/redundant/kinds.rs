//! What similar documents are to each other: near-duplicates, one form filled in twice, or a part
//! and its whole.
//!
//! Every pair is counted on its texts; whether it is one form is asked of a bounded number of pairs
//! for each document, and what was found of those holds for the rest of the family. How many pairs
//! nothing was found of is counted.

use rayon::prelude::*;

use crate::fingerprint::{Features, Similarity, Tokens};
use crate::inventory::DocId;
use crate::rot::Context;

use super::forms;
use super::pairs::{PAIR_KINDS, PairOptions};
use super::verify::{self, Basis, Verified};

/// Sketches estimate shares to within this, nearly always.
const MARGIN: f64 = 0.2;
/// Texts of all documents together are asked so often whether they are forms, ...
const MAX_QUESTIONS: usize = 500_000;
/// ... and each at least so often.
const MIN_QUESTIONS: usize = 8;

/// A row of [`PAIR_KINDS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    ExactCopy,
    SameText,
    NearDuplicate,
    SameForm,
    Contained,
    Similar,
}

impl Kind {
    pub(super) const fn name(self) -> &'static str {
        PAIR_KINDS[self as usize].0
    }
}

/// Two documents of different texts.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Link {
    a: DocId,
    b: DocId,
    kind: Kind,
    /// Similarity, containment of the first and of the second.
    shares: [f64; 3],
}

/// One end of a link, as seen from the other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Neighbor {
    pub document: DocId,
    pub kind: Kind,
    /// Similarity, containment of the document it is a neighbor of, and its own.
    pub shares: [f64; 3],
}

/// The links among documents.
#[derive(Debug, Default)]
pub(super) struct Links {
    /// By first, then second document.
    links: Vec<Link>,
    /// Second document and position of each link, ascending.
    by_second: Vec<(DocId, u32)>,
    /// How many near-duplicates were not asked whether they are one form, to bound the work.
    pub(super) not_asked: u64,
}

impl Links {
    /// The neighbors of a document, in no particular order.
    pub(super) fn of(&self, document: DocId) -> impl Iterator<Item = Neighbor> {
        let from = self.links.partition_point(|it| it.a < document);
        let after = self.links[from..].iter().take_while(move |it| it.a == document);
        let after = after.map(|it| Neighbor { document: it.b, kind: it.kind, shares: it.shares });
        let from = self.by_second.partition_point(|it| it.0 < document);
        let before = self.by_second[from..].iter().take_while(move |it| it.0 == document);
        let before = before.map(|(_, position)| {
            let Link { a, kind, shares: [similarity, of_a, of_b], .. } =
                self.links[*position as usize];
            Neighbor { document: a, kind, shares: [similarity, of_b, of_a] }
        });
        after.chain(before)
    }
}

/// Compares ascending candidate pairs and keeps those that are wanted.
pub(super) fn links(
    ctx: &Context<'_>,
    candidates: Vec<(DocId, DocId)>,
    options: &PairOptions,
) -> Links {
    let estimate = |a: DocId, b: DocId| {
        let sketch = |id: DocId| ctx.inventory[id].fingerprint.as_ref().map(|it| &it.sketch);
        Some(sketch(a)?.compare(sketch(b)?))
    };
    let may_be = |it: &(DocId, DocId)| {
        let Some(found) = estimate(it.0, it.1) else { return false };
        let share = found.containment_a.max(found.containment_b);
        options.min_similarity <= found.jaccard + MARGIN
            || options.parts && ctx.policy.duplicates.containment <= share + MARGIN
            || verify::is_sheet(&ctx.inventory[it.0])
    };
    let pairs = candidates.into_par_iter().filter(may_be).collect::<Vec<_>>();
    let asks = questions(ctx, &pairs);
    let load = |id: DocId, text: &str| Loaded::of(ctx, id, text);
    let judged = verify::over_texts(ctx, &pairs, 6, load, |pair, a, b| {
        judge(ctx, options, pair, (a, b), asks.binary_search(&pair).is_ok())
    });
    let links = pairs.iter().zip(judged).filter_map(|((a, b), judged)| match judged {
        Some(link) => link,
        None => estimated(ctx, options, *a, *b, &estimate(*a, *b)?),
    });
    let mut links = links.collect::<Vec<_>>();
    drop(pairs);
    let not_asked = spread_forms(ctx, &mut links, &asks);
    let mut by_second = links.iter().map(|it| it.b).zip(0..).collect::<Vec<_>>();
    by_second.sort_unstable();
    Links { links, by_second, not_asked }
}

/// The pairs of which is asked whether they are one form: the first few of every document.
fn questions(ctx: &Context<'_>, pairs: &[(DocId, DocId)]) -> Vec<(DocId, DocId)> {
    let room = (MAX_QUESTIONS / ctx.inventory.len().max(1)).max(MIN_QUESTIONS);
    let mut asked = vec![0_usize; ctx.inventory.len()];
    let mut has_room = |it: &&(DocId, DocId)| {
        let (a, b) = (it.0.0 as usize, it.1.0 as usize);
        let has_room = asked[a] < room || asked[b] < room;
        asked[a] += 1;
        asked[b] += 1;
        has_room
    };
    pairs.iter().filter(|it| has_room(it)).copied().collect()
}

/// What is kept of a text while it is compared.
struct Loaded {
    shingles: Features,
    tokens: Tokens,
    /// Of a short text.
    words: Option<Features>,
    /// Of a sheet.
    cells: Option<Features>,
}

impl Loaded {
    fn of(ctx: &Context<'_>, id: DocId, text: &str) -> Self {
        let record = &ctx.inventory[id];
        let is_short = record.words() < 2 * ctx.policy.duplicates.short_words;
        Self {
            shingles: Features::shingles(text),
            tokens: Tokens::of(text),
            words: is_short.then(|| Features::words(text)),
            cells: verify::is_sheet(record).then(|| Features::cells(text)),
        }
    }
}

fn judge(
    ctx: &Context<'_>,
    options: &PairOptions,
    (a, b): (DocId, DocId),
    (x, y): (&Loaded, &Loaded),
    is_asked: bool,
) -> Option<Link> {
    let found = match (&x.cells, &y.cells) {
        (Some(x), Some(y)) => x.compare(y),
        _ => x.shingles.compare(&y.shingles),
    };
    let limits = &ctx.policy.duplicates;
    let basis = verify::basis(ctx, a, b);
    let words = x.words.as_ref().zip(y.words.as_ref()).filter(|_| basis == Basis::Words);
    let is_near = match words {
        Some((x, y)) => limits.short <= x.compare(y).jaccard,
        None => limits.pair <= found.jaccard,
    };
    let may_be_form = is_asked && basis != Basis::Cells;
    let kind = if !is_near {
        Kind::Similar
    } else if may_be_form && forms::are_same_form(&x.tokens, &y.tokens, || found.jaccard) {
        Kind::SameForm
    } else {
        Kind::NearDuplicate
    };
    wanted(ctx, options, (a, b), kind, &found)
}

/// The link of two documents whose texts are not stored.
fn estimated(
    ctx: &Context<'_>,
    options: &PairOptions,
    a: DocId,
    b: DocId,
    found: &Similarity,
) -> Option<Link> {
    let is_near = ctx.policy.duplicates.pair <= found.jaccard;
    let kind = if is_near { Kind::NearDuplicate } else { Kind::Similar };
    wanted(ctx, options, (a, b), kind, found)
}

/// The link, where it is similar enough or wanted as a part.
fn wanted(
    ctx: &Context<'_>,
    options: &PairOptions,
    (a, b): (DocId, DocId),
    kind: Kind,
    found: &Similarity,
) -> Option<Link> {
    let basis = verify::basis(ctx, a, b);
    let is_similar = options.min_similarity <= found.jaccard;
    let verified = Verified { a, b, similarity: *found, basis, is_near: false };
    let is_part = kind == Kind::Similar && verify::is_contained(ctx, &verified);
    let kind = if is_part { Kind::Contained } else { kind };
    let shares = [found.jaccard, found.containment_a, found.containment_b];
    (is_similar || options.parts && is_part).then_some(Link { a, b, kind, shares })
}

/// Calls forms what nobody asked about and what belongs to a family of forms on both ends. Returns
/// how many others nobody asked about.
fn spread_forms(ctx: &Context<'_>, links: &mut [Link], asked: &[(DocId, DocId)]) -> u64 {
    let mut family = (0..ctx.inventory.len() as u32).collect::<Vec<_>>();
    let root = |family: &mut Vec<u32>, mut at: u32| {
        while family[at as usize] != at {
            family[at as usize] = family[family[at as usize] as usize];
            at = family[at as usize];
        }
        at
    };
    for link in links.iter().filter(|it| it.kind == Kind::SameForm) {
        let (a, b) = (root(&mut family, link.a.0), root(&mut family, link.b.0));
        family[a.max(b) as usize] = a.min(b);
    }
    let mut not_asked = 0;
    for link in links.iter_mut().filter(|it| it.kind == Kind::NearDuplicate) {
        let is_asked = asked.binary_search(&(link.a, link.b)).is_ok();
        if is_asked || verify::basis(ctx, link.a, link.b) == Basis::Cells {
            continue;
        }
        if root(&mut family, link.a.0) == root(&mut family, link.b.0) {
            link.kind = Kind::SameForm;
        } else {
            not_asked += 1;
        }
    }
    not_asked
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Tree, prose};
    use super::*;

    #[test]
    fn near_duplicates_that_were_not_asked_and_are_of_no_family_are_counted() {
        let file = |tree: Tree, it: u32| tree.file(&format!("{it}.md"), &prose(it, 40));
        (0..4).fold(Tree::default(), file).with(|ctx| {
            let link = |(a, b), kind| Link { a: DocId(a), b: DocId(b), kind, shares: [0.9; 3] };
            let near = Kind::NearDuplicate;
            let found = [link((0, 1), Kind::SameForm), link((0, 1), near), link((2, 3), near)];
            let mut links = found;
            assert_eq!(spread_forms(ctx, &mut links, &[]), 1);
            let kinds = links.map(|it| it.kind);
            assert_eq!(kinds, [Kind::SameForm, Kind::SameForm, near]);
            let mut links = found;
            assert_eq!(spread_forms(ctx, &mut links, &[(DocId(2), DocId(3))]), 0);
        });
    }
}
