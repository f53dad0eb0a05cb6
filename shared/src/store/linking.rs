//! Keys linked and unlinked: wishes, tried until they hold or cannot.

use super::author::Author;
use super::challenges::use_up;
use super::claims::{Change, Claims, Nobody, Sent, Uses, key_map, listing};
use super::error::StoreError;
use super::rounds::Rounds;
use crate::clock::Timestamp;
use crate::domain::{Challenge, Claim, KeysVerdict, LinkOutcome, PublicKey, UnlinkOutcome, UserId, Wish, keys_verdict};
use crate::possession::Proven;

/// How a wish for keys ended.
enum Ended {
    Done,
    Stood,
    TooMany,
    Taken(PublicKey),
    Spent,
    Nobody(Nobody),
}

/// A wish for somebody's keys.
#[derive(Clone, Copy)]
struct Wished<'a> {
    user: &'a UserId,
    wish: Wish<'a>,
    by: Author<'a>,
    proof: Option<&'a Challenge>,
    now: Timestamp,
}

impl Claims {
    /// Links a key besides those that the user has.
    pub async fn link(
        &self,
        user: &UserId,
        key: &PublicKey,
        by: Author<'_>,
        now: Timestamp,
    ) -> Result<LinkOutcome, StoreError> {
        self.linked(Wished { user, wish: Wish::With(key), by, proof: None, now }).await
    }

    /// The same by proof that the key is held, which uses up the challenge: it links to the life that was challenged,
    /// and takes at once what somebody deleted had claimed.
    ///
    /// The same proof once more, after a lost reply, finds the key linked and succeeds; once the key is unlinked, the
    /// proof is [`LinkOutcome::Spent`].
    pub async fn link_proven(&self, proven: &Proven<'_>, now: Timestamp) -> Result<LinkOutcome, StoreError> {
        let challenge = proven.challenge();
        let (user, wish) = (&challenge.user_id, Wish::With(&challenge.public_key));
        self.linked(Wished { user, wish, by: Author::Person, proof: Some(challenge), now }).await
    }

    /// Links a key in place of all that the user has.
    pub async fn link_only(
        &self,
        user: &UserId,
        key: &PublicKey,
        by: Author<'_>,
        now: Timestamp,
    ) -> Result<LinkOutcome, StoreError> {
        self.linked(Wished { user, wish: Wish::Only(key), by, proof: None, now }).await
    }

    /// Unlinks a key; it is free at once.
    pub async fn unlink(
        &self,
        user: &UserId,
        key: &PublicKey,
        by: Author<'_>,
        now: Timestamp,
    ) -> Result<UnlinkOutcome, StoreError> {
        self.unlinked(Wished { user, wish: Wish::Without(key), by, proof: None, now }).await
    }

    /// Unlinks all keys.
    pub async fn unlink_all(&self, user: &UserId, by: Author<'_>, now: Timestamp) -> Result<UnlinkOutcome, StoreError> {
        self.unlinked(Wished { user, wish: Wish::Nothing, by, proof: None, now }).await
    }

    async fn linked(&self, wished: Wished<'_>) -> Result<LinkOutcome, StoreError> {
        Ok(match self.fulfil(wished).await? {
            Ended::Done => LinkOutcome::Linked,
            Ended::Stood => LinkOutcome::AlreadyLinked,
            Ended::TooMany => LinkOutcome::TooMany,
            Ended::Taken(key) => LinkOutcome::Taken(key),
            Ended::Spent => LinkOutcome::Spent,
            Ended::Nobody(Nobody::NoUser) => LinkOutcome::NoUser,
            Ended::Nobody(Nobody::UserGone) => LinkOutcome::UserGone,
        })
    }

    async fn unlinked(&self, wished: Wished<'_>) -> Result<UnlinkOutcome, StoreError> {
        Ok(match self.fulfil(wished).await? {
            Ended::Done => UnlinkOutcome::Unlinked,
            Ended::Nobody(Nobody::NoUser) => UnlinkOutcome::NoUser,
            Ended::Nobody(Nobody::UserGone) => UnlinkOutcome::UserGone,
            // Less is never too many, and what gains nothing can find nothing taken.
            Ended::Stood | Ended::TooMany | Ended::Taken(_) | Ended::Spent => UnlinkOutcome::NotLinked,
        })
    }

    async fn fulfil(&self, wished: Wished<'_>) -> Result<Ended, StoreError> {
        let Wished { user, wish, by, proof, now } = wished;
        let mut life = proof.map(|challenge| challenge.life);
        let mut rounds = Rounds::default();
        while rounds.another().await {
            let living = match self.living(user, &mut life).await? {
                Ok(living) => living,
                Err(nobody) => return Ok(Ended::Nobody(nobody)),
            };
            let (keys, gone) = match keys_verdict(&living.row.public_keys, wish, now) {
                KeysVerdict::Write(keys, gone) => (keys, gone),
                KeysVerdict::TooMany => return Ok(Ended::TooMany),
                KeysVerdict::Stands => {
                    if let Some(challenge) = proof {
                        self.spend(challenge, now).await?;
                    }
                    return Ok(Ended::Stood);
                }
            };
            let gained = wish.key().filter(|key| !living.row.public_keys.contains_key(&key.canonical())).copied();
            let row = listing(by, &living.item, "public_keys").set_or_remove("public_keys", key_map(&keys));
            let lost = self.leaving_keys(user, &gone)?;
            let answered = proof.map(|proof| self.update_of_challenges(user, use_up(proof, now))).transpose()?;
            let uses = answered.map(Uses::Challenge);
            let change = Change { gained: gained.map(Claim::Key), lost, uses };
            match (self.send(user, row, change, now).await?, gained) {
                (Sent::Done, _) => return Ok(Ended::Done),
                (Sent::Spent, _) => return Ok(Ended::Spent),
                (Sent::Taken, Some(key)) => return Ok(Ended::Taken(key)),
                (Sent::Moved | Sent::Taken, _) => {}
            }
        }
        Err(StoreError::contended("link"))
    }
}
