//! Users who link keys by themselves: a challenge, the wallet's answer to it, and everything that is almost one.

use std::time::Duration;

use data_encoding::HEXLOWER;
use serde_json::{Value, json};
use shared::domain::{Challenge, Identity, Nonce};
use shared::store::{ChallengeOutcome, Sender};
use tests::api_gateway::GatewayAnswer;
use tests::doors::{Ask, assert_problem};
use tests::faults::{Fault, Faults};
use tests::sdk;
use tests::spine::{Spine, auth0, clerk, text};
use tests::users_api::{UsersApi, bearing};
use tests::wallet::Wallet;

use super::api;

/// Somebody of Auth0 who is here, and their token.
async fn person(api: &UsersApi, name: &str) -> (Identity, String) {
    let subject = format!("auth0|{name}");
    let token = api.auth0_token(&subject, json!({}));
    assert_eq!(api.me("PUT", &token).await.status, 200);
    (auth0(&subject), token)
}

async fn post(api: &UsersApi, path: &str, token: &str, body: &Value) -> GatewayAnswer {
    api.ask(&bearing(token, Ask::post(path, body.to_string()))).await
}

async fn challenge(api: &UsersApi, token: &str, wallet: &Wallet) -> GatewayAnswer {
    post(api, "/v1/me/key-challenges", token, &json!({ "publicKey": wallet.spelled() })).await
}

/// A challenge that must be made.
async fn challenged(api: &UsersApi, token: &str, wallet: &Wallet) -> Value {
    let answer = challenge(api, token, wallet).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()
}

/// The wallet's right answer to a challenge.
fn proof(challenge: &Value, wallet: &Wallet) -> Value {
    let signature = wallet.sign(challenge["message"].as_str().unwrap());
    json!({"nonce": challenge["nonce"], "publicKey": wallet.spelled(), "signature": signature})
}

async fn prove(api: &UsersApi, token: &str, proof: &Value) -> GatewayAnswer {
    post(api, "/v1/me/public-keys", token, proof).await
}

async fn unlink(api: &UsersApi, token: &str, key: &str) -> GatewayAnswer {
    api.ask(&bearing(token, Ask::new("DELETE", &format!("/v1/me/public-keys/{key}")))).await
}

/// The keys that `GET /v1/me` names.
async fn keys(api: &UsersApi, token: &str) -> Vec<String> {
    let document = api.me("GET", token).await.json();
    let keys = document["publicKeys"].as_array().unwrap();
    keys.iter()
        .map(|key| key["key"].as_str().unwrap().parse::<shared::domain::PublicKey>().unwrap().canonical())
        .collect()
}

#[tokio::test]
async fn a_wallet_of_either_kind_links_its_key_by_signing_what_it_is_shown() {
    let (spine, api) = api().await;
    for wallet in [Wallet::evm(2), Wallet::solana(1)] {
        let (who, token) = person(&api, &wallet.spelled()).await;
        let challenge = challenged(&api, &token, &wallet).await;
        let message = challenge["message"].as_str().unwrap();
        for told in ["app.example.com", "https://app.example.com", who.user_id().as_str(), &wallet.key().to_string()] {
            assert!(message.contains(told), "{message}");
        }
        assert!(message.contains(challenge["nonce"].as_str().unwrap()));
        let lasts = challenge["expiresAt"].as_i64().unwrap() - api.clock.now().millis();
        assert!((1..=600_000).contains(&lasts), "{lasts}");
        let answer = prove(&api, &token, &proof(&challenge, &wallet)).await;
        assert_eq!((answer.status, answer.body.len()), (204, 0), "{}", answer.text());
        assert_eq!(keys(&api, &token).await, [wallet.key().canonical()]);
        assert_eq!(text(&spine.row(&who).await.unwrap(), "changed_by"), Some("login"));
        assert_eq!(unlink(&api, &token, &wallet.spelled()).await.status, 204);
        assert_eq!(unlink(&api, &token, &wallet.spelled()).await.status, 204, "a repeat");
        assert!(keys(&api, &token).await.is_empty());
    }
    assert_eq!(spine.claims_astray().await, Vec::<String>::new());
}

