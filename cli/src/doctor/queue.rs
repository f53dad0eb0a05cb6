//! The queue of Auth0's events: whether it answers, and whether it gave anything up.

use shared::config::Env;

use super::verdict::Verdict;
use crate::redrive::Pair;

/// Looks at both queues, where they are named.
pub(super) async fn queue(env: &Env) -> Vec<Verdict> {
    if !env.any_of(&["AUTH0_EVENTS_QUEUE_URL", "AUTH0_EVENTS_DEAD_LETTER_QUEUE_URL"]) {
        return vec![Verdict::warn("Auth0 events", "off", "set AUTH0_EVENTS_QUEUE_URL to look at their queue")];
    }
    let pair = match Pair::from_env(env) {
        Ok(pair) => pair,
        Err(error) => return vec![Verdict::fail("Auth0 events", error.to_string(), "correct that variable")],
    };
    vec![match pair.standing().await {
        Ok((events, given_up)) if given_up.waiting == 0 => {
            Verdict::ok("Auth0 events", format!("{} waiting, none given up", events.waiting))
        }
        Ok((_, given_up)) => {
            let found = format!("{} given up", given_up.waiting);
            Verdict::warn("Auth0 events", found, "look for the cause, then: spine redrive")
        }
        Err(error) => Verdict::fail("Auth0 events", error.to_string(), "see the queue, and who may read it"),
    }]
}
