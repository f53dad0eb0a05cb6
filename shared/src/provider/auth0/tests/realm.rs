//! Tokens of ours, of another tenant, and those that do not tell.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::*;

const AUDIENCE: &str = "https://canonical.eu.auth0.com/api/v2/";

fn jwt(claims: &Value) -> String {
    format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims.to_string()))
}

async fn is_ours(token: String) -> Result<bool, ProviderError> {
    let stub = Stub::start(move |_, _| answer(200, json!({"access_token": token, "expires_in": 86400}))).await;
    client(&stub).is_ours().await
}

#[tokio::test]
async fn a_token_for_our_audience_is_ours_whichever_domain_issued_it() {
    for claims in [
        json!({"iss": "https://canonical.eu.auth0.com/", "aud": AUDIENCE}),
        json!({"iss": "https://login.example.org/", "aud": AUDIENCE}),
        json!({"iss": "https://login.example.org/", "aud": ["https://canonical.eu.auth0.com/userinfo", AUDIENCE]}),
        json!({"aud": "https://CANONICAL.eu.auth0.com/api/v2"}),
        json!({"iss": "https://canonical.eu.auth0.com"}),
    ] {
        assert_eq!(is_ours(jwt(&claims)).await, Ok(true), "{claims}");
    }
}

#[tokio::test]
async fn the_domain_that_is_asked_may_be_the_issuer() {
    let issued = |_: usize, asked: &Asked| {
        let claims = json!({"iss": format!("http://{}/", asked.header("host"))});
        answer(200, json!({"access_token": jwt(&claims)}))
    };
    assert_eq!(client(&Stub::start(issued).await).is_ours().await, Ok(true));
}

#[tokio::test]
async fn a_token_of_another_tenant_is_foreign() {
    for claims in [
        json!({"iss": "https://canonical.eu.auth0.com/", "aud": "https://canary.example/api/v2/"}),
        json!({"iss": "https://canonical.eu.auth0.com/", "aud": ["https://canary.example/api/v2/", "canary"]}),
        json!({"iss": "https://canary.eu.auth0.com/", "aud": AUDIENCE}),
        json!({"iss": "https://canary.eu.auth0.com/"}),
        json!({"aud": "canary"}),
        json!({"aud": []}),
    ] {
        let error = is_ours(jwt(&claims)).await.unwrap_err();
        assert!(matches!(error, ProviderError::Foreign { .. }), "{claims}");
        let text = format!("{error} {error:?}");
        assert!(text.contains("AUTH0_CLIENT_ID") && !text.contains("canary"), "{text}");
    }
}

#[tokio::test]
async fn a_token_that_tells_nothing_proves_nothing() {
    let tokens = [
        "opaque".to_owned(),
        "a.b.c".to_owned(),
        "e30.e30.e30".to_owned(),
        jwt(&json!([])),
        jwt(&json!({"iss": "https://login.example.org/"})),
        jwt(&json!({"iss": 5, "aud": {"a": "b"}})),
    ];
    for token in tokens {
        assert_eq!(is_ours(token.clone()).await, Ok(false), "{token}");
    }
}
