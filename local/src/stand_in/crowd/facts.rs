//! Who a user of a crowd is: names, an address and times, the same for both providers.

use super::share::Dice;
use super::{Crowd, hex};

const GIVEN: [&str; 32] = [
    "Amara", "Anna", "Beatriz", "Bilal", "Chiara", "Daniel", "Deepa", "Elif", "Emeka", "Fatima", "Freya", "Goran",
    "Hana", "Hugo", "Ines", "Ivan", "Jonas", "Jun", "Katarina", "Kofi", "Lena", "Liam", "Maja", "Mateo", "Mei", "Noah",
    "Oksana", "Priya", "Rafael", "Sofia", "Tariq", "Yara",
];

const FAMILY: [&str; 32] = [
    "Abebe",
    "Andersen",
    "Bauer",
    "Castillo",
    "Dubois",
    "Eriksson",
    "Fernandes",
    "Fischer",
    "Garcia",
    "Haddad",
    "Horvat",
    "Ito",
    "Jansen",
    "Kamau",
    "Kowalski",
    "Kumar",
    "Larsen",
    "Lindgren",
    "Mbeki",
    "Moreau",
    "Nakamura",
    "Novak",
    "Okafor",
    "Oliveira",
    "Petrov",
    "Reyes",
    "Rossi",
    "Silva",
    "Singh",
    "Tanaka",
    "Weber",
    "Yilmaz",
];

const HOUR: u64 = 3_600_000;

/// The facts of one user. Times are in milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) given: &'static str,
    pub(crate) family: &'static str,
    pub(crate) email: String,
    pub(crate) verified: bool,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    /// How often this user has logged in.
    pub(crate) logins: u64,
}

impl Crowd {
    /// The facts of a number, whether it is gone or not.
    pub(crate) fn facts(&self, number: u64) -> Facts {
        let (names, die) = (self.dice(number, Dice::Names), self.dice(number, Dice::Facts));
        let (given, before) = (pick(&GIVEN, names), pick(&FAMILY, names >> 16));
        let created_at = self.created_at(number);
        let since = HOUR + self.dice(number, Dice::Updated) % (30 * 24 * HOUR);
        let is_changed = self.is_changed(number);
        // Another family name, and never the same one; the address stays.
        let family = if is_changed { pick(&FAMILY, (names >> 16) + 1 + (names >> 32) % 31) } else { before };
        let later = if is_changed { HOUR + die % (24 * HOUR) } else { 0 };
        Facts {
            given,
            family,
            email: email(given, before, number),
            verified: !die.is_multiple_of(8),
            created_at,
            updated_at: created_at.saturating_add_unsigned(since + later),
            logins: 1 + die % 400,
        }
    }

    /// The number whose address this is, whatever its case.
    pub(crate) fn with_email(&self, address: &str) -> Option<u64> {
        let address = address.to_lowercase();
        let number = address.strip_suffix(HOST)?.rsplit('.').next()?.parse().ok()?;
        (number < self.count && self.facts(number).email == address).then_some(number)
    }

    /// 64 hexadecimal digits, such as stand in the address of a picture.
    pub(crate) fn digest(&self, number: u64) -> String {
        let mut text = String::with_capacity(64);
        for part in 0..4 {
            hex(&mut text, self.dice(number * 4 + part, Dice::Picture), 16);
        }
        text
    }
}

const HOST: &str = "@example.com";

fn email(given: &str, family: &str, number: u64) -> String {
    let mut email = format!("{given}.{family}.{number}{HOST}");
    email.make_ascii_lowercase();
    email
}

fn pick(from: &[&'static str; 32], die: u64) -> &'static str {
    let place = usize::try_from(die % 32).unwrap_or_default();
    from.get(place).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_changes_has_another_name_and_a_later_change_and_nothing_else() {
        let before = Crowd::of(1000);
        let after = Crowd { changed: 1.0, ..before };
        for number in 0..1000 {
            let (was, is) = (before.facts(number), after.facts(number));
            assert_ne!(was.family, is.family);
            assert!(was.updated_at < is.updated_at && was.created_at < was.updated_at);
            let back = Facts { family: was.family, updated_at: was.updated_at, ..is.clone() };
            assert_eq!(back, was);
        }
    }

    #[test]
    fn an_address_leads_to_its_number() {
        let crowd = Crowd::of(1000);
        let email = crowd.facts(999).email;
        assert_eq!(crowd.with_email(&email.to_uppercase()), Some(999));
        assert_eq!(Crowd::of(999).with_email(&email), None);
        assert_eq!(crowd.with_email("nobody.999@example.com"), None);
    }
}
