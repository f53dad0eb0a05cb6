//! Keys that services link and unlink: which spellings are keys, whose a key is, and what everybody else is told.

use serde_json::{Value, json};
use shared::domain::Identity;
use shared::store::Sender;
use tests::api_gateway::GatewayAnswer;
use tests::doors::{Ask, assert_problem};
use tests::people::{noon, told};
use tests::spine::{Spine, auth0, text};
use tests::users_api::{UsersApi, as_service};
use tests::wallet::Wallet;
use tokio::task::JoinSet;

use super::{api, ids};

const CHECKSUMMED: &str = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

async fn person(spine: &Spine, name: &str) -> Identity {
    let who = auth0(&format!("auth0|{name}"));
    spine.users().upsert(&who, &told(name, 0, 100, 101), Sender::Login, noon(9_000)).await.unwrap();
    who
}

fn path(who: &Identity, key: &str) -> String {
    format!("/v1/users/{}/public-keys/{key}", who.user_id())
}

async fn link(api: &UsersApi, who: &Identity, key: &str) -> GatewayAnswer {
    api.service("PUT", &path(who, key)).await
}

async fn unlink(api: &UsersApi, who: &Identity, key: &str) -> GatewayAnswer {
    api.service("DELETE", &path(who, key)).await
}

fn only(who: &Identity, body: impl Into<Vec<u8>>) -> Ask {
    let path = format!("/v1/users/{}/public-key", who.user_id());
    as_service("all", Ask::post(&path, body).by("PUT"))
}

async fn link_only(api: &UsersApi, who: &Identity, key: &str) -> GatewayAnswer {
    api.ask(&only(who, json!({ "publicKey": key }).to_string())).await
}

/// The keys that `GET …/public-keys` names.
async fn keys(api: &UsersApi, who: &Identity) -> Vec<String> {
    let answer = api.service("GET", &format!("/v1/users/{}/public-keys", who.user_id())).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let keys = answer.json()["publicKeys"].as_array().unwrap().clone();
    keys.iter().map(|key| key["key"].as_str().unwrap().to_owned()).collect()
}

#[track_caller]
fn done(answer: &GatewayAnswer) {
    assert_eq!((answer.status, answer.body.len()), (204, 0), "{}", answer.text());
}

#[tokio::test]
async fn keys_are_linked_listed_replaced_and_unlinked_and_told_as_wallets_spell_them() {
    let (spine, api) = api().await;
    let ann = person(&spine, "ann").await;
    let solana = Wallet::solana(1).spelled();
    assert!(keys(&api, &ann).await.is_empty());
    done(&link(&api, &ann, &CHECKSUMMED.to_lowercase()).await);
    done(&link(&api, &ann, &solana).await);
    let mut both = keys(&api, &ann).await;
    both.sort();
    assert_eq!(both, [CHECKSUMMED.to_owned(), solana.clone()]);
    let row = spine.row(&ann).await.unwrap();
    assert_eq!(text(&row, "changed_by"), Some("token:all"));
    done(&link_only(&api, &ann, CHECKSUMMED).await);
    assert_eq!(keys(&api, &ann).await, [CHECKSUMMED]);
    let document = api.service("GET", &format!("/v1/users/{}", ann.user_id())).await.json();
    assert_eq!((&document["publicKey"], &document["publicKeys"][0]["type"]), (&json!(CHECKSUMMED), &json!("evm")));
    done(&unlink(&api, &ann, CHECKSUMMED).await);
    done(&unlink(&api, &ann, CHECKSUMMED).await);
    assert!(keys(&api, &ann).await.is_empty());
    assert_eq!(spine.claims_astray().await, Vec::<String>::new());
}

#[tokio::test]
async fn one_key_in_all_its_spellings_is_one_key() {
    let (spine, api) = api().await;
    let (ann, bob) = (person(&spine, "ann").await, person(&spine, "bob").await);
    let upper = format!("0x{}", CHECKSUMMED[2..].to_uppercase());
    let encoded = format!("%30x{}", &CHECKSUMMED[2..]);
    for spelling in [CHECKSUMMED, &CHECKSUMMED.to_lowercase(), &upper, &encoded] {
        done(&link(&api, &ann, spelling).await);
        assert_eq!(keys(&api, &ann).await, [CHECKSUMMED], "{spelling}");
        assert_problem(&link(&api, &bob, spelling).await, 409, "public_key_taken", spelling);
        let page = api.service("GET", &format!("/v1/users?publicKey={spelling}")).await.json();
        assert_eq!(ids(&page), [ann.user_id().to_string()], "{spelling}");
    }
    done(&unlink(&api, &ann, &upper).await);
    assert!(keys(&api, &ann).await.is_empty());
    done(&link(&api, &bob, &CHECKSUMMED.to_lowercase()).await);
}

