//! Any provider state, any table state, any faults: after enough runs the table equals the provider, and nobody who
//! lives was ever deleted on the way.

mod table;
mod tenant;

use std::collections::BTreeSet;

use local::auth0::ExportFaults;
use local::stand_in::listing::ListingFaults;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use shared::domain::Identity;
use shared::provider::Reading;
use shared::reconcile::{Mode, Order, Reconciler, Stop, Unwatched, Why};
use shared::store::Run;
use tests::faults::{Fault, Faults};
use tests::in_front::{self, Leaving};
use tests::sdk;
use tests::served::Served;
use tests::spine::{Spine, soak};

use super::stage::{is_living, over, users};
use tenant::{Kind, Tenant};

/// Enough for everything to settle, once nothing fails any more.
const CLEAN_RUNS: usize = 4;

/// One world: a provider, a table beside it, and dice.
struct World {
    spine: Spine,
    tenant: Tenant,
    dice: StdRng,
    database: Faults,
    reconciler: Reconciler,
    stop: std::sync::Arc<std::sync::Mutex<Option<(usize, Stop)>>>,
    /// Whom an operator erased: they stay erased.
    erased: BTreeSet<Identity>,
    _served: Served,
}

impl World {
    async fn of(kind: Kind, seed: u64) -> Self {
        let (spine, dice) = (Spine::fresh().await, StdRng::seed_from_u64(seed));
        let tenant = Tenant::new(kind);
        let stop: std::sync::Arc<std::sync::Mutex<Option<(usize, Stop)>>> = std::sync::Arc::default();
        let served = in_front::serve(tenant.router(), "/", stopping(&stop)).await;
        let (http, database) = Faults::new(sdk::plain_http(), seed);
        let source = tenant.source(&served.url());
        let reconciler = over(spine.users_over(http), spine.runs(), source);
        let mut world =
            Self { spine, tenant, dice, database, reconciler, stop, erased: BTreeSet::new(), _served: served };
        world.fill().await;
        world
    }

    /// One run with whatever goes wrong: at the provider, at the database, by an impatient operator.
    async fn troubled_run(&mut self) {
        let faults = self.listing_faults();
        self.tenant.front().set_listing_faults(faults);
        let faults = self.export_faults();
        self.tenant.set_export_faults(faults);
        for (fault, most) in
            [(Fault::LostReply, 0.1), (Fault::Throttled, 0.1), (Fault::Conflict, 0.1), (Fault::InternalError, 0.05)]
        {
            let chance = self.dice.random_range(0.0..most);
            self.database.chance(fault, chance);
        }
        let stop = Stop::new();
        if self.dice.random_bool(0.3) {
            *self.stop.lock().unwrap() = Some((self.dice.random_range(1..6), stop.clone()));
        }
        let delete_orphans = self.dice.random_bool(0.7);
        let mode = if self.dice.random_bool(0.2) { Mode::Check } else { Mode::Apply };
        // A job that never becomes ready is not waited for.
        let patience = std::time::Duration::from_millis(600);
        let ended = self.watched_run(Order { delete_orphans, patience, ..Order::new(mode) }, &stop).await;
        self.database.calm();
        self.tenant.front().set_listing_faults(ListingFaults::default());
        self.tenant.set_export_faults(ExportFaults::default());
        *self.stop.lock().unwrap() = None;
        // How it ended does not matter here, only what it left.
        drop(ended);
    }

    /// A run, after which everybody lives who lived here and at the provider.
    async fn watched_run(&mut self, order: Order, stop: &Stop) -> Option<Run> {
        let before = users(&self.spine).await;
        let at_the_provider = self.tenant.subjects();
        let ended = self.reconciler.carry_out(&order, stop, &Unwatched).await;
        let after = users(&self.spine).await;
        for subject in at_the_provider {
            let id = self.tenant.identity(&subject).user_id().to_string();
            let was_living = before.get(&id).is_some_and(is_living);
            assert!(
                !was_living || after.get(&id).is_some_and(is_living),
                "{subject} was deleted by {order:?}, which ended {ended:?}"
            );
        }
        if order.mode == Mode::Check {
            assert_eq!(before, after, "a check wrote");
        }
        ended.ok()
    }

    fn listing_faults(&mut self) -> ListingFaults {
        let whole = ListingFaults { count: self.tenant.told_total(), ..ListingFaults::default() };
        let page = Some(self.dice.random_range(1..5));
        match self.dice.random_range(0..8) {
            0 => ListingFaults { fail_on_page: page, status: Some(400), ..whole },
            1 => ListingFaults { fail_on_page: page, fail_times: Some(1), ..whole },
            2 => ListingFaults { html: true, fail_on_page: page, ..whole },
            3 => ListingFaults { empty_from: page, ..whole },
            4 => ListingFaults { truncate_to: Some(self.dice.random_range(0..12)), ..whole },
            // It leaves a few out, and its count agrees.
            5 => {
                let named = self.tenant.subjects().len().saturating_sub(self.dice.random_range(1..4));
                ListingFaults {
                    truncate_to: Some(named),
                    count: self.tenant.told_total().or(Some(named as u64)),
                    ..whole
                }
            }
            6 => ListingFaults { repeat_page: page, ..whole },
            _ => whole,
        }
    }

