//! How long ago somebody last stood by each document, by year, on dates that can be trusted.

use std::collections::BTreeMap;

use chrono::{Datelike as _, Days, Months, NaiveDate};
use maud::{Markup, html};

use crate::report::words;
use crate::rot::spelled;

use super::{Page, Section, bar};

/// Years that have a bar of their own; what is older shares one.
const MOST_YEARS: i32 = 20;
const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 230.0;
/// Where the bars stand, above the years and below the figures.
const FLOOR: f64 = 200.0;
const CEILING: f64 = 24.0;

struct Ages {
    /// By year; the first stands for all before, too.
    years: BTreeMap<i32, u64>,
    has_older: bool,
    unknown: u64,
}

impl Ages {
    fn of(page: &Page) -> Self {
        let mut years: BTreeMap<i32, u64> = BTreeMap::new();
        let mut unknown = 0;
        for (id, _) in page.report.inventory.iter().filter(|(_, it)| it.is_readable()) {
            match page.dates.trusted(id) {
                Some(date) => *years.entry(date.year()).or_default() += 1,
                None => unknown += 1,
            }
        }
        let this = page.report.as_of.year();
        let first = this - MOST_YEARS + 1;
        let older = years.keys().take_while(|it| **it < first).copied().collect::<Vec<_>>();
        for year in &older {
            let count = years.remove(year).unwrap_or(0);
            *years.entry(first).or_default() += count;
        }
        if let Some(&oldest) = years.keys().next() {
            for year in oldest..=this {
                years.entry(year).or_default();
            }
        }
        Self { years, has_older: !older.is_empty(), unknown }
    }

    fn label(&self, year: i32) -> String {
        let is_first = self.years.keys().next() == Some(&year);
        if is_first && self.has_older { format!("to {year}") } else { year.to_string() }
    }
}

pub(super) fn section(page: &Page) -> Option<Section> {
    let ages = Ages::of(page);
    let readable = ages.years.values().sum::<u64>() + ages.unknown;
    if readable == 0 {
        return None;
    }
    let limit = page.report.policy.dates.max_unverified;
    let line = limit.and_then(|it| before(page.report.as_of, it.months, it.days));
    let body = html! {
        p {
            "Old is not wrong: this shows when somebody last stood by each document, and nothing else. "
            @if let Some(limit) = limit {
                "The policy asks for a look every " (spelled(limit)) "; what is left of the dashed line has waited longer."
            }
        }
        div.scroll tabindex="0" role="group" aria-label="Years of the last trusted date" {
            (chart(&ages, line))
        }
        (table(&ages, readable))
    };
    Some(Section { id: "ages", title: "When somebody last looked", body })
}

fn before(day: NaiveDate, months: u32, days: u32) -> Option<NaiveDate> {
    day.checked_sub_months(Months::new(months))?.checked_sub_days(Days::new(days.into()))
}

fn chart(ages: &Ages, line: Option<NaiveDate>) -> Markup {
    let bars = ages.years.len() + 1;
    // A gap sets the unknown apart.
    let step = WIDTH / (bars as f64 + 0.5);
    let most = ages.years.values().copied().chain([ages.unknown]).max().unwrap_or(1).max(1);
    let height = |count: u64| (FLOOR - CEILING) * count as f64 / most as f64;
    let first = ages.years.keys().next().copied();
    let at = line.and_then(|day| {
        let year = day.year() - first?;
        let part = f64::from(day.ordinal0()) / 365.25;
        let place = (f64::from(year) + part) * step;
        (0.0 <= place && place <= step * ages.years.len() as f64).then_some(place)
    });
    let bar = |position: f64, count: u64, label: String, class: &'static str| {
        let (x, height) = (position * step, height(count));
        let middle = format!("{:.1}", x + step / 2.0);
        html! {
            rect class=(class) x=(format!("{:.1}", x + 2.0)) y=(format!("{:.1}", FLOOR - height))
                width=(format!("{:.1}", step - 4.0)) height=(format!("{height:.1}")) {}
            @if count != 0 {
                text x=(middle) y=(format!("{:.1}", FLOOR - height - 5.0)) { (words::number(count)) }
            }
            text x=(middle) y=(FLOOR + 18.0) { (label) }
        }
    };
    html! {
        svg.ages viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img"
            aria-label="Documents by the year of their last trusted date; the table below has the same figures" {
            @for (position, (year, count)) in ages.years.iter().enumerate() {
                (bar(position as f64, *count, ages.label(*year), "year"))
            }
            (bar(ages.years.len() as f64 + 0.5, ages.unknown, "unknown".to_owned(), "unknown"))
            @if let Some(at) = at {
                line x1=(format!("{at:.1}")) x2=(format!("{at:.1}")) y1="4" y2=(FLOOR) {}
            }
        }
    }
}

fn table(ages: &Ages, readable: u64) -> Markup {
    let row = |label: String, count: u64| {
        html! {
            tr {
                th scope="row" { (label) }
                td.n { (words::number(count)) }
                td.n { (words::percentage(count, readable)) (bar(count, readable)) }
            }
        }
    };
    html! {
        details.data {
            summary { "The same as a table" }
            table {
                thead { tr {
                    th scope="col" { "Year of the last trusted date" }
                    th.n scope="col" { "Documents" } th.n scope="col" { "Share" }
                } }
                tbody {
                    @for (year, count) in ages.years.iter().rev() { (row(ages.label(*year), *count)) }
                    (row("cannot say".to_owned(), ages.unknown))
                }
            }
        }
    }
}
