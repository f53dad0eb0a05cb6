//! Orphans: reported, and ended only where each proof is there.

use axum::http::header::DATE;
use local::auth0::{self, PageOf, Query};
use local::clerk::{ClerkOptions, ClerkStandIn, NewUser};
use local::stand_in::listing::ListingFaults;
use serde_json::json;
use shared::clock::Clock;
use shared::reconcile::{Mode, Order, Stop, Unwatched};
use shared::store::Run;
use tests::in_front::{self, Leaving};
use tests::served::Served;
use tests::spine::{Spine, auth0 as auth0_identity, clerk as clerk_identity, number, text};

use super::stage::{Stage, is_living, next_millisecond, of_clerk, users};

/// A table in step with a Clerk of so many people, behind a door that is served.
struct Scene {
    spine: Spine,
    clerk: ClerkStandIn,
    ids: Vec<String>,
    served: Served,
}

impl Scene {
    async fn of(people: usize) -> Self {
        let (spine, clerk) = (Spine::fresh().await, ClerkStandIn::new(ClerkOptions::default()).unwrap());
        let new = |n| NewUser::person(&format!("p{n}@example.com"), "First", "Last");
        let ids = (0..people).map(|n| clerk.create_user(new(n)).unwrap().id).collect();
        let served = Served::start(clerk.router()).await;
        let scene = Self { spine, clerk, ids, served };
        let run = of_clerk(&scene.spine, &scene.served.url(), 50).run(Mode::Apply).await.unwrap();
        assert_eq!(run.outcomes["created"], people as u64);
        next_millisecond().await;
        scene
    }

    fn gone(&self, from: usize, count: usize) {
        self.ids.iter().skip(from).take(count).for_each(|id| drop(self.clerk.delete_user(id).unwrap()));
    }

    async fn deleting(&self, url: &str) -> Run {
        let order = Order { delete_orphans: true, ..Order::new(Mode::Apply) };
        of_clerk(&self.spine, url, 50).carry_out(&order, &Stop::new(), &Unwatched).await.unwrap()
    }

    async fn living(&self) -> usize {
        users(&self.spine).await.values().filter(|row| is_living(row)).count()
    }
}

#[tokio::test]
async fn an_orphan_is_deleted_by_opt_in_as_of_the_providers_own_time_and_the_next_run_finds_nothing() {
    let scene = Scene::of(60).await;
    scene.gone(3, 2);
    let before = users(&scene.spine).await;
    let kept = of_clerk(&scene.spine, &scene.served.url(), 50).run(Mode::Apply).await.unwrap();
    assert_eq!((json!(kept.counts), kept.in_step), (json!({"orphan": 2}), false));
    assert_eq!(users(&scene.spine).await, before);

    let run = scene.deleting(&scene.served.url()).await;
    assert_eq!((json!(run.counts), json!(run.outcomes)), (json!({"orphan": 2}), json!({"deleted": 2})));
    assert_eq!((run.in_step, run.withheld, run.listed), (true, None, 58));
    let row = scene.spine.row(&clerk_identity(&scene.ids[3])).await.unwrap();
    assert_eq!((is_living(&row), text(&row, "changed_by")), (false, Some("reconcile")));
    let (ended, written) = (number(&row, "identity_deleted_at").unwrap(), number(&row, "deleted_at").unwrap());
    assert!(ended % 1000 == 0 && (1000..=3000).contains(&(written - ended)), "{ended} {written}");

    let again = scene.deleting(&scene.served.url()).await;
    assert_eq!((again.counts.len(), again.outcomes.len(), again.in_step), (0, 0, true));
}

#[tokio::test]
async fn more_orphans_than_the_breaker_allows_are_reported_and_stay() {
    let scene = Scene::of(60).await;
    scene.gone(0, 21);
    let before = users(&scene.spine).await;
    let run = scene.deleting(&scene.served.url()).await;
    assert_eq!((json!(run.counts), run.outcomes.len(), run.in_step), (json!({"orphan": 21}), 0, false));
    assert_eq!(run.withheld.as_deref(), Some("few_orphans"));
    assert_eq!(users(&scene.spine).await, before);
}

#[tokio::test]
async fn a_listing_that_names_fewer_than_half_of_the_rows_deletes_nobody() {
    let scene = Scene::of(9).await;
    scene.gone(0, 5);
    let run = scene.deleting(&scene.served.url()).await;
    assert_eq!((json!(run.counts), run.withheld.as_deref()), (json!({"orphan": 5}), Some("half_named")));
    assert_eq!(scene.living().await, 9);
}

