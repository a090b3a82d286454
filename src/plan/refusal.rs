//! Why a step is not taken.

use std::io;

/// Why a document stays where it is. A refusal is a row of the journal, never the end of a run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The step makes no sense as it stands in the plan.
    #[error("the step makes no sense: {0}")]
    Nonsense(String),
    /// Another step of the plan names the same document.
    #[error("the plan names this document twice")]
    Twice,
    /// There is no such file.
    #[error("{0} is not there any more")]
    Missing(&'static str),
    /// It is a link, a folder or a device.
    #[error("{0} is not a file, or lies behind a symbolic link")]
    NotAFile(&'static str),
    /// It holds something else than the plan says.
    #[error("{0} has changed since the plan was made")]
    Changed(&'static str),
    /// Its survivor would be taken away by the same plan.
    #[error("the copy that should stay is itself to be taken away by this plan")]
    SurvivorGoes,
    /// Document and survivor are one file.
    #[error("the copy that should stay is the same file under another name")]
    SameFile,
    /// Nothing would be left of it.
    #[error(
        "it would be the last copy: no other file holds its bytes, and nobody has signed for it"
    )]
    LastCopy,
    /// A legal hold covers it.
    #[error("legal hold: {0}")]
    Hold(String),
    /// It must be kept longer.
    #[error("retention: {0}")]
    Retention(String),
    /// Another program is at work on it.
    #[error("another program holds a lock on {0}")]
    Locked(&'static str),
    /// It was edited, replaced or removed while the step was under way; it is where it was.
    #[error("{0} changed while it was being moved; it was put back")]
    ChangedUnderWay(&'static str),
    /// As before, and something new stands in its place.
    #[error(
        "{0} changed while it was being moved, and something else took its name; both are kept"
    )]
    NameTakenUnderWay(&'static str),
    /// The name is taken where it should go.
    #[error("there is already something called {0}")]
    NameTaken(String),
    /// Only the owner and mode of the survivor could be kept.
    #[error("its owner or permissions differ from those of the copy that stays")]
    OtherOwner,
    /// A file with several names cannot be moved to another file system and back.
    #[error("it has several names (hard links), and the quarantine is on another file system")]
    SeveralNames,
    /// What lies in quarantine is not what was put there.
    #[error("what lies in quarantine is not what was put there")]
    QuarantineChanged,
    /// The operating system refused.
    #[error("cannot {what}: {source}")]
    Io {
        /// What was attempted.
        what: &'static str,
        /// What it said.
        source: io::Error,
    },
}

impl Refusal {
    pub(super) fn io(what: &'static str) -> impl Fn(io::Error) -> Self {
        move |source| Self::Io { what, source }
    }

    /// Stable word for scripts.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Nonsense(_) => "nonsense",
            Self::Twice => "twice",
            Self::Missing(_) => "missing",
            Self::NotAFile(_) => "not-a-file",
            Self::Changed(_) => "changed",
            Self::SurvivorGoes => "survivor-goes",
            Self::SameFile => "same-file",
            Self::LastCopy => "last-copy",
            Self::Hold(_) => "legal-hold",
            Self::Retention(_) => "retention",
            Self::Locked(_) => "locked",
            Self::ChangedUnderWay(_) => "changed-under-way",
            Self::NameTakenUnderWay(_) => "name-taken-under-way",
            Self::NameTaken(_) => "name-taken",
            Self::OtherOwner => "other-owner",
            Self::SeveralNames => "several-names",
            Self::QuarantineChanged => "quarantine-changed",
            Self::Io { .. } => "io-error",
        }
    }
}
