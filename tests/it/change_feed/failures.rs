//! What comes again, what is told twice, and what never is: repeats, a bus that is out, a record that nobody can read.

use change_feed::App;
use serde_json::{Value, json};
use shared::domain::Identity;
use shared::store::{AuditTrail, Sender};
use tests::people::patch;
use tests::sdk;
use tests::spine::auth0;
use tests::wire_tap::Tap;

use super::stage::{Stage, in_words};

/// Two writes to each of three people, all of the first ones before all of the second ones.
async fn six(stage: &Stage) -> (Vec<Identity>, Vec<Value>) {
    let people: Vec<Identity> = ["a", "b", "c"].map(|name| auth0(&format!("auth0|{name}"))).to_vec();
    let mut records = Vec::new();
    for name in ["ada", "bea"] {
        for who in &people {
            records.extend(stage.records(stage.tell(who, &patch(name), Sender::Login, 0)).await);
        }
    }
    (people, records)
}

fn number(record: &Value) -> &str {
    record["dynamodb"]["SequenceNumber"].as_str().unwrap()
}

/// Whose events were taken, and which, in order.
fn taken(stage: &Stage, people: &[Identity]) -> Vec<String> {
    let of = |event: &Value| {
        let who = people.iter().position(|who| event["detail"]["userId"] == who.user_id().as_str()).unwrap();
        let words = in_words(event);
        format!("{who} {}", words.split(' ').next().unwrap())
    };
    stage.bus.taken().iter().map(of).collect()
}

#[tokio::test]
async fn a_batch_that_comes_again_is_told_again_by_the_same_names_and_recorded_once() {
    let stage = Stage::set().await;
    let (_, records) = six(&stage).await;
    let mut heard = Vec::new();
    for _ in 0..2 {
        assert_eq!(stage.hand(&records).await, [""; 0]);
        heard.push(stage.bus.taken());
    }
    assert_eq!((heard[0].len(), stage.audit().await.len()), (6, 6));
    assert_eq!(heard[0], heard[1]);
    let ids: std::collections::BTreeSet<_> = heard[0].iter().map(|event| event["detail"]["eventId"].as_str()).collect();
    assert_eq!(ids.len(), 6, "each event has a name of its own");
    let first = &heard[0][0];
    assert_eq!((&first["source"], &first["bus"]), (&json!("identity-spine"), &json!("users")));
}

#[tokio::test]
async fn while_the_bus_is_out_the_first_write_is_named_and_afterwards_all_is_told_in_order() {
    let stage = Stage::set().await;
    let (people, records) = six(&stage).await;
    stage.bus.go_out(true);
    assert_eq!(stage.hand(&records).await, [number(&records[0])]);
    assert_eq!(taken(&stage, &people), [""; 0]);
    stage.bus.go_out(false);
    assert_eq!(stage.hand(&records).await, [""; 0]);
    let expected =
        ["0 user.created", "1 user.created", "2 user.created", "0 user.updated", "1 user.updated", "2 user.updated"];
    assert_eq!(taken(&stage, &people), expected);
}

#[tokio::test]
async fn after_an_event_that_the_bus_refused_nothing_of_that_user_goes_before_it() {
    let stage = Stage::set().await;
    let (people, records) = six(&stage).await;
    stage.bus.refuse([people[1].user_id().to_string()]);
    assert_eq!(stage.hand(&records).await, [number(&records[1])]);
    let mut all = taken(&stage, &people);
    assert!(all.iter().all(|event| !event.starts_with('1') && event.ends_with("created")), "{all:?}");
    stage.bus.refuse([]);
    assert_eq!(stage.hand(&records[1..]).await, [""; 0]);
    all.extend(taken(&stage, &people));
    for who in 0..3 {
        let mut theirs: Vec<&String> = all.iter().filter(|event| event.starts_with(&who.to_string())).collect();
        theirs.dedup();
        assert_eq!(theirs, [&format!("{who} user.created"), &format!("{who} user.updated")]);
    }
}

#[tokio::test]
async fn a_record_that_cannot_be_read_is_named_and_all_before_it_is_told() {
    let stage = Stage::set().await;
    let (people, mut records) = six(&stage).await;
    records[2]["dynamodb"]["NewImage"]["created_at"] = json!({"S": "yesterday"});
    assert_eq!(stage.hand(&records).await, [number(&records[2])]);
    assert_eq!(taken(&stage, &people), ["0 user.created", "1 user.created"]);
    assert_eq!(stage.hand(&records[2..3]).await, [number(&records[2])], "alone it fails as well");
    assert_eq!(stage.hand(&records[3..]).await, [""; 0], "and holds up nobody else");
}

#[tokio::test]
async fn a_trail_that_cannot_be_written_keeps_the_event_from_the_bus() {
    let stage = Stage::set().await;
    let (people, records) = six(&stage).await;
    let env = Stage::env(&stage.spine, &stage.bus).with("AUDIT_TABLE", "Nowhere");
    let app = App::from_env(&env).unwrap();
    let answer = app.handle(json!({"Records": records})).await.unwrap();
    assert_eq!(answer, json!({"batchItemFailures": [{"itemIdentifier": number(&records[0])}]}));
    assert_eq!(taken(&stage, &people), [""; 0]);
}

#[tokio::test]
async fn without_a_bus_the_trail_alone_is_written() {
    let stage = Stage::set().await;
    let (_, records) = six(&stage).await;
    let app = App::from_env(&stage.spine.env()).unwrap();
    let answer = app.handle(json!({"Records": records})).await.unwrap();
    assert_eq!(answer, json!({"batchItemFailures": []}));
    assert_eq!((stage.audit().await.len(), stage.bus.requests()), (6, 0));
}

#[tokio::test]
async fn a_write_costs_one_request_and_neighbours_share_one_of_the_bus() {
    let stage = Stage::set().await;
    let (people, mut records) = six(&stage).await;
    // A login alone is nothing, and costs nothing.
    records.extend(stage.records(stage.tell(&people[0], &patch("bea"), Sender::Login, 900)).await);
    let (http, tap) = Tap::new(sdk::plain_http());
    let client = sdk::dynamodb(&stage.spine.endpoint, http);
    let trail = AuditTrail::new(client, &stage.spine.tables);
    let from_env = App::from_env(&Stage::env(&stage.spine, &stage.bus)).unwrap();
    let app = App { trail, ..from_env };
    app.handle(json!({"Records": records})).await.unwrap();
    let spent = tap.take();
    assert_eq!(spent.requests.into_iter().collect::<Vec<_>>(), [("PutItem".to_owned(), 6)]);
    assert_eq!(stage.bus.requests(), 2, "three people at once, twice");
    if stage.spine.is_embedded() {
        assert!((spent.write_units - 6.0).abs() < f64::EPSILON, "a unit each: {}", spent.write_units);
    }
}
