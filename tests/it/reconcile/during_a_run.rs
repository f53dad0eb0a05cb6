//! What happens while a run is under way: people come, change and go, and races with both doors.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use local::auth0::{self, LoginBody};
use local::clerk::{ClerkOptions, ClerkStandIn, NewUser, UserPatch};
use local::delivery::{Delay, Faults, Reply};
use local::stand_in::change::Change;
use serde_json::{Value, json};
use shared::clock::Clock;
use shared::domain::{Facts, Patch, Told};
use shared::reconcile::Mode;
use shared::store::Sender;
use tests::in_front::{self, Leaving};
use tests::served::Served;
use tests::spine::{Spine, auth0 as auth0_identity, clerk as clerk_identity, soak, text};

use super::stage::{Report, Stage, clerk_source, is_living, losing, next_millisecond, of_clerk, over, runs, users};

const WEBHOOK_SECRET: &str = "whsec_bG9jYWwtY2xlcmstd2ViaG9vay1zZWNyZXQtMDAwMQ==";

/// A stand-in of one's own whose webhooks go to the system's door, for answers that a test holds back.
fn clerk_beside(stage: &Stage, seed: u64) -> ClerkStandIn {
    let options = ClerkOptions { webhook_secret: WEBHOOK_SECRET.to_owned(), seed, ..ClerkOptions::default() };
    let clerk = ClerkStandIn::new(options).unwrap();
    clerk.set_webhook_url(format!("{}/clerk/webhook", stage.system.http));
    clerk
}

fn rename(clerk: &ClerkStandIn, id: &str, name: &str) {
    let first_name = Change::from(name);
    clerk.update_user(id, UserPatch { first_name, ..UserPatch::default() }).unwrap();
}

/// Serves `clerk`; the first page that was asked for leaves only after `meanwhile`.
async fn holding_the_first_page(
    clerk: &ClerkStandIn,
    meanwhile: impl Fn(&ClerkStandIn) + Clone + Send + Sync + 'static,
) -> Served {
    let held = clerk.clone();
    let hook = move |Leaving { number, response, .. }: Leaving| -> futures_util::future::BoxFuture<'static, _> {
        let (held, meanwhile) = (held.clone(), meanwhile.clone());
        Box::pin(async move {
            if number == 1 {
                next_millisecond().await;
                meanwhile(&held);
                held.idle().await;
            }
            response
        })
    };
    in_front::serve(clerk.router(), "/v1/users", hook).await
}

#[tokio::test]
async fn who_is_deleted_while_a_run_holds_an_older_page_that_names_them_stays_deleted() {
    let stage = Stage::start().await;
    let clerk = clerk_beside(&stage, 1);
    let join = |name: &str| clerk.create_user(NewUser::person(&format!("{name}@example.com"), name, "L")).unwrap().id;
    let (known, differing) = (join("known"), join("differing"));
    clerk.idle().await;
    next_millisecond().await;
    clerk.outbox().set_faults(losing(1.0));
    rename(&clerk, &differing, "Other");
    let unseen = join("unseen");
    clerk.outbox().set_faults(Faults::default());

    let everybody = [known, differing, unseen];
    let leaving = everybody.clone();
    let front = holding_the_first_page(&clerk, move |clerk| {
        for id in &leaving {
            clerk.delete_user(id).unwrap();
        }
    });
    let front = front.await;
    let run = of_clerk(&stage.spine, &front.url(), 500).run(Mode::Apply).await.unwrap();
    assert_eq!((run.listed, run.in_step, run.failures), (3, true, 0), "{run:?}");
    assert_eq!((run.counts.len(), run.outcomes.len()), (0, 0), "{run:?}");
    for id in &everybody {
        let row = stage.spine.row(&clerk_identity(id)).await.unwrap();
        assert!(!is_living(&row) && text(&row, "first_name").is_none());
    }
    let again = of_clerk(&stage.spine, &front.url(), 500).run(Mode::Apply).await.unwrap();
    assert_eq!((again.listed, again.in_step, again.counts.len()), (0, true, 0));
}

#[tokio::test]
async fn a_change_that_arrives_while_a_run_holds_an_older_page_is_not_taken_back() {
    let stage = Stage::start().await;
    let clerk = clerk_beside(&stage, 1);
    let id = clerk.create_user(NewUser::person("ada@example.com", "Old", "L")).unwrap().id;
    clerk.idle().await;
    let changing = id.clone();
    let front = holding_the_first_page(&clerk, move |clerk| rename(clerk, &changing, "New")).await;
    let run = of_clerk(&stage.spine, &front.url(), 500).run(Mode::Apply).await.unwrap();
    assert_eq!((run.in_step, run.counts.len(), run.outcomes.len()), (true, 0, 0), "{run:?}");
    assert_eq!(text(&stage.spine.row(&clerk_identity(&id)).await.unwrap(), "first_name"), Some("New"));
}

