//! Two writers, one of them whole between any two requests of the other: every pair, at every place.

use shared::domain::Identity;
use tests::interlude::Interlude;
use tests::people;
use tests::sdk;
use tests::spine::Spine;

use super::engine::{state, tell};
use super::history::{Realm, Word};
use super::model::State;

/// More requests than any write makes alone.
const PLACES: u32 = 4;

fn profile(name: &str, created: i64, updated: i64) -> Word {
    Word::Profile(people::profile(name, created, updated, updated + 1), name.starts_with("login"))
}

fn deletion(at: i64) -> Word {
    Word::Deletion(people::noon(at))
}

/// Two lives and their ends; each word is told by one writer or the other.
fn words(realm: Realm) -> Vec<Word> {
    let second = if realm == Realm::Auth0 { 300 } else { 0 };
    vec![
        profile("login-late", 0, 20),
        profile("first", 0, 100),
        deletion(200),
        profile("second", second, 300),
        profile("login-second", second, 350),
        deletion(400),
    ]
}

/// What is there before the two meet.
struct Start {
    words: Vec<Word>,
    claims: usize,
}

fn starts() -> Vec<Start> {
    let begun = || profile("begun", 0, 50);
    vec![
        Start { words: Vec::new(), claims: 0 },
        Start { words: vec![begun()], claims: 0 },
        Start { words: vec![begun()], claims: 2 },
        Start { words: vec![begun(), deletion(150)], claims: 2 },
    ]
}

async fn stage(spine: &Spine, identity: &Identity, start: &Start) {
    let users = spine.users();
    for (number, word) in start.words.iter().enumerate() {
        tell(&users, identity, word, people::noon(1_000)).await;
        if number == 0 && start.claims > 0 {
            spine.give_claims(identity, start.claims - 1, Some(&format!("cus_{}", identity.user_id()))).await;
        }
    }
}

/// Plays `one`, with `other` before its request number `place`. Says whether it came so far.
async fn met(spine: &Spine, identity: &Identity, one: &Word, other: Word, place: u32) -> bool {
    let (http, interlude) = Interlude::new(sdk::plain_http());
    let (theirs, whom) = (spine.users(), identity.clone());
    interlude.before_any(place, async move { tell(&theirs, &whom, &other, people::noon(2_000)).await });
    tell(&spine.users_over(http), identity, one, people::noon(3_000)).await;
    interlude.unplayed() == 0
}

async fn every_pair_at_every_place(realm: Realm) {
    let spine = Spine::fresh().await;
    let users = spine.users();
    let words = words(realm);
    let mut races = 0;
    for (number, start) in starts().iter().enumerate() {
        for (i, one) in words.iter().enumerate() {
            for (j, other) in words.iter().enumerate() {
                for place in 1..=PLACES {
                    let identity = realm.identity(&format!("{number}-{i}-{j}-{place}"));
                    stage(&spine, &identity, start).await;
                    if !met(&spine, &identity, one, other.clone(), place).await {
                        break;
                    }
                    races += u32::from(place > 1);
                    let all = [start.words.as_slice(), std::slice::from_ref(one), std::slice::from_ref(other)].concat();
                    let told = format!("{other:?} before request {place} of {one:?}, start {number}");
                    assert_eq!(state(&users, &identity).await, State::owed(realm, &all), "{told}");
                }
            }
        }
    }
    assert_eq!(spine.claims_astray().await, Vec::<String>::new());
    assert!(races >= 12, "only {races} times did the other come between two requests");
}

#[tokio::test]
async fn no_place_between_two_requests_of_auth0s_writers_loses_anything() {
    every_pair_at_every_place(Realm::Auth0).await;
}

#[tokio::test]
async fn no_place_between_two_requests_of_clerks_writers_loses_anything() {
    every_pair_at_every_place(Realm::Clerk).await;
}
