//! The users API over a table of one's own, with stand-ins that issue user tokens, its time told by hand.

use std::sync::OnceLock;

use axum::Router;
use local::auth0::{Auth0Options, Auth0StandIn, UserToken};
use local::clerk::{ClerkOptions, ClerkStandIn, SessionToken};
use serde_json::{Value, json};
use shared::aws::Secret;
use shared::clock::Clock;
use shared::config::{Auth0Tokens, ClerkTokens};
use shared::domain::Realms;
use shared::http::finished;
use shared::jwt::UserTokens;
use shared::possession::Site;
use shared::secret::SecretText;
use shared::store::{Claims, Users};
use shared::token::{Scope, ServiceTokens};

use crate::api_gateway::GatewayAnswer;
use crate::doors::Ask;
use crate::served::Served;
use crate::wallet::site;

/// Whom Auth0's tokens are meant for.
pub const AUDIENCE: &str = "https://api.example";
/// The origin that Clerk's tokens are asked for by.
pub const PARTY: &str = "https://app.example";

/// The API, and those who issue tokens for it.
pub struct UsersApi {
    /// Its time: the machine's.
    pub clock: Clock,
    /// Auth0, whose issuer is where it listens.
    pub auth0: Auth0StandIn,
    /// Clerk, likewise.
    pub clerk: ClerkStandIn,
    /// The API's issuers.
    pub realms: Realms,
    router: Router,
    servers: [Served; 2],
}

/// A service token with one scope each, one with all, and one that has ended.
pub fn service_token(id: &str) -> String {
    ServiceTokens::mint(id, &[7; 32]).expect("an id").0
}

/// The digest of a service token, as [`service_tokens`] has it.
pub fn service_digest(id: &str) -> String {
    ServiceTokens::mint(id, &[7; 32]).expect("an id").1
}

/// The ids of the tokens in [`service_tokens`], each with its scopes.
const TOKENS: [(&str, &[Scope]); 6] = [
    ("all", &Scope::ALL),
    ("reader", &[Scope::ReadUsers]),
    ("identity-reader", &[Scope::ReadUsersByIdentity]),
    ("writer", &[Scope::WriteUsers]),
    ("key-writer", &[Scope::WriteKeys]),
    ("ended", &Scope::ALL),
];

/// `SERVICE_TOKENS` as these tests have it.
pub fn service_tokens() -> &'static str {
    static TEXT: OnceLock<String> = OnceLock::new();
    TEXT.get_or_init(|| {
        let entry = |(id, scopes): &(&str, &[Scope])| {
            let scopes: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
            let mut entry = json!({"id": id, "sha256": service_digest(id), "scopes": scopes});
            if *id == "ended" {
                entry["expiresAt"] = json!(1_700_000_000_000_i64);
            }
            entry
        };
        Value::Array(TOKENS.iter().map(entry).collect()).to_string()
    })
}

impl UsersApi {
    /// The API over `users`.
    pub async fn over(users: Users) -> Self {
        Self::with(users, &[PARTY]).await
    }

    /// The same where it is not told what wallets sign for.
    pub async fn without_site(users: Users) -> Self {
        Self::built(users, &[PARTY], None).await
    }

    /// The same with other origins.
    pub async fn with(users: Users, parties: &[&str]) -> Self {
        Self::built(users, parties, Some(site())).await
    }

    async fn built(users: Users, parties: &[&str], site: Option<Site>) -> Self {
        let (auth0, auth0_served) = auth0().await;
        let (clerk, clerk_served) = clerk_stand_in().await;
        let issuer = |served: &Served| served.url().parse().expect("an issuer");
        let tokens_of_auth0 =
            Auth0Tokens { issuers: vec![issuer(&auth0_served)], audiences: vec![AUDIENCE.to_owned()] };
        let parties = parties.iter().map(|party| (*party).to_owned()).collect();
        let tokens_of_clerk = ClerkTokens { issuer: issuer(&clerk_served), parties };
        let clock = Clock::system();
        let user_tokens = UserTokens::new(Some(&tokens_of_auth0), Some(&tokens_of_clerk), &clock).expect("a client");
        let realms = Realms::new(tokens_of_auth0.issuers, Some(tokens_of_clerk.issuer));
        let app = users_api::App {
            claims: Claims::beside(users.clone()),
            users,
            service_tokens: Some(Secret::fixed(vec![SecretText::new(service_tokens())])),
            user_tokens,
            realms: realms.clone(),
            site,
            clock: clock.clone(),
        };
        let router = finished(users_api::routes(app));
        Self { clock, auth0, clerk, realms, router, servers: [auth0_served, clerk_served] }
    }

    /// Any request.
    pub async fn ask(&self, ask: &Ask) -> GatewayAnswer {
        ask.to(&self.router).await
    }

    /// A request with the token that may do all.
    pub async fn service(&self, method: &str, path: &str) -> GatewayAnswer {
        self.ask(&as_service("all", Ask::new(method, path))).await
    }

    /// `PUT /v1/users` with the token that may do all.
    pub async fn upsert(&self, body: &Value) -> GatewayAnswer {
        self.ask(&as_service("all", Ask::post("/v1/users", body.to_string()).by("PUT"))).await
    }

    /// `GET` or `PUT /v1/me` with a user's token.
    pub async fn me(&self, method: &str, token: &str) -> GatewayAnswer {
        self.ask(&bearing(token, Ask::new(method, "/v1/me"))).await
    }

    /// Auth0's issuer, as its tokens spell it.
    pub fn auth0_issuer(&self) -> String {
        format!("{}/", self.servers[0].url())
    }

    /// Clerk's issuer, as its tokens spell it.
    pub fn clerk_issuer(&self) -> String {
        self.servers[1].url()
    }

    /// An Auth0 user's token, with some claims other than usual.
    pub fn auth0_token(&self, user_id: &str, claims: Value) -> String {
        let wanted = UserToken { user_id: user_id.to_owned(), claims, header: json!({}) };
        self.auth0.user_token(&wanted).expect("a subject")
    }

    /// A Clerk user's token, with some claims other than usual.
    pub fn clerk_token(&self, user_id: &str, claims: Value) -> String {
        let mut all = json!({ "azp": PARTY });
        all.as_object_mut().expect("claims").extend(claims.as_object().cloned().unwrap_or_default());
        self.clerk.session_token(&SessionToken { user_id: user_id.to_owned(), claims: all, header: json!({}) })
    }
}

/// A request of a service, by its token's id.
pub fn as_service(id: &str, ask: Ask) -> Ask {
    bearing(&service_token(id), ask)
}

/// A request with this bearer.
pub fn bearing(token: &str, ask: Ask) -> Ask {
    ask.header("authorization", &format!("Bearer {token}"))
}

/// A stand-in whose issuer is where it listens, which is known only once it listens: it is made after its address.
async fn auth0() -> (Auth0StandIn, Served) {
    let (listener, url) = Served::bind().await;
    let options = Auth0Options {
        base_url: url.clone(),
        issuer: format!("{url}/"),
        api_audience: AUDIENCE.to_owned(),
        ..Auth0Options::default()
    };
    let auth0 = Auth0StandIn::new(options).expect("a client");
    let served = Served::on(listener, auth0.router());
    (auth0, served)
}

async fn clerk_stand_in() -> (ClerkStandIn, Served) {
    let (listener, url) = Served::bind().await;
    let clerk = ClerkStandIn::new(ClerkOptions { issuer: url, ..ClerkOptions::default() }).expect("a secret");
    let served = Served::on(listener, clerk.router());
    (clerk, served)
}
