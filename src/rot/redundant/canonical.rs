//! Which copy stays: reasons in the order of the policy, and a tie is said to be one.
//!
//! The order is total, so that it does not matter which copies are compared first. A file comes
//! before an attachment or an entry of an archive, whatever the policy says, since only files can be
//! kept. Path order decides only what is shown first. Among equal texts the date says when somebody
//! saved or exported them, and does not count.

use std::path::Path;

use chrono::Datelike as _;

use crate::inventory::{DocId, Record};
use crate::rot::{Context, Preferred};

/// Words that say in a document's status that it is over.
const DEAD: &[&str] = &[
    "abandoned",
    "archived",
    "cancelled",
    "canceled",
    "deferred",
    "deprecated",
    "discontinued",
    "expired",
    "inactive",
    "invalid",
    "moved",
    "obsolete",
    "rejected",
    "replaced",
    "retired",
    "revoked",
    "superseded",
    "withdrawn",
    "zurückgezogen",
    "veraltet",
    "ungültig",
];
/// Words in a path that say that this is not the place where the document lives.
const SET_ASIDE: &[&str] = &[
    "archiv",
    "archive",
    "archived",
    "archives",
    "backup",
    "backups",
    "bak",
    "conflict",
    "conflicted",
    "copie",
    "copy",
    "deprecated",
    "kopie",
    "obsolete",
    "old",
    "temp",
    "tmp",
    "trash",
];
/// Extensions of documents that people edit.
const ORIGINALS: &[&str] = &[
    "adoc", "doc", "docm", "docx", "key", "markdown", "md", "numbers", "odp", "ods", "odt",
    "pages", "ppt", "pptx", "rst", "rtf", "xls", "xlsm", "xlsx",
];
/// Extensions of what is usually made from an original.
const RENDITIONS: &[&str] = &["epub", "htm", "html", "mht", "mhtml", "pdf", "ps", "xhtml", "xps"];

/// How much a document is preferred; the smaller, the more.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Preference {
    /// An attachment, or in an archive.
    is_inside: bool,
    /// For each reason, in the order of the policy; 0 where there are fewer.
    values: [i64; Preferred::ALL.len()],
    /// Ids ascend with root and path.
    document: DocId,
}

impl Preference {
    pub(super) fn of(ctx: &Context<'_>, document: DocId) -> Self {
        let mut values = [0; Preferred::ALL.len()];
        for (value, reason) in values.iter_mut().zip(&ctx.policy.canonical.order) {
            *value = measured(ctx, document, *reason);
        }
        let is_inside = ctx.inventory[document].file.container.is_some();
        Self { is_inside, values, document }
    }

    pub(super) const fn document(&self) -> DocId {
        self.document
    }
}

/// The smaller, the more a document is preferred for this reason.
fn measured(ctx: &Context<'_>, document: DocId, reason: Preferred) -> i64 {
    let record = &ctx.inventory[document];
    let path = &record.file.path;
    match reason {
        Preferred::Approved => i64::from(!ctx.policy.canonical.approved.is_match(path)),
        Preferred::Status => i64::from(is_dead(record)),
        Preferred::Name => i64::from(is_set_aside(path)),
        Preferred::Date => {
            let days = ctx.dates.trusted(document).map(|it| i64::from(it.num_days_from_ce()));
            days.map_or(i64::MAX, |it| -it)
        }
        Preferred::Links => -i64::from(ctx.links().incoming(document)),
        Preferred::Original => i64::from(rendition(record)),
        Preferred::Versions => i64::from(!ctx.has_versions(document)),
        Preferred::Depth => path.components().count() as i64,
    }
}

/// Why the best of several is preferred, in words.
fn words(ctx: &Context<'_>, best: DocId, reason: Preferred) -> String {
    let record = &ctx.inventory[best];
    match reason {
        Preferred::Approved => "is in an approved folder".to_owned(),
        Preferred::Status => "does not say that it is over".to_owned(),
        Preferred::Name => {
            "has a path that does not say copy, conflict, old, archive or backup".to_owned()
        }
        Preferred::Date => {
            let date = ctx.dates.trusted(best);
            date.map_or_else(String::new, |date| format!("has the newest date, {date}"))
        }
        Preferred::Links => {
            let noun = match ctx.links().incoming(best) {
                1 => "1 document".to_owned(),
                n => format!("{n} documents"),
            };
            format!("is linked from most documents, {noun}")
        }
        Preferred::Original => {
            let what =
                if rendition(record) == 0 { "the editable original" } else { "nearer to it" };
            format!("is {what} ({})", extension(record))
        }
        Preferred::Versions => "has its other versions beside it".to_owned(),
        Preferred::Depth => "has the shallowest path".to_owned(),
    }
}

/// The copy that stays, and why.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Choice {
    pub canonical: DocId,
    /// In words, the deciding reason first.
    pub reasons: Vec<String>,
    /// Whether nothing but the order of paths decided.
    pub is_tie: bool,
}

/// Chooses among documents that are alike, of which there is at least one.
pub(super) fn choose(ctx: &Context<'_>, members: &[DocId]) -> Choice {
    choose_by(ctx, members.iter().map(|it| Preference::of(ctx, *it)).collect())
}

