//! Whose row a login is: one tenant under several issuers, and nobody else's.

use serde_json::json;
use shared::domain::{Fact, Facts, Profile, Told};
use shared::store::Sender;
use tests::doors::{Ask, Way, assert_problem, login};
use tests::spine::{Spine, at, auth0, clerk, text};

use super::{NOW, SUBJECT, USER_ID, door, only_row, with_user};

#[tokio::test]
async fn all_issuers_of_the_tenant_in_any_spelling_are_one_user() {
    let spine = Spine::fresh().await;
    let system = spine
        .system([
            ("AUTH0_ISSUER_BASE_URL", "https://Tenant.eu.auth0.com/"),
            ("AUTH0_ADDITIONAL_ISSUERS", "https://login.example.com https://old.example.com/"),
            ("AUTH0_CLIENT_ID", "c"),
            ("AUTH0_CLIENT_SECRET", "s"),
        ])
        .await;
    for issuer in [
        "https://tenant.eu.auth0.com/",
        "https://tenant.eu.auth0.com",
        "https://TENANT.EU.AUTH0.COM/",
        "HTTPS://tenant.eu.auth0.com:443/",
        "https://login.example.com/",
        "https://LOGIN.example.com",
        "https://old.example.com",
        "https://your-tenant.auth0.com/",
    ] {
        let body = json!({"tokenIdentifier": format!("{issuer}|{SUBJECT}"), "email": "a@example.com"});
        let answer = Ask::login("local-action-secret", body.to_string()).over(Way::Http, &system).await;
        assert_eq!((answer.status, answer.json()), (200, json!({"userId": USER_ID})), "{issuer}");
    }
    only_row(&spine).await;
    let foreign =
        json!({"tokenIdentifier": format!("https://other.eu.auth0.com/|{SUBJECT}"), "email": "a@example.com"});
    let answer = Ask::login("local-action-secret", foreign.to_string()).over(Way::Http, &system).await;
    assert_problem(&answer, 400, "issuer_unknown", "a foreign issuer");
    only_row(&spine).await;
}

#[tokio::test]
async fn the_actions_secret_opens_no_door_to_clerks_users() {
    let (spine, door) = door().await;
    let them = clerk("user_29w83sxmDNGwOuEthce5gg56FcC");
    let told = Profile::new(Facts::default().with(Fact::Name, Some("Ada".to_owned())), at(1), at(2), at(3));
    spine.users().upsert(&them, &Told::Profile(told), Sender::Clerk, at(NOW)).await.unwrap();
    let before = spine.items(&spine.tables.users).await;
    for issuer in ["https://clerk.example.com", "https://xxx.clerk.accounts.dev", "clerk"] {
        let body = json!({"tokenIdentifier": format!("{issuer}|{}", them.subject()), "email": "evil@example.com",
            "name": "Eve"});
        assert_problem(&door.login(&body).await, 400, "issuer_unknown", issuer);
    }
    assert_eq!(spine.items(&spine.tables.users).await, before);
    // The same subject under the tenant's own issuer is somebody else: a user of Auth0.
    let answer = door.user_id(&login(them.subject(), "evil@example.com")).await;
    assert_eq!(answer, auth0(them.subject()).user_id().as_str());
    assert_eq!(text(&spine.row(&them).await.unwrap(), "name"), Some("Ada"));
}

#[tokio::test]
async fn a_user_of_another_subject_is_refused_and_touches_neither_row() {
    let (spine, door) = door().await;
    door.user_id(&login(SUBJECT, "a@example.com")).await;
    door.user_id(&login("auth0|victim", "victim@example.com")).await;
    let mut before = spine.items(&spine.tables.users).await;
    let mut body = with_user(NOW - 1000, NOW, &json!({"name": "Eve"}));
    body["user"]["user_id"] = "auth0|victim".into();
    assert_problem(&door.login(&body).await, 400, "subject_mismatch", "another subject");
    let mut after = spine.items(&spine.tables.users).await;
    for rows in [&mut before, &mut after] {
        rows.sort_by_key(|row| text(row, "user_id").map(str::to_owned));
    }
    assert_eq!(before, after);
}

#[tokio::test]
async fn linked_accounts_in_a_logins_body_are_ignored() {
    let (spine, door) = door().await;
    door.user_id(&login("google-oauth2|victim", "victim@example.com")).await;
    let victim = auth0("google-oauth2|victim");
    let before = spine.row(&victim).await.unwrap();
    let identities = json!([{"provider": "auth0", "user_id": "test123", "connection": "db"},
        {"provider": "google-oauth2", "user_id": "victim", "connection": "google-oauth2", "profileData": {"name": "Eve"}}]);
    let body = with_user(NOW - 1000, NOW, &json!({"name": "Ada", "identities": identities}));
    assert_eq!(door.user_id(&body).await, USER_ID);
    assert_eq!(spine.row(&victim).await.unwrap(), before);
    let row = spine.row(&auth0(SUBJECT)).await.unwrap();
    assert!(!row.contains_key("linked_ids") && !row.contains_key("alias_of"), "{row:?}");
    assert_eq!(spine.items(&spine.tables.users).await.len(), 2);
}

#[tokio::test]
async fn subjects_of_any_characters_are_kept_apart() {
    let (spine, door) = door().await;
    let subjects = [
        "auth0|a",
        "auth0|A",
        "auth0|a|b",
        "auth0|a#b",
        "auth0|a/b",
        "auth0|a%7Cb",
        "auth0|a b",
        "ünï|#/%",
        "auth0|🦀",
        " auth0|a",
        "auth0|a ",
    ];
    for subject in subjects {
        assert_eq!(door.user_id(&login(subject, "same@example.com")).await, auth0(subject).user_id().as_str());
    }
    for subject in subjects {
        let row = spine.row(&auth0(subject)).await.unwrap();
        assert_eq!(text(&row, "auth_subject"), Some(subject));
    }
    assert_eq!(spine.items(&spine.tables.users).await.len(), subjects.len());
}
