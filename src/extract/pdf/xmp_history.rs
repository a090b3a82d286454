//! When a document was last changed, by the history of its XMP packet: what programs did to it, one
//! event after the other.
//!
//! Histories of what was placed into the document are those of other documents.

use crate::extract::xml::{Node, Xml};

/// What changes a document; printing, copying or converting it does not.
const CHANGES: [&str; 8] = [
    "created",
    "cropped",
    "edited",
    "filtered",
    "formatted",
    "resized",
    "saved",
    "version_updated",
];

/// Elements with packets of other documents in them.
const OTHERS: [&str; 3] = ["DerivedFrom", "Ingredients", "Pantry"];

/// An event, as far as it is read.
#[derive(Default)]
struct Event {
    action: String,
    when: String,
}

impl Event {
    /// When it changed the document, if it did.
    fn change(self) -> Option<String> {
        let is_change = CHANGES.contains(&self.action.trim());
        (is_change && !self.when.trim().is_empty()).then(|| self.when.trim().to_owned())
    }
}

/// The time of the last event that changed the document, as written.
pub(super) fn newest_change(packet: &str) -> Option<String> {
    if !packet.contains("stEvt:when") {
        return None;
    }
    let mut xml = Xml::new(packet);
    let (mut is_history, mut event) = (false, Event::default());
    let mut newest: Option<String> = None;
    while let Some(node) = xml.next() {
        match node {
            Node::Open(tag) if OTHERS.contains(&tag.name()) => xml.skip(),
            Node::Open(tag) if tag.name() == "History" => is_history = true,
            Node::Close(tag) if tag.name() == "History" => is_history = false,
            Node::Open(tag) if is_history => match tag.name() {
                "action" => event.action = xml.text(),
                "when" => event.when = xml.text(),
                // Its members are attributes, of the entry or of a description within.
                "li" | "Description" => {
                    event.action = tag.attribute("action").unwrap_or(event.action);
                    event.when = tag.attribute("when").unwrap_or(event.when);
                }
                _ => {}
            },
            Node::Close(tag) if is_history && tag.name() == "li" => {
                // ISO 8601 of one program sorts like time; the last of equals is the newest.
                newest = newest.max(std::mem::take(&mut event).change());
            }
            _ => {}
        }
    }
    newest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_change_counts_whether_written_as_elements_or_attributes() {
        let packet = "<xmpMM:History><rdf:Seq>\
            <rdf:li stEvt:action='created' stEvt:when='2019-01-02T03:04:05Z'/>\
            <rdf:li rdf:parseType='Resource'><stEvt:action>saved</stEvt:action>\
            <stEvt:when>2021-05-06T07:08:09Z</stEvt:when></rdf:li>\
            <rdf:li><rdf:Description stEvt:action='edited' stEvt:when='2020-01-01T00:00:00Z'/></rdf:li>\
            <rdf:li stEvt:action='printed' stEvt:when='2024-01-01T00:00:00Z'/>\
            </rdf:Seq></xmpMM:History>";
        assert_eq!(newest_change(packet).as_deref(), Some("2021-05-06T07:08:09Z"));
    }

    #[test]
    fn histories_of_what_was_placed_are_not_the_documents() {
        let event = "<xmpMM:History><rdf:Seq><rdf:li stEvt:action='saved' \
                     stEvt:when='2021-05-06T07:08:09Z'/></rdf:Seq></xmpMM:History>";
        assert_eq!(newest_change(&format!("<xmpMM:Pantry>{event}</xmpMM:Pantry>")), None);
        assert_eq!(newest_change("<xmpMM:History>stEvt:when"), None);
        assert!(newest_change(event).is_some());
    }
}
