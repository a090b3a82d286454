//! Checks what the writer writes against the schema that is handed out.
//!
//! Knows as much of JSON Schema as `docs/report.schema.json` uses, and allows no key that the schema
//! does not name.

use serde_json::Value;

use crate::inventory::RootId;
use crate::report::{hostile, sample};
use crate::rot::{ArticleState, Folder, Home, Spread, Subject, Subjects};

use super::{LINES, WRITER};

fn written(share: &sample::Share) -> Value {
    let mut out = Vec::new();
    (WRITER.write)(&share.report(), &mut out).unwrap();
    serde_json::from_slice(&out).unwrap()
}

fn check(schema: &Value, value: &Value, root: &Value, place: &str) {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = root.pointer(reference.trim_start_matches('#'));
        return check(target.expect("the reference holds"), value, root, place);
    }
    if let Some(kinds) = schema["anyOf"].as_array() {
        let is_null = |it: &Value| it["type"] == "null";
        let fits = kinds.iter().find(|it| is_null(it) == value.is_null());
        return check(fits.expect("a kind fits"), value, root, place);
    }
    let (constant, options) = (&schema["const"], &schema["enum"]);
    assert!(constant.is_null() || constant == value, "{place}: {value}");
    assert!(options.as_array().is_none_or(|it| it.contains(value)), "{place}: {value}");
    let is = |name: &str| match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_u64() || value.is_i64(),
        "boolean" => value.is_boolean(),
        other => other == "null" && value.is_null(),
    };
    match &schema["type"] {
        Value::String(name) => assert!(is(name), "{place}: {value}"),
        Value::Array(names) => {
            assert!(names.iter().any(|it| is(it.as_str().unwrap())), "{place}: {value}");
        }
        _ => {}
    }
    if let Some(pattern) = schema["pattern"].as_str()
        && let Some(text) = value.as_str()
    {
        assert!(regex::Regex::new(pattern).unwrap().is_match(text), "{place}: {text}");
    }
    for item in value.as_array().into_iter().flatten() {
        check(&schema["items"], item, root, &format!("{place}[]"));
    }
    for key in schema["required"].as_array().into_iter().flatten() {
        assert!(value.get(key.as_str().unwrap()).is_some(), "{place} lacks {key}");
    }
    for (key, item) in value.as_object().into_iter().flatten() {
        let place = format!("{place}.{key}");
        let schema = schema["properties"].get(key).unwrap_or(&schema["additionalProperties"]);
        assert!(!schema.is_null(), "{place} is not in the schema");
        check(schema, item, root, &place);
    }
}

#[test]
fn what_is_written_fits_the_schema() {
    let schema = include_str!("../../../docs/report.schema.json");
    let schema: Value = serde_json::from_str(schema).unwrap();
    let none = sample::Share::default();
    let redundant = sample::redundant();
    let over_time = sample::share_over_time();
    let shares =
        [sample::share(), sample::two_roots(), hostile::share(), redundant, none, over_time];
    for share in shares {
        check(&schema, &written(&share), &schema, "report");
    }
}

#[test]
fn work_that_was_left_out_is_told() {
    let mut share = sample::share();
    (share.assessment.not_compared, share.assessment.passages_not_compared) = (7, 12);
    (share.assessment.passages_not_told, share.assessment.facts_not_compared) = (4, 5);
    let compared = &written(&share)["compared"];
    let told = ["not_compared", "passages_not_compared", "passages_not_told", "facts_not_compared"];
    assert_eq!(told.map(|it| compared[it].as_u64()), [7, 12, 4, 5].map(Some));
    assert_eq!(joined(&share)["compared"], *compared);
}

/// What NDJSON says, put together again as the JSON report has it.
fn joined(share: &sample::Share) -> Value {
    let mut out = Vec::new();
    (LINES.write)(&share.report(), &mut out).unwrap();
    let mut lines = out.split(|it| *it == b'\n');
    assert_eq!(lines.next_back(), Some(&b""[..]), "the last line ends");
    let mut lines = lines.map(|line| serde_json::from_slice::<Value>(line).unwrap());
    let mut whole = lines.next().unwrap();
    assert_eq!(take_type(&mut whole), "report");
    for list in [
        "findings",
        "gone",
        "groups",
        "boilerplate",
        "subjects",
        "suggestions",
        "precision",
        "history",
        "problems",
    ] {
        whole[list] = Value::Array(Vec::new());
    }
    for mut line in lines {
        let list = match take_type(&mut line).as_str() {
            same @ ("boilerplate" | "gone" | "precision") => same.to_owned(),
            "past_scan" => "history".to_owned(),
            one => format!("{one}s"),
        };
        whole[&list].as_array_mut().unwrap().push(line);
    }
    whole
}

