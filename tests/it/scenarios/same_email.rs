//! An e-mail is an attribute: it never identifies, links or merges anybody.

use serde_json::json;
use tests::clerk_events::{event, user};
use tests::doors::{ClerkDoor, ISSUER, LoginDoor, login};
use tests::spine::{Spine, at, auth0, clerk, text};

const NOW: i64 = 1_770_000_000_000;
const EMAIL: &str = "ada@example.com";

#[tokio::test]
async fn an_unverified_email_equal_to_somebodys_verified_one_neither_links_nor_merges() {
    let spine = Spine::fresh().await;
    let logins = LoginDoor::new(spine.users(), at(NOW));
    let events = ClerkDoor::new(spine.users(), at(NOW));
    let profile = |subject: &str, verified: bool, name: &str| {
        json!({"tokenIdentifier": format!("{ISSUER}|{subject}"), "user": {"user_id": subject, "email": EMAIL,
            "email_verified": verified, "name": name, "created_at": "2025-01-01T00:00:00Z",
            "updated_at": "2025-01-02T00:00:00Z"}})
    };
    logins.user_id(&profile("auth0|owner", true, "Owner")).await;
    let owner = spine.row(&auth0("auth0|owner")).await.unwrap();
    logins.user_id(&profile("google-oauth2|eve", false, "Eve")).await;
    let mut patch = login("auth0|mallory", "  ADA@example.com ");
    patch["name"] = "Mallory".into();
    logins.user_id(&patch).await;
    let mut unverified = user("user_1", ("Trudy", ""), EMAIL, NOW - 1000, NOW - 500);
    unverified["email_addresses"][0]["verification"]["status"] = "unverified".into();
    events.result(&event("user.created", NOW, &unverified)).await;
    let verified = user("user_2", ("Other", ""), EMAIL, NOW - 1000, NOW - 500);
    events.result(&event("user.created", NOW, &verified)).await;

    assert_eq!(spine.row(&auth0("auth0|owner")).await.unwrap(), owner);
    assert_eq!(text(&owner, "verified_email"), Some(EMAIL));
    let rows = [
        (auth0("google-oauth2|eve"), "Eve", None),
        (auth0("auth0|mallory"), "Mallory", None),
        (clerk("user_1"), "Trudy", None),
        (clerk("user_2"), "Other", Some(EMAIL)),
    ];
    for (identity, name, verified) in rows {
        let row = spine.row(&identity).await.unwrap();
        assert_eq!((text(&row, "name"), text(&row, "verified_email")), (Some(name), verified), "{name}");
        assert_eq!(text(&row, "email_key"), Some(EMAIL), "{name}");
        assert!(!row.contains_key("linked_ids") && !row.contains_key("alias_of"), "{name}");
    }
    assert_eq!(spine.items(&spine.tables.users).await.len(), 5);
    assert!(spine.items(&spine.tables.claims).await.is_empty());
}
