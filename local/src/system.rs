//! All parts, started together and ended together.

mod changes;
mod customers;
mod parts;
mod providers;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use shared::config::{ConfigError, Env};
use shared::http::finished;

use crate::auth0::Auth0StandIn;
use crate::aws_api::{self, Services};
use crate::bus::{self, Bus};
use crate::clerk::ClerkStandIn;
use crate::engine::{Engine, EngineError};
use crate::invoke::{self, Function};
use crate::keep::{self, KeepError};
use crate::queue::{self, Queues};
use crate::serve::{AddressError, Servers, listen, url};
use crate::stripe::StripeStandIn;
use crate::tables::{CreateError, TemplateError};
use providers::Providers;

/// What listens where, and what it is told.
pub struct Options {
    /// The HTTP routes.
    pub http: SocketAddr,
    /// Lambda's Invoke API.
    pub lambda: SocketAddr,
    /// The database.
    pub dynamodb: SocketAddr,
    /// Auth0's stand-in.
    pub auth0: SocketAddr,
    /// Clerk's stand-in.
    pub clerk: SocketAddr,
    /// Stripe's stand-in.
    pub stripe: SocketAddr,
    /// Where all of it is kept; in memory without one.
    pub data: Option<PathBuf>,
    /// Variables that go before the defaults.
    pub env: Env,
    /// Whether the stand-ins begin with people in them.
    pub people: bool,
    /// How long an export job of Auth0's stand-in takes.
    pub exports_take: Duration,
    /// How long an event that failed waits on the queue, and a change in the feed, the first time.
    pub back_off: Duration,
}

impl Options {
    /// Free ports, in memory, nobody there: for tests.
    pub fn for_test(env: Env) -> Self {
        let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self {
            http: free,
            lambda: free,
            dynamodb: free,
            auth0: free,
            clerk: free,
            stripe: free,
            data: None,
            env,
            people: false,
            exports_take: Duration::ZERO,
            back_off: Duration::ZERO,
        }
    }
}

/// Why the system does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A taken port.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// A variable.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The embedded database; a taken port of it too.
    #[error("--dynamodb")]
    Engine(#[from] EngineError),
    /// The tables.
    #[error(transparent)]
    Tables(#[from] CreateError),
    /// The queue.
    #[error(transparent)]
    Queue(#[from] TemplateError),
    /// A stand-in.
    #[error("the stand-in of {0} cannot start")]
    StandIn(&'static str),
    /// The folder for `--data`.
    #[error(transparent)]
    Keep(#[from] KeepError),
}

/// The running system.
pub struct System {
    /// URL of the HTTP routes.
    pub http: String,
    /// URL of the Invoke API.
    pub lambda: String,
    /// URL of the database, embedded or not.
    pub dynamodb: String,
    /// Auth0's stand-in and its URL, unless the environment names the real one.
    pub auth0: Option<(Auth0StandIn, String)>,
    /// Clerk's stand-in and its URL, unless the environment names the real one.
    pub clerk: Option<(ClerkStandIn, String)>,
    /// Stripe's stand-in and its URL, unless the environment names the real one.
    pub stripe: Option<(StripeStandIn, String)>,
    /// The queue of Auth0's events, and its dead letters.
    pub queues: Queues,
    /// What was published of changes.
    pub bus: Bus,
    /// The variables that the functions were told.
    pub env: Env,
    engine: Option<Engine>,
    servers: Servers,
    keeper: Option<providers::Keeper>,
    /// The folder is this process' alone.
    _held: Option<std::fs::File>,
}

impl System {
    /// Starts everything; returns when all of it answers.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let held = options.data.as_deref().map(keep::hold).transpose()?;
        let mut servers = Servers::new();
        let (http_listener, http) = listen("--http", options.http).await?;
        let (lambda_listener, lambda) = listen("--lambda", options.lambda).await?;
        let engine = match options.env.text("DYNAMODB_ENDPOINT") {
            Some(_) => None,
            None => Some(Engine::start(options.dynamodb, options.data.as_deref())?),
        };
        let providers = Box::pin(Providers::start(&options, &mut servers)).await?;
        let env =
            parts::environment(options.env, url(lambda), engine.as_ref().map(|engine| url(engine.addr())), &providers);
        let built = Box::pin(parts::build(&env)).await?;

        let queues = Queues::of_template()?;
        if let Some(kept) = options.data.as_deref().map(|folder| keep::load(folder, "queues")).transpose()?.flatten() {
            queues.restore(&kept);
        }
        servers.serve(http_listener, finished(built.routes()));
        let functions: BTreeMap<&'static str, Function> = built.functions();
        if let Some(consumer) = functions.get("auth0-events").cloned() {
            servers.work(queue::deliver(queues.clone(), consumer, options.back_off));
        }
        let changes = changes::positions(options.data.as_deref())?;
        if let Some(function) = functions.get(changes::NAME).cloned() {
            // It holds a client while it looks for the stream, which is much for a future to carry about.
            let following = changes::follow(&env, function, changes.clone(), options.back_off, &mut servers);
            Box::pin(following).await?;
        }
        let bus = Bus::default();
        let services = aws_api::router(Services { queues: queues.clone(), bus: bus.clone() });
        let services = services.merge(bus::router(bus.clone()));
        servers.serve(lambda_listener, invoke::router(functions).merge(services));
        providers.send_to(&url(http));
        let keeper = providers.keep(options.data, queues.clone(), changes);
        Ok(Self {
            http: url(http),
            lambda: url(lambda),
            dynamodb: env.text("DYNAMODB_ENDPOINT").unwrap_or_default().to_owned(),
            auth0: providers.auth0,
            clerk: providers.clerk,
            stripe: providers.stripe,
            queues,
            bus,
            env,
            engine,
            servers,
            keeper,
            _held: held,
        })
    }

    /// The embedded database, if it is one.
    pub fn engine(&self) -> Option<&Engine> {
        self.engine.as_ref()
    }

    /// Ends everything, and keeps what is to be kept.
    pub async fn end(self) -> Result<(), KeepError> {
        self.servers.end().await;
        let kept = self.keeper.map_or(Ok(()), providers::Keeper::end);
        if let Some(engine) = self.engine {
            let _ = tokio::task::spawn_blocking(move || engine.stop()).await;
        }
        kept
    }
}
