//! Whether two wordings say the opposite of each other: `must` and `must not`.

/// Words that turn what is said round.
const NOT: &[&str] = &[
    "not",
    "never",
    "no",
    "nor",
    "neither",
    "nicht",
    "kein",
    "keine",
    "keinem",
    "keinen",
    "keiner",
    "keinerlei",
    "nie",
    "niemals",
    "ne",
    "pas",
    "jamais",
    "aucun",
    "aucune",
    "non",
    "nunca",
    "jamás",
    "tampoco",
    "mai",
    "niet",
    "geen",
    "nooit",
    "não",
    "nenhum",
    "inte",
    "ikke",
    "aldrig",
    "не",
    "нет",
    "никогда",
    "nie",
    "不",
    "未",
    "禁",
    "勿",
    "非",
    "無",
];
/// Words that come with them and add nothing.
const COMPANIONS: &[&str] =
    &["any", "longer", "more", "do", "does", "did", "mehr", "plus", "point", "de"];
/// Words that a negation may replace: `may` and `must not`.
const AUXILIARIES: &[&str] = &[
    "be", "is", "are", "was", "been", "will", "would", "shall", "should", "must", "may", "can",
    "could", "have", "has", "to", "a", "an", "the", "ein", "eine", "einen", "einem", "einer",
    "darf", "dürfen", "muss", "müssen", "kann", "können", "soll", "sollen", "ist", "sind", "puede",
    "debe", "peut", "doit", "mag", "moet", "kan",
];

/// What negates without a negation of its own, ...
const WITHOUT: &[&str] =
    &["without", "ohne", "sans", "sin", "senza", "sem", "zonder", "utan", "uden"];
/// ... and what it is the contrary of.
const WITH: &[&str] = &["with", "mit", "avec", "con", "com", "met", "med"];

/// What `n't` and `not` are written onto.
const STEMS: &[&str] = &[
    "can", "ca", "wo", "do", "does", "did", "is", "are", "was", "were", "must", "should", "would",
    "could", "have", "has",
];

/// Whether one of two wordings of one place negates what the other says. Both in lower case, a word
/// each.
pub(in crate::rot::redundant) fn is_negated_differently(a: &[String], b: &[String]) -> bool {
    let (a, b) = (taken_apart(a), taken_apart(b));
    let negates = |words: &[&str]| words.iter().any(|it| NOT.contains(it));
    if negates(&a) == negates(&b) {
        return false;
    }
    // Where one side has nothing, whatever else the other has is said there alone.
    let is_replaced = !a.is_empty() && !b.is_empty();
    let adds_nothing =
        |it: &str| COMPANIONS.contains(&it) || is_replaced && AUXILIARIES.contains(&it);
    let rest = |words: &[&str]| {
        let kept = words.iter().filter(|it| !NOT.contains(it) && !adds_nothing(it));
        kept.map(|it| (*it).to_owned()).collect::<Vec<_>>()
    };
    rest(&a) == rest(&b)
}

/// Whether words, in lower case, negate anything.
pub(in crate::rot::redundant) fn is_negated(words: &[String]) -> bool {
    taken_apart(words).iter().any(|it| NOT.contains(it))
}

/// `cannot` as `can not`, `don't` as `do not`.
fn taken_apart(words: &[String]) -> Vec<&str> {
    let mut apart = Vec::with_capacity(words.len());
    for word in words {
        match word.strip_suffix("n't").or_else(|| word.strip_suffix("not")) {
            Some(base) if STEMS.contains(&base) => apart.extend(["is", "not"]),
            _ if WITHOUT.contains(&word.as_str()) => apart.extend(["with", "not"]),
            _ if WITH.contains(&word.as_str()) => apart.push("with"),
            _ => apart.push(word.as_str()),
        }
    }
    apart
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(a: &str, b: &str, expected: bool) {
        let words = |it: &str| it.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(is_negated_differently(&words(a), &words(b)), expected, "{a} / {b}");
        assert_eq!(is_negated_differently(&words(b), &words(a)), expected, "{b} / {a}");
    }

    #[test]
    fn an_added_not_turns_a_sentence_round() {
        check("", "not", true);
        check("may", "must not", true);
        check("can", "cannot", true);
        check("", "no longer", true);
        check("", "do not", true);
        check("eine", "keine", true);
        check("peut", "ne peut pas", true);
        check("with", "without", true);
    }

    #[test]
    fn another_sentence_is_no_negation() {
        check("must not", "shall not", false);
        check("red", "not blue", false);
        check("", "also", false);
        check("", "may not", false);
        check("don't", "do not", false);
    }
}
