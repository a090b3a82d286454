//! What a page says about itself: its head, its structured data, its export's header.
//!
//! `<time>` alone is not believed: it may be the date of anything on the page. Neither is
//! `http-equiv="expires"`, which speaks to caches.

use html5ever::tokenizer::Tag;
use serde_json::Value;

use super::tokens::attribute;
use crate::extract::{DateRole, Fact, Locator, Metadata, Provenance, dates};

/// Most dates that are taken of a page.
const MAX_DATES: usize = 64;
/// Longer values are not what they are called, in bytes.
const MAX_VALUE_BYTES: usize = 1000;

/// Names that tell when, of `<meta>`, `itemprop` and JSON-LD, in lower case.
const DATES: &[(DateRole, &[&str])] = &[
    (
        DateRole::Updated,
        &[
            "article:modified_time",
            "changed",
            "datemodified",
            "dateupdate",
            "dc.date.modified",
            "dc.modified",
            "dcterms.modified",
            "last-modified",
            "last-updated",
            "last_modified",
            "last_updated",
            "lastmod",
            "modified",
            "og:article:modified_time",
            "og:updated_time",
            "revised",
            "updated_time",
        ],
    ),
    (
        DateRole::Published,
        &[
            "article:published_time",
            "citation_publication_date",
            "date",
            "datepublished",
            "dc.date",
            "dc.date.issued",
            "dc.issued",
            "dcterms.date",
            "dcterms.issued",
            "og:article:published_time",
            "pubdate",
            "publication_date",
            "publish-date",
            "publish_date",
        ],
    ),
    (
        DateRole::Created,
        &["created", "datecreated", "dc.created", "dc.date.created", "dcterms.created"],
    ),
    (
        DateRole::Expires,
        &[
            "article:expiration_time",
            "dc.date.valid",
            "dcterms.valid",
            "expires",
            "expiry_date",
            "unavailable_after",
            "validthrough",
        ],
    ),
    (
        DateRole::Reviewed,
        &["last-reviewed", "last_reviewed", "last_reviewed_on", "lastreviewed", "reviewed"],
    ),
    (
        DateRole::Due,
        &[
            "next-review",
            "next_review",
            "review-by",
            "review-date",
            "review_by",
            "review_date",
            "review_due",
        ],
    ),
    (DateRole::Effective, &["dcterms.available", "effective_date"]),
];

fn role_of(name: &str) -> Option<DateRole> {
    DATES.iter().find(|(_, names)| names.contains(&name)).map(|(role, _)| *role)
}

/// What a page has said so far.
#[derive(Debug, Default)]
pub(super) struct Properties {
    metadata: Metadata,
    /// Titles in the order of trust: `og:title`, `<title>`, `<h1>`.
    titles: [Option<Fact<String>>; 3],
    /// The line of Confluence's header.
    page_metadata_line: u32,
}

fn property(name: impl Into<String>, line: u32) -> Provenance {
    Provenance::Property { name: name.into(), line: Some(line) }
}

fn set(field: &mut Option<Fact<String>>, value: &str, provenance: Provenance) {
    let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
    if field.is_none() && !value.is_empty() && value.len() <= MAX_VALUE_BYTES {
        *field = Some(Fact::new(value, provenance));
    }
}

impl Properties {
    pub(super) fn into_metadata(mut self) -> Metadata {
        self.metadata.title = self.titles.into_iter().flatten().next();
        self.metadata
    }

    pub(super) fn read_tag(&mut self, tag: &Tag, line: u32) {
        match &*tag.name {
            "html" => {
                for name in ["lang", "xml:lang"] {
                    if let Some(language) = attribute(tag, name) {
                        let provenance = property(format!("html {name}"), line);
                        set(&mut self.metadata.language, language, provenance);
                    }
                }
            }
            "meta" => self.read_meta(tag, line),
            name => {
                // Structured data within the text: <time itemprop="dateModified" datetime="...">.
                let Some(item) = attribute(tag, "itemprop") else { return };
                let value = attribute(tag, "datetime").or_else(|| attribute(tag, "content"));
                if let (Some(role), Some(value)) = (role_of(&item.to_ascii_lowercase()), value) {
                    self.date(role, value, property(format!("{name} {item}"), line));
                }
            }
        }
    }

