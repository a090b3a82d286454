//! Carrying out plans on real trees: what is taken can be taken back, a crash at any point loses
//! nothing, no writer loses its work, and nonsense is refused step by step.
#![cfg(unix)]
#![expect(clippy::disallowed_methods, reason = "the trees are the tests' own")]

mod crash;
mod identity;
mod nonsense;
mod races;
mod tree;