/// Chooses among documents of equal text, of which there is at least one.
pub(super) fn choose_among_equals(ctx: &Context<'_>, members: &[DocId]) -> Choice {
    let date = ctx.policy.canonical.order.iter().position(|it| *it == Preferred::Date);
    let dateless = |it: &DocId| {
        let mut preference = Preference::of(ctx, *it);
        if let Some(date) = date {
            preference.values[date] = 0;
        }
        preference
    };
    choose_by(ctx, members.iter().map(dateless).collect())
}

fn choose_by(ctx: &Context<'_>, preferences: Vec<Preference>) -> Choice {
    let best = preferences.iter().min().expect("a group has members");
    let mut left = preferences.iter().filter(|it| it.document != best.document).collect::<Vec<_>>();
    let mut reasons = Vec::new();
    let among = left.len();
    left.retain(|it| it.is_inside == best.is_inside);
    if left.len() < among {
        reasons.push("is a file of its own".to_owned());
    }
    for (at, reason) in ctx.policy.canonical.order.iter().enumerate().take(best.values.len()) {
        let before = left.len();
        left.retain(|it| it.values[at] == best.values[at]);
        if left.len() < before {
            reasons.push(words(ctx, best.document, *reason));
        }
    }
    reasons.reverse();
    let is_tie = !left.is_empty();
    if is_tie {
        reasons.insert(0, "nothing but the order of paths decides".to_owned());
    }
    Choice { canonical: best.document, reasons, is_tie }
}

/// Whether a document says that it is over.
pub(super) fn is_dead(record: &Record) -> bool {
    let metadata = &record.metadata;
    let status = metadata.status.as_ref().map(|it| it.value.to_lowercase()).unwrap_or_default();
    metadata.banner.is_some()
        || metadata.replaced_by.is_some()
        || status.split(|it: char| !it.is_alphanumeric()).any(|word| DEAD.contains(&word))
}

fn extension(record: &Record) -> String {
    let extension = record.file.path.extension().map(|it| it.to_string_lossy().to_lowercase());
    extension.or_else(|| record.format.as_ref().map(|it| it.name.clone())).unwrap_or_default()
}

fn rendition(record: &Record) -> u8 {
    let extension = extension(record);
    if ORIGINALS.contains(&extension.as_str()) {
        0
    } else if RENDITIONS.contains(&extension.as_str()) {
        2
    } else {
        1
    }
}

/// Whether a path says that this is not the place where the document lives.
pub(super) fn is_set_aside(path: &Path) -> bool {
    let stem = path.file_stem().map(|it| it.to_string_lossy()).unwrap_or_default();
    let path = path.to_string_lossy().to_lowercase();
    path.split(|it: char| !it.is_alphanumeric()).any(|word| SET_ASIDE.contains(&word))
        || is_numbered_copy(stem.trim_end())
}

/// Whether a name ends in `(1)` or the like.
fn is_numbered_copy(stem: &str) -> bool {
    stem.strip_suffix(')').and_then(|it| it.rsplit_once('(')).is_some_and(|(_, it)| {
        (1..=2).contains(&it.len()) && it.bytes().all(|it| it.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Tree, date};
    use super::*;

    fn check(tree: &Tree, expected: &str, reason: &str) {
        tree.with(|ctx| {
            let members = ctx.inventory.iter().map(|it| it.0).collect::<Vec<_>>();
            let choice = choose(ctx, &members);
            let path = ctx.inventory[choice.canonical].file.path.to_string_lossy().into_owned();
            assert_eq!((path.as_str(), choice.reasons[0].as_str()), (expected, reason));
        });
    }

    #[test]
    fn each_reason_decides_in_its_turn() {
        let tree = Tree::default().file("a/b/c.md", "x").file("a/d.md", "x");
        check(&tree, "a/d.md", "has the shallowest path");
        let tree = tree.file("x (1).md", "x");
        check(&tree, "a/d.md", "has the shallowest path");
        let tree = tree.file("old/d.docx", "x").file("a/d.pdf", "x");
        check(&tree, "a/d.md", "has its other versions beside it");
        let tree = tree.dated("z/z/z.pdf", "x", date(2024, 1, 2));
        check(&tree, "z/z/z.pdf", "has the newest date, 2024-01-02");
    }

    #[test]
    fn the_policy_says_in_which_order_reasons_count() {
        let tree = Tree::default().file("a/b/c.md", "x").dated("a/b.md", "x", date(2020, 1, 1));
        tree.with(|ctx| {
            let choose_with = |order: &[Preferred]| {
                let mut policy = ctx.policy.clone();
                policy.canonical.order = order.to_vec();
                let ctx = Context::new(ctx.inventory, ctx.texts, &policy, ctx.as_of);
                choose(&ctx, &[DocId(0), DocId(1)])
            };
            let choice = choose_with(&[Preferred::Depth, Preferred::Date]);
            assert_eq!(choice.reasons, ["has the shallowest path"]);
            assert!(choose_with(&[]).is_tie);
            let choice = choose_with(Preferred::ALL);
            assert_eq!(choice.reasons, ["has the newest date, 2020-01-01"]);
        });
    }

    #[test]
    fn an_attachment_gives_way_to_a_file() {
        let tree = Tree::default().attached("a.eml", "p.md", "x").file("z/z/old/p.md", "x");
        check(&tree, "z/z/old/p.md", "is a file of its own");
    }

    #[test]
    fn a_tie_is_said_to_be_one() {
        let tree = Tree::default().file("a.md", "x").file("b.md", "x");
        check(&tree, "a.md", "nothing but the order of paths decides");
    }
}
