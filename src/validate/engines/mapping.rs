//! From places as engines have them to the files that they mean.
//!
//! A URL, a UNC name, a path with drive letter and one of Unix all come to a head and folders below
//! it. A rule says which folder of the tree stands for which beginning. Nothing is looked up: names
//! that differ in case or in the form of accents alone are brought together where the tree is known.

use std::borrow::Cow;
use std::path::{Component, Path, PathBuf};

use percent_encoding::percent_decode_str;
use unicode_normalization::UnicodeNormalization as _;

use crate::inventory::RootId;

/// What begins so in the index lies there in the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Beginning of places of the index, as somebody wrote it.
    pub from: String,
    /// The folder that stands for it: absolute, or below the first root.
    pub to: PathBuf,
}

/// Why what somebody wrote is no rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MappingError {
    /// There is no `=`, or nothing beside it.
    #[error(
        "`{0}` is no mapping; write it as BEGINNING=FOLDER, such as https://wiki/docs=/srv/docs"
    )]
    NotARule(String),
}

impl Rule {
    /// Reads `BEGINNING=FOLDER`; the last `=` counts, since addresses have some.
    pub fn parse(written: &str) -> Result<Self, MappingError> {
        let (from, to) = written.rsplit_once('=').unwrap_or_default();
        if from.is_empty() || to.is_empty() {
            return Err(MappingError::NotARule(written.to_owned()));
        }
        Ok(Self { from: from.to_owned(), to: PathBuf::from(to) })
    }
}

/// Rules with the folders of the tree.
#[derive(Clone, Debug, Default)]
pub struct Mapping {
    // The longest beginning first.
    rules: Vec<(Vec<String>, PathBuf)>,
    roots: Vec<PathBuf>,
}

impl Mapping {
    /// Rules for a tree with these roots, which are absolute.
    pub fn new(rules: &[Rule], roots: Vec<PathBuf>) -> Self {
        let mut rules: Vec<_> = rules
            .iter()
            .map(|rule| (parts(&rule.from).iter().map(|it| folded(it)).collect(), rule.to.clone()))
            .collect();
        rules.sort_by_key(|(from, _): &(Vec<String>, _)| std::cmp::Reverse(from.len()));
        Self { rules, roots }
    }

    /// The folder of the longest rule that fits, and what is below it.
    fn rule<'a>(&self, parts: &'a [String]) -> Option<(&PathBuf, &'a [String])> {
        let fits = |from: &[String]| {
            from.len() <= parts.len() && from.iter().zip(parts).all(|(a, b)| *a == folded(b))
        };
        let (from, to) = self.rules.iter().find(|(from, _)| fits(from))?;
        Some((to, &parts[from.len()..]))
    }

    /// The file of the tree that a place means: by the longest rule that fits, else as it stands.
    /// None where it leads to no folder of the tree.
    pub fn file(&self, place: &str) -> Option<(RootId, PathBuf)> {
        let parts = parts(place);
        let (base, rest) = match self.rule(&parts) {
            Some((to, rest)) => (to.clone(), rest),
            None => (bare(&parts)?, &parts[parts.len().min(1)..]),
        };
        // What climbs could lead anywhere.
        if rest.iter().any(|part| part == "..") {
            return None;
        }
        let path = rest.iter().fold(base, |path, part| path.join(part));
        let below = |(root, folder): (u16, &PathBuf)| {
            let below = strip(&path, folder)?;
            (below != Path::new("")).then_some((RootId(root), below))
        };
        if path.is_absolute() {
            return (0..).zip(&self.roots).find_map(below);
        }
        (!self.roots.is_empty() && path != Path::new("")).then_some((RootId(0), path))
    }
}

impl Mapping {
    /// A relative path that stands for a place where there is no tree: as the longest rule that
    /// fits has it, else the host or drive and the names below it. The query of a URL, by which
    /// wikis tell pages, stays.
    pub fn shelf(&self, place: &str) -> PathBuf {
        let mut parts = parts(place);
        let is_url = parts[0].contains("://");
        let query = place.split_once('?').filter(|_| is_url).map(|it| it.1);
        if let Some(query) = query.map(|it| it.split('#').next().unwrap_or_default()) {
            let name =
                if parts.len() == 1 { String::new() } else { parts.pop().unwrap_or_default() };
            parts.push(format!("{name}?{}", decoded(query).replace('/', "∕")));
        }
        let (base, rest) = match self.rule(&parts) {
            Some((to, rest)) => (to.clone(), rest),
            None => {
                let head = parts[0].rsplit('/').next().unwrap_or_default();
                (PathBuf::from(head.trim_end_matches(':')), &parts[1..])
            }
        };
        // Where it climbs there is nothing above.
        let names = rest.iter().filter(|it| *it != "..");
        let path = names.fold(base, |path, name| path.join(name));
        let below = path.components().filter(|it| matches!(it, Component::Normal(_)));
        below.collect()
    }
}

