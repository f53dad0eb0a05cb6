//! Runs that are asked for less than the whole: shown first, limited, or of some kinds only.

use std::collections::BTreeSet;
use std::sync::Mutex;

use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::future::{BoxFuture, FutureExt};
use local::auth0::{Auth0Options, Auth0StandIn};
use local::clerk::{ClerkOptions, ClerkStandIn, NewUser, UserPatch};
use local::stand_in::change::Change;
use local::stand_in::listing::ListingFaults;
use serde_json::{Value, json};
use shared::clock::Clock;
use shared::domain::{Fact, Facts, Kind, Patch, Told};
use shared::reconcile::{Found, Mode, Order, Stop, Watch};
use shared::store::{Run, Sender, Users};
use tests::served::Served;
use tests::spine::{Spine, clerk as clerk_identity, number, text};

use super::stage::{next_millisecond, of_auth0, of_clerk, users};

/// Answers the question, after something else has happened.
struct Asked {
    answer: bool,
    shown: Mutex<Vec<Vec<String>>>,
    meanwhile: Option<(Users, String)>,
}

impl Asked {
    fn new(answer: bool) -> Self {
        Self { answer, shown: Mutex::default(), meanwhile: None }
    }

    fn shown(&self) -> Vec<Vec<String>> {
        let mut shown = self.shown.lock().unwrap().clone();
        shown.sort();
        shown
    }
}

impl Watch for Asked {
    fn approve<'a>(&'a self, plan: &'a [Found]) -> BoxFuture<'a, bool> {
        let line = |found: &Found| {
            let fields = found.changes().map(|(fact, _, _)| fact.attribute().to_owned());
            [found.cause.as_str().to_owned()].into_iter().chain(fields).collect()
        };
        *self.shown.lock().unwrap() = plan.iter().map(line).collect();
        async {
            if let Some((users, id)) = &self.meanwhile {
                let facts = Facts::default().with(Fact::Nickname, Some("moved".to_owned()));
                let told = Told::Patch(Patch::new(facts));
                users.upsert(&clerk_identity(id), &told, Sender::Login, Clock::system().now()).await.unwrap();
            }
            self.answer
        }
        .boxed()
    }
}

/// Three who are known, two of whom changed since; and two who are new.
struct Scene {
    spine: Spine,
    served: Served,
    ids: Vec<String>,
}

impl Scene {
    async fn new() -> Self {
        let (spine, clerk) = (Spine::fresh().await, ClerkStandIn::new(ClerkOptions::default()).unwrap());
        let new = |n| NewUser::person(&format!("p{n}@example.com"), "First", "Last");
        let mut ids: Vec<String> = (0..3).map(|n| clerk.create_user(new(n)).unwrap().id).collect();
        let served = Served::start(clerk.router()).await;
        of_clerk(&spine, &served.url(), 10).run(Mode::Apply).await.unwrap();
        next_millisecond().await;
        for id in ids.iter().take(2) {
            let patch = UserPatch { last_name: Change::from("Changed"), ..UserPatch::default() };
            clerk.update_user(id, patch).unwrap();
        }
        ids.extend((3..5).map(|n| clerk.create_user(new(n)).unwrap().id));
        Self { spine, served, ids }
    }

    async fn carry_out(&self, order: &Order, watch: &dyn Watch) -> Run {
        let reconciler = of_clerk(&self.spine, &self.served.url(), 10);
        reconciler.carry_out(order, &Stop::new(), watch).await.unwrap()
    }
}

fn told(run: &Run) -> (Value, Value, bool) {
    (json!(run.counts), json!(run.outcomes), run.in_step)
}

const CHANGED: [&str; 3] = ["profile_older", "name", "last_name"];
const NEW: [&str; 6] = ["missing", "email", "name", "first_name", "last_name", "verified_email"];

#[tokio::test]
async fn a_sync_shows_the_fields_that_differ_asks_once_and_writes_what_was_approved() {
    let scene = Scene::new().await;
    let found = json!({"missing": 2, "profile_older": 2});
    let (before, no) = (users(&scene.spine).await, Asked::new(false));
    let run = scene.carry_out(&Order::new(Mode::Sync), &no).await;
    assert_eq!(told(&run), (found.clone(), json!({}), false));
    assert_eq!(users(&scene.spine).await, before);
    let shown: Vec<Vec<String>> = no.shown().into_iter().map(|line| without_avatar(&line)).collect();
    let words = |line: &[&str]| line.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(shown, [words(&NEW), words(&NEW), words(&CHANGED), words(&CHANGED)]);

    let run = scene.carry_out(&Order::new(Mode::Sync), &Asked::new(true)).await;
    assert_eq!(told(&run), (found, json!({"created": 2, "updated": 2}), true));
    let nothing = Asked::new(true);
    assert_eq!(told(&scene.carry_out(&Order::new(Mode::Sync), &nothing).await), (json!({}), json!({}), true));
    assert!(nothing.shown().is_empty());
}

