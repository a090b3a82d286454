//! Carries out a plan, step by step. Only here documents are moved.
//!
//! A step is checked, its intent written to the journal and to the disk, then it is done, then the
//! journal says so. A step that is refused changes nothing and is a line of the journal.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::Path;

use super::carry::{Carry, carry};
use super::check::{Checked, Checker, Terms};
use super::disk::is_untouched;
use super::event::{At, Event, Held, Intent, Refused, Survivor, To};
use super::journal::JournalError;
use super::quarantine::{Item, ItemState, Quarantine, items, origin, spelled};
use super::recover::settle_apply;
use super::refusal::Refusal;
use super::replace;
use super::step::{Broken, Content, Disposition, Plan, Step};

/// What came of a step.
#[derive(Debug)]
pub enum Outcome {
    /// The document was moved.
    Done {
        /// The line of the journal, by which it can be taken back.
        number: u64,
    },
    /// It would be moved.
    Would,
    /// It was moved by an earlier run of the plan.
    Already,
    /// The plan leaves it where it is.
    Left,
    /// It stays where it is, and why.
    Refused(Refusal),
}

/// A step of a plan, as it was found there.
#[derive(Clone, Copy, Debug)]
pub enum Found<'a> {
    /// One that makes sense.
    Step(&'a Step),
    /// One that makes none.
    Broken(&'a Broken),
}

/// Told of every step when it is over; may stop the run.
pub type OnStep<'a> = &'a mut dyn FnMut(Found<'_>, &Outcome) -> ControlFlow<()>;

/// What a run came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Documents that were moved, or would be.
    pub done: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Documents that an earlier run moved.
    pub already: u64,
    /// Steps that were refused.
    pub refused: u64,
    /// Whether it was stopped before the end.
    pub stopped: bool,
}

impl Tally {
    fn count(&mut self, found: Found<'_>, outcome: &Outcome) {
        match outcome {
            Outcome::Done { .. } | Outcome::Would => {
                self.done += 1;
                if let Found::Step(step) = found {
                    self.bytes += step.expected.size;
                }
            }
            Outcome::Already => self.already += 1,
            Outcome::Refused(_) => self.refused += 1,
            Outcome::Left => {}
        }
    }
}

/// Checks every step as [`apply`] would, and changes nothing.
pub fn simulate(plan: &Plan, terms: &Terms<'_>, on_step: OnStep<'_>) -> Tally {
    let mut checker = Checker::new(plan, terms, None);
    let mut tally = Tally::default();
    for found in every_step(plan) {
        let outcome = match found {
            Found::Broken(broken) => Outcome::Refused(Refusal::Nonsense(broken.why.clone())),
            Found::Step(step) if !step.disposition.acts() => Outcome::Left,
            Found::Step(step) => match checker.check(step) {
                Ok(_) => Outcome::Would,
                Err(refusal) => Outcome::Refused(refusal),
            },
        };
        tally.count(found, &outcome);
        if on_step(found, &outcome).is_break() {
            tally.stopped = true;
            break;
        }
    }
    tally
}

fn every_step(plan: &Plan) -> impl Iterator<Item = Found<'_>> {
    plan.broken.iter().map(Found::Broken).chain(plan.steps.iter().map(Found::Step))
}

/// Carries out a plan. The error is the journal's, without which nothing is done.
pub fn apply(
    plan: &Plan,
    quarantine: &mut Quarantine,
    terms: &Terms<'_>,
    on_step: OnStep<'_>,
) -> Result<Tally, JournalError> {
    let kept = quarantine.keep_plan(&plan.to_json());
    let kept = kept.map_err(|refusal| JournalError::Io {
        what: "keep the plan beside",
        source: std::io::Error::other(refusal),
    })?;
    let path = quarantine.path.clone();
    let (moved, number) = (already_moved(quarantine), quarantine.journal.next());
    let mut run = Run { moved, number, quarantine, plan, terms };
    run.say(Event::Began {
        schema_version: 1,
        run: "apply".to_owned(),
        by: terms.by.to_owned(),
        version: terms.version.to_owned(),
        plan: Some(kept),
    })?;
    let mut checker = Checker::new(plan, terms, Some(&path));
    let mut tally = Tally::default();
    for found in every_step(plan) {
        let outcome = match found {
            Found::Broken(broken) => run.refuse_broken(broken)?,
            Found::Step(step) if !step.disposition.acts() => Outcome::Left,
            Found::Step(step) if run.is_replaced(step) => Outcome::Already,
            Found::Step(step) => match checker.check(step) {
                Ok(checked) => run.take(step, &checked)?,
                Err(Refusal::Missing(_)) if run.was_moved(step) => Outcome::Already,
                Err(refusal) => run.refuse(step, refusal)?,
            },
        };
        tally.count(found, &outcome);
        if on_step(found, &outcome).is_break() {
            tally.stopped = true;
            break;
        }
    }
    let Tally { done, refused, stopped, .. } = tally;
    run.say(Event::Ended { done, refused, stopped })?;
    run.quarantine.journal.sync()?;
    Ok(tally)
}

