//! What a finding asks of its reader, in words that every report uses, and how long that may take.

use crate::rot::Finding;

use super::words;

/// What to do about a finding, as an order of a few words.
pub fn ask(finding: &Finding) -> &'static str {
    if finding.evidence().iter().any(|it| it.what == "legal hold") {
        return "Keep it: it is on legal hold";
    }
    match finding.rule.id {
        "conflicting-copies" => "Say which is right, correct or remove the others",
        "folder-contained" => "Remove the folder, after moving what is only here",
        "exact-copy" | "same-text" => "Remove it, or link to the one that stays",
        "near-duplicate" => "Merge what is only here, then remove it",
        "contained" => "Move what is only here, then remove it",
        "shared-passage" => "Keep the passage in one place and link to it",
        "superseded" => "Archive it or delete it",
        "withdrawn" => "Archive or delete it, and correct links to it",
        "declared-successor" => "Archive it, if the newer one replaces it",
        "expired" => "Renew, archive or delete it",
        "review-overdue" => "Review it: confirm, update or withdraw",
        "retention-passed" => "Ask records management whether it may go",
        "retired-term" => "Replace the word",
        "link-to-withdrawn" | "dead-link" => "Correct the link",
        "target-changed" => "Compare it with what it describes",
        "changed-after-review" => "Review what was changed",
        "bulk-confirmed" => "Read it before you confirm it",
        "missing-field" => "Fill in what is missing",
        "unowned" => "Name an owner",
        "dates-disagree" | "impossible-date" => "Correct the date",
        "versions-disagree" => "Correct the version",
        "draft-left" => "Finish it or delete it",
        "unverified" => "Confirm that it still holds",
        "sync-conflict" => "Merge it into its original, then delete it",
        "os-copy" => "Keep one of the two",
        "non-business" => "Move it to where it belongs",
        "empty" | "temporary" | "system-debris" => "Delete it",
        "scattered" => "Agree on a home for the subject, and link to it",
        "silo" => "Bring the authors together, and link both ways",
        "one-author" => "Find a second person who knows it",
        _ => "Decide",
    }
}

/// Minutes that the decision may take a person who knows the subject. A rough estimate.
pub fn minutes(finding: &Finding) -> u64 {
    match finding.rule.id {
        "exact-copy" | "same-text" | "empty" | "temporary" | "system-debris" | "non-business" => 1,
        "conflicting-copies" | "review-overdue" | "expired" | "target-changed" => 15,
        "unverified" | "draft-left" | "folder-contained" => 10,
        _ => 5,
    }
}

/// Minutes in words, no finer than an estimate is.
pub fn duration(minutes: u64) -> String {
    match minutes {
        0..=89 => words::counted(minutes, "minute"),
        90..=959 => words::counted((minutes + 30) / 60, "hour"),
        _ => words::counted((minutes + 240) / 480, "working day"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;
    use crate::rot::{Confidence, RULES};

    #[test]
    fn every_rule_asks_for_something() {
        let document = crate::inventory::DocId(0);
        for rule in RULES {
            let evidence = sample::banner("x");
            let finding = Finding::new(rule, document, Confidence::Likely, evidence);
            assert_ne!(ask(&finding), "Decide", "{}", rule.id);
        }
    }
}
