//! Service tokens as `SERVICE_TOKENS` holds them: an id, a digest, scopes, perhaps an end. Never the token itself.

use std::collections::BTreeSet;
use std::str::FromStr;

use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use serde::Deserialize;
use subtle::ConstantTimeEq;

use super::digest;
use super::scope::Scope;
use crate::clock::Timestamp;

/// The tokens that count, several at once, so that they rotate without an outage.
pub struct ServiceTokens(Vec<Known>);

struct Known {
    id: String,
    digest: [u8; 32],
    scopes: BTreeSet<Scope>,
    expires_at: Option<Timestamp>,
}

/// A token that was presented, and is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presented {
    /// Its id, which `changed_by` names. 1 to 64 characters of letters, digits and `-`.
    pub id: String,
    /// What it may do.
    pub scopes: BTreeSet<Scope>,
}

/// Why a text holds no service tokens. It names places, never values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadServiceTokens {
    /// It is not JSON of this shape.
    #[error("must be JSON: [{{\"id\", \"sha256\", \"scopes\": [], \"expiresAt\"?}}]")]
    Shape,
    /// An id is empty, too long, or of other characters.
    #[error("each id must have 1 to 64 letters, digits or hyphens")]
    Id,
    /// A digest is none.
    #[error("each sha256 must be 64 hexadecimal digits, the digest of the whole token")]
    Digest,
    /// A scope is none.
    #[error("each scope must be users:read, users:read-by-identity, users:write or keys:write")]
    Scope,
    /// An end is no time.
    #[error("each expiresAt must be a time in ms since 1970")]
    ExpiresAt,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    id: String,
    sha256: String,
    scopes: Vec<String>,
    expires_at: Option<i64>,
}

impl FromStr for ServiceTokens {
    type Err = BadServiceTokens;

    fn from_str(text: &str) -> Result<Self, BadServiceTokens> {
        // serde's own error may quote what it met.
        let entries: Vec<Entry> = serde_json::from_str(text).map_err(|_| BadServiceTokens::Shape)?;
        Ok(Self(entries.into_iter().map(known).collect::<Result<_, _>>()?))
    }
}

fn known(entry: Entry) -> Result<Known, BadServiceTokens> {
    let Entry { id, sha256, scopes, expires_at } = entry;
    if !is_id(&id) {
        return Err(BadServiceTokens::Id);
    }
    let digest = HEXLOWER_PERMISSIVE.decode(sha256.as_bytes()).map_err(|_| BadServiceTokens::Digest)?;
    let scopes = scopes.iter().map(|scope| scope.parse::<Scope>()).collect::<Result<_, _>>();
    let expires_at = expires_at.map(|millis| Timestamp::from_millis(millis).ok_or(BadServiceTokens::ExpiresAt));
    Ok(Known {
        id,
        digest: digest.try_into().map_err(|_| BadServiceTokens::Digest)?,
        scopes: scopes.map_err(|_| BadServiceTokens::Scope)?,
        expires_at: expires_at.transpose()?,
    })
}

