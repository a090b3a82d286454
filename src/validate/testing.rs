//! Small sets of marks for tests, made from paths.
#![cfg(test)]

use std::path::{Path, PathBuf};

use chrono::NaiveDate;

use crate::crawl::FileEntry;
use crate::inventory::{Inventory, Record, RootId, Status, document_key};
use crate::rot::{
    Assessment, Confidence, Dates, Evidence, Finding, Group, Judged, Marks, Policy, RULES, Value,
};

use super::Answer;

fn record(path: &str) -> Record {
    Record {
        root: RootId(0),
        file: FileEntry { path: path.into(), ..FileEntry::default() },
        status: Status::Read,
        reached: None,
        format: None,
        metadata: Default::default(),
        hash: None,
        fingerprint: None,
    }
}

/// Marks of these paths: `copies` and `versions` name the one that stays or is newest first.
pub(super) fn marks(
    paths: &[&str],
    copies: &[[&str; 2]],
    versions: &[[&str; 2]],
    withdrawn: &[&str],
) -> Marks {
    let inventory =
        Inventory::new(vec!["/srv".into()], paths.iter().map(|it| record(it)).collect());
    let id = |path: &str| inventory.find(RootId(0), Path::new(path)).unwrap();
    let group = |kind, [stays, other]: &[&str; 2]| Group {
        kind,
        canonical: id(stays),
        reasons: Vec::new(),
        is_tie: false,
        members: vec![(id(other), 1.0)],
    };
    let copies = copies.iter().map(|it| group("exact-copy", it));
    let groups = copies.chain(versions.iter().map(|it| group("superseded", it))).collect();
    let rule = RULES.iter().find(|it| it.id == "withdrawn").unwrap();
    let findings = withdrawn.iter().map(|path| {
        let from = crate::extract::Provenance::FileName;
        let evidence = Evidence::new("status", Value::Text("withdrawn".to_owned()), from);
        Finding::new(rule, id(path), Confidence::Likely, evidence)
    });
    let assessment = Assessment { groups, findings: findings.collect(), ..Assessment::default() };
    let policy = Policy::default();
    let day = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
    Marks::of(Judged {
        inventory: &inventory,
        assessment: &assessment,
        dates: &Dates::of(&inventory, &policy, day),
        owner: &|_| None,
        words: &|_| "status withdrawn".to_owned(),
        languages: Vec::new(),
    })
}

/// Answers with these paths.
pub(super) fn answers(paths: &[&str]) -> Vec<Answer> {
    let answer = |path: &&str| Answer {
        key: Some(document_key(RootId(0), Path::new(path))),
        path: PathBuf::from(path),
    };
    paths.iter().map(answer).collect()
}
