//! The database away or throttling: 503 to the sender, who tries again and ends right.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use serde_json::json;
use tests::api_gateway::GatewayAnswer;
use tests::clerk_events::{deleted, event, user};
use tests::doors::{ClerkDoor, ISSUER, LoginDoor, assert_problem, login};
use tests::faults::{Fault, Faults};
use tests::sdk::plain_http;
use tests::spine::{Item, Spine, at, auth0, clerk};

const NOW: i64 = 1_770_000_000_000;
const ALL: [Option<Fault>; 7] = [
    None,
    Some(Fault::Conflict),
    Some(Fault::Throttled),
    Some(Fault::RateExceeded),
    Some(Fault::InternalError),
    Some(Fault::LostReply),
    Some(Fault::NeverSent),
];

/// From now on nothing works: by `fault`, or because the engine is away.
fn break_down(faults: &Faults, fault: Option<Fault>) {
    match fault {
        Some(fault) => faults.chance(fault, 1.0),
        None => faults.set_down(true),
    }
}

/// What a sender is told while the database is away: to come again, and nothing of why.
fn assert_away(answer: &GatewayAnswer, case: &str) {
    assert_problem(answer, 503, "unavailable", case);
    assert_eq!(answer.header("retry-after"), Some("1"), "{case}");
    let told = json!({"type": "about:blank", "title": "Service Unavailable", "status": 503, "code": "unavailable",
        "detail": "temporarily unavailable; try again"});
    assert_eq!(answer.json(), told, "{case}");
}

/// The rows by their ids.
async fn rows(spine: &Spine) -> BTreeMap<String, Item> {
    let items = spine.items(&spine.tables.users).await;
    items.into_iter().map(|row| (row["user_id"].as_s().unwrap().clone(), row)).collect()
}

async fn a_login_meets(fault: Option<Fault>) -> BTreeMap<String, Item> {
    let spine = Spine::fresh().await;
    let (http, faults) = Faults::new(plain_http(), 1);
    let door = LoginDoor::new(spine.users_over(http), at(NOW));
    let mut patch = login("auth0|patch", "p@example.com");
    patch["name"] = "Ada".into();
    let profile = json!({"tokenIdentifier": format!("{ISSUER}|auth0|profile"), "user": {"user_id": "auth0|profile",
        "name": "Grace", "created_at": "2025-01-01T00:00:00Z", "updated_at": "2025-01-02T00:00:00Z"}});
    for (body, identity) in [(patch, auth0("auth0|patch")), (profile, auth0("auth0|profile"))] {
        break_down(&faults, fault);
        assert_away(&door.login(&body).await, &format!("{fault:?}"));
        faults.calm();
        assert_eq!(spine.row(&identity).await.is_some(), fault == Some(Fault::LostReply), "{fault:?}");
        assert_eq!(door.user_id(&body).await, identity.user_id().as_str());
    }
    assert!(!faults.injected().is_empty());
    rows(&spine).await
}

#[tokio::test]
async fn a_login_is_told_to_come_again_and_its_retry_ends_right() {
    let ends = join_all(ALL.map(a_login_meets)).await;
    assert_eq!(ends[0].len(), 2);
    for (end, fault) in ends.iter().zip(ALL) {
        assert_eq!(end, &ends[0], "{fault:?}");
    }
}

async fn events_meet(fault: Option<Fault>) -> BTreeMap<String, Item> {
    let spine = Spine::fresh().await;
    let (http, faults) = Faults::new(plain_http(), 1);
    let door = ClerkDoor::new(spine.users_over(http), at(NOW));
    let told = |kind, name, updated_at| {
        event(kind, updated_at + 1, &user("user_1", (name, ""), "a@example.com", NOW - 9000, updated_at))
    };
    let other = event("user.created", NOW - 10, &user("user_2", ("B", ""), "b@example.com", NOW - 9000, NOW - 20));
    for event in [
        told("user.created", "A", NOW - 9000),
        told("user.updated", "B", NOW - 5000),
        other,
        deleted("user_1", NOW - 1),
    ] {
        break_down(&faults, fault);
        let before = rows(&spine).await;
        assert_away(&door.deliver(&event).await, &format!("{fault:?}"));
        faults.calm();
        if fault != Some(Fault::LostReply) {
            assert_eq!(rows(&spine).await, before, "{fault:?}");
        }
        door.result(&event).await;
    }
    assert!(!faults.injected().is_empty());
    rows(&spine).await
}

#[tokio::test]
async fn an_event_is_told_to_come_again_and_its_retry_ends_right() {
    let ends = join_all(ALL.map(events_meet)).await;
    assert_eq!(ends[0].len(), 2);
    assert!(ends[0][clerk("user_1").user_id().as_str()].contains_key("identity_deleted_at"));
    for (end, fault) in ends.iter().zip(ALL) {
        assert_eq!(end, &ends[0], "{fault:?}");
    }
}

#[tokio::test]
async fn what_passes_within_the_deadline_is_no_failure_to_the_sender() {
    for fault in ALL.into_iter().flatten() {
        let spine = Spine::fresh().await;
        let (http, faults) = Faults::new(plain_http(), 1);
        let logins = LoginDoor::new(spine.users_over(http.clone()), at(NOW));
        let events = ClerkDoor::new(spine.users_over(http), at(NOW));
        faults.fail_next("UpdateItem", 2, fault);
        logins.user_id(&login("auth0|a", "a@example.com")).await;
        faults.fail_next("UpdateItem", 2, fault);
        let made = user("user_1", ("A", ""), "a@example.com", NOW - 9000, NOW - 9000);
        events.result(&event("user.created", NOW - 8999, &made)).await;
        assert_eq!(faults.injected().get(&fault), Some(&4), "{fault:?}");
        assert_eq!(rows(&spine).await.len(), 2, "{fault:?}");
    }
}

#[tokio::test]
async fn an_outage_that_one_client_met_takes_no_retries_from_another() {
    let spine = Spine::fresh().await;
    let (http, faults) = Faults::new(plain_http(), 1);
    let worn = LoginDoor::new(spine.users_over(http), at(NOW));
    let body = login("auth0|a", "a@example.com");
    faults.set_down(true);
    let away = join_all((0..40).map(|_| worn.login(&body))).await;
    assert!(away.iter().all(|answer| answer.status == 503));
    let (http, faults) = Faults::new(plain_http(), 1);
    let fresh = LoginDoor::new(spine.users_over(http), at(NOW));
    for _ in 0..10 {
        faults.fail_next("UpdateItem", 2, Fault::Conflict);
        fresh.user_id(&body).await;
    }
}
