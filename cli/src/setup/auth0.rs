//! `spine setup auth0`: the Action and the event stream, as they should be; what is so already is left alone.

mod bound;
mod carry;
mod plan;
mod scopes;
mod told;
mod wanted;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Args;
use serde_json::json;
use shared::clock::Clock;
use shared::config::{Auth0Source, ConfigError, Env};
use shared::domain::Issuer;
use shared::provider::{Auth0, Auth0Settings, Limits};
use shared::secret::SecretText;

use super::secrets::secret;
use crate::Ended;
use crate::consent::consent;
use crate::place::Place;
use plan::{Found, plan};
use scopes::Need;
use wanted::{Events, Wanted};

/// As many Actions may one flow have.
const MOST_BOUND: usize = 20;

/// `spine setup auth0`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  spine setup auth0 --local                      against `cargo dev`
  spine setup auth0 --url https://api.example.com --dry-run
  spine setup auth0 --url https://api.example.com
  spine setup auth0 --url https://api.example.com --eventbridge 123456789012 eu-central-1

It needs AUTH0_DOMAIN (or AUTH0_ISSUER_BASE_URL), AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET of a machine-to-machine \
application that is granted read:actions, create:actions, update:actions, read:event_streams, create:event_streams \
and update:event_streams of the Management API.
The Action is given AUTH0_ACTION_SECRET, and MGMT_CLIENT_ID, MGMT_CLIENT_SECRET, CLAIMS_NAMESPACE and \
AUTH0_ISSUER_URL where they are set; the stream AUTH0_EVENTS_SECRET. Each secret may be named by its ARN in Secrets \
Manager instead: AUTH0_ACTION_SECRET_ARN, and so on.
A line for each step says create, update or nothing. Run it again whenever something changed, or when a run broke \
off: what is as it should be is left alone. Other Actions and streams are never touched, and no secret is printed.
Ends with 0 when all is done, else 1.")]
pub(crate) struct Auth0Setup {
    /// Where the routes are, without a path; else SPINE_HTTP_URL
    #[arg(long, value_name = "URL")]
    url: Option<Issuer>,
    /// Send events to this account and region of AWS by EventBridge, instead of to the door by a webhook
    #[arg(long, num_args = 2, value_names = ["ACCOUNT", "REGION"], conflicts_with = "no_events")]
    eventbridge: Option<Vec<String>>,
    /// Leave event streams alone
    #[arg(long)]
    no_events: bool,
    /// Write the secrets anew, even if they seem to be the same: somebody changed one by hand
    #[arg(long)]
    rewrite_secrets: bool,
    #[command(flatten)]
    how: How,
}

/// Whether to ask, and whether to write at all.
#[derive(Args)]
struct How {
    /// Write without asking
    #[arg(long, conflicts_with = "dry_run")]
    yes: bool,
    /// Show what would be done, and write nothing
    #[arg(long)]
    dry_run: bool,
}

impl Auth0Setup {
    pub(crate) async fn carry_out(self, place: Place) -> Ended {
        let env = place.env();
        let (auth0, base, key) = open(&env).await?;
        let events = match &self.eventbridge {
            _ if self.no_events => Events::Leave,
            Some(bus) => Events::Bus(bus),
            None => Events::Door,
        };
        let door = super::door::door(self.url, &env)?;
        let wanted = Wanted::read(&env, (&base, &door), events, &key).await?;
        scopes::check(&auth0, Need { events: wanted.stream.is_some(), writes: !self.how.dry_run }).await?;
        let found = Found::read(&auth0, wanted.stream.is_some()).await?;
        let plan = plan(&found, &wanted, self.rewrite_secrets);
        told::plan(place, &plan, &wanted, &found)?;
        if plan.is_nothing() {
            return end(place, "nothing_to_do", "nothing to do", ExitCode::SUCCESS);
        }
        if plan.bind && found.flow.len() >= MOST_BOUND {
            return Err(
                "the post-login flow has 20 Actions already, which is as many as Auth0 runs: take one out".into()
            );
        }
        if self.how.dry_run {
            return end(place, "dry_run", "nothing was written", ExitCode::SUCCESS);
        }
        if !(self.how.yes || consent(place.json, "Do it?", "writes").await) {
            return end(place, "declined", "nothing was written", ExitCode::FAILURE);
        }
        carry::carry(&auth0, plan, found, &wanted, place).await?;
        end(place, "done", "done", ExitCode::SUCCESS)
    }
}

/// A client of the tenant that the variables name, its address, and the application's secret.
async fn open(env: &Env) -> Result<(Auth0, Issuer, SecretText), Box<dyn std::error::Error>> {
    let missing = || ConfigError::new("AUTH0_CLIENT_ID", "is missing: the machine-to-machine application");
    let source = Auth0Source::from_env(env)?.ok_or_else(missing)?;
    let client_secret = secret(env, "AUTH0_CLIENT_SECRET").await?;
    let settings = Auth0Settings {
        audience: format!("{}/api/v2/", source.base),
        base: source.base.clone(),
        client_id: source.client_id,
        client_secret: SecretText::new(client_secret.expose()),
        page: 100,
    };
    let auth0 = Auth0::with_limits(settings, Limits::for_callers(), Clock::system())?;
    auth0.is_ours().await?;
    Ok((auth0, source.base, client_secret))
}

fn end(place: Place, result: &str, words: &str, code: ExitCode) -> Ended {
    let line = if place.json { json!({"result": result}).to_string() } else { words.to_owned() };
    writeln!(io::stdout(), "{line}")?;
    Ok(code)
}
