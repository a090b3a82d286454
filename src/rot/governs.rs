//! What a policy says of one path, and what in a policy contradicts itself, in words.

use std::path::Path;

use chrono::NaiveDate;

use crate::extract::Provenance;

use super::policy::Setting;
use super::{Level, PathRule, Policy, spelled};

/// A setting that holds for a path.
#[derive(Clone, Debug, PartialEq)]
pub struct Governed {
    /// What is set, by the policy's key, such as `review_every`.
    pub what: String,
    /// What it is set to.
    pub value: String,
    /// Where the policy says so.
    pub by: Provenance,
    /// What earlier rules said otherwise, the latest first.
    pub overruled: Vec<(String, Provenance)>,
    /// Why it has no effect, where it has none.
    pub remark: Option<String>,
}

impl Governed {
    fn new(what: impl Into<String>, value: impl Into<String>, by: Provenance) -> Self {
        let (what, value) = (what.into(), value.into());
        Self { what, value, by, overruled: Vec::new(), remark: None }
    }
}

/// Everything that the policy says of the document at `path`, in the order first said.
pub fn governing(policy: &Policy, path: &Path, as_of: NaiveDate) -> Vec<Governed> {
    let mut governed: Vec<Governed> = Vec::new();
    if let Some(limit) = policy.dates.max_unverified {
        let by = Setting { value: limit, rule: None }.provenance();
        governed.push(Governed::new("max_unverified", spelled(limit), by));
    }
    for (id, level) in &policy.severity {
        let by = Provenance::property("policy [severity]");
        governed.push(Governed::new(format!("severity.{id}"), word(*level), by));
    }
    for rule in policy.rule_for(path).rules {
        for (what, value) in settings(rule) {
            let by = Setting { value: (), rule: Some(rule) }.provenance();
            match governed.iter_mut().find(|it| it.what == what) {
                None => governed.push(Governed::new(what, value, by)),
                Some(known) => {
                    let before = (std::mem::replace(&mut known.value, value), known.by.clone());
                    known.by = by;
                    known.overruled.insert(0, before);
                    let value = &known.value;
                    known.overruled.retain(|(before, _)| before != value);
                }
            }
        }
    }
    remark_on_records(policy, path, &mut governed);
    governed.extend(places(policy, path, as_of));
    governed
}

/// No age makes the record of an event stale, whatever the intervals.
fn remark_on_records(policy: &Policy, path: &Path, governed: &mut [Governed]) {
    if !policy.rule_for(path).stable {
        return;
    }
    for it in governed {
        if matches!(it.what.as_str(), "review_every" | "max_unverified" | "grace") {
            it.remark = Some("without effect, as the document is stable".to_owned());
        }
    }
}

/// Archives, holds, mirrors and words that are allowed here.
fn places(policy: &Policy, path: &Path, as_of: NaiveDate) -> Vec<Governed> {
    let mut places = Vec::new();
    if policy.is_archived(path) {
        let by = match policy.archives.matches(path).first() {
            Some(&at) => {
                let pattern = &policy.archives.patterns()[at];
                Provenance::property(format!("policy scan.archives {pattern}"))
            }
            None => Provenance::Computed("the name of a folder".to_owned()),
        };
        places.push(Governed::new("archive", "counted, not called obsolete", by));
    }
    if let Some(hold) = policy.hold(path, as_of) {
        let until = hold.until.map_or(String::new(), |day| format!(", until {day}"));
        let value = format!("{}{until}; nothing overrides it", hold.reason);
        places.push(Governed::new("legal hold", value, hold.provenance()));
    }
    for mirror in &policy.mirrors {
        let (a, b) = (mirror.a.patterns().join(", "), mirror.b.patterns().join(", "));
        let other = match (mirror.a.is_match(path), mirror.b.is_match(path)) {
            (true, _) => &b,
            (_, true) => &a,
            _ => continue,
        };
        let name = format!("policy mirror {a} and {b}");
        let by = Provenance::Property { name, line: mirror.line };
        places.push(Governed::new("mirror", format!("copies in {other} are no findings"), by));
    }
    for term in policy.terms.iter().filter(|term| term.allow_in.is_match(path)) {
        places.push(Governed::new("allowed term", term.name(), term.provenance()));
    }
    if policy.trivial.keep.is_match(path) {
        let by = Provenance::property("policy trivial.keep");
        places.push(Governed::new("keep", "never trivial", by));
    }
    places
}

