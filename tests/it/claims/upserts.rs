//! A patch with a key: both, or neither.

use shared::domain::{Fact, Identity, LinkOutcome, Patch, UnlinkOutcome};
use tests::people::{facts, noon};
use tests::spine::auth0;

use super::stage::{BY, NOW, Stage, key, names};

async fn upsert(stage: &Stage, who: &Identity, name: &str, number: u32) -> LinkOutcome {
    let patch = Patch::new(facts(name));
    stage.claims.upsert_with_key(who, &patch, &key(number), BY, noon(NOW)).await.expect("the upsert ends")
}

async fn name(stage: &Stage, who: &Identity) -> Option<String> {
    stage.row(who).await.facts.text(Fact::Name).map(str::to_owned)
}

#[tokio::test]
async fn somebody_unseen_is_made_with_the_key() {
    let stage = Stage::set().await;
    let ann = auth0("auth0|ann");
    assert_eq!(upsert(&stage, &ann, "ann", 1).await, LinkOutcome::Linked);
    let row = stage.row(&ann).await;
    assert_eq!((row.identity, row.created_at), (ann.clone(), noon(NOW)));
    assert_eq!((name(&stage, &ann).await.as_deref(), stage.listed(&ann).await), (Some("ann"), names(&[1])));
    assert_eq!(upsert(&stage, &ann, "anna", 1).await, LinkOutcome::AlreadyLinked);
    assert_eq!(name(&stage, &ann).await.as_deref(), Some("anna"));
    stage.in_order().await;
}

#[tokio::test]
async fn somebody_known_is_patched_and_has_this_key_and_no_other() {
    let stage = Stage::set().await;
    let ann = stage.person("ann").await;
    for number in 1..=3 {
        stage.link(&ann, &key(number)).await;
    }
    assert_eq!(upsert(&stage, &ann, "anna", 2).await, LinkOutcome::Linked);
    assert_eq!((name(&stage, &ann).await.as_deref(), stage.listed(&ann).await), (Some("anna"), names(&[2])));
    assert!(stage.row(&ann).await.patched, "the next profile takes it back");
    stage.in_order().await;
}

#[tokio::test]
async fn where_the_key_is_taken_nothing_is_written() {
    let stage = Stage::set().await;
    let (ann, bob, unseen) = (stage.person("ann").await, stage.person("bob").await, auth0("auth0|unseen"));
    stage.link(&ann, &key(1)).await;
    let before = stage.spine.row(&bob).await;
    assert_eq!(upsert(&stage, &bob, "bobby", 1).await, LinkOutcome::Taken(key(1)));
    assert_eq!(upsert(&stage, &unseen, "eve", 1).await, LinkOutcome::Taken(key(1)));
    assert_eq!((stage.spine.row(&bob).await, stage.spine.row(&unseen).await), (before, None));
    stage.in_order().await;
}

#[tokio::test]
async fn the_deleted_are_not_patched() {
    let stage = Stage::set().await;
    let ann = stage.person("ann").await;
    stage.delete(&ann, 500).await;
    let before = stage.spine.row(&ann).await;
    assert_eq!(upsert(&stage, &ann, "anna", 1).await, LinkOutcome::UserGone);
    assert_eq!((stage.spine.row(&ann).await, stage.claim(&key(1)).await), (before, None));
}

#[tokio::test]
async fn a_patch_without_keys_unlinks_all_and_makes_somebody_unseen_with_none() {
    let stage = Stage::set().await;
    let (ann, unseen) = (stage.person("ann").await, auth0("auth0|unseen"));
    stage.link(&ann, &key(1)).await;
    stage.link(&ann, &key(2)).await;
    let patch = Patch::new(facts("anna"));
    let without = async |who| stage.claims.upsert_without_keys(who, &patch, BY, noon(NOW)).await.expect("an end");
    for (who, ended) in
        [(&ann, UnlinkOutcome::Unlinked), (&ann, UnlinkOutcome::NotLinked), (&unseen, UnlinkOutcome::NotLinked)]
    {
        assert_eq!(without(who).await, ended);
        assert_eq!((name(&stage, who).await.as_deref(), stage.listed(who).await), (Some("anna"), vec![]));
    }
    assert_eq!(stage.claim(&key(1)).await, None, "free at once");
    stage.delete(&ann, 500).await;
    assert_eq!(without(&ann).await, UnlinkOutcome::UserGone);
    stage.in_order().await;
}
