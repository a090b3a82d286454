//! From scan to scan: how many documents wait for a decision, and how many findings were decided.

use chrono::NaiveDate;
use maud::{Markup, html};

use crate::decisions::Standing;
use crate::report::words;

use super::{Page, Section};

/// Scans that are shown; of more, the newest.
const MOST_SCANS: usize = 60;
const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 220.0;
const FLOOR: f64 = 190.0;
const CEILING: f64 = 24.0;
const LEFT: f64 = 60.0;
const RIGHT: f64 = 940.0;

struct Point {
    day: NaiveDate,
    open: u64,
    decided: u64,
    seen: u64,
    read: u64,
}

pub(super) fn section(page: &Page) -> Option<Section> {
    let history = page.report.history;
    // What is left out here would look like a decline.
    if history.is_empty() || page.report.narrowed.is_some() {
        return None;
    }
    let from = history.len().saturating_sub(MOST_SCANS - 1);
    let mut points: Vec<Point> = history[from..]
        .iter()
        .map(|scan| Point {
            day: scan.as_of,
            open: scan.decisions_open,
            decided: scan.decided,
            seen: scan.seen,
            read: scan.read,
        })
        .collect();
    let decided = page.report.standings.iter().filter(|it| Standing::is_settled(it)).count() as u64;
    let figures = &page.figures;
    points.push(Point {
        day: page.report.as_of,
        open: figures.to_decide,
        decided,
        seen: figures.seen,
        read: figures.readable,
    });
    let body = html! {
        p {
            "Documents that need a decision (solid) and findings that somebody decided about (dashed), from scan to scan. "
            "Fewer files read is no progress: the table has their numbers, too."
        }
        div.scroll tabindex="0" role="group" aria-label="Trend of decisions" { (chart(&points)) }
        (table(&points))
    };
    Some(Section { id: "trend", title: "From scan to scan", body })
}

fn chart(points: &[Point]) -> Markup {
    let most = points.iter().map(|it| it.open.max(it.decided)).max().unwrap_or(1).max(1);
    let step = (RIGHT - LEFT) / (points.len() - 1).max(1) as f64;
    let x = |position: usize| LEFT + step * position as f64;
    let y = |count: u64| FLOOR - (FLOOR - CEILING) * count as f64 / most as f64;
    let line = |count: fn(&Point) -> u64| {
        let places =
            points.iter().enumerate().map(|(at, it)| format!("{:.0},{:.1}", x(at), y(count(it))));
        places.collect::<Vec<_>>().join(" ")
    };
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return html! {} };
    let end = x(points.len() - 1);
    html! {
        svg.trend viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img"
            aria-label="Open decisions and decided findings by scan; the table below has the same figures" {
            line.axis x1=(LEFT) x2=(RIGHT) y1=(FLOOR) y2=(FLOOR) {}
            @if points.iter().any(|it| it.decided != 0) {
                polyline.decided points=(line(|it| it.decided)) {}
                text x=(end + 8.0) y=(format!("{:.1}", y(last.decided) + 4.0)) { (words::number(last.decided)) }
            }
            polyline points=(line(|it| it.open)) {}
            text.end x=(LEFT - 8.0) y=(format!("{:.1}", y(first.open) + 4.0)) { (words::number(first.open)) }
            text x=(end + 8.0) y=(format!("{:.1}", y(last.open) + 4.0)) { (words::number(last.open)) }
            circle cx=(end) cy=(format!("{:.1}", y(last.open))) r="5" {}
            text x=(LEFT) y=(FLOOR + 20.0) { (first.day) }
            text.end x=(RIGHT) y=(FLOOR + 20.0) { (last.day) }
        }
    }
}

fn table(points: &[Point]) -> Markup {
    html! {
        details.data {
            summary { "The same as a table" }
            table {
                thead { tr {
                    th scope="col" { "Scan as of" } th.n scope="col" { "To decide" } th.n scope="col" { "Decided" }
                    th.n scope="col" { "Documents read" } th.n scope="col" { "Files seen" }
                } }
                tbody { @for point in points.iter().rev() { tr {
                    th scope="row" { (point.day) }
                    td.n { (words::number(point.open)) }
                    td.n { (words::number(point.decided)) }
                    td.n { (words::number(point.read)) }
                    td.n { (words::number(point.seen)) }
                } } }
            }
        }
    }
}
