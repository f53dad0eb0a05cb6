//! Each fault at each request of each wish: success, or "try again", after which the same wish has one effect.

use std::sync::Arc;

use shared::domain::{CustomerOutcome, Identity, LinkOutcome, UnlinkOutcome};
use shared::store::{Claims, StoreError};
use tests::faults::{Fault, Faults};
use tests::people::noon;
use tests::sdk;
use tokio::task::JoinSet;

use super::stage::{BY, NOW, Stage, customer, key};

const FAULTS: [Fault; 7] = [
    Fault::Conflict,
    Fault::Halfway,
    Fault::Throttled,
    Fault::RateExceeded,
    Fault::InternalError,
    Fault::LostReply,
    Fault::NeverSent,
];

/// A wish, over a user with two keys and a customer.
#[derive(Clone, Copy, Debug)]
enum Wish {
    Link,
    LinkOnly,
    Unlink,
    UnlinkAll,
    Customer,
}

#[derive(Clone, Copy, Debug)]
struct Case {
    number: u32,
    wish: Wish,
    fault: Fault,
    operation: &'static str,
    times: usize,
}

impl Case {
    /// Keys of this case alone.
    fn keys(self) -> [shared::domain::PublicKey; 3] {
        [0, 1, 2].map(|place| key(self.number * 3 + place))
    }

    fn customers(self) -> [shared::domain::StripeCustomer; 2] {
        ["old", "new"].map(|age| customer(&format!("{age}{}", self.number)))
    }

    /// Whether it ended well.
    async fn perform(self, claims: &Claims, who: &Identity) -> Result<(), StoreError> {
        let (id, now) = (who.user_id(), noon(NOW));
        let ([_, old, new], [from, to]) = (self.keys(), self.customers());
        let linked = |ended| assert!(matches!(ended, LinkOutcome::Linked | LinkOutcome::AlreadyLinked), "{self:?}");
        let unlinked = |ended| assert!(matches!(ended, UnlinkOutcome::Unlinked | UnlinkOutcome::NotLinked), "{self:?}");
        match self.wish {
            Wish::Link => claims.link(&id, &new, BY, now).await.map(linked),
            Wish::LinkOnly => claims.link_only(&id, &new, BY, now).await.map(linked),
            Wish::Unlink => claims.unlink(&id, &old, BY, now).await.map(unlinked),
            Wish::UnlinkAll => claims.unlink_all(&id, BY, now).await.map(unlinked),
            Wish::Customer => claims.set_stripe_customer(&id, &to, Some(&from), BY, now).await.map(|ended| {
                assert!(matches!(ended, CustomerOutcome::Set | CustomerOutcome::AlreadySet), "{self:?}: {ended:?}");
            }),
        }
    }

    /// The keys and the customer that the wish ends in.
    fn wished(self) -> (Vec<String>, String) {
        let ([first, old, new], [from, to]) = (self.keys(), self.customers());
        let keys = match self.wish {
            Wish::Link => vec![first, old, new],
            Wish::LinkOnly => vec![new],
            Wish::Unlink => vec![first],
            Wish::UnlinkAll => vec![],
            Wish::Customer => vec![first, old],
        };
        let mut keys: Vec<String> = keys.into_iter().map(|key| key.canonical()).collect();
        keys.sort();
        (keys, if matches!(self.wish, Wish::Customer) { to } else { from }.to_string())
    }

    async fn stands(self, stage: &Stage, who: &Identity) -> bool {
        let row = stage.row(who).await;
        (row.public_keys.into_keys().collect(), row.stripe_customer_id.unwrap_or_default()) == self.wished()
    }

    async fn play(self, stage: &Stage) {
        let who = stage.person(&format!("{self:?}")).await;
        let ([first, old, _], [from, _]) = (self.keys(), self.customers());
        for key in [first, old] {
            assert_eq!(stage.link(&who, &key).await, LinkOutcome::Linked);
        }
        stage.claims.set_stripe_customer(&who.user_id(), &from, None, BY, noon(NOW)).await.expect("a customer");
        let before = stage.spine.row(&who).await;
        let (http, faults) = Faults::new(sdk::plain_http(), 1);
        let claims = stage.spine.claims_over(http);
        faults.fail_next(self.operation, self.times, self.fault);
        let ended = self.perform(&claims, &who).await;
        assert!(faults.injected()[&self.fault] >= 1, "{self:?} was not met");
        assert_eq!(ended.is_ok(), self.times == 1, "{self:?}: {ended:?}");
        let untouched = stage.spine.row(&who).await == before;
        assert!(self.stands(stage, &who).await || (ended.is_err() && untouched), "{self:?}: neither before nor after");
        faults.calm();
        for _ in 0..2 {
            self.perform(&claims, &who).await.expect("a calm retry ends");
            assert!(self.stands(stage, &who).await, "{self:?}");
        }
    }
}

async fn every_wish_meets(times: usize) {
    let stage = Arc::new(Stage::set().await);
    let mut tasks = JoinSet::new();
    let mut number = 0;
    for wish in [Wish::Link, Wish::LinkOnly, Wish::Unlink, Wish::UnlinkAll, Wish::Customer] {
        for operation in ["GetItem", "TransactWriteItems"] {
            // A read never finds its item held by a transaction.
            let reads = operation == "GetItem";
            let may_meet = |fault: &Fault| !(reads && matches!(fault, Fault::Conflict | Fault::Halfway));
            for fault in FAULTS.into_iter().filter(may_meet) {
                number += 1;
                let (case, stage) = (Case { number, wish, fault, operation, times }, Arc::clone(&stage));
                tasks.spawn(async move { case.play(&stage).await });
            }
        }
    }
    tasks.join_all().await;
    stage.in_order().await;
}

#[tokio::test]
async fn one_fault_is_survived_by_every_wish_wherever_it_falls() {
    every_wish_meets(1).await;
}

#[tokio::test]
async fn a_fault_that_stays_is_unavailable_and_the_retry_ends_right_with_one_effect() {
    every_wish_meets(100).await;
}
