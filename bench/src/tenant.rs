//! A provider whose users are computed, behind a free port.

use local::auth0::{Auth0Options, Auth0StandIn};
use local::clerk::{ClerkOptions, ClerkStandIn};
use local::stand_in::crowd::Crowd;
use serde::Deserialize;
use shared::clock::{Clock, Timestamp};
use shared::domain::{Identity, Profile, Provider};
use shared::provider::{Auth0, Auth0Settings, Clerk, ClerkSettings, Source};
use shared::secret::SecretText;
use shared::wire::auth0_user::Auth0User;
use shared::wire::clerk_user::ClerkUser;
use tests::served::Served;

/// One of the two.
pub(crate) enum Tenant {
    Clerk(ClerkStandIn, Served),
    Auth0(Auth0StandIn, Served),
}

impl Tenant {
    pub(crate) async fn start(name: &str) -> Self {
        if name == "clerk" {
            let clerk = ClerkStandIn::new(ClerkOptions::default()).expect("a stand-in");
            let served = Served::start(clerk.router()).await;
            Self::Clerk(clerk, served)
        } else {
            let auth0 = Auth0StandIn::new(Auth0Options::default()).expect("a stand-in");
            let served = Served::start(auth0.router()).await;
            auth0.set_base_url(&served.url());
            Self::Auth0(auth0, served)
        }
    }

    pub(crate) fn name(&self) -> &'static str {
        if matches!(self, Self::Clerk(..)) { "clerk" } else { "auth0" }
    }

    pub(crate) fn set_crowd(&self, crowd: Crowd) {
        match self {
            Self::Clerk(clerk, _) => clerk.set_crowd(crowd),
            Self::Auth0(auth0, _) => auth0.set_crowd(crowd),
        }
    }

    pub(crate) fn set_rate(&self, per_ten_seconds: Option<u32>) {
        if let Self::Clerk(clerk, _) = self {
            clerk.set_rate(per_ten_seconds);
        }
    }

    fn url(&self) -> String {
        match self {
            Self::Clerk(_, served) | Self::Auth0(_, served) => served.url(),
        }
    }

    pub(crate) fn variables(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Clerk(..) => {
                vec![("CLERK_API_URL", self.url()), ("CLERK_SECRET_KEY", "sk_test_local".to_owned())]
            }
            Self::Auth0(..) => vec![
                ("AUTH0_ISSUER_BASE_URL", self.url()),
                ("AUTH0_CLIENT_ID", "local-client".to_owned()),
                ("AUTH0_CLIENT_SECRET", "local-client-secret".to_owned()),
            ],
        }
    }

    pub(crate) fn source(&self) -> Source {
        let (base, clock) = (self.url().parse().expect("a URL"), Clock::system());
        match self {
            Self::Clerk(..) => {
                let secret_key = SecretText::new("sk_test_local");
                let settings = ClerkSettings { base, secret_key, instance_id: None, page: 500 };
                Source::Clerk(Clerk::new(settings, clock).expect("a client"))
            }
            Self::Auth0(..) => {
                let (audience, client_id) = (format!("{}/api/v2/", self.url()), "local-client".to_owned());
                let client_secret = SecretText::new("local-client-secret");
                let settings = Auth0Settings { base, audience, client_id, client_secret, page: 100 };
                Source::Auth0(Auth0::new(settings, clock).expect("a client"))
            }
        }
    }

    /// The profile of a user of the crowd, as a listing at this moment would tell it.
    pub(crate) fn profile(&self, crowd: &Crowd, number: u64, now: Timestamp) -> (Identity, Profile) {
        let read = |provider, subject: Option<&str>, profile: Option<Profile>| {
            let identity = Identity::new(provider, subject.expect("a subject")).expect("an identity");
            (identity, profile.expect("a profile"))
        };
        if let Self::Clerk(..) = self {
            let user = local::clerk::crowd_user(crowd, number).expect("a user").to_json();
            let user = ClerkUser::deserialize(user).expect("a user");
            read(Provider::clerk(), user.subject(), user.profile(now))
        } else {
            let user = local::auth0::crowd_user(crowd, number).expect("a user").to_json();
            let user = Auth0User::deserialize(user).expect("a user");
            read(Provider::auth0(), user.subject(), user.profile(now))
        }
    }

    /// Everything that a listing asks for, read and thrown away.
    pub(crate) async fn list(&self) {
        match self {
            Self::Clerk(..) => crate::bare::clerk_pages(&self.url()).await,
            Self::Auth0(auth0, _) => crate::bare::auth0_export(&self.url(), &auth0.issue_token()).await,
        }
    }
}
