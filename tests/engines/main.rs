//! Indexes of engines that answer over HTTP: real servers on ports of their own, emulators, and
//! servers that misbehave as a test says. `tests/engines/setup` installs the real ones.
#![cfg(unix)]

mod cluster;
mod documented;
mod faults;
mod planted;
mod proxy;
mod real;
mod recipes;
mod refusals;
mod scripted;
mod server;
mod tried;

use std::ops::ControlFlow;
use std::time::Duration;

use docrot::validate::engines::{
    Access, Described, EngineError, Entry, Location, Opening, Patience, Streamed, Wants, Wishes,
    open,
};

/// What an index came to.
pub(crate) struct Read {
    pub(crate) described: Described,
    pub(crate) entries: Vec<Entry>,
    pub(crate) streamed: Streamed,
}

impl Read {
    pub(crate) fn ids(&self) -> Vec<&str> {
        let mut ids: Vec<&str> = self.entries.iter().map(|it| it.id.as_str()).collect();
        ids.sort_unstable();
        ids
    }
}

/// Reads all of an index.
pub(crate) fn read(address: &str, access: Access) -> Result<Read, EngineError> {
    read_until(address, access, usize::MAX)
}

/// Reads so many entries of an index.
pub(crate) fn read_until(address: &str, access: Access, most: usize) -> Result<Read, EngineError> {
    let location = Location::parse(address).unwrap();
    let opening = Opening { wishes: Wishes::default(), access, ..Opening::default() };
    let mut engine = open(&location, opening)?;
    let mut entries = Vec::new();
    let streamed = engine.stream(Wants { text: true }, &mut |entry| {
        entries.push(entry);
        if entries.len() < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    Ok(Read { described: engine.described().clone(), entries, streamed })
}

/// Tries again soon, and not for long.
pub(crate) fn hasty() -> Access {
    let patience = Patience {
        tries: 4,
        first_pause: Duration::from_millis(1),
        longest_pause: Duration::from_millis(4),
        silence: Duration::from_secs(5),
    };
    Access { patience, ..Access::default() }
}
