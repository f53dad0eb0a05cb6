//! Many at once, under faults of both sides: one customer.

use futures_util::future::join_all;
use local::stripe::StripeFaults;
use tests::faults::{Fault, Faults};
use tests::interlude::Interlude;
use tests::sdk;

use super::stage::{BY, Stage, now};

#[tokio::test]
async fn two_at_once_one_with_a_changed_address_make_one_customer() {
    let stage = Stage::set().await;
    let ada = stage.person("ada").await;
    stage.stand_in.set_faults(StripeFaults { slow_writes_ms: 5, ..StripeFaults::default() });
    let (one, other) = (stage.customers(), stage.customers());
    let id = ada.user_id();
    let (one, other) = tokio::join!(
        one.ensure(&id, Some("old@example.com"), None, BY, now()),
        other.ensure(&id, Some("new@example.com"), None, BY, now()),
    );
    let customer = stage.has_one(&ada).await;
    for outcome in [one.unwrap(), other.unwrap()] {
        assert_eq!(outcome.customer().map(ToString::to_string).as_ref(), Some(&customer));
    }
}

#[tokio::test]
async fn who_comes_between_the_read_and_the_intent_is_the_only_one_who_makes_a_customer() {
    for nth in 1..=6 {
        let stage = Stage::set().await;
        let ada = stage.person("ada").await;
        let (http, script) = Interlude::new(sdk::plain_http());
        let (other, id) = (stage.customers(), ada.user_id());
        script.before_any(nth, async move { drop(other.ensure(&id, None, None, BY, now()).await.unwrap()) });
        let outcome = stage.customers_over(http).ensure(&ada.user_id(), None, None, BY, now()).await.unwrap();
        let customer = stage.has_one(&ada).await;
        assert_eq!(outcome.customer().map(ToString::to_string), Some(customer), "before request {nth}");
    }
}

#[tokio::test]
async fn an_intent_that_was_begun_after_the_link_makes_nobody_who_meets_it_make_a_second_customer() {
    let stage = Stage::set().await;
    let ada = stage.person("ada").await;
    let (http, script) = Interlude::new(sdk::plain_http());
    let (other, claims, id) = (stage.customers(), stage.spine.claims(), ada.user_id());
    let life = stage.row(&ada).await.created_at;
    script.before("PutItem", 1, async move {
        other.ensure(&id, None, None, BY, now()).await.unwrap();
        let late = shared::domain::Intent::next(&id, life, "test", None, now());
        claims.begin_intent(&id, &late, None, now()).await.unwrap();
    });
    let outcome = stage.customers_over(http).ensure(&ada.user_id(), None, None, BY, now()).await.unwrap();
    assert_eq!(stage.stand_in.customers().len(), 1);
    assert_eq!(outcome.customer().map(ToString::to_string), stage.row(&ada).await.stripe_customer_id);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_under_conflicts_throttles_and_lost_replies_makes_one_customer_each() {
    let stage = Stage::set().await;
    let people = join_all((0..4).map(|number| async move { format!("person{number}") })).await;
    let mut identities = Vec::new();
    for name in &people {
        identities.push(stage.person(name).await);
    }
    stage.stand_in.set_faults(StripeFaults { locked: 3, lose_replies: 3, too_many: 3, ..StripeFaults::default() });
    let wishes = (0..32_u64).map(|task| {
        let (http, faults) = Faults::new(sdk::plain_http(), task);
        for fault in [Fault::Conflict, Fault::Throttled, Fault::LostReply] {
            faults.chance(fault, 0.05);
        }
        let customers = stage.customers_over(http);
        let id = identities[usize::try_from(task).unwrap() % identities.len()].user_id();
        let email = format!("mail{task}@example.com");
        async move { while customers.ensure(&id, Some(&email), None, BY, now()).await.is_err() {} }
    });
    join_all(wishes).await;
    let mut made: Vec<String> = stage.stand_in.customers().into_iter().map(|customer| customer.id).collect();
    let mut tied = Vec::new();
    for identity in &identities {
        tied.extend(stage.row(identity).await.stripe_customer_id);
        assert_eq!(stage.intent(identity).await, None);
    }
    made.sort();
    tied.sort();
    assert_eq!((made.len(), made), (4, tied));
    assert_eq!(stage.spine.claims().audit().await.unwrap().findings, []);
}
