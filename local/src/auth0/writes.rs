//! Creating, changing and deleting users. Each success is an event.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::Auth0StandIn;
use super::changes::{NewUser, UserPatch};
use super::events::Event;
use super::refused::Refused;
use super::register::Register;
use super::user::{DATABASE, Identity, User};
use crate::stand_in::change::Change;
use crate::stand_in::{clock, lock};

impl Auth0StandIn {
    /// Creates a user, as `POST /api/v2/users` does, in any connection: Auth0 itself lets nobody create
    /// social users, who come by logging in.
    pub fn create_user(&self, new: NewUser) -> Result<User, Refused> {
        let mut register = lock(&self.it.register);
        let user = register.enrol(new, clock::now_ms())?;
        self.tell(&mut register, Event::Created(&user));
        Ok(user)
    }

    /// Changes a user, as `PATCH /api/v2/users/{id}` does.
    pub fn update_user(&self, user_id: &str, patch: UserPatch) -> Result<User, Refused> {
        let mut register = lock(&self.it.register);
        let before = register.find(user_id)?;
        let mut user = before.clone();
        apply(&mut user, patch);
        register.check_free(&user)?;
        touch(&mut user);
        register.put(user.clone());
        self.tell(&mut register, Event::Updated { before: &before, after: &user });
        Ok(user)
    }

    /// Deletes a user and the accounts linked to it; whether there was one.
    pub fn delete_user(&self, user_id: &str) -> bool {
        let mut register = lock(&self.it.register);
        let Some(user) = register.take(user_id) else { return false };
        self.tell(&mut register, Event::Deleted(&user));
        true
    }
}

/// Moves `updated_at`: forward only, should the clock go back.
pub(super) fn touch(user: &mut User) {
    user.updated_at = clock::now_ms().max(user.updated_at);
}

/// The provider that a connection's subjects begin with.
fn provider(connection: &str) -> &str {
    match connection {
        "google-oauth2" | "github" | "facebook" | "twitter" | "linkedin" | "apple" | "windowslive" | "email"
        | "sms" => connection,
        _ => "auth0",
    }
}

impl Register {
    /// The whole identifier, where a part of it or nothing was given.
    fn subject(&mut self, given: Option<String>, provider: &str) -> String {
        match given {
            Some(whole) if whole.contains('|') => whole,
            Some(id) => format!("{provider}|{id}"),
            None => format!("{provider}|{}", self.draw.hex()),
        }
    }

    /// Makes a user.
    pub(super) fn enrol(&mut self, new: NewUser, now: i64) -> Result<User, Refused> {
        let connection = if new.connection.is_empty() { DATABASE.to_owned() } else { new.connection };
        let user_id = self.subject(new.user_id, provider(&connection));
        let own = Identity::own(&connection, &user_id);
        let database = own.provider == "auth0";
        let email = new.email.map(|email| if database { email.to_lowercase() } else { email });
        if database && email.is_none() {
            return Err(Refused::Body("Missing required property: email".to_owned()));
        }
        if email.as_ref().is_some_and(|email| !email.contains('@')) {
            return Err(Refused::Body("Object didn't pass validation for format email: email".to_owned()));
        }
        let local = email.as_ref().and_then(|email| email.split('@').next()).map(str::to_owned);
        let user = User {
            email_verified: new.email_verified.or(email.as_ref().map(|_| false)),
            name: new.name.or_else(|| email.clone()),
            nickname: new.nickname.or(local),
            picture: new.picture.or_else(|| email.as_deref().map(picture)),
            email,
            user_id,
            username: new.username,
            phone_number: new.phone_number,
            phone_verified: new.phone_verified,
            given_name: new.given_name,
            family_name: new.family_name,
            app_metadata: new.app_metadata,
            user_metadata: new.user_metadata,
            blocked: new.blocked,
            created_at: now,
            updated_at: now,
            identities: vec![own],
            ..User::default()
        };
        if self.user(&user.user_id).is_some() || self.primary_of(&user.user_id).is_some() {
            return Err(Refused::UserExists);
        }
        self.check_free(&user)?;
        self.put(user.clone());
        Ok(user)
    }
}

/// The picture that Auth0 gives to who has none.
fn picture(email: &str) -> String {
    let digest = Sha256::digest(email.to_lowercase().as_bytes());
    let hex = digest.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    format!("https://s.gravatar.com/avatar/{hex}?s=480&r=pg")
}

fn apply(user: &mut User, patch: UserPatch) {
    if let Change::Set(email) = &patch.email
        && user.email.as_ref() != Some(email)
    {
        user.email_verified = Some(false);
    }
    let database = user.identities.first().is_some_and(|own| own.provider == "auth0");
    patch.email.apply(&mut user.email);
    if database {
        user.email = user.email.take().map(|email| email.to_lowercase());
    }
    user.email_verified = patch.email_verified.or(user.email_verified);
    patch.username.apply(&mut user.username);
    patch.phone_number.apply(&mut user.phone_number);
    user.phone_verified = patch.phone_verified.or(user.phone_verified);
    patch.name.apply(&mut user.name);
    patch.nickname.apply(&mut user.nickname);
    patch.given_name.apply(&mut user.given_name);
    patch.family_name.apply(&mut user.family_name);
    patch.picture.apply(&mut user.picture);
    merge(&mut user.app_metadata, patch.app_metadata);
    merge(&mut user.user_metadata, patch.user_metadata);
    user.blocked = patch.blocked.or(user.blocked);
    if patch.password.is_some() {
        user.last_password_reset = Some(clock::now_ms());
    }
}

fn merge(field: &mut Option<Map<String, Value>>, change: Change<Map<String, Value>>) {
    let Change::Set(new) = change else {
        return change.apply(field);
    };
    let merged = field.get_or_insert_default();
    merged.extend(new);
    merged.retain(|_, value| !value.is_null());
}
