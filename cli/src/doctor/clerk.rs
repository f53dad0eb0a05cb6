//! Clerk: its key, its instance, its users, and the secrets of its webhooks.

use std::cell::Cell;

use reconcile::{App, Failure, SourceName};
use shared::aws::{self, Secret};
use shared::clock::Clock;
use shared::config::{Aws, ClerkDoor, Env};
use shared::provider::Source;
use shared::signature::SigningKey;

use super::verdict::Verdict;
use super::{app_without, failed, probe};
use crate::place::{PATIENCE, Place};

const AUTH0: [&str; 3] = ["AUTH0_CLIENT_ID", "AUTH0_CLIENT_SECRET", "AUTH0_CLIENT_SECRET_ARN"];

/// Asks Clerk, where it is configured.
pub(super) async fn clerk(place: Place) -> Vec<Verdict> {
    let env = place.env();
    let mut verdicts = match app_without(place, &AUTH0) {
        Some(app) if app.access.clerk.is_some() => backend(&app, &env).await,
        _ => Vec::new(),
    };
    if let (Ok(Some(door)), Ok(aws)) = (ClerkDoor::from_env(&env), Aws::from_env(&env)) {
        verdicts.push(signing(door, &aws).await);
    }
    verdicts
}

async fn backend(app: &App, env: &Env) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    if let Some(access) = &app.access.clerk
        && let Ok(key) = access.secret_key.newest().await
    {
        verdicts.push(kind(key.expose()));
    }
    let source = match app.source(SourceName::Clerk).await {
        Ok(source) => source,
        Err(failure) => return vec![failed("Clerk key", &failure)],
    };
    let asked = probe(app, &source, "user_spineDoctor", "Clerk").await;
    // An instance that lets nobody ask does not say whose it is.
    if asked.len() > 1 {
        verdicts.push(instance(&source, env).await);
    }
    verdicts.extend(asked);
    verdicts
}

/// What a key says of itself.
fn kind(key: &str) -> Verdict {
    const ABOUT: &str = "Clerk key";
    match key {
        live if live.starts_with("sk_live_") => Verdict::ok(ABOUT, "is of a production instance"),
        test if test.starts_with("sk_test_") => Verdict::ok(ABOUT, "is of a development instance (sk_test_)"),
        _ => Verdict::warn(
            ABOUT,
            "is neither sk_live_ nor sk_test_",
            "take the secret key of the instance, from API keys",
        ),
    }
}

async fn instance(source: &Source, env: &Env) -> Verdict {
    const ABOUT: &str = "Clerk instance";
    match source.is_ours().await {
        Ok(true) => Verdict::ok(ABOUT, "is the configured one"),
        Ok(false) if env.text("CLERK_INSTANCE_ID").is_none() => {
            Verdict::warn(ABOUT, "is not compared", "set CLERK_INSTANCE_ID to ins_…, as events name it")
        }
        Ok(false) => {
            Verdict::warn(ABOUT, "is not told by Clerk", "compare CLERK_INSTANCE_ID with the events' instance_id")
        }
        Err(error) => failed(ABOUT, &Failure::from(error)),
    }
}

/// The signing secrets, by their form alone. From the environment they were read already; from Secrets Manager they come now.
async fn signing(door: ClerkDoor, aws: &Aws) -> Verdict {
    const ABOUT: &str = "Clerk webhook secret";
    let secret = Secret::open(door.secret, aws, aws::http_client(aws), PATIENCE, Clock::system());
    let (well, ill) = (Cell::new(0), Cell::new(0));
    let look = |text: &str| {
        let count = if text.parse::<SigningKey>().is_ok() { &well } else { &ill };
        count.set(count.get() + 1);
        Some(())
    };
    match secret.accept(look).await {
        Err(error) => Verdict::fail(ABOUT, error.to_string(), "see the ARN, and whether it may be read"),
        Ok(_) if ill.get() > 0 => Verdict::fail(
            ABOUT,
            format!("{} of {} are not whsec_ and base64", ill.get(), ill.get() + well.get()),
            "take the endpoint's signing secret from Clerk's dashboard",
        ),
        Ok(_) => Verdict::ok(ABOUT, format!("{} of the right form", well.get())),
    }
}

#[cfg(test)]
mod tests {
    use super::super::verdict::State;
    use super::*;

    #[test]
    fn a_key_says_what_it_is_of_and_is_never_printed() {
        for (key, state) in [("sk_live_canary", State::Ok), ("sk_test_canary", State::Ok), ("pk_canary", State::Warn)] {
            let verdict = kind(key);
            assert_eq!(verdict.state, state, "{key}");
            assert!(!verdict.line().contains("canary"), "{key}");
        }
    }

    #[tokio::test]
    async fn signing_secrets_are_counted_by_their_form() {
        let env = Env::of([
            ("DYNAMODB_ENDPOINT", "http://127.0.0.1:1"),
            ("CLERK_WEBHOOK_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"),
        ]);
        let (Ok(Some(door)), Ok(aws)) = (ClerkDoor::from_env(&env), Aws::from_env(&env)) else {
            unreachable!("both are right")
        };
        assert_eq!(signing(door, &aws).await, Verdict::ok("Clerk webhook secret", "2 of the right form"));
    }
}