fn without_avatar(line: &[String]) -> Vec<String> {
    line.iter().filter(|field| *field != "avatar_url").cloned().collect()
}

#[tokio::test]
async fn a_line_whose_row_moved_between_the_question_and_the_write_is_skipped() {
    let scene = Scene::new().await;
    let moving = Asked { meanwhile: Some((scene.spine.users(), scene.ids[0].clone())), ..Asked::new(true) };
    let run = scene.carry_out(&Order::new(Mode::Sync), &moving).await;
    let outcomes = json!({"created": 2, "moved": 1, "updated": 1});
    assert_eq!(told(&run), (json!({"missing": 2, "profile_older": 2}), outcomes, false));
    let row = scene.spine.row(&clerk_identity(&scene.ids[0])).await.unwrap();
    assert_eq!((text(&row, "nickname"), text(&row, "last_name")), (Some("moved"), Some("Last")));
}

#[tokio::test]
async fn a_run_writes_no_more_than_it_may_and_no_other_kinds() {
    let scene = Scene::new().await;
    let kinds = |kind| Some(BTreeSet::from([kind]));
    let updates = Order { kinds: kinds(Kind::Update), most_writes: Some(1), ..Order::new(Mode::Apply) };
    let found = json!({"missing": 2, "profile_older": 2});
    let run = scene.carry_out(&updates, &Asked::new(false)).await;
    assert_eq!(told(&run), (found, json!({"updated": 1}), false));
    let creates = Order { kinds: kinds(Kind::Create), ..Order::new(Mode::Apply) };
    let run = scene.carry_out(&creates, &Asked::new(false)).await;
    assert_eq!(told(&run), (json!({"missing": 2, "profile_older": 1}), json!({"created": 2}), false));
}

#[tokio::test]
async fn a_sync_asks_before_it_renews_the_tombstone_of_an_erased_user() {
    let scene = Scene::new().await;
    scene.carry_out(&Order::new(Mode::Apply), &Asked::new(false)).await;
    let (erased, now) = (clerk_identity(&scene.ids[0]), Clock::system().now());
    scene.spine.users().delete(&erased, now, Sender::Clerk, now).await.unwrap();
    scene.spine.set(&erased, "erased", AttributeValue::Bool(true)).await;
    let found = json!({"erased_but_listed": 1});
    // Its end is far away: nobody is asked.
    let asked = Asked::new(true);
    assert_eq!(told(&scene.carry_out(&Order::new(Mode::Sync), &asked).await), (found.clone(), json!({}), true));
    assert!(asked.shown().is_empty());

    let soon = now.plus(std::time::Duration::from_secs(6 * 86_400)).seconds();
    scene.spine.set(&erased, "expires_at", AttributeValue::N(soon.to_string())).await;
    let before = users(&scene.spine).await;
    assert_eq!(
        told(&scene.carry_out(&Order::new(Mode::Sync), &Asked::new(false)).await),
        (found.clone(), json!({}), true)
    );
    assert_eq!(users(&scene.spine).await, before);
    let renewed = json!({"renewed": 1});
    assert_eq!(told(&scene.carry_out(&Order::new(Mode::Sync), &Asked::new(true)).await), (found, renewed, true));
    assert!(number(&scene.spine.row(&erased).await.unwrap(), "expires_at").unwrap() > soon);
}

#[tokio::test]
async fn who_is_named_twice_is_counted_shown_and_written_once() {
    let (spine, auth0) = (Spine::fresh().await, Auth0StandIn::new(Auth0Options::default()).unwrap());
    auth0.populate(3);
    let served = Served::start(auth0.router()).await;
    auth0.set_base_url(&served.url());
    auth0.front().set_listing_faults(ListingFaults { twice: true, ..ListingFaults::default() });
    let carry_out = async |order: &Order, asked: &Asked| {
        of_auth0(&spine, &served.url(), 10).carry_out(order, &Stop::new(), asked).await.unwrap()
    };
    let found = json!({"missing": 3});
    let nobody = Order { kinds: Some(BTreeSet::from([Kind::Update])), ..Order::new(Mode::Apply) };
    for order in [Order::new(Mode::Check), nobody] {
        let run = carry_out(&order, &Asked::new(false)).await;
        assert_eq!((told(&run), run.listed), ((found.clone(), json!({}), false), 3), "{order:?}");
    }
    let asked = Asked::new(true);
    let run = carry_out(&Order::new(Mode::Sync), &asked).await;
    assert_eq!((told(&run), asked.shown().len()), ((found, json!({"created": 3}), true), 3));
}
