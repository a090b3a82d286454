//! The environment variables that docrot reads as options. Flags win over them.

/// The configuration file, as `--config`.
pub(crate) const CONFIG: &str = "DOCROT_CONFIG";
/// The folder of the catalog, as `--index`.
pub(crate) const INDEX: &str = "DOCROT_INDEX";
/// What is logged to stderr, such as `debug` or `docrot=trace,tantivy=off`.
pub(crate) const LOG: &str = "DOCROT_LOG";
/// Who asks a server that has an index.
#[cfg(feature = "network")]
pub(crate) const USER: &str = "DOCROT_USER";
/// The password of this user.
#[cfg(feature = "network")]
pub(crate) const PASSWORD: &str = "DOCROT_PASSWORD";
/// A key that the server gave out.
#[cfg(feature = "network")]
pub(crate) const API_KEY: &str = "DOCROT_API_KEY";
/// A token of a service that signs people in.
#[cfg(feature = "network")]
pub(crate) const TOKEN: &str = "DOCROT_TOKEN";
