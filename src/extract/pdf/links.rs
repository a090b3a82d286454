//! The files that the pages of a PDF link to: URI actions, and those that open another file.

use hayro_interpret::hayro_syntax::Pdf;
use hayro_interpret::hayro_syntax::object::{Array, Dict, Name, String as PdfString};
use hayro_interpret::hayro_syntax::page::Page;

use super::properties::decode_string;
use crate::extract::links;
use crate::extract::metadata::{Link, Locator};

/// The links of all pages.
pub(super) fn of(pdf: &Pdf) -> Vec<Link> {
    let mut links = Vec::new();
    for (number, page) in (1..).zip(pdf.pages().iter()) {
        add(page, number, &mut links);
    }
    links
}

fn add(page: &Page<'_>, number: u32, links: &mut Vec<Link>) {
    let Some(annotations) = page.raw().get::<Array<'_>>("Annots") else { return };
    for annotation in annotations.iter::<Dict<'_>>() {
        let is_link = annotation.get::<Name<'_>>("Subtype").is_some_and(|it| it.as_str() == "Link");
        if is_link && let Some(target) = annotation.get::<Dict<'_>>("A").and_then(|it| target(&it))
        {
            links::add(links, &target, || Locator::Page(number));
        }
    }
}

/// What an action leads to.
fn target(action: &Dict<'_>) -> Option<String> {
    let file = || {
        let text = |it: PdfString<'_>| decode_string(it.as_bytes());
        match action.get::<Dict<'_>>("F") {
            Some(file) => file.get("UF").or_else(|| file.get("F")).map(text),
            None => action.get("F").map(text),
        }
    };
    match action.get::<Name<'_>>("S")?.as_str() {
        "URI" => Some(decode_string(action.get::<PdfString<'_>>("URI")?.as_bytes())),
        "GoToR" | "Launch" => file(),
        _ => None,
    }
}
