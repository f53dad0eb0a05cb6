//! Events of one user in any order, repeated and late, through the whole way.

use serde_json::Value;
use tests::auth0_events::{Consumer, EventWay, deleted, event, user};
use tests::spine::{Item, Spine, at, auth0, number, text};

use super::now;

const HOUR: i64 = 3_600_000;
const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

/// Created, updated and deleted, the last a second before `now`.
fn life(subject: &str, now: i64) -> [Value; 3] {
    let made = user(subject, "Ada Byron", "ada@example.com", now - 9000, now - 9000);
    let changed = user(subject, "Ada Lovelace", "ada@example.com", now - 9000, now - 5000);
    [
        event("user.created", now - 8999, &made),
        event("user.updated", now - 4999, &changed),
        deleted(&changed, now - 1000),
    ]
}

/// One order, once and with repeats: each at once, or all over again.
fn repeated(order: [usize; 3]) -> [Vec<usize>; 3] {
    let doubled = order.iter().flat_map(|place| [*place, *place]).collect();
    [order.to_vec(), doubled, order.iter().chain(order.iter().rev()).copied().collect()]
}

/// The row without what differs between two users, and without our own times, which are those of arrival.
fn state(mut row: Item) -> Item {
    for own in ["user_id", "auth_subject", "created_at", "deleted_at", "expires_at"] {
        row.remove(own);
    }
    row
}

#[tokio::test]
async fn created_updated_deleted_in_all_orders_with_repeats_end_in_one_state_and_the_email_is_free() {
    let (way, now) = (EventWay::start().await, now());
    let mut states = Vec::new();
    for (number, sequence) in ORDERS.into_iter().flat_map(repeated).enumerate() {
        let subject = format!("auth0|{number}");
        let events = life(&subject, now);
        for place in &sequence {
            way.told(&events[*place]).await;
        }
        states.push((sequence, state(way.spine.row(&auth0(&subject)).await.unwrap())));
    }
    // And all at once, in whichever order the queue and the consumer take them.
    for event in life("auth0|at-once", now).iter().cycle().take(9) {
        way.deliver(event).await;
    }
    way.queues().settled().await;
    states.push((Vec::new(), state(way.spine.row(&auth0("auth0|at-once")).await.unwrap())));
    assert_eq!((states.len(), way.given_up()), (19, 0));
    for (sequence, found) in &states {
        assert_eq!(found, &states[0].1, "{sequence:?}");
        assert_eq!(number(found, "identity_deleted_at"), Some(now - 1000));
        assert_eq!(text(found, "changed_by"), Some("auth0-event"));
        for gone in ["email", "email_key", "verified_email", "name", "profile_version", "provider_created_at"] {
            assert!(!found.contains_key(gone), "{gone}");
        }
    }
    let again = user("auth0|new", "Ada Lovelace", "ada@example.com", now - 500, now - 500);
    way.told(&event("user.created", now, &again)).await;
    let row = way.spine.row(&auth0("auth0|new")).await.unwrap();
    assert_eq!((text(&row, "email"), text(&row, "name")), (Some("ada@example.com"), Some("Ada Lovelace")));
    assert_eq!(way.spine.items(&way.spine.tables.users).await.len(), 20, "a second user, and not the first again");
}

#[tokio::test]
async fn of_several_profiles_the_latest_counts_in_whichever_order_they_come() {
    let (way, now) = (EventWay::start().await, now());
    for (number, sequence) in ORDERS.into_iter().flat_map(repeated).enumerate() {
        let subject = format!("auth0|{number}");
        let told = |kind, name, ago| {
            event(kind, now - ago + 100, &user(&subject, name, "a@example.com", now - 9000, now - ago))
        };
        let events = [
            told("user.created", "First", 9000),
            told("user.updated", "Second", 8000),
            told("user.updated", "Third", 7000),
        ];
        for place in &sequence {
            way.told(&events[*place]).await;
        }
        let row = way.spine.row(&auth0(&subject)).await.unwrap();
        assert_eq!(text(&row, "name"), Some("Third"), "{sequence:?}");
        let version = format!("{:013}{:013}", now - 7000, now - 6900);
        assert_eq!(text(&row, "profile_version"), Some(version.as_str()));
    }
}

#[tokio::test]
async fn a_user_whose_deletion_came_27_hours_before_their_creation_stays_deleted() {
    const NOW: i64 = 1_770_000_000_000;
    let spine = Spine::fresh().await;
    let consumer = Consumer::new(spine.users(), at(NOW));
    let [created, updated, deleted] = life("auth0|a", NOW);
    consumer.acknowledges(&deleted).await;
    let before = spine.row(&auth0("auth0|a")).await.unwrap();
    assert_eq!(number(&before, "identity_deleted_at"), Some(NOW - 1000));
    consumer.clock.set(at(NOW + 27 * HOUR));
    for late in [&created, &updated, &created, &deleted] {
        consumer.acknowledges(late).await;
        assert_eq!(spine.row(&auth0("auth0|a")).await.unwrap(), before);
    }
}
