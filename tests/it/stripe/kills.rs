//! A process that dies between any two steps: the next one finds what was begun, and there is one customer.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::pending;
use tests::interlude::Interlude;
use tests::sdk;
use tokio::sync::Notify;

use super::stage::{Act, BY, Stage, now};

/// Wishes, and dies as soon as `reached` is told; whether it died.
async fn dies(stage: &Stage, who: &shared::domain::Identity, interlude: Option<u32>, reached: Arc<Notify>) -> bool {
    let (http, script) = Interlude::new(sdk::plain_http());
    if let Some(nth) = interlude {
        let reached = reached.clone();
        script.before_any(nth, async move {
            reached.notify_one();
            pending::<()>().await;
        });
    }
    let customers = stage.customers_over(http);
    let id = who.user_id();
    let wish = customers.ensure(&id, Some("ada@example.com"), None, BY, now());
    tokio::select! {
        biased;
        () = reached.notified() => true,
        ended = wish => {
            ended.unwrap();
            false
        }
    }
}

#[tokio::test]
async fn death_before_any_request_to_the_database_leaves_one_customer_in_the_end() {
    let mut deaths = 0;
    for nth in 1..=6 {
        let stage = Stage::set().await;
        let ada = stage.person("ada").await;
        deaths += u32::from(dies(&stage, &ada, Some(nth), Arc::default()).await);
        stage.ensure(&ada).await.unwrap();
        stage.has_one(&ada).await;
    }
    assert_eq!(deaths, 5, "three reads, the intent and the link");
}

#[tokio::test]
async fn death_before_or_after_any_request_to_stripe_leaves_one_customer_in_the_end() {
    for (nth, after) in [(1, false), (1, true), (2, false), (2, true)] {
        for keys_are_forgotten in [false, true] {
            let stage = Stage::set().await;
            let ada = stage.person("ada").await;
            let reached = Arc::new(Notify::new());
            let told = reached.clone();
            let play = move || {
                let told = told.clone();
                async move {
                    told.notify_one();
                    pending::<()>().await;
                }
                .boxed()
            };
            stage.at_stripe(Act { nth, after, play: Box::new(play) });
            assert!(dies(&stage, &ada, None, reached).await, "{nth} {after}");
            let later = if keys_are_forgotten {
                stage.stand_in.forget_keys();
                now().plus(std::time::Duration::from_secs(24 * 3600))
            } else {
                now()
            };
            stage.ensure_at(&ada, later).await.unwrap();
            stage.has_one(&ada).await;
        }
    }
}
