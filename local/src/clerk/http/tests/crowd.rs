//! A crowd: listed, counted and read like anybody else.

use axum::http::{Method, StatusCode};
use serde_json::json;

use super::{ask, clerk, get, ids, request};
use crate::clerk::{ClerkStandIn, NewUser, crowd_user};
use crate::stand_in::crowd::Crowd;
use crate::stand_in::listing::ListingFaults;

fn id(crowd: &Crowd, number: u64) -> String {
    crowd_user(crowd, number).unwrap().id
}

/// Everybody, page by page by cursor.
async fn listed(clerk: &ClerkStandIn, query: &str) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    loop {
        let cursor = seen.last().map_or(String::new(), |last| format!("&starting_after={last}"));
        let page = ids(&get(clerk, &format!("/v1/users?limit=50&{query}{cursor}")).await.1);
        let is_last = page.len() < 50;
        seen.extend(page);
        if is_last {
            return seen;
        }
    }
}

#[tokio::test]
async fn a_million_are_counted_listed_and_read_without_being_stored() {
    let clerk = clerk();
    let body = json!({ "count": 1_000_000 });
    let (status, _) = ask(&clerk, request(Method::PUT, "/_control/crowd", &body)).await;
    assert_eq!(status, StatusCode::OK);
    let crowd = clerk.crowd();
    let ada = clerk.create_user(NewUser::person("ada@example.com", "Ada", "L")).unwrap();
    assert_eq!(get(&clerk, "/v1/users/count").await.1["total_count"], 1_000_001);
    let deep = ids(&get(&clerk, "/v1/users?limit=2&offset=700000&order_by=%2Bcreated_at").await.1);
    assert_eq!(deep, [id(&crowd, 700_000), id(&crowd, 700_001)]);
    let newest = ids(&get(&clerk, "/v1/users?limit=2&offset=0").await.1);
    assert_eq!(newest, [ada.id.clone(), id(&crowd, 999_999)]);
    let behind = format!("/v1/users?limit=3&order_by=%2Bcreated_at&starting_after={}", id(&crowd, 999_998));
    assert_eq!(ids(&get(&clerk, &behind).await.1), [id(&crowd, 999_999), ada.id.clone()]);

    let (after, before) = (crowd.created_at(400_000), crowd.created_at(400_500));
    let window = format!("created_at_after={after}&created_at_before={before}");
    assert_eq!(get(&clerk, &format!("/v1/users/count?{window}")).await.1["total_count"], 499);
    assert_eq!(listed(&clerk, &format!("{window}&order_by=%2Bcreated_at")).await.len(), 499);
    let user = crowd_user(&crowd, 400_000).unwrap();
    assert_eq!(get(&clerk, &format!("/v1/users/{}", user.id)).await.1, user.to_json());
    let email = &user.email_addresses[0].email_address;
    for query in [format!("email_address={email}"), format!("user_id={}", user.id)] {
        assert_eq!(ids(&get(&clerk, &format!("/v1/users?{query}")).await.1), std::slice::from_ref(&user.id), "{query}");
    }
}

#[tokio::test]
async fn who_is_gone_is_nowhere_in_either_order() {
    let clerk = clerk();
    let crowd = Crowd { changed: 0.5, gone: 0.4, seed: 9, ..Crowd::of(400) };
    clerk.set_crowd(crowd);
    clerk.populate(120);
    let living: Vec<u64> = (0..400).filter(|number| crowd.has(*number)).collect();
    let up = listed(&clerk, "order_by=%2Bcreated_at").await;
    let mut down = listed(&clerk, "order_by=-created_at").await;
    down.reverse();
    assert_eq!((&down, up.len(), clerk.len()), (&up, living.len() + 120, living.len() + 120));
    assert_eq!(up.get(..living.len()), Some(&*living.iter().map(|number| id(&crowd, *number)).collect::<Vec<_>>()));
    for offset in [0, 10, living.len() - 1, living.len() + 3] {
        let page = ids(&get(&clerk, &format!("/v1/users?limit=4&offset={offset}&order_by=%2Bcreated_at")).await.1);
        assert_eq!(page, up.iter().skip(offset).take(4).cloned().collect::<Vec<_>>(), "{offset}");
    }
    let gone = (0..400).find(|number| !crowd.has(*number)).unwrap();
    let (status, _) = get(&clerk, &format!("/v1/users/{}", id(&Crowd { gone: 0.0, ..crowd }, gone))).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let named = get(&clerk, "/v1/users?limit=500&query=number").await.1;
    assert_eq!(ids(&named).len(), 120, "a part of a name is looked for in the crowd too");
    clerk.front().set_listing_faults(ListingFaults { truncate_to: Some(99), ..ListingFaults::default() });
    assert_eq!(listed(&clerk, "order_by=-created_at").await.len(), 99);
}

#[tokio::test]
async fn pages_are_dropped_cut_odd_or_doubled() {
    let clerk = clerk();
    clerk.set_crowd(Crowd::of(20));
    for (faults, named, whole) in [
        (json!({ "dropPage": 2 }), 0, true),
        (json!({ "malformedPage": 2 }), 0, false),
        (json!({ "oddUser": 2 }), 5, true),
        (json!({ "twice": true }), 10, true),
    ] {
        let (status, _) = ask(&clerk, request(Method::PUT, "/_control/listing", &faults)).await;
        assert_eq!(status, StatusCode::OK);
        let first = get(&clerk, "/v1/users?limit=5").await.1;
        let (status, second) = get(&clerk, "/v1/users?limit=5&offset=5").await;
        assert_eq!((status, second.is_array()), (StatusCode::OK, whole), "{faults}");
        assert_eq!(second.as_array().map_or(0, Vec::len), named, "{faults}");
        if faults.get("oddUser").is_some() {
            assert!(second[0].get("id").is_none() && second[1].get("id").is_some());
        }
        if faults.get("twice").is_some() {
            assert_eq!((&second[0], first.as_array().unwrap().len()), (&second[1], 10));
        }
        assert!(get(&clerk, "/v1/users?limit=5&offset=10").await.1.is_array(), "{faults}");
    }
}

#[tokio::test]
async fn a_rate_is_set_and_ended_and_the_instance_is_told() {
    let clerk = clerk();
    let (_, instance) = get(&clerk, "/v1/instance").await;
    assert_eq!((&instance["id"], &instance["object"]), (&json!("ins_local"), &json!("instance")));
    let rate = json!({ "perTenSeconds": 1 });
    assert_eq!(ask(&clerk, request(Method::PUT, "/_control/rate", &rate)).await.1, rate);
    let statuses = [get(&clerk, "/v1/instance").await.0, get(&clerk, "/v1/instance").await.0];
    assert_eq!(statuses, [StatusCode::OK, StatusCode::TOO_MANY_REQUESTS]);
    assert_eq!(ask(&clerk, request(Method::PUT, "/_control/rate", &json!({}))).await.1, json!({}));
    assert_eq!(get(&clerk, "/v1/instance").await.0, StatusCode::OK);
}
