//! `spine redrive`: what the queue of Auth0's events gave up, moved back to it.

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use serde_json::json;
use shared::aws;
use shared::config::{Aws, ConfigError, Env, QueueUrl};
use shared::queue::{Moving, Queue, QueueError, Standing};

use crate::Ended;
use crate::consent::consent;
use crate::place::{PATIENCE, Place};

/// Between two looks at how far SQS is.
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);
/// So often it looks for the move that it began.
const LOOKS_FOR_IT: u32 = 30;

/// `spine redrive`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  spine redrive --local          how many were given up; asks, and moves them back
  spine redrive --yes            without asking

AUTH0_EVENTS_QUEUE_URL and AUTH0_EVENTS_DEAD_LETTER_QUEUE_URL name the queues, as the stack's outputs say. Look for \
the cause first: what cannot be read is given up again. Events of more than 28 days are counted and not applied. \
Ends with 0 when nothing is left to move, else 1.")]
pub(crate) struct Redrive {
    /// Move without asking
    #[arg(long)]
    yes: bool,
}

/// The queue, and what it gave up.
pub(crate) struct Pair {
    events: Queue,
    dead_letters: Queue,
}

impl Pair {
    /// The queues that the environment names.
    pub(crate) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let aws = Aws::from_env(env)?;
        let http = aws::http_client(&aws);
        let open = |name| Ok(Queue::open(&QueueUrl::from_env(env, name)?, &aws, http.clone(), PATIENCE));
        let events = open("AUTH0_EVENTS_QUEUE_URL")?;
        Ok(Self { events, dead_letters: open("AUTH0_EVENTS_DEAD_LETTER_QUEUE_URL")? })
    }

    /// How both stand.
    pub(crate) async fn standing(&self) -> Result<(Standing, Standing), QueueError> {
        Ok((self.events.standing().await?, self.dead_letters.standing().await?))
    }
}

impl Redrive {
    pub(crate) async fn carry_out(self, place: Place) -> Ended {
        let pair = Pair::from_env(&place.env())?;
        let (events, given_up) = pair.standing().await?;
        let count = given_up.waiting;
        if count == 0 && given_up.in_flight > 0 {
            let held = given_up.in_flight;
            tell(place, held, 0, &format!("{held} are held by somebody who looks at them: try again in a while"))?;
            return Ok(ExitCode::FAILURE);
        }
        if count == 0 {
            tell(place, 0, 0, "nothing was given up")?;
            return Ok(ExitCode::SUCCESS);
        }
        writeln!(io::stderr(), "{count} given up, {} waiting to be applied", events.waiting)?;
        if !(self.yes || consent(place.json, "Move them back to the queue?", "moves").await) {
            tell(place, count, 0, "nothing was moved")?;
            return Ok(ExitCode::FAILURE);
        }
        let last = pair.dead_letters.moving(&given_up.arn).await?.map(|last| last.started);
        pair.dead_letters.begin_move(&given_up.arn, &events.arn).await?;
        let Moving { status, moved, failure, .. } = followed(&pair.dead_letters, &given_up.arn, last, count).await?;
        let done = status == "COMPLETED";
        let reason = failure.map(|failure| format!(": {failure}")).unwrap_or_default();
        let early = if done { String::new() } else { format!(", and then it ended early{reason}") };
        let words = format!("{moved} moved back{early}");
        tell(place, count, moved, &words)?;
        Ok(if done { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// Tells how far the move is that began after the one of `last`, until it ends.
async fn followed(
    dead_letters: &Queue,
    arn: &str,
    last: Option<i64>,
    of: u64,
) -> Result<Moving, Box<dyn std::error::Error>> {
    let (mut told, mut unlisted) = (0, 0);
    loop {
        let moving = dead_letters.moving(arn).await?;
        // SQS may list a move a moment after it began.
        let Some(moving) = moving.filter(|moving| Some(moving.started) != last) else {
            unlisted += 1;
            if unlisted > LOOKS_FOR_IT {
                return Err("SQS does not know of the move that it began".into());
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
            continue;
        };
        if !matches!(moving.status.as_str(), "RUNNING" | "CANCELLING") {
            return Ok(moving);
        }
        if moving.moved > told {
            told = moving.moved;
            writeln!(io::stderr(), "moved {told} of about {of}")?;
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
}

fn tell(place: Place, given_up: u64, moved: u64, words: &str) -> io::Result<()> {
    let line = if place.json { json!({"givenUp": given_up, "moved": moved}).to_string() } else { words.to_owned() };
    writeln!(io::stdout(), "{line}")
}
