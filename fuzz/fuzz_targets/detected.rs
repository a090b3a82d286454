//! Any bytes, read as whatever they are taken for. The first byte chooses the extension.
#![no_main]

use std::path::Path;

use docrot::extract::{Detection, FORMATS, Limits, detect, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, bytes)) = bytes.split_first() else { return };
    let mut extensions = FORMATS.iter().flat_map(|format| format.extensions);
    let count = extensions.clone().count();
    let extension = extensions.nth(usize::from(*choice) % count).expect("it is below the count");
    if let Detection::Document(format) =
        detect(FORMATS, Path::new(&format!("a.{extension}")), bytes)
    {
        let _ = read(format, bytes, &Limits::default());
    }
});
