//! The stand-ins of one system: which are needed, what they are told, and how they are kept.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;
use shared::config::{ConfigError, Env, dev_defaults};
use tokio::task::JoinHandle;

use super::{Options, StartError, changes, customers};
use crate::auth0::{Auth0Options, Auth0StandIn};
use crate::clerk::{BadOptions, ClerkOptions, ClerkStandIn};
use crate::feed::Positions;
use crate::keep::{self, KeepError};
use crate::queue::Queues;
use crate::serve::{Servers, listen, url};
use crate::stripe::{StripeOptions, StripeStandIn};

/// How often what changed is kept: a kill loses no more than this.
const BETWEEN_SAVES: Duration = Duration::from_millis(500);

/// The stand-ins that this system needs, each with its URL.
pub(super) struct Providers {
    pub(super) auth0: Option<(Auth0StandIn, String)>,
    pub(super) clerk: Option<(ClerkStandIn, String)>,
    pub(super) stripe: Option<(StripeStandIn, String)>,
}

impl Providers {
    /// Starts a stand-in for each provider whose base URL the environment leaves open.
    pub(super) async fn start(options: &Options, servers: &mut Servers) -> Result<Self, StartError> {
        let mut providers = Self { auth0: None, clerk: None, stripe: None };
        if !options.env.any_of(&["AUTH0_ISSUER_BASE_URL", "AUTH0_DOMAIN"]) {
            let (listener, address) = listen("--auth0", options.auth0).await?;
            let stand_in = auth0(options, &url(address))?;
            servers.serve(listener, stand_in.router());
            let kept = options.data.as_deref().map(|folder| keep::load(folder, "auth0")).transpose()?.flatten();
            match kept {
                Some(kept) => stand_in.restore(kept).map_err(|_| StartError::StandIn("Auth0"))?,
                None if options.people => stand_in.seed_people(),
                None => {}
            }
            providers.auth0 = Some((stand_in, url(address)));
        }
        if !options.env.any_of(&["CLERK_API_URL"]) {
            let (listener, address) = listen("--clerk", options.clerk).await?;
            let stand_in = clerk(&options.env, &url(address))?;
            servers.serve(listener, stand_in.router());
            let kept = options.data.as_deref().map(|folder| keep::load(folder, "clerk")).transpose()?.flatten();
            match kept {
                Some(kept) => stand_in.restore(kept).map_err(|_| StartError::StandIn("Clerk"))?,
                None if options.people => stand_in.seed_people(),
                None => {}
            }
            providers.clerk = Some((stand_in, url(address)));
        }
        if !options.env.any_of(&["STRIPE_API_URL"]) {
            providers.stripe = Some(providers.start_stripe(options, servers).await?);
        }
        Ok(providers)
    }

    /// Stripe's customers name users, so that the other two come first.
    async fn start_stripe(
        &self,
        options: &Options,
        servers: &mut Servers,
    ) -> Result<(StripeStandIn, String), StartError> {
        let (listener, address) = listen("--stripe", options.stripe).await?;
        let secret_key = told(&options.env, "STRIPE_SECRET_KEY");
        let stand_in = StripeStandIn::new(StripeOptions { secret_key, ..StripeOptions::default() });
        servers.serve(listener, stand_in.router());
        let kept = options.data.as_deref().map(|folder| keep::load(folder, "stripe")).transpose()?.flatten();
        match kept {
            Some(kept) => stand_in.restore(kept).map_err(|_| StartError::StandIn("Stripe"))?,
            None if options.people => customers::seed(&stand_in, self),
            None => {}
        }
        Ok((stand_in, url(address)))
    }

    /// From now on the stand-ins speak to the routes at this URL.
    pub(super) fn send_to(&self, http: &str) {
        if let Some((auth0, _)) = &self.auth0 {
            auth0.set_login_target(http);
        }
        if let Some((clerk, _)) = &self.clerk {
            clerk.set_webhook_url(format!("{http}/clerk/webhook"));
        }
    }

