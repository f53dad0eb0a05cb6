//! A row that these rules did not write is named by key and attribute, and no value of it goes on.

use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::TryStreamExt;
use shared::domain::Provider;
use shared::store::{Segment, Sender, StoreError};
use tests::people::{noon, told};
use tests::spine::{Spine, auth0};

const CANARY: &str = "canary@example.com";

fn number(text: &str) -> AttributeValue {
    AttributeValue::N(text.to_owned())
}

fn wrong_values() -> Vec<(&'static str, AttributeValue)> {
    let text = || AttributeValue::S(CANARY.to_owned());
    vec![
        ("auth_provider", AttributeValue::S("x".repeat(65))),
        ("auth_subject", AttributeValue::Bool(true)),
        ("profile_version", text()),
        ("profile_version", number("99999999999999999999999999")),
        ("provider_created_at", text()),
        ("provider_created_at", number("-1")),
        ("created_at", text()),
        ("created_at", number("99999999999999")),
        ("last_active_at", text()),
        ("identity_deleted_at", text()),
        ("lives_since", text()),
        ("erased", text()),
        ("patched", text()),
        ("public_keys", text()),
        ("stripe_customer_id", number("7")),
    ]
}

#[tokio::test]
async fn a_corrupt_row_is_named_by_key_and_attribute_and_by_no_value() {
    let spine = Spine::fresh().await;
    let users = spine.users();
    for (place, (attribute, value)) in wrong_values().into_iter().enumerate() {
        let who = auth0(&format!("auth0|corrupt-{place}"));
        users.upsert(&who, &told("ann", 0, 100, 101), Sender::Reconcile, noon(9_000)).await.expect("a row");
        spine.set(&who, attribute, value).await;
        let key = who.user_id().to_string();
        let corrupt = StoreError::Corrupt { key: key.clone(), attribute };
        assert_eq!(users.by_identity(&who).await, Err(corrupt.clone()));
        // A write names it too, and does not run in circles.
        let stale = users.upsert(&who, &told("ann", 0, 50, 51), Sender::Reconcile, noon(9_000)).await;
        assert_eq!(stale, Err(corrupt.clone()), "{attribute}");
        let words = format!("{corrupt} {corrupt:?}");
        assert!(words.contains(&key) && words.contains(attribute) && !words.contains(CANARY), "{words}");
    }
}

#[tokio::test]
async fn a_row_without_its_identity_is_corrupt_and_not_absent() {
    let spine = Spine::fresh().await;
    let who = auth0("auth0|nameless");
    spine.set(&who, "email", AttributeValue::S(CANARY.to_owned())).await;
    let corrupt = StoreError::Corrupt { key: who.user_id().to_string(), attribute: "auth_provider" };
    assert_eq!(spine.users().by_identity(&who).await, Err(corrupt));
}

#[tokio::test]
async fn a_scan_passes_over_a_corrupt_row_and_over_nobody_else() {
    let spine = Spine::fresh().await;
    let who = auth0("auth0|corrupt");
    spine.users().upsert(&who, &told("ann", 0, 100, 101), Sender::Reconcile, noon(9_000)).await.expect("a row");
    spine.set(&who, "profile_version", AttributeValue::S(CANARY.to_owned())).await;
    let other = auth0("auth0|readable");
    spine.users().upsert(&other, &told("bob", 0, 100, 101), Sender::Reconcile, noon(9_000)).await.expect("a row");
    let pages: Result<Vec<_>, _> =
        spine.users().scan(&Provider::auth0(), Segment { number: 0, of: 1 }).try_collect().await;
    let seen: Vec<_> = pages.expect("a scan").into_iter().flatten().map(|user| user.identity).collect();
    assert_eq!(seen, [other]);
}
