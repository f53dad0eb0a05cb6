//! Invariant 2 under everything at once: many tasks, few users, few keys, all faults; and an audit that never errs.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use shared::clock::Timestamp;
use shared::domain::{self, Claim, Identity, Nonce, Patch, PublicKey, Standing};
use shared::possession::verify;
use shared::store::{ChallengeOutcome, ClaimRepair, Claims, Finding, Sender, StoreError, Users};
use tests::faults::{Fault, Faults};
use tests::people::{facts, noon, told};
use tests::sdk;
use tests::spine::{Spine, auth0, clerk, soak};
use tests::wallet::{Wallet, site};
use tokio::task::JoinSet;

use super::stage::{BY, customer};

const TASKS: u64 = 64;
const USERS: u32 = 50;
const KEYS: u32 = 60;
const EACH: f64 = 0.03;

/// What all tasks share.
struct Race {
    users: Users,
    claims: Claims,
    people: Vec<Identity>,
    wallets: Vec<(Wallet, PublicKey)>,
    /// Milliseconds after noon: no two operations have the same time.
    time: AtomicI64,
    left: AtomicU32,
    /// How often each operation ended in each way.
    ended: Mutex<BTreeMap<String, u32>>,
}

impl Race {
    fn new(spine: &Spine, seed: u64) -> (Self, Faults) {
        let (http, faults) = Faults::new(sdk::plain_http(), seed);
        let people = (0..USERS).map(|number| {
            if number.is_multiple_of(5) { clerk(&format!("user_{number}")) } else { auth0(&format!("auth0|{number}")) }
        });
        let wallets = (0..KEYS).map(|number| {
            let wallet = Wallet::numbered(number);
            let key = wallet.key();
            (wallet, key)
        });
        let race = Self {
            users: spine.users_over(http.clone()),
            claims: spine.claims_over(http),
            people: people.collect(),
            wallets: wallets.collect(),
            time: AtomicI64::new(0),
            left: AtomicU32::new(soak(100_000)),
            ended: Mutex::default(),
        };
        (race, faults)
    }

    fn now(&self, plus: i64) -> Timestamp {
        noon(self.time.fetch_add(1 + plus, Ordering::SeqCst))
    }

    /// One operation drawn by the dice, and how it ended.
    async fn operate(&self, dice: &mut StdRng) -> Result<String, StoreError> {
        let who = &self.people[dice.random_range(0..self.people.len())];
        let (wallet, key) = &self.wallets[dice.random_range(0..self.wallets.len())];
        let (id, now) = (who.user_id(), self.now(0));
        let ended = match dice.random_range(0..220) {
            0..50 => format!("link {}", self.claims.link(&id, key, BY, now).await?.as_str()),
            50..90 => format!("replace {}", self.claims.link_only(&id, key, BY, now).await?.as_str()),
            90..116 => format!("prove {}", self.prove(who, wallet, key, Nonce::of(dice.random())).await?),
            116..136 => format!("unlink {}", self.unlink(who, dice, now).await?),
            136..140 => format!("unlink all {}", self.claims.unlink_all(&id, BY, now).await?.as_str()),
            140..150 => format!("customer {}", self.customer(who, dice, now).await?),
            150..156 => format!("transfer {}", self.transfer(who, dice, now).await?),
            156..164 => format!("delete {}", self.users.delete(who, now, Sender::Clerk, now).await?.as_str()),
            164..180 => format!("rebirth {}", self.login(who, now, now).await?),
            180..192 => format!("upsert {}", self.upsert(who, key, now).await?),
            192..200 => format!("repair {}", self.repair(who, key, now).await?),
            200..219 => format!("login {}", self.login(who, noon(0), now).await?),
            _ => {
                // A day goes by, so that what had ended runs out.
                self.now(24 * 3_600_000);
                "time".to_owned()
            }
        };
        Ok(ended)
    }

