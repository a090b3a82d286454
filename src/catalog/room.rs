//! Memory that several threads share: whoever needs some of it takes it, and waits while there is
//! none.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

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
        let bytes = bytes.min(self.bytes);
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        while *free < bytes {
            free = self.freed.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
        *free -= bytes;
        Taken { room: Arc::clone(self), bytes }
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
    fn too_much_takes_all_of_it() {
        let room = Room::of(10);
        let all = room.take(u64::MAX);
        assert_eq!(*room.free.lock().unwrap(), 0);
        drop(all);
        assert_eq!(*room.free.lock().unwrap(), 10);
    }
}
