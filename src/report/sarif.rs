//! SARIF 2.1.0, for code hosts and editors that show findings beside the files.
//!
//! Within what GitHub takes: 25,000 results, the gravest first, and 1,000 places a result. What is
//! left out is said in a notification of the run. Only findings are results; the places are paths
//! from `options.base`, so that a code host finds them in its working copy.

use std::collections::BTreeMap;
use std::io;

use serde::Serialize;

use crate::decisions::{Decision, Disposition, Standing};
use crate::inventory::DocId;
use crate::rot::{RULES, Rule};

use super::json::{Each, write_line};
use super::{Report, Writer, escape, location, rows, words};

pub(super) const WRITER: Writer = Writer::text("sarif", "sarif", write);

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// Results that GitHub takes of a run.
const MOST_RESULTS: usize = 25_000;
/// Places that GitHub takes of a result, with the document's own.
const MOST_PLACES: usize = 1_000;
/// Characters of a message that are shown.
const MESSAGE_CHARS: usize = 2_000;

fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let rules = rules(report);
    let positions: BTreeMap<_, _> = rules.iter().zip(0..).map(|(it, at)| (it.id, at)).collect();
    let results = Each(|| {
        let findings = 0..report.assessment.findings.len().min(MOST_RESULTS);
        findings.map(|position| SarifResult::of(report, position, &positions))
    });
    let log = Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: "docrot",
                    semantic_version: report.version,
                    rules: rules.iter().map(|rule| ReportingDescriptor::of(rule)).collect(),
                },
            },
            invocations: [Invocation {
                execution_successful: !report.summary.interrupted,
                tool_execution_notifications: left_out(report),
            }],
            original_uri_base_ids: bases(report),
            column_kind: "unicodeCodePoints",
            results,
        }],
    };
    let mut out = io::BufWriter::new(out);
    write_line(&log, &mut out)?;
    io::Write::write_all(&mut out, b"\n")?;
    io::Write::flush(&mut out)
}

/// The rules of the findings, in the order of all rules.
fn rules(report: &Report) -> Vec<&'static Rule> {
    let mut rules: Vec<&'static Rule> = Vec::new();
    for finding in &report.assessment.findings {
        if !rules.contains(&finding.rule) {
            rules.push(finding.rule);
        }
    }
    rules.sort_by_key(|rule| RULES.iter().position(|it| it.id == rule.id));
    rules
}

fn left_out(report: &Report) -> Vec<Notification> {
    let all = report.assessment.findings.len();
    let note = |level, text| Notification { level, message: Message { text } };
    let cut = (MOST_RESULTS < all).then(|| {
        let [shown, all] = [MOST_RESULTS, all].map(|it| words::number(it as u64));
        note("warning", format!("The first {shown} of {all} findings are here, the gravest first."))
    });
    let interrupted = report.summary.interrupted.then(|| {
        let text = "The scan was interrupted: this tells only of what it had seen.".to_owned();
        note("warning", text)
    });
    let part = report.narrowed.map(|it| note("note", escape::visible(it).into_owned()));
    let caveats = report.summary.caveats.iter().map(|it| note("warning", words::caveat(it)));
    interrupted.into_iter().chain(caveats).chain(part).chain(cut).collect()
}

/// A name for each root, where paths do not start from one folder.
fn base(report: &Report, document: DocId) -> Option<String> {
    let needs_one = 1 < report.inventory.roots.len() && !location::is_below_base(report, document);
    needs_one.then(|| format!("ROOT{}", report.inventory[document].root.0 + 1))
}

fn bases(report: &Report) -> BTreeMap<String, UriBase> {
    let roots = &report.inventory.roots;
    let roots = roots.iter().zip(1..).filter(|_| 1 < roots.len());
    roots
        .map(|(root, number)| {
            let uri = format!("file:///{}/", location::uri(root));
            (format!("ROOT{number}"), UriBase { uri })
        })
        .collect()
}

#[derive(Serialize)]
struct Log<'a, R> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a, R>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a, R> {
    tool: Tool<'a>,
    invocations: [Invocation; 1],
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    original_uri_base_ids: BTreeMap<String, UriBase>,
    column_kind: &'static str,
    results: R,
}