/// The path below a folder; the folder may be written in other case and with other accents.
fn strip(path: &Path, folder: &Path) -> Option<PathBuf> {
    if let Ok(below) = path.strip_prefix(folder) {
        return Some(below.to_path_buf());
    }
    let mut parts = path.components();
    for part in folder.components() {
        let ours = parts.next()?;
        let [ours, theirs] = [ours, part].map(|it| folded(&it.as_os_str().to_string_lossy()));
        if ours != theirs {
            return None;
        }
    }
    Some(parts.as_path().to_path_buf())
}

/// Where a place begins to which no rule applies: at the root of this system, or nowhere for a
/// relative path. Other machines' places need a rule.
fn bare(parts: &[String]) -> Option<PathBuf> {
    match parts.first().map(String::as_str) {
        Some("/") => Some(PathBuf::from("/")),
        Some("") => Some(PathBuf::new()),
        // A drive letter is a place of this system on Windows alone.
        Some(drive) if cfg!(windows) && is_drive(drive) => {
            Some(PathBuf::from(format!("{drive}\\")))
        }
        _ => None,
    }
}

/// A place as a head and the names below: the head is `/` for absolute paths, empty for relative
/// ones, else a drive (`C:`), a share's server (`//server`), or a site (`https://host`).
pub(super) fn parts(place: &str) -> Vec<String> {
    let place = place.trim();
    let (head, rest) = match place.split_once("://") {
        Some((scheme, rest)) if is_scheme(scheme) => of_url(&scheme.to_lowercase(), rest),
        _ => of_path(&place.replace('\\', "/")),
    };
    let names = rest.split('/').filter(|it| !it.is_empty() && *it != ".");
    std::iter::once(head).chain(names.map(str::to_owned)).collect()
}

/// What [`parts`] were made of, as somebody would write it.
pub(super) fn joined(parts: &[String]) -> String {
    match parts {
        [head] if head.is_empty() => ".".to_owned(),
        [head, rest @ ..] if head == "/" => format!("/{}", rest.join("/")),
        [head, rest @ ..] if head.is_empty() => rest.join("/"),
        parts => parts.join("/"),
    }
}

fn of_url(scheme: &str, rest: &str) -> (String, String) {
    // What follows is a query or a place within the page, not a folder.
    let rest = match scheme {
        "file" | "smb" | "cifs" => rest,
        _ => rest.split(['?', '#']).next().unwrap_or_default(),
    };
    let rest = decoded(rest).replace('\\', "/");
    let (host, path) = rest.split_once('/').unwrap_or((&rest, ""));
    match scheme {
        "file" if matches!(host, "" | "localhost") => {
            let path = path.trim_start_matches('/');
            match path.split('/').next() {
                Some(drive) if is_drive(drive) => of_path(path),
                _ if rest.starts_with("//") => of_path(&format!("//{path}")),
                _ => of_path(&format!("/{path}")),
            }
        }
        "file" | "smb" | "cifs" => (format!("//{host}"), path.to_owned()),
        _ => (format!("{scheme}://{host}"), path.to_owned()),
    }
}

fn of_path(path: &str) -> (String, String) {
    // The long form of Windows: \\?\C:\… and \\?\UNC\server\share\….
    let path = path.strip_prefix("//?/UNC/").map_or_else(
        || path.strip_prefix("//?/").unwrap_or(path).to_owned(),
        |rest| format!("//{rest}"),
    );
    let split = |rest: &str| {
        let (head, rest) = rest.split_once('/').unwrap_or((rest, ""));
        (head.to_owned(), rest.to_owned())
    };
    if let Some(rest) = path.strip_prefix("//") {
        let (server, rest) = split(rest);
        return (format!("//{server}"), rest);
    }
    if let Some(rest) = path.strip_prefix('/') {
        return ("/".to_owned(), rest.to_owned());
    }
    let (head, rest) = split(&path);
    if is_drive(&head) { (head, rest) } else { (String::new(), path) }
}

fn is_scheme(text: &str) -> bool {
    let is_of_scheme = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'+' | b'-' | b'.');
    1 < text.len() && text.bytes().all(is_of_scheme)
}

fn is_drive(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 2 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':'
}

/// A name as names are compared that may differ in case and form of accents.
pub(in crate::validate) fn folded(name: &str) -> String {
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    name.nfc().flat_map(char::to_lowercase).collect()
}

