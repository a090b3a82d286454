//! The HTML part of a mail: the same words in a table. No pictures, no script, no links.

use std::fmt::Write as _;

use super::{Letter, Told};

pub(super) fn html(letter: &Letter) -> String {
    let mut html = String::from(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"></head>\n\
         <body style=\"font-family:sans-serif;font-size:15px;line-height:1.45\">\n",
    );
    for (position, line) in letter.lines.all().enumerate() {
        let weight = if position == 0 { " style=\"font-size:18px;font-weight:bold\"" } else { "" };
        push(&mut html, format_args!("<p{weight}>{}</p>\n", text(line)));
    }
    if !letter.rows.is_empty() {
        html += "<table style=\"border-collapse:collapse\">\n<tr>";
        for title in ["Severity", "Rule", "Document", "Why", "Owner"] {
            push(&mut html, format_args!("<th scope=\"col\" style=\"{HEAD}\">{title}</th>"));
        }
        html += "</tr>\n";
        for Told { severity, rule, document, why, owner } in &letter.rows {
            html += "<tr>";
            for cell in [severity, rule, document.as_str(), why.as_str(), owner.as_str()] {
                push(&mut html, format_args!("<td style=\"{CELL}\">{}</td>", text(cell)));
            }
            html += "</tr>\n";
        }
        html += "</table>\n";
    }
    if let Some(rest) = letter.rest() {
        push(&mut html, format_args!("<p>{}</p>\n", text(&rest)));
    }
    let closing = text(&letter.closing()).replace('\n', "<br>");
    push(&mut html, format_args!("<p>{closing}</p>\n</body></html>\n"));
    html
}

const HEAD: &str = "text-align:left;padding:4px 12px 4px 0;border-bottom:2px solid #555";
const CELL: &str = "vertical-align:top;padding:4px 12px 4px 0;border-bottom:1px solid #bbb";

fn push(html: &mut String, what: std::fmt::Arguments) {
    html.write_fmt(what).expect("writing to a string does not fail");
}

fn text(words: &str) -> String {
    words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
