//! Repairs: each kind of fault mended as its remedy says, once, and nothing of what has moved meanwhile.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use shared::clock::Timestamp;
use shared::domain::{Fault, Identity, Standing, Undecided};
use shared::store::{Author, ClaimRepair, Finding};
use tests::claims::AFTERLIFE;
use tests::faults::{self, Faults};
use tests::interlude::Interlude;
use tests::people::noon;
use tests::sdk;
use tests::spine::{number, text};

use super::stage::{BY, NOW, Stage, customer, key, names};

const OPERATOR: Author<'_> = Author::Operator("ada");

fn claim(number: u32) -> String {
    format!("public_key#{}", key(number).canonical())
}

impl Stage {
    /// The findings of an audit, by their claims' names.
    async fn found(&self) -> Vec<Finding> {
        self.claims.audit().await.expect("the audit ends").findings
    }

    async fn only_finding(&self) -> Finding {
        let mut found = self.found().await;
        assert_eq!(found.len(), 1, "{found:?}");
        found.remove(0)
    }

    async fn mend(&self, finding: &Finding) -> ClaimRepair {
        self.mend_at(finding, noon(NOW)).await
    }

    async fn mend_at(&self, finding: &Finding, now: Timestamp) -> ClaimRepair {
        self.claims.repair(finding, OPERATOR, now).await.expect("the repair ends")
    }

    /// All items of both tables, which a repair that does nothing leaves as they are.
    async fn all(&self) -> Vec<tests::spine::Item> {
        let mut all = self.spine.items(&self.spine.tables.users).await;
        all.extend(self.spine.items(&self.spine.tables.claims).await);
        all
    }

    /// Mends the only finding, and then once more, which does nothing.
    async fn mended(&self, fault: Fault) {
        let finding = self.only_finding().await;
        assert_eq!(finding.fault, fault);
        assert_eq!(self.mend(&finding).await, ClaimRepair::Repaired);
        self.in_order().await;
        let after = self.all().await;
        assert_eq!(self.mend(&finding).await, ClaimRepair::Right);
        assert_eq!(self.all().await, after);
    }

    /// Lets a row list exactly one key, whoever owns it.
    async fn list(&self, who: &Identity, number: u32) {
        let linked = AttributeValue::M([("linked_at".to_owned(), AttributeValue::N("1".to_owned()))].into());
        let map = AttributeValue::M([(key(number).canonical(), linked)].into());
        self.spine.set(who, "public_keys", map).await;
    }

    async fn lose(&self, name: &str) {
        let gone = self.spine.client().delete_item().table_name(&self.spine.tables.claims);
        gone.key("claim", AttributeValue::S(name.to_owned())).send().await.expect("the claim goes");
    }

    /// Who holds a claim, and when it ends.
    async fn held(&self, name: &str) -> (String, Option<i64>) {
        let item = self.spine.claim(name).await.expect("a claim");
        (text(&item, "user_id").expect("an owner").to_owned(), number(&item, "expires_at"))
    }
}

/// When a claim runs out that ended now, in seconds.
fn end() -> i64 {
    noon(NOW).plus(AFTERLIFE).seconds()
}

#[tokio::test]
async fn a_leaked_claim_ends_as_a_deletion_would_end_it_whoever_owns_it() {
    for owner in ["a living one", "a tombstone", "nobody known", "no id at all"] {
        let stage = Stage::set().await;
        let (ann, bob) = (stage.person("ann").await, stage.person("bob").await);
        stage.delete(&bob, 500).await;
        let id = match owner {
            "a living one" => ann.user_id().to_string(),
            "a tombstone" => bob.user_id().to_string(),
            "nobody known" => tests::spine::auth0("auth0|unseen").user_id().to_string(),
            _ => "usr_nobody".to_owned(),
        };
        stage.spine.put_claim(&claim(1), &id).await;
        stage.mended(Fault::Leaked).await;
        assert_eq!(stage.held(&claim(1)).await, (id, Some(end())), "{owner}");
        let later = noon(NOW).plus(AFTERLIFE + Duration::from_secs(1));
        assert_eq!(stage.link_at(&ann, &key(1), later).await.as_str(), "linked", "it is free again: {owner}");
    }
}

