//! A small share made by hand, for the tests of the writers.
#![cfg(test)]

use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, NaiveDate};

use crate::crawl::FileEntry;
use crate::decisions::{Decision, Disposition, Gone, PastScan, Raise, Standing, Trace};
use crate::extract::{DateClaim, DateRole, Fact, Locator, Precision, Provenance};
use crate::fingerprint::{Fingerprint, Hash, Sketch};
use crate::inventory::{DocId, Failure, FormatId, Inventory, Record, RootId, Status};
use crate::rot::{
    Assessment, Category, CommonPassage, Confidence, ContainedFolder, Context, Evidence, Finding,
    Group, KnownOwners, OtherWording, Owners, Policy, Rule, Severity, Value, identity,
};
use crate::scan::{Ledger, Problem, Summary};

use super::{Options, Report};

fn nothing(_: &Context) -> Vec<Finding> {
    Vec::new()
}

const fn rule(
    id: &'static str,
    category: Category,
    severity: Severity,
    summary: &'static str,
) -> Rule {
    Rule { id, category, severity, summary, check: nothing }
}

pub(super) static WITHDRAWN: Rule = rule(
    "withdrawn",
    Category::Obsolete,
    Severity::Error,
    "The document says at its top that it is no longer valid.",
);
pub(super) static OVERDUE: Rule = rule(
    "review-overdue",
    Category::Obsolete,
    Severity::Warning,
    "The document's own review date has passed.",
);
pub(super) static UNVERIFIED: Rule = rule(
    "unverified",
    Category::Obsolete,
    Severity::Note,
    "Nobody has confirmed it for longer than the policy allows.",
);
pub(super) static EXACT: Rule =
    rule("exact-copy", Category::Redundant, Severity::Warning, "The same bytes stand elsewhere.");
pub(super) static NEAR: Rule = rule(
    "near-duplicate",
    Category::Redundant,
    Severity::Warning,
    "Its text differs a little from a document that stays.",
);
pub(super) static EMPTY: Rule =
    rule("empty", Category::Trivial, Severity::Warning, "There is nothing in it.");

/// What a report borrows from.
#[derive(Default)]
pub(super) struct Share {
    pub(super) inventory: Inventory,
    pub(super) assessment: Assessment,
    pub(super) summary: Summary,
    pub(super) ledger: Ledger,
    pub(super) policy: Policy,
    pub(super) undated: Option<u64>,
    ids: Vec<String>,
    pub(super) owners: Owners,
    pub(super) standings: Vec<Standing>,
    pub(super) gone: Vec<Gone>,
    pub(super) history: Vec<PastScan>,
}

impl Share {
    pub(super) fn of(roots: &[&str], records: Vec<Record>) -> Self {
        let roots = roots.iter().map(PathBuf::from).collect();
        let inventory = Inventory::new(roots, records);
        let ledger = Ledger::of(&inventory);
        let summary = Summary {
            started: DateTime::from_timestamp(1_780_300_800, 0).unwrap(),
            duration: Duration::from_millis(2140),
            new: ledger.seen,
            unreadable: ledger.not_read,
            ..Summary::default()
        };
        Self { inventory, ledger, summary, ..Self::default() }
    }

    /// Names the findings and finds the owners, once they are all there.
    pub(super) fn named(mut self) -> Self {
        self.ids = identity::ids(&self.inventory, &self.assessment.findings);
        self.owners = Owners::of(&self.inventory, &self.policy, &KnownOwners::default());
        self
    }

    pub(super) fn report(&self) -> Report<'_> {
        Report {
            inventory: &self.inventory,
            assessment: &self.assessment,
            ids: &self.ids,
            standings: &self.standings,
            has_baseline: !self.gone.is_empty(),
            gone: &self.gone,
            history: &self.history,
            owners: &self.owners,
            narrowed: None,
            summary: &self.summary,
            ledger: &self.ledger,
            policy: &self.policy,
            texts: None,
            precision: &[],
            suggestions: &[],
            policy_name: None,
            as_of: day(2026, 6, 1),
            undated: self.undated,
            version: "0.1.0",
            options: Options::default(),
        }
    }

    pub(super) fn id(&self, path: impl Into<PathBuf>) -> DocId {
        self.inventory.find(RootId(0), &path.into()).expect("the test made it")
    }
}

