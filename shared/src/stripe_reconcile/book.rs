//! What the table knows of customers, small enough for millions of users: 48 bytes for each, and 4 for each way to find it.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};

use crate::clock::Timestamp;
use crate::domain::{Customer, Fact, StripeCustomer, User, UserId, email_key};

/// Nothing to be compared.
const NONE: u64 = 0;

/// All rows, as one scan saw them, and which customers a listing named besides.
pub(super) struct Book {
    rows: Vec<Row>,
    /// Places in `rows`, by the customer that each lists.
    by_customer: Vec<u32>,
    /// Places of living rows without a customer, by their addresses.
    by_email: Vec<u32>,
    /// Customers who name a living user that lists another one, or none.
    candidates: Vec<Candidate>,
    /// Customers without metadata who have the address of a living user without a customer.
    addressed: Vec<(u32, StripeCustomer)>,
    /// Keyed anew in each run, so that nobody can choose an address that looks like another.
    digests: RandomState,
}

/// One row: its id, and digests of what is compared.
#[derive(Clone, Copy)]
struct Row {
    id: u128,
    customer: u64,
    email: u64,
    name: u64,
    id_end: u8,
    living: bool,
    listed: bool,
}

/// A customer who names a user, and is not the one that the user's row lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    user: (u128, u8),
    pub(super) id: StripeCustomer,
    pub(super) created_at: Timestamp,
}

/// What a listed customer is to the rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Met {
    /// As it should be, nobody's, or somebody's whom [`Book::close`] looks at.
    Nothing,
    /// The row of this user lists it, and something differs.
    Differs(UserId),
    /// It names somebody who is unknown or deleted here.
    Orphan,
}

/// A user whose customers need a closer look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Suspect {
    pub(super) user_id: UserId,
    /// Whether the listing did not name the customer that the row lists.
    pub(super) unlisted: bool,
    /// The customers who name this user, without the one that the row listed.
    pub(super) naming: Vec<Candidate>,
    /// Customers without metadata who have this user's address.
    pub(super) addressed: Vec<StripeCustomer>,
}

/// How many living rows list a customer, and how many of those the listing named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Links {
    /// All of them.
    pub(super) all: u64,
    /// Those that the listing named.
    pub(super) listed: u64,
}

impl Book {
    /// Room for so many rows, at once.
    pub(super) fn with_capacity(rows: usize) -> Self {
        let mut book = Self {
            rows: Vec::new(),
            by_customer: Vec::new(),
            by_email: Vec::new(),
            candidates: Vec::new(),
            addressed: Vec::new(),
            digests: RandomState::new(),
        };
        // Only a guess: where there is no such room, the rows themselves will tell.
        let _ = book.rows.try_reserve_exact(rows);
        book
    }

    /// Takes a row of the scan.
    pub(super) fn learn(&mut self, row: &User) {
        let Some((id, id_end)) = row.identity.user_id().bits() else { return };
        let living = row.is_living();
        let customer = row.stripe_customer_id.as_deref().filter(|_| living);
        self.rows.push(Row {
            id,
            customer: self.digest(customer),
            email: self.digest(row.facts.text(Fact::Email).map(email_key).as_deref()),
            name: self.digest(row.facts.text(Fact::Name).map(str::trim)),
            id_end,
            living,
            listed: false,
        });
    }

    /// Ends the scan: from here on rows are found.
    pub(super) fn settle(&mut self) {
        self.rows.sort_unstable_by_key(|row| row.id);
        let rows = &self.rows;
        let places = |wanted: fn(&Row) -> bool, key: fn(&Row) -> u64| {
            let wanted = rows.iter().enumerate().filter(|(_, row)| wanted(row));
            let mut places: Vec<u32> = wanted.filter_map(|(place, _)| u32::try_from(place).ok()).collect();
            places.sort_unstable_by_key(|place| rows.get(*place as usize).map(key));
            places
        };
        self.by_customer = places(|row| row.customer != NONE, |row| row.customer);
        let free = |row: &Row| row.living && row.customer == NONE && row.email != NONE;
        self.by_email = places(free, |row| row.email);
    }

    fn digest(&self, text: Option<&str>) -> u64 {
        text.map_or(NONE, |text| self.digests.hash_one(text).max(1))
    }

