//! Version chains: files of one folder whose names differ only in version words, and whose texts
//! are alike.
//!
//! Which one is newer is told by names and trusted dates alone, never by the texts. Where they are
//! silent or contradict each other there is no chain.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use rayon::prelude::*;

use crate::inventory::{DocId, Inventory, Record};
use crate::rot::redundant::{is_same_form, verify_one};
use crate::rot::{Context, Group};

use super::superseded;

const NUMBERED: &[&str] =
    &["r", "rel", "release", "rev", "revision", "v", "ver", "vers", "version"];
const OLD: &[&str] = &[
    "archive",
    "archived",
    "backup",
    "bak",
    "obsolete",
    "old",
    "outdated",
    "prev",
    "previous",
    "superseded",
    "veraltet",
];
const DRAFT: &[&str] = &["draft", "entwurf", "prelim", "preliminary", "wip"];
const FINAL: &[&str] =
    &["approved", "current", "endgültig", "final", "latest", "neu", "new", "signed"];
const COPY: &[&str] = &["copia", "copie", "copy", "kopie"];

/// A date alone makes a series (minutes, reports) more often than a version, so texts must be this
/// similar, and more than filled in differently.
const SERIES_SIMILARITY: f64 = 0.8;
/// More files of one name in a folder are a series.
const MAX_VERSIONS: usize = 200;

/// A file's name, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::rot) struct Name {
    /// Its words without those that tell versions apart.
    pub stem: String,
    /// `v3.1` as 3, 1.
    number: Vec<u32>,
    /// Year, month and day; zeros where not given.
    date: Option<(u32, u32, u32)>,
    /// Old, draft, neither, final: -2 to 1.
    standing: i8,
    /// The words that tell versions apart, as written but in lower case.
    pub markers: Vec<String>,
}

impl Name {
    /// Takes the name of a file apart.
    pub(in crate::rot) fn of(path: &Path) -> Self {
        let stem =
            path.file_stem().map(|it| it.to_string_lossy().to_lowercase()).unwrap_or_default();
        let words = words(&stem);
        let mut name = Self::default();
        let mut kept = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let taken = name.take(&words[at..]);
            if taken == 0 {
                kept.push(words[at]);
                at += 1;
            } else {
                name.markers.push(words[at..at + taken].join(" "));
                at += taken;
            }
        }
        name.stem = kept.join(" ");
        name
    }

    /// Takes a version word off the front; gives how many words it is, 0 for none.
    fn take(&mut self, words: &[&str]) -> usize {
        let word = words[0];
        let next = words.get(1).copied().unwrap_or_default();
        if let Some((date, taken)) = date(words) {
            self.date = Some(date);
            return taken;
        }
        let numbered = word.trim_end_matches(|it: char| it.is_ascii_digit() || it == '.');
        if NUMBERED.contains(&numbered) {
            if let Some(number) = numbers(&word[numbered.len()..]) {
                self.number = number;
                return 1;
            }
            if let Some(number) = numbers(next).filter(|_| numbered == word) {
                self.number = number;
                return 2;
            }
        }
        if COPY.contains(&word) {
            return if next == "of" || next == "von" { 2 } else { 1 };
        }
        let standing = [(OLD, -2), (DRAFT, -1), (FINAL, 1)];
        if let Some((_, standing)) = standing.into_iter().find(|it| it.0.contains(&word)) {
            self.standing = standing;
            return 1;
        }
        // `(1)` is what file managers and browsers call a copy.
        usize::from(word.starts_with('(') && word.ends_with(')'))
    }

    /// Which of two names says that it is newer.
    pub(super) fn compare(&self, other: &Self) -> Option<Ordering> {
        let order = match (self.number.is_empty(), other.number.is_empty()) {
            (false, false) => self.number.cmp(&other.number),
            (true, true) => Ordering::Equal,
            // What is old is older than any number; nothing else can be said.
            _ if self.standing.min(other.standing) == -2 => Ordering::Equal,
            _ => return None,
        };
        let by_date =
            || self.date.and_then(|a| Some(a.cmp(&other.date?))).unwrap_or(Ordering::Equal);
        let order = order.then_with(by_date).then(self.standing.cmp(&other.standing));
        (order != Ordering::Equal).then_some(order)
    }

    /// Whether it says that the document is old or a draft.
    pub(in crate::rot) const fn is_set_aside(&self) -> bool {
        self.standing < 0
    }

    /// Whether nothing but a date tells it from another.
    pub(in crate::rot) fn differs_in_date_only(&self, other: &Self) -> bool {
        self.date != other.date && self.number == other.number && self.standing == other.standing
    }
}

