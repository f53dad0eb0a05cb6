//! The operator's own binary dies anywhere, by a signal that it cannot hear; run again, it ends where it always ends.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use axum::Router;
use local::auth0::{self, Auth0Options, Auth0StandIn};
use local::clerk::{self, ClerkOptions, ClerkStandIn};
use local::stand_in::change::Change;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tests::binaries::binary;
use tests::in_front::{self, Leaving};
use tests::program::{Program, Signal};
use tests::relay::Relay;
use tests::served::Served;
use tests::spine::{Item, Spine, soak, text};
use tokio::sync::Notify;

/// Several pages at Clerk, and at Auth0 more than pages can list.
const PEOPLE: usize = 1_010;

#[derive(Clone)]
enum Tenant {
    Clerk(ClerkStandIn),
    Auth0(Auth0StandIn),
}

impl Tenant {
    fn name(&self) -> &'static str {
        if matches!(self, Self::Clerk(_)) { "clerk" } else { "auth0" }
    }

    fn router(&self) -> Router {
        match self {
            Self::Clerk(clerk) => clerk.router(),
            Self::Auth0(auth0) => auth0.router(),
        }
    }

    /// Everybody signed up a second apart, so nobody is younger than the time that a 404 is told in.
    fn populate(&self, count: usize) {
        match self {
            Self::Clerk(clerk) => clerk.populate(count),
            Self::Auth0(auth0) => auth0.populate(count),
        }
    }

    fn rename(&self, subject: &str) {
        match self {
            Self::Clerk(clerk) => {
                let patch = clerk::UserPatch { first_name: Change::from("Renamed"), ..clerk::UserPatch::default() };
                clerk.update_user(subject, patch).unwrap();
            }
            Self::Auth0(auth0) => {
                let patch = auth0::UserPatch { name: Change::from("Renamed"), ..auth0::UserPatch::default() };
                auth0.update_user(subject, patch).unwrap();
            }
        }
    }

    fn remove(&self, subject: &str) {
        match self {
            Self::Clerk(clerk) => drop(clerk.delete_user(subject).unwrap()),
            Self::Auth0(auth0) => assert!(auth0.delete_user(subject)),
        }
    }
}

/// A provider, and a table that missed some of what happened there.
struct Scene {
    tenant: Tenant,
    rows: Vec<Item>,
}

/// What happens at the n-th request of a run, from either side.
#[derive(Clone)]
struct Point {
    at: usize,
    seen: Arc<AtomicUsize>,
    reached: Arc<Notify>,
}

impl Point {
    fn new(at: usize) -> Self {
        Self { at, seen: Arc::default(), reached: Arc::default() }
    }

    fn pass(&self) -> bool {
        let here = self.seen.fetch_add(1, Ordering::SeqCst) + 1 == self.at;
        if here {
            self.reached.notify_one();
        }
        here
    }
}

/// One process, between relays that know the point.
struct Stage {
    program: Program,
    _front: Served,
    _relay: Relay,
    _logs: tempfile::TempDir,
}

impl Scene {
    async fn of(tenant: Tenant) -> Self {
        tenant.populate(PEOPLE);
        let spine = Spine::fresh().await;
        let scene = Self { tenant, rows: Vec::new() };
        scene.run(&spine, &Point::new(usize::MAX)).await;
        let mut rows = spine.items(&spine.tables.users).await;
        let subjects: Vec<String> = rows.iter().map(|row| text(row, "auth_subject").unwrap().to_owned()).collect();
        // Two were never seen, some changed since, three are gone, and one is held for dead.
        let first_two =
            |row: &Item| subjects.iter().take(2).any(|subject| Some(subject.as_str()) == text(row, "auth_subject"));
        rows.retain(|row| !first_two(row));
        subjects.iter().skip(10).step_by(20).for_each(|subject| scene.tenant.rename(subject));
        subjects.iter().skip(3).step_by(400).for_each(|subject| scene.tenant.remove(subject));
        bury(rows.iter_mut().find(|row| text(row, "auth_subject") == Some(&subjects[5])).unwrap());
        Self { rows, ..scene }
    }

    /// A table of its own, as it was before any run.
    async fn table(&self) -> Spine {
        let spine = Spine::fresh().await;
        for part in self.rows.chunks(25) {
            let put = |row: &Item| {
                let put = PutRequest::builder().set_item(Some(row.clone())).build().unwrap();
                WriteRequest::builder().put_request(put).build()
            };
            let request = spine.client().batch_write_item();
            request.request_items(&spine.tables.users, part.iter().map(put).collect()).send().await.unwrap();
        }
        spine
    }