/// What in the policy contradicts itself or has no effect, in sentences; empty where nothing does.
pub fn contradictions(policy: &Policy, as_of: NaiveDate) -> Vec<String> {
    let rules: Vec<&PathRule> = policy.rules.iter().collect();
    let mut found = Vec::new();
    for (at, later) in rules.iter().enumerate() {
        for earlier in rules[..at].iter().filter(|it| it.glob == later.glob) {
            found.extend(differences(earlier, later));
        }
        let has_interval = later.review_every.is_some() || later.max_unverified.is_some();
        if later.stable == Some(true) && has_interval {
            found.push(format!(
                "{} is stable, so its review_every and max_unverified have no effect.",
                place(later)
            ));
        }
        let owner = later.owner.as_ref().map(|it| it.trim().to_lowercase());
        if let Some(owner) = owner.filter(|it| policy.leavers.contains_key(it)) {
            found.push(format!("{} is owned by {owner}, who left.", place(later)));
        }
    }
    for hold in &policy.holds {
        if let Some(until) = hold.until.filter(|until| *until < as_of) {
            found.push(format!("The {} ended on {until}.", hold.provenance()));
        }
    }
    for term in &policy.terms {
        let instead = term.replaced_by.as_ref().map(|it| it.trim().to_lowercase());
        let is_retired = |other: &&super::Term| {
            other.find.iter().any(|it| Some(it.trim().to_lowercase()) == instead)
        };
        if let Some(other) = policy.terms.iter().find(is_retired) {
            let (one, other) = (term.provenance(), other.provenance());
            found.push(format!("The {one} is replaced by a term that is out of use too: {other}."));
        }
    }
    found
}

/// What two rules for the same paths set differently.
fn differences(earlier: &PathRule, later: &PathRule) -> Vec<String> {
    let before = settings(earlier);
    let differ = settings(later).into_iter().filter_map(|(what, value)| {
        let (_, other) = before.iter().find(|(it, other)| *it == what && *other != value)?;
        let (one, two) = (place(earlier), place(later).replace("The ", "the "));
        Some(format!("{one} sets {what} to {other}, {two} to {value}; the later holds."))
    });
    differ.collect()
}

fn place(rule: &PathRule) -> String {
    let by = Setting { value: (), rule: Some(rule) }.provenance();
    format!("The {by}").replace("The policy", "The")
}

/// Every setting that a rule makes, by the policy's key.
fn settings(rule: &PathRule) -> Vec<(String, String)> {
    let PathRule {
        glob: _,
        owner,
        class,
        reason,
        review_every,
        max_unverified,
        grace,
        stable,
        require,
        retention,
        links,
        severity,
        line: _,
    } = rule;
    let require = require.as_ref().map(|it| {
        let words: Vec<String> = it.iter().map(ToString::to_string).collect();
        words.join(", ")
    });
    let set = [
        ("owner", owner.clone()),
        ("class", class.clone()),
        ("reason", reason.clone()),
        ("review_every", review_every.map(spelled)),
        ("max_unverified", max_unverified.map(spelled)),
        ("grace", grace.map(spelled)),
        ("stable", stable.map(|it| it.to_string())),
        ("require", require),
        ("retention", retention.as_ref().map(ToString::to_string)),
        ("links", links.map(|it| it.name().to_owned())),
    ];
    let set = set.into_iter().filter_map(|(what, value)| Some((what.to_owned(), value?)));
    let levels =
        severity.iter().map(|(id, level)| (format!("severity.{id}"), word(*level).to_owned()));
    set.chain(levels).collect()
}

