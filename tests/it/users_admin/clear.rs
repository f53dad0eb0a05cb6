//! A clear: facts that are named go, and come back with the provider's next profile.

use serde_json::{Value, json};
use shared::domain::Fact;
use tests::spine::{auth0, text};
use tests::web;

use super::stage::{Stage, last_operation};

fn fields(names: &[&str]) -> Value {
    json!({"fields": names})
}

#[tokio::test]
async fn the_named_facts_go_and_the_others_stay_until_the_provider_tells_them_again() {
    let stage = Stage::set().await;
    let who = stage.join("ada").await;
    assert_eq!(stage.end("clear", &who, fields(&["email", "firstName"])).await, "cleared");
    let (row, item) = (stage.row(&who).await, stage.item(&who).await);
    let left: Vec<Fact> = row.facts.iter().map(|(fact, _)| fact).collect();
    assert!(left.contains(&Fact::LastName) && left.contains(&Fact::Name), "{left:?}");
    for gone in [Fact::Email, Fact::VerifiedEmail, Fact::FirstName] {
        assert!(!left.contains(&gone), "{gone:?}");
    }
    assert!(row.patched && !item.contains_key("email_key"));
    assert_eq!(text(&item, "changed_by"), Some("operator:eve"));
    assert_eq!(last_operation(&item).0, "clear");
    assert_eq!(stage.end("clear", &who, fields(&["email", "firstName"])).await, "unchanged");

    let apply = json!({"source": "clerk", "mode": "apply"});
    let run = web::invoke(&stage.system.lambda, "reconcile", &apply).await.unwrap();
    assert_eq!(run["counts"], json!({"patched": 1}), "no event counts as lost");
    let item = stage.item(&who).await;
    assert_eq!((text(&item, "first_name"), text(&item, "email")), (Some("ada"), Some("ada@example.com")));
    assert_eq!(last_operation(&item).0, "clear", "who did something by hand is still told");
}

#[tokio::test]
async fn nobody_is_made_by_a_clear_and_no_tombstone_woken() {
    let stage = Stage::set().await;
    let stranger = auth0("auth0|unseen");
    assert_eq!(stage.end("clear", &stranger, fields(&["name"])).await, "user_unknown");
    assert!(stage.spine.row(&stranger).await.is_none());
    let who = stage.join("ada").await;
    stage.clerk().delete_user(who.subject()).expect("a user");
    stage.clerk().idle().await;
    let before = stage.item(&who).await;
    assert_eq!(stage.end("clear", &who, fields(&["name"])).await, "user_deleted");
    assert_eq!(stage.item(&who).await, before);
}
