//! Judges documents that come from elsewhere, such as a content management system: no folder is
//! listed and no file is opened.
//!
//!     cargo run --example records -- YYYY-MM-DD

use std::path::PathBuf;

use docrot::extract::Metadata;
use docrot::fingerprint::{Fingerprint, Hash};
use docrot::inventory::{FileEntry, FormatId, Inventory, Record, RootId, Status};
use docrot::rot::{self, Policy};

/// What a system holds: an address and a text.
const PAGES: [(&str, &str); 3] = [
    ("travel/policy", "Staff who travel by car are paid 45 pence a mile, and say so by the month."),
    ("old/travel", "Staff who travel by car are paid 45 pence a mile, and say so by the month."),
    ("rooms", "Rooms are booked at the desk, at the latest on the day before they are needed."),
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let as_of = std::env::args().nth(1).ok_or("name a day")?.parse()?;
    let records = PAGES.map(|(address, text)| Record {
        root: RootId(0),
        file: FileEntry { path: address.into(), size: text.len() as u64, ..FileEntry::default() },
        status: Status::Read,
        reached: None,
        format: Some(FormatId { name: "plain".to_owned(), version: 1 }),
        metadata: Metadata::default(),
        hash: Some(Hash::of(text.as_bytes())),
        fingerprint: Fingerprint::of(text),
    });
    let inventory = Inventory::new(vec![PathBuf::from("/wiki")], records.to_vec());
    // Texts are asked for members of groups only.
    let texts = |record: &Record| {
        let page = PAGES.iter().find(|it| record.file.path == *it.0);
        page.map(|it| it.1.to_owned())
    };
    let assessment = rot::assess(&inventory, &texts, &Policy::default(), as_of);
    for finding in &assessment.findings {
        let path = inventory[finding.document].file.path.display();
        println!("{}\t{path}", finding.rule.id);
    }
    Ok(())
}
