//! What the binaries count of their own: metric lines, as CloudWatch would read them.

use serde_json::{Value, json};
use tests::binaries::binary;
use tests::clerk_events::{self, WEBHOOK_SECRET, signed};
use tests::doors::{Ask, ISSUER, Way, login};
use tests::runtime_api::Lambda;
use tests::spine::Spine;

use super::SUBJECT;

/// Starts a binary over these tables.
async fn started(spine: &Spine, name: &str, more: &[(&str, &str)]) -> Lambda {
    let mut variables = vec![
        ("DYNAMODB_ENDPOINT", spine.endpoint.as_str()),
        ("USERS_TABLE", spine.tables.users.as_str()),
        ("CLAIMS_TABLE", spine.tables.claims.as_str()),
    ];
    variables.extend(more);
    Lambda::start(binary(name), &variables).await
}

/// All it counted under `metric`, once it has ended.
async fn counted(lambda: &Lambda, metric: &str) -> Vec<u64> {
    lambda.kill().await;
    let lines = lambda.logs();
    let metrics = lines.iter().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    metrics.filter(|line| line.get("_aws").is_some()).filter_map(|line| line.get(metric)?.as_u64()).collect()
}

#[tokio::test]
async fn each_text_that_was_cut_is_counted() {
    let spine = Spine::fresh().await;
    let lambda =
        started(&spine, "auth0-upsert", &[("AUTH0_ACTION_SECRET", "s"), ("AUTH0_ISSUER_BASE_URL", ISSUER)]).await;
    let short = login(SUBJECT, "a@example.com");
    let mut long = login(SUBJECT, &format!("{}@example.com", "x".repeat(400)));
    long["name"] = "n".repeat(1025).into();
    long["avatarUrl"] = "p".repeat(2049).into();
    for body in [short, long] {
        let answer = lambda.invoke(Ask::login("s", body.to_string()).event(Way::Base64)).await.unwrap();
        assert_eq!(answer["statusCode"], 200, "{answer}");
    }
    assert_eq!(counted(&lambda, "cut").await, [0, 3]);
}

#[tokio::test]
async fn events_that_are_not_applied_are_counted_by_their_reason() {
    let spine = Spine::fresh().await;
    let secret = [("CLERK_WEBHOOK_SECRET", WEBHOOK_SECRET), ("CLERK_INSTANCE_ID", clerk_events::INSTANCE)];
    let lambda = started(&spine, "clerk-webhook", &secret).await;
    let now = shared::clock::Clock::system().now();
    let user = clerk_events::user("user_1", ("A", "B"), "a@example.com", now.millis(), now.millis());
    let mut foreign = clerk_events::event("user.created", now.millis(), &user);
    foreign["instance_id"] = "ins_other".into();
    let unknown = clerk_events::event("session.created", now.millis(), &json!({}));
    let old = clerk_events::event("user.created", now.millis() - 29 * 86_400_000, &user);
    let mut without_id = clerk_events::deleted("user_1", now.millis());
    without_id["data"] = json!({"object": "user", "deleted": true});
    for event in [foreign, unknown, old, without_id] {
        let ask = signed(WEBHOOK_SECRET, now.seconds(), event.to_string());
        let answer = lambda.invoke(ask.event(Way::Text)).await.unwrap();
        assert_eq!(answer["statusCode"], 200, "{answer}");
    }
    let unsigned = signed(WEBHOOK_SECRET, now.seconds() - 1000, "{}");
    assert_eq!(lambda.invoke(unsigned.event(Way::Text)).await.unwrap()["statusCode"], 401);
    for metric in ["foreign", "unknown_kind", "too_old", "without_id", "bad_signature"] {
        assert_eq!(counted(&lambda, metric).await, [1], "{metric}");
    }
    assert!(spine.items(&spine.tables.users).await.is_empty());
}
