//! All users, and what administrators set up, as one JSON value, to be kept and taken up again.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Auth0StandIn;
use super::tenant::Kept;
use super::user::User;
use crate::stand_in::lock;

#[derive(Serialize, Deserialize)]
struct Snapshot {
    drawn: u64,
    users: Vec<User>,
    #[serde(default)]
    tenant: Kept,
}

impl Auth0StandIn {
    /// What [`Auth0StandIn::restore`] takes. Tokens are not part of it.
    pub fn snapshot(&self) -> Value {
        let register = lock(&self.it.register);
        let places = register.by_created().iter();
        let users = places.filter_map(|(_, id)| register.user(id)).cloned().collect();
        let tenant = lock(&self.it.tenant).kept();
        let snapshot = Snapshot { drawn: register.draw.drawn(), users, tenant };
        serde_json::to_value(snapshot).unwrap_or(Value::Null)
    }

    /// Adds the users of a snapshot.
    pub fn restore(&self, snapshot: Value) -> Result<(), serde_json::Error> {
        let snapshot: Snapshot = serde_json::from_value(snapshot)?;
        let mut register = lock(&self.it.register);
        register.draw.resume(snapshot.drawn);
        lock(&self.it.tenant).restore(snapshot.tenant);
        for user in snapshot.users {
            register.put(user);
        }
        Ok(())
    }
}
