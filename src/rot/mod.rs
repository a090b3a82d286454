//! Judges an inventory: which documents are redundant, obsolete or trivial. Pure.
//!
//! The same inventory, policy and date give the same findings in the same order. Nothing here
//! reads a file, a clock or the environment, and no thread outlives a call.

mod code_owners;
mod dates;
mod demands;
mod finding;
mod globs;
mod governs;
pub mod identity;
mod links;
mod lost;
mod marks;
mod mirrors;
mod narrow;
mod obsolete;
mod owners;
mod policy;
mod redundant;
mod scattered;
mod successors;
#[cfg(test)]
mod testing;
mod trivial;

pub use code_owners::CodeOwners;
pub use dates::{
    ChosenDate, DateBeliefs, DatePolicy, Dates, DayMonthOrder, Field, IgnoredDate, JudgedClaim,
    Stamp, Trust, spelled,
};
pub use demands::{Floor, Hold, Mirror, Required, Retention, Term, name_of_role, role_called};
pub use finding::{Category, Confidence, Evidence, Finding, Severity, Value};
pub use globs::Globs;
pub use governs::{Governed, contradictions, governing};
pub use links::{Inbound, LinkProfile};
pub use lost::{Elsewhere, lost};
pub use marks::{Judged, MARKS_VERSION, Marks, Place, Stale};
pub use owners::{KnownOwners, Owner, OwnerSource, Owners, Ownership, owner_of};
pub use policy::{
    Canonical, Duplicates, Effective, Level, PathRule, PathRules, Policy, Preferred, Setting,
    Trivial,
};
pub use redundant::{
    CommonPassage, ContainedFolder, Difference, FactPair, Like, OtherWording, PAIR_KINDS, Pair,
    PairCount, PairOptions, Piece, Probe, Redundancy, pairs, similar,
};

pub use scattered::{
    ArticleState, Concept, Folder, Home, Member, NoSubjects, Reading, Spread, Subject,
    SubjectPolicy, Subjects, Taxonomy, TaxonomyError, reading_list, telling_words,
};
pub use successors::{SIMILAR, Suggestion, suggest_successors};

use std::collections::HashMap;
use std::sync::OnceLock;

use chrono::NaiveDate;

use crate::inventory::{DocId, Inventory, Record, Word};

use obsolete::versions;
pub use obsolete::{Review, check_expression, retention_of};

/// A kind of verdict. A rule is one file that exports one `RULE`, and one row in [`RULES`].
#[derive(Debug)]
pub struct Rule {
    /// Stable id in words, such as `review-overdue`.
    pub id: &'static str,
    /// Which of the three letters.
    pub category: Category,
    /// How much it asks of its reader, unless the policy says otherwise.
    pub severity: Severity,
    /// One sentence for `docrot rules`.
    pub summary: &'static str,
    /// Finds every document that the rule holds for.
    pub check: fn(&Context) -> Vec<Finding>,
}

impl PartialEq for Rule {
    /// Ids are unique.
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

/// Every rule, strongest first within a category.
pub const RULES: &[&Rule] = &[
    &redundant::conflicts::RULE,
    &redundant::folders::RULE,
    &redundant::exact::RULE,
    &redundant::same_text::RULE,
    &redundant::near::RULE,
    &redundant::contained::RULE,
    &redundant::passages::RULE,
    &obsolete::superseded::RULE,
    &obsolete::withdrawn::RULE,
    &obsolete::declared_successor::RULE,
    &obsolete::expired::RULE,
    &obsolete::review_overdue::RULE,
    &obsolete::retention_passed::RULE,
    &obsolete::retired_term::RULE,
    &obsolete::link_to_withdrawn::RULE,
    &obsolete::dead_link::RULE,
    &obsolete::target_changed::RULE,
    &obsolete::changed_after_review::RULE,
    &obsolete::bulk_confirmed::RULE,
    &obsolete::missing_field::RULE,
    &obsolete::unowned::RULE,
    &obsolete::dates_disagree::RULE,
    &obsolete::impossible_date::RULE,
    &obsolete::versions_disagree::RULE,
    &obsolete::draft_left::RULE,
    &obsolete::unverified::RULE,
    &trivial::empty::RULE,
    &trivial::temporary::RULE,
    &trivial::sync_conflict::RULE,
    &trivial::os_copy::RULE,
    &trivial::non_business::RULE,
    &trivial::system_debris::RULE,
    &scattered::scatter::RULE,
    &scattered::silos::RULE,
    &scattered::one_author::RULE,
];

/// A source of texts; asked for members of groups only. Any `Fn(&Record) -> Option<String>` is one,
/// which knows no words.
pub trait Texts: Sync {
    /// The text of a record's document, as extracted; none where it was not stored.
    fn text(&self, record: &Record) -> Option<String>;