/// Splits at anything but letters, digits and points between digits; keeps `(1)` whole.
fn words(stem: &str) -> Vec<&str> {
    let bytes = stem.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut words = Vec::new();
    let mut start = 0;
    for (at, char) in stem.char_indices() {
        let is_point = char == '.' && 0 < at && is_digit(at - 1) && is_digit(at + 1);
        if char.is_alphanumeric() || is_point {
            continue;
        }
        words.push(&stem[start..at]);
        start = at + char.len_utf8();
        let digits = bytes[start..].iter().take_while(|it| it.is_ascii_digit()).count();
        let close = start + digits;
        if char == '(' && (1..=2).contains(&digits) && bytes.get(close) == Some(&b')') {
            words.push(&stem[at..=close]);
        }
    }
    words.push(&stem[start..]);
    // The digits of `(1)` come once more on their own.
    let mut previous = "";
    words.retain(|word| {
        let is_inner =
            previous.strip_prefix('(').and_then(|it| it.strip_suffix(')')) == Some(*word);
        previous = *word;
        !word.is_empty() && !is_inner
    });
    words
}

fn numbers(text: &str) -> Option<Vec<u32>> {
    let parts = text.trim_matches('.').split('.').map(|it| it.parse::<u32>().ok());
    parts.collect::<Option<Vec<_>>>().filter(|it| it.len() <= 4 && it.iter().all(|it| *it < 10_000))
}

/// A date at the front: `2021-03-01`, `20210301`, `2021-03`, `2021`, `01.03.2021`.
fn date(words: &[&str]) -> Option<((u32, u32, u32), usize)> {
    let part = |it: Option<&str>, lengths: &[usize], values: std::ops::RangeInclusive<u32>| {
        let it = it.filter(|it| lengths.contains(&it.len()))?;
        it.parse::<u32>().ok().filter(|it| values.contains(it))
    };
    let year = |it: Option<&str>| part(it, &[4], 1970..=2099);
    let month = |it: Option<&str>| part(it, &[1, 2], 1..=12);
    let day = |it: Option<&str>| part(it, &[1, 2], 1..=31);
    let word = words[0];
    if word.len() == 8 && word.is_ascii() {
        let (y, m, d) = (year(word.get(..4))?, month(word.get(4..6))?, day(word.get(6..))?);
        return Some(((y, m, d), 1));
    }
    let points = word.split('.').collect::<Vec<_>>();
    if let [first, second, third] = points[..] {
        let iso = year(Some(first)).zip(month(Some(second))).zip(day(Some(third)));
        let german = year(Some(third)).zip(month(Some(second))).zip(day(Some(first)));
        return iso.or(german).map(|((y, m), d)| ((y, m, d), 1));
    }
    let year = year(Some(word))?;
    let Some(month) = month(words.get(1).copied().filter(|it| it.len() == 2)) else {
        return Some(((year, 0, 0), 1));
    };
    match day(words.get(2).copied().filter(|it| it.len() == 2)) {
        Some(day) => Some(((year, month, day), 3)),
        None => Some(((year, month, 0), 2)),
    }
}

/// Which of two documents has the newer trusted date; none where a date is missing or they are equal.
pub(super) fn compare_dates(ctx: &Context<'_>, a: DocId, b: DocId) -> Option<Ordering> {
    let date = |id: DocId| ctx.dates.trusted(id);
    Some(date(a)?.cmp(&date(b)?)).filter(|it| *it != Ordering::Equal)
}

