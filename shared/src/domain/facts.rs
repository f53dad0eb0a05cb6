//! The facts that a provider tells of a person, with their limits.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

/// One fact. Its order is the order of the data model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fact {
    /// The e-mail address: an attribute, never an identity.
    Email,
    /// The whole name.
    Name,
    /// The given name.
    FirstName,
    /// The family name.
    LastName,
    /// What the person is called.
    Nickname,
    /// A name that the provider keeps unique.
    Username,
    /// Where a picture is.
    AvatarUrl,
    /// The address that the provider vouched for.
    VerifiedEmail,
}

impl Fact {
    /// All facts.
    pub const ALL: [Self; 8] = [
        Self::Email,
        Self::Name,
        Self::FirstName,
        Self::LastName,
        Self::Nickname,
        Self::Username,
        Self::AvatarUrl,
        Self::VerifiedEmail,
    ];

    /// The attribute that holds it.
    pub fn attribute(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Name => "name",
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::Nickname => "nickname",
            Self::Username => "username",
            Self::AvatarUrl => "avatar_url",
            Self::VerifiedEmail => "verified_email",
        }
    }

    /// The field of documents that tells it.
    pub fn field(self) -> &'static str {
        match self {
            Self::FirstName => "firstName",
            Self::LastName => "lastName",
            Self::AvatarUrl => "avatarUrl",
            Self::VerifiedEmail => "emailVerified",
            Self::Email | Self::Name | Self::Nickname | Self::Username => self.attribute(),
        }
    }

    fn limit(self) -> usize {
        match self {
            Self::Email | Self::VerifiedEmail => 320,
            Self::AvatarUrl => 2048,
            _ => 1024,
        }
    }
}

/// What is known of a person: present facts only, none empty, none past its limit.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    present: BTreeMap<Fact, String>,
    cut: u32,
}

impl Facts {
    /// Takes a fact as told. An empty text is absent, a long one is cut, an over-long e-mail is dropped.
    /// So is an e-mail of nothing but spaces: its key in the index would be empty, which no index takes.
    pub fn tell(&mut self, fact: Fact, text: Option<String>) {
        let Some(mut text) = text.filter(|text| !text.is_empty()) else { return };
        let address = matches!(fact, Fact::Email | Fact::VerifiedEmail);
        if address && email_key(&text).is_empty() {
            return;
        }
        if text.len() > fact.limit() {
            self.cut += 1;
            if address {
                return;
            }
            text.truncate(text.floor_char_boundary(fact.limit()));
        }
        self.present.insert(fact, text);
    }

    /// The same, for building in one expression.
    pub fn with(mut self, fact: Fact, text: Option<String>) -> Self {
        self.tell(fact, text);
        self
    }

    /// The fact, if it is known.
    pub fn text(&self, fact: Fact) -> Option<&str> {
        self.present.get(&fact).map(String::as_str)
    }

    /// All that is known, in the order of [`Fact`].
    pub fn iter(&self) -> impl Iterator<Item = (Fact, &str)> {
        self.present.iter().map(|(fact, text)| (*fact, text.as_str()))
    }

    /// How many texts were over their limit.
    pub fn cut(&self) -> u32 {
        self.cut
    }

    /// Without what only a provider can vouch for: no patch makes an address verified.
    pub fn unvouched(mut self) -> Self {
        self.present.remove(&Fact::VerifiedEmail);
        self
    }

    /// These facts where they are known, and `others` elsewhere.
    pub fn or(mut self, others: Self) -> Self {
        for (fact, text) in others.present {
            self.present.entry(fact).or_insert(text);
        }
        self.cut += others.cut;
        self
    }
}

/// How much was cut on the way makes no other facts.
impl PartialEq for Facts {
    fn eq(&self, other: &Self) -> bool {
        self.present == other.present
    }
}

impl Eq for Facts {}

impl Hash for Facts {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.present.hash(state);
    }
}

/// The normalised address, key of the index by e-mail.
pub fn email_key(email: &str) -> String {
    email.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn empty_texts_are_absent() {
        let facts = Facts::default().with(Fact::Name, Some(String::new())).with(Fact::Email, None);
        assert_eq!(facts, Facts::default());
    }

    #[test]
    fn an_email_of_spaces_is_absent() {
        let spaces = Some(" \t\u{a0}".to_owned());
        let facts = Facts::default().with(Fact::Email, spaces.clone()).with(Fact::VerifiedEmail, spaces);
        assert_eq!(facts, Facts::default());
    }

    #[test]
    fn an_over_long_email_is_dropped_and_counted_never_cut() {
        let facts = Facts::default().with(Fact::Email, Some("e".repeat(321)));
        assert_eq!((facts.text(Fact::Email), facts.cut()), (None, 1));
        let longest = "e".repeat(320);
        assert_eq!(Facts::default().with(Fact::Email, Some(longest.clone())).text(Fact::Email), Some(longest.as_str()));
    }

    proptest! {
        #[test]
        fn any_text_is_cut_within_its_limit_and_at_a_character(text in ".{0,1200}") {
            let facts = Facts::default().with(Fact::Name, Some(text.clone()));
            let kept = facts.text(Fact::Name).unwrap_or("");
            prop_assert!(kept.len() <= 1024 && text.starts_with(kept));
            prop_assert_eq!(facts.cut() == 0, kept.len() == text.len());
        }
    }
}
