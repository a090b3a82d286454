//! The one date per document that says when somebody last stood by it, in words.

use std::borrow::{Borrow, Cow};
use std::convert::Infallible;

use chrono::NaiveDate;

use crate::extract::{DateClaim, DateRole, Provenance};
use crate::inventory::{DocId, Inventory, Record};

use super::super::Policy;
use super::claims::{claims, latest_past};
use super::order::Orders;
use super::stamps::{Counting, Stamps, mtime};
use super::trust::{Trust, is_git, of};

/// What has to be known of all documents to say which date of one is believed: the days that folders
/// have in common, and how fields write their dates. Its size does not depend on the number of
/// documents.
#[derive(Debug)]
pub struct DateBeliefs<'a> {
    policy: &'a Policy,
    as_of: NaiveDate,
    orders: Orders,
    stamps: Stamps,
}

/// The chosen date of every document. Computed once; 8 bytes a document.
#[derive(Debug)]
pub struct Dates<'a> {
    inventory: &'a Inventory,
    beliefs: DateBeliefs<'a>,
    // Invariant: as long as the inventory.
    chosen: Vec<Option<Choice>>,
}

/// Which claim was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Choice {
    date: NaiveDate,
    /// Position among the document's claims; the file time comes after the last.
    claim: u16,
}

/// The date that is believed, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct ChosenDate {
    /// The last day that the claim can mean.
    pub date: NaiveDate,
    /// What it is said to be.
    pub role: DateRole,
    /// Where it stands.
    pub provenance: Provenance,
    /// How far it is believed.
    pub trust: Trust,
    /// All of this in words: `last reviewed 2021-03-14 (front matter last_reviewed_on, line 4)`.
    pub words: String,
}

impl ChosenDate {
    /// Whether somebody looked at the document that day. That it was created or published says
    /// only when it began.
    pub const fn is_verification(&self) -> bool {
        matches!(self.role, DateRole::Reviewed | DateRole::Updated | DateRole::Subject)
    }
}

/// A claim and what docrot thinks of it.
#[derive(Clone, Debug, PartialEq)]
pub struct JudgedClaim<'a> {
    /// The claim, as the policy reads it.
    pub claim: Cow<'a, DateClaim>,
    /// How far it is believed.
    pub trust: Trust,
    /// Why, in words.
    pub why: String,
}

impl<'a> DateBeliefs<'a> {
    /// Looks at records in the order of the inventory, twice: `records` is asked for them each time.
    pub fn of<R: Borrow<Record>, E, I: Iterator<Item = Result<R, E>>>(
        policy: &'a Policy,
        as_of: NaiveDate,
        records: impl Fn() -> Result<I, E>,
    ) -> Result<Self, E> {
        let mut orders = Orders::default();
        for record in records()? {
            orders.see(record?.borrow());
        }
        let mut counting = Counting::default();
        for record in records()? {
            counting.see(record?.borrow(), &policy.dates, &orders);
        }
        Ok(Self { policy, as_of, orders, stamps: counting.finish(&policy.dates) })
    }

    /// The date of a document that is believed, and why; none where nobody can say.
    pub fn chosen(&self, record: &Record) -> Option<ChosenDate> {
        self.told(record, self.choose(record)?)
    }

    fn told(&self, record: &Record, choice: Choice) -> Option<ChosenDate> {
        let Choice { date, claim } = choice;
        let judged = self.claims(record).into_iter().nth(usize::from(claim))?;
        let DateClaim { role, provenance, .. } = judged.claim.into_owned();
        let what = match (role, &provenance) {
            (_, Provenance::FileSystem) => "file last modified",
            (DateRole::Reviewed, _) => "last reviewed",
            (DateRole::Updated, _) => "last changed",
            (role, _) => role.name(),
        };
        let words = format!("{what} {date} ({provenance})");
        Some(ChosenDate { date, role, provenance, trust: judged.trust, words })
    }

    /// Every date claim with what docrot thinks of it, the file time last.
    fn claims<'b>(&self, record: &'b Record) -> Vec<JudgedClaim<'b>> {
        let with_mtime = claims(record, &self.policy.dates, &self.orders).into_iter();
        with_mtime
            .chain(mtime(record).map(Cow::Owned))
            .map(|claim| {
                let (trust, why) = self.judge(record, &claim);
                JudgedClaim { claim, trust, why }
            })
            .collect()
    }

    fn judge(&self, record: &Record, claim: &DateClaim) -> (Trust, String) {
        of(claim, self.stamps.find(record, claim), &self.policy.dates)
    }

    fn choose(&self, record: &Record) -> Option<Choice> {
        let dates = &self.policy.dates;
        let claims = claims(record, dates, &self.orders).into_iter();
        let mtime = dates.trust_mtime.then(|| mtime(record)).flatten().map(Cow::Owned);
        let candidates = claims.chain(mtime).enumerate().filter_map(|(at, claim)| {
            let date = latest_past(&claim, self.as_of)?;
            let (trust, _) = self.judge(record, &claim);
            let rank = rank(&claim, trust)?;
            // Of one rank the latest day wins, then the one found first.
            Some(((rank, std::cmp::Reverse(date), at), Choice { date, claim: at.try_into().ok()? }))
        });
        candidates.min_by_key(|(key, _)| *key).map(|(_, choice)| choice)
    }
}

