//! The configuration file as it is written. Apart from the library's types, so that those can
//! change and the file can not.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use docrot::rot::{Level, PathRules, Policy, Trivial};

use super::demands::{
    LastDay, WireHold, WireJudgements, WireMirror, WirePeople, WireTerm, holds, mirrors, terms,
    wire_holds, wire_mirrors, wire_terms,
};
use super::mistakes::line_of;
use super::scan::WireScan;
use super::validation::WireValidate;
use super::values::{Patterns, RuleId, Version, WireLevel, levels, wire_levels};
use super::wire_people::{WireDecisions, WireOwners};
use super::wire_policy::{WireCanonical, WireDates, WireDuplicates, WireRule, WireTrivial};
use super::wire_subjects::WireSubjects;
use super::{Config, ReportSection};

/// The whole file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct File {
    // Checked while it is read.
    #[serde(rename = "version")]
    _version: Version,
    index: Option<PathBuf>,
    scan: WireScan,
    dates: WireDates,
    rule: Vec<Spanned<WireRule>>,
    duplicates: WireDuplicates,
    canonical: WireCanonical,
    trivial: WireTrivial,
    severity: BTreeMap<RuleId, WireLevel>,
    hold: Vec<Spanned<WireHold>>,
    mirror: Vec<Spanned<WireMirror>>,
    term: Vec<Spanned<WireTerm>>,
    people: WirePeople,
    owners: WireOwners,
    subjects: WireSubjects,
    judgements: WireJudgements,
    decisions: WireDecisions,
    cleanup: WireCleanup,
    report: WireReport,
    gate: WireGate,
    validate: WireValidate,
}

impl Default for File {
    fn default() -> Self {
        let policy = PolicyFile::of(&Policy::default());
        Self {
            _version: Version,
            index: None,
            scan: WireScan::default(),
            dates: policy.dates,
            rule: Vec::new(),
            duplicates: policy.duplicates,
            canonical: policy.canonical,
            trivial: policy.trivial,
            severity: policy.severity,
            hold: Vec::new(),
            mirror: Vec::new(),
            term: Vec::new(),
            people: policy.people,
            owners: policy.owners,
            subjects: policy.subjects,
            judgements: policy.judgements,
            decisions: WireDecisions::default(),
            cleanup: WireCleanup::default(),
            report: WireReport::default(),
            gate: WireGate::default(),
            validate: WireValidate::default(),
        }
    }
}

impl File {
    /// The options that the file sets; `text` is what it was read from.
    pub(super) fn into_config(self, text: &str) -> Result<Config, String> {
        let rules = self.rule.into_iter().map(|rule| {
            let line = line_of(text, rule.span().start);
            rule.into_inner().into_rule(u32::try_from(line).ok())
        });
        let policy = Policy {
            duplicates: self.duplicates.into_duplicates(),
            canonical: self.canonical.into_canonical(),
            archives: self.scan.archives.0.clone(),
            // Each pattern was checked on its own; together they can still be too large.
            rules: PathRules::new(rules.collect()).map_err(|error| format!("[[rule]]: {error}"))?,
            dates: self.dates.into_dates(),
            trivial: Trivial {
                temporary: self.trivial.temporary.0,
                non_business: self.trivial.non_business.0,
                keep: self.trivial.keep.0,
            },
            severity: levels(self.severity),
            holds: holds(self.hold, text)?,
            mirrors: mirrors(self.mirror, text)?,
            terms: terms(self.term, text)?,
            leavers: self
                .people
                .left
                .into_iter()
                .map(|(who, day)| (who.to_lowercase(), day.0))
                .collect(),
            ownership: self.owners.into_ownership(),
            floor: self.judgements.floor(),
            subjects: self.subjects.into_subjects(),
            unseen: self.scan.exclude.0.clone(),
        };
        let scan = self.scan.into_section();
        let fail_on = match self.gate.fail_on.into() {
            Level::Off => None,
            Level::At(severity) => Some(severity),
        };
        let report = ReportSection { format: self.report.format };
        Ok(Config {
            name: None,
            policy,
            scan,
            report,
            fail_on,
            index: self.index,
            leavers: self.people.leavers,
            judgements: self.judgements.file,
            kept: self.decisions.into_kept(),
            validate: self.validate.into_section(),
            purge_after_days: self.cleanup.purge_after_days,
        })
    }
}

/// The part of the file that is policy, for printing.
#[derive(Serialize)]
pub(super) struct PolicyFile {
    scan: PolicyScan,
    dates: WireDates,
    duplicates: WireDuplicates,
    canonical: WireCanonical,
    trivial: WireTrivial,
    severity: BTreeMap<RuleId, WireLevel>,
    people: WirePeople,
    owners: WireOwners,
    subjects: WireSubjects,
    judgements: WireJudgements,
    rule: Vec<WireRule>,
    hold: Vec<WireHold>,
    mirror: Vec<WireMirror>,
    term: Vec<WireTerm>,
}

#[derive(Serialize)]
struct PolicyScan {
    archives: Patterns,
    exclude: Patterns,
}

impl PolicyFile {
    /// The policy as it is written.
    pub(super) fn of(policy: &Policy) -> Self {
        let Policy {
            duplicates,
            canonical,
            archives,
            rules,
            dates,
            trivial,
            severity,
            holds,
            mirrors,
            terms,
            leavers,
            ownership,
            floor,
            subjects,
            unseen,
        } = policy.clone();
        let Trivial { temporary, non_business, keep } = trivial;
        let left = leavers.into_iter().map(|(who, day)| (who, LastDay(day))).collect();
        Self {
            scan: PolicyScan { archives: Patterns(archives), exclude: Patterns(unseen) },
            dates: WireDates::of(dates),
            duplicates: WireDuplicates::of(duplicates),
            canonical: WireCanonical::of(canonical),
            trivial: WireTrivial {
                temporary: Patterns(temporary),
                non_business: Patterns(non_business),
                keep: Patterns(keep),
            },
            severity: wire_levels(severity),
            people: WirePeople { leavers: None, left },
            owners: WireOwners::of(ownership),
            subjects: WireSubjects::of(subjects),
            judgements: WireJudgements::of(floor),
            hold: wire_holds(holds),
            mirror: wire_mirrors(mirrors),
            term: wire_terms(terms),
            rule: rules.iter().cloned().map(WireRule::of).collect(),
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WireCleanup {
    purge_after_days: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WireReport {
    format: String,
}

impl Default for WireReport {
    fn default() -> Self {
        Self { format: ReportSection::default().format }
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WireGate {
    fail_on: WireLevel,
}
