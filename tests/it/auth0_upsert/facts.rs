//! What a login sets, keeps and removes: a patch without the provider's clock, a profile with it.

use serde_json::json;
use tests::doors::login;
use tests::spine::{at, number, text};

use super::{NOW, SUBJECT, door, only_row, with_user};

#[tokio::test]
async fn null_and_absent_and_empty_keep_what_is_there() {
    let (spine, door) = door().await;
    let mut full = login(SUBJECT, "a@example.com");
    full["name"] = "Ada".into();
    full["avatarUrl"] = "https://p/1".into();
    door.user_id(&full).await;
    let absent = login(SUBJECT, "a@example.com");
    let mut null = absent.clone();
    null["name"] = json!(null);
    null["avatarUrl"] = json!(null);
    null["user"] = json!(null);
    let mut empty = absent.clone();
    empty["name"] = "".into();
    empty["avatarUrl"] = "".into();
    for body in [absent, null, empty] {
        door.user_id(&body).await;
        let row = only_row(&spine).await;
        assert_eq!((text(&row, "name"), text(&row, "avatar_url")), (Some("Ada"), Some("https://p/1")), "{body}");
    }
    let mut other = login(SUBJECT, "B@Example.com ");
    other["name"] = "Grace".into();
    other["avatarUrl"] = "https://p/2".into();
    door.user_id(&other).await;
    let row = only_row(&spine).await;
    assert_eq!((text(&row, "name"), text(&row, "avatar_url")), (Some("Grace"), Some("https://p/2")));
    assert_eq!((text(&row, "email"), text(&row, "email_key")), (Some("B@Example.com "), Some("b@example.com")));
}

#[tokio::test]
async fn an_over_long_email_keeps_the_stored_one() {
    let (spine, door) = door().await;
    door.user_id(&login(SUBJECT, "a@example.com")).await;
    door.user_id(&login(SUBJECT, &format!("{}@example.com", "x".repeat(309)))).await;
    let row = only_row(&spine).await;
    assert_eq!((text(&row, "email"), text(&row, "email_key")), (Some("a@example.com"), Some("a@example.com")));
    let longest = format!("{}@example.com", "x".repeat(308));
    assert_eq!(longest.len(), 320);
    door.user_id(&login(SUBJECT, &longest)).await;
    assert_eq!(text(&only_row(&spine).await, "email"), Some(longest.as_str()));
}

#[tokio::test]
async fn long_names_and_pictures_are_cut_at_a_character_and_never_refused() {
    let (spine, door) = door().await;
    let mut body = login(SUBJECT, "a@example.com");
    // 1,023 bytes, and then a character of four.
    body["name"] = format!("{}🦀🦀", "n".repeat(1023)).into();
    body["avatarUrl"] = format!("https://p/{}", "p".repeat(2048)).into();
    door.user_id(&body).await;
    let row = only_row(&spine).await;
    assert_eq!(text(&row, "name"), Some("n".repeat(1023).as_str()));
    assert_eq!(text(&row, "avatar_url").map(str::len), Some(2048));
}

