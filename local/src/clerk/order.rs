//! Orders that no index keeps: everybody is sorted, each time.

use std::borrow::Cow;

use super::page::{Order, OrderBy};
use super::user::User;

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Time(Option<i64>),
    Text(Option<String>),
}

fn key(user: &User, by: OrderBy) -> Key {
    let lower = |text: &Option<String>| Key::Text(text.as_ref().map(|text| text.to_lowercase()));
    match by {
        OrderBy::CreatedAt => Key::Time(Some(user.created_at)),
        OrderBy::UpdatedAt => Key::Time(Some(user.updated_at)),
        OrderBy::LastActiveAt => Key::Time(user.last_active_at),
        OrderBy::LastSignInAt => Key::Time(user.last_sign_in_at),
        OrderBy::EmailAddress => Key::Text(user.primary_email().map(|email| email.email_address.clone())),
        OrderBy::FirstName => lower(&user.first_name),
        OrderBy::LastName => lower(&user.last_name),
        OrderBy::Username => lower(&user.username),
        OrderBy::Nothing => Key::Time(None),
    }
}

/// In an order; the identifier decides between equals.
pub(super) fn sorted(mut users: Vec<Cow<'_, User>>, order: Order) -> Vec<Cow<'_, User>> {
    users.sort_by_cached_key(|user| (key(user, order.by), user.id.clone()));
    if order.descending {
        users.reverse();
    }
    users
}
