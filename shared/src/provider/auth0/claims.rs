//! What our own token says of the tenant that issued it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use crate::domain::Issuer;
use crate::wire::lenient::Text;

/// Whose token it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Realm {
    /// The configured tenant's.
    Ours,
    /// Another one's.
    Foreign,
    /// It does not tell.
    Untold,
}

#[derive(Deserialize)]
struct Claims {
    #[serde(default)]
    iss: Text,
    #[serde(default)]
    aud: Option<Audience>,
    #[serde(default)]
    scope: Text,
}

/// One audience, or several. Anything else tells nothing.
#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
    Odd(serde::de::IgnoredAny),
}

/// Judges a token by its claims, unverified: it came over TLS from the endpoint that we chose, and opens that one only.
///
/// The audience is the canonical tenant's. The issuer may be a custom domain where the audience is right, but never
/// another tenant's canonical domain.
pub(super) fn realm(token: &str, base: &str, audience: &str) -> Realm {
    let Some(Claims { iss, aud, .. }) = claims(token) else { return Realm::Untold };
    let heard = match &aud {
        Some(Audience::One(one)) => Some(is_same(one, audience)),
        Some(Audience::Several(several)) => Some(several.iter().any(|one| is_same(one, audience))),
        Some(Audience::Odd(_)) | None => None,
    };
    let canonical = audience.trim_end_matches('/').trim_end_matches("/api/v2");
    let issued = iss.text().map(|iss| is_same(iss, base) || is_same(iss, canonical));
    // Custom domains are anybody's to name; of two domains that Auth0 gave, each is one tenant's.
    let other_tenant = issued == Some(false) && is_canonical(canonical) && iss.text().is_some_and(is_canonical);
    match (heard, issued) {
        (Some(false), _) => Realm::Foreign,
        _ if other_tenant => Realm::Foreign,
        (Some(true), _) | (None, Some(true)) => Realm::Ours,
        (None, Some(false) | None) => Realm::Untold,
    }
}

/// What a token allows, by its own word.
pub(super) fn scopes(token: &str) -> Option<Vec<String>> {
    Some(claims(token)?.scope.text()?.split_whitespace().map(str::to_owned).collect())
}

fn claims(token: &str) -> Option<Claims> {
    let mut parts = token.split('.');
    let (_, payload, _) = (parts.next()?, parts.next()?, parts.next()?);
    let payload = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    serde_json::from_slice(&payload).ok()
}

/// Two spellings of one URL are the same. What is none is compared as it stands.
fn is_same(one: &str, other: &str) -> bool {
    let issuer = |text: &str| text.parse::<Issuer>().ok();
    one == other || issuer(one).is_some_and(|one| Some(one) == issuer(other))
}

/// Whether Auth0 itself gave the domain to a tenant.
fn is_canonical(issuer: &str) -> bool {
    issuer.parse::<Issuer>().is_ok_and(|issuer| issuer.as_str().ends_with(".auth0.com"))
}
