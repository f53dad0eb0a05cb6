//! Pages, windows, filters and their faults.

use axum::http::{Method, StatusCode};
use serde_json::json;

use super::{ask, clerk, get, ids, request};
use crate::clerk::NewUser;

#[tokio::test]
async fn a_listing_by_cursor_names_everybody_once_in_either_order() {
    let clerk = clerk();
    clerk.populate(25);
    for (order, path) in [("-created_at", "%2D"), ("+created_at", "%2B"), ("created_at", "")] {
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("/v1/users?limit=10&order_by={path}created_at{cursor}");
            let page = ids(&get(&clerk, &path).await.1);
            seen.extend(page.iter().cloned());
            if page.len() < 10 {
                break;
            }
            cursor = format!("&starting_after={}", page.last().unwrap());
        }
        let all = ids(&get(&clerk, &format!("/v1/users?limit=500&order_by={path}created_at")).await.1);
        assert_eq!((seen.len(), &seen), (25, &all), "{order}");
    }
}

#[tokio::test]
async fn windows_are_exclusive_on_both_ends() {
    let clerk = clerk();
    for ms in [1000, 2000, 3000, 3000, 4000] {
        clerk.create_user(NewUser { created_at: Some(ms), ..NewUser::default() }).unwrap();
    }
    for (query, expected) in [
        ("created_at_after=1000&created_at_before=4000", 3),
        ("created_at_after=2999&created_at_before=3001", 2),
        ("created_at_after=3000&created_at_before=3001", 0),
        ("created_at_after=9000&created_at_before=10", 0),
        ("created_at_before=1000", 0),
    ] {
        for order in ["created_at", "-created_at", "-updated_at", "username"] {
            let (_, users) = get(&clerk, &format!("/v1/users?{query}&order_by={order}")).await;
            assert_eq!(ids(&users).len(), expected, "{query} by {order}");
        }
        let (_, count) = get(&clerk, &format!("/v1/users/count?{query}")).await;
        assert_eq!(count, json!({ "object": "total_count", "total_count": expected }), "{query}");
    }
}

#[tokio::test]
async fn filters_find_by_identifier_address_and_part() {
    let clerk = clerk();
    clerk.seed_people();
    let all = ids(&get(&clerk, "/v1/users").await.1);
    assert_eq!(all.len(), 3);
    let (first, second) = (all.first().unwrap(), all.get(1).unwrap());
    for (query, expected) in [
        (format!("user_id={first}&user_id={second}"), 2),
        (format!("user_id=-{first}"), 2),
        (format!("user_id={first}&email_address=nobody@example.com"), 0),
        ("email_address=MEI.okonkwo@example.com".to_owned(), 1),
        ("query=LINDQ".to_owned(), 1),
        ("name_query=tom%C3%A1s".to_owned(), 1),
        ("phone_number=123".to_owned(), 0),
        ("user_id=user_nobody".to_owned(), 0),
    ] {
        assert_eq!(ids(&get(&clerk, &format!("/v1/users?{query}")).await.1).len(), expected, "{query}");
    }
}

#[tokio::test]
async fn a_listing_can_lie_in_every_way() {
    let clerk = clerk();
    clerk.populate(12);
    for (faults, answers) in [
        (json!({ "failOnPage": 2, "failTimes": 1 }), [(200, 5), (500, 0), (200, 5)]),
        (json!({ "failOnPage": 2, "status": 429 }), [(200, 5), (429, 0), (429, 0)]),
        (json!({ "emptyFrom": 2 }), [(200, 5), (200, 0), (200, 0)]),
        (json!({ "html": true }), [(200, 0), (200, 0), (200, 0)]),
        (json!({ "truncateTo": 3 }), [(200, 3), (200, 3), (200, 3)]),
    ] {
        let (status, _) = ask(&clerk, request(Method::PUT, "/_control/listing", &faults)).await;
        assert_eq!(status, StatusCode::OK);
        for (status, users) in answers {
            let (answered, body) = get(&clerk, "/v1/users?limit=5").await;
            let named = body.as_array().map_or(0, Vec::len);
            assert_eq!((answered.as_u16(), named), (status, users), "{faults}");
        }
    }
    ask(&clerk, request(Method::PUT, "/_control/listing", &json!({ "repeatPage": 2, "count": 99 }))).await;
    let first = get(&clerk, "/v1/users?limit=5").await.1;
    assert_eq!(get(&clerk, "/v1/users?limit=5&offset=5").await.1, first);
    assert_ne!(get(&clerk, "/v1/users?limit=5&offset=5").await.1, first);
    assert_eq!(get(&clerk, "/v1/users/count").await.1["total_count"], 99);
}
