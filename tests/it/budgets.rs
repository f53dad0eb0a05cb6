//! What each operation costs, in requests and in units, as `docs/PERFORMANCE.md` promises.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test stops at the first surprise, and says what it skips"
)]

use serde_json::json;
use shared::domain::{DeleteOutcome, Identity, LiftOutcome, Outcome, Patch, RepairOutcome, Told};
use shared::store::{Sender, Users, Visit};
use tests::doors::Ask;
use tests::people::{facts, noon, patch, profile, told};
use tests::sdk;
use tests::spine::{Spine, auth0, clerk};
use tests::users_api::{UsersApi, as_service, bearing};
use tests::wallet::Wallet;
use tests::wire_tap::Tap;

/// The cost of one operation. Units of indexes are not among those of tables.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Cost {
    requests: u32,
    lost: u32,
    write: f64,
    index: f64,
    read: f64,
}

const ONE_WRITE: Cost = Cost { requests: 1, lost: 0, write: 1.0, index: 0.0, read: 0.0 };
const ONE_LOSS: Cost = Cost { requests: 1, lost: 1, write: 0.0, index: 0.0, read: 0.0 };

struct Stage {
    spine: Spine,
    users: Users,
    tap: Tap,
}

impl Stage {
    async fn set() -> Self {
        let spine = Spine::fresh().await;
        let (http, tap) = Tap::new(sdk::plain_http());
        let users = spine.users_over(http);
        if !spine.is_embedded() {
            println!("units are not asserted: only the embedded engine reports them as documented");
        }
        Self { spine, users, tap }
    }

    /// Asserts what was spent since the last call; units only where the engine reports them as documented.
    #[track_caller]
    fn spent(&self, what: &str, cost: Cost) {
        let spent = self.tap.take();
        let (requests, lost) = (spent.total_requests(), spent.lost_conditions);
        assert_eq!((requests, lost), (cost.requests, cost.lost), "{what}: {spent:?}");
        if self.spine.is_embedded() {
            let write = spent.write_units - spent.index_write_units;
            let found = Cost { requests, lost, write, index: spent.index_write_units, read: spent.read_units };
            assert_eq!(found, cost, "{what}: {spent:?}");
        }
    }

    async fn upsert(&self, who: &Identity, told: &Told, sender: Sender<'_>) -> Outcome {
        self.users.upsert(who, told, sender, noon(9_000)).await.expect("the upsert ends")
    }

    async fn delete(&self, who: &Identity, at: i64) -> DeleteOutcome {
        self.users.delete(who, noon(at), Sender::Clerk, noon(9_000)).await.expect("the deletion ends")
    }

    /// A user who is there, with nothing spent.
    async fn known(&self, who: &Identity) {
        assert_eq!(self.upsert(who, &told("ann", 0, 100, 101), Sender::Login).await, Outcome::Created);
        self.tap.take();
    }
}

#[tokio::test]
async fn a_login_costs_one_request_and_one_unit_whether_something_changed_or_not() {
    let stage = Stage::set().await;
    let who = auth0("auth0|budget");
    assert_eq!(stage.upsert(&who, &told("ann", 0, 100, 101), Sender::Login).await, Outcome::Created);
    stage.spent("first login", Cost { index: 1.0, ..ONE_WRITE });
    assert_eq!(stage.upsert(&who, &told("ann", 0, 100, 102), Sender::Login).await, Outcome::Unchanged);
    stage.spent("unchanged", ONE_WRITE);
    let renamed = Told::Patch(Patch::new(facts("ann").with(shared::domain::Fact::Name, Some("Ann".to_owned()))));
    assert_eq!(stage.upsert(&who, &renamed, Sender::Login).await, Outcome::Updated);
    stage.spent("a changed name", ONE_WRITE);
    assert_eq!(stage.upsert(&who, &patch("ann"), Sender::Login).await, Outcome::Updated);
    stage.spent("a patch", ONE_WRITE);
    assert_eq!(stage.upsert(&who, &told("bob", 0, 200, 201), Sender::Login).await, Outcome::Updated);
    stage.spent("another e-mail", Cost { index: 2.0, ..ONE_WRITE });
}

