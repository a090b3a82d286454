//! What any engine must do. It is asked of the emulators and of Typesense, or, by
//! `tests/engines/try-real.sh`, of a cluster that somebody has.
#![expect(clippy::disallowed_methods, reason = "the cluster is named in the environment")]

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::ops::ControlFlow;

use docrot::validate::engines::{
    Access, Asked, Credentials, Engine, EngineError, Entry, Location, Opening, Role, Secret,
    Trouble, Wants, Wishes, open,
};

use crate::hasty;
use crate::real::{family, library, typesense};
use crate::server::Server;

fn set(name: &str) -> Option<String> {
    env::var(name).ok().filter(|it| !it.is_empty())
}

/// How the cluster of `try-real.sh` is reached.
fn access_of_environment() -> Access {
    let credentials = match (set("DOCROT_USER"), set("DOCROT_API_KEY"), set("DOCROT_TOKEN")) {
        (Some(user), _, _) => {
            let password = Secret::new(set("DOCROT_PASSWORD").unwrap_or_default());
            Some(Credentials::Password { user, password })
        }
        (_, Some(key), _) => Some(Credentials::ApiKey(Secret::new(key))),
        (_, _, Some(token)) => Some(Credentials::Token(Secret::new(token))),
        _ => None,
    };
    let authorities = set("DOCROT_CA").map(|path| fs::read(path).unwrap());
    Access { credentials, authorities, ..Access::default() }
}

fn opened(address: &str, access: &Access) -> Result<Box<dyn Engine>, EngineError> {
    let named = [(Role::Path, "DOCROT_PATH_FIELD"), (Role::Text, "DOCROT_TEXT_FIELD")];
    let named = named.into_iter().filter_map(|(role, name)| Some((role, set(name)?)));
    let wishes = Wishes { named: named.collect(), preset: None };
    let location = Location::parse(address).unwrap();
    open(&location, Opening { wishes, access: access.clone(), ..Opening::default() })
}

/// Reads it, keeping what is short of every entry.
fn entries(address: &str, access: &Access, text: bool, most: usize) -> Vec<Entry> {
    const KEPT_CHARS: usize = 2_000;
    let mut entries = Vec::new();
    let mut engine = opened(address, access).unwrap();
    let streamed = engine.stream(Wants { text }, &mut |mut entry: Entry| {
        entry.text = entry.text.map(|it| it.chars().take(KEPT_CHARS).collect());
        entries.push(entry);
        if entries.len() < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    let streamed = streamed.unwrap();
    println!("  {} entries, {} bad, {:?}", streamed.entries, streamed.bad, streamed.notes);
    assert_eq!((streamed.entries as usize, streamed.bad), (entries.len(), 0));
    entries
}

/// What tells an entry: engines without ids have places.
fn names(entries: &[Entry]) -> Vec<(&str, &str)> {
    let mut names: Vec<_> = entries.iter().map(|it| (it.id.as_str(), it.place.as_str())).collect();
    names.sort_unstable();
    names
}

fn try_all(address: &str, access: &Access) {
    let engine = opened(address, access).unwrap();
    let described = engine.described();
    println!("{described:#?}");
    let all = entries(address, access, true, usize::MAX);
    assert_eq!(described.entries, Some(all.len() as u64), "not every entry is handed over");
    let ids: BTreeSet<&str> = all.iter().map(|it| it.id.as_str()).collect();
    assert!(ids.len() == all.len() || ids.len() == 1, "an id is told twice");
    assert!(all.iter().any(|it| !it.place.is_empty()), "no entry has a place");
    let again = entries(address, access, false, usize::MAX);
    assert_eq!(names(&all), names(&again), "two readings differ");
    assert!(again.iter().all(|it| it.text.is_none()), "a text that nobody wanted");
    assert_eq!(entries(address, access, true, 150).len(), all.len().min(150));
    let asked = described.asked.clone().unwrap_or_default();
    let text = described.fields.of(Role::Text).map(|it| format!("`{}`", it.name));
    if text.is_some_and(|it| asked.contains(&it)) {
        are_found(&*engine, &all);
    }
    is_refused(address, access);
}

/// Looks for some entries by the longest of their first words.
fn are_found(engine: &dyn Engine, all: &[Entry]) {
    const TRIED: usize = 20;
    let (mut tried, mut found) = (0, 0);
    for entry in all.iter().step_by((all.len() / TRIED).max(1)) {
        let text = entry.text.as_deref().unwrap_or_default();
        let is_word = |it: &&str| it.chars().all(char::is_alphabetic);
        let words: BTreeSet<&str> = text.split_whitespace().filter(is_word).collect();
        let mut words: Vec<String> = words.into_iter().map(str::to_owned).collect();
        words.sort_by_key(|it| std::cmp::Reverse(it.chars().count()));
        words.truncate(6);
        if words.len() < 6 {
            continue;
        }
        let hits = engine.search(Asked::AnyOf(&words), 10).unwrap();
        assert!(hits.len() <= 10, "more results than were asked for");
        tried += 1;
        // Copies of an entry push it down.
        let name = |place: &str| place.rsplit('/').next().unwrap_or_default().to_owned();
        found += usize::from(hits.iter().any(|it| name(&it.place) == name(&entry.place)));
    }
    println!("  {found} of {tried} are among the first ten for words of theirs");
    assert!(tried <= 2 * found, "most are not found by their own words");
}

/// Asks for an index that is not there, and with credentials that are wrong.
fn is_refused(address: &str, access: &Access) {
    let (base, _) = address.trim_end_matches('/').rsplit_once('/').unwrap();
    let error = opened(&format!("{base}/no-such-index-of-docrot"), access).err().unwrap();
    println!("  {error}");
    // Who may read one index alone is not told of others.
    assert!(matches!(error.trouble, Trouble::Absent | Trouble::Credentials), "{error:?}");
    if access.credentials.is_some() {
        let wrong = Credentials::ApiKey(Secret::new("wrong:credentials"));
        let wrong = Access { credentials: Some(wrong), ..access.clone() };
        let error = opened(address, &wrong).err().unwrap();
        println!("  {error}");
        assert_eq!(error.trouble, Trouble::Credentials, "{error:?}");
    }
}

#[test]
fn an_engine_hands_over_all_that_it_has() {
    if let Some(address) = set("DOCROT_TRY_ENGINE") {
        try_all(&address, &access_of_environment());
        return;
    }
    let documents = library(2);
    for filled in [
        family(Server::elasticsearch(), &documents),
        family(Server::opensearch(), &documents),
        typesense(&documents),
    ] {
        assert_eq!(filled.access.patience, hasty().patience);
        try_all(&filled.address, &filled.access);
    }
}
