//! What each request to the Backend API passes first: the count, the key, the version and the limit.

use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::clerk::{ClerkStandIn, Refused};
use crate::stand_in::{clock, lock};

const VERSIONS: [&str; 6] = ["2021-02-05", "2024-10-01", "2025-03-12", "2025-04-10", "2025-11-10", "2026-05-12"];

/// The version from which `PATCH /v1/users/{id}` takes no metadata.
const WITHOUT_METADATA: &str = "2026-05-12";

/// The version that a request speaks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Version(&'static str);

impl Version {
    pub(super) fn patches_metadata(self) -> bool {
        self.0 < WITHOUT_METADATA
    }
}

pub(super) async fn pass(State(clerk): State<ClerkStandIn>, mut request: Request, next: Next) -> Response {
    clerk.it.front.count(&request);
    match admit(&clerk, &request) {
        Ok(version) => {
            request.extensions_mut().insert(version);
            next.run(request).await
        }
        Err(refused) => refused.into_response(),
    }
}

pub(super) async fn count(State(clerk): State<ClerkStandIn>, request: Request, next: Next) -> Response {
    clerk.it.front.count(&request);
    next.run(request).await
}

fn admit(clerk: &ClerkStandIn, request: &Request) -> Result<Version, Refused> {
    let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let key = header.and_then(|value| value.strip_prefix("Bearer ")).ok_or(Refused::NoKey)?;
    if key != clerk.it.secret_key {
        return Err(Refused::WrongKey);
    }
    if let Some(limit) = lock(&clerk.it.limit).as_mut() {
        limit.take(clock::instant()).map_err(Refused::TooMany)?;
    }
    version(request)
}

/// In the header or in the query, not in both; the newest one when in neither.
fn version(request: &Request) -> Result<Version, Refused> {
    let in_header = request.headers().get("clerk-api-version").map(|value| value.to_str().unwrap_or_default());
    let query = request.uri().query().unwrap_or_default();
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    let in_query = pairs.find(|(name, _)| name == "__clerk_api_version").map(|(_, value)| value);
    let named = match (in_header, &in_query) {
        (Some(_), Some(_)) => return Err(Refused::Version),
        (Some(named), None) => named,
        (None, Some(named)) => named,
        (None, None) => WITHOUT_METADATA,
    };
    VERSIONS.into_iter().find(|known| *known == named).map(Version).ok_or(Refused::Version)
}
