//! A patch and a key in one: all of it is written, or nothing.

use super::author::Author;
use super::claims::{Change, Claims, Nobody, ROUNDS, Sent, key_claims, key_map, listing};
use super::error::StoreError;
use super::statement::{Statement, ms, s};
use super::writes::patch_facts;
use crate::clock::Timestamp;
use crate::domain::{Claim, Identity, Keys, KeysVerdict, LinkOutcome, Patch, PublicKey, Wish, keys_verdict};

impl Claims {
    /// Makes or patches the row of an identity, and links a key to it in place of all others.
    ///
    /// Where the key is taken or the user deleted, nothing is written. [`LinkOutcome::AlreadyLinked`] means that the
    /// patch is written, and the key was the only one before.
    pub async fn upsert_with_key(
        &self,
        identity: &Identity,
        patch: &Patch,
        key: &PublicKey,
        by: Author<'_>,
        now: Timestamp,
    ) -> Result<LinkOutcome, StoreError> {
        let user = identity.user_id();
        let mut life = None;
        for _ in 0..ROUNDS {
            let (row, keys) = match self.living(&user, &mut life).await? {
                Ok(living) => (listing(by, &living.item, "public_keys"), living.row.public_keys),
                Err(Nobody::NoUser) => (first_sight(identity, by, now), Keys::new()),
                Err(Nobody::UserGone) => return Ok(LinkOutcome::UserGone),
            };
            let row = patch_facts(row, patch);
            let (row, gone, done) = match keys_verdict(&keys, Wish::Only(key), now) {
                KeysVerdict::Write(wished, gone) => {
                    (row.set_or_remove("public_keys", key_map(&wished)), gone, LinkOutcome::Linked)
                }
                KeysVerdict::Stands | KeysVerdict::TooMany => (row, Vec::new(), LinkOutcome::AlreadyLinked),
            };
            let gained = (!keys.contains_key(&key.canonical())).then_some(Claim::Key(*key));
            match self
                .send(&user, row, Change { gained, lost: key_claims(&gone), proof: None, fulfils: None }, now)
                .await?
            {
                Sent::Done => return Ok(done),
                Sent::Taken => return Ok(LinkOutcome::Taken(*key)),
                Sent::Moved | Sent::Spent => {}
            }
        }
        Err(StoreError::contended("upsert"))
    }
}

/// The beginning of a row that is not there yet.
fn first_sight(identity: &Identity, by: Author<'_>, now: Timestamp) -> Statement {
    Statement::default()
        .set("auth_provider", s(identity.provider().as_str()))
        .set("auth_subject", s(identity.subject()))
        .set("changed_by", s(by.changed_by()))
        .set("created_at", ms(now))
        .given("attribute_not_exists(user_id)")
}
