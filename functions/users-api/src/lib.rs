//! The users API: who is this? Asked by services with a token of ours, and by users with a token of their provider's.
//!
//! A file is an endpoint. Each asks who is calling before it looks at anything else.

mod answer;
mod find_users;
mod lookup_users;
mod read_me;
mod read_user;
mod upsert_user;
mod write_me;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::{get, post};
use shared::aws::{self, Secret};
use shared::clock::Clock;
use shared::config::{Aws, ConfigError, Env, Tables, UsersDoor};
use shared::domain::Realms;
use shared::jwt::UserTokens;
use shared::store::Users;

/// Somebody waits for the answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the API stands on.
pub struct App {
    /// The table.
    pub users: Users,
    /// The service tokens; without them no service is let in.
    pub service_tokens: Option<Secret>,
    /// The issuers of user tokens.
    pub user_tokens: UserTokens,
    /// Which issuer belongs to which realm.
    pub realms: Realms,
    /// The time.
    pub clock: Clock,
}

impl App {
    /// The API as the environment tells.
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let (door, aws, clock) = (UsersDoor::from_env(env)?, Aws::from_env(env)?, Clock::system());
        for (part, variable) in door.off() {
            tracing::info!(part, variable, "off: its variable is not set");
        }
        let user_tokens = UserTokens::new(door.auth0.as_ref(), door.clerk.as_ref(), &clock)
            .map_err(|error| ConfigError::new("user tokens", error))?;
        let http = aws::http_client(&aws);
        let users = Users::new(aws::dynamodb(&aws, http.clone(), PATIENCE), &Tables::from_env(env));
        let open = |spot| Secret::open_whole(spot, &aws, http, PATIENCE, clock.clone());
        let service_tokens = door.service_tokens.map(open);
        Ok(Self { users, service_tokens, user_tokens, realms: door.realms, clock })
    }

    /// Opens the connection, reads the tokens and the issuers' keys, side by side, before the first request.
    pub async fn primed(self) -> Self {
        let tokens = async {
            if let Some(tokens) = &self.service_tokens {
                tokens.prime().await;
            }
        };
        tokio::join!(self.users.prime(), tokens, self.user_tokens.prime());
        self
    }
}

/// The routes.
pub fn routes(app: App) -> Router {
    Router::new()
        .route("/v1/me", get(read_me::read_me).put(write_me::write_me))
        .route("/v1/users", get(find_users::find_users).put(upsert_user::upsert_user))
        .route("/v1/users/lookup", post(lookup_users::lookup_users))
        .route("/v1/users/{userId}", get(read_user::read_user))
        .with_state(Arc::new(app))
}
