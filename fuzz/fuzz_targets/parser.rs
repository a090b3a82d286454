//! Any bytes, given to the parser that `DOCROT_PARSER` names: one of docrot's own, or `policy`.
#![no_main]

#[path = "../../src/cli/config/mod.rs"]
#[allow(dead_code, unused_imports)]
mod config;
#[path = "../../tests/support/parsers.rs"]
mod parsers;

use std::env;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

static PARSE: LazyLock<fn(&[u8])> = LazyLock::new(|| {
    let name = env::var("DOCROT_PARSER").expect("DOCROT_PARSER is set");
    let mut known = parsers::PARSERS.iter().copied().chain([("policy", policy as fn(&[u8]))]);
    known.find(|it| it.0 == name).expect("DOCROT_PARSER names a parser").1
});

fuzz_target!(|bytes: &[u8]| PARSE(bytes));

fn policy(bytes: &[u8]) {
    let Ok(config) = config::Config::parse(&String::from_utf8_lossy(bytes)) else { return };
    let written = config::to_toml(&config.policy);
    assert!(config::Config::parse(&written).is_ok(), "{written}");
}
