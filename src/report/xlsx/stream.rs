//! Hands a workbook over to whoever takes it, as it is made.
//!
//! The library that makes workbooks wants to own what it writes to, and panics where its own
//! temporary files cannot be written. So it runs in a thread of its own that sends what it makes in
//! pieces, and what goes wrong on either side becomes an error on this one.

use std::io::{self, Write};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use rust_xlsxwriter::XlsxError;

/// Pieces on their way, at most.
const PIECES: usize = 16;
const PIECE_BYTES: usize = 1 << 16;

/// Makes a workbook with `make` and writes it to `out`.
pub(super) fn write(
    out: &mut dyn Write,
    make: impl FnOnce(Pieces) -> Result<(), XlsxError> + Send,
) -> io::Result<()> {
    let (sender, pieces) = sync_channel::<Vec<u8>>(PIECES);
    thread::scope(|scope| {
        let maker = scope.spawn(move || make(Pieces { sender, piece: Vec::new() }));
        // Where this fails, the pieces are dropped, and the maker finds nobody to send to.
        let written = pieces.into_iter().try_for_each(|piece| out.write_all(&piece));
        let made = maker.join();
        written?;
        match made {
            Ok(made) => made.map_err(io::Error::other),
            Err(_) => Err(io::Error::other(
                "the workbook could not be made: is there room in the folder for temporary files?",
            )),
        }
    })
}

/// Sends what is written in pieces. Writing never fails: nobody takes the pieces only where writing
/// them out has failed, which is told there.
pub(super) struct Pieces {
    sender: SyncSender<Vec<u8>>,
    piece: Vec<u8>,
}

impl Pieces {
    fn send(&mut self) {
        let piece = std::mem::take(&mut self.piece);
        if !piece.is_empty() {
            // See above: the failure is known on the other side.
            let _ = self.sender.send(piece);
        }
    }
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if PIECE_BYTES <= self.piece.len() {
            self.send();
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.send();
        Ok(())
    }
}

impl Drop for Pieces {
    fn drop(&mut self) {
        self.send();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes so many bytes and no more, like a disk.
    struct Disk(usize);

    impl Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let fits = bytes.len().min(self.0);
            self.0 -= fits;
            if fits == 0 { Err(io::ErrorKind::StorageFull.into()) } else { Ok(fits) }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_full_disk_is_an_error_and_ends_the_work() {
        let make = |mut out: Pieces| {
            for _ in 0..1000 {
                out.write_all(&[0; 10_000])?;
            }
            Ok(())
        };
        let error = write(&mut Disk(100_000), make).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        assert!(write(&mut Disk(20_000_000), make).is_ok());
    }

    #[test]
    fn what_ends_the_maker_is_an_error() {
        let error = write(&mut Vec::new(), |_| Err(XlsxError::RowColumnLimitError)).unwrap_err();
        assert_eq!(error.to_string(), XlsxError::RowColumnLimitError.to_string());
    }
}
