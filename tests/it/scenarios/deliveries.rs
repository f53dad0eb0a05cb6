//! What API Gateway and Svix do to a delivery on its way: base64, other names and cases of headers, several signatures.

use shared::clock::Clock;
use shared::config::dev_defaults;
use tests::clerk_events::{delivered, delivery_id, event, signature, user};
use tests::doors::{Ask, Way};
use tests::spine::{Spine, clerk, text};

fn now() -> i64 {
    Clock::system().now().millis()
}

fn secret() -> String {
    dev_defaults().text("CLERK_WEBHOOK_SECRET").unwrap().to_owned()
}

fn body(id: &str) -> String {
    let user = user(id, ("Zoë", "Müller 🍍"), "zoe@example.com", now() - 1000, now() - 500);
    event("user.created", now(), &user).to_string()
}

/// The three headers, named by `name`.
fn named(body: &str, name: impl Fn(&str) -> String) -> Ask {
    let seconds = now() / 1000;
    let signature = signature(&secret(), delivery_id(), seconds, body.as_bytes());
    Ask::post("/clerk/webhook", body)
        .header(&name("id"), delivery_id())
        .header(&name("timestamp"), &seconds.to_string())
        .header(&name("signature"), &signature)
}

#[tokio::test]
async fn a_delivery_is_taken_in_base64_with_headers_in_any_case_and_of_either_family() {
    let spine = Spine::fresh().await;
    let system = spine.system([]).await;
    let spellings: [fn(&str) -> String; 4] = [
        |name| format!("svix-{name}"),
        |name| format!("Svix-{}{}", name[..1].to_uppercase(), &name[1..]),
        |name| format!("WEBHOOK-{}", name.to_uppercase()),
        |name| format!("webhook-{name}"),
    ];
    let mut count = 0;
    for spelling in spellings {
        for way in [Way::Http, Way::Text, Way::Base64] {
            count += 1;
            let id = format!("user_{count}");
            let answer = named(&body(&id), spelling).over(way, &system).await;
            assert_eq!((answer.status, answer.json()["result"].as_str()), (200, Some("created")), "{way:?}");
            assert_eq!(text(&spine.row(&clerk(&id)).await.unwrap(), "name"), Some("Zoë Müller 🍍"));
        }
    }
}

#[tokio::test]
async fn one_right_signature_among_several_is_enough_wherever_it_stands() {
    let spine = Spine::fresh().await;
    let system = spine.system([]).await;
    let seconds = now() / 1000;
    let body = body("user_1");
    let right = signature(&secret(), delivery_id(), seconds, body.as_bytes());
    let wrong = "v1,R3PTzyfHASBKHH98a7yexTwaJ4yNIcGhFQc1yuN+BPU=";
    for (several, status) in [
        (format!("{right} {wrong}"), 200),
        (format!("{wrong} {right}"), 200),
        (format!("v1a,x v2,y  {wrong} {right} v1,"), 200),
        (format!("{wrong} {wrong}"), 401),
        (format!("v1a,x {wrong} v2,{}", right.trim_start_matches("v1,")), 401),
    ] {
        for way in [Way::Http, Way::Text, Way::Base64] {
            let answer = delivered("svix", seconds, &several, body.clone()).over(way, &system).await;
            assert_eq!(answer.status, status, "{several}, {way:?}");
        }
    }
}
