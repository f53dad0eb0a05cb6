//! A signed event's fields, one wrong at a time.

use serde_json::{Value, json};
use shared::clock::Clock;
use shared::config::dev_defaults;
use tests::clerk_events::{self, signed};
use tests::spine::{Spine, clerk, text};

use super::{Ask, Bad, all_accepted, all_refused, assert_empty, with};

/// An event of the system's own instance, of this moment.
pub(super) fn event() -> Value {
    let now = Clock::system().now().millis();
    let user = clerk_events::user("user_1", ("Ada", "Lovelace"), "ada@example.com", now - 1000, now - 500);
    clerk_events::event("user.created", now, &user)
}

pub(super) fn ask(body: Vec<u8>) -> Ask {
    let env = dev_defaults();
    let Some(secret) = env.text("CLERK_WEBHOOK_SECRET") else { panic!("cargo dev has a webhook secret") };
    signed(secret, Clock::system().now().seconds(), body)
}

pub(super) fn good(event: &Value) -> Ask {
    ask(event.to_string().into_bytes())
}

fn bad(field: &str, value: Option<Value>, code: &'static str) -> Bad {
    let shown = value.as_ref().map_or("absent".to_owned(), ToString::to_string);
    Bad::new(format!("{field}: {shown}"), good(&with(&event(), field, value)), 400, code)
}

fn bad_data(field: &str, value: Option<Value>, code: &'static str) -> Bad {
    let shown = value.as_ref().map_or("absent".to_owned(), |value| value.to_string().chars().take(60).collect());
    let data = with(&event()["data"], field, value);
    Bad::new(format!("data.{field}: {shown}"), good(&with(&event(), "data", Some(data))), 400, code)
}

#[tokio::test]
async fn an_envelope_with_a_field_that_is_absent_or_of_another_type_is_refused() {
    let spine = Spine::fresh().await;
    let system = spine.system([]).await;
    let mut all = vec![
        bad("type", None, "field_missing"),
        bad("timestamp", None, "field_missing"),
        bad("data", None, "field_missing"),
    ];
    for value in [json!(null), json!(5), json!([]), json!({})] {
        all.push(bad("type", Some(value), "field_invalid"));
    }
    for value in [json!(null), json!("1654012591835"), json!(-1), json!(1.5), json!(u64::MAX), json!(1e300), json!({})]
    {
        all.push(bad("timestamp", Some(value), "field_invalid"));
    }
    for value in [json!(null), json!("x"), json!(5), json!([])] {
        all.push(bad("data", Some(value), "field_invalid"));
    }
    all_refused(&spine, &system, all).await;
}

#[tokio::test]
async fn a_user_without_an_id_or_without_times_is_refused() {
    let spine = Spine::fresh().await;
    let system = spine.system([]).await;
    let mut all = Vec::new();
    for value in [None, Some(json!(null)), Some(json!("")), Some(json!(5)), Some(json!({}))] {
        all.push(bad_data("id", value, "field_missing"));
    }
    all.push(bad_data("id", Some(json!("x".repeat(1025))), "field_invalid"));
    for field in ["created_at", "updated_at"] {
        for value in
            [None, Some(json!(null)), Some(json!("2025-01-01T00:00:00Z")), Some(json!(-1)), Some(json!(u64::MAX))]
        {
            all.push(bad_data(field, value, "field_invalid"));
        }
    }
    let now = Clock::system().now().millis();
    for id in [json!(5), json!([]), json!("x".repeat(1025))] {
        let event = with(&clerk_events::deleted("user_1", now), "data", Some(json!({"id": id, "deleted": true})));
        all.push(Bad::new("user.deleted of an odd id", good(&event), 400, "field_invalid"));
    }
    all_refused(&spine, &system, all).await;
}

#[tokio::test]
async fn odd_values_in_the_users_own_fields_are_absent_and_never_an_error() {
    let spine = Spine::fresh().await;
    let system = spine.system([]).await;
    assert_empty(&spine).await;
    for odd in [json!(null), json!(5), json!(true), json!([null, 5]), json!({"id": "idn_1"}), json!("")] {
        let mut told = event();
        for field in ["first_name", "last_name", "username", "image_url", "email_addresses", "primary_email_address_id"]
        {
            told["data"][field] = odd.clone();
        }
        all_accepted(&system, &odd.to_string(), &good(&told)).await;
    }
    let row = spine.row(&clerk("user_1")).await.unwrap();
    assert_eq!((text(&row, "name"), text(&row, "email"), text(&row, "avatar_url")), (None, None, None));
    let mut blank = event();
    blank["data"]["email_addresses"][0]["email_address"] = "  ".into();
    all_accepted(&system, "an address of spaces", &good(&blank)).await;
    let row = spine.row(&clerk("user_1")).await.unwrap();
    assert!(!row.contains_key("email_key"), "{row:?}");
}
