//! Makes a plan of what was found and decided.
//!
//! What follows from the bytes is planned: copies of a file that stays, and empty files. Whatever
//! else is found is a step for review, which carrying out leaves alone; a person's decision makes it
//! one that is carried out. Attachments and entries of archives are no files and are never planned.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, Utc};

use crate::inventory::{DocId, FileIdentity, Inventory, Record, RootId, path_text};
use crate::rot::{
    Assessment, Confidence, Context, Dates, Elsewhere, Finding, Inbound, Policy, Texts, lost,
    retention_of,
};

use super::keep::{Keeping, Known};
use super::step::{Content, Disposition, HeldPaths, Kept, Place, Plan, Signature, Step};

/// Rules that say a document may be superfluous, the strongest first. Others ask for an edit.
const DISPOSABLE: [&str; 15] = [
    "exact-copy",
    "empty",
    "same-text",
    "superseded",
    "withdrawn",
    "declared-successor",
    "retention-passed",
    "expired",
    "near-duplicate",
    "contained",
    "sync-conflict",
    "os-copy",
    "temporary",
    "non-business",
    "system-debris",
];
/// Rules whose findings say that another document has the words.
const ALIKE: [&str; 5] =
    ["same-text", "superseded", "near-duplicate", "contained", "declared-successor"];

/// What somebody decided of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// What is to become of the document: [`Disposition::Quarantine`], [`Disposition::Archive`] or
    /// [`Disposition::Keep`].
    pub what: Disposition,
    /// Whose decision it is.
    pub signature: Signature,
}

/// What a plan is made of.
#[expect(missing_debug_implementations, reason = "holds functions")]
pub struct Making<'a> {
    /// The documents.
    pub inventory: &'a Inventory,
    /// The position of the first root of each file server, ascending: what is on one cannot be
    /// looked at on another.
    pub servers: &'a [RootId],
    /// What was found.
    pub assessment: &'a Assessment,
    /// The id of each finding.
    pub ids: &'a [String],
    /// The documents' texts.
    pub texts: &'a dyn Texts,
    /// Holds and retention.
    pub policy: &'a Policy,
    /// Today.
    pub as_of: NaiveDate,
    /// Now.
    pub made: DateTime<Utc>,
    /// Which copies stay.
    pub keeping: &'a Keeping,
    /// What is done with copies of the same bytes.
    pub copies: Disposition,
    /// Where the archive is.
    pub archive: Option<PathBuf>,
    /// What was decided of the finding at a position.
    pub decided: &'a dyn Fn(usize) -> Option<Decided>,
    /// Who answers for a document.
    pub owner: &'a dyn Fn(DocId) -> Option<String>,
    /// Whether a finding is to be planned; copies that stay are chosen before.
    pub wanted: &'a dyn Fn(usize, DocId) -> bool,
}

/// What is to become of one document, before it is put in words.
#[derive(Clone)]
pub(super) struct Draft {
    finding: usize,
    pub(super) disposition: Disposition,
    pub(super) survivor: Option<DocId>,
    pub(super) signed: Option<Signature>,
    /// Why it is not what the finding alone would make it.
    pub(super) because: Option<String>,
}

