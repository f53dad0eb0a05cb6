//! The fields of a user by name, for who asks for some of them.

/// A field at the first level of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    UserId,
    Email,
    EmailVerified,
    Username,
    Name,
    Nickname,
    GivenName,
    FamilyName,
    Picture,
    CreatedAt,
    UpdatedAt,
    PhoneNumber,
    PhoneVerified,
    AppMetadata,
    UserMetadata,
    Blocked,
    LastLogin,
    LastIp,
    LoginsCount,
    LastPasswordReset,
    Identities,
}

impl Field {
    /// Every field, in the order in which it is written.
    pub(super) const ALL: &[Self] = &[
        Self::UserId,
        Self::Email,
        Self::EmailVerified,
        Self::Username,
        Self::Name,
        Self::Nickname,
        Self::GivenName,
        Self::FamilyName,
        Self::Picture,
        Self::CreatedAt,
        Self::UpdatedAt,
        Self::PhoneNumber,
        Self::PhoneVerified,
        Self::AppMetadata,
        Self::UserMetadata,
        Self::Blocked,
        Self::LastLogin,
        Self::LastIp,
        Self::LoginsCount,
        Self::LastPasswordReset,
        Self::Identities,
    ];

    /// Who this is, and since when: what the Action passes on of `event.user`.
    pub(super) const FACTS: &[Self] = &[
        Self::UserId,
        Self::Email,
        Self::EmailVerified,
        Self::Username,
        Self::Name,
        Self::Nickname,
        Self::GivenName,
        Self::FamilyName,
        Self::Picture,
        Self::CreatedAt,
        Self::UpdatedAt,
    ];

    /// What `profileData` says of a linked account.
    pub(super) const PROFILE: &[Self] = &[
        Self::Email,
        Self::EmailVerified,
        Self::Username,
        Self::Name,
        Self::Nickname,
        Self::GivenName,
        Self::FamilyName,
        Self::Picture,
    ];

    /// As the Management API spells it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::UserId => "user_id",
            Self::Email => "email",
            Self::EmailVerified => "email_verified",
            Self::Username => "username",
            Self::Name => "name",
            Self::Nickname => "nickname",
            Self::GivenName => "given_name",
            Self::FamilyName => "family_name",
            Self::Picture => "picture",
            Self::CreatedAt => "created_at",
            Self::UpdatedAt => "updated_at",
            Self::PhoneNumber => "phone_number",
            Self::PhoneVerified => "phone_verified",
            Self::AppMetadata => "app_metadata",
            Self::UserMetadata => "user_metadata",
            Self::Blocked => "blocked",
            Self::LastLogin => "last_login",
            Self::LastIp => "last_ip",
            Self::LoginsCount => "logins_count",
            Self::LastPasswordReset => "last_password_reset",
            Self::Identities => "identities",
        }
    }

    /// The field of that name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|field| field.name() == name)
    }
}
