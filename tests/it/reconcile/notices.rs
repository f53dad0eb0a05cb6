//! What a run notices without calling it drift: patches, erased users, linked accounts, users that cannot be read.

use axum::body::Body;
use axum::response::Response;
use http_body_util::BodyExt;
use local::auth0::{self, LoginBody};
use local::clerk::{ClerkOptions, ClerkStandIn, NewUser};
use serde_json::{Value, json};
use shared::clock::Clock;
use shared::domain::{DeleteOutcome, Identity};
use shared::reconcile::{Mode, Order, Stop, Unwatched};
use shared::store::Sender;
use tests::in_front::{self, Leaving};
use tests::served::Served;
use tests::spine::{Spine, auth0 as auth0_identity, clerk as clerk_identity, text};
use tests::web;

use super::stage::{Report, Stage, next_millisecond, of_auth0, of_clerk, users};

async fn login(stage: &Stage, id: &str, body: LoginBody) {
    let login = stage.auth0().login(id, body).await.unwrap();
    assert!(matches!(login.reply, local::delivery::Reply::Answered { status: 200, .. }), "{login:?}");
}

async fn name(stage: &Stage, id: &str) -> String {
    text(&stage.spine.row(&auth0_identity(id)).await.unwrap(), "name").unwrap().to_owned()
}

#[tokio::test]
async fn a_user_whom_a_service_renamed_gets_the_providers_name_back_and_no_event_counts_as_lost() {
    let stage = Stage::start().await;
    stage.auth0().create_user(auth0::NewUser::person("ada@example.com", "Ada").with_id("auth0|ada")).unwrap();
    login(&stage, "auth0|ada", LoginBody::Profile).await;
    let issuer = stage.system.env.text("AUTH0_ISSUER_BASE_URL").unwrap();
    let body = json!({"tokenIdentifier": format!("{issuer}|auth0|ada"), "email": "ada@example.com", "name": "Renamed"});
    let headers = [("authorization", "Bearer local-action-secret")];
    let url = format!("{}/auth0/upsert-user", stage.system.http);
    assert_eq!(web::post(&url, &headers, body.to_string()).await.status, 200);
    assert_eq!(name(&stage, "auth0|ada").await, "Renamed");

    let patched = Report { counts: json!({"patched": 1}), ..Report::nothing(1) };
    assert_eq!(stage.run("auth0", "check").await, patched);
    assert_eq!(name(&stage, "auth0|ada").await, "Renamed");
    let outcomes = json!({"repaired": 1});
    assert_eq!(stage.run("auth0", "apply").await, Report { outcomes, ..patched });
    assert_eq!(name(&stage, "auth0|ada").await, "Ada");
    assert_eq!(stage.run("auth0", "apply").await, Report::nothing(1));
}

#[tokio::test]
async fn logins_by_patch_and_by_profile_take_turns_without_a_name_that_flips_or_a_repair() {
    let stage = Stage::start().await;
    let plain = auth0::NewUser::person("ada@example.com", "Ada").with_id("auth0|ada");
    let nameless = auth0::NewUser { name: Some(String::new()), nickname: Some("bobby".to_owned()), ..plain.clone() };
    stage.auth0().create_user(plain).unwrap();
    let nameless = auth0::NewUser { email: Some("bob@example.com".to_owned()), ..nameless };
    stage.auth0().create_user(nameless.with_id("auth0|bob")).unwrap();
    for (id, expected) in [("auth0|ada", "Ada"), ("auth0|bob", "bobby")] {
        for body in [LoginBody::Profile, LoginBody::Patch, LoginBody::Patch, LoginBody::Profile, LoginBody::Patch] {
            login(&stage, id, body).await;
            assert_eq!(name(&stage, id).await, expected);
        }
    }
    assert_eq!(stage.run("auth0", "check").await, Report::nothing(2));
    assert_eq!(stage.run("auth0", "apply").await, Report::nothing(2));
}

