//! What of a user becomes a fact.

use serde_json::json;
use tests::clerk_events::{event, user};
use tests::spine::{clerk, text};

use super::{NOW, created, door};

#[tokio::test]
async fn the_whole_user_is_kept_and_nothing_of_the_metadata() {
    let (spine, door) = door().await;
    let mut told = created("user_29w83sxmDNGwOuEthce5gg56FcC");
    told["data"]["username"] = "ada".into();
    for metadata in ["public_metadata", "private_metadata", "unsafe_metadata"] {
        told["data"][metadata] = json!({"role": "canary-value"});
    }
    door.result(&told).await;
    let row = spine.row(&clerk("user_29w83sxmDNGwOuEthce5gg56FcC")).await.unwrap();
    for (attribute, expected) in [
        ("user_id", "usr_55pcqdgufycx6zqv35x6jcdiam"),
        ("auth_provider", "clerk"),
        ("name", "Ada Lovelace"),
        ("first_name", "Ada"),
        ("last_name", "Lovelace"),
        ("username", "ada"),
        ("email", "ada@example.com"),
        ("verified_email", "ada@example.com"),
        ("email_key", "ada@example.com"),
        ("avatar_url", "https://img.clerk.com/xxx"),
        ("changed_by", "clerk"),
    ] {
        assert_eq!(text(&row, attribute), Some(expected), "{attribute}");
    }
    assert!(!format!("{row:?}").contains("canary"), "{row:?}");
    assert!(!row.contains_key("last_active_at"), "{row:?}");
}

#[tokio::test]
async fn a_user_without_email_and_name_is_a_user() {
    let (spine, door) = door().await;
    let mut told = created("user_1");
    for (field, value) in [
        ("first_name", json!(null)),
        ("last_name", json!(null)),
        ("image_url", json!(null)),
        ("email_addresses", json!([])),
        ("primary_email_address_id", json!(null)),
    ] {
        told["data"][field] = value;
    }
    assert_eq!(door.result(&told).await, "created");
    let row = spine.row(&clerk("user_1")).await.unwrap();
    for absent in ["email", "email_key", "verified_email", "name", "first_name", "last_name", "avatar_url"] {
        assert!(!row.contains_key(absent), "{absent}");
    }
}

#[tokio::test]
async fn only_the_primary_address_is_the_users_and_never_another_from_the_list() {
    let (spine, door) = door().await;
    let mut version = NOW - 400;
    for (primary, email, verified) in [
        (json!("idn_2"), Some("second@example.com"), false),
        (json!("idn_1"), Some("ada@example.com"), true),
        (json!("idn_9"), None, false),
        (json!("idn_1"), Some("ada@example.com"), true),
        (json!(null), None, false),
    ] {
        let mut told = created("user_1");
        let second = json!({"id": "idn_2", "email_address": "second@example.com", "verification": null});
        told["data"]["email_addresses"].as_array_mut().unwrap().push(second);
        told["data"]["primary_email_address_id"] = primary.clone();
        version += 1;
        told["data"]["updated_at"] = version.into();
        door.result(&told).await;
        let row = spine.row(&clerk("user_1")).await.unwrap();
        assert_eq!(
            (text(&row, "email"), text(&row, "verified_email")),
            (email, email.filter(|_| verified)),
            "{primary}"
        );
    }
}

#[tokio::test]
async fn emoji_right_to_left_text_and_the_longest_addresses_survive() {
    let (spine, door) = door().await;
    let email = format!("{}@{}.example.com", "l".repeat(64), "d".repeat(254 - 64 - 1 - 12));
    assert_eq!(email.len(), 254);
    let name = ("👩🏽‍🚀\u{200d}🦀", "\u{202b}مُحَمَّد בן־גוריון\u{202c}");
    for subject in ["user_1", "user|2", "user#3", "user/4", "user%5", "user%7C6", "user 7", "ünï|#/%🦀"] {
        let data = user(subject, name, &email, NOW - 1000, NOW - 500);
        assert_eq!(door.result(&event("user.created", NOW, &data)).await, "created", "{subject}");
        let row = spine.row(&clerk(subject)).await.unwrap();
        assert_eq!(text(&row, "auth_subject"), Some(subject));
        assert_eq!((text(&row, "first_name"), text(&row, "last_name")), (Some(name.0), Some(name.1)));
        assert_eq!(text(&row, "name"), Some(format!("{} {}", name.0, name.1).as_str()));
        assert_eq!(text(&row, "email"), Some(email.as_str()));
    }
    assert_eq!(spine.items(&spine.tables.users).await.len(), 8);
}
