//! One run a source at a time, runs that stop before their end, and what they leave behind.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::BoxFuture;
use local::clerk::{ClerkOptions, ClerkStandIn, NewUser};
use serde_json::json;
use shared::clock::{Clock, instant};
use shared::reconcile::{Finding, Mode, Order, Progress, ReconcileError, Stage as At, Stop, Unwatched, Watch, Why};
use shared::store::{Lease, Run, Status};
use tests::in_front::{self, Leaving};
use tests::served::Served;
use tests::spine::{Spine, text};

use super::stage::{of_clerk, runs, users};

const PEOPLE: usize = 40;

struct Scene {
    spine: Spine,
    clerk: ClerkStandIn,
    served: Served,
}

impl Scene {
    async fn new() -> Self {
        let (spine, clerk) = (Spine::fresh().await, ClerkStandIn::new(ClerkOptions::default()).unwrap());
        for n in 0..PEOPLE {
            clerk.create_user(NewUser::person(&format!("p{n}@example.com"), "First", "Last")).unwrap();
        }
        let served = Served::start(clerk.router()).await;
        Self { spine, clerk, served }
    }

    async fn run(&self, order: &Order) -> Run {
        let reconciler = of_clerk(&self.spine, &self.served.url(), 10);
        reconciler.carry_out(order, &Stop::new(), &Unwatched).await.unwrap()
    }

    async fn is_free(&self) -> bool {
        let taken = self.spine.runs().take(&lease("a test"), Clock::system().now()).await.unwrap();
        if taken.is_ok() {
            self.spine.runs().release(&lease("a test")).await.unwrap();
        }
        taken.is_ok()
    }
}

fn lease(owner: &str) -> Lease {
    Lease { source: "clerk".to_owned(), owner: owner.to_owned(), run_id: "1".to_owned() }
}

fn apply(owner: &str) -> Order {
    Order { owner: Some(owner.to_owned()), ..Order::new(Mode::Apply) }
}

#[tokio::test]
async fn a_second_run_is_told_who_holds_the_lease_and_does_nothing_while_a_check_goes_on() {
    let scene = Scene::new().await;
    let now = Clock::system().now();
    scene.spine.runs().take(&lease("operator:ann"), now).await.unwrap().unwrap();
    let busy = scene.run(&Order::new(Mode::Apply)).await;
    assert_eq!((busy.status, busy.holder.as_deref(), busy.in_step), (Status::Busy, Some("operator:ann"), false));
    assert_eq!((users(&scene.spine).await.len(), scene.clerk.requests().len()), (0, 0));
    let records = runs(&scene.spine).await;
    assert!(records.iter().all(|record| text(record, "mode").is_none()), "a busy run leaves no record");

    let check = scene.run(&Order::new(Mode::Check)).await;
    assert_eq!((check.status, json!(check.counts)), (Status::Finished, json!({"missing": PEOPLE})));
    assert_eq!(scene.run(&apply("operator:ann")).await.status, Status::Finished);
    assert!(scene.is_free().await);
}

#[tokio::test]
async fn a_lease_that_nobody_renewed_for_a_minute_is_free() {
    let scene = Scene::new().await;
    let earlier = Clock::system().now().minus(Duration::from_secs(61));
    scene.spine.runs().take(&lease("dead"), earlier).await.unwrap().unwrap();
    assert_eq!(scene.run(&Order::new(Mode::Apply)).await.status, Status::Finished);
    // The dead one wakes up, and neither renews nor gives back what is another's.
    let runs = scene.spine.runs();
    let now = Clock::system().now();
    runs.take(&lease("living"), now).await.unwrap().unwrap();
    assert_eq!(runs.renew(&lease("dead"), now).await.unwrap(), Err("living".to_owned()));
    runs.release(&lease("dead")).await.unwrap();
    assert_eq!(runs.take(&lease("third"), now).await.unwrap(), Err("living".to_owned()));
}

/// Clerk, whose n-th page leaves only after `meanwhile`.
async fn holding(
    scene: &Scene,
    page: usize,
    meanwhile: impl Fn() -> BoxFuture<'static, ()> + Send + Sync + 'static,
) -> Served {
    let meanwhile = Arc::new(meanwhile);
    let hook = move |Leaving { number, response, .. }: Leaving| -> BoxFuture<'static, _> {
        let meanwhile = meanwhile.clone();
        Box::pin(async move {
            if number == page {
                meanwhile().await;
            }
            response
        })
    };
    in_front::serve(scene.clerk.router(), "/v1/users", hook).await
}