/// Finds the version chains among documents of different texts. A chain's canonical document is
/// its newest; the others follow, the newer first.
///
/// `copies` are further documents, each with the one of equal text that stays for it, ascending. A
/// copy may be the newest of a chain, and then what stays for it does so for the chain; as an older
/// version it is reported as a copy already.
pub(in crate::rot) fn chains(
    ctx: &Context<'_>,
    documents: &[DocId],
    copies: &[(DocId, DocId)],
) -> Vec<Group> {
    let key = |id: &DocId| (key(&ctx.inventory[*id]), *id);
    let all = documents.par_iter().copied().chain(copies.par_iter().map(|it| it.0));
    let mut keys = all.map(|it| key(&it)).collect::<Vec<_>>();
    keys.par_sort_unstable();
    let same_name = keys.chunk_by(|a, b| a.0 == b.0).filter(|it| 1 < it.len());
    let same_name = same_name.map(|it| it.iter().map(|it| it.1).collect::<Vec<_>>());
    let chains = same_name.collect::<Vec<_>>();
    let chains = chains.par_iter().flat_map_iter(|it| by_stem(ctx, it));
    let mut chains = chains.flat_map_iter(|it| chains_of(ctx, &it, copies)).collect::<Vec<_>>();
    chains.sort_by_key(|it| it.canonical);
    chains
}

/// How many readable documents share root, folder and name without version words, by [`key`].
pub(in crate::rot) fn namesakes(inventory: &Inventory) -> HashMap<u64, u32> {
    let mut counts = HashMap::new();
    for (_, record) in inventory.iter().filter(|(_, record)| record.is_readable()) {
        *counts.entry(key(record)).or_default() += 1;
    }
    counts
}

/// Hash of root, folder and stem: there are too many to keep them.
pub(in crate::rot) fn key(record: &Record) -> u64 {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    record.root.hash(&mut hasher);
    record.file.path.parent().hash(&mut hasher);
    Name::of(&record.file.path).stem.hash(&mut hasher);
    hasher.finish()
}

/// Parts documents whose hashes are equal by what was hashed; a name of nothing but version words
/// makes no chain.
fn by_stem(ctx: &Context<'_>, documents: &[DocId]) -> Vec<Vec<DocId>> {
    let mut parts = BTreeMap::<_, Vec<DocId>>::new();
    for id in documents {
        let record = &ctx.inventory[*id];
        let stem = Name::of(&record.file.path).stem;
        parts.entry((record.root, record.file.path.parent(), stem)).or_default().push(*id);
    }
    let is_chain = |it: &Vec<DocId>| 1 < it.len() && it.len() <= MAX_VERSIONS;
    let named = parts.into_iter().filter(|it| !it.0.2.is_empty());
    named.map(|it| it.1).filter(is_chain).collect()
}

/// Documents of one name, and which of them are newer than which.
struct Ages<'a> {
    documents: &'a [DocId],
    /// Whether the row's document is newer than the column's.
    newer: Vec<bool>,
}

impl<'a> Ages<'a> {
    fn of(ctx: &Context<'_>, documents: &'a [DocId]) -> Self {
        let names = documents.iter().map(|it| Name::of(&ctx.inventory[*it].file.path));
        let names = names.collect::<Vec<_>>();
        let is_newer = |a: usize, b: usize| {
            let by_date = compare_dates(ctx, documents[a], documents[b]);
            let order = match (names[a].compare(&names[b]), by_date) {
                (Some(by_name), Some(by_date)) => (by_name == by_date).then_some(by_name),
                (by_name, by_date) => by_name.or(by_date),
            };
            order == Some(Ordering::Greater)
        };
        let places = 0..documents.len();
        let newer = places.clone().flat_map(|a| places.clone().map(move |b| (a, b)));
        Self { documents, newer: newer.map(|(a, b)| is_newer(a, b)).collect() }
    }

    fn is_newer(&self, a: usize, b: usize) -> bool {
        self.newer[a * self.documents.len() + b]
    }

    /// The one of `left` that is newer than most, and older than none; none where no such one is
    /// newer than any: none that follows would be, and they may be many.
    fn newest(&self, left: &[usize]) -> Option<usize> {
        let is_head = |it: &usize| !left.iter().any(|other| self.is_newer(*other, *it));
        let older = |it: usize| left.iter().filter(|other| self.is_newer(it, **other)).count();
        let heads = left.iter().copied().filter(is_head);
        let newest = heads.map(|it| (older(it), std::cmp::Reverse(it))).max()?;
        (0 < newest.0).then_some(newest.1.0)
    }
}