    /// Tells every word that stands in so many of the documents that are wanted, in the order of
    /// their bytes, and whether that could be done. Without words there are no subjects.
    fn each_word(
        &self,
        _inventory: &Inventory,
        _wanted: &dyn Fn(DocId) -> bool,
        _least: usize,
        _visit: &mut dyn FnMut(&Word<'_>),
    ) -> bool {
        false
    }

    /// What each word in lower case has in common with its other forms, as in [`Word::stem`].
    fn stems(&self, words: &[&str]) -> Vec<String> {
        words.iter().map(|it| (*it).to_owned()).collect()
    }
}

impl<F: Fn(&Record) -> Option<String> + Sync> Texts for F {
    fn text(&self, record: &Record) -> Option<String> {
        self(record)
    }
}

/// What the caller knows from elsewhere, such as from an index. Hints only narrow what is looked at:
/// a rule checks each against the text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hints {
    /// Positions among [`Policy::terms`], each with a document that may use the term.
    pub terms: Vec<(usize, DocId)>,
    /// What is known of owners beside the records.
    pub owners: KnownOwners,
    /// Pairs of documents that are compared, instead of those that would be found here: who proposes
    /// has looked at all documents, and looking again would undo what that saves.
    pub proposals: Option<Proposals>,
}

/// Pairs of documents that an outsider proposes, who has looked at all of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Proposals {
    /// Each pair, or one of other copies of their texts.
    pub pairs: Vec<(DocId, DocId)>,
    /// How many pairs were left out because too many documents look alike.
    pub not_compared: u64,
}

/// What a rule may look at.
#[expect(missing_debug_implementations, reason = "holds a dyn Texts")]
pub struct Context<'a> {
    /// The documents.
    pub inventory: &'a Inventory,
    /// Their texts, for members of groups.
    pub texts: &'a dyn Texts,
    /// The organisation's thresholds.
    pub policy: &'a Policy,
    /// The day that counts as today.
    pub as_of: NaiveDate,
    /// The date of each document that is believed.
    pub dates: Dates<'a>,
    /// What the caller knows from elsewhere.
    pub hints: Hints,
    duplicates: OnceLock<Redundancy>,
    subjects: OnceLock<Option<Subjects>>,
    namesakes: OnceLock<HashMap<u64, u32>>,
    links: OnceLock<links::Links>,
    forms: redundant::KnownForms,
}

impl<'a> Context<'a> {
    /// What rules may look at.
    pub fn new(
        inventory: &'a Inventory,
        texts: &'a dyn Texts,
        policy: &'a Policy,
        as_of: NaiveDate,
    ) -> Self {
        let dates = Dates::of(inventory, policy, as_of);
        Self {
            inventory,
            texts,
            policy,
            as_of,
            dates,
            hints: Hints::default(),
            duplicates: OnceLock::new(),
            subjects: OnceLock::new(),
            namesakes: OnceLock::new(),
            links: OnceLock::new(),
            forms: redundant::KnownForms::default(),
        }
    }

    /// Whether a document's folder holds others of the same name but for version words.
    fn has_versions(&self, document: DocId) -> bool {
        let namesakes = self.namesakes.get_or_init(|| versions::namesakes(self.inventory));
        namesakes.get(&versions::key(&self.inventory[document])).is_some_and(|count| *count > 1)
    }

    /// Where every link leads, found when first asked for.
    fn links(&self) -> &links::Links {
        self.links.get_or_init(|| links::Links::of(self.inventory, self.policy))
    }

    /// The subjects, once the findings of all other rules are there; none where texts tell no words.
    fn subjects(&self) -> Option<&Subjects> {
        self.subjects.get()?.as_ref()
    }

    /// Which of some documents of one content stays; none where there is none.
    pub fn preferred_copy(&self, copies: &[DocId]) -> Option<DocId> {
        redundant::preferred_copy(self, copies)
    }

    /// Which documents are known to be one form.
    const fn forms(&self) -> &redundant::KnownForms {
        &self.forms
    }

    /// Everything redundant, found when first asked for.
    pub fn duplicates(&self) -> &Redundancy {
        self.duplicates.get_or_init(|| Redundancy::find(self))
    }
}

