//! Links from a document to other files, as written.
//!
//! Only targets that can lead to a file of the same tree are kept: relative and rooted paths, paths
//! of drives and shares, `file:` addresses. Where they lead is decided by `rot`, which knows the
//! tree. Pictures that a page shows are no links.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::metadata::{Link, Locator};
use super::{BlockKind, Content, markdown_links};

/// Most links that are kept of one document.
pub(super) const MAX_LINKS: usize = 200;

/// Longer targets are not kept, in bytes: cut, they would lead nowhere.
const MAX_TARGET_BYTES: usize = 300;

/// Keeps a link, unless it leads out of the tree, is known already or is one too many.
pub(super) fn add(links: &mut Vec<Link>, target: &str, locator: impl FnOnce() -> Locator) {
    let target = target.trim();
    if links.len() < MAX_LINKS
        && target.len() <= MAX_TARGET_BYTES
        && can_be_a_file(target)
        && !links.iter().any(|known| known.target == target)
    {
        links.push(Link { target: target.to_owned(), locator: locator() });
    }
}

/// Whether a target can be a file of the tree: no other scheme, host or place on the same page.
fn can_be_a_file(target: &str) -> bool {
    if target.is_empty() || target.starts_with(['#', '?']) || target.starts_with("//") {
        return false;
    }
    let is_scheme = |it: &&str| {
        // One letter is a drive.
        it.len() > 1
            && it.starts_with(|c: char| c.is_ascii_alphabetic())
            && it.bytes().all(|b| b.is_ascii_alphanumeric() || b"+.-".contains(&b))
    };
    match target.split_once(':').map(|(scheme, _)| scheme).filter(is_scheme) {
        Some(scheme) => scheme.eq_ignore_ascii_case("file"),
        None => !target.contains(['\n', '\r', '\0']),
    }
}

/// Finds the links of Markdown: inline, by reference, and anchors of HTML.
pub(super) fn in_markdown(content: &mut Content) {
    each_block(content, markdown_links::find);
}

/// Finds the links of reStructuredText: embedded targets, named targets, documents of Sphinx.
pub(super) fn in_rst(content: &mut Content) {
    static PATTERNS: LazyLock<[Regex; 3]> = LazyLock::new(|| {
        [
            r":(?:doc|download):`(?:[^`<>]*<)?([^`<>]+)>?`",
            r"`[^`<>]*<([^`<>]+)>`__?",
            r"(?m)^[ \t]*\.\. _[^:\n]+:[ \t]+(\S+)[ \t]*\r?$",
        ]
        .map(|it| Regex::new(it).expect("the pattern is constant"))
    });
    // `name_` refers to a target that is named elsewhere.
    each_block(content, |text| by_patterns(text, PATTERNS.as_slice(), |it| !it.ends_with('_')));
}

/// Finds the links of AsciiDoc: `link:`, `xref:` and `<<page.adoc#part>>`.
pub(super) fn in_asciidoc(content: &mut Content) {
    static PATTERNS: LazyLock<[Regex; 2]> = LazyLock::new(|| {
        [r"\b(?:link|xref):(?:\+\+)?([^\[\s+]+)(?:\+\+)?\[", r"<<([^,<>\s]+\.[^,<>\s]+)[,>]"]
            .map(|it| Regex::new(it).expect("the pattern is constant"))
    });
    each_block(content, |text| by_patterns(text, PATTERNS.as_slice(), |_| true));
}

fn by_patterns(
    text: &str,
    patterns: &[Regex],
    is_target: impl Fn(&str) -> bool,
) -> Vec<Range<usize>> {
    let targets = patterns.iter().flat_map(|it| it.captures_iter(text)).filter_map(|it| it.get(1));
    let mut found: Vec<_> =
        targets.filter(|it| is_target(it.as_str().trim())).map(|it| it.range()).collect();
    found.sort_unstable_by_key(|it| it.start);
    found
}

