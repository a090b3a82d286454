//! Two texts side by side: the places in which their words differ, with the words around them.

use maud::{Markup, PreEscaped, html};

use crate::inventory::DocId;
use crate::report::{escape, words};
use crate::rot::{Difference, Piece};

use super::{Page, path};

/// Places shown of a pair, and words around each.
const MOST_PLACES: usize = 40;
const CONTEXT_WORDS: usize = 6;
/// Words shown of a stretch that only one has.
const MOST_WORDS: usize = 40;
/// Longer texts are not compared here.
const MOST_TEXT_BYTES: usize = 400_000;

/// How many bytes of differences may still be shown.
pub(super) struct Budget(pub(super) usize);

/// The places in which a document differs from the one that stays; the command that shows them
/// where there is no room or no text.
pub(super) fn of(page: &Page, stays: DocId, other: DocId, budget: &mut Budget) -> Markup {
    let Some(rows) = rows(page, stays, other, budget.0) else { return html! {} };
    budget.0 = budget.0.saturating_sub(rows.markup.0.len());
    let Rows { markup, places, shown } = rows;
    html! {
        details {
            summary { "Words that differ from " bdi { (page.name(other)) } ": " (words::counted(places as u64, "place")) }
            div.scroll tabindex="0" role="group" aria-label="Words that differ" {
                table.diff {
                    thead { tr {
                        th scope="col" { "Stays: " (path(&page.path(stays))) }
                        th scope="col" { (path(&page.path(other))) }
                    } }
                    tbody { (markup) }
                }
            }
            @if shown < places {
                p { "And " (words::counted((places - shown) as u64, "other place")) ": " code { "docrot diff" } " shows all." }
            }
        }
    }
}

struct Rows {
    markup: Markup,
    places: usize,
    shown: usize,
}

fn rows(page: &Page, stays: DocId, other: DocId, room: usize) -> Option<Rows> {
    let texts = page.report.texts?;
    if room == 0 {
        return None;
    }
    let text = |id| texts.text(&page.report.inventory[id]).filter(|it| it.len() <= MOST_TEXT_BYTES);
    let (a, b) = (text(stays)?, text(other)?);
    let pieces = Difference::of(&a, &b, false).pieces;
    let places = pieces.iter().filter(|it| matches!(it, Piece::Other(..))).count();
    if places == 0 {
        return None;
    }
    let mut markup = String::new();
    let mut shown = 0;
    for (position, piece) in pieces.iter().enumerate() {
        let Piece::Other(x, y) = piece else { continue };
        if MOST_PLACES <= shown || room <= markup.len() {
            break;
        }
        shown += 1;
        let before = position.checked_sub(1).map_or("", |it| same(&pieces[it]));
        let after = pieces.get(position + 1).map_or("", same);
        let (before, after) = (last_words(before), first_words(after));
        markup += &html! {
            tr {
                td { (before) " " @if !x.is_empty() { del { "− " (cut(x)) } } " " (after) }
                td { (before) " " @if !y.is_empty() { ins { "+ " (cut(y)) } } " " (after) }
            }
        }
        .0;
    }
    Some(Rows { markup: PreEscaped(markup), places, shown })
}

fn same(piece: &Piece) -> &str {
    match piece {
        Piece::Same(text) => text,
        Piece::Other(..) => "",
    }
}

fn last_words(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().rev().take(CONTEXT_WORDS).collect();
    let words: Vec<&str> = words.into_iter().rev().collect();
    escape::visible(&words.join(" ")).into_owned()
}

fn first_words(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().take(CONTEXT_WORDS).collect();
    escape::visible(&words.join(" ")).into_owned()
}

/// The ends of a long stretch.
fn cut(text: &str) -> String {
    let all: Vec<&str> = text.split_whitespace().collect();
    let shown = if all.len() <= MOST_WORDS {
        all.join(" ")
    } else {
        let half = MOST_WORDS / 2;
        let hidden = words::number((all.len() - 2 * half) as u64);
        format!(
            "{} … {hidden} words … {}",
            all[..half].join(" "),
            all[all.len() - half..].join(" ")
        )
    };
    escape::visible(&shown).into_owned()
}
