//! No address, name or key in a log, whatever happens.

use local::stripe::{NewCustomer, StripeFaults};
use shared::reconcile::Mode;
use tests::canary::{Canaries, Written};
use tracing::instrument::WithSubscriber;

use super::stage::{BY, Stage, now};

#[tokio::test]
async fn neither_a_wish_nor_a_run_says_whom_it_is_about_but_by_ids() {
    let stage = Stage::set().await;
    let written = Written::default();
    let writer = written.clone();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::INFO).with_writer(move || writer.clone()).finish();
    let ada = stage.person("canary-name-ada").await;
    let eve = stage.person("canary-name-eve").await;
    let new = NewCustomer::of_user(eve.user_id().as_str()).called("canary-mail@example.com", "canary-name-other");
    stage.stand_in.add(new);
    stage.stand_in.add(NewCustomer::of_user("canary-metadata"));
    stage.stand_in.set_faults(StripeFaults { fail_writes: 1, too_many: 1, ..StripeFaults::default() });
    async {
        let (id, email, name) = (ada.user_id(), Some("canary-wish@example.com"), Some("canary-name-wish"));
        drop(stage.customers().ensure(&id, email, name, BY, now()).await.unwrap());
        drop(stage.run(Mode::Check).await.unwrap());
        drop(stage.run(Mode::Apply).await.unwrap());
    }
    .with_subscriber(subscriber)
    .await;
    assert!(written.lines().iter().any(|line| line.contains("differs")), "{:?}", written.lines());
    let canaries = ["canary-name", "canary-mail@example.com", "canary-wish@example.com", "canary-metadata"];
    Canaries::new(canaries.into_iter().chain(["sk_test_local_stripe"])).assert_silent(written.lines());
}
