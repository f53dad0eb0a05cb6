//! What watches a deployed stack: alarms and a dashboard over what the functions really log, and a runbook for each alarm.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod dashboard;
mod lines;
mod night;
mod watch;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tests::template::Template;

use crate::kit::METRICS_NAMESPACE as NAMESPACE;
use watch::Alarm;

fn alarms(template: &Template) -> Vec<String> {
    template.resources("AWS::CloudWatch::Alarm").into_iter().map(str::to_owned).collect()
}

/// A heading as GitHub makes an anchor of it.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    let kept = kept.chars().filter(|letter| letter.is_alphanumeric() || matches!(letter, ' ' | '-'));
    kept.map(|letter| if letter == ' ' { '-' } else { letter }).collect()
}

#[test]
fn each_alarm_names_a_runbook_that_is_there() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/OPERATIONS.md")).unwrap();
    let headings = text.lines().filter_map(|line| line.strip_prefix('#'));
    let anchors: BTreeSet<_> = headings.map(|heading| anchor(heading.trim_start_matches('#'))).collect();
    let template = Template::with(&[]);
    for id in alarms(&template) {
        let description = template.property(&id, &["AlarmDescription"]);
        let (_, named) = description.as_str().unwrap().split_once("docs/OPERATIONS.md#").expect("a runbook");
        assert!(anchors.contains(named), "{id}: there is no heading for #{named}");
    }
}

#[test]
fn each_alarm_tells_the_one_topic() {
    let template = Template::with(&[]);
    for id in alarms(&template) {
        assert_eq!(template.property(&id, &["AlarmActions"]), json!(["Alarms"]), "{id}");
    }
}

/// The metrics that all alarms watch, each with the value of its first dimension.
fn watched(template: &Template) -> BTreeSet<(String, String)> {
    let mut watched = BTreeSet::new();
    let mut add = |metric: &Value, dimensions: &Value| {
        let of = dimensions[0]["Value"].as_str().unwrap_or_default().to_owned();
        watched.extend(metric.as_str().map(|metric| (metric.to_owned(), of)));
    };
    for id in alarms(template) {
        add(&template.property(&id, &["MetricName"]), &template.property(&id, &["Dimensions"]));
        let several = template.property(&id, &["Metrics"]);
        for one in several.as_array().into_iter().flatten() {
            let metric = &one["MetricStat"]["Metric"];
            add(&metric["MetricName"], &metric["Dimensions"]);
        }
    }
    watched
}

#[test]
fn each_function_is_watched_and_each_stream_and_each_queue_of_what_was_given_up() {
    let template = Template::with(&[]);
    let watched = watched(&template);
    let holds = |metric: &str, of: &str| {
        assert!(watched.contains(&(metric.to_owned(), of.to_owned())), "no alarm on {metric} of {of}");
    };
    for function in template.resources("AWS::Serverless::Function") {
        holds("Errors", function);
        holds("Throttles", function);
        let events = template.property(function, &["Events"]);
        if events.as_object().into_iter().flatten().any(|(_, event)| event["Type"] == "DynamoDB") {
            holds("IteratorAge", function);
            // What it names in its answer is no error of the function's.
            holds("failed", "change-feed");
            holds("unreadable", "change-feed");
        }
    }
    for queue in template.resources("AWS::SQS::Queue") {
        let given_up = template.property(queue, &["RedrivePolicy", "deadLetterTargetArn"]);
        if let Some(dead_letters) = given_up.as_str() {
            holds("ApproximateNumberOfMessagesVisible", &format!("{dead_letters}.QueueName"));
        }
    }
    holds("5xx", "HttpApi");
    for function in template.resources("AWS::Serverless::Function") {
        assert_eq!(template.variable(function, "METRICS_NAMESPACE").as_deref(), Some(NAMESPACE), "{function}");
    }
    holds("Throttled", "");
    let throttled = template.property("ApiThrottled", &["MetricTransformations"]);
    assert_eq!(throttled[0]["MetricName"], "Throttled");
    assert_eq!(throttled[0]["MetricNamespace"], template.property("ApiThrottles", &["Namespace"]));
}

#[test]
fn an_alarm_looks_back_no_further_than_cloudwatch_lets_it() {
    let template = Template::with(&[]);
    for id in alarms(&template) {
        let period = template.property(&id, &["Period"]).as_u64().unwrap_or(3600);
        let back = period * template.property(&id, &["EvaluationPeriods"]).as_u64().unwrap();
        // A week where a period is an hour or more, else a day.
        assert!(back <= if period >= 3600 { 604_800 } else { 86_400 }, "{id}: {back} s");
        assert!([60, 300, 3600, 86_400].contains(&period), "{id}: {period} s");
    }
}

#[test]
fn what_is_not_configured_raises_no_alarm() {
    let bare = Template::with(&[]);
    let ours = Alarm::all(&bare);
    let there: BTreeSet<&str> =
        ours.iter().filter(|alarm| alarm.is_there(&bare)).map(|alarm| alarm.id.as_str()).collect();
    let always = ["ClaimsNotAudited", "ClaimsWrong", "ClerkDoorRefuses", "LoginDoorRefuses", "UsersApiRefuses"];
    assert!(there.is_superset(&BTreeSet::from(always)), "{there:?}");
    for provider in ["Auth0", "Clerk", "Stripe"] {
        assert!(!there.contains(format!("{provider}NotReconciled").as_str()), "{there:?}");
        assert!(!there.contains(format!("{provider}EventsLost").as_str()), "{there:?}");
    }
    // Without an event stream, what a night repairs of Auth0 was never told.
    let auth0 = [("Auth0IssuerBaseUrl", "https://tenant.eu.auth0.com/"), ("Auth0ClientId", "client")];
    let deaf = Template::with(&auth0);
    let lost = |template: &Template| Alarm::named(template, "Auth0EventsLost").is_there(template);
    assert!(!lost(&deaf) && Alarm::named(&deaf, "Auth0NotReconciled").is_there(&deaf));
    assert!(lost(&Template::with(&[auth0[0], auth0[1], ("Auth0EventStream", "yes")])));
}
