//! Creating, changing and deleting users. Each success sends a webhook.

use super::ClerkStandIn;
use super::changes::{NewUser, UserPatch};
use super::refused::Refused;
use super::register::Register;
use super::user::{EmailAddress, User};
use super::webhook::Event;
use crate::stand_in::change::Change;
use crate::stand_in::{clock, lock};

impl ClerkStandIn {
    /// Creates a user, as `POST /v1/users` does: the addresses are verified, the first one is primary.
    pub fn create_user(&self, new: NewUser) -> Result<User, Refused> {
        let mut register = lock(&self.it.register);
        let user = register.enrol(new, clock::now_ms())?;
        let at = user.updated_at;
        self.tell(&mut register.draw, Event::Created(&user), at);
        Ok(user)
    }

    /// Changes a user, as `PATCH /v1/users/{id}` does. A patch that changes nothing moves `updated_at` too.
    pub fn update_user(&self, id: &str, patch: UserPatch) -> Result<User, Refused> {
        let mut register = lock(&self.it.register);
        let mut user = register.find(id)?;
        register.check_patch(&user, &patch)?;
        apply(&mut user, patch);
        touch(&mut user);
        Ok(self.changed(&mut register, user))
    }

    /// Deletes a user, as `DELETE /v1/users/{id}` does.
    pub fn delete_user(&self, id: &str) -> Result<User, Refused> {
        let mut register = lock(&self.it.register);
        let user = register.take(id).ok_or_else(|| Refused::NotFound("user", id.to_owned()))?;
        let at = clock::now_ms().max(user.updated_at);
        self.tell(&mut register.draw, Event::Deleted(&user), at);
        Ok(user)
    }
}

/// Moves `updated_at`: forward only, should the clock go back.
pub(super) fn touch(user: &mut User) {
    user.updated_at = clock::now_ms().max(user.updated_at);
}

impl Register {
    pub(super) fn find(&self, id: &str) -> Result<User, Refused> {
        self.user(id).cloned().ok_or_else(|| Refused::NotFound("user", id.to_owned()))
    }

    /// Makes a user, and tells nobody.
    pub(super) fn enrol(&mut self, new: NewUser, now: i64) -> Result<User, Refused> {
        self.check_new(&new)?;
        let reserved: Vec<bool> = new.email_address_identification_status.iter().map(|it| it == "reserved").collect();
        let emails: Vec<EmailAddress> = new
            .email_address
            .iter()
            .enumerate()
            .map(|(place, address)| {
                let reserved = reserved.get(place).copied().unwrap_or(false);
                self.email(address, !reserved, reserved, now)
            })
            .collect();
        let with_password = new.password.is_some() || new.password_digest.is_some();
        let user = User {
            id: self.draw.base62("user_"),
            external_id: new.external_id,
            username: new.username.filter(|name| !name.is_empty()),
            first_name: new.first_name,
            last_name: new.last_name,
            locale: new.locale,
            primary_email_address_id: emails.first().map(|email| email.id.clone()),
            email_addresses: emails,
            public_metadata: new.public_metadata,
            private_metadata: new.private_metadata,
            unsafe_metadata: new.unsafe_metadata,
            password_enabled: with_password,
            password_last_updated_at: with_password.then_some(now),
            banned: new.banned.unwrap_or(false),
            delete_self_enabled: true,
            create_organization_enabled: true,
            legal_accepted_at: new.legal_accepted_at,
            created_at: new.created_at.unwrap_or(now),
            updated_at: now,
            ..User::default()
        };
        self.put(user.clone());
        Ok(user)
    }

    /// A new address, in lower case.
    pub(super) fn email(&mut self, address: &str, verified: bool, reserved: bool, now: i64) -> EmailAddress {
        EmailAddress {
            id: self.draw.base62("idn_"),
            email_address: address.to_lowercase(),
            verified,
            reserved,
            created_at: now,
            updated_at: now,
        }
    }

    /// Refuses what is no address, and what somebody has already.
    pub(super) fn check_email(&self, address: &str) -> Result<(), Refused> {
        let whole = address.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
        if !whole || address.contains(char::is_whitespace) {
            return Err(Refused::Invalid("email_address", "must be a valid email address"));
        }
        if self.with_email(address).is_some() { Err(Refused::Taken("email_address")) } else { Ok(()) }
    }

    fn check_new(&self, new: &NewUser) -> Result<(), Refused> {
        for (place, address) in new.email_address.iter().enumerate() {
            self.check_email(address)?;
            if new.email_address.iter().take(place).any(|before| before.eq_ignore_ascii_case(address)) {
                return Err(Refused::Taken("email_address"));
            }
        }
        let statuses = &new.email_address_identification_status;
        if !statuses.is_empty() && statuses.len() != new.email_address.len() {
            return Err(Refused::Invalid("email_address_identification_status", "needs one item for each address"));
        }
        if let Some(name) = &new.username {
            self.check_free("username", &name.to_lowercase(), "")?;
        }
        if let Some(id) = &new.external_id {
            self.check_free("external_id", id, "")?;
        }
        let short = new.password.as_ref().is_some_and(|password| password.chars().count() < 8);
        if short && new.skip_password_checks != Some(true) {
            return Err(Refused::Invalid("password", "must be 8 characters or more"));
        }
        Ok(())
    }

    fn check_free(&self, kind: &'static str, name: &str, but_for: &str) -> Result<(), Refused> {
        match self.owner(kind, name) {
            Some(owner) if owner != but_for => Err(Refused::Taken(kind)),
            _ => Ok(()),
        }
    }

    fn check_patch(&self, user: &User, patch: &UserPatch) -> Result<(), Refused> {
        if let Change::Set(name) = &patch.username {
            self.check_free("username", &name.to_lowercase(), &user.id)?;
        }
        if let Change::Set(id) = &patch.external_id {
            self.check_free("external_id", id, &user.id)?;
        }
        let Some(primary) = &patch.primary_email_address_id else {
            return Ok(());
        };
        let email = user.email_addresses.iter().find(|email| email.id == *primary);
        match email {
            None => Err(Refused::NotFound("email address", primary.clone())),
            Some(email) if !email.verified => {
                Err(Refused::Invalid("primary_email_address_id", "must be a verified email address"))
            }
            Some(_) => Ok(()),
        }
    }
}

fn apply(user: &mut User, patch: UserPatch) {
    patch.first_name.apply(&mut user.first_name);
    patch.last_name.apply(&mut user.last_name);
    patch.username.apply(&mut user.username);
    user.username = user.username.take().filter(|name| !name.is_empty());
    patch.external_id.apply(&mut user.external_id);
    patch.locale.apply(&mut user.locale);
    patch.create_organizations_limit.apply(&mut user.create_organizations_limit);
    if patch.primary_email_address_id.is_some() {
        user.primary_email_address_id = patch.primary_email_address_id;
    }
    if patch.password.is_some() {
        user.password_enabled = true;
        user.password_last_updated_at = Some(clock::now_ms());
    }
    put(&mut user.created_at, patch.created_at);
    put(&mut user.delete_self_enabled, patch.delete_self_enabled);
    put(&mut user.create_organization_enabled, patch.create_organization_enabled);
    put(&mut user.bypass_client_trust, patch.bypass_client_trust);
    put(&mut user.public_metadata, patch.public_metadata);
    put(&mut user.private_metadata, patch.private_metadata);
    put(&mut user.unsafe_metadata, patch.unsafe_metadata);
}

fn put<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
    }
}
