//! Everything that docrot parses itself, spoilt: refused or taken, never a panic. Seeded, so that a
//! failure names an input that can be made again.

#[path = "../src/cli/config/mod.rs"]
#[expect(dead_code, reason = "the program uses all of it")]
mod config;
#[path = "support/dice.rs"]
mod dice;
#[path = "support/parsers.rs"]
mod parsers;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use dice::Dice;
use parsers::{PARSERS, Parser};

/// Spoilt inputs for each parser, beside those that are cut; fuzzing tries far more.
const SPOILT: u64 = 400;

fn policy(bytes: &[u8]) {
    let Ok(config) = config::Config::parse(&String::from_utf8_lossy(bytes)) else { return };
    let written = config::to_toml(&config.policy);
    assert!(config::Config::parse(&written).is_ok(), "{written}");
}

fn files(folder: &Path) -> Vec<Vec<u8>> {
    let mut paths: Vec<_> = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|it| it.unwrap().path())
        .collect();
    paths.sort();
    paths.iter().map(|it| fs::read(it).unwrap()).collect()
}

/// Gives a parser its inputs, whole, cut and spoilt; tells which of them it panicked at.
fn spoilt((name, parse): &Parser, inputs: &[Vec<u8>]) -> Vec<String> {
    let mut crashes = Vec::new();
    let mut try_one = |what: &str, bytes: &[u8]| {
        if catch_unwind(AssertUnwindSafe(|| parse(bytes))).is_err() {
            crashes.push(format!("{name}, {what}: {}", bytes.escape_ascii()));
        }
    };
    assert!(!inputs.is_empty(), "{name} has no inputs");
    for (at, input) in inputs.iter().enumerate() {
        try_one(&format!("input {at}"), input);
        for cut in 1..=20 {
            try_one(&format!("input {at} cut at {cut}/21"), &input[..input.len() * cut / 21]);
        }
    }
    for seed in 0..SPOILT {
        let mut dice = Dice(seed);
        let mut bytes = inputs[dice.roll(inputs.len())].clone();
        dice.spoil(&mut bytes);
        try_one(&format!("seed {seed}"), &bytes);
    }
    crashes
}

#[test]
fn no_parser_panics_whatever_it_is_given() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/parsers");
    let mut crashes = Vec::new();
    for parser in PARSERS {
        crashes.extend(spoilt(parser, &files(&fixtures.join(parser.0))));
    }
    let policies = files(&fixtures.join("../../docs/policies"));
    let template = config::TEMPLATE.as_bytes().to_vec();
    crashes.extend(spoilt(&("policy", policy), &[policies, vec![template]].concat()));
    assert!(crashes.is_empty(), "{}", crashes.join("\n"));
}

#[test]
fn every_folder_of_inputs_has_its_parser() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/parsers");
    for entry in fs::read_dir(fixtures).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let is_known = PARSERS.iter().any(|it| it.0 == name);
        assert!(is_known || entry.path().is_file(), "{name}");
    }
}

#[test]
fn a_parser_that_panics_is_noticed() {
    let crashes = spoilt(&("sample", |it| assert_ne!(it, b"ab")), &[b"abc".to_vec()]);
    assert!(crashes.iter().any(|it| it.ends_with(": ab")), "{crashes:?}");
}
