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
    /// The table.
    pub users: Users,
    /// The Action's secret.
    pub secret: Secret,
    /// The tenant's issuers.
    pub issuers: Vec<Issuer>,
    /// The time.
    pub clock: Clock,
}

impl App {
    /// The door as the environment tells.
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let (door, aws, clock) = (LoginDoor::from_env(env)?, Aws::from_env(env)?, Clock::system());
        let http = aws::http_client(&aws);
        let users = Users::new(aws::dynamodb(&aws, http.clone(), PATIENCE), &Tables::from_env(env));
        let secret = Secret::open(door.secret, &aws, http, PATIENCE, clock.clone());
        Ok(Self { users, secret, issuers: door.issuers, clock })
    }

    /// Opens the connection and reads the secret, side by side, before the first request.
    pub async fn primed(self) -> Self {
        tokio::join!(self.users.prime(), self.secret.prime());
        self
    }
}

/// The routes.
pub fn routes(app: App) -> Router {
    Router::new().route("/auth0/upsert-user", post(upsert_user)).with_state(Arc::new(app))
}

async fn upsert_user(State(app): State<Arc<App>>, request: Request) -> Result<Json<Value>, Problem> {
    let (head, body) = request.into_parts();
    let presented = bearer(&head.headers).unwrap_or("");
    if app.secret.accept(|secret| token::equal(presented, secret).then_some(())).await?.is_none() {
        telemetry::emit(&app.clock, &[("Door", "login")], &[("bad_signature", 1)]);
        return Err(Problem::unauthorized("the bearer secret is missing or wrong"));
    }
    let body = json_bytes(&head.headers, body).await?;
    let now = app.clock.now();
    let Login { identity, told } = Login::read(&body, &app.issuers, now)?;
    let outcome = app.users.upsert(&identity, &told, Sender::Login, now).await?;
    let metrics = [(outcome.as_str(), 1), ("cut", u64::from(told.facts().cut()))];
    telemetry::emit(&app.clock, &[("Door", "login")], &metrics);
    let user_id = identity.user_id();
    Ok(Json(match outcome {
        Outcome::Deleted => json!({"userId": user_id.as_str(), "deleted": true}),
        _ => json!({"userId": user_id.as_str()}),
    }))
}
