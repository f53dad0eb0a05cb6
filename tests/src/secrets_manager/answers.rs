//! The one operation, in AWS JSON 1.1.
//!
//! Source: AWS Secrets Manager API Reference, `GetSecretValue`.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bytes::Bytes;
use serde_json::{Value, json};

use super::{Mood, Secret, Vault, Version};

const ARN: &str = "arn:aws:secretsmanager:us-east-1:123456789012:secret:";

pub(super) fn router(vault: Arc<Mutex<Vault>>) -> Router {
    Router::new().route("/", post(answer)).with_state(vault)
}

async fn answer(State(vault): State<Arc<Mutex<Vault>>>, headers: HeaderMap, body: Bytes) -> Response {
    let (mood, quoted) = {
        let mut vault = vault.lock().unwrap();
        vault.requests += 1;
        (vault.mood, vault.quoted())
    };
    match mood {
        Mood::Well => {}
        Mood::Failing => return spoken(500, &json!({"__type": "InternalServiceError"})),
        Mood::Quoting => {
            let message = format!("An error occurred on the server side with {quoted}.");
            return spoken(500, &json!({"__type": "InternalServiceError", "Message": message}));
        }
        Mood::BrokenOff => return json_text(200, format!("{{\"SecretString\": {}, ", json!(quoted))),
        Mood::Hanging => return std::future::pending().await,
    }
    if headers.get("x-amz-target").is_none_or(|target| target != "secretsmanager.GetSecretValue") {
        return spoken(400, &json!({"__type": "UnknownOperationException"}));
    }
    let request: Value = serde_json::from_slice(&body).unwrap_or_default();
    let found = secret_value(&vault.lock().unwrap(), &request);
    found.map_or_else(|refusal| spoken(400, &refusal), |value| spoken(200, &value))
}

/// The version asked for by stage, by id, by both, or the current one.
fn secret_value(vault: &Vault, request: &Value) -> Result<Value, Value> {
    let text = |field: &str| request.get(field).and_then(Value::as_str);
    let missing = |message: &str| json!({"__type": "ResourceNotFoundException", "Message": message});
    let asked = text("SecretId").unwrap_or_default();
    let named = |(name, _): &(&String, &Secret)| asked == name.as_str() || asked == arn(name);
    let (name, secret) =
        vault.secrets.iter().find(named).ok_or_else(|| missing("Secrets Manager can't find the specified secret."))?;
    let versions = [(Some(&secret.current), "AWSCURRENT"), (secret.previous.as_ref(), "AWSPREVIOUS")];
    let stage = text("VersionStage");
    let id = text("VersionId");
    let wanted = |version: &Version, label: &str| match (stage, id) {
        (None, None) => label == "AWSCURRENT",
        _ => stage.is_none_or(|stage| stage == label) && id.is_none_or(|id| id == version.id),
    };
    let found = versions
        .into_iter()
        .filter_map(|(version, label)| Some((version?, label)))
        .find(|(version, label)| wanted(version, label));
    let (version, label) =
        found.ok_or_else(|| missing("Secrets Manager can't find the specified secret value for that version."))?;
    Ok(json!({
        "ARN": arn(name),
        "CreatedDate": seconds(version.created_ms),
        "Name": name,
        "SecretString": version.value,
        "VersionId": version.id,
        "VersionStages": [label],
    }))
}

/// A secret's ARN ends in six characters of AWS's choice.
fn arn(name: &str) -> String {
    format!("{ARN}{name}-AbCdEf")
}

/// Seconds since 1970 with a fraction, as AWS JSON writes times.
fn seconds(ms: u64) -> f64 {
    std::time::Duration::from_millis(ms).as_secs_f64()
}

fn spoken(status: u16, body: &Value) -> Response {
    json_text(status, body.to_string())
}

fn json_text(status: u16, body: String) -> Response {
    let status = StatusCode::from_u16(status).expect("a status of three digits");
    let headers = [("content-type", "application/x-amz-json-1.1")];
    (status, headers, body).into_response()
}
