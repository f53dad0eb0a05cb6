//! The users API: who is this? Asked by services with a token of ours, and by users with a token of their provider's.
//!
//! A file is an endpoint. Each asks who is calling before it looks at anything else.

mod answer;
mod find_users;
mod keys;
mod link_key;
mod link_only_key;
mod lookup_users;
mod open_challenge;
mod prove_key;
mod read_keys;
mod read_me;
mod read_user;
mod unlink_key;
mod unlink_my_key;
mod upsert_user;
mod write_me;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::{delete, get, post, put};
use shared::aws::{self, Secret};
use shared::clock::Clock;
use shared::config::{Aws, ConfigError, Env, Tables, UsersDoor};
use shared::domain::Realms;
use shared::jwt::UserTokens;
use shared::possession::Site;
use shared::store::{Claims, Users};

/// Somebody waits for the answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the API stands on.
pub struct App {
    /// The table.
    pub users: Users,
    /// What may belong to one user only.
    pub claims: Claims,
    /// The service tokens; without them no service is let in.
    pub service_tokens: Option<Secret>,
    /// The issuers of user tokens.
    pub user_tokens: UserTokens,
    /// Which issuer belongs to which realm.
    pub realms: Realms,
    /// What wallets sign for; without it, nobody links a key by themselves.
    pub site: Option<Site>,
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
        let claims = Claims::beside(users.clone());
        let open = |spot| Secret::open_whole(spot, &aws, http, PATIENCE, clock.clone());
        let service_tokens = door.service_tokens.map(open);
        Ok(Self { users, claims, service_tokens, user_tokens, realms: door.realms, site: door.site, clock })
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
        .route("/v1/me/key-challenges", post(open_challenge::open_challenge))
        .route("/v1/me/public-keys", post(prove_key::prove_key))
        .route("/v1/me/public-keys/{key}", delete(unlink_my_key::unlink_my_key))
        .route("/v1/users", get(find_users::find_users).put(upsert_user::upsert_user))
        .route("/v1/users/lookup", post(lookup_users::lookup_users))
        .route("/v1/users/{userId}", get(read_user::read_user))
        .route("/v1/users/{userId}/public-key", put(link_only_key::link_only_key))
        .route("/v1/users/{userId}/public-keys", get(read_keys::read_keys))
        .route("/v1/users/{userId}/public-keys/{key}", put(link_key::link_key).delete(unlink_key::unlink_key))
        .with_state(Arc::new(app))
}
