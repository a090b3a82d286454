//! Documents that are meant to differ, whatever else they share: editions for releases or years,
//! variants for what their names say, documents of one name that each describe their own folder.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ffi::OsString;
use std::path::{Component, Path};

use crate::inventory::{DocId, Inventory};
use crate::rot::Context;
use crate::rot::obsolete::versions::Name;

use super::alignment::Words;
use super::facts::{self, Kind};

/// Names of folders for the edition that is being made or read now.
const MOVING_EDITIONS: &[&str] =
    &["current", "dev", "head", "latest", "main", "master", "next", "stable", "trunk"];
/// A number right behind so many letters names one of several.
const MIN_NUMBERED_LETTERS: usize = 3;
/// Numbers of so many digits tell one of very many.
const MIN_LONG_DIGITS: usize = 3;
/// Names, or their first words, of documents that describe the folder that they lie in.
const OF_A_FOLDER: &[&str] = &[
    "about",
    "authors",
    "changelog",
    "changes",
    "contributing",
    "copying",
    "copyright",
    "credits",
    "index",
    "install",
    "licence",
    "license",
    "liesmich",
    "lizenz",
    "manifest",
    "metadata",
    "news",
    "notice",
    "readme",
    "thanks",
    "todo",
];
/// A name that stands in so many folders is one of the sort, too.
const MIN_FOLDERS: u32 = 10;
/// So many addresses say whom or what a document is about.
const MIN_ADDRESSES: usize = 2;
/// Words behind which a number counts copies.
const COPIES: &[&str] = &["copy", "copia", "copie", "kopie", "kopi", "duplicate"];
/// Names of so many words that differ in one of them are those of a series.
const MIN_PARALLEL_WORDS: usize = 3;

/// In how many folders each file name stands.
pub(super) struct Namesakes {
    folders: HashMap<OsString, u32>,
}

impl Namesakes {
    pub(super) fn of(inventory: &Inventory) -> Self {
        let mut folders = HashMap::<OsString, u32>::new();
        for (_, record) in inventory.iter().filter(|it| it.1.is_readable()) {
            if let Some(name) = record.file.path.file_name() {
                *folders.entry(name.to_owned()).or_default() += 1;
            }
        }
        Self { folders }
    }

    /// Whether two documents of one name each describe the folder that they lie in, so that what
    /// names it or says where it is from differs by nature.
    pub(super) fn are_of_folders(&self, ctx: &Context<'_>, a: DocId, b: DocId) -> bool {
        let (a, b) = (&ctx.inventory[a].file.path, &ctx.inventory[b].file.path);
        let first_word = |path: &Path| {
            let stem = path.file_stem().map(|it| it.to_string_lossy().to_lowercase());
            let stem = stem.unwrap_or_default();
            stem.split(|it: char| !it.is_alphabetic()).next().unwrap_or_default().to_owned()
        };
        let is_generic = |it: &Path| OF_A_FOLDER.contains(&first_word(it).as_str());
        let is_of_many = |it: &Path| {
            let folders = it.file_name().and_then(|name| self.folders.get(name));
            folders.is_some_and(|count| MIN_FOLDERS <= *count)
        };
        let (name, other) = (a.file_name(), b.file_name());
        a.parent() != b.parent()
            && (is_generic(a) && is_generic(b) || name == other && is_of_many(a))
    }
}

/// Whether a kind of fact may name a document's own subject: where it is from, who makes it, which
/// release it is.
pub(super) const fn may_name_the_subject(kind: Kind) -> bool {
    matches!(kind, Kind::Url | Kind::Email | Kind::Phone | Kind::Version | Kind::Date)
}

/// Whether both texts give several addresses, and none that the other gives: they are about
/// different people or things.
pub(super) fn are_about_others(a: &str, b: &str) -> bool {
    let (a, b) = (facts::addresses(a), facts::addresses(b));
    MIN_ADDRESSES <= a.len().min(b.len()) && a.is_disjoint(&b)
}

