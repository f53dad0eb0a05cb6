//! What a run measures: repairs are lost events, and a notice is none.

use local::auth0::{self, LoginBody};
use serde_json::{Value, json};
use tests::runtime_api::Lambda;
use tests::spine::Spine;

use crate::kit;

/// The figures of the run's metric line, the last that was written.
fn figures(lambda: &Lambda, names: [&str; 4]) -> [u64; 4] {
    let lines = lambda.logs().into_iter().filter_map(|line| serde_json::from_str::<Value>(&line).ok());
    // Behind it come those of each cause, which have other dimensions.
    let measured: Vec<Value> = lines.filter(|line| line.get("_aws").is_some() && line.get("Mode").is_some()).collect();
    let line = measured.last().unwrap();
    assert_eq!((&line["Source"], &line["Mode"]), (&json!("auth0"), &json!("apply")));
    names.map(|name| line[name].as_u64().unwrap())
}

#[tokio::test]
async fn a_repair_is_measured_and_a_patch_that_is_written_back_is_not() {
    let spine = Spine::fresh().await;
    let system = spine.system([]).await;
    let (auth0, url) = system.auth0.as_ref().unwrap();
    let tables = &spine.tables;
    let changes = [
        ("AUTH0_DOMAIN", url.as_str()),
        ("DYNAMODB_ENDPOINT", &spine.endpoint),
        ("USERS_TABLE", &tables.users),
        ("SYNC_RUNS_TABLE", &tables.sync_runs),
    ];
    for name in ["ada", "bob"] {
        let new = auth0::NewUser::person(&format!("{name}@example.com"), name);
        auth0.create_user(new.with_id(&format!("auth0|{name}"))).unwrap();
    }
    // One is known and renamed by a service, the other was never told of.
    auth0.login("auth0|ada", LoginBody::Profile).await.unwrap();
    let renamed =
        json!({"tokenIdentifier": format!("{url}/|auth0|ada"), "email": "ada@example.com", "name": "Renamed"});
    let door = format!("{}/auth0/upsert-user", system.http);
    let bearer = [("authorization", "Bearer local-action-secret")];
    assert_eq!(tests::web::post(&door, &bearer, renamed.to_string()).await.status, 200);

    let lambda = kit::start("reconcile", &kit::with(kit::variables("reconcile"), &changes)).await;
    let answer = lambda.invoke(json!({"source": "auth0", "mode": "apply"})).await.unwrap();
    assert_eq!(answer["counts"], json!({"missing": 1, "patched": 1}));
    assert_eq!(answer["outcomes"], json!({"created": 1, "repaired": 1}));
    assert_eq!(answer["inStep"], true);
    lambda.kill().await;
    assert_eq!(figures(&lambda, ["Listed", "Repairs", "DriftLeft", "Orphans"]), [2, 1, 0, 0]);
}
