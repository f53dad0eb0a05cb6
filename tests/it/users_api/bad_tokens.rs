//! User tokens that do not count: one answer to all of them, and nothing is written.

use data_encoding::{BASE64, BASE64URL_NOPAD};
use hmac::{Hmac, KeyInit, Mac};
use local::auth0::UserToken;
use local::clerk::SessionToken;
use serde_json::{Value, json};
use sha2::Sha256;
use shared::clock::Clock;
use tests::doors::{Ask, assert_problem};
use tests::spine::Spine;
use tests::users_api::UsersApi;

use super::api;

fn seconds() -> i64 {
    Clock::system().now().seconds()
}

/// The same refusal, whatever is wrong and whatever was asked.
async fn all_refused(spine: &Spine, api: &UsersApi, tokens: Vec<(String, String)>) {
    for (case, token) in tokens {
        for method in ["GET", "PUT"] {
            let answer = api.me(method, &token).await;
            assert_problem(&answer, 401, "unauthorized", &format!("{case}, {method}"));
            assert_eq!(answer.header("www-authenticate"), Some(r#"Bearer error="invalid_token""#), "{case}");
            let detail = answer.json()["detail"].clone();
            assert_eq!(detail, "the user token does not count here, or has expired", "{case}");
        }
    }
    assert!(spine.items(&spine.tables.users).await.is_empty());
}

fn cases(of: impl Fn(Value) -> String, all: &[(&str, Value)]) -> Vec<(String, String)> {
    all.iter().map(|(case, claims)| ((*case).to_owned(), of(claims.clone()))).collect()
}

#[tokio::test]
async fn without_a_token_a_challenge_is_all_there_is() {
    let (_spine, api) = api().await;
    for ask in [Ask::new("GET", "/v1/me"), Ask::new("PUT", "/v1/me").header("authorization", "Basic YTpi")] {
        let answer = api.ask(&ask).await;
        assert_problem(&answer, 401, "unauthorized", "no bearer");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    }
}

#[tokio::test]
async fn claims_of_auth0_that_do_not_count_are_refused() {
    let (spine, api) = api().await;
    let now = seconds();
    let all = [
        ("another API of the tenant", json!({"aud": "https://other-api.example"})),
        ("the userinfo alone", json!({"aud": ["https://t.auth0.com/userinfo"]})),
        ("no audience", json!({"aud": null})),
        ("client credentials", json!({"gty": "client-credentials"})),
        ("a machine's subject", json!({"sub": "local-client@clients"})),
        ("no subject", json!({"sub": null})),
        ("an empty subject", json!({"sub": ""})),
        ("a subject that is no text", json!({"sub": 5})),
        ("a long subject", json!({"sub": "s".repeat(1025)})),
        ("another issuer", json!({"iss": "https://evil.example/"})),
        ("an issuer that begins like ours", json!({"iss": format!("{}.evil.example/", api.clerk_issuer())})),
        ("no issuer", json!({"iss": null})),
        ("an issuer that is no URL", json!({"iss": "auth0"})),
        ("expired", json!({"exp": now - 6})),
        ("no end", json!({"exp": null})),
        ("an end that is no time", json!({"exp": "tomorrow"})),
        ("not yet", json!({"nbf": now + 60})),
        ("issued in the future", json!({"iat": now + 60})),
    ];
    let tokens = cases(|claims| api.auth0_token("auth0|ann", claims), &all);
    all_refused(&spine, &api, tokens).await;
}

#[tokio::test]
async fn claims_of_clerk_that_do_not_count_are_refused() {
    let (spine, api) = api().await;
    let now = seconds();
    let all = [
        ("a pending session", json!({"sts": "pending"})),
        ("another origin", json!({"azp": "https://evil.example"})),
        ("no origin", json!({"azp": null})),
        ("a machine", json!({"sub": "mch_1"})),
        ("nobody", json!({"sub": "user_"})),
        ("expired", json!({"exp": now - 6})),
        ("not yet", json!({"nbf": now + 60})),
        ("another issuer", json!({"iss": "https://evil.clerk.accounts.dev"})),
    ];
    let tokens = cases(|claims| api.clerk_token("user_ann", claims), &all);
    all_refused(&spine, &api, tokens).await;
}

#[tokio::test]
async fn an_application_that_a_user_of_clerk_let_in_is_not_the_user() {
    let (spine, api) = api().await;
    let typed = |typ: &str| {
        let claims = json!({"azp": tests::users_api::PARTY, "sts": null, "sid": null, "scope": "profile"});
        let wanted = SessionToken { user_id: "user_ann".to_owned(), claims, header: json!({ "typ": typ }) };
        (typ.to_owned(), api.clerk.session_token(&wanted))
    };
    all_refused(&spine, &api, ["at+jwt", "AT+JWT", "application/at+jwt"].map(typed).into()).await;
    assert_eq!(api.me("PUT", &typed("JWT").1).await.status, 200);
}

#[tokio::test]
async fn an_access_token_of_auth0_may_say_that_it_is_one() {
    let (_spine, api) = api().await;
    let header = json!({"typ": "at+jwt"});
    let wanted = UserToken { user_id: "auth0|ann".to_owned(), claims: json!({}), header };
    assert_eq!(api.me("PUT", &api.auth0.user_token(&wanted).unwrap()).await.status, 200);
}

#[tokio::test]
async fn a_token_of_one_provider_does_not_pass_as_the_others() {
    let (spine, api) = api().await;
    let (auth0, clerk) = (api.auth0_issuer(), api.clerk_issuer());
    // Rightly signed, by the wrong hand: the key is not among those of the issuer that is named.
    let clerks = api.clerk_token("user_ann", json!({"iss": auth0, "aud": tests::users_api::AUDIENCE}));
    let auth0s = api.auth0_token("user_ann", json!({"iss": clerk, "azp": tests::users_api::PARTY}));
    let named = |kid: &str, claims: Value| {
        let wanted = SessionToken { user_id: "user_ann".to_owned(), claims, header: json!({ "kid": kid }) };
        api.clerk.session_token(&wanted)
    };
    let stolen_name = named("auth0-1", json!({"iss": auth0, "sub": "auth0|ann", "aud": tests::users_api::AUDIENCE}));
    let tokens = [("Clerk as Auth0", clerks), ("Auth0 as Clerk", auth0s), ("with the other's kid", stolen_name)];
    all_refused(&spine, &api, tokens.map(|(case, token)| (case.to_owned(), token)).into()).await;
}

#[tokio::test]
async fn headers_that_choose_their_own_algorithm_or_key_are_refused() {
    let (spine, api) = api().await;
    let with = |header: Value| {
        let wanted = UserToken { user_id: "auth0|ann".to_owned(), claims: json!({}), header };
        api.auth0.user_token(&wanted).unwrap()
    };
    let mut tokens: Vec<(String, String)> =
        ["none", "None", "HS256", "RS384", "RS512", "PS256", "ES256", "EdDSA", "rs256"]
            .map(|algorithm| (algorithm.to_owned(), with(json!({ "alg": algorithm }))))
            .into();
    tokens.push(("no algorithm".to_owned(), with(json!({"alg": null}))));
    tokens.push(("no kid".to_owned(), with(json!({"kid": null}))));
    tokens.push(("an unknown kid".to_owned(), with(json!({"kid": "auth0-9"}))));
    tokens.push(("a kid that is no text".to_owned(), with(json!({"kid": 1}))));
    tokens.push(("a critical extension".to_owned(), with(json!({"crit": ["b64"], "b64": false}))));
    tokens.push(("places of keys".to_owned(), with(json!({"kid": "x", "jku": "https://evil.example/jwks.json"}))));
    for (name, secret) in public_key_as_secret(&api) {
        tokens.push((name, signed_with_secret(&with(json!({"alg": "HS256"})), &secret)));
    }
    all_refused(&spine, &api, tokens).await;
}

#[tokio::test]
async fn tokens_that_are_cut_changed_or_no_tokens_are_refused() {
    let (spine, api) = api().await;
    let right = api.auth0_token("auth0|ann", json!({}));
    let parts: Vec<&str> = right.split('.').collect();
    let other = api.auth0_token("auth0|bob", json!({}));
    let others: Vec<&str> = other.split('.').collect();
    let none = BASE64URL_NOPAD.encode(br#"{"alg":"none","typ":"JWT"}"#);
    let all = [
        ("no signature", format!("{}.{}.", parts[0], parts[1])),
        ("two parts", format!("{}.{}", parts[0], parts[1])),
        ("four parts", format!("{right}.x")),
        ("another's claims", format!("{}.{}.{}", parts[0], others[1], parts[2])),
        ("a truncated signature", right[..right.len() - 4].to_owned()),
        ("a changed signature", format!("{}.{}.{}", parts[0], parts[1], others[2])),
        ("none, without a signature", format!("{none}.{}.", parts[1])),
        ("claims that are no JSON", format!("{}.{}.{}", parts[0], BASE64URL_NOPAD.encode(b"x"), parts[2])),
        ("a service token", tests::users_api::service_token("all")),
        ("dots", "...".to_owned()),
        ("a word", "x".to_owned()),
        ("padding", format!("{right}=")),
        ("a long one", "a.".repeat(4000)),
    ];
    all_refused(&spine, &api, all.map(|(case, token)| (case.to_owned(), token)).into()).await;
    assert_eq!(api.me("PUT", &right).await.status, 200);
}

/// The published key in the spellings that a careless verifier would take for a shared secret.
fn public_key_as_secret(api: &UsersApi) -> Vec<(String, Vec<u8>)> {
    let jwks = api.auth0.signing_keys().jwks();
    let modulus = jwks["keys"][0]["n"].as_str().unwrap().to_owned();
    let raw = BASE64URL_NOPAD.decode(modulus.as_bytes()).unwrap();
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", BASE64.encode(&raw));
    [
        ("modulus", modulus.into_bytes()),
        ("raw", raw),
        ("pem", pem.into_bytes()),
        ("jwks", jwks.to_string().into_bytes()),
    ]
    .map(|(name, secret)| (format!("HS256 by the public key, {name}"), secret))
    .into()
}

fn signed_with_secret(token: &str, secret: &[u8]) -> String {
    let (signed, _) = token.rsplit_once('.').unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
    mac.update(signed.as_bytes());
    format!("{signed}.{}", BASE64URL_NOPAD.encode(&mac.finalize().into_bytes()))
}
