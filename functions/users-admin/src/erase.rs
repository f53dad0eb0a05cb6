//! `erase`: a person leaves the table for good, and what they claimed is free at once.

use serde_json::{Value, json};
use shared::domain::{EraseOutcome, Identity, UserId};
use shared::invocation::Failure;
use shared::provider::Reading;

use crate::request::Order;
use crate::{App, ROUNDS, restless, unknown};

impl App {
    /// Refused while the provider lists the user, unless that is known to whoever asks.
    pub(crate) async fn erase(&self, order: &Order, user: &UserId, even_if_listed: bool) -> Result<Value, Failure> {
        let told = |result: &str| Ok(json!({"userId": user.as_str(), "result": result}));
        for _ in 0..ROUNDS {
            let seen = self.users.by_id(user).await?.ok_or_else(unknown)?;
            if seen.tombstone.is_some_and(|end| end.erased) {
                return told("already_erased");
            }
            if !even_if_listed {
                self.nobody_lists(&seen.identity).await?;
            }
            match self.users.erase(&seen, self.operation(order)).await? {
                EraseOutcome::Erased => return told("erased"),
                EraseOutcome::AlreadyErased => return told("already_erased"),
                // Somebody else's life by now: it is looked at anew, and the provider asked anew.
                EraseOutcome::Moved => {}
            }
        }
        Err(restless())
    }

    /// Users of a realm without a provider are listed by nobody. Where the provider cannot be asked, nobody knows.
    async fn nobody_lists(&self, identity: &Identity) -> Result<(), Failure> {
        let reading = self.reading(identity).await.map_err(|Failure { code, message }| {
            Failure::new(code, format!("{message}; evenIfListed erases without asking the provider"))
        })?;
        match reading {
            Some(Reading::Found { .. }) => Err(Failure::new(
                "still_listed",
                "the provider still lists this user: delete them there first, or erase with evenIfListed",
            )),
            Some(Reading::Gone { .. }) | None => Ok(()),
        }
    }
}
