//! All users as one JSON value, to be kept and taken up again.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ClerkStandIn;
use super::user::User;
use crate::stand_in::lock;

#[derive(Serialize, Deserialize)]
struct Snapshot {
    drawn: u64,
    users: Vec<User>,
}

impl ClerkStandIn {
    /// What [`ClerkStandIn::restore`] takes. Messages under way are not part of it.
    pub fn snapshot(&self) -> Value {
        let register = lock(&self.it.register);
        let places = register.by_created().iter();
        let users = places.filter_map(|(_, id)| register.user(id)).cloned().collect();
        let snapshot = Snapshot { drawn: register.draw.drawn(), users };
        serde_json::to_value(snapshot).unwrap_or(Value::Null)
    }

    /// Adds the users of a snapshot. None is told of.
    pub fn restore(&self, snapshot: Value) -> Result<(), serde_json::Error> {
        let snapshot: Snapshot = serde_json::from_value(snapshot)?;
        let mut register = lock(&self.it.register);
        register.draw.resume(snapshot.drawn);
        for user in snapshot.users {
            register.put(user);
        }
        Ok(())
    }
}
