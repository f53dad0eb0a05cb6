//! Random identifiers from a seed, so that a run can be repeated.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const HEX: &[u8] = b"0123456789abcdef";

/// A seeded source of identifiers that can be taken up again where a snapshot left it.
#[derive(Debug)]
pub(crate) struct Draw {
    rng: StdRng,
    seed: u64,
    drawn: u64,
}

impl Draw {
    pub(crate) fn new(seed: u64) -> Self {
        Self { rng: StdRng::seed_from_u64(seed), seed, drawn: 0 }
    }

    /// How many identifiers were drawn so far: what [`Draw::resume`] wants back.
    pub(crate) fn drawn(&self) -> u64 {
        self.drawn
    }

    /// Goes on after `drawn` identifiers of an earlier process, with none of those again.
    pub(crate) fn resume(&mut self, drawn: u64) {
        let salt = drawn.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.rng = StdRng::seed_from_u64(self.seed ^ salt);
        self.drawn = drawn;
    }

    /// 27 characters, as the identifiers of Clerk and Svix have behind their prefix.
    pub(crate) fn base62(&mut self, prefix: &str) -> String {
        self.text(prefix, BASE62, 27)
    }

    /// 24 hexadecimal digits, as the subjects of Auth0's own database have.
    pub(crate) fn hex(&mut self) -> String {
        self.text("", HEX, 24)
    }

    /// So many letters and digits behind a prefix.
    pub(crate) fn letters(&mut self, prefix: &str, length: usize) -> String {
        self.text(prefix, BASE62, length)
    }

    /// A number below `bound`, and 0 when that is 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        if bound == 0 { 0 } else { self.rng.random_range(0..bound) }
    }

    fn text(&mut self, prefix: &str, alphabet: &[u8], length: usize) -> String {
        self.drawn += 1;
        let mut text = String::with_capacity(prefix.len() + length);
        text.push_str(prefix);
        for _ in 0..length {
            let place = self.below(alphabet.len());
            text.push(alphabet.get(place).map_or('0', |&byte| char::from(byte)));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_draws_the_same_identifiers() {
        let (mut one, mut other) = (Draw::new(7), Draw::new(7));
        assert_eq!(one.base62("user_"), other.base62("user_"));
        assert_eq!(one.hex().len(), 24);
        assert_ne!(one.base62("user_"), Draw::new(8).base62("user_"));
    }

    #[test]
    fn a_resumed_source_does_not_repeat_itself() {
        let mut first = Draw::new(7);
        let before: Vec<String> = (0..10).map(|_| first.base62("")).collect();
        let mut second = Draw::new(7);
        second.resume(first.drawn());
        assert!((0..10).all(|_| !before.contains(&second.base62(""))));
    }
}
