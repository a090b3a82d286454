//! Dates that the text itself labels: "Last updated: 3 May 2021", "Gültig bis: 31.12.2023".
//!
//! A label counts only at the start of a line, cell or clause, directly followed by a date; a year
//! alone is no date here. Words in prose ("we updated the index in 2019") are not labels.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, Input, MatchKind};
use regex::Regex;

use super::metadata::DateRole;

/// A longer line is data or minified markup, in bytes.
const MAX_LINE: usize = 2000;

/// A date in the text with its label's meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Labelled<'a> {
    /// What the label says the date is.
    pub role: DateRole,
    /// The date as written.
    pub raw: &'a str,
    /// Where the date stands in the text, in bytes.
    pub at: usize,
}

/// The labels by role, as regular expressions without case.
const LABELS: &[(DateRole, &str)] = &[
    (
        DateRole::Updated,
        r"(?:page |document |content |article |topic |this (?:page|document|article|policy) was )?last (?:updated?|modified|edited|revised|changed|amended)(?: on| at| by [^|\n]{1,40}? on| date)?|(?:date|version date)(?: of)?(?: last)? (?:updated?|revised|modified|amended|revision|amendment)|revision date|updated(?: on)?|zuletzt (?:aktualisiert|geändert|bearbeitet|überarbeitet)(?: am)?|letzte (?:aktualisierung|änderung|überarbeitung)(?: am)?|änderungsdatum|(?:date de )?dernière (?:mise à jour|modification|révision)(?: le)?|mise? à jour le|modifiée? le|(?:fecha de )?última (?:actualización|modificación|revisión)|actualizado (?:el|a)|ultimo aggiornamento|ultima modifica|aggiornato (?:al|il)|laatst (?:bijgewerkt|gewijzigd)(?: op)?|última (?:atualização|modificação)|atualizado em|ostatnia aktualizacja|senast uppdaterad|sidst opdateret|sist oppdatert|(?:トピックの)?最終更新日?|更新日|最[后後]更新(?:时间|時間|日期)?|更新(?:时间|時間|日期)|최종 (?:수정|업데이트)일?|마지막 업데이트|последнее обновление|обновлено",
    ),
    (
        DateRole::Reviewed,
        r"(?:date )?last (?:reviewed|review|verified|validated|checked)(?: on| date)?|reviewed(?: on)?|date of (?:last )?review|previous review(?: date)?|zuletzt (?:geprüft|überprüft)(?: am)?|letzte (?:überprüfung|prüfung)(?: am)?|dernière vérification|última verificación|laatst gecontroleerd",
    ),
    (
        DateRole::Due,
        r"(?:date of )?next (?:scheduled )?review(?: date| due(?: date)?)?|review (?:by|before|due(?: date| by)?|date)|(?:due|scheduled) for review(?: on| by)?|to be reviewed (?:by|on|before)|nächste (?:überprüfung|prüfung|revision|durchsicht)(?: am)?|(?:überprüfung|prüfung) (?:bis|am|fällig am)|wiedervorlage|prochaine (?:révision|revue)(?: le)?|à réviser (?:le|avant le)|próxima revisión|prossima revisione|volgende (?:herziening|beoordeling|review)|próxima revisão|次回(?:見直し|レビュー|改定)日?|下次(?:审核|评审|复审|審核)(?:日期)?",
    ),
    (
        DateRole::Expires,
        r"valid (?:until|till|through|to)|expir(?:y|ation) date|expire[sd](?: on)?|gültig bis(?: zum)?|ablaufdatum|val(?:able|ide) jusqu['’]au|date d['’](?:expiration|échéance)|expire le|válid[oa] hasta|fecha de (?:caducidad|vencimiento|expiración)|valid[oa] fino al|data di scadenza|geldig tot(?: en met)?|válido até|有効期限|有效期(?:至|限)?",
    ),
    (
        DateRole::Effective,
        r"effective(?: date| from| as of| on)?|(?:in force|valid) from|date (?:effective|issued|of issue)|issue date|gültig ab(?: dem)?|inkrafttreten|date d['’](?:effet|entrée en vigueur)|en vigueur (?:depuis|à compter du|le)|fecha de (?:vigencia|entrada en vigor)|vigente desde|in vigore dal|geldig vanaf|em vigor desde|施行日|生效日期",
    ),
];

