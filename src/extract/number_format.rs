//! Numbers of spreadsheets as text: dates as ISO 8601, other numbers short.
//!
//! Colours, currencies and digits of a number format are not applied: they are looks.

use chrono::{Duration, NaiveDate};

use super::xml::{Node, Xml};

/// What a number format makes of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// A number.
    Number,
    /// A day, with a time if there is one.
    Date,
    /// A time of day or a duration.
    Time,
}

/// The shapes of a workbook's cell styles, in order.
pub(super) fn shapes(styles: &str) -> Vec<Shape> {
    let mut xml = Xml::new(styles);
    let (mut own, mut shapes) = (Vec::new(), Vec::new());
    let mut in_cells = false;
    while let Some(node) = xml.next() {
        match node {
            Node::Open(tag) => match tag.name() {
                "cellXfs" => in_cells = true,
                "numFmt" => {
                    let code = tag.attribute("formatCode").unwrap_or_default();
                    own.push((tag.attribute("numFmtId").unwrap_or_default(), shape_of(&code)));
                }
                "xf" if in_cells => {
                    let id = tag.attribute("numFmtId").unwrap_or_default();
                    let own = own.iter().find(|(it, _)| *it == id).map(|(_, shape)| *shape);
                    shapes.push(own.unwrap_or_else(|| built_in(id.parse().unwrap_or(0))));
                }
                _ => {}
            },
            Node::Close(tag) => in_cells &= tag.name() != "cellXfs",
            Node::Text(_) => {}
        }
    }
    shapes
}

/// ECMA-376 part 1, 18.8.30, with the East Asian ones.
pub(super) fn built_in(id: u16) -> Shape {
    match id {
        14..=17 | 22 | 27..=31 | 34..=36 | 50..=58 => Shape::Date,
        18..=21 | 32..=33 | 45..=47 => Shape::Time,
        _ => Shape::Number,
    }
}

/// Tells what a format code is for by the letters outside quotes and brackets.
pub(super) fn shape_of(code: &str) -> Shape {
    let mut letters = String::new();
    let mut characters = code.split(';').next().unwrap_or_default().chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => drop(characters.by_ref().find(|&it| it == '"')),
            '\\' | '_' | '*' => drop(characters.next()),
            '[' => {
                let inner: String = characters.by_ref().take_while(|&it| it != ']').collect();
                let inner = inner.to_lowercase();
                if !inner.is_empty() && inner.chars().all(|it| matches!(it, 'h' | 'm' | 's')) {
                    return Shape::Time;
                }
            }
            _ => letters.extend(character.to_lowercase()),
        }
    }
    let has = |wanted: &[char]| letters.contains(wanted);
    match () {
        () if letters.contains("general") => Shape::Number,
        () if has(&['y', 'd']) => Shape::Date,
        () if has(&['h', 's']) => Shape::Time,
        () if has(&['m']) => Shape::Date,
        () => Shape::Number,
    }
}

/// A stored number as text; none if it is not a number.
pub(super) fn show(stored: &str, shape: Shape, since_1904: bool) -> Option<String> {
    let number: f64 = stored.trim().parse().ok().filter(|it: &f64| it.is_finite())?;
    Some(of_number(number, shape, since_1904))
}

/// A number as text.
pub(super) fn of_number(number: f64, shape: Shape, since_1904: bool) -> String {
    let dated = match shape {
        Shape::Number => None,
        Shape::Date => date(number, since_1904),
        Shape::Time => time(number),
    };
    dated.unwrap_or_else(|| short(number))
}

/// A number with at most fifteen digits, which is what spreadsheets show and know.
pub(super) fn short(number: f64) -> String {
    let rounded: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    if rounded != 0.0 && !(1e-7..1e21).contains(&rounded.abs()) {
        return format!("{rounded:e}");
    }
    format!("{rounded}")
}

fn date(serial: f64, since_1904: bool) -> Option<String> {
    if !(0.0..2_958_466.0).contains(&serial) {
        return None;
    }
    let (year, month, day) = match since_1904 {
        true => (1904, 1, 1),
        // The 29 February 1900 that spreadsheets believe in.
        false if serial < 60.0 => (1899, 12, 31),
        false => (1899, 12, 30),
    };
    let start = NaiveDate::from_ymd_opt(year, month, day)?.and_hms_opt(0, 0, 0)?;
    let moment = start.checked_add_signed(Duration::seconds((serial * 86_400.0).round() as i64))?;
    let pattern = if serial.fract() == 0.0 { "%Y-%m-%d" } else { "%Y-%m-%d %H:%M" };
    Some(moment.format(pattern).to_string())
}

fn time(serial: f64) -> Option<String> {
    if !(0.0..1e6).contains(&serial) {
        return None;
    }
    let seconds = (serial * 86_400.0).round() as u64;
    Some(format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_with_days_are_dates() {
        for code in ["yyyy-mm-dd", "[$-409]d\\-mmm;@", "mmm yy", "dd/mm/yyyy hh:mm", "\"day\" d"] {
            assert_eq!(shape_of(code), Shape::Date, "{code}");
        }
        for code in ["h:mm AM/PM", "[h]:mm", "mm:ss"] {
            assert_eq!(shape_of(code), Shape::Time, "{code}");
        }
        for code in ["General", "0.00", "#,##0 \"days\"", "[Red]0", "0\\d", "_-* #,##0_-"] {
            assert_eq!(shape_of(code), Shape::Number, "{code}");
        }
    }

    #[test]
    fn dates_are_iso() {
        assert_eq!(show("45418", Shape::Date, false).unwrap(), "2024-05-06");
        assert_eq!(show("45418.5", Shape::Date, false).unwrap(), "2024-05-06 12:00");
        assert_eq!(show("1", Shape::Date, false).unwrap(), "1900-01-01");
        assert_eq!(show("43956", Shape::Date, true).unwrap(), "2024-05-06");
        assert_eq!(show("0.75", Shape::Time, false).unwrap(), "18:00:00");
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!(show("0.30000000000000004", Shape::Number, false).unwrap(), "0.3");
        assert_eq!(show("1200", Shape::Number, false).unwrap(), "1200");
        assert_eq!(show("1E+300", Shape::Number, false).unwrap(), "1e300");
        assert_eq!(show("-1e300", Shape::Date, false).unwrap(), "-1e300");
        assert_eq!(show("NaN", Shape::Number, false), None);
        assert_eq!(show("word", Shape::Number, false), None);
    }

    #[test]
    fn styles_name_their_formats() {
        let styles = "<s><numFmts><numFmt numFmtId='164' formatCode='yyyy'/></numFmts>\
            <cellStyleXfs><xf numFmtId='14'/></cellStyleXfs>\
            <cellXfs><xf numFmtId='0'/><xf numFmtId='164'/><xf numFmtId='20'/></cellXfs></s>";
        assert_eq!(shapes(styles), [Shape::Number, Shape::Date, Shape::Time]);
    }
}
