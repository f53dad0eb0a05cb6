//! What linking costs, in requests and in units.

use shared::domain::{CustomerOutcome, LinkOutcome, Nonce, UnlinkOutcome};
use shared::possession::verify;
use shared::store::ChallengeOutcome;
use tests::people::noon;
use tests::sdk;
use tests::wallet::{Wallet, site};
use tests::wire_tap::Tap;

use super::stage::{BY, NOW, Stage, customer, key};

/// A stage whose requests are counted.
async fn metered() -> (Stage, Tap) {
    let mut stage = Stage::set().await;
    let (http, tap) = Tap::new(sdk::plain_http());
    stage.claims = stage.spine.claims_over(http);
    (stage, tap)
}

/// Asserts requests, write units and read units since the last call; units only where the engine tells the real ones.
#[track_caller]
fn spent(stage: &Stage, tap: &Tap, what: &str, cost: (u32, f64, f64)) {
    let spent = tap.take();
    let (write, read) =
        if stage.spine.is_embedded() { (spent.write_units, spent.read_units) } else { (cost.1, cost.2) };
    assert_eq!((spent.total_requests(), write, read), cost, "{what}: {spent:?}");
}

#[tokio::test]
async fn a_key_is_linked_for_one_read_and_four_units_and_replaced_for_six() {
    let (stage, tap) = metered().await;
    let (ann, bob) = (stage.person("ann").await, stage.person("bob").await);
    assert_eq!(stage.link(&ann, &key(1)).await, LinkOutcome::Linked);
    spent(&stage, &tap, "a link", (2, 4.0, 1.0));
    assert_eq!(stage.link(&ann, &key(1)).await, LinkOutcome::AlreadyLinked);
    spent(&stage, &tap, "the same again", (1, 0.0, 1.0));
    assert_eq!(stage.link_only(&ann, &key(2)).await, LinkOutcome::Linked);
    spent(&stage, &tap, "a replacement", (2, 6.0, 1.0));
    assert_eq!(stage.link(&bob, &key(2)).await, LinkOutcome::Taken(key(2)));
    spent(&stage, &tap, "a refusal, whose lost conditions the engine does not count", (2, 0.0, 1.0));
    assert_eq!(stage.unlink(&ann, &key(2)).await, UnlinkOutcome::Unlinked);
    spent(&stage, &tap, "an unlink", (2, 4.0, 1.0));
}

#[tokio::test]
async fn a_customer_costs_the_same() {
    let (stage, tap) = metered().await;
    let ann = stage.person("ann").await.user_id();
    let (first, second) = (customer("a"), customer("b"));
    let set = stage.claims.set_stripe_customer(&ann, &first, None, BY, noon(NOW)).await;
    assert_eq!(set, Ok(CustomerOutcome::Set));
    spent(&stage, &tap, "a customer", (2, 4.0, 1.0));
    let set = stage.claims.set_stripe_customer(&ann, &second, Some(&first), BY, noon(NOW)).await;
    assert_eq!(set, Ok(CustomerOutcome::Set));
    spent(&stage, &tap, "another one in its place", (2, 6.0, 1.0));
}

#[tokio::test]
async fn a_look_up_by_key_or_customer_is_two_reads_and_one_where_nobody_has_it() {
    let (stage, tap) = metered().await;
    let ann = stage.person("ann").await;
    stage.link(&ann, &key(1)).await;
    tap.take();
    assert!(stage.claims.by_public_key(&key(1)).await.expect("a read").is_some());
    spent(&stage, &tap, "a look-up", (2, 0.0, 2.0));
    assert_eq!(stage.claims.by_stripe_customer(&customer("a")).await, Ok(None));
    spent(&stage, &tap, "a look-up of nobody's", (1, 0.0, 1.0));
}

#[tokio::test]
async fn a_challenge_is_two_reads_and_a_unit_and_its_answer_two_reads_and_a_transaction_of_three_items() {
    let (stage, tap) = metered().await;
    let (ann, wallet) = (stage.person("ann").await.user_id(), Wallet::evm(1));
    let opened = stage.claims.open_challenge(&ann, &wallet.key(), Nonce::of(1), noon(NOW)).await;
    let Ok(ChallengeOutcome::Opened(opened)) = opened else { unreachable!("{opened:?}") };
    spent(&stage, &tap, "a challenge", (3, 1.0, 2.0));
    let challenge = stage.claims.challenge(&ann, &opened.nonce).await.expect("a read").expect("a challenge");
    let answer = wallet.answer(&challenge);
    let proven = verify(&site(), &challenge, (&ann, &wallet.key()), &answer, noon(NOW)).expect("a proof");
    assert_eq!(stage.claims.link_proven(&proven, noon(NOW)).await, Ok(LinkOutcome::Linked));
    spent(&stage, &tap, "its answer", (3, 6.0, 2.0));
}
