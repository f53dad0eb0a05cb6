//! The same histories over the real engine: one after another, and all at once.

use std::sync::Arc;

use shared::clock::Timestamp;
use shared::domain::{Identity, Told};
use shared::store::{Sender, Users};
use tests::people;
use tests::spine::{Spine, soak};
use tokio::task::JoinSet;

use super::history::{Realm, Word, first};
use super::model::State;

/// Tells the store one word, as its sender would.
pub(super) async fn tell(users: &Users, identity: &Identity, word: &Word, now: Timestamp) {
    let sender = match (word, identity.provider().as_str()) {
        (Word::Profile(_, true), "auth0") => Sender::Login,
        (_, "clerk") => Sender::Clerk,
        _ => Sender::Reconcile,
    };
    match word {
        Word::Profile(profile, _) => {
            users.upsert(identity, &Told::Profile(profile.clone()), sender, now).await.expect("the upsert ends");
        }
        Word::Deletion(at) => {
            users.delete(identity, *at, sender, now).await.expect("the deletion ends");
        }
    }
}

/// What the engine holds of an identity.
pub(super) async fn state(users: &Users, identity: &Identity) -> State {
    State::of(users.by_identity(identity).await.expect("a readable row").as_ref())
}

async fn one_after_another(users: &Users, identity: &Identity, words: &[Word]) {
    for (arrival, word) in (1_000_000..).zip(words) {
        tell(users, identity, word, people::noon(arrival)).await;
    }
}

async fn all_at_once(users: &Users, identity: &Identity, words: &[Word]) {
    let mut tasks = JoinSet::new();
    let shared = Arc::new((users.clone(), identity.clone()));
    for (arrival, word) in (1_000_000..).zip(words.iter().cloned()) {
        let shared = Arc::clone(&shared);
        tasks.spawn(async move { tell(&shared.0, &shared.1, &word, people::noon(arrival)).await });
    }
    tasks.join_all().await;
}

/// Each history twice: delivered one by one, and delivered all at once.
async fn histories_end_as_owed(realm: Realm) {
    let spine = Spine::fresh().await;
    let users = spine.users();
    let count = soak(400);
    for (number, (words, one, other)) in first(count, realm).enumerate() {
        let owed = State::owed(realm, &words);
        let identity = realm.identity(&format!("one-by-one-{number}"));
        one_after_another(&users, &identity, &one).await;
        assert_eq!(state(&users, &identity).await, owed, "history {number}: {one:#?}");
        let identity = realm.identity(&format!("at-once-{number}"));
        all_at_once(&users, &identity, &other).await;
        assert_eq!(state(&users, &identity).await, owed, "history {number} at once: {other:#?}");
    }
    let rows = spine.items(&spine.tables.users).await;
    assert_eq!(rows.len(), 2 * count as usize, "one row an identity");
}

#[tokio::test]
async fn several_lives_at_auth0_end_the_same_on_the_engine() {
    histories_end_as_owed(Realm::Auth0).await;
}

#[tokio::test]
async fn the_one_life_at_clerk_ends_the_same_on_the_engine() {
    histories_end_as_owed(Realm::Clerk).await;
}
