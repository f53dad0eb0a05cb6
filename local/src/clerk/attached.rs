//! E-mail addresses and metadata of a user, which have routes of their own.

use serde_json::{Map, Value};

use super::ClerkStandIn;
use super::changes::{EmailPatch, NewEmail};
use super::refused::Refused;
use super::register::Register;
use super::user::{EmailAddress, User};
use super::writes::touch;
use crate::stand_in::{clock, lock};

impl ClerkStandIn {
    /// Adds an address, as `POST /v1/email_addresses` does.
    pub fn add_email(&self, new: &NewEmail) -> Result<EmailAddress, Refused> {
        let mut register = lock(&self.it.register);
        let mut user = register.find(&new.user_id)?;
        register.check_email(&new.email_address)?;
        let email = register.email(&new.email_address, new.verified == Some(true), false, clock::now_ms());
        if new.primary == Some(true) || user.email_addresses.is_empty() {
            user.primary_email_address_id = Some(email.id.clone());
        }
        user.email_addresses.push(email.clone());
        touch(&mut user);
        self.changed(&mut register, user);
        Ok(email)
    }

    /// Removes an address. Of a primary one, the next verified one takes the place, or nobody does: the
    /// specification does not say.
    pub fn delete_email(&self, id: &str) -> Result<EmailAddress, Refused> {
        let mut register = lock(&self.it.register);
        let mut user = register.user_with_email_id(id)?;
        let email = find(&user, id)?;
        user.email_addresses.retain(|other| other.id != id);
        if user.primary_email_address_id.as_deref() == Some(id) {
            let next = user.email_addresses.iter().find(|other| other.verified);
            user.primary_email_address_id = next.map(|other| other.id.clone());
        }
        touch(&mut user);
        self.changed(&mut register, user);
        Ok(email)
    }

    /// One address, if there.
    pub fn email(&self, id: &str) -> Result<EmailAddress, Refused> {
        find(&lock(&self.it.register).user_with_email_id(id)?, id)
    }

    pub(super) fn update_email(&self, id: &str, patch: EmailPatch) -> Result<EmailAddress, Refused> {
        let mut register = lock(&self.it.register);
        let mut user = register.user_with_email_id(id)?;
        touch(&mut user);
        let at = user.updated_at;
        for email in user.email_addresses.iter_mut().filter(|email| email.id == id) {
            email.verified = patch.verified.unwrap_or(email.verified);
            email.updated_at = at;
        }
        if patch.primary == Some(true) {
            user.primary_email_address_id = Some(id.to_owned());
        }
        find(&self.changed(&mut register, user), id)
    }

    /// Changes metadata of the kinds `public_metadata`, `private_metadata`, `unsafe_metadata`: `PATCH` merges
    /// them deeply, where `null` removes, and `PUT` replaces them.
    pub(super) fn update_metadata(&self, id: &str, kinds: Map<String, Value>, merge: bool) -> Result<User, Refused> {
        let mut register = lock(&self.it.register);
        let mut user = register.find(id)?;
        for (kind, value) in kinds {
            let Value::Object(value) = value else {
                return Err(Refused::Body);
            };
            let field = match kind.as_str() {
                "public_metadata" => &mut user.public_metadata,
                "private_metadata" => &mut user.private_metadata,
                "unsafe_metadata" => &mut user.unsafe_metadata,
                _ => return Err(Refused::Unknown(kind)),
            };
            if merge {
                deep_merge(field, value);
            } else {
                *field = value;
            }
        }
        touch(&mut user);
        Ok(self.changed(&mut register, user))
    }
}

impl Register {
    fn user_with_email_id(&self, id: &str) -> Result<User, Refused> {
        let owner = self.owner("email_id", id).and_then(|owner| self.user(owner));
        owner.cloned().ok_or_else(|| Refused::NotFound("email address", id.to_owned()))
    }
}

fn find(user: &User, id: &str) -> Result<EmailAddress, Refused> {
    let email = user.email_addresses.iter().find(|email| email.id == id);
    email.cloned().ok_or_else(|| Refused::NotFound("email address", id.to_owned()))
}

fn deep_merge(into: &mut Map<String, Value>, from: Map<String, Value>) {
    for (name, value) in from {
        match (into.get_mut(&name), value) {
            (_, Value::Null) => {
                into.remove(&name);
            }
            (Some(Value::Object(inner)), Value::Object(value)) => deep_merge(inner, value),
            (_, value) => {
                into.insert(name, value);
            }
        }
    }
}
