//! The body of `POST /auth0/upsert-user`: some facts by the source document's body, or all of them with `user`.

use serde::Deserialize;
use serde_json::Value;

use super::auth0_user::Auth0User;
use super::fields::{required, text};
use super::json::{self, BadBody};
use crate::clock::Timestamp;
use crate::domain::{Fact, Facts, Identity, Issuer, Patch, Provider, TokenIdentifier, Told};

/// Who logged in, and what the Action told of them.
#[derive(Debug)]
pub struct Login {
    /// The person.
    pub identity: Identity,
    /// A profile with `user`, else a patch.
    pub told: Told,
}

impl Login {
    /// Reads a body that arrived at `now`. Its issuer must be one of `issuers`, the tenant's own.
    pub fn read(body: &[u8], issuers: &[Issuer], now: Timestamp) -> Result<Self, BadBody> {
        let body = json::object(body)?;
        let identity = identity(required(&body, "tokenIdentifier")?, issuers)?;
        let top = Facts::default()
            .with(Fact::Email, text(&body, "email")?)
            .with(Fact::Name, text(&body, "name")?)
            .with(Fact::AvatarUrl, text(&body, "avatarUrl")?);
        let told = match body.get("user") {
            None | Some(Value::Null) => {
                required(&body, "email")?;
                Told::Patch(Patch::new(top))
            }
            Some(user @ Value::Object(_)) => of_user(user, &identity, top, now)?,
            Some(_) => return Err(BadBody::invalid("user", "an object")),
        };
        Ok(Self { identity, told })
    }
}

/// `user` wins over the fields beside it. Without the provider's clock it is a patch like them.
fn of_user(user: &Value, identity: &Identity, top: Facts, now: Timestamp) -> Result<Told, BadBody> {
    // The id is looked at as it was sent: an odd one is not absent, it is not the subject.
    let id = user.get("user_id").filter(|id| !id.is_null());
    if id.is_some_and(|id| id.as_str() != Some(identity.subject())) {
        return Err(BadBody::new("subject_mismatch", "user.user_id must be the subject of tokenIdentifier"));
    }
    let user = Auth0User::deserialize(user).map_err(|_| BadBody::invalid("user", "a user of Auth0"))?;
    Ok(match user.profile(now) {
        Some(profile) => Told::Profile(profile),
        None => Told::Patch(Patch::new(user.facts().or(top))),
    })
}

fn identity(token_identifier: &str, issuers: &[Issuer]) -> Result<Identity, BadBody> {
    let malformed = |_| BadBody::new("token_identifier_malformed", "tokenIdentifier must be `issuer|subject`");
    let read: TokenIdentifier = token_identifier.parse().map_err(malformed)?;
    if !read.issuer.is_some_and(|issuer| issuers.contains(&issuer)) {
        return Err(BadBody::new(
            "issuer_unknown",
            "the issuer of tokenIdentifier is not one of the configured tenant's",
        ));
    }
    Identity::new(Provider::auth0(), read.subject)
        .map_err(|error| BadBody::new("token_identifier_malformed", error.to_string()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(body: &Value) -> Result<Login, BadBody> {
        let issuer = "https://t.auth0.com/".parse().map_err(|_| BadBody::missing("issuer"))?;
        Login::read(body.to_string().as_bytes(), &[issuer], Timestamp::ZERO)
    }

    fn code(body: &Value) -> &'static str {
        read(body).map_or_else(|bad| bad.code, |_| "ok")
    }

    #[test]
    fn each_bad_field_is_refused_with_its_code() {
        let token = "https://t.auth0.com/|auth0|a";
        for (body, expected) in [
            (json!({"tokenIdentifier": token, "email": "a@example.com"}), "ok"),
            (
                json!({"tokenIdentifier": token, "email": "a@example.com", "name": null, "avatarUrl": null, "user": null}),
                "ok",
            ),
            (json!({"tokenIdentifier": token}), "field_missing"),
            (json!({"tokenIdentifier": token, "email": null}), "field_missing"),
            (json!({"tokenIdentifier": token, "email": ""}), "field_missing"),
            (json!({"email": "a@example.com"}), "field_missing"),
            (json!({"tokenIdentifier": 5, "email": "a@example.com"}), "field_invalid"),
            (json!({"tokenIdentifier": token, "email": 5}), "field_invalid"),
            (json!({"tokenIdentifier": token, "email": "a@example.com", "name": []}), "field_invalid"),
            (json!({"tokenIdentifier": token, "user": "x"}), "field_invalid"),
            (
                json!({"tokenIdentifier": "https://t.auth0.com/", "email": "a@example.com"}),
                "token_identifier_malformed",
            ),
            (json!({"tokenIdentifier": "https://clerk.example|user_1", "email": "a@example.com"}), "issuer_unknown"),
            (json!({"tokenIdentifier": "nonsense|auth0|a", "email": "a@example.com"}), "issuer_unknown"),
            (json!({"tokenIdentifier": token, "user": {"user_id": "auth0|b"}}), "subject_mismatch"),
            (json!({"tokenIdentifier": token, "user": {"user_id": "auth0|a"}}), "ok"),
        ] {
            assert_eq!(code(&body), expected, "{body}");
        }
    }

    #[test]
    fn a_user_with_both_times_is_a_profile_and_wins_over_what_stands_beside_it() {
        let times = json!({"user_id": "auth0|a", "name": "U", "created_at": "2025-01-01T00:00:00Z", "updated_at": "2025-01-02T00:00:00Z"});
        let told = read(&json!({"tokenIdentifier": "https://t.auth0.com|auth0|a", "name": "T", "user": times}))
            .map(|login| login.told);
        assert!(
            matches!(&told, Ok(Told::Profile(profile)) if profile.facts().text(Fact::Name) == Some("U")),
            "{told:?}"
        );
        let patch = read(
            &json!({"tokenIdentifier": "https://t.auth0.com|auth0|a", "email": "e@example.com", "user": {"name": "U"}}),
        );
        let facts = patch.map(|login| login.told.facts().clone());
        assert!(
            facts.is_ok_and(
                |facts| facts.text(Fact::Name) == Some("U") && facts.text(Fact::Email) == Some("e@example.com")
            )
        );
    }
}