/// Whether a text can be a token's id: 1 to 64 letters, digits or hyphens.
pub fn is_id(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

impl ServiceTokens {
    /// What `token` may do now; `None` when it is unknown or has ended. Every known one is compared, whatever fits.
    pub fn presented(&self, token: &str, now: Timestamp) -> Option<Presented> {
        self.presented_or_before(None, token, now)
    }

    /// The same where the list `before` this one still counts: for what this one does not name. Whatever this list says
    /// of an id or of a digest, that it has ended too, is all that counts of it.
    pub fn presented_or_before(&self, before: Option<&Self>, token: &str, now: Timestamp) -> Option<Presented> {
        let digest = digest(token);
        let struck_off = before.into_iter().flat_map(|before| &before.0).filter(|known| !self.names(known));
        self.0.iter().chain(struck_off).fold(None, |found, known| {
            let fits: bool = known.digest.ct_eq(&digest).into();
            let lives = known.expires_at.is_none_or(|end| now < end);
            found.or_else(|| (fits && lives).then(|| Presented { id: known.id.clone(), scopes: known.scopes.clone() }))
        })
    }

    /// Whether this list says anything of an entry of another: neither an id nor a digest is a secret.
    fn names(&self, other: &Known) -> bool {
        self.0.iter().any(|known| known.id == other.id || known.digest == other.digest)
    }

    /// A new token of these random bytes, and its digest as `SERVICE_TOKENS` wants it; `None` when `id` is none
    /// ([`BadServiceTokens::Id`] says what is one).
    pub fn mint(id: &str, random: &[u8; 32]) -> Option<(String, String)> {
        let token = format!("spine_{id}_{}", HEXLOWER.encode(random));
        let sha256 = HEXLOWER.encode(&digest(&token));
        is_id(id).then_some((token, sha256))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use serde_json::json;

    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis).unwrap()
    }

    #[test]
    fn a_minted_token_is_known_by_its_digest_until_it_ends() {
        let (token, sha256) = ServiceTokens::mint("game-server", &[7; 32]).unwrap();
        assert!(token.starts_with("spine_game-server_0707"));
        let text = json!([
            {"id": "other", "sha256": "0".repeat(64), "scopes": []},
            {"id": "game-server", "sha256": sha256.to_uppercase(), "scopes": ["users:read", "keys:write"], "expiresAt": 1000},
        ]);
        let tokens: ServiceTokens = text.to_string().parse().unwrap();
        let presented = tokens.presented(&token, at(999)).unwrap();
        assert_eq!(presented.id, "game-server");
        assert_eq!(presented.scopes, BTreeSet::from([Scope::ReadUsers, Scope::WriteKeys]));
        assert_eq!(tokens.presented(&token, at(1000)), None);
        assert_eq!(tokens.presented(&format!("{token}0"), at(0)), None);
        assert_eq!(tokens.presented("", at(0)), None);
    }

    /// A list of one token each, by its id, its random byte, and its end.
    fn list(entries: &[(&str, u8, Option<i64>)]) -> ServiceTokens {
        let entry = |(id, random, end): &(&str, u8, Option<i64>)| {
            let sha256 = ServiceTokens::mint(id, &[*random; 32]).unwrap().1;
            let scope = if *random == 1 { "users:read" } else { "users:write" };
            json!({"id": id, "sha256": sha256, "scopes": [scope], "expiresAt": end})
        };
        json!(entries.iter().map(entry).collect::<Vec<_>>()).to_string().parse().unwrap()
    }

    fn token(id: &str, random: u8) -> String {
        ServiceTokens::mint(id, &[random; 32]).unwrap().0
    }

    #[test]
    fn the_list_before_counts_for_what_this_one_does_not_name_and_for_nothing_else() {
        let before =
            list(&[("struck-off", 1, None), ("renewed", 1, None), ("revoked", 1, None), ("ended", 1, Some(50))]);
        let now = list(&[("renewed", 2, None), ("revoked", 1, Some(90)), ("new", 1, None)]);
        let lets_in = |before, id: &str, random| now.presented_or_before(before, &token(id, random), at(100));
        let both = |id: &str, random| lets_in(Some(&before), id, random).map(|presented| presented.id);
        assert_eq!(both("new", 1).as_deref(), Some("new"));
        assert_eq!(both("struck-off", 1).as_deref(), Some("struck-off"), "until the overlap is over");
        assert_eq!(lets_in(None, "struck-off", 1), None, "and not after it");
        assert_eq!(both("renewed", 2).as_deref(), Some("renewed"));
        assert_eq!(both("renewed", 1), None, "an id whose digest was changed");
        assert_eq!(both("revoked", 1), None, "an id that was given an end");
        assert_eq!(both("ended", 1), None, "its end counts in either list");
    }

    #[test]
    fn a_digest_that_this_list_names_under_another_id_is_judged_by_this_list() {
        let before = list(&[("old-name", 1, None)]);
        let sha256 = ServiceTokens::mint("old-name", &[1; 32]).unwrap().1;
        let entry = |end: Option<i64>| json!([{"id": "new-name", "sha256": sha256, "scopes": [], "expiresAt": end}]);
        let renamed: ServiceTokens = entry(None).to_string().parse().unwrap();
        let presented = renamed.presented_or_before(Some(&before), &token("old-name", 1), at(100));
        assert_eq!(presented.map(|it| (it.id, it.scopes.len())), Some(("new-name".to_owned(), 0)));
        let ended: ServiceTokens = entry(Some(99)).to_string().parse().unwrap();
        assert_eq!(ended.presented_or_before(Some(&before), &token("old-name", 1), at(100)), None);
    }

    #[test]
    fn each_malformed_entry_is_told_by_its_place_and_never_by_its_value() {
        let right = json!({"id": "a", "sha256": "0".repeat(64), "scopes": ["users:read"]});
        let with = |field: &str, value: serde_json::Value| {
            let mut entry = right.clone();
            *entry.get_mut(field).unwrap() = value;
            json!([entry]).to_string().parse::<ServiceTokens>().err()
        };
        assert_eq!(with("id", json!("a b")), Some(BadServiceTokens::Id));
        assert_eq!(with("id", json!("")), Some(BadServiceTokens::Id));
        assert_eq!(with("sha256", json!("canary")), Some(BadServiceTokens::Digest));
        assert_eq!(with("sha256", json!("00")), Some(BadServiceTokens::Digest));
        assert_eq!(with("scopes", json!(["users:canary"])), Some(BadServiceTokens::Scope));
        assert_eq!(with("scopes", json!("users:read")), Some(BadServiceTokens::Shape));
        let mut early = right.clone();
        early.as_object_mut().unwrap().insert("expiresAt".to_owned(), json!(-1));
        assert_eq!(json!([early]).to_string().parse::<ServiceTokens>().err(), Some(BadServiceTokens::ExpiresAt));
        for wrong in ["", "{}", "canary", "[{}]"] {
            assert_eq!(wrong.parse::<ServiceTokens>().err(), Some(BadServiceTokens::Shape));
        }
    }

    #[test]
    fn an_id_that_could_hide_in_a_token_is_no_id() {
        for wrong in ["", "a_b", "ä", &"a".repeat(65)] {
            assert_eq!(ServiceTokens::mint(wrong, &[0; 32]), None);
        }
    }
}
