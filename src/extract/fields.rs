//! What the fields of front matter and of similar blocks mean.
//!
//! Keys are compared by their letters and digits alone, so that `superseded_by`, `Superseded-By` and
//! `supersededBy` are one. The first field wins where a document has one place for it.

use super::dates;
use super::metadata::{DateRole, Fact, Metadata, Provenance};

/// Files a field's value under what its key means; keys without a meaning are skipped.
///
/// `origin` is how a person would call the block: `front matter`, `header`, `attribute`.
pub(super) fn apply(
    metadata: &mut Metadata,
    origin: &str,
    key: &str,
    value: &str,
    line: Option<u32>,
) {
    // Hugo and Zola keep fields of one's own in a table of that name.
    let own = key.strip_prefix("params.").or_else(|| key.strip_prefix("extra.")).unwrap_or(key);
    let name = || format!("{origin} {key}");
    apply_as(metadata, &squash(own), value, || Provenance::Property { name: name(), line });
}

/// Like [`apply`], for a key in letters and digits of lower case, found at `provenance`.
pub(super) fn apply_as(
    metadata: &mut Metadata,
    squashed: &str,
    value: &str,
    provenance: impl Fn() -> Provenance,
) {
    let value = keyword_value(value.trim());
    if is_absent(value) {
        return;
    }
    let is_flag = is_true(value) || is_false(value);
    if let Some(role) = date_role(squashed).filter(|_| !is_flag) {
        let note = if squashed == "msdate" { dates::note_month_first } else { dates::note };
        note(metadata, role, value, provenance());
        return;
    }
    let Some((slot, value)) = text_slot(metadata, squashed, value) else { return };
    if slot.is_none() {
        *slot = Some(Fact::new(value, provenance()));
    }
}

/// Where the value of a field that is no date belongs, and what is kept of it.
fn text_slot<'a>(
    metadata: &'a mut Metadata,
    squashed: &str,
    value: &str,
) -> Option<(&'a mut Option<Fact<String>>, String)> {
    let owned = || value.chars().take(300).collect::<String>();
    Some(match squashed {
        "title" | "dctitle" | "dctermstitle" => (&mut metadata.title, owned()),
        "author" | "authors" | "creator" | "dccreator" | "dctermscreator" => {
            (&mut metadata.creator, owned())
        }
        "owner" | "owners" | "documentowner" | "contentowner" | "pageowner" | "docowner"
        | "maintainer" | "maintainers" | "responsible" | "ownerslack" | "freshnessowner" => {
            (&mut metadata.owner, owned())
        }
        "lang" | "language" | "dclanguage" => (&mut metadata.language, owned()),
        "status" | "pagestatus" | "documentstatus" | "docstatus" | "contentstatus"
        | "verificationstate" => (&mut metadata.status, owned()),
        "draft" | "deprecated" | "archived" | "obsolete" | "outdated" | "withdrawn" | "retired"
        | "superseded"
            if is_true(value) =>
        {
            (&mut metadata.status, squashed.to_owned())
        }
        "published" if is_false(value) => (&mut metadata.status, "unpublished".to_owned()),
        "unlisted" if is_true(value) => (&mut metadata.status, "unlisted".to_owned()),
        "version" | "revision" | "revnumber" | "documentversion" | "docversion" => {
            (&mut metadata.version, owned())
        }
        "supersededby"
        | "replacedby"
        | "obsoletedby"
        | "redirectto"
        | "movedto"
        | "isreplacedby"
        | "dctermsisreplacedby"
        | "redirecturl" => (&mut metadata.replaced_by, owned()),
        "supersedes" | "replaces" | "obsoletes" | "dctermsreplaces" => {
            (&mut metadata.replaces, owned())
        }
        "describes"
        | "documents"
        | "sourceoftruth"
        | "sourcesoftruth"
        | "freshnesssourcesoftruth" => (&mut metadata.describes, owned()),
        "reviewintervaldays" | "reviewdays" => {
            (&mut metadata.review_interval, format!("{value} days"))
        }
        "reviewin"
        | "reviewinterval"
        | "reviewcadence"
        | "reviewevery"
        | "reviewcycle"
        | "reviewfrequency"
        | "reviewperiod"
        | "stalenessthreshold"
        | "msupdatecycle"
        | "updatecycle"
        | "freshnessreviewinterval"
        | "freshnessreviewevery" => (&mut metadata.review_interval, owned()),
        _ => return None,
    })
}

