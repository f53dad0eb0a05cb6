//! The audit: each kind of fault by its name, nothing of what is right, and nothing of what only moved.

use std::sync::Arc;

use aws_sdk_dynamodb::types::AttributeValue;
use shared::domain::{Fault, Identity};
use shared::store::Audit;
use tests::interlude::Interlude;
use tests::people::noon;
use tests::sdk;

use super::stage::{BY, NOW, Stage, customer, key};

async fn audit(stage: &Stage) -> Audit {
    stage.claims.audit().await.expect("the audit ends")
}

/// What is found, as pairs of a claim's name and its fault.
async fn found(stage: &Stage) -> Vec<(String, Fault)> {
    audit(stage).await.findings.into_iter().map(|finding| (finding.claim, finding.fault)).collect()
}

fn claim(number: u32) -> String {
    format!("public_key#{}", key(number).canonical())
}

/// Removes an item, as no rule would.
async fn lose(stage: &Stage, number: u32) {
    let gone = stage.spine.client().delete_item().table_name(&stage.spine.tables.claims);
    gone.key("claim", AttributeValue::S(claim(number))).send().await.expect("the claim goes");
}

/// Lets a row list exactly one key, whoever owns it.
async fn list(stage: &Stage, who: &Identity, number: u32) {
    let linked = AttributeValue::M([("linked_at".to_owned(), AttributeValue::N("1".to_owned()))].into());
    let map = AttributeValue::M([(key(number).canonical(), linked)].into());
    stage.spine.set(who, "public_keys", map).await;
}

#[tokio::test]
async fn what_is_right_is_counted_and_not_named() {
    let stage = Stage::set().await;
    let (ann, bob) = (stage.person("ann").await, stage.person("bob").await);
    stage.link(&ann, &key(1)).await;
    stage.link(&ann, &key(2)).await;
    stage.claims.set_stripe_customer(&ann.user_id(), &customer("a"), None, BY, noon(NOW)).await.expect("an end");
    stage.link(&bob, &key(3)).await;
    stage.delete(&bob, 500).await;
    let challenge = stage.claims.open_challenge(&ann.user_id(), &key(4), shared::domain::Nonce::of(1), noon(NOW)).await;
    challenge.expect("a challenge");
    assert_eq!(audit(&stage).await, Audit { lasting: 3, listed: 3, suspects: 0, findings: vec![] });
}

#[tokio::test]
async fn each_fault_is_named_with_who_is_involved() {
    let stage = Stage::set().await;
    let (ann, bob, eve) = (stage.person("ann").await, stage.person("bob").await, stage.person("eve").await);
    for (who, number) in [(&ann, 1), (&ann, 2), (&bob, 3)] {
        stage.link(who, &key(number)).await;
    }
    stage.spine.put_claim(&claim(4), eve.user_id().as_str()).await;
    lose(&stage, 1).await;
    stage.spine.put_claim(&claim(2), bob.user_id().as_str()).await;
    list(&stage, &eve, 3).await;
    stage.spine.put_claim("stripe_customer#cus_gone", "usr_nobody").await;
    let mut expected = vec![
        (claim(1), Fault::Missing),
        (claim(2), Fault::Stolen),
        (claim(3), Fault::Double),
        (claim(4), Fault::Leaked),
        ("stripe_customer#cus_gone".to_owned(), Fault::Leaked),
    ];
    expected.sort();
    assert_eq!(found(&stage).await, expected);
    let stolen = audit(&stage).await.findings.into_iter().find(|finding| finding.claim == claim(2)).expect("a finding");
    assert_eq!((stolen.standing.owner, stolen.standing.listers), (Some(bob.user_id()), vec![ann.user_id()]));
}

#[tokio::test]
async fn a_claim_that_ended_though_its_owner_lives_is_missing_and_one_of_a_tombstone_without_end_is_leaked() {
    let stage = Stage::set().await;
    let (ann, bob) = (stage.person("ann").await, stage.person("bob").await);
    stage.link(&ann, &key(1)).await;
    stage.link(&bob, &key(2)).await;
    stage.delete(&bob, 500).await;
    stage.spine.put_claim(&claim(2), bob.user_id().as_str()).await;
    let end = stage.spine.client().update_item().table_name(&stage.spine.tables.claims);
    let end = end.key("claim", AttributeValue::S(claim(1))).update_expression("SET expires_at = :e");
    end.expression_attribute_values(":e", AttributeValue::N("99".to_owned())).send().await.expect("an end");
    let mut expected = vec![(claim(1), Fault::Missing), (claim(2), Fault::Leaked)];
    expected.sort();
    assert_eq!(found(&stage).await, expected);
}

/// Audits while key 1 goes from ann to bob, and to eve if `twice`, between the two scans and before the second look.
async fn moved(twice: bool) -> Audit {
    let mut stage = Stage::set().await;
    let (ann, bob, eve) = (stage.person("ann").await, stage.person("bob").await, stage.person("eve").await);
    stage.link(&ann, &key(1)).await;
    let (http, interlude) = Interlude::new(sdk::plain_http());
    let claims = Arc::new(stage.spine.claims());
    let hand_over = |from: &Identity, to: &Identity| {
        let (claims, from, to) = (Arc::clone(&claims), from.user_id(), to.user_id());
        async move {
            claims.unlink(&from, &key(1), BY, noon(NOW)).await.expect("an end");
            claims.link(&to, &key(1), BY, noon(NOW)).await.expect("an end");
        }
    };
    interlude.before("Scan", 2, hand_over(&ann, &bob));
    if twice {
        interlude.before("TransactGetItems", 1, hand_over(&bob, &eve));
    }
    stage.claims = stage.spine.claims_over(http);
    let audit = audit(&stage).await;
    assert_eq!(interlude.unplayed(), 0);
    audit
}

#[tokio::test]
async fn what_moves_while_it_is_read_is_a_suspect_and_no_finding() {
    for twice in [false, true] {
        let audit = moved(twice).await;
        assert_eq!((audit.suspects, audit.findings), (1, vec![]), "{twice}");
    }
}
