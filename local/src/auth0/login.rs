//! Playing a login: the post-login Action tells the system of the user, then Auth0 notes the login.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Auth0StandIn;
use super::events::Event;
use super::refused::Refused;
use super::user::User;
use super::writes::touch;
use crate::delivery::{Message, Reply, Seal};
use crate::stand_in::{clock, lock};

/// What the Action sends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LoginBody {
    /// `{tokenIdentifier, email, name, avatarUrl}` and `user`, the facts of `event.user` with its times.
    #[default]
    Profile,
    /// `{tokenIdentifier, email, name, avatarUrl}` alone.
    Patch,
}

/// What came of a login. It succeeds, whatever the call of the Action came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// Who logged in: the primary account, when a linked one did.
    pub user_id: String,
    /// What the Action's call came to.
    pub reply: Reply,
}

impl Auth0StandIn {
    /// Whether somebody can log in by this identifier: a user, or an account linked to one.
    pub(super) fn knows(&self, user_id: &str) -> bool {
        let register = lock(&self.it.register);
        register.user(user_id).is_some() || register.primary_of(user_id).is_some()
    }

    /// Logs a user in. The faults of deliveries apply to the Action's call, which is not retried.
    pub async fn login(&self, user_id: &str, body: LoginBody) -> Result<Login, Refused> {
        let user = {
            let register = lock(&self.it.register);
            let primary = register.primary_of(user_id).unwrap_or(user_id);
            register.find(primary)?
        };
        if user.blocked == Some(true) {
            return Err(Refused::Blocked);
        }
        let message = Message {
            lane: user.user_id.clone(),
            target: None,
            path: "/auth0/upsert-user",
            body: self.action_body(&user, body).to_string().into(),
            seal: Seal::Bearer(self.it.action_secret.clone()),
        };
        let reply = self.it.outbox.call(message).await;
        self.note_login(&user.user_id);
        Ok(Login { user_id: user.user_id, reply })
    }

    fn action_body(&self, user: &User, body: LoginBody) -> Value {
        let mut it = json!({ "tokenIdentifier": format!("{}|{}", self.it.options.issuer, user.user_id) });
        let name = user.name.as_ref().filter(|name| !name.is_empty()).or(user.nickname.as_ref());
        let Some(fields) = it.as_object_mut() else {
            return it;
        };
        for (field, value) in [("email", user.email.as_ref()), ("name", name), ("avatarUrl", user.picture.as_ref())] {
            if let Some(value) = value {
                fields.insert(field.to_owned(), value.as_str().into());
            }
        }
        if body == LoginBody::Profile {
            fields.insert("user".to_owned(), user.facts());
        }
        it
    }

    /// What Auth0 writes down after its Actions have run. The user may be gone by then.
    fn note_login(&self, user_id: &str) {
        let mut register = lock(&self.it.register);
        let Ok(before) = register.find(user_id) else {
            return;
        };
        let mut user = before.clone();
        user.last_login = Some(clock::now_ms());
        user.last_ip = Some("127.0.0.1".to_owned());
        user.logins_count = Some(user.logins_count.unwrap_or(0) + 1);
        touch(&mut user);
        register.put(user.clone());
        self.tell(&mut register, Event::Updated { before: &before, after: &user });
    }
}
