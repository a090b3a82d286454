//! What must be true before a step is taken. Reads, and changes nothing.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, Utc};

use crate::rot::{Globs, Policy};

use super::disk::{Folder, Opened, Spot, is_absence, is_same};
use super::refusal::Refusal;
use super::replace::pointer_path;
use super::step::{Content, Disposition, Place, Plan, Step};
use super::wire::check_path;

/// What a run goes by, beside the plan.
#[derive(Clone, Copy)]
#[expect(missing_debug_implementations, reason = "holds a clock")]
pub struct Terms<'a> {
    /// Where the plan's roots are, in its order.
    pub roots: &'a [PathBuf],
    /// The policy that is in force now: its holds and retention periods bind older plans too.
    pub policy: &'a Policy,
    /// Today.
    pub today: NaiveDate,
    /// The time, for the journal.
    pub now: &'a dyn Fn() -> DateTime<Utc>,
    /// Who does it, for the journal.
    pub by: &'a str,
    /// The program's version, for the journal.
    pub version: &'a str,
}

/// Looks at steps one by one.
pub(super) struct Checker<'a> {
    plan: &'a Plan,
    terms: &'a Terms<'a>,
    holds: Vec<(Globs, &'a str)>,
    /// What the plan takes away.
    goes: HashSet<&'a Place>,
    seen: HashSet<&'a Place>,
    /// Where nothing may be taken from.
    quarantine: Option<&'a Path>,
}

/// A step that may be taken, with its files open and locked.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) from: Spot,
    pub(super) document: Opened,
    pub(super) survivor: Option<(Spot, Opened)>,
}

impl<'a> Checker<'a> {
    pub(super) fn new(plan: &'a Plan, terms: &'a Terms<'a>, quarantine: Option<&'a Path>) -> Self {
        let in_force = |until: Option<NaiveDate>| until.is_none_or(|until| terms.today <= until);
        let holds = plan.holds.iter().filter(|it| in_force(it.until)).map(|hold| {
            // A hold that cannot be understood covers everything.
            let globs = Globs::new(hold.paths.iter().map(String::as_str))
                .or_else(|_| Globs::new(["**"]))
                .unwrap_or_default();
            (globs, hold.reason.as_str())
        });
        let holds = holds.collect();
        let goes = plan.steps.iter().filter(|it| it.disposition.acts()).map(|it| &it.document);
        let goes = goes.collect();
        Self { plan, terms, holds, goes, seen: HashSet::new(), quarantine }
    }

    /// Checks a step that acts.
    pub(super) fn check(&mut self, step: &'a Step) -> Result<Checked, Refusal> {
        let nonsense = |why: String| Refusal::Nonsense(why);
        check_path(&step.document.path).map_err(nonsense)?;
        if !self.seen.insert(&step.document) {
            return Err(Refusal::Twice);
        }
        self.check_keeping(step)?;
        self.check_survivor_of(step)?;
        if step.disposition == Disposition::Archive && self.plan.archive.is_none() {
            return Err(nonsense("the plan names no archive".to_owned()));
        }
        let (from, document) = self.open(&step.document, &step.expected, "the document", true)?;
        let survivor = match &step.survivor {
            None => None,
            Some((place, content)) => {
                check_path(&place.path).map_err(nonsense)?;
                // Read before, so that a name of the same file is told as such, locked or not.
                let (spot, opened) = self.find(place, "the copy that should stay")?;
                if is_same(&opened.stat, &document.stat) {
                    return Err(Refusal::SameFile);
                }
                verify(&opened, content, "the copy that should stay", false)?;
                Some((spot, opened))
            }
        };
        check_replacement(step, &from, &document, survivor.as_ref())?;
        Ok(Checked { from, document, survivor })
    }

    /// Holds and retention, of the plan and of the policy in force.
    fn check_keeping(&self, step: &Step) -> Result<(), Refusal> {
        let path = &step.document.path;
        if let Some((_, reason)) = self.holds.iter().find(|(globs, _)| globs.is_match(path)) {
            return Err(Refusal::Hold((*reason).to_owned()));
        }
        if let Some(hold) = self.terms.policy.hold(path, self.terms.today) {
            return Err(Refusal::Hold(hold.reason.clone()));
        }
        if step.disposition == Disposition::Archive {
            return Ok(());
        }
        let refuse = |why: String| Err(Refusal::Retention(why));
        match (&step.retention, self.terms.policy.rule_for(path).retention) {
            (Some(kept), _) => match kept.until {
                Some(until) if until < self.terms.today => Ok(()),
                Some(until) => refuse(format!("{} is kept until {until}", kept.class)),
                None => refuse(format!("no date tells how long {} is kept", kept.class)),
            },
            (None, Some(retention)) => {
                refuse(format!("the policy keeps it ({}); make the plan anew", retention.value))
            }
            (None, None) => Ok(()),
        }
    }

