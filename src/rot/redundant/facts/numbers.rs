//! Numbers as people write them, in one form.

/// Numbers in words that stand before periods.
const WORDS: &[(&str, u32)] = &[
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("twelve", 12),
    ("fourteen", 14),
    ("fifteen", 15),
    ("twenty", 20),
    ("twenty-eight", 28),
    ("thirty", 30),
    ("forty-five", 45),
    ("sixty", 60),
    ("ninety", 90),
    ("einem", 1),
    ("einen", 1),
    ("einer", 1),
    ("zwei", 2),
    ("drei", 3),
    ("vier", 4),
    ("sechs", 6),
    ("acht", 8),
    ("zehn", 10),
    ("zwölf", 12),
    ("dreißig", 30),
    ("deux", 2),
    ("trois", 3),
    ("quatre", 4),
    ("dix", 10),
    ("trente", 30),
    ("dos", 2),
    ("tres", 3),
    ("diez", 10),
    ("treinta", 30),
];

/// For patterns: every number that is read from a word.
pub(super) fn words() -> String {
    let mut words = WORDS.iter().map(|it| it.0).collect::<Vec<_>>();
    // The longer first: alternatives are tried in order.
    words.sort_by_key(|it| std::cmp::Reverse(it.len()));
    words.join("|")
}

/// Whether a word begins with a number in words, in whatever case.
pub(super) fn is_number_word(word: &str) -> bool {
    let starts = |word: &str| WORDS.iter().any(|it| word.starts_with(it.0));
    let first = |it: &(&str, u32), byte: u8| it.0.as_bytes()[0] == byte;
    match word.bytes().next() {
        None => false,
        Some(byte) if byte.is_ascii() => {
            let lower = byte.to_ascii_lowercase();
            // A long s is an s to the patterns.
            WORDS.iter().any(|it| first(it, lower))
                && starts(&word.to_lowercase().replace('\u{17f}', "s"))
        }
        Some(_) => starts(&word.to_lowercase().replace('\u{17f}', "s")),
    }
}

/// A number in digits or in a word, as digits without separators and idle zeros; none where its
/// separators make no sense.
pub(super) fn plain(written: &str) -> Option<String> {
    let lower = written.trim().to_lowercase();
    if let Some((_, value)) = WORDS.iter().find(|it| it.0 == lower) {
        return Some(value.to_string());
    }
    let written = lower.replace(['\u{a0}', '\u{202f}', ' ', '\'', '\u{2019}'], "");
    let last = written.rfind(['.', ',']);
    let (whole, part) = match last {
        None => (written.as_str(), ""),
        Some(at) => {
            let mark = written.as_bytes()[at];
            let (whole, part) = (&written[..at], &written[at + 1..]);
            let repeats = whole.bytes().any(|it| it == mark);
            let other = whole.bytes().any(|it| matches!(it, b'.' | b',') && it != mark);
            // Three digits after a lone mark are thousands, unless nothing stands before it.
            let is_thousands = repeats || !other && part.len() == 3 && whole != "0";
            if is_thousands { (written.as_str(), "") } else { (whole, part) }
        }
    };
    let whole = whole.replace(['.', ','], "");
    let part = part.trim_end_matches('0');
    if whole.is_empty() || !whole.bytes().chain(part.bytes()).all(|it| it.is_ascii_digit()) {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    Some(if part.is_empty() { whole.to_owned() } else { format!("{whole}.{part}") })
}

/// Moves the decimal point of a plain number to the right, or to the left.
pub(super) fn shifted(plain: &str, places: i32) -> String {
    let (whole, part) = plain.split_once('.').unwrap_or((plain, ""));
    let mut digits = format!("{whole}{part}");
    let mut point = whole.len() as i32 + places;
    while point <= 0 {
        digits.insert(0, '0');
        point += 1;
    }
    while (digits.len() as i32) < point {
        digits.push('0');
    }
    let (whole, part) = digits.split_at(point as usize);
    self::plain(&if part.is_empty() { whole.to_owned() } else { format!("{whole}.{part}0000") })
        .unwrap_or_else(|| plain.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_of_all_countries_are_understood() {
        let check = |written: &str, expected: &str| {
            assert_eq!(plain(written).as_deref(), Some(expected), "{written}");
        };
        check("1,200.50", "1200.5");
        check("1.200,50", "1200.5");
        check("1 200", "1200");
        check("1'200'000", "1200000");
        check("1,200", "1200");
        check("12,5", "12.5");
        check("0.450", "0.45");
        check("Thirty", "30");
        check("007", "7");
    }

    #[test]
    fn the_point_moves() {
        assert_eq!(shifted("45", -2), "0.45");
        assert_eq!(shifted("1.5", 6), "1500000");
        assert_eq!(shifted("5", -2), "0.05");
    }
}
