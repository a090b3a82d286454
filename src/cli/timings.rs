//! The table that `--timings` prints.

use std::fmt::Write as _;
use std::time::Duration;

use docrot::scan::Summary;

/// Where the time of a scan went, a line a stage.
pub(super) fn table(summary: &Summary) -> String {
    let seconds = |time: Duration| format!("{:.2}", time.as_secs_f64());
    let mut table = format!(
        "{:<12}{:>9}{:>10}{:>11}  seconds, all threads together; the scan took {}\n",
        "stage",
        "times",
        "busy",
        "processor",
        seconds(summary.duration)
    );
    for row in &summary.timings {
        let processor = row.processor.map_or_else(|| "-".to_owned(), seconds);
        let (stage, count, busy) = (&row.stage, row.count, seconds(row.busy));
        writeln!(table, "{stage:<12}{count:>9}{busy:>10}{processor:>11}  {}", row.what)
            .expect("a string takes everything");
    }
    table
}
