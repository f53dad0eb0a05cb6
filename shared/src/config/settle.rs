//! What counts as settled.

use std::time::Duration;

use super::env::{ConfigError, Env};

/// How a reconcile judges.
#[derive(Clone, Copy, Debug)]
pub struct ReconcileSettings {
    /// How old a change at the provider must be before its absence here is drift.
    pub settle: Duration,
}

impl ReconcileSettings {
    /// `RECONCILE_SETTLE_SECONDS`, 600 by default.
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        Ok(Self { settle: env.seconds("RECONCILE_SETTLE_SECONDS")?.unwrap_or(Duration::from_secs(600)) })
    }
}
