//! A user as an operator names one.

use std::str::FromStr;

use shared::domain::{Identity, Provider, UserId};

/// By our own id, or by an identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Named {
    Id(UserId),
    Identity(Identity),
}

impl Named {
    /// The row.
    pub(super) fn user_id(&self) -> UserId {
        match self {
            Self::Id(id) => id.clone(),
            Self::Identity(identity) => identity.user_id(),
        }
    }
}

const FORMS: &str = "name a user as usr_…, as user_… (Clerk), as conn|id (Auth0), or as PROVIDER:SUBJECT";

impl FromStr for Named {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let identity =
            |provider: Provider, subject: &str| Identity::new(provider, subject).map(Self::Identity).map_err(|_| FORMS);
        if text.starts_with("usr_") {
            return UserId::parse(text).map(Self::Id).ok_or("an id is usr_ and 26 of a to z and 2 to 7");
        }
        // A subject may hold a colon, but a realm's name holds no bar: the first of the two tells.
        match text.find([':', '|']).and_then(|at| text.split_at_checked(at)) {
            Some((provider, rest)) if rest.starts_with(':') => {
                let subject = rest.strip_prefix(':').unwrap_or(rest);
                identity(Provider::named(provider).map_err(|_| FORMS)?, subject)
            }
            Some(_) => identity(Provider::auth0(), text),
            None if text.starts_with("user_") => identity(Provider::clerk(), text),
            None => Err(FORMS),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(String, String)> {
        match text.parse().ok()? {
            Named::Id(id) => Some(("id".to_owned(), id.to_string())),
            Named::Identity(identity) => Some((identity.provider().as_str().to_owned(), identity.subject().to_owned())),
        }
    }

    #[test]
    fn each_form_is_told_by_its_beginning() {
        for (text, realm, subject) in [
            ("usr_tlrofji4bfbyd37m4eyy3a6ius", "id", "usr_tlrofji4bfbyd37m4eyy3a6ius"),
            ("user_29w", "clerk", "user_29w"),
            ("auth0|test123", "auth0", "auth0|test123"),
            ("oidc|conn|a:b", "auth0", "oidc|conn|a:b"),
            ("auth0:auth0|test123", "auth0", "auth0|test123"),
            ("clerk:user_29w", "clerk", "user_29w"),
            ("game:player:7", "game", "player:7"),
        ] {
            assert_eq!(read(text), Some((realm.to_owned(), subject.to_owned())), "{text}");
        }
        for wrong in ["", "ada", "usr_short", ":x", "game:"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