#[tokio::test]
async fn a_user_whom_an_operator_erased_is_named_in_every_report_and_stays_erased() {
    let stage = Stage::start().await;
    let user = stage.clerk().create_user(NewUser::person("ada@example.com", "Ada", "L")).unwrap();
    stage.clerk().idle().await;
    let identity = clerk_identity(&user.id);
    let (now, key) =
        (Clock::system().now(), aws_sdk_dynamodb::types::AttributeValue::S(identity.user_id().to_string()));
    stage.spine.users().delete(&identity, now, Sender::Clerk, now).await.unwrap();
    let update = stage.spine.client().update_item().table_name(&stage.spine.tables.users).key("user_id", key);
    let truth = aws_sdk_dynamodb::types::AttributeValue::Bool(true);
    let update = update.update_expression("SET erased = :true").expression_attribute_values(":true", truth);
    update.send().await.unwrap();

    let before = stage.users().await;
    for mode in ["check", "apply", "apply"] {
        let expected = Report { counts: json!({"erased_but_listed": 1}), ..Report::nothing(1) };
        let answer = stage.invoke("clerk", mode).await.unwrap();
        assert_eq!(Report::read(&answer), expected, "{mode}");
        let named = json!([{"cause": "erased_but_listed", "userId": identity.user_id().as_str()}]);
        assert_eq!(answer["notices"], named);
        assert_eq!(stage.users().await, before);
    }

    // On day 24 its end is less than a week away: the next night gives it its whole time again, and a check does not.
    let soon = now.plus(std::time::Duration::from_secs(6 * 86_400)).seconds();
    stage.spine.set(&identity, "expires_at", aws_sdk_dynamodb::types::AttributeValue::N(soon.to_string())).await;
    let expires_at = async || tests::spine::number(&stage.spine.row(&identity).await.unwrap(), "expires_at").unwrap();
    assert_eq!(stage.run("clerk", "check").await.outcomes, json!({}));
    assert_eq!(expires_at().await, soon);
    assert_eq!(stage.run("clerk", "apply").await.outcomes, json!({"renewed": 1}));
    let days_left = (expires_at().await - Clock::system().now().seconds()) / 86_400;
    assert!((29..=30).contains(&days_left), "{days_left}");
    assert_eq!(stage.run("clerk", "apply").await.outcomes, json!({}));
}

#[tokio::test]
async fn an_account_that_was_linked_into_another_is_no_orphan_and_its_tombstone_is_noticed() {
    let stage = Stage::start().await;
    for id in ["auth0|first", "google-oauth2|second"] {
        let email = format!("{}@example.com", id.len());
        stage.auth0().create_user(auth0::NewUser::person(&email, "Ada").with_id(id)).unwrap();
        login(&stage, id, LoginBody::Profile).await;
    }
    next_millisecond().await;
    stage.auth0().link("auth0|first", "google-oauth2|second").unwrap();
    let before = stage.users().await;
    for mode in ["check", "apply"] {
        assert_eq!(stage.run("auth0", mode).await, Report::nothing(1), "{mode}");
        assert_eq!(stage.users().await, before);
    }

    let now = Clock::system().now();
    let second = auth0_identity("google-oauth2|second");
    let outcome = stage.spine.users().delete(&second, now, Sender::Reconcile, now).await.unwrap();
    assert_eq!(outcome, DeleteOutcome::Deleted);
    let before = stage.users().await;
    for mode in ["check", "apply"] {
        let expected = Report { counts: json!({"linked": 1}), ..Report::nothing(1) };
        let answer = stage.invoke("auth0", mode).await.unwrap();
        assert_eq!(Report::read(&answer), expected, "{mode}");
        let first = auth0_identity("auth0|first").user_id();
        let named = json!([{"cause": "linked", "userId": second.user_id().as_str(), "linkedTo": first.as_str()}]);
        assert_eq!(answer["notices"], named);
        assert_eq!(stage.users().await, before);
    }
}

