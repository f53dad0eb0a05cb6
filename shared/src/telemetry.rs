//! What the system says of itself: logs as JSON lines, metrics in CloudWatch's embedded format. No personal data in either.

use std::io::Write;
use std::process::ExitCode;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Map, Value, json};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::clock::{Clock, Timestamp};
use crate::config::{ConfigError, Env};

/// The namespace of all metrics, where `METRICS_NAMESPACE` names no other: two stacks must not be counted as one.
const NAMESPACE: &str = "IdentitySpine";

/// Starts the logs of this process: information and above of our own code, errors of any other.
pub fn start() {
    let ours = tracing_subscriber::filter::Targets::new()
        .with_default(tracing::Level::ERROR)
        .with_targets(OURS.map(|target| (target, tracing::Level::INFO)));
    let lines = tracing_subscriber::fmt::layer().json().flatten_event(true).with_span_list(false);
    // A second start in one process, as in tests, keeps the first.
    let _ = NAMED.set(Env::process().text("METRICS_NAMESPACE").unwrap_or(NAMESPACE).to_owned());
    STARTED.store(true, Ordering::Relaxed);
    let _ = tracing_subscriber::registry().with(ours).with(lines.with_target(false)).try_init();
}

/// Whose lines are ours: other crates may log what they carry, and that may be anybody's.
/// The runtime is among them for its span alone, which names the request.
const OURS: [&str; 13] = [
    "shared",
    "auth0_events",
    "auth0_events_http",
    "auth0_upsert",
    "change_feed",
    "clerk_webhook",
    "reconcile",
    "stripe_reconcile",
    "users_admin",
    "users_api",
    "users_internal",
    "local",
    "lambda_runtime",
];

/// Says why a start failed, and that it did.
pub fn start_failed(error: &ConfigError) -> ExitCode {
    tracing::error!(%error, "the start failed");
    ExitCode::FAILURE
}

/// Says how the runtime's loop ended; it ends only when it fails.
pub fn ended<E>(result: &Result<(), E>) -> ExitCode {
    if result.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Whether this process tells metrics at all: an operator's command and the tests do not.
static STARTED: AtomicBool = AtomicBool::new(false);
static NAMED: OnceLock<String> = OnceLock::new();

/// One metric line: dimensions are names with few values, metrics are counts. Silent before [`start`].
pub fn emit(clock: &Clock, dimensions: &[(&str, &str)], metrics: &[(&str, u64)]) {
    emit_at(clock.now(), dimensions, metrics);
}

/// The same of a moment that is known.
pub fn emit_at(now: Timestamp, dimensions: &[(&str, &str)], metrics: &[(&str, u64)]) {
    if !STARTED.load(Ordering::Relaxed) {
        return;
    }
    let line = metric_line(now.millis(), dimensions, metrics);
    // A closed stdout must not take a login down.
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

fn metric_line(millis: i64, dimensions: &[(&str, &str)], metrics: &[(&str, u64)]) -> Value {
    let namespace = NAMED.get().map_or(NAMESPACE, String::as_str);
    let names: Vec<&str> = dimensions.iter().map(|(name, _)| *name).collect();
    let units: Vec<Value> = metrics.iter().map(|(name, _)| json!({"Name": name, "Unit": "Count"})).collect();
    let mut line = Map::from_iter([(
        "_aws".to_owned(),
        json!({"Timestamp": millis, "CloudWatchMetrics": [{"Namespace": namespace, "Dimensions": [names], "Metrics": units}]}),
    )]);
    line.extend(dimensions.iter().map(|(name, value)| ((*name).to_owned(), json!(value))));
    line.extend(metrics.iter().map(|(name, count)| ((*name).to_owned(), json!(count))));
    Value::Object(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_metric_line_is_what_cloudwatch_reads() {
        let line = metric_line(5, &[("Door", "login")], &[("Created", 1)]);
        let at = |pointer| line.pointer(pointer).cloned();
        assert_eq!(at("/Door"), Some(json!("login")));
        assert_eq!(at("/Created"), Some(json!(1)));
        assert_eq!(at("/_aws/Timestamp"), Some(json!(5)));
        assert_eq!(at("/_aws/CloudWatchMetrics/0/Dimensions"), Some(json!([["Door"]])));
        assert_eq!(at("/_aws/CloudWatchMetrics/0/Metrics/0"), Some(json!({"Name": "Created", "Unit": "Count"})));
    }
}
