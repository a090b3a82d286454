//! `docrot scan --from` and `docrot audit --from`: what is in an index of another program, without a
//! tree.

use std::ops::ControlFlow;
use std::path::PathBuf;

use docrot::catalog::Catalog;
use docrot::report::escape;
use docrot::scan::{Event, HandedOver, Handing, Summary, scan_entries};
use docrot::validate::Digest;
use docrot::validate::engines::{Engine, Entry, Fields, Location, Mapping, Role, Streamed, Wants};

use super::catalogs;
use super::config::Config;
use super::from::{From, about};
use super::options::{Global, Reading};
use super::progress::Progress;

/// Makes the catalog of an index anew.
pub(super) fn read_entries(
    from: &From,
    location: &Location,
    reading: &Reading,
    config: &Config,
    global: &Global,
    progress: &Progress,
) -> anyhow::Result<(Catalog, Summary)> {
    let mut engine = from.open(location)?;
    let about = about(engine.described());
    let of = place(location);
    let folder = catalogs::folder_of_index(&of, global, config)?;
    let options = reading.scan_options(config)?;
    let catalog = Catalog::open_or_create_keeping(&folder, reading.keeping(config))?;
    let mapping = from.mapping(config, &[])?;
    let fields = engine.described().fields.clone();
    let mut hand_over = |take: &mut dyn FnMut(HandedOver) -> bool| -> anyhow::Result<Handing> {
        let (streamed, interrupted) = stream(&mut *engine, (&mapping, &fields), progress, take)?;
        Ok(Handing { interrupted, notes: notes(&about, &streamed) })
    };
    let summary = scan_entries(&of, &options, &catalog, &mut hand_over)?;
    if summary.interrupted {
        progress.finish();
        tell!("docrot: interrupted; the catalog is as it was");
        return Ok((catalog, summary));
    }
    if !global.quiet {
        summary.notes.iter().for_each(|note| tell!("docrot: {}", escape::visible(note)));
    }
    Ok((catalog, summary))
}

/// What a catalog of an index is called by.
pub(super) fn place(location: &Location) -> PathBuf {
    match location {
        Location::Path(path) => path.canonicalize().unwrap_or_else(|_| path.clone()),
        Location::StandardInput | Location::Server { .. } => PathBuf::from(location.to_string()),
    }
}

/// Hands over every entry; whether somebody ended it.
fn stream(
    engine: &mut dyn Engine,
    (mapping, fields): (&Mapping, &Fields),
    progress: &Progress,
    take: &mut dyn FnMut(HandedOver) -> bool,
) -> anyhow::Result<(Streamed, bool)> {
    let mut interrupted = false;
    let streamed = engine.stream(Wants { text: true }, &mut |entry| {
        let document = handed_over(entry, mapping, fields);
        let bytes = document.text.as_ref().map_or(0, |it| it.len() as u64);
        interrupted |= progress.on_event(Event::Queued { bytes }).is_break();
        let path = document.path.clone();
        let is_taken = take(document);
        interrupted |= progress.on_event(Event::Done { path: &path, bytes }).is_break();
        if is_taken && !interrupted { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    Ok((streamed, interrupted))
}

/// An entry as a document without a tree.
pub(super) fn handed_over(entry: Entry, mapping: &Mapping, fields: &Fields) -> HandedOver {
    let Entry { id: _, place, title, text, modified, size, hash } = entry;
    let of_index = |role| {
        let name = fields.of(role).map_or("", |it| it.name.as_str());
        format!("field `{name}` of the index")
    };
    // A text that is there in other documents and not in this one is an empty one.
    let text = text.or_else(|| fields.of(Role::Text).map(|_| String::new()));
    let content = hash.and_then(|it| Digest::parse(&it)).map(|it| it.bytes().to_vec());
    HandedOver {
        path: mapping.shelf(&place),
        text,
        title: title.map(|it| (it, of_index(Role::Title))),
        modified: modified.map(|it| (it, of_index(Role::Modified))),
        size,
        content,
    }
}

fn notes(about: &[String], streamed: &Streamed) -> Vec<String> {
    let mut notes = about.to_vec();
    notes.extend(streamed.notes.iter().cloned());
    if let Some((place, why)) = streamed.bad_examples.first() {
        let count = streamed.bad;
        notes.push(format!("{count} entries cannot be understood, such as {place}: it {why}"));
    }
    notes
}