    async fn stage(&self, spine: &Spine, point: &Point) -> Stage {
        let (from_provider, to_table) = (point.clone(), point.clone());
        let front = in_front::serve(self.tenant.router(), "/", move |Leaving { response, .. }| {
            let here = from_provider.pass();
            Box::pin(async move {
                if here {
                    std::future::pending::<()>().await;
                }
                response
            })
        });
        let front = front.await;
        let relay = Relay::to(&spine.endpoint, move |_, _| {
            to_table.pass();
            None
        });
        let relay = relay.await;
        let (url, endpoint) = (front.url(), relay.url());
        let mut variables = vec![
            ("DYNAMODB_ENDPOINT", endpoint.as_str()),
            ("USERS_TABLE", &spine.tables.users),
            ("CLAIMS_TABLE", &spine.tables.claims),
            ("SYNC_RUNS_TABLE", &spine.tables.sync_runs),
            ("RECONCILE_SETTLE_SECONDS", "0"),
        ];
        match &self.tenant {
            Tenant::Clerk(_) => {
                variables.extend([("CLERK_API_URL", url.as_str()), ("CLERK_SECRET_KEY", "sk_test_local")]);
            }
            Tenant::Auth0(auth0) => {
                auth0.set_base_url(&url);
                variables.extend([
                    ("AUTH0_ISSUER_BASE_URL", url.as_str()),
                    ("AUTH0_CLIENT_ID", "local-client"),
                    ("AUTH0_CLIENT_SECRET", "local-client-secret"),
                ]);
            }
        }
        let logs = tempfile::tempdir().unwrap();
        let arguments = [
            "apply",
            self.tenant.name(),
            "--json",
            "--owner",
            "night",
            "--delete-orphans",
            "--log-dir",
            logs.path().to_str().unwrap(),
        ];
        let program = Program::start(binary("spine"), &arguments, &variables);
        Stage { program, _front: front, _relay: relay, _logs: logs }
    }

    /// A run to its end; how many requests it took.
    async fn run(&self, spine: &Spine, point: &Point) -> usize {
        let stage = self.stage(spine, point).await;
        let status = stage.program.ended().await;
        assert_eq!(status.code(), Some(0), "{}", stage.program.lines().join("\n"));
        point.seen.load(Ordering::SeqCst)
    }

    async fn run_and_die(&self, spine: &Spine, point: &Point) {
        let stage = self.stage(spine, point).await;
        point.reached.notified().await;
        stage.program.signal(Signal::KILL);
        assert!(!stage.program.ended().await.success());
    }
}

/// As a wrong deletion of an hour ago would have left it.
fn bury(row: &mut Item) {
    let hour = 3_600_000;
    let time = |ms: i64| AttributeValue::N(ms.to_string());
    let born: i64 = row["provider_created_at"].as_n().unwrap().parse().unwrap();
    for fact in ["email", "name", "email_key", "profile_version", "provider_created_at", "verified_email"] {
        row.remove(fact);
    }
    for fact in ["first_name", "last_name", "nickname", "username", "avatar_url"] {
        row.remove(fact);
    }
    row.insert("identity_deleted_at".to_owned(), time(born.max(born - hour)));
    row.insert("deleted_at".to_owned(), time(born));
    row.insert("expires_at".to_owned(), time((born + 30 * 24 * hour) / 1000));
}

/// What a table says, but for when it was told.
async fn told(spine: &Spine) -> BTreeMap<String, BTreeMap<String, String>> {
    const WHEN: [&str; 5] = ["created_at", "deleted_at", "expires_at", "identity_deleted_at", "lives_since"];
    let rows = spine.items(&spine.tables.users).await.into_iter().map(|row| {
        let id = text(&row, "user_id").unwrap().to_owned();
        let attribute = |(name, value): (String, AttributeValue)| {
            let said = match (name.as_str(), &value) {
                ("profile_version", AttributeValue::S(version)) => version[..13].to_owned(),
                (name, _) if WHEN.contains(&name) => "some time".to_owned(),
                _ => format!("{value:?}"),
            };
            (name, said)
        };
        (id, row.into_iter().map(attribute).collect())
    });
    rows.collect()
}

async fn ends_the_same_wherever_it_dies(tenant: Tenant, points: u32) {
    let scene = Scene::of(tenant).await;
    let whole = scene.table().await;
    let requests = scene.run(&whole, &Point::new(usize::MAX)).await;
    let owed = told(&whole).await;
    let mut dice = StdRng::seed_from_u64(50);
    for _ in 0..points {
        let (spine, at) = (scene.table().await, dice.random_range(1..=requests));
        scene.run_and_die(&spine, &Point::new(at)).await;
        scene.run(&spine, &Point::new(usize::MAX)).await;
        assert!(told(&spine).await == owed, "another end after a death at request {at} of {requests}");
        let before = spine.items(&spine.tables.users).await.len();
        scene.run(&spine, &Point::new(usize::MAX)).await;
        assert!(told(&spine).await == owed && before == owed.len(), "a third run found something to do");
    }
}

#[tokio::test]
async fn a_run_over_clerk_that_is_killed_anywhere_ends_the_same() {
    let clerk = ClerkStandIn::new(ClerkOptions::default()).unwrap();
    ends_the_same_wherever_it_dies(Tenant::Clerk(clerk), soak(25)).await;
}

#[tokio::test]
async fn a_run_over_auth0_that_is_killed_anywhere_ends_the_same() {
    let auth0 = Auth0StandIn::new(Auth0Options::default()).unwrap();
    ends_the_same_wherever_it_dies(Tenant::Auth0(auth0), soak(25)).await;
}
