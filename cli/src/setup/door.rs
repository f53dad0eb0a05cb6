//! Where the deployed routes are.

use shared::config::{ConfigError, Env};
use shared::domain::Issuer;

/// The HTTP API's URL: as the flag tells, or else `SPINE_HTTP_URL`.
pub(super) fn door(flag: Option<Issuer>, env: &Env) -> Result<Issuer, ConfigError> {
    let found = match flag {
        Some(url) => Some(url),
        None => env.parsed("SPINE_HTTP_URL")?,
    };
    let missing = "is missing, and so is --url: the URL of the HTTP API, without a path";
    found.ok_or_else(|| ConfigError::new("SPINE_HTTP_URL", missing))
}
