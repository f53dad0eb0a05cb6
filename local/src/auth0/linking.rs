//! Account linking: a secondary account becomes an identity of a primary one, and can become a user again.

use super::Auth0StandIn;
use super::events::Event;
use super::refused::Refused;
use super::user::{Identity, User};
use super::writes::touch;
use crate::stand_in::lock;

impl Auth0StandIn {
    /// Links the account `secondary` to `primary`. It leaves the list of users, and its metadata is lost.
    /// Accounts that were linked to it move along. It is told as deleted, as Auth0 tells it.
    pub fn link(&self, primary: &str, secondary: &str) -> Result<Vec<Identity>, Refused> {
        let mut register = lock(&self.it.register);
        if primary == secondary {
            return Err(Refused::Itself);
        }
        let before = register.find(primary)?;
        let mut user = before.clone();
        let mut other = register.take(secondary).ok_or(Refused::NoUser)?;
        self.tell(&mut register, Event::Deleted(&other));
        let mut moved = std::mem::take(&mut other.identities);
        if let Some(own) = moved.first_mut() {
            (other.app_metadata, other.user_metadata) = (None, None);
            own.linked = Some(Box::new(other));
        }
        user.identities.extend(moved);
        touch(&mut user);
        register.put(user.clone());
        self.tell(&mut register, Event::Updated { before: &before, after: &user });
        Ok(user.identities)
    }

    /// Makes the linked account `secondary` a user again. Its `created_at` is its old one: Auth0 does not say.
    pub fn unlink(&self, primary: &str, secondary: &str) -> Result<Vec<Identity>, Refused> {
        let mut register = lock(&self.it.register);
        let before = register.find(primary)?;
        let mut user = before.clone();
        let place = user.identities.iter().position(|it| it.linked.is_some() && it.full_id() == secondary);
        let mut own = user.identities.remove(place.ok_or(Refused::NoIdentity)?);
        let Some(linked) = own.linked.take() else {
            return Err(Refused::NoIdentity);
        };
        let mut again = User { identities: vec![own], ..*linked };
        touch(&mut user);
        touch(&mut again);
        register.put(user.clone());
        register.put(again.clone());
        self.tell(&mut register, Event::Updated { before: &before, after: &user });
        self.tell(&mut register, Event::Created(&again));
        Ok(user.identities)
    }
}