pub(super) fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

/// A decision that holds until the end of 2026.
pub(super) fn decision(what: Disposition) -> Decision {
    Decision {
        finding: "31dad728a9873e76".into(),
        rule: "withdrawn".into(),
        path: "HR/Travel v3.docx".into(),
        what,
        by: "Rosa Ortiz".into(),
        on: Some(day(2026, 5, 4)),
        until: Some(day(2026, 12, 31)),
        why: "cited in a court case".into(),
        trace: Trace::default(),
    }
}

/// A document that was read whole; its content follows from its size.
pub(super) fn document(path: impl Into<PathBuf>, size: u64) -> Record {
    Record {
        root: RootId(0),
        file: FileEntry { path: path.into(), size, ..FileEntry::default() },
        status: Status::Read,
        reached: None,
        format: Some(FormatId { name: "docx".into(), version: 1 }),
        metadata: Default::default(),
        hash: Some(Hash::of(&size.to_le_bytes())),
        fingerprint: Some(Fingerprint {
            version: 2,
            text: [0; 16],
            simhash: 0,
            sketch: Sketch::default(),
            words: 1234,
            passages: Vec::new(),
        }),
    }
}

pub(super) fn unread(path: impl Into<PathBuf>, reason: &str, detail: &str) -> Record {
    let failure = Failure { reason: reason.into(), detail: detail.into() };
    let status = Status::NotRead(failure);
    Record { status, hash: None, fingerprint: None, ..document(path, 10) }
}

pub(super) fn banner(text: &str) -> Evidence {
    Evidence::new("banner", Value::Text(text.into()), Provenance::Text(Locator::Page(1)))
}

pub(super) fn due(date: NaiveDate) -> Evidence {
    let name = "front matter last_reviewed_on".to_owned();
    let place = Provenance::Property { name, line: Some(3) };
    Evidence::new("review date", Value::Date(date), place)
}

pub(super) fn similarity(share: f64) -> Evidence {
    let from = Provenance::Computed("3-word shingles".into());
    Evidence::new("similarity", Value::Share(share), from)
}

fn records() -> Vec<Record> {
    let mut travel = document("HR/Travel v3.docx", 20_000);
    let page = || Provenance::Text(Locator::Page(1));
    travel.metadata.owner = Some(Fact::new("Rosa Ortiz".into(), page()));
    let mut picture = document("Logo.png", 5000);
    picture.status = Status::NotADocument;
    let mut cut = document("Data/Log.txt", 30 << 20);
    cut.status = Status::PartlyRead("text cut at 16 MiB".into());
    let mut mileage = document("Finance/old/Mileage.pdf", 70_001);
    mileage.file.modified = 1_722_593_472_000_000_000;
    mileage.metadata.title = Some(Fact::new("Mileage".into(), Provenance::property("Info Title")));
    mileage.metadata.dates.push(DateClaim {
        role: DateRole::Updated,
        date: day(2021, 3, 1),
        precision: Precision::Day,
        other_reading: Some(day(2021, 1, 3)),
        raw: "01/03/2021".into(),
        provenance: page(),
    });
    vec![
        travel,
        picture,
        cut,
        mileage,
        document("Finance/Mileage.pdf", 70_000),
        document("HR/Mileage (copy).pdf", 70_002),
        document("IT/Passwords.docx", 12_595),
        document("IT/Notes.docx", 4000),
        document("Leer.txt", 0),
        unread("HR/Salaries.xlsx", "encrypted", "encrypted"),
        unread("Scan.pdf", "damaged", "damaged: no end of file"),
    ]
}

