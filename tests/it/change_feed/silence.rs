//! A canary in every personal field: in no item of the trail, in no event, in no line of the function's log.

use serde_json::{Value, json};
use shared::domain::{Fact, Facts, Profile, Told};
use shared::store::Sender;
use tests::canary::Canaries;
use tests::people::noon;
use tests::spine::auth0;

use super::stage::Stage;
use crate::kit;

const SUBJECT: &str = "auth0|canary-subject";

fn canaries() -> Canaries {
    let values = Fact::ALL.map(|fact| canary(fact, 1)).into_iter().chain(Fact::ALL.map(|fact| canary(fact, 2)));
    Canaries::new(values.chain([SUBJECT.to_owned()]))
}

fn canary(fact: Fact, number: u8) -> String {
    format!("canary{number}-{}@canary.example", fact.attribute())
}

fn told(number: u8, updated: i64) -> Told {
    let facts =
        Fact::ALL.into_iter().fold(Facts::default(), |facts, fact| facts.with(fact, Some(canary(fact, number))));
    Told::Profile(Profile::new(facts, noon(-9), noon(updated), noon(updated)))
}

async fn records(stage: &Stage) -> Vec<Value> {
    let who = auth0(SUBJECT);
    let mut records = stage.records(stage.tell(&who, &told(1, 0), Sender::Login, 0)).await;
    records.extend(stage.records(stage.tell(&who, &told(2, 10), Sender::Reconcile, 10)).await);
    let users = stage.spine.users();
    records.extend(stage.records(users.delete(&who, noon(20), Sender::Auth0Event, noon(21))).await);
    records
}

#[tokio::test]
async fn no_value_of_a_field_is_in_the_trail_or_on_the_bus() {
    let stage = Stage::set().await;
    let records = records(&stage).await;
    assert!(!canaries().leaks([json!(records).to_string()]).is_empty(), "they are in what the feed is given");
    assert_eq!(stage.hand(&records).await, [""; 0]);
    let (events, items) = (stage.bus.taken(), stage.audit().await);
    assert_eq!((events.len(), items.len()), (3, 3));
    canaries().assert_silent(events.iter().map(Value::to_string).chain(items.iter().map(|item| format!("{item:?}"))));
}

#[tokio::test]
async fn the_binary_tells_counts_and_says_nothing_of_what_it_reads_or_cannot_read() {
    let stage = Stage::set().await;
    let records = records(&stage).await;
    let (endpoint, audit, url) = (&stage.spine.endpoint, &stage.spine.tables.audit, stage.bus.url());
    let changes = [("DYNAMODB_ENDPOINT", endpoint.as_str()), ("AUDIT_TABLE", audit), ("EVENT_BUS_ENDPOINT", &url)];
    let lambda = kit::start("change-feed", &kit::with(kit::variables("change-feed"), &changes)).await;
    let answer = lambda.invoke(json!({"Records": records})).await.unwrap();
    assert_eq!(answer, json!({"batchItemFailures": []}));
    for part in ["NewImage", "Keys", "SequenceNumber", "ApproximateCreationDateTime"] {
        let mut broken = records[1].clone();
        broken["dynamodb"][part] = json!(SUBJECT);
        let answer = lambda.invoke(json!({"Records": [broken]})).await.unwrap();
        assert_eq!(answer["batchItemFailures"].as_array().unwrap().len(), 1, "{part}");
    }
    stage.bus.go_out(true);
    lambda.invoke(json!({"Records": records})).await.unwrap();
    let refused = lambda.invoke(json!({"Records": SUBJECT})).await.unwrap_err();
    lambda.kill().await;
    let logs = lambda.logs();
    assert!(logs.iter().any(|line| line.contains("\"user.updated\":1")), "it counts: {logs:?}");
    assert!(logs.iter().any(|line| line.contains("a record cannot be read")), "{logs:?}");
    assert!(logs.iter().any(|line| line.contains("PutEvents is unavailable: InternalException")), "{logs:?}");
    canaries().assert_silent(logs.into_iter().chain([format!("{refused:?}")]));
}
