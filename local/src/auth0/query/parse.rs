//! Reading a query.

use super::{BadQuery, Field, Query, Term, Time};
use crate::stand_in::clock;

impl std::str::FromStr for Query {
    type Err = BadQuery;

    fn from_str(text: &str) -> Result<Self, BadQuery> {
        let mut terms = Vec::new();
        let mut rest = text.trim();
        while !rest.is_empty() {
            let (term, after) = term(rest)?;
            terms.push(term);
            rest = after.trim_start();
            if rest.is_empty() {
                break;
            }
            rest = rest.strip_prefix("AND ").ok_or(BadQuery("only AND joins terms here"))?.trim_start();
            if rest.is_empty() {
                return Err(BadQuery("AND joins two terms"));
            }
        }
        Ok(Self(terms))
    }
}

fn term(text: &str) -> Result<(Term, &str), BadQuery> {
    let (field, value) = text.split_once(':').ok_or(BadQuery("a term is field:value"))?;
    let time = match field {
        "created_at" => Some(Time::CreatedAt),
        "updated_at" => Some(Time::UpdatedAt),
        "last_login" => Some(Time::LastLogin),
        _ => None,
    };
    if let Some(field) = time {
        return range(field, value);
    }
    let field = searched(field).ok_or(BadQuery("this field cannot be searched here"))?;
    if let Some(quoted) = value.strip_prefix('"') {
        let (wanted, rest) = quoted.split_once('"').ok_or(BadQuery("a quotation mark is missing"))?;
        return Ok((Term::Text { field, wanted: wanted.to_lowercase(), prefix: false }, rest));
    }
    let (bare, rest) = value.split_at(value.find(char::is_whitespace).unwrap_or(value.len()));
    let prefix = bare.ends_with('*');
    let wanted = bare.trim_end_matches('*').to_lowercase();
    if wanted.is_empty() || wanted.contains(['*', '?', '(', ')', '[', '{', '~', '^']) {
        return Err(BadQuery("this value cannot be searched here"));
    }
    Ok((Term::Text { field, wanted, prefix }, rest))
}

/// A field that is searched as text.
fn searched(name: &str) -> Option<Field> {
    let field = match name {
        "user_id" => Field::UserId,
        "email" => Field::Email,
        "email_verified" => Field::EmailVerified,
        "name" => Field::Name,
        "nickname" => Field::Nickname,
        "given_name" => Field::GivenName,
        "family_name" => Field::FamilyName,
        "username" => Field::Username,
        "blocked" => Field::Blocked,
        "identities.connection" => Field::Connection,
        "identities.provider" => Field::Provider,
        _ => return None,
    };
    Some(field)
}

fn range(field: Time, text: &str) -> Result<(Term, &str), BadQuery> {
    const SHAPE: BadQuery = BadQuery("a time is searched as [a TO b]");
    let open = text.chars().next().filter(|open| "[{".contains(*open)).ok_or(SHAPE)?;
    let inner = text.get(1..).ok_or(SHAPE)?;
    let end = inner.find([']', '}']).ok_or(SHAPE)?;
    let (ends, rest) = inner.split_at(end);
    let close = rest.chars().next().ok_or(SHAPE)?;
    let (from, to) = ends.split_once(" TO ").ok_or(SHAPE)?;
    let moment = |text: &str, open_end: i64, shift: i64| match text.trim().trim_matches('"') {
        "*" => Ok(open_end),
        text => clock::parse(text).map(|ms| ms.saturating_add(shift)).ok_or(BadQuery("a time is ISO 8601 or *")),
    };
    let from = moment(from, i64::MIN, i64::from(open == '{'))?;
    let to = moment(to, i64::MAX, -i64::from(close == '}'))?;
    Ok((Term::Range { field, from, to }, rest.get(1..).unwrap_or_default()))
}
