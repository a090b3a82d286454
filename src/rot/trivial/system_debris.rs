//! Files that operating systems keep for themselves: thumbnails, folder settings, recycle bins.

use super::super::{Category, Context, Finding, Rule, Severity};
use super::{each_name, folders};

pub(in crate::rot) const RULE: Rule = Rule {
    id: "system-debris",
    category: Category::Trivial,
    severity: Severity::Note,
    summary: "A file that an operating system keeps for itself.",
    check,
};

const NAMES: [(&str, &str); 14] = [
    ("thumbs.db", "thumbnails of Windows"),
    ("thumbs.db:encryptable", "thumbnails of Windows"),
    ("ehthumbs.db", "thumbnails of Windows"),
    ("ehthumbs_vista.db", "thumbnails of Windows"),
    ("desktop.ini", "folder settings of Windows"),
    (".ds_store", "folder settings of macOS"),
    (".localized", "folder settings of macOS"),
    ("icon\r", "folder icon of macOS"),
    (".directory", "folder settings of KDE"),
    ("picasa.ini", "folder settings of Picasa"),
    (".picasa.ini", "folder settings of Picasa"),
    ("zbthumbnail.info", "thumbnails of a picture viewer"),
    (".bridgecache", "thumbnails of Adobe Bridge"),
    (".bridgecachet", "thumbnails of Adobe Bridge"),
];

const FOLDERS: [(&str, &str); 16] = [
    ("__macosx", "resource forks of macOS"),
    (".appledouble", "resource forks of macOS"),
    ("$recycle.bin", "recycle bin of Windows"),
    ("recycler", "recycle bin of Windows"),
    (".trashes", "trash of macOS"),
    (".trash-1000", "trash of a Linux desktop"),
    (".spotlight-v100", "search index of macOS"),
    (".fseventsd", "event log of macOS"),
    (".documentrevisions-v100", "document versions of macOS"),
    ("system volume information", "restore points of Windows"),
    ("@eadir", "thumbnails of a Synology server"),
    (".thumbnails", "thumbnails of a Linux desktop"),
    (".cache", "cache of programs"),
    ("__pycache__", "cache of Python"),
    (".ipynb_checkpoints", "autosaves of Jupyter"),
    ("_vti_cnf", "folder settings of FrontPage"),
];

fn check(ctx: &Context) -> Vec<Finding> {
    each_name(ctx, &RULE, |name, record| {
        let named = NAMES.iter().find(|(known, _)| *known == name);
        if let Some((_, words)) = named {
            return Some(words);
        }
        if name.starts_with("._") && 2 < name.len() {
            return Some("resource fork of macOS");
        }
        folders(&record.file.path).find_map(|folder| {
            FOLDERS.iter().find(|(known, _)| *known == folder).map(|(_, words)| *words)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{caught, said};
    use super::*;

    #[test]
    fn debris_is_known_by_its_name_or_its_folder_in_any_case() {
        let debris = [
            "$RECYCLE.BIN/S-1/a.docx",
            "THUMBS.DB",
            "a/.DS_Store",
            "a/._report.docx",
            "a/__MACOSX/report.docx",
        ];
        assert_eq!(caught(&RULE, &debris).len(), debris.len());
        assert_eq!(said(&RULE, &["Desktop.ini"])[0].1, "folder settings of Windows");
    }

    #[test]
    fn documents_about_debris_are_documents() {
        assert!(caught(&RULE, &["thumbs.db.md", "__MACOSX", "._", "recycler.md"]).is_empty());
    }
}
