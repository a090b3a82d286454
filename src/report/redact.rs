//! A report for strangers: its structure and its numbers, and none of its names.
//!
//! Folders, files, people, quotations, titles, addresses and whatever else was written by somebody
//! become words such as `name-012.docx`, `person-3` and `words-45`. What was the same is the same
//! word all through a report. The words are numbers, not hashes, so that nobody can try names until
//! one fits; names are numbered in their order, so that a report is laid out as the original. Which
//! files have which format, and the dates and sizes, stay.

use std::collections::{BTreeSet, HashMap};
use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

use crate::decisions::{Decision, Gone, Standing};
use crate::extract::{DateClaim, FORMATS, Fact, Link, Locator, Metadata, Places, Provenance};
use crate::inventory::{Failure, FileEntry, Fingerprint, Hash, Inventory, Record, Sketch, Status};
use crate::rot::{
    Assessment, CommonPassage, ContainedFolder, DatePolicy, Evidence, Finding, Group, OtherWording,
    Owner, Owners, Policy, Review, Suggestion, Value,
};
use crate::scan::{Problem, Summary};

use super::{Options, Report};

/// Everything of a report that holds names, without them.
#[derive(Debug)]
pub struct Redacted {
    inventory: Inventory,
    assessment: Assessment,
    ids: Vec<String>,
    standings: Vec<Standing>,
    gone: Vec<Gone>,
    owners: Owners,
    narrowed: Option<String>,
    summary: Summary,
    policy: Policy,
    suggestions: Vec<Suggestion>,
}

impl Redacted {
    /// Takes the names out of a report.
    pub fn of(report: &Report) -> Self {
        let mut words = Words::of(report);
        Self {
            inventory: words.inventory(report.inventory),
            assessment: words.assessment(report.assessment),
            ids: report.ids.iter().map(|it| words.id(it)).collect(),
            standings: report.standings.iter().map(|it| words.standing(it)).collect(),
            gone: report.gone.iter().map(|it| words.gone(it)).collect(),
            owners: report.owners.renamed(|it| words.owner(it)),
            narrowed: report.narrowed.map(|_| "Only some of the findings are told.".to_owned()),
            summary: words.summary(report.summary),
            // What was measured against stays, what names somebody's folders goes.
            policy: Policy {
                duplicates: report.policy.duplicates.clone(),
                dates: DatePolicy {
                    ignore: Vec::new(),
                    fields: Default::default(),
                    ..report.policy.dates.clone()
                },
                severity: report.policy.severity.clone(),
                floor: report.policy.floor,
                ..Policy::default()
            },
            suggestions: report.suggestions.iter().map(|it| words.suggestion(it)).collect(),
        }
    }

    /// The report without names; what holds none is the original's.
    pub fn report<'a>(&'a self, original: &Report<'a>) -> Report<'a> {
        let Report {
            inventory: _,
            assessment: _,
            ids: _,
            standings: _,
            has_baseline,
            gone: _,
            history,
            owners: _,
            narrowed: _,
            summary: _,
            ledger,
            texts: _,
            policy: _,
            precision,
            suggestions: _,
            policy_name: _,
            as_of,
            undated,
            version,
            options,
        } = *original;
        Report {
            inventory: &self.inventory,
            assessment: &self.assessment,
            ids: &self.ids,
            standings: &self.standings,
            has_baseline,
            gone: &self.gone,
            history,
            owners: &self.owners,
            narrowed: self.narrowed.as_deref(),
            summary: &self.summary,
            ledger,
            // What differs would be quoted from them.
            texts: None,
            policy: &self.policy,
            precision,
            suggestions: &self.suggestions,
            policy_name: None,
            as_of,
            undated,
            version,
            options: Options { arguments: "", base: Path::new(""), ..options },
        }
    }
}

