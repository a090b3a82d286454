//! stub
use std::path::{Path,PathBuf};
use docrot::rot::Policy;
#[derive(Debug, thiserror::Error)]
#[error("x")]
pub(super) struct ConfigError;
#[derive(Default)]
pub(super) struct ScanSection { pub(super) roots: Vec<PathBuf>, pub(super) include: Vec<String>, pub(super) exclude: Vec<String>, pub(super) hidden: bool, pub(super) follow_links: bool, pub(super) one_file_system: bool, pub(super) max_file_bytes: u64, pub(super) threads: usize }
#[derive(Default)]
pub(super) struct Config { pub(super) policy: Policy, pub(super) scan: ScanSection, pub(super) index: Option<PathBuf> }
impl Config { pub(super) fn load(_p: &Path) -> Result<Self, ConfigError> { let mut c = Self::default(); c.scan.max_file_bytes = 256<<20; Ok(c) } }
pub(super) const TEMPLATE: &str = "";
pub(super) fn to_toml(_p: &Policy) -> String { String::new() }
