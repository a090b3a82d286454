//! The `docrot` command.

use std::io;
use std::process::ExitCode;

use docrot::extract;

/// Memory of a worker in bytes.
const WORKER_MEMORY_BYTES: u64 = 1 << 30;

fn main() -> ExitCode {
    if std::env::args_os().nth(1).is_none_or(|command| command != "__read") {
        return ExitCode::from(2);
    }
    match extract::serve(extract::FORMATS, io::stdin().lock(), io::stdout(), WORKER_MEMORY_BYTES) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