impl<'a> Dates<'a> {
    /// Chooses a date for every document.
    pub fn of(inventory: &'a Inventory, policy: &'a Policy, as_of: NaiveDate) -> Self {
        let records = || Ok::<_, Infallible>(inventory.iter().map(|it| Ok(it.1)));
        let Ok(beliefs) = DateBeliefs::of(policy, as_of, records);
        let chosen = inventory.iter().map(|(_, record)| beliefs.choose(record)).collect();
        Self { inventory, beliefs, chosen }
    }

    /// The day that counts as today.
    pub fn as_of(&self) -> NaiveDate {
        self.beliefs.as_of
    }

    /// The newest date of a document that is believed, for comparing it with its copies.
    pub fn trusted(&self, document: DocId) -> Option<NaiveDate> {
        self.chosen[document.0 as usize].map(|choice| choice.date)
    }

    /// The date of a document that is believed, and why; none where nobody can say.
    pub fn chosen(&self, document: DocId) -> Option<ChosenDate> {
        self.beliefs.told(&self.inventory[document], self.chosen[document.0 as usize]?)
    }

    /// Every date claim of a document with what docrot thinks of it, the file time last.
    pub fn claims(&self, document: DocId) -> Vec<JudgedClaim<'a>> {
        self.beliefs.claims(&self.inventory[document])
    }

    /// The claims of one role, as the policy and the other dates of their field read them.
    pub(in crate::rot) fn claims_of<'b>(
        &self,
        record: &'b Record,
        role: DateRole,
    ) -> Vec<Cow<'b, DateClaim>> {
        let DateBeliefs { policy, orders, .. } = &self.beliefs;
        let mut claims = claims(record, &policy.dates, orders);
        claims.retain(|claim| claim.role == role);
        claims
    }

    /// How far a claim of `record` is believed, and why.
    pub(in crate::rot) fn judge(&self, record: &Record, claim: &DateClaim) -> (Trust, String) {
        self.beliefs.judge(record, claim)
    }

    /// The dates that were seen and not believed, in words; empty where there are none.
    ///
    /// `file date 2024-08-02, shared by 3,112 of 4,000 files`.
    pub fn set_aside(&self, document: DocId) -> Vec<String> {
        let record = &self.inventory[document];
        let words = |judged: JudgedClaim| {
            let DateClaim { date, provenance, .. } = judged.claim.as_ref();
            let what = match provenance {
                Provenance::FileSystem => "file date".to_owned(),
                Provenance::FileName => "date in the name".to_owned(),
                other => other.to_string(),
            };
            match self.beliefs.stamps.find(record, &judged.claim).filter(|it| it.is_suspect) {
                Some(stamp) => format!("{what} {date}, {}", stamp.shared()),
                None if judged.trust == Trust::Suspect => format!("{what} {date}: {}", judged.why),
                None => format!("{what} {date}"),
            }
        };
        let chosen = self.chosen(document).map(|it| it.provenance);
        let is_set_aside = |judged: &JudgedClaim| {
            let is_file_time = judged.claim.provenance == Provenance::FileSystem;
            let is_chosen = chosen.as_ref() == Some(&judged.claim.provenance);
            judged.trust == Trust::Suspect || is_file_time && !is_chosen
        };
        self.claims(document).into_iter().filter(is_set_aside).map(words).collect()
    }

    /// The one date, and what else was seen, in words: `Last reviewed 2021-03-14 (document control
    /// Reviewed, page 1). Also seen: file date 2024-08-02, shared by 3,112 of 4,000 files.`
    pub fn in_words(&self, document: DocId) -> String {
        let mut words = match self.chosen(document) {
            Some(chosen) => {
                let (first, rest) = chosen.words.split_at(1);
                format!("{}{rest}.", first.to_uppercase())
            }
            None => "Nobody can say when somebody last stood by it.".to_owned(),
        };
        let set_aside = self.set_aside(document);
        if !set_aside.is_empty() {
            words.push_str(&format!(" Also seen: {}.", set_aside.join("; ")));
        }
        words
    }

    /// How many documents that were read have no date that is believed.
    pub fn cannot_say(&self) -> usize {
        let records = self.inventory.iter().zip(&self.chosen);
        records.filter(|((_, record), chosen)| record.is_readable() && chosen.is_none()).count()
    }
}

