//! Keys linked by proof: a challenge is answered once, by its user, with its key, in its life.

use shared::clock::Timestamp;
use shared::domain::{Challenge, Identity, LinkOutcome, Nonce, UnlinkOutcome};
use shared::possession::verify;
use shared::store::{ChallengeOutcome, StoreError};
use tests::faults::{Fault, Faults};
use tests::people::noon;
use tests::sdk;
use tests::spine::{number, text};
use tests::wallet::{Wallet, site};

use super::stage::{NOW, Stage, key};

async fn open(stage: &Stage, who: &Identity, wallet: &Wallet, nonce: u128, now: Timestamp) -> ChallengeOutcome {
    let opened = stage.claims.open_challenge(&who.user_id(), &wallet.key(), Nonce::of(nonce), now).await;
    opened.expect("the challenge is made")
}

async fn opened(stage: &Stage, who: &Identity, wallet: &Wallet, nonce: u128) -> Challenge {
    match open(stage, who, wallet, nonce, noon(NOW)).await {
        ChallengeOutcome::Opened(challenge) => challenge,
        other => unreachable!("{other:?}"),
    }
}

/// Answers a challenge as its wallet would.
async fn answer(stage: &Stage, challenge: &Challenge, wallet: &Wallet) -> Result<LinkOutcome, StoreError> {
    let asked = (&challenge.user_id, &wallet.key());
    let proven = verify(&site(), challenge, asked, &wallet.answer(challenge), noon(NOW)).expect("a proof");
    stage.claims.link_proven(&proven, noon(NOW)).await
}

#[tokio::test]
async fn a_wallet_of_either_kind_links_its_key_by_its_answer() {
    let stage = Stage::set().await;
    for (nonce, wallet) in [(1, Wallet::evm(2)), (2, Wallet::solana(1))] {
        let who = stage.person(&format!("person-{nonce}")).await;
        let challenge = opened(&stage, &who, &wallet, nonce).await;
        let kept = stage.claims.challenge(&who.user_id(), &challenge.nonce).await;
        assert_eq!(kept, Ok(Some(challenge.clone())));
        assert_eq!(answer(&stage, &challenge, &wallet).await, Ok(LinkOutcome::Linked));
        assert_eq!(stage.listed(&who).await, [wallet.key().canonical()]);
        assert_eq!(text(&stage.spine.row(&who).await.expect("a row"), "changed_by"), Some("login"));
    }
    stage.in_order().await;
}

#[tokio::test]
async fn the_commit_is_there_though_its_reply_is_lost_and_the_repeat_succeeds_until_the_key_is_unlinked() {
    let mut stage = Stage::set().await;
    let (ann, wallet) = (stage.person("ann").await, Wallet::evm(1));
    let challenge = opened(&stage, &ann, &wallet, 1).await;
    let (http, faults) = Faults::new(sdk::plain_http(), 1);
    stage.claims = stage.spine.claims_over(http);
    faults.fail_next("TransactWriteItems", 1, Fault::LostReply);
    faults.fail_next("TransactWriteItems", 100, Fault::NeverSent);
    assert!(matches!(answer(&stage, &challenge, &wallet).await, Err(StoreError::Unavailable { .. })));
    faults.calm();
    assert_eq!(stage.listed(&ann).await, [wallet.key().canonical()]);
    for _ in 0..2 {
        assert_eq!(answer(&stage, &challenge, &wallet).await, Ok(LinkOutcome::AlreadyLinked));
    }
    assert_eq!(stage.unlink(&ann, &wallet.key()).await, UnlinkOutcome::Unlinked);
    assert_eq!(answer(&stage, &challenge, &wallet).await, Ok(LinkOutcome::Spent));
    assert_eq!(stage.listed(&ann).await, Vec::<String>::new());
    stage.in_order().await;
}

