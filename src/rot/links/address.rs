//! Follows one link.

use crate::inventory::{DocId, Record, RootId};

use super::super::Globs;
use super::profile::LinkProfile;
use super::tree::{Tree, extension, slashed, stem};

/// Extensions of sources that generators make pages of.
const SOURCES: [&str; 8] = ["md", "markdown", "mdx", "rst", "adoc", "asciidoc", "erb", "qmd"];

/// The file that a link leads to, `Some(None)` where there surely is none, and none where nobody
/// can say.
pub(super) fn follow(
    tree: &Tree,
    unseen: &Globs,
    profile: LinkProfile,
    record: &Record,
    written: &str,
) -> Option<Option<DocId>> {
    let from = slashed(&record.file.path).to_lowercase();
    let (root, address) = match Address::of(tree, profile, written)? {
        Address::Whole(root, path) => (root, Place { path, is_rooted: true, is_whole: true }),
        Address::Page(number) => return tree.page(record.root, &number).map(Some),
        Address::Relative(path) => {
            let is_rooted = path.starts_with('/');
            (record.root, Place { path, is_rooted, is_whole: false })
        }
    };
    let candidates = address.candidates(profile, &from);
    if let Some(found) = candidates.iter().find_map(|path| at(tree, root, path, &from)) {
        return found.map(Some);
    }
    let wanted = candidates.into_iter().next()?;
    is_judged(tree, unseen, profile, &from, &address, &wanted).then_some(None)
}

/// What a target names.
enum Address {
    /// A file of a root, by its whole path.
    Whole(RootId, String),
    /// A path from the document, or from some root of the site if it starts with `/`.
    Relative(String),
    /// A page of a wiki, by its number.
    Page(String),
}

impl Address {
    fn of(tree: &Tree, profile: LinkProfile, written: &str) -> Option<Self> {
        let written = match shortcode(written) {
            Some(inner) => inner?,
            None => written,
        };
        if profile == LinkProfile::ConfluenceHtml
            && let Some((_, rest)) = written.split_once("pageId=")
        {
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            return Some(Self::Page(rest[..end].to_owned()));
        }
        let path = written.split(['#', '?']).next().unwrap_or_default();
        let path = decoded(path.trim()).replace('\\', "/").to_lowercase();
        if let Some(rest) = path.strip_prefix("file:") {
            let rest = rest.trim_start_matches('/').trim_start_matches("localhost/");
            let whole = format!("/{rest}");
            let (root, below) = tree.below_root(&whole).or_else(|| tree.below_root(rest))?;
            return Some(Self::Whole(root, below.to_owned()));
        }
        let is_drive = path.as_bytes().get(1) == Some(&b':');
        if is_drive || path.starts_with("//") {
            let (root, below) = tree.below_root(&path)?;
            return Some(Self::Whole(root, below.to_owned()));
        }
        let path = match (profile, path.strip_prefix("@site/")) {
            (LinkProfile::Docusaurus, Some(rest)) => format!("/{rest}"),
            _ => path,
        };
        (!path.is_empty() && path != ".").then_some(Self::Relative(path))
    }
}

/// The file that `{{< ref "b.md" >}}` names; `Some(None)` for what else a generator fills in.
fn shortcode(written: &str) -> Option<Option<&str>> {
    if !["{{", "{%", "<%", "${", "%%"].iter().any(|it| written.contains(it)) {
        return None;
    }
    let inner = written.strip_prefix("{{").and_then(|it| it.trim_end().strip_suffix("}}"));
    let inner = inner.map(|it| it.trim_matches(['<', '>', '%', ' ']));
    let argument =
        inner.and_then(|it| it.strip_prefix("relref").or_else(|| it.strip_prefix("ref")));
    Some(argument.map(|it| it.trim().trim_matches('"')).filter(|it| !it.contains(' ')))
}

/// A path that a link names.
struct Place {
    path: String,
    is_rooted: bool,
    is_whole: bool,
}

