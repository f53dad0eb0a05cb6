//! Clerk's users of a crowd.

use std::borrow::Cow;

use super::ClerkStandIn;
use super::register::Register;
use super::user::{EmailAddress, User};
use crate::stand_in::crowd::{Crowd, Crowded, Id};
use crate::stand_in::lock;

const PREFIX: &str = "user_";
const EMAIL_PREFIX: &str = "idn_";

/// The user of that number as Clerk would tell, without any server; nothing, if it is gone or was never there.
pub fn crowd_user(crowd: &Crowd, number: u64) -> Option<User> {
    crowd.has(number).then(|| invented(crowd, number))
}

/// The user of a number that is there.
pub(super) fn invented(crowd: &Crowd, number: u64) -> User {
    let facts = crowd.facts(number);
    let email = EmailAddress {
        id: Id::Base62.of(EMAIL_PREFIX, crowd, number),
        email_address: facts.email,
        verified: facts.verified,
        reserved: false,
        created_at: facts.created_at,
        updated_at: facts.created_at,
    };
    User {
        id: Id::Base62.of(PREFIX, crowd, number),
        first_name: Some(facts.given.to_owned()),
        last_name: Some(facts.family.to_owned()),
        primary_email_address_id: Some(email.id.clone()),
        email_addresses: vec![email],
        password_enabled: true,
        password_last_updated_at: Some(facts.created_at),
        delete_self_enabled: true,
        create_organization_enabled: true,
        last_sign_in_at: Some(facts.updated_at),
        last_active_at: Some(facts.updated_at),
        created_at: facts.created_at,
        updated_at: facts.updated_at,
        ..User::default()
    }
}

impl Register {
    /// The number in the crowd that an identifier means, if that one is there.
    pub(super) fn number(&self, id: &str) -> Option<u64> {
        let crowd = self.crowd.crowd();
        Id::Base62.number(PREFIX, &crowd, id).filter(|number| crowd.has(*number))
    }

    /// One user, stored or of the crowd.
    pub(super) fn anyone(&self, id: &str) -> Option<Cow<'_, User>> {
        let invented = || self.number(id).map(|number| Cow::Owned(invented(&self.crowd.crowd(), number)));
        self.user(id).map(Cow::Borrowed).or_else(invented)
    }

    /// The identifier of the user of the crowd who has this address.
    pub(super) fn crowd_id_with_email(&self, address: &str) -> Option<String> {
        let crowd = self.crowd.crowd();
        let number = crowd.with_email(address).filter(|number| crowd.has(*number))?;
        Some(Id::Base62.of(PREFIX, &crowd, number))
    }
}

impl ClerkStandIn {
    /// Puts a crowd below the stored users, in the place of the one before, and tells nobody. It is no part of a
    /// snapshot.
    pub fn set_crowd(&self, crowd: Crowd) {
        // Outside the lock: the index of a large crowd takes a moment.
        let crowd = Crowded::new(crowd).into();
        lock(&self.it.register).crowd = crowd;
    }

    /// The crowd below the stored users.
    pub fn crowd(&self) -> Crowd {
        lock(&self.it.register).crowd.crowd()
    }
}