/// Words in the place of names, each name's own.
struct Words {
    names: HashMap<OsString, String>,
    roots: HashMap<PathBuf, String>,
    others: HashMap<(&'static str, String), usize>,
}

impl Words {
    /// Numbers the names of all files and folders in their order.
    fn of(report: &Report) -> Self {
        let paths = report.inventory.iter().flat_map(|(_, record)| {
            let FileEntry { path, container, .. } = &record.file;
            std::iter::once(path).chain(container)
        });
        let folders = report.assessment.folders.iter().flat_map(|it| {
            std::iter::once(&it.path).chain(it.stands_in.as_ref().map(|(_, path)| path))
        });
        let problems = report.summary.problems.iter().map(|it| &it.path);
        let all: BTreeSet<_> = paths
            .chain(folders)
            .chain(problems)
            .flat_map(|path| path.components())
            .map(|it| it.as_os_str().to_owned())
            .collect();
        let digits = all.len().to_string().len();
        let word = |(number, name): (usize, OsString)| {
            let known = Path::new(&name).extension().and_then(|it| it.to_str()).filter(|it| {
                FORMATS.iter().any(|format| format.extensions.contains(&&*it.to_lowercase()))
            });
            let extension = known.map(|it| format!(".{it}")).unwrap_or_default();
            let word = format!("name-{number:0digits$}{extension}");
            (name, word)
        };
        let roots = (1..).zip(&report.inventory.roots);
        Self {
            names: (1..).zip(all).map(word).collect(),
            roots: roots.map(|(n, root)| (root.clone(), format!("/root-{n}"))).collect(),
            others: HashMap::new(),
        }
    }

    fn other(&mut self, kind: &'static str, name: &str) -> String {
        let next = self.others.len() + 1;
        let number = *self.others.entry((kind, name.to_owned())).or_insert(next);
        format!("{kind}-{number}")
    }

    fn text(&mut self, text: &str) -> String {
        if text.is_empty() { String::new() } else { self.other("words", text) }
    }

    fn person(&mut self, name: &str) -> String {
        if name.is_empty() { String::new() } else { self.other("person", name) }
    }

    fn id(&mut self, id: &str) -> String {
        // Sixteen hexadecimal digits, as other programs expect of an id.
        let next = self.others.len() + 1;
        let number = *self.others.entry(("id", id.to_owned())).or_insert(next);
        format!("{number:016x}")
    }

    fn path(&self, path: &Path) -> PathBuf {
        let name = |it: Component<'_>| self.names.get(it.as_os_str()).map_or("name", |it| it);
        path.components().map(name).collect()
    }

    fn inventory(&mut self, inventory: &Inventory) -> Inventory {
        let roots = inventory.roots.iter().map(|it| PathBuf::from(&self.roots[it])).collect();
        let records = inventory.iter().map(|(_, record)| self.record(record)).collect();
        Inventory::new(roots, records)
    }

    fn record(&mut self, record: &Record) -> Record {
        let Record { root, file, status, reached, format, metadata, hash, fingerprint } = record;
        let FileEntry { path, size, modified, changed, accessed, identity: _, links, container } =
            file;
        Record {
            root: *root,
            file: FileEntry {
                path: self.path(path),
                size: *size,
                modified: *modified,
                changed: *changed,
                accessed: *accessed,
                identity: Default::default(),
                links: *links,
                container: container.as_ref().map(|it| self.path(it)),
            },
            status: match status {
                Status::Read => Status::Read,
                Status::NotADocument => Status::NotADocument,
                Status::PartlyRead(what) => Status::PartlyRead(self.text(what)),
                Status::NotRead(Failure { reason, detail }) => {
                    Status::NotRead(Failure { reason: reason.clone(), detail: self.text(detail) })
                }
            },
            reached: *reached,
            format: format.clone(),
            metadata: self.metadata(metadata),
            hash: hash.map(|it| self.hash(it)),
            fingerprint: fingerprint.as_ref().map(|it| Fingerprint {
                version: it.version,
                text: [0; 16],
                simhash: 0,
                sketch: Sketch { hashes: Vec::new(), ..it.sketch },
                words: it.words,
                passages: Vec::new(),
            }),
        }
    }

    /// Equal contents stay equal, and nobody can tell whether a file that they have is among them.
    fn hash(&mut self, hash: Hash) -> Hash {
        let next = self.others.len() + 1;
        let number = *self.others.entry(("hash", hash.to_string())).or_insert(next);
        let mut bytes = [0; 32];
        bytes[24..].copy_from_slice(&(number as u64).to_be_bytes());
        Hash(bytes)
    }

