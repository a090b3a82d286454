//! The evidence of a finding in one plain sentence, the deciding fact first: a page cuts what is
//! long. The other reports and `explain` give all of it.

use crate::extract::Provenance;
use crate::report::layout;
use crate::report::{Report, escape, words};
use crate::rot::{Evidence, Finding, Value};

/// Counterparts that are named in a sentence.
const NAMED: usize = 3;

/// The sentence, for rules whose evidence has a usual form; none for the others.
pub(super) fn sentence(report: &Report, finding: &Finding) -> Option<String> {
    let facts = Facts { report, finding };
    match finding.rule.id {
        "contained" => contained(&facts),
        "shared-passage" => shared_passage(&facts),
        "review-overdue" => overdue(&facts),
        "expired" => expired(&facts),
        "unverified" => unverified(&facts),
        "dead-link" => dead_links(&facts),
        "empty" => empty(&facts),
        _ => what_it_is(&facts),
    }
}

struct Facts<'a> {
    report: &'a Report<'a>,
    finding: &'a Finding,
}

impl<'a> Facts<'a> {
    fn get(&self, what: &str) -> Option<&'a Evidence> {
        self.all(what).next()
    }

    fn all(&self, what: &str) -> impl Iterator<Item = &'a Evidence> {
        self.finding.evidence().iter().filter(move |it| it.what == what)
    }

    fn value(&self, what: &str) -> Option<String> {
        Some(self.of(self.get(what)?))
    }

    /// A value; docrot's own words are no quotation.
    fn of(&self, evidence: &Evidence) -> String {
        match (&evidence.value, &evidence.provenance) {
            (Value::Text(text), Provenance::Computed(_) | Provenance::FileName) => {
                escape::visible(text).into_owned()
            }
            (value, _) => words::value(self.report, value),
        }
    }

    /// A path that leaves room on its two lines for what is said of it.
    fn path(&self, value: &Value) -> String {
        let room = self.report.options.width.clamp(40, 1000) - 30;
        layout::shorten(&words::value(self.report, value), room)
    }

    /// All evidence but that of some names, as other reports tell it.
    fn without(&self, told: &[&str]) -> impl Iterator<Item = String> {
        let rest = self.finding.evidence().iter().filter(|it| !told.contains(&it.what));
        rest.map(|it| words::evidence(self.report, it)).collect::<Vec<_>>().into_iter()
    }
}

fn place(evidence: &Evidence) -> String {
    escape::visible(&evidence.provenance.to_string()).into_owned()
}

fn contained(facts: &Facts) -> Option<String> {
    let share = facts.value("share of this document")?;
    let mut words =
        format!("{share} of it stands in {}", facts.path(&facts.get("stands in")?.value));
    if let Some(only) = facts.get("words only here").map(|it| &it.value)
        && let Value::Count(count) = only
    {
        words += &match count {
            0 => "; nothing is only here".to_owned(),
            1 => "; 1 word is only here".to_owned(),
            n => format!("; {} words are only here", words::number(*n)),
        };
        if let Some(quote) = facts.get("only here") {
            words += &format!(", such as {}", words::value(facts.report, &quote.value));
        }
    }
    Some(words)
}

fn shared_passage(facts: &Facts) -> Option<String> {
    let count = facts.value("shared words")?;
    let (first, others) = facts.finding.related.split_first()?;
    let first = facts.path(&Value::Document(*first));
    let more = match others.len() {
        0 => String::new(),
        n => format!(" and {} more", words::number(n as u64)),
    };
    let quote = facts.get("passage").map_or_else(String::new, |it| {
        format!(" ({}): {}", place(it), words::value(facts.report, &it.value))
    });
    Some(format!("{count} words are also in {first}{more}{quote}"))
}

fn overdue(facts: &Facts) -> Option<String> {
    let late = facts.value("overdue for")?;
    let rest = facts.without(&["overdue for", "review interval"]).collect::<Vec<_>>();
    Some(format!("overdue for {late}: {}", rest.join("; ")))
}

fn expired(facts: &Facts) -> Option<String> {
    let ago = facts.value("expired")?;
    let end = facts.get("expires")?;
    let told = format!("expired {ago}, on {} ({})", facts.of(end), place(end));
    let rest = facts.without(&["expired", "expires"]);
    Some(std::iter::once(told).chain(rest).collect::<Vec<_>>().join("; "))
}

fn unverified(facts: &Facts) -> Option<String> {
    let last = facts.get("last verified")?;
    let date = facts.of(last);
    Some(format!("{}; newest date {date} ({})", facts.value("age")?, place(last)))
}

fn dead_links(facts: &Facts) -> Option<String> {
    let count = facts.value("dead links")?;
    let links = facts.all("dead link").take(NAMED);
    let links = links.map(|it| format!("{} ({})", facts.of(it), place(it)));
    let moved = facts.all("perhaps moved to").next();
    let moved = moved.map_or_else(String::new, |it| format!("; perhaps moved to {}", facts.of(it)));
    Some(format!("{count} dead links: {}{moved}", links.collect::<Vec<_>>().join(", ")))
}

fn empty(facts: &Facts) -> Option<String> {
    let size = facts.value("size")?;
    Some(match facts.get("words") {
        Some(read) => format!("no words in {size} ({})", place(read)),
        None => size,
    })
}

fn what_it_is(facts: &Facts) -> Option<String> {
    let what = facts.value("what it is")?;
    let rest = facts.without(&["what it is"]);
    Some(std::iter::once(what).chain(rest).collect::<Vec<_>>().join("; "))
}