/// "Stand" is a German label only with a mark behind it, and alone on its line or cell.
const STAND: &str = r"stand\s*[*_]{0,2}\s*[:|\t]";

/// Every label contains one of these, in any case; what else they hit costs a digit test.
const STEMS: &[&str] = &[
    "pdated",
    "last update",
    "date update",
    "pdater",
    "modif",
    "last edited",
    "revis",
    "révis",
    "last changed",
    "amend",
    "zuletzt ",
    "letzte ",
    "änderungsdatum",
    "Änderungsdatum",
    "stand:",
    "stand**",
    "stand\t",
    "stand |",
    "à jour",
    "actualiza",
    "aggiorna",
    "bijgewerkt",
    "gewijzigd",
    "atualiza",
    "aktualizacja",
    "最終更新",
    "更新日",
    "最后更新",
    "最後更新",
    "更新时间",
    "更新時間",
    "최종 ",
    "마지막 업데이트",
    "оследнее обновление",
    "бновлено",
    "review",
    "last verified",
    "last validated",
    "last checked",
    "vérification",
    "verificación",
    "gecontroleerd",
    "prüfung",
    "durchsicht",
    "wiedervorlage",
    "prochaine re",
    "herziening",
    "beoordeling",
    "次回",
    "下次",
    "valid until",
    "valid till",
    "valid through",
    "valid to",
    "valid from",
    "expir",
    "gültig",
    "ablaufdatum",
    "valable",
    "valide jus",
    "échéance",
    "válid",
    "valida fino",
    "valido fino",
    "caducidad",
    "vencimiento",
    "scadenza",
    "geldig",
    "有効期限",
    "有效期",
    "effective",
    "in force",
    "date issued",
    "of issue",
    "issue date",
    "inkraft",
    "effet",
    "vigueur",
    "vigencia",
    "vigor",
    "vigente",
    "施行日",
    "生效日期",
];

/// Dates by form; whether there is such a day is for `dates` to say.
const DATE: &str = r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})|(?:\p{L}{3,10},\s+)?\d{1,2}(?:st|nd|rd|th|er|º|ª|\.)?(?:\s+of|\s+de)?[\s-]+\p{L}{3,12}\.?(?:\s+del?)?[\s,-]+\d{4}|(?:\p{L}{3,10},\s+)?\p{L}{3,12}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}|\p{L}{3,12}\.?,?\s+(?:de\s+)?\d{4}|\d{4}\s*年\s*\d{1,2}\s*月(?:\s*\d{1,2}\s*日)?|\d{4}\s*년\s*\d{1,2}\s*월(?:\s*\d{1,2}\s*일)?";

static LABELLED: LazyLock<Regex> = LazyLock::new(|| {
    let labels: Vec<String> = LABELS
        .iter()
        .enumerate()
        .map(|(index, (_, labels))| format!("(?P<l{index}>{labels})"))
        .collect();
    let labels = labels.join("|");
    let pattern = format!(
        r#"(?im)(?:^|[|(*_>#\t'"]|\s{{2,}}|<[a-z]+>|,\s|[.;·]\s)[\s*_>#\-–•]*(?:(?:{labels})[\s*_]*[:：|\-–]?|(?P<stand>{STAND}))[\s*_|:]*(?P<date>{DATE})"#
    );
    Regex::new(&pattern).expect("the patterns are constant")
});

static STEM: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::LeftmostFirst)
        .kind(Some(AhoCorasickKind::DFA))
        .build(STEMS)
        .expect("the stems are constant")
});

