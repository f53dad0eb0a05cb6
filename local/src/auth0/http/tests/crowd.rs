//! A crowd: searched, counted, read and exported like anybody else.

use axum::http::Method;
use serde_json::{Value, json};

use super::exports::lines;
use super::{ask, auth0, get, path_of};
use crate::auth0::{NewUser, Query, crowd_user};
use crate::stand_in::clock::iso;
use crate::stand_in::crowd::Crowd;
use crate::stand_in::listing::ListingFaults;

fn ids(page: &Value) -> Vec<String> {
    let users = page["users"].as_array().unwrap();
    users.iter().map(|user| user["user_id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_million_are_counted_searched_and_read_without_being_stored() {
    let auth0 = auth0();
    let set = ask(&auth0, Method::PUT, "/_control/crowd", json!({ "count": 1_000_000, "changed": 0.5 })).await;
    assert_eq!((set.status, &set.body), (200, &json!({ "count": 1_000_000, "changed": 0.5, "gone": 0.0, "seed": 0 })));
    let crowd = auth0.crowd();
    auth0.create_user(NewUser::person("ada@example.com", "Ada").with_id("auth0|ada")).unwrap();
    assert_eq!(auth0.len(), 1_000_001);
    let first = get(&auth0, "/api/v2/users?per_page=2&sort=created_at:1&include_totals=true").await.body;
    assert_eq!(first["total"], 1_000_001);
    assert_eq!(ids(&first), [0, 1].map(|number| crowd_user(&crowd, number).unwrap().user_id));
    let last = get(&auth0, "/api/v2/users?per_page=2&page=0&sort=created_at:-1&include_totals=true").await.body;
    assert_eq!(ids(&last), ["auth0|ada".to_owned(), crowd_user(&crowd, 999_999).unwrap().user_id]);

    let (from, to) = (crowd.created_at(700_000), crowd.created_at(700_099));
    let window = format!("q=created_at:%5B{}%20TO%20{}%7D&per_page=100&include_totals=true", iso(from), iso(to));
    let window = get(&auth0, &format!("/api/v2/users?{window}&sort=created_at:1")).await.body;
    assert_eq!((&window["total"], window["users"].as_array().unwrap().len()), (&json!(99), 99));
    let user = crowd_user(&crowd, 700_000).unwrap();
    assert_eq!(window["users"][0], user.to_json());
    assert_eq!(get(&auth0, &path_of(&user.user_id)).await.body, user.to_json());
    let email = user.email.clone().unwrap();
    let found = get(&auth0, &format!("/api/v2/users-by-email?email={email}")).await.body;
    assert_eq!(found, json!([user.to_json()]));
    let searched = get(&auth0, &format!("/api/v2/users?q=email:%22{email}%22&include_totals=true")).await.body;
    assert_eq!((&searched["total"], ids(&searched)), (&json!(1), vec![user.user_id]));
}

#[tokio::test]
async fn who_is_gone_is_nowhere_and_who_changed_is_told_so() {
    let auth0 = auth0();
    let crowd = Crowd { changed: 0.3, gone: 0.3, ..Crowd::of(500) };
    auth0.set_crowd(crowd);
    auth0.populate(10);
    let living: Vec<u64> = (0..500).filter(|number| crowd.has(*number)).collect();
    assert_eq!((auth0.len(), auth0.count(&Query::default())), (living.len() + 10, living.len() + 10));
    let gone = (0..500).find(|number| !crowd.has(*number)).unwrap();
    let was = crowd_user(&Crowd::of(500), gone).unwrap();
    assert_eq!(get(&auth0, &path_of(&was.user_id)).await.status, 404);
    let mut seen = Vec::new();
    for page in 0..10 {
        let path = format!("/api/v2/users?per_page=50&page={page}&sort=created_at:1&include_totals=true");
        seen.extend(ids(&get(&auth0, &path).await.body));
    }
    let expected: Vec<String> = living.iter().map(|number| crowd_user(&crowd, *number).unwrap().user_id).collect();
    assert_eq!(seen.get(..living.len()), Some(&*expected));
    assert_eq!(seen.len(), living.len() + 10);

    let fields = json!([{ "name": "user_id" }, { "name": "name" }, { "name": "updated_at" }]);
    let exported = lines(&auth0, json!({ "format": "json", "fields": fields })).await;
    assert_eq!(exported.iter().map(|line| line["user_id"].as_str().unwrap()).collect::<Vec<_>>(), seen);
    let number = living.iter().copied().find(|number| crowd.is_changed(*number)).unwrap();
    let (was, is) = (crowd_user(&Crowd::of(500), number).unwrap(), crowd_user(&crowd, number).unwrap());
    let line = exported.iter().find(|line| line["user_id"] == is.user_id.as_str()).unwrap();
    assert_eq!((&line["name"], &line["updated_at"]), (&json!(is.name), &json!(iso(is.updated_at))));
    assert!(was.name != is.name && was.updated_at < is.updated_at && was.email == is.email);
}

#[tokio::test]
async fn a_cut_listing_knows_the_eldest_of_the_crowd() {
    let auth0 = auth0();
    auth0.set_crowd(Crowd { gone: 0.2, ..Crowd::of(300) });
    auth0.populate(5);
    let all = usize::try_from(auth0.crowd().living()).unwrap();
    for known in [0, 7, all, all + 2] {
        auth0.front().set_listing_faults(ListingFaults { truncate_to: Some(known), ..ListingFaults::default() });
        for order in ["1", "-1"] {
            let mut listed = 0;
            for page in 0..4 {
                let path = format!("/api/v2/users?per_page=100&page={page}&sort=created_at:{order}");
                listed += get(&auth0, &path).await.body.as_array().unwrap().len();
            }
            assert_eq!(listed, known);
        }
        assert_eq!(lines(&auth0, json!({ "format": "json" })).await.len(), known);
    }
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let auth0 = auth0();
    for (path, body) in [
        ("/_control/crowd", json!({ "count": 10_000_001 })),
        ("/_control/crowd", json!({ "count": 1, "gone": 1.5 })),
        ("/_control/crowd", json!({ "crowd": 1 })),
        ("/_control/rate", json!({ "burst": 1 })),
        ("/_control/rate", json!({ "burst": 1, "perSecond": -1 })),
        ("/_control/rate", json!({ "perTenSeconds": 1 })),
    ] {
        assert_eq!(ask(&auth0, Method::PUT, path, body.clone()).await.status, 400, "{body}");
    }
}

#[tokio::test]
async fn a_rate_is_set_and_ended() {
    let auth0 = auth0();
    let rate = json!({ "burst": 1, "perSecond": 0.01 });
    let set = ask(&auth0, Method::PUT, "/_control/rate", rate.clone()).await;
    assert_eq!((set.body, get(&auth0, "/_control/rate").await.body), (rate.clone(), rate));
    let statuses = [get(&auth0, "/api/v2/users").await.status, get(&auth0, "/api/v2/users").await.status];
    assert_eq!(statuses, [200, 429]);
    assert_eq!(ask(&auth0, Method::PUT, "/_control/rate", json!({})).await.body, json!({}));
    assert_eq!(get(&auth0, "/api/v2/users").await.status, 200);
}
