//! Runs a reader where it can not take the process down.
//!
//! [`Workers`] hands a document to a worker process and takes its life when it takes too long;
//! [`serve()`] is what that process does. [`read_here`] is for text formats, which only can panic.

mod confine;
mod pool;
mod serve;
mod wire;

pub use confine::Confinement;
pub use pool::{WorkerOptions, Workers};
pub use serve::serve;

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{Content, ExtractError, Format, Limits};

/// Reads a document in this process. A panic of the reader is [`ExtractError::Crashed`].
///
/// Stops neither an endless loop, nor a stack overflow, nor an allocation that never ends.
pub fn read_here(format: &Format, bytes: &[u8], limits: &Limits) -> Result<Content, ExtractError> {
    catch_unwind(AssertUnwindSafe(|| super::read(format, bytes, limits)))
        .unwrap_or_else(|panic| Err(ExtractError::Crashed(message_of(&*panic))))
}

fn message_of(panic: &(dyn Any + Send)) -> String {
    let message = panic.downcast_ref::<String>().map(String::as_str);
    let message = message.or_else(|| panic.downcast_ref::<&str>().copied());
    message.unwrap_or("panic").chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_crash_with_its_message() {
        let format = Format {
            name: "panics",
            extensions: &[],
            recognize: |_| false,
            version: 1,
            isolated: false,
            read: |bytes, _| panic!("{} bytes are too many", bytes.len()),
        };
        let expected = ExtractError::Crashed("3 bytes are too many".into());
        assert_eq!(read_here(&format, b"abc", &Limits::default()), Err(expected));
    }
}