impl Place {
    /// Where the file may lie, the likeliest first.
    fn candidates(&self, profile: LinkProfile, from: &str) -> Vec<String> {
        if self.is_whole {
            return normal(&self.path).into_iter().collect();
        }
        let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut bases: Vec<String> = Vec::new();
        if self.is_rooted {
            // The root of the site is some folder above; generators put other roots beside.
            let mut above = Some(folder);
            while let Some(folder) = above {
                bases.push(folder.to_owned());
                for beside in ["static", "public", "content", "docs", "source"] {
                    bases.push(format!("{folder}/{beside}"));
                }
                above = match folder.rsplit_once('/') {
                    Some((next, _)) => Some(next),
                    None if folder.is_empty() => None,
                    None => Some(""),
                };
            }
        } else {
            bases.push(folder.to_owned());
            let stem = stem(from);
            let name = stem.rsplit('/').next().unwrap_or_default();
            if profile != LinkProfile::Plain && !matches!(name, "index" | "_index") {
                bases.push(stem.to_owned());
            }
        }
        bases.iter().filter_map(|base| normal(&format!("{base}/{}", self.path))).collect()
    }
}

/// What lies at a path: a file (also one that the path names all but the extension of), or a
/// folder, which is nothing to follow.
fn at(tree: &Tree, root: RootId, path: &str, from: &str) -> Option<Option<DocId>> {
    let same_kind = || extension(from).and_then(|it| tree.file(root, &format!("{path}.{it}")));
    let index = || {
        let names = ["index", "_index", "readme"].iter();
        names.filter_map(|name| tree.stem(root, &format!("{path}/{name}"))).next()
    };
    // Built pages have their source's name with another extension.
    let source = || tree.stem(root, if extension(path).is_some() { stem(path) } else { path });
    if let Some(file) = tree.file(root, path).or_else(same_kind) {
        return Some(Some(file));
    }
    if tree.has_folder(root, path) {
        return Some(index());
    }
    source().map(Some)
}

/// Whether a link that leads nowhere is surely dead.
fn is_judged(
    tree: &Tree,
    unseen: &Globs,
    profile: LinkProfile,
    from: &str,
    place: &Place,
    wanted: &str,
) -> bool {
    let is_hidden = wanted.split('/').any(|it| it.starts_with('.'));
    if is_hidden || unseen.is_match(wanted) {
        return false;
    }
    // Of a kind of which there is no file at all, perhaps none was listed.
    let Some(kind) = extension(&place.path).filter(|it| tree.has_extension(it)) else {
        // The generator makes them of sources.
        return profile == LinkProfile::Middleman && place.path.ends_with(".html");
    };
    let is_source = SOURCES.contains(&kind);
    let is_page = matches!(kind, "html" | "htm");
    let from_source = extension(from).is_some_and(|it| SOURCES.contains(&it));
    match profile {
        LinkProfile::Auto | LinkProfile::Plain => {
            !(is_page && from_source) && (place.is_whole || !place.is_rooted)
        }
        LinkProfile::Mkdocs => is_source && !place.is_rooted,
        // A name alone is looked for everywhere.
        LinkProfile::Hugo => is_source && tree.named(name_of(wanted)).is_none(),
        LinkProfile::Docusaurus => is_source,
        LinkProfile::Middleman => is_page,
        LinkProfile::ConfluenceHtml => !place.is_rooted,
    }
}

/// The name of the file that a link asks for, in lower case.
pub(super) fn name(written: &str) -> String {
    let path = written.split(['#', '?']).next().unwrap_or_default();
    name_of(&decoded(path.trim()).replace('\\', "/")).to_lowercase()
}

/// The last part of a path.
fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

