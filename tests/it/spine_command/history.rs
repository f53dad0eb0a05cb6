//! `spine user history`: what happened to a user, the newest last.

use serde_json::json;
use shared::config::Tables;
use shared::domain::{Change, Changed, Happening, Identity, SequenceNumber};
use shared::store::AuditTrail;
use tests::people::noon;
use tests::spine::auth0;

use super::operator::Operator;

/// What a write did: the name, the fields, and what it is about.
type Done<'a> = (Happening, &'a [&'a str], Option<&'a str>);

/// Writes to somebody, each of which did one thing, or two.
async fn happen(operator: &Operator, who: &Identity, writes: &[&[Done<'_>]]) {
    let trail = AuditTrail::new(operator.spine.client(), &Tables::from_env(&operator.spine.env()));
    for (number, write) in (1..).zip(writes) {
        let change = |(what, fields, about): &Done<'_>| Change {
            what: *what,
            fields: fields.iter().map(|field| (*field).to_owned()).collect(),
            about: about.map(str::to_owned),
        };
        let write = Changed {
            user_id: who.user_id(),
            provider: who.provider().clone(),
            sequence_number: SequenceNumber::parse(&format!("{number}")).unwrap(),
            at: noon(i64::from(number) * 60_000),
            changed_by: "operator:eve\u{1b}[2J".to_owned(),
            changes: write.iter().map(change).collect(),
        };
        trail.record(&write).await.unwrap();
    }
}

#[tokio::test]
async fn a_history_is_told_with_the_newest_last_for_people_and_as_events_for_machines() {
    let (operator, who) = (Operator::start().await, auth0("auth0|ada"));
    let writes: [&[Done<'_>]; 3] = [
        &[(Happening::Created, &["email", "name"], None)],
        &[(Happening::Updated, &["name"], None)],
        &[(Happening::CustomerUnlinked, &[], Some("cus_1")), (Happening::Deleted, &["email", "name"], None)],
    ];
    happen(&operator, &who, &writes).await;
    happen(&operator, &auth0("auth0|other"), &writes[..1]).await;

    let told = operator.spine("user history auth0|ada").await;
    assert_eq!((told.code, told.out.lines().count()), (0, 5), "{told:?}");
    let whats: Vec<&str> = told.out.lines().skip(1).filter_map(|line| line.split_whitespace().nth(3)).collect();
    assert_eq!(whats, ["user.created", "user.updated", "customer.unlinked", "user.deleted"]);
    assert!(told.has(&["2023-11-14 22:14:20 UTC", "user.created", "operator:eve", "email, name"]), "{told:?}");
    assert!(told.has(&["customer.unlinked", "cus_1"]) && !told.out.contains('\u{1b}'), "{told:?}");

    let lines = operator.spine(&format!("user history {} --limit 2 --json", who.user_id())).await.json();
    let events: Vec<_> = lines.iter().map(|line| line["event"].clone()).collect();
    assert_eq!(events, ["user.updated", "customer.unlinked", "user.deleted"], "the last two writes");
    let expected = json!({"event": "customer.unlinked", "version": 1, "userId": who.user_id().as_str(),
        "eventId": format!("{}.{:040}.00", who.user_id(), 3), "authProvider": "auth0", "stripeCustomerId": "cus_1",
        "changedBy": "operator:eve\u{1b}[2J", "at": noon(180_000).millis()});
    assert_eq!(lines[1], expected);
}

#[tokio::test]
async fn of_whom_nothing_is_recorded_is_said_with_status_1() {
    let operator = Operator::start().await;
    let told = operator.spine("user history auth0|nobody").await;
    assert!(told.code == 1 && told.has(&["nothing is recorded of usr_"]), "{told:?}");
    let told = operator.spine("user history auth0|nobody --json").await;
    assert_eq!((told.code, told.out.as_str()), (1, ""), "{told:?}");
}

#[tokio::test]
async fn a_history_of_many_pages_is_told_to_its_limit() {
    let (operator, who) = (Operator::start().await, auth0("auth0|ada"));
    // 300 KB of fields' names in each: a page of the database has one megabyte.
    let long = "x".repeat(300_000);
    let fields = [long.as_str()];
    let write: &[Done<'_>] = &[(Happening::Updated, &fields, None)];
    happen(&operator, &who, &[write; 7]).await;
    for (limit, expected) in [("5", 5), ("50", 7)] {
        let told = operator.spine(&format!("user history auth0|ada --json --limit {limit}")).await;
        let events = told.json();
        assert_eq!((told.code, events.len()), (0, expected));
        let id = format!("{}.{:040}.00", who.user_id(), 7);
        assert_eq!(events.last().unwrap()["eventId"], id.as_str(), "the newest is among them, and last");
    }
}
