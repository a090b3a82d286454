//! Findings become a plan, a person signs it, and it is carried out so that it can be taken back.
//!
//! A plan is a file. Carrying it out needs nothing but that file and the documents: no catalog, no
//! index. It knows no reports, and finds nothing by itself.

mod keep;
mod make;
mod redirects;
mod servers;
mod sheet;
mod step;
mod wire;

#[cfg(unix)]
mod apply;
#[cfg(unix)]
mod carry;
#[cfg(unix)]
mod check;
#[cfg(unix)]
mod disk;
#[cfg(unix)]
mod event;
#[cfg(unix)]
mod history;
#[cfg(unix)]
mod journal;
#[cfg(unix)]
mod purge;
#[cfg(unix)]
mod quarantine;
#[cfg(unix)]
mod recover;
#[cfg(unix)]
mod refusal;
#[cfg(unix)]
mod replace;
#[cfg(unix)]
mod undo;

pub use keep::{KeepBy, Keeping};
pub use make::{Decided, Making};
pub use redirects::RedirectFormat;
pub use sheet::SheetError;
pub use step::{
    Broken, Content, Disposition, HeldPaths, Kept, Place, Plan, Signature, Step, Totals,
};
pub use wire::{PlanError, SCHEMA_VERSION};

#[cfg(unix)]
pub use {
    apply::{Found, OnStep, Outcome, Tally, apply, simulate},
    check::Terms,
    disk::Disk,
    history::{History, Moved, NotTaken, PastRun},
    journal::JournalError,
    purge::{Deleted, OnPurge, Purge, PurgeTerms, purge},
    quarantine::{ItemState, Quarantine, QuarantineError},
    refusal::Refusal,
    undo::{OnReturn, Return, Returned, Selection, undo},
};
