//! Who is believed: a right signature within five minutes, however it is delivered; everybody else hears the same.

use shared::aws::Secret;
use shared::secret::SecretText;
use tests::api_gateway::GatewayAnswer;
use tests::clerk_events::{INSTANCE, WEBHOOK_SECRET, delivered, delivery_id, signature, signed};
use tests::doors::{Ask, ClerkDoor, assert_problem};
use tests::spine::Spine;

use super::{NOW, created, door};

const SECONDS: i64 = NOW / 1000;
const OTHER_SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

/// All that is not believed, from a missing header to a stranger's signature.
fn unbelievable(body: &str) -> Vec<(String, Ask)> {
    let right = signature(WEBHOOK_SECRET, delivery_id(), SECONDS, body.as_bytes());
    let good = || delivered("svix", SECONDS, &right, body);
    let mut all: Vec<(String, Ask)> = ["svix-id", "svix-timestamp", "svix-signature"]
        .into_iter()
        .flat_map(|name| {
            let empty = good().without(name).header(name, "");
            let odd = good().without(name).header(name, "\u{fc}");
            [
                (format!("no {name}"), good().without(name)),
                (format!("empty {name}"), empty),
                (format!("odd {name}"), odd),
            ]
        })
        .collect();
    let mut add = |case: &str, ask: Ask| all.push((case.to_owned(), ask));
    add("no headers", Ask::post("/clerk/webhook", body));
    add("two families, neither whole", good().without("svix-id").header("webhook-id", delivery_id()));
    add("another body", delivered("svix", SECONDS, &right, format!("{body} ")));
    add("no body", good().bodiless());
    add("another id", good().without("svix-id").header("svix-id", "msg_other"));
    add("another time", good().without("svix-timestamp").header("svix-timestamp", &(SECONDS + 1).to_string()));
    for time in ["-1", "soon", "1.5", "99999999999999999999", "0x10"] {
        add(time, good().without("svix-timestamp").header("svix-timestamp", time));
    }
    add("a stranger's secret", signed(OTHER_SECRET, SECONDS, body));
    let bare = right.trim_start_matches("v1,");
    let cut: String = right.chars().take(11).collect();
    for wrong in [
        "v1,",
        "v1",
        "v1,%%%",
        bare,
        &cut,
        &format!("v2,{bare}"),
        &format!("v1a,{bare}"),
        &format!("V1,{bare}"),
        &right.replace('=', ""),
        &format!("v1,AAAA v1a,{bare} v2,{bare}"),
    ] {
        add(wrong, delivered("svix", SECONDS, wrong, body));
    }
    for off in [-301, 301, -86_400] {
        add(&format!("{off} s off"), signed(WEBHOOK_SECRET, SECONDS + off, body));
    }
    all
}

/// What an answer says, without what the way adds to it.
fn said(answer: GatewayAnswer) -> GatewayAnswer {
    let headers = answer.headers.into_iter().filter(|(name, _)| !["date", "content-length"].contains(&name.as_str()));
    GatewayAnswer { headers: headers.collect(), ..answer }
}

#[tokio::test]
async fn whoever_is_not_believed_hears_one_and_the_same_401() {
    let (spine, door) = door().await;
    let mut answers = Vec::new();
    for (case, ask) in unbelievable(&created("user_1").to_string()) {
        let answer = door.ask(&ask).await;
        assert_problem(&answer, 401, "unauthorized", &case);
        answers.push((case, said(answer)));
    }
    assert!(answers.len() > 25);
    for (case, answer) in &answers {
        assert_eq!(answer, &answers[0].1, "{case}");
    }
    assert!(spine.items(&spine.tables.users).await.is_empty());
}

#[tokio::test]
async fn five_minutes_are_tolerated_both_ways_and_not_a_second_more() {
    for (off, status) in [(-300, 200), (300, 200), (0, 200), (-301, 401), (301, 401)] {
        let (spine, door) = door().await;
        let answer = door.ask(&signed(WEBHOOK_SECRET, SECONDS + off, created("user_1").to_string())).await;
        assert_eq!(answer.status, status, "{off}");
        assert_eq!(spine.items(&spine.tables.users).await.len(), usize::from(status == 200), "{off}");
    }
}

#[tokio::test]
async fn the_exact_bytes_are_what_is_signed() {
    let (_spine, door) = door().await;
    let spaced = serde_json::to_string_pretty(&created("user_1")).unwrap();
    assert_eq!(door.ask(&signed(WEBHOOK_SECRET, SECONDS, format!("\n{spaced}\n"))).await.status, 200);
    let right = signature(WEBHOOK_SECRET, delivery_id(), SECONDS, spaced.as_bytes());
    assert_eq!(door.ask(&delivered("svix", SECONDS, &right, spaced.replace("  ", ""))).await.status, 401);
}

#[tokio::test]
async fn each_of_several_secrets_is_believed_with_and_without_its_prefix() {
    let spine = Spine::fresh().await;
    let texts = [WEBHOOK_SECRET, OTHER_SECRET.trim_start_matches("whsec_")].map(SecretText::new).into();
    let clock = shared::clock::Clock::standing(tests::spine::at(NOW));
    let door = ClerkDoor::with(spine.users(), Secret::fixed(texts), Some(INSTANCE), clock);
    let body = created("user_1").to_string();
    for secret in [WEBHOOK_SECRET, OTHER_SECRET] {
        assert_eq!(door.ask(&signed(secret, SECONDS, body.clone())).await.status, 200);
    }
    let stranger = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    assert_eq!(door.ask(&signed(stranger, SECONDS, body)).await.status, 401);
}
