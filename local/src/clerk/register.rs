//! The users and the orders and indexes over them.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::user::User;
use crate::stand_in::crowd::Crowded;
use crate::stand_in::draw::Draw;

/// Every user, with what finds them. Only [`Register::put`] and [`Register::take`] change it, so the
/// indexes never disagree with the users.
#[derive(Debug)]
pub(super) struct Register {
    users: HashMap<String, User>,
    by_created: BTreeSet<(i64, String)>,
    by_updated: BTreeSet<(i64, String)>,
    /// Which user has this `email:…`, `email_id:…`, `username:…`, `external_id:…`.
    owners: HashMap<String, String>,
    pub(super) crowd: Arc<Crowded>,
    pub(super) draw: Draw,
}

fn names(user: &User) -> impl Iterator<Item = String> + '_ {
    let emails = user
        .email_addresses
        .iter()
        .flat_map(|email| [format!("email:{}", email.email_address), format!("email_id:{}", email.id)]);
    let username = user.username.iter().map(|name| format!("username:{}", name.to_lowercase()));
    let external = user.external_id.iter().map(|id| format!("external_id:{id}"));
    emails.chain(username).chain(external)
}

impl Register {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            users: HashMap::new(),
            by_created: BTreeSet::new(),
            by_updated: BTreeSet::new(),
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
    pub(super) fn user(&self, id: &str) -> Option<&User> {
        self.users.get(id)
    }

    /// All stored users.
    pub(super) fn users(&self) -> impl Iterator<Item = &User> {
        self.users.values()
    }

    /// (time, id) of every user, eldest first.
    pub(super) fn by_created(&self) -> &BTreeSet<(i64, String)> {
        &self.by_created
    }

    /// (time, id) of every user, longest unchanged first.
    pub(super) fn by_updated(&self) -> &BTreeSet<(i64, String)> {
        &self.by_updated
    }

    /// The user who has this address, whatever its case.
    pub(super) fn with_email(&self, address: &str) -> Option<&str> {
        self.owner("email", &address.to_lowercase())
    }

    /// The user who has the `kind` named `name`.
    pub(super) fn owner(&self, kind: &str, name: &str) -> Option<&str> {
        self.owners.get(&format!("{kind}:{name}")).map(String::as_str)
    }

    /// Adds a user, or replaces the one with that identifier.
    pub(super) fn put(&mut self, user: User) {
        self.take(&user.id);
        self.by_created.insert((user.created_at, user.id.clone()));
        self.by_updated.insert((user.updated_at, user.id.clone()));
        for name in names(&user) {
            self.owners.insert(name, user.id.clone());
        }
        self.users.insert(user.id.clone(), user);
    }

    /// Removes a user.
    pub(super) fn take(&mut self, id: &str) -> Option<User> {
        let user = self.users.remove(id)?;
        self.by_created.remove(&(user.created_at, user.id.clone()));
        self.by_updated.remove(&(user.updated_at, user.id.clone()));
        for name in names(&user) {
            self.owners.remove(&name);
        }
        Some(user)
    }
}
