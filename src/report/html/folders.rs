//! Where the decisions lie: a map of the folders two levels deep, and the same figures as a table.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use maud::{Markup, html};

use crate::inventory::{DocId, Inventory, Record, Status};
use crate::report::{layout, words};

use super::treemap::{Rect, squarify};
use super::{Page, Section, bar};

/// Folders of the first level that are shown by themselves, and of the second level.
const MOST_TOPS: usize = 12;
const MOST_SUBS: usize = 34;
/// Size of the map, in its own units.
const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 460.0;
/// Height of the name above the folders below, and the space around them.
const HEADING: f64 = 22.0;
const GAP: f64 = 2.0;
/// Width of a letter, about, and height of a line.
const LETTER: f64 = 7.4;
const LINE: f64 = 17.0;

/// What lies in a folder.
#[derive(Clone, Debug, Default, PartialEq)]
struct Sum {
    files: u64,
    to_decide: u64,
}

impl Sum {
    fn add(&mut self, other: &Self) {
        self.files += other.files;
        self.to_decide += other.to_decide;
    }
}

/// A cell of the map and row of the table.
#[derive(Clone, Debug, PartialEq)]
struct Cell {
    name: String,
    /// The folder's path as documents carry it; none for what stands for several folders.
    path: Option<String>,
    sum: Sum,
    below: Vec<Self>,
}

pub(super) fn section(page: &Page) -> Option<Section> {
    let tops = cells(page);
    if tops.len() + tops.iter().map(|it| it.below.len()).sum::<usize>() < 2 {
        return None;
    }
    let body = html! {
        p {
            "Area is the number of documents, shade the share that needs a decision: "
            @for (step, label) in ["none", "under 10 %", "10 to 40 %", "over 40 %"].iter().enumerate() {
                span class={ "key s" (step) } { (label) } " "
            }
        }
        div.scroll tabindex="0" role="group" aria-label="Map of folders" { (map(&tops)) }
        (table(&tops))
    };
    Some(Section { id: "folders", title: "Where it lies", body })
}

/// The folders of the first level with those below, the largest first.
fn cells(page: &Page) -> Vec<Cell> {
    let inventory = page.report.inventory;
    let base = base(inventory);
    let mut sums: BTreeMap<(u16, PathBuf, PathBuf), Sum> = BTreeMap::new();
    for (id, record) in inventory.iter() {
        let to_decide = page.needs_decision[id.0 as usize];
        if record.status == Status::NotADocument && !to_decide {
            continue;
        }
        let sum = sums.entry(place(inventory, &base, record)).or_default();
        sum.add(&Sum { files: 1, to_decide: u64::from(to_decide) });
    }
    let mut tops: BTreeMap<(u16, PathBuf), Cell> = BTreeMap::new();
    for ((root, top, sub), sum) in sums {
        let cell = tops.entry((root, top.clone())).or_insert_with(|| Cell {
            name: name(page, root, &top, &base),
            path: Some(words::path(page.report, root, &top)),
            sum: Sum::default(),
            below: vec![],
        });
        cell.sum.add(&sum);
        let is_itself = sub == top;
        let path = (!is_itself).then(|| words::path(page.report, root, &sub));
        let name = if is_itself { "files right here".into() } else { name(page, root, &sub, &top) };
        cell.below.push(Cell { name, path, sum, below: vec![] });
    }
    shortened(tops.into_values().collect())
}

/// Folds the small ones into one, so that the map stays a map.
fn shortened(mut tops: Vec<Cell>) -> Vec<Cell> {
    let by_size = |cells: &mut Vec<Cell>| cells.sort_by_key(|it| u64::MAX - it.sum.files);
    by_size(&mut tops);
    fold(&mut tops, MOST_TOPS);
    let mut sizes: Vec<u64> =
        tops.iter().flat_map(|it| it.below.iter().map(|it| it.sum.files)).collect();
    sizes.sort_unstable_by_key(|it| u64::MAX - it);
    let least = sizes.get(MOST_SUBS).map_or(0, |it| it + 1);
    for top in &mut tops {
        by_size(&mut top.below);
        let kept = top.below.iter().take_while(|it| least <= it.sum.files).count();
        fold(&mut top.below, kept);
        if let [only] = top.below.as_slice()
            && only.path.is_none()
        {
            top.below.clear();
        }
    }
    tops
}

