//! The users and the orders and indexes over them.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::exports::connection_id;
use super::refused::Refused;
use super::user::{DATABASE, User};
use crate::stand_in::crowd::Crowded;
use crate::stand_in::draw::Draw;

/// Every user, with what finds them. Only [`Register::put`] and [`Register::take`] change it, so the
/// indexes never disagree with the users.
#[derive(Debug)]
pub(super) struct Register {
    users: HashMap<String, User>,
    by_created: BTreeSet<(i64, String)>,
    by_email: BTreeSet<(String, String)>,
    /// Which user has this `email:connection:…`, `username:connection:…`, `linked:provider|id`.
    owners: HashMap<String, String>,
    pub(super) crowd: Arc<Crowded>,
    pub(super) draw: Draw,
}

/// What is a user's alone.
fn names(user: &User) -> impl Iterator<Item = String> + '_ {
    let connection = user.connection();
    let email = user.email.iter().map(move |email| email_name(connection, email));
    let username = user.username.iter().map(move |name| username_name(connection, name));
    let linked = user.identities.iter().filter(|it| it.linked.is_some()).map(|it| format!("linked:{}", it.full_id()));
    email.chain(username).chain(linked)
}

fn email_name(connection: &str, email: &str) -> String {
    format!("email:{connection}:{}", email.to_lowercase())
}

fn username_name(connection: &str, username: &str) -> String {
    format!("username:{connection}:{}", username.to_lowercase())
}

impl Register {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            users: HashMap::new(),
            by_created: BTreeSet::new(),
            by_email: BTreeSet::new(),
            owners: HashMap::new(),
            crowd: Arc::default(),
            draw: Draw::new(seed),
        }
    }

    /// How many there are, with the crowd.
    pub(super) fn len(&self) -> usize {
        self.users.len() + usize::try_from(self.crowd.living()).unwrap_or(usize::MAX)
    }

    /// A stored user.
    pub(super) fn user(&self, user_id: &str) -> Option<&User> {
        self.users.get(user_id)
    }

    pub(super) fn find(&self, user_id: &str) -> Result<User, Refused> {
        self.user(user_id).cloned().ok_or(Refused::NoUser)
    }

    /// All stored users.
    pub(super) fn users(&self) -> impl Iterator<Item = &User> {
        self.users.values()
    }

    /// (time, `user_id`) of every user, eldest first.
    pub(super) fn by_created(&self) -> &BTreeSet<(i64, String)> {
        &self.by_created
    }

    /// The users with this address, whatever its case, in any connection.
    pub(super) fn with_email(&self, email: &str) -> Vec<&User> {
        let email = email.to_lowercase();
        let from = self.by_email.range((email.clone(), String::new())..);
        from.take_while(|(of, _)| *of == email).filter_map(|(_, user_id)| self.user(user_id)).collect()
    }

    /// Whether somebody can have come by the connection of that identifier.
    pub(super) fn has_connection(&self, id: &str) -> bool {
        let mut names = self.users.values().map(User::connection).chain([DATABASE]);
        names.any(|name| connection_id(name) == id)
    }

    /// The primary account of a linked secondary one.
    pub(super) fn primary_of(&self, user_id: &str) -> Option<&str> {
        self.owners.get(&format!("linked:{user_id}")).map(String::as_str)
    }

    /// Refuses a user who cannot stand beside the others.
    pub(super) fn check_free(&self, user: &User) -> Result<(), Refused> {
        let other = |name: &String| self.owners.get(name).is_some_and(|owner| *owner != user.user_id);
        if names(user).any(|name| other(&name)) { Err(Refused::UserExists) } else { Ok(()) }
    }

    /// Adds a user, or replaces the one with that identifier.
    pub(super) fn put(&mut self, user: User) {
        self.take(&user.user_id);
        self.by_created.insert((user.created_at, user.user_id.clone()));
        if let Some(email) = &user.email {
            self.by_email.insert((email.to_lowercase(), user.user_id.clone()));
        }
        for name in names(&user) {
            self.owners.insert(name, user.user_id.clone());
        }
        self.users.insert(user.user_id.clone(), user);
    }

    /// Removes a user.
    pub(super) fn take(&mut self, user_id: &str) -> Option<User> {
        let user = self.users.remove(user_id)?;
        self.by_created.remove(&(user.created_at, user.user_id.clone()));
        if let Some(email) = &user.email {
            self.by_email.remove(&(email.to_lowercase(), user.user_id.clone()));
        }
        for name in names(&user) {
            self.owners.remove(&name);
        }
        Some(user)
    }
}