    fn read_meta(&mut self, tag: &Tag, line: u32) {
        let Some(value) = attribute(tag, "content") else { return };
        if let Some(name) = attribute(tag, "http-equiv") {
            let provenance = property(format!("meta http-equiv {name}"), line);
            match &*name.to_ascii_lowercase() {
                "last-modified" => self.date(DateRole::Updated, value, provenance),
                "content-language" => set(&mut self.metadata.language, value, provenance),
                "refresh" => {
                    let target = value.split_once([';', ',']).map(|(_, rest)| rest.trim());
                    let target = target.and_then(|it| it.split_once('=')).map(|(_, url)| url);
                    let target = target.unwrap_or_default().trim().trim_matches(['"', '\'']);
                    set(&mut self.metadata.replaced_by, target, provenance);
                }
                _ => {}
            }
            return;
        }
        let names = ["name", "property", "itemprop"];
        let Some(name) = names.iter().find_map(|it| attribute(tag, it)) else { return };
        let provenance = property(format!("meta {name}"), line);
        let metadata = &mut self.metadata;
        let name = name.to_ascii_lowercase();
        match &*name {
            "og:title" => set(&mut self.titles[0], value, provenance),
            "author" | "dc.creator" | "dcterms.creator" | "article:author" => {
                set(&mut metadata.creator, value, provenance);
            }
            "changedby" => set(&mut metadata.last_editor, value, provenance),
            "owner" | "content-owner" | "page-owner" => {
                set(&mut metadata.owner, value, provenance);
            }
            "dc.language" | "dcterms.language" | "language" => {
                set(&mut metadata.language, value, provenance);
            }
            "status" | "page-status" => set(&mut metadata.status, value, provenance),
            "version" | "document-version" => set(&mut metadata.version, value, provenance),
            "dcterms.isreplacedby" | "dc.relation.isreplacedby" => {
                set(&mut metadata.replaced_by, value, provenance);
            }
            "dcterms.replaces" | "dc.relation.replaces" => {
                set(&mut metadata.replaces, value, provenance);
            }
            _ => {
                if let Some(role) = role_of(&name) {
                    self.date(role, value, provenance);
                }
            }
        }
    }

    fn date(&mut self, role: DateRole, value: &str, provenance: Provenance) {
        if self.metadata.dates.len() < MAX_DATES && value.len() <= MAX_VALUE_BYTES {
            dates::note(&mut self.metadata, role, value, provenance);
        }
    }

    pub(super) fn read_title(&mut self, title: &str, line: u32) {
        set(&mut self.titles[1], title, property("title", line));
    }

    pub(super) fn read_heading(&mut self, heading: &str, line: u32) {
        set(&mut self.titles[2], heading, property("h1", line));
    }

    /// Reads schema.org's statements on the page. The line is where they end.
    pub(super) fn read_json_ld(&mut self, json: &str, line: u32) {
        if let Ok(value) = serde_json::from_str::<Value>(json) {
            self.read_node(&value, line);
        }
    }

    /// Reads a node of JSON-LD, and those that are the page rather than something on it.
    fn read_node(&mut self, node: &Value, line: u32) {
        let fields = match node {
            Value::Array(nodes) => return nodes.iter().for_each(|it| self.read_node(it, line)),
            Value::Object(fields) => fields,
            _ => return,
        };
        for (name, value) in fields {
            let provenance = property(format!("JSON-LD {name}"), line);
            match (name.as_str(), value) {
                ("@graph" | "mainEntity" | "mainEntityOfPage", nodes) => {
                    self.read_node(nodes, line);
                }
                ("author", author) => {
                    let author = author.as_array().and_then(|it| it.first()).unwrap_or(author);
                    let name = author.get("name").unwrap_or(author).as_str();
                    set(&mut self.metadata.creator, name.unwrap_or_default(), provenance);
                }
                ("inLanguage", Value::String(value)) => {
                    set(&mut self.metadata.language, value, provenance);
                }
                (name, Value::String(value)) => {
                    if let Some(role) = role_of(&name.to_ascii_lowercase()) {
                        self.date(role, value, provenance);
                    }
                }
                _ => {}
            }
        }
    }