/// The role of the date in the field with this squashed key; none where it is no date field.
fn date_role(squashed: &str) -> Option<DateRole> {
    Some(match squashed {
        "created" | "createdat" | "createdon" | "datecreated" | "creationdate"
        | "dctermscreated" => DateRole::Created,
        "date" | "published" | "publishdate" | "pubdate" | "publicationdate" | "datepublished"
        | "publishedat" | "publishedon" | "publisheddate" | "issued" | "dctermsissued" => {
            DateRole::Published
        }
        "lastmod" | "modified" | "lastmodified" | "lastmodifiedat" | "lastmodifiedon"
        | "lastmodifieddate" | "updated" | "dateupdated" | "lastupdated" | "lastupdatedon"
        | "lastupdatedat" | "lastupdate" | "lastupdatedate" | "updatedat" | "updatedon"
        | "updateddate" | "modifieddate" | "datemodified" | "revdate" | "revised"
        | "revisiondate" | "dctermsmodified" | "lastedited" | "freshnessupdated" | "msdate" => {
            DateRole::Updated
        }
        "lastreviewedon"
        | "lastreviewed"
        | "lastreview"
        | "lastreviewdate"
        | "lastreviewedat"
        | "reviewed"
        | "reviewedon"
        | "reviewedat"
        | "datereviewed"
        | "lastverified"
        | "lastverifiedon"
        | "lastvalidated"
        | "lastchecked"
        | "lastconfirmed"
        | "verifiedon"
        | "freshnessreviewed"
        | "verificationdatestart" => DateRole::Reviewed,
        "reviewby" | "nextreview" | "nextreviewdate" | "nextreviewdue" | "reviewdue"
        | "reviewduedate" | "reviewdate" | "reviewbefore" | "reviewon" | "duereview"
        // The end of a last call is when a decision was promised, not the end of what is proposed.
        | "lastcalldeadline" => DateRole::Due,
        "expirydate"
        | "unpublishdate"
        | "expires"
        | "expireson"
        | "expiresat"
        | "expiry"
        | "expirationdate"
        | "validuntil"
        | "validthrough"
        | "validto"
        | "removedate"
        | "dctermsvalid"
        | "verificationdateend" => DateRole::Expires,
        "effective" | "effectivedate" | "effectivefrom" | "validfrom" | "golive" => {
            DateRole::Effective
        }
        _ => return None,
    })
}

/// What version control filled in: `2021-03-01` of `$Date: 2021-03-01 $`.
fn keyword_value(value: &str) -> &str {
    let inner = value.strip_prefix('$').and_then(|it| it.strip_suffix('$'));
    let (word, filled) = inner.and_then(|it| it.split_once(':')).unwrap_or(("", ""));
    let is_keyword = !word.is_empty() && word.bytes().all(|it| it.is_ascii_alphabetic());
    if is_keyword { filled.trim() } else { value }
}

