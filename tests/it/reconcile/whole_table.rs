//! The scan misses nobody, and a check writes nothing but its own record.

use std::collections::BTreeMap;

use local::auth0::{self, Auth0Options, Auth0StandIn, LoginBody};
use local::clerk::NewUser;
use serde_json::json;
use shared::clock::Clock;
use shared::domain::{Fact, Facts, Patch, Told};
use shared::reconcile::Mode;
use shared::store::{Sender, SyncRuns};
use tests::sdk;
use tests::served::Served;
use tests::spine::{Spine, auth0 as auth0_identity, clerk as clerk_identity};
use tests::wire_tap::Tap;

use super::stage::{Stage, all_but_runs, auth0_source, clerk_source, losing, next_millisecond, of_auth0, over, runs};

#[tokio::test]
async fn more_than_a_megabyte_of_users_in_each_part_of_the_table_are_all_seen() {
    let spine = Spine::fresh().await;
    let auth0 = Auth0StandIn::new(Auth0Options::default()).unwrap();
    let served = Served::start(auth0.router()).await;
    auth0.set_base_url(&served.url());
    let long = |letter: char| Some(letter.to_string().repeat(1000));
    for number in 0..950 {
        let person = auth0::NewUser {
            name: long('n'),
            nickname: long('k'),
            given_name: long('g'),
            family_name: long('f'),
            username: Some(format!("{number:0>1000}")),
            picture: Some(format!("https://p.example/{}", "p".repeat(1900))),
            ..auth0::NewUser::person(&format!("p{number}@example.com"), "")
        };
        auth0.create_user(person).unwrap();
    }
    let first = of_auth0(&spine, &served.url(), 100).run(Mode::Apply).await.unwrap();
    assert_eq!(first.outcomes["created"], 950);

    let (http, tap) = Tap::new(sdk::plain_http());
    let reconciler = over(spine.users_over(http), spine.runs(), auth0_source(&served.url(), 100));
    let second = reconciler.run(Mode::Check).await.unwrap();
    assert_eq!((second.listed, second.in_step, second.counts.len()), (950, true, 0));
    let spent = tap.take();
    // Whoever a scan missed would have been read again, one by one.
    assert_eq!(spent.requests.keys().collect::<Vec<_>>(), ["DescribeTable", "Scan"]);
    assert!(spent.requests["Scan"] >= 6, "several pages: {:?}", spent.requests);
}

/// One of each: missing, older, patched, deleted here, an orphan.
async fn out_of_step(stage: &Stage) {
    let (clerk, users) = (stage.clerk(), stage.spine.users());
    let ids: Vec<String> = (0..5)
        .map(|n| clerk.create_user(NewUser::person(&format!("p{n}@example.com"), "First", "Last")).unwrap().id)
        .collect();
    clerk.idle().await;
    let patch = Told::Patch(Patch::new(Facts::default().with(Fact::Name, Some("Renamed".to_owned()))));
    users.upsert(&clerk_identity(&ids[0]), &patch, Sender::Login, Clock::system().now()).await.unwrap();
    let earlier = Clock::system().now().minus(std::time::Duration::from_secs(60));
    users.delete(&clerk_identity(&ids[1]), earlier, Sender::Clerk, Clock::system().now()).await.unwrap();
    next_millisecond().await;
    clerk.outbox().set_faults(losing(1.0));
    clerk.delete_user(&ids[2]).unwrap();
    let first_name = local::stand_in::change::Change::from("Changed");
    clerk.update_user(&ids[3], local::clerk::UserPatch { first_name, ..Default::default() }).unwrap();
    clerk.create_user(NewUser::person("new@example.com", "New", "Last")).unwrap();
}

#[tokio::test]
async fn a_check_writes_nothing_but_its_own_record() {
    let stage = Stage::start().await;
    out_of_step(&stage).await;
    let clerk_url = &stage.system.clerk.as_ref().unwrap().1;
    let (users_http, users_tap) = Tap::new(sdk::plain_http());
    let (runs_http, runs_tap) = Tap::new(sdk::plain_http());
    let before = all_but_runs(&stage.spine).await;

    let runs_client = sdk::dynamodb(&stage.spine.endpoint, runs_http);
    let records = SyncRuns::new(runs_client, &stage.spine.tables);
    let reconciler = over(stage.spine.users_over(users_http), records, clerk_source(clerk_url, 2));
    let run = reconciler.run(Mode::Check).await.unwrap();
    let found = json!({"missing": 1, "profile_older": 1, "patched": 1, "deleted_here": 1, "orphan": 1});
    assert_eq!((json!(run.counts), run.in_step, run.outcomes.len()), (found, false, 0));

    let spent = users_tap.take();
    assert_eq!(spent.requests.keys().collect::<Vec<_>>(), ["DescribeTable", "GetItem", "Scan"]);
    assert_eq!(spent.writes_by_table(), BTreeMap::new());
    // At its beginning and at its end; a longer one says now and then where it stands.
    assert_eq!(runs_tap.take().requests, BTreeMap::from([("PutItem".to_owned(), 2)]));
    assert_eq!(all_but_runs(&stage.spine).await, before);
    assert_eq!(runs(&stage.spine).await.len(), 1);
}

#[tokio::test]
async fn a_check_of_people_in_step_reads_no_row_twice_and_writes_no_unit_to_users() {
    let stage = Stage::start().await;
    for number in 0..20 {
        let id = format!("auth0|p{number}");
        let new = auth0::NewUser::person(&format!("p{number}@example.com"), "Ada");
        stage.auth0().create_user(new.with_id(&id)).unwrap();
        stage.auth0().login(&id, LoginBody::Profile).await.unwrap();
        assert!(stage.spine.row(&auth0_identity(&id)).await.is_some());
    }
    let (http, tap) = Tap::new(sdk::plain_http());
    let source = auth0_source(&stage.system.auth0.as_ref().unwrap().1, 7);
    let run = over(stage.spine.users_over(http), stage.spine.runs(), source).run(Mode::Apply).await.unwrap();
    assert_eq!((run.listed, run.in_step, run.outcomes.len()), (20, true, 0));
    assert_eq!(tap.take().requests.keys().collect::<Vec<_>>(), ["DescribeTable", "Scan"]);
}