const fn word(level: Level) -> &'static str {
    match level {
        Level::Off => "off",
        Level::At(severity) => severity.name(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Globs, Hold, Mirror, PathRules, Severity, Term};
    use super::*;
    use crate::extract::Interval;

    fn months(months: u32) -> Option<Interval> {
        Some(Interval { months, days: 0 })
    }

    fn policy() -> Policy {
        let all = PathRule {
            glob: "**".to_owned(),
            review_every: months(24),
            owner: Some("kim".to_owned()),
            line: Some(3),
            ..PathRule::default()
        };
        let mut here = PathRule { glob: "Policies/**".to_owned(), line: Some(9), ..all.clone() };
        here.review_every = months(12);
        here.severity.insert("expired".to_owned(), Level::At(Severity::Note));
        let again =
            PathRule { review_every: months(6), owner: None, line: Some(14), ..here.clone() };
        let paths = Globs::new(["Policies/old/**"]).unwrap();
        let hold = Hold { paths, reason: "Doe v. Roe".to_owned(), ..Hold::default() };
        Policy {
            rules: PathRules::new(vec![all, here, again]).unwrap(),
            holds: vec![hold],
            ..Policy::default()
        }
    }

    fn as_of() -> NaiveDate {
        "2026-04-22".parse().unwrap()
    }

    #[test]
    fn the_later_rule_holds_and_what_it_overrules_is_told() {
        let governed = governing(&policy(), Path::new("Policies/a.md"), as_of());
        let review = governed.iter().find(|it| it.what == "review_every").unwrap();
        assert_eq!(review.value, "6 months");
        assert_eq!(review.by.to_string(), "policy rule for Policies/**, line 14");
        let overruled: Vec<_> = review.overruled.iter().map(|(value, _)| value.as_str()).collect();
        assert_eq!(overruled, ["12 months", "24 months"]);
        let owner = governed.iter().find(|it| it.what == "owner").unwrap();
        assert_eq!((owner.value.as_str(), owner.overruled.len()), ("kim", 0));
        assert!(governed.iter().any(|it| it.what == "severity.expired" && it.value == "note"));
    }

    #[test]
    fn archives_holds_mirrors_and_stable_records_are_told() {
        let mut policy = policy();
        let stable = PathRule { glob: "**".into(), stable: Some(true), ..PathRule::default() };
        let rules: Vec<_> = policy.rules.iter().cloned().chain([stable]).collect();
        policy.rules = PathRules::new(rules).unwrap();
        let globs = |it| Globs::new([it]).unwrap();
        policy.mirrors = vec![Mirror { a: globs("Policies/**"), b: globs("Web/**"), line: None }];
        let governed = governing(&policy, Path::new("Policies/old/a.md"), as_of());
        let value = |what: &str| {
            let found = governed.iter().find(|it| it.what == what);
            found.map(|it| it.value.as_str())
        };
        assert_eq!(value("archive"), Some("counted, not called obsolete"));
        assert_eq!(value("legal hold"), Some("Doe v. Roe; nothing overrides it"));
        assert_eq!(value("mirror"), Some("copies in Web/** are no findings"));
        let review = governed.iter().find(|it| it.what == "review_every").unwrap();
        assert!(review.remark.is_some());
    }

    #[test]
    fn contradictions_are_sentences_with_lines() {
        let mut policy = policy();
        policy.leavers.insert("kim".to_owned(), None);
        policy.holds[0].until = "2026-01-31".parse().ok();
        let term = |find: &str, instead: &str| Term {
            find: vec![find.to_owned()],
            replaced_by: Some(instead.to_owned()),
            ..Term::default()
        };
        policy.terms = vec![term("A", "B"), term("b", "C")];
        assert_eq!(
            contradictions(&policy, as_of()),
            [
                "The rule for **, line 3 is owned by kim, who left.",
                "The rule for Policies/**, line 9 is owned by kim, who left.",
                "The rule for Policies/**, line 9 sets review_every to 12 months, the rule for \
                 Policies/**, line 14 to 6 months; the later holds.",
                "The policy hold for Policies/old/** ended on 2026-01-31.",
                "The policy term A is replaced by a term that is out of use too: policy term b.",
            ]
        );
        assert!(contradictions(&Policy::default(), as_of()).is_empty());
    }
}