#[tokio::test]
async fn a_missing_claim_is_held_for_whoever_lists_it() {
    for before in ["nothing", "its own, ended", "another's, past its time"] {
        let stage = Stage::set().await;
        let (ann, bob) = (stage.person("ann").await, stage.person("bob").await);
        stage.link(&ann, &key(1)).await;
        match before {
            "nothing" => stage.lose(&claim(1)).await,
            before => {
                let (owner, end) = if before.starts_with("its") { (&ann, 5_000_000_000) } else { (&bob, 1) };
                stage.spine.put_claim(&claim(1), owner.user_id().as_str()).await;
                ends(&stage, &claim(1), end).await;
            }
        }
        stage.mended(Fault::Missing).await;
        assert_eq!(stage.held(&claim(1)).await, (ann.user_id().to_string(), None), "{before}");
        assert_eq!(stage.link(&bob, &key(1)).await.as_str(), "taken");
        assert_eq!(stage.listed(&ann).await, names(&[1]));
    }
}

async fn ends(stage: &Stage, name: &str, seconds: i64) {
    let end = stage.spine.client().update_item().table_name(&stage.spine.tables.claims);
    let end = end.key("claim", AttributeValue::S(name.to_owned())).update_expression("SET expires_at = :e");
    end.expression_attribute_values(":e", AttributeValue::N(seconds.to_string())).send().await.expect("an end");
}

#[tokio::test]
async fn a_stolen_claim_is_taken_off_the_row_and_ends_for_its_owner_does_not_list_it() {
    let stage = Stage::set().await;
    let (ann, bob) = (stage.person("ann").await, stage.person("bob").await);
    for number in [1, 2] {
        stage.link(&ann, &key(number)).await;
    }
    stage.spine.put_claim(&claim(2), bob.user_id().as_str()).await;
    stage.mended(Fault::Stolen).await;
    assert_eq!(stage.held(&claim(2)).await, (bob.user_id().to_string(), Some(end())));
    assert_eq!(stage.listed(&ann).await, names(&[1]), "and nothing else is lost");
    let row = stage.spine.row(&ann).await.expect("a row");
    assert_eq!(text(&row, "changed_by"), Some("operator:ada"));
}

#[tokio::test]
async fn a_claim_that_several_list_is_taken_off_those_who_do_not_own_it() {
    let stage = Stage::set().await;
    let (ann, bob, eve) = (stage.person("ann").await, stage.person("bob").await, stage.person("eve").await);
    stage.link(&bob, &key(1)).await;
    stage.list(&ann, 1).await;
    stage.list(&eve, 1).await;
    let before = stage.spine.row(&bob).await;
    stage.mended(Fault::Double).await;
    assert_eq!(stage.held(&claim(1)).await, (bob.user_id().to_string(), None));
    assert_eq!(stage.spine.row(&bob).await, before);
    for other in [&ann, &eve] {
        assert_eq!(stage.listed(other).await, names(&[]));
    }
}

#[tokio::test]
async fn customers_are_mended_like_keys() {
    let stage = Stage::set().await;
    let (ann, bob) = (stage.person("ann").await, stage.person("bob").await);
    let name = "stripe_customer#cus_a";
    stage.claims.set_stripe_customer(&ann.user_id(), &customer("a"), None, BY, noon(NOW)).await.expect("an end");
    stage.lose(name).await;
    stage.mended(Fault::Missing).await;
    assert_eq!(stage.held(name).await, (ann.user_id().to_string(), None));
    stage.spine.put_claim(name, bob.user_id().as_str()).await;
    stage.mended(Fault::Stolen).await;
    assert_eq!(stage.row(&ann).await.stripe_customer_id, None);
}

#[tokio::test]
async fn what_nothing_decides_is_left_as_it_is() {
    let stage = Stage::set().await;
    let (ann, bob, eve) = (stage.person("ann").await, stage.person("bob").await, stage.person("eve").await);
    // 1: another's, and not past its time. 2: nobody's who lists it. 3: of a row that cannot be read.
    stage.list(&ann, 1).await;
    stage.spine.put_claim(&claim(1), bob.user_id().as_str()).await;
    ends(&stage, &claim(1), end()).await;
    stage.list(&bob, 2).await;
    stage.list(&eve, 2).await;
    let odd = stage.person("odd").await;
    stage.link(&odd, &key(3)).await;
    stage.spine.set(&odd, "created_at", AttributeValue::S("never".to_owned())).await;
    let before = stage.all().await;
    let mut expected =
        vec![(claim(1), Undecided::Ending), (claim(2), Undecided::Ambiguous), (claim(3), Undecided::Unreadable)];
    expected.sort_by(|one, other| one.0.cmp(&other.0));
    let mut left = Vec::new();
    for finding in stage.found().await {
        match stage.mend(&finding).await {
            ClaimRepair::Undecided(why) => left.push((finding.claim, why)),
            ended => unreachable!("{finding:?}: {ended:?}"),
        }
    }
    assert_eq!((left, stage.all().await), (expected, before));
    // And when that claim has run out, it is free for the one who lists it.
    let found = stage.found().await.into_iter().find(|finding| finding.claim == claim(1)).expect("a finding");
    assert_eq!(stage.mend_at(&found, noon(NOW).plus(AFTERLIFE + Duration::from_secs(1))).await, ClaimRepair::Repaired);
    assert_eq!(stage.held(&claim(1)).await, (ann.user_id().to_string(), None));
}

