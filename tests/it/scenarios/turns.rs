//! Two senders that tell of one user in turns do not make the user flicker.

use local::auth0::{LoginBody, NewUser};
use serde_json::{Value, json};
use tests::doors::{ISSUER, LoginDoor, invoke, login};
use tests::spine::{Item, Spine, at, auth0, text};

const NOW: i64 = 1_770_000_000_000;
const SUBJECT: &str = "auth0|test123";

async fn row(spine: &Spine) -> Item {
    spine.row(&auth0(SUBJECT)).await.unwrap()
}

fn profile(updated_at: &str, facts: &Value) -> Value {
    let mut user = facts.clone();
    user["user_id"] = SUBJECT.into();
    user["created_at"] = "2025-01-01T00:00:00.000Z".into();
    user["updated_at"] = updated_at.into();
    json!({"tokenIdentifier": format!("{ISSUER}|{SUBJECT}"), "user": user})
}

#[tokio::test]
async fn an_address_that_a_patch_brings_is_not_verified() {
    let spine = Spine::fresh().await;
    let door = LoginDoor::new(spine.users(), at(NOW));
    let facts = json!({"email": "proved@example.com", "email_verified": true, "name": "Ada"});
    door.user_id(&profile("2025-01-02T00:00:00.000Z", &facts)).await;
    let mut claims = login(SUBJECT, "other@example.com");
    claims["emailVerified"] = true.into();
    claims["email_verified"] = true.into();
    claims["verified_email"] = "other@example.com".into();
    door.user_id(&claims).await;
    let patched = row(&spine).await;
    assert_eq!(text(&patched, "email"), Some("other@example.com"));
    assert_eq!(text(&patched, "verified_email"), Some("proved@example.com"));
    // The next profile says what is so.
    door.clock.set(at(NOW + 1000));
    door.user_id(&profile("2025-01-02T00:00:00.000Z", &facts)).await;
    let healed = row(&spine).await;
    assert_eq!(text(&healed, "email"), Some("proved@example.com"));
    assert_eq!(text(&healed, "verified_email"), Some("proved@example.com"));
    assert!(!healed.contains_key("patched"), "{healed:?}");
}

#[tokio::test]
async fn a_name_does_not_flip_between_a_login_by_the_documented_body_and_one_with_the_user() {
    for facts in [
        json!({"name": "Ada", "nickname": "countess"}),
        json!({"nickname": "countess"}),
        json!({"name": "", "nickname": "countess"}),
    ] {
        let spine = Spine::fresh().await;
        let door = LoginDoor::new(spine.users(), at(NOW));
        let name = facts["name"].as_str().filter(|name| !name.is_empty()).unwrap_or("countess").to_owned();
        let mut patch = login(SUBJECT, "a@example.com");
        patch["name"] = name.as_str().into();
        patch["avatarUrl"] = "https://p/1".into();
        let mut told = facts.clone();
        told["email"] = "a@example.com".into();
        told["picture"] = "https://p/1".into();
        for round in 0..6 {
            door.clock.set(at(NOW + round * 1000));
            let body = if round % 2 == 0 { &patch } else { &profile("2025-01-02T00:00:00.000Z", &told) };
            door.user_id(body).await;
            let row = row(&spine).await;
            assert_eq!((text(&row, "name"), text(&row, "avatar_url")), (Some(name.as_str()), Some("https://p/1")));
            assert_eq!(text(&row, "email"), Some("a@example.com"));
        }
    }
}

#[tokio::test]
async fn logins_of_both_kinds_in_turns_are_no_drift_to_any_reconcile() {
    let spine = Spine::fresh().await;
    let system = spine.system([]).await;
    let (tenant, _) = system.auth0.as_ref().unwrap();
    let mut nameless = NewUser::person("grace@example.com", "");
    nameless.nickname = Some("grace".to_owned());
    let ids: Vec<String> = [NewUser::person("ada@example.com", "Ada"), nameless]
        .into_iter()
        .map(|new| tenant.create_user(new).unwrap().user_id)
        .collect();
    for round in 0..4 {
        for id in &ids {
            let body = if round % 2 == 0 { LoginBody::Profile } else { LoginBody::Patch };
            tenant.login(id, body).await.unwrap();
        }
        for (id, name) in ids.iter().zip(["Ada", "grace"]) {
            assert_eq!(text(&spine.row(&auth0(id)).await.unwrap(), "name"), Some(name), "round {round}");
        }
        let (error, report) = invoke(&system, "reconcile", &json!({"source": "auth0", "mode": "check"})).await;
        assert_eq!((error, &report["status"]), (None, &json!("finished")), "{report}");
        assert_eq!((&report["inStep"], &report["counts"]), (&json!(true), &json!({})), "round {round}: {report}");
    }
}
