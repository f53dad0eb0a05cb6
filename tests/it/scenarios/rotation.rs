//! A secret is rotated mid-stream: both are accepted, then the old one is not.

use shared::clock::Clock;
use shared::config::dev_defaults;
use tests::clerk_events::{event, signed, user};
use tests::doors::{Ask, Way, login};
use tests::spine::Spine;

async fn statuses<const N: usize>(spine: &Spine, env: [(&str, &str); N], asks: &[Ask]) -> Vec<u16> {
    let system = spine.system(env).await;
    let mut statuses = Vec::new();
    for ask in asks {
        statuses.push(ask.over(Way::Http, &system).await.status);
    }
    statuses
}

#[tokio::test]
async fn the_actions_new_and_old_secret_count_while_both_are_set() {
    let spine = Spine::fresh().await;
    let body = login("auth0|test123", "a@example.com").to_string();
    let asks = ["old", "new", "other", "old new", ""].map(|secret| Ask::login(secret, body.clone()));
    let before = statuses(&spine, [("AUTH0_ACTION_SECRET", "old")], &asks).await;
    assert_eq!(before, [200, 401, 401, 401, 401]);
    let both = [("AUTH0_ACTION_SECRET", "new"), ("AUTH0_ACTION_SECRET_PREVIOUS", "old")];
    assert_eq!(statuses(&spine, both, &asks).await, [200, 200, 401, 401, 401]);
    let after = [("AUTH0_ACTION_SECRET", "new"), ("AUTH0_ACTION_SECRET_PREVIOUS", "")];
    assert_eq!(statuses(&spine, after, &asks).await, [401, 200, 401, 401, 401]);
}

#[tokio::test]
async fn clerks_new_and_old_secret_count_while_both_are_set() {
    let spine = Spine::fresh().await;
    let now = Clock::system().now();
    let user = user("user_1", ("A", ""), "a@example.com", now.millis() - 10, now.millis() - 10);
    let body = event("user.created", now.millis(), &user).to_string();
    let defaults = dev_defaults();
    let old = defaults.text("CLERK_WEBHOOK_SECRET").unwrap();
    let new = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    let asks = [old, new, "whsec_AAAA"].map(|secret| signed(secret, now.seconds(), body.clone()));
    assert_eq!(statuses(&spine, [("CLERK_WEBHOOK_SECRET", old)], &asks).await, [200, 401, 401]);
    let both = format!("{new} {old}");
    assert_eq!(statuses(&spine, [("CLERK_WEBHOOK_SECRET", &both)], &asks).await, [200, 200, 401]);
    assert_eq!(statuses(&spine, [("CLERK_WEBHOOK_SECRET", new)], &asks).await, [401, 200, 401]);
}