/// Makes one cell of all but the first.
fn fold(cells: &mut Vec<Cell>, kept: usize) {
    if cells.len() <= kept + 1 {
        return;
    }
    let rest = cells.split_off(kept);
    let mut sum = Sum::default();
    rest.iter().for_each(|it| sum.add(&it.sum));
    let name = words::counted(rest.len() as u64, "more folder");
    cells.push(Cell { name, path: None, sum, below: vec![] });
}

/// The folder that holds everything, where there is one root.
fn base(inventory: &Inventory) -> PathBuf {
    let parent = |it: &Record| it.file.path.parent().unwrap_or(Path::new("")).to_owned();
    if 1 < inventory.roots.len() || inventory.is_empty() {
        return PathBuf::new();
    }
    let first = parent(&inventory[DocId(0)]);
    let last = parent(&inventory[DocId(inventory.len() as u32 - 1)]);
    let common = first.components().zip(last.components()).take_while(|(a, b)| a == b);
    common.map(|it| it.0).collect()
}

/// The folders of the first and second level that a record lies in.
fn place(inventory: &Inventory, base: &Path, record: &Record) -> (u16, PathBuf, PathBuf) {
    let below = record.file.path.strip_prefix(base).unwrap_or(&record.file.path);
    let mut folders = below.parent().unwrap_or(Path::new("")).components();
    let mut next = |from: &Path| match folders.next() {
        Some(Component::Normal(name)) => from.join(name),
        _ => from.to_owned(),
    };
    // Of several roots, each is a folder of the first level.
    let top = if 1 < inventory.roots.len() { base.to_owned() } else { next(base) };
    let sub = next(&top);
    (record.root.0, top, sub)
}

fn name(page: &Page, root: u16, path: &Path, above: &Path) -> String {
    let shown = match path.strip_prefix(above) {
        Ok(below) if !below.as_os_str().is_empty() => crate::report::escape::path(below),
        _ => words::path(page.report, root, path),
    };
    if shown == "." { "files right here".to_owned() } else { shown }
}

fn map(tops: &[Cell]) -> Markup {
    let whole = Rect { x: 0.0, y: 0.0, width: WIDTH, height: HEIGHT };
    let weights: Vec<f64> = tops.iter().map(|it| it.sum.files as f64).collect();
    let places = squarify(&weights, whole);
    html! {
        svg.map viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="group"
            aria-label="Map of folders by number of documents; the table below has the same figures" {
            @for (top, place) in tops.iter().zip(&places) { (top_cell(top, *place)) }
        }
    }
}

fn top_cell(top: &Cell, place: Rect) -> Markup {
    let has_room = 3.0 * LINE < place.height && 60.0 < place.width;
    if top.below.is_empty() || !has_room {
        return cell(top, place);
    }
    let inner = Rect {
        x: place.x + GAP,
        y: place.y + HEADING,
        width: (place.width - 2.0 * GAP).max(0.0),
        height: (place.height - HEADING - GAP).max(0.0),
    };
    let weights: Vec<f64> = top.below.iter().map(|it| it.sum.files as f64).collect();
    let places = squarify(&weights, inner);
    html! {
        g {
            rect.top x=(px(place.x)) y=(px(place.y)) width=(px(place.width)) height=(px(place.height)) {}
            text.top x=(px(place.x + 6.0)) y=(px(place.y + 16.0)) {
                (layout::cut(&top.name, letters(place.width)))
            }
            @for (below, place) in top.below.iter().zip(&places) { (cell(below, *place)) }
        }
    }
}

