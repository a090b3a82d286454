//! The tables of the configuration file on people: how owners are found, and where what people
//! decided is kept.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use docrot::rot::{OwnerSource, Ownership};

use super::Kept;
use super::mistakes::suggest;
use super::values::written_as;

/// Where an owner may be found, by the policy's word.
#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
struct Source(OwnerSource);

written_as!(
    Source as String,
    |raw: String| {
        let names = OwnerSource::ALL.iter().map(|it| it.name());
        let known = OwnerSource::ALL.iter().find(|it| it.name() == raw);
        known
            .map(|it| Self(*it))
            .ok_or_else(|| format!("`{raw}` is no source of owners{}", suggest(&raw, names)))
    },
    |source: Source| source.0.name().to_owned()
);

/// How owners are found and told.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct WireOwners {
    from: Vec<Source>,
    #[serde(skip_serializing_if = "Option::is_none")]
    codeowners: Option<PathBuf>,
    name_people: bool,
}

impl Default for WireOwners {
    fn default() -> Self {
        Self::of(Ownership::default())
    }
}

impl WireOwners {
    pub(super) fn of(ownership: Ownership) -> Self {
        let Ownership { from, code_owners, name_people } = ownership;
        let from = from.into_iter().map(Source).collect();
        Self { from, codeowners: code_owners, name_people }
    }

    pub(super) fn into_ownership(self) -> Ownership {
        let Self { from, codeowners, name_people } = self;
        let from = from.into_iter().map(|it| it.0).collect();
        Ownership { from, code_owners: codeowners, name_people }
    }
}

/// Where what people decided is kept.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct WireDecisions {
    file: Option<PathBuf>,
    baseline: Option<PathBuf>,
    history: Option<PathBuf>,
}

impl WireDecisions {
    pub(super) fn into_kept(self) -> Kept {
        let Self { file, baseline, history } = self;
        Kept { decisions: file, baseline, history }
    }
}
