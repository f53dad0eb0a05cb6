//! Storms by the dice: many writers, every fault at once, and a sender that repeats until it hears of success.

use std::sync::Arc;

use shared::domain::{Identity, Told};
use shared::store::{Sender, StoreError, Users};
use tests::faults::{Fault, Faults};
use tests::people::{facts, noon, profile};
use tests::sdk;
use tests::spine::{Spine, auth0, clerk, soak};
use tokio::task::JoinSet;

const EACH: f64 = 0.08;

/// One storm: a seed, and the person whom all writers are after.
struct Storm {
    users: Users,
    faults: Faults,
    who: Identity,
}

impl Storm {
    fn brew(spine: &Spine, seed: u64) -> Self {
        let (http, faults) = Faults::new(sdk::plain_http(), seed);
        for fault in [Fault::Conflict, Fault::Throttled, Fault::InternalError, Fault::LostReply, Fault::NeverSent] {
            faults.chance(fault, EACH);
        }
        let who = if seed.is_multiple_of(2) { auth0(&format!("auth0|{seed}")) } else { clerk(&format!("user_{seed}")) };
        Self { users: spine.users_over(http), faults, who }
    }

    /// One write: the profile changed at `updated`, or the deletion at 500 where there is none.
    async fn write(&self, updated: Option<i64>) -> Result<(), StoreError> {
        let now = noon(9_000);
        match updated {
            Some(updated) => {
                let told = Told::Profile(profile(&format!("n{updated}"), 0, updated, updated + 1));
                self.users.upsert(&self.who, &told, Sender::Clerk, now).await.map(drop)
            }
            None => self.users.delete(&self.who, noon(500), Sender::Clerk, now).await.map(drop),
        }
    }

    /// All writes at once in the storm, and after it those again whose sender heard of no success.
    async fn pass(self, deletion: bool) {
        let storm = Arc::new(self);
        let mut writes: Vec<Option<i64>> = (1..=8).map(|update| Some(update * 50)).collect();
        if deletion {
            writes.push(None);
        }
        let mut tasks = JoinSet::new();
        for write in writes {
            let storm = Arc::clone(&storm);
            tasks.spawn(async move { (write, storm.write(write).await) });
        }
        let ended = tasks.join_all().await;
        storm.faults.calm();
        for (write, ended) in ended {
            match ended {
                Ok(()) => {}
                Err(StoreError::Unavailable { .. }) => storm.write(write).await.expect("a calm retry ends"),
                Err(error) => assert_eq!(Err(error), Ok(()), "{write:?}"),
            }
        }
        let row = storm.users.by_identity(&storm.who).await.expect("a read").expect("a row");
        if deletion {
            assert_eq!(row.tombstone.map(|end| end.identity_deleted_at), Some(noon(500)));
        } else {
            assert!(row.is_living() && row.facts == facts("n400"), "{row:?}");
        }
    }
}

#[tokio::test]
async fn storms_with_a_seed_lose_nothing_and_leave_no_claim_astray() {
    let spine = Spine::fresh().await;
    let mut met = 0;
    for seed in 0..u64::from(soak(400)).max(8) {
        let storm = Storm::brew(&spine, seed);
        let faults = storm.faults.clone();
        let begun = Told::Profile(profile("n10", 0, 10, 11));
        spine.users().upsert(&storm.who, &begun, Sender::Clerk, noon(8_000)).await.expect("a row");
        let claimed = seed.is_multiple_of(3);
        if claimed {
            spine.give_claims(&storm.who, 2, Some(&format!("cus_{seed}"))).await;
        }
        storm.pass(claimed || seed.is_multiple_of(5)).await;
        met += faults.injected().values().sum::<u32>();
    }
    assert!(met > 0, "the weather was fine");
    assert_eq!(spine.claims_astray().await, Vec::<String>::new());
}