#[tokio::test]
async fn an_answer_that_meets_its_own_repeat_halfway_looks_again() {
    let mut stage = Stage::set().await;
    let (ann, wallet) = (stage.person("ann").await, Wallet::evm(1));
    let challenge = opened(&stage, &ann, &wallet, 1).await;
    let (http, faults) = Faults::new(sdk::plain_http(), 1);
    stage.claims = stage.spine.claims_over(http);
    faults.fail_next("TransactWriteItems", 1, Fault::Halfway);
    assert_eq!(answer(&stage, &challenge, &wallet).await, Ok(LinkOutcome::Linked), "and not that it is spent");
    stage.in_order().await;
}

#[tokio::test]
async fn a_challenge_is_used_up_also_by_a_key_that_was_linked_already() {
    let stage = Stage::set().await;
    let (ann, wallet) = (stage.person("ann").await, Wallet::evm(1));
    let challenge = opened(&stage, &ann, &wallet, 1).await;
    stage.link(&ann, &wallet.key()).await;
    assert_eq!(answer(&stage, &challenge, &wallet).await, Ok(LinkOutcome::AlreadyLinked));
    stage.unlink(&ann, &wallet.key()).await;
    assert_eq!(answer(&stage, &challenge, &wallet).await, Ok(LinkOutcome::Spent));
}

#[tokio::test]
async fn another_users_nonce_is_as_good_as_none() {
    let stage = Stage::set().await;
    let (ann, bob) = (stage.person("ann").await, stage.person("bob").await);
    let challenge = opened(&stage, &ann, &Wallet::evm(1), 1).await;
    assert_eq!(stage.claims.challenge(&bob.user_id(), &challenge.nonce).await, Ok(None));
    opened(&stage, &bob, &Wallet::evm(1), 2).await;
    assert_eq!(stage.claims.challenge(&bob.user_id(), &challenge.nonce).await, Ok(None));
}

#[tokio::test]
async fn five_are_open_at_once_and_the_sixth_must_wait_for_an_answer_or_for_time() {
    let stage = Stage::set().await;
    let (ann, wallet) = (stage.person("ann").await, Wallet::evm(1));
    let mut challenges = Vec::new();
    for nonce in 1..=5 {
        challenges.push(opened(&stage, &ann, &wallet, nonce).await);
    }
    assert_eq!(open(&stage, &ann, &wallet, 6, noon(NOW)).await, ChallengeOutcome::TooMany);
    assert_eq!(answer(&stage, &challenges[0], &wallet).await, Ok(LinkOutcome::Linked));
    opened(&stage, &ann, &wallet, 7).await;
    assert_eq!(open(&stage, &ann, &wallet, 8, noon(NOW)).await, ChallengeOutcome::TooMany);
    let almost = challenges[1].expires_at().minus(std::time::Duration::from_millis(1));
    assert_eq!(open(&stage, &ann, &wallet, 8, almost).await, ChallengeOutcome::TooMany);
    let after = open(&stage, &ann, &wallet, 8, challenges[1].expires_at()).await;
    assert!(matches!(after, ChallengeOutcome::Opened(_)), "{after:?}");
    assert_eq!(stage.claims.challenge(&ann.user_id(), &challenges[1].nonce).await, Ok(None), "forgotten");
}

#[tokio::test]
async fn the_item_goes_by_itself_once_nothing_in_it_counts() {
    let stage = Stage::set().await;
    let ann = stage.person("ann").await;
    let challenge = opened(&stage, &ann, &Wallet::evm(1), 1).await;
    let item = stage.spine.claim(&format!("challenges#{}", ann.user_id())).await.expect("an item");
    let goes = number(&item, "expires_at").expect("an end") * 1000;
    let last = challenge.expires_at().millis();
    assert!(goes > last && goes <= last + 1000, "{goes} {last}");
}

#[tokio::test]
async fn a_used_challenge_is_remembered_until_it_would_have_expired() {
    let stage = Stage::set().await;
    let (ann, wallet) = (stage.person("ann").await, Wallet::evm(1));
    let challenge = opened(&stage, &ann, &wallet, 1).await;
    answer(&stage, &challenge, &wallet).await.expect("an answer");
    stage.unlink(&ann, &wallet.key()).await;
    // The next challenge writes the item anew, and forgets what has expired, and nothing else.
    opened(&stage, &ann, &wallet, 2).await;
    assert_eq!(answer(&stage, &challenge, &wallet).await, Ok(LinkOutcome::Spent));
}