fn already_moved(quarantine: &Quarantine) -> HashMap<At, Intent> {
    let items = items(&quarantine.journal.lines).into_values();
    let aside = items.filter(|it| it.state == ItemState::Aside);
    aside.map(|it| (it.intent.document.clone(), it.intent)).collect()
}

struct Run<'a> {
    quarantine: &'a mut Quarantine,
    plan: &'a Plan,
    terms: &'a Terms<'a>,
    /// Documents that earlier runs moved.
    moved: HashMap<At, Intent>,
    /// The line on which this run began, which names its folder in quarantine.
    number: u64,
}

impl Run<'_> {
    fn say(&mut self, event: Event) -> Result<u64, JournalError> {
        self.quarantine.journal.append((self.terms.now)(), event)
    }

    fn at(&self, place: &super::step::Place) -> At {
        At { root: self.terms.roots[place.root].clone(), path: place.path.clone() }
    }

    fn was_moved(&self, step: &Step) -> bool {
        self.moved_before(step).is_some()
    }

    fn moved_before(&self, step: &Step) -> Option<&Intent> {
        let is_known = step.document.root < self.terms.roots.len();
        is_known.then(|| self.moved.get(&self.at(&step.document))).flatten()
    }

    /// Whether an earlier run put something of the same bytes in the document's place.
    fn is_replaced(&self, step: &Step) -> bool {
        let before = self.moved_before(step).filter(|intent| {
            intent.replacement.as_ref().is_some_and(|it| it.path == intent.document.path)
        });
        before.is_some_and(|intent| replace::is_in_place(intent).unwrap_or(false))
    }

    fn refuse_broken(&mut self, broken: &Broken) -> Result<Outcome, JournalError> {
        let refusal = Refusal::Nonsense(broken.why.clone());
        let what = Refused {
            root: String::new(),
            path: broken.path.clone(),
            rule: String::new(),
            finding: String::new(),
        };
        self.refuse_what(what, refusal)
    }

    fn refuse(&mut self, step: &Step, refusal: Refusal) -> Result<Outcome, JournalError> {
        let root = self.terms.roots.get(step.document.root);
        let what = Refused {
            root: root.map_or_else(String::new, |it| spelled(it)),
            path: spelled(&step.document.path),
            rule: step.rule.clone(),
            finding: step.finding.clone(),
        };
        self.refuse_what(what, refusal)
    }

    fn refuse_what(&mut self, what: Refused, refusal: Refusal) -> Result<Outcome, JournalError> {
        let (word, reason) = (refusal.word().to_owned(), told(&refusal));
        self.say(Event::Refused { what, word, reason })?;
        Ok(Outcome::Refused(refusal))
    }

    fn take(&mut self, step: &Step, checked: &Checked) -> Result<Outcome, JournalError> {
        let number = self.quarantine.journal.next();
        let intent = self.intent(step, checked, number);
        self.say(Event::Intent(Box::new(intent.clone())))?;
        self.quarantine.journal.sync()?;
        match self.act(&intent, checked, number, &step.expected) {
            Ok(()) => {
                let folder_modified = checked.from.folder.modified().ok();
                self.say(Event::Done { of: number, folder_modified })?;
                Ok(Outcome::Done { number })
            }
            Err(refusal) => {
                let now = (self.terms.now)();
                let item = Item::new(number, now, intent, step.expected);
                Ok(match self.settle(&item, &refusal)? {
                    true => Outcome::Done { number },
                    false => Outcome::Refused(refusal),
                })
            }
        }
    }

    /// Looks at what a step that failed has left, and says so; whether it was done after all.
    fn settle(&mut self, item: &Item, refusal: &Refusal) -> Result<bool, JournalError> {
        let reason = told(refusal);
        let event = settle_apply(self.quarantine, item).map_err(|source| JournalError::Io {
            what: "find out what became of a step, and say so in",
            source,
        })?;
        let event = match event {
            Event::Abandoned { of, .. } => Event::Abandoned { of, reason },
            Event::Stranded { of, content, .. } => Event::Stranded { of, content, reason },
            event => event,
        };
        let is_done = matches!(event, Event::Done { .. });
        let is_back = matches!(event, Event::Abandoned { .. });
        self.say(event)?;
        if let (true, Some(before), Ok(from)) =
            (is_back, item.intent.folder_modified, origin(&item.intent))
        {
            // That the folder's time is the one of before is a courtesy.
            let _ = self.quarantine.disk.set_modified(&from.folder, before);
        }
        Ok(is_done)
    }

    fn intent(&self, step: &Step, checked: &Checked, number: u64) -> Intent {
        let survivor = step
            .survivor
            .as_ref()
            .map(|(place, content)| Survivor { at: self.at(place), content: Held::of(content) });
        let mut intent = Intent {
            document: self.at(&step.document),
            content: Held::of(&step.expected),
            disposition: step.disposition.name().to_owned(),
            to: self.to(step),
            replacement: None,
            survivor,
            rule: step.rule.clone(),
            finding: step.finding.clone(),
            reason: step.reason.clone(),
            signed: step.signed.as_ref().map_or_else(String::new, |it| it.by.clone()),
            inode: checked.document.stat.st_ino,
            folder_modified: checked.from.folder.modified().ok(),
        };
        intent.replacement = replace::planned(&intent, number, &self.quarantine.path);
        intent
    }

    fn to(&self, step: &Step) -> To {
        let path = &step.document.path;
        match (step.disposition, &self.plan.archive) {
            (Disposition::Archive, Some(archive)) => {
                let class = step.retention.as_ref().map_or("unclassified", |it| &it.class);
                let path = Path::new(&plain_name(class)).join(path);
                To { archive: Some(spelled(archive)), path }
            }
            _ => {
                // Several trees lie apart from each other.
                let run = Path::new("files").join(self.number.to_string());
                let path = match self.terms.roots.len() {
                    1 => run.join(path),
                    _ => run.join(step.document.root.to_string()).join(path),
                };
                To { archive: None, path }
            }
        }
    }

    fn act(
        &self,
        intent: &Intent,
        checked: &Checked,
        number: u64,
        expected: &Content,
    ) -> Result<(), Refusal> {
        let (disk, path) = (&self.quarantine.disk, &self.quarantine.path);
        let Checked { from, document, survivor } = checked;
        let to = self.quarantine.place_of(intent, true).map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists | std::io::ErrorKind::NotADirectory => {
                Refusal::NameTaken(intent.to.path.display().to_string())
            }
            _ => Refusal::io("make its place")(error),
        })?;
        let job = Carry { from, to: &to, expected, number, what: "the document" };
        carry(disk, job, document)?;
        if let Some((spot, opened)) = survivor {
            let is_there =
                spot.stat().ok().flatten().is_some_and(|it| is_untouched(&it, &opened.stat));
            if !is_there {
                return Err(Refusal::ChangedUnderWay("the copy that should stay"));
            }
        }
        replace::put(disk, intent, number, path, document, survivor.as_ref())
    }
}

/// A retention class as the name of a folder.
fn plain_name(class: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || "-_. ".contains(c) { c } else { '_' };
    let name: String = class.trim().chars().map(plain).take(100).collect();
    match name.trim_matches('.') {
        "" => "unclassified".to_owned(),
        name => name.to_owned(),
    }
}

/// A refusal with its cause.
pub(super) fn told(refusal: &Refusal) -> String {
    refusal.to_string()
}