fn take_type(line: &mut Value) -> String {
    let kind = line.as_object_mut().unwrap().remove("type").unwrap();
    kind.as_str().unwrap().to_owned()
}

#[test]
fn lines_say_what_the_whole_says() {
    for share in
        [sample::share_over_time(), sample::two_roots(), hostile::share(), sample::redundant()]
    {
        assert_eq!(joined(&share), written(&share));
    }
}

#[test]
fn subjects_fit_the_schema_in_both_forms() {
    let mut share = sample::share();
    let document = |at| crate::rot::Member {
        document: crate::inventory::DocId(at),
        centrality: 0.5,
        is_copy: at == 1,
    };
    let folder = |path: &str| Folder { root: RootId(0), path: path.into() };
    let spread = Spread {
        documents: 3,
        copies: 1,
        folders: vec![(folder("Finance"), 2), (folder(""), 1)],
        home: Some(Home { folder: folder("Finance"), share: 0.667 }),
        states: [(ArticleState::Validated, 2)].into(),
        ..Spread::default()
    };
    let whole = Subject {
        name: "Travel".to_owned(),
        terms: vec!["travel".to_owned()],
        members: vec![document(0), document(1)],
        spread,
        ..Subject::default()
    };
    let part = Subject { name: "Mileage".to_owned(), broader: Some(0), ..whole.clone() };
    share.assessment.subjects.insert(Subjects::default()).list = vec![whole, part];
    let report = written(&share);
    let schema: Value =
        serde_json::from_str(include_str!("../../../docs/report.schema.json")).unwrap();
    check(&schema, &report, &schema, "report");
    assert_eq!(report["subjects"][1]["broader"], "Travel");
    assert_eq!(report["subjects"][0]["home_share"], 0.667);
    assert_eq!(report["subjects"][0]["states"]["validated"], 2);
    assert_eq!(report["subjects"][0]["central"].as_array().unwrap().len(), 1);
    assert_eq!(joined(&share), report);
}

#[test]
fn promised_fields_hold_what_they_promise() {
    let report = written(&sample::share());
    let ledger = |key: &str| report["ledger"][key].as_u64().unwrap();
    let parts = ["read", "partly_read", "not_read", "not_documents"].map(ledger);
    assert_eq!(ledger("seen"), parts.iter().sum::<u64>());
    let near = &report["findings"][1];
    assert_eq!(near["path"], "Finance/old/Mileage.pdf");
    assert_eq!(near["related"][0], "Finance/Mileage.pdf");
    assert_eq!(near["evidence"][0]["value"], 0.874);
    assert_eq!(near["group"], report["groups"][0]["id"]);
    let group = &report["groups"][0];
    assert_eq!(group["members"][0]["path"], group["canonical"]);
    assert_eq!(group["members"][0]["similarity"], 1.0);
    assert_eq!(report["findings"][0]["owner"], "Rosa Ortiz");
    assert_eq!(report["findings"][3]["date"], "2026-04-01");
    let reasons: Vec<_> =
        report["problems"].as_array().unwrap().iter().map(|it| &it["reason"]).collect();
    assert_eq!(reasons, ["permission-denied", "partly-read", "encrypted", "damaged"]);
    assert!(report["findings"][0].get("root").is_none(), "there is one root");
}

#[test]
fn what_changed_is_told_with_each_finding() {
    let report = written(&sample::share_over_time());
    let states: Vec<_> =
        report["findings"].as_array().unwrap().iter().map(|it| &it["standing"]["state"]).collect();
    assert_eq!(states, ["decided", "raised", "new", "lapsed", "known", "known"]);
    assert_eq!(report["findings"][0]["standing"]["decision"]["until"], "2026-12-31");
    assert_eq!(report["findings"][1]["standing"]["because"], "group-grew");
    assert_eq!(report["findings"][0]["owner_from"], "page 1");
    assert_eq!(report["gone"][0]["rule"], "expired");
    // What only noted something is gone without asking for attention.
    assert_eq!(report["figures"]["gone"], 1);
    assert_eq!(report["history"][0]["decisions_open"], 7);
}

#[test]
fn paths_carry_their_root_where_there_are_several() {
    let share = sample::two_roots();
    assert_eq!(share.inventory.iter().last().unwrap().1.root, RootId(1));
    let report = written(&share);
    let finding = &report["findings"][0];
    assert_eq!(finding["path"], "Plan.docx");
    assert_eq!(finding["root"], "/srv/b");
    assert_eq!(finding["related"][0], "Plan.docx");
    assert_eq!(finding["related_roots"][0], "/srv/a");
    let group = &report["groups"][0];
    assert_eq!(group["canonical_root"], "/srv/a");
    assert_eq!(group["members"][1]["root"], "/srv/b");
}
