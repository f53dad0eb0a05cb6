//! User tokens of Auth0 and Clerk: only [`UserTokens::verify`] makes a [`Visitor`].
//!
//! RS256 by a key of a pinned issuer and nothing else: what a token's header says of algorithms and places is never
//! followed. The signature is the `jsonwebtoken` crate's work, over ring; which claims count is told in `claims.rs`.

mod claims;
mod keys;
mod ring;
mod signing_keys;

use jsonwebtoken::{Algorithm, Validation, dangerous};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::clock::{Clock, Timestamp};
use crate::config::{Auth0Tokens, ClerkTokens};
use crate::domain::Issuer;
use crate::provider::ProviderError;
use claims::Rules;
pub use claims::{Refusal, Visitor};
use signing_keys::SigningKeys;

/// The issuers whose tokens count. Their keys are shared by all requests.
#[derive(Default)]
pub struct UserTokens(Vec<Pinned>);

struct Pinned {
    issuer: Issuer,
    rules: Rules,
    keys: SigningKeys,
}

/// Why nobody can be told by a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It does not count. To its bearer all of these look alike.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The issuer's keys are out of reach, so nobody can say.
    #[error(transparent)]
    Unavailable(#[from] ProviderError),
}

/// The one claim that is read before anything is verified: whose key to try.
#[derive(Deserialize)]
struct Names {
    iss: String,
}

impl UserTokens {
    /// Those of these providers that are configured.
    pub fn new(auth0: Option<&Auth0Tokens>, clerk: Option<&ClerkTokens>, clock: &Clock) -> Result<Self, ProviderError> {
        ring::install();
        let mut pinned = Vec::new();
        for issuer in auth0.into_iter().flat_map(|auth0| &auth0.issuers) {
            let audiences = auth0.map(|auth0| auth0.audiences.clone()).unwrap_or_default();
            pinned.push(Pinned::new("Auth0", issuer, Rules::Auth0 { audiences }, clock)?);
        }
        if let Some(clerk) = clerk {
            let rules = Rules::Clerk { parties: clerk.parties.clone() };
            pinned.push(Pinned::new("Clerk", &clerk.issuer, rules, clock)?);
        }
        Ok(Self(pinned))
    }

    /// Reads the keys of each provider's main issuer ahead of the first request. A failure is not final.
    pub async fn prime(&self) {
        let main = |realm: fn(&Rules) -> bool| self.0.iter().find(move |pinned| realm(&pinned.rules));
        let auth0 = main(|rules| matches!(rules, Rules::Auth0 { .. }));
        let clerk = main(|rules| matches!(rules, Rules::Clerk { .. }));
        tokio::join!(Pinned::prime(auth0), Pinned::prime(clerk));
    }

    /// Who presents `token` now.
    pub async fn verify(&self, token: &str, now: Timestamp) -> Result<Visitor, TokenError> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| Refusal::Malformed)?;
        if header.alg != Algorithm::RS256 || header.crit.is_some() {
            return Err(Refusal::Algorithm.into());
        }
        let names: Names = dangerous::insecure_decode_claims(token).map_err(|_| Refusal::Malformed)?;
        let issuer: Issuer = names.iss.parse().map_err(|_| Refusal::Issuer)?;
        let pinned = self.0.iter().find(|pinned| pinned.issuer == issuer).ok_or(Refusal::Issuer)?;
        pinned.rules.type_counts(header.typ.as_deref())?;
        let kid = header.kid.ok_or(Refusal::Key)?;
        let key = pinned.keys.key(&kid).await?.ok_or(Refusal::Key)?;
        let verified = jsonwebtoken::decode::<Map<String, Value>>(token, &key, &signature_alone());
        let claims = verified.map_err(|_| Refusal::Signature)?.claims;
        Ok(claims::visitor(&claims, &pinned.rules, now)?)
    }
}

impl Pinned {
    fn new(provider: &'static str, issuer: &Issuer, rules: Rules, clock: &Clock) -> Result<Self, ProviderError> {
        let keys = SigningKeys::of(provider, issuer, clock.clone())?;
        Ok(Self { issuer: issuer.clone(), rules, keys })
    }

    async fn prime(it: Option<&Self>) {
        if let Some(it) = it {
            it.keys.prime().await;
        }
    }
}

/// The library would read the clock by itself, so the claims are judged by [`claims`].
fn signature_alone() -> Validation {
    let mut validation = Validation::new(Algorithm::RS256);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation
}
