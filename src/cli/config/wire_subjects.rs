//! The table of the configuration file on subjects, and the file of an organisation's own ones.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use docrot::rot::{ArticleState, Policy, SubjectPolicy, Taxonomy};

use super::ConfigError;
use super::values::{Share, written_as};

/// The state of an article, by the policy's word.
#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
struct State(ArticleState);

written_as!(
    State as String,
    |raw: String| {
        let known = ArticleState::ALL.iter().find(|it| it.name() == raw);
        let names: Vec<_> = ArticleState::ALL.iter().map(|it| format!("`{}`", it.name())).collect();
        known.map(|it| Self(*it)).ok_or_else(|| format!("`{raw}` is none of {}", names.join(", ")))
    },
    |state: State| state.0.name().to_owned()
);

/// How subjects are found, and when their spread is told.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct WireSubjects {
    enabled: bool,
    min_documents: u32,
    min_folders: u32,
    max_home: Share,
    findings: u32,
    most_documents: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    taxonomy: Option<PathBuf>,
    states: BTreeMap<String, State>,
}

impl Default for WireSubjects {
    fn default() -> Self {
        Self::of(SubjectPolicy::default())
    }
}

impl WireSubjects {
    pub(super) fn of(subjects: SubjectPolicy) -> Self {
        let SubjectPolicy {
            enabled,
            min_documents,
            min_folders,
            max_home,
            findings,
            most_documents,
            taxonomy: _,
            taxonomy_file,
            states,
        } = subjects;
        Self {
            enabled,
            min_documents,
            min_folders,
            max_home: Share(max_home),
            findings,
            most_documents,
            taxonomy: taxonomy_file,
            states: states.into_iter().map(|(status, state)| (status, State(state))).collect(),
        }
    }

    pub(super) fn into_subjects(self) -> SubjectPolicy {
        let states = self.states.into_iter();
        SubjectPolicy {
            enabled: self.enabled,
            min_documents: self.min_documents,
            min_folders: self.min_folders,
            max_home: self.max_home.0,
            findings: self.findings,
            most_documents: self.most_documents,
            taxonomy: None,
            taxonomy_file: self.taxonomy,
            states: states.map(|(status, it)| (status.to_lowercase(), it.0)).collect(),
        }
    }
}

/// Reads the organisation's own subjects, where the policy names a file of them. What is left out of
/// it is told on stderr.
pub(super) fn read_taxonomy(policy: &mut Policy, base: &Path) -> Result<(), ConfigError> {
    let Some(path) = policy.subjects.taxonomy_file.as_mut() else { return Ok(()) };
    *path = base.join(&*path);
    let text = std::fs::read_to_string(&*path)
        .map_err(|source| ConfigError::Read { path: path.clone(), source })?;
    let is_turtle = path.extension().is_some_and(|it| it == "ttl" || it == "turtle");
    let read = if is_turtle { Taxonomy::from_turtle(&text) } else { Taxonomy::from_table(&text) };
    let taxonomy = read.map_err(|error| {
        let source = std::error::Error::source(&error);
        let cause = source.map(|it| format!(": {it}")).unwrap_or_default();
        ConfigError::Invalid { path: path.clone(), mistake: format!("{error}{cause}") }
    })?;
    for trouble in &taxonomy.trouble {
        log::warn!("{}: {trouble}", path.display());
    }
    policy.subjects.taxonomy = Some(Arc::new(taxonomy));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::{Config, to_toml};
    use super::*;

    #[test]
    fn states_and_floors_reach_the_policy_and_are_printed() {
        let text = "[subjects]\nmin_folders = 3\n[subjects.states]\nDraft = \"work_in_progress\"\n";
        let policy = Config::parse(text).unwrap().policy;
        assert_eq!(policy.subjects.min_folders, 3);
        assert_eq!(policy.subjects.states["draft"], ArticleState::WorkInProgress);
        assert!(to_toml(&policy).contains("draft = \"work_in_progress\""));
        let mistake = Config::parse("[subjects.states]\ndraft = \"done\"").unwrap_err();
        assert!(mistake.contains("`done` is none of `work_in_progress`"), "{mistake}");
    }

    #[test]
    fn the_organisations_own_subjects_are_read_from_beside_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("docrot.toml");
        std::fs::write(&path, "[subjects]\ntaxonomy = \"own.csv\"").unwrap();
        assert!(Config::load(&path).unwrap_err().to_string().starts_with("cannot read "));
        std::fs::write(folder.path().join("own.csv"), "term,broader\nTravel,\nHotels,Travel\n")
            .unwrap();
        let policy = Config::load(&path).unwrap().policy;
        assert_eq!(policy.subjects.taxonomy.unwrap().concepts().len(), 2);
        std::fs::write(folder.path().join("own.csv"), "id\n1\n").unwrap();
        let mistake = Config::load(&path).unwrap_err().to_string();
        assert!(mistake.ends_with("no column is called `term`; the columns are id"), "{mistake}");
    }
}
