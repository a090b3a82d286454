//! How a finding stands to the baseline and the decisions, in words.

use crate::decisions::{Decision, Raise, Standing};
use crate::report::escape;

/// `new`, `known since 2026-05-01`, `decided: keep until 2026-09-01, by Rosa Ortiz: in use in Berlin`
pub(super) fn words(standing: &Standing) -> String {
    match standing {
        Standing::New => "new".to_owned(),
        Standing::Still { since } => format!("known since {since}"),
        Standing::Raised { since, why } => {
            let why = match why {
                Raise::GroupGrew => "more copies",
                Raise::TextChanged => "its text changed",
            };
            format!("raised again: {why}; known since {since}")
        }
        Standing::Decided { decision } => format!("decided: {}", decided(decision)),
        Standing::Lapsed { decision } => format!("lapsed: {}", decided(decision)),
    }
}

/// What was decided, until when, by whom and why.
pub(super) fn decided(decision: &Decision) -> String {
    let mut words = decision.what.name().to_owned();
    if let Some(until) = decision.until {
        words += &format!(" until {until}");
    }
    if !decision.by.is_empty() {
        words += &format!(", by {}", escape::visible(&decision.by));
    }
    if !decision.why.is_empty() {
        words += &format!(": {}", escape::visible(&decision.why));
    }
    words
}