/// Every labelled date of the text, in order.
pub(super) fn find(text: &str) -> Vec<Labelled<'_>> {
    let mut found: Vec<Labelled<'_>> = Vec::new();
    let mut from = 0;
    while let Some(stem) = STEM.find(Input::new(text).range(from..)) {
        let start = text[..stem.start()].rfind('\n').map_or(0, |at| at + 1);
        let end = line_end(text, stem.end());
        from = end;
        if end - start > MAX_LINE {
            continue;
        }
        // The date may stand alone on the next line.
        let next_end = line_end(text, (end + 1).min(text.len()));
        let has_next = next_end > end && next_end - end < 40;
        let window = &text[start..if has_next { next_end } else { end }];
        if window.bytes().any(|byte| byte.is_ascii_digit()) {
            in_window(window, start, end - start, &mut found);
        }
    }
    found
}

fn line_end(text: &str, from: usize) -> usize {
    text[from..].find('\n').map_or(text.len(), |at| from + at)
}

/// The labelled dates of a line, which ends at `line`, and perhaps of the next.
fn in_window<'a>(window: &'a str, start: usize, line: usize, found: &mut Vec<Labelled<'a>>) {
    for groups in LABELLED.captures_iter(window) {
        let index = (0..LABELS.len()).find(|index| groups.name(&format!("l{index}")).is_some());
        let label = match index {
            Some(index) => groups.name(&format!("l{index}")),
            None => groups.name("stand"),
        };
        let (Some(label), Some(date)) = (label, groups.name("date")) else { continue };
        let after = &window[date.end()..];
        let is_alone =
            after.trim_matches([' ', '\t', '\r', '*', '_', ')', '.', '|', '\n']).is_empty();
        // A label on the next line has its turn there.
        let is_next = label.start() >= line || date.start() > line && !is_alone;
        if is_next || is_cut(after) {
            continue;
        }
        let is_cell = after.starts_with(['\t', '\n']) || after.trim_start().starts_with('|');
        let is_first =
            window[..label.start()].trim_matches([' ', '*', '_', '>', '#', '\t']).is_empty();
        let role = match index {
            Some(index) => LABELS[index].0,
            None if is_first && (is_alone || is_cell) => DateRole::Updated,
            None => continue,
        };
        found.push(Labelled { role, raw: date.as_str(), at: start + date.start() });
    }
}

/// Whether more digits or letters follow: then it was no date.
fn is_cut(after: &str) -> bool {
    let after = after.strip_prefix(['-', '/']).unwrap_or(after);
    after.starts_with(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(DateRole, &str)]) {
        let got: Vec<_> = find(text).iter().map(|it| (it.role, it.raw)).collect();
        assert_eq!(got, expected, "{text}");
    }

    #[test]
    fn labels_in_tables_and_on_the_line_before_count() {
        check("Owner\tAnn\tNext review date\t12 May 2022\n", &[(DateRole::Due, "12 May 2022")]);
        check("Valid until:\n2024-06-30\nmore", &[(DateRole::Expires, "2024-06-30")]);
        check("Updated\n2024-06-30 was a day when", &[]);
        check("Last review date: 2021-03-01", &[(DateRole::Reviewed, "2021-03-01")]);
    }

    #[test]
    fn stand_counts_alone_only() {
        check("Stand: 31. Dezember 2022", &[(DateRole::Updated, "31. Dezember 2022")]);
        check("Einwohner (Stand: 31. Dezember 2022) der Stadt", &[]);
        check("Der Stand 31.12.2022 war besser", &[]);
    }

    #[test]
    fn cut_dates_are_none() {
        check("Last updated: 2024-01-011", &[]);
        check("Version: 1.0, valid to 2.10.2024.1", &[(DateRole::Expires, "2.10.2024")]);
    }

    #[test]
    fn every_label_has_its_stem() {
        for case in include_str!("../../fixtures/pattern-cases.tsv").lines() {
            let (expected, text) = case.split_once('\t').expect("two columns");
            if expected.contains('=') {
                assert!(STEM.is_match(text), "{text}");
            }
        }
    }
}
