//! The faults of each message, thrown from a seed.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::faults::{Delay, Faults};

/// What the dice say of one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fate {
    pub(crate) lost: bool,
    /// The wait before the first copy, and before the second one if there is one.
    pub(crate) waits: (u64, Option<u64>),
}

#[derive(Debug)]
pub(crate) struct Dice(StdRng);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(StdRng::seed_from_u64(seed))
    }

    /// Throws the same number of dice for every message, so that one fault's share does not move another's.
    pub(crate) fn fate(&mut self, faults: &Faults) -> Fate {
        let lost = self.0.random::<f64>() < faults.lose;
        let repeated = self.0.random::<f64>() < faults.repeat;
        let Delay { min, max } = faults.delay_ms;
        let mut wait = || self.0.random_range(min..=max.max(min));
        let (first, second) = (wait(), wait());
        Fate { lost, waits: (first, repeated.then_some(second)) }
    }

    /// Which of `held` messages goes next.
    pub(crate) fn pick(&mut self, held: usize) -> usize {
        self.0.random_range(0..held.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_decides_the_same_fates() {
        let faults = Faults { lose: 0.3, repeat: 0.3, delay_ms: Delay { min: 1, max: 9 }, ..Faults::default() };
        let fates = |seed| {
            let mut dice = Dice::new(seed);
            (0..200).map(|_| dice.fate(&faults)).collect::<Vec<_>>()
        };
        assert_eq!(fates(1), fates(1));
        assert_ne!(fates(1), fates(2));
        let lost = fates(1).iter().filter(|fate| fate.lost).count();
        assert!((40..80).contains(&lost), "{lost} of 200 lost");
    }
}
