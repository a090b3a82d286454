//! Versions that diverged: alike, of one name, and no chain, because their names and dates
//! contradict each other or say nothing.

use std::cmp::Ordering;

use crate::inventory::DocId;
use crate::rot::Context;

use super::versions::{Name, compare_dates, key};

/// Why two versions of one document are no chain though they are alike: their names and dates
/// contradict each other, or say nothing. None where they are not versions of one document.
pub(in crate::rot) fn fork(ctx: &Context<'_>, a: DocId, b: DocId) -> Option<String> {
    let (one, other) = (&ctx.inventory[a], &ctx.inventory[b]);
    let (x, y) = (Name::of(&one.file.path), Name::of(&other.file.path));
    let is_one = key(one) == key(other) && x.stem == y.stem && !x.stem.is_empty();
    if !is_one || x.markers.is_empty() && y.markers.is_empty() {
        return None;
    }
    let newer = |order: Ordering| if order == Ordering::Greater { "newer" } else { "older" };
    Some(match (x.compare(&y), compare_dates(ctx, a, b)) {
        (Some(by_name), Some(by_date)) if by_name != by_date => {
            format!("its name says that it is {}, its date {}", newer(by_name), newer(by_date))
        }
        (None, None) => "neither names nor dates say which is newer".to_owned(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::redundant::testing::{Tree, date, prose};
    use super::*;

    #[test]
    fn a_contradiction_and_silence_are_told_apart() {
        let text = prose(1, 60);
        let tree = Tree::default()
            .dated("a/plan v1.md", &text, date(2024, 1, 1))
            .dated("a/plan v2.md", &text, date(2023, 1, 1))
            .dated("b/plan v1.md", &text, date(2023, 1, 1))
            .file("c/plan.md", &text)
            .file("c/plan (1).md", &text);
        tree.with(|ctx| {
            let id = |path: &str| ctx.inventory.find(crate::inventory::RootId(0), path.as_ref());
            let fork = |a, b| fork(ctx, id(a).unwrap(), id(b).unwrap());
            let contradiction = "its name says that it is newer, its date older";
            assert_eq!(fork("a/plan v2.md", "a/plan v1.md").as_deref(), Some(contradiction));
            let silence = "neither names nor dates say which is newer";
            assert_eq!(fork("c/plan.md", "c/plan (1).md").as_deref(), Some(silence));
            assert_eq!(fork("a/plan v1.md", "b/plan v1.md"), None);
        });
    }
}
