//! Numbers, evidence and documents in words, in one place, so that every report says it alike.
//!
//! Everything returned here is safe to print.

use crate::decisions::{Raise, RulePrecision, Standing};
use crate::extract::Provenance;
use crate::inventory::DocId;
use crate::rot::{Evidence, Value};

use super::figures::Figures;
use super::{Report, escape};

/// A number with separators: `1,204`.
pub fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position != 0 && (digits.len() - position).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number and its noun: `1 document`, `1,204 documents`.
pub fn counted(n: u64, noun: &str) -> String {
    match n {
        1 => format!("1 {noun}"),
        n => format!("{} {noun}s", number(n)),
    }
}

/// What a reader has to know before believing a report, as a sentence.
pub fn caveat(caveat: &str) -> String {
    let mut rest = caveat.chars();
    let first = rest.next().into_iter().flat_map(char::to_uppercase);
    let sentence = first.chain(rest).chain(['.']).collect::<String>();
    escape::visible(&sentence).into_owned()
}

/// How often a rule was right: `expired: 87 % right (75 % to 94 %), of 53 verdicts`.
pub fn precision(rule: &RulePrecision) -> String {
    let name = escape::visible(&rule.rule);
    let Some(right) = rule.share() else {
        return format!("{name}: {} without an answer", counted(rule.unsure.into(), "verdict"));
    };
    let (low, high) = rule.interval();
    let judged = counted(u64::from(rule.right + rule.wrong), "verdict");
    let mut words =
        format!("{name}: {} right ({} to {}), of {judged}", share(right), share(low), share(high));
    if 0 < rule.unsure {
        words += &format!(", {} more unsure", number(rule.unsure.into()));
    }
    if rule.is_demoted {
        words.push_str("; below the policy's floor, so its findings are notes");
    }
    words
}

/// What is new and gone since the baseline, and what was decided; none where nobody accepted a
/// baseline or decided anything: `+4 new, 1 raised again, 7 gone since the baseline; 3 decided`.
pub fn change(report: &Report, figures: &Figures) -> Option<String> {
    if !report.has_baseline && report.standings.is_empty() {
        return None;
    }
    let Figures { new, raised, gone, decided, lapsed, .. } = *figures;
    let mut words = format!("+{} new", number(new));
    if 0 < raised {
        words += &format!(", {} raised again", number(raised));
    }
    words += &format!(", {} gone since the baseline", number(gone));
    if !report.has_baseline {
        words.clear();
    }
    let said = [(decided, "decided"), (lapsed, "lapsed")].into_iter();
    let said = said.filter(|(count, _)| 0 < *count);
    let said: Vec<String> = said.map(|(count, what)| format!("{} {what}", number(count))).collect();
    if !words.is_empty() && !said.is_empty() {
        words += "; ";
    }
    words += &said.join(", ");
    (!words.is_empty()).then_some(words)
}

/// How a finding stands, where that is worth a word beside it: `NEW`, `AGAIN: its text changed`,
/// `DECIDED: keep until 2026-12-31`.
pub fn standing(standing: &Standing) -> Option<String> {
    Some(match standing {
        Standing::New => "NEW".to_owned(),
        Standing::Still { .. } => return None,
        Standing::Raised { why: Raise::GroupGrew, .. } => "AGAIN: more documents now".to_owned(),
        Standing::Raised { why: Raise::TextChanged, .. } => "AGAIN: its text changed".to_owned(),
        Standing::Decided { decision } => {
            let until = decision.until.map_or_else(String::new, |day| format!(" until {day}"));
            format!("DECIDED: {}{until}", decision.what.name())
        }
        Standing::Lapsed { decision } => {
            let until = decision.until.map_or_else(String::new, |day| format!(" until {day}"));
            format!("LAPSED: {}{until}", decision.what.name())
        }
    })
}

/// A size in binary units: `512 bytes`, `1.2 GiB`.
pub fn size(bytes: u64) -> String {
    if bytes < 1024 {
        return counted(bytes, "byte");
    }
    let mut size = bytes as f64 / 1024.0;
    let mut units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"].into_iter();
    let mut unit = units.next().expect("there is a unit");
    // Not 1024: 1023.96 would be shown as 1024 of the smaller unit.
    while 1023.95 <= size {
        let Some(larger) = units.next() else { break };
        size /= 1024.0;
        unit = larger;
    }
    if size < 99.95 { format!("{size:.1} {unit}") } else { format!("{size:.0} {unit}") }
}

/// A share from 0 to 1 in whole per cent, rounded down: only what is equal is `100 %`.
pub fn share(share: f64) -> String {
    // 0.29 * 100 is 28.999...
    let percent = (share * 100.0 + 1e-9).floor();
    if 0.0 < share && percent < 1.0 { "under 1 %".to_owned() } else { format!("{percent:.0} %") }
}

/// A part of a whole in per cent. Never rounded to nothing, nor to all.
pub fn percentage(part: u64, whole: u64) -> String {
    if part == 0 || whole == 0 {
        return "0 %".to_owned();
    }
    let percent = part as f64 * 100.0 / whole as f64;
    match percent {
        _ if percent < 0.05 => "under 0.1 %".to_owned(),
        _ if percent < 9.95 => format!("{percent:.1} %"),
        _ if 99.5 <= percent && part < whole => "over 99 %".to_owned(),
        _ => format!("{percent:.0} %"),
    }
}