/// Letters and digits of a key, in lower case.
pub(super) fn squash(key: &str) -> String {
    key.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether a value is empty, a null, or a template's placeholder.
pub(super) fn is_absent(value: &str) -> bool {
    let bare = value.trim().trim_matches(['"', '\'']);
    let is_null = ["", "~", "null", "none", "nil", "[]", "{}", "tbd", "todo", "n/a", "-"]
        .iter()
        .any(|it| bare.eq_ignore_ascii_case(it));
    let is_placeholder = bare.starts_with('[') && bare.ends_with(']')
        || bare.contains("{{")
        || bare.contains("{%")
        || bare.contains("<%")
        || bare.starts_with('$') && bare.ends_with('$');
    is_null || is_placeholder
}

fn is_true(value: &str) -> bool {
    ["true", "yes", "1"].iter().any(|it| value.eq_ignore_ascii_case(it))
}

fn is_false(value: &str) -> bool {
    ["false", "no", "0"].iter().any(|it| value.eq_ignore_ascii_case(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(key: &str, value: &str) -> Metadata {
        let mut metadata = Metadata::default();
        apply(&mut metadata, "front matter", key, value, Some(3));
        metadata
    }

    fn dates(key: &str, value: &str) -> Vec<(DateRole, String)> {
        of(key, value).dates.iter().map(|it| (it.role, it.date.to_string())).collect()
    }

    #[test]
    fn every_spelling_of_a_key_is_known() {
        for key in [
            "superseded_by",
            "Superseded-By",
            "supersededBy",
            "dcterms.isReplacedBy",
            "redirect_to",
        ] {
            assert_eq!(
                of(key, "b.md").replaced_by.map(|it| it.value).as_deref(),
                Some("b.md"),
                "{key}"
            );
        }
        for key in ["review_in", "review_interval", "ms.update-cycle", "staleness-threshold"] {
            assert!(of(key, "90d").review_interval.is_some(), "{key}");
        }
    }

    #[test]
    fn dates_have_roles() {
        assert_eq!(
            dates("last_reviewed_on", "2025-08-05"),
            [(DateRole::Reviewed, "2025-08-05".to_owned())]
        );
        assert_eq!(
            dates("expiryDate", "2030-01-01"),
            [(DateRole::Expires, "2030-01-01".to_owned())]
        );
        assert_eq!(dates("ms.date", "03/04/2021"), [(DateRole::Updated, "2021-03-04".to_owned())]);
        assert_eq!(dates("lastUpdated", "false"), []);
    }

    #[test]
    fn every_spelling_of_a_date_has_its_role() {
        let spelt = [
            (DateRole::Expires, "expiryDate expirydate unpublishdate expires expiry valid_until"),
            (DateRole::Expires, "validThrough remove_date dcterms.valid verification.date.end"),
            (DateRole::Due, "review_by next_review next_review_date review_due review_date"),
            (DateRole::Due, "nextReview next-review-date last-call-deadline"),
            (DateRole::Reviewed, "last_reviewed_on last_reviewed last-reviewed last_verified"),
            (DateRole::Reviewed, "last_validated freshness.reviewed Verification.date.start"),
            (DateRole::Updated, "lastmod modified last_update.date last_modified_at updated"),
            (DateRole::Updated, "date_updated lastUpdated freshness.updated ms.date revdate"),
            (DateRole::Updated, "params.lastmod extra.updated Last-Modified"),
            (DateRole::Published, "date publishDate published dcterms.issued"),
            (DateRole::Created, "created date_created dcterms.created"),
            (DateRole::Effective, "effective effective_date valid_from"),
        ];
        for (role, keys) in spelt {
            for key in keys.split(' ') {
                assert_eq!(dates(key, "2021-05-25"), [(role, "2021-05-25".to_owned())], "{key}");
            }
        }
        let exact = dates("ms.date", "2021-05-25T10:11:12.1234567Z");
        assert_eq!(exact, [(DateRole::Updated, "2021-05-25".to_owned())]);
        for key in ["review_in", "review_interval", "review_cadence", "review_every"] {
            assert_eq!(of(key, "1095-days").review_interval.unwrap().value, "1095-days", "{key}");
        }
        assert_eq!(of("review_interval_days", "90").review_interval.unwrap().value, "90 days");
    }

    #[test]
    fn provenance_names_the_field_and_its_line() {
        let status = of("status", "archived").status.unwrap();
        assert_eq!(status.provenance.to_string(), "front matter status, line 3");
    }

    #[test]
    fn flags_are_statuses() {
        assert_eq!(of("draft", "true").status.map(|it| it.value).as_deref(), Some("draft"));
        assert_eq!(
            of("published", "false").status.map(|it| it.value).as_deref(),
            Some("unpublished")
        );
        assert_eq!(of("draft", "false").status, None);
    }

    #[test]
    fn nulls_and_templates_are_absent() {
        for value in ["", "~", "null", "[]", "\"\"", "{{ page.x }}", "[DATE]", "$Revision$"] {
            assert_eq!(of("superseded_by", value), Metadata::default(), "{value}");
        }
    }

    #[test]
    fn what_version_control_filled_in_is_read() {
        assert_eq!(
            dates("Last-Modified", "$Date: 2007-06-28 12:53:41 -0700 (Thu, 28 Jun 2007) $"),
            [(DateRole::Updated, "2007-06-28".to_owned())]
        );
        assert_eq!(dates("Last-Modified", "$Date$"), []);
    }

    #[test]
    fn a_day_that_no_calendar_has_is_kept_apart() {
        let metadata = of("last_reviewed_on", "2022-02-31");
        assert_eq!(metadata.dates, []);
        assert_eq!(metadata.impossible_dates[0].value, "2022-02-31");
        assert_eq!(of("last_reviewed_on", "0000:01:01").impossible_dates.len(), 1);
        assert_eq!(of("last_reviewed_on", "0000-00-00"), Metadata::default());
        assert_eq!(of("date", "false101000000"), Metadata::default());
    }
}