/// How telling a claim is of when somebody last stood by the document, from 0; none where it is
/// not at all.
fn rank(claim: &DateClaim, trust: Trust) -> Option<u8> {
    let rank = match (claim.role, trust) {
        (_, Trust::Suspect) | (DateRole::Due | DateRole::Expires, _) => return None,
        (DateRole::Reviewed, _) => 0,
        (DateRole::Updated, Trust::Declared) => 1,
        // What the container of the document says comes before what stands beside it.
        (DateRole::Updated, Trust::Recorded) if is_of_git(claim) => 3,
        (DateRole::Updated, Trust::Recorded) => 2,
        (DateRole::Subject, _) => 4,
        (DateRole::Updated, Trust::Inferred) => 5,
        (DateRole::Effective, _) => 6,
        (DateRole::Published, _) => 7,
        (DateRole::Created, _) => 8,
    };
    Some(rank)
}

fn is_of_git(claim: &DateClaim) -> bool {
    matches!(&claim.provenance, Provenance::Property { name, .. } if is_git(name))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{claim, day};
    use super::*;
    use crate::rot::testing::{inventory, record};

    const AS_OF: &str = "2026-04-22";

    fn chosen(claims: Vec<DateClaim>, policy: &Policy) -> Option<String> {
        let mut record = record("a.md");
        record.metadata.dates = claims;
        record.file.modified = 1_700_000_000_000_000_000;
        let inventory = inventory(vec![record]);
        Dates::of(&inventory, policy, day(AS_OF)).chosen(DocId(0)).map(|it| it.words)
    }

    fn core() -> Provenance {
        Provenance::property("docProps/core.xml dcterms:modified")
    }

    #[test]
    fn a_review_is_believed_before_a_change_and_a_change_before_a_name() {
        let front =
            Provenance::Property { name: "front matter reviewed".to_owned(), line: Some(4) };
        let claims = vec![
            claim(DateRole::Subject, "2026-01-01", Provenance::FileName),
            claim(DateRole::Updated, "2025-01-01", core()),
            claim(DateRole::Reviewed, "2021-03-14", front),
        ];
        let git = Provenance::property("git last change of substance, commit 1234567890");
        let committed = claim(DateRole::Updated, "2025-06-01", git.clone());
        let policy = Policy::default();
        let both = vec![claims[1].clone(), committed.clone()];
        assert!(chosen(both, &policy).unwrap().contains("docProps"));
        let both = vec![claims[0].clone(), committed];
        assert_eq!(chosen(both, &policy).unwrap(), format!("last changed 2025-06-01 ({git})"));
        let words = chosen(claims.clone(), &policy).unwrap();
        assert_eq!(words, "last reviewed 2021-03-14 (front matter reviewed, line 4)");
        let words = chosen(claims[..2].to_vec(), &policy).unwrap();
        assert_eq!(words, "last changed 2025-01-01 (docProps/core.xml dcterms:modified)");
        assert_eq!(
            chosen(claims[..1].to_vec(), &policy).unwrap(),
            "subject date 2026-01-01 (file name)"
        );
    }

    #[test]
    fn future_ancient_and_default_dates_are_not_used() {
        for date in ["2026-04-25", "1984-12-31", "1980-01-01"] {
            let claims = vec![claim(DateRole::Updated, date, core())];
            assert_eq!(chosen(claims, &Policy::default()), None, "{date}");
        }
    }

    #[test]
    fn file_times_are_used_only_where_the_policy_trusts_them() {
        let mut policy = Policy::default();
        assert_eq!(chosen(Vec::new(), &policy), None);
        policy.dates.trust_mtime = true;
        assert_eq!(
            chosen(Vec::new(), &policy).unwrap(),
            "file last modified 2023-11-14 (file system)"
        );
    }

    #[test]
    fn one_date_is_told_with_what_else_was_seen() {
        let page = |at: u32| {
            let mut page = record(&format!("{at:04}.docx"));
            page.file.modified = 1_722_600_000_000_000_000;
            page
        };
        let mut records: Vec<_> = (0..3112).map(page).collect();
        let control = Provenance::property("document control Last reviewed, page 1");
        records[0].metadata.dates = vec![claim(DateRole::Reviewed, "2021-03-14", control)];
        let inventory = inventory(records);
        let policy = Policy::default();
        assert_eq!(
            Dates::of(&inventory, &policy, day(AS_OF)).in_words(DocId(0)),
            "Last reviewed 2021-03-14 (document control Last reviewed, page 1). \
             Also seen: file date 2024-08-02, shared by 3,112 of 3,112 files."
        );
    }

    #[test]
    fn a_stamped_date_is_set_aside_and_said() {
        let page = |at: u32| {
            let mut page = record(&format!("{at}.docx"));
            page.metadata.dates = vec![claim(DateRole::Updated, "2024-08-02", core())];
            page
        };
        let inventory = inventory((0..60).map(page).collect());
        let policy = Policy::default();
        let dates = Dates::of(&inventory, &policy, day(AS_OF));
        assert_eq!(dates.trusted(DocId(0)), None);
        assert_eq!(dates.cannot_say(), 60);
        let words = "docProps/core.xml dcterms:modified 2024-08-02, shared by 60 of 60 files";
        assert_eq!(dates.set_aside(DocId(0)), [words]);
        let words = format!("Nobody can say when somebody last stood by it. Also seen: {words}.");
        assert_eq!(dates.in_words(DocId(0)), words);
    }
}
