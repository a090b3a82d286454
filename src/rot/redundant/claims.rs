//! Which copies claim to hold today, and which documents are meant to say the same.
//!
//! A document claims to hold unless it lies in an archive, says that it is over or a draft, or its
//! name does, or it is a history of changes. A superseded version beside its newer one claims nothing; a copy of it in another
//! folder does, for who finds it there does not see the newer one.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use rayon::prelude::*;

use crate::extract::DateRole;
use crate::inventory::DocId;
use crate::rot::obsolete::versions::Name;
use crate::rot::{Context, Group};

use super::canonical::is_dead;
use super::difference::Reading;
use super::edited::Edited;
use super::facts::Kind;
use super::forms::is_same_form;
use super::matching::Match;
use super::{exact, near, same_text};

/// A passage with more edits than one in so many words says something else.
const WORDS_AN_EDIT: usize = 25;

/// Words of names of documents that tell what was and became otherwise, ...
const HISTORIES: &[&str] = &["changelog", "changelogs"];
/// ... and whole names of such documents, but for numbers.
const HISTORY_NAMES: &[&str] =
    &["changes", "history", "news", "releasenotes", "release notes", "relnotes", "whats new"];

/// The documents that share the text of each canonical document, itself among them.
pub(super) struct Copies {
    of: HashMap<DocId, Vec<DocId>>,
}

impl Copies {
    pub(super) fn of(ctx: &Context<'_>) -> Self {
        let mut of = HashMap::<DocId, Vec<DocId>>::new();
        // Exact copies come before same texts, whose members may have copies of their own.
        let kinds = [exact::RULE.id, same_text::RULE.id];
        for group in ctx.duplicates().groups.iter().filter(|it| kinds.contains(&it.kind)) {
            let mut all = of.remove(&group.canonical).unwrap_or_else(|| vec![group.canonical]);
            for (member, _) in &group.members {
                all.extend(of.remove(member).unwrap_or_else(|| vec![*member]));
            }
            of.insert(group.canonical, all);
        }
        Self { of }
    }

    fn all(&self, document: DocId) -> Vec<DocId> {
        self.of.get(&document).cloned().unwrap_or_else(|| vec![document])
    }
}

/// Documents of one text that claim to hold; the first of them stands for all.
#[derive(Debug)]
pub(super) struct Holders {
    pub(super) text: DocId,
    pub(super) holders: Vec<DocId>,
    /// What they share with the canonical document, where that is not nearly all.
    pub(super) passage: Option<Match>,
}

/// Documents that are meant to say the same.
#[derive(Debug)]
pub(super) struct Family {
    /// Position of their group of near-duplicates; of their chain where there is none.
    pub(super) group: Option<usize>,
    pub(super) canonical: DocId,
    /// Those with the text of the canonical document that claim to hold.
    pub(super) holders: Vec<DocId>,
    /// Those with other texts.
    pub(super) others: Vec<Holders>,
}

/// Near-duplicates, and copies of superseded versions that stand elsewhere.
pub(super) fn families(ctx: &Context<'_>, copies: &Copies) -> Vec<Family> {
    let groups = &ctx.duplicates().groups;
    let mut families = BTreeMap::<DocId, Family>::new();
    let mut family_of = HashMap::<DocId, DocId>::new();
    let family = |group, canonical| Family {
        group: Some(group),
        canonical,
        holders: live(ctx, copies.all(canonical)),
        others: Vec::new(),
    };
    let is_filled_in = |it: &Group| ctx.duplicates().filled_in.contains(&it.canonical);
    for (position, group) in groups.iter().enumerate().filter(|it| it.1.kind == near::RULE.id) {
        if is_filled_in(group) {
            continue;
        }
        let mut found = family(position, group.canonical);
        for (member, _) in &group.members {
            family_of.insert(*member, group.canonical);
            let holders = live(ctx, copies.all(*member));
            if !holders.is_empty() {
                found.others.push(Holders { text: *member, holders, passage: None });
            }
        }
        families.insert(group.canonical, found);
    }
    for (position, chain) in groups.iter().enumerate().filter(|it| it.1.kind == "superseded") {
        let folder = |id: DocId| {
            (ctx.inventory[id].root, ctx.inventory[id].file.path.parent().map(Path::to_path_buf))
        };
        for (member, _) in &chain.members {
            let mut holders = live(ctx, copies.all(*member));
            holders.retain(|it| folder(*it) != folder(chain.canonical));
            if holders.is_empty() {
                continue;
            }
            let head = family_of.get(&chain.canonical).copied().unwrap_or(chain.canonical);
            let found = families.entry(head).or_insert_with(|| family(position, head));
            found.others.push(Holders { text: *member, holders, passage: None });
        }
    }
    families.into_values().collect()
}