    fn metadata(&mut self, metadata: &Metadata) -> Metadata {
        let Metadata {
            title,
            creator,
            last_editor,
            owner,
            language,
            status,
            version,
            history_version,
            replaced_by,
            replaces,
            describes,
            review_interval,
            banner,
            dates,
            links,
            impossible_dates,
            properties,
            places: _,
        } = metadata;
        Metadata {
            title: self.fact(title),
            creator: self.name(creator),
            last_editor: self.name(last_editor),
            owner: self.name(owner),
            language: self.fact(language),
            status: self.fact(status),
            version: self.fact(version),
            history_version: self.fact(history_version),
            replaced_by: self.fact(replaced_by),
            replaces: self.fact(replaces),
            describes: self.fact(describes),
            review_interval: self.fact(review_interval),
            banner: self.fact(banner),
            dates: dates.iter().map(|it| self.date(it)).collect(),
            links: links.iter().map(|it| self.link(it)).collect(),
            impossible_dates: impossible_dates
                .iter()
                .map(|it| Fact::new(self.text(&it.value), self.provenance(&it.provenance)))
                .collect(),
            properties: properties.iter().map(|(k, v)| (self.text(k), self.text(v))).collect(),
            places: Places::default(),
        }
    }

    fn fact(&mut self, fact: &Option<Fact<String>>) -> Option<Fact<String>> {
        let fact = fact.as_ref()?;
        Some(Fact::new(self.text(&fact.value), self.provenance(&fact.provenance)))
    }

    fn name(&mut self, fact: &Option<Fact<String>>) -> Option<Fact<String>> {
        let fact = fact.as_ref()?;
        Some(Fact::new(self.person(&fact.value), self.provenance(&fact.provenance)))
    }

    fn date(&mut self, claim: &DateClaim) -> DateClaim {
        let DateClaim { role, date, precision, other_reading, raw, provenance } = claim;
        DateClaim {
            role: *role,
            date: *date,
            precision: *precision,
            other_reading: *other_reading,
            raw: self.text(raw),
            provenance: self.provenance(provenance),
        }
    }

    fn link(&mut self, link: &Link) -> Link {
        let Link { target, locator } = link;
        Link { target: self.text(target), locator: self.locator(locator) }
    }

    fn provenance(&mut self, provenance: &Provenance) -> Provenance {
        match provenance {
            Provenance::FileSystem => Provenance::FileSystem,
            Provenance::FileName => Provenance::FileName,
            Provenance::Property { name, line } => {
                Provenance::Property { name: self.other("property", name), line: *line }
            }
            Provenance::Text(locator) => Provenance::Text(self.locator(locator)),
            Provenance::Computed(from) => Provenance::Computed(self.text(from)),
        }
    }

    fn locator(&mut self, locator: &Locator) -> Locator {
        match locator {
            Locator::Line(n) => Locator::Line(*n),
            Locator::Paragraph(n) => Locator::Paragraph(*n),
            Locator::Page(n) => Locator::Page(*n),
            Locator::Slide(n) => Locator::Slide(*n),
            Locator::Row { sheet, row } => Locator::Row { sheet: self.text(sheet), row: *row },
            Locator::Part(name) => Locator::Part(self.text(name)),
        }
    }

    fn evidence(&mut self, evidence: &Evidence) -> Evidence {
        let Evidence { what, value, provenance } = evidence;
        let value = match value {
            Value::Text(text) => Value::Text(self.text(text)),
            Value::Date(_)
            | Value::Count(_)
            | Value::Bytes(_)
            | Value::Share(_)
            | Value::Days(_)
            | Value::Document(_) => value.clone(),
        };
        Evidence::new(what, value, self.provenance(provenance))
    }

    fn finding(&mut self, finding: &Finding) -> Finding {
        finding.with_evidence(finding.evidence().iter().map(|it| self.evidence(it)).collect())
    }

