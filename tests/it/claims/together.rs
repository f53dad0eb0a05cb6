//! Several wishes at the same moment: exactly one claim for each key, owned by the row that lists it.

use std::sync::Arc;

use shared::domain::{CustomerOutcome, LinkOutcome};
use tests::people::noon;
use tests::spine::{soak, text};
use tokio::task::JoinSet;

use super::stage::{BY, NOW, Stage, customer, key};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_several_users_after_one_key_exactly_one_gets_it() {
    let stage = Arc::new(Stage::set().await);
    for round in 0..soak(500) {
        let mut tasks = JoinSet::new();
        for name in 0..6 {
            let who = stage.person(&format!("{round}-{name}")).await;
            let stage = Arc::clone(&stage);
            tasks.spawn(async move { (stage.link(&who, &key(round)).await, who) });
        }
        let ended = tasks.join_all().await;
        let winners: Vec<_> = ended.iter().filter(|(outcome, _)| *outcome == LinkOutcome::Linked).collect();
        assert_eq!(winners.len(), 1, "{ended:?}");
        assert!(ended.iter().all(|(outcome, _)| matches!(outcome, LinkOutcome::Linked | LinkOutcome::Taken(_))));
        let claim = stage.claim(&key(round)).await.expect("a claim");
        assert_eq!(text(&claim, "user_id"), Some(winners[0].1.user_id().as_str()));
    }
    stage.in_order().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_several_keys_for_one_user_exactly_one_is_the_only_one() {
    let stage = Arc::new(Stage::set().await);
    for round in 0..soak(500) {
        let who = stage.person(&format!("{round}")).await;
        let mut tasks = JoinSet::new();
        for number in 0..6 {
            let (stage, who) = (Arc::clone(&stage), who.clone());
            tasks.spawn(async move { stage.link_only(&who, &key(round * 10 + number)).await });
        }
        let ended = tasks.join_all().await;
        assert!(ended.iter().all(|outcome| *outcome == LinkOutcome::Linked), "{ended:?}");
        assert_eq!(stage.listed(&who).await.len(), 1);
    }
    stage.in_order().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_linked_at_once_are_all_linked_and_never_more_than_twenty() {
    let stage = Arc::new(Stage::set().await);
    let who = stage.person("ann").await;
    for number in 0..17 {
        stage.link(&who, &key(number)).await;
    }
    let mut tasks = JoinSet::new();
    for number in 20..26 {
        let (stage, who) = (Arc::clone(&stage), who.clone());
        tasks.spawn(async move { stage.link(&who, &key(number)).await });
    }
    let mut ended = tasks.join_all().await;
    ended.sort_by_key(|outcome| outcome.as_str());
    assert_eq!(ended.iter().filter(|outcome| **outcome == LinkOutcome::Linked).count(), 3, "{ended:?}");
    assert_eq!(ended.iter().filter(|outcome| **outcome == LinkOutcome::TooMany).count(), 3, "{ended:?}");
    assert_eq!(stage.listed(&who).await.len(), 20);
    stage.in_order().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_thirty_wishes_for_one_user_at_once_none_is_told_to_come_back() {
    let stage = Arc::new(Stage::set().await);
    let (one, many) = (stage.person("one").await, stage.person("many").await);
    let (mut only, mut besides) = (JoinSet::new(), JoinSet::new());
    for number in 0..30 {
        let (at, who) = (Arc::clone(&stage), one.clone());
        only.spawn(async move { at.link_only(&who, &key(number)).await });
        let (at, who) = (Arc::clone(&stage), many.clone());
        besides.spawn(async move { at.link(&who, &key(100 + number)).await });
    }
    let (only, besides) = (only.join_all().await, besides.join_all().await);
    assert!(only.iter().all(|outcome| *outcome == LinkOutcome::Linked), "{only:?}");
    let linked = besides.iter().filter(|outcome| **outcome == LinkOutcome::Linked).count();
    let too_many = besides.iter().filter(|outcome| **outcome == LinkOutcome::TooMany).count();
    assert_eq!((linked, too_many), (20, 10), "{besides:?}");
    assert_eq!((stage.listed(&one).await.len(), stage.listed(&many).await.len()), (1, 20));
    stage.in_order().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_several_customers_for_one_user_and_users_for_one_customer_one_wins() {
    let stage = Arc::new(Stage::set().await);
    let (ann, bob) = (stage.person("ann").await, stage.person("bob").await);
    let mut tasks = JoinSet::new();
    for (who, name) in [(&ann, "a"), (&ann, "b"), (&bob, "a"), (&bob, "b")] {
        let (stage, id) = (Arc::clone(&stage), who.user_id());
        tasks.spawn(async move {
            stage.claims.set_stripe_customer(&id, &customer(name), None, BY, noon(NOW)).await.expect("an end")
        });
    }
    let ended = tasks.join_all().await;
    let won = ended.iter().filter(|outcome| **outcome == CustomerOutcome::Set).count();
    assert!((1..=2).contains(&won), "{ended:?}");
    assert!(ended.iter().all(|outcome| {
        matches!(outcome, CustomerOutcome::Set | CustomerOutcome::Taken | CustomerOutcome::Differs)
    }));
    stage.in_order().await;
}