/// Whether two documents are meant to differ: editions for other releases or years, or variants
/// for what their own names say and only their own texts.
pub(super) fn are_variants(
    ctx: &Context<'_>,
    (a, b): (DocId, DocId),
    [x, y]: [&Words<'_>; 2],
) -> bool {
    if are_translations(ctx, a, b) {
        return true;
    }
    let (a, b) = (&ctx.inventory[a].file.path, &ctx.inventory[b].file.path);
    are_editions(a, b) || are_parallel(a, b) || has_own_name(a, b, x, y) || has_own_name(b, a, y, x)
}

/// Whether two documents say that they are in different languages, by codes of two letters: a
/// language may be written in many other ways. Regions make no difference.
fn are_translations(ctx: &Context<'_>, a: DocId, b: DocId) -> bool {
    let language = |id: DocId| {
        let tag = ctx.inventory[id].metadata.language.as_ref()?.value.to_lowercase();
        tag.split(['-', '_']).next().filter(|it| it.len() == 2).map(str::to_owned)
    };
    language(a).zip(language(b)).is_some_and(|(a, b)| a != b)
}

fn are_editions(a: &Path, b: &Path) -> bool {
    let (name, other) = (Name::of(a), Name::of(b));
    if name.stem == other.stem && name.differs_in_date_only(&other) {
        return true;
    }
    if have_other_numbers(a, b) {
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
    let (x, y) = (releases(&a), releases(&b));
    if !x.is_empty() && !y.is_empty() && x.is_disjoint(&y) {
        return true;
    }
    let mut differing = a.iter().zip(&b).filter(|(x, y)| x != y).peekable();
    // Below folders for two releases, documents may have moved.
    let are_below = differing.peek().is_some_and(|(x, y)| edition(x) == edition(y));
    are_below || a.len() == b.len() && differing.any(|(x, y)| edition(x) == edition(y))
}

/// Whether both names have a number behind the same word, or a year, and not the same:
/// `licence-1.0` and `licence-1.1 (english)`. Or their paths name two of what is numbered in
/// hundreds: `case-0605/report` and `case-0602 report`.
fn have_other_numbers(a: &Path, b: &Path) -> bool {
    let is_other = |a: &Numbered, b: &Numbered| {
        a.iter().any(|(word, numbers)| b.get(word).is_some_and(|it| it.is_disjoint(numbers)))
    };
    let stem = |path: &Path| {
        path.file_stem().map(|it| it.to_string_lossy().to_lowercase()).unwrap_or_default()
    };
    let long = |path: &Path| {
        let mut found = numbered(&path.with_extension("").to_string_lossy().to_lowercase());
        let is_long =
            |it: &String| MIN_LONG_DIGITS <= it.len() && it.bytes().all(|it| it.is_ascii_digit());
        found.values_mut().for_each(|it| it.retain(is_long));
        found.retain(|word, numbers| !word.is_empty() && !numbers.is_empty());
        found
    };
    is_other(&numbered(&stem(a)), &numbered(&stem(b))) || is_other(&long(a), &long(b))
}

/// Numbers by the word before them.
type Numbered = HashMap<String, HashSet<String>>;

/// The numbers in a name by the word before them; years by no word.
fn numbered(stem: &str) -> Numbered {
    let mut found = HashMap::<String, HashSet<String>>::new();
    let mut add = |word: &str, number: &str| {
        let is_year = number.len() == 4 && (number.starts_with("19") || number.starts_with("20"));
        let word = if is_year { "" } else { word };
        if is_year || word.chars().count() >= MIN_NUMBERED_LETTERS && !COPIES.contains(&word) {
            found.entry(word.to_owned()).or_default().insert(number.trim_matches('.').to_owned());
        }
    };
    let mut before = "";
    for word in stem.split(|it: char| !it.is_alphanumeric() && it != '.') {
        let digits = word.find(|it: char| it.is_ascii_digit());
        match digits {
            None => before = word,
            Some(0) => add(std::mem::take(&mut before), word),
            Some(start) => add(&word[..start], &word[start..]),
        }
    }
    found
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
        let is_release = ["v", "ver", "version", "release", "rel", "draft"]
            .iter()
            .find_map(|it| before.strip_suffix(it))
            .filter(|it| !it.ends_with(char::is_alphanumeric))
            .map(str::to_owned);
        let is_year = run.len() == 4 && (run.starts_with("19") || run.starts_with("20"));
        // `jetty9`, but not `Q3`, and not `Plan 2`, which may be a copy.
        let letters = before.chars().rev().take_while(|it| it.is_alphabetic()).count();
        let is_numbered = before.len() == masked.len() && MIN_NUMBERED_LETTERS <= letters;
        if let Some(before) = is_release {
            masked = before + "#";
        } else if is_year || is_numbered || run.trim_end_matches('.').contains('.') {
            masked.push('#');
        } else {
            masked.push_str(run);
        }
        rest = &rest[start + run.len()..];
        if is_year {
            rest = without_month(without_month(rest));
        }
    }
    masked.push_str(rest.trim_start_matches(['x', '.']));
    // No two names without a release or year are editions of each other.
    if masked.contains('#') { masked } else { format!("{name}/") }
}

/// Whether two names side by side are those of a series: `029` and `038`, `union.stable` and
/// `union.nightly`, `if present` and `if not present`.
fn are_parallel(a: &Path, b: &Path) -> bool {
    if a.parent() != b.parent() {
        return false;
    }
    // What tells versions apart tells no series.
    if Name::of(a).stem == Name::of(b).stem {
        return false;
    }
    let stem = |path: &Path| path.file_stem().map(|it| it.to_string_lossy().to_lowercase());
    let (Some(a), Some(b)) = (stem(a), stem(b)) else { return false };
    let is_inner = |it: char| it.is_alphanumeric() || it == '.';
    let words = |it: &'_ str| it.split(|it| !is_inner(it)).map(str::to_owned).collect::<Vec<_>>();
    let parts = |it: &str| it.split('.').map(str::to_owned).collect::<Vec<_>>();
    let is_number = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
    let differing = |x: &[String], y: &[String]| {
        let differing = x.iter().zip(y).filter(|(x, y)| x != y).count();
        (x.len() == y.len()).then_some(differing)
    };
    let (x, y) = (words(&a), words(&b));
    if x.iter().chain(&y).any(|it| COPIES.contains(&it.as_str())) {
        return false;
    }
    let is_series = differing(&x, &y) == Some(1) && MIN_PARALLEL_WORDS <= x.len();
    let (p, q) = (parts(&a), parts(&b));
    let is_dotted = differing(&p, &q) == Some(1) && 1 < p.len();
    is_series || is_dotted || is_number(&a) && is_number(&b) || negates(&x, &y) || negates(&y, &x)
}

/// Whether a name is another one with a word put in that negates it.
fn negates(longer: &[String], shorter: &[String]) -> bool {
    longer.len() == shorter.len() + 1
        && facts::is_negated(longer) != facts::is_negated(shorter)
        && (0..longer.len()).any(|at| [&longer[..at], &longer[at + 1..]].concat() == shorter)
}

/// What folders name a release or a year, and nothing else: its numbers.
fn releases(folders: &[String]) -> BTreeSet<String> {
    let numbers = |name: &String| {
        let numbers = name.split(|it: char| !it.is_ascii_digit()).filter(|it| !it.is_empty());
        numbers.map(|it| it.trim_start_matches('0').to_owned()).collect::<Vec<_>>().join(".")
    };
    let named = folders.iter().filter(|it| edition(it) == "#").map(numbers);
    named.filter(|it| !it.is_empty()).collect()
}

/// What is left behind a month or day that stands at the front, as in `-03-01`.
fn without_month(rest: &str) -> &str {
    let Some(behind) = rest.strip_prefix(['-', '_', '.']) else { return rest };
    let digits = behind.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 2 { &behind[digits..] } else { rest }
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

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use crate::extract::{Fact, Provenance};
    use crate::inventory::Record;
    use crate::rot::Policy;
    use crate::rot::testing::{inventory, record};

    use super::*;

    fn check(a: &str, b: &str, expected: bool) {
        let (x, y) = (Path::new(a), Path::new(b));
        assert_eq!(are_editions(x, y) || are_parallel(x, y), expected, "{a} / {b}");
        assert_eq!(are_editions(y, x) || are_parallel(y, x), expected, "{b} / {a}");
    }

    #[test]
    fn editions_name_a_release_a_year_or_a_day() {
        check("api/2014-05-31/service.json", "api/2014-10-21/service.json", true);
        check("meta/draft2019-09/format.json", "meta/draft2020-12/format.json", true);
        check("one/meta/draft-06/schema", "other/draft7/schema.json", true);
        check("java/jetty94/license.html", "java/jetty12/LICENSE.txt", true);
        check("Projects/Travel.md", "Projects 2/Travel.md", false);
        check("HR/Travel.md", "Sales/Travel.md", false);
        check("licence-1.0.txt", "licence-1.1.en.txt", true);
        check("terms of use 2012.md", "old_terms-2017.md", true);
        check("case-0605/report.md", "case-0602-report.md", true);
        check("case-0605/report.md", "case-0605/report of us.md", false);
        check("team 1/Travel.md", "team 2/Travel.md", false);
        check("Travel copy 2.md", "Travel copy 3.md", false);
    }

    #[test]
    fn series_stand_side_by_side() {
        check("ui/union.stable.stderr", "ui/union.nightly.stderr", true);
        check("groups/search_transitive_groups", "groups/search_transitive_members", true);
        check("mail/029.json", "mail/038.json", true);
        check("wait/object-exists.rst", "wait/object-not-exists.rst", true);
        check("HR/Travel policy.md", "HR/Travel rules.md", false);
        check("HR/Travel policy of us.md", "HR/Travel policy of us v2.md", false);
        check("HR/Travel policy of us.md", "Sales/Travel policy of them.md", false);
    }

    #[test]
    fn languages_differ_by_their_codes_alone() {
        let check = |a: &str, b: &str, expected: bool| {
            let records = [("a.md", a), ("b.md", b)].map(|(path, language)| {
                let mut record = record(path);
                let language = Fact::new(language.to_owned(), Provenance::FileName);
                record.metadata.language = Some(language);
                record
            });
            let (inventory, policy) = (inventory(records.to_vec()), Policy::default());
            let texts = |_: &Record| None;
            let ctx = Context::new(&inventory, &texts, &policy, NaiveDate::default());
            assert_eq!(are_translations(&ctx, DocId(0), DocId(1)), expected, "{a} / {b}");
        };
        check("en", "de", true);
        check("en-GB", "de_CH", true);
        check("en-GB", "EN-us", false);
        check("English", "en", false);
        check("en", "eng", false);
    }

    #[test]
    fn addresses_of_their_own_tell_subjects_apart() {
        let about = |name: &str| format!("See https://{name}.org or ask {name}@mail.org.");
        assert!(are_about_others(&about("fares"), &about("rates")));
        assert!(!are_about_others(&about("fares"), &about("fares")));
        assert!(!are_about_others(&about("fares"), "See https://rates.org."));
    }
}
