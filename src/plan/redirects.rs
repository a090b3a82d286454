//! A map from the places of documents that go to those of the documents that stay, for servers and
//! site generators.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use crate::inventory::path_text;

use super::step::{Disposition, Plan};

/// Who is to read the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedirectFormat {
    /// A table with the columns `from` and `to`.
    Csv,
    /// Lines of a `map` block of nginx.
    Nginx,
    /// `Redirect` lines of Apache.
    Apache,
    /// `aliases` in the front matter of the documents that stay.
    Hugo,
    /// `redirect_from` in the front matter of the documents that stay.
    Jekyll,
}

impl RedirectFormat {
    /// Every format with its word.
    pub const ALL: [(&'static str, Self); 5] = [
        ("csv", Self::Csv),
        ("nginx", Self::Nginx),
        ("apache", Self::Apache),
        ("hugo", Self::Hugo),
        ("jekyll", Self::Jekyll),
    ];

    /// The one of this word.
    pub fn called(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| *name == word).map(|(_, it)| *it)
    }
}

impl Plan {
    /// The map of every document that is to be moved and has a survivor. `base` is the address that
    /// the roots are served under, such as `/docs`.
    pub fn redirects(&self, format: RedirectFormat, base: &str) -> String {
        let mut pairs = Vec::new();
        for step in self.steps.iter().filter(|it| it.disposition.acts()) {
            // The name of a linked document stays what it is.
            if matches!(step.disposition, Disposition::HardLink | Disposition::Reflink) {
                continue;
            }
            if let Some((survivor, _)) = &step.survivor {
                pairs.push((path_text::to_bytes(&step.document.path), survivor));
            }
        }
        let base = base.trim_end_matches('/');
        let address = |path: &[u8]| format!("{base}/{}", percent(path));
        let pairs: Vec<(String, String, String)> = pairs
            .into_iter()
            .map(|(from, to)| {
                let file = path_text::encode(&to.path);
                (address(from), address(path_text::to_bytes(&to.path)), file)
            })
            .collect();
        let mut text = String::new();
        let line = |pair: &(String, String, String)| match format {
            RedirectFormat::Csv => format!("{},{}", pair.0, pair.1),
            RedirectFormat::Nginx => format!("{} {};", pair.0, pair.1),
            RedirectFormat::Apache => format!("Redirect 301 \"{}\" \"{}\"", pair.0, pair.1),
            RedirectFormat::Hugo | RedirectFormat::Jekyll => String::new(),
        };
        match format {
            RedirectFormat::Hugo => front_matter(&mut text, "aliases", &pairs),
            RedirectFormat::Jekyll => front_matter(&mut text, "redirect_from", &pairs),
            _ => {
                if format == RedirectFormat::Csv {
                    text.push_str("from,to\n");
                }
                for pair in &pairs {
                    let _ = writeln!(text, "{}", line(pair));
                }
            }
        }
        text
    }
}

/// What to add to the front matter of each document that stays.
fn front_matter(text: &mut String, key: &str, pairs: &[(String, String, String)]) {
    let mut by_file: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (from, _, file) in pairs {
        by_file.entry(file).or_default().push(from);
    }
    for (file, addresses) in by_file {
        let file: String = file.chars().filter(|it| !it.is_control()).collect();
        let _ = writeln!(text, "# {file}\n{key}:");
        for address in addresses {
            let _ = writeln!(text, "  - \"{address}\"");
        }
    }
}

/// What stands for itself in a path.
const PLAIN: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// A path as part of an address: nothing in it can end a word or a line.
fn percent(path: &[u8]) -> String {
    percent_encode(path, PLAIN).to_string()
}
