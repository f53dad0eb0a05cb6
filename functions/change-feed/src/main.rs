//! The binary that Lambda runs for the stream of the table of users.

use std::process::ExitCode;

use change_feed::App;
use lambda_runtime::{Diagnostic, LambdaEvent, run, service_fn};
use serde_json::Value;
use shared::{config::Env, telemetry};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    telemetry::start();
    let app = match App::from_env(&Env::process()) {
        Ok(app) => app.primed().await,
        Err(error) => return telemetry::start_failed(&error),
    };
    let answer = async |event: LambdaEvent<Value>| {
        app.handle(event.payload)
            .await
            .map_err(|failure| Diagnostic { error_type: failure.code.to_owned(), error_message: failure.message })
    };
    telemetry::ended(&run(service_fn(answer)).await)
}
