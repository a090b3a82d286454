//! Which copies claim to hold today, and which documents are meant to say the same.
//!
//! A document claims to hold unless it lies in an archive, says that it is over or a draft, or its
//! name does. A superseded version beside its newer one claims nothing; a copy of it in another
//! folder does, for who finds it there does not see the newer one.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Component, Path};

use crate::extract::DateRole;
use crate::inventory::DocId;
use crate::rot::obsolete::versions::Name;
use crate::rot::{Context, Group};

use super::alignment::Words;
use super::canonical::is_dead;
use super::difference::Reading;
use super::facts::Kind;
use super::{exact, near, same_text};

/// Names of folders for the edition that is being made or read now.
const MOVING_EDITIONS: &[&str] =
    &["current", "dev", "head", "latest", "main", "master", "next", "stable", "trunk"];

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
                found.others.push(Holders { text: *member, holders });
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
            found.others.push(Holders { text: *member, holders });
        }
    }
    families.into_values().collect()
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
        && !Name::of(path).is_set_aside()
        && !ctx.policy.is_archived(path)
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

/// Whether two documents are meant to differ: editions for other releases or years, or variants
/// for what their own names say and only their own texts.
pub(super) fn are_variants(
    ctx: &Context<'_>,
    (a, b): (DocId, DocId),
    [x, y]: [&Words<'_>; 2],
) -> bool {
    let (a, b) = (&ctx.inventory[a].file.path, &ctx.inventory[b].file.path);
    are_editions(a, b) || has_own_name(a, b, x, y) || has_own_name(b, a, y, x)
}

fn are_editions(a: &Path, b: &Path) -> bool {
    let (name, other) = (Name::of(a), Name::of(b));
    if name.stem == other.stem && name.differs_in_date_only(&other) {
        return true;
    }
    let stem = |path: &Path| {
        edition(&path.file_stem().map(|it| it.to_string_lossy().to_lowercase()).unwrap_or_default())
    };
    if a.parent() == b.parent() {
        let leading = |path: &Path| {
            let name = path.file_stem().map(|it| it.to_string_lossy().to_lowercase());
            name.and_then(|it| it.split(['_', '-', ' ']).next().map(str::to_owned))
        };
        let (x, y) = (leading(a).unwrap_or_default(), leading(b).unwrap_or_default());
        return stem(a) == stem(b) || x != y && edition(&x) == edition(&y);
    }
    let folders = |path: &Path| {
        let parts = path.parent().into_iter().flat_map(Path::components);
        let parts = parts.filter(|it| matches!(it, Component::Normal(_)));
        parts.map(|it| it.as_os_str().to_string_lossy().to_lowercase()).collect::<Vec<_>>()
    };
    let (a, b) = (folders(a), folders(b));
    let mut differing = a.iter().zip(&b).filter(|(x, y)| x != y).peekable();
    // Below folders for two releases, documents may have moved.
    let are_below = differing.peek().is_some_and(|(x, y)| edition(x) == edition(y));
    are_below || a.len() == b.len() && differing.any(|(x, y)| edition(x) == edition(y))
}

/// A folder's name with what names a release or a year masked; something else than every other
/// name where it names none.
fn edition(name: &str) -> String {
    if MOVING_EDITIONS.contains(&name) {
        return "#".to_owned();
    }
    let is_number = |it: char| it.is_ascii_digit() || it == '.';
    let mut masked = String::new();
    let mut rest = name;
    while let Some(start) = rest.find(|it: char| it.is_ascii_digit()) {
        let run = &rest[start..];
        let run = &run[..run.find(|it| !is_number(it)).unwrap_or(run.len())];
        masked.push_str(&rest[..start]);
        let before = masked.trim_end_matches(['-', '_', ' ', '.']);
        let is_release = ["v", "ver", "version", "release", "rel"]
            .iter()
            .find_map(|it| before.strip_suffix(it))
            .filter(|it| !it.ends_with(char::is_alphanumeric))
            .map(str::to_owned);
        let is_year = run.len() == 4 && (run.starts_with("19") || run.starts_with("20"));
        if let Some(before) = is_release {
            masked = before + "#";
        } else if is_year || run.trim_end_matches('.').contains('.') {
            masked.push('#');
        } else {
            masked.push_str(run);
        }
        rest = &rest[start + run.len()..];
    }
    masked.push_str(rest.trim_start_matches(['x', '.']));
    // No two names without a release or year are editions of each other.
    if masked.contains('#') { masked } else { format!("{name}/") }
}

/// Whether a word of the path of `a` alone stands in the text of `a` alone.
fn has_own_name(a: &Path, b: &Path, x: &Words<'_>, y: &Words<'_>) -> bool {
    let words = |path: &Path| {
        let stem = path.with_file_name(Name::of(path).stem);
        let lower = stem.to_string_lossy().to_lowercase();
        let words = lower.split(|it: char| !it.is_alphanumeric()).map(str::to_owned);
        words.filter(|it| 2 < it.len() || it.bytes().any(|it| it.is_ascii_digit())).collect()
    };
    let (own, others): (HashSet<String>, HashSet<String>) = (words(a), words(b));
    let own = own.difference(&others).map(String::as_str).collect::<Vec<_>>();
    own.iter().any(|it| x.has(it) && !y.has(it)) || {
        // Within an address or a compound: `parser` in `https://docs.rs/toml_parser`.
        let (here, there) = (parts_of(x.text, &own), parts_of(y.text, &own));
        here.iter().any(|it| !there.contains(it))
    }
}

/// Which of some words stand in a text between other signs than letters and digits; a number at
/// the end of a word may be missing there.
fn parts_of<'a>(text: &str, words: &[&'a str]) -> HashSet<&'a str> {
    let bare = |it: &'a str| Some(it.trim_end_matches(|it: char| it.is_ascii_digit()));
    let bare = |it: &'a str| bare(it).filter(|it| 3 < it.len());
    let wanted = words.iter().flat_map(|it| [Some((*it, *it)), bare(it).map(|bare| (bare, *it))]);
    let wanted = wanted.flatten().collect::<HashMap<_, _>>();
    if wanted.is_empty() {
        return HashSet::new();
    }
    let parts = text.split(|it: char| !it.is_alphanumeric()).filter(|it| 2 < it.len());
    parts.filter_map(|it| wanted.get(it.to_lowercase().as_str()).copied()).collect()
}