/// Collects what `find` finds in every block that is no code, with the line it stands on.
fn each_block(content: &mut Content, find: impl Fn(&str) -> Vec<Range<usize>>) {
    let mut links = std::mem::take(&mut content.metadata.links);
    for block in content.blocks() {
        if matches!(block.kind, BlockKind::Code | BlockKind::Aside) {
            continue;
        }
        if links.len() == MAX_LINKS {
            break;
        }
        let text = content.text_of(block);
        let (mut seen, mut line_feeds) = (0, 0);
        for range in find(text) {
            line_feeds += text[seen..range.start].matches('\n').count() as u32;
            seen = range.start;
            add(&mut links, &text[range], || match &block.locator {
                Locator::Line(first) => Locator::Line(first.saturating_add(line_feeds)),
                other => other.clone(),
            });
        }
    }
    content.metadata.links = links;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{FORMATS, read};

    fn links(format: &str, text: &str) -> Vec<(String, String)> {
        let format = FORMATS.iter().find(|it| it.name == format).unwrap();
        let links = read(format, text.as_bytes(), &crate::extract::Limits::default())
            .unwrap()
            .metadata
            .links;
        links.into_iter().map(|it| (it.target, it.locator.to_string())).collect()
    }

    fn targets(format: &str, text: &str) -> Vec<String> {
        links(format, text).into_iter().map(|(target, _)| target).collect()
    }

    #[test]
    fn links_of_markdown_have_their_line() {
        let text = "---\ntitle: x\n---\nSee [one](a.md) and [two\nlines](<b c.md> \"T\")\n\n[ref]: d.md#part\n";
        assert_eq!(
            links("markdown", text),
            [
                ("a.md".to_owned(), "line 4".to_owned()),
                ("b c.md".to_owned(), "line 5".to_owned()),
                ("d.md#part".to_owned(), "line 7".to_owned()),
            ]
        );
    }

    #[test]
    fn pictures_code_comments_and_other_hosts_are_no_links_of_markdown() {
        let text = "![p](p.png) `[c](c.md)` \\[e](e.md) <!-- [x](x.md) --> [m](mailto:a@b.c)\n\
            [w](https://example.org/w) [h](#part) [n](//host/n) [^1]\n\n[^1]: note.md\n\n\
            ```\n[d](d.md)\n```\n[![p](p.png)](big.md) <a class=x href='h.html'>h</a>\n";
        assert_eq!(targets("markdown", text), ["big.md", "h.html"]);
    }

    #[test]
    fn a_link_within_a_tag_that_never_ends_is_not_found_before_it() {
        let text = "<a\n[l](b.md)\nhref=\"c.md\"\n</a [m](d.md)\n";
        assert_eq!(targets("markdown", text), ["c.md", "d.md"]);
    }

    #[test]
    fn templates_in_targets_are_kept_whole() {
        let text = "[a]({{< ref \"b c.md\" >}}) [b]({{ site.url }}/x(1).md)\n";
        assert_eq!(targets("markdown", text), ["{{< ref \"b c.md\" >}}", "{{ site.url }}/x(1).md"]);
    }

    #[test]
    fn links_of_other_markups() {
        let rst = "See `here <a.rst>`_ and :doc:`guide/b`, :doc:`the c <c>`, `n <name_>`_.\n\n.. _x: d.rst\n";
        assert_eq!(targets("rst", rst), ["a.rst", "guide/b", "c", "d.rst"]);
        let adoc = "= T\n\nlink:a.pdf[A], xref:b.adoc#p[B], <<c.adoc#q,C>>, <<here>>, link:https://x.y[]\n";
        assert_eq!(targets("asciidoc", adoc), ["a.pdf", "b.adoc#p", "c.adoc#q"]);
        let html = "<nav><a href=n.html>n</a></nav><p>text\n<a href='a%20b.html'>x</a><a href='http://h/'>";
        assert_eq!(links("html", html), [("a%20b.html".to_owned(), "line 2".to_owned())]);
    }

    #[test]
    fn links_are_capped_and_not_repeated() {
        let many: String = (0..300).map(|n| format!("[x](a.md) [y]({n}.md)\n")).collect();
        assert_eq!(targets("markdown", &many).len(), MAX_LINKS);
        assert_eq!(targets("markdown", &format!("[x]({}.md)", "a".repeat(400))).len(), 0);
    }

    #[test]
    fn a_long_line_of_brackets_takes_no_time() {
        let text = "[`<a [](".repeat(1 << 17);
        assert!(targets("markdown", &text).is_empty());
    }
}