/// A document's path; with the name of its root in front where there are several.
pub fn document(report: &Report, document: DocId) -> String {
    let record = &report.inventory[document];
    path(report, record.root.0, &record.file.path)
}

/// A path below a root; with the name of its root in front where there are several.
pub fn path(report: &Report, root: u16, path: &std::path::Path) -> String {
    let roots = &report.inventory.roots;
    let Some(root) = roots.get(usize::from(root)).filter(|_| 1 < roots.len()) else {
        return if path.as_os_str().is_empty() { ".".to_owned() } else { escape::path(path) };
    };
    let name = root.file_name().map_or(root.as_path(), std::path::Path::new);
    let is_unique = roots.iter().filter(|it| it.file_name() == root.file_name()).count() == 1;
    escape::path(&if is_unique { name.join(path) } else { root.join(path) })
}

/// A measured value: `87 %`, `61 days`, `2021-03-01`, `"quoted words"`.
pub fn value(report: &Report, value: &Value) -> String {
    match value {
        Value::Text(text) => quoted(text),
        Value::Date(date) => date.to_string(),
        Value::Count(count) => number(*count),
        Value::Bytes(bytes) => size(*bytes),
        Value::Share(it) => share(*it),
        Value::Days(days) if *days < 0 => format!("-{}", counted(days.unsigned_abs(), "day")),
        Value::Days(days) => counted(days.unsigned_abs(), "day"),
        Value::Document(it) => document(report, *it),
    }
}

/// Words in quotes, in one line.
pub fn quoted(text: &str) -> String {
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("\"{}\"", escape::visible(&one_line))
}

/// Evidence with where it was found: `review date 2021-03-01 (front matter review_by, line 3)`.
pub fn evidence(report: &Report, evidence: &Evidence) -> String {
    let (what, value) = (evidence.what, measured(report, evidence));
    match place(evidence) {
        place if place.is_empty() => format!("{what} {value}"),
        place => format!("{what} {value} ({place})"),
    }
}

/// What was measured: a quotation in quotes, docrot's own words without.
pub fn measured(report: &Report, evidence: &Evidence) -> String {
    match (&evidence.value, &evidence.provenance) {
        (
            Value::Text(text),
            Provenance::Computed(_) | Provenance::FileName | Provenance::FileSystem,
        ) => escape::visible(text).into_owned(),
        (value, _) => self::value(report, value),
    }
}

/// Where evidence was found; empty where there is nothing to say.
pub fn place(evidence: &Evidence) -> String {
    escape::visible(&evidence.provenance.to_string()).into_owned()
}

/// What a person can do so that a file is read next time; none for reasons not known here.
pub fn remedy(reason: &str) -> Option<&'static str> {
    Some(match reason {
        "encrypted" => "Open once with its password and save without.",
        "damaged" => "Open and save it in the program that made it, or restore a backup.",
        "no-text-layer" => "Pictures of pages: run text recognition (OCR) over it.",
        "unreliable-text" => "Its fonts hide the text: print to PDF again, or run OCR.",
        "empty" => "Nothing was ever written to it, or a copy failed: restore it or remove it.",
        "cloud-placeholder" => "Make it available offline or export it, then scan again.",
        "too-large" => "Scan with a higher --max-file-size, or split it.",
        "unsupported" => "Save it in a format that docrot reads: docrot formats.",
        "over-limit" => {
            "It unpacks to far too much: save it anew, or raise the limit that is named."
        }
        "timed-out" => "Save it anew, it may be damaged; or scan with --reader-seconds 60.",
        "out-of-memory" => {
            "Split it, or scan with --reader-memory 4096, and with a higher --memory where that was given."
        }
        "reader-crashed" => "Please report it; save it anew meanwhile.",
        "permission-denied" => "Run docrot as a user who may read it.",
        "not-mounted" => "Connect the share and scan again.",
        "not-a-document" => "Nothing to do: docrot reads documents.",
        "io-error" => "The disk or the server failed to hand it over: check it, then scan again.",
        "vanished" => "Gone before it could be read; scan again.",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(number(0), "0");
        assert_eq!(number(999), "999");
        assert_eq!(number(1_234_567), "1,234,567");
        assert_eq!(counted(1, "document"), "1 document");
        assert_eq!(counted(0, "document"), "0 documents");
    }

    #[test]
    fn sizes_are_in_binary_units() {
        assert_eq!(size(1), "1 byte");
        assert_eq!(size(1023), "1,023 bytes");
        assert_eq!(size(1536), "1.5 KiB");
        assert_eq!(size((1 << 20) - 1), "1.0 MiB");
        assert_eq!(size(300 << 20), "300 MiB");
        assert_eq!(size(u64::MAX), "16.0 EiB");
    }

    #[test]
    fn shares_are_never_rounded_up_to_all_nor_down_to_nothing() {
        assert_eq!(share(1.0), "100 %");
        assert_eq!(share(0.9999), "99 %");
        assert_eq!(share(0.29), "29 %");
        assert_eq!(share(0.001), "under 1 %");
        assert_eq!(percentage(1, 1_000_000), "under 0.1 %");
        assert_eq!(percentage(999, 1000), "over 99 %");
        assert_eq!(percentage(24, 340), "7.1 %");
        assert_eq!(percentage(7, 7), "100 %");
        assert_eq!(percentage(0, 0), "0 %");
    }
}
