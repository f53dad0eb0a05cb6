//! The part of Lucene's query language that is understood in `q`: terms joined by `AND`.
//!
//! A term is `field:value`, `field:"value"`, a prefix `field:val*`, or, for times, a range
//! `created_at:[2024-01-01 TO *]` with `[ ]` including and `{ }` excluding its ends. Anything else is
//! refused, rather than answered with the wrong users.

mod parse;
#[cfg(test)]
mod tests;

use super::user::User;

/// The terms of a query; all of them must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query(Vec<Term>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Term {
    Text {
        field: Field,
        wanted: String,
        prefix: bool,
    },
    /// Both ends included, in milliseconds.
    Range {
        field: Time,
        from: i64,
        to: i64,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    UserId,
    Email,
    EmailVerified,
    Name,
    Nickname,
    GivenName,
    FamilyName,
    Username,
    Blocked,
    Connection,
    Provider,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Time {
    CreatedAt,
    UpdatedAt,
    LastLogin,
}

/// Why a query was not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadQuery(pub &'static str);

impl std::fmt::Display for BadQuery {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.0)
    }
}

impl std::error::Error for BadQuery {}

impl Query {
    /// Whether every term holds.
    pub(super) fn matches(&self, user: &User) -> bool {
        self.0.iter().all(|term| match term {
            Term::Range { field, from, to } => {
                let time = match field {
                    Time::CreatedAt => Some(user.created_at),
                    Time::UpdatedAt => Some(user.updated_at),
                    Time::LastLogin => user.last_login,
                };
                time.is_some_and(|time| (*from..=*to).contains(&time))
            }
            Term::Text { field, wanted, prefix } => texts(user, *field).iter().any(|text| {
                let text = text.to_lowercase();
                if *prefix { text.starts_with(wanted) } else { text == *wanted }
            }),
        })
    }

    /// The times of creation that can match, both ends included.
    pub(super) fn window(&self) -> (i64, i64) {
        self.0.iter().fold((i64::MIN, i64::MAX), |(low, high), term| match term {
            Term::Range { field: Time::CreatedAt, from, to } => (low.max(*from), high.min(*to)),
            _ => (low, high),
        })
    }

    /// The one address or identifier that is asked for, if one is.
    pub(super) fn named(&self) -> Option<Named<'_>> {
        self.0.iter().find_map(|term| match term {
            Term::Text { field: Field::UserId, wanted, prefix: false } => Some(Named::Id(wanted)),
            Term::Text { field: Field::Email, wanted, prefix: false } => Some(Named::Email(wanted)),
            _ => None,
        })
    }

    /// Whether times of creation are all that is asked.
    pub(super) fn is_window(&self) -> bool {
        self.0.iter().all(|term| matches!(term, Term::Range { field: Time::CreatedAt, .. }))
    }
}

/// What a query names directly, in lower case.
pub(super) enum Named<'a> {
    Id(&'a str),
    Email(&'a str),
}

fn texts(user: &User, field: Field) -> Vec<String> {
    let own = |text: &Option<String>| text.iter().cloned().collect();
    let switch = |is: Option<bool>| vec![is.unwrap_or(false).to_string()];
    match field {
        Field::UserId => vec![user.user_id.clone()],
        Field::Email => own(&user.email),
        Field::EmailVerified => switch(user.email_verified),
        Field::Name => own(&user.name),
        Field::Nickname => own(&user.nickname),
        Field::GivenName => own(&user.given_name),
        Field::FamilyName => own(&user.family_name),
        Field::Username => own(&user.username),
        Field::Blocked => switch(user.blocked),
        Field::Connection => user.identities.iter().map(|it| it.connection.clone()).collect(),
        Field::Provider => user.identities.iter().map(|it| it.provider.clone()).collect(),
    }
}
