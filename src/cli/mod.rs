//! The terminal program.

#[allow(dead_code, reason = "commands come next")]
mod config;
