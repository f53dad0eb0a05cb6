//! What the roles in the template allow, and what the template itself asks of a function: its log, its queues, its stream.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tests::template::Template;

/// Actions and their resources.
pub(super) type Rights = BTreeSet<(String, String)>;

/// A stack with every part in it.
pub(super) fn whole() -> Template {
    Template::with(&[
        ("Auth0IssuerBaseUrl", "https://tenant.eu.auth0.com/"),
        ("Auth0ClientId", "client"),
        ("UseClerk", "yes"),
        ("UseStripe", "yes"),
    ])
}

/// The functions, by their folders.
pub(super) fn functions(template: &Template) -> BTreeMap<String, String> {
    let all = template.resources("AWS::Serverless::Function").into_iter().map(|id| {
        let folder = template.property(id, &["CodeUri"]);
        let folder = folder.as_str().and_then(|path| path.strip_prefix("functions/")).expect("a folder of functions");
        (folder.to_owned(), id.to_owned())
    });
    all.collect()
}

/// What a function's role allows.
pub(super) fn allowed(template: &Template, function: &str) -> Rights {
    let role = text(&template.property(function, &["Role"]));
    let policies = template.property(&role, &["Policies"]);
    let statements = list(&policies).into_iter().flat_map(|it| list(&it["PolicyDocument"]["Statement"]));
    let mut rights = Rights::new();
    for statement in statements {
        assert_eq!(statement["Effect"], "Allow", "{role}");
        for action in list(&statement["Action"]) {
            for resource in list(&statement["Resource"]) {
                let new = rights.insert((text(&action), text(&resource)));
                assert!(new, "{role} says twice: {action} on {resource}");
            }
        }
    }
    assert_eq!(template.property(&role, &["ManagedPolicyArns"]), Value::Null, "{role}");
    rights
}

/// What Lambda does with the function's role for the template's own sake.
pub(super) fn asked_by_the_template(template: &Template, function: &str) -> Rights {
    let log = text(&template.property(function, &["LoggingConfig", "LogGroup"]));
    let mut rights = on(&log, &["logs:CreateLogStream", "logs:PutLogEvents"]);
    let events = template.property(function, &["Events"]);
    for event in events.as_object().into_iter().flatten().map(|(_, event)| event) {
        let of = &event["Properties"];
        match event["Type"].as_str() {
            Some("SQS") => {
                let actions = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"];
                rights.extend(on(&text(&of["Queue"]), &actions));
            }
            Some("DynamoDB") => {
                let actions = ["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"];
                let actions = actions.map(|action| format!("dynamodb:{action}"));
                rights.extend(on(&text(&of["Stream"]), &actions.each_ref().map(String::as_str)));
            }
            Some("HttpApi") => {}
            other => panic!("{function}: what the event {other:?} asks of a role is not known"),
        }
        if let Some(kept) = of["DestinationConfig"]["OnFailure"]["Destination"].as_str() {
            if template.resources("AWS::S3::Bucket").contains(&kept) {
                rights.extend(on(kept, &["s3:ListBucket"]));
                rights.extend(on(&format!("{kept}/*"), &["s3:PutObject"]));
            } else {
                rights.extend(on(kept, &["sqs:SendMessage"]));
            }
        }
    }
    rights
}

/// These actions on a resource.
pub(super) fn on(resource: &str, actions: &[&str]) -> Rights {
    actions.iter().map(|action| ((*action).to_owned(), resource.to_owned())).collect()
}

/// What is there, one or several.
fn list(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items.clone(),
        Value::Null => Vec::new(),
        one => vec![one.clone()],
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}