impl Making<'_> {
    /// Makes the plan.
    pub fn plan(&self) -> Plan {
        let mut drafts = self.drafts();
        self.settle_survivors(&mut drafts);
        let holds = self.policy.holds.iter().map(|hold| HeldPaths {
            paths: hold.paths.patterns().to_vec(),
            reason: hold.reason.clone(),
            until: hold.until,
        });
        Plan {
            roots: self.inventory.roots.clone(),
            as_of: self.as_of,
            made: self.made,
            archive: self.archive.clone(),
            holds: holds.collect(),
            steps: self.steps(&drafts),
            broken: Vec::new(),
        }
    }

    fn findings(&self) -> &[Finding] {
        &self.assessment.findings
    }

    /// Whether a document is a file that can be checked before it is moved.
    fn is_file(&self, document: DocId) -> bool {
        let record = &self.inventory[document];
        record.file.container.is_none() && record.hash.is_some()
    }

    /// Why nothing may take a document away, if so.
    fn protection(&self, document: DocId) -> Option<String> {
        let path = &self.inventory[document].file.path;
        if let Some(hold) = self.policy.hold(path, self.as_of) {
            return Some(format!("legal hold: {}", hold.reason));
        }
        if self.keeping.never_touch.is_match(path) {
            return Some("never to be touched".to_owned());
        }
        if self.keeping.is_in_reference(self.inventory, document) {
            return Some("in a reference folder".to_owned());
        }
        None
    }

    /// The strongest finding on each document that may be superfluous, or the decided one.
    fn drafts(&self) -> BTreeMap<DocId, Draft> {
        let mut best: BTreeMap<DocId, (usize, usize, Option<Decided>)> = BTreeMap::new();
        for (at, finding) in self.findings().iter().enumerate() {
            let decided = (self.decided)(at);
            let strength = DISPOSABLE.iter().position(|it| *it == finding.rule.id);
            let acts = decided.as_ref().is_some_and(|it| it.what != Disposition::Review);
            let Some(strength) = strength.or(acts.then_some(DISPOSABLE.len())) else { continue };
            if !self.is_file(finding.document) {
                continue;
            }
            // What a person decided goes before what a rule found.
            let strength = if acts { strength } else { strength + 2 * DISPOSABLE.len() };
            let known = best.get(&finding.document);
            if known.is_none_or(|(_, known, _)| strength < *known) {
                best.insert(finding.document, (at, strength, decided));
            }
        }
        let mut drafts = BTreeMap::new();
        for (document, (finding, _, decided)) in best {
            drafts.insert(document, self.draft(document, finding, decided));
        }
        self.divide_copies(&mut drafts);
        drafts
    }

    fn draft(&self, document: DocId, finding: usize, decided: Option<Decided>) -> Draft {
        let found = &self.findings()[finding];
        let is_alike = found.rule.id == "exact-copy" || ALIKE.contains(&found.rule.id);
        let survivor = found.related.first().copied().filter(|_| is_alike);
        let survivor = survivor.filter(|it| *it != document && self.is_file(*it));
        let is_empty = self.inventory[document].file.size == 0;
        let (disposition, signed) = match decided {
            Some(Decided { what, signature }) => (what, Some(signature)),
            None if found.confidence == Confidence::Certain
                && is_empty
                && found.rule.id == "empty" =>
            {
                (Disposition::Quarantine, None)
            }
            None => (Disposition::Review, None),
        };
        Draft { finding, disposition, survivor, signed, because: None }
    }

    /// The documents that are names of one file, by its number.
    fn names(&self) -> HashMap<FileIdentity, Vec<DocId>> {
        let mut names: HashMap<FileIdentity, Vec<DocId>> = HashMap::new();
        for (document, record) in self.inventory.iter() {
            if 1 < record.file.links && record.file.identity.inode != 0 && self.is_file(document) {
                names.entry(record.file.identity).or_default().push(document);
            }
        }
        names
    }

    /// Which copies of the same bytes go, and for the sake of which one.
    fn divide_copies(&self, drafts: &mut BTreeMap<DocId, Draft>) {
        let findings = self.findings().iter().enumerate();
        let of_copies = findings.filter(|(_, it)| it.rule.id == "exact-copy");
        let finding_of: HashMap<DocId, usize> =
            of_copies.map(|(at, finding)| (finding.document, at)).collect();
        let names = self.names();
        let groups = self.assessment.groups.iter().filter(|it| it.kind == "exact-copy");
        // Where there are several servers, the canonical document of all is on one of them only.
        let preference = (1 < self.servers.len())
            .then(|| Context::new(self.inventory, self.texts, self.policy, self.as_of));
        let preferred = |copies: &[DocId]| preference.as_ref()?.preferred_copy(copies);
        for (group, members) in groups.flat_map(|group| {
            let members = group.members.iter().map(|it| it.0).chain([group.canonical]);
            let mut members: Vec<DocId> = members.filter(|it| self.is_file(*it)).collect();
            members.sort_unstable();
            self.by_server(members).map(move |members| (group, members))
        }) {
            let decided = |drafts: &BTreeMap<DocId, Draft>, it: DocId, keeps: bool| {
                let draft = drafts.get(&it).filter(|it| it.signed.is_some());
                draft.is_some_and(|it| keeps == (it.disposition == Disposition::Keep))
            };
            let condemned: HashSet<DocId> =
                members.iter().copied().filter(|it| decided(drafts, *it, false)).collect();
            let known = Known {
                inventory: self.inventory,
                canonical: preferred(&members).unwrap_or(group.canonical),
                is_protected: &|it| self.protection(it).is_some() || decided(drafts, it, true),
                is_condemned: &|it| condemned.contains(&it),
            };
            let kept = self.keeping.choose(&known, &members);
            let survivor = kept.stay.first().copied().filter(|it| !condemned.contains(it));
            for document in &kept.stay {
                let draft = drafts.get_mut(document);
                let Some(draft) = draft.filter(|it| it.signed.is_none()) else { continue };
                // What nobody may take away is said to stay, and why.
                let is_free = self.protection(*document).is_none();
                let is_alone = draft.survivor.is_none_or(|it| self.are_together(*document, it));
                if is_free && is_alone && self.findings()[draft.finding].rule.id == "exact-copy" {
                    drafts.remove(document);
                }
            }
            for document in kept.go.iter().filter(|it| survivor != Some(**it)) {
                if decided(drafts, *document, true) {
                    continue;
                }
                // The canonical document has no such finding; that of its copy is about both.
                let about = [Some(*document), survivor].into_iter().flatten();
                let finding = about.filter_map(|it| finding_of.get(&it)).next().copied();
                let Some(draft) = self.going(drafts.get(document), finding, survivor) else {
                    continue;
                };
                // Only without its other names a file frees its bytes.
                let identity = self.inventory[*document].file.identity;
                let others = names.get(&identity).map_or(&[][..], Vec::as_slice);
                let is_free = |it: &&DocId| {
                    let known = drafts.get(it);
                    let is_open = known.is_none_or(|it| it.disposition == Disposition::Review);
                    *it != document && is_open && self.protection(**it).is_none()
                };
                let others: Vec<DocId> = others.iter().filter(is_free).copied().collect();
                for it in others.into_iter().chain([*document]) {
                    drafts.insert(it, draft.clone());
                }
            }
        }
    }

    /// What becomes of a copy that goes: what somebody decided, or what becomes of all copies.
    fn going(
        &self,
        known: Option<&Draft>,
        finding: Option<usize>,
        survivor: Option<DocId>,
    ) -> Option<Draft> {
        let signed = known.filter(|it| it.signed.is_some());
        let finding = signed.map(|it| it.finding).or(finding)?;
        let disposition = signed.map_or(self.copies, |it| it.disposition);
        let signed = signed.and_then(|it| it.signed.clone());
        Some(Draft { finding, disposition, survivor, signed, because: None })
    }

    /// Turns back what nobody may take away, and finds other survivors where the first one goes.
    fn settle_survivors(&self, drafts: &mut BTreeMap<DocId, Draft>) {
        drafts.retain(|document, draft| (self.wanted)(draft.finding, *document));
        let dates = Dates::of(self.inventory, self.policy, self.as_of);
        for (document, draft) in drafts.iter_mut() {
            let record = &self.inventory[*document];
            let protection = self.protection(*document).or_else(|| {
                let (class, until) = retention_of(&dates, self.policy, record)?;
                let is_over = until.is_some_and(|until| until < self.as_of);
                let acts = draft.disposition.acts() && draft.disposition != Disposition::Archive;
                (acts && !is_over).then(|| match until {
                    Some(until) => format!("retention: {class} is kept until {until}"),
                    None => format!("retention: no date tells how long {class} is kept"),
                })
            });
            if let Some(why) = protection {
                (draft.disposition, draft.because) = (Disposition::Keep, Some(why));
            }
        }
        let goes: HashMap<DocId, Option<DocId>> = drafts
            .iter()
            .filter(|(_, draft)| draft.disposition.acts())
            .map(|(document, draft)| (*document, draft.survivor))
            .collect();
        for (document, draft) in drafts.iter_mut() {
            let mut survivor = draft.survivor;
            // As many steps as there could be copies of copies.
            for _ in 0..4 {
                survivor = match survivor {
                    Some(it) if goes.contains_key(&it) => goes[&it],
                    survivor => survivor,
                };
            }
            draft.survivor = survivor.filter(|it| !goes.contains_key(it) && it != document);
            let record = &self.inventory[*document];
            let is_copy = draft.survivor.is_some_and(|it| self.inventory[it].hash == record.hash);
            let is_safe = draft.signed.is_some() || is_copy || record.file.size == 0;
            if draft.disposition.acts() && !is_safe {
                let why = "no other copy of it would stay".to_owned();
                (draft.disposition, draft.because) = (Disposition::Review, Some(why));
            }
            self.look_no_further(*document, draft);
        }
    }

    fn steps(&self, drafts: &BTreeMap<DocId, Draft>) -> Vec<Step> {
        let goes = |it: DocId| drafts.get(&it).is_some_and(|it| it.disposition.acts());
        let judged: Vec<DocId> = drafts
            .iter()
            .filter(|(_, draft)| self.is_told_what_is_lost(draft))
            .map(|(document, _)| *document)
            .collect();
        let elsewhere = Elsewhere::of(self.inventory, &judged, |it| !goes(it));
        let inbound = Inbound::of(self.inventory, self.policy);
        // How many names of a file go, and the last of them.
        let mut going: HashMap<FileIdentity, (u64, DocId)> = HashMap::new();
        for document in drafts.keys().copied().filter(|it| goes(*it)) {
            let identity = self.inventory[document].file.identity;
            let (count, last) = going.entry(identity).or_insert((0, document));
            (*count, *last) = (*count + 1, document);
        }
        let dates = Dates::of(self.inventory, self.policy, self.as_of);
        let step = |(document, draft): (&DocId, &Draft)| {
            let record = &self.inventory[*document];
            let finding = &self.findings()[draft.finding];
            let lost = match self.is_told_what_is_lost(draft) {
                true => {
                    let stays = !goes(*document);
                    let (texts, survivor) = (self.texts, draft.survivor);
                    lost(self.inventory, texts, &elsewhere, *document, survivor, stays)
                }
                false => Vec::new(),
            };
            let names = going.get(&record.file.identity);
            let is_last_name = record.file.links <= 1
                || names
                    .is_some_and(|(count, last)| *count == record.file.links && last == document);
            let retention = retention_of(&dates, self.policy, record);
            Some(Step {
                document: self.place(*document),
                expected: content(record)?,
                survivor: match draft.survivor.filter(|it| self.are_together(*document, *it)) {
                    Some(it) => Some((self.place(it), content(&self.inventory[it])?)),
                    None => None,
                },
                disposition: draft.disposition,
                rule: finding.rule.id.to_owned(),
                finding: self.ids.get(draft.finding).cloned().unwrap_or_default(),
                confidence: finding.confidence,
                reason: self.reason(draft),
                lost,
                linked_from: self.links(&inbound, *document),
                owner: (self.owner)(*document).unwrap_or_default(),
                reclaims: if is_last_name { record.file.size } else { 0 },
                signed: draft.signed.clone(),
                retention: retention.map(|(class, until)| Kept { class: class.to_owned(), until }),
            })
        };
        drafts.iter().filter_map(step).collect()
    }

    /// Of what goes for its bytes nothing is lost, and of what stays neither.
    fn is_told_what_is_lost(&self, draft: &Draft) -> bool {
        let rule = self.findings()[draft.finding].rule.id;
        draft.disposition != Disposition::Keep && ALIKE.contains(&rule)
            || draft.disposition.acts() && draft.signed.is_some() && rule != "exact-copy"
    }

    fn place(&self, document: DocId) -> Place {
        let record = &self.inventory[document];
        Place { root: usize::from(record.root.0), path: record.file.path.clone() }
    }

    fn reason(&self, draft: &Draft) -> String {
        let finding = &self.findings()[draft.finding];
        let mut words = finding.rule.summary.trim_end_matches('.').to_owned();
        if let Some(because) = &draft.because {
            words = format!("{because}; {words}");
        }
        let why = draft.signed.as_ref().map(|it| it.why.trim()).filter(|it| !it.is_empty());
        if let Some(why) = why {
            words = format!("{words}; {why}");
        }
        words
    }

    fn links(&self, inbound: &Inbound, document: DocId) -> Vec<String> {
        let links = inbound.to(self.inventory, document);
        links
            .map(|(from, link)| {
                let path = path_text::encode(&self.inventory[from].file.path);
                format!("{path}, {}: {}", link.locator, link.target)
            })
            .collect()
    }
}

fn content(record: &Record) -> Option<Content> {
    Some(Content { hash: record.hash?, size: record.file.size })
}
