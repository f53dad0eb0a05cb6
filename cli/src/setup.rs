//! `spine setup`: what a provider must be told once, so that it tells us of its users.

mod auth0;
mod clerk;
mod door;
mod secrets;

use clap::Subcommand;

use crate::Ended;
use crate::place::Place;

/// `spine setup`.
#[derive(Subcommand)]
pub(crate) enum Setup {
    /// The post-login Action with its secrets, deployed and bound, and the event stream. Shown first, then asked
    Auth0(auth0::Auth0Setup),
    /// What to do in Clerk's dashboard, and whether the webhook's secret is the one that the door knows
    Clerk(clerk::ClerkSetup),
}

impl Setup {
    pub(crate) async fn carry_out(self, place: Place) -> Ended {
        match self {
            Self::Auth0(setup) => setup.carry_out(place).await,
            Self::Clerk(setup) => setup.carry_out(place).await,
        }
    }
}
