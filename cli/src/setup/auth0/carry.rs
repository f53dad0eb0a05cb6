//! Doing it, one step after the other. Whatever breaks off, the next run goes on from there.

use std::io::{self, Write};
use std::time::Duration;

use serde_json::json;
use shared::provider::{Action, ActionDraft, Auth0, Build, Destination, EventStreamDraft, ProviderError, To};
use tokio::time::{Instant, sleep};

use super::bound;
use super::plan::{Found, Move, Plan};
use super::wanted::{EVENTS, NAME, RUNTIME, Wanted, WantedStream, WantedTo};
use crate::look::shown;
use crate::place::Place;

/// How long Auth0 may build: it takes seconds, and has been seen to take most of a minute.
const BUILDING: Duration = Duration::from_secs(120);
/// How long it may tell of a failed build that is not this one.
const STILL_THE_LAST: Duration = Duration::from_secs(3);
/// How long it may say that it is not built when it has just said that it is.
const NOT_BUILT_YET: Duration = Duration::from_secs(10);
/// The pauses between two looks double from this one.
const FIRST_LOOK: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

type Done<T> = Result<T, Box<dyn std::error::Error>>;

/// Does what the plan says.
pub(super) async fn carry(auth0: &Auth0, plan: Plan, found: Found, wanted: &Wanted, place: Place) -> Done<()> {
    let stream = wanted.stream.as_ref().zip(plan.stream.as_ref());
    let before = stream.and_then(|(wanted, _)| found.stream(wanted)).map(|stream| stream.id.clone());
    let action = drafted(auth0, &plan.action, found.action, wanted).await?;
    if plan.deploy {
        settled(auth0, action.clone(), |action| action.build == Build::Built).await?;
        deployed(auth0, &action.id).await?;
        settled(auth0, auth0.action(&action.id).await?, |action| action.deployed).await?;
    }
    if plan.bind {
        bound::bind(auth0, &action.id).await?;
    }
    if let Some((wanted, step)) = stream {
        sent(auth0, step, before, wanted, place).await?;
    }
    Ok(())
}

async fn drafted(auth0: &Auth0, step: &Move, found: Option<Action>, wanted: &Wanted) -> Done<Action> {
    let draft = ActionDraft { name: NAME, code: &wanted.code, runtime: RUNTIME, secrets: &wanted.secrets };
    Ok(match (step, found) {
        (Move::Nothing, Some(action)) => action,
        (Move::Update(_), Some(action)) => auth0.update_action(&action.id, &draft).await?,
        (_, _) => auth0.create_post_login_action(&draft).await?,
    })
}

/// Deploys it, again for a while: what Auth0 tells as built it may refuse for a moment as not built.
async fn deployed(auth0: &Auth0, id: &str) -> Done<()> {
    let (end, mut pause) = (Instant::now() + NOT_BUILT_YET, FIRST_LOOK);
    loop {
        match auth0.deploy_action(id).await {
            Err(ProviderError::Refused { status: 400, .. }) if Instant::now() < end => sleep(pause).await,
            ended => return Ok(ended?),
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Waits until the Action is as far as that.
async fn settled(auth0: &Auth0, mut action: Action, far: fn(&Action) -> bool) -> Done<()> {
    let (begun, mut pause) = (Instant::now(), FIRST_LOOK);
    loop {
        // Right after a change, it may still be the last draft's.
        if action.build == Build::Failed && begun.elapsed() > STILL_THE_LAST {
            return Err("Auth0 could not build the Action: see it in the dashboard, under Actions, Library".into());
        }
        if far(&action) {
            return Ok(());
        }
        if begun.elapsed() > BUILDING {
            return Err("Auth0 is still building the Action after 2 minutes: run this again, and it goes on".into());
        }
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
        action = auth0.action(&action.id).await?;
    }
}

async fn sent(auth0: &Auth0, step: &Move, before: Option<String>, wanted: &WantedStream, place: Place) -> Done<()> {
    let to = match &wanted.to {
        WantedTo::Webhook { url, bearer } => To::Webhook(url, bearer),
        WantedTo::EventBridge { account, region } => To::EventBridge(account, region),
    };
    let draft = EventStreamDraft { name: &wanted.name, events: &EVENTS, to };
    let stream = match (step, before) {
        (Move::Nothing, _) => return Ok(()),
        (Move::Update(_), Some(id)) => auth0.update_event_stream(&id, &draft).await?,
        (_, _) => auth0.create_event_stream(&draft).await?,
    };
    if let Destination::EventBridge { source: Some(source), .. } = stream.to {
        let line = if place.json {
            json!({"partnerEventSource": source}).to_string()
        } else {
            format!("deploy with Auth0PartnerEventSource={}", shown(&source))
        };
        writeln!(io::stdout(), "{line}")?;
    }
    Ok(())
}