    /// Reads what Word writes into pages: its document properties, in a comment for its own eyes.
    pub(super) fn read_comment(&mut self, comment: &str, line: u32) {
        if !comment.contains("<o:DocumentProperties>") {
            return;
        }
        let value_of = |name: &str| {
            let (_, rest) = comment.split_once(&format!("<o:{name}>"))?;
            Some(rest.split_once("</")?.0.to_owned())
        };
        let provenance = |name: &str| property(format!("o:{name}"), line);
        for (name, field) in
            [("Author", &mut self.metadata.creator), ("LastAuthor", &mut self.metadata.last_editor)]
        {
            set(field, &value_of(name).unwrap_or_default(), provenance(name));
        }
        for (name, role) in [("Created", DateRole::Created), ("LastSaved", DateRole::Updated)] {
            self.date(role, &value_of(name).unwrap_or_default(), provenance(name));
        }
    }

    /// Reads a box that says that the page is out of date. Its first sentence is what it says; one
    /// about a section says nothing of the page.
    pub(super) fn read_outdated(&mut self, text: &str, line: u32) {
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let end = words.find(". ").map_or(words.len(), |it| it + 1);
        let sentence: String = words[..end].chars().take(200).collect();
        if !sentence.to_lowercase().contains("this section") {
            let place = Provenance::Text(Locator::Line(line));
            set(&mut self.metadata.banner, &sentence, place);
        }
    }

    pub(super) fn start_page_metadata(&mut self, line: u32) {
        self.page_metadata_line = line;
    }

    /// Reads `Created by A, last modified by B on Mar 05, 2024`, which Confluence writes on top of
    /// exported pages.
    pub(super) fn read_page_metadata(&mut self, text: &str) {
        let provenance = || property("page-metadata", self.page_metadata_line);
        let after = |words: &str| {
            let (_, rest) = text.split_once(words)?;
            rest.split([',', '\n']).next()?.split(" on ").next()
        };
        let editor = after("modified by ").or_else(|| after("updated by "));
        set(&mut self.metadata.creator, after("Created by ").unwrap_or_default(), provenance());
        set(&mut self.metadata.last_editor, editor.unwrap_or_default(), provenance());
        if let Some((_, date)) = text.rsplit_once(" on ") {
            let role = if editor.is_some() { DateRole::Updated } else { DateRole::Created };
            self.date(role, date.trim().trim_end_matches('.'), provenance());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::text_of_html;
    use crate::extract::Limits;
    use crate::extract::Metadata;

    fn metadata(html: &str) -> Metadata {
        text_of_html(html, &Limits::default()).metadata
    }

    fn dates(html: &str) -> Vec<String> {
        let dates = metadata(html).dates;
        dates.iter().map(|it| format!("{} {} {}", it.role.name(), it.date, it.provenance)).collect()
    }

    #[test]
    fn the_title_is_the_plainest_one() {
        let title = |html: &str| {
            let title = metadata(html).title.unwrap();
            format!("{} | {}", title.value, title.provenance)
        };
        let head = "<title>Leave\n policy - Intranet</title>";
        assert_eq!(
            title(&format!("{head}<h1>Leave</h1>")),
            "Leave policy - Intranet | title, line 2"
        );
        let og = format!("{head}<meta property='og:title' content='Leave policy'>");
        assert_eq!(title(&og), "Leave policy | meta og:title, line 2");
        assert_eq!(title("<title></title><h1>Leave</h1>"), "Leave | h1, line 1");
    }

    #[test]
    fn dates_come_with_tag_and_line() {
        let html = "<html lang=en>\n<meta property='article:modified_time' content='2024-05-06'>\n\
                    <meta name=dcterms.valid content=2025-01-31>\n\
                    <meta http-equiv=expires content=1997-01-01>\n\
                    <p>on <time datetime=2020-02-02>some day</time>\n\
                    <span itemprop=dateCreated content=2019-03-04></span>";
        assert_eq!(
            dates(html),
            [
                "updated 2024-05-06 meta article:modified_time, line 2",
                "expires 2025-01-31 meta dcterms.valid, line 3",
                "created 2019-03-04 span dateCreated, line 6"
            ]
        );
        assert_eq!(metadata(html).language.unwrap().value, "en");
    }

    #[test]
    fn json_ld_speaks_for_the_page_only() {
        let html = r#"<script type="application/ld+json">{"@graph": [
            {"@type": "Article", "dateModified": "2024-05-06T07:08:09Z",
             "author": [{"name": "Ada"}], "comment": {"datePublished": "2001-01-01"}}]}</script>"#;
        assert_eq!(dates(html), ["updated 2024-05-06 JSON-LD dateModified, line 3"]);
        assert_eq!(metadata(html).creator.unwrap().value, "Ada");
    }

