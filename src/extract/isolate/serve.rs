//! The worker's side: answers requests until the other side closes.

use std::io::{self, Read, Write};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::confine::Confinement;
use super::read_here;
use super::wire::{self, Request};
use crate::extract::{ARCHIVES, ExtractError, Format};

/// Readers recurse over nested structures; hostile ones nest deeply.
const STACK_BYTES: usize = 64 << 20;

/// How long a document that is being read is waited for after the other side has closed.
const FAREWELL: Duration = Duration::from_secs(1);

/// Reads documents that arrive on `input` and writes what they hold to `output`, until `input`
/// ends.
///
/// The whole body of a worker process: it limits the memory of the process it runs in to
/// `memory_bytes`, confines it so that nothing but its pipes can be used ([`Confinement`]), and
/// silences its panics, which are answers. The process should end when this returns, because a
/// reader may still be at work if the other side died. `output` must carry nothing else.
pub fn serve(
    formats: &'static [Format],
    mut input: impl Read,
    mut output: impl Write + Send + 'static,
    memory_bytes: u64,
) -> io::Result<()> {
    limit(memory_bytes);
    wire::write_greeting(&mut output, Confinement::WHOLE.take_effect())?;
    std::panic::set_hook(Box::new(|_| {}));
    let (requests, inbox) = mpsc::channel();
    let (done, is_done) = mpsc::channel();
    // A thread of its own, so that this one notices the end of input while a document is read.
    thread::Builder::new().stack_size(STACK_BYTES).spawn(move || {
        let _ = done.send(answer_all(formats, &inbox, output));
    })?;
    while let Some(request) = wire::read_request(&mut input)? {
        if requests.send(request).is_err() {
            break;
        }
    }
    drop(requests);
    is_done.recv_timeout(FAREWELL).unwrap_or(Ok(()))
}

fn answer_all(
    formats: &[Format],
    inbox: &mpsc::Receiver<Request>,
    mut output: impl Write,
) -> io::Result<()> {
    for Request { format: name, limits, bytes } in inbox {
        let answer = match formats.iter().chain(ARCHIVES).find(|format| format.name == name) {
            Some(format) => read_here(format, &bytes, &limits),
            None => Err(ExtractError::Unsupported(format!("format {name}"))),
        };
        wire::write_answer(&mut output, &answer)?;
    }
    Ok(())
}

/// Best effort: where the system refuses, the limits on time remain.
#[cfg(unix)]
fn limit(memory_bytes: u64) {
    use rustix::process::{Resource, Rlimit, setrlimit};

    let limit = |resource, bytes| {
        if let Err(error) =
            setrlimit(resource, Rlimit { current: Some(bytes), maximum: Some(bytes) })
        {
            log::warn!("cannot limit {resource:?} to {bytes} bytes: {error}");
        }
    };
    limit(Resource::As, memory_bytes);
    limit(Resource::Core, 0);
}

#[cfg(not(unix))]
fn limit(_memory_bytes: u64) {}
