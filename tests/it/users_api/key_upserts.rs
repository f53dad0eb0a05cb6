//! `publicKey` in `PUT /v1/users`: the patch and the key are written together, or neither is.

use serde_json::{Value, json};
use shared::domain::Identity;
use shared::store::Sender;
use tests::api_gateway::GatewayAnswer;
use tests::doors::{Ask, assert_problem};
use tests::faults::{Fault, Faults};
use tests::sdk;
use tests::spine::{Spine, auth0, text};
use tests::users_api::{UsersApi, as_service};
use tests::wallet::Wallet;
use tokio::task::JoinSet;

use super::api;

async fn upsert(api: &UsersApi, who: &Identity, fields: Value) -> GatewayAnswer {
    let mut body = json!({"authProvider": "auth0", "authSubject": who.subject()});
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    api.upsert(&body).await
}

async fn document(api: &UsersApi, who: &Identity) -> Value {
    api.service("GET", &format!("/v1/users/{}", who.user_id())).await.json()
}

/// The keys that a user has.
async fn keys(api: &UsersApi, who: &Identity) -> Vec<String> {
    let document = document(api, who).await;
    let keys = document["publicKeys"].as_array().unwrap();
    keys.iter().map(|key| key["key"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn somebody_new_comes_with_the_key_and_somebody_known_has_it_in_place_of_all_others() {
    let (spine, api) = api().await;
    let ann = auth0("auth0|ann");
    let [first, second, third] = [1, 3, 5].map(|number| Wallet::solana(number).spelled());
    let answer = upsert(&api, &ann, json!({"name": "Ann", "nickname": "an", "publicKey": first})).await;
    assert_eq!((answer.status, answer.json()), (200, json!({"userId": ann.user_id().as_str()})));
    assert_eq!(text(&spine.row(&ann).await.unwrap(), "changed_by"), Some("token:all"));
    assert_eq!(keys(&api, &ann).await, [first.as_str()]);
    api.service("PUT", &format!("/v1/users/{}/public-keys/{second}", ann.user_id())).await;
    let answer = upsert(&api, &ann, json!({"name": "Anna", "nickname": null, "publicKey": third})).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(keys(&api, &ann).await, [third.as_str()]);
    let told = document(&api, &ann).await;
    assert_eq!((&told["name"], told.get("nickname"), &told["publicKey"]), (&json!("Anna"), None, &json!(third)));
    assert_eq!(spine.claims_astray().await, Vec::<String>::new());
}

#[tokio::test]
async fn somebody_new_whose_facts_are_cleared_is_made_with_the_key_and_without_the_facts() {
    let (_spine, api) = api().await;
    let (ann, key) = (auth0("auth0|ann"), Wallet::solana(1).spelled());
    let answer = upsert(&api, &ann, json!({"email": null, "name": null, "publicKey": key})).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let told = document(&api, &ann).await;
    assert_eq!((told.get("email"), told.get("name"), &told["publicKey"]), (None, None, &json!(key)));
}

#[tokio::test]
async fn absent_and_empty_keep_the_keys_and_null_unlinks_all_with_the_patch() {
    let (spine, api) = api().await;
    let (ann, bob) = (auth0("auth0|ann"), auth0("auth0|bob"));
    let key = Wallet::solana(1).spelled();
    upsert(&api, &ann, json!({ "publicKey": key })).await;
    for kept in [json!({"name": "Ann"}), json!({"name": "Ann", "publicKey": ""})] {
        assert_eq!(upsert(&api, &ann, kept).await.status, 200);
        assert_eq!(keys(&api, &ann).await, [key.as_str()]);
    }
    api.service("PUT", &format!("/v1/users/{}/public-keys/{}", ann.user_id(), Wallet::evm(2).spelled())).await;
    for name in ["Anna", "Annie"] {
        assert_eq!(upsert(&api, &ann, json!({"name": name, "publicKey": null})).await.status, 200);
        assert_eq!((keys(&api, &ann).await, &document(&api, &ann).await["name"]), (vec![], &json!(name)));
    }
    // They are free at once, for somebody new too.
    assert_eq!(upsert(&api, &bob, json!({ "publicKey": key })).await.status, 200);
    let unseen = auth0("auth0|unseen");
    assert_eq!(upsert(&api, &unseen, json!({"name": "Eve", "publicKey": null})).await.status, 200);
    assert_eq!((keys(&api, &unseen).await, &document(&api, &unseen).await["name"]), (vec![], &json!("Eve")));
    assert_eq!(spine.claims_astray().await, Vec::<String>::new());
}

#[tokio::test]
async fn where_the_key_is_somebody_elses_nothing_is_written() {
    let (spine, api) = api().await;
    let (ann, bob, unseen) = (auth0("auth0|ann"), auth0("auth0|bob"), auth0("auth0|unseen"));
    let (key, own) = (Wallet::evm(1).spelled(), Wallet::evm(2).spelled());
    upsert(&api, &ann, json!({ "publicKey": key })).await;
    upsert(&api, &bob, json!({"name": "Bob", "publicKey": own})).await;
    let before = spine.row(&bob).await;
    for who in [&bob, &unseen] {
        let answer = upsert(&api, who, json!({"name": "Thief", "email": "thief@example.com", "publicKey": key})).await;
        assert_problem(&answer, 409, "public_key_taken", who.subject());
    }
    assert_eq!((spine.row(&bob).await, spine.row(&unseen).await), (before, None));
    assert_eq!(spine.claims_astray().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_deleted_user_is_gone_for_a_key_and_for_none_and_nothing_is_written() {
    let (spine, api) = api().await;
    let ann = auth0("auth0|ann");
    upsert(&api, &ann, json!({"name": "Ann", "publicKey": Wallet::evm(1).spelled()})).await;
    let now = api.clock.now();
    spine.users().delete(&ann, now, Sender::Reconcile, now).await.unwrap();
    let before = (spine.row(&ann).await, spine.items(&spine.tables.claims).await);
    for key in [json!(null), json!(Wallet::evm(1).spelled()), json!(Wallet::evm(2).spelled())] {
        let answer = upsert(&api, &ann, json!({"name": "Ann", "publicKey": key})).await;
        assert_problem(&answer, 410, "user_deleted", &key.to_string());
    }
    assert_eq!((spine.row(&ann).await, spine.items(&spine.tables.claims).await), before);
}

#[tokio::test]
async fn a_key_needs_its_own_scope_besides_and_so_does_the_end_of_all() {
    let (spine, api) = api().await;
    for key in [json!(Wallet::evm(1).spelled()), json!(null)] {
        let body = json!({"authProvider": "auth0", "authSubject": "auth0|ann", "publicKey": key}).to_string();
        for (id, lacking) in [("writer", "keys:write"), ("key-writer", "users:write")] {
            let answer = api.ask(&as_service(id, Ask::post("/v1/users", body.clone()).by("PUT"))).await;
            assert_problem(&answer, 403, "scope_missing", id);
            assert!(answer.header("www-authenticate").unwrap().contains(lacking));
        }
    }
    let body = json!({"authProvider": "auth0", "authSubject": "auth0|ann", "publicKey": ""}).to_string();
    let answer = api.ask(&as_service("writer", Ask::post("/v1/users", body).by("PUT"))).await;
    assert_eq!((answer.status, spine.items(&spine.tables.claims).await.len()), (200, 0));
}

#[tokio::test]
async fn what_is_no_key_refuses_the_whole_patch() {
    let (spine, api) = api().await;
    for (key, code) in [
        (json!("0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"), "unsupported_key"),
        (json!("11111111111111111111111111111111"), "unsupported_key"),
        (json!(5), "field_invalid"),
        (json!(["0x"]), "field_invalid"),
    ] {
        let answer = upsert(&api, &auth0("auth0|ann"), json!({"name": "Ann", "publicKey": key})).await;
        assert_problem(&answer, 400, code, &key.to_string());
    }
    assert!(spine.items(&spine.tables.users).await.is_empty());
}

#[tokio::test]
async fn of_two_strangers_who_come_with_one_key_at_the_same_moment_one_is_made() {
    let (spine, api) = api().await;
    let api = std::sync::Arc::new(api);
    let mut race = JoinSet::new();
    for number in 0..6 {
        let api = api.clone();
        let who = auth0(&format!("auth0|stranger-{number}"));
        race.spawn(async move { upsert(&api, &who, json!({ "publicKey": Wallet::evm(1).spelled() })).await.status });
    }
    let mut statuses = race.join_all().await;
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409, 409, 409, 409]);
    assert_eq!(spine.items(&spine.tables.users).await.len(), 1);
    assert_eq!(spine.claims_astray().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_reply_that_is_lost_is_no_failure_and_contention_that_stays_is_a_503_after_which_a_repeat_ends_right() {
    let spine = Spine::fresh().await;
    let (http, faults) = Faults::new(sdk::plain_http(), 1);
    let api = UsersApi::over(spine.users_over(http)).await;
    let (ann, bob) = (auth0("auth0|ann"), auth0("auth0|bob"));
    let (with_key, without) =
        (json!({"name": "Ann", "publicKey": Wallet::evm(1).spelled()}), json!({"publicKey": null}));
    faults.fail_next("TransactWriteItems", 1, Fault::LostReply);
    assert_eq!(upsert(&api, &ann, with_key.clone()).await.status, 200);
    faults.fail_next("TransactWriteItems", 1, Fault::LostReply);
    assert_eq!(upsert(&api, &ann, without).await.status, 200);
    assert!(keys(&api, &ann).await.is_empty());
    for fault in [Fault::Conflict, Fault::Throttled, Fault::NeverSent] {
        faults.fail_next("TransactWriteItems", 100, fault);
        let answer = upsert(&api, &bob, with_key.clone()).await;
        assert_problem(&answer, 503, "unavailable", "it stays");
        assert_eq!((answer.header("retry-after"), spine.row(&bob).await), (Some("1"), None));
        faults.calm();
    }
    assert_eq!(upsert(&api, &bob, with_key).await.status, 200);
    assert_eq!(keys(&api, &bob).await.len(), 1);
    assert_eq!(spine.claims_astray().await, Vec::<String>::new());
}
