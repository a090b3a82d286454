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
/// Words that change with them and add nothing.
const COMPANIONS: &[&str] = &[
    "any", "longer", "more", "do", "does", "did", "be", "is", "are", "was", "been", "will",
    "would", "shall", "should", "must", "may", "can", "could", "have", "has", "to", "a", "an",
    "the", "ein", "eine", "einen", "einem", "einer", "mehr", "darf", "dürfen", "muss", "müssen",
    "kann", "können", "soll", "sollen", "ist", "sind", "plus", "point", "de", "puede", "debe",
    "peut", "doit", "mag", "moet", "kan",
];

/// What `n't` and `not` are written onto.
const AUXILIARIES: &[&str] = &[
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
    let rest = |words: &[&str]| {
        let kept = words.iter().filter(|it| !NOT.contains(it) && !COMPANIONS.contains(it));
        kept.map(|it| (*it).to_owned()).collect::<Vec<_>>()
    };
    rest(&a) == rest(&b)
}

/// `cannot` as `can not`, `don't` as `do not`.
fn taken_apart(words: &[String]) -> Vec<&str> {
    let mut apart = Vec::with_capacity(words.len());
    for word in words {
        match word.strip_suffix("n't").or_else(|| word.strip_suffix("not")) {
            Some(base) if AUXILIARIES.contains(&base) => apart.extend(["is", "not"]),
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
        check("is", "is no longer", true);
        check("eine", "keine", true);
        check("peut", "ne peut pas", true);
    }

    #[test]
    fn another_sentence_is_no_negation() {
        check("must not", "shall not", false);
        check("red", "not blue", false);
        check("", "also", false);
        check("don't", "do not", false);
    }
}
