//! Events of one user in any order, late, repeated, or in the same millisecond.

use serde_json::Value;
use tests::clerk_events::{deleted, event, user};
use tests::doors::ClerkDoor;
use tests::spine::{Item, Spine, at, clerk, number, text};

const NOW: i64 = 1_770_000_000_000;
const HOUR: i64 = 3_600_000;
const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

async fn door() -> (Spine, ClerkDoor) {
    let spine = Spine::fresh().await;
    let door = ClerkDoor::new(spine.users(), at(NOW));
    (spine, door)
}

fn life(id: &str) -> [Value; 3] {
    let made = user(id, ("Ada", "Byron"), "ada@example.com", NOW - 9000, NOW - 9000);
    let changed = user(id, ("Ada", "Lovelace"), "ada@example.com", NOW - 9000, NOW - 5000);
    [event("user.created", NOW - 8999, &made), event("user.updated", NOW - 4999, &changed), deleted(id, NOW - 1000)]
}

/// One order, with repeats: each at once, all over again, or all over again backwards.
fn repeated(order: [usize; 3]) -> [Vec<usize>; 4] {
    let once = order.to_vec();
    let doubled = order.iter().flat_map(|at| [*at, *at]).collect();
    let again = order.iter().chain(&order).copied().collect();
    let back = order.iter().chain(order.iter().rev()).copied().collect();
    [once, doubled, again, back]
}

/// The row without what differs between two users.
fn state(mut row: Item) -> Item {
    row.remove("user_id");
    row.remove("auth_subject");
    row
}

#[tokio::test]
async fn created_updated_deleted_in_all_orders_with_repeats_end_in_one_state_and_the_email_is_free() {
    let (spine, door) = door().await;
    let mut states = Vec::new();
    for (number, sequence) in ORDERS.into_iter().flat_map(repeated).enumerate() {
        let id = format!("user_{number}");
        let events = life(&id);
        for at in &sequence {
            door.result(&events[*at]).await;
        }
        states.push((sequence, state(spine.row(&clerk(&id)).await.unwrap())));
    }
    assert_eq!(states.len(), 24);
    for (sequence, found) in &states {
        assert_eq!(found, &states[0].1, "{sequence:?}");
        assert_eq!(number(found, "identity_deleted_at"), Some(NOW - 1000));
        for gone in ["email", "email_key", "verified_email", "name", "profile_version", "provider_created_at"] {
            assert!(!found.contains_key(gone), "{gone}");
        }
    }
    let again = user("user_new", ("Ada", "Lovelace"), "ada@example.com", NOW - 500, NOW - 500);
    assert_eq!(door.result(&event("user.created", NOW, &again)).await, "created");
    let row = spine.row(&clerk("user_new")).await.unwrap();
    assert_eq!((text(&row, "email"), text(&row, "name")), (Some("ada@example.com"), Some("Ada Lovelace")));
    assert_eq!(spine.items(&spine.tables.users).await.len(), 25);
}

#[tokio::test]
async fn created_and_updates_in_all_orders_end_with_the_latest_profile() {
    let (spine, door) = door().await;
    for (number, sequence) in ORDERS.into_iter().flat_map(repeated).enumerate() {
        let id = format!("user_{number}");
        let names = ["First", "Second", "Third"].into_iter().zip([NOW - 9000, NOW - 8000, NOW - 7000]);
        let events: Vec<Value> = names
            .map(|(name, updated_at)| {
                let kind = if name == "First" { "user.created" } else { "user.updated" };
                event(kind, updated_at + 100, &user(&id, (name, ""), "a@example.com", NOW - 9000, updated_at))
            })
            .collect();
        for at in &sequence {
            door.result(&events[*at]).await;
        }
        let row = spine.row(&clerk(&id)).await.unwrap();
        assert_eq!(text(&row, "name"), Some("Third"), "{sequence:?}");
        assert_eq!(text(&row, "profile_version"), Some(format!("{:013}{:013}", NOW - 7000, NOW - 6900).as_str()));
    }
}

#[tokio::test]
async fn a_user_whose_deletion_came_27_hours_before_their_creation_stays_deleted() {
    let (spine, door) = door().await;
    assert_eq!(door.result(&deleted("user_1", NOW)).await, "deleted");
    let before = spine.row(&clerk("user_1")).await.unwrap();
    door.clock.set(at(NOW + 27 * HOUR));
    let told =
        |kind, ago, name| event(kind, NOW - ago, &user("user_1", (name, ""), "a@example.com", NOW - 9000, NOW - ago));
    for late in [told("user.created", 9000, "A"), told("user.updated", 5000, "B"), told("user.updated", 2000, "C")] {
        assert_eq!(door.result(&late).await, "deleted");
    }
    // Nor does a profile that claims to be newer: Clerk does not use an id again.
    let newer = user("user_1", ("D", ""), "a@example.com", NOW + HOUR, NOW + 2 * HOUR);
    assert_eq!(door.result(&event("user.updated", NOW + 3 * HOUR, &newer)).await, "deleted");
    assert_eq!(spine.row(&clerk("user_1")).await.unwrap(), before);
}

#[tokio::test]
async fn of_two_updates_in_one_second_the_later_counts_and_in_one_millisecond_the_later_observed() {
    let told = |name: &str, updated_at, sent_at| {
        event("user.updated", sent_at, &user("user_1", (name, "X"), "a@example.com", NOW - 9000, updated_at))
    };
    for (case, early, late) in [
        ("one second", told("Early", NOW - 500, NOW - 400), told("Late", NOW - 499, NOW - 400)),
        ("one second, envelopes crossed", told("Early", NOW - 500, NOW - 100), told("Late", NOW - 499, NOW - 300)),
        ("one millisecond", told("Early", NOW - 500, NOW - 400), told("Late", NOW - 500, NOW - 399)),
    ] {
        for (first, second) in [(&early, &late), (&late, &early)] {
            let (spine, door) = door().await;
            for event in [first, second, first, second] {
                door.result(event).await;
            }
            assert_eq!(text(&spine.row(&clerk("user_1")).await.unwrap(), "name"), Some("Late X"), "{case}");
        }
    }
}

#[tokio::test]
async fn of_two_updates_that_nothing_tells_apart_the_last_to_arrive_counts() {
    let (spine, door) = door().await;
    for name in ["One", "Two", "One", "Three"] {
        let data = user("user_1", (name, ""), "a@example.com", NOW - 9000, NOW - 500);
        door.result(&event("user.updated", NOW - 400, &data)).await;
        assert_eq!(text(&spine.row(&clerk("user_1")).await.unwrap(), "name"), Some(name));
    }
}