/// Documents that share a passage with edits, and are otherwise different.
pub(super) fn sharers(ctx: &Context<'_>, copies: &Copies) -> Vec<Family> {
    let family = |it: &Edited| {
        let others = it.others.iter().filter(|other| has_few_edits(&other.passage));
        let others = others.map(|other| Holders {
            text: other.document,
            holders: live(ctx, copies.all(other.document)),
            passage: Some(other.passage.clone()),
        });
        // The last is asked last: it reads both texts.
        let others = others.filter(|other| {
            !other.holders.is_empty() && !is_same_form(ctx, it.document, other.text)
        });
        let others = others.collect::<Vec<_>>();
        let holders = live(ctx, copies.all(it.document));
        let family = Family { group: None, canonical: it.document, holders, others };
        (!family.others.is_empty()).then_some(family)
    };
    ctx.duplicates().edited.par_iter().filter_map(family).collect()
}

/// Whether a passage has few enough edits for what differs in it to be a disagreement.
fn has_few_edits(Match { shared, hunks, .. }: &Match) -> bool {
    hunks.len() <= 1 + shared / WORDS_AN_EDIT
}

fn live(ctx: &Context<'_>, mut documents: Vec<DocId>) -> Vec<DocId> {
    documents.retain(|it| claims_to_hold(ctx, *it));
    documents.sort_unstable();
    documents
}

fn claims_to_hold(ctx: &Context<'_>, document: DocId) -> bool {
    let record = &ctx.inventory[document];
    let path = &record.file.path;
    let status = record.metadata.status.as_ref().map(|it| it.value.to_lowercase());
    let is_draft = status.is_some_and(|it| it.contains("draft") || it.contains("entwurf"));
    let is_set_aside = path.components().any(|part| {
        let words = part.as_os_str().to_string_lossy().to_lowercase();
        words.split(|it: char| !it.is_alphanumeric()).any(|it| {
            ["backup", "backups", "bak", "deprecated", "obsolete", "old", "temp", "tmp", "trash"]
                .contains(&it)
        })
    });
    !is_draft
        && !is_set_aside
        && !is_dead(record)
        && !is_history(path)
        && !Name::of(path).is_set_aside()
        && !ctx.policy.is_archived(path)
}

/// Whether a document's name says that it tells what was changed when.
fn is_history(path: &Path) -> bool {
    let stem = path.file_stem().map(|it| it.to_string_lossy().to_lowercase()).unwrap_or_default();
    let words = stem.replace(['\'', '\u{2019}'], "");
    let words = words.split(|it: char| !it.is_alphabetic()).filter(|it| 1 < it.len());
    let words = words.collect::<Vec<_>>();
    words.iter().any(|it| HISTORIES.contains(it))
        || HISTORY_NAMES.contains(&words.join(" ").as_str())
}

/// Leaves out the dates and the version that a document says to be its own.
pub(super) fn without_own<'a>(
    ctx: &Context<'_>,
    document: DocId,
    mut reading: Reading<'a>,
) -> Reading<'a> {
    let record = &ctx.inventory[document];
    let dates = record.metadata.dates.iter().filter(|it| it.role != DateRole::Expires);
    let dates = dates.map(|it| (Kind::Date, it.date.to_string()));
    let name = record.file.path.with_extension("").to_string_lossy().into_owned();
    let is_part = |it: char| it.is_ascii_digit() || it == '.';
    let numbers = name.split(|it| !is_part(it)).filter(|it| !it.is_empty());
    let versions = numbers.map(|it| it.trim_matches('.').to_owned());
    let versions = versions.chain(record.metadata.version.iter().map(|it| it.value.to_lowercase()));
    reading.own = dates.chain(versions.map(|it| (Kind::Version, it))).collect();
    reading
}
