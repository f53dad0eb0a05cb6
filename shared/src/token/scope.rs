//! What a service token may do.

use std::str::FromStr;

/// One permission of a service token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Users by id, by Clerk's id, by e-mail, by key, by customer.
    ReadUsers,
    /// Users by the identity that a provider knows.
    ReadUsersByIdentity,
    /// `upsertUser`.
    WriteUsers,
    /// Links and unlinks public keys.
    WriteKeys,
}

/// The text names no scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a scope is users:read, users:read-by-identity, users:write or keys:write")]
pub struct UnknownScope;

impl Scope {
    /// All scopes.
    pub const ALL: [Self; 4] = [Self::ReadUsers, Self::ReadUsersByIdentity, Self::WriteUsers, Self::WriteKeys];

    /// Its name in `SERVICE_TOKENS`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ReadUsers => "users:read",
            Self::ReadUsersByIdentity => "users:read-by-identity",
            Self::WriteUsers => "users:write",
            Self::WriteKeys => "keys:write",
        }
    }

    /// What `WWW-Authenticate` says to a token that lacks it (RFC 6750).
    pub fn challenge(self) -> &'static str {
        match self {
            Self::ReadUsers => r#"Bearer error="insufficient_scope", scope="users:read""#,
            Self::ReadUsersByIdentity => r#"Bearer error="insufficient_scope", scope="users:read-by-identity""#,
            Self::WriteUsers => r#"Bearer error="insufficient_scope", scope="users:write""#,
            Self::WriteKeys => r#"Bearer error="insufficient_scope", scope="keys:write""#,
        }
    }
}

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text).ok_or(UnknownScope)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_survives_its_name_and_its_challenge_names_it() {
        for scope in Scope::ALL {
            assert_eq!(scope.as_str().parse(), Ok(scope));
            assert!(scope.challenge().ends_with(&format!("scope=\"{}\"", scope.as_str())));
        }
        assert_eq!("users:*".parse::<Scope>(), Err(UnknownScope));
    }
}
