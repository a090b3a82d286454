//! Makes data small, and fit to stand in a page.

use std::io::{self, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;

/// A text as a string of JSON that may stand in an element of a page: no `<` is left in it.
pub(super) fn push_string(json: &mut String, text: &str) {
    json.push('"');
    for c in text.chars() {
        match c {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '<' => json.push_str("\\u003c"),
            c if (c as u32) < 0x20 || matches!(c, '\u{2028}' | '\u{2029}') => {
                json.push_str(&format!("\\u{:04x}", c as u32));
            }
            c => json.push(c),
        }
    }
    json.push('"');
}

/// Compressed, in letters that may stand anywhere.
pub(super) fn pack(data: &[u8]) -> io::Result<String> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(data)?;
    Ok(STANDARD.encode(gzip.finish()?))
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    proptest::proptest! {
        #[test]
        fn strings_come_back_and_close_no_element(text in "([<>/\"\\\\]|\\PC|[\\x00-\\x1f]){0,40}") {
            let mut json = String::new();
            push_string(&mut json, &text);
            assert!(!json.contains('<'));
            assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        }
    }

    #[test]
    fn what_is_packed_comes_back() {
        let data = b"[1,2,3]".repeat(1000);
        let packed = pack(&data).unwrap();
        assert!(packed.len() < data.len() / 10);
        let bytes = STANDARD.decode(packed).unwrap();
        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(bytes.as_slice()).read_to_end(&mut unpacked).unwrap();
        assert_eq!(unpacked, data);
    }
}
