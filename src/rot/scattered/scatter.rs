//! A subject is written down in many folders and has no home.

use std::path::Path;

use crate::extract::Provenance;
use crate::inventory::Inventory;
use crate::rot::{Category, Confidence, Context, Evidence, Finding, Rule, Severity, Value};

use super::{Folder, Subject};

/// The rule.
pub(in crate::rot) const RULE: Rule = Rule {
    id: "scattered",
    category: Category::Scattered,
    severity: Severity::Note,
    summary: "Documents on one subject lie in many folders, and no folder has most of them.",
    check,
};

/// So many other documents of the subject are named.
const MOST_RELATED: usize = 8;

fn check(ctx: &Context) -> Vec<Finding> {
    let policy = &ctx.policy.subjects;
    let Some(subjects) = ctx.subjects() else { return Vec::new() };
    let is_scattered = |subject: &&Subject| {
        let spread = &subject.spread;
        u64::from(policy.min_documents) <= spread.documents
            && policy.min_folders as usize <= spread.folders.len()
            && spread.home.as_ref().is_none_or(|it| it.share <= policy.max_home)
    };
    let mut scattered: Vec<&Subject> =
        subjects.narrowest().map(|it| it.1).filter(is_scattered).collect();
    scattered.sort_by_key(|it| (std::cmp::Reverse(away_from_home(it)), it.name.clone()));
    scattered.truncate(policy.findings as usize);
    scattered.into_iter().filter_map(|it| finding(ctx, it)).collect()
}

/// How many documents lie elsewhere than in the fullest place.
fn away_from_home(subject: &Subject) -> u64 {
    let spread = &subject.spread;
    let at_home = match &spread.home {
        Some(home) => (home.share * spread.documents as f64).round() as u64,
        None => spread.folders.first().map_or(0, |it| it.1),
    };
    spread.documents - at_home
}

fn finding(ctx: &Context<'_>, subject: &Subject) -> Option<Finding> {
    let spread = &subject.spread;
    let document = subject.members.iter().find(|it| !it.is_copy)?.document;
    let measured = |what, value| Evidence::new(what, value, provenance(ctx));
    let told = measured("subject", Value::Text(sentence(ctx.inventory, subject)));
    let mut finding = Finding::new(&RULE, document, Confidence::Possible, told)
        .and(measured("documents", Value::Count(spread.documents)))
        .and(measured("folders", Value::Count(spread.folders.len() as u64)))
        .and(measured("owners", Value::Count(spread.owners.len() as u64)))
        .and(measured("spread", Value::Text(spread.in_words().to_owned())));
    if let Some(home) = &spread.home {
        let folder = folder_name(ctx.inventory, &home.folder);
        finding.push(measured("home folder", Value::Text(folder)));
        finding.push(measured("in the home folder", Value::Share(home.share)));
    }
    if let Some((oldest, newest)) = spread.dates {
        finding.push(measured("oldest date", Value::Date(oldest)));
        finding.push(measured("newest date", Value::Date(newest)));
    }
    finding.push(measured("obsolete", Value::Count(spread.stale)));
    finding.push(measured("copies and older versions", Value::Count(spread.copies)));
    for conflicting in spread.conflicting.iter().take(MOST_RELATED) {
        finding.push(measured("copies disagree", Value::Document(*conflicting)));
    }
    let others = subject.members.iter().filter(|it| !it.is_copy && it.document != document);
    finding.related = others.map(|it| it.document).take(MOST_RELATED).collect();
    Some(finding)
}

/// `Travel expenses: 37 documents in 9 folders, 6 owners; 60 % in Finance/Policies; 5 contradict (see
/// conflicting copies)`.
fn sentence(inventory: &Inventory, subject: &Subject) -> String {
    let spread = &subject.spread;
    let mut sentence = format!(
        "{}: {} documents in {} folders",
        subject.name,
        spread.documents,
        spread.folders.len()
    );
    match spread.owners.len() {
        0 => sentence += ", no known owner",
        1 => sentence += ", 1 owner",
        owners => sentence += &format!(", {owners} owners"),
    }
    let place = match &spread.home {
        Some(home) => Some((&home.folder, home.share)),
        None => spread
            .folders
            .first()
            .map(|(folder, count)| (folder, *count as f64 / spread.documents as f64)),
    };
    if let Some((folder, share)) = place {
        let share = (share * 100.0).round();
        sentence += &format!("; {share} % in {}", folder_name(inventory, folder));
    }
    match spread.conflicting.len() {
        0 => {}
        1 => sentence += "; 1 contradicts (see conflicting copies)",
        count => sentence += &format!("; {count} contradict (see conflicting copies)"),
    }
    sentence
}

/// How subjects were come by.
pub(super) fn provenance(ctx: &Context<'_>) -> Provenance {
    let from = if ctx.policy.subjects.taxonomy.is_some() {
        "the subjects of the policy and the words of the texts"
    } else {
        "the words that the texts share"
    };
    Provenance::Computed(from.to_owned())
}

/// A folder as people are told of it.
pub(super) fn folder_name(inventory: &Inventory, folder: &Folder) -> String {
    let root = inventory.roots.get(usize::from(folder.root.0));
    let root = root.map_or(Path::new(""), |it| it.as_path());
    if folder.path.as_os_str().is_empty() {
        return format!("the folder {} itself", root.file_name().unwrap_or_default().display());
    }
    if 1 < inventory.roots.len() {
        return root.join(&folder.path).display().to_string();
    }
    folder.path.display().to_string()
}