/// A share with one of everything.
pub(super) fn share() -> Share {
    let mut share = Share::of(&["/srv/policies"], records());
    let id = |path| share.id(path);
    let near = |path, value| {
        let mut finding = Finding::new(&NEAR, id(path), Confidence::Likely, similarity(value));
        finding.related = vec![id("Finance/Mileage.pdf")];
        finding.group = Some(0);
        finding
    };
    let mut overdue =
        Finding::new(&OVERDUE, id("IT/Passwords.docx"), Confidence::Likely, due(day(2026, 4, 1)));
    overdue.date = Some(day(2026, 4, 1));
    let withdrawn = banner("This policy was withdrawn on 7 March 2024.");
    let bytes = Evidence::new("size", Value::Bytes(0), Provenance::FileSystem);
    let days = Evidence::new("last confirmed", Value::Days(1461), Provenance::FileName);
    let findings = vec![
        Finding::new(&WITHDRAWN, id("HR/Travel v3.docx"), Confidence::Likely, withdrawn),
        near("Finance/old/Mileage.pdf", 0.874),
        near("HR/Mileage (copy).pdf", 0.92),
        overdue,
        Finding::new(&EMPTY, id("Leer.txt"), Confidence::Certain, bytes),
        Finding::new(&UNVERIFIED, id("IT/Notes.docx"), Confidence::Possible, days),
    ];
    let groups = vec![Group {
        kind: "near-duplicate",
        canonical: id("Finance/Mileage.pdf"),
        reasons: vec!["in an approved folder".into(), "plain name".into()],
        is_tie: false,
        members: vec![(id("Finance/old/Mileage.pdf"), 0.874), (id("HR/Mileage (copy).pdf"), 0.92)],
    }];
    share.assessment = Assessment { findings, groups, ..Assessment::default() };
    share.summary.problems = vec![Problem {
        root: 0,
        path: "Board".into(),
        reason: "permission-denied".into(),
        detail: "cannot list Board: permission denied".into(),
    }];
    share.undated = Some(3);
    share.named()
}

/// The same share, with a finding of each standing, and two that are gone.
pub(super) fn share_over_time() -> Share {
    let mut share = share();
    let since = day(2026, 5, 1);
    share.standings = vec![
        Standing::Decided { decision: decision(Disposition::Keep) },
        Standing::Raised { since, why: Raise::GroupGrew },
        Standing::New,
        Standing::Lapsed { decision: decision(Disposition::Update) },
        Standing::Still { since },
        Standing::Still { since },
    ];
    let gone = |id: &str, rule: &str, path: &str| Gone {
        id: id.into(),
        rule: rule.into(),
        path: path.into(),
        since,
    };
    share.gone = vec![
        gone("0f3d2c1b0a998877", "expired", "HR/Offer 2019.docx"),
        gone("1f3d2c1b0a998877", "unverified", "IT/Old.docx"),
    ];
    share.history = vec![PastScan {
        on: DateTime::from_timestamp(1_777_600_000, 0).unwrap(),
        as_of: since,
        seen: 11,
        read: 8,
        decisions_open: 7,
        findings: [("expired".to_owned(), 1)].into(),
        ..PastScan::default()
    }];
    share
}

/// The same document below two roots.
pub(super) fn two_roots() -> Share {
    let original = document("Plan.docx", 4000);
    let copy = Record { root: RootId(1), ..original.clone() };
    let mut share = Share::of(&["/srv/a", "/srv/b"], vec![original, copy]);
    let from = Provenance::Computed("BLAKE3".into());
    let same = Evidence::new("same bytes as", Value::Document(DocId(0)), from);
    let mut finding = Finding::new(&EXACT, DocId(1), Confidence::Certain, same);
    finding.related = vec![DocId(0)];
    finding.group = Some(0);
    let group = Group {
        kind: "exact-copy",
        canonical: DocId(0),
        reasons: vec![],
        is_tie: true,
        members: vec![(DocId(1), 1.0)],
    };
    share.assessment =
        Assessment { findings: vec![finding], groups: vec![group], ..Assessment::default() };
    share.named()
}

pub(super) static CONFLICTS: Rule = rule(
    "conflicting-copies",
    Category::Redundant,
    Severity::Error,
    "Copies of one document state different facts in the same place.",
);
pub(super) static FOLDERS: Rule = rule(
    "folder-contained",
    Category::Redundant,
    Severity::Warning,
    "All or nearly all files of the folder stand elsewhere, too.",
);