/// At each page somebody comes, somebody changes, and somebody leaves who was to come on a page behind or before.
async fn coming_and_going(clerk: &ClerkStandIn, ids: Vec<String>) -> Served {
    let (ids, moving) = (Arc::new(Mutex::new(ids)), clerk.clone());
    let hook = move |Leaving { number, path, response }: Leaving| -> futures_util::future::BoxFuture<'static, _> {
        let (ids, clerk) = (Arc::clone(&ids), moving.clone());
        Box::pin(async move {
            let few = ids.lock().unwrap().len() < 50;
            if few || path != "/v1/users" {
                return response;
            }
            next_millisecond().await;
            {
                let mut ids = ids.lock().unwrap();
                let place = (number * 37) % ids.len();
                let gone = ids.remove(place);
                clerk.delete_user(&gone).unwrap();
                let place = (number * 17) % ids.len();
                rename(&clerk, &ids[place], &format!("Changed {number}"));
                // The one behind whom the next page goes on.
                let last = (number * 10).min(ids.len()) - 1;
                clerk.delete_user(&ids.remove(last)).unwrap();
            }
            clerk.create_user(NewUser::person(&format!("new{number}@example.com"), "New", "L")).unwrap();
            clerk.idle().await;
            response
        })
    };
    in_front::serve(clerk.router(), "/v1/users", hook).await
}

#[tokio::test]
async fn people_who_sign_up_change_and_leave_during_a_check_leave_it_in_step() {
    let stage = Stage::start().await;
    for (seed, mode) in [(1, Mode::Check), (2, Mode::Apply)] {
        let clerk = clerk_beside(&stage, seed);
        let ids: Vec<String> = (0..100)
            .map(|n| clerk.create_user(NewUser::person(&format!("p{n}@{mode:?}.example"), "First", "L")).unwrap().id)
            .collect();
        clerk.idle().await;
        let front = coming_and_going(&clerk, ids).await;
        let run = of_clerk(&stage.spine, &front.url(), 10).run(mode).await.unwrap();
        assert!(run.in_step && run.counts.is_empty() && run.failures == 0, "{run:?}");
        assert!(run.listed > 70, "{run:?}");
        let living = users(&stage.spine).await.values().filter(|row| is_living(row)).count();
        assert_eq!(living, clerk.len());
        // Those who are left go, so that the next mode begins with nobody.
        let all = local::clerk::PageOf { limit: usize::MAX, ..local::clerk::PageOf::default() };
        for user in clerk.list(&local::clerk::Filter::default(), &all).unwrap() {
            clerk.delete_user(&user.id).unwrap();
        }
        clerk.idle().await;
    }
    assert_eq!(runs(&stage.spine).await.len(), 2);
}

#[tokio::test]
async fn a_webhook_that_is_still_on_its_way_when_a_check_ends_is_no_drift() {
    let stage = Stage::start().await;
    let clerk = clerk_beside(&stage, 1);
    let id = clerk.create_user(NewUser::person("ada@example.com", "Ada", "L")).unwrap().id;
    clerk.idle().await;
    clerk.outbox().set_faults(losing(1.0));
    let front = holding_the_first_page(&clerk, |_| {}).await;
    rename(&clerk, &id, "Changed");
    clerk.create_user(NewUser::person("bob@example.com", "Bob", "L")).unwrap();
    let source = clerk_source(&front.url(), 500);
    let mut reconciler = over(stage.spine.users(), stage.spine.runs(), source);
    reconciler.settle = std::time::Duration::from_secs(600);
    let run = reconciler.run(Mode::Check).await.unwrap();
    assert_eq!((run.listed, run.in_step, run.counts.len()), (2, true, 0), "{run:?}");
}

/// How many tasks meet one person at once, and how often a reconcile is among them.
const TASKS: usize = 40;
/// People in one tenant of Auth0: beyond 1,000 its pages end.
const ROUNDS_A_TENANT: u32 = 50;

