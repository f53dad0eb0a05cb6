//! What of the template no other test holds: limits of rate, what the access log tells, how long logs stay, names.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::template::Template;

/// Auth0 never delivers again what was answered 429, so this route has no limit of its own.
const WITHOUT_LIMIT: &str = "POST /auth0/events";

fn routes(template: &Template) -> BTreeSet<String> {
    let mut routes = BTreeSet::new();
    for function in template.resources("AWS::Serverless::Function") {
        let events = template.property(function, &["Events"]);
        for event in events.as_object().into_iter().flatten().map(|(_, event)| event) {
            let of = &event["Properties"];
            if event["Type"] == "HttpApi" {
                routes.insert(format!("{} {}", of["Method"].as_str().unwrap(), of["Path"].as_str().unwrap()));
            }
        }
    }
    routes
}

#[test]
fn each_route_has_a_limit_of_rate_but_that_of_auth0s_events() {
    let template = Template::with(&[]);
    let settings = template.property("HttpApi", &["RouteSettings"]);
    let limited: BTreeSet<String> = settings.as_object().unwrap().keys().cloned().collect();
    let expected = routes(&template).into_iter().filter(|route| route != WITHOUT_LIMIT).collect();
    assert_eq!(limited, expected);
    assert_eq!(template.property("HttpApi", &["DefaultRouteSettings"]), Value::Null, "a default would limit all");
}

#[test]
fn the_access_log_tells_routes_as_they_are_defined_and_nothing_of_who_asked() {
    let format = Template::with(&[]).property("HttpApi", &["AccessLogSettings", "Format"]);
    let told: BTreeSet<_> = format.as_str().unwrap().split('"').filter_map(|it| it.strip_prefix("$context.")).collect();
    let harmless = [
        "requestId",
        "requestTimeEpoch",
        "routeKey",
        "status",
        "responseLength",
        "responseLatency",
        "integrationStatus",
        "integrationErrorMessage",
    ];
    assert_eq!(told, BTreeSet::from(harmless));
}

#[test]
fn nothing_stops_a_first_deployment_by_itself() {
    let template = Template::with(&[]);
    // API Gateway warns of what SAM writes for an endpoint of its own, and would fail by it.
    assert_eq!(template.property("HttpApi", &["FailOnWarnings"]), Value::Null);
    // Else SAM asks of each route whether it may be open, and takes silence for a no.
    assert_eq!(template.property("HttpApi", &["Auth", "EnableIamAuthorizer"]), false);
}

#[test]
fn every_log_ends_and_every_function_has_one_of_its_own() {
    let template = Template::with(&[("LogRetentionDays", "7")]);
    for log in template.resources("AWS::Logs::LogGroup") {
        assert_eq!(template.property(log, &["RetentionInDays"]), "7", "{log}");
    }
    let mut logs = BTreeSet::new();
    for function in template.resources("AWS::Serverless::Function") {
        let log = template.property(function, &["LoggingConfig", "LogGroup"]);
        assert!(logs.insert(log.as_str().unwrap().to_owned()), "{function}: {log}");
    }
}

/// The events of this kind, each with its function.
fn mappings(template: &Template, kind: &str) -> Vec<Value> {
    let functions = template.resources("AWS::Serverless::Function");
    let events = functions.into_iter().map(|function| template.property(function, &["Events"]));
    let events = events.filter_map(|events| Some(events.as_object()?.values().cloned().collect::<Vec<_>>())).flatten();
    events.filter(|event| event["Type"] == kind).map(|event| event["Properties"].clone()).collect()
}

#[test]
fn what_a_function_could_not_do_is_neither_done_nor_lost() {
    let template = Template::with(&[]);
    let (streams, queues) = (mappings(&template, "DynamoDB"), mappings(&template, "SQS"));
    assert_eq!((streams.len(), queues.len()), (1, 1));
    for mapping in streams.iter().chain(&queues) {
        // Without it, Lambda takes any answer for success.
        assert_eq!(mapping["FunctionResponseTypes"], json!(["ReportBatchItemFailures"]));
    }
    let stream = &streams[0];
    assert_eq!(stream["StartingPosition"], "TRIM_HORIZON");
    assert_eq!(stream["BisectBatchOnFunctionError"], true);
    // Tried for a long time, and then kept whole: a stream forgets after a day.
    assert!(stream["MaximumRetryAttempts"].as_u64().unwrap() >= 100);
    assert!((3600..86_400).contains(&stream["MaximumRecordAgeInSeconds"].as_u64().unwrap()));
    let kept = &stream["DestinationConfig"]["OnFailure"]["Destination"];
    let buckets = template.resources("AWS::S3::Bucket");
    assert!(buckets.iter().any(|bucket| kept == bucket), "a bucket keeps whole records: {kept}");
    assert_eq!(template.property("Users", &["StreamSpecification", "StreamViewType"]), "NEW_AND_OLD_IMAGES");
}

#[test]
fn two_stacks_in_one_account_share_no_name() {
    let template = Template::with(&[]);
    for (kind, property) in [
        ("AWS::DynamoDB::Table", "TableName"),
        ("AWS::Serverless::Function", "FunctionName"),
        ("AWS::IAM::Role", "RoleName"),
        ("AWS::SecretsManager::Secret", "Name"),
        ("AWS::Logs::LogGroup", "LogGroupName"),
        ("AWS::SQS::Queue", "QueueName"),
        ("AWS::SNS::Topic", "TopicName"),
        ("AWS::CloudWatch::Alarm", "AlarmName"),
        ("AWS::CloudWatch::Dashboard", "DashboardName"),
        ("AWS::Serverless::StateMachine", "Name"),
    ] {
        for id in template.resources(kind) {
            let name = template.property(id, &[property]);
            assert!(name.is_null() || name.as_str().unwrap().contains("identity-spine"), "{id} is named {name}");
        }
    }
}
