//! Which instance a secret key opens.

use http::StatusCode;
use reqwest::Url;
use serde::Deserialize;

use super::{CREDENTIALS, Clerk, NAME, call};
use crate::provider::error::{Call, ProviderError};
use crate::wire::lenient::Text;

const IDENTIFY: Call = call("tell its instance");

/// `GET /v1/instance`.
#[derive(Deserialize)]
struct Instance {
    #[serde(default)]
    id: Text,
}

/// Whether it is the configured one; `false` where none is configured, or where Clerk does not tell.
pub(super) async fn is_ours(clerk: &Clerk) -> Result<bool, ProviderError> {
    let Some(ours) = &clerk.it.instance_id else { return Ok(false) };
    let answer = clerk.ask(IDENTIFY, beside_users(&clerk.it.users, "instance")).await?;
    if matches!(answer.status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND) {
        return Ok(false);
    }
    let answer = answer.success(IDENTIFY, CREDENTIALS)?;
    let told = answer.json(IDENTIFY).ok().and_then(|instance: Instance| instance.id.told());
    match told {
        None => Ok(false),
        Some(id) if id == *ours => Ok(true),
        Some(_) => Err(ProviderError::Foreign {
            provider: NAME,
            realm: "instance",
            look_at: "CLERK_SECRET_KEY and CLERK_INSTANCE_ID",
        }),
    }
}

fn beside_users(users: &Url, name: &str) -> Url {
    let mut url = users.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop().push(name);
    }
    url
}
