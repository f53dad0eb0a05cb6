//! What a provider's answers say of its users.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::client::Answer;
use super::error::{Call, ProviderError};
use crate::clock::Timestamp;
use crate::domain::{Identity, Profile, Provider};
use crate::wire::auth0_user::Auth0User;
use crate::wire::clerk_user::ClerkUser;

/// A page of a listing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Its users.
    pub users: Vec<Listed>,
    /// How many of its users cannot be read: no object, no id, or no readable times.
    pub odd: u32,
    /// Those of them who have an id, and the identities that were linked into them: none of these can be compared, and
    /// yet they are there.
    pub odd_named: Vec<Identity>,
    /// The account of a part of the listing; in the last page of each part alone.
    pub summary: Option<Summary>,
}

/// A user as the provider tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Who it is.
    pub identity: Identity,
    /// Everything the provider knows, observed when the request was sent.
    pub profile: Profile,
    /// The identities that were linked into this one, which the provider does not list.
    pub also_named: Vec<Identity>,
}

/// The account of a listing, or of a part of it, by which its completeness can be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// How many users were named, odd ones included, repeats not.
    pub named: u64,
    /// How many the provider counted before.
    pub counted_before: Option<u64>,
    /// How many the provider counted at the end.
    pub counted_after: Option<u64>,
}

impl Summary {
    /// The account of a file that is known to be whole: it needs no count beside it.
    pub fn of_whole_file(named: u64) -> Self {
        Self { named, counted_before: Some(named), counted_after: Some(named) }
    }

    /// Whether as many were named as the provider counted: between both counts, for people come and go meanwhile.
    pub fn is_plausible(&self) -> bool {
        match (self.counted_before, self.counted_after) {
            (Some(before), Some(after)) => (before.min(after)..=before.max(after)).contains(&self.named),
            _ => false,
        }
    }

    /// What the provider counted, if clearly fewer were named: nobody's coming and going explains it.
    pub fn missing_from(&self) -> Option<u64> {
        let counted = self.counted_before?.min(self.counted_after?);
        let slack = (counted / 100).max(2);
        (self.named + slack < counted).then_some(counted)
    }
}

/// What the provider says of one subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// The user is there.
    Found {
        /// The user.
        listed: Listed,
        /// When it said so: by the provider's clock if it tells, else by ours.
        answered_at: Timestamp,
    },
    /// There is no such user.
    Gone {
        /// When it said so: by the provider's clock if it tells, else by ours.
        answered_at: Timestamp,
        /// Whether that is the provider's own time, without which nothing can be ended by it.
        dated: bool,
    },
}

/// What both providers' users have in common.
pub(super) trait ProviderUser: DeserializeOwned {
    fn subject(&self) -> Option<&str>;
    fn profile(&self, observed_at: Timestamp) -> Option<Profile>;
    fn also_named(&self) -> impl Iterator<Item = String>;
}

impl ProviderUser for Auth0User {
    fn subject(&self) -> Option<&str> {
        self.subject()
    }
    fn profile(&self, observed_at: Timestamp) -> Option<Profile> {
        self.profile(observed_at)
    }
    fn also_named(&self) -> impl Iterator<Item = String> {
        self.named_identities()
    }
}

impl ProviderUser for ClerkUser {
    fn subject(&self) -> Option<&str> {
        self.subject()
    }
    fn profile(&self, observed_at: Timestamp) -> Option<Profile> {
        self.profile(observed_at)
    }
    fn also_named(&self) -> impl Iterator<Item = String> {
        std::iter::empty()
    }
}

/// The users of a page, each read by itself, so that an odd one is nobody else's trouble. `None` is no user at all.
pub(super) fn users<U: ProviderUser>(raw: &[&RawValue]) -> Vec<Option<U>> {
    let user = |raw: &&RawValue| raw.get().starts_with('{').then(|| serde_json::from_str(raw.get()).ok()).flatten();
    raw.iter().map(user).collect()
}

/// A page of these users, as of `observed_at`.
pub(super) fn page<U: ProviderUser>(users: &[Option<U>], provider: &Provider, observed_at: Timestamp) -> Page {
    let mut page = Page { users: Vec::with_capacity(users.len()), ..Page::default() };
    for user in users {
        page.take(user.as_ref(), provider, observed_at);
    }
    page
}

impl Page {
    /// Takes in one user more, as of `observed_at`. `None` is no user at all.
    pub(super) fn take<U: ProviderUser>(&mut self, user: Option<&U>, provider: &Provider, observed_at: Timestamp) {
        if let Some(listed) = user.and_then(|user| listed(user, provider, observed_at)) {
            self.users.push(listed);
            return;
        }
        self.odd += 1;
        let Some(user) = user else { return };
        let subjects = user.subject().map(str::to_owned).into_iter().chain(user.also_named());
        self.odd_named.extend(subjects.filter_map(|subject| Identity::new(provider.clone(), subject).ok()));
    }
}

fn listed<U: ProviderUser>(user: &U, provider: &Provider, observed_at: Timestamp) -> Option<Listed> {
    let identity = |subject: String| Identity::new(provider.clone(), subject).ok();
    Some(Listed {
        identity: identity(user.subject()?.to_owned())?,
        profile: user.profile(observed_at)?,
        also_named: user.also_named().filter_map(identity).collect(),
    })
}

/// The one user of an answer, who must be the one that was asked for.
pub(super) fn found<U: ProviderUser>(
    call: Call,
    answer: &Answer,
    provider: &Provider,
    subject: &str,
) -> Result<Reading, ProviderError> {
    let unreadable = |what| ProviderError::Unreadable { call, what };
    let raw: &RawValue = answer.json(call)?;
    let user: Option<U> = users(&[raw]).pop().flatten();
    let user = user.ok_or_else(|| unreadable("the answer is not the JSON that it should be"))?;
    if user.subject() != Some(subject) {
        return Err(unreadable("the answer is another user than the one asked for"));
    }
    let listed = listed(&user, provider, answer.sent_at);
    let listed = listed.ok_or_else(|| unreadable("the user has no readable times"))?;
    Ok(Reading::Found { listed, answered_at: answer.answered_at })
}

/// What only the provider itself says with a 404. A 404 of anything between it and us proves nothing.
pub(super) fn says_gone<'a, T: Deserialize<'a>>(answer: &'a Answer, proves: impl Fn(T) -> bool) -> bool {
    answer.status == http::StatusCode::NOT_FOUND && serde_json::from_slice(&answer.body).is_ok_and(proves)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_was_linked_into_a_user_that_cannot_be_read_is_named_too() {
        let raw = r#"{"user_id": "auth0|first", "updated_at": "once", "identities": [
            {"provider": "auth0", "user_id": "first"}, {"provider": "google-oauth2", "user_id": "second"}]}"#;
        let user: Option<Auth0User> = serde_json::from_str(raw).ok();
        let page = page(&[user, None], &Provider::auth0(), Timestamp::ZERO);
        let named: Vec<&str> = page.odd_named.iter().map(Identity::subject).collect();
        assert_eq!((page.users.len(), page.odd, named), (0, 2, vec!["auth0|first", "google-oauth2|second"]));
    }
}
