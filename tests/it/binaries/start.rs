//! INIT opens the connection, and a connection that died while the function was frozen is replaced without an error.

use tests::api_gateway::GatewayAnswer;
use tests::cable::{Cable, End};
use tests::relay::Relay;
use tests::runtime_api::Lambda;
use tests::spine::Spine;

use crate::kit;

const DOORS: [&str; 3] = ["auth0-upsert", "clerk-webhook", "users-api"];

async fn start_at(spine: &Spine, function: &str, engine: &str) -> Lambda {
    let tables = &spine.tables;
    let changes = [("DYNAMODB_ENDPOINT", engine), ("USERS_TABLE", &tables.users), ("CLAIMS_TABLE", &tables.claims)];
    kit::start(function, &kit::with(kit::variables(function), &changes)).await
}

async fn assert_answers(lambda: &Lambda, function: &str, when: &str) {
    let answer = GatewayAnswer::read(&lambda.invoke(kit::good_request(function)).await.unwrap());
    assert_eq!(answer.status, 200, "{function}, {when}: {}", answer.text());
}

#[tokio::test]
async fn the_engine_is_asked_before_the_first_event_and_only_once_for_it() {
    let spine = Spine::fresh().await;
    for function in DOORS {
        let relay = Relay::to(&spine.endpoint, |_, _| None).await;
        let lambda = start_at(&spine, function, &relay.url()).await;
        lambda.wait_ready().await.unwrap();
        assert_eq!(relay.counts().into_iter().collect::<Vec<_>>(), [("GetItem".to_owned(), 1)], "{function}");
        assert_answers(&lambda, function, "the first event").await;
        let counts = relay.counts().into_iter().collect::<Vec<_>>();
        assert_eq!(counts, [("GetItem".to_owned(), 1), ("UpdateItem".to_owned(), 1)], "{function}");
    }
}

#[tokio::test]
async fn the_first_event_goes_over_the_connection_that_init_opened() {
    let spine = Spine::fresh().await;
    for function in DOORS {
        let cable = Cable::to(&spine.endpoint).await;
        let lambda = start_at(&spine, function, &cable.url()).await;
        lambda.wait_ready().await.unwrap();
        assert_eq!(cable.opened(), 1, "{function}");
        for event in 0..3 {
            assert_answers(&lambda, function, &format!("event {event}")).await;
        }
        assert_eq!(cable.opened(), 1, "{function}");
    }
}

#[tokio::test]
async fn a_start_without_a_database_succeeds_and_the_first_event_finds_it_back() {
    let spine = Spine::fresh().await;
    for function in DOORS {
        let down = |_: &str, number: u32| {
            (number == 1)
                .then(|| axum::response::IntoResponse::into_response(axum::http::StatusCode::SERVICE_UNAVAILABLE))
        };
        let relay = Relay::to(&spine.endpoint, down).await;
        let lambda = start_at(&spine, function, &relay.url()).await;
        lambda.wait_ready().await.unwrap();
        assert_answers(&lambda, function, "after a failed start").await;
    }
}

#[tokio::test]
async fn a_connection_that_died_while_the_function_was_frozen_is_replaced_once_and_without_an_error() {
    let spine = Spine::fresh().await;
    for function in DOORS {
        for how in [End::Closed, End::Reset, End::Silent] {
            let cable = Cable::to(&spine.endpoint).await;
            let lambda = start_at(&spine, function, &cable.url()).await;
            assert_answers(&lambda, function, "before").await;
            lambda.freeze().await;
            cable.end(how);
            lambda.thaw();
            assert_answers(&lambda, function, &format!("{how:?}")).await;
            assert_eq!(cable.opened(), 2, "{function}, {how:?}: one more connection");
            assert_answers(&lambda, function, "and again").await;
            assert_eq!(cable.opened(), 2, "{function}, {how:?}: which is kept");
        }
    }
}
