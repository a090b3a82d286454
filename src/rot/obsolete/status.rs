//! What the words of a status field mean.
//!
//! Knows the words of front matter, of decision records and proposals, and of document control in
//! a few languages. A word it does not know means nothing.

/// What a declared status says of its document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// It is not valid any more, or never was.
    Dead,
    /// Nobody pursues it; it was not decided upon either.
    Dormant,
    /// It is being written.
    Draft,
    /// It is in force, so that a banner or a successor does not end it.
    InForce,
}

const DEAD: &[&str] = &[
    "abandoned",
    "annulled",
    "archive",
    "archived",
    "cancelled",
    "canceled",
    "decommissioned",
    "deprecated",
    "discontinued",
    "do not use",
    "end of life",
    "eol",
    "expired",
    "historic",
    "historical",
    "invalid",
    "moved",
    "no longer",
    "not maintained",
    "obsolete",
    "obsoleted",
    "out of date",
    "outdated",
    "rejected",
    "removed",
    "repealed",
    "replaced",
    "rescinded",
    "retired",
    "revoked",
    "superseded",
    "sunset",
    "unmaintained",
    "void",
    "withdrawn",
    "abgelöst",
    "abgelaufen",
    "archiviert",
    "aufgehoben",
    "außer kraft",
    "ersetzt",
    "ungültig",
    "veraltet",
    "zurückgezogen",
    "abrogé",
    "annulé",
    "archivé",
    "caduc",
    "obsolète",
    "périmé",
    "remplacé",
    "retiré",
    "anulado",
    "archivado",
    "caducado",
    "derogado",
    "obsoleto",
    "retirado",
    "sustituido",
    "archiviato",
    "superato",
    "ritirato",
    "vervallen",
    "verouderd",
    "ingetrokken",
];

const DORMANT: &[&str] =
    &["deferred", "dormant", "inactive", "on hold", "parked", "stagnant", "suspended"];

const DRAFT: &[&str] = &[
    "draft",
    "wip",
    "work in progress",
    "entwurf",
    "brouillon",
    "borrador",
    "bozza",
    "concept",
    "rascunho",
];

const IN_FORCE: &[&str] = &[
    "accepted",
    "active",
    "current",
    "effective",
    "final",
    "in force",
    "living",
    "valid",
    "gültig",
    "in kraft",
    "en vigueur",
    "vigente",
    "in vigore",
];

/// The meaning of a status as written; none where docrot does not know the word.
///
/// `Superseded by [ADR-0039](0039-x.md)` counts by how it begins. A template's list of choices
/// (`Proposed | Accepted | Deprecated`) says nothing.
pub(super) fn meaning(status: &str) -> Option<Meaning> {
    if status.contains('|') || status.contains("XXX") {
        return None;
    }
    let is_frame = |c: char| !c.is_alphanumeric();
    let status = status.trim_matches(is_frame).to_lowercase().replace(['-', '_'], " ");
    let begins = |words: &&str| {
        status.strip_prefix(*words).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
    };
    let known = [
        (DEAD, Meaning::Dead),
        (DORMANT, Meaning::Dormant),
        (DRAFT, Meaning::Draft),
        (IN_FORCE, Meaning::InForce),
    ];
    known.into_iter().find(|(words, _)| words.iter().any(&begins)).map(|(_, it)| it)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_counts_by_how_it_begins() {
        for dead in ["Withdrawn", "**Superseded** by [ADR-0039](0039-x.md)", "no-longer valid"] {
            assert_eq!(meaning(dead), Some(Meaning::Dead), "{dead}");
        }
        assert_eq!(meaning("Stagnant"), Some(Meaning::Dormant));
        assert_eq!(meaning("~Draft~"), Some(Meaning::Draft));
        assert_eq!(meaning("Final"), Some(Meaning::InForce));
    }

    #[test]
    fn words_that_only_look_alike_and_templates_mean_nothing() {
        for unknown in [
            "Proposed | Accepted | Deprecated",
            "Superseded by ADR-XXX",
            "",
            "~",
            "Not deprecated",
            "Movedown",
            "Published",
            "Draftsman",
        ] {
            assert_eq!(meaning(unknown), None, "{unknown}");
        }
    }
}
