//! Any bytes, read as the format that the target is named after.
#![no_main]

use docrot::extract::{FORMATS, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let name = env!("CARGO_BIN_NAME");
    let format = FORMATS.iter().find(|format| format.name == name);
    let format = format.expect("a target is named after a format");
    let _ = read(format, bytes);
});