#[tokio::test]
async fn an_account_whose_primary_cannot_be_read_is_there_all_the_same() {
    let (spine, auth0) = (Spine::fresh().await, auth0::Auth0StandIn::new(auth0::Auth0Options::default()).unwrap());
    auth0.create_user(auth0::NewUser::person("ada@first.example", "Ada").with_id("auth0|first")).unwrap();
    // One signed up each second up to now: a deletion of the eldest one would not be stale.
    auth0.populate(21);
    let eldest = auth0.list(&auth0::Query::default(), &auth0::PageOf::default()).unwrap().users.remove(0).user_id;
    let odd = vec!["auth0|first".to_owned()];
    let front = in_front::serve(auth0.router(), "/api/v2/users", move |Leaving { response, .. }| {
        Box::pin(without_clock(response, "user_id", odd.clone()))
    });
    let (whole, front) = (Served::start(auth0.router()).await, front.await);
    auth0.set_base_url(&whole.url());
    of_auth0(&spine, &whole.url(), 50).run(Mode::Apply).await.unwrap();
    next_millisecond().await;
    auth0.link("auth0|first", &eldest).unwrap();
    auth0.set_base_url(&front.url());
    let before = users(&spine).await;
    let order = Order { delete_orphans: true, ..Order::new(Mode::Apply) };
    let reconciler = of_auth0(&spine, &front.url(), 50);
    let run = reconciler.carry_out(&order, &Stop::new(), &Unwatched).await.unwrap();
    assert_eq!((json!(run.counts), run.listed, run.in_step), (json!({"odd_user": 1}), 20, true));
    assert!(users(&spine).await == before, "{run:?}");
}

/// The clock is missing from the users with these ids, in pages and in single reads.
async fn without_clock(response: Response, key: &str, ids: Vec<String>) -> Response {
    let (mut head, body) = response.into_parts();
    let mut value: Value = serde_json::from_slice(&body.collect().await.unwrap().to_bytes()).unwrap();
    let strip = |user: &mut Value| {
        if ids.iter().any(|id| user[key] == id.as_str()) {
            user["updated_at"] = Value::Null;
        }
    };
    match &mut value {
        Value::Array(users) => users.iter_mut().for_each(strip),
        Value::Object(page) if page.contains_key("users") => {
            page["users"].as_array_mut().unwrap().iter_mut().for_each(strip);
        }
        user => strip(user),
    }
    head.headers.remove("content-length");
    Response::from_parts(head, Body::from(value.to_string()))
}

#[tokio::test]
async fn a_user_who_cannot_be_read_is_noticed_and_neither_lost_nor_an_orphan() {
    let spine = Spine::fresh().await;
    let clerk = ClerkStandIn::new(ClerkOptions::default()).unwrap();
    let ids: Vec<String> = (0..7)
        .map(|n| clerk.create_user(NewUser::person(&format!("p{n}@example.com"), "First", "Last")).unwrap().id)
        .collect();
    let whole = in_front::serve(clerk.router(), "/v1/users", |Leaving { response, .. }| Box::pin(async { response }));
    let whole = whole.await;
    of_clerk(&spine, &whole.url(), 3).run(Mode::Apply).await.unwrap();

    // One of them ends a page, one does not, and one has no row.
    let row = |id: &str| -> Identity { clerk_identity(id) };
    let odd = vec![ids[0].clone(), ids[2].clone(), ids[4].clone()];
    let key = aws_sdk_dynamodb::types::AttributeValue::S(row(&ids[4]).user_id().to_string());
    spine.client().delete_item().table_name(&spine.tables.users).key("user_id", key).send().await.unwrap();
    let before = users(&spine).await;
    let front = in_front::serve(clerk.router(), "/v1/users", move |Leaving { response, .. }| {
        Box::pin(without_clock(response, "id", odd.clone()))
    });
    let front = front.await;
    for mode in [Mode::Check, Mode::Apply] {
        let run = of_clerk(&spine, &front.url(), 3).run(mode).await.unwrap();
        assert_eq!(json!(run.counts), json!({"odd_user": 3}), "{mode:?}");
        assert_eq!((run.listed, run.failures, run.in_step), (4, 0, true), "{mode:?}");
        assert_eq!(users(&spine).await, before);
    }
}
