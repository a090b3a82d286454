//! The page around the sections: head, navigation, data and script.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

use super::{Page, Section, ages, changes, coverage, data, exhibit, folders, groups};
use super::{list, method, numbers, subjects, trend, verdict};

pub(super) const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// A page takes so many bytes, and so many for each finding, before anything is packed.
const MOST_BYTES: usize = 150_000;
const MOST_ROW_BYTES: usize = 200;
/// The head of the page, its navigation and what stands around the sections, at most.
const AROUND_BYTES: usize = 8_000;
/// Bytes for groups of copies and chains of versions, whatever the rest takes.
const LEAST_ROOM: usize = 9_000;
const MOST_ROOM: usize = 120_000;

pub(super) fn write(page: &Page, out: &mut dyn io::Write) -> io::Result<()> {
    let data = data::Data::of(page);
    let sections = sections(page, &data);
    let top = html! {
        (DOCTYPE)
        html lang="en" {
            (head(page))
            body {
                a.skip href="#list" { "Skip to the work list" }
                (verdict::header(page))
                nav aria-label="Sections" {
                    ul { @for section in &sections { li { a href={ "#" (section.id) } { (section.title) } } } }
                }
                main { @for section in sections { (self::section(section)) } }
                (footer(page))
                (PreEscaped(END))
            }
        }
    };
    let (before, after) = top.0.split_once(END).expect("the mark was just written");
    out.write_all(before.as_bytes())?;
    data.write(out)?;
    let script = html! { script { (PreEscaped(SCRIPT)) } };
    out.write_all(script.0.as_bytes())?;
    out.write_all(after.as_bytes())?;
    out.write_all(b"\n")
}

/// Every section that has something to say, in order. The first rows of the work list get the room
/// that is left, and groups of copies what these leave.
fn sections(page: &Page, data: &data::Data) -> Vec<Section> {
    let before = [
        exhibit::section(page),
        numbers::section(page),
        changes::section(page),
        folders::section(page),
        subjects::section(page),
        ages::section(page),
    ];
    let after = [
        groups::folders(page),
        groups::boilerplate(page),
        coverage::section(page),
        trend::section(page),
        Some(method::section(page)),
    ];
    let others: usize = before.iter().chain(&after).flatten().map(|it| it.body.0.len()).sum();
    let others = others + data.unpacked + STYLE.len() + SCRIPT.len() + AROUND_BYTES;
    let room = (MOST_BYTES + MOST_ROW_BYTES * data.rows).saturating_sub(others);
    let list = list::section(page, data, room.saturating_sub(LEAST_ROOM));
    let room = room.saturating_sub(list.iter().map(|it| it.body.0.len()).sum());
    let room = room.clamp(LEAST_ROOM, MOST_ROOM);
    let copies = [groups::section(page, room / 3 * 2), groups::chains(page, room / 3)];
    before.into_iter().chain([list]).chain(copies).chain(after).flatten().collect()
}

/// Where the data goes, which may be too large to be held twice. No name can be taken for it: a
/// `<` of a name is escaped.
const END: &str = "<!--data-->";

fn head(page: &Page) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta http-equiv="Content-Security-Policy" content=(security_policy());
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            meta name="referrer" content="no-referrer";
            title { (verdict::sentence(page)) " " (verdict::roots(page)) }
            style { (PreEscaped(STYLE)) }
        }
    }
}

/// Nothing is loaded, and nothing runs but what is written here.
fn security_policy() -> String {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; \
         form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}

fn section(section: Section) -> Markup {
    let Section { id, title, body } = section;
    html! {
        section id=(id) aria-labelledby={ (id) "-title" } {
            h2 id={ (id) "-title" } { (title) }
            (body)
        }
    }
}

fn footer(page: &Page) -> Markup {
    html! {
        footer {
            p { "Made by docrot " (page.report.version) ". Nothing in the audited folders was changed." }
        }
    }
}
