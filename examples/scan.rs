//! Embeds an audit: scans a folder into a catalog, judges it, and prints each finding.
//!
//!     cargo run --example scan -- FOLDER YYYY-MM-DD

use std::ops::ControlFlow;
use std::path::PathBuf;

use chrono::NaiveDate;
use docrot::catalog::Catalog;
use docrot::rot::{self, Policy};
use docrot::scan::{ScanOptions, scan};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let root = PathBuf::from(arguments.next().ok_or("name a folder")?);
    let as_of: NaiveDate = arguments.next().ok_or("name a day")?.parse()?;

    let folder = tempfile::tempdir()?;
    let catalog = Catalog::open_or_create(folder.path())?;
    // Without `workers`, every format is read in this process. `Break` would end the scan.
    scan(&[root], &ScanOptions::default(), &catalog, |_| ControlFlow::Continue(()))?;

    let inventory = catalog.inventory()?;
    let assessment = rot::assess(&inventory, &catalog.texts()?, &Policy::default(), as_of);
    for finding in &assessment.findings {
        let path = inventory[finding.document].file.path.display();
        println!("{}\t{}\t{path}", finding.severity.name(), finding.rule.id);
    }
    Ok(())
}
