//! The tables of the configuration file that are policy: dates, rules for paths, copies, which of
//! them stays, what is trivial.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use docrot::rot::{Canonical, DatePolicy, Duplicates, Field, PathRule};

use super::demands::{WireProfile, WireRequired, WireRetention};
use super::values::{
    Ignored, Length, Limit, Order, Pattern, Patterns, Reason, Role, RuleId, Share, WireLevel,
    levels, wire_levels,
};

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct WireDates {
    max_unverified: Limit,
    day_month_order: Order,
    stamp_share: Share,
    stamp_min_files: u32,
    trust_mtime: bool,
    ignore: Vec<Ignored>,
    fields: BTreeMap<String, WireField>,
}

impl Default for WireDates {
    fn default() -> Self {
        Self::of(DatePolicy::default())
    }
}

impl WireDates {
    pub(super) fn of(dates: DatePolicy) -> Self {
        let DatePolicy {
            max_unverified,
            stamp_share,
            stamp_min_files,
            trust_mtime,
            day_month_order,
            ignore,
            fields,
        } = dates;
        let field =
            |Field { role, order }| WireField { role: role.into(), order: order.map(Into::into) };
        Self {
            max_unverified: Limit(max_unverified),
            day_month_order: day_month_order.into(),
            stamp_share: Share(stamp_share),
            stamp_min_files,
            trust_mtime,
            ignore: ignore.into_iter().map(Ignored).collect(),
            fields: fields.into_iter().map(|(name, it)| (name, field(it))).collect(),
        }
    }

    pub(super) fn into_dates(self) -> DatePolicy {
        let field = |it: WireField| Field { role: it.role.into(), order: it.order.map(Into::into) };
        // What docrot knows of well-known fields stays known beside the organisation's own.
        let mut fields = DatePolicy::default().fields;
        fields.extend(self.fields.into_iter().map(|(name, it)| (name, field(it))));
        DatePolicy {
            max_unverified: self.max_unverified.0,
            stamp_share: self.stamp_share.0,
            stamp_min_files: self.stamp_min_files,
            trust_mtime: self.trust_mtime,
            day_month_order: self.day_month_order.into(),
            ignore: self.ignore.into_iter().map(|it| it.0).collect(),
            fields,
        }
    }
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WireField {
    role: Role,
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<Order>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WireRule {
    path: Pattern,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    review_every: Option<Length>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_unverified: Option<Length>,
    #[serde(skip_serializing_if = "Option::is_none")]
    grace: Option<Length>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stable: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    require: Option<Vec<WireRequired>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retention: Option<WireRetention>,
    #[serde(skip_serializing_if = "Option::is_none")]
    links: Option<WireProfile>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    severity: BTreeMap<RuleId, WireLevel>,
}

impl WireRule {
    pub(super) fn of(rule: PathRule) -> Self {
        let PathRule {
            glob,
            owner,
            class,
            reason,
            review_every,
            max_unverified,
            grace,
            stable,
            require,
            retention,
            links,
            severity,
            line: _,
        } = rule;
        Self {
            path: Pattern(glob),
            owner,
            class,
            reason,
            review_every: review_every.map(Length),
            max_unverified: max_unverified.map(Length),
            grace: grace.map(Length),
            stable,
            require: require.map(|it| it.into_iter().map(WireRequired).collect()),
            retention: retention.map(WireRetention::of),
            links: links.map(WireProfile),
            severity: wire_levels(severity),
        }
    }

    pub(super) fn into_rule(self, line: Option<u32>) -> PathRule {
        PathRule {
            glob: self.path.0,
            owner: self.owner,
            class: self.class,
            reason: self.reason,
            review_every: self.review_every.map(|it| it.0),
            max_unverified: self.max_unverified.map(|it| it.0),
            grace: self.grace.map(|it| it.0),
            stable: self.stable,
            require: self.require.map(|it| it.into_iter().map(|it| it.0).collect()),
            retention: self.retention.map(WireRetention::into_retention),
            links: self.links.map(|it| it.0),
            severity: levels(self.severity),
            line,
        }
    }
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct WireDuplicates {
    pair: Share,
    group: Share,
    containment: Share,
    short_words: u32,
    short: Share,
    min_words: u32,
    passage_words: u32,
    boilerplate_documents: u32,
}

impl Default for WireDuplicates {
    fn default() -> Self {
        Self::of(Duplicates::default())
    }
}

impl WireDuplicates {
    pub(super) const fn of(duplicates: Duplicates) -> Self {
        let Duplicates {
            pair,
            group,
            containment,
            short_words,
            short,
            min_words,
            passage_words,
            boilerplate_documents,
        } = duplicates;
        Self {
            pair: Share(pair),
            group: Share(group),
            containment: Share(containment),
            short_words,
            short: Share(short),
            min_words,
            passage_words,
            boilerplate_documents,
        }
    }

    pub(super) const fn into_duplicates(self) -> Duplicates {
        Duplicates {
            pair: self.pair.0,
            group: self.group.0,
            containment: self.containment.0,
            short_words: self.short_words,
            short: self.short.0,
            min_words: self.min_words,
            passage_words: self.passage_words,
            boilerplate_documents: self.boilerplate_documents,
        }
    }
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct WireCanonical {
    approved: Patterns,
    order: Vec<Reason>,
}

impl Default for WireCanonical {
    fn default() -> Self {
        Self::of(Canonical::default())
    }
}

impl WireCanonical {
    pub(super) fn of(canonical: Canonical) -> Self {
        let Canonical { approved, order } = canonical;
        Self { approved: Patterns(approved), order: order.into_iter().map(Reason).collect() }
    }

    pub(super) fn into_canonical(self) -> Canonical {
        let Self { approved, order } = self;
        Canonical { approved: approved.0, order: order.into_iter().map(|it| it.0).collect() }
    }
}

#[derive(Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct WireTrivial {
    pub(super) temporary: Patterns,
    pub(super) non_business: Patterns,
    pub(super) keep: Patterns,
}