#[tokio::test]
async fn what_is_almost_a_signature_is_none_and_uses_nothing_up() {
    let (_spine, api) = api().await;
    for wallet in [Wallet::evm(2), Wallet::solana(1)] {
        let (_, token) = person(&api, &wallet.spelled()).await;
        let challenge = challenged(&api, &token, &wallet).await;
        let right = proof(&challenge, &wallet);
        let (text, signature) = (challenge["message"].as_str().unwrap(), right["signature"].as_str().unwrap());
        let other = match wallet {
            Wallet::Evm(_) => Wallet::evm(9),
            Wallet::Solana(_) => Wallet::solana(9),
        };
        let mut wrongs = vec![
            wallet.sign(&format!("{text} ")),
            wallet.sign(&text.replace("app.example.com", "evil.example")),
            wallet.sign(challenge["nonce"].as_str().unwrap()),
            other.sign(text),
            signature[..signature.len() - 2].to_owned(),
            format!("{signature}00"),
            "0x".to_owned(),
            "x".repeat(10_000),
            format!(" {signature}"),
        ];
        if let Wallet::Evm(_) = wallet {
            wrongs.push(high_s(signature));
            wrongs.push(signature[2..].to_owned());
            wrongs.push(format!("{}02", &signature[..signature.len() - 2]));
        } else {
            wrongs.push(HEXLOWER.encode(&bs58::decode(signature).into_vec().unwrap()));
            wrongs.push(bs58::encode([0; 64]).into_string());
        }
        for wrong in wrongs {
            let mut proof = right.clone();
            proof["signature"] = json!(wrong);
            assert_problem(&prove(&api, &token, &proof).await, 400, "signature_invalid", &wrong);
        }
        assert!(keys(&api, &token).await.is_empty());
        assert_eq!(prove(&api, &token, &right).await.status, 204);
    }
}

/// The twin of a signature that recovers the same address: n - s in place of s, and the other v.
fn high_s(signature: &str) -> String {
    let bytes = HEXLOWER.decode(&signature.as_bytes()[2..]).unwrap();
    let low = k256::ecdsa::Signature::from_slice(&bytes[..64]).unwrap();
    let (r, s) = low.split_scalars();
    let high = k256::ecdsa::Signature::from_scalars(r.to_bytes(), (-*s).to_bytes()).unwrap();
    let v = if bytes[64] == 27 { 28 } else { 27 };
    format!("0x{}{v:02x}", HEXLOWER.encode(&high.to_bytes()))
}

#[tokio::test]
async fn a_nonce_that_is_anothers_for_another_key_expired_or_made_up_links_nothing() {
    let (spine, api) = api().await;
    let (ann, bob) = (person(&api, "ann").await, person(&api, "bob").await);
    let (wallet, other) = (Wallet::evm(1), Wallet::evm(3));
    let anns = challenged(&api, &ann.1, &wallet).await;
    assert_problem(&prove(&api, &bob.1, &proof(&anns, &wallet)).await, 409, "challenge_unknown", "another's");
    challenged(&api, &bob.1, &wallet).await;
    assert_problem(&prove(&api, &bob.1, &proof(&anns, &wallet)).await, 409, "challenge_unknown", "another's, again");
    assert_problem(&prove(&api, &ann.1, &proof(&anns, &other)).await, 409, "challenge_unknown", "another key");
    for made_up in ["0".repeat(32), "x".to_owned(), "0".repeat(10_000), anns["nonce"].as_str().unwrap().to_uppercase()]
    {
        let mut proof = proof(&anns, &wallet);
        proof["nonce"] = json!(made_up);
        assert_problem(&prove(&api, &ann.1, &proof).await, 409, "challenge_unknown", &made_up);
    }
    let late = api.clock.now().minus(Challenge::LASTS + Duration::from_millis(1));
    let opened = spine.claims().open_challenge(&ann.0.user_id(), &wallet.key(), Nonce::of(1), late).await;
    let Ok(ChallengeOutcome::Opened(old)) = opened else { unreachable!("{opened:?}") };
    let signature = wallet.answer(&old);
    let proof = json!({"nonce": old.nonce.as_str(), "publicKey": wallet.spelled(), "signature": signature});
    assert_problem(&prove(&api, &ann.1, &proof).await, 409, "challenge_expired", "ten minutes later");
    assert!(keys(&api, &ann.1).await.is_empty() && keys(&api, &bob.1).await.is_empty());
}

