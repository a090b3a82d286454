//! Memory that several threads share: whoever needs some of it takes it, and waits while there is
//! none.

use std::convert::Infallible;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Rare enough to cost nothing, and soon enough for whoever waits for a scan to end.
const BETWEEN_CHECKS: Duration = Duration::from_millis(500);

/// So many bytes that may be in use at a time.
#[derive(Debug)]
pub struct Room {
    bytes: u64,
    free: Mutex<u64>,
    freed: Condvar,
}

/// A part of a [`Room`] that is in use; given back when it is dropped.
#[derive(Debug)]
pub struct Taken {
    room: Arc<Room>,
    bytes: u64,
}

impl Room {
    /// A room of so many bytes, all of them free.
    pub fn of(bytes: u64) -> Arc<Self> {
        Arc::new(Self { bytes, free: Mutex::new(bytes), freed: Condvar::new() })
    }

    /// Takes so many bytes, waiting until they are free. Whoever needs more than there is at all
    /// gets the whole room for itself.
    pub fn take(self: &Arc<Self>, bytes: u64) -> Taken {
        let Ok(taken) = self.take_while(bytes, || Ok::<_, Infallible>(()));
        taken
    }

    /// Takes so many bytes as [`Self::take`] does, but gives up with the error of `check`, which is
    /// asked now and then while waiting: whether what holds the room can still give any of it back.
    pub fn take_while<E>(
        self: &Arc<Self>,
        bytes: u64,
        check: impl Fn() -> Result<(), E>,
    ) -> Result<Taken, E> {
        let bytes = bytes.min(self.bytes);
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        while *free < bytes {
            let waited = self.freed.wait_timeout(free, BETWEEN_CHECKS);
            let (again, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
            free = again;
            if timeout.timed_out() {
                drop(free);
                check()?;
                free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
            }
        }
        *free -= bytes;
        Ok(Taken { room: Arc::clone(self), bytes })
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        *self.room.free.lock().unwrap_or_else(PoisonError::into_inner) += self.bytes;
        // Those who wait need different amounts.
        self.room.freed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;

    use super::*;

    #[test]
    fn no_more_is_taken_than_there_is() {
        let room = Room::of(10);
        let first = room.take(6);
        let (sender, taken) = mpsc::channel();
        thread::scope(|scope| {
            let room = &room;
            scope.spawn(move || {
                let _second = room.take(5);
                sender.send(*room.free.lock().unwrap()).unwrap();
            });
            assert_eq!(*room.free.lock().unwrap(), 4);
            drop(first);
        });
        assert_eq!(taken.recv(), Ok(5));
        assert_eq!(*room.free.lock().unwrap(), 10);
    }

    #[test]
    fn nobody_waits_for_what_is_never_given_back() {
        let room = Room::of(10);
        let _held = room.take(10);
        assert_eq!(room.take_while(1, || Err("gone")).err(), Some("gone"));
    }

    #[test]
    fn too_much_takes_all_of_it() {
        let room = Room::of(10);
        let all = room.take(u64::MAX);
        assert_eq!(*room.free.lock().unwrap(), 0);
        drop(all);
        assert_eq!(*room.free.lock().unwrap(), 10);
    }
}
