//! The change feed, live: the stream of `Users`, handed to the function as Lambda does.

use std::path::Path;
use std::time::Duration;

use shared::aws;
use shared::config::{Aws, Env, Tables};

use super::StartError;
use crate::feed::{self, Positions};
use crate::invoke::Function;
use crate::keep;
use crate::serve::Servers;

/// Under which name the positions are kept.
pub(super) const NAME: &str = "change-feed";

/// How far the stream was read before; from its beginning without a folder, and at the first start.
pub(super) fn positions(folder: Option<&Path>) -> Result<Positions, StartError> {
    Ok(Positions::restored(folder.map(|folder| keep::load(folder, NAME)).transpose()?.flatten()))
}

/// Hands over the stream until the servers end. A table that was made without one, by whomever, has no changes to tell.
pub(super) async fn follow(
    env: &Env,
    function: Function,
    positions: Positions,
    backoff: Duration,
    servers: &mut Servers,
) -> Result<(), StartError> {
    let aws = Aws::from_env(env)?;
    let http = aws::http_client(&aws);
    let Some(arn) = feed::stream_of(&aws, http.clone(), &Tables::from_env(env).users).await else {
        tracing::info!("the change feed is off: the table of users has no stream");
        return Ok(());
    };
    let consumer = move |event| {
        let function = function.clone();
        // The function has logged what it failed of.
        async move { function.invoke(event).await.ok() }
    };
    servers.work(feed::follow(feed::streams(&aws, http), arn, positions, backoff, consumer));
    Ok(())
}
