//! The process of a reconcile dies at every page and between writes; the next run ends in the same state.

use std::sync::{Arc, Mutex};

use local::clerk::{ClerkOptions, ClerkStandIn, NewUser, UserPatch};
use local::stand_in::change::Change;
use serde_json::{Value, json};
use tests::in_front::{self, Leaving};
use tests::relay::Relay;
use tests::runtime_api::Lambda;
use tests::spine::{Spine, clerk as clerk_identity, text};
use tests::{binaries::binary, served::Served};
use tokio::sync::Notify;

use crate::kit;

/// Where the process is to die: at the n-th answer of Clerk, or at the n-th request of an operation to the table.
#[derive(Clone, Debug)]
enum Point {
    Answer(usize),
    Operation(&'static str, u32),
}

/// Three pages of the function's own size.
const PEOPLE: usize = 1_010;

struct Scene {
    spine: Spine,
    clerk: ClerkStandIn,
    ids: Vec<String>,
}

impl Scene {
    async fn new() -> Self {
        let spine = Spine::fresh().await;
        let clerk = ClerkStandIn::new(ClerkOptions::default()).unwrap();
        let ids = (0..PEOPLE)
            .map(|n| clerk.create_user(NewUser::person(&format!("p{n}@example.com"), "First", "Last")).unwrap().id)
            .collect();
        Self { spine, clerk, ids }
    }

    async fn function(&self, clerk_url: &str, engine: &str) -> Lambda {
        let tables = &self.spine.tables;
        let changes = [
            ("DYNAMODB_ENDPOINT", engine),
            ("CLERK_API_URL", clerk_url),
            ("USERS_TABLE", &tables.users),
            ("SYNC_RUNS_TABLE", &tables.sync_runs),
        ];
        let variables = kit::with(kit::variables("reconcile"), &changes);
        let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let limit = std::time::Duration::from_secs(120);
        Lambda::start_with(binary("reconcile"), &[], &variables, limit).await
    }

    /// Events are lost, all over the pages: changes of known users, and a new one.
    fn disturb(&self, round: usize) {
        for id in self.ids.iter().skip(round).step_by(101) {
            let first_name = Change::Set(format!("Changed {round}"));
            self.clerk.update_user(id, UserPatch { first_name, ..UserPatch::default() }).unwrap();
        }
        self.clerk.create_user(NewUser::person(&format!("new{round}@example.com"), "New", "Last")).unwrap();
    }

    /// Runs until the point, and kills the process there.
    async fn run_and_die(&self, point: &Point) {
        let reached = Arc::new(Notify::new());
        let front = self.front(point, &reached).await;
        let relay = self.relay(point, &reached).await;
        let lambda = self.function(&front.url(), &relay.url()).await;
        tokio::select! {
            answer = lambda.invoke(apply()) => panic!("{point:?} was never reached: {answer:?}"),
            () = reached.notified() => {}
        }
        let status = lambda.kill().await.unwrap();
        assert!(!status.success());
    }

    async fn front(&self, point: &Point, reached: &Arc<Notify>) -> Served {
        let at = if let Point::Answer(at) = *point { at } else { usize::MAX };
        let reached = Arc::clone(reached);
        let hook = move |Leaving { number, response, .. }: Leaving| -> futures_util::future::BoxFuture<'static, _> {
            let reached = Arc::clone(&reached);
            Box::pin(async move {
                if number == at {
                    reached.notify_one();
                    std::future::pending::<()>().await;
                }
                response
            })
        };
        in_front::serve(self.clerk.router(), "/v1", hook).await
    }

    async fn relay(&self, point: &Point, reached: &Arc<Notify>) -> Relay {
        let (reached, point) = (Arc::clone(reached), point.clone());
        Relay::to(&self.spine.endpoint, move |operation, number| {
            if matches!(point, Point::Operation(of, at) if of == operation && at == number) {
                reached.notify_one();
            }
            None
        })
        .await
    }

    async fn run_whole(&self) -> Value {
        let served = Served::start(self.clerk.router()).await;
        let lambda = self.function(&served.url(), &self.spine.endpoint).await;
        lambda.invoke(apply()).await.unwrap()
    }

    async fn assert_everybody_is_true(&self, point: &Point) {
        let rows = self.spine.items(&self.spine.tables.users).await;
        assert_eq!(rows.len(), self.clerk.len(), "{point:?}");
        for id in &self.ids {
            let row = self.spine.row(&clerk_identity(id)).await.unwrap();
            let user = self.clerk.user(id).unwrap();
            assert_eq!(text(&row, "first_name"), user.first_name.as_deref(), "{point:?}");
            assert!(!row.contains_key("identity_deleted_at"));
        }
    }
}

fn apply() -> Value {
    // The same owner re-enters at once, as the state machine does.
    json!({"source": "clerk", "mode": "apply", "owner": "night-1"})
}

#[tokio::test]
async fn a_run_that_is_killed_at_any_point_is_finished_by_the_next_one() {
    let scene = Scene::new().await;
    let points = [
        Point::Answer(1),
        Point::Operation("Scan", 1),
        Point::Operation("GetItem", 1),
        Point::Answer(2),
        Point::Operation("UpdateItem", 2),
        Point::Answer(3),
        Point::Operation("UpdateItem", 7),
        Point::Operation("PutItem", 1),
        Point::Operation("PutItem", 2),
        Point::Operation("DeleteItem", 1),
    ];
    let seen = Mutex::new(0);
    for (round, point) in points.iter().enumerate() {
        scene.run_and_die(point).await;
        let answer = scene.run_whole().await;
        assert_eq!((&answer["inStep"], &answer["failures"]), (&true.into(), &0.into()), "{point:?}: {answer}");
        scene.assert_everybody_is_true(point).await;
        let answer = scene.run_whole().await;
        assert_eq!((&answer["counts"], &answer["outcomes"]), (&json!({}), &json!({})), "{point:?}");
        scene.disturb(round);
        *seen.lock().unwrap() += 1;
    }
    assert_eq!(*seen.lock().unwrap(), points.len());
}
