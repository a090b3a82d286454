//! The packages of Office Open XML: parts, what relates them, and the document properties.
//!
//! Parts are found by relationship and content type, as the standard has it, and only then by their
//! usual names. Encrypted packages are OLE files and belong to `ole`.

use super::archive::{self, Archive};
use super::metadata::{DateRole, Link, Locator, Metadata, Provenance};
use super::xml::{self, Node, Xml};
use super::{Content, ExtractError, Limits, dates, links, properties};

/// What a package holds, told by the content type of its main part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Word.
    Document,
    /// PowerPoint.
    Presentation,
    /// Excel.
    Workbook,
    /// Excel, with parts that are not XML (.xlsb).
    BinaryWorkbook,
    /// Visio.
    Drawing,
}

/// Most that is unpacked of a part to tell a package's kind, in bytes.
const MAX_PEEK_BYTES: u64 = 1 << 20;

/// How one part uses another.
#[derive(Clone, Debug)]
pub(super) struct Relationship {
    /// Name by which the using part calls it.
    pub(super) id: String,
    /// Last segment of its type: `slide`, `styles`, `header`.
    pub(super) role: String,
    /// Name of the part within the package.
    pub(super) target: String,
}

/// An open package.
pub(super) struct Package<'a> {
    archive: Archive<'a>,
    /// Name of the main part.
    pub(super) main: String,
    relationships: Vec<Relationship>,
}

/// What kind of package these bytes are, if one at all. Costs two small parts.
pub(super) fn kind(bytes: &[u8]) -> Option<Kind> {
    const TYPES: &[u8] = b"[Content_Types].xml";
    let directory = archive::directory(bytes)?;
    if !directory.windows(TYPES.len()).any(|it| it.eq_ignore_ascii_case(TYPES)) {
        return None;
    }
    let mut archive = Archive::peek(bytes).ok()?;
    let types = archive.read_up_to("[Content_Types].xml", MAX_PEEK_BYTES)?;
    let root = archive.read_up_to("_rels/.rels", MAX_PEEK_BYTES).unwrap_or_default();
    let main = main_part(&relationships_in("", &xml::decode(&root)));
    kind_by_type(&xml::decode(&types), main.as_deref()).or_else(|| kind_by_name(&main?))
}

/// The target of the relationship that leads to the document itself.
fn main_part(relationships: &[Relationship]) -> Option<String> {
    relationships.iter().find(|it| it.role == "officeDocument").map(|it| it.target.clone())
}

/// Tells the kind by the content type of the main part, or of any main part if none is named.
fn kind_by_type(types: &str, main: Option<&str>) -> Option<Kind> {
    let mut xml = Xml::new(types);
    while let Some(node) = xml.next() {
        let Node::Open(tag) = node else { continue };
        if tag.name() != "Override" {
            continue;
        }
        let part = tag.attribute("PartName").unwrap_or_default().to_lowercase();
        let kind = tag.attribute("ContentType").unwrap_or_default();
        let wanted = main.is_none_or(|it| part.trim_start_matches('/') == it.to_lowercase());
        if wanted && kind.contains("main") {
            return kind_of_type(&kind);
        }
    }
    None
}

fn kind_of_type(content_type: &str) -> Option<Kind> {
    let of = |words: &[&str]| words.iter().any(|it| content_type.contains(it));
    match () {
        () if of(&["wordprocessingml", "ms-word"]) => Some(Kind::Document),
        () if of(&["presentationml", "ms-powerpoint"]) => Some(Kind::Presentation),
        () if of(&["excel.sheet.binary"]) => Some(Kind::BinaryWorkbook),
        () if of(&["spreadsheetml", "ms-excel"]) => Some(Kind::Workbook),
        () if of(&["visio"]) => Some(Kind::Drawing),
        () => None,
    }
}

fn kind_by_name(main: &str) -> Option<Kind> {
    match main.split('/').next()? {
        "word" => Some(Kind::Document),
        "ppt" => Some(Kind::Presentation),
        "xl" if main.ends_with(".bin") => Some(Kind::BinaryWorkbook),
        "xl" => Some(Kind::Workbook),
        _ => None,
    }
}

