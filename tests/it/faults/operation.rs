//! The operations of the store, each with the row that it meets and what it must make of it.

use shared::domain::{Identity, User};
use shared::store::{Sender, StoreError, Users};
use tests::claims;
use tests::people::{facts, noon, patch, profile, told};
use tests::spine::{Item, Spine, auth0};

const NOW: i64 = 9_000;

/// What is done, each over a row of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    FirstLogin,
    FirstPatch,
    Update,
    StaleLogin,
    RebirthOverTombstone,
    RebirthOverClaims,
    Delete,
    DeleteWithClaims,
    DeleteUnseen,
    Repair,
    Lift,
}

impl Operation {
    pub(super) const ALL: [Self; 11] = [
        Self::FirstLogin,
        Self::FirstPatch,
        Self::Update,
        Self::StaleLogin,
        Self::RebirthOverTombstone,
        Self::RebirthOverClaims,
        Self::Delete,
        Self::DeleteWithClaims,
        Self::DeleteUnseen,
        Self::Repair,
        Self::Lift,
    ];

    /// The requests that it makes, in their order.
    pub(super) fn requests(self) -> &'static [&'static str] {
        match self {
            Self::StaleLogin | Self::RebirthOverTombstone => &["UpdateItem", "UpdateItem"],
            Self::RebirthOverClaims | Self::DeleteWithClaims => &["UpdateItem", "TransactWriteItems"],
            Self::Lift => &["GetItem", "UpdateItem"],
            _ => &["UpdateItem"],
        }
    }

    /// Whoever it meets: a life with a profile at 100, with claims or ended at 200, or nobody.
    pub(super) async fn stage(self, spine: &Spine, who: &Identity) -> Option<User> {
        let users = spine.users();
        if !matches!(self, Self::FirstLogin | Self::FirstPatch | Self::DeleteUnseen) {
            let begun = told("ann", 0, 100, 101);
            users.upsert(who, &begun, Sender::Reconcile, noon(1_000)).await.expect("a row");
        }
        if matches!(self, Self::RebirthOverClaims | Self::DeleteWithClaims) {
            spine.give_claims(who, 2, Some(&format!("cus_{}", who.user_id()))).await;
        }
        if matches!(self, Self::RebirthOverTombstone | Self::Lift) {
            users.delete(who, noon(200), Sender::Reconcile, noon(1_000)).await.expect("a tombstone");
        }
        users.by_identity(who).await.expect("a read")
    }

    /// Does it once. `seen` is what was there at first.
    pub(super) async fn perform(self, users: &Users, who: &Identity, seen: Option<&User>) -> Result<(), StoreError> {
        let now = noon(NOW);
        match self {
            Self::FirstLogin => users.upsert(who, &told("ann", 0, 100, 101), Sender::Login, now).await.map(drop),
            Self::FirstPatch => users.upsert(who, &patch("ann"), Sender::Login, now).await.map(drop),
            Self::Update => users.upsert(who, &told("bob", 0, 150, 151), Sender::Reconcile, now).await.map(drop),
            Self::StaleLogin => users.upsert(who, &told("old", 0, 50, 51), Sender::Login, now).await.map(drop),
            Self::RebirthOverTombstone | Self::RebirthOverClaims => {
                users.upsert(who, &told("zoe", 500, 500, 501), Sender::Login, now).await.map(drop)
            }
            Self::Delete | Self::DeleteWithClaims | Self::DeleteUnseen => {
                users.delete(who, noon(300), Sender::Reconcile, now).await.map(drop)
            }
            Self::Repair => {
                let seen = seen.expect("there is a row to repair");
                users.repair(who, &profile("true", 0, 90, 600), seen, now).await.map(drop)
            }
            Self::Lift => users.lift(who, &profile("back", 0, 100, 600), noon(600), now).await.map(drop),
        }
    }

    /// Whether a row is what this must make of it.
    pub(super) fn done(self, row: Option<&User>) -> bool {
        let Some(row) = row else { return false };
        let living = row.is_living();
        match self {
            Self::FirstLogin | Self::StaleLogin => {
                living && row.facts == facts("ann") && row.last_active_at == Some(noon(NOW))
            }
            Self::FirstPatch => living && row.profile_version.is_none() && row.last_active_at == Some(noon(NOW)),
            Self::Update => living && row.facts == facts("bob"),
            Self::RebirthOverTombstone | Self::RebirthOverClaims => {
                living && row.facts == facts("zoe") && !row.has_claims() && row.created_at == noon(NOW)
            }
            Self::Delete | Self::DeleteWithClaims | Self::DeleteUnseen => {
                row.tombstone.is_some_and(|end| end.identity_deleted_at == noon(300))
            }
            Self::Repair => living && row.facts == facts("true"),
            Self::Lift => living && row.facts == facts("back") && row.lives_since == Some(noon(600)),
        }
    }
}

/// A case of its own: an identity that no other case has.
pub(super) fn person(case: &str) -> Identity {
    auth0(&format!("auth0|{case}"))
}

/// All that the tables hold of one person: the row, and the claims with its id.
pub(super) async fn held(spine: &Spine, who: &Identity) -> (Option<Item>, Vec<Item>) {
    let id = who.user_id();
    let mut held = Vec::new();
    for (claim, _) in claims::key_names(id.as_str(), 2) {
        held.extend(spine.claim(&claim).await);
    }
    held.extend(spine.claim(&format!("stripe_customer#cus_{id}")).await);
    (spine.row(who).await, held)
}
