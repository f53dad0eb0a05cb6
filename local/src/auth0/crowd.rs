//! Auth0's users of a crowd, in its own database.

use std::borrow::Cow;

use super::Auth0StandIn;
use super::register::Register;
use super::user::{DATABASE, Identity, User};
use crate::stand_in::crowd::{Crowd, Crowded, Id};
use crate::stand_in::lock;

const PREFIX: &str = "auth0|";

/// The user of that number as Auth0 would tell, without any server; nothing, if it is gone or was never there.
pub fn crowd_user(crowd: &Crowd, number: u64) -> Option<User> {
    crowd.has(number).then(|| invented(crowd, number))
}

/// The user of a number that is there.
pub(super) fn invented(crowd: &Crowd, number: u64) -> User {
    let facts = crowd.facts(number);
    let user_id = Id::Hex.of(PREFIX, crowd, number);
    let identities = vec![Identity::own(DATABASE, &user_id)];
    let nickname = facts.email.split('@').next().map(str::to_owned);
    User {
        user_id,
        email: Some(facts.email),
        email_verified: Some(facts.verified),
        name: Some(format!("{} {}", facts.given, facts.family)),
        nickname,
        given_name: Some(facts.given.to_owned()),
        family_name: Some(facts.family.to_owned()),
        picture: Some(format!("https://s.gravatar.com/avatar/{}?s=480&r=pg", crowd.digest(number))),
        last_login: Some(facts.updated_at),
        last_ip: Some("203.0.113.7".to_owned()),
        logins_count: Some(facts.logins),
        created_at: facts.created_at,
        updated_at: facts.updated_at,
        identities,
        ..User::default()
    }
}

impl Register {
    /// One user, stored or of the crowd.
    pub(super) fn anyone(&self, user_id: &str) -> Option<Cow<'_, User>> {
        self.user(user_id).map(Cow::Borrowed).or_else(|| {
            let crowd = self.crowd.crowd();
            let number = Id::Hex.number(PREFIX, &crowd, user_id)?;
            crowd_user(&crowd, number).map(Cow::Owned)
        })
    }

    /// All users with this address, whatever its case.
    pub(super) fn anyone_with_email(&self, email: &str) -> Vec<Cow<'_, User>> {
        let crowd = self.crowd.crowd();
        let invented = crowd.with_email(email).and_then(|number| crowd_user(&crowd, number)).map(Cow::Owned);
        invented.into_iter().chain(self.with_email(email).into_iter().map(Cow::Borrowed)).collect()
    }
}

impl Auth0StandIn {
    /// Puts a crowd below the stored users, in the place of the one before. It is no part of a snapshot.
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
