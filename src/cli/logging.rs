//! What is logged, on standard error.

use env_logger::{Env, Logger};
use log::{Level, Log, Metadata, Record};

use super::config::env;

/// Logs what is asked for by `level`, or in the environment.
pub(super) fn start(level: &str) {
    let mut builder = env_logger::Builder::from_env(Env::new().filter_or(env::LOG, level));
    let logger = builder.format_timestamp(None).build();
    let most = logger.filter();
    if log::set_boxed_logger(Box::new(Discreet(logger))).is_ok() {
        log::set_max_level(most);
    }
}

/// A logger that tells no secret, whatever it is told to tell.
struct Discreet(Logger);

impl Log for Discreet {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        // At this level the library for HTTP writes out what it sends, with the credentials.
        let is_on_the_wire =
            metadata.target().starts_with("ureq") && metadata.level() == Level::Trace;
        !is_on_the_wire && self.0.enabled(metadata)
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            self.0.log(record);
        }
    }

    fn flush(&self) {
        self.0.flush();
    }
}
