//! Two top folders write about the same subjects, and neither links to the other.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ffi::OsString;
use std::path::Path;

use crate::inventory::{DocId, Inventory, Record, RootId};
use crate::rot::{Category, Confidence, Context, Evidence, Finding, Rule, Severity, Value};

use super::scatter::{folder_name, provenance};
use super::spread::file_of;
use super::{Folder, Subjects};

/// The rule.
pub(in crate::rot) const RULE: Rule = Rule {
    id: "silo",
    category: Category::Scattered,
    severity: Severity::Note,
    summary: "Two top folders hold documents on the same subjects, and none links to the other.",
    check,
};

/// Each of the two has so many documents on a subject that they share.
const LEAST_EACH: usize = 2;
/// So many documents on shared subjects make two folders silos.
const LEAST_SHARED: usize = 8;
/// More top folders than this are no teams.
const MOST_TOPS: usize = 200;
/// Most that are told.
const MOST_NAMED: usize = 4;

type Top = (RootId, OsString);

fn check(ctx: &Context) -> Vec<Finding> {
    let Some(subjects) = ctx.subjects() else { return Vec::new() };
    let top_of = Tops::of(ctx.inventory);
    let mut shared: BTreeMap<(Top, Top), Shared> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for (position, _) in subjects.narrowest() {
        let tops = top_of.of_subject(ctx.inventory, subjects, position);
        seen.extend(tops.keys().cloned());
        if MOST_TOPS < seen.len() {
            return Vec::new();
        }
        let enough: Vec<_> = tops.iter().filter(|it| LEAST_EACH <= it.1.len()).collect();
        for (at, (a, of_a)) in enough.iter().enumerate() {
            for (b, of_b) in &enough[at + 1..] {
                let shared = shared.entry(((*a).clone(), (*b).clone())).or_default();
                shared.subjects.push((of_a.len().min(of_b.len()), position));
                shared.first.extend(of_a.iter());
                shared.second.extend(of_b.iter());
            }
        }
    }
    let mut found: Vec<_> = shared
        .into_iter()
        .filter(|(_, it)| LEAST_SHARED <= it.first.len() + it.second.len())
        .filter(|(_, it)| !are_linked(ctx, &it.first, &it.second))
        .collect();
    found.sort_by_key(|(pair, it)| {
        (std::cmp::Reverse(it.first.len().min(it.second.len())), pair.clone())
    });
    found.truncate(ctx.policy.subjects.findings as usize);
    let named = |(a, b): (Top, Top)| [a, b].map(|it| top_of.name(ctx.inventory, &it));
    found.into_iter().map(|(pair, it)| finding(ctx, subjects, &named(pair), it)).collect()
}

/// What two folders have in common.
#[derive(Default)]
struct Shared {
    /// How many documents the one that has fewer has on it, and which subject it is.
    subjects: Vec<(usize, usize)>,
    first: Vec<DocId>,
    second: Vec<DocId>,
}

/// Where the tree branches first: what lies there are the teams' folders.
struct Tops<'a> {
    common: HashMap<RootId, &'a Path>,
}

impl<'a> Tops<'a> {
    fn of(inventory: &'a Inventory) -> Self {
        let mut common: HashMap<RootId, &Path> = HashMap::new();
        for (_, record) in inventory.iter().filter(|(_, record)| record.is_readable()) {
            let folder = file_of(record).parent().unwrap_or(Path::new(""));
            let common = common.entry(record.root).or_insert(folder);
            while !folder.starts_with(*common) {
                *common = common.parent().unwrap_or(Path::new(""));
            }
        }
        Self { common }
    }

    fn top(&self, record: &Record) -> Option<Top> {
        let below = file_of(record).strip_prefix(self.common.get(&record.root)?).ok()?;
        let mut parts = below.components();
        let first = parts.next()?;
        // A file that lies where the tree branches is in no team's folder.
        parts.next().map(|_| (record.root, first.as_os_str().to_owned()))
    }

    /// The documents of a subject below each top folder, without copies.
    fn of_subject(
        &self,
        inventory: &Inventory,
        subjects: &Subjects,
        position: usize,
    ) -> BTreeMap<Top, Vec<DocId>> {
        let mut tops: BTreeMap<Top, Vec<DocId>> = BTreeMap::new();
        for member in subjects.list[position].members.iter().filter(|it| !it.is_copy) {
            if let Some(top) = self.top(&inventory[member.document]) {
                tops.entry(top).or_default().push(member.document);
            }
        }
        tops
    }

    fn name(&self, inventory: &Inventory, top: &Top) -> String {
        let path = self.common[&top.0].join(&top.1);
        folder_name(inventory, &Folder { root: top.0, path })
    }
}