    #[test]
    fn confluence_says_who_changed_a_page() {
        let html = "<div class=\"page-metadata\">Created by <span class='author'> Ada L</span>, \
                    last modified by <span class='editor'> Bob</span> on 2024-05-06 </div><p>Body";
        let found = metadata(html);
        assert_eq!(found.creator.unwrap().value, "Ada L");
        assert_eq!(found.last_editor.unwrap().value, "Bob");
        assert_eq!(dates(html), ["updated 2024-05-06 page-metadata, line 1"]);
    }

    #[test]
    fn a_page_that_refers_on_is_replaced() {
        let html = "<meta http-equiv=refresh content=\"0; url=new.html\">";
        assert_eq!(metadata(html).replaced_by.unwrap().value, "new.html");
        assert_eq!(metadata("<meta http-equiv=refresh content=30>").replaced_by, None);
    }

    #[test]
    fn word_leaves_its_properties_in_a_comment() {
        let html = "<!--[if gte mso 9]><xml><o:DocumentProperties><o:Author>Ada</o:Author>\
                    <o:LastSaved>2024-05-06T10:00:00Z</o:LastSaved></o:DocumentProperties></xml>-->";
        assert_eq!(dates(html), ["updated 2024-05-06 o:LastSaved, line 1"]);
        assert_eq!(metadata(html).creator.unwrap().value, "Ada");
    }

    #[test]
    fn a_box_that_calls_the_page_out_of_date_is_a_banner() {
        let page = |class: &str, before: &str, says: &str| {
            let html = format!(
                "{before}<table class='{class}' role=presentation><tr><td><div>{says} <small>Please \
                 help.</small></div></td></tr></table><p>The word is old."
            );
            metadata(&html).banner.map(|it| (it.value, it.provenance.to_string()))
        };
        let update = "box-Update plainlinks metadata ambox ambox-content ambox-Update";
        let says = "This article needs to be <b>updated</b>. The reason given is: x.";
        let expected = ("This article needs to be updated.".to_owned(), "line 1".to_owned());
        assert_eq!(page(update, "<nav>Menu</nav><h1>T</h1>", says), Some(expected));
        assert!(page("ombox box-Historical", "", "This page is kept.").is_some());
        assert_eq!(page("ambox ambox-Unreferenced", "", says), None);
        assert_eq!(page("box-Update", "", says), None);
        assert_eq!(page(update, &"<p>Text of the page.".repeat(60), says), None);
        assert_eq!(page(update, "", "This section needs to be updated."), None);
    }
}