/// The entries of a relationships part; external ones are left out.
fn relationships_in(part: &str, text: &str) -> Vec<Relationship> {
    let mut xml = Xml::new(text);
    let mut found = Vec::new();
    while let Some(node) = xml.next() {
        let Node::Open(tag) = node else { continue };
        if tag.name() != "Relationship"
            || tag.attribute("TargetMode").as_deref() == Some("External")
        {
            continue;
        }
        let value = |name| tag.attribute(name).unwrap_or_default();
        let role = value("Type").rsplit('/').next().unwrap_or_default().to_owned();
        found.push(Relationship { id: value("Id"), role, target: resolve(part, &value("Target")) });
    }
    found
}

/// The part that says what `part` uses.
fn relationships_of(part: &str) -> String {
    let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
    format!("{folder}/_rels/{file}.rels")
}

/// The part that `target` means when `part` says it.
fn resolve(part: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let base = if target.starts_with('/') { "" } else { part };
    let mut segments: Vec<&str> = base.split('/').collect();
    segments.pop();
    for segment in target.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()),
            _ => segments.push(segment),
        }
    }
    segments.join("/")
}

impl<'a> Package<'a> {
    /// Opens a package whose main part, where nothing says so, is `usual`.
    pub(super) fn open(
        bytes: &'a [u8],
        usual: &str,
        limits: &Limits,
    ) -> Result<Self, ExtractError> {
        if !archive::is_zip(bytes) {
            return Err(ExtractError::Damaged("not an Office file, whatever its name".to_owned()));
        }
        let mut archive = Archive::open(bytes, limits)?;
        let root = archive.read("_rels/.rels").unwrap_or_default();
        let relationships = relationships_in("", &xml::decode(&root));
        let main = main_part(&relationships).filter(|it| archive.has(it));
        let main = main.unwrap_or_else(|| usual.to_owned());
        if !archive.has(&main) && relationships.is_empty() {
            return Err(ExtractError::Damaged(format!("no {usual} in the archive")));
        }
        Ok(Self { archive, main, relationships })
    }

    /// The bytes of a part.
    pub(super) fn read_bytes(&mut self, part: &str) -> Option<Vec<u8>> {
        self.archive.read(part)
    }

    /// The text of a part.
    pub(super) fn read(&mut self, part: &str) -> Option<String> {
        let bytes = self.archive.read(part)?;
        Some(match xml::decode(&bytes) {
            std::borrow::Cow::Owned(text) => text,
            // Checked to be UTF-8 a moment ago; taking the bytes over spares a copy.
            std::borrow::Cow::Borrowed(_) => match String::from_utf8(bytes) {
                Ok(text) => text,
                Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
            },
        })
    }

    /// What `part` uses.
    pub(super) fn relationships(&mut self, part: &str) -> Vec<Relationship> {
        self.read(&relationships_of(part))
            .map(|text| relationships_in(part, &text))
            .unwrap_or_default()
    }

    /// Adds the files that `part` links to, which stands there.
    pub(super) fn add_links(&mut self, part: &str, place: &Locator, links: &mut Vec<Link>) {
        let Some(text) = self.read(&relationships_of(part)) else { return };
        let mut xml = Xml::new(&text);
        while let Some(node) = xml.next() {
            let Node::Open(tag) = node else { continue };
            let is_link = tag.attribute("Type").is_some_and(|it| it.ends_with("/hyperlink"));
            if is_link && tag.attribute("TargetMode").as_deref() == Some("External") {
                let target = tag.attribute("Target").unwrap_or_default();
                links::add(links, &target, || place.clone());
            }
        }
    }

    /// The document properties: core, extended and custom.
    pub(super) fn metadata(&mut self) -> Metadata {
        let mut metadata = Metadata::default();
        for relationship in self.relationships.clone() {
            let fill: fn(&mut Metadata, &str, &str) = match relationship.role.as_str() {
                "core-properties" | "coreProperties" => core,
                "extended-properties" | "extendedProperties" => extended,
                "custom-properties" | "customProperties" => custom,
                _ => continue,
            };
            if let Some(text) = self.read(&relationship.target) {
                fill(&mut metadata, &relationship.target, &text);
            }
        }
        metadata
    }

    /// Ends reading: says what was broken, and fails if there is nothing to show for it.
    pub(super) fn finish(self, content: Content, damage: Option<String>) -> Outcome {
        let trouble = self.archive.trouble.or(damage.map(Into::into));
        if trouble.is_some() && content.is_bare() && self.archive.needs_password {
            return Err(ExtractError::Encrypted);
        }
        content.short_of(trouble)
    }
}

type Outcome = Result<Content, ExtractError>;