/// The chains among these documents of one name; nearly always one or none.
fn chains_of(ctx: &Context<'_>, documents: &[DocId], copies: &[(DocId, DocId)]) -> Vec<Group> {
    let stays =
        |id: DocId| copies.binary_search_by_key(&id, |it| it.0).map_or(id, |place| copies[place].1);
    // Two copies beside each other are one version.
    let is_version = |it: &DocId| stays(*it) == *it || !documents.contains(&stays(*it));
    let documents = documents.iter().copied().filter(is_version).collect::<Vec<_>>();
    let ages = Ages::of(ctx, &documents);
    let mut left = (0..documents.len()).collect::<Vec<_>>();
    let mut chains = Vec::new();
    while let Some(head) = ages.newest(&left) {
        let members = versions_of(ctx, &ages, head, &left);
        left.retain(|it| *it != head && members.iter().all(|member| member.0 != *it));
        let members = members.iter().map(|it| (documents[it.0], it.1));
        let members = members.filter(|it| stays(it.0) == it.0).collect::<Vec<_>>();
        if let Some((next, _)) = members.first() {
            let canonical = stays(documents[head]);
            let mut reasons = reasons(ctx, documents[head], *next);
            if canonical != documents[head] {
                reasons.push("has the text of the newest version, and stays for it".to_owned());
            }
            let kind = superseded::RULE.id;
            chains.push(Group { kind, canonical, reasons, is_tie: false, members });
        }
    }
    chains
}

/// Those of `left` that are older than `head` and like it or like the version before.
fn versions_of(
    ctx: &Context<'_>,
    ages: &Ages<'_>,
    head: usize,
    left: &[usize],
) -> Vec<(usize, f64)> {
    let mut older = left.iter().copied().filter(|it| ages.is_newer(head, *it)).collect::<Vec<_>>();
    older.sort_by_cached_key(|it| {
        (left.iter().filter(|other| ages.is_newer(**other, *it)).count(), *it)
    });
    let mut members = Vec::<(usize, f64)>::new();
    for place in older {
        let id = ages.documents[place];
        let next = members.last().map(|it| it.0).filter(|it| ages.is_newer(*it, place));
        if let Some(similarity) = similarity(ctx, id, ages.documents[head]) {
            members.push((place, similarity));
        } else if next.is_some_and(|it| similarity(ctx, id, ages.documents[it]).is_some()) {
            members.push((place, estimate(ctx, id, ages.documents[head])));
        }
    }
    members
}

/// Verified similarity of two versions; none where it is too small.
fn similarity(ctx: &Context<'_>, a: DocId, b: DocId) -> Option<f64> {
    let name = |id: DocId| Name::of(&ctx.inventory[id].file.path);
    let found = verify_one(ctx, a, b).filter(|it| it.is_near)?.similarity.jaccard;
    let is_series = name(a).differs_in_date_only(&name(b))
        && (found < SERIES_SIMILARITY || is_same_form(ctx, a, b));
    (!is_series).then_some(found)
}

fn estimate(ctx: &Context<'_>, a: DocId, b: DocId) -> f64 {
    let sketch = |id: DocId| ctx.inventory[id].fingerprint.as_ref().map(|it| &it.sketch);
    let similarity = sketch(a).zip(sketch(b)).map(|(a, b)| a.compare(b));
    similarity.map_or(0.0, |it| it.jaccard)
}

fn reasons(ctx: &Context<'_>, head: DocId, next: DocId) -> Vec<String> {
    let name = |id: DocId| Name::of(&ctx.inventory[id].file.path);
    let (a, b) = (name(head), name(next));
    let mut reasons = Vec::new();
    if a.compare(&b).is_some() {
        let markers = |it: &Name| {
            if it.markers.is_empty() { "no version word".to_owned() } else { it.markers.join(", ") }
        };
        reasons.push(format!("is the newest by name ({} after {})", markers(&a), markers(&b)));
    }
    if compare_dates(ctx, head, next).is_some() {
        let date = ctx.dates.trusted(head).map_or_else(String::new, |it| format!(", {it}"));
        reasons.push(format!("has the newest date{date}"));
    }
    reasons
}

#[cfg(test)]
mod tests {
    use super::super::super::redundant::testing::{Tree, date as day, prose};
    use super::*;