fn rounds() -> Vec<u32> {
    let all: Vec<u32> = (0..soak(1000)).collect();
    all.chunks(ROUNDS_A_TENANT as usize).map(|chunk| u32::try_from(chunk.len()).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn logins_and_reconciles_that_meet_an_unseen_person_at_once_make_one_row() {
    for rounds in rounds() {
        let stage = Stage::start().await;
        for round in 0..rounds {
            let id = format!("auth0|p{round}");
            let new = auth0::NewUser::person(&format!("p{round}@example.com"), "Ada").with_id(&id);
            stage.auth0().create_user(new).unwrap();
            let tasks = (0..TASKS).map(|task| {
                let (stage, id) = (&stage, &id);
                async move {
                    if task % 10 == 0 {
                        let report = stage.try_to_run("auth0", "apply").await;
                        assert!(report.is_none_or(|report| report.failures == 0));
                        return None;
                    }
                    let body = if task % 2 == 0 { LoginBody::Patch } else { LoginBody::Profile };
                    match stage.auth0().login(id, body).await.unwrap().reply {
                        Reply::Answered { status: 200, body } => Some(serde_json::from_str::<Value>(&body).unwrap()),
                        other => unreachable!("{other:?}"),
                    }
                }
            });
            let answers = futures_util::future::join_all(tasks).await;
            let expected = json!({"userId": auth0_identity(&id).user_id().as_str()});
            assert!(answers.iter().flatten().all(|answer| *answer == expected));
            let row = stage.spine.row(&auth0_identity(&id)).await.unwrap();
            assert_eq!((text(&row, "name"), is_living(&row)), (Some("Ada"), true));
        }
        assert_eq!(stage.users().await.len(), rounds as usize);
        assert_eq!(stage.run("auth0", "apply").await, Report::nothing(rounds.into()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn webhooks_and_reconciles_that_meet_an_unseen_person_at_once_make_one_row() {
    for rounds in rounds() {
        let stage = Stage::start().await;
        let clerk = stage.clerk();
        let delay_ms = Delay { min: 0, max: 5 };
        clerk.outbox().set_faults(Faults { repeat: 1.0, reorder: 8, delay_ms, seed: 3, ..Faults::default() });
        let mut last = BTreeMap::new();
        for round in 0..rounds {
            let reconciles = (0..4).map(|_| stage.try_to_run("clerk", "apply"));
            let changes = async {
                let id = clerk.create_user(NewUser::person(&format!("p{round}@example.com"), "Ada", "L")).unwrap().id;
                for change in 0..17 {
                    rename(clerk, &id, &format!("Name {change}"));
                    tokio::task::yield_now().await;
                }
                clerk.idle().await;
                id
            };
            let (id, reports) = tokio::join!(changes, futures_util::future::join_all(reconciles));
            assert!(reports.iter().flatten().all(|report| report.failures == 0));
            last.insert(id.clone(), clerk.user(&id).unwrap().updated_at);
        }
        assert_eq!(stage.users().await.len(), rounds as usize);
        // Changes of one millisecond are told apart by their envelopes alone, which are of that millisecond too:
        // whoever wrote last among those is mended by the next run, and then nothing moves any more.
        stage.run("clerk", "apply").await;
        assert_eq!(stage.run("clerk", "apply").await, Report::nothing(rounds.into()));
        for id in last.keys() {
            assert_eq!(text(&stage.spine.row(&clerk_identity(id)).await.unwrap(), "first_name"), Some("Name 16"));
        }
    }
}

#[tokio::test]
async fn rows_made_before_the_listing_of_people_it_does_not_name_are_orphans_and_later_ones_are_not() {
    let spine = Spine::fresh().await;
    let clerk = ClerkStandIn::new(ClerkOptions::default()).unwrap();
    let told = |id: &str| (clerk_identity(id), Told::Patch(Patch::new(Facts::default())));
    let (before, patch) = told("user_before");
    let now = Clock::system().now();
    spine.users().upsert(&before, &patch, Sender::Login, now).await.unwrap();
    next_millisecond().await;
    let store = spine.users();
    let hook = move |Leaving { number, response, .. }: Leaving| -> futures_util::future::BoxFuture<'static, _> {
        let store = store.clone();
        Box::pin(async move {
            if number == 1 {
                let (during, patch) = (clerk_identity("user_during"), Patch::new(Facts::default()));
                let now = next_millisecond().await;
                let told = Told::Patch(patch);
                store.upsert(&during, &told, Sender::Login, now).await.unwrap();
            }
            response
        })
    };
    let front = in_front::serve(clerk.router(), "/v1/users", hook).await;
    let run = of_clerk(&spine, &front.url(), 10).run(Mode::Check).await.unwrap();
    assert_eq!(json!(run.counts), json!({"orphan": 1}));
}
