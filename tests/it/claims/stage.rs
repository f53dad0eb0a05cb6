//! People with rows, and wishes for their keys.

use shared::clock::Timestamp;
use shared::domain::{Identity, LinkOutcome, Outcome, PublicKey, StripeCustomer, UnlinkOutcome, User};
use shared::store::{Author, Claims, Sender};
use tests::people::{noon, told};
use tests::sdk;
use tests::spine::{Item, Spine, auth0};
use tests::wallet::Wallet;

/// When the tests link.
pub(super) const NOW: i64 = 9_000;
/// Who links in the tests.
pub(super) const BY: Author<'_> = Author::Token("shop");

/// Empty tables and their store.
pub(super) struct Stage {
    pub(super) spine: Spine,
    pub(super) claims: Claims,
}

impl Stage {
    pub(super) async fn set() -> Self {
        let spine = Spine::fresh().await;
        let claims = spine.claims_over(sdk::plain_http());
        Self { spine, claims }
    }

    /// Somebody of Auth0 who is there, first seen at noon.
    pub(super) async fn person(&self, name: &str) -> Identity {
        let who = auth0(&format!("auth0|{name}"));
        let made = self.spine.users().upsert(&who, &told(name, 0, 100, 101), Sender::Login, noon(0)).await;
        assert_eq!(made, Ok(Outcome::Created));
        who
    }

    pub(super) async fn delete(&self, who: &Identity, at: i64) {
        self.spine.users().delete(who, noon(at), Sender::Reconcile, noon(at)).await.expect("the deletion ends");
    }

    /// A new life of somebody who was deleted.
    pub(super) async fn reborn(&self, who: &Identity, at: i64) {
        let born = self.spine.users().upsert(who, &told("zoe", at, at, at + 1), Sender::Login, noon(at)).await;
        assert_eq!(born, Ok(Outcome::Reborn));
    }

    pub(super) async fn link(&self, who: &Identity, key: &PublicKey) -> LinkOutcome {
        self.link_at(who, key, noon(NOW)).await
    }

    pub(super) async fn link_at(&self, who: &Identity, key: &PublicKey, now: Timestamp) -> LinkOutcome {
        self.claims.link(&who.user_id(), key, BY, now).await.expect("the link ends")
    }

    pub(super) async fn link_only(&self, who: &Identity, key: &PublicKey) -> LinkOutcome {
        self.claims.link_only(&who.user_id(), key, BY, noon(NOW)).await.expect("the link ends")
    }

    pub(super) async fn unlink(&self, who: &Identity, key: &PublicKey) -> UnlinkOutcome {
        self.claims.unlink(&who.user_id(), key, BY, noon(NOW)).await.expect("the unlink ends")
    }

    pub(super) async fn row(&self, who: &Identity) -> User {
        self.spine.users().by_identity(who).await.expect("a read").expect("a row")
    }

    /// The keys that somebody's row lists, by name.
    pub(super) async fn listed(&self, who: &Identity) -> Vec<String> {
        self.row(who).await.public_keys.into_keys().collect()
    }

    /// The claim of a key as the engine holds it.
    pub(super) async fn claim(&self, key: &PublicKey) -> Option<Item> {
        self.spine.claim(&format!("public_key#{}", key.canonical())).await
    }

    /// Nothing is wrong, by two judges.
    pub(super) async fn in_order(&self) {
        assert_eq!(self.spine.claims_astray().await, Vec::<String>::new());
        assert_eq!(self.claims.audit().await.expect("the audit ends").findings, []);
    }
}

/// The key of a numbered wallet.
pub(super) fn key(number: u32) -> PublicKey {
    Wallet::numbered(number).key()
}

/// The names of keys, in the order of `public_keys`.
pub(super) fn names(numbers: &[u32]) -> Vec<String> {
    let mut names: Vec<String> = numbers.iter().map(|number| key(*number).canonical()).collect();
    names.sort();
    names
}

pub(super) fn customer(name: &str) -> StripeCustomer {
    format!("cus_{name}").parse().expect("a customer")
}
