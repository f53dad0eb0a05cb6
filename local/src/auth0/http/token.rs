//! `POST /oauth/token`: client credentials, in JSON or as a form.

use std::collections::HashMap;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, HOST};
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use crate::auth0::Auth0StandIn;

type Refusal = (StatusCode, Json<Value>);

pub(super) async fn issue(
    State(auth0): State<Auth0StandIn>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Refusal> {
    let asked = asked(&headers, &body)
        .ok_or_else(|| refuse(StatusCode::BAD_REQUEST, "invalid_request", "The body is neither JSON nor a form."))?;
    let text = |name: &str| asked.get(name).map_or("", String::as_str);
    let options = &auth0.it.options;
    if text("client_id") != options.client_id || text("client_secret") != options.client_secret {
        return Err(refuse(StatusCode::UNAUTHORIZED, "access_denied", "Unauthorized"));
    }
    if text("grant_type") != "client_credentials" {
        let why = "This grant type is not allowed for the client.";
        return Err(refuse(StatusCode::FORBIDDEN, "unauthorized_client", why));
    }
    // A container on this machine knows it by another name, under which it sends this very request.
    let host = headers.get(HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if text("audience") != auth0.audience() && text("audience") != format!("http://{host}/api/v2/") {
        let why = "Service not enabled within domain: this audience is unknown.";
        return Err(refuse(StatusCode::FORBIDDEN, "access_denied", why));
    }
    Ok(Json(json!({
        "access_token": auth0.issue_token_for(text("audience")),
        "scope": auth0.scope(),
        "expires_in": options.expires_in,
        "token_type": "Bearer",
    })))
}

fn asked(headers: &HeaderMap, body: &[u8]) -> Option<HashMap<String, String>> {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if kind.starts_with("application/x-www-form-urlencoded") {
        return Some(url::form_urlencoded::parse(body).into_owned().collect());
    }
    serde_json::from_slice(body).ok()
}

fn refuse(status: StatusCode, error: &str, description: &str) -> Refusal {
    (status, Json(json!({ "error": error, "error_description": description })))
}
