//! From the date claims of every document to one date each that is believed, and why.
//!
//! File times and template dates lie in bulk, so claims that many files share are set aside, and
//! what is left is ranked by who wrote it. Where nothing is left, no date is chosen: that is an
//! answer too.

mod choose;
mod claims;
mod order;
mod settings;
mod stamps;
mod trust;

pub use choose::{ChosenDate, DateBeliefs, Dates, JudgedClaim};
pub use settings::{DatePolicy, DayMonthOrder, Field, IgnoredDate, spelled};
pub use stamps::Stamp;
pub use trust::Trust;

pub(super) use claims::{latest, latest_past};
pub(super) use trust::of_source;

#[cfg(test)]
pub(super) mod tests {
    use chrono::NaiveDate;

    use crate::extract::{DateClaim, DateRole, Precision, Provenance};

    pub(in crate::rot) fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    pub(in crate::rot) fn claim(role: DateRole, date: &str, provenance: Provenance) -> DateClaim {
        DateClaim {
            role,
            date: day(date),
            precision: Precision::Day,
            other_reading: None,
            raw: date.to_owned(),
            provenance,
        }
    }
}
