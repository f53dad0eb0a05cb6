//! Which claims of a verified token count, and who it then is. Pure: the time is an argument.
//!
//! Sources: Auth0's access tokens (RFC 9068 and its older profile), Clerk's session tokens, version 2.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::clock::Timestamp;
use crate::domain::{Facts, Identity, Provider};
use crate::wire::token_facts;

/// How far an issuer's clock may be from ours.
const SKEW: Duration = Duration::from_secs(5);

/// What a realm asks of its tokens.
#[derive(Debug)]
pub(super) enum Rules {
    /// Auth0: meant for one of these audiences, and not a machine's.
    Auth0 {
        /// The audiences.
        audiences: Vec<String>,
    },
    /// Clerk: asked for by one of these origins, by any if there is none; of a user whose session has begun.
    Clerk {
        /// The origins.
        parties: Vec<String>,
    },
}

/// A user who presents a token of their own. There is no other way to one than [`super::UserTokens::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// Who they are.
    pub identity: Identity,
    /// What the token says of them: nobody vouches for it.
    pub facts: Facts,
    /// Whether somebody else acts in their place, who may only read.
    pub impersonated: bool,
}

/// Why a token does not count. Neither a claim nor its value is told to anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is no JWT.
    #[error("malformed")]
    Malformed,
    /// Another algorithm than RS256, or an extension that we do not know.
    #[error("algorithm")]
    Algorithm,
    /// An issuer that is not configured.
    #[error("issuer")]
    Issuer,
    /// A key that the issuer does not have.
    #[error("key")]
    Key,
    /// The signature does not fit.
    #[error("signature")]
    Signature,
    /// A time that has passed, has not come, or cannot be read.
    #[error("time")]
    Time,
    /// It is meant for somebody else.
    #[error("audience")]
    Audience,
    /// It was asked for by another origin.
    #[error("party")]
    Party,
    /// A machine's token, not a user's.
    #[error("machine")]
    Machine,
    /// An application's token, which a user has let act for them: not their own.
    #[error("application")]
    Application,
    /// The session still has steps before it.
    #[error("pending")]
    Pending,
    /// The subject is none of this realm.
    #[error("subject")]
    Subject,
}

impl Rules {
    /// Whether a token of this type, by its header, can be a user's own.
    ///
    /// Clerk signs its OAuth access tokens with the key of its sessions, and names the same user in both; only the type
    /// tells them apart (RFC 9068, which Auth0's access tokens follow).
    pub(super) fn type_counts(&self, told: Option<&str>) -> Result<(), Refusal> {
        let access = |told: &str| ["at+jwt", "application/at+jwt"].iter().any(|it| it.eq_ignore_ascii_case(told));
        match self {
            Self::Clerk { .. } if told.is_some_and(access) => Err(Refusal::Application),
            Self::Clerk { .. } | Self::Auth0 { .. } => Ok(()),
        }
    }
}

/// Who presents these claims, by the rules of their realm.
pub(super) fn visitor(claims: &Map<String, Value>, rules: &Rules, now: Timestamp) -> Result<Visitor, Refusal> {
    in_time(claims, now)?;
    let subject = text(claims, "sub").ok_or(Refusal::Subject)?;
    let provider = match rules {
        Rules::Auth0 { audiences } => auth0(claims, subject, audiences)?,
        Rules::Clerk { parties } => clerk(claims, subject, parties)?,
    };
    let facts = token_facts::read(&provider, claims);
    let identity = Identity::new(provider, subject).map_err(|_| Refusal::Subject)?;
    Ok(Visitor { identity, facts, impersonated: told(claims, "act").is_some() })
}

fn auth0(claims: &Map<String, Value>, subject: &str, audiences: &[String]) -> Result<Provider, Refusal> {
    if !names(claims, "aud", |audience| audiences.iter().any(|ours| ours == audience)) {
        return Err(Refusal::Audience);
    }
    let machine = |grant: &str| grant.replace('_', "-").eq_ignore_ascii_case("client-credentials");
    if names(claims, "gty", machine) || subject.ends_with("@clients") {
        return Err(Refusal::Machine);
    }
    Ok(Provider::auth0())
}

fn clerk(claims: &Map<String, Value>, subject: &str, parties: &[String]) -> Result<Provider, Refusal> {
    if !parties.is_empty() && !text(claims, "azp").is_some_and(|party| parties.iter().any(|ours| ours == party)) {
        return Err(Refusal::Party);
    }
    if text(claims, "sts") == Some("pending") {
        return Err(Refusal::Pending);
    }
    match subject.strip_prefix("user_") {
        Some(id) if !id.is_empty() => Ok(Provider::clerk()),
        _ => Err(Refusal::Subject),
    }
}

/// `exp` must be there; `nbf` and `iat` count where they are.
fn in_time(claims: &Map<String, Value>, now: Timestamp) -> Result<(), Refusal> {
    let expires = time(claims, "exp")?.ok_or(Refusal::Time)?;
    let ended = now >= expires.plus(SKEW);
    for beginning in ["nbf", "iat"] {
        let early = time(claims, beginning)?.is_some_and(|time| time > now.plus(SKEW));
        if ended || early {
            return Err(Refusal::Time);
        }
    }
    Ok(())
}

/// Seconds since 1970, which may have a fraction (RFC 7519).
fn time(claims: &Map<String, Value>, name: &str) -> Result<Option<Timestamp>, Refusal> {
    let Some(value) = told(claims, name) else { return Ok(None) };
    let seconds = value.as_f64().filter(|seconds| (0.0..1.0e10).contains(seconds)).ok_or(Refusal::Time)?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "of at most 13 digits, and a fraction of a ms counts for nothing"
    )]
    let millis = (seconds * 1000.0) as i64;
    Timestamp::from_millis(millis).map(Some).ok_or(Refusal::Time)
}

fn told<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    claims.get(name).filter(|value| !value.is_null())
}

fn text<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    told(claims, name)?.as_str()
}

/// Whether a claim that may be a text or a list has one that fits.
fn names(claims: &Map<String, Value>, name: &str, fits: impl Fn(&str) -> bool) -> bool {
    match told(claims, name) {
        Some(Value::String(text)) => fits(text),
        Some(Value::Array(texts)) => texts.iter().filter_map(Value::as_str).any(fits),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
