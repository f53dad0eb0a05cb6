//! Users without anybody telling: three people to begin with, or as many as a measurement needs.

use super::ClerkStandIn;
use super::changes::NewUser;
use crate::stand_in::{clock, lock};

const PEOPLE: [(&str, &str, &str); 3] = [
    ("Ada", "Lindqvist", "ada.lindqvist@example.com"),
    ("Tomás", "Ferreira", "tomas.ferreira@example.com"),
    ("Mei", "Okonkwo", "mei.okonkwo@example.com"),
];

impl ClerkStandIn {
    /// Puts three people in, made over the last days. No webhook is sent; who is there already is left alone.
    pub fn seed_people(&self) {
        let now = clock::now_ms();
        let mut register = lock(&self.it.register);
        for ((first_name, last_name, email), day) in PEOPLE.into_iter().zip([9, 5, 2]) {
            let at = now - day * 86_400_000;
            // A refusal means that the address is taken, and so that this person is there.
            let _ = register.enrol(NewUser::person(email, first_name, last_name), at);
        }
    }

    /// Puts `count` invented people in, one made each second up to now, and tells nobody.
    pub fn populate(&self, count: usize) {
        let mut at = clock::now_ms() - 1000 * i64::try_from(count).unwrap_or(0);
        let mut register = lock(&self.it.register);
        let before = register.len();
        for number in before..before + count {
            at += 1000;
            let email = format!("person{number}@example.com");
            let _ = register.enrol(NewUser::person(&email, "Person", &format!("Number {number}")), at);
        }
    }
}
