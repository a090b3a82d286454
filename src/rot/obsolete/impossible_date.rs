//! A date of the document is no day of the calendar, so what it promises is unknown.

use crate::extract::Fact;
use crate::inventory::{DocId, Record};

use super::super::{Category, Confidence, Context, Evidence, Finding, Rule, Severity, Value};
use super::each;

pub(in crate::rot) const RULE: Rule = Rule {
    id: "impossible-date",
    category: Category::Obsolete,
    severity: Severity::Note,
    summary: "A date of the document is no day of the calendar, such as 2022-02-31.",
    check,
};

fn check(ctx: &Context) -> Vec<Finding> {
    each(ctx, finding)
}

fn finding(document: DocId, record: &Record) -> Option<Finding> {
    let written = |fact: &Fact<String>| {
        Evidence::new("no such day", Value::Text(fact.value.clone()), fact.provenance.clone())
    };
    let mut all = record.metadata.impossible_dates.iter().map(written);
    let first = Finding::new(&RULE, document, Confidence::Certain, all.next()?);
    Some(all.fold(first, Finding::and))
}

#[cfg(test)]
mod tests {
    use super::super::super::Policy;
    use super::super::super::testing::{declared, findings, record};
    use super::*;

    #[test]
    fn every_such_date_is_quoted() {
        let mut page = record("a.md");
        page.metadata.impossible_dates =
            ["2022-02-31", "2018-04-31"].map(|it| declared("reviewed", it).unwrap()).into();
        let found = findings(&RULE, vec![page, record("b.md")], &Policy::default(), "2026-04-22");
        assert_eq!(found.len(), 1);
        let quoted: Vec<_> = found[0].evidence().iter().map(|it| it.value.clone()).collect();
        assert_eq!(quoted, ["2022-02-31", "2018-04-31"].map(|it| Value::Text(it.to_owned())));
    }
}