    /// A login of the life that began at `life`.
    async fn login(&self, who: &Identity, life: Timestamp, now: Timestamp) -> Result<&'static str, StoreError> {
        let after_noon = |time: Timestamp| time.millis() - noon(0).millis();
        let told = told("ann", after_noon(life), after_noon(now), after_noon(now));
        Ok(self.users.upsert(who, &told, Sender::Login, now).await?.as_str())
    }

    /// What a service tells, with the key.
    async fn upsert(&self, who: &Identity, key: &PublicKey, now: Timestamp) -> Result<&'static str, StoreError> {
        let patch = Patch::new(facts("ann"));
        Ok(self.claims.upsert_with_key(who, &patch, key, BY, now).await?.as_str())
    }

    /// By a finding that is no more: nothing is ever wrong, so that nothing may be mended.
    async fn repair(&self, who: &Identity, key: &PublicKey, now: Timestamp) -> Result<&'static str, StoreError> {
        let standing = Standing { owner: Some(who.user_id()), lasting: true, ..Standing::default() };
        let finding = Finding { claim: Claim::Key(*key).name(), fault: domain::Fault::Leaked, standing };
        let ended = self.claims.repair(&finding, BY, now).await?;
        assert!(matches!(ended, ClaimRepair::Right | ClaimRepair::Moved), "{ended:?}");
        Ok(ended.as_str())
    }

    /// Of one of the keys that somebody has, or of any key.
    async fn unlink(&self, who: &Identity, dice: &mut StdRng, now: Timestamp) -> Result<&'static str, StoreError> {
        let row = self.users.by_identity(who).await?;
        let own = row.and_then(|row| row.linked_keys().first().map(|linked| linked.key));
        let any = self.wallets[dice.random_range(0..self.wallets.len())].1;
        let key = own.filter(|_| dice.random_bool(0.8)).unwrap_or(any);
        Ok(self.claims.unlink(&who.user_id(), &key, BY, now).await?.as_str())
    }

    /// Of one of the keys that somebody has or had, to anybody.
    async fn transfer(&self, who: &Identity, dice: &mut StdRng, now: Timestamp) -> Result<&'static str, StoreError> {
        let to = &self.people[dice.random_range(0..self.people.len())];
        let row = self.users.by_identity(who).await?;
        let Some(linked) = row.and_then(|row| row.linked_keys().first().copied()) else { return Ok("of nothing") };
        let (from, to) = (who.user_id(), to.user_id());
        Ok(self.claims.transfer(&Claim::Key(linked.key), &from, &to, BY, now).await?.as_str())
    }

    async fn customer(&self, who: &Identity, dice: &mut StdRng, now: Timestamp) -> Result<&'static str, StoreError> {
        let mut one = || customer(&dice.random_range(0..30).to_string());
        let (wanted, other) = (one(), one());
        let row = self.users.by_identity(who).await?;
        let standing = row.and_then(|row| row.stripe_customer_id?.parse().ok());
        // Mostly what stands there is named, sometimes something else.
        let replaces = if dice.random_bool(0.2) { Some(other) } else { standing };
        let id = who.user_id();
        Ok(self.claims.set_stripe_customer(&id, &wanted, replaces.as_ref(), BY, now).await?.as_str())
    }

    async fn prove(
        &self,
        who: &Identity,
        wallet: &Wallet,
        key: &PublicKey,
        nonce: Nonce,
    ) -> Result<&'static str, StoreError> {
        let opened = self.claims.open_challenge(&who.user_id(), key, nonce, self.now(0)).await?;
        let ChallengeOutcome::Opened(challenge) = opened else { return Ok("not challenged") };
        let (asked, now) = ((&challenge.user_id, key), self.now(0));
        let Ok(proven) = verify(&site(), &challenge, asked, &wallet.answer(&challenge), now) else {
            return Ok("too late");
        };
        Ok(self.claims.link_proven(&proven, now).await?.as_str())
    }

    /// Operates until all operations are done.
    async fn run(self: Arc<Self>, seed: u64) {
        let mut dice = StdRng::seed_from_u64(seed);
        let one_less = |left: u32| left.checked_sub(1);
        while self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less).is_ok() {
            let ended = match self.operate(&mut dice).await {
                Ok(ended) => ended,
                Err(StoreError::Unavailable { .. }) => "unavailable".to_owned(),
                Err(error) => unreachable!("{error}"),
            };
            *self.ended.lock().expect("a counter").entry(ended).or_default() += 1;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_claim_is_stolen_leaked_missing_or_double_and_no_alarm_is_false() {
    let spine = Arc::new(Spine::fresh().await);
    let (race, faults) = Race::new(&spine, 5);
    for fault in
        [Fault::Conflict, Fault::Halfway, Fault::Throttled, Fault::InternalError, Fault::LostReply, Fault::NeverSent]
    {
        faults.chance(fault, EACH);
    }
    for who in &race.people {
        spine.users().upsert(who, &told("ann", 0, 0, 0), Sender::Login, noon(0)).await.expect("a row");
    }
    let race = Arc::new(race);
    let running = Arc::new(AtomicBool::new(true));
    let (auditor, still) = (spine.claims(), Arc::clone(&running));
    let audits = tokio::spawn(async move {
        let (mut audits, mut suspects) = (0_u32, 0);
        while still.load(Ordering::SeqCst) {
            let audit = auditor.audit().await.expect("an audit of a busy system ends");
            assert_eq!(audit.findings, [], "a false alarm");
            (audits, suspects) = (audits + 1, suspects + audit.suspects);
        }
        (audits, suspects)
    });
    let mut tasks = JoinSet::new();
    for seed in 0..TASKS {
        tasks.spawn(Arc::clone(&race).run(seed));
    }
    tasks.join_all().await;
    running.store(false, Ordering::SeqCst);
    let (audits, suspects) = audits.await.expect("the auditor found nothing");
    let ended = race.ended.lock().expect("a counter").clone();
    for end in [
        "link linked",
        "link taken",
        "replace linked",
        "prove linked",
        "unlink unlinked",
        "customer set",
        "transfer transferred",
        "upsert linked",
        "repair right",
    ] {
        assert!(ended.contains_key(end), "no {end} in {ended:?}");
    }
    for end in ["delete deleted", "rebirth reborn", "login updated", "link user_gone"] {
        assert!(ended.contains_key(end), "no {end} in {ended:?}");
    }
    assert!(audits > 0 && faults.injected().len() >= 5, "{audits} audits, {suspects} suspects");
    let last = spine.claims().audit().await.expect("the audit ends");
    assert_eq!((last.suspects, &last.findings), (0, &vec![]), "{ended:?}");
    assert!(last.listed > 0, "something is left to judge");
    assert_eq!(spine.claims_astray().await, Vec::<String>::new());
}
