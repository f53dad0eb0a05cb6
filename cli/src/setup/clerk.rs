//! `spine setup clerk`: what to do in Clerk's dashboard, and whether the webhook's secret is the one that the door knows.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Args;
use rand::TryRng;
use rand::rngs::SysRng;
use serde_json::{Value, json};
use shared::clock::Clock;
use shared::config::Env;
use shared::domain::Issuer;
use shared::provider::knock;
use shared::signature::SigningKey;

use super::secrets::{is_told, secret};
use crate::Ended;
use crate::place::Place;

/// `spine setup clerk`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  spine setup clerk --local                    against `cargo dev`
  spine setup clerk --url https://api.example.com --no-check
  CLERK_WEBHOOK_SECRET_ARN=arn:… spine setup clerk --url https://api.example.com

First without a secret, for the instructions; then, with CLERK_WEBHOOK_SECRET or CLERK_WEBHOOK_SECRET_ARN set, to see \
whether the door takes what that secret signs. The message that is sent for it is of a kind that the door counts and \
ignores: nobody's row is touched. Where the door takes the events of one instance alone, set CLERK_INSTANCE_ID \
to it, as the stack's output SpineEnvironment does: a message of another is counted as foreign, and raises an alarm. \
Nothing is changed at Clerk, and no secret is printed.
Ends with 0, or with 1 when the check fails.")]
pub(crate) struct ClerkSetup {
    /// Where the routes are, without a path; else SPINE_HTTP_URL
    #[arg(long, value_name = "URL")]
    url: Option<Issuer>,
    /// Send no message to the door
    #[arg(long)]
    no_check: bool,
}

const PATH: &str = "/clerk/webhook";
const SECRET: &str = "CLERK_WEBHOOK_SECRET";
const EVENTS: [&str; 3] = ["user.created", "user.updated", "user.deleted"];

/// What the check came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Check {
    Accepted,
    Skipped,
    NoSecret,
    Malformed,
    Refused,
    OtherInstance,
    Elsewhere(u16),
    Unreachable(&'static str),
}

impl ClerkSetup {
    pub(crate) async fn carry_out(self, place: Place) -> Ended {
        let env = place.env();
        let door = super::door::door(self.url, &env)?;
        if !place.json {
            writeln!(io::stdout(), "{}", instructions(&door))?;
        }
        let check = check(&env, &door, self.no_check).await?;
        let line = if place.json { check.json(&door).to_string() } else { check.line() };
        writeln!(io::stdout(), "{line}")?;
        Ok(if check.is_well() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn instructions(door: &Issuer) -> String {
    format!(
        "\
1. In Clerk's dashboard, choose the instance, then Configure, Webhooks, Add Endpoint.
2. Endpoint URL: {door}{PATH}
3. Subscribe to {}, and to nothing else.
4. Create it, and copy its Signing Secret (whsec_…), which the endpoint's page shows.
5. Put it where the door reads it: in Secrets Manager under the output ClerkWebhookSecretArn,
     aws secretsmanager put-secret-value --secret-id ARN --secret-string file://secret.txt
   or, on one machine, in {SECRET}. The former value counts for a day beside it (SECRET_OVERLAP).
6. Run this again with {SECRET} or {SECRET}_ARN set: the line below tells what the door says to it.
",
        EVENTS.join(", ")
    )
}

async fn check(env: &Env, door: &Issuer, no_check: bool) -> Result<Check, Box<dyn std::error::Error>> {
    if !is_told(env, SECRET) {
        return Ok(Check::NoSecret);
    }
    let Ok(key) = secret(env, SECRET).await?.expose().parse::<SigningKey>() else { return Ok(Check::Malformed) };
    if no_check {
        return Ok(Check::Skipped);
    }
    let now = Clock::system().now();
    // Of no kind that Clerk has: it is counted as unknown, whatever else the door may come to know.
    let mut event = json!({"object": "event", "type": "identity-spine.setup", "timestamp": now.millis(), "data": {}});
    if let (Some(id), Some(fields)) = (env.text("CLERK_INSTANCE_ID"), event.as_object_mut()) {
        fields.insert("instance_id".to_owned(), json!(id));
    }
    let (id, body) = (message_id()?, event.to_string().into_bytes());
    let signature = key.sign(&id, now.seconds(), &body).ok_or("the secret cannot sign")?;
    let headers = [("svix-id", id), ("svix-timestamp", now.seconds().to_string()), ("svix-signature", signature)];
    Ok(match knock(door, PATH, &headers, body, Clock::system()).await {
        Ok((200..=299, body)) if is_foreign(&body) => Check::OtherInstance,
        Ok((200..=299, _)) => Check::Accepted,
        Ok((401, _)) => Check::Refused,
        Ok((status, _)) => Check::Elsewhere(status),
        Err(_) => Check::Unreachable("no answer came"),
    })
}

/// Whether the door says that it takes the events of another instance.
fn is_foreign(answer: &[u8]) -> bool {
    serde_json::from_slice::<Value>(answer).is_ok_and(|answer| answer.get("result").is_some_and(|it| it == "foreign"))
}

fn message_id() -> Result<String, &'static str> {
    let mut random = [0; 16];
    SysRng.try_fill_bytes(&mut random).map_err(|_| "the system gives no randomness")?;
    Ok(random.iter().fold("msg_setup".to_owned(), |id, byte| format!("{id}{byte:02x}")))
}

impl Check {
    fn is_well(self) -> bool {
        matches!(self, Self::Accepted | Self::Skipped | Self::NoSecret)
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Skipped => "skipped",
            Self::NoSecret => "no_secret",
            Self::Malformed => "malformed",
            Self::Refused => "refused",
            Self::OtherInstance => "other_instance",
            Self::Elsewhere(_) => "another_answer",
            Self::Unreachable(_) => "unreachable",
        }
    }

    fn json(self, door: &Issuer) -> Value {
        let mut told = json!({"url": format!("{door}{PATH}"), "events": EVENTS, "check": self.as_str()});
        if let (Self::Elsewhere(status), Some(fields)) = (self, told.as_object_mut()) {
            fields.insert("status".to_owned(), json!(status));
        }
        told
    }

    fn line(self) -> String {
        match self {
            Self::Accepted => "ok    the door takes what this secret signs".to_owned(),
            Self::Skipped => "ok    the secret is of the right form; the door was not asked".to_owned(),
            Self::NoSecret => format!("todo  {SECRET} and {SECRET}_ARN are not set, so nothing was checked"),
            Self::Malformed => {
                format!("fail  {SECRET} is not whsec_ and base64: copy the endpoint's signing secret as a whole")
            }
            Self::Refused => "fail  the door answers 401: it knows another secret, or this machine's clock is off by \
                 more than 5 minutes; put the endpoint's signing secret where the door reads it, which takes a minute \
                 at most"
                .to_owned(),
            Self::OtherInstance => "fail  the door takes what this secret signs, and awaits the events of another \
                 instance: set CLERK_INSTANCE_ID here to the endpoint's instance (ins_…), and see whether the door's \
                 is the same; the alarm ClerkEventsForeign is of this message"
                .to_owned(),
            Self::Elsewhere(404 | 405) => {
                format!("fail  there is no {PATH} at this URL: take the HTTP API's own, without a path")
            }
            Self::Elsewhere(status) => {
                format!("fail  the door answers {status}: see its log and alarms, and run this again")
            }
            Self::Unreachable(why) => {
                format!(
                    "fail  {why}: see whether the URL is right and the routes are deployed (`cargo dev`, with --local)"
                )
            }
        }
    }
}
