//! docrot, broken on purpose: killed at every step that changes the disk and at any instant, and
//! refused by the system whatever it can be refused. What was there before is there after it, and
//! the next run ends where an undisturbed one would have.
//!
//! Calls of the system are counted, refused and answered with SIGKILL by `strace`, which sees all
//! of them whatever library makes them; `tests/run` installs it. A few of all steps are drawn in
//! ordinary runs; `tests/nightly` sets `DOCROT_BREAKING` and takes every one.
#![cfg(target_os = "linux")]
#![expect(clippy::disallowed_methods, reason = "the trees are the tests' own")]

mod faults;
mod kills;
mod operations;
mod stage;
mod together;
mod trace;

/// Whether every step is to be broken, not only a few.
fn is_thorough() -> bool {
    std::env::var_os("DOCROT_BREAKING").is_some_and(|it| !it.is_empty())
}

/// Numbers that are the same in every run.
struct Lots(u64);

impl Lots {
    /// A number from 0 to 1.
    fn draw(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        (self.0 >> 40) as f64 / f64::from(1 << 24)
    }

    /// So many of these, or all where every step is to be broken.
    fn some<T: Clone>(&mut self, of: &[T], count: usize) -> Vec<T> {
        if is_thorough() {
            return of.to_vec();
        }
        let mut left = of.to_vec();
        let mut drawn = Vec::new();
        while drawn.len() < count && !left.is_empty() {
            drawn.push(left.swap_remove((self.draw() * left.len() as f64) as usize));
        }
        drawn
    }
}
