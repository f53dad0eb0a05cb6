//! `POST /auth0/upsert-user`: the Auth0 post-login Action tells who has just logged in.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use shared::aws::{self, Secret};
use shared::clock::Clock;
use shared::config::{Aws, ConfigError, Env, LoginDoor, Tables};
use shared::domain::{Issuer, Outcome};
use shared::http::{Problem, bearer, json_bytes};
use shared::store::{Sender, Users};
use shared::wire::login::Login;
use shared::{telemetry, token};

/// The Action waits 2 s for all it does: later answers reach nobody.
const PATIENCE: Duration = Duration::from_millis(1800);

/// What the door stands on.
pub struct App {
    /// Whose logins count, and who may tell of them; none when the part is off.
    pub door: Option<Door>,
    /// The time.
    pub clock: Clock,
}

/// A door that is open.
pub struct Door {
    /// The table.
    pub users: Users,
    /// The Action's secret.
    pub secret: Secret,
    /// The tenant's issuers.
    pub issuers: Vec<Issuer>,
}

impl App {
    /// The door as the environment tells.
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let (clock, aws) = (Clock::system(), Aws::from_env(env)?);
        let Some(door) = LoginDoor::from_env(env)? else {
            tracing::info!(part = "auth0-upsert", "off: none of its variables is set");
            return Ok(Self { door: None, clock });
        };
        let http = aws::http_client(&aws);
        let users = Users::new(aws::dynamodb(&aws, http.clone(), PATIENCE), &Tables::from_env(env));
        let secret = Secret::open(door.secret, &aws, http, PATIENCE, clock.clone());
        Ok(Self { door: Some(Door { users, secret, issuers: door.issuers }), clock })
    }

    /// Opens the connection and reads the secret, side by side, before the first request.
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
    Router::new().route("/auth0/upsert-user", post(upsert_user)).with_state(Arc::new((door, clock)))
}

async fn upsert_user(State(app): State<Arc<(Door, Clock)>>, request: Request) -> Result<Json<Value>, Problem> {
    let (Door { users, secret, issuers }, clock) = app.as_ref();
    let (head, body) = request.into_parts();
    let presented = bearer(&head.headers).unwrap_or("");
    if secret.accept(|secret| token::equal(presented, secret).then_some(())).await?.is_none() {
        telemetry::emit(clock, &[("Door", "login")], &[("bad_signature", 1)]);
        return Err(Problem::unauthorized("the bearer secret is missing or wrong"));
    }
    let body = json_bytes(&head.headers, body).await?;
    let now = clock.now();
    let Login { identity, told } = Login::read(&body, issuers, now)?;
    let outcome = users.upsert(&identity, &told, Sender::Login, now).await?;
    let metrics = [(outcome.as_str(), 1), ("cut", u64::from(told.facts().cut()))];
    telemetry::emit(clock, &[("Door", "login")], &metrics);
    let user_id = identity.user_id();
    Ok(Json(match outcome {
        Outcome::Deleted => json!({"userId": user_id.as_str(), "deleted": true}),
        _ => json!({"userId": user_id.as_str()}),
    }))
}