#[tokio::test]
async fn a_listing_whose_count_is_not_met_deletes_nobody_though_the_gap_is_small() {
    let scene = Scene::of(60).await;
    scene.gone(10, 1);
    // One more is counted than named: somebody whom nobody named may be there.
    scene.clerk.front().set_listing_faults(ListingFaults { count: Some(60), ..ListingFaults::default() });
    let run = scene.deleting(&scene.served.url()).await;
    assert_eq!((json!(run.counts), run.withheld.as_deref()), (json!({"orphan": 1}), Some("complete_listing")));
    assert_eq!(scene.living().await, 60);
}

/// Serves the scene's Clerk; single reads pass through `change`.
async fn with_single_reads(
    scene: &Scene,
    change: impl Fn(&str, axum::response::Response) -> axum::response::Response + Clone + Send + Sync + 'static,
) -> Served {
    let hook = move |Leaving { path, response, .. }: Leaving| -> futures_util::future::BoxFuture<'static, _> {
        let changed = if path == "/v1/users" { response } else { change(&path, response) };
        Box::pin(async move { changed })
    };
    in_front::serve(scene.clerk.router(), "/v1/users", hook).await
}

fn no_such_user() -> axum::response::Response {
    let body = json!({"errors": [{"message": "not found", "code": "resource_not_found"}], "meta": {}});
    axum::response::IntoResponse::into_response((axum::http::StatusCode::NOT_FOUND, axum::Json(body)))
}

#[tokio::test]
async fn a_provider_that_finds_nobody_by_single_reads_deletes_nobody() {
    let scene = Scene::of(60).await;
    scene.gone(10, 1);
    let front = with_single_reads(&scene, |_, _| no_such_user()).await;
    let run = scene.deleting(&front.url()).await;
    assert_eq!((json!(run.counts), run.withheld.as_deref()), (json!({"orphan": 1}), Some("witness")));
    assert_eq!(scene.living().await, 60);
}

#[tokio::test]
async fn who_is_found_by_a_single_read_is_no_orphan_though_the_listing_left_them_out() {
    let scene = Scene::of(60).await;
    // The count agrees with a listing that leaves the youngest two out.
    let faults = ListingFaults { truncate_to: Some(58), count: Some(58), ..ListingFaults::default() };
    scene.clerk.front().set_listing_faults(faults);
    let run = scene.deleting(&scene.served.url()).await;
    assert_eq!((run.counts.len(), run.outcomes.len(), run.in_step), (0, 0, true), "{run:?}");
    assert_eq!(scene.living().await, 60);
}

#[tokio::test]
async fn a_404_without_the_providers_time_ends_nobody() {
    let scene = Scene::of(60).await;
    scene.gone(10, 1);
    // The server adds a date to whatever has none: one that cannot be read is as good as none.
    let undated = |_: &str, mut response: axum::response::Response| {
        response.headers_mut().insert(DATE, "soon".parse().unwrap());
        response
    };
    let front = with_single_reads(&scene, undated).await;
    let run = scene.deleting(&front.url()).await;
    assert_eq!((json!(run.counts), run.outcomes.len(), run.in_step), (json!({"orphan": 1}), 0, false), "{run:?}");
    assert_eq!(scene.living().await, 60);
}

#[tokio::test]
async fn who_signs_up_in_the_seconds_that_our_clock_is_ahead_is_not_locked_out_by_an_older_404() {
    let stage = Stage::start().await;
    // One signed up each second up to now, so the eldest is older than the second that a date is told in.
    stage.auth0().populate(31);
    let eldest = stage.auth0().list(&Query::default(), &PageOf::default()).unwrap().users.remove(0);
    assert_eq!(stage.run("auth0", "apply").await.outcomes, json!({"created": 31}));
    next_millisecond().await;
    stage.auth0().delete_user(&eldest.user_id);

    let ahead = Clock::standing(Clock::system().now().plus(std::time::Duration::from_secs(3)));
    let mut reconciler = super::stage::of_auth0(&stage.spine, &stage.system.auth0.as_ref().unwrap().1, 50);
    reconciler.clock = ahead;
    let order = Order { delete_orphans: true, ..Order::new(Mode::Apply) };
    let run = reconciler.carry_out(&order, &Stop::new(), &Unwatched).await.unwrap();
    assert_eq!(json!(run.outcomes), json!({"deleted": 1}), "{run:?}");

    // Within those three seconds.
    let anew = auth0::NewUser::person("ada@example.com", "Second life").with_id(&eldest.user_id);
    stage.auth0().create_user(anew).unwrap();
    let login = stage.auth0().login(&eldest.user_id, auth0::LoginBody::Profile).await.unwrap();
    let local::delivery::Reply::Answered { status: 200, body } = login.reply else { unreachable!("{login:?}") };
    assert!(!body.contains("deleted"), "{body}");
    let row = stage.spine.row(&auth0_identity(&eldest.user_id)).await.unwrap();
    assert_eq!((is_living(&row), text(&row, "name")), (true, Some("Second life")));
}
