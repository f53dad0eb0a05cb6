//! The stand-in for SQS, asked as any program asks SQS.

use local::queue::{Queues, Which};
use local::system::{Options, System};
use serde_json::{Value, json};
use shared::config::Env;
use tests::auth0_events::EventWay;
use tests::web::{self, Answered};

struct Asked<'a>(&'a EventWay);

impl Asked<'_> {
    async fn ask(&self, operation: &str, input: &Value) -> Answered {
        let target = format!("AmazonSQS.{operation}");
        web::post(&self.0.system.lambda, &[("x-amz-target", &target)], input.to_string()).await
    }

    async fn told(&self, operation: &str, input: &Value) -> Value {
        let answered = self.ask(operation, input).await;
        assert_eq!(answered.status, 200, "{}", answered.body);
        answered.json()
    }

    fn url(&self, which: Which) -> String {
        Queues::url(&self.0.system.lambda, which)
    }
}

#[tokio::test]
async fn a_dead_letter_can_be_looked_at_deleted_and_moved_back() {
    let way = EventWay::start().await;
    let sqs = Asked(&way);
    for body in ["poison", "more poison"] {
        sqs.told("SendMessage", &json!({"QueueUrl": sqs.url(Which::Events), "MessageBody": body})).await;
    }
    way.queues().settled().await;
    let dead = sqs.url(Which::DeadLetters);
    let attributes = json!({"QueueUrl": dead, "AttributeNames": ["All"]});
    let told = sqs.told("GetQueueAttributes", &attributes).await;
    assert_eq!(told["Attributes"]["ApproximateNumberOfMessages"], "2");
    let arn = told["Attributes"]["QueueArn"].clone();

    let look = json!({"QueueUrl": dead, "MaxNumberOfMessages": 1, "VisibilityTimeout": 600});
    let looked = sqs.told("ReceiveMessage", &look).await;
    assert_eq!(looked["Messages"][0]["Body"], "poison");
    let receipt = &looked["Messages"][0]["ReceiptHandle"];
    sqs.told("DeleteMessage", &json!({"QueueUrl": dead, "ReceiptHandle": receipt})).await;
    assert_eq!(way.given_up(), 1);

    sqs.told("StartMessageMoveTask", &json!({"SourceArn": arn})).await;
    let tasks = sqs.told("ListMessageMoveTasks", &json!({"SourceArn": arn})).await;
    assert_eq!(
        (&tasks["Results"][0]["Status"], &tasks["Results"][0]["ApproximateNumberOfMessagesMoved"]),
        (&json!("COMPLETED"), &json!(1))
    );
    way.queues().settled().await;
    assert_eq!(way.given_up(), 1, "poison stays poison");
}

#[tokio::test]
async fn what_sqs_refuses_is_refused() {
    let way = EventWay::start().await;
    let sqs = Asked(&way);
    let url = sqs.url(Which::Events);
    let named = sqs.told("GetQueueUrl", &json!({"QueueName": "auth0-events"})).await;
    assert_eq!(named["QueueUrl"], url.as_str());
    for (operation, input, kind) in [
        ("SendMessage", json!({"QueueUrl": url, "MessageBody": ""}), "MissingParameter"),
        ("SendMessage", json!({"QueueUrl": url, "MessageBody": "\u{ffff}"}), "InvalidMessageContents"),
        ("SendMessage", json!({"QueueUrl": url, "MessageBody": "x".repeat((1 << 20) + 1)}), "InvalidParameterValue"),
        ("SendMessage", json!({"QueueUrl": "http://x/0/other", "MessageBody": "x"}), "QueueDoesNotExist"),
        ("StartMessageMoveTask", json!({"SourceArn": "arn:aws:sqs:x:0:auth0-events"}), "ResourceNotFoundException"),
        ("PurgeQueue", json!({"QueueUrl": url}), "UnknownOperationException"),
    ] {
        let answered = sqs.ask(operation, &input).await;
        assert_eq!((answered.status, &answered.json()["__type"]), (400, &json!(kind)), "{operation}");
    }
    let elsewhere = web::post(&way.system.lambda, &[("x-amz-target", "AmazonSNS.Publish")], "{}").await;
    assert_eq!(elsewhere.json()["__type"], "UnknownOperationException");
}

#[tokio::test]
async fn what_was_given_up_is_still_there_after_a_restart_where_a_folder_keeps_it() {
    let folder = tempfile::tempdir().unwrap();
    let start = async || {
        let options =
            Options { data: Some(folder.path().to_owned()), ..Options::for_test(Env::of::<String, String>([])) };
        System::start(options).await.unwrap()
    };
    let system = start().await;
    system.queues.send(Which::Events, "poison");
    system.queues.settled().await;
    system.end().await.unwrap();
    let system = start().await;
    system.queues.settled().await;
    assert_eq!(system.queues.count(Which::DeadLetters).waiting, 1);
    system.end().await.unwrap();
}