#[tokio::test]
async fn a_first_login_by_the_short_body_costs_the_same() {
    let stage = Stage::set().await;
    let who = auth0("auth0|budget");
    assert_eq!(stage.upsert(&who, &patch("ann"), Sender::Login).await, Outcome::Created);
    stage.spent("first login", Cost { index: 1.0, ..ONE_WRITE });
    assert_eq!(stage.upsert(&who, &patch("ann"), Sender::Login).await, Outcome::Unchanged);
    stage.spent("unchanged", ONE_WRITE);
}

#[tokio::test]
async fn a_hundred_steady_logins_cost_a_hundred_requests_and_units() {
    let stage = Stage::set().await;
    let who = auth0("auth0|budget");
    stage.known(&who).await;
    for login in 0..100 {
        stage.upsert(&who, &told("ann", 0, 100, 102 + login), Sender::Login).await;
    }
    stage.spent("steady logins", Cost { requests: 100, write: 100.0, ..Cost::default() });
}

#[tokio::test]
async fn events_cost_one_request_also_when_they_are_old_or_repeated() {
    let stage = Stage::set().await;
    let who = clerk("user_budget");
    stage.known(&who).await;
    assert_eq!(stage.upsert(&who, &told("ann", 0, 100, 101), Sender::Clerk).await, Outcome::Unchanged);
    stage.spent("a duplicate", ONE_WRITE);
    assert_eq!(stage.upsert(&who, &told("anna", 0, 90, 102), Sender::Clerk).await, Outcome::Stale);
    stage.spent("a stale event", ONE_LOSS);
    assert_eq!(stage.delete(&who, 200).await, DeleteOutcome::Deleted);
    stage.spent("a deletion", Cost { index: 1.0, ..ONE_WRITE });
    assert_eq!(stage.delete(&who, 200).await, DeleteOutcome::Stale);
    stage.spent("the same deletion", ONE_LOSS);
    assert_eq!(stage.upsert(&who, &told("ann", 0, 150, 151), Sender::Clerk).await, Outcome::Deleted);
    stage.spent("an update of the deleted", ONE_LOSS);
    assert_eq!(stage.delete(&clerk("user_unseen"), 200).await, DeleteOutcome::Deleted);
    stage.spent("a deletion of somebody unseen", ONE_WRITE);
}

#[tokio::test]
async fn a_stale_login_and_a_rebirth_cost_two_requests() {
    let stage = Stage::set().await;
    let who = auth0("auth0|budget");
    stage.known(&who).await;
    assert_eq!(stage.upsert(&who, &told("anna", 0, 90, 102), Sender::Login).await, Outcome::Stale);
    stage.spent("a stale login", Cost { requests: 2, lost: 1, ..ONE_WRITE });
    assert_eq!(stage.upsert(&who, &told("zoe", 500, 500, 501), Sender::Login).await, Outcome::Reborn);
    stage.spent("a rebirth over the living", Cost { requests: 2, lost: 1, index: 2.0, ..ONE_WRITE });
    stage.delete(&who, 600).await;
    stage.tap.take();
    assert_eq!(stage.upsert(&who, &told("eve", 700, 700, 701), Sender::Reconcile).await, Outcome::Reborn);
    stage.spent("a rebirth over a tombstone", Cost { requests: 2, lost: 1, index: 1.0, ..ONE_WRITE });
}

