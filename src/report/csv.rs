//! CSV, one row a finding, for spreadsheet programs and for scripts that read rows.
//!
//! UTF-8 with a byte order mark, without which Excel guesses another encoding. No cell is taken for
//! a formula: one that would be has an apostrophe in front. Exact paths are in the JSON.

use std::collections::HashMap;
use std::io;

use crate::inventory::DocId;
use crate::rot::{Finding, Value, identity};

use super::{Report, Writer, escape, words};

pub(super) const WRITER: Writer = Writer::text("csv", "csv", write);

const COLUMNS: [&str; 12] = [
    "severity",
    "rule",
    "category",
    "path",
    "related",
    "similarity",
    "confidence",
    "date",
    "owner",
    "evidence",
    "group",
    "id",
];

fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    out.write_all("\u{feff}".as_bytes())?;
    let has_roots = 1 < report.inventory.roots.len();
    let mut csv = ::csv::Writer::from_writer(out);
    csv.write_record(COLUMNS.into_iter().chain(has_roots.then_some("root")))?;
    let assessment = report.assessment;
    let groups = identity::group_ids(report.inventory, &assessment.groups);
    let similarities = similarities(report);
    for (finding, id) in assessment.findings.iter().zip(report.ids) {
        let group = finding.group.and_then(|group| groups.get(group));
        let record = &report.inventory[finding.document];
        let row = [
            finding.severity.name().into(),
            finding.rule.id.into(),
            finding.rule.category.name().into(),
            path(report, finding.document),
            related(report, finding).into(),
            similarity(&similarities, finding).map_or("".into(), |it| format!("{it:.4}").into()),
            finding.confidence.name().into(),
            finding.date.map_or("".into(), |date| date.to_string().into()),
            escape::cell(report.owners.owner(finding.document).map_or("", |owner| &owner.name)),
            evidence(report, finding).into(),
            group.map_or("", String::as_str).into(),
            id.into(),
        ];
        let root = report.root_among_several(record).map(escape::path);
        let root = root.iter().map(|root| escape::cell(root));
        csv.write_record(row.into_iter().chain(root).map(|cell| cell.into_owned()))?;
    }
    csv.flush()
}

fn path<'a>(report: &Report, document: DocId) -> std::borrow::Cow<'a, str> {
    let path = escape::readable(&report.inventory[document].file.path).into_owned();
    escape::cell(&path).into_owned().into()
}

fn related(report: &Report, finding: &Finding) -> String {
    let paths: Vec<String> =
        finding.related.iter().map(|&document| words::document(report, document)).collect();
    escape::cell(&paths.join(" | ")).into_owned()
}

fn evidence(report: &Report, finding: &Finding) -> String {
    let words: Vec<String> =
        finding.evidence().iter().map(|it| words::evidence(report, it)).collect();
    escape::cell(&words.join("; ")).into_owned()
}

/// The similarity of each member of a group to its canonical document.
fn similarities(report: &Report) -> HashMap<(usize, DocId), f64> {
    let groups = report.assessment.groups.iter().enumerate();
    groups
        .flat_map(|(position, group)| {
            group.members.iter().map(move |&(member, similarity)| ((position, member), similarity))
        })
        .collect()
}

/// As measured for the finding itself, else as a member of its group.
fn similarity(similarities: &HashMap<(usize, DocId), f64>, finding: &Finding) -> Option<f64> {
    let measured = finding.evidence().iter().find_map(|evidence| match evidence.value {
        Value::Share(share) if evidence.what == "similarity" => Some(share),
        _ => None,
    });
    measured.or_else(|| similarities.get(&(finding.group?, finding.document)).copied())
}

#[cfg(test)]
mod tests {
    use snapbox::{IntoData, assert_data_eq, str};

    use super::*;
    use crate::report::sample;

    fn check(share: &sample::Share, expected: impl IntoData) {
        let mut out = Vec::new();
        (WRITER.write)(&share.report(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_data_eq!(text.trim_start_matches('\u{feff}'), expected.raw());
    }

    #[test]
    fn one_row_a_finding() {
        check(
            &sample::share(),
            str![[r#"
severity,rule,category,path,related,similarity,confidence,date,owner,evidence,group,id
error,withdrawn,obsolete,HR/Travel v3.docx,,,likely,,Rosa Ortiz,"banner ""This policy was withdrawn on 7 March 2024."" (page 1)",,31dad728a9873e76
warning,near-duplicate,redundant,Finance/old/Mileage.pdf,Finance/Mileage.pdf,0.8740,likely,,,similarity 87 % (3-word shingles),84b60a5a9ec74080,fab49bc8fa8bbcf3
warning,near-duplicate,redundant,HR/Mileage (copy).pdf,Finance/Mileage.pdf,0.9200,likely,,,similarity 92 % (3-word shingles),84b60a5a9ec74080,f35cf484bed2f1db
warning,review-overdue,obsolete,IT/Passwords.docx,,,likely,2026-04-01,,"review date 2026-04-01 (front matter last_reviewed_on, line 3)",,8b50f8b675e91983
warning,empty,trivial,Leer.txt,,,certain,,,size 0 bytes (file system),,b5f113a909c1cab7
note,unverified,obsolete,IT/Notes.docx,,,possible,,,"last confirmed 1,461 days (file name)",,6d255ab9f89c90a4

"#]],
        );
    }

    #[test]
    fn the_root_is_named_where_there_are_several() {
        check(
            &sample::two_roots(),
            str![[r#"
severity,rule,category,path,related,similarity,confidence,date,owner,evidence,group,id,root
warning,exact-copy,redundant,Plan.docx,a/Plan.docx,1.0000,certain,,,same bytes as a/Plan.docx (BLAKE3),ab6837155cdc5902,c44dfc9b14b32569,/srv/b

"#]],
        );
    }
}
