//! When the users of a crowd were made, and who was made by when.

use super::Crowd;
use super::share::Dice;

/// 1 January 2010: the first of a crowd was made soon after.
const BEGINNING: i64 = 1_262_304_000_000;
/// One user is made in each so many milliseconds. Ten million are made by the autumn of 2022.
const STEP: u64 = 40_000;

impl Crowd {
    /// When this user was made, in milliseconds: the larger the number, the later.
    pub fn created_at(&self, number: u64) -> i64 {
        let since = number * STEP + self.dice(number, Dice::Created) % STEP;
        BEGINNING.saturating_add_unsigned(since)
    }

    /// The first number that was made at this time or later.
    pub(super) fn first_at(&self, ms: i64) -> u64 {
        let all = self.count.min(Self::MOST);
        let Ok(since) = u64::try_from(ms.saturating_sub(BEGINNING)) else { return 0 };
        let number = (since / STEP).min(all);
        if number < all && self.created_at(number) < ms { number + 1 } else { number }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_leads_to_the_first_who_is_not_before_it() {
        let crowd = Crowd { seed: 7, ..Crowd::of(500) };
        for number in 0..500 {
            let at = crowd.created_at(number);
            assert_eq!((crowd.first_at(at), crowd.first_at(at + 1)), (number, number + 1));
        }
        assert_eq!((crowd.first_at(i64::MIN), crowd.first_at(0), crowd.first_at(i64::MAX)), (0, 0, 500));
    }
}
