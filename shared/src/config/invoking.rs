//! How functions are invoked: where Lambda is, and what they are called there.

use super::aws::endpoint;
use super::env::{ConfigError, Env};

/// The functions that are invoked by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invoking {
    /// Another Lambda than the region's own.
    pub endpoint: Option<String>,
    /// The name or ARN of `users-admin`.
    pub users_admin: String,
    /// The name or ARN of `users-internal`.
    pub users_internal: String,
}

impl Invoking {
    /// `AWS_ENDPOINT_URL_LAMBDA`, `USERS_ADMIN_FUNCTION` and `USERS_INTERNAL_FUNCTION`; by default named as their folders.
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let name = |variable, default: &str| env.text(variable).unwrap_or(default).trim().to_owned();
        Ok(Self {
            endpoint: endpoint(env, "AWS_ENDPOINT_URL_LAMBDA")?,
            users_admin: name("USERS_ADMIN_FUNCTION", "users-admin"),
            users_internal: name("USERS_INTERNAL_FUNCTION", "users-internal"),
        })
    }
}
