//! A plan as JSON, version 1, and back.
//!
//! Reading is strict about the whole and patient with the parts: a step that an editor turned into
//! nonsense becomes a [`Broken`] one, so that the others can be carried out and it is refused by
//! name.

use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::inventory::{Hash, path_text};
use crate::rot::Confidence;

use super::step::{
    Broken, Content, Disposition, HeldPaths, Kept, Place, Plan, Signature, Step, Totals,
};

/// The version that is written, and the only one that is read.
pub const SCHEMA_VERSION: u32 = 1;

/// Why a file is no plan.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// It is not JSON, or lacks what every plan has.
    #[error("this is no plan of docrot")]
    NotAPlan(#[from] serde_json::Error),
    /// Another version wrote it.
    #[error("this plan has schema_version {0}; this docrot reads {SCHEMA_VERSION}: make it anew")]
    OtherVersion(u64),
    /// It says nothing of where the documents are.
    #[error("this plan names no folder that its documents lie in")]
    NoRoots,
}

#[derive(Serialize)]
struct V1Plan<'a> {
    schema_version: u32,
    made: DateTime<Utc>,
    as_of: NaiveDate,
    totals: V1Totals,
    roots: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    archive: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    holds: Vec<V1Hold>,
    steps: Vec<V1Step<'a>>,
}

#[derive(Serialize)]
struct V1Totals {
    act: usize,
    review: usize,
    keep: usize,
    reclaims_bytes: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct V1Hold {
    paths: Vec<String>,
    reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<NaiveDate>,
}

#[derive(Serialize)]
struct V1Step<'a> {
    #[serde(flatten)]
    document: V1Place,
    expected: V1Content,
    survivor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    survivor_bytes: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    survivor_root: Option<String>,
    survivor_expected: Option<V1Content>,
    disposition: &'a str,
    rule: &'a str,
    finding: &'a str,
    confidence: &'a str,
    reason: &'a str,
    lost: &'a [String],
    linked_from: &'a [String],
    owner: &'a str,
    reclaims_bytes: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    signed: Option<V1Signature>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retention: Option<V1Kept>,
}