#[tokio::test]
async fn what_moves_between_the_audit_and_the_repair_is_not_written_over() {
    let stage = Stage::set().await;
    let (ann, bob) = (stage.person("ann").await, stage.person("bob").await);
    stage.spine.put_claim(&claim(1), ann.user_id().as_str()).await;
    let leaked = stage.only_finding().await;
    stage.link(&ann, &key(1)).await;
    let before = stage.all().await;
    assert_eq!(stage.mend(&leaked).await, ClaimRepair::Right, "its owner links it after all");
    stage.list(&bob, 1).await;
    assert_eq!(stage.mend(&leaked).await, ClaimRepair::Right, "whom nobody saw is not looked for");
    assert_eq!(stage.all().await.len(), before.len());
    stage.lose(&claim(1)).await;
    let now = stage.all().await;
    assert_eq!(stage.mend(&leaked).await, ClaimRepair::Moved, "what is wrong now is not what was shown");
    assert_eq!(stage.all().await, now);
}

#[tokio::test]
async fn what_moves_between_the_second_look_and_the_write_wins() {
    let mut stage = Stage::set().await;
    let ann = stage.person("ann").await;
    stage.spine.put_claim(&claim(1), ann.user_id().as_str()).await;
    let leaked = stage.only_finding().await;
    let (http, interlude) = Interlude::new(sdk::plain_http());
    let (claims, id) = (Arc::new(stage.spine.claims()), ann.user_id());
    interlude.before("TransactWriteItems", 1, async move {
        claims.link(&id, &key(1), BY, noon(NOW)).await.expect("an end");
    });
    stage.claims = stage.spine.claims_over(http);
    assert_eq!((stage.mend(&leaked).await, interlude.unplayed()), (ClaimRepair::Repaired, 0));
    assert_eq!(stage.held(&claim(1)).await, (ann.user_id().to_string(), None), "it lasts");
    assert_eq!(stage.listed(&ann).await, names(&[1]));
    stage.in_order().await;
}

#[tokio::test]
async fn a_reply_that_is_lost_and_a_conflict_are_no_failures() {
    for fault in [faults::Fault::LostReply, faults::Fault::Conflict, faults::Fault::Throttled] {
        let mut stage = Stage::set().await;
        let ann = stage.person("ann").await;
        stage.link(&ann, &key(1)).await;
        stage.lose(&claim(1)).await;
        let missing = stage.only_finding().await;
        let (http, faults) = Faults::new(sdk::plain_http(), 1);
        faults.fail_next("TransactWriteItems", 1, fault);
        stage.claims = stage.spine.claims_over(http);
        assert_eq!(stage.mend(&missing).await, ClaimRepair::Repaired, "{fault:?}");
        assert_eq!(faults.injected()[&fault], 1);
        stage.in_order().await;
    }
}

#[tokio::test]
async fn a_finding_that_was_never_right_changes_nothing() {
    let stage = Stage::set().await;
    let (ann, bob) = (stage.person("ann").await, stage.person("bob").await);
    stage.link(&ann, &key(1)).await;
    let before = stage.all().await;
    for standing in [
        Standing { owner: Some(ann.user_id()), lasting: true, ..Standing::default() },
        Standing { owner: Some(bob.user_id()), lasting: true, listers: vec![ann.user_id()], ..Standing::default() },
    ] {
        let finding = Finding { claim: claim(1), fault: Fault::Stolen, standing };
        assert_eq!(stage.mend(&finding).await, ClaimRepair::Right);
    }
    assert_eq!(stage.all().await, before);
}
