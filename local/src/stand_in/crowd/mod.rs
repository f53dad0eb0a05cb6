//! A crowd: any number of invented users, each computed from its number, and none stored.
//!
//! A crowd is on top of the stored users, and elder than they: listings by time of creation have it first.
//! Its users are listed, counted, searched, exported and read; they cannot be changed one by one.

mod count;
mod facts;
mod id;
mod listed;
mod share;
mod times;

use serde::{Deserialize, Serialize};

pub(crate) use count::Crowded;
pub(crate) use id::{Id, hex};
pub(crate) use listed::{Known, joined};

use share::{Dice, is_in};

/// A crowd, as `PUT /_control/crowd` takes it. `{}` is nobody.
///
/// Users of equal number and seed are the same, whatever the rest: so a crowd can grow, and some of it change or go.
/// Who is in a share stays in it when the share grows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Crowd {
    /// How many there are, [`Crowd::MOST`] at the most. Their numbers begin with 0.
    pub count: u64,
    /// The share of them, 0 to 1, who have another name and a later time of change than they would have.
    pub changed: f64,
    /// The share of them, 0 to 1, who are not there any more.
    pub gone: f64,
    /// Other people, with other identifiers.
    pub seed: u64,
}

impl Crowd {
    /// The largest crowd.
    pub const MOST: u64 = 10_000_000;

    /// So many, all of them there and as they always were.
    pub fn of(count: u64) -> Self {
        Self { count, ..Self::default() }
    }

    /// Refuses numbers that make no sense.
    pub(crate) fn checked(self) -> Result<Self, &'static str> {
        let is_share = |share: f64| (0.0..=1.0).contains(&share);
        if self.count > Self::MOST {
            return Err("count is at most 10000000");
        }
        if is_share(self.changed) && is_share(self.gone) { Ok(self) } else { Err("changed and gone are from 0 to 1") }
    }

    /// Whether this user is not there any more.
    pub fn is_gone(&self, number: u64) -> bool {
        is_in(self.gone, self.dice(number, Dice::Gone))
    }

    /// Whether this user has changed.
    pub fn is_changed(&self, number: u64) -> bool {
        is_in(self.changed, self.dice(number, Dice::Changed))
    }

    /// Whether there is a user of this number.
    pub fn has(&self, number: u64) -> bool {
        number < self.count.min(Self::MOST) && !self.is_gone(number)
    }

    /// How many are there.
    pub fn living(&self) -> u64 {
        Crowded::new(*self).living()
    }

    /// How many are there and have changed.
    pub fn living_changed(&self) -> u64 {
        let numbers = 0..self.count.min(Self::MOST);
        numbers.filter(|number| self.is_changed(*number) && !self.is_gone(*number)).count() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_about_as_large_as_asked_and_grows_by_newcomers() {
        let few = Crowd { changed: 0.01, gone: 0.02, ..Crowd::of(100_000) };
        let more = Crowd { changed: 0.5, gone: 0.5, ..few };
        let numbers = |is: &dyn Fn(u64) -> bool| (0..few.count).filter(|number| is(*number)).count();
        assert!((900..1100).contains(&numbers(&|number| few.is_changed(number))));
        assert!((1850..2150).contains(&numbers(&|number| few.is_gone(number))));
        assert_eq!(numbers(&|number| few.is_changed(number) && !more.is_changed(number)), 0);
        let all = Crowd { changed: 1.0, gone: 0.0, ..few };
        assert_eq!((all.living_changed(), all.living()), (100_000, 100_000));
        assert_eq!(Crowd { gone: 1.0, ..few }.living(), 0);
    }
}
