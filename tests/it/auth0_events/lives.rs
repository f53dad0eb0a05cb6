//! Deletions and lives: who comes again is somebody new, and who was proved to live stays.

use local::auth0::{PageOf, Query};
use serde_json::json;
use tests::auth0_events::{EventWay, deleted, event, user};
use tests::doors::invoke;
use tests::spine::{auth0, number, text};

use super::now;

const SUBJECT: &str = "google-oauth2|1";

#[tokio::test]
async fn who_signs_up_anew_is_not_touched_by_events_of_the_first_life_and_inherits_nothing() {
    let (way, now, who) = (EventWay::start().await, now(), auth0(SUBJECT));
    let first = user(SUBJECT, "First", "a@example.com", now - 90_000, now - 90_000);
    let second = user(SUBJECT, "Second", "a@example.com", now - 30_000, now - 30_000);
    way.told(&event("user.created", now - 89_000, &first)).await;
    let claims = way.spine.give_claims(&who, 2, Some("cus_old")).await;
    way.told(&deleted(&first, now - 60_000)).await;
    way.told(&event("user.created", now - 29_000, &second)).await;

    let living = way.spine.row(&who).await.unwrap();
    assert_eq!((text(&living, "name"), number(&living, "provider_created_at")), (Some("Second"), Some(now - 30_000)));
    for old in ["public_keys", "stripe_customer_id", "identity_deleted_at", "expires_at"] {
        assert!(!living.contains_key(old), "{old}");
    }
    for late in [deleted(&first, now - 60_000), event("user.created", now - 89_000, &first)] {
        way.told(&late).await;
        assert_eq!(way.spine.row(&who).await.unwrap(), living);
    }
    for claim in claims {
        assert!(way.spine.claim(&claim).await.unwrap().contains_key("expires_at"), "{claim} ends with the first life");
    }
    assert_eq!(way.spine.claims_astray().await, Vec::<String>::new());
    assert_eq!(way.given_up(), 0);
}

#[tokio::test]
async fn a_new_life_whose_deletion_was_never_seen_inherits_nothing_either() {
    let (way, now, who) = (EventWay::start().await, now(), auth0(SUBJECT));
    let first = user(SUBJECT, "First", "a@example.com", now - 90_000, now - 90_000);
    let second = user(SUBJECT, "Second", "a@example.com", now - 30_000, now - 30_000);
    way.told(&event("user.created", now - 89_000, &first)).await;
    way.spine.give_claims(&who, 1, Some("cus_old")).await;
    way.told(&event("user.updated", now - 29_000, &second)).await;
    let living = way.spine.row(&who).await.unwrap();
    assert!(!living.contains_key("public_keys") && !living.contains_key("stripe_customer_id"));
    way.told(&deleted(&first, now - 60_000)).await;
    assert_eq!(way.spine.row(&who).await.unwrap(), living, "the late deletion is the first life's");
    assert_eq!(way.spine.claims_astray().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_wrong_deletion_is_lifted_by_proof_and_does_not_kill_when_it_comes_again() {
    let way = EventWay::start().await;
    let tenant = &way.system.auth0.as_ref().unwrap().0;
    tenant.populate(3);
    let person = tenant.list(&Query::default(), &PageOf::default()).unwrap().users[0].clone();
    let who = auth0(&person.user_id);
    let apply = json!({"source": "auth0", "mode": "apply"});
    assert_eq!(invoke(&way.system, "reconcile", &apply).await.1["outcomes"], json!({"created": 3}));

    let ended = now() - 2000;
    let wrong = deleted(&user(&person.user_id, "Nobody", "n@example.com", ended - 9000, ended - 9000), ended);
    way.told(&wrong).await;
    assert_eq!(number(&way.spine.row(&who).await.unwrap(), "identity_deleted_at"), Some(ended));
    assert_eq!(invoke(&way.system, "reconcile", &apply).await.1["outcomes"], json!({"lifted": 1}));

    let living = way.spine.row(&who).await.unwrap();
    assert!(living.contains_key("lives_since") && !living.contains_key("identity_deleted_at"));
    way.told(&wrong).await;
    assert_eq!(way.spine.row(&who).await.unwrap(), living);
    assert_eq!(invoke(&way.system, "reconcile", &apply).await.1["inStep"], true);
}
