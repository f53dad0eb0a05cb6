//! Listings of whole, short, broken and too large tenants.

use futures_util::stream::{StreamExt, TryStreamExt};

use super::*;
use crate::domain::Identity;
use crate::provider::testing::html;
use crate::provider::users::Summary;

/// One page of a tenant of so many users, whose pages have no more than `most` of them.
fn page_of(total: usize, asked: &Asked, most: usize) -> Value {
    let limit = asked.number("per_page", 50).min(most);
    let start = asked.number("page", 0) * limit;
    let users: Vec<Value> = (start..total.min(start + limit)).map(user).collect();
    json!({"start": start, "limit": limit, "length": users.len(), "total": total, "users": users})
}

fn by_pages() -> Ready {
    Ready { as_of: Timestamp::ZERO, expected: None, by: By::Pages }
}

async fn list(stub: &Stub) -> Result<Vec<Page>, ProviderError> {
    client(stub).listing(by_pages()).try_collect().await
}

fn subjects(pages: &[Page]) -> Vec<String> {
    let users = pages.iter().flat_map(|page| &page.users);
    let mut subjects: Vec<String> = users.map(|user| user.identity.subject().to_owned()).collect();
    subjects.sort();
    subjects.dedup();
    subjects
}

fn all(total: usize) -> Vec<String> {
    (0..total).map(|number| format!("auth0|{number:04}")).collect()
}

#[tokio::test]
async fn a_listing_ends_with_its_last_page_and_says_how_many_it_named() {
    for total in [0, 1, 99, 100, 101, 250, 999] {
        let stub = tenant(move |_, asked| answer(200, page_of(total, asked, 100))).await;
        let pages = list(&stub).await.unwrap();
        assert_eq!(subjects(&pages), all(total));
        let (last, before) = pages.split_last().unwrap();
        let count = Some(total as u64);
        assert_eq!(last.summary, Some(Summary { named: total as u64, counted_before: count, counted_after: count }));
        assert!(last.summary.unwrap().is_plausible() && before.iter().all(|page| page.summary.is_none()));
        assert_eq!(stub.times("/oauth/token"), 1);
        assert_eq!(stub.times("/api/v2/users"), total.div_ceil(100).max(1));
    }
}

#[tokio::test]
async fn only_what_is_used_is_asked_for_oldest_first() {
    let stub = tenant(|_, asked| answer(200, page_of(1, asked, 100))).await;
    let pages = list(&stub).await.unwrap();
    let asked = &stub.asked()[1];
    let params =
        ["per_page", "page", "sort", "include_totals", "fields", "include_fields"].map(|name| asked.param(name));
    let expected = ["100", "0", "created_at:1", "true", Auth0User::FIELDS, "true"].map(|text| Some(text.to_owned()));
    assert_eq!(params, expected);
    assert_eq!(asked.header("authorization"), "Bearer token-0");
    let token: Value = serde_json::from_slice(&stub.asked()[0].body).unwrap();
    assert_eq!(token["audience"], "https://canonical.eu.auth0.com/api/v2/");
    // The clock stands still: what the listing tells is as old as its request.
    assert_eq!(pages[0].users[0].profile.version().observed_at.millis(), 1_800_000_000_000);
}

#[tokio::test]
async fn pages_that_are_smaller_than_asked_for_leave_nobody_out() {
    let told = tenant(|_, asked| answer(200, page_of(230, asked, 40))).await;
    let untold = tenant(|_, asked| {
        let mut page = page_of(230, asked, 40);
        page["limit"] = json!(asked.number("per_page", 0));
        answer(200, page)
    })
    .await;
    let without_one = tenant(|_, asked| {
        let mut page = page_of(230, asked, 100);
        if asked.param("page").as_deref() == Some("1") {
            page["users"].as_array_mut().unwrap().pop();
        }
        answer(200, page)
    })
    .await;
    for stub in [told, untold, without_one] {
        assert_eq!(subjects(&list(&stub).await.unwrap()), all(230));
    }
}

#[tokio::test]
async fn a_page_that_fails_ends_the_listing_as_an_error() {
    let stub = tenant(|_, asked| match asked.number("page", 0) {
        6 => html(500),
        _ => answer(200, page_of(90, asked, 10)),
    })
    .await;
    let auth0 = client_at(&stub, 10, Clock::system());
    let pages: Vec<_> = auth0.listing(by_pages()).collect().await;
    assert_eq!(pages.len(), 7);
    assert!(pages[..6].iter().all(|page| page.as_ref().is_ok_and(|page| page.summary.is_none())));
    assert_eq!(
        pages[6].as_ref().err().unwrap().to_string(),
        "Auth0 could not list its users: it answers with status 500"
    );
}

#[tokio::test]
async fn a_thousand_users_are_more_than_pages_can_list_and_no_user_is_told() {
    for total in [1000, 25_000] {
        let stub = tenant(move |_, asked| answer(200, page_of(total, asked, 100))).await;
        let pages: Vec<_> = client(&stub).listing(by_pages()).collect().await;
        assert!(matches!(&pages[..], [Err(ProviderError::Capped { .. })]));
        assert_eq!(stub.times("/api/v2/users"), 1);
    }
}