    fn assessment(&mut self, assessment: &Assessment) -> Assessment {
        let Assessment {
            findings,
            groups,
            boilerplate,
            folders,
            // They are words of the documents and little else.
            subjects: _,
            reviews,
            undated,
            archived,
            not_compared,
            same_form,
            passages_not_compared,
            passages_not_told,
            facts_not_compared,
        } = assessment;
        Assessment {
            findings: findings.iter().map(|it| self.finding(it)).collect(),
            groups: groups.iter().map(|it| self.group(it)).collect(),
            boilerplate: boilerplate.iter().map(|it| self.passage(it)).collect(),
            folders: folders.iter().map(|it| self.folder(it)).collect(),
            subjects: None,
            reviews: reviews.iter().map(|it| self.review(it)).collect(),
            undated: *undated,
            archived: *archived,
            not_compared: *not_compared,
            same_form: *same_form,
            passages_not_compared: *passages_not_compared,
            passages_not_told: *passages_not_told,
            facts_not_compared: *facts_not_compared,
        }
    }

    fn group(&mut self, group: &Group) -> Group {
        let Group { kind, canonical, reasons, is_tie, members } = group;
        Group {
            kind,
            canonical: *canonical,
            reasons: reasons.iter().map(|it| self.other("reason", it)).collect(),
            is_tie: *is_tie,
            members: members.clone(),
        }
    }

    fn passage(&mut self, passage: &CommonPassage) -> CommonPassage {
        let wording = |it: &OtherWording, words: &mut Self| OtherWording {
            quote: words.text(&it.quote),
            ..it.clone()
        };
        CommonPassage {
            quote: self.text(&passage.quote),
            wordings: passage.wordings.iter().map(|it| wording(it, self)).collect(),
            ..passage.clone()
        }
    }

    fn folder(&self, folder: &ContainedFolder) -> ContainedFolder {
        let ContainedFolder { root, path, files, only_here, stands_in, is_equal, example } = folder;
        ContainedFolder {
            root: *root,
            path: self.path(path),
            files: *files,
            only_here: only_here.clone(),
            stands_in: stands_in.as_ref().map(|(root, path)| (*root, self.path(path))),
            is_equal: *is_equal,
            example: *example,
        }
    }

    fn review(&mut self, review: &Review) -> Review {
        let Review { document, due, evidence } = review;
        let evidence = evidence.iter().map(|it| self.evidence(it)).collect();
        Review { document: *document, due: *due, evidence }
    }

    fn standing(&mut self, standing: &Standing) -> Standing {
        match standing {
            Standing::New | Standing::Still { .. } | Standing::Raised { .. } => standing.clone(),
            Standing::Decided { decision } => {
                Standing::Decided { decision: self.decision(decision) }
            }
            Standing::Lapsed { decision } => Standing::Lapsed { decision: self.decision(decision) },
        }
    }

    fn decision(&mut self, decision: &Decision) -> Decision {
        let Decision { finding, rule, path, what, by, on, until, why, trace: _ } = decision;
        Decision {
            finding: self.id(finding),
            rule: rule.clone(),
            path: self.text(path),
            what: *what,
            by: self.person(by),
            on: *on,
            until: *until,
            why: self.text(why),
            trace: Default::default(),
        }
    }

    fn gone(&mut self, gone: &Gone) -> Gone {
        let Gone { id, rule, path, since } = gone;
        Gone { id: self.id(id), rule: rule.clone(), path: self.text(path), since: *since }
    }

    fn owner(&mut self, owner: &Owner) -> Owner {
        let Owner { name, source, provenance } = owner;
        let provenance = self.provenance(provenance);
        Owner { name: self.person(name), source: *source, provenance }
    }

    fn suggestion(&mut self, suggestion: &Suggestion) -> Suggestion {
        let subject = suggestion.subject.iter().map(|it| self.text(it)).collect();
        Suggestion { subject, ..suggestion.clone() }
    }

    fn summary(&mut self, summary: &Summary) -> Summary {
        let problem = |it: &Problem, words: &mut Self| {
            let Problem { root, path, reason, detail } = it;
            let (path, detail) = (words.path(path), words.text(detail));
            Problem { root: *root, path, reason: reason.clone(), detail }
        };
        let told = "Names, people and quotations were taken out of this report (--redact).";
        let notes = summary.notes.iter().map(|it| self.other("note", it));
        Summary {
            // docrot's own words.
            caveats: summary.caveats.clone(),
            notes: std::iter::once(told.to_owned()).chain(notes.collect::<Vec<_>>()).collect(),
            problems: summary.problems.iter().map(|it| problem(it, self)).collect(),
            ..summary.clone()
        }
    }
}