#[tokio::test]
async fn a_used_nonce_repeats_its_success_while_the_key_is_linked_and_does_nothing_else_ever() {
    let (_spine, api) = api().await;
    let ((_, ann), (_, bob)) = (person(&api, "ann").await, person(&api, "bob").await);
    let (wallet, other) = (Wallet::evm(1), Wallet::evm(3));
    let challenge = challenged(&api, &ann, &wallet).await;
    let right = proof(&challenge, &wallet);
    for _ in 0..3 {
        assert_eq!(prove(&api, &ann, &right).await.status, 204);
    }
    assert_problem(&prove(&api, &ann, &proof(&challenge, &other)).await, 409, "challenge_unknown", "another key");
    assert_problem(&prove(&api, &bob, &right).await, 409, "challenge_unknown", "another user");
    let mut forged = right.clone();
    forged["signature"] = json!(wallet.sign("another text"));
    assert_problem(&prove(&api, &ann, &forged).await, 400, "signature_invalid", "another text");
    assert_eq!(unlink(&api, &ann, &wallet.spelled()).await.status, 204);
    assert_problem(&prove(&api, &ann, &right).await, 409, "challenge_spent", "after the unlink");
    assert!(keys(&api, &ann).await.is_empty());
}

#[tokio::test]
async fn a_reply_that_is_lost_is_no_failure_and_a_database_that_stays_away_is_a_503() {
    let spine = Spine::fresh().await;
    let (http, faults) = Faults::new(sdk::plain_http(), 1);
    let api = UsersApi::over(spine.users_over(http)).await;
    let (_, token) = person(&api, "ann").await;
    let (first, second) = (Wallet::evm(1), Wallet::solana(3));
    let challenge = challenged(&api, &token, &first).await;
    faults.fail_next("TransactWriteItems", 1, Fault::LostReply);
    assert_eq!(prove(&api, &token, &proof(&challenge, &first)).await.status, 204);
    let challenge = challenged(&api, &token, &second).await;
    let right = proof(&challenge, &second);
    faults.fail_next("TransactWriteItems", 1, Fault::LostReply);
    faults.fail_next("TransactWriteItems", 100, Fault::NeverSent);
    let answer = prove(&api, &token, &right).await;
    assert_problem(&answer, 503, "unavailable", "the reply was lost for good");
    assert_eq!(answer.header("retry-after"), Some("1"));
    faults.calm();
    assert_eq!(prove(&api, &token, &right).await.status, 204, "the repeat finds its own effect");
    assert_eq!(keys(&api, &token).await.len(), 2);
    assert_eq!(unlink(&api, &token, &second.spelled()).await.status, 204);
    assert_problem(&prove(&api, &token, &right).await, 409, "challenge_spent", "any other use");
    for fault in [Fault::Conflict, Fault::Throttled] {
        faults.fail_next("TransactWriteItems", 100, fault);
        let answer = unlink(&api, &token, &first.spelled()).await;
        assert_problem(&answer, 503, "unavailable", "contention that stays");
        assert_eq!(answer.header("retry-after"), Some("1"));
        faults.calm();
    }
    assert_eq!(spine.claims_astray().await, Vec::<String>::new());
}

#[tokio::test]
async fn the_sixth_open_challenge_must_wait() {
    let (_spine, api) = api().await;
    let (_, token) = person(&api, "ann").await;
    let wallet = Wallet::evm(1);
    let mut last = json!(null);
    for _ in 0..5 {
        last = challenged(&api, &token, &wallet).await;
    }
    assert_problem(&challenge(&api, &token, &wallet).await, 429, "too_many_challenges", "the sixth");
    assert_eq!(prove(&api, &token, &proof(&last, &wallet)).await.status, 204);
    challenged(&api, &token, &wallet).await;
}

