//! Idempotency keys: the stored answer comes again, whatever it was.

use super::*;

#[tokio::test]
async fn the_same_request_under_the_same_key_is_done_once_and_answered_twice() {
    let stripe = stripe();
    let first = ask(&stripe, "POST", "/v1/customers", Some("k"), "metadata[user_id]=usr_1&name=Ada").await;
    let again = ask(&stripe, "POST", "/v1/customers", Some("k"), "name=Ada&metadata[user_id]=usr_1").await;
    assert_eq!((first.status, &first.body), (again.status, &again.body));
    assert_eq!((first.header("idempotent-replayed"), again.header("idempotent-replayed")), (None, Some("true")));
    assert_eq!(stripe.customers().len(), 1);
    assert_ne!(ask(&stripe, "POST", "/v1/customers", Some("other"), "name=Ada").await.id(), first.id());
}

#[tokio::test]
async fn another_request_under_the_same_key_is_an_error() {
    let stripe = stripe();
    let made = ask(&stripe, "POST", "/v1/customers", Some("k"), "name=Ada").await;
    let path = format!("/v1/customers/{}", made.id());
    for (path, body) in [("/v1/customers", "name=Eve"), (path.as_str(), "name=Ada")] {
        let refused = ask(&stripe, "POST", path, Some("k"), body).await;
        assert_eq!((refused.status, &refused.body["error"]["type"]), (400, &"idempotency_error".into()));
    }
    assert_eq!(stripe.customers().len(), 1);
    let long = "k".repeat(256);
    assert_eq!(ask(&stripe, "POST", "/v1/customers", Some(&long), "").await.status, 400);
}

#[tokio::test]
async fn a_500_is_stored_and_comes_again_though_nothing_fails_any_more() {
    for (faults, made) in [
        (StripeFaults { fail_writes: 1, ..StripeFaults::default() }, 0),
        (StripeFaults { fail_after_writing: 1, ..StripeFaults::default() }, 1),
    ] {
        let stripe = stripe();
        stripe.set_faults(faults);
        for replayed in [None, Some("true")] {
            let failed = ask(&stripe, "POST", "/v1/customers", Some("k"), "name=Ada").await;
            assert_eq!((failed.status, failed.header("idempotent-replayed")), (500, replayed));
        }
        assert_eq!(stripe.customers().len(), made);
    }
}

#[tokio::test]
async fn a_refusal_and_a_lock_are_not_stored() {
    let stripe = stripe();
    stripe.set_faults(StripeFaults { locked: 1, ..StripeFaults::default() });
    let locked = ask(&stripe, "POST", "/v1/customers", Some("k"), "name=Ada").await;
    assert_eq!((locked.status, locked.code()), (409, "lock_timeout"));
    assert_eq!(ask(&stripe, "POST", "/v1/customers", Some("k"), "email=nobody").await.status, 400);
    assert_eq!(ask(&stripe, "POST", "/v1/customers", Some("k"), "name=Ada").await.status, 200);
}

#[tokio::test]
async fn a_lost_reply_is_a_write_that_its_repeat_finds() {
    let stripe = stripe();
    stripe.set_faults(StripeFaults { lose_replies: 1, ..StripeFaults::default() });
    let lost = ask(&stripe, "POST", "/v1/customers", Some("k"), "name=Ada").await;
    assert!(lost.body.is_null(), "{}", lost.body);
    let found = ask(&stripe, "POST", "/v1/customers", Some("k"), "name=Ada").await;
    assert_eq!(found.header("idempotent-replayed"), Some("true"));
    assert_eq!(found.id(), stripe.customers()[0].id);
}

#[tokio::test]
async fn a_key_that_is_in_use_is_a_conflict_and_a_forgotten_one_is_new() {
    let stripe = stripe();
    stripe.set_faults(StripeFaults { slow_writes_ms: 20, ..StripeFaults::default() });
    let create = || ask(&stripe, "POST", "/v1/customers", Some("k"), "name=Ada");
    let (one, other) = tokio::join!(create(), create());
    let conflict = if one.status == 409 { &one } else { &other };
    assert_eq!((one.status + other.status, conflict.code()), (609, "idempotency_key_in_use"));
    stripe.forget_keys();
    assert_eq!(create().await.status, 200);
    assert_eq!(stripe.customers().len(), 2);
}
