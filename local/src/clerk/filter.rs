//! Whom a listing or a count is about.

use std::borrow::Cow;

use super::refused::Refused;
use super::user::User;

/// The filters. All of them must hold; within one, any value will do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// `+` or nothing before it includes, `-` excludes.
    pub user_id: Vec<String>,
    /// As for `user_id`.
    pub external_id: Vec<String>,
    /// Whole addresses.
    pub email_address: Vec<String>,
    /// Whole names.
    pub username: Vec<String>,
    /// Part of an address, a name or the identifier, in any case.
    pub query: Option<String>,
    /// Part of an address.
    pub email_address_query: Option<String>,
    /// Part of the user name.
    pub username_query: Option<String>,
    /// Part of first or last name.
    pub name_query: Option<String>,
    /// Milliseconds, exclusive.
    pub created_at_before: Option<i64>,
    /// Milliseconds, exclusive.
    pub created_at_after: Option<i64>,
    /// Milliseconds, exclusive.
    pub last_active_at_before: Option<i64>,
    /// Milliseconds, exclusive.
    pub last_active_at_after: Option<i64>,
    /// Milliseconds, exclusive.
    pub last_sign_in_at_before: Option<i64>,
    /// Milliseconds, exclusive.
    pub last_sign_in_at_after: Option<i64>,
    /// Barred or not.
    pub banned: Option<bool>,
    /// A filter by something that nobody has here: telephone, wallet, organization, social account.
    pub nobody: bool,
}

/// The most values that one filter takes.
const MOST: usize = 100;

impl Filter {
    pub(super) fn read(&mut self, name: &str, value: Cow<'_, str>) -> Result<(), Refused> {
        let time = || value.parse().map(Some).map_err(|_| Refused::Invalid("date", "must be in milliseconds"));
        match name {
            "user_id" => push(&mut self.user_id, value, "user_id")?,
            "external_id" => push(&mut self.external_id, value, "external_id")?,
            "email_address" => push(&mut self.email_address, value, "email_address")?,
            "username" => push(&mut self.username, value, "username")?,
            "query" => self.query = Some(value.to_lowercase()),
            "email_address_query" => self.email_address_query = Some(value.to_lowercase()),
            "username_query" => self.username_query = Some(value.to_lowercase()),
            "name_query" => self.name_query = Some(value.to_lowercase()),
            "created_at_before" => self.created_at_before = time()?,
            "created_at_after" => self.created_at_after = time()?,
            "last_active_at_before" => self.last_active_at_before = time()?,
            "last_active_at_after" | "last_active_at_since" => self.last_active_at_after = time()?,
            "last_sign_in_at_before" => self.last_sign_in_at_before = time()?,
            "last_sign_in_at_after" => self.last_sign_in_at_after = time()?,
            "banned" => {
                let yes = value.parse().map_err(|_| Refused::Invalid("banned", "must be true or false"))?;
                self.banned = Some(yes);
            }
            "phone_number" | "phone_number_query" | "web3_wallet" | "organization_id" | "provider_user_id" => {
                self.nobody = true;
            }
            _ => {}
        }
        Ok(())
    }

    /// Whether the times of creation are all that is asked.
    pub(super) fn is_window(&self) -> bool {
        let rest = Self { created_at_before: None, created_at_after: None, ..self.clone() };
        rest == Self::default()
    }

    /// Whether a user is meant.
    pub(super) fn matches(&self, user: &User) -> bool {
        let has_email =
            |wanted: &String| user.email_addresses.iter().any(|it| it.email_address.eq_ignore_ascii_case(wanted));
        let is_named = |wanted: &String| user.username.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(wanted));
        !self.nobody
            && signed(&self.user_id, Some(&user.id))
            && signed(&self.external_id, user.external_id.as_ref())
            && (self.email_address.is_empty() || self.email_address.iter().any(has_email))
            && (self.username.is_empty() || self.username.iter().any(is_named))
            && between(Some(user.created_at), self.created_at_after, self.created_at_before)
            && between(user.last_active_at, self.last_active_at_after, self.last_active_at_before)
            && between(user.last_sign_in_at, self.last_sign_in_at_after, self.last_sign_in_at_before)
            && self.banned.is_none_or(|banned| banned == user.banned)
            && self.texts_match(user)
    }

    fn texts_match(&self, user: &User) -> bool {
        let queries = [&self.query, &self.email_address_query, &self.name_query, &self.username_query];
        if queries.iter().all(|query| query.is_none()) {
            return true;
        }
        let part = |wanted: &Option<String>, texts: &[&str]| {
            wanted.as_ref().is_none_or(|wanted| texts.iter().any(|text| text.to_lowercase().contains(wanted)))
        };
        let emails: Vec<&str> = user.email_addresses.iter().map(|email| email.email_address.as_str()).collect();
        let names: Vec<&str> = user.first_name.iter().chain(&user.last_name).map(String::as_str).collect();
        let username: Vec<&str> = user.username.iter().map(String::as_str).collect();
        let all = [&emails[..], &names[..], &username[..], &[user.id.as_str()]].concat();
        part(&self.query, &all)
            && part(&self.email_address_query, &emails)
            && part(&self.name_query, &names)
            && part(&self.username_query, &username)
    }
}

fn push(values: &mut Vec<String>, value: Cow<'_, str>, name: &'static str) -> Result<(), Refused> {
    if values.len() == MOST {
        return Err(Refused::Invalid(name, "takes at most 100 values"));
    }
    values.push(value.into_owned());
    Ok(())
}

/// Values with `-` before them exclude; of the others, if there are any, one must be it.
fn signed(wanted: &[String], value: Option<&String>) -> bool {
    let is = |wanted: &str| value.is_some_and(|value| value == wanted);
    let mut included = wanted.iter().filter(|text| !text.starts_with('-')).peekable();
    let excluded = wanted.iter().filter_map(|text| text.strip_prefix('-')).any(is);
    let named = included.peek().is_none() || included.any(|text| is(text.strip_prefix('+').unwrap_or(text)));
    named && !excluded
}

fn between(value: Option<i64>, after: Option<i64>, before: Option<i64>) -> bool {
    if after.is_none() && before.is_none() {
        return true;
    }
    value.is_some_and(|value| after.is_none_or(|after| value > after) && before.is_none_or(|before| value < before))
}