#[derive(Serialize)]
struct V1Place {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_bytes: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    root: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct V1Content {
    blake3: String,
    size: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct V1Signature {
    by: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    on: Option<NaiveDate>,
    #[serde(default)]
    why: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct V1Kept {
    class: String,
    #[serde(default)]
    until: Option<NaiveDate>,
}

impl Plan {
    /// The plan as a file holds it.
    pub fn to_json(&self) -> String {
        let Self { roots, as_of, made, archive, holds, steps, broken: _ } = self;
        let Totals { act, review, keep, broken: _, reclaims } = self.totals();
        let several = (1 < roots.len()).then_some(roots.as_slice());
        let wire = V1Plan {
            schema_version: SCHEMA_VERSION,
            made: *made,
            as_of: *as_of,
            totals: V1Totals { act, review, keep, reclaims_bytes: reclaims },
            roots: roots.iter().map(|it| path_text::encode(it)).collect(),
            archive: archive.as_deref().map(path_text::encode),
            holds: holds.iter().map(wire_hold).collect(),
            steps: steps.iter().map(|it| wire_step(it, several)).collect(),
        };
        let mut text =
            serde_json::to_string_pretty(&wire).expect("a plan has no maps and no floats");
        text.push('\n');
        text
    }

    /// Reads what [`Plan::to_json`] wrote and a person may have edited.
    pub fn from_json(text: &str) -> Result<Self, PlanError> {
        #[derive(Deserialize)]
        struct Versioned {
            schema_version: u64,
        }
        #[derive(Deserialize)]
        struct Whole {
            made: DateTime<Utc>,
            as_of: NaiveDate,
            roots: Vec<String>,
            archive: Option<String>,
            #[serde(default)]
            holds: Vec<V1Hold>,
            steps: Vec<Value>,
        }
        let Versioned { schema_version } = serde_json::from_str(text)?;
        if schema_version != u64::from(SCHEMA_VERSION) {
            return Err(PlanError::OtherVersion(schema_version));
        }
        let Whole { made, as_of, roots, archive, holds, steps } = serde_json::from_str(text)?;
        let roots: Vec<PathBuf> = roots.iter().map(|it| path_text::decode(it)).collect();
        if roots.is_empty() {
            return Err(PlanError::NoRoots);
        }
        let archive = archive.map(|it| path_text::decode(&it));
        let holds = holds.into_iter().map(|V1Hold { paths, reason, until }| HeldPaths {
            paths,
            reason,
            until,
        });
        let holds = holds.collect();
        let mut plan = Self { roots, as_of, made, archive, holds, ..Self::default() };
        for (at, step) in steps.into_iter().enumerate() {
            let path = step["path"].as_str().unwrap_or_default().to_owned();
            match read_step(step, &plan.roots) {
                Ok(step) => plan.steps.push(step),
                Err(why) => plan.broken.push(Broken { position: at + 1, path, why }),
            }
        }
        Ok(plan)
    }
}

fn wire_hold(hold: &HeldPaths) -> V1Hold {
    let HeldPaths { paths, reason, until } = hold;
    V1Hold { paths: paths.clone(), reason: reason.clone(), until: *until }
}

fn wire_step<'a>(step: &'a Step, roots: Option<&[PathBuf]>) -> V1Step<'a> {
    let Step {
        document,
        expected,
        survivor,
        disposition,
        rule,
        finding,
        confidence,
        reason,
        lost,
        linked_from,
        owner,
        reclaims,
        signed,
        retention,
    } = step;
    let (survivor, content) = survivor.as_ref().map(|(it, content)| (it, content)).unzip();
    let survivor = survivor.map(|it| wire_place(it, roots));
    let (survivor, survivor_bytes, survivor_root) = match survivor {
        Some(V1Place { path, path_bytes, root }) => (Some(path), path_bytes, root),
        None => (None, None, None),
    };
    V1Step {
        document: wire_place(document, roots),
        expected: wire_content(expected),
        survivor,
        survivor_bytes,
        survivor_root,
        survivor_expected: content.map(wire_content),
        disposition: disposition.name(),
        rule,
        finding,
        confidence: confidence.name(),
        reason,
        lost,
        linked_from,
        owner,
        reclaims_bytes: *reclaims,
        signed: signed.as_ref().map(|Signature { by, on, why }| V1Signature {
            by: by.clone(),
            on: *on,
            why: why.clone(),
        }),
        retention: retention
            .as_ref()
            .map(|Kept { class, until }| V1Kept { class: class.clone(), until: *until }),
    }
}

fn wire_place(place: &Place, roots: Option<&[PathBuf]>) -> V1Place {
    let bytes = path_text::to_bytes(&place.path);
    let path_bytes = std::str::from_utf8(bytes).is_err().then(|| hex(bytes));
    let path = place.path.to_string_lossy().into_owned();
    let root = roots.and_then(|it| it.get(place.root)).map(|it| path_text::encode(it));
    V1Place { path, path_bytes, root }
}

fn wire_content(content: &Content) -> V1Content {
    V1Content { blake3: content.hash.to_string(), size: content.size }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    let pairs = (0..text.len()).step_by(2);
    pairs.map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

/// The hash that 64 hexadecimal digits spell.
pub(super) fn hash_called(text: &str) -> Option<Hash> {
    Some(Hash(unhex(text)?.try_into().ok()?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EditedStep {
    path: String,
    path_bytes: Option<String>,
    root: Option<String>,
    expected: V1Content,
    survivor: Option<String>,
    survivor_bytes: Option<String>,
    survivor_root: Option<String>,
    survivor_expected: Option<V1Content>,
    disposition: String,
    #[serde(default)]
    rule: String,
    #[serde(default)]
    finding: String,
    #[serde(default)]
    confidence: Option<String>,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    lost: Vec<String>,
    #[serde(default)]
    linked_from: Vec<String>,
    #[serde(default)]
    owner: String,
    #[serde(default)]
    reclaims_bytes: u64,
    signed: Option<V1Signature>,
    retention: Option<V1Kept>,
}

fn read_step(step: Value, roots: &[PathBuf]) -> Result<Step, String> {
    let wire: EditedStep = serde_json::from_value(step).map_err(|error| error.to_string())?;
    let survivor = match (&wire.survivor, wire.survivor_expected) {
        (None, None) => None,
        (Some(path), Some(content)) => {
            let (bytes, root) = (wire.survivor_bytes.as_deref(), wire.survivor_root.as_deref());
            Some((read_place(path, bytes, root, roots)?, read_content(&content)?))
        }
        (Some(_), None) => return Err("it does not say what its survivor holds".to_owned()),
        (None, Some(_)) => return Err("it does not say which its survivor is".to_owned()),
    };
    let confidence = match wire.confidence.as_deref() {
        None => Confidence::Possible,
        Some(word) => [Confidence::Possible, Confidence::Likely, Confidence::Certain]
            .into_iter()
            .find(|it| it.name() == word)
            .ok_or_else(|| format!("`{word}` is none of possible, likely, certain"))?,
    };
    let signed = wire.signed.map(|V1Signature { by, on, why }| Signature { by, on, why });
    if signed.as_ref().is_some_and(|it| it.by.trim().is_empty()) {
        return Err("it is signed by nobody".to_owned());
    }
    Ok(Step {
        document: read_place(&wire.path, wire.path_bytes.as_deref(), wire.root.as_deref(), roots)?,
        expected: read_content(&wire.expected)?,
        survivor,
        disposition: Disposition::called(&wire.disposition)
            .ok_or_else(|| format!("`{}` is no disposition", wire.disposition))?,
        rule: wire.rule,
        finding: wire.finding,
        confidence,
        reason: wire.reason,
        lost: wire.lost,
        linked_from: wire.linked_from,
        owner: wire.owner,
        reclaims: wire.reclaims_bytes,
        signed,
        retention: wire.retention.map(|V1Kept { class, until }| Kept { class, until }),
    })
}

fn read_place(
    path: &str,
    bytes: Option<&str>,
    root: Option<&str>,
    roots: &[PathBuf],
) -> Result<Place, String> {
    let path = match bytes {
        Some(hex) => path_text::from_bytes(
            &unhex(hex).ok_or_else(|| format!("`{hex}` are no hexadecimal digits"))?,
        ),
        None => PathBuf::from(path),
    };
    let root = match root {
        None if roots.len() == 1 => 0,
        None => return Err("it does not say under which root".to_owned()),
        Some(root) => {
            let root = path_text::decode(root);
            let at = roots.iter().position(|it| *it == root);
            at.ok_or_else(|| format!("{} is no root of this plan", root.display()))?
        }
    };
    check_path(&path)?;
    Ok(Place { root, path })
}

/// Whether a path names something below its root, by its words alone.
pub(super) fn check_path(path: &Path) -> Result<(), String> {
    use std::path::Component;
    let bytes = path_text::to_bytes(path);
    if bytes.is_empty() {
        return Err("it names no document".to_owned());
    }
    if bytes.contains(&0) {
        return Err("its path holds a zero byte".to_owned());
    }
    if path.is_absolute() {
        return Err("its path is absolute; paths are relative to their root".to_owned());
    }
    // `components` drops a trailing slash and dots inside, so the words are compared as well.
    let plain = path.components().all(|it| matches!(it, Component::Normal(_)));
    if !plain || path.components().collect::<PathBuf>().as_os_str() != path.as_os_str() {
        return Err("its path is not a plain one below its root".to_owned());
    }
    Ok(())
}

fn read_content(content: &V1Content) -> Result<Content, String> {
    let hash = hash_called(&content.blake3)
        .ok_or_else(|| format!("`{}` is no BLAKE3 hash", content.blake3))?;
    Ok(Content { hash, size: content.size })
}