/// Copies that disagree, a folder whose content stands elsewhere, and boilerplate.
pub(super) fn redundant() -> Share {
    let names = ["Old/a.docx", "Old/b.docx", "Old/own.docx", "a.docx", "b.docx", "c.docx"];
    let records = (100..).zip(names).map(|(size, it)| document(it, size)).collect();
    let mut share = Share::of(&["/srv/policies"], records);
    let id = |path| share.id(path);
    let from = || Provenance::Computed("line 14 of the text".into());
    let text = |what, it: &str| Evidence::new(what, Value::Text(it.into()), from());
    let at = |path| Evidence::new("stands in", Value::Document(id(path)), from());
    let summary = "2 different amounts: 45p (2 copies, newest 2025-03-01), 40p (1)";
    let disagreement = text("copies state", summary);
    let mut conflict = Finding::new(&CONFLICTS, id("a.docx"), Confidence::Likely, disagreement)
        .and(Evidence::new("copies that disagree", Value::Count(3), from()))
        .and(Evidence::new("different wordings", Value::Count(2), from()))
        .and(Evidence::new("places that differ", Value::Count(3), from()))
        .and(text("amount", "45p"))
        .and(text("in its words", "The rate is 45p per mile"))
        .and(at("a.docx"))
        .and(at("b.docx"))
        .and(Evidence::new("newest date", Value::Date(day(2025, 3, 1)), from()))
        .and(text("amount", "40p"))
        .and(text("in its words", "The rate is 40p per mile"))
        .and(at("c.docx"));
    conflict.related = vec![id("b.docx"), id("c.docx")];
    let folder =
        Finding::new(&FOLDERS, id("Old/a.docx"), Confidence::Likely, text("folder", "Old"))
            .and(Evidence::new("share that stands elsewhere", Value::Share(0.66), from()))
            .and(Evidence::new("files", Value::Count(3), from()))
            .and(text("stands in folder", "Projects"))
            .and(Evidence::new("files that are only here", Value::Count(1), from()))
            .and(Evidence::new("only here", Value::Document(id("Old/own.docx")), from()));
    let copy = |path| Finding::new(&EXACT, id(path), Confidence::Certain, similarity(1.0));
    let findings = vec![conflict, folder, copy("Old/a.docx"), copy("Old/b.docx"), copy("c.docx")];
    let folders = vec![ContainedFolder {
        root: RootId(0),
        path: "Old".into(),
        files: 3,
        only_here: vec![id("Old/own.docx")],
        stands_in: Some((RootId(0), "Projects".into())),
        is_equal: false,
        example: (id("Old/a.docx"), id("a.docx")),
    }];
    let boilerplate = vec![CommonPassage {
        quote: "This document is the property of the company.".into(),
        words: 34,
        documents: 214,
        examples: vec![id("a.docx")],
        wordings: vec![OtherWording {
            quote: "This document is the property of the firm.".into(),
            documents: vec![id("b.docx"), id("c.docx")],
        }],
    }];
    share.assessment = Assessment { findings, folders, boilerplate, ..Assessment::default() };
    share.named()
}

/// More copies and more findings of a rule than a page should show.
pub(super) fn many() -> Share {
    let copy =
        |n| format!("Projects/{n:04}/Handover/Templates/{}.docx", "General terms ".repeat(4));
    let mut records: Vec<_> = (0..43).map(|n| document(copy(n), 1 << 20)).collect();
    records.extend((0..1214).map(|n| document(format!("Wiki/{n:04}.md"), n)));
    let mut share = Share::of(&["/srv/policies"], records);
    let mut findings = Vec::new();
    let canonical = share.id(copy(0));
    let members: Vec<_> = (1..43).map(|n| (share.id(copy(n)), 1.0)).collect();
    for &(member, share) in &members {
        let mut finding = Finding::new(&EXACT, member, Confidence::Certain, similarity(share));
        finding.group = Some(0);
        findings.push(finding);
    }
    for n in 0..1214 {
        let document = share.id(format!("Wiki/{n:04}.md"));
        let evidence = due(day(2024, 1, 1));
        findings.push(Finding::new(&OVERDUE, document, Confidence::Likely, evidence));
    }
    let groups =
        vec![Group { kind: "exact-copy", canonical, reasons: vec![], is_tie: true, members }];
    share.assessment = Assessment { findings, groups, ..Assessment::default() };
    share.named()
}
