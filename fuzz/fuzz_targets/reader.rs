//! Any bytes, read as the format that the target is named after, and what is attached to or packed
//! into them as whatever it is taken for.
#![no_main]

use std::path::Path;

use docrot::extract::{ARCHIVES, Detection, FORMATS, detect, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let name = env!("CARGO_BIN_NAME");
    let format = FORMATS.iter().chain(ARCHIVES).find(|format| format.name == name);
    let format = format.expect("a target is named after a format");
    let Ok(content) = read(format, bytes) else { return };
    for child in content.children {
        let detection = detect(FORMATS, Path::new(&child.name), &child.bytes);
        if let Detection::Document(format) = detection {
            let _ = read(format, &child.bytes);
        }
    }
});