#[tokio::test]
async fn the_same_wish_for_a_challenge_after_a_lost_reply_makes_one() {
    let mut stage = Stage::set().await;
    let ann = stage.person("ann").await;
    let (http, faults) = Faults::new(sdk::plain_http(), 1);
    stage.claims = stage.spine.claims_over(http);
    faults.fail_next("UpdateItem", 1, Fault::LostReply);
    opened(&stage, &ann, &Wallet::evm(1), 1).await;
    for nonce in 2..=5 {
        opened(&stage, &ann, &Wallet::evm(1), nonce).await;
    }
    assert_eq!(open(&stage, &ann, &Wallet::evm(1), 6, noon(NOW)).await, ChallengeOutcome::TooMany);
}

#[tokio::test]
async fn nobody_and_the_deleted_are_not_challenged() {
    let stage = Stage::set().await;
    let ann = stage.person("ann").await;
    stage.delete(&ann, 500).await;
    assert_eq!(open(&stage, &ann, &Wallet::evm(1), 1, noon(NOW)).await, ChallengeOutcome::UserGone);
    let unseen = tests::spine::auth0("auth0|unseen");
    assert_eq!(open(&stage, &unseen, &Wallet::evm(1), 1, noon(NOW)).await, ChallengeOutcome::NoUser);
}

#[tokio::test]
async fn a_challenge_of_one_life_links_nothing_in_the_next() {
    let stage = Stage::set().await;
    let (ann, wallet) = (stage.person("ann").await, Wallet::evm(1));
    let challenge = opened(&stage, &ann, &wallet, 1).await;
    stage.delete(&ann, 500).await;
    assert_eq!(answer(&stage, &challenge, &wallet).await, Ok(LinkOutcome::UserGone));
    stage.reborn(&ann, 600).await;
    assert_eq!(answer(&stage, &challenge, &wallet).await, Ok(LinkOutcome::UserGone));
    assert_eq!(stage.claim(&wallet.key()).await, None);
    for nonce in 2..=6 {
        opened(&stage, &ann, &wallet, nonce).await;
    }
}

#[tokio::test]
async fn a_claim_that_has_ended_is_taken_at_once_by_proof_and_by_nothing_else() {
    let stage = Stage::set().await;
    let (ann, bob, wallet) = (stage.person("ann").await, stage.person("bob").await, Wallet::evm(1));
    stage.link(&ann, &wallet.key()).await;
    let challenge = opened(&stage, &bob, &wallet, 1).await;
    assert_eq!(answer(&stage, &challenge, &wallet).await, Ok(LinkOutcome::Taken(wallet.key())), "ann lives");
    stage.spine.users().delete(&ann, noon(500), shared::store::Sender::Reconcile, noon(NOW)).await.expect("an end");
    assert_eq!(stage.link(&bob, &wallet.key()).await, LinkOutcome::Taken(wallet.key()));
    assert_eq!(answer(&stage, &challenge, &wallet).await, Ok(LinkOutcome::Linked), "a refusal uses nothing up");
    let claim = stage.claim(&wallet.key()).await.expect("a claim");
    assert_eq!((text(&claim, "user_id"), number(&claim, "expires_at")), (Some(bob.user_id().as_str()), None));
    stage.in_order().await;
}

#[tokio::test]
async fn the_twenty_first_key_is_too_many_by_proof_too() {
    let stage = Stage::set().await;
    let (ann, wallet) = (stage.person("ann").await, Wallet::evm(98));
    for number in 0..20 {
        stage.link(&ann, &key(number)).await;
    }
    let challenge = opened(&stage, &ann, &wallet, 1).await;
    assert_eq!(answer(&stage, &challenge, &wallet).await, Ok(LinkOutcome::TooMany));
}
