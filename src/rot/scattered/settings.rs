//! What an organisation sets of subjects: floors for findings, its own list of subjects, words for
//! the state of an article.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Taxonomy;

/// How subjects are found and when their spread is told.
#[derive(Clone, Debug, PartialEq)]
pub struct SubjectPolicy {
    /// Whether reports look for subjects.
    pub enabled: bool,
    /// A subject of fewer documents, copies not counted, is never called scattered.
    pub min_documents: u32,
    /// A subject in fewer folders is never called scattered.
    pub min_folders: u32,
    /// A subject of which a larger share lies in its home folder is not called scattered.
    pub max_home: f64,
    /// So many findings of each kind are told at most, the farthest scattered first.
    pub findings: u32,
    /// Of more documents, copies and older versions not counted, no subjects are found from the
    /// texts: time and memory for it grow with them. Subjects that are given are not bound by it.
    pub most_documents: u32,
    /// The organisation's own subjects; none where they are found from the texts.
    pub taxonomy: Option<Arc<Taxonomy>>,
    /// Where the organisation's own subjects were read from.
    pub taxonomy_file: Option<std::path::PathBuf>,
    /// The state of an article by the status that its document declares, in lower case.
    pub states: BTreeMap<String, ArticleState>,
}

impl Default for SubjectPolicy {
    fn default() -> Self {
        Self {
            enabled: true,
            min_documents: 8,
            min_folders: 4,
            max_home: 0.7,
            findings: 20,
            most_documents: 250_000,
            taxonomy: None,
            taxonomy_file: None,
            states: BTreeMap::new(),
        }
    }
}

/// The states of an article in knowledge-centered service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ArticleState {
    /// Somebody writes on it.
    WorkInProgress,
    /// Whole, but nobody has confirmed it yet.
    NotValidated,
    /// Confirmed.
    Validated,
    /// Kept, but out of use.
    Archived,
}

impl ArticleState {
    /// Every state, in the order of an article's life.
    pub const ALL: &[Self] =
        &[Self::WorkInProgress, Self::NotValidated, Self::Validated, Self::Archived];

    /// The word for policies.
    pub const fn name(self) -> &'static str {
        match self {
            Self::WorkInProgress => "work_in_progress",
            Self::NotValidated => "not_validated",
            Self::Validated => "validated",
            Self::Archived => "archived",
        }
    }

    /// The words for people.
    pub const fn words(self) -> &'static str {
        match self {
            Self::WorkInProgress => "Work in progress",
            Self::NotValidated => "Not validated",
            Self::Validated => "Validated",
            Self::Archived => "Archived",
        }
    }
}