    fn check(name: &str, stem: &str, markers: &[&str]) {
        let name = Name::of(Path::new(name));
        assert_eq!(name.stem, stem);
        assert_eq!(name.markers, markers);
    }

    #[test]
    fn version_words_are_told_from_names() {
        check("Travel policy v2.1 FINAL.docx", "travel policy", &["v2.1", "final"]);
        check("report_2021-03-01_rev 3.pdf", "report", &["2021 03 01", "rev 3"]);
        check("Copy of plan (1).md", "plan", &["copy of", "(1)"]);
        check("plan - Kopie.md", "plan", &["kopie"]);
        check("minutes 01.03.2021.md", "minutes", &["01.03.2021"]);
        check("chapter 2.md", "chapter 2", &[]);
        check("oldenburg newsletter.md", "oldenburg newsletter", &[]);
    }

    fn order(older: &str, newer: &str, expected: Option<Ordering>) {
        let name = |it: &str| Name::of(Path::new(it));
        assert_eq!(name(older).compare(&name(newer)), expected, "{older} {newer}");
    }

    #[test]
    fn names_say_which_is_newer_or_nothing() {
        order("a v2.md", "a v10.md", Some(Ordering::Less));
        order("a v2 draft.md", "a v2.md", Some(Ordering::Less));
        order("a old.md", "a v1.md", Some(Ordering::Less));
        order("a draft.md", "a final.md", Some(Ordering::Less));
        order("a 2023.md", "a 2024-01.md", Some(Ordering::Less));
        order("a.md", "a v2.md", None);
        order("a final.md", "a v2.md", None);
        order("a.md", "a (1).md", None);
    }

    fn found(tree: &Tree) -> Vec<(u32, Vec<u32>)> {
        tree.with(|ctx| {
            let groups = ctx.duplicates().groups.iter().filter(|it| it.kind == "superseded");
            let ids = |it: &Group| it.members.iter().map(|it| it.0.0).collect::<Vec<_>>();
            groups.map(|it| (it.canonical.0, ids(it))).collect()
        })
    }

    #[test]
    fn all_but_the_newest_version_are_superseded() {
        let text = |it: u32| format!("{} {}", prose(1, 200), prose(it, 20));
        let tree = Tree::default()
            .file("plan v1.md", &text(2))
            .file("plan v2.md", &text(3))
            .file("plan v3.md", &text(4))
            .file("plan v4.md", &prose(5, 200))
            .file("x/plan v9.md", &text(6));
        assert_eq!(found(&tree), [(2, vec![1, 0])]);
    }

    #[test]
    fn the_newest_version_may_be_a_copy_of_one_elsewhere() {
        let text = |it: u32| format!("{} {}", prose(1, 200), prose(it, 20));
        let tree = Tree::default()
            .file("a/Plan.md", &text(4))
            .file("b/x/old/plan v1.md", &text(2))
            .file("b/x/old/plan v2.md", &text(3))
            .file("b/x/old/plan v3.md", &text(4));
        assert_eq!(found(&tree), [(0, vec![2, 1])]);
        let tree = tree.file("b/x/old/plan v3 (1).md", &text(4));
        assert_eq!(found(&tree), [(0, vec![2, 1])]);
    }

    #[test]
    fn copies_of_a_whole_chain_are_copies_and_no_second_chain() {
        let text = |it: u32| format!("{} {}", prose(1, 200), prose(it, 20));
        let tree = ["a", "archive"].into_iter().fold(Tree::default(), |tree, folder| {
            (1..4).fold(tree, |tree, it| tree.file(&format!("{folder}/plan v{it}.md"), &text(it)))
        });
        assert_eq!(found(&tree), [(2, vec![1, 0])]);
    }

    #[test]
    fn names_and_dates_that_disagree_make_no_chain() {
        let text = |it: u32| format!("{} {}", prose(1, 200), prose(it, 20));
        let tree = Tree::default().dated("plan v1.md", &text(2), day(2024, 1, 1)).dated(
            "plan v2.md",
            &text(3),
            day(2023, 1, 1),
        );
        assert_eq!(found(&tree), []);
        tree.with(|ctx| assert_eq!(ctx.duplicates().groups[0].kind, "near-duplicate"));
    }
}
