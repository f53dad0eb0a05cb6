//! What a run answers, and until when it may go on.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::clock::{Clock, Timestamp, instant};
use crate::store::Run;

/// The source whose notices name customers.
const STRIPE: &str = "stripe";

/// A run, as the caller is told.
pub fn answer(run: &Run) -> Value {
    // What a notice names besides: at Stripe the customer, else the user who took the account in.
    let beside = if run.source == STRIPE { "stripeCustomerId" } else { "linkedTo" };
    let notice = |(cause, user_id, other): &(String, String, Option<String>)| {
        let names = [("cause", Some(cause)), ("userId", Some(user_id)), (beside, other.as_ref())];
        let told = names.into_iter().filter_map(|(name, text)| Some((name, text.filter(|text| !text.is_empty())?)));
        told.map(|(name, text)| (name.to_owned(), json!(text))).collect::<serde_json::Map<_, _>>()
    };
    let mut told = json!({
        "runId": run.run_id,
        "status": run.status.as_str(),
        "inStep": run.in_step,
        "listed": run.listed,
        "counts": run.counts,
        "outcomes": run.outcomes,
        "failures": run.failures,
    });
    let optional = [("holder", &run.holder), ("resume", &run.resume), ("withheld", &run.withheld)];
    if let Some(told) = told.as_object_mut() {
        let there = optional.into_iter().filter_map(|(name, value)| Some((name.to_owned(), json!(value.as_ref()?))));
        told.extend(there);
        if !run.notices.is_empty() {
            told.insert("notices".to_owned(), run.notices.iter().map(notice).map(Value::Object).collect());
        }
    }
    told
}

/// What is left of an invocation's time when a run begins to stop: enough to finish what is on its way, and to record it.
const STOPPING: Duration = Duration::from_secs(45);

/// When a run must begin to stop, by the end of its invocation in ms since 1970; never where nobody tells.
pub fn deadline(invocation_ends: u64) -> Option<Instant> {
    let ends = i64::try_from(invocation_ends).ok().filter(|ends| *ends > 0).and_then(Timestamp::from_millis)?;
    let left = ends.since(Clock::system().now());
    // A short invocation keeps half of its time.
    Some(instant() + left.saturating_sub(STOPPING.min(left / 2)))
}
