//! A crowd with a small index of who is gone, so that counts and far pages cost no walk through it.

use std::ops::Range;

use super::Crowd;

/// How many numbers one entry of the index stands for.
const BLOCK: u64 = 1024;

/// A crowd, and how many are gone before each block of numbers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Crowded {
    crowd: Crowd,
    /// Nothing, where nobody is gone.
    gone_before: Vec<u64>,
}

impl Crowded {
    pub(crate) fn new(crowd: Crowd) -> Self {
        let crowd = Crowd { count: crowd.count.min(Crowd::MOST), ..crowd };
        let mut gone_before = Vec::new();
        if crowd.gone > 0.0 {
            let mut gone = 0;
            for block in 0..=crowd.count / BLOCK {
                gone_before.push(gone);
                let numbers = block * BLOCK..(block + 1) * BLOCK;
                gone += numbers.filter(|number| crowd.is_gone(*number)).count() as u64;
            }
        }
        Self { crowd, gone_before }
    }

    pub(crate) fn crowd(&self) -> Crowd {
        self.crowd
    }

    /// How many are there.
    pub(crate) fn living(&self) -> u64 {
        self.living_before(self.crowd.count)
    }

    /// How many of these numbers are there.
    pub(crate) fn living_in(&self, numbers: &Range<u64>) -> u64 {
        self.living_before(numbers.end).saturating_sub(self.living_before(numbers.start))
    }

    /// The numbers made at `from` or later, and before `until`.
    pub(crate) fn between(&self, from: i64, until: i64) -> Range<u64> {
        let (first, end) = (self.crowd.first_at(from), self.crowd.first_at(until));
        first..end.max(first)
    }

    /// The number of the one who has so many before them; past the last number, when there is nobody.
    pub(crate) fn nth_living(&self, before: u64) -> u64 {
        let (mut low, mut high) = (0, self.crowd.count);
        while low < high {
            let middle = low.midpoint(high);
            if self.living_before(middle + 1) > before { high = middle } else { low = middle + 1 }
        }
        low
    }

    fn living_before(&self, number: u64) -> u64 {
        let block = number / BLOCK;
        let Some(gone) = usize::try_from(block).ok().and_then(|block| self.gone_before.get(block)) else {
            return number;
        };
        let rest = (block * BLOCK..number).filter(|number| self.crowd.is_gone(*number)).count() as u64;
        number - gone - rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_agree_with_a_walk() {
        for gone in [0.0, 0.3, 1.0] {
            let crowd = Crowd { gone, ..Crowd::of(5000) };
            let crowded = Crowded::new(crowd);
            let living: Vec<u64> = (0..5000).filter(|number| !crowd.is_gone(*number)).collect();
            assert_eq!(crowded.living(), living.len() as u64);
            for (place, number) in living.iter().enumerate().step_by(97) {
                assert_eq!(crowded.nth_living(place as u64), *number);
            }
            assert_eq!(crowded.nth_living(living.len() as u64), 5000);
            let middle = living.iter().filter(|number| (1000..3100).contains(*number)).count();
            assert_eq!(crowded.living_in(&(1000..3100)), middle as u64);
        }
    }
}