    fn export_faults(&mut self) -> ExportFaults {
        let cut_after = Some(self.dice.random_range(1..2000));
        match self.dice.random_range(0..12) {
            0 => ExportFaults { fails: true, ..ExportFaults::default() },
            1 => ExportFaults { vanishes: true, ..ExportFaults::default() },
            2 => ExportFaults { html: true, ..ExportFaults::default() },
            3 => ExportFaults { cut_after, ..ExportFaults::default() },
            4 => ExportFaults { cut_after, breaks: true, cut_times: Some(1), ..ExportFaults::default() },
            5 => ExportFaults { half_line: true, ..ExportFaults::default() },
            6 => ExportFaults { twice: true, plain: true, ..ExportFaults::default() },
            7 => ExportFaults { expired: Some(2), ..ExportFaults::default() },
            8 => ExportFaults { truncate_to: Some(self.dice.random_range(0..12)), ..ExportFaults::default() },
            9 => ExportFaults { plain: true, cut_after, ..ExportFaults::default() },
            _ => ExportFaults::default(),
        }
    }

    /// Runs without faults until one finds nothing to do, then compares everything.
    async fn settles(&mut self) {
        let order = || Order { delete_orphans: true, ..Order::new(Mode::Apply) };
        self.tenant.front().set_listing_faults(ListingFaults { count: self.tenant.told_total(), ..Default::default() });
        for _ in 0..CLEAN_RUNS {
            let run = self.watched_run(order(), &Stop::new()).await.unwrap();
            assert_eq!(run.failures, 0);
        }
        let before = users(&self.spine).await;
        let last = self.watched_run(order(), &Stop::new()).await.unwrap();
        assert_eq!(users(&self.spine).await, before, "a run in step wrote something: {last:?}");
        self.compare(&last).await;
    }

    async fn compare(&self, last: &Run) {
        let subjects = self.tenant.subjects();
        for subject in &subjects {
            let identity = self.tenant.identity(subject);
            let row = self.spine.users().by_identity(&identity).await.unwrap().unwrap();
            if self.erased.contains(&identity) {
                assert!(row.tombstone.is_some_and(|end| end.erased), "{subject} came back");
                continue;
            }
            let Reading::Found { listed, .. } = self.reconciler.source.user(subject).await.unwrap() else {
                unreachable!("{subject} is there");
            };
            assert!(row.is_living(), "{subject} is dead here");
            assert_eq!(&row.facts, listed.profile.facts());
            assert_eq!(row.provider_created_at, Some(listed.profile.created_at()));
        }
        let known: BTreeSet<String> =
            subjects.iter().map(|subject| self.tenant.identity(subject).user_id().to_string()).collect();
        let rows = users(&self.spine).await;
        let orphans = rows.iter().filter(|(id, row)| is_living(row) && !known.contains(*id)).count();
        // Too few are left to prove it by: then they are reported, each night.
        if last.withheld.is_none() {
            assert_eq!(orphans, 0, "{last:?}");
        }
        assert_eq!(last.counts.get("orphan").copied().unwrap_or(0), orphans as u64);
        assert_eq!(last.in_step, orphans == 0, "{last:?}");
    }
}

/// Says stop at the n-th answer, if a test wants it.
fn stopping(
    at: &std::sync::Arc<std::sync::Mutex<Option<(usize, Stop)>>>,
) -> impl Fn(Leaving) -> futures_util::future::BoxFuture<'static, axum::response::Response> + Send + Sync + 'static {
    let at = at.clone();
    move |Leaving { response, .. }| {
        if let Some((left, stop)) = at.lock().unwrap().as_mut() {
            *left = left.saturating_sub(1);
            if *left == 0 {
                stop.tell(Why::Asked);
            }
        }
        Box::pin(async move { response })
    }
}

async fn any_state_settles(kind: Kind) {
    for seed in 0..u64::from(soak(100)) {
        let mut world = World::of(kind, seed).await;
        for _ in 0..3 {
            world.troubled_run().await;
            world.people_come_and_go();
        }
        world.settles().await;
    }
}

#[tokio::test]
async fn any_state_of_clerk_and_the_table_settles_under_any_faults() {
    any_state_settles(Kind::Clerk).await;
}

#[tokio::test]
async fn any_state_of_auth0_by_pages_and_the_table_settles_under_any_faults() {
    any_state_settles(Kind::Auth0ByPages).await;
}

#[tokio::test]
async fn any_state_of_auth0_by_exports_and_the_table_settles_under_any_faults() {
    any_state_settles(Kind::Auth0ByExport).await;
}
