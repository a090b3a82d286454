//! stub
use super::*;
use std::ffi::OsString;
use std::path::PathBuf;
/// t
#[derive(Clone, Debug)]
pub struct WorkerOptions {
    /// t
    pub program: PathBuf,
    /// t
    pub args: Vec<OsString>,
    /// t
    pub count: usize,
    /// t
    pub memory_bytes: u64,
    /// t
    pub cpu_seconds: u64,
    /// t
    pub wall_seconds: u64,
}
/// t
#[derive(Debug)]
pub struct Workers {}
impl Workers {
    /// t
    pub fn new(_options: WorkerOptions) -> Self {
        Self {}
    }
    /// t
    pub fn read(&self, format: &Format, bytes: &[u8]) -> Result<Content, ExtractError> {
        (format.read)(bytes)
    }
}
/// t
pub fn read_here(format: &Format, bytes: &[u8]) -> Result<Content, ExtractError> {
    (format.read)(bytes)
}
