//! How fast texts are boiled down, in bytes of text per second.

use divan::Bencher;
use divan::counter::BytesCount;
use docrot::fingerprint::{Features, Fingerprint, normalize};

fn main() {
    divan::main();
}

/// Prose of `words` words out of a vocabulary with the skew of real text.
fn prose(words: usize) -> String {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut text = String::new();
    for word in 0..words {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let uniform = (state >> 40) as f64 / f64::from(1 << 24);
        let rank = (5_000_f64.powf(uniform)) as u64;
        let letters = (rank.wrapping_mul(0x9e37_79b9) >> 3) % 26_u64.pow(4);
        for place in 0..(2 + rank % 8) as u32 {
            text.push((b'a' + (letters / 26_u64.pow(place % 4) % 26) as u8) as char);
        }
        text.push_str(match word % 17 {
            16 => ".\n",
            8 => ", ",
            _ => " ",
        });
    }
    text
}

const WORDS: &[usize] = &[200, 2_000, 100_000];

#[divan::bench(args = WORDS)]
fn fingerprint(bencher: Bencher<'_, '_>, words: usize) {
    let text = prose(words);
    bencher.counter(BytesCount::of_str(&text)).bench(|| Fingerprint::of(&text));
}

/// As most languages are written: an accented letter every few words.
#[divan::bench(args = WORDS)]
fn fingerprint_accented(bencher: Bencher<'_, '_>, words: usize) {
    let text = prose(words).replace("qu", "\u{fc}").replace("ae", "\u{e9}");
    bencher.counter(BytesCount::of_str(&text)).bench(|| Fingerprint::of(&text));
}

#[divan::bench(args = WORDS)]
fn normalized(bencher: Bencher<'_, '_>, words: usize) {
    let text = prose(words);
    bencher.counter(BytesCount::of_str(&text)).bench(|| normalize(&text));
}

#[divan::bench(args = WORDS)]
fn shingles(bencher: Bencher<'_, '_>, words: usize) {
    let text = prose(words);
    bencher.counter(BytesCount::of_str(&text)).bench(|| Features::shingles(&text));
}

#[divan::bench]
fn sheet(bencher: Bencher<'_, '_>) {
    let text = prose(20_000);
    bencher.counter(BytesCount::of_str(&text)).bench(|| Fingerprint::of_rows(text.split('\n')));
}
