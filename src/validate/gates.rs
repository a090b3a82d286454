//! How much of what is wrong an organisation allows.

use std::collections::BTreeMap;

use super::{CHECKS, Verdict};

/// What a check is measured against.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Gate {
    /// Nothing: it is told, and never fails.
    Report,
    /// No more than this.
    AtMost(f64),
    /// No less than this.
    AtLeast(f64),
}

impl Gate {
    /// The verdict on a measure, of `of` things that were looked at. A sample fails only where the
    /// whole interval lies on the wrong side.
    pub fn judge(self, value: f64, of: u64, interval: Option<(f64, f64)>) -> Verdict {
        let (low, high) = interval.unwrap_or((value, value));
        let (is_wrong, is_surely_wrong, is_flawless) = match self {
            Self::Report => (false, false, value == 0.0),
            Self::AtMost(most) => (most < value, most < low, value == 0.0),
            Self::AtLeast(least) => (value < least, high < least, least <= value),
        };
        match (is_wrong, is_surely_wrong, is_flawless) {
            _ if of == 0 => Verdict::Ok,
            (true, true, _) => Verdict::Fail,
            (true, false, _) => Verdict::Warn,
            (false, _, true) => Verdict::Ok,
            (false, _, false) => Verdict::Warn,
        }
    }
}

/// The gate of every check.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gates {
    // Those that differ from the checks' own, by name.
    changed: BTreeMap<String, Gate>,
}

impl Gates {
    /// The gate of the check called `name`.
    pub fn of(&self, name: &str) -> Gate {
        let own = || CHECKS.iter().find(|it| it.name == name).map(|it| it.gate);
        self.changed.get(name).copied().or_else(own).unwrap_or(Gate::Report)
    }

    /// Sets a limit; none makes the check tell and never fail. False where there is no such check.
    pub fn set(&mut self, name: &str, limit: Option<f64>) -> bool {
        let Some(kind) = CHECKS.iter().find(|it| it.name == name) else { return false };
        let gate = match (limit, kind.gate) {
            (None, _) => Gate::Report,
            (Some(limit), Gate::AtLeast(_)) => Gate::AtLeast(limit),
            (Some(limit), _) => Gate::AtMost(limit),
        };
        // What is as it is anyway is no change.
        if gate == kind.gate {
            self.changed.remove(name);
        } else {
            self.changed.insert(name.to_owned(), gate);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_keeps_the_direction_of_its_check() {
        let mut gates = Gates::default();
        assert!(gates.set("findability", Some(0.9)) && gates.set("ghosts", Some(0.1)));
        assert_eq!(gates.of("findability"), Gate::AtLeast(0.9));
        assert_eq!(gates.of("ghosts"), Gate::AtMost(0.1));
        assert!(gates.set("missing", None));
        assert_eq!(gates.of("missing"), Gate::Report);
        assert!(!gates.set("no-such-check", None));
        assert!(gates.set("missing", Some(0.01)) && gates.set("ghosts", Some(0.0)));
        assert!(gates.set("findability", Some(0.98)));
        assert_eq!(gates, Gates::default());
    }

    #[test]
    fn what_has_to_be_there_is_judged_the_other_way_round() {
        let gate = Gate::AtLeast(0.98);
        assert_eq!(gate.judge(0.99, 100, None), Verdict::Ok);
        assert_eq!(gate.judge(0.97, 100, None), Verdict::Fail);
        assert_eq!(gate.judge(0.97, 100, Some((0.95, 0.985))), Verdict::Warn);
        assert_eq!(gate.judge(0.0, 0, None), Verdict::Ok);
    }
}