#[derive(Serialize)]
struct UriBase {
    uri: String,
}

#[derive(Serialize)]
struct Tool<'a> {
    driver: Driver<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'a> {
    name: &'static str,
    semantic_version: &'a str,
    rules: Vec<ReportingDescriptor>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    level: &'static str,
    message: Message,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReportingDescriptor {
    id: &'static str,
    short_description: Message,
    default_configuration: Configuration,
    properties: RuleProperties,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct RuleProperties {
    tags: [&'static str; 2],
}

#[derive(Serialize)]
struct Message {
    text: String,
}

impl ReportingDescriptor {
    fn of(rule: &Rule) -> Self {
        Self {
            id: rule.id,
            short_description: Message { text: rule.summary.to_owned() },
            default_configuration: Configuration { level: rule.severity.name() },
            properties: RuleProperties { tags: ["documentation", rule.category.name()] },
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult<'a> {
    rule_id: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: &'static str,
    message: Message,
    locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    partial_fingerprints: Fingerprints<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline_state: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suppressions: Vec<Suppression>,
    properties: Properties,
}

impl<'a> SarifResult<'a> {
    fn of(report: &Report<'a>, position: usize, rules: &BTreeMap<&str, usize>) -> Self {
        let finding = &report.assessment.findings[position];
        let id = report.ids[position].as_str();
        let why = rows::why(report, finding);
        let text = format!("{} {}", finding.rule.summary, rows::cut(&why, MESSAGE_CHARS));
        let line = location::line(finding).unwrap_or(1);
        let related = finding.related.iter().take(MOST_PLACES - 1).zip(1..);
        let more = finding.related.len().saturating_sub(MOST_PLACES - 1);
        let text = match more {
            0 => text,
            more => format!("{text}; and {} more related documents", words::number(more as u64)),
        };
        Self {
            rule_id: finding.rule.id,
            rule_index: rules.get(finding.rule.id).copied(),
            level: finding.severity.name(),
            message: Message { text },
            locations: [Location::of(report, finding.document, line)],
            related_locations: related
                .map(|(document, number)| Location {
                    id: Some(number),
                    message: Some(Message { text: words::document(report, *document) }),
                    ..Location::of(report, *document, 1)
                })
                .collect(),
            partial_fingerprints: Fingerprints { finding: id, line: id },
            baseline_state: report.standing(position).and_then(baseline_state),
            suppressions: rows::decision(report, position)
                .and_then(suppression)
                .into_iter()
                .collect(),
            properties: Properties {
                confidence: finding.confidence.name(),
                owner: Some(rows::owner(report, finding)).filter(|it| !it.is_empty()),
            },
        }
    }
}

/// How it stands to the baseline, in SARIF's words.
const fn baseline_state(standing: &Standing) -> Option<&'static str> {
    match standing {
        Standing::New => Some("new"),
        Standing::Still { .. } => Some("unchanged"),
        Standing::Raised { .. } => Some("updated"),
        // Whether it was in the baseline is not told of these.
        Standing::Decided { .. } | Standing::Lapsed { .. } => None,
    }
}

#[derive(Serialize)]
struct Suppression {
    kind: &'static str,
    status: &'static str,
    justification: String,
}

/// A decision by which it stays. What is to be changed is shown until it was.
fn suppression(decision: &Decision) -> Option<Suppression> {
    let Decision { what, by, until, why, .. } = decision;
    if *what != Disposition::Keep {
        return None;
    }
    let mut words = vec![what.name().to_owned()];
    words.extend(until.map(|day| format!("until {day}")));
    words.extend((!by.is_empty()).then(|| format!("by {by}")));
    words.extend((!why.is_empty()).then(|| format!("because: {why}")));
    let justification = escape::visible(&words.join(" ")).into_owned();
    Some(Suppression { kind: "external", status: "accepted", justification })
}

/// What a finding is known by from run to run. GitHub reads the second, and would otherwise make
/// one from a line of text, which documents do not have.
#[derive(Serialize)]
struct Fingerprints<'a> {
    #[serde(rename = "docrotFinding/v1")]
    finding: &'a str,
    #[serde(rename = "primaryLocationLineHash")]
    line: &'a str,
}

#[derive(Serialize)]
struct Properties {
    confidence: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message>,
}

impl Location {
    fn of(report: &Report, document: DocId, line: u32) -> Self {
        let artifact_location = ArtifactLocation {
            uri: location::document_uri(report, document),
            uri_base_id: base(report, document),
        };
        let region = Region { start_line: line };
        Self {
            id: None,
            physical_location: PhysicalLocation { artifact_location, region },
            message: None,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactLocation {
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri_base_id: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::report::{hostile, sample};

    fn written(report: &Report) -> Value {
        let mut out = Vec::new();
        (WRITER.write)(report, &mut out).unwrap();
        serde_json::from_slice(&out).unwrap()
    }

    #[test]
    fn what_is_written_fits_the_published_schema() {
        const PLACE: &str = "urn:sarif";
        let schema = include_str!("../../fixtures/schemas/sarif-2.1.0.json");
        let mut compiler = boon::Compiler::new();
        compiler.add_resource(PLACE, serde_json::from_str(schema).unwrap()).unwrap();
        let mut schemas = boon::Schemas::new();
        let schema = compiler.compile(PLACE, &mut schemas).unwrap();
        let stood = sample::share_over_time();
        let none = sample::Share::default();
        let shares = [stood, sample::two_roots(), sample::redundant(), hostile::share(), none];
        for share in shares {
            let written = written(&share.report());
            if let Err(error) = schemas.validate(&written, schema) {
                panic!("{error:#}");
            }
            assert!(schemas.validate(&serde_json::json!({ "runs": [] }), schema).is_err());
        }
    }

    #[test]
    fn a_result_a_finding() {
        let share = sample::share_over_time();
        let run = &written(&share.report())["runs"][0];
        let results = run["results"].as_array().unwrap();
        assert_eq!(results.len(), 6);
        let (near, overdue) = (&results[1], &results[3]);
        let place = |it: &Value| it["physicalLocation"].clone();
        assert_eq!(
            place(&near["locations"][0])["artifactLocation"]["uri"],
            "Finance/old/Mileage.pdf"
        );
        assert_eq!(
            place(&near["relatedLocations"][0])["artifactLocation"]["uri"],
            "Finance/Mileage.pdf"
        );
        assert_eq!(place(&overdue["locations"][0])["region"]["startLine"], 3);
        assert_eq!(near["level"], "warning");
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        for (result, id) in results.iter().zip(share.report().ids) {
            let rule = result["ruleIndex"].as_u64().unwrap() as usize;
            assert_eq!(rules[rule]["id"], result["ruleId"]);
            assert_eq!(result["partialFingerprints"]["primaryLocationLineHash"], **id);
        }
        let states: Vec<_> = results.iter().map(|it| it["baselineState"].as_str()).collect();
        let expected =
            [None, Some("updated"), Some("new"), None, Some("unchanged"), Some("unchanged")];
        assert_eq!(states, expected);
        let suppressed: Vec<_> = results.iter().map(|it| it.get("suppressions")).collect();
        assert!(suppressed[0].is_some() && suppressed[1..].iter().all(Option::is_none));
    }

    #[test]
    fn only_as_many_results_as_github_takes_and_it_is_said() {
        let mut share = sample::share();
        let finding = share.assessment.findings[0].clone();
        share.assessment.findings = vec![finding; MOST_RESULTS + 1];
        let share = share.named();
        let run = &written(&share.report())["runs"][0];
        assert_eq!(run["results"].as_array().unwrap().len(), MOST_RESULTS);
        let said = &run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"];
        assert_eq!(said, "The first 25,000 of 25,001 findings are here, the gravest first.");
    }

    #[test]
    fn only_as_many_places_as_github_takes() {
        let mut share = sample::share();
        let other = share.assessment.findings[1].related[0];
        share.assessment.findings[1].related = vec![other; 1200];
        let run = &written(&share.report())["runs"][0];
        let result = &run["results"][1];
        assert_eq!(result["relatedLocations"].as_array().unwrap().len(), MOST_PLACES - 1);
        let text = result["message"]["text"].as_str().unwrap();
        assert!(text.ends_with("and 201 more related documents"), "{text}");
    }
}
