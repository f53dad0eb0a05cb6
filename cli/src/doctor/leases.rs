//! Who runs right now.

use shared::clock::{Clock, Timestamp};
use shared::config::Env;
use shared::store::{Held, StoreError};

use super::verdict::Verdict;
use crate::place::{Source, tables};
use crate::times::when;

/// Looks at the lease of each source. What is wrong with the variables is told elsewhere.
pub(super) async fn leases(env: &Env) -> Vec<Verdict> {
    let Ok((_, runs)) = tables(env) else { return Vec::new() };
    let (mut verdicts, now) = (Vec::new(), Clock::system().now());
    for source in Source::ALL {
        let held = runs.held(source.as_str(), now).await;
        let out = held.is_err();
        verdicts.push(judged(source, held, now));
        if out {
            break;
        }
    }
    verdicts
}

fn judged(source: Source, held: Result<Option<Held>, StoreError>, now: Timestamp) -> Verdict {
    let about = format!("lease of {}", source.as_str());
    match held {
        Ok(None) => Verdict::ok(&about, "is free"),
        Ok(Some(Held { owner, run_id, until })) => {
            let found = format!("is held by {owner} for run {run_id}, until {}", when(until, now));
            Verdict::ok(&about, found)
        }
        Err(error) => Verdict::fail(&about, error.to_string(), "see the table of runs"),
    }
}