    /// Keeps what the stand-ins know, what waits on the queue, and how far the changes were told, in `folder`, now and
    /// then and at the end.
    pub(super) fn keep(&self, folder: Option<PathBuf>, queues: Queues, changes: Positions) -> Option<Keeper> {
        let folder = folder?;
        let auth0 = self.auth0.as_ref().map(|(stand_in, _)| stand_in.clone());
        let clerk = self.clerk.as_ref().map(|(stand_in, _)| stand_in.clone());
        let stripe = self.stripe.as_ref().map(|(stand_in, _)| stand_in.clone());
        let mut state = Kept { folder, auth0, clerk, stripe, queues, changes, last: Default::default() };
        let saving = tokio::spawn({
            let mut state = state.clone();
            async move {
                loop {
                    tokio::time::sleep(BETWEEN_SAVES).await;
                    if let Err(error) = state.save() {
                        tracing::warn!(%error, "what the stand-ins know could not be kept");
                    }
                }
            }
        });
        state.last = Default::default();
        Some(Keeper { state, saving })
    }
}

/// Keeps the stand-ins' state until it is ended.
pub(super) struct Keeper {
    state: Kept,
    saving: JoinHandle<()>,
}

#[derive(Clone)]
struct Kept {
    folder: PathBuf,
    auth0: Option<Auth0StandIn>,
    clerk: Option<ClerkStandIn>,
    stripe: Option<StripeStandIn>,
    queues: Queues,
    changes: Positions,
    last: [Value; 5],
}

impl Kept {
    fn save(&mut self) -> Result<(), KeepError> {
        let [auth0, clerk, stripe, queues, changes] = &mut self.last;
        save_changed(&self.folder, "auth0", self.auth0.as_ref().map(Auth0StandIn::snapshot), auth0)?;
        save_changed(&self.folder, "clerk", self.clerk.as_ref().map(ClerkStandIn::snapshot), clerk)?;
        save_changed(&self.folder, "stripe", self.stripe.as_ref().map(StripeStandIn::snapshot), stripe)?;
        save_changed(&self.folder, "queues", Some(self.queues.snapshot()), queues)?;
        save_changed(&self.folder, changes::NAME, Some(self.changes.snapshot()), changes)
    }
}

fn save_changed(folder: &Path, name: &str, now: Option<Value>, last: &mut Value) -> Result<(), KeepError> {
    let Some(now) = now.filter(|now| now != last) else { return Ok(()) };
    keep::save(folder, name, &now)?;
    *last = now;
    Ok(())
}

impl Keeper {
    /// Keeps the last state.
    pub(super) fn end(mut self) -> Result<(), KeepError> {
        self.saving.abort();
        self.state.save()
    }
}

/// A variable as the system will tell it: given, or else the default.
fn told(env: &Env, name: &str) -> String {
    let defaults = dev_defaults();
    env.text(name).or(defaults.text(name)).unwrap_or_default().to_owned()
}

fn auth0(system: &Options, url: &str) -> Result<Auth0StandIn, StartError> {
    let env = &system.env;
    let options = Auth0Options {
        base_url: url.to_owned(),
        issuer: format!("{url}/"),
        client_id: told(env, "AUTH0_CLIENT_ID"),
        client_secret: told(env, "AUTH0_CLIENT_SECRET"),
        action_secret: told(env, "AUTH0_ACTION_SECRET"),
        // Several may be accepted; the stand-in's tokens are meant for the first.
        api_audience: told(env, "AUTH0_AUDIENCE").split_whitespace().next().unwrap_or_default().to_owned(),
        exports_take: system.exports_take,
        ..Auth0Options::default()
    };
    Auth0StandIn::new(options).map_err(|_| StartError::StandIn("Auth0"))
}

fn clerk(env: &Env, url: &str) -> Result<ClerkStandIn, StartError> {
    let secret = told(env, "CLERK_WEBHOOK_SECRET");
    let options = ClerkOptions {
        secret_key: told(env, "CLERK_SECRET_KEY"),
        // Several may be accepted; the stand-in signs with the first.
        webhook_secret: secret.split_whitespace().next().unwrap_or_default().to_owned(),
        instance_id: told(env, "CLERK_INSTANCE_ID"),
        issuer: url.to_owned(),
        ..ClerkOptions::default()
    };
    ClerkStandIn::new(options).map_err(|error| match error {
        BadOptions::Secret(bad) => ConfigError::new("CLERK_WEBHOOK_SECRET", bad).into(),
        BadOptions::Client(_) => StartError::StandIn("Clerk"),
    })
}