    /// Notes that a listing names this customer, and says whether it has to be looked at.
    pub(super) fn meet(&mut self, customer: &Customer) -> Met {
        if let Some(place) = self.lister(customer) {
            return self.meet_listed(place, customer);
        }
        let Some(named) = &customer.user_id else {
            return self.meet_unnamed(customer);
        };
        let Some(user) = UserId::parse(named).and_then(|user| user.bits()) else { return Met::Orphan };
        if !self.row_of(user).is_some_and(|row| row.living) {
            return Met::Orphan;
        }
        self.candidates.push(Candidate { user, id: customer.id.clone(), created_at: customer.created_at });
        Met::Nothing
    }

    fn lister(&self, customer: &Customer) -> Option<u32> {
        let digest = self.digest(Some(customer.id.as_str()));
        let at =
            self.by_customer.binary_search_by_key(&digest, |place| self.row(*place).map_or(NONE, |row| row.customer));
        self.by_customer.get(at.ok()?).copied()
    }

    fn row(&self, place: u32) -> Option<&Row> {
        self.rows.get(place as usize)
    }

    fn meet_listed(&mut self, place: u32, customer: &Customer) -> Met {
        let email = self.digest(customer.email.as_deref().map(email_key).as_deref());
        let name = self.digest(customer.name.as_deref().map(str::trim));
        let Some(row) = self.rows.get_mut(place as usize) else { return Met::Nothing };
        row.listed = true;
        let user_id = UserId::from_bits((row.id, row.id_end));
        let another = customer.user_id.is_some() && !customer.names(&user_id);
        let drifts =
            (row.email != NONE && row.email != email) || (row.name != NONE && name != NONE && row.name != name);
        if another || drifts { Met::Differs(user_id) } else { Met::Nothing }
    }

    fn meet_unnamed(&mut self, customer: &Customer) -> Met {
        let digest = self.digest(customer.email.as_deref().map(email_key).as_deref());
        if digest != NONE {
            let key = |place: &u32| self.row(*place).map_or(NONE, |row| row.email);
            let from = self.by_email.partition_point(|place| key(place) < digest);
            let same = self.by_email.iter().skip(from).take_while(|place| key(place) == digest);
            let found: Vec<_> = same.map(|place| (*place, customer.id.clone())).collect();
            self.addressed.extend(found);
        }
        Met::Nothing
    }

    /// Whether `row` is still as the scan saw it, as far as an address goes.
    pub(super) fn has_address_of(&self, row: &User) -> bool {
        let digest = self.digest(row.facts.text(Fact::Email).map(email_key).as_deref());
        let known = row.identity.user_id().bits().and_then(|user| self.row_of(user));
        known.is_some_and(|known| known.email == digest)
    }

    fn row_of(&self, (id, _): (u128, u8)) -> Option<&Row> {
        self.rows.get(self.rows.binary_search_by_key(&id, |row| row.id).ok()?)
    }

    /// Users whose customer the listing did not name.
    pub(super) fn unlisted(&self) -> impl Iterator<Item = UserId> {
        let unlisted = self.rows.iter().filter(|row| row.customer != NONE && !row.listed);
        unlisted.map(|row| UserId::from_bits((row.id, row.id_end)))
    }

    /// The links of living rows.
    pub(super) fn links(&self) -> Links {
        let linked = self.rows.iter().filter(|row| row.customer != NONE);
        linked.fold(Links::default(), |links, row| Links {
            all: links.all + 1,
            listed: links.listed + u64::from(row.listed),
        })
    }

    /// Ends the listing: everybody who needs a closer look, each once.
    pub(super) fn close(&mut self) -> Vec<Suspect> {
        let mut suspects = BTreeMap::<(u128, u8), Suspect>::new();
        let new = |user| Suspect {
            user_id: UserId::from_bits(user),
            unlisted: false,
            naming: Vec::new(),
            addressed: Vec::new(),
        };
        for candidate in std::mem::take(&mut self.candidates) {
            let suspect = suspects.entry(candidate.user).or_insert_with(|| new(candidate.user));
            // A customer that was listed twice is one.
            if !suspect.naming.iter().any(|known| known.id == candidate.id) {
                suspect.naming.push(candidate);
            }
        }
        for row in self.rows.iter().filter(|row| row.customer != NONE && !row.listed) {
            let user = (row.id, row.id_end);
            suspects.entry(user).or_insert_with(|| new(user)).unlisted = true;
        }
        for (place, customer) in std::mem::take(&mut self.addressed) {
            let Some(row) = self.rows.get(place as usize) else { continue };
            let user = (row.id, row.id_end);
            let suspect = suspects.entry(user).or_insert_with(|| new(user));
            if !suspect.addressed.contains(&customer) {
                suspect.addressed.push(customer);
            }
        }
        suspects.into_values().collect()
    }
}

#[cfg(test)]
mod tests;
