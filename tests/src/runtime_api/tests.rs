//! The emulator against a function on AWS's own Rust runtime: this test binary, started again as one.
#![expect(clippy::disallowed_methods, reason = "it plays a process that Lambda started")]

use std::io::Write;

use lambda_http::lambda_runtime::{self, LambdaEvent};
use serde_json::json;

use super::*;

/// Not a test of its own: started by the others as a function's process, and idle in a plain run.
#[tokio::test]
async fn plays_the_function() {
    if std::env::var_os("AWS_LAMBDA_RUNTIME_API").is_none() {
        return;
    }
    match std::env::var("START").as_deref() {
        Ok("fails") => {
            writeln!(std::io::stderr(), "USERS_TABLE is malformed").unwrap();
            std::process::exit(3);
        }
        Ok("hangs") => std::future::pending().await,
        _ => lambda_runtime::run(lambda_runtime::service_fn(answer)).await.unwrap(),
    }
}

async fn answer(event: LambdaEvent<Value>) -> Result<Value, lambda_runtime::Error> {
    writeln!(std::io::stdout(), "event {}", event.payload)?;
    match event.payload["do"].as_str() {
        Some("fail") => Err("as was asked".into()),
        Some("exit") => std::process::exit(4),
        Some("hang") => std::future::pending().await,
        _ => {
            let name = &event.context.env_config.function_name;
            let cleared = std::env::var_os("CARGO_MANIFEST_DIR").is_none();
            Ok(json!({"echo": event.payload, "given": std::env::var("GIVEN").ok(), "cleared": cleared,
                "id": event.context.request_id, "named": !name.is_empty()}))
        }
    }
}

async fn function(variables: &[(&str, &str)], limit: Duration) -> Lambda {
    let arguments = ["--exact", "runtime_api::tests::plays_the_function", "--nocapture"];
    Lambda::start_with(std::env::current_exe().unwrap(), &arguments, variables, limit).await
}

const LONG: Duration = Duration::from_secs(30);

#[tokio::test]
async fn an_event_goes_in_and_its_answer_comes_back() {
    let lambda = function(&[("GIVEN", "value")], LONG).await;
    lambda.wait_ready().await.unwrap();
    let answer = lambda.invoke(json!({"n": 1})).await.unwrap();
    let id = "00000000-0000-4000-8000-000000000001";
    let expected = json!({"echo": {"n": 1}, "given": "value", "cleared": true, "id": id, "named": true});
    assert_eq!(answer, expected);
    assert!(lambda.peak_memory().unwrap() > 100_000);
    assert!(lambda.cpu_time().unwrap() > Duration::from_micros(10));
    assert!(!lambda.kill().await.unwrap().success());
    assert!(lambda.logs().contains(&r#"event {"n":1}"#.to_owned()));
    assert_eq!((lambda.peak_memory(), lambda.cpu_time()), (None, None));
}

#[tokio::test]
async fn callers_take_turns_and_each_gets_their_own_answer() {
    let lambda = function(&[], LONG).await;
    let calls = (0..20).map(|n| lambda.invoke(json!({"n": n})));
    let answers = futures_util::future::join_all(calls).await;
    let echoed: Vec<_> = answers.into_iter().map(|answer| answer.unwrap()["echo"]["n"].clone()).collect();
    assert_eq!(echoed, (0..20).map(Value::from).collect::<Vec<_>>());
}

#[tokio::test]
async fn an_error_of_the_function_is_told_and_the_next_event_is_served() {
    let lambda = function(&[], LONG).await;
    let error = lambda.invoke(json!({"do": "fail"})).await.unwrap_err();
    assert_eq!(error.message, "as was asked");
    assert!(!error.error_type.is_empty());
    lambda.invoke(json!({})).await.unwrap();
}

#[tokio::test]
async fn a_process_that_ends_in_init_is_told_with_status_and_log() {
    let lambda = function(&[("START", "fails")], LONG).await;
    let failure = lambda.wait_ready().await.unwrap_err();
    assert_eq!(failure.status.unwrap().code(), Some(3));
    assert!(failure.logs.contains(&"USERS_TABLE is malformed".to_owned()));
    let error = lambda.invoke(json!({})).await.unwrap_err();
    assert_eq!(error.error_type, "Runtime.ExitError");
    assert!(error.message.contains("USERS_TABLE is malformed"));
}

#[tokio::test]
async fn a_process_that_ends_during_an_event_is_told() {
    let lambda = function(&[], LONG).await;
    let error = lambda.invoke(json!({"do": "exit"})).await.unwrap_err();
    assert_eq!(error.error_type, "Runtime.ExitError");
    assert!(error.message.contains('4'), "{}", error.message);
}

#[tokio::test]
async fn a_function_past_its_time_is_killed() {
    let lambda = function(&[], Duration::from_millis(300)).await;
    let error = lambda.invoke(json!({"do": "hang"})).await.unwrap_err();
    assert_eq!(error.error_type, "Sandbox.Timedout");
    assert!(!lambda.kill().await.unwrap().success());
}

#[tokio::test]
async fn a_frozen_function_answers_after_it_is_thawed() {
    let lambda = function(&[], LONG).await;
    lambda.wait_ready().await.unwrap();
    lambda.freeze().await;
    let call = lambda.invoke(json!({}));
    tokio::pin!(call);
    assert!(timeout(Duration::from_millis(100), &mut call).await.is_err());
    lambda.thaw();
    call.await.unwrap();
}

#[tokio::test]
async fn a_dropped_function_is_gone() {
    let lambda = function(&[], LONG).await;
    let pid = lambda.pid();
    drop(lambda);
    let gone = async {
        while peak_memory_of(pid) {
            tokio::task::yield_now().await;
        }
    };
    timeout(LONG, gone).await.unwrap();
}

/// A zombie has no memory any more.
fn peak_memory_of(pid: u32) -> bool {
    process::peak_memory(pid).is_some()
}