#[tokio::test]
async fn what_is_no_key_is_refused_in_a_path_as_in_a_body_and_nothing_is_written() {
    let (spine, api) = api().await;
    let ann = person(&spine, "ann").await;
    let before = spine.row(&ann).await;
    let solana = Wallet::solana(1).spelled();
    for wrong in [
        "0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0X5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed0",
        "11111111111111111111111111111111",
        &solana[1..],
        &format!("1{solana}"),
        &solana.replace(|letter: char| letter.is_ascii_digit(), "0"),
        &format!("evm#{}", &CHECKSUMMED[2..].to_lowercase()),
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        &"z".repeat(5000),
        "ключ",
    ] {
        let in_path: String = url::form_urlencoded::byte_serialize(wrong.as_bytes()).collect();
        for answer in [
            link(&api, &ann, &in_path).await,
            unlink(&api, &ann, &in_path).await,
            link_only(&api, &ann, wrong).await,
            api.service("GET", &format!("/v1/users?publicKey={in_path}")).await,
        ] {
            assert_problem(&answer, 400, "unsupported_key", wrong);
        }
    }
    assert_problem(&link(&api, &ann, "%FF").await, 400, "unsupported_key", "no text");
    assert_eq!((spine.row(&ann).await, spine.items(&spine.tables.claims).await), (before, vec![]));
}