fn cell(cell: &Cell, place: Rect) -> Markup {
    let Cell { name, sum, .. } = cell;
    let says = format!("{} of {}", words::number(sum.to_decide), words::number(sum.files));
    let lines = ((place.height - 4.0) / LINE) as usize;
    let most = letters(place.width);
    html! {
        g class={ "s" (step(sum)) } {
            title { (name) ": " (says) " need a decision" }
            rect x=(px(place.x)) y=(px(place.y)) width=(px(place.width)) height=(px(place.height)) {}
            @if 1 <= lines && 4 <= most {
                text x=(px(place.x + 6.0)) y=(px(place.y + 16.0)) { (layout::cut(name, most)) }
            }
            @if 2 <= lines && says.len() <= most {
                text x=(px(place.x + 6.0)) y=(px(place.y + 16.0 + LINE)) { (says) }
            }
        }
    }
}

fn letters(width: f64) -> usize {
    ((width - 12.0) / LETTER).max(0.0) as usize
}

fn px(length: f64) -> String {
    let text = format!("{length:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// The shade: none, some, much, most.
fn step(sum: &Sum) -> u8 {
    let share = sum.to_decide as f64 / sum.files.max(1) as f64;
    match share {
        _ if sum.to_decide == 0 => 0,
        _ if share < 0.1 => 1,
        _ if share <= 0.4 => 2,
        _ => 3,
    }
}

fn table(tops: &[Cell]) -> Markup {
    html! {
        details.data {
            summary { "The same as a table" }
            table {
                thead { tr {
                    th scope="col" { "Folder" } th.n scope="col" { "To decide" }
                    th.n scope="col" { "Documents" } th.n scope="col" { "Share" }
                } }
                @for top in tops {
                    tbody {
                        (row(top, ""))
                        @for below in &top.below { (row(below, "sub")) }
                    }
                }
            }
        }
    }
}

fn row(cell: &Cell, class: &str) -> Markup {
    let Cell { name, path, sum, .. } = cell;
    html! {
        tr class=[(!class.is_empty()).then_some(class)] data-folder=[path.as_deref()] {
            th scope="row" { bdi { (name) } }
            td.n { (words::number(sum.to_decide)) }
            td.n { (words::number(sum.files)) }
            td.n { (words::percentage(sum.to_decide, sum.files)) (bar(sum.to_decide, sum.files)) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(name: &str, files: u64, below: Vec<Cell>) -> Cell {
        let sum = Sum { files, to_decide: 0 };
        Cell { name: name.into(), path: Some(name.into()), sum, below }
    }

    #[test]
    fn the_map_has_sixty_cells_at_most_and_loses_no_file() {
        let subs = || (0..100).map(|n| cell(&format!("s{n}"), n + 1, vec![])).collect::<Vec<_>>();
        let size = |cells: &[Cell]| cells.iter().map(|it| it.sum.files).sum::<u64>();
        let tops = (0..40).map(|n| {
            let below = subs();
            cell(&format!("t{n}"), size(&below), below)
        });
        let tops = shortened(tops.collect());
        let count = tops.iter().map(|it| it.below.len().max(1)).sum::<usize>();
        assert!(count <= 60, "{count}");
        assert_eq!(size(&tops), 40 * 5050);
        for top in tops.iter().filter(|it| !it.below.is_empty()) {
            assert_eq!(size(&top.below), top.sum.files);
        }
    }

    #[test]
    fn shade_never_calls_something_nothing() {
        assert_eq!(step(&Sum { files: 1_000_000, to_decide: 1 }), 1);
        assert_eq!(step(&Sum { files: 10, to_decide: 0 }), 0);
        assert_eq!(step(&Sum { files: 10, to_decide: 4 }), 2);
        assert_eq!(step(&Sum { files: 10, to_decide: 5 }), 3);
    }
}
