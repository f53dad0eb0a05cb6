//! Scenario 17: more than 1 MB of users in a scan, and none is missed.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use futures_util::TryStreamExt;
use shared::domain::{Fact, Identity, Provider, User};
use shared::store::{Segment, Users};
use tests::people::noon;
use tests::sdk;
use tests::spine::{Spine, auth0, clerk};
use tests::wire_tap::Tap;

const ROWS: usize = 3_000;

fn s(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

/// A row of about 1 KB.
fn put(who: &Identity) -> WriteRequest {
    let put = PutRequest::builder()
        .item("user_id", s(who.user_id().to_string()))
        .item("auth_provider", s(who.provider().as_str()))
        .item("auth_subject", s(who.subject()))
        .item("name", s("n".repeat(850)))
        .item("profile_version", s(format!("{}{}", noon(1), noon(2))))
        .item("provider_created_at", AttributeValue::N(noon(0).millis().to_string()))
        .item("created_at", AttributeValue::N(noon(3).millis().to_string()));
    WriteRequest::builder().put_request(put.build().expect("an item")).build()
}

async fn fill(spine: &Spine, people: &[Identity]) {
    let client = spine.client();
    for batch in people.chunks(25) {
        let request = client.batch_write_item().request_items(&spine.tables.users, batch.iter().map(put).collect());
        let done = request.send().await.expect("a batch");
        assert!(done.unprocessed_items.is_none_or(|left| left.is_empty()));
    }
}

async fn scanned(users: &Users, provider: &Provider, of: i32) -> Vec<User> {
    let mut all = Vec::new();
    for number in 0..of {
        let pages: Vec<Vec<User>> =
            users.scan(provider, Segment { number, of }).try_collect().await.expect("the scan ends");
        all.extend(pages.into_iter().flatten());
    }
    all
}

#[tokio::test]
async fn a_scan_of_more_than_a_megabyte_misses_nobody_in_any_number_of_segments() {
    let spine = Spine::fresh().await;
    let people: Vec<_> = (0..ROWS).map(|number| auth0(&format!("auth0|{number}"))).collect();
    let others: Vec<_> = (0..30).map(|number| clerk(&format!("user_{number}"))).collect();
    fill(&spine, &people).await;
    fill(&spine, &others).await;
    let (http, tap) = Tap::new(sdk::plain_http());
    let users = spine.users_over(http);
    for of in [1, 4] {
        let found = scanned(&users, &Provider::auth0(), of).await;
        assert_eq!(found.len(), ROWS, "nobody twice, in {of} segments");
        assert!(found.iter().all(|user| user.facts.text(Fact::Name).is_some_and(|name| name.len() == 850)));
        let subjects: BTreeSet<_> = found.iter().map(|user| user.identity.subject().to_owned()).collect();
        assert_eq!(subjects.len(), ROWS, "everybody, in {of} segments");
        let pages = tap.take().requests["Scan"];
        assert!(pages >= 3, "3 MB are more than {pages} pages");
    }
    let theirs = scanned(&users, &Provider::clerk(), 2).await;
    assert_eq!(theirs.len(), others.len(), "pages without one of theirs are no end");
}
