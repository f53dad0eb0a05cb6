//! What the system says of itself: logs as JSON lines, metrics in CloudWatch's embedded format. No personal data in either.

use std::io::Write;

use serde_json::{Map, Value, json};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::clock::Clock;

/// The namespace of all metrics.
const NAMESPACE: &str = "IdentitySpine";

/// Starts the logs of this process: information and above of our own code, warnings and above of any other.
pub fn start() {
    let ours = tracing_subscriber::filter::Targets::new()
        .with_default(tracing::Level::ERROR)
        .with_targets(OURS.map(|target| (target, tracing::Level::INFO)));
    let lines =
        tracing_subscriber::fmt::layer().json().flatten_event(true).with_current_span(false).with_span_list(false);
    // A second start in one process, as in tests, keeps the first.
    let _ = tracing_subscriber::registry().with(ours).with(lines.with_target(false)).try_init();
}

/// Whose lines are ours: other crates may log what they carry, and that may be anybody's.
const OURS: [&str; 5] = ["shared", "auth0_upsert", "clerk_webhook", "reconcile", "local"];

/// One metric line: dimensions are names with few values, metrics are counts.
pub fn emit(clock: &Clock, dimensions: &[(&str, &str)], metrics: &[(&str, u64)]) {
    let line = metric_line(clock.now().millis(), dimensions, metrics);
    // A closed stdout must not take a login down.
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

fn metric_line(millis: i64, dimensions: &[(&str, &str)], metrics: &[(&str, u64)]) -> Value {
    let names: Vec<&str> = dimensions.iter().map(|(name, _)| *name).collect();
    let units: Vec<Value> = metrics.iter().map(|(name, _)| json!({"Name": name, "Unit": "Count"})).collect();
    let mut line = Map::from_iter([(
        "_aws".to_owned(),
        json!({"Timestamp": millis, "CloudWatchMetrics": [{"Namespace": NAMESPACE, "Dimensions": [names], "Metrics": units}]}),
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
        assert_eq!(line["Door"], "login");
        assert_eq!(line["Created"], 1);
        assert_eq!(line["_aws"]["CloudWatchMetrics"][0]["Dimensions"], json!([["Door"]]));
        assert_eq!(line["_aws"]["CloudWatchMetrics"][0]["Metrics"][0], json!({"Name": "Created", "Unit": "Count"}));
    }
}
