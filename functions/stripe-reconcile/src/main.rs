//! The binary that Lambda runs for the reconcile of Stripe's customers.
#![recursion_limit = "256"] // the runtime's loop around a run is a deep nest of futures

use std::process::ExitCode;

use lambda_runtime::{Diagnostic, LambdaEvent, run, service_fn};
use serde_json::Value;
use shared::{config::Env, reconcile::deadline, telemetry};
use stripe_reconcile::App;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    telemetry::start();
    let app = match App::from_env(&Env::process()) {
        Ok(app) => app,
        Err(error) => return telemetry::start_failed(&error),
    };
    let answer = async |event: LambdaEvent<Value>| {
        let deadline = deadline(event.context.deadline);
        app.handle(event.payload, deadline).await.map_err(|failure| {
            tracing::error!(code = failure.code, cause = failure.message, "the run failed");
            Diagnostic { error_type: failure.code.to_owned(), error_message: failure.message }
        })
    };
    telemetry::ended(&run(service_fn(answer)).await)
}