/// What came of judging an inventory.
#[derive(Clone, Debug, Default)]
pub struct Assessment {
    /// By severity, then path.
    pub findings: Vec<Finding>,
    /// Groups of copies, near-duplicates and versions.
    pub groups: Vec<Group>,
    /// Passages that stand in very many documents, the most frequent first. Likeness that rests on
    /// them alone counts for nothing.
    pub boilerplate: Vec<CommonPassage>,
    /// Folders whose content stands elsewhere, by path. What else is redundant below them is told
    /// by them.
    pub folders: Vec<ContainedFolder>,
    /// What the documents are about, and how that is spread; none where the texts tell no words or
    /// the policy does not ask.
    pub subjects: Option<Subjects>,
    /// When the next review of each document is due that has one, by day.
    pub reviews: Vec<Review>,
    /// How many readable documents have no date that can be trusted.
    pub undated: u64,
    /// How many readable documents lie in declared archives: they are not called obsolete.
    pub archived: u64,
    /// How many pairs looked worth comparing and were not compared, because too many documents
    /// look alike.
    pub not_compared: u64,
    /// How many documents are the same form as one like them, filled in with other facts, and so no
    /// copies.
    pub same_form: u64,
    /// How many pairs that may share an edited passage were not compared, to bound the work.
    pub passages_not_compared: u64,
    /// How many shared passages were found beyond the most that are told; they are those that
    /// repeat the fewest words.
    pub passages_not_told: u64,
    /// How many members of groups of near-duplicates, at most, were not compared with the copy that
    /// stays for facts on which they disagree.
    pub facts_not_compared: u64,
}

/// Judges every document of an inventory by every rule.
///
/// `texts` is asked for members of groups only, and may be asked from several threads at once.
pub fn assess(
    inventory: &Inventory,
    texts: &dyn Texts,
    policy: &Policy,
    as_of: NaiveDate,
) -> Assessment {
    assess_with(inventory, texts, policy, as_of, &Hints::default())
}

/// Judges every document, with what the caller knows from elsewhere.
pub fn assess_with(
    inventory: &Inventory,
    texts: &dyn Texts,
    policy: &Policy,
    as_of: NaiveDate,
    hints: &Hints,
) -> Assessment {
    let mut ctx = Context::new(inventory, texts, policy, as_of);
    ctx.hints = hints.clone();
    let (of_documents, of_subjects): (Vec<_>, Vec<_>) =
        RULES.iter().partition(|rule| rule.category != Category::Scattered);
    let mut findings = checked(&ctx, &of_documents);
    if !policy.mirrors.is_empty() {
        mirrors::drop_findings(inventory, policy, &mut findings);
    }
    // How a subject is spread also says how much of it is obsolete.
    let subjects = scattered::subjects(&ctx, &findings);
    ctx.subjects.get_or_init(|| subjects);
    findings.extend(checked(&ctx, &of_subjects));
    // Stable: rules keep their order.
    findings.sort_by_key(|finding| (std::cmp::Reverse(finding.severity), finding.document));
    let is_undated =
        |(id, record): &(DocId, &Record)| record.is_readable() && ctx.dates.trusted(*id).is_none();
    let undated = inventory.iter().filter(is_undated).count() as u64;
    let is_archived = |(_, record): &(DocId, &Record)| {
        record.is_readable() && policy.is_archived(&record.file.path)
    };
    let archived = inventory.iter().filter(is_archived).count() as u64;
    let reviews = obsolete::review_overdue::reviews(&ctx);
    let subjects = ctx.subjects.take().flatten();
    ctx.duplicates();
    let Redundancy {
        mut groups,
        not_compared,
        passages_not_compared,
        passages_not_told,
        facts_not_compared,
        same_form,
        boilerplate,
        folders,
        ..
    } = ctx.duplicates.into_inner().unwrap_or_default();
    if !policy.mirrors.is_empty() {
        mirrors::take_out(inventory, policy, &mut groups, &mut findings);
    }
    Assessment {
        findings,
        groups,
        boilerplate,
        folders,
        subjects,
        reviews,
        undated,
        archived,
        not_compared,
        same_form,
        passages_not_compared,
        passages_not_told,
        facts_not_compared,
    }
}

/// What rules find, as grave as the policy says.
fn checked(ctx: &Context<'_>, rules: &[&&'static Rule]) -> Vec<Finding> {
    let policy = ctx.policy;
    let mut findings: Vec<Finding> = rules.iter().flat_map(|rule| (rule.check)(ctx)).collect();
    findings.retain_mut(|finding| {
        let path = &ctx.inventory[finding.document].file.path;
        if let Some(hold) = policy.hold(path, ctx.as_of) {
            let reason = Value::Text(format!("{}: nothing may be disposed of", hold.reason));
            finding.push(Evidence::new("legal hold", reason, hold.provenance()));
        }
        let severity = policy.severity(finding.rule.id, path, finding.severity);
        finding.severity = severity.unwrap_or(finding.severity);
        severity.is_some()
    });
    findings
}

/// Documents that belong together, around the one that stays.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// What makes them a group: `exact-copy`, `same-text`, `near-duplicate` or `superseded`.
    pub kind: &'static str,
    /// The copy that stays.
    pub canonical: DocId,
    /// Why that one, in words, the deciding reason first.
    pub reasons: Vec<String>,
    /// Whether nothing but the order of paths decided.
    pub is_tie: bool,
    /// Every member but the canonical document, with its verified similarity to it from 0 to 1.
    pub members: Vec<(DocId, f64)>,
}
