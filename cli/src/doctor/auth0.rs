//! Auth0: a token, its scopes, its tenant, its users, and the issuers.

use reconcile::{App, Failure, SourceName};
use shared::clock::Clock;
use shared::config::LoginDoor;
use shared::domain::Issuer;
use shared::provider::{Auth0, Source, named_issuer};

use super::verdict::Verdict;
use super::{app_without, failed, probe};
use crate::place::Place;

const CLERK: [&str; 3] = ["CLERK_SECRET_KEY", "CLERK_SECRET_KEY_ARN", "CLERK_API_URL"];
/// What a reconcile needs, and all that it needs.
const SCOPE: &str = "read:users";

/// Asks Auth0, where it is configured.
pub(super) async fn auth0(place: Place) -> Vec<Verdict> {
    let mut verdicts = match app_without(place, &CLERK) {
        Some(app) if app.access.auth0.is_some() => management(&app).await,
        _ => Vec::new(),
    };
    if let Ok(Some(door)) = LoginDoor::from_env(&place.env()) {
        for issuer in &door.issuers {
            verdicts.push(reached(issuer).await);
        }
    }
    verdicts
}

async fn management(app: &App) -> Vec<Verdict> {
    let source = match app.source(SourceName::Auth0).await {
        Ok(source) => source,
        Err(failure) => return vec![failed("Auth0 secret", &failure)],
    };
    let Source::Auth0(auth0) = &source else { return Vec::new() };
    let mut verdicts = match token(auth0).await {
        Ok(verdict) => vec![verdict],
        Err(verdict) => return vec![verdict],
    };
    verdicts.push(tenant(&source).await);
    verdicts.extend(probe(app, &source, "auth0|spine-doctor", "Auth0").await);
    verdicts
}

async fn token(auth0: &Auth0) -> Result<Verdict, Verdict> {
    const ABOUT: &str = "Auth0 token";
    let scopes = auth0.scopes().await.map_err(|error| failed(ABOUT, &Failure::from(error)))?;
    Ok(match scopes {
        Some(scopes) if scopes.iter().any(|scope| scope == SCOPE) => {
            Verdict::ok(ABOUT, format!("is issued, with the scope {SCOPE}"))
        }
        Some(_) => Verdict::fail(
            ABOUT,
            format!("is issued, without the scope {SCOPE}"),
            "grant it to the application, under APIs, Auth0 Management API, Machine to Machine Applications",
        ),
        None => {
            Verdict::warn(ABOUT, "is issued, and does not tell its scopes", "see that the application has read:users")
        }
    })
}

async fn tenant(source: &Source) -> Verdict {
    const ABOUT: &str = "Auth0 tenant";
    match source.is_ours().await {
        Ok(true) => Verdict::ok(ABOUT, "is the configured one"),
        Ok(false) => {
            Verdict::warn(ABOUT, "is not told by the token", "compare AUTH0_DOMAIN with the application's tenant")
        }
        Err(error) => failed(ABOUT, &Failure::from(error)),
    }
}

/// Whether an issuer that logins may name says that this is its name.
async fn reached(issuer: &Issuer) -> Verdict {
    let about = format!("issuer {issuer}");
    match named_issuer(issuer, Clock::system()).await {
        Ok(Some(name)) if name.parse::<Issuer>().is_ok_and(|named| named == *issuer) => {
            Verdict::ok(&about, "gives itself this name")
        }
        Ok(Some(name)) => {
            Verdict::fail(&about, format!("calls itself {name}"), "AUTH0_ISSUER_BASE_URL must be that name")
        }
        Ok(None) => Verdict::warn(&about, "has no discovery document", "see whether it is the tenant's domain"),
        Err(error) => Verdict::warn(&about, error.to_string(), "see whether it is the tenant's domain"),
    }
}