/// What stands for itself after percent-encoding is undone; what is no UTF-8 then stays as it was.
fn decoded(text: &str) -> Cow<'_, str> {
    percent_decode_str(text).decode_utf8().unwrap_or(Cow::Borrowed(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(rules: &[&str], place: &str) -> Option<String> {
        let rules: Vec<Rule> = rules.iter().map(|it| Rule::parse(it).unwrap()).collect();
        let mapping = Mapping::new(&rules, vec!["/srv/share".into(), "/srv/wiki".into()]);
        let (root, path) = mapping.file(place)?;
        Some(format!("{}:{}", root.0, path.display()))
    }

    #[test]
    fn without_a_rule_paths_of_this_system_are_found() {
        assert_eq!(file(&[], "/srv/share/HR/a b.docx").as_deref(), Some("0:HR/a b.docx"));
        assert_eq!(file(&[], "/srv/wiki/x.md").as_deref(), Some("1:x.md"));
        assert_eq!(file(&[], "file:///srv/share/HR/a%20b.docx").as_deref(), Some("0:HR/a b.docx"));
        assert_eq!(file(&[], "./HR/a.docx").as_deref(), Some("0:HR/a.docx"));
        assert_eq!(file(&[], "/SRV/Share/HR/a.docx").as_deref(), Some("0:HR/a.docx"));
        for elsewhere in ["/etc/passwd", "https://wiki/a", r"\\nas\s\a", r"D:\a", "", "/srv/share"]
        {
            assert_eq!(file(&[], elsewhere), None, "{elsewhere}");
        }
    }

    #[test]
    fn the_longest_rule_counts() {
        let rules = ["https://wiki/docs=/srv/share", "https://wiki/docs/Old=/srv/wiki"];
        let url = "HTTPS://Wiki/docs/HR/%C3%9Cbung.docx?download=1#top";
        assert_eq!(file(&rules, url).as_deref(), Some("0:HR/Übung.docx"));
        assert_eq!(file(&rules, "https://wiki/docs/old/a.md").as_deref(), Some("1:a.md"));
        assert_eq!(file(&rules, "https://wiki/docsets/a.md"), None);
    }

    #[test]
    fn shares_and_drives_are_places_too() {
        let rules = [r"\\nas\dept=/srv/share", "S:=/srv/share/dept", "file://nas2/x=HR"];
        for place in [
            r"\\NAS\Dept\HR\a.docx",
            "//nas/dept/HR/a.docx",
            "smb://nas/dept/HR/a.docx",
            "file://nas/dept/HR/a.docx",
            "file:////nas/dept/HR/a.docx",
            "file://///nas/dept/HR/a.docx",
            r"\\?\UNC\nas\dept\HR\a.docx",
        ] {
            assert_eq!(file(&rules, place).as_deref(), Some("0:HR/a.docx"), "{place}");
        }
        for place in [r"s:\a.docx", "S:/a.docx", "file:///S:/a.docx", r"\\?\S:\a.docx"] {
            assert_eq!(file(&rules, place).as_deref(), Some("0:dept/a.docx"), "{place}");
        }
        assert_eq!(file(&rules, "file://nas2/x/a.docx").as_deref(), Some("0:HR/a.docx"));
    }

    #[test]
    fn without_a_tree_places_become_paths() {
        let shelf = |rules: &[&str], place: &str| {
            let rules: Vec<Rule> = rules.iter().map(|it| Rule::parse(it).unwrap()).collect();
            Mapping::new(&rules, Vec::new()).shelf(place).display().to_string()
        };
        let page = "https://wiki.example/index.php?title=Leave/2024&action=view#top";
        assert_eq!(shelf(&[], page), "wiki.example/index.php?title=Leave∕2024&action=view");
        assert_eq!(shelf(&[], "https://wiki.example/HR/a%20b"), "wiki.example/HR/a b");
        assert_eq!(shelf(&[], "/srv/../etc/x.md"), "srv/etc/x.md");
        assert_eq!(shelf(&[], r"\\nas\dept\x.md"), "nas/dept/x.md");
        assert_eq!(shelf(&[], r"C:\x.md"), "C/x.md");
        assert_eq!(shelf(&["https://wiki.example=Wiki"], "https://wiki.example/HR/a"), "Wiki/HR/a");
        assert_eq!(shelf(&[], "4711"), "4711");
    }

    #[test]
    fn nothing_leads_out_of_the_tree() {
        assert_eq!(file(&["https://wiki=/srv/share"], "https://wiki/../../etc/passwd"), None);
        assert_eq!(file(&["https://wiki=/srv/share"], "https://wiki/%2e%2e/x"), None);
        assert_eq!(file(&["https://wiki=/etc"], "https://wiki/passwd"), None);
    }

    #[test]
    fn what_is_not_encoded_stays_as_it_is() {
        let rules = ["https://wiki=/srv/share"];
        assert_eq!(file(&rules, "https://wiki/100%.txt").as_deref(), Some("0:100%.txt"));
        assert_eq!(file(&rules, "https://wiki/100%+f.txt").as_deref(), Some("0:100%+f.txt"));
        assert_eq!(file(&rules, "https://wiki/%FF.txt").as_deref(), Some("0:%FF.txt"));
        assert_eq!(file(&[], "HR/100%25.txt").as_deref(), Some("0:HR/100%25.txt"));
    }
}