    fn check_survivor_of(&self, step: &Step) -> Result<(), Refusal> {
        let is_signed = step.signed.as_ref().is_some_and(|it| !it.by.trim().is_empty());
        match &step.survivor {
            Some((place, _)) if self.goes.contains(place) => Err(Refusal::SurvivorGoes),
            Some((_, content)) if *content == step.expected => Ok(()),
            _ if matches!(step.disposition, Disposition::HardLink | Disposition::Reflink) => {
                let why = "only a copy with the same bytes can be linked to";
                Err(Refusal::Nonsense(why.to_owned()))
            }
            None if step.disposition == Disposition::Pointer => {
                Err(Refusal::Nonsense("it names no copy to point to".to_owned()))
            }
            _ if step.expected.is_empty() || step.disposition == Disposition::Archive => Ok(()),
            _ if is_signed => Ok(()),
            _ => Err(Refusal::LastCopy),
        }
    }

    fn find(&self, place: &Place, what: &'static str) -> Result<(Spot, Opened), Refusal> {
        let refuse = |error: std::io::Error| match error.kind() {
            std::io::ErrorKind::NotFound => Refusal::Missing(what),
            _ if is_absence(&error) => Refusal::NotAFile(what),
            _ => Refusal::io("open it")(error),
        };
        let root = self.terms.roots.get(place.root);
        let root =
            root.ok_or_else(|| Refusal::Nonsense("it lies under no root of the plan".to_owned()))?;
        if self.quarantine.is_some_and(|it| root.join(&place.path).starts_with(it)) {
            return Err(Refusal::Nonsense(format!("{what} lies in the quarantine")));
        }
        let spot = Folder::open(root).and_then(|it| it.spot(&place.path)).map_err(refuse)?;
        let opened = spot.open().map_err(refuse)?;
        Ok((spot, opened))
    }

    fn open(
        &self,
        place: &Place,
        expected: &Content,
        what: &'static str,
        alone: bool,
    ) -> Result<(Spot, Opened), Refusal> {
        let (spot, opened) = self.find(place, what)?;
        verify(&opened, expected, what, alone)?;
        Ok((spot, opened))
    }
}

/// Locks a file and reads it: it must hold what the plan says.
fn verify(
    opened: &Opened,
    expected: &Content,
    what: &'static str,
    alone: bool,
) -> Result<(), Refusal> {
    if !opened.lock(alone) {
        return Err(Refusal::Locked(what));
    }
    // The size tells without reading.
    if opened.stat.st_size as u64 != expected.size
        || opened.content().map_err(Refusal::io("read it"))? != *expected
    {
        return Err(Refusal::Changed(what));
    }
    Ok(())
}

fn check_replacement(
    step: &Step,
    from: &Spot,
    document: &Opened,
    survivor: Option<&(Spot, Opened)>,
) -> Result<(), Refusal> {
    match (step.disposition, survivor) {
        (Disposition::HardLink, Some((_, survivor))) => {
            let owner = |it: &Opened| (it.stat.st_uid, it.stat.st_gid, it.stat.st_mode);
            if owner(document) != owner(survivor) {
                return Err(Refusal::OtherOwner);
            }
            if document.stat.st_dev != survivor.stat.st_dev {
                let error = std::io::ErrorKind::CrossesDevices.into();
                return Err(Refusal::io("link to the copy that stays")(error));
            }
        }
        (Disposition::Pointer, _) => {
            let pointer = pointer_path(&step.document.path);
            let name = pointer.file_name().unwrap_or_default();
            let spot = from.beside(name).map_err(Refusal::io("point to the copy that stays"))?;
            if spot.stat().map_err(Refusal::io("point to the copy that stays"))?.is_some() {
                return Err(Refusal::NameTaken(name.to_string_lossy().into_owned()));
            }
        }
        _ => {}
    }
    Ok(())
}
