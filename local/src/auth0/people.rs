//! Users to begin with: three people, or as many as a measurement needs.

use super::Auth0StandIn;
use super::changes::NewUser;
use crate::stand_in::{clock, lock};

const PEOPLE: [(&str, &str, &str); 3] = [
    ("Noor", "Haddad", "noor.haddad@example.com"),
    ("Elias", "Berg", "elias.berg@example.com"),
    ("Priya", "Raman", "priya.raman@example.com"),
];

impl Auth0StandIn {
    /// Puts three people in, made over the last days. Who is there already is left alone.
    pub fn seed_people(&self) {
        let now = clock::now_ms();
        let mut register = lock(&self.it.register);
        for ((given, family, email), day) in PEOPLE.into_iter().zip([8, 4, 1]) {
            let new = NewUser {
                given_name: Some(given.to_owned()),
                family_name: Some(family.to_owned()),
                email_verified: Some(true),
                ..NewUser::person(email, &format!("{given} {family}"))
            };
            // A refusal means that the address is taken, and so that this person is there.
            let _ = register.enrol(new, now - day * 86_400_000);
        }
    }

    /// Puts `count` invented people in, one made each second up to now.
    pub fn populate(&self, count: usize) {
        let mut at = clock::now_ms() - 1000 * i64::try_from(count).unwrap_or(0);
        let mut register = lock(&self.it.register);
        let before = register.len();
        for number in before..before + count {
            at += 1000;
            let email = format!("person{number}@example.com");
            let _ = register.enrol(NewUser::person(&email, &format!("Person {number}")), at);
        }
    }
}