#[tokio::test]
async fn a_key_of_another_is_taken_and_the_twenty_first_is_too_many_by_proof_too() {
    let (spine, api) = api().await;
    let ((ann, anns), (_, bobs)) = (person(&api, "ann").await, person(&api, "bob").await);
    let wallet = Wallet::evm(99);
    let [for_ann, for_bob] = [challenged(&api, &anns, &wallet).await, challenged(&api, &bobs, &wallet).await];
    let (to_ann, to_bob) = (proof(&for_ann, &wallet), proof(&for_bob, &wallet));
    let (one, other) = tokio::join!(prove(&api, &anns, &to_ann), prove(&api, &bobs, &to_bob));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 409], "one of two who hold one key has it");
    let loser = if one.status == 409 { &one } else { &other };
    assert_problem(loser, 409, "public_key_taken", "the other one");
    let (winners, losers, kept) = if one.status == 204 { (&anns, &bobs, &to_bob) } else { (&bobs, &anns, &to_ann) };
    assert_eq!(unlink(&api, winners, &wallet.spelled()).await.status, 204);
    assert_eq!(prove(&api, losers, kept).await.status, 204, "a refusal uses nothing up");
    assert_eq!(unlink(&api, losers, &wallet.spelled()).await.status, 204);
    for number in 0..20 {
        let path = format!("/v1/users/{}/public-keys/{}", ann.user_id(), Wallet::numbered(number).spelled());
        assert_eq!(api.service("PUT", &path).await.status, 204);
    }
    let challenge = challenged(&api, &anns, &wallet).await;
    assert_problem(&prove(&api, &anns, &proof(&challenge, &wallet)).await, 409, "too_many_keys", "the 21st");
    assert_eq!(spine.claims_astray().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_challenge_needs_a_row_and_a_deleted_users_browser_is_told_so_everywhere() {
    let (spine, api) = api().await;
    let wallet = Wallet::evm(1);
    let unseen = api.auth0_token("auth0|unseen", json!({}));
    let made_up = json!({"nonce": "0".repeat(32), "publicKey": wallet.spelled(), "signature": "0x00"});
    assert_problem(&challenge(&api, &unseen, &wallet).await, 404, "not_provisioned", "a challenge");
    assert_problem(&prove(&api, &unseen, &made_up).await, 404, "not_provisioned", "a proof");
    assert_problem(&unlink(&api, &unseen, &wallet.spelled()).await, 404, "not_provisioned", "an unlink");
    let (ann, token) = person(&api, "ann").await;
    let right = proof(&challenged(&api, &token, &wallet).await, &wallet);
    let now = api.clock.now();
    spine.users().delete(&ann, now, Sender::Reconcile, now).await.unwrap();
    let before = (spine.row(&ann).await, spine.items(&spine.tables.claims).await);
    assert_problem(&challenge(&api, &token, &wallet).await, 410, "user_deleted", "a challenge");
    for proof in [&right, &made_up, &json!({"nonce": right["nonce"], "publicKey": wallet.spelled(), "signature": "x"})]
    {
        assert_problem(&prove(&api, &token, proof).await, 410, "user_deleted", "a proof");
    }
    assert_problem(&unlink(&api, &token, &wallet.spelled()).await, 410, "user_deleted", "an unlink");
    assert_problem(&api.me("GET", &token).await, 410, "user_deleted", "me");
    assert_problem(&api.me("PUT", &token).await, 410, "user_deleted", "me");
    assert_eq!((spine.row(&ann).await, spine.items(&spine.tables.claims).await), before);
}

#[tokio::test]
async fn a_challenge_of_the_life_before_is_unknown_in_the_next() {
    let (spine, api) = api().await;
    let (ann, token) = person(&api, "ann").await;
    let wallet = Wallet::evm(1);
    let right = proof(&challenged(&api, &token, &wallet).await, &wallet);
    let (now, second) = (api.clock.now(), Duration::from_secs(1));
    spine.users().delete(&ann, now, Sender::Reconcile, now).await.unwrap();
    let facts = shared::domain::Facts::default();
    let born = now.plus(second);
    let profile = shared::domain::Told::Profile(shared::domain::Profile::new(facts, born, born, born));
    spine.users().upsert(&ann, &profile, Sender::Login, born).await.unwrap();
    assert_problem(&prove(&api, &token, &right).await, 409, "challenge_unknown", "another life");
    let again = proof(&challenged(&api, &token, &wallet).await, &wallet);
    assert_eq!(prove(&api, &token, &again).await.status, 204);
}

#[tokio::test]
async fn proof_takes_at_once_what_somebody_deleted_had_claimed() {
    let (spine, api) = api().await;
    let ((ann, anns), (_, bobs)) = (person(&api, "ann").await, person(&api, "bob").await);
    let wallet = Wallet::solana(1);
    let first = proof(&challenged(&api, &anns, &wallet).await, &wallet);
    assert_eq!(prove(&api, &anns, &first).await.status, 204);
    let now = api.clock.now();
    spine.users().delete(&ann, now, Sender::Reconcile, now).await.unwrap();
    let second = proof(&challenged(&api, &bobs, &wallet).await, &wallet);
    assert_eq!(prove(&api, &bobs, &second).await.status, 204);
    assert_eq!(spine.claims_astray().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_bad_body_is_told_why() {
    let (spine, api) = api().await;
    let (_, token) = person(&api, "ann").await;
    let key = Wallet::evm(1).spelled();
    let proof = json!({"nonce": "0".repeat(32), "publicKey": key, "signature": "0x00"});
    for field in ["nonce", "publicKey", "signature"] {
        for (value, code) in [(json!(null), "field_missing"), (json!(""), "field_missing"), (json!(7), "field_invalid")]
        {
            let mut wrong = proof.clone();
            wrong[field] = value;
            assert_problem(&prove(&api, &token, &wrong).await, 400, code, field);
            if field == "publicKey" {
                assert_problem(&post(&api, "/v1/me/key-challenges", &token, &wrong).await, 400, code, field);
            }
        }
    }
    let weak = json!({"nonce": "0".repeat(32), "publicKey": "11111111111111111111111111111111", "signature": "x"});
    assert_problem(&prove(&api, &token, &weak).await, 400, "unsupported_key", "low order");
    assert_problem(&post(&api, "/v1/me/key-challenges", &token, &weak).await, 400, "unsupported_key", "low order");
    assert_problem(
        &unlink(&api, &token, "11111111111111111111111111111111").await,
        400,
        "unsupported_key",
        "low order",
    );
    assert_problem(&unlink(&api, &token, "%FF").await, 400, "unsupported_key", "no text");
    for path in ["/v1/me/key-challenges", "/v1/me/public-keys"] {
        let answer = api.ask(&bearing(&token, Ask::post(path, "{"))).await;
        assert_problem(&answer, 400, "json_malformed", path);
        let answer = api.ask(&bearing(&token, Ask::post(path, vec![b' '; 257 * 1024]))).await;
        assert_problem(&answer, 413, "body_too_large", path);
        let text = Ask::post(path, "{}").without("content-type").header("content-type", "text/plain");
        assert_problem(&api.ask(&bearing(&token, text)).await, 415, "content_type_unsupported", path);
    }
    assert!(spine.items(&spine.tables.claims).await.is_empty());
}

#[tokio::test]
async fn whoever_acts_in_a_users_place_links_and_unlinks_nothing() {
    let (spine, api) = api().await;
    let own = api.clerk_token("user_ann", json!({}));
    assert_eq!(api.me("PUT", &own).await.status, 200);
    let wallet = Wallet::evm(1);
    let right = proof(&challenged(&api, &own, &wallet).await, &wallet);
    let acting = api.clerk_token("user_ann", json!({"act": {"sub": "user_support"}}));
    let before = (spine.row(&clerk("user_ann")).await, spine.items(&spine.tables.claims).await);
    for answer in [
        challenge(&api, &acting, &wallet).await,
        prove(&api, &acting, &right).await,
        unlink(&api, &acting, &wallet.spelled()).await,
    ] {
        assert_problem(&answer, 403, "impersonated", "an impersonator");
        assert!(answer.header("www-authenticate").is_some());
    }
    assert_eq!((spine.row(&clerk("user_ann")).await, spine.items(&spine.tables.claims).await), before);
}

#[tokio::test]
async fn without_a_site_nobody_links_by_proof_and_everything_else_works() {
    let spine = Spine::fresh().await;
    let api = UsersApi::without_site(spine.users()).await;
    let (ann, token) = person(&api, "ann").await;
    let wallet = Wallet::evm(1);
    assert_problem(&challenge(&api, &token, &wallet).await, 501, "linking_off", "a challenge");
    assert_problem(&prove(&api, &token, &json!({})).await, 501, "linking_off", "a proof");
    assert_problem(&challenge(&api, "x", &wallet).await, 401, "unauthorized", "a stranger is told nothing");
    let path = format!("/v1/users/{}/public-keys/{}", ann.user_id(), wallet.spelled());
    assert_eq!(api.service("PUT", &path).await.status, 204);
    assert_eq!(unlink(&api, &token, &wallet.spelled()).await.status, 204);
}