/// Resolves `.` and `..`; none where the path leaves the root.
fn normal(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Undoes the escapes of addresses: `%20` is a space.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escape = bytes.get(at + 1..at + 3).and_then(|it| std::str::from_utf8(it).ok());
        match escape.and_then(|it| u8::from_str_radix(it, 16).ok()).filter(|_| bytes[at] == b'%') {
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{inventory, record};
    use super::*;

    const TREE: [&str; 10] = [
        "content/docs/_index.md",
        "content/docs/old.md",
        "content/docs/v2/guide.md",
        "hr/Travel Policy.docx",
        "hr/notes.md",
        "source/a/page.html.md.erb",
        "source/b.html.md.erb",
        "static/img/plan.pdf",
        "wiki/Expenses_4718592.html",
        "wiki/4718593.html",
    ];

    const DEAD: &str = "dead";
    const UNKNOWN: &str = "cannot say";

    fn check(profile: LinkProfile, from: &str, cases: &[(&str, &str)]) {
        let inventory = inventory(TREE.iter().map(|path| record(path)).collect());
        let tree = Tree::of(&inventory);
        let unseen = Globs::new(["left-out/**"]).unwrap();
        for (written, expected) in cases {
            let found = match follow(&tree, &unseen, profile, &record(from), written) {
                None => UNKNOWN.to_owned(),
                Some(None) => DEAD.to_owned(),
                Some(Some(it)) => inventory[it].file.path.to_str().unwrap().to_owned(),
            };
            assert_eq!(found, *expected, "{written}");
        }
    }

    #[test]
    fn plain_links_are_paths_of_files() {
        check(
            LinkProfile::Plain,
            "hr/notes.md",
            &[
                ("Travel%20Policy.docx#page=2", "hr/Travel Policy.docx"),
                (r"..\HR\travel policy.docx", "hr/Travel Policy.docx"),
                ("file:///share/hr/Travel%20Policy.docx", "hr/Travel Policy.docx"),
                ("notes", "hr/notes.md"),
                ("Expenses Policy.docx", DEAD),
                ("../gone/a.md", DEAD),
                ("../left-out/a.md", UNKNOWN),
                ("../.github/a.md", UNKNOWN),
                ("../../outside.md", UNKNOWN),
                ("gone", UNKNOWN),
                ("sheet.xlsx", UNKNOWN),
                ("built.html", UNKNOWN),
                (r"\\server\share\a.docx", UNKNOWN),
                ("url", UNKNOWN),
            ],
        );
    }

    #[test]
    fn pages_of_hugo_are_folders() {
        check(
            LinkProfile::Hugo,
            "content/docs/old.md",
            &[
                ("../v2/guide/", "content/docs/v2/guide.md"),
                ("v2/guide.md", "content/docs/v2/guide.md"),
                ("{{< relref \"v2/guide.md\" >}}", "content/docs/v2/guide.md"),
                ("{{< ref \"v2/gone.md\" >}}", DEAD),
                ("{{< param x >}}/a.md", UNKNOWN),
                ("/docs/v2/guide/", "content/docs/v2/guide.md"),
                ("/img/plan.pdf", "static/img/plan.pdf"),
                ("../v3/guide/", UNKNOWN),
            ],
        );
    }

    #[test]
    fn pages_of_middleman_are_built() {
        check(
            LinkProfile::Middleman,
            "source/a/page.html.md.erb",
            &[
                ("/b.html#part", "source/b.html.md.erb"),
                ("../b.html", "source/b.html.md.erb"),
                ("/gone.html", DEAD),
                ("/gone/", UNKNOWN),
            ],
        );
    }

    #[test]
    fn pages_of_wikis_have_numbers() {
        check(
            LinkProfile::ConfluenceHtml,
            "wiki/Expenses_4718592.html",
            &[
                ("4718593.html", "wiki/4718593.html"),
                ("/pages/viewpage.action?pageId=4718593", "wiki/4718593.html"),
                ("Gone_4718594.html", DEAD),
                ("/display/HR/Gone", UNKNOWN),
                ("viewpage.action?pageId=4718592", "wiki/Expenses_4718592.html"),
            ],
        );
    }

    #[test]
    fn sources_of_mkdocs_and_docusaurus_are_linked_by_file() {
        let cases = [("v2/guide.md", "content/docs/v2/guide.md"), ("v2/gone.md", DEAD)];
        check(LinkProfile::Mkdocs, "content/docs/old.md", &cases);
        check(LinkProfile::Docusaurus, "content/docs/old.md", &cases);
        let site = [("@site/content/docs/old.md", "content/docs/old.md"), ("../v9/x", UNKNOWN)];
        check(LinkProfile::Docusaurus, "content/docs/v2/guide.md", &site);
    }
}