#[tokio::test]
async fn a_user_with_times_is_a_profile_and_removes_what_it_lacks() {
    let (spine, door) = door().await;
    let mut patch = login(SUBJECT, "old@example.com");
    patch["name"] = "Old".into();
    patch["avatarUrl"] = "https://p/old".into();
    door.user_id(&patch).await;
    let whole = json!({"email": "a@example.com", "email_verified": true, "name": "Ada", "given_name": "A",
        "family_name": "L", "nickname": "ada", "username": "ada_l", "picture": "https://p/1"});
    door.user_id(&with_user(NOW - 1000, NOW - 500, &whole)).await;
    let row = only_row(&spine).await;
    for (attribute, expected) in [
        ("email", "a@example.com"),
        ("verified_email", "a@example.com"),
        ("name", "Ada"),
        ("first_name", "A"),
        ("last_name", "L"),
        ("nickname", "ada"),
        ("username", "ada_l"),
        ("avatar_url", "https://p/1"),
    ] {
        assert_eq!(text(&row, attribute), Some(expected));
    }
    assert_eq!(text(&row, "profile_version"), Some(format!("{:013}{NOW:013}", NOW - 500).as_str()));
    assert_eq!(number(&row, "provider_created_at"), Some(NOW - 1000));
    assert!(!row.contains_key("patched"), "{row:?}");

    door.clock.set(at(NOW + 1000));
    door.user_id(&with_user(NOW - 1000, NOW, &json!({"nickname": "ada"}))).await;
    let row = only_row(&spine).await;
    assert_eq!((text(&row, "name"), text(&row, "nickname")), (Some("ada"), Some("ada")));
    for gone in ["email", "email_key", "verified_email", "first_name", "last_name", "username", "avatar_url"] {
        assert!(!row.contains_key(gone), "{gone}: {row:?}");
    }
}

#[tokio::test]
async fn a_profile_goes_before_the_fields_beside_it() {
    let (spine, door) = door().await;
    let mut body = with_user(NOW - 1000, NOW - 500, &json!({"name": "Of the user", "email": "user@example.com"}));
    body["name"] = "Beside it".into();
    body["email"] = "beside@example.com".into();
    body["avatarUrl"] = "https://p/beside".into();
    door.user_id(&body).await;
    let row = only_row(&spine).await;
    assert_eq!((text(&row, "name"), text(&row, "email")), (Some("Of the user"), Some("user@example.com")));
    assert!(!row.contains_key("avatar_url"), "{row:?}");
}

#[tokio::test]
async fn a_user_without_both_times_is_a_patch() {
    let (spine, door) = door().await;
    let known = json!({"name": "Ada", "picture": "https://p/1", "email": "a@example.com", "email_verified": true});
    door.user_id(&with_user(NOW - 1000, NOW - 500, &known)).await;
    let version = text(&only_row(&spine).await, "profile_version").map(str::to_owned);
    for times in [
        json!({}),
        json!({"created_at": "2025-01-01T00:00:00Z"}),
        json!({"updated_at": "2030-01-01T00:00:00Z"}),
        json!({"created_at": "soon", "updated_at": 5}),
    ] {
        let mut body = login(SUBJECT, "b@example.com");
        body["user"] = times;
        body["user"]["user_id"] = SUBJECT.into();
        body["user"]["nickname"] = "Countess".into();
        body["user"]["email"] = "b@example.com".into();
        body["user"]["email_verified"] = true.into();
        door.user_id(&body).await;
        let row = only_row(&spine).await;
        assert_eq!((text(&row, "name"), text(&row, "email")), (Some("Countess"), Some("b@example.com")), "{body}");
        assert_eq!(text(&row, "avatar_url"), Some("https://p/1"));
        assert_eq!(text(&row, "profile_version").map(str::to_owned), version);
        assert_eq!(text(&row, "verified_email"), Some("a@example.com"), "a patch vouches for nothing");
        assert_eq!(row.get("patched").and_then(|mark| mark.as_bool().ok()), Some(&true));
    }
}

#[tokio::test]
async fn a_login_with_an_older_profile_marks_activity_alone() {
    let (spine, door) = door().await;
    door.user_id(&with_user(NOW - 9000, NOW, &json!({"name": "New"}))).await;
    door.clock.set(at(NOW + 5000));
    door.user_id(&with_user(NOW - 9000, NOW - 1, &json!({"name": "Old", "picture": "https://p"}))).await;
    let row = only_row(&spine).await;
    assert_eq!((text(&row, "name"), text(&row, "avatar_url")), (Some("New"), None));
    assert_eq!(number(&row, "last_active_at"), Some(NOW + 5000));
    assert_eq!(text(&row, "profile_version"), Some(format!("{NOW:013}{NOW:013}").as_str()));
}