/// Whether a document of one side links to one of the other.
fn are_linked(ctx: &Context<'_>, first: &[DocId], second: &[DocId]) -> bool {
    let (first, second): (BTreeSet<_>, BTreeSet<_>) =
        (first.iter().copied().collect(), second.iter().copied().collect());
    let leads = |from: &BTreeSet<DocId>, to: &BTreeSet<DocId>| {
        from.iter()
            .flat_map(|it| ctx.links().from(*it))
            .any(|link| link.to.is_some_and(|it| to.contains(&it)))
    };
    leads(&first, &second) || leads(&second, &first)
}

fn finding(
    ctx: &Context<'_>,
    subjects: &Subjects,
    names: &[String; 2],
    mut shared: Shared,
) -> Finding {
    shared.subjects.sort_by_key(|it| (std::cmp::Reverse(it.0), it.1));
    let called = |it: &(usize, usize)| subjects.list[it.1].name.clone();
    let mut on = shared.subjects.iter().take(MOST_NAMED).map(called).collect::<Vec<_>>().join("; ");
    if MOST_NAMED < shared.subjects.len() {
        on += &format!("; and {} more", shared.subjects.len() - MOST_NAMED);
    }
    let measured = |what, value| Evidence::new(what, value, provenance(ctx));
    let told =
        format!("{} and {} both write about {on}; none links to the other", names[0], names[1]);
    let counts = [&shared.first, &shared.second].map(|it| Value::Count(it.len() as u64));
    let [of_first, of_second] = counts;
    let mut finding = Finding::new(
        &RULE,
        shared.first[0],
        Confidence::Possible,
        measured("silo", Value::Text(told)),
    )
    .and(measured("shared subjects", Value::Count(shared.subjects.len() as u64)))
    .and(measured("documents of the one", of_first))
    .and(measured("documents of the other", of_second));
    finding.related = shared.second.iter().copied().take(MOST_NAMED).collect();
    finding
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{inventory, linking, record};
    use super::super::{Member, Subject, spread};
    use super::*;
    use crate::rot::Policy;

    /// Eight documents on one subject, half of them in each of two folders, of which the first links.
    fn found(links: &[&str], elsewhere: usize) -> Vec<Finding> {
        let mut records = vec![linking("HR/0.md", links)];
        records.extend((1..4).map(|at| linking(&format!("HR/{at}.md"), &["0.md"])));
        records.extend((0..4).map(|at| linking(&format!("Sales/{at}.md"), &[])));
        records.extend((0..elsewhere).map(|at| linking(&format!("IT/{at}.md"), &[])));
        let inventory = inventory(records);
        let (policy, texts) = (Policy::default(), |_: &Record| None);
        let ctx = Context::new(&inventory, &texts, &policy, "2026-06-01".parse().unwrap());
        let member = |document| Member { document, centrality: 1.0, is_copy: false };
        let is_of = |record: &Record| !record.file.path.starts_with("IT");
        let members = inventory.iter().filter(|it| is_of(it.1)).map(|it| member(it.0)).collect();
        let subject = Subject { name: "Travel".to_owned(), members, ..Subject::default() };
        let of = vec![Some(0); inventory.len()];
        let mut subjects = Subjects::of(&inventory, vec![subject], of, false);
        spread::measure(&ctx, &[], &mut subjects);
        ctx.subjects.set(Some(subjects)).unwrap();
        check(&ctx)
    }

    #[test]
    fn two_folders_on_one_subject_without_links_between_them_are_silos() {
        let found = found(&["1.md"], 3);
        assert_eq!(found.len(), 1);
        let told =
            Value::Text("HR and Sales both write about Travel; none links to the other".into());
        assert_eq!(found[0].evidence()[0].value, told);
        assert_eq!(found[0].related.len(), 4);
    }

    #[test]
    fn a_link_either_way_makes_them_none() {
        assert_eq!(found(&["../Sales/2.md"], 3), []);
    }

    #[test]
    fn a_mail_where_the_tree_branches_is_no_folder_of_its_attachments() {
        let mut attached = record("plan.eml/plan.pdf");
        attached.file.container = Some("plan.eml".into());
        let inventory = inventory(vec![record("HR/a.md"), record("plan.eml"), attached]);
        let tops = Tops::of(&inventory);
        let of = |it: u32| tops.top(&inventory[DocId(it)]).map(|it| it.1);
        assert_eq!([of(0), of(1), of(2)], [Some("HR".into()), None, None]);
        let inside = |path: &str| {
            let mut record = record(path);
            record.file.container = Some("HR/mail.eml".into());
            record
        };
        let only = super::super::super::testing::inventory(vec![
            inside("HR/mail.eml/a.md"),
            inside("HR/mail.eml/b/c.md"),
        ]);
        assert_eq!(Tops::of(&only).common[&RootId(0)], Path::new("HR"));
    }
}
