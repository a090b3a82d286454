//! Who answers for a document, and how that is known.
//!
//! The policy says which sources count and in which order. What is no fact of the records, such as
//! a file of code owners, is passed in.

use std::collections::HashMap;

use crate::extract::{Fact, Provenance};
use crate::inventory::{DocId, Inventory, Record};

use super::code_owners::CodeOwners;
use super::{Policy, Setting};

/// Where an owner may be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OwnerSource {
    /// A rule of the policy for the path.
    Rule,
    /// A file of code owners.
    CodeOwners,
    /// What the document says: front matter, a property, its control table.
    Document,
    /// Who saved it last, as its properties say.
    LastEditor,
    /// Who made it, as its properties say.
    Creator,
    /// The owner of the file.
    File,
}

impl OwnerSource {
    /// Every source, the most deliberate first.
    pub const ALL: &[Self] = &[
        Self::Rule,
        Self::CodeOwners,
        Self::Document,
        Self::LastEditor,
        Self::Creator,
        Self::File,
    ];

    /// The word for policies.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::CodeOwners => "codeowners",
            Self::Document => "document",
            Self::LastEditor => "last_editor",
            Self::Creator => "creator",
            Self::File => "file",
        }
    }

    /// What such an owner is called in evidence.
    pub const fn role(self) -> &'static str {
        match self {
            Self::Rule | Self::CodeOwners | Self::Document => "owner",
            Self::LastEditor => "last editor",
            Self::Creator => "creator",
            Self::File => "file owner",
        }
    }
}

/// How owners are found and told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ownership {
    /// Sources in the order in which they count; those left out do not.
    pub from: Vec<OwnerSource>,
    /// The file of code owners: a path relative to each audited folder, or an absolute one.
    pub code_owners: Option<std::path::PathBuf>,
    /// Whether reports to everybody may add up findings by person.
    pub name_people: bool,
}

impl Default for Ownership {
    fn default() -> Self {
        let from = vec![OwnerSource::Rule, OwnerSource::CodeOwners, OwnerSource::Document];
        Self { from, code_owners: None, name_people: false }
    }
}

/// What is known of owners beside the records.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KnownOwners {
    /// The file of code owners that holds for each root, by position; missing where there is none.
    pub code_owners: Vec<CodeOwners>,
    /// Names of the owners of files.
    pub files: HashMap<DocId, String>,
}

/// Who answers for a document.
#[derive(Clone, Debug, PartialEq)]
pub struct Owner {
    /// The name as it is written where it was found; several are separated by commas.
    pub name: String,
    /// Which source names it.
    pub source: OwnerSource,
    /// Where it was found.
    pub provenance: Provenance,
}

impl Owner {
    /// The people that it names, in lower case, each by every name it goes by: `Kim Lee
    /// <kim@example.org>` is known as all of it, as the name and as the address.
    pub fn people(&self) -> impl Iterator<Item = [String; 3]> {
        people(&self.name)
    }

    /// Whether it is called so, as a whole or as one of several; letter case makes no difference.
    pub fn is_called(&self, name: &str) -> bool {
        let name = name.trim().to_lowercase();
        self.name.to_lowercase() == name || self.people().any(|names| names.contains(&name))
    }
}

/// The people of a list of names and addresses, in lower case, each by every name it goes by.
pub(super) fn people(list: &str) -> impl Iterator<Item = [String; 3]> {
    list.split([',', ';']).map(str::trim).filter(|it| !it.is_empty()).map(|person| {
        let person = person.to_lowercase();
        let (name, address) = person.split_once('<').unwrap_or((&person, ""));
        let (name, address) = (name.trim().to_owned(), address.trim_end_matches('>').trim());
        // A name without an address has no other.
        let address = if address.is_empty() { name.clone() } else { address.to_owned() };
        [person, name, address]
    })
}

/// The owner of every document of an inventory.
#[derive(Clone, Debug, Default)]
pub struct Owners {
    owners: Vec<Owner>,
    // Position in `owners` plus one; 0 for nobody. By document.
    of: Vec<u32>,
}

impl Owners {
    /// Finds the owner of every document.
    pub fn of(inventory: &Inventory, policy: &Policy, known: &KnownOwners) -> Self {
        let mut owners = Self { owners: Vec::new(), of: vec![0; inventory.len()] };
        // Few people own many documents.
        let mut places: HashMap<(String, String), u32> = HashMap::new();
        for (document, record) in inventory.iter() {
            let Some(owner) = owner_of(document, record, policy, known) else { continue };
            let place = (owner.name.clone(), owner.provenance.to_string());
            let position = *places.entry(place).or_insert_with(|| {
                owners.owners.push(owner);
                owners.owners.len() as u32
            });
            owners.of[document.0 as usize] = position;
        }
        owners
    }

