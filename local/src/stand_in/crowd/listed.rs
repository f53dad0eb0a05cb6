//! A crowd and the stored users as one listing.

use std::ops::Range;

use super::Crowded;

/// How far a listing knows the users, where a fault has it know the eldest alone.
pub(crate) enum Known<Place> {
    All,
    /// Numbers of the crowd below this one.
    Crowd(u64),
    /// All of the crowd, and stored users before this place.
    Stored(Place),
}

impl<Place: Ord + Clone> Known<Place> {
    /// The eldest so many; all, where nothing is said or there are no more.
    pub(crate) fn eldest<'a>(many: Option<usize>, crowd: &Crowded, mut stored: impl Iterator<Item = &'a Place>) -> Self
    where
        Place: 'a,
    {
        let Some(many) = many else { return Self::All };
        let (many_in_all, living) = (many as u64, crowd.living());
        if many_in_all < living {
            return Self::Crowd(crowd.nth_living(many_in_all));
        }
        let beyond = usize::try_from(many_in_all - living).unwrap_or(usize::MAX);
        stored.nth(beyond).map_or(Self::All, |place| Self::Stored(place.clone()))
    }

    pub(crate) fn has_number(&self, number: u64) -> bool {
        match self {
            Self::Crowd(end) => number < *end,
            _ => true,
        }
    }

    pub(crate) fn has_place(&self, place: &Place) -> bool {
        match self {
            Self::All => true,
            Self::Crowd(_) => false,
            Self::Stored(end) => place < end,
        }
    }

    /// The part of the numbers that is known.
    pub(crate) fn of(&self, numbers: Range<u64>) -> Range<u64> {
        match self {
            Self::Crowd(end) => numbers.start.min(*end)..numbers.end.min(*end),
            _ => numbers,
        }
    }
}

/// The crowd first and the stored ones behind it, or all of it the other way round, without the first `skip`. Those of
/// the crowd are not walked through to be skipped.
pub(crate) fn joined<'a, T: 'a>(
    crowd: &'a Crowded,
    numbers: Range<u64>,
    user: impl Fn(u64) -> T + 'a,
    mut stored: Box<dyn Iterator<Item = T> + 'a>,
    (descending, skip): (bool, usize),
) -> Box<dyn Iterator<Item = T> + 'a> {
    let living = crowd.living_in(&numbers);
    let before = crowd.living_in(&(0..numbers.start));
    let is_there = |number: &u64| !crowd.crowd().is_gone(*number);
    if descending {
        let skipped = if skip == 0 { 0 } else { stored.by_ref().take(skip).count() };
        let left = living.saturating_sub((skip - skipped) as u64);
        let end = if left == living { numbers.end } else { crowd.nth_living(before + left) };
        let numbers = numbers.start..end.min(numbers.end);
        return Box::new(stored.chain(numbers.rev().filter(is_there).map(user)));
    }
    let skipped = living.min(skip as u64);
    let start = if skipped == 0 { numbers.start } else { crowd.nth_living(before + skipped) };
    let numbers = start.min(numbers.end)..numbers.end;
    let rest = usize::try_from(skip as u64 - skipped).unwrap_or(usize::MAX);
    Box::new(numbers.filter(is_there).map(user).chain(stored.skip(rest)))
}

#[cfg(test)]
mod tests {
    use super::super::Crowd;
    use super::*;

    #[test]
    fn what_is_skipped_is_what_a_walk_would_skip() {
        let crowd = Crowded::new(Crowd { gone: 0.4, ..Crowd::of(60) });
        let list = |descending, skip| -> Vec<u64> {
            let mut stored = vec![1000, 1001, 1002];
            if descending {
                stored.reverse();
            }
            joined(&crowd, 10..50, |number| number, Box::new(stored.into_iter()), (descending, skip)).collect()
        };
        for descending in [false, true] {
            let all = list(descending, 0);
            for skip in 0..all.len() + 2 {
                assert_eq!(list(descending, skip), all.get(skip..).unwrap_or_default(), "{descending} {skip}");
            }
        }
        let back: Vec<u64> = list(true, 0).into_iter().rev().collect();
        assert_eq!(back, list(false, 0));
    }

    #[test]
    fn the_eldest_are_of_the_crowd_first() {
        let crowd = Crowded::new(Crowd::of(5));
        let known = |many| Known::eldest(Some(many), &crowd, [10, 20, 30].iter());
        assert_eq!(known(3).of(1..5), 1..3);
        assert!(!known(3).has_place(&10) && known(3).has_number(2) && !known(3).has_number(3));
        assert!(known(6).has_place(&10) && !known(6).has_place(&20));
        assert!(known(9).has_place(&30));
    }
}
