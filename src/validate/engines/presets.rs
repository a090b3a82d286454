//! How programs that fill indexes call their fields.

use super::fields::Role;

/// The fields that a program writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preset {
    /// The program.
    pub name: &'static str,
    fields: &'static [(Role, &'static [&'static str])],
}

/// Programs that fill indexes, with the names of their fields by their documentation.
pub const PRESETS: &[Preset] = &[
    Preset {
        name: "fscrawler",
        fields: &[
            (Role::Path, &["path.real", "file.url"]),
            (Role::Title, &["meta.title"]),
            (Role::Text, &["content"]),
            (Role::Modified, &["file.last_modified"]),
            (Role::Size, &["file.filesize"]),
            (Role::Hash, &["file.checksum"]),
        ],
    },
    Preset {
        name: "fess",
        fields: &[
            (Role::Id, &["doc_id"]),
            (Role::Path, &["url"]),
            (Role::Title, &["title"]),
            (Role::Text, &["content"]),
            (Role::Modified, &["last_modified"]),
            (Role::Size, &["content_length"]),
        ],
    },
    Preset {
        name: "nutch",
        fields: &[
            (Role::Path, &["url", "id"]),
            (Role::Title, &["title"]),
            (Role::Text, &["content"]),
            (Role::Modified, &["lastModified"]),
            (Role::Size, &["contentLength"]),
        ],
    },
    Preset {
        name: "norconex",
        fields: &[
            (Role::Path, &["document.reference", "reference", "_id"]),
            (Role::Title, &["title", "dc:title"]),
            (Role::Text, &["content"]),
            (Role::Modified, &["collector.lastModified", "Last-Modified"]),
            (Role::Size, &["collector.filesize", "document.contentLength"]),
        ],
    },
    Preset {
        name: "recoll",
        fields: &[
            (Role::Path, &["url"]),
            (Role::Title, &["title", "caption"]),
            (Role::Text, &["text", "abstract"]),
            (Role::Modified, &["fmtime", "mtime"]),
            (Role::Size, &["fbytes"]),
        ],
    },
];

impl Preset {
    /// The preset of that name.
    pub fn named(name: &str) -> Option<&'static Self> {
        PRESETS.iter().find(|it| it.name == name)
    }

    /// The fields of that role, the surest first.
    pub(super) fn names(&self, role: Role) -> &'static [&'static str] {
        self.fields.iter().find(|(it, _)| *it == role).map_or(&[], |(_, names)| names)
    }
}
