//! The table of the configuration file on validation: how much of what is wrong is allowed.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserializer, Error, Visitor};
use serde::{Deserialize, Serialize};

use docrot::validate::engines::{MappingError, Rule};
use docrot::validate::{CHECKS, Gates};

use super::mistakes::suggest;
use super::values::written_as;

/// How an index is validated.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ValidateSection {
    /// What is allowed.
    pub(crate) gates: Gates,
    /// How many documents are drawn where not all are looked at.
    pub(crate) sample: u64,
    /// Which folders stand for which beginnings of paths in an index of another program.
    pub(crate) map: Vec<Rule>,
}

impl Default for ValidateSection {
    fn default() -> Self {
        Self { gates: Gates::default(), sample: 400, map: Vec::new() }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct WireValidate {
    sample: u64,
    map: Vec<Mapped>,
    gates: BTreeMap<CheckName, Limit>,
}

impl Default for WireValidate {
    fn default() -> Self {
        let sample = ValidateSection::default().sample;
        Self { sample, map: Vec::new(), gates: BTreeMap::new() }
    }
}

impl WireValidate {
    pub(super) fn into_section(self) -> ValidateSection {
        let mut gates = Gates::default();
        for (name, limit) in self.gates {
            gates.set(&name.0, limit.0);
        }
        let map = self.map.into_iter().map(|it| it.0).collect();
        ValidateSection { gates, sample: self.sample, map }
    }
}

/// A beginning and the folder that stands for it.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Mapped(Rule);

impl TryFrom<String> for Mapped {
    type Error = MappingError;

    fn try_from(written: String) -> Result<Self, MappingError> {
        Rule::parse(&written).map(Self)
    }
}

/// The name of a check that exists.
#[derive(Clone, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "String", into = "String")]
struct CheckName(String);

written_as!(
    CheckName as String,
    |raw: String| {
        let mut names = CHECKS.iter().map(|check| check.name);
        if names.any(|name| name == raw) {
            return Ok(Self(raw));
        }
        let suggestion = suggest(&raw, CHECKS.iter().map(|check| check.name));
        Err(format!("there is no check `{raw}`{suggestion}"))
    },
    |name: CheckName| name.0
);

/// How much is allowed; none: it is told and never fails.
struct Limit(Option<f64>);

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfLimit;

        impl Visitor<'_> for OfLimit {
            type Value = Limit;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a number, such as `0.01`, or \"report\"")
            }

            fn visit_f64<E: Error>(self, raw: f64) -> Result<Limit, E> {
                if 0.0 <= raw { Ok(Limit(Some(raw))) } else { Err(E::custom("less than nothing")) }
            }

            fn visit_i64<E: Error>(self, raw: i64) -> Result<Limit, E> {
                self.visit_f64(raw as f64)
            }

            fn visit_str<E: Error>(self, raw: &str) -> Result<Limit, E> {
                if raw == "report" {
                    return Ok(Limit(None));
                }
                Err(E::custom(format!("`{raw}` is no number, and not \"report\"")))
            }
        }

        deserializer.deserialize_any(OfLimit)
    }
}

#[cfg(test)]
mod tests {
    use docrot::validate::Gate;

    use super::super::Config;

    #[test]
    fn gates_are_read_and_mistakes_told() {
        let text = "[validate]\nsample = 50\n[validate.gates]\nghosts = 0.1\nmissing = \"report\"\n\
                    findability = 1";
        let validate = Config::parse(text).unwrap().validate;
        assert_eq!(validate.sample, 50);
        assert_eq!(validate.gates.of("ghosts"), Gate::AtMost(0.1));
        assert_eq!(validate.gates.of("missing"), Gate::Report);
        assert_eq!(validate.gates.of("findability"), Gate::AtLeast(1.0));
        let map = "[validate]\nmap = [\"https://wiki/docs=/srv/docs\"]";
        let map = Config::parse(map).unwrap().validate.map;
        assert_eq!(
            (map[0].from.as_str(), map[0].to.to_str()),
            ("https://wiki/docs", Some("/srv/docs"))
        );
        for (text, expected) in [
            (
                "[validate]\nmap = [\"wiki\"]",
                "`map` in [validate], line 2: `wiki` is no mapping; write it as BEGINNING=FOLDER, \
                 such as https://wiki/docs=/srv/docs",
            ),
            (
                "[validate.gates]\nghost = 1",
                "`ghost` in [validate.gates], line 2: there is no check `ghost`; did you mean \
                 `ghosts`?",
            ),
            (
                "[validate.gates]\nghosts = \"none\"",
                "`ghosts` in [validate.gates], line 2: `none` is no number, and not \"report\"",
            ),
            (
                "[validate.gates]\nghosts = -1",
                "`ghosts` in [validate.gates], line 2: less than nothing",
            ),
        ] {
            assert_eq!(Config::parse(text).map(|_| ()), Err(expected.to_owned()), "{text}");
        }
    }
}