#[tokio::test]
async fn a_run_that_is_told_to_stop_finishes_what_is_on_its_way_and_the_next_one_does_the_rest() {
    let scene = Scene::new().await;
    let stop = Stop::new();
    let told = stop.clone();
    let front = holding(&scene, 3, move || {
        let told = told.clone();
        Box::pin(async move { told.tell(Why::Asked) })
    });
    let front = front.await;
    let run = of_clerk(&scene.spine, &front.url(), 10).carry_out(&apply("ann"), &stop, &Unwatched).await.unwrap();
    assert_eq!((run.status, run.in_step, run.failures), (Status::Unfinished, false, 0));
    let written = users(&scene.spine).await.len();
    assert_eq!(run.outcomes.get("created").copied().unwrap_or(0), written as u64);
    assert!((10..=20).contains(&written), "{written}");
    assert!(scene.is_free().await, "whoever asked for the end does not hold the next one up");

    let rest = scene.run(&Order::new(Mode::Apply)).await;
    assert_eq!((rest.status, rest.outcomes["created"]), (Status::Finished, (PEOPLE - written) as u64));
}

/// Says stop at the first finding, as a log does that cannot be written.
struct OneIsEnough(Stop);

impl Watch for OneIsEnough {
    fn finding(&self, _: &Finding) {
        self.0.tell(Why::Asked);
    }
}

#[tokio::test]
async fn a_stop_is_heeded_in_the_middle_of_a_page_of_hundreds() {
    let scene = Scene::new().await;
    scene.clerk.populate(400);
    let stop = Stop::new();
    let reconciler = of_clerk(&scene.spine, &scene.served.url(), 500);
    let run = reconciler.carry_out(&apply("ann"), &stop, &OneIsEnough(stop.clone())).await.unwrap();
    assert_eq!((run.status, run.listed, run.failures), (Status::Unfinished, 440, 0));
    // As many as are judged side by side were on their way already.
    let written = users(&scene.spine).await.len();
    assert!((1..=32).contains(&written), "{written}");
}

#[tokio::test]
async fn a_run_at_its_deadline_is_unfinished_and_holds_its_lease_for_its_owner_alone() {
    let scene = Scene::new().await;
    let order = Order { deadline: Some(instant()), ..apply("execution-1") };
    let front = holding(&scene, 1, || Box::pin(std::future::pending())).await;
    let reconciler = of_clerk(&scene.spine, &front.url(), 10);
    let run = reconciler.carry_out(&order, &Stop::new(), &Unwatched).await.unwrap();
    assert_eq!((run.status, run.resume, run.in_step), (Status::Unfinished, None, false));
    assert!(!scene.is_free().await, "its owner comes again");
    let record = runs(&scene.spine).await.remove(0);
    assert_eq!(text(&record, "status"), Some("unfinished"));

    assert_eq!(scene.run(&apply("execution-2")).await.holder.as_deref(), Some("execution-1"));
    let again = scene.run(&apply("execution-1")).await;
    assert_eq!((again.status, again.outcomes["created"], again.in_step), (Status::Finished, PEOPLE as u64, true));
    assert!(scene.is_free().await, "no lock is left behind");
}

#[tokio::test]
async fn a_run_whose_owner_began_another_one_ends_and_names_the_holder() {
    let scene = Scene::new().await;
    let runs = scene.spine.runs();
    let mine = lease("execution-1");
    let front = holding(&scene, 2, move || {
        let (runs, lease) = (runs.clone(), mine.clone());
        Box::pin(async move {
            // The same owner again, as after a time-out that the first one did not notice.
            runs.take(&lease, Clock::system().now()).await.unwrap().unwrap();
            std::future::pending::<()>().await;
        })
    });
    let front = front.await;
    let reconciler = of_clerk(&scene.spine, &front.url(), 10);
    let order = Order { heartbeat: Duration::from_millis(20), ..apply("execution-1") };
    let ended = reconciler.carry_out(&order, &Stop::new(), &Unwatched).await;
    let Err(ReconcileError::LeaseLost { holder }) = ended else { unreachable!("{ended:?}") };
    assert_eq!(holder, "execution-1");
    assert!(!scene.is_free().await, "the second run still holds it");
}

/// Notes the stages as they begin.
#[derive(Default)]
struct Stages(Mutex<Vec<At>>);

impl Watch for Stages {
    fn progress(&self, progress: Progress) {
        let mut seen = self.0.lock().unwrap();
        if seen.last() != Some(&progress.stage) {
            seen.push(progress.stage);
        }
    }
}

#[tokio::test]
async fn a_run_tells_its_stages_and_leaves_its_last_one_in_its_record() {
    let scene = Scene::new().await;
    let stages = Stages::default();
    let reconciler = of_clerk(&scene.spine, &scene.served.url(), 10);
    reconciler.carry_out(&Order::new(Mode::Apply), &Stop::new(), &stages).await.unwrap();
    assert_eq!(*stages.0.lock().unwrap(), [At::Scanning, At::Comparing, At::Orphans]);
    let recent = scene.spine.runs().recent("clerk", 5).await.unwrap();
    assert_eq!((recent.len(), recent[0].stage.as_str(), recent[0].status), (1, "orphans", Status::Finished));
    let one = scene.spine.runs().by_id("clerk", &recent[0].run_id).await.unwrap();
    assert_eq!(one.as_ref(), recent.first());
}