#[tokio::test]
async fn the_end_of_a_life_with_n_claims_costs_one_loss_and_one_transaction() {
    let stage = Stage::set().await;
    for keys in [0_usize, 1, 4] {
        let (gone, reborn) = (auth0(&format!("auth0|gone-{keys}")), auth0(&format!("auth0|reborn-{keys}")));
        for who in [&gone, &reborn] {
            stage.known(who).await;
            stage.spine.give_claims(who, keys, Some(&format!("cus_{}", who.user_id()))).await;
        }
        let claims = u32::try_from(keys + 1).expect("few");
        let cost = Cost { requests: 2, lost: 1, write: f64::from(2 * (claims + 1)), ..Cost::default() };
        assert_eq!(stage.delete(&gone, 200).await, DeleteOutcome::Deleted);
        stage.spent(&format!("a deletion with {claims} claims"), Cost { index: 1.0, ..cost });
        assert_eq!(stage.upsert(&reborn, &told("zoe", 500, 500, 501), Sender::Reconcile).await, Outcome::Reborn);
        stage.spent(&format!("a rebirth with {claims} claims"), Cost { index: 2.0, ..cost });
    }
    assert_eq!(stage.spine.claims_astray().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_look_up_by_id_is_one_strongly_consistent_read() {
    let stage = Stage::set().await;
    let who = auth0("auth0|budget");
    stage.known(&who).await;
    let row = stage.users.by_id(&who.user_id()).await.expect("a read");
    assert_eq!(row.map(|row| row.identity), Some(who.clone()));
    stage.spent("by id", Cost { requests: 1, read: 1.0, ..Cost::default() });
    assert_eq!(stage.users.by_identity(&auth0("auth0|unseen")).await, Ok(None));
    stage.spent("by identity", Cost { requests: 1, read: 1.0, ..Cost::default() });
}

#[tokio::test]
async fn a_repair_is_one_write_and_a_lift_one_read_and_one_write() {
    let stage = Stage::set().await;
    let who = auth0("auth0|budget");
    stage.known(&who).await;
    let seen = stage.users.by_identity(&who).await.expect("a read").expect("a row");
    stage.tap.take();
    let repaired = stage.users.repair(&who, &profile("ann", 0, 90, 300), &seen, noon(9_000)).await;
    assert_eq!(repaired, Ok(RepairOutcome::Repaired));
    stage.spent("a repair", ONE_WRITE);
    stage.delete(&who, 400).await;
    stage.tap.take();
    let lifted = stage.users.lift(&who, &profile("ann", 0, 90, 500), noon(500), noon(9_000)).await;
    assert_eq!(lifted, Ok(LiftOutcome::Lifted));
    stage.spent("a lift", Cost { requests: 2, index: 1.0, read: 1.0, ..ONE_WRITE });
}

#[tokio::test]
async fn a_visit_is_one_write_where_a_profile_is_stored_and_two_where_none_is() {
    let stage = Stage::set().await;
    let (who, new) = (auth0("auth0|budget"), auth0("auth0|new"));
    stage.known(&who).await;
    let claims = Patch::new(facts("ann"));
    let visit = async |who| stage.users.visit(who, &claims, noon(9_100)).await.expect("the visit ends");
    assert!(matches!(visit(&who).await, Visit::Known(_)));
    stage.spent("a profile is stored", ONE_WRITE);
    assert!(matches!(visit(&new).await, Visit::Created(_)));
    stage.spent("nothing is stored", Cost { requests: 2, lost: 1, index: 1.0, ..ONE_WRITE });
    assert!(matches!(visit(&new).await, Visit::Known(_)));
    stage.spent("a patch is stored", Cost { requests: 2, lost: 1, ..ONE_WRITE });
    stage.delete(&who, 9_200).await;
    stage.tap.take();
    assert_eq!(visit(&who).await, Visit::Deleted);
    stage.spent("a tombstone", ONE_LOSS);
}

#[tokio::test]
async fn a_look_up_by_address_is_one_query_and_one_batch_of_strongly_consistent_reads() {
    let stage = Stage::set().await;
    for number in 0..3 {
        stage.known(&auth0(&format!("auth0|{number}"))).await;
    }
    let found = stage.users.by_email("ann@example.com", None).await.expect("a page");
    assert_eq!((found.users.len(), found.cursor), (3, None));
    // Half a unit for the page of the index, and one for each row.
    stage.spent("three of an address", Cost { requests: 2, read: 3.5, ..Cost::default() });
    assert!(stage.users.by_email("nobody@example.com", None).await.expect("a page").users.is_empty());
    stage.spent("nobody", Cost { requests: 1, read: 0.5, ..Cost::default() });
}

/// A service's request to the users API, and its status.
async fn service(api: &UsersApi, method: &str, path: &str, body: &serde_json::Value) -> u16 {
    api.ask(&as_service("all", Ask::post(path, body.to_string()).by(method))).await.status
}

#[tokio::test]
async fn a_key_is_linked_through_its_door_for_one_read_and_four_units_and_replaced_for_six() {
    let stage = Stage::set().await;
    let api = UsersApi::over(stage.users.clone()).await;
    let who = auth0("auth0|budget");
    stage.known(&who).await;
    let [first, second] = [1, 2].map(|number| Wallet::numbered(number).spelled());
    let (only, besides) = (format!("/v1/users/{}/public-key", who.user_id()), |key: &str| {
        format!("/v1/users/{}/public-keys/{key}", who.user_id())
    });
    let linked = Cost { requests: 2, write: 4.0, read: 1.0, ..Cost::default() };
    let read = Cost { requests: 1, read: 1.0, ..Cost::default() };
    assert_eq!(service(&api, "PUT", &besides(&first), &json!({})).await, 204);
    stage.spent("a link", linked);
    assert_eq!(service(&api, "PUT", &besides(&first), &json!({})).await, 204);
    stage.spent("the same again", read);
    assert_eq!(service(&api, "PUT", &only, &json!({ "publicKey": second })).await, 204);
    stage.spent("a replacement", Cost { write: 6.0, ..linked });
    assert_eq!(service(&api, "DELETE", &besides(&second), &json!({})).await, 204);
    stage.spent("an unlink", linked);
    let upsert = json!({"authProvider": "auth0", "authSubject": "auth0|budget", "name": "Ann", "publicKey": first});
    assert_eq!(service(&api, "PUT", "/v1/users", &upsert).await, 200);
    stage.spent("a patch with a key", linked);
}

#[tokio::test]
async fn a_look_up_by_key_or_customer_is_two_strongly_consistent_reads() {
    let stage = Stage::set().await;
    let api = UsersApi::over(stage.users.clone()).await;
    let who = auth0("auth0|budget");
    stage.known(&who).await;
    stage.spine.give_claims(&who, 1, Some("cus_1")).await;
    let key =
        stage.users.by_identity(&who).await.expect("a read").expect("a row").linked_keys().first().map(|it| it.key);
    stage.tap.take();
    let found = Cost { requests: 2, read: 2.0, ..Cost::default() };
    for query in [format!("publicKey={}", key.expect("a key")), "stripeCustomerId=cus_1".to_owned()] {
        let page = api.service("GET", &format!("/v1/users?{query}")).await.json();
        assert_eq!(page.pointer("/users/0/userId").and_then(|id| id.as_str()), Some(who.user_id().as_str()));
        stage.spent(&query, found);
    }
    api.service("GET", "/v1/users?stripeCustomerId=cus_2").await;
    stage.spent("nobody's", Cost { requests: 1, read: 1.0, ..Cost::default() });
}

#[tokio::test]
async fn a_challenge_is_one_write_and_its_answer_a_transaction_of_three_items() {
    let stage = Stage::set().await;
    let api = UsersApi::over(stage.users.clone()).await;
    stage.known(&auth0("auth0|budget")).await;
    let (wallet, token) = (Wallet::evm(1), api.auth0_token("auth0|budget", json!({})));
    let send =
        async |path: &str, body: serde_json::Value| api.ask(&bearing(&token, Ask::post(path, body.to_string()))).await;
    let challenge = send("/v1/me/key-challenges", json!({ "publicKey": wallet.spelled() })).await.json();
    stage.spent("a challenge", Cost { requests: 3, write: 1.0, read: 2.0, ..Cost::default() });
    let text = challenge.get("message").and_then(|text| text.as_str()).expect("a text");
    let proof = json!({"nonce": challenge.get("nonce"), "publicKey": wallet.spelled(), "signature": wallet.sign(text)});
    assert_eq!(send("/v1/me/public-keys", proof).await.status, 204);
    stage.spent("its answer", Cost { requests: 3, write: 6.0, read: 2.0, ..Cost::default() });
}
