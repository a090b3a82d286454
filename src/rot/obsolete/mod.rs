//! What is no longer valid, or what nobody can say is.

pub(super) mod superseded;
pub(super) mod versions;