#[tokio::test]
async fn a_bad_body_links_nothing_and_is_told_why() {
    let (spine, api) = api().await;
    let ann = person(&spine, "ann").await;
    for (body, status, code) in [
        ("", 400, "body_missing"),
        ("[]", 400, "json_malformed"),
        ("{}", 400, "field_missing"),
        (r#"{"publicKey": null}"#, 400, "field_missing"),
        (r#"{"publicKey": ""}"#, 400, "field_missing"),
        (r#"{"publicKey": {}}"#, 400, "field_invalid"),
        (r#"{"publicKey": "0x", "publicKey": "0x"}"#, 400, "json_duplicate_key"),
    ] {
        assert_problem(&api.ask(&only(&ann, body)).await, status, code, body);
    }
    let large = format!("{{\"publicKey\": \"{}\"}}", "z".repeat(256 * 1024));
    assert_problem(&api.ask(&only(&ann, large)).await, 413, "body_too_large", "large");
    let kind = only(&ann, "{}").without("content-type").header("content-type", "text/plain");
    assert_problem(&api.ask(&kind).await, 415, "content_type_unsupported", "text");
    assert!(spine.items(&spine.tables.claims).await.is_empty());
}

#[tokio::test]
async fn nobodys_keys_are_unknown_and_a_deleted_users_are_gone() {
    let (spine, api) = api().await;
    let (gone, unseen) = (person(&spine, "gone").await, auth0("auth0|unseen"));
    done(&link(&api, &gone, CHECKSUMMED).await);
    spine.users().delete(&gone, noon(9_500), Sender::Reconcile, api.clock.now()).await.unwrap();
    for (who, status, code) in [(&unseen, 404, "user_unknown"), (&gone, 410, "user_deleted")] {
        for answer in [
            link(&api, who, CHECKSUMMED).await,
            unlink(&api, who, CHECKSUMMED).await,
            link_only(&api, who, CHECKSUMMED).await,
            api.service("GET", &format!("/v1/users/{}/public-keys", who.user_id())).await,
        ] {
            assert_problem(&answer, status, code, code);
        }
    }
    for nobody in ["usr_x", "%FF", "me"] {
        for (method, rest) in [("GET", "public-keys"), ("PUT", "public-key"), ("DELETE", "public-keys/0x")] {
            let body = json!({ "publicKey": CHECKSUMMED }).to_string();
            let rest = rest.replace("0x", CHECKSUMMED);
            let ask = Ask::post(&format!("/v1/users/{nobody}/{rest}"), body).by(method);
            let answer = api.ask(&as_service("all", ask)).await;
            // What is no text names no key either.
            let told =
                if nobody == "%FF" && method == "DELETE" { (400, "unsupported_key") } else { (404, "user_unknown") };
            assert_problem(&answer, told.0, told.1, &format!("{method} {nobody}"));
        }
    }
    // What the deleted had claimed stays theirs for a while.
    let bob = person(&spine, "bob").await;
    assert_problem(&link(&api, &bob, CHECKSUMMED).await, 409, "public_key_taken", "within 48 h");
}

#[tokio::test]
async fn the_twenty_first_key_is_too_many_and_one_in_place_of_twenty_is_not() {
    let (spine, api) = api().await;
    let ann = person(&spine, "ann").await;
    for number in 0..20 {
        done(&link(&api, &ann, &Wallet::numbered(number).spelled()).await);
    }
    assert_problem(&link(&api, &ann, CHECKSUMMED).await, 409, "too_many_keys", "the 21st");
    done(&link(&api, &ann, &Wallet::numbered(7).spelled()).await);
    assert_eq!(keys(&api, &ann).await.len(), 20);
    done(&link_only(&api, &ann, CHECKSUMMED).await);
    assert_eq!(keys(&api, &ann).await, [CHECKSUMMED]);
    assert_eq!(spine.claims_astray().await, Vec::<String>::new());
}

#[tokio::test]
async fn of_many_who_want_one_key_at_the_same_moment_exactly_one_has_it() {
    for by_body in [false, true] {
        let (spine, api) = api().await;
        let api = std::sync::Arc::new(api);
        let mut people = Vec::new();
        for number in 0..8 {
            people.push(person(&spine, &format!("racer-{number}")).await);
        }
        let mut race = JoinSet::new();
        for who in people.clone() {
            let api = api.clone();
            race.spawn(async move {
                let answer = if by_body {
                    link_only(&api, &who, CHECKSUMMED).await
                } else {
                    link(&api, &who, CHECKSUMMED).await
                };
                (who, answer)
            });
        }
        let (won, lost): (Vec<_>, Vec<_>) =
            race.join_all().await.into_iter().partition(|(_, answer)| answer.status == 204);
        assert_eq!(won.len(), 1, "{won:?}");
        for (_, answer) in &lost {
            assert_problem(answer, 409, "public_key_taken", "a loser");
        }
        assert_eq!(keys(&api, &won[0].0).await, [CHECKSUMMED]);
        assert_eq!(spine.claims_astray().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn users_are_found_by_key_and_by_customer_and_tombstones_are_not() {
    let (spine, api) = api().await;
    let (ann, gone) = (person(&spine, "ann").await, person(&spine, "gone").await);
    let (key, theirs) = (Wallet::solana(1).spelled(), Wallet::evm(2).spelled());
    done(&link(&api, &ann, &key).await);
    done(&link(&api, &gone, &theirs).await);
    for (who, customer) in [(&ann, "cus_ann"), (&gone, "cus_gone")] {
        let by = shared::store::Author::Operator("test");
        let customer = customer.parse().unwrap();
        spine.claims().set_stripe_customer(&who.user_id(), &customer, None, by, noon(9_100)).await.unwrap();
    }
    spine.users().delete(&gone, noon(9_500), Sender::Reconcile, api.clock.now()).await.unwrap();
    let found = async |name: &str, value: &str| -> Value {
        let query = api.service("GET", &format!("/v1/users?{name}={value}")).await;
        let body = Ask::post("/v1/users/lookup", json!({ name: value }).to_string());
        let body = api.ask(&as_service("reader", body)).await;
        assert_eq!((query.status, body.status), (200, 200), "{} {}", query.text(), body.text());
        assert_eq!(query.json(), body.json());
        query.json()["users"].clone()
    };
    for (name, value) in [("publicKey", key.as_str()), ("stripeCustomerId", "cus_ann")] {
        let users = found(name, value).await;
        assert_eq!(users[0]["userId"], ann.user_id().as_str(), "{name}");
        assert_eq!((&users[0]["publicKey"], &users[0]["stripeCustomerId"]), (&json!(key), &json!("cus_ann")));
    }
    let unseen = Wallet::evm(9).spelled();
    for (name, value) in [
        ("publicKey", theirs.as_str()),
        ("publicKey", &unseen),
        ("stripeCustomerId", "cus_gone"),
        ("stripeCustomerId", "cus_x"),
    ] {
        assert_eq!(found(name, value).await, json!([]), "{name} {value}");
    }
    for (query, code) in [
        (format!("publicKey={key}&stripeCustomerId=cus_ann"), "filter_ambiguous"),
        (format!("publicKey={key}&publicKey={key}"), "query_duplicate_key"),
        (format!("publicKey={key}&cursor=x"), "cursor_invalid"),
        ("stripeCustomerId=sub_1".to_owned(), "field_invalid"),
        ("publicKey=".to_owned(), "field_missing"),
    ] {
        let answer = api.service("GET", &format!("/v1/users?{query}")).await;
        assert_problem(&answer, 400, code, &query);
    }
}
