//! A patch and a wish for keys in one: all of it is written, or nothing.

use super::author::Author;
use super::claims::{Change, Claims, Nobody, Sent, key_map, listing};
use super::error::StoreError;
use super::rounds::Rounds;
use super::statement::{Statement, ms, s};
use super::writes::patch_facts;
use crate::clock::Timestamp;
use crate::domain::{
    Claim, Identity, Keys, KeysVerdict, LinkOutcome, Patch, PublicKey, UnlinkOutcome, Wish, keys_verdict,
};

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
        self.upserted((identity, patch), Wish::Only(key), by, now).await
    }

    /// Makes or patches the row of an identity, and unlinks all of its keys.
    ///
    /// Where the user is deleted, nothing is written. [`UnlinkOutcome::NotLinked`] means that the patch is written, and
    /// there was no key.
    pub async fn upsert_without_keys(
        &self,
        identity: &Identity,
        patch: &Patch,
        by: Author<'_>,
        now: Timestamp,
    ) -> Result<UnlinkOutcome, StoreError> {
        Ok(match self.upserted((identity, patch), Wish::Nothing, by, now).await? {
            LinkOutcome::Linked => UnlinkOutcome::Unlinked,
            LinkOutcome::NoUser => UnlinkOutcome::NoUser,
            LinkOutcome::UserGone => UnlinkOutcome::UserGone,
            // What gains nothing can find nothing taken.
            LinkOutcome::AlreadyLinked | LinkOutcome::Taken(_) | LinkOutcome::TooMany | LinkOutcome::Spent => {
                UnlinkOutcome::NotLinked
            }
        })
    }

    async fn upserted(
        &self,
        (identity, patch): (&Identity, &Patch),
        wish: Wish<'_>,
        by: Author<'_>,
        now: Timestamp,
    ) -> Result<LinkOutcome, StoreError> {
        let user = identity.user_id();
        let mut life = None;
        let mut rounds = Rounds::default();
        while rounds.another().await {
            let (row, keys) = match self.living(&user, &mut life).await? {
                Ok(living) => (listing(by, &living.item, "public_keys"), living.row.public_keys),
                Err(Nobody::NoUser) => (first_sight(identity, by, now), Keys::new()),
                Err(Nobody::UserGone) => return Ok(LinkOutcome::UserGone),
            };
            let row = patch_facts(row, patch);
            let (row, gone, done) = match keys_verdict(&keys, wish, now) {
                KeysVerdict::Write(wished, gone) => {
                    (row.set_or_remove("public_keys", key_map(&wished)), gone, LinkOutcome::Linked)
                }
                KeysVerdict::Stands | KeysVerdict::TooMany => (row, Vec::new(), LinkOutcome::AlreadyLinked),
            };
            let gained = wish.key().filter(|key| !keys.contains_key(&key.canonical())).copied();
            let lost = self.leaving_keys(&user, &gone)?;
            let change = Change { gained: gained.map(Claim::Key), lost, uses: None };
            match (self.send(&user, row, change, now).await?, gained) {
                (Sent::Done, _) => return Ok(done),
                (Sent::Taken, Some(key)) => return Ok(LinkOutcome::Taken(key)),
                (Sent::Moved | Sent::Taken | Sent::Spent, _) => {}
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
