//! The JSON report as lines, each an object that says its `type`: for programs that read on while
//! it is written, and for log stores.
//!
//! The first line is the report's head; findings, groups and the rest follow, in the order of the
//! JSON report and with the same fields.

use std::io::{self, Write};

use serde::Serialize;

use crate::report::{Report, Writer};
use crate::rot::identity;

use super::{
    V1Boilerplate, V1Finding, V1Gone, V1Group, V1Head, V1PastScan, V1Precision, V1Problem,
    V1Subject, V1Suggestion, write_line,
};

pub(in crate::report) const WRITER: Writer = Writer::text("ndjson", "ndjson", write);

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum V1Line<'a> {
    Report(V1Head<'a>),
    Finding(V1Finding<'a>),
    Gone(V1Gone<'a>),
    Group(V1Group<'a>),
    Boilerplate(V1Boilerplate<'a>),
    Subject(V1Subject<'a>),
    Suggestion(V1Suggestion<'a>),
    Precision(V1Precision<'a>),
    PastScan(V1PastScan<'a>),
    Problem(V1Problem<'a>),
}

fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut out = io::BufWriter::new(out);
    let mut line = |line: V1Line| {
        write_line(&line, &mut out)?;
        out.write_all(b"\n")
    };
    let assessment = report.assessment;
    line(V1Line::Report(V1Head::of(report)))?;
    let group_ids = identity::group_ids(report.inventory, &assessment.groups);
    for position in 0..assessment.findings.len() {
        line(V1Line::Finding(V1Finding::of(report, position, &group_ids)))?;
    }
    for gone in report.gone {
        line(V1Line::Gone(V1Gone::of(gone)))?;
    }
    for (group, id) in assessment.groups.iter().zip(&group_ids) {
        line(V1Line::Group(V1Group::of(report, group, id)))?;
    }
    for passage in &assessment.boilerplate {
        line(V1Line::Boilerplate(V1Boilerplate::of(report, passage)))?;
    }
    if let Some(subjects) = &assessment.subjects {
        for position in 0..subjects.list.len() {
            line(V1Line::Subject(V1Subject::of(report, subjects, position)))?;
        }
    }
    for suggestion in report.suggestions {
        line(V1Line::Suggestion(V1Suggestion::of(report, suggestion)))?;
    }
    for precision in report.precision {
        line(V1Line::Precision(V1Precision::of(precision)))?;
    }
    for scan in report.history {
        line(V1Line::PastScan(V1PastScan::of(scan)))?;
    }
    for problem in &report.summary.problems {
        line(V1Line::Problem(V1Problem::of(report, problem)))?;
    }
    for problem in report.inventory.iter().filter_map(|(_, it)| V1Problem::of_record(report, it)) {
        line(V1Line::Problem(problem))?;
    }
    out.flush()
}