#[tokio::test]
async fn the_cap_is_noticed_whatever_the_total_says() {
    let silent = tenant(|_, asked| {
        let mut page = page_of(1000, asked, 100);
        page["total"] = Value::Null;
        answer(200, page)
    })
    .await;
    let refusing = tenant(|_, asked| {
        let why = "You can only page through the first 1000 records. See https://auth0.com/docs/…#limitation";
        let refusal = json!({"statusCode": 400, "error": "Bad Request", "message": why});
        if asked.number("page", 0) == 0 { answer(200, page_of(900, asked, 100)) } else { answer(400, refusal) }
    })
    .await;
    for stub in [silent, refusing] {
        assert!(matches!(list(&stub).await, Err(ProviderError::Capped { .. })));
    }
}

#[tokio::test]
async fn what_is_no_page_is_unreadable_and_never_an_empty_one() {
    let bodies =
        ["<html></html>", "{}", "[]", "{\"users\": null}", "{\"users\": {}}", "{\"total\": 0, \"users\": [", ""];
    for body in bodies {
        let stub = tenant(move |_, _| Response::new(body.into())).await;
        assert!(matches!(list(&stub).await, Err(ProviderError::Unreadable { .. })), "{body}");
    }
}

#[tokio::test]
async fn the_same_page_again_or_one_too_far_ends_the_listing() {
    let same = tenant(|_, asked| {
        let mut page = page_of(300, asked, 100);
        page["users"] = (0..100).map(user).collect();
        answer(200, page)
    })
    .await;
    let stuck = tenant(|_, _| answer(200, json!({"start": 0, "limit": 100, "total": 300, "users": [user(0)]}))).await;
    let too_far = tenant(|_, asked| {
        let mut page = page_of(300, asked, 100);
        page["start"] = json!(page["start"].as_u64().unwrap() + 1);
        answer(200, page)
    })
    .await;
    for stub in [same, stuck, too_far] {
        assert!(matches!(list(&stub).await, Err(ProviderError::Unreadable { .. })));
        assert!(stub.asked().len() <= 3);
    }
}

#[tokio::test]
async fn an_odd_user_is_counted_and_spoils_nobody_else() {
    let stub = tenant(|_, _| {
        let body = format!(
            r#"{{"total": 7, "users": [{}, 5, null, ["x"], {{"name": "no id"}}, {{"user_id": "a|b", "created_at": 5}},
                {{"user_id": "x", "name": 1e999, "name": 2}}]}}"#,
            user(0)
        );
        Response::new(body.into())
    })
    .await;
    let pages = list(&stub).await.unwrap();
    assert_eq!((subjects(&pages), pages[0].odd), (all(1), 6));
    let named: Vec<&str> = pages[0].odd_named.iter().map(Identity::subject).collect();
    assert_eq!(named, ["a|b"], "who has an id is named, and no orphan");
    assert_eq!(pages[0].summary.unwrap().named, 7);
}

#[tokio::test]
async fn linked_accounts_come_with_the_user_they_belong_to() {
    let stub = tenant(|_, _| {
        let mut user = user(0);
        user["identities"].as_array_mut().unwrap().push(json!({"provider": "github", "user_id": 77}));
        answer(200, json!({"total": 1, "users": [user]}))
    })
    .await;
    let pages = list(&stub).await.unwrap();
    let named: Vec<&str> = pages[0].users[0].also_named.iter().map(Identity::subject).collect();
    assert_eq!(named, ["github|77"]);
}

#[tokio::test]
async fn the_next_page_is_on_its_way_while_one_is_worked_on_and_no_other() {
    let stub = tenant(|_, asked| answer(200, page_of(500, asked, 100))).await;
    let mut listing = std::pin::pin!(client(&stub).listing(by_pages()));
    assert_eq!(stub.asked().len(), 0, "nothing is asked before it is wanted");
    listing.next().await.unwrap().unwrap();
    // Nobody polls the listing here, and still the second page is asked for.
    while stub.times("/api/v2/users") < 2 {
        tokio::task::yield_now().await;
    }
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(stub.times("/api/v2/users"), 2);
    listing.next().await.unwrap().unwrap();
}

#[tokio::test]
async fn a_token_that_is_refused_in_the_middle_is_renewed_once() {
    let stub = tenant(|before, asked| {
        let accepted = if before < 2 { "Bearer token-0" } else { "Bearer token-1" };
        let refusal = json!({"statusCode": 401, "message": "Invalid token"});
        let accepted = asked.header("authorization") == accepted;
        if accepted { answer(200, page_of(500, asked, 100)) } else { answer(401, refusal) }
    })
    .await;
    assert_eq!(subjects(&list(&stub).await.unwrap()), all(500));
    assert_eq!((stub.times("/oauth/token"), stub.times("/api/v2/users")), (2, 6));
}
