//! Listings by a cursor, while users come and go.

use std::sync::Mutex;

use futures_util::stream::StreamExt;

use super::*;
use crate::provider::testing::html;
use crate::provider::users::Summary;

async fn instance(total: usize) -> Stub {
    let users: Vec<Value> = (0..total).map(user).collect();
    Stub::start(move |_, asked| served(&users, asked)).await
}

async fn list(stub: &Stub, page: u32) -> Result<Vec<Page>, ProviderError> {
    client(stub, page).listing(few()).try_collect().await
}

fn subjects(pages: &[Page]) -> Vec<&str> {
    let mut subjects: Vec<&str> =
        pages.iter().flat_map(|page| &page.users).map(|user| user.identity.subject()).collect();
    subjects.dedup();
    subjects
}

#[tokio::test]
async fn a_listing_ends_with_a_short_page_between_two_counts() {
    for total in [0, 1, 9, 10, 11, 35] {
        let stub = instance(total).await;
        let pages = list(&stub, 10).await.unwrap();
        assert_eq!(subjects(&pages), (0..total).map(|number| format!("user_{number:04}")).collect::<Vec<_>>());
        let (last, before) = pages.split_last().unwrap();
        let count = Some(total as u64);
        assert_eq!(last.summary, Some(Summary { named: total as u64, counted_before: count, counted_after: count }));
        assert!(last.summary.unwrap().is_plausible() && before.iter().all(|page| page.summary.is_none()));
        assert_eq!((stub.times("/v1/users/count"), stub.times("/v1/users")), (2, total / 10 + 1));
    }
}

#[tokio::test]
async fn a_request_names_version_order_and_cursor_as_the_specification_says() {
    let stub = instance(500).await;
    let pages = list(&stub, 9999).await.unwrap();
    let asked = stub.asked();
    assert_eq!(asked[1].query, "limit=500&order_by=%2Bcreated_at");
    assert_eq!(asked[2].query, "limit=500&order_by=%2Bcreated_at&starting_after=user_0499");
    assert!(asked.iter().all(|asked| asked.header("authorization") == "Bearer sk_test_canary"));
    assert!(asked.iter().all(|asked| asked.header("clerk-api-version") == "2025-11-10"));
    assert_eq!(pages[0].users[0].profile.version().observed_at.millis(), 1_800_000_000_000);
}

#[tokio::test]
async fn a_listing_goes_on_when_the_user_that_its_cursor_names_is_deleted() {
    let users: Mutex<Vec<Value>> = Mutex::new((0..40).map(user).collect());
    let stub = Stub::start(move |_, asked| {
        let mut users = users.lock().unwrap();
        // Twice the last user of a page goes before the next page is asked for.
        if let Some(cursor) =
            asked.param("starting_after").filter(|id| matches!(id.as_str(), "user_0009" | "user_0019"))
        {
            users.retain(|user| user["id"] != cursor.as_str());
        }
        served(&users, asked)
    })
    .await;
    let pages = list(&stub, 10).await.unwrap();
    let mut named = subjects(&pages);
    named.sort_unstable();
    named.dedup();
    assert_eq!(named.len(), 40, "both were named before they went, and nobody was passed over");
    let summary = pages.last().unwrap().summary.unwrap();
    assert_eq!(summary, Summary { named: 40, counted_before: Some(40), counted_after: Some(38) });
    assert!(summary.is_plausible());
}

#[tokio::test]
async fn a_refusal_without_a_cursor_or_by_time_too_is_an_error() {
    let at_once = Stub::start(|_, asked| match asked.path.as_str() {
        "/v1/users" => refusal(422, "x"),
        _ => served(&[], asked),
    })
    .await;
    assert!(matches!(list(&at_once, 10).await, Err(ProviderError::Refused { status: 422, .. })));
    let users: Vec<Value> = (0..40).map(user).collect();
    let later =
        Stub::start(move |before, asked| if before > 1 { refusal(404, "x") } else { served(&users, asked) }).await;
    let pages: Vec<_> = client(&later, 10).listing(few()).collect().await;
    assert!(matches!(&pages[..], [Ok(_), Err(ProviderError::Refused { status: 404, .. })]));
}

#[tokio::test]
async fn a_page_that_names_nobody_new_ends_the_listing_as_an_error() {
    let users: Vec<Value> = (0..40).map(user).collect();
    let same = Stub::start(move |_, asked| match asked.path.as_str() {
        "/v1/users" => answer(200, users[..10].to_vec().into()),
        _ => served(&users, asked),
    })
    .await;
    let users: Vec<Value> = (0..40).map(user).collect();
    let in_turns = Stub::start(move |before, asked| match asked.path.as_str() {
        "/v1/users" => answer(200, users[before % 2 * 10..][..10].to_vec().into()),
        _ => served(&users, asked),
    })
    .await;
    for stub in [same, in_turns] {
        assert!(matches!(list(&stub, 10).await, Err(ProviderError::Unreadable { .. })));
        assert!(stub.asked().len() <= 4);
    }
}

#[tokio::test]
async fn page_seven_failing_forever_is_an_error_after_six() {
    let users: Vec<Value> = (0..90).map(user).collect();
    let stub = Stub::start(move |_, asked| match asked.param("starting_after").as_deref() {
        Some("user_0059") => html(500),
        _ => served(&users, asked),
    })
    .await;
    let pages: Vec<_> = client(&stub, 10).listing(few()).collect().await;
    assert_eq!(pages.len(), 7);
    assert!(pages[..6].iter().all(Result::is_ok));
    assert!(matches!(pages[6], Err(ProviderError::Refused { status: 500, .. })));
}

#[tokio::test]
async fn users_without_an_id_or_times_are_odd_and_the_listing_goes_on_behind_them() {
    let stub = Stub::start(|_, asked| {
        let mut users: Vec<Value> = (0..12).map(user).collect();
        users[8]["updated_at"] = Value::Null;
        users[9]["id"] = Value::Null;
        served(&users, asked)
    })
    .await;
    let pages = list(&stub, 10).await.unwrap();
    assert_eq!((pages[0].odd, pages[0].users.len()), (2, 8));
    assert_eq!(stub.asked()[2].param("starting_after").as_deref(), Some("user_0008"));
    assert_eq!(subjects(&pages).len(), 10);
}

#[tokio::test]
async fn what_is_no_page_is_unreadable_and_never_an_empty_one() {
    for body in ["<html></html>", "{}", "null", "[{\"id\": \"user_1\"}", "", "{\"data\": []}"] {
        let stub = Stub::start(move |_, asked| match asked.path.as_str() {
            "/v1/users" => Response::new(body.into()),
            _ => served(&[], asked),
        })
        .await;
        assert!(matches!(list(&stub, 10).await, Err(ProviderError::Unreadable { .. })), "{body}");
    }
}

#[tokio::test]
async fn a_listing_that_lost_half_of_the_users_is_not_plausible() {
    let users: Vec<Value> = (0..40).map(user).collect();
    let stub = Stub::start(move |_, asked| match asked.path.as_str() {
        "/v1/users" => served(&users[..20], asked),
        _ => served(&users, asked),
    })
    .await;
    let pages = list(&stub, 50).await.unwrap();
    assert!(!pages.last().unwrap().summary.unwrap().is_plausible());
}
