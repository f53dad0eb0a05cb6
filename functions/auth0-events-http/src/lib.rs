//! `POST /auth0/events`: an event stream of Auth0's that delivers by webhook. Its events are queued, and nothing else.
//!
//! Auth0 tries four times within seven seconds, and not at all after a 4xx: so nothing here depends on the table, and
//! what may pass by itself is answered 503.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::routing::post;
use shared::aws::{self, Secret, SecretsUnavailable};
use shared::clock::Clock;
use shared::config::{Aws, ConfigError, Env, EventsDoor};
use shared::http::{Problem, bearer, bytes};
use shared::queue::Queue;
use shared::wire::json::{self, BadBody};
use shared::{telemetry, token};

/// Auth0 does not say how long it waits.
const PATIENCE: Duration = Duration::from_secs(4);

/// What the door stands on.
pub struct App {
    /// Where events go, and who may bring them; none when the part is off.
    pub door: Option<Door>,
    /// The time.
    pub clock: Clock,
}

/// A door that is open.
pub struct Door {
    /// The stream's secret.
    pub secret: Secret,
    /// Where events are put.
    pub queue: Queue,
}

impl App {
    /// The door as the environment tells.
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let clock = Clock::system();
        let Some(door) = EventsDoor::from_env(env)? else {
            tracing::info!(part = "auth0-events-http", "off: none of its variables is set");
            return Ok(Self { door: None, clock });
        };
        let aws = Aws::from_env(env)?;
        let http = aws::http_client(&aws);
        let queue = Queue::open(&door.queue, &aws, http.clone(), PATIENCE);
        let secret = Secret::open(door.secret, &aws, http, PATIENCE, clock.clone());
        Ok(Self { door: Some(Door { secret, queue }), clock })
    }

    /// Opens the connection and reads the secret, side by side, before the first request.
    pub async fn primed(self) -> Self {
        if let Some(Door { secret, queue }) = &self.door {
            tokio::join!(queue.prime(), secret.prime());
        }
        self
    }
}

/// The routes; none when the part is off.
pub fn routes(app: App) -> Router {
    let App { door, clock } = app;
    let Some(door) = door else { return Router::new() };
    Router::new().route("/auth0/events", post(events)).with_state(Arc::new((door, clock)))
}

async fn events(State(app): State<Arc<(Door, Clock)>>, request: Request) -> Result<StatusCode, Problem> {
    let (Door { secret, queue }, clock) = app.as_ref();
    let (head, body) = request.into_parts();
    let presented = bearer(&head.headers).unwrap_or("");
    if secret.accept(|secret| token::equal(presented, secret).then_some(())).await?.is_none() {
        // Auth0 never sends again what a 4xx refused: not while a rotation may be what this bearer knows and we do not.
        if secret.is_in_doubt() {
            return Err(SecretsUnavailable.into());
        }
        telemetry::emit(clock, &[("Door", "auth0-event")], &[("bad_signature", 1)]);
        return Err(Problem::unauthorized("the bearer secret is missing or wrong"));
    }
    // It is lost, for it does not come again.
    let lost = |_: &Problem| telemetry::emit(clock, &[("Door", "auth0-event")], &[("refused", 1)]);
    queue.send(taken(body).await.inspect_err(lost)?).await?;
    telemetry::emit(clock, &[("Door", "auth0-event")], &[("queued", 1)]);
    Ok(StatusCode::ACCEPTED)
}

/// The message that a body makes, whatever kind it is said to be of: a 415 would lose it.
async fn taken(body: Body) -> Result<String, Problem> {
    Ok(message(&bytes(body).await?)?)
}

/// The body as it was sent, but for two characters that JSON may hold and a message of SQS may not.
fn message(body: &[u8]) -> Result<String, BadBody> {
    json::object(body)?;
    let text = std::str::from_utf8(body).map_err(|_| BadBody::new("json_malformed", "the body must be UTF-8"))?;
    Ok(text.replace('\u{fffe}', "\\ufffe").replace('\u{ffff}', "\\uffff"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_says_what_the_body_says_in_characters_that_sqs_takes() {
        let body = "{\"a\": \"\u{e9}\u{fffd}\"}";
        assert_eq!(message(body.as_bytes()).as_deref(), Ok(body));
        assert_eq!(message("{\"a\": \"\u{fffe}\u{ffff}\"}".as_bytes()).as_deref(), Ok("{\"a\": \"\\ufffe\\uffff\"}"));
        assert!(message(b"[]").is_err_and(|bad| bad.code == "json_malformed"));
    }
}
