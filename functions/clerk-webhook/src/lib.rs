//! `POST /clerk/webhook`: Clerk tells, through Svix, that a user was created, updated or deleted.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use shared::aws::{self, Secret};
use shared::clock::{Clock, Timestamp};
use shared::config::{Aws, ClerkDoor, ConfigError, Env, Tables};
use shared::http::{Problem, header, json_bytes};
use shared::signature::{SignatureHeaders, SigningKey, Verified, verify};
use shared::store::{Sender, Users};
use shared::telemetry;
use shared::wire::clerk_event;

/// Svix waits 15 s.
const PATIENCE: Duration = Duration::from_secs(8);

/// What the door stands on.
pub struct App {
    /// Whose events count, and what signs them; none when the part is off.
    pub door: Option<Door>,
    /// The time.
    pub clock: Clock,
}

/// A door that is open.
pub struct Door {
    /// The table.
    pub users: Users,
    /// The endpoint's signing secrets.
    pub secret: Secret,
    /// Our instance; events of any other are foreign.
    pub instance_id: Option<String>,
}

impl App {
    /// The door as the environment tells.
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let (clock, aws) = (Clock::system(), Aws::from_env(env)?);
        let Some(door) = ClerkDoor::from_env(env)? else {
            tracing::info!(part = "clerk-webhook", "off: none of its variables is set");
            return Ok(Self { door: None, clock });
        };
        let http = aws::http_client(&aws);
        let users = Users::new(aws::dynamodb(&aws, http.clone(), PATIENCE), &Tables::from_env(env));
        let secret = Secret::open(door.secret, &aws, http, PATIENCE, clock.clone());
        Ok(Self { door: Some(Door { users, secret, instance_id: door.instance_id }), clock })
    }

    /// Opens the connection and reads the secrets, side by side, before the first request.
    pub async fn primed(self) -> Self {
        if let Some(Door { users, secret, .. }) = &self.door {
            tokio::join!(users.prime(), secret.prime());
        }
        self
    }
}

/// The routes; none when the part is off.
pub fn routes(app: App) -> Router {
    let App { door, clock } = app;
    let Some(door) = door else { return Router::new() };
    Router::new().route("/clerk/webhook", post(webhook)).with_state(Arc::new((door, clock)))
}

async fn webhook(State(app): State<Arc<(Door, Clock)>>, request: Request) -> Result<Json<Value>, Problem> {
    let (Door { users, secret, instance_id }, clock) = app.as_ref();
    let (head, body) = request.into_parts();
    let body = json_bytes(&head.headers, body).await?;
    let now = clock.now();
    let Some(verified) = verified(secret, &head.headers, &body, now).await? else {
        telemetry::emit(clock, &[("Door", "clerk")], &[("bad_signature", 1)]);
        return Err(Problem::unsigned("the signature is missing, wrong, or not of these five minutes"));
    };
    let event = clerk_event::read(verified, instance_id.as_deref(), now)?;
    let applied = users.apply(event, Sender::Clerk, now).await?;
    let metrics = [(applied.result, 1), ("cut", u64::from(applied.cut))];
    telemetry::emit(clock, &[("Door", "clerk")], &metrics);
    Ok(Json(json!({"result": applied.result})))
}

/// The body, if any of our keys signed these very bytes a moment ago.
async fn verified<'a>(
    secret: &Secret,
    headers: &HeaderMap,
    body: &'a [u8],
    now: Timestamp,
) -> Result<Option<Verified<'a>>, Problem> {
    let Some(headers) = signature_headers(headers) else { return Ok(None) };
    Ok(secret.accept(|key| verify(&key.parse::<SigningKey>().ok()?, headers, now, body).ok()).await?)
}

/// Svix's own names, or those of Standard Webhooks; a delivery uses one family.
fn signature_headers(headers: &HeaderMap) -> Option<SignatureHeaders<'_>> {
    ["svix", "webhook"].into_iter().find_map(|family| {
        let of = |name: &str| header(headers, &format!("{family}-{name}"));
        Some(SignatureHeaders { id: of("id")?, timestamp: of("timestamp")?, signature: of("signature")? })
    })
}
