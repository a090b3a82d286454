//! JSON with one finding, group or problem a line, in which no character can steer a terminal.
//!
//! Line by line it can be searched and compared; what is hazardous is written as `\uXXXX`, which is
//! the same string to every JSON reader.

use std::io;

use serde_json::ser::Formatter;

use crate::report::escape;

/// Breaks lines between the keys of the outermost object and between the items of its arrays.
#[derive(Default)]
pub(super) struct Lines {
    depth: usize,
}

impl Formatter for Lines {
    fn write_string_fragment<W: io::Write + ?Sized>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        write_harmless(out, fragment)
    }

    fn begin_object<W: io::Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.depth += 1;
        out.write_all(b"{")
    }

    fn end_object<W: io::Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.depth -= 1;
        out.write_all(if self.depth == 0 { b"\n}" } else { b"}" })
    }

    fn begin_object_key<W: io::Write + ?Sized>(
        &mut self,
        out: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.between(out, first, 1)
    }

    fn begin_array<W: io::Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.depth += 1;
        out.write_all(b"[")
    }

    fn end_array<W: io::Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.depth -= 1;
        out.write_all(b"]")
    }

    fn begin_array_value<W: io::Write + ?Sized>(
        &mut self,
        out: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.between(out, first, 2)
    }
}

impl Lines {
    fn between<W: io::Write + ?Sized>(
        &self,
        out: &mut W,
        first: bool,
        depth: usize,
    ) -> io::Result<()> {
        if !first {
            out.write_all(b",")?;
        }
        if self.depth == depth { out.write_all(b"\n") } else { Ok(()) }
    }
}

/// Everything in one line.
pub(super) struct Line;

impl Formatter for Line {
    fn write_string_fragment<W: io::Write + ?Sized>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        write_harmless(out, fragment)
    }
}

/// Writes part of a string, with what is hazardous as `\uXXXX`.
fn write_harmless<W: io::Write + ?Sized>(out: &mut W, fragment: &str) -> io::Result<()> {
    let mut rest = fragment;
    while let Some(position) = rest.find(escape::is_hazard) {
        let (before, after) = rest.split_at(position);
        out.write_all(before.as_bytes())?;
        let Some(hazard) = after.chars().next() else { break };
        for unit in hazard.encode_utf16(&mut [0; 2]) {
            write!(out, "\\u{unit:04x}")?;
        }
        rest = &after[hazard.len_utf8()..];
    }
    out.write_all(rest.as_bytes())
}
