//! The information group of Rich Text files, and the properties that users add.

use super::metadata::{DateRole, Metadata, Provenance};
use super::{dates, properties};

/// What has been read of the group so far.
#[derive(Debug, Default)]
pub(super) struct Info {
    metadata: Metadata,
    /// Year, month and day of the date being read.
    date: [i32; 3],
    property: Option<String>,
}

/// The control words that begin an entry.
const ENTRIES: &[&str] = &[
    "title",
    "author",
    "operator",
    "manager",
    "creatim",
    "revtim",
    "propname",
    "staticval",
    // Read only to keep their text out of the others.
    "subject",
    "keywords",
    "doccomm",
    "company",
    "category",
    "hlinkbase",
    "comment",
    "printim",
    "buptim",
    "linkval",
];

impl Info {
    /// The entry that a control word begins.
    pub(super) fn entry(word: &str) -> Option<&'static str> {
        ENTRIES.iter().copied().find(|it| *it == word)
    }

    /// A word such as `\yr2024` within a date.
    pub(super) fn date_part(&mut self, word: &str, number: i32) {
        match word {
            "yr" => self.date[0] = number,
            "mo" => self.date[1] = number,
            "dy" => self.date[2] = number,
            _ => {}
        }
    }

    /// An entry ends, and this was its text.
    pub(super) fn put(&mut self, entry: &str, text: &str) {
        let [year, month, day] = std::mem::take(&mut self.date);
        let provenance = Provenance::property(format!("info \\{entry}"));
        let field = match entry {
            "creatim" | "revtim" => {
                let created = entry == "creatim";
                let role = if created { DateRole::Created } else { DateRole::Updated };
                let raw = format!("{year:04}-{month:02}-{day:02}");
                self.metadata.dates.extend(dates::claim(role, &raw, provenance));
                return;
            }
            "propname" => {
                self.property = Some(text.to_owned());
                return;
            }
            "staticval" => {
                let name = self.property.take().unwrap_or_default();
                properties::add(&mut self.metadata, &name, text);
                return;
            }
            "title" => &mut self.metadata.title,
            // LibreOffice writes the last editor as a second author.
            "author" if self.metadata.creator.is_some() => &mut self.metadata.last_editor,
            "author" => &mut self.metadata.creator,
            "operator" => &mut self.metadata.last_editor,
            "manager" => &mut self.metadata.owner,
            _ => return,
        };
        properties::set(field, text, provenance);
    }

    /// All that was found.
    pub(super) fn metadata(self) -> Metadata {
        self.metadata
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_become_metadata() {
        let mut info = Info::default();
        info.put("title", "T");
        info.put("author", "Ann");
        info.put("author", "Bob");
        for (word, number) in [("yr", 2024), ("mo", 5), ("dy", 6), ("hr", 7)] {
            info.date_part(word, number);
        }
        info.put("revtim", "");
        info.put("creatim", "");
        info.put("propname", "Owner");
        info.put("staticval", "Ann");
        let metadata = info.metadata();
        assert_eq!(metadata.title.unwrap().provenance.to_string(), "info \\title");
        assert_eq!(metadata.creator.unwrap().value, "Ann");
        assert_eq!(metadata.last_editor.unwrap().value, "Bob");
        assert_eq!(metadata.dates.len(), 1);
        assert_eq!(metadata.dates[0].date.to_string(), "2024-05-06");
        assert_eq!(metadata.properties, [("Owner".to_owned(), "Ann".to_owned())]);
    }
}
