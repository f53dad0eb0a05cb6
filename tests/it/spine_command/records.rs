//! `spine runs`: what ran, and how it ended.

use std::time::Duration;

use serde_json::json;
use shared::clock::Clock;
use shared::store::Run;

use super::operator::Operator;

#[tokio::test]
async fn runs_of_both_sources_are_listed_newest_first_and_one_is_shown_whole() {
    let operator = Operator::start().await;
    assert!(operator.spine("runs").await.has(&["no run"]));
    operator.lose_messages();
    operator.join("ada");
    for command in ["check clerk", "check auth0", "apply clerk"] {
        operator.spine(command).await;
    }
    let listed = operator.spine("runs --json").await.json();
    let kinds: Vec<_> =
        listed.iter().map(|run| (run["source"].as_str().unwrap(), run["mode"].as_str().unwrap())).collect();
    assert_eq!(kinds, [("clerk", "apply"), ("auth0", "check"), ("clerk", "check")]);
    assert!(listed[0]["owner"].as_str().unwrap().starts_with("ada-"), "{listed:?}");
    assert_eq!(operator.spine("runs --json --source auth0").await.json().len(), 1);
    assert_eq!(operator.spine("runs --json --limit 2").await.json().len(), 2);

    let id = listed[0]["runId"].as_str().unwrap();
    let told = operator.spine("runs").await;
    assert!(told.code == 0 && told.has(&[id, "clerk", "apply", "in step", "missing 1", "created 1"]), "{told:?}");
    let shown = operator.spine(&format!("runs show {id}")).await;
    assert!(shown.has(&["missing", "never seen here"]) && shown.has(&["created", "a row was made"]), "{shown:?}");
    assert_eq!(operator.spine(&format!("runs show {id} --json")).await.json(), [listed[0].clone()]);
    let unknown = operator.spine("runs show 1-a").await;
    assert_eq!((unknown.code, unknown.err.contains("no run of this name")), (1, true), "{unknown:?}");
}

#[tokio::test]
async fn a_run_that_fell_silent_two_minutes_ago_was_interrupted() {
    let operator = Operator::start().await;
    let now = Clock::system().now();
    for (run_id, silent) in [("1-a", 60), ("2-b", 180)] {
        let (run_id, seen_at) = (run_id.to_owned(), now.minus(Duration::from_secs(silent)));
        let run = Run { run_id, source: "clerk".to_owned(), mode: "apply".to_owned(), seen_at, ..Run::default() };
        operator.spine.runs().record(&run).await.unwrap();
    }
    let listed = operator.spine("runs --json").await.json();
    let stands: Vec<_> = listed.iter().map(|run| (&run["runId"], &run["status"])).collect();
    assert_eq!(stands, [(&json!("2-b"), &json!("interrupted")), (&json!("1-a"), &json!("running"))]);
}
