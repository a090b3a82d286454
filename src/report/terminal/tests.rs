//! The page as a whole, as it is printed.
#![cfg(test)]

use snapbox::{IntoData, assert_data_eq, str};

use super::*;
use crate::decisions::RulePrecision;
use crate::report::sample;

fn check(report: &Report, expected: impl IntoData) {
    let mut out = Vec::new();
    (WRITER.write)(report, &mut out).unwrap();
    assert_data_eq!(String::from_utf8(out).unwrap(), expected.raw());
}

#[test]
fn one_of_everything() {
    check(
        &sample::share().report(),
        str![[r#"
5 documents need a decision. 8 documents read of 11 files seen.
Redundant   2 of 8 documents, 25 % (near-duplicate 2)
Obsolete    2 of 8 documents, 25 % (review-overdue 1, withdrawn 1)
Trivial     1 of 11 files, 9.1 % (empty 1)
Cannot say  3 of 8 documents, 38 %, without a date to be trusted
Space       137 KiB in copies beyond the one that stays

/srv/policies, as of 2026-06-01
docrot 0.1.0, built-in policy: near-duplicates from 60 % similarity

ERROR withdrawn: 1 document
The document says at its top that it is no longer valid.
  HR/Travel v3.docx  owner Rosa Ortiz
    banner "This policy was withdrawn on 7 March 2024." (page 1)

WARNING near-duplicate: 2 documents in 1 group
Its text differs a little from a document that stays.
  Finance/Mileage.pdf  stays: in an approved folder
         92 %  HR/Mileage (copy).pdf
         87 %  Finance/old/Mileage.pdf

WARNING review-overdue: 1 document
The document's own review date has passed.
  IT/Passwords.docx
    review date 2026-04-01 (front matter last_reviewed_on, line 3)

WARNING empty: 1 document
There is nothing in it.
  Leer.txt  0 bytes

NOTE unverified: 1 document
Nobody has confirmed it for longer than the policy allows.
  IT/Notes.docx (possible)  last confirmed 1,461 days (file name)

Files seen 11 = read 7 + partly read 1 + not read 2 + not documents 1
Partly read:
  Data/Log.txt: text cut at 16 MiB
Not read, by reason:
  damaged: 1. Open and save it in the program that made it, or restore a backup.
    Scan.pdf: no end of file
  encrypted: 1. Open once with its password and save without.
    HR/Salaries.xlsx
Not listed or not followed, 1 place; what is below is unknown, not gone:
  Board: cannot list Board: permission denied
Scan of 2026-06-01 08:00 UTC, 2.1 s:
  11 new, 0 changed, 0 moved, 0 gone, 0 unchanged, 2 unreadable

Next:
  docrot explain 'HR/Travel v3.docx'  all that is known of one document
  docrot report --format csv --output findings.csv  6 findings, one a row

"#]],
    );
}

#[test]
fn nothing_found() {
    let share = sample::Share::of(&["/srv/policies"], vec![sample::document("Plan.odt", 9)]);
    check(
        &share.report(),
        str![[r#"
No document needs a decision. 1 document read of 1 file seen.
Redundant   0 of 1 document, 0 %
Obsolete    0 of 1 document, 0 %
Trivial     0 of 1 file, 0 %
Space       0 bytes in copies beyond the one that stays

/srv/policies, as of 2026-06-01
docrot 0.1.0, built-in policy: near-duplicates from 60 % similarity

No rule holds for any document.

Files seen 1 = read 1 + partly read 0 + not read 0 + not documents 0
Scan of 2026-06-01 08:00 UTC, 2.1 s:
  1 new, 0 changed, 0 moved, 0 gone, 0 unchanged, 0 unreadable

Next:
  docrot explain PATH  all that is known of one document

"#]],
    );
}

#[test]
fn several_roots_of_an_interrupted_scan() {
    let mut share = sample::two_roots();
    share.summary.interrupted = true;
    check(
        &share.report(),
        str![[r#"
1 document needs a decision. 2 documents read of 2 files seen.
The scan was interrupted: this tells only of what it had seen.
Redundant   1 of 2 documents, 50 % (exact-copy 1)
Obsolete    0 of 2 documents, 0 %
Trivial     0 of 2 files, 0 %
Space       3.9 KiB in copies beyond the one that stays

2 folders, as of 2026-06-01:
  /srv/a
  /srv/b
docrot 0.1.0, built-in policy: near-duplicates from 60 % similarity

WARNING exact-copy: 1 document in 1 group
The same bytes stand elsewhere.
  a/Plan.docx  stays unless you choose another: nothing tells them apart
        100 %  b/Plan.docx

Files seen 2 = read 2 + partly read 0 + not read 0 + not documents 0
Scan of 2026-06-01 08:00 UTC, 2.1 s:
  2 new, 0 changed, 0 moved, 0 gone, 0 unchanged, 0 unreadable

Next:
  docrot explain /srv/b/Plan.docx  all that is known of one document
  docrot report --format csv --output findings.csv  1 finding, one a row

"#]],
    );
}

#[test]
fn long_lists_are_cut() {
    check(
        &sample::many().report(),
        str![[r#"
1,256 documents need a decision. 1,257 documents read of 1,257 files seen.
Redundant   42 of 1,257 documents, 3.3 % (exact-copy 42)
Obsolete    1,214 of 1,257 documents, 97 % (review-overdue 1,214)
Trivial     0 of 1,257 files, 0 %
Space       42.0 MiB in copies beyond the one that stays

/srv/policies, as of 2026-06-01
docrot 0.1.0, built-in policy: near-duplicates from 60 % similarity

WARNING exact-copy: 42 documents in 1 group
The same bytes stand elsewhere.
  Projects/0000/Handover/Te...ms General terms General terms General terms .docx
    stays unless you choose another: nothing tells them apart
        100 %  same name in Projects/0001/Handover/Templates
        100 %  same name in Projects/0002/Handover/Templates
        100 %  same name in Projects/0003/Handover/Templates
        100 %  same name in Projects/0004/Handover/Templates
        100 %  same name in Projects/0005/Handover/Templates
               and 37 more

WARNING review-overdue: 1,214 documents
The document's own review date has passed.
  Wiki/0000.md  review date 2024-01-01 (front matter last_reviewed_on, line 3)
  Wiki/0001.md  review date 2024-01-01 (front matter last_reviewed_on, line 3)
  Wiki/0002.md  review date 2024-01-01 (front matter last_reviewed_on, line 3)
  Wiki/0003.md  review date 2024-01-01 (front matter last_reviewed_on, line 3)
  Wiki/0004.md  review date 2024-01-01 (front matter last_reviewed_on, line 3)
  Wiki/0005.md  review date 2024-01-01 (front matter last_reviewed_on, line 3)
  Wiki/0006.md  review date 2024-01-01 (front matter last_reviewed_on, line 3)
  Wiki/0007.md  review date 2024-01-01 (front matter last_reviewed_on, line 3)
  Wiki/0008.md  review date 2024-01-01 (front matter last_reviewed_on, line 3)
  Wiki/0009.md  review date 2024-01-01 (front matter last_reviewed_on, line 3)
  and 1,204 more: docrot report --format csv

Files seen 1,257 = read 1,257 + partly read 0 + not read 0 + not documents 0
Scan of 2026-06-01 08:00 UTC, 2.1 s:
  1,257 new, 0 changed, 0 moved, 0 gone, 0 unchanged, 0 unreadable

Next:
  docrot explain Wiki/0000.md  all that is known of one document
  docrot report --format csv --output findings.csv  1,256 findings, one a row

"#]],
    );
}

#[test]
fn what_lies_in_declared_archives_is_counted() {
    let mut share =
        sample::Share::of(&["/srv/policies"], vec![sample::document("archive/Plan.odt", 9)]);
    share.assessment.archived = 1;
    let mut out = Vec::new();
    (WRITER.write)(&share.report(), &mut out).unwrap();
    let line = "Archived    1 of 1 document, 100 %, counted and not called obsolete";
    assert!(String::from_utf8(out).unwrap().lines().any(|it| it == line));
}

#[test]
fn precision_is_told_with_its_interval() {
    let share = sample::Share::of(&["/srv/policies"], vec![sample::document("Plan.odt", 9)]);
    let rule = |right, wrong, is_demoted| RulePrecision {
        rule: "expired".to_owned(),
        right,
        wrong,
        unsure: wrong,
        is_demoted,
    };
    let rules = [rule(46, 7, true), rule(1, 0, false), rule(0, 0, false)];
    let report = Report { precision: &rules, ..share.report() };
    let mut out = Vec::new();
    (WRITER.write)(&report, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    let section = text.split("Precision").nth(1).unwrap().split("\n\n").next().unwrap();
    assert_data_eq!(
        section,
        str![[r#"
 here, with 95 % intervals, by the verdicts of reviewers:
  expired: 86 % right (75 % to 93 %), of 53 verdicts, 7 more unsure; below the
  policy's floor, so its findings are notes
  expired: 100 % right (20 % to 100 %), of 1 verdict
  expired: 0 verdicts without an answer
"#]]
        .raw()
    );
}

#[test]
fn what_changed_stands_in_the_head_and_beside_the_findings() {
    let share = sample::share_over_time();
    let report = Report {
        narrowed: Some("Only findings below HR: 6 findings; 3 are left out."),
        ..share.report()
    };
    let mut out = Vec::new();
    (WRITER.write)(&report, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    let (head, rest) = text.split_once("Redundant").unwrap();
    assert_data_eq!(
        head,
        str![[r#"
4 documents need a decision. 8 documents read of 11 files seen.
Only findings below HR: 6 findings; 3 are left out.
+1 new, 1 raised again, 1 gone since the baseline; 1 decided, 1 lapsed.

"#]]
        .raw()
    );
    let findings = rest.split_once("\n\n").unwrap().1.split("Files seen").next().unwrap();
    assert_data_eq!(
        findings,
        str![[r#"
/srv/policies, as of 2026-06-01
docrot 0.1.0, built-in policy: near-duplicates from 60 % similarity

WARNING near-duplicate: 2 documents in 1 group
Its text differs a little from a document that stays.
  Finance/Mileage.pdf  stays: in an approved folder
         92 %  HR/Mileage (copy).pdf  NEW
         87 %  Finance/old/Mileage.pdf  AGAIN: more documents now

WARNING review-overdue: 1 document
The document's own review date has passed.
  IT/Passwords.docx  LAPSED: update until 2026-12-31
    review date 2026-04-01 (front matter last_reviewed_on, line 3)

WARNING empty: 1 document
There is nothing in it.
  Leer.txt  0 bytes

NOTE unverified: 1 document
Nobody has confirmed it for longer than the policy allows.
  IT/Notes.docx (possible)  last confirmed 1,461 days (file name)

Decided and not listed: 1 finding (--all lists them).


"#]]
        .raw()
    );
}

#[test]
fn color_adds_nothing_but_color() {
    let share = sample::share();
    let plain = share.report();
    let mut colored = plain;
    colored.options.color = true;
    let [plain, colored] = [plain, colored].map(|report| {
        let mut out = Vec::new();
        (WRITER.write)(&report, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    });
    let codes = ["\u{1b}[1m", "\u{1b}[1;31m", "\u{1b}[1;33m", "\u{1b}[0m"];
    assert!(codes.iter().all(|code| colored.contains(code)));
    assert_eq!(codes.iter().fold(colored, |text, code| text.replace(code, "")), plain);
}
