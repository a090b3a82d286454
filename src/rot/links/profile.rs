//! Which site generator or wiki a document is written for, and so how its links are meant.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::inventory::{Inventory, Record, RootId};

use super::super::Policy;

/// How links are meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LinkProfile {
    /// As the files around a document tell: those of a site generator, or of an exported wiki.
    #[default]
    Auto,
    /// Paths of files.
    Plain,
    /// Paths of files, or addresses of pages that are folders (MkDocs).
    Mkdocs,
    /// Addresses of pages that are folders, and `ref` shortcodes (Hugo).
    Hugo,
    /// Paths of files, or addresses (Docusaurus).
    Docusaurus,
    /// Addresses of the built `.html` pages (Middleman).
    Middleman,
    /// Names of exported pages with their number (Confluence).
    ConfluenceHtml,
}

impl LinkProfile {
    /// Every profile with the word for it.
    pub const ALL: [(&'static str, Self); 7] = [
        ("auto", Self::Auto),
        ("plain", Self::Plain),
        ("mkdocs", Self::Mkdocs),
        ("hugo", Self::Hugo),
        ("docusaurus", Self::Docusaurus),
        ("middleman", Self::Middleman),
        ("confluence-html", Self::ConfluenceHtml),
    ];

    /// The word for people and for policies.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, it)| *it == self).map_or("auto", |(name, _)| name)
    }
}

/// Files that tell the generator of the folder they lie in.
const MARKERS: [(&str, LinkProfile); 14] = [
    ("mkdocs.yml", LinkProfile::Mkdocs),
    ("mkdocs.yaml", LinkProfile::Mkdocs),
    ("docusaurus.config.js", LinkProfile::Docusaurus),
    ("docusaurus.config.ts", LinkProfile::Docusaurus),
    ("docusaurus.config.mjs", LinkProfile::Docusaurus),
    ("hugo.toml", LinkProfile::Hugo),
    ("hugo.yaml", LinkProfile::Hugo),
    ("hugo.json", LinkProfile::Hugo),
    ("_index.md", LinkProfile::Hugo),
    ("_index.html", LinkProfile::Hugo),
    // Jekyll's addresses, too, are made from settings of the page.
    ("_config.yml", LinkProfile::Hugo),
    ("config.rb", LinkProfile::Middleman),
    ("tech-docs.yml", LinkProfile::Middleman),
    ("index.html.md.erb", LinkProfile::Middleman),
];

/// The folders in which a generator is at work.
#[derive(Debug, Default)]
pub(super) struct Sites {
    folders: HashMap<(RootId, PathBuf), LinkProfile>,
}

impl Sites {
    pub(super) fn of(inventory: &Inventory) -> Self {
        let mut sites = Self::default();
        for (_, record) in inventory.iter() {
            let path = &record.file.path;
            let name = path.file_name().and_then(|it| it.to_str()).unwrap_or_default();
            if let Some((_, profile)) = MARKERS.iter().find(|(marker, _)| *marker == name) {
                let folder = path.parent().unwrap_or(Path::new("")).to_owned();
                sites.folders.entry((record.root, folder)).or_insert(*profile);
            }
        }
        sites
    }

    /// What the policy says, else the nearest sign.
    pub(super) fn profile_of(&self, record: &Record, policy: &Policy) -> LinkProfile {
        let path = &record.file.path;
        match policy.rule_for(path).links.map(|it| it.value) {
            None | Some(LinkProfile::Auto) => {}
            Some(profile) => return profile,
        }
        if is_confluence_page(path) {
            return LinkProfile::ConfluenceHtml;
        }
        let mut folders = path.ancestors().skip(1);
        let nearest = folders.find_map(|folder| {
            // Most trees have no sites; then no path is copied.
            (!self.folders.is_empty()).then_some(())?;
            self.folders.get(&(record.root, folder.to_owned())).copied()
        });
        nearest.unwrap_or(LinkProfile::Plain)
    }
}

/// `Travel-expenses_4718592.html`, `4718592.html`.
fn is_confluence_page(path: &Path) -> bool {
    let name = path.file_name().and_then(|it| it.to_str()).unwrap_or_default();
    let Some(stem) = name.strip_suffix(".html") else { return false };
    let number = stem.rsplit('_').next().unwrap_or_default();
    5 <= number.len() && number.bytes().all(|it| it.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{inventory, other_file, record};
    use super::*;

    #[test]
    fn the_nearest_sign_tells_the_profile() {
        let inventory = inventory(vec![
            other_file("mkdocs.yml"),
            other_file("site/hugo.toml"),
            record("docs/a.md"),
            record("site/content/a.md"),
        ]);
        let sites = Sites::of(&inventory);
        let profile = |path: &str| sites.profile_of(&record(path), &Policy::default());
        assert_eq!(profile("docs/a.md"), LinkProfile::Mkdocs);
        assert_eq!(profile("site/content/a.md"), LinkProfile::Hugo);
        assert_eq!(profile("docs/Expenses_4718592.html"), LinkProfile::ConfluenceHtml);
        let none = Sites::default();
        assert_eq!(none.profile_of(&record("a.md"), &Policy::default()), LinkProfile::Plain);
    }
}