/// Elements of `text` directly below the root: local name, `name` attribute, text.
fn entries(text: &str) -> Vec<(String, String, String)> {
    let mut xml = Xml::new(text);
    let mut found = Vec::new();
    let mut is_root = true;
    while let Some(node) = xml.next() {
        let Node::Open(tag) = node else { continue };
        if std::mem::take(&mut is_root) {
            continue;
        }
        let (name, attribute) = (tag.name().to_owned(), tag.attribute("name").unwrap_or_default());
        found.push((name, attribute, xml.text().trim().to_owned()));
    }
    found.retain(|(_, _, value)| !value.is_empty());
    found
}

fn core(metadata: &mut Metadata, part: &str, text: &str) {
    for (name, _, value) in entries(text) {
        let prefix = match name.as_str() {
            "created" | "modified" | "valid" | "issued" => "dcterms",
            "title" | "creator" | "language" => "dc",
            _ => "cp",
        };
        let provenance = Provenance::property(format!("{part} {prefix}:{name}"));
        let role = match name.as_str() {
            "created" => Some(DateRole::Created),
            "modified" => Some(DateRole::Updated),
            "issued" => Some(DateRole::Published),
            "valid" => Some(DateRole::Expires),
            _ => None,
        };
        if let Some(role) = role {
            dates::note(metadata, role, &value, provenance);
            continue;
        }
        let field = match name.as_str() {
            "title" => &mut metadata.title,
            "creator" => &mut metadata.creator,
            "lastModifiedBy" => &mut metadata.last_editor,
            "language" => &mut metadata.language,
            "contentStatus" => &mut metadata.status,
            "version" => &mut metadata.version,
            _ => continue,
        };
        properties::set(field, &value, provenance);
    }
}

fn extended(metadata: &mut Metadata, part: &str, text: &str) {
    for (name, _, value) in entries(text) {
        if name == "Manager" {
            let provenance = Provenance::property(format!("{part} Manager"));
            properties::set(&mut metadata.owner, &value, provenance);
        }
    }
}

fn custom(metadata: &mut Metadata, _part: &str, text: &str) {
    for (_, name, value) in entries(text) {
        properties::add(metadata, &name, &value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::archive::zip_of;

    const TYPES: &str = r#"<Types><Override PartName="/a/b.xml" ContentType="application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"/></Types>"#;
    const RELS: &str = r#"<Relationships><Relationship Id="r1" Type="http://x/officeDocument" Target="a/b.xml"/><Relationship Id="r2" Type="http://x/core-properties" Target="/p/core.xml"/><Relationship Id="r3" Type="http://x/custom-properties" Target="p/custom.xml"/></Relationships>"#;

    #[test]
    fn the_kind_is_told_by_the_main_parts_type() {
        let parts = [("[Content_Types].xml", TYPES.as_bytes()), ("_rels/.rels", RELS.as_bytes())];
        assert_eq!(kind(&zip_of(&parts)), Some(Kind::Presentation));
        assert_eq!(kind(&zip_of(&[("word/document.xml", b"<a/>")])), None);
        assert_eq!(kind(b"PK\x03\x04"), None);
    }

    #[test]
    fn targets_are_resolved_against_the_part() {
        assert_eq!(resolve("ppt/slides/slide1.xml", "../notes/n.xml"), "ppt/notes/n.xml");
        assert_eq!(resolve("word/document.xml", "/word/styles.xml"), "word/styles.xml");
        assert_eq!(resolve("", "../../x.xml"), "x.xml");
    }

    #[test]
    fn properties_are_kept_with_their_part() {
        let core = "<c:coreProperties><dc:title>T</dc:title><cp:contentStatus>Final</cp:contentStatus><dcterms:modified>2024-05-06T07:08:09Z</dcterms:modified></c:coreProperties>";
        let custom = r#"<Properties><property name="Owner"><vt:lpwstr>Ann</vt:lpwstr></property></Properties>"#;
        let bytes = zip_of(&[
            ("_rels/.rels", RELS.as_bytes()),
            ("p/core.xml", core.as_bytes()),
            ("p/custom.xml", custom.as_bytes()),
        ]);
        let metadata = Package::open(&bytes, "a/b.xml", &Limits::default()).unwrap().metadata();
        assert_eq!(metadata.title.unwrap().provenance.to_string(), "p/core.xml dc:title");
        assert_eq!(metadata.status.unwrap().value, "Final");
        assert_eq!(metadata.dates[0].provenance.to_string(), "p/core.xml dcterms:modified");
        assert_eq!(metadata.properties, [("Owner".to_owned(), "Ann".to_owned())]);
    }
}
