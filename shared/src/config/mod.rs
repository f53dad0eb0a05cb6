//! Configuration: the only reader of the environment. A value that cannot be used ends the start with its variable's name.

mod aws;
mod bus;
mod dev;
mod doors;
mod env;
mod events;
mod invoking;
mod linking;
mod settle;
mod sources;
mod users;

pub use aws::{Aws, Tables};
pub use bus::EventBus;
pub use dev::{DOCUMENTED_ISSUER, LOCAL_SERVICE_TOKEN, dev_defaults};
pub use doors::{ClerkDoor, LoginDoor};
pub use env::{ConfigError, Env, SecretSpot};
pub use events::{EventsDoor, QueueUrl, auth0_tenant};
pub use invoking::Invoking;
pub use linking::link_site;
pub use settle::ReconcileSettings;
pub use sources::{Auth0Source, ClerkSource, StripeSource};
pub use users::{Auth0Tokens, ClerkTokens, UsersDoor};
