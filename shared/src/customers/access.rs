//! How Stripe is reached by a function: its client, made anew when its key is rotated.

use tokio::sync::Mutex;

use crate::aws::{Secret, SecretsUnavailable};
use crate::clock::Clock;
use crate::domain::Issuer;
use crate::provider::{Limits, ProviderError, Stripe, StripeSettings};
use crate::secret::SecretText;

/// A page of a listing, Stripe's largest.
const PAGE: u32 = 100;

/// Stripe, behind a key that may change.
pub struct StripeAccess {
    /// The API's URL, without `/v1`.
    pub base: Issuer,
    /// The secret key.
    pub secret_key: Secret,
    limits: Limits,
    clock: Clock,
    /// The client that was made already, and the key that it was made with.
    opened: Mutex<Option<(SecretText, Stripe)>>,
}

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// The key cannot be read.
    #[error(transparent)]
    Secrets(#[from] SecretsUnavailable),
    /// No client can be made with it.
    #[error(transparent)]
    Stripe(#[from] ProviderError),
}

impl StripeAccess {
    /// Stripe at `base`, waited for as `limits` say: [`Limits::for_callers`] where somebody waits.
    pub fn new(base: Issuer, secret_key: Secret, limits: Limits, clock: Clock) -> Self {
        Self { base, secret_key, limits, clock, opened: Mutex::default() }
    }

    /// The client; the same one, with its connections and its pace, as long as the key is the same.
    pub async fn client(&self) -> Result<Stripe, AccessError> {
        let newest = self.secret_key.newest().await?;
        let mut opened = self.opened.lock().await;
        if let Some((key, stripe)) = opened.as_ref()
            && key.expose() == newest.expose()
        {
            return Ok(stripe.clone());
        }
        let secret_key = SecretText::new(newest.expose());
        let settings = StripeSettings { base: self.base.clone(), secret_key, page: PAGE };
        let stripe = Stripe::with_limits(settings, self.limits, self.clock.clone())?;
        *opened = Some((newest, stripe.clone()));
        Ok(stripe)
    }

    /// The client after Stripe refused its key, if there is another key by now.
    pub async fn renewed(&self) -> Result<Option<Stripe>, AccessError> {
        if self.secret_key.renewed().await? { self.client().await.map(Some) } else { Ok(None) }
    }
}
