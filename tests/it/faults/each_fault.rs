//! Each fault at each request of each operation, once and until the retries are spent.

use std::sync::Arc;

use shared::store::StoreError;
use tests::faults::{Fault, Faults};
use tests::sdk;
use tests::spine::Spine;
use tokio::task::JoinSet;

use super::operation::{Operation, held, person};

const FAULTS: [Fault; 6] =
    [Fault::Conflict, Fault::Throttled, Fault::RateExceeded, Fault::InternalError, Fault::LostReply, Fault::NeverSent];

/// Where a fault is met: request number `place` of `operation`, `times` in a row.
#[derive(Clone, Copy, Debug)]
struct Case {
    operation: Operation,
    fault: Fault,
    place: usize,
    times: usize,
}

impl Case {
    /// A read never finds its item held by a transaction.
    fn happens(&self) -> bool {
        self.fault != Fault::Conflict || self.operation.requests()[self.place] != "GetItem"
    }

    fn script(&self, faults: &Faults) {
        let requests = self.operation.requests();
        let earlier = requests[..self.place].iter().filter(|request| **request == requests[self.place]).count();
        faults.pass_next(requests[self.place], earlier);
        faults.fail_next(requests[self.place], self.times, self.fault);
    }

    /// Plays it; afterwards, in calm, the sender tries again, and once more.
    async fn play(self, spine: &Spine) {
        let who = person(&format!("{self:?}"));
        let seen = self.operation.stage(spine, &who).await;
        let before = held(spine, &who).await;
        let (http, faults) = Faults::new(sdk::plain_http(), 1);
        let users = spine.users_over(http);
        self.script(&faults);
        let ended = self.operation.perform(&users, &who, seen.as_ref()).await;
        assert!(faults.injected()[&self.fault] >= 1, "{self:?} was not met");
        let row = users_row(spine, &who).await;
        match &ended {
            Ok(()) => assert!(self.operation.done(row.as_ref()), "{self:?}: success, and {row:?}"),
            Err(StoreError::Unavailable { .. }) => {
                let untouched = held(spine, &who).await == before;
                assert!(untouched || self.operation.done(row.as_ref()), "{self:?}: neither before nor after: {row:?}");
            }
            Err(error) => assert_eq!(Err(error), Ok(()), "{self:?}"),
        }
        assert_eq!(ended.is_ok(), self.times == 1, "{self:?}: {ended:?}");
        faults.calm();
        self.operation.perform(&users, &who, seen.as_ref()).await.expect("a calm retry ends");
        assert!(self.operation.done(users_row(spine, &who).await.as_ref()), "{self:?}");
        let after = held(spine, &who).await;
        self.operation.perform(&users, &who, seen.as_ref()).await.expect("a repeat ends");
        assert_eq!(held(spine, &who).await, after, "{self:?}: a second effect");
    }
}

async fn users_row(spine: &Spine, who: &shared::domain::Identity) -> Option<shared::domain::User> {
    spine.users().by_identity(who).await.expect("a read")
}

async fn every_operation_meets(times: usize) {
    let spine = Arc::new(Spine::fresh().await);
    let mut tasks = JoinSet::new();
    for operation in Operation::ALL {
        for place in 0..operation.requests().len() {
            for fault in FAULTS {
                let case = Case { operation, fault, place, times };
                let spine = Arc::clone(&spine);
                if case.happens() {
                    tasks.spawn(async move { case.play(&spine).await });
                }
            }
        }
    }
    tasks.join_all().await;
    assert_eq!(spine.claims_astray().await, Vec::<String>::new());
}

#[tokio::test]
async fn one_fault_is_survived_by_every_operation_wherever_it_falls() {
    every_operation_meets(1).await;
}

#[tokio::test]
async fn a_fault_that_stays_is_unavailable_and_the_senders_retry_ends_right_with_one_effect() {
    every_operation_meets(100).await;
}
