//! What tells a finding apart from one report to the next, also after its document was moved, one
//! of its copies was added, or its text was changed.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::str::FromStr;

use xxhash_rust::xxh3::Xxh3;

use crate::inventory::{DocId, Inventory, Record, path_text};
use crate::rot::{Assessment, Finding, Group, identity};

/// What a finding rests on, by content. A part that is 0 is not known, or there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Trace {
    /// Rule, document, counterpart and fact; equal documents share it.
    pub key: u64,
    /// The document.
    pub text: u64,
    /// What it is compared with.
    pub counterpart: u64,
    /// The contents of its group.
    pub group: u64,
    /// Documents that it speaks of: members of its group, or itself and what it is compared with.
    pub copies: u32,
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, text, counterpart, group, copies } = self;
        // The letter keeps spreadsheet programs from taking it for a number.
        write!(f, "t{key:016x}.{text:016x}.{counterpart:016x}.{group:016x}.{copies}")
    }
}

impl FromStr for Trace {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.strip_prefix('t').ok_or(())?.split('.');
        let mut hash = || u64::from_str_radix(parts.next().unwrap_or_default(), 16).map_err(drop);
        let [key, text, counterpart, group] = [hash()?, hash()?, hash()?, hash()?];
        let copies = parts.next().unwrap_or_default().parse().map_err(drop)?;
        Ok(Self { key, text, counterpart, group, copies })
    }
}

/// A finding of the present report, as it may be recognised later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark<'a> {
    /// Its name in reports.
    pub id: &'a str,
    /// The rule.
    pub rule: &'static str,
    /// Where the document lies, as [`path_of`] writes it.
    pub path: Cow<'a, str>,
    /// What it rests on.
    pub trace: Trace,
}

/// The marks of an assessment's findings, in their order; `ids` as [`identity::ids`] gives them.
pub fn marks<'a>(
    inventory: &'a Inventory,
    assessment: &Assessment,
    ids: &'a [String],
) -> Vec<Mark<'a>> {
    let mut contents = Contents { inventory, of: HashMap::new() };
    let groups: Vec<u64> = assessment.groups.iter().map(|it| contents.of_group(it)).collect();
    let findings = assessment.findings.iter().zip(ids);
    let mark = |(finding, id): (&Finding, &'a String)| {
        let members = finding.group.and_then(|at| assessment.groups.get(at));
        let others = members.map_or(finding.related.len(), |group| group.members.len());
        Mark {
            id,
            rule: finding.rule.id,
            path: path_of(inventory, &inventory[finding.document]),
            trace: Trace {
                key: identity::key_of(inventory, finding),
                text: identity::content_of(inventory, finding.document),
                counterpart: finding.related.first().map_or(0, |it| contents.of(*it)),
                group: finding.group.and_then(|at| groups.get(at)).copied().unwrap_or(0),
                copies: u32::try_from(others + 1).unwrap_or(u32::MAX),
            },
        }
    };
    findings.map(mark).collect()
}

/// Contents of documents that are asked for again and again, such as the one that stays.
struct Contents<'a> {
    inventory: &'a Inventory,
    of: HashMap<DocId, u64>,
}

impl Contents<'_> {
    fn of(&mut self, document: DocId) -> u64 {
        let content = || identity::content_of(self.inventory, document);
        *self.of.entry(document).or_insert_with(content)
    }

    /// The set of contents of a group, whichever of them stays.
    fn of_group(&mut self, group: &Group) -> u64 {
        let members = group.members.iter().map(|(member, _)| *member);
        let set: BTreeSet<u64> = std::iter::once(group.canonical)
            .chain(members)
            .map(|it| identity::content_of(self.inventory, it))
            .collect();
        let mut hash = Xxh3::new();
        hash.update(group.kind.as_bytes());
        set.iter().for_each(|content| hash.update(&content.to_le_bytes()));
        hash.digest()
    }
}

/// A document's path in one line of text, without loss; below its root where there are several.
pub fn path_of<'a>(inventory: &Inventory, record: &'a Record) -> Cow<'a, str> {
    if inventory.roots.len() < 2
        && let Some(plain) = record.file.path.to_str()
        && !plain.contains(['\\', '\n', '\r'])
    {
        return plain.into();
    }
    let whole = match inventory.roots.len() {
        0 | 1 => Cow::Borrowed(&record.file.path),
        _ => Cow::Owned(inventory.root_of(record).join(&record.file.path)),
    };
    path_text::encode(&whole).replace('\n', "\\x0a").replace('\r', "\\x0d").into()
}