    /// The same owners of the same documents, each as `rename` makes it.
    #[must_use]
    pub fn renamed(&self, rename: impl FnMut(&Owner) -> Owner) -> Self {
        Self { owners: self.owners.iter().map(rename).collect(), of: self.of.clone() }
    }

    /// Who answers for a document; none where nobody is known to.
    pub fn owner(&self, document: DocId) -> Option<&Owner> {
        let position = *self.of.get(document.0 as usize)?;
        self.owners.get((position as usize).checked_sub(1)?)
    }
}

/// Who answers for a document, by the sources that the policy lists.
pub fn owner_of(
    document: DocId,
    record: &Record,
    policy: &Policy,
    known: &KnownOwners,
) -> Option<Owner> {
    let path = &record.file.path;
    let fact = |source: OwnerSource, fact: &Option<Fact<String>>| {
        let fact = fact.as_ref().filter(|it| !it.value.trim().is_empty())?;
        let name = fact.value.trim().to_owned();
        Some(Owner { name, source, provenance: fact.provenance.clone() })
    };
    policy.ownership.from.iter().find_map(|&source| match source {
        OwnerSource::Rule => {
            let rule = policy.rule_for(path).owner?;
            let provenance = Setting::provenance(&rule);
            Some(Owner { name: rule.value.trim().to_owned(), source, provenance })
        }
        OwnerSource::CodeOwners => {
            let (name, place) = known.code_owners.get(usize::from(record.root.0))?.of(path)?;
            Some(Owner { name, source, provenance: Provenance::property(place) })
        }
        OwnerSource::Document => fact(source, &record.metadata.owner),
        OwnerSource::LastEditor => fact(source, &record.metadata.last_editor),
        OwnerSource::Creator => fact(source, &record.metadata.creator),
        OwnerSource::File => {
            let name = known.files.get(&document)?.clone();
            Some(Owner { name, source, provenance: Provenance::FileSystem })
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{declared, inventory, record};
    use super::super::{PathRule, PathRules};
    use super::*;

    fn share() -> (Inventory, Policy, KnownOwners) {
        let mut said = record("HR/said.md");
        said.metadata.owner = declared("owner", " Ann ");
        said.metadata.creator = declared("creator", "Bea");
        let mut made = record("IT/made.md");
        made.metadata.creator = declared("creator", "Bea");
        let rule = PathRule {
            glob: "Legal/**".to_owned(),
            owner: Some("legal@example.org".to_owned()),
            line: Some(3),
            ..PathRule::default()
        };
        let rules = PathRules::new(vec![rule]).unwrap();
        let code_owners = vec![CodeOwners::parse("CODEOWNERS", "Legal/ @legal\nHR/ @hr\n")];
        let records = vec![said, made, record("Legal/a.md")];
        let known = KnownOwners { code_owners, files: HashMap::new() };
        (inventory(records), Policy { rules, ..Policy::default() }, known)
    }

    fn names(policy: &Policy) -> Vec<Option<String>> {
        let (inventory, _, mut known) = share();
        known.files.insert(DocId(1), "root".to_owned());
        let owners = Owners::of(&inventory, policy, &known);
        (0..3).map(|id| owners.owner(DocId(id)).map(|it| it.name.clone())).collect()
    }

    #[test]
    fn sources_count_in_the_policys_order_and_no_others() {
        let (_, mut policy, _) = share();
        let some = |name: &str| Some(name.to_owned());
        assert_eq!(names(&policy), [some("@hr"), None, some("legal@example.org")]);
        policy.ownership.from = vec![OwnerSource::Document, OwnerSource::CodeOwners];
        assert_eq!(names(&policy), [some("Ann"), None, some("@legal")]);
        policy.ownership.from = vec![OwnerSource::File, OwnerSource::Creator];
        assert_eq!(names(&policy), [some("Bea"), some("root"), None]);
    }

    #[test]
    fn people_are_known_by_name_and_address() {
        let (source, provenance) = (OwnerSource::Document, Provenance::FileName);
        let name = "Kim Lee <kim@example.org>; @hr".to_owned();
        let owner = Owner { name, source, provenance };
        for called in ["kim lee", "KIM@example.org", "@hr", "kim lee <kim@example.org>; @hr"] {
            assert!(owner.is_called(called), "{called}");
        }
        assert!(!owner.is_called("kim") && !owner.is_called(""));
    }

    #[test]
    fn an_owner_says_where_it_was_found() {
        let (inventory, policy, known) = share();
        let owners = Owners::of(&inventory, &policy, &known);
        let place = |id| owners.owner(DocId(id)).unwrap().provenance.to_string();
        assert_eq!(place(0), "CODEOWNERS, line 2");
        assert_eq!(place(2), "policy rule for Legal/**, line 3");
    }
}
