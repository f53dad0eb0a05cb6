//! Scenario 23: created, deleted, created anew under one subject, with the first life's messages delivered again.

use shared::domain::{DeleteOutcome, Identity, Outcome, User};
use shared::store::Sender;
use tests::people::{facts, noon, patch, told};
use tests::spine::{Spine, auth0};

const FIRST: (&str, i64, i64) = ("ann", 0, 100);
const SECOND: (&str, i64, i64) = ("zoe", 500, 600);
const END_OF_FIRST: i64 = 300;

struct Stage {
    spine: Spine,
    who: Identity,
}

impl Stage {
    async fn set() -> Self {
        Self { spine: Spine::fresh().await, who: auth0("google-oauth2|42") }
    }

    async fn profile(&self, (name, created, updated): (&str, i64, i64), sender: Sender<'_>, now: i64) -> Outcome {
        let told = told(name, created, updated, updated + 1);
        self.spine.users().upsert(&self.who, &told, sender, noon(now)).await.expect("the upsert ends")
    }

    async fn delete(&self, at: i64) -> DeleteOutcome {
        self.spine.users().delete(&self.who, noon(at), Sender::Reconcile, noon(9_500)).await.expect("the deletion ends")
    }

    async fn row(&self) -> User {
        self.spine.users().by_identity(&self.who).await.expect("a read").expect("a row")
    }

    /// The first life's deletion and profile, once more, and with them a login that was long on its way.
    async fn the_first_life_again(&self) {
        assert_eq!(self.delete(END_OF_FIRST).await, DeleteOutcome::Stale);
        assert_eq!(self.profile(FIRST, Sender::Reconcile, 9_600).await, Outcome::Stale);
        assert_eq!(self.profile(FIRST, Sender::Login, 9_700).await, Outcome::Stale);
    }
}

#[tokio::test]
async fn a_subject_that_is_created_anew_is_untouched_by_its_first_life() {
    let stage = Stage::set().await;
    assert_eq!(stage.profile(FIRST, Sender::Login, 1_000).await, Outcome::Created);
    stage.spine.give_claims(&stage.who, 2, Some("cus_ann")).await;
    assert_eq!(stage.delete(END_OF_FIRST).await, DeleteOutcome::Deleted);
    assert_eq!(stage.profile(SECOND, Sender::Login, 9_000).await, Outcome::Reborn);
    let second = stage.row().await;
    assert!(second.is_living() && !second.has_claims(), "neither keys nor a Stripe customer pass on");
    assert_eq!((&second.facts, second.created_at), (&facts("zoe"), noon(9_000)));
    stage.spine.give_claims(&stage.who, 1, Some("cus_zoe")).await;
    let before = stage.row().await;
    stage.the_first_life_again().await;
    assert_eq!(stage.row().await, User { last_active_at: Some(noon(9_700)), ..before });
}

#[tokio::test]
async fn a_subject_whose_deletion_never_came_begins_anew_and_its_claims_end() {
    let stage = Stage::set().await;
    assert_eq!(stage.profile(FIRST, Sender::Login, 1_000).await, Outcome::Created);
    let names = stage.spine.give_claims(&stage.who, 2, Some("cus_ann")).await;
    assert_eq!(stage.profile(SECOND, Sender::Reconcile, 9_000).await, Outcome::Reborn);
    let second = stage.row().await;
    assert!(second.is_living() && !second.has_claims());
    assert_eq!((&second.facts, second.created_at, second.last_active_at), (&facts("zoe"), noon(9_000), None));
    for name in &names {
        assert!(stage.spine.claim(name).await.expect("a claim").contains_key("expires_at"), "{name} ended");
    }
    assert_eq!(stage.spine.claims_astray().await, Vec::<String>::new());
    stage.the_first_life_again().await;
    assert_eq!(stage.row().await, User { last_active_at: Some(noon(9_700)), ..second });
}

#[tokio::test]
async fn a_row_of_patches_alone_that_is_older_than_this_life_is_another_person() {
    let stage = Stage::set().await;
    let users = stage.spine.users();
    let first = users.upsert(&stage.who, &patch("ann"), Sender::Login, noon(1_000)).await;
    assert_eq!(first, Ok(Outcome::Created));
    stage.spine.give_claims(&stage.who, 1, None).await;
    // A minute of skew between two clocks makes nobody another person; more does.
    assert_eq!(stage.profile(("ann", 61_000, 61_000), Sender::Login, 62_000).await, Outcome::Updated);
    assert_eq!((stage.row().await.has_claims(), stage.row().await.created_at), (true, noon(1_000)));
    let other = auth0("google-oauth2|43");
    let first = users.upsert(&other, &patch("ann"), Sender::Login, noon(1_000)).await;
    assert_eq!(first, Ok(Outcome::Created));
    stage.spine.give_claims(&other, 1, None).await;
    let second = users.upsert(&other, &told("zoe", 61_001, 61_001, 61_002), Sender::Login, noon(62_000)).await;
    assert_eq!(second, Ok(Outcome::Reborn));
    assert!(!users.by_identity(&other).await.expect("a read").expect("a row").has_claims());
    assert_eq!(stage.spine.claims_astray().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_patch_revives_nobody_and_a_deletion_of_an_earlier_life_spares_a_row_of_patches() {
    let stage = Stage::set().await;
    let users = stage.spine.users();
    let now = 100_000;
    users.upsert(&stage.who, &patch("ann"), Sender::Login, noon(now)).await.expect("a patch");
    assert_eq!(stage.delete(now - 60_001).await, DeleteOutcome::Stale, "they logged in a minute after it");
    assert_eq!(stage.delete(now - 60_000).await, DeleteOutcome::Deleted);
    let tombstone = stage.spine.row(&stage.who).await;
    let told = users.upsert(&stage.who, &patch("ann"), Sender::Login, noon(now + 1)).await;
    assert_eq!(told, Ok(Outcome::Deleted));
    assert_eq!(stage.spine.row(&stage.who).await, tombstone);
}
