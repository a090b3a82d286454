//! Any bytes, read as the format that `DOCROT_FORMAT` names, and what is attached to or packed into
//! them as whatever it is taken for.
#![no_main]

use std::env;
use std::path::Path;
use std::sync::LazyLock;

use docrot::extract::{ARCHIVES, Detection, FORMATS, Format, Limits, detect, read};
use libfuzzer_sys::fuzz_target;

static FORMAT: LazyLock<&Format> = LazyLock::new(|| {
    let name = env::var("DOCROT_FORMAT").expect("DOCROT_FORMAT is set");
    let mut formats = FORMATS.iter().chain(ARCHIVES);
    formats.find(|format| format.name == name).expect("DOCROT_FORMAT names a format")
});

fuzz_target!(|bytes: &[u8]| {
    let Ok(content) = read(&FORMAT, bytes, &Limits::default()) else { return };
    for child in content.children {
        let detection = detect(FORMATS, Path::new(&child.name), &child.bytes);
        if let Detection::Document(format) = detection {
            let _ = read(format, &child.bytes, &Limits::default());
        }
    }
});
